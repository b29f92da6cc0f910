//! Classifiers on the command line.

use super::{data, done, refused};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn a_classifier_is_trained_on_another_models_encoder_and_says_what_it_takes_for_what() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    done(at, "train --data data --kind ae --hidden 8 --epochs 2 --batch 16 --out ae.safetensors");
    let train = "train --data data --kind classifier --batch 16 --report json";
    let report = json(&done(
        at,
        &format!(
            "{train} --from ae.safetensors --epochs 3 --set encoder=fixed --set labels=10 --out c.safetensors"
        ),
    ));
    assert_eq!((report["kind"].as_str(), report["steps"].as_u64()), (Some("classifier"), Some(3)));
    assert!(report["test"]["cross_entropy"].is_f64() && report["test"]["error_rate"].is_f64(), "{report}");
    let found = json(&done(at, "eval --model c.safetensors --data data --report json"));
    let counts =
        |split: &str| -> Vec<Vec<u64>> { serde_json::from_value(found[split]["confusion"].clone()).unwrap() };
    let test = counts("test");
    assert_eq!(found["classes"], serde_json::json!(["0", "1"]));
    assert_eq!(test.concat().iter().sum::<u64>(), 40);
    let accuracy = (test[0][0] + test[1][1]) as f64 / 40.0;
    assert_eq!(found["test"]["accuracy"].as_f64(), Some(accuracy));
    assert!((found["test"]["error_rate"].as_f64().unwrap() + accuracy - 1.0).abs() < 1e-6);
    let text = done(at, "eval --model c.safetensors --data data --split test");
    assert!(text.contains(&format!("accuracy {:.2} %", 100.0 * accuracy)), "{text}");

    // The codes of a fixed encoder are those of the model that it is from.
    for model in ["ae", "c"] {
        done(at, &format!("encode --model {model}.safetensors --data data --out {model}.csv"));
    }
    let codes = |model: &str| std::fs::read_to_string(at.join(format!("{model}.csv"))).unwrap();
    assert_eq!(codes("ae"), codes("c"));

    let on = |kind: &str, more: &str| {
        format!("train --data data --kind {kind} --from ae.safetensors {more} --out d.safetensors")
    };
    refused(at, &on("vae", ""), 2, &["use --kind classifier"]);
    refused(at, &on("classifier", "--hidden 9"), 2, &["--from ae.safetensors", "use the settings of its encoder"]);
    refused(at, &on("classifier", "--set labels=-1"), 2, &["labels"]);
}
