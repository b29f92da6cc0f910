//! What the window remembers from one time to the next, beside its place, theme and text size, which egui
//! keeps.

use super::context::WindowState;
use eframe::Storage;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

const KEY: &str = "halfmoon";

/// The remembered part of a window's state.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Prefs {
    learn_folded: Option<bool>,
    recent: Vec<PathBuf>,
    hints_done: Vec<u32>,
}

/// Takes over what was remembered; what cannot be read is as if it were not there.
pub fn load(storage: Option<&dyn Storage>, window: &mut WindowState) {
    let text = storage.and_then(|storage| storage.get_string(KEY));
    let prefs: Prefs = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    window.learn_folded = prefs.learn_folded;
    window.files.recent = prefs.recent;
    for (done, remembered) in window.hints_done.iter_mut().zip(prefs.hints_done) {
        *done = remembered;
    }
}

/// Remembers it.
pub fn save(storage: &mut dyn Storage, window: &WindowState) {
    let prefs = Prefs {
        learn_folded: window.learn_folded,
        recent: window.files.recent.clone(),
        hints_done: window.hints_done.into(),
    };
    if let Ok(text) = serde_json::to_string(&prefs) {
        storage.set_string(KEY, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[derive(Default)]
    struct Memory(HashMap<String, String>);

    impl Storage for Memory {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }
        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.into(), value);
        }
        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }
        fn flush(&mut self) {}
    }

    #[test]
    fn what_is_remembered_comes_back_and_nonsense_does_no_harm() {
        let mut memory = Memory::default();
        let mut window = WindowState { learn_folded: Some(true), ..WindowState::default() };
        window.files.remember("moons.safetensors".as_ref());
        window.hints_done[2] = 2;
        save(&mut memory, &window);
        let mut back = WindowState::default();
        load(Some(&memory), &mut back);
        assert_eq!((back.learn_folded, back.hints_done[2]), (Some(true), 2));
        assert_eq!(back.files.recent, [std::path::absolute("moons.safetensors").unwrap()]);
        memory.set_string(KEY, "{\"recent\": 7".into());
        let mut fresh = WindowState::default();
        load(Some(&memory), &mut fresh);
        assert!(fresh.files.recent.is_empty());
    }
}
