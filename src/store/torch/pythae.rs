//! What a folder that pythae saved says beside its weights: `model_config.json`.

use super::understood::Config;
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// Name of the weights in such a folder.
pub const WEIGHTS: &str = "model.pt";
const CONFIG: &str = "model_config.json";
/// Most bytes of a configuration.
const MAX_BYTES: u64 = 1 << 20;
/// Kinds that are here what they are there.
const SAME: [&str; 3] = ["AE", "VAE", "BetaVAE"];

/// What lies beside the weights `file`; nothing where there is no such file.
pub fn beside(file: &Path) -> Config {
    let path = file.with_file_name(CONFIG);
    let is_file = path.is_file();
    let mut text = String::new();
    let read = || std::fs::File::open(&path)?.take(MAX_BYTES).read_to_string(&mut text).map(drop);
    let json = is_file.then(read).and_then(Result::ok).and_then(|()| serde_json::from_str(&text).ok());
    json.map(|json| config(&json)).unwrap_or_default()
}

fn config(json: &Value) -> Config {
    let mut config = Config::default();
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let Some(name) = text("name").and_then(|name| name.strip_suffix("Config")) else { return config };
    let mut answer = |name: &str, text: &str| drop(config.answers.insert(name.into(), text.into()));
    if let Some(sides) = json.get("input_dim").and_then(Value::as_array) {
        let sides: Vec<String> = sides.iter().map(Value::to_string).collect();
        answer("shape", &sides.join("x"));
    }
    let is_default = |part: &str| json.get(part).and_then(Value::as_bool).unwrap_or(true);
    if is_default("uses_default_encoder") && is_default("uses_default_decoder") {
        // Its own networks are dense, with ReLU between the layers and a sigmoid at the end.
        answer("activation", "relu");
        answer("code_activation", "linear");
        answer("output", "sigmoid");
    }
    match text("reconstruction_loss") {
        Some("bce") => answer("likelihood", "bernoulli"),
        // Half the squared error is that of a Gaussian with σ = 1.
        Some("mse") if name != SAME[0] => answer("likelihood", "gaussian"),
        _ => answer("likelihood", "mse"),
    }
    if let Some(beta) = json.get("beta").and_then(Value::as_f64).filter(|_| name == SAME[2]) {
        config.settings.push(("beta", beta.to_string()));
    }
    config.notes.push(format!("pythae's {name}, as {CONFIG} beside it says"));
    if !SAME.contains(&name) {
        config.notes.push(format!("what {name} adds to the loss is not known here: training goes on without it"));
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_configuration_says_comes_first() {
        let json = serde_json::json!({
            "name": "BetaVAEConfig", "input_dim": [1, 8, 8], "latent_dim": 3, "reconstruction_loss": "mse",
            "uses_default_encoder": true, "uses_default_decoder": true, "beta": 4.0,
        });
        let found = config(&json);
        let answer = |name: &str| found.answers.get(name).map(String::as_str);
        assert_eq!(answer("shape"), Some("1x8x8"));
        assert_eq!((answer("likelihood"), answer("output")), (Some("gaussian"), Some("sigmoid")));
        assert_eq!(found.settings, [("beta", "4".to_owned())]);
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
        let other = config(&serde_json::json!({ "name": "WAE_MMD_Config" }));
        assert!(other.notes.iter().any(|note| note.contains("goes on without it")), "{:?}", other.notes);
        assert_eq!(config(&serde_json::json!({ "model": "anything else" })).answers.len(), 0);
    }
}
