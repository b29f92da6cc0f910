//! Boltzmann machines: trained, scored with ln p(x), and followed along a chain.

use super::{data, done, refused};
use serde_json::Value;

fn json(said: &str) -> Value {
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[test]
fn a_machine_is_trained_scored_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    done(
        at,
        "train --data data --kind rbm --latent-dim 5 --set chains=persistent --epochs 3 --out rbm.safetensors",
    );
    let resumed = "train --data data --resume rbm.safetensors --epochs 5 --out resumed.safetensors";
    done(at, resumed);
    let whole =
        "train --data data --kind rbm --latent-dim 5 --set chains=persistent --epochs 5 --out whole.safetensors";
    done(at, whole);
    let bytes = |name: &str| std::fs::read(at.join(name)).unwrap();
    assert_eq!(bytes("resumed.safetensors"), bytes("whole.safetensors"), "chains and moments are in the file");
    let said = json(&done(at, "eval --model rbm.safetensors --data data --samples 9 --report json"));
    for split in ["train", "test"] {
        let (of, log_p) = (&said[split], &said[split]["log_p"]);
        let number = |value: &Value| value.as_f64().unwrap();
        // Few units are summed, and their sum is the same for both splits.
        assert!(log_p["chains"].is_null() && log_p["log_z"] == said["train"]["log_p"]["log_z"], "{said}");
        let free_energy = number(&of["free_energy"]);
        assert!((number(&log_p["by_energy"]) + free_energy + number(&log_p["log_z"])).abs() < 1e-6, "{said}");
        // Six binary pixels.
        assert!((-20.0..0.0).contains(&number(&log_p["by_energy"])), "{said}");
    }
    let text = done(at, "eval --model rbm.safetensors --data data --samples 9");
    assert!(text.contains("ln p(x) −") || text.contains("ln p(x) -"), "{text}");
    assert!(text.contains("summed over every state"), "{text}");

    done(at, "chain --model rbm.safetensors --data data --tiles 4 --every 3 --scale 2 --out chain.png");
    let size = |name: &str| image::image_dimensions(at.join(name)).unwrap();
    assert_eq!(size("chain.png"), (5 * 3 * 2, 2 * 2), "the sample and four states");
    done(at, "chain --model rbm.safetensors --data data --tiles 4 --out chain.gif");
    assert!(at.join("chain.gif").exists());
    let tiles = |more: &str| {
        done(
            at,
            &format!("chain --model rbm.safetensors --data data --tiles 30 --every 1 {more} --out other.png"),
        );
        bytes("other.png")
    };
    assert_eq!(tiles("--seed 1"), tiles("--seed 1"));
    assert_ne!(tiles("--seed 1"), tiles("--seed 2"));
    assert_ne!(tiles("--sample 3"), tiles("--sample 4"));
    let line = "chain --model rbm.safetensors --data data --sample 40 --out none.png";
    refused(at, line, 2, &["sample 40", "the last of", "39"]);
    refused(at, "chain --model mnist-vae --data mnist --out none.png", 1, &["no energy", "--kind rbm"]);
    refused(at, "chain --model rbm.safetensors --data data --out none.txt", 1, &[".png", ".gif"]);
}
