//! Names of files as a system may give them.

use std::process::Command;

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_taken_all_the_same() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"caf\xe9.csv");
    std::fs::write(folder.path().join(name), "a,b\n1,2\n3,5\n4,4\n").unwrap();
    let run = |words: &[&str], last: &[&OsStr]| {
        let run = Command::new(env!("CARGO_BIN_EXE_halfmoon"))
            .args(words)
            .args(last)
            .current_dir(folder.path())
            .output();
        let run = run.unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(run(&["inspect"], &[name]).contains("2 named numbers"));
    let model = OsStr::from_bytes(b"mod\xe8le.safetensors");
    run(&["train", "--kind", "pca", "--latent-dim", "1", "--data"], &[name, OsStr::new("--out"), model]);
    assert!(run(&["eval", "--model"], &[model, OsStr::new("--data"), name]).contains("squared"));
}
