//! Commands that are ended before they are done.

use super::{TRAIN, data, done};
use std::path::Path;
use std::process::Command;

/// The program begun on a training that would take long, once it has begun.
fn long_training(folder: &Path) -> (std::process::Child, std::io::BufReader<std::process::ChildStderr>) {
    use std::io::{BufRead, BufReader};
    let mut command = Command::new(env!("CARGO_BIN_EXE_halfmoon"));
    command.args(["train", "--data", "data", "--kind", "ae", "--hidden", "8", "--epochs", "100000"]);
    command.args(["--out", "ae.safetensors", "--threads", "1"]).current_dir(folder);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("epoch 1: test loss"), "{line}");
    (child, said)
}

#[test]
fn ctrl_c_saves_what_there_is_and_says_so() {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let (mut child, mut said) = long_training(folder.path());
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    let last = rest.lines().last().unwrap();
    assert!(last.contains("stopped at step") && last.contains("saved ae.safetensors"), "{last}");
    done(folder.path(), "eval --model ae.safetensors --data data");
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let train = TRAIN.split(' ').chain(["--out", "vae.safetensors"]);
    for words in [train.collect::<Vec<_>>(), vec!["inspect", "mnist-vae"], vec!["train", "--kind", "help"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_halfmoon"));
        command.args(&words).current_dir(folder.path());
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("panicked"), "{words:?}: {said}");
    }
    assert!(folder.path().join("vae.safetensors").exists());
}
