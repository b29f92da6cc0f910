//! Arrays and tables from the command line: understood, learned from by what was said of them, and decoded.

use super::{done, refused};
use ndarray::{Array1, Array3};
use ndarray_npy::WriteNpyExt;
use std::fs::File;
use std::path::Path;

/// Forty pictures of 6 × 5 in two classes, as two `.npy`.
fn arrays(folder: &Path) {
    let images = Array3::from_shape_fn((40, 6, 5), |(i, y, x)| (i * 3 + y * 20 + x * 7) as u8);
    images.write_npy(File::create(folder.join("images.npy")).unwrap()).unwrap();
    let labels = Array1::from_shape_fn(40, |i| (i / 20) as i64 + 3);
    labels.write_npy(File::create(folder.join("labels.npy")).unwrap()).unwrap();
}

#[test]
fn arrays_are_understood_and_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    arrays(at);
    for path in ["images.npy", "."] {
        let said = done(at, &format!("inspect {path}"));
        for line in ["grey images of 5 × 6", "train: 32", "2 classes: 3 (16), 4 (16)", "--set data.split=0.2"] {
            assert!(said.contains(line), "{said} lacks {line}");
        }
    }
    refused(at, "inspect labels.npy --set data.shape=7x7", 1, &["data.shape=7x7"]);
    done(at, "train --data images.npy --kind pca --out m.safetensors");
    done(at, "decode --model m.safetensors --z 0,0 --out x.png");
    let decoded = image::open(at.join("x.png")).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (5, 6));
}

#[test]
fn a_model_remembers_how_its_data_were_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    arrays(at);
    done(at, "train --data images.npy --set data.shape=5x6 --kind pca --out m.safetensors");
    let said = done(at, "inspect m.safetensors");
    assert!(said.contains("data.shape=5x6"), "{said}");
    // Read as pictures of the other shape they would not be for this model.
    done(at, "eval --model m.safetensors --data images.npy");
    refused(at, "eval --model m.safetensors --data images.npy --set data.shape=6x5", 1, &["images"]);
}

#[test]
fn what_lies_here_under_the_name_of_an_embedded_set_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("iris")).unwrap();
    arrays(&at.join("iris"));
    let embedded = done(at, "inspect iris");
    assert!(embedded.contains("4 named numbers") && embedded.contains("./iris"), "{embedded}");
    assert!(done(at, "inspect ./iris").contains("grey images of 5 × 6"));
}
