//! The real program in a real window: started under Xvfb, trained, dragged about, and closed.
//!
//! Needs Xvfb and xdotool. Where they are missing the test says so and passes, except in CI, where it fails.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]
#![cfg(all(feature = "gui", target_os = "linux"))]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TIME_OUT: Duration = Duration::from_secs(240);

/// A display with nothing but our window; both go when this is dropped.
struct Desktop {
    server: Child,
    program: Child,
    display: String,
    screen: PathBuf,
    window: String,
    log: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(tool).exists())
}

fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(begin.elapsed() < TIME_OUT, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Desktop {
    fn open(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // -displayfd lets the server choose a number that is free.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let mut program = Command::new(env!("CARGO_BIN_EXE_halfmoon"))
            .args(arguments)
            .env("DISPLAY", &display)
            .env("RUST_LOG", "halfmoon=info")
            // What another window remembered must not matter here.
            .env("XDG_DATA_HOME", folder.path())
            .env_remove("WAYLAND_DISPLAY")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (lines, stderr) = (Arc::clone(&log), program.stderr.take().unwrap());
        std::thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| lines.lock().unwrap().push(line));
        });
        let mut desktop = Self {
            server,
            program,
            display,
            screen: folder.path().join("Xvfb_screen0"),
            window: String::new(),
            log,
            _folder: folder,
        };
        desktop.window = wait("the window", || {
            let found = desktop.xdotool(&["search", "--onlyvisible", "--name", "halfmoon"]);
            found.lines().next().map(str::to_string)
        });
        wait("the first picture", || desktop.lines("first picture").pop());
        // Without a window manager nobody gives the window the keyboard.
        desktop.xdotool(&["windowfocus", &desktop.window.clone()]);
        desktop
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn move_to(&self, x: i32, y: i32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        std::thread::sleep(Duration::from_millis(40));
    }

    fn key(&self, key: &str) {
        self.xdotool(&["key", key]);
        std::thread::sleep(Duration::from_millis(200));
    }

    /// Presses at one place, moves in steps to another, looks, and releases; returns what was seen before the
    /// release.
    fn drag(&self, from: (i32, i32), to: (i32, i32), part: (i32, i32, i32, i32)) -> Vec<u8> {
        self.move_to(from.0, from.1);
        self.xdotool(&["mousedown", "1"]);
        let mut half_way = Vec::new();
        for i in 1..=8 {
            self.move_to(from.0 + (to.0 - from.0) * i / 8, from.1 + (to.1 - from.1) * i / 8);
            if i == 4 {
                std::thread::sleep(Duration::from_millis(300));
                half_way = self.pixels(part);
            }
        }
        std::thread::sleep(Duration::from_millis(300));
        self.xdotool(&["mouseup", "1"]);
        std::thread::sleep(Duration::from_millis(300));
        half_way
    }

    fn lines(&self, containing: &str) -> Vec<String> {
        self.log.lock().unwrap().iter().filter(|line| line.contains(containing)).cloned().collect()
    }

    /// The bytes of a part of the screen (left, top, width, height).
    fn pixels(&self, (left, top, width, height): (i32, i32, i32, i32)) -> Vec<u8> {
        let screen = xwd(&self.screen);
        let row = |y: i32| {
            let start = screen.pixels_at + y as usize * screen.bytes_per_line + 4 * left as usize;
            screen.bytes[start..start + 4 * width as usize].to_vec()
        };
        (top..top + height).flat_map(row).collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Xvfb's frame buffer: a header of big-endian words, a colour map, then rows of four bytes a pixel.
struct Screen {
    bytes: Vec<u8>,
    pixels_at: usize,
    bytes_per_line: usize,
}

fn xwd(path: &Path) -> Screen {
    let bytes = std::fs::read(path).unwrap();
    let word = |i: usize| u32::from_be_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap()) as usize;
    let (header_size, bytes_per_line, n_colours) = (word(0), word(12), word(19));
    assert_eq!(word(11), 32, "bits a pixel");
    Screen { pixels_at: header_size + 12 * n_colours, bytes_per_line, bytes }
}

fn loss(line: &str) -> f64 {
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn trains_decodes_and_closes() {
    let missing: Vec<&str> = ["Xvfb", "xdotool"].into_iter().filter(|tool| !is_installed(tool)).collect();
    if !missing.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "CI must have {missing:?}");
        eprintln!("skipped: {missing:?} not installed");
        return;
    }
    let mut desktop = Desktop::open(&["--data", "moons", "--renderer", "glow"]);

    desktop.key("t");
    wait("six epochs", || (desktop.lines("test loss").len() >= 6).then_some(()));
    let losses: Vec<f64> = desktop.lines("test loss").iter().map(|line| loss(line)).collect();
    assert!(losses.last() < losses.first(), "the loss fell: {losses:?}");

    // Both drags happen while training goes on.
    desktop.key("g");
    let tray = (880, 100, 370, 370);
    let before = desktop.pixels(tray);
    let half_way = desktop.drag((330, 150), (760, 640), tray);
    let after = desktop.pixels(tray);
    assert_ne!(before, half_way, "pictures came with the drag");
    assert_ne!(half_way, after, "and changed until its end");

    desktop.key("t");
    wait("the pause", || desktop.lines("paused at step").pop());
    desktop.key("e");
    desktop.move_to(1150, 700);
    std::thread::sleep(Duration::from_millis(500));
    let picture = (1042, 194, 220, 220);
    let before = desktop.pixels(picture);
    let half_way = desktop.drag((1140, 438), (1185, 438), picture);
    assert_ne!(before, half_way, "the picture follows the slider");
    assert_ne!(half_way, desktop.pixels(picture));

    // What was trained is in no file, so closing asks.
    desktop.key("ctrl+q");
    std::thread::sleep(Duration::from_millis(500));
    assert!(desktop.program.try_wait().unwrap().is_none(), "it waits for an answer");
    desktop.move_to(745, 428);
    desktop.xdotool(&["click", "1"]);
    let status = wait("the end", || desktop.program.try_wait().unwrap());
    assert!(status.success(), "{status}");
}

#[test]
fn without_a_display_there_is_one_clear_sentence() {
    let output = Command::new(env!("CARGO_BIN_EXE_halfmoon"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("display") && said.contains("--help"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    // A display that is named but not there comes to the same.
    let output = Command::new(env!("CARGO_BIN_EXE_halfmoon"))
        .args(["--renderer", "glow"])
        .env("DISPLAY", ":4711")
        .env("RUST_LOG", "off")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).trim().lines().count(), 1);
}
