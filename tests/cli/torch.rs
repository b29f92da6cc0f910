//! Models of PyTorch in every command.

use super::{done, refused};
use std::path::Path;

/// A folder with 40 images of 6 × 6 pixels, and a model for such as PyTorch saved it.
fn prepared(folder: &Path) {
    std::fs::create_dir_all(folder.join("data")).unwrap();
    let images: Vec<u8> = (0..40 * 36u32).map(|i| (i * 37 % 251) as u8).collect();
    for prefix in ["train", "t10k"] {
        let head = [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 6, 0, 0, 0, 6];
        std::fs::write(folder.join(format!("data/{prefix}-images-idx3-ubyte")), [&head[..], &images].concat())
            .unwrap();
    }
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torch_models");
    for name in ["fc.pt", "refused/whole.pt"] {
        std::fs::copy(models.join(name), folder.join(Path::new(name).file_name().unwrap())).unwrap();
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.trim().lines().last().unwrap()).unwrap()
}

#[test]
fn models_of_pytorch_are_inspected_scored_decoded_and_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    let said = done(at, "inspect fc.pt --set model.activation=tanh");
    for words in [
        "model: VAE, variational",
        "imported from: fc.pt",
        "understood as: a state dict of 10 tensors (PyTorch)",
        "note: encoder: fc1; code: fc21, fc22; decoder: fc3, fc4",
        "model.activation=tanh",
        "--set model.likelihood= bernoulli, mse, gaussian: ",
        "can go on: true",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    let loss = |set: &str| {
        let scores = json(&done(at, &format!("eval --model fc.pt --data data --report json {set}")));
        scores["test"]["loss"].as_f64().unwrap()
    };
    assert!((loss("") - loss("--set model.activation=tanh")).abs() > 1e-3, "an answer changes what is computed");
    assert_eq!(loss(""), loss("--set model.shape=1x6x6"));
    done(at, "encode --model fc.pt --data data --out codes.csv");
    done(at, "decode --model fc.pt --z 0,1,0 --set model.shape=4x9 --out one.npy");
    done(at, "grid --model fc.pt --z 0,0,0 --steps 3 --out grid.png");
    done(at, "interpolate --model fc.pt --data data --from 0 --to 1 --out walk.png");
    // Training goes on from step 0 with an optimizer of its own, and then exactly.
    let report = json(&done(
        at,
        "train --resume fc.pt --data data --epochs 2 --batch 20 --out on.safetensors --report json",
    ));
    assert_eq!((report["kind"].as_str(), report["steps"].as_u64()), (Some("vae"), Some(4)));
    assert!(report["test"]["loss"].as_f64().unwrap() < loss(""), "{report}");
    let said = done(at, "inspect on.safetensors");
    assert!(said.contains("imported from: fc.pt") && said.contains("model.activation=relu"), "{said}");
    assert!(!said.contains("--set model."), "a model that has learned leaves nothing open: {said}");
    done(at, "train --resume on.safetensors --data data --epochs 3 --out on.safetensors");
}

#[test]
fn answers_that_do_not_fit_are_mistakes_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at);
    for (line, status, words) in [
        ("eval --model fc.pt --data data --set model.activation=swish", 2, &["model.activation", "relu"][..]),
        ("inspect fc.pt --set model.colour=red", 2, &["model.colour", "model.shape"]),
        ("decode --model mnist-vae --z 0,0 --set data.side=3 --out x.png", 2, &["data.side", "model"]),
        ("train --kind vae --data data --set model.activation=relu --out x.safetensors", 2, &["--resume"]),
        ("train --resume fc.pt --data data --set hidden=3 --out x.safetensors", 2, &["new weights"]),
        ("eval --model whole.pt --data data", 1, &["whole.pt", "a whole module", "torch.save(model.state_dict()"]),
        ("eval --model data/train-images-idx3-ubyte --data data", 1, &["idx data; open the folder"]),
    ] {
        refused(at, line, status, words);
    }
}
