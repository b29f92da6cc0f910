//! The programs that train elsewhere, word for word: `commands.txt` has a line for each, its name and what
//! `halfmoon script` is asked, and beside it lies what comes of it. `sh tests/script/renew.sh` writes them
//! anew; `check.py` and `measure.py` hold them to what halfmoon does, for which they need PyTorch.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use ndarray::{Array1, Array2};
use ndarray_npy::ReadNpyExt;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

fn halfmoon(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_halfmoon")).args(words).current_dir(folder).output().unwrap()
}

fn script(folder: &Path, line: &str) -> Output {
    let words: Vec<&str> = ["script"].into_iter().chain(line.split(' ')).collect();
    halfmoon(folder, &words)
}

/// An array of an archive, as it lies there.
fn member(path: &Path, name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Words as NumPy stores them, in characters of four bytes.
fn words(npy: &[u8]) -> String {
    let start = 10 + usize::from(u16::from_le_bytes([npy[8], npy[9]]));
    let characters =
        npy[start..].as_chunks::<4>().0.iter().map(|c| char::from_u32(u32::from_le_bytes(*c)).unwrap());
    characters.map(|c| if c == '\0' { ' ' } else { c }).collect()
}

#[test]
fn each_program_is_as_it_is_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script");
    for line in std::fs::read_to_string(beside.join("commands.txt")).unwrap().lines() {
        let (name, asked) = line.split_once(' ').unwrap();
        let output = script(folder.path(), &format!("{asked} --out {name}.py"));
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let read = |folder: &Path| std::fs::read_to_string(folder.join(format!("{name}.py"))).unwrap();
        let (got, want) = (read(folder.path()), read(&beside));
        let differs = got.lines().zip(want.lines()).position(|(a, b)| a != b);
        assert_eq!(got, want, "{name}.py differs first after line {differs:?}");
    }
}

#[test]
fn the_data_lie_beside_it_as_they_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    assert!(script(folder.path(), "--kind cvae --data mnist --out digits.py").status.success());
    let path = folder.path().join("digits.npz");
    let x = Array2::<u8>::read_npy(&member(&path, "x_train.npy")[..]).unwrap();
    let y = Array1::<u16>::read_npy(&member(&path, "y_train.npy")[..]).unwrap();
    assert_eq!((x.ncols(), x.nrows()), (784, y.len()));
    let data = halfmoon::data::load(&halfmoon::data::DataChoice::Mnist, &Default::default()).unwrap();
    assert_eq!(x.row(7).as_slice().unwrap(), data.train.image(7).unwrap());
    assert_eq!(y.as_slice().unwrap(), &*data.train.labels().unwrap().of);
    assert_eq!(words(&member(&path, "classes.npy")), "0123456789");
    assert_eq!(words(&member(&path, "fingerprint.npy")), data.train.fingerprint());
    assert!(std::fs::metadata(&path).unwrap().len() < 10_000 * 784 / 3, "bytes stay bytes, and are packed");

    assert!(script(folder.path(), "--kind ae --data wine --out wine.py").status.success());
    let path = folder.path().join("wine.npz");
    let (shift, scale) =
        ["shift.npy", "scale.npy"].map(|name| Array1::<f32>::read_npy(&member(&path, name)[..]).unwrap()).into();
    let x = Array2::<f32>::read_npy(&member(&path, "x_train.npy")[..]).unwrap();
    let scaled = (&x - &shift) / &scale;
    assert!(
        scaled.mean_axis(ndarray::Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-3),
        "columns in their own units"
    );
    assert!(words(&member(&path, "input.npy")).starts_with("{\"vector\""));
}

#[test]
fn what_cannot_be_written_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("table.csv"), "a,b\n1,2\n3,4\n5,6\n7,9\n8,1\n").unwrap();
    for (line, status, said) in [
        ("--kind pca --data mnist --out train.py", 2, "no training to write for PyTorch"),
        ("--kind gmm --data mnist --out train.py", 2, "no training to write for PyTorch"),
        ("--kind vae --data mnist --out train.txt", 2, "a script's name ends in .py"),
        ("--kind vae --data mnist --out gone/train.py", 1, "choose another place"),
        ("--kind vae --data mnist --set beta=-1 --out train.py", 2, "beta"),
        ("--kind vae --data mnist --set scaling=standard --out train.py", 2, "scaling"),
        ("--kind cvae --data table.csv --set likelihood=mse --out train.py", 2, "classes"),
    ] {
        let output = script(at, line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{line}: {stderr}");
        assert!(stderr.contains(said) && stderr.lines().count() == 1, "{line}: {stderr}");
        assert_eq!(std::fs::read_dir(at).unwrap().count(), 1, "{line} left something behind");
    }
}

#[test]
fn the_data_themselves_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train.npz");
    let pixels: Vec<u8> = (0..6 * 12).collect();
    let kind = halfmoon::data::SampleKind::image(1, 3, 4);
    let data =
        halfmoon::data::Dataset::new(kind.clone(), halfmoon::data::Values::Bytes(pixels.into()), None, vec![])
            .unwrap();
    let data = halfmoon::data::DataSplit::new("few".into(), data.clone(), data);
    let spec = halfmoon::model::ModelSpec::of_kind("ae").unwrap().check(&kind, &[]).unwrap();
    std::fs::write(&path, "precious").unwrap();
    let write = |from: Option<&Path>| {
        let program = folder.path().join("train.py");
        halfmoon::store::write_script(&program, (&spec, &Default::default()), &data, from)
    };
    assert!(write(Some(&path)).unwrap_err().to_string().contains("choose another name"));
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    assert!(!folder.path().join("train.py").exists());
    write(None).unwrap();
    assert_ne!(std::fs::read(&path).unwrap(), b"precious");
}
