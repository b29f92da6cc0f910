//! Every kind of model, from its training to what can be made of it.

use super::{data, done, refused};
use std::path::Path;

#[test]
fn every_kind_trains_saves_and_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let listing = done(folder.path(), "train --kind help");
    let names: Vec<&str> = listing
        .lines()
        .take_while(|line| !line.starts_with("Settings"))
        .filter_map(|line| line.strip_prefix("  ").filter(|line| line.starts_with(char::is_alphabetic)))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() >= 11 && names.contains(&"pca") && names.contains(&"mda"), "{names:?}");
    let pca =
        done(folder.path(), "train --data data --kind pca --latent-dim 6 --out all.safetensors --report json");
    let report: serde_json::Value = serde_json::from_str(pca.lines().last().unwrap()).unwrap();
    let ratio: Vec<f64> = serde_json::from_value(report["explained_variance_ratio"].clone()).unwrap();
    assert!(ratio.windows(2).all(|pair| pair[0] >= pair[1]) && (ratio.iter().sum::<f64>() - 1.0).abs() < 1e-5);
    refused(
        folder.path(),
        "train --data data --resume all.safetensors --out x.safetensors",
        2,
        &["solved at once"],
    );
    let said: String =
        (0..60).map(|i| format!("{}\tthe {} sat\n", i % 2, ["cat", "dog", "moon"][i % 3])).collect();
    std::fs::write(folder.path().join("said.tsv"), format!("label\ttext\n{said}")).unwrap();
    for name in names {
        // What is for texts alone says so, and learns from such.
        let data = match name {
            "lsa" => "wordnet10",
            // Its five layers leave nothing of a smaller picture.
            "lenet" => "moons-full-half",
            "sentence-ae" | "sentence-vae" | "dcnn" => "said.tsv --set data.words=in_order",
            _ => "data",
        };
        if data != "data" {
            let train = format!("train --data data --kind {name} --out {name}.safetensors");
            let nouns = match name {
                "lsa" => "documents",
                "lenet" => "halved",
                _ => "sentences",
            };
            refused(folder.path(), &train, 2, &[nouns]);
        }
        if matches!(name, "made" | "pixel-rnn") {
            completes(folder.path(), name);
            continue;
        }
        let train =
            format!("train --data {data} --kind {name} --latent-dim 2 --epochs 4 --out {name}.safetensors");
        done(folder.path(), &train);
        done(folder.path(), &format!("eval --model {name}.safetensors --data {data}"));
        let encode = format!("encode --model {name}.safetensors --data {data} --out {name}.csv");
        match name {
            "gan" => refused(folder.path(), &encode, 1, &["no encoder"]),
            _ => drop(done(folder.path(), &encode)),
        }
        let label = if name == "cvae" { "--label 0" } else { "" };
        let grid = format!("grid --model {name}.safetensors --steps 3 {label} --out {name}.png");
        match name {
            "classifier" | "lenet" => refused(folder.path(), &grid, 1, &["no decoder"]),
            _ => drop(done(folder.path(), &grid)),
        }
    }
}

/// A kind without codes learns, is scored and completes, and says of the rest why not.
fn completes(at: &Path, kind: &str) {
    let model = format!("{kind}.safetensors");
    refused(at, &format!("train --data data --kind {kind} --latent-dim 2 --out {model}"), 2, &["latent_dim"]);
    done(at, &format!("train --data data --kind {kind} --epochs 2 --out {model}"));
    let report = done(at, &format!("eval --model {model} --data data --report json"));
    let report: serde_json::Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
    assert_eq!(report["test"]["loss"], report["test"]["neg_log_p"]);
    for work in ["grid --steps 3", "decode --z 0,0", "interpolate --from-z 0,0 --to-z 1,1"] {
        refused(at, &format!("{work} --model {model} --out {kind}.png"), 1, &["no codes", "complete"]);
    }
    refused(at, &format!("encode --model {model} --data data --out {kind}.csv"), 1, &["no encoder"]);
    done(at, &format!("find --model {model} --data data --sample 1"));
    let complete = format!("complete --model {model} --data data --sample 2 --endings 3");
    let said = done(at, &format!("{complete} --given 1 --seed 4 --out {kind}.npy --report json"));
    let said: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((said["endings"].as_array().unwrap().len(), &said["endings"][2]["seed"]), (3, &6.into()));
    let first = std::fs::read(at.join(format!("{kind}.npy"))).unwrap();
    done(at, &format!("{complete} --given 1 --seed 4 --out again.npy"));
    assert_eq!(std::fs::read(at.join("again.npy")).unwrap(), first, "the same seed, the same bytes");
    done(at, &format!("{complete} --given 1 --seed 5 --out again.npy"));
    assert_ne!(std::fs::read(at.join("again.npy")).unwrap(), first);
    done(at, &format!("{complete} --given 0 --scale 2 --out {kind}.png"));
    // The same data, but for the last sample of the test.
    std::fs::create_dir_all(at.join("parted")).unwrap();
    for file in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
        let mut bytes = std::fs::read(at.join(format!("data/{file}-ubyte"))).unwrap();
        if file == "t10k-images-idx3" {
            let first = bytes.len() - 6;
            bytes[first..].iter_mut().for_each(|byte| *byte = 255 - *byte);
        }
        std::fs::write(at.join(format!("parted/{file}-ubyte")), bytes).unwrap();
    }
    let sample = |split: &str| {
        let line = format!("complete --model {model} --data parted --sample 39 {split} --given 1 --out a.npy");
        let said = done(at, &format!("{line} --report json"));
        serde_json::from_str::<serde_json::Value>(said.lines().last().unwrap()).unwrap()["neg_log_p"].clone()
    };
    let [usual, test, train] = ["", "--split test", "--split train"].map(sample);
    assert!(usual == test && test != train, "{usual} {test} {train}");
    refused(at, &format!("{complete} --given 999 --out {kind}.png"), 2, &["--given 999", "rows"]);
    refused(
        at,
        "complete --model all.safetensors --data data --sample 0 --given 1 --out x.png",
        1,
        &["completes nothing"],
    );
}
