//! What leaves halfmoon in the formats of others.

use super::{TRAIN, data, done, halfmoon, refused};
use std::path::Path;

fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    let rows = reader.records().map(Result::unwrap);
    [head].into_iter().chain(rows).map(|row| row.iter().map(String::from).collect()).collect()
}

/// A folder with data and a trained model.
fn trained() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    done(folder.path(), &format!("{TRAIN} --out m.safetensors --losses losses.csv"));
    folder
}

#[test]
fn losses_are_what_the_model_file_remembers() {
    let folder = trained();
    let at = folder.path();
    let rows = table(&at.join("losses.csv"));
    let known = ["loss", "reconstruction", "kl"].map(|name| [format!("train_{name}"), format!("test_{name}")]);
    assert!(rows[0].starts_with(&["step".into(), "epoch".into()]));
    assert!(known.as_flattened().iter().all(|name| rows[0].contains(name)), "{:?}", rows[0]);
    let checkpoint = halfmoon::store::load(&at.join("m.safetensors")).unwrap();
    let column = |name: &str| rows[0].iter().position(|own| own == name).unwrap();
    for (name, curve) in
        [("train_kl", &checkpoint.trained.train_curve), ("test_kl", &checkpoint.trained.test_curve)]
    {
        let kl = halfmoon::model::MetricId::Kl;
        let wanted: Vec<(String, f64)> =
            curve.iter().map(|point| (point.step.to_string(), point.metrics.get(kl).unwrap())).collect();
        let there = rows[1..].iter().filter(|row| !row[column(name)].is_empty());
        let found: Vec<(String, f64)> =
            there.map(|row| (row[0].clone(), row[column(name)].parse().unwrap())).collect();
        assert_eq!(found, wanted, "{name}");
        assert!(!wanted.is_empty());
    }
    // Three steps an epoch, two epochs.
    assert_eq!(rows.last().unwrap()[..2], ["6".to_string(), "2".to_string()]);
    refused(
        at,
        &format!("{TRAIN} --out n.safetensors --losses gone/losses.csv"),
        1,
        &["gone/losses.csv", "its folder is not there"],
    );
}

#[test]
fn codes_of_both_splits_go_out_and_come_back_as_codes() {
    let folder = trained();
    let at = folder.path();
    let encode = |words: &str| done(at, &format!("encode --model m.safetensors --data data {words}"));
    encode("--split all --log-var --out all.csv");
    encode("--split test --out test.csv");
    encode("--split all --out all.npz");
    encode("--split all --out all.npy");
    let (all, test) = (table(&at.join("all.csv")), table(&at.join("test.csv")));
    assert_eq!(all[0], ["index", "split", "label", "z0", "z1", "log_var0", "log_var1"]);
    assert_eq!(test[0], ["index", "label", "z0", "z1"]);
    assert_eq!((all.len(), test.len()), (81, 41));
    for (all, test) in all[41..].iter().zip(&test[1..]) {
        assert_eq!((all[1].as_str(), &all[0], &all[2..5]), ("test", &test[0], &test[1..]));
    }
    assert!(
        at.join("all.npz").metadata().unwrap().len() > 80 * 8
            && at.join("all.npy").metadata().unwrap().len() == 128 + 80 * 8
    );
    let opened =
        halfmoon::data::load(&halfmoon::data::DataChoice::Path(at.join("all.csv")), &Default::default()).unwrap();
    assert!(opened.train.are_codes() && opened.train.n_features() == 2 && opened.train.n_samples() == 80);
}

#[test]
fn a_folder_for_the_projector_is_written_whole() {
    let folder = trained();
    let at = folder.path();
    done(at, "encode --model m.safetensors --data data --split all --format projector --out projector");
    let mut names: Vec<String> = std::fs::read_dir(at.join("projector"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let wanted = ["metadata.tsv", "projector_config.json", "projector_config.pbtxt", "sprite.png", "tensors.tsv"];
    assert_eq!(names, wanted);
    done(at, "encode --model m.safetensors --data data --split all --out all.csv");
    let codes: Vec<String> = table(&at.join("all.csv"))[1..].iter().map(|row| row[3..].join("\t")).collect();
    assert_eq!(
        std::fs::read_to_string(at.join("projector/tensors.tsv")).unwrap().lines().collect::<Vec<_>>(),
        codes
    );
}

#[test]
fn a_model_goes_out_as_onnx() {
    let folder = trained();
    let at = folder.path();
    for part in ["encoder", "decoder", "all"] {
        done(at, &format!("export --model m.safetensors --part {part} --out {part}.onnx"));
        let model = halfmoon::store::load(&at.join("m.safetensors")).unwrap().trained.model;
        let weights = model.weights();
        let weight = weights
            .iter()
            .find(|param| param.name == if part == "decoder" { "decoder.0.weight" } else { "mu.weight" });
        let bytes: Vec<u8> = weight.unwrap().values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let file = std::fs::read(at.join(format!("{part}.onnx"))).unwrap();
        assert!(file.windows(bytes.len()).any(|window| window == bytes), "the weights are in {part}.onnx");
    }
    done(at, "export --model m.safetensors --out whole.onnx");
    assert_eq!(std::fs::read(at.join("whole.onnx")).unwrap(), std::fs::read(at.join("all.onnx")).unwrap());
}

#[test]
fn what_cannot_be_exported_is_refused_in_one_sentence() {
    let folder = trained();
    let at = folder.path();
    let encode = "encode --model m.safetensors --data data";
    refused(
        at,
        &format!("{encode} --out codes.txt"),
        1,
        &["codes.txt", ".csv, .npy or .npz", "--format projector"],
    );
    refused(at, &format!("{encode} --out codes.npy --log-var"), 2, &["--log-var", ".npz always"]);
    refused(
        at,
        &format!("{encode} --out m.safetensors --format projector"),
        1,
        &["m.safetensors", "it is no folder"],
    );
    refused(at, &format!("{encode} --out gone/folder --format projector"), 1, &["its folder is not there"]);
    refused(at, "export --model m.safetensors --out model.pt", 1, &["model.pt", "can be written as .onnx"]);
    refused(at, "export --model m.safetensors --part middle --out model.onnx", 2, &["middle"]);
    refused(at, "export --model gone.safetensors --out model.onnx", 1, &["gone.safetensors"]);
    let output = halfmoon(at, "export --help");
    assert!(String::from_utf8_lossy(&output.stdout).contains("[batch, latent_dim]"));
}
