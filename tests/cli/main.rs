//! The command line as a user meets it: what it writes, and how it refuses.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

mod arrays;
mod classifier;
mod divergences;
#[cfg(unix)]
mod ending;
mod exports;
mod figures;
mod find;
mod games;
mod kinds;
mod machines;
mod outliers;
mod paths;
mod pictures;
mod studies;
mod torch;
mod walks;
mod writing;

use std::path::Path;
use std::process::{Command, Output};

fn halfmoon(folder: &Path, line: &str) -> Output {
    let words = line.split(' ').filter(|word| !word.is_empty());
    Command::new(env!("CARGO_BIN_EXE_halfmoon")).args(words).current_dir(folder).output().unwrap()
}

/// Runs a command that must succeed and returns its standard output.
fn done(folder: &Path, line: &str) -> String {
    let output = halfmoon(folder, line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail with this status, in one sentence that holds all of `words`, leaving no new
/// file.
fn refused(folder: &Path, line: &str, status: i32, words: &[&str]) {
    let files = || {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    let output = halfmoon(folder, line);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{line}: {said}");
    for word in words {
        assert!(said.contains(word), "{line}: {said:?} does not say {word:?}");
    }
    let last = said.trim().lines().last().unwrap_or_default();
    assert!(!said.contains("panicked") && !last.is_empty(), "{line}: {said}");
    assert_eq!(files(), before, "{line} left something behind");
}

/// A folder with 40 images of 2×3 pixels in two classes.
fn data(folder: &Path) {
    let images: Vec<u8> = (0..40 * 6u32).map(|i| (i * 37 % 251) as u8).collect();
    let labels: Vec<u8> = (0..40).map(|i| i % 2).collect();
    std::fs::create_dir_all(folder.join("data")).unwrap();
    for prefix in ["train", "t10k"] {
        let head = [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 3];
        std::fs::write(folder.join(format!("data/{prefix}-images-idx3-ubyte")), [&head[..], &images].concat())
            .unwrap();
        let head = [0, 0, 8, 1, 0, 0, 0, 40];
        std::fs::write(folder.join(format!("data/{prefix}-labels-idx1-ubyte")), [&head[..], &labels].concat())
            .unwrap();
    }
}

const TRAIN: &str = "train --data data --kind vae --hidden 8 --epochs 2 --batch 16 --report json";

#[test]
fn train_eval_encode_decode_and_grid_do_their_work() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    let report = done(at, &format!("{TRAIN} --out m.safetensors"));
    let report: serde_json::Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
    assert_eq!((report["kind"].as_str(), report["steps"].as_u64()), (Some("vae"), Some(6)));
    assert_eq!(report["parameters"].as_u64(), Some(8 * 7 + 2 * 2 * 9 + 8 * 3 + 6 * 9));
    for key in ["epochs", "seconds", "steps_per_s", "threads"] {
        assert!(report[key].is_number(), "{key}");
    }
    let scores = done(at, "eval --model m.safetensors --data data --report json");
    let scores: serde_json::Value = serde_json::from_str(&scores).unwrap();
    for split in ["train", "test"] {
        for term in ["loss", "reconstruction", "kl", "squared_error"] {
            assert_eq!(scores[split][term], report[split][term], "{split} {term}");
        }
    }
    done(at, "encode --model m.safetensors --data data --split train --out codes.csv");
    let codes = std::fs::read_to_string(at.join("codes.csv")).unwrap();
    assert_eq!((codes.lines().count(), codes.lines().next()), (41, Some("index,label,z0,z1")));
    done(at, "encode --model m.safetensors --data data --out codes.npy");
    done(at, "decode --model m.safetensors --z -0.5,1 --out one.png");
    done(at, "decode --model m.safetensors --z -0.5,1 --out one.npy");
    done(at, "grid --model m.safetensors --range -3:3,-1:2 --steps 5 --spacing gaussian --out grid.png");
    let size = |name: &str| {
        let reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(at.join(name)).unwrap()));
        let info = reader.read_info().unwrap();
        (info.info().width, info.info().height)
    };
    assert_eq!((size("one.png"), size("grid.png")), ((3, 2), (15, 10)));
}

#[test]
fn same_seed_same_bytes_and_resuming_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    let bytes = |name: &str| std::fs::read(at.join(name)).unwrap();
    // With dropout and convolutions too; three threads are more than there are shards, which then split the
    // samples.
    let conv = "--set arch=conv --set channels=3 --set dropout=0.1";
    for threads in ["1", "2", "3"] {
        done(at, &format!("{TRAIN} {conv} --threads {threads} --out conv-{threads}.safetensors"));
        assert!(bytes("conv-1.safetensors") == bytes(&format!("conv-{threads}.safetensors")));
    }
    done(at, &format!("{TRAIN} --threads 1 --out a.safetensors"));
    done(at, &format!("{TRAIN} --threads 2 --out b.safetensors"));
    assert!(bytes("a.safetensors") == bytes("b.safetensors"));
    done(at, &format!("{TRAIN} --epochs 1 --out half.safetensors").replacen("--epochs 2 ", "", 1));
    done(at, "train --data data --resume half.safetensors --epochs 2 --out c.safetensors");
    assert!(bytes("a.safetensors") == bytes("c.safetensors"));
    done(at, &format!("{TRAIN} --seed 1 --out d.safetensors"));
    assert!(bytes("a.safetensors") != bytes("d.safetensors"));
    done(at, &format!("{TRAIN} --slim --out e.safetensors"));
    assert!(bytes("e.safetensors").len() < bytes("a.safetensors").len() * 2 / 3);
    refused(
        at,
        "train --data data --resume e.safetensors --epochs 3 --out f.safetensors",
        2,
        &["--resume", "slim"],
    );
    refused(
        at,
        "train --data moons --resume a.safetensors --epochs 3 --out f.safetensors",
        2,
        &["trained on data", "holds"],
    );
    refused(
        at,
        "train --data data --resume a.safetensors --latent-dim 3 --out f.safetensors",
        2,
        &["new weights"],
    );
}

#[test]
fn the_window_is_told_how_its_data_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (line, words) in [
        ("--data moons --set data.color=red", &["data.color", "data.max_bytes"][..]),
        ("--data moons --set beta=2", &["beta", "data.max_bytes"]),
        ("--set data.side=12", &["--data"]),
    ] {
        refused(folder.path(), line, 2, words);
    }
}

#[test]
fn sizes_and_rates_out_of_range_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    let train = |setting: &str, words: &[&str]| {
        refused(at, &format!("train --data data --kind vae --out m.safetensors {setting}"), 2, words);
    };
    for value in ["0", "-1", "nan", "1e99", "99999999999999999999"] {
        train(&format!("--latent-dim={value}"), &["latent_dim", "from 1 to 1024"]);
        train(&format!("--epochs={value}"), &["epochs", "from 1"]);
        train(&format!("--batch={value}"), &["batch", "from 1"]);
        train(&format!("--hidden={value}"), &["hidden"]);
    }
    for value in ["0", "-0.1", "nan", "inf", "1e9", "x"] {
        train(&format!("--lr={value}"), &["learning_rate", "number from"]);
    }
    train("--beta=-1", &["beta"]);
    train("--hidden 16384,16384,16384", &["parameters"]);
    train("--set sigma=0", &["sigma"]);
    train("--set spy=1", &["spy", "known are"]);
    train("--set activation=step", &["activation", "relu"]);
    train("--set beta", &["NAME=VALUE"]);
    train("--threads 0", &["threads"]);
    refused(at, "train --data data --kind gnu --out m.safetensors", 2, &["gnu", "ae, deep"]);
    refused(at, "train --data data --out m.safetensors", 2, &["--kind"]);
}

#[test]
fn files_that_are_not_what_they_should_be_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    done(at, &format!("{TRAIN} --out m.safetensors"));
    refused(at, "eval --model none.safetensors --data data", 1, &["none.safetensors", "check the path"]);
    refused(at, "eval --model m.safetensors --data nowhere", 1, &["nowhere"]);
    refused(at, "eval --model m.safetensors --data moons", 1, &["m", "Moons"]);
    std::fs::write(at.join("broken.safetensors"), [7; 40]).unwrap();
    refused(
        at,
        "grid --model broken.safetensors --out g.png",
        1,
        &["broken.safetensors", "not a whole safetensors"],
    );
    std::fs::write(at.join("data/t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 9, 1]).unwrap();
    refused(at, "encode --model m.safetensors --data data --out c.csv", 1, &["t10k-labels", "cut short"]);
}

#[test]
fn codes_and_targets_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let decode = |rest: &str, status: i32, words: &[&str]| {
        refused(at, &format!("decode --model mnist-vae {rest}"), status, words);
    };
    decode("--z 1 --out a.png", 2, &["--z has 1", "have 2"]);
    decode("--z 1,2,3 --out a.png", 2, &["--z has 3"]);
    decode("--z nan,0 --out a.png", 2, &["finite"]);
    decode("--z 0,inf --out a.png", 2, &["finite"]);
    decode("--z 0,0 --out a.jpg", 1, &["a.jpg", ".png"]);
    decode("--z 0,0 --out gone/a.png", 1, &["gone/a.png", "choose another place"]);
    let grid =
        |rest: &str, words: &[&str]| refused(at, &format!("grid --model mnist-vae --out g.png {rest}"), 2, words);
    grid("--dims 0,2", &["--dims"]);
    grid("--range 3:-3", &["--range"]);
    grid("--range -3:nan", &["--range"]);
    grid("--steps 0", &["steps"]);
    grid("--steps 100000", &["steps"]);
    refused(at, "train --data moons --kind ae --epochs 1 --out gone/m.safetensors", 1, &["gone/m.safetensors"]);
    refused(at, "train --data moons --kind ae --epochs 1000 --out .", 2, &["--out .", "folder"]);
}

#[test]
fn labels_are_asked_for_where_they_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    done(at, "train --data data --kind cvae --hidden 8 --epochs 2 --batch 16 --out c.safetensors");
    done(at, "eval --model c.safetensors --data data");
    let decode =
        |label: &str| done(at, &format!("decode --model c.safetensors --z 0,0 {label} --out {}.npy", &label[8..]));
    decode("--label 0");
    decode("--label 1");
    assert_ne!(std::fs::read(at.join("0.npy")).unwrap(), std::fs::read(at.join("1.npy")).unwrap());
    done(at, "decode --model c.safetensors --z 0,0 --label all --out all.png");
    done(at, "grid --model c.safetensors --label 1 --steps 3 --out g.png");
    refused(at, "decode --model c.safetensors --z 0,0 --out x.png", 2, &["--label is missing", "0, 1"]);
    refused(at, "grid --model c.safetensors --label 7 --out x.png", 2, &["\"7\"", "0, 1"]);
    refused(at, "decode --model mnist-vae --z 0,0 --label 3 --out x.png", 2, &["told no label"]);
    refused(at, "decode --model c.safetensors --z 0,0 --label all --out x.npy", 1, &[".png"]);
    std::fs::remove_file(at.join("data/train-labels-idx1-ubyte")).unwrap();
    std::fs::remove_file(at.join("data/t10k-labels-idx1-ubyte")).unwrap();
    refused(at, "eval --model c.safetensors --data data", 1, &["labels of 2 classes", "none"]);
    refused(at, "train --data data --kind cvae --out d.safetensors", 2, &["needs data with 1 to"]);
}

#[test]
fn the_speed_of_the_machine_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = done(folder.path(), "bench --seconds 0.02 --threads 1 --report json");
    let json: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    for figure in
        ["/peak_gflops", "/w1/steps_per_s", "/w2/share_of_peak", "/w4/latency_us_400", "/w4/latency_us_1"]
    {
        assert!(
            json.pointer(figure).and_then(serde_json::Value::as_f64).is_some_and(|x| x > 0.0),
            "{figure}: {said}"
        );
    }
    assert_eq!(json["threads"], 1);
    refused(folder.path(), "bench --seconds never", 2, &["never", "600"]);
}

/// `/proc` takes no files, not even from the superuser, who may write into any folder that is merely locked.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_found_out_before_the_training() {
    let folder = tempfile::tempdir().unwrap();
    let line = "train --data moons --kind ae --epochs 1000 --out /proc/m.safetensors";
    refused(folder.path(), line, 1, &["/proc/m.safetensors", "choose another place"]);
    let line = "grid --model mnist-vae --out /proc/g.png";
    refused(folder.path(), line, 1, &["/proc/g.png", "choose another place"]);
}

#[test]
fn a_training_that_diverges_says_where_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    let line = "train --data data --kind vae --hidden 64,64,64 --epochs 2000 --lr 10 --out m.safetensors";
    refused(at, line, 1, &["training stopped at step", "became", "smaller learning rate"]);
}

#[test]
fn a_table_is_learned_scored_encoded_and_decoded_in_its_own_units() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for kind in ["pca", "ae", "vae"] {
        let epochs = if kind == "pca" { "" } else { "--hidden 16 --epochs 100 --batch 16 --lr 0.005" };
        let report =
            done(at, &format!("train --data wine --kind {kind} {epochs} --report json --out m.safetensors"));
        let report: serde_json::Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
        // Standardised columns have 13 in all; a model of two numbers leaves less.
        let off = report["test"]["squared_error"].as_f64().unwrap();
        assert!((1.0..12.0).contains(&off), "{kind}: {off}");
        assert!(done(at, "eval --model m.safetensors --data wine").contains(" a row"));
        done(at, "decode --model m.safetensors --z 0.5,-1 --out x.csv");
        let text = std::fs::read_to_string(at.join("x.csv")).unwrap();
        let (names, values) = text.trim().split_once('\n').unwrap();
        assert!(names.starts_with("alcohol,malic acid,") && names.ends_with(",proline"), "{names}");
        let proline: f64 = values.rsplit(',').next().unwrap().parse().unwrap();
        assert!((100.0..2000.0).contains(&proline), "{proline}");
        done(at, "grid --model m.safetensors --steps 5 --out grid.png");
    }
    std::fs::write(at.join("own.csv"), "a;b;Art\n1,5;2;x\n2,5;1;y\n0,5;3;x\n4;4;y\n").unwrap();
    done(at, "train --data own.csv --kind pca --latent-dim 1 --set data.split=0.5 --out own.safetensors");
    done(at, "encode --model own.safetensors --data own.csv --set data.split=0.5 --split train --out codes.csv");
    assert!(std::fs::read_to_string(at.join("codes.csv")).unwrap().starts_with("index,label,z0\n"));
    std::fs::write(at.join("gap.csv"), "a,b\n1,\n3,\n").unwrap();
    refused(at, "train --data gap.csv --kind pca --out m.safetensors", 1, &["every row", "data.gaps=mean"]);
    let bernoulli = "train --data wine --kind vae --set likelihood=bernoulli --out m2.safetensors";
    refused(at, bernoulli, 2, &["likelihood", "choose gaussian or mse"]);
    std::fs::write(at.join("z.csv"), "label,z0,z1\na,1,2\nb,3,4\n").unwrap();
    refused(at, "train --data z.csv --kind pca --out m3.safetensors", 2, &["these are codes"]);
}

#[test]
fn inspect_says_what_things_are() {
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let said = done(folder.path(), "inspect data");
    for words in ["train: 40", "2 classes: 0 (20), 1 (20)", "grey images of 3 × 2"] {
        assert!(said.contains(words), "{said}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&done(folder.path(), "inspect data --report json")).unwrap();
    assert_eq!((json["test"].as_u64(), json["classes"][1][1].as_u64()), (Some(40), Some(20)));
    done(folder.path(), &format!("{TRAIN} --out vae.safetensors"));
    let said = done(folder.path(), "inspect vae.safetensors");
    for words in ["VAE", "latent dim: 2", "prior: N(0, I)", "can go on: true"] {
        assert!(said.contains(words), "{said}");
    }
    refused(folder.path(), "inspect nowhere", 1, &["could not read nowhere", "check the path"]);
}

#[test]
fn an_error_is_one_sentence_without_numbers_of_the_system() {
    let folder = tempfile::tempdir().unwrap();
    let said = halfmoon(folder.path(), "eval --model gone.safetensors --data moons").stderr;
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains("os error") && said.matches("No such file").count() <= 1, "{said}");
}
