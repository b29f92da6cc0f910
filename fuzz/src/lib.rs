//! What the fuzz targets share: bytes as a file or a folder, opened as halfmoon opens what users bring.
//!
//! In this folder, with a C++ compiler for libFuzzer:
//!
//!     sh seeds.sh                             once: what each target begins from
//!     HOST=$(rustc -vV | sed -n 's/host: //p')
//!     RUSTC_WRAPPER=$PWD/counted.sh cargo build --release --target $HOST
//!     target/$HOST/release/tables corpus/tables -timeout=1 -rss_limit_mb=2048 -runs=1000000
//!
//! A target finds a panic, an overflow, a read that takes a second, and one that takes more memory than that
//! limit.

use halfmoon::data::{DataChoice, Reading, load};
use halfmoon::model::Answers;
use halfmoon::picture::Pixels;
use halfmoon::store::{self, Beside};
use std::fs;
use std::path::PathBuf;
use std::sync::{Once, OnceLock};

/// Most bytes that a packed file may hold.
const MAX_BYTES: u64 = 64 << 20;

/// A folder in memory where there is one, of this process alone.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let root = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = root.join(format!("halfmoon-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder to write to");
        folder
    })
}

fn put(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, bytes).expect("a file to read");
    path
}

fn read(path: PathBuf) {
    // What it is does not matter: that it is said, or refused, does.
    let _ = load(&DataChoice::Path(path), &Reading { max_bytes: MAX_BYTES, ..Reading::default() });
}

/// Reads bytes as a file of data.
pub fn data(bytes: &[u8]) {
    read(put("data", bytes));
}

/// Reads bytes as a picture of a folder, beside one that is sound: a folder of one is refused unread.
pub fn picture(bytes: &[u8]) {
    static SOUND: Once = Once::new();
    SOUND.call_once(|| {
        let sound = store::png(&Pixels::new(4, 4)).expect("a picture");
        put("sound.png", &sound);
    });
    put("picture.png", bytes);
    read(folder().clone());
}

/// Opens bytes as a model.
pub fn model(bytes: &[u8]) {
    let answers = Answers::new();
    let _ = store::open_as(&put("model", bytes), Beside { answers: &answers, data: None, keeps_what_fits: false });
}
