//! Adversaries on the command line.

use super::done;
use serde_json::Value;

#[test]
fn training_names_divergence_and_modes_as_eval_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let json = |line: &str| -> Value { serde_json::from_str(done(at, line).lines().last().unwrap()).unwrap() };
    let train = "train --data ring --kind gan --set generator=8 --set discriminator=8 --epochs 1 --batch 2000";
    let trained = json(&format!("{train} --out game.safetensors --report json"));
    let found = json("eval --model game.safetensors --data ring --report json");
    for split in ["train", "test"] {
        assert!(trained[split]["jensen_shannon"].as_f64().is_some_and(|js| js > 0.0), "{trained}");
        for name in ["jensen_shannon", "modes_covered", "in_modes", "game"] {
            assert_eq!(trained[split][name], found[split][name], "{split}: {name}");
        }
    }
    let text = done(at, &format!("{train} --out game.safetensors"));
    assert!(text.contains("of 8 modes, JS "), "{text}");
}
