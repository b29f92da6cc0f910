//! What the window remembers from one time to the next, beside its place, theme and text size, which egui
//! keeps.

use super::APP;
use super::commands::POINTS;
use super::context::WindowState;
use eframe::Storage;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;

const KEY: &str = "halfmoon";
/// Egui's file in the folder of the program, and the most bytes of it.
const FILE: &str = "app.ron";
const MAX_BYTES: u64 = 4 << 20;

/// The remembered part of a window's state.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Prefs {
    learn_folded: Option<bool>,
    decode_folded: Option<bool>,
    point_factor: Option<f32>,
    recent: Vec<PathBuf>,
    hints_done: Vec<u32>,
    saw_first_minute: bool,
}

/// Takes over what was remembered; what cannot be read is as if it were not there.
pub fn load(storage: Option<&dyn Storage>, window: &mut WindowState) {
    let text = storage.and_then(|storage| storage.get_string(KEY));
    let prefs: Prefs = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    window.learn.folded = prefs.learn_folded;
    window.decode.folded = prefs.decode_folded;
    if let Some(factor) = prefs.point_factor.filter(|factor| POINTS.contains(factor)) {
        window.point_factor = factor;
    }
    window.files.recent = prefs.recent;
    window.first_minute.was_shown = prefs.saw_first_minute;
    for (done, remembered) in window.hints_done.iter_mut().zip(prefs.hints_done) {
        *done = remembered;
    }
}

/// Remembers it, beside what another window may have remembered since this one began.
pub fn save(storage: &mut dyn Storage, window: &WindowState) {
    save_beside(storage, window, stored());
}

fn save_beside(storage: &mut dyn Storage, window: &WindowState, stored: Option<Prefs>) {
    let prefs = Prefs {
        learn_folded: window.learn.folded,
        decode_folded: window.decode.folded,
        point_factor: Some(window.point_factor),
        recent: window.files.to_remember(stored.map(|prefs| prefs.recent)),
        hints_done: window.hints_done.into(),
        saw_first_minute: window.first_minute.was_shown,
    };
    if let Ok(text) = serde_json::to_string(&prefs) {
        storage.set_string(KEY, text);
    }
}

/// What lies in egui's file now, which it reads only when a window opens; none where nothing can be read.
fn stored() -> Option<Prefs> {
    let path = eframe::storage_dir(APP)?.join(FILE);
    let is_small = std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES);
    let text = is_small.then(|| std::fs::read_to_string(path)).and_then(Result::ok)?;
    let mut all: HashMap<String, String> = ron::from_str(&text).ok()?;
    serde_json::from_str(&all.remove(KEY)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut window = WindowState::default();
        (window.learn.folded, window.decode.folded) = (Some(true), Some(false));
        window.files.remember("moons.safetensors".as_ref());
        window.hints_done[2] = 2;
        window.point_factor = 1.5;
        window.first_minute.was_shown = true;
        save_beside(&mut memory, &window, None);
        let mut back = WindowState::default();
        load(Some(&memory), &mut back);
        assert_eq!((back.learn.folded, back.decode.folded), (Some(true), Some(false)));
        assert_eq!((back.hints_done[2], back.point_factor), (2, 1.5));
        assert!(back.first_minute.was_shown);
        assert_eq!(back.files.recent, [std::path::absolute("moons.safetensors").unwrap()]);
        for nonsense in ["{\"recent\": 7", "{\"point_factor\": -1e9}"] {
            memory.set_string(KEY, nonsense.into());
            let mut fresh = WindowState::default();
            load(Some(&memory), &mut fresh);
            assert!(fresh.files.recent.is_empty());
            assert_eq!(fresh.point_factor, 1.0);
        }
    }
    #[test]
    fn files_that_another_window_used_stay_remembered() {
        let mut memory = Memory::default();
        let mut window = WindowState::default();
        window.files.recent = vec!["/old".into(), "/older".into()];
        window.files.remember("/mine".as_ref());
        let stored = Prefs { recent: vec!["/theirs".into(), "/mine".into(), "/old".into()], ..Prefs::default() };
        save_beside(&mut memory, &window, Some(stored));
        let mut back = WindowState::default();
        load(Some(&memory), &mut back);
        assert_eq!(back.files.recent, ["/mine", "/theirs", "/old"].map(PathBuf::from));
        let many = Prefs { recent: (0..20).map(|i| format!("/{i}").into()).collect(), ..Prefs::default() };
        save_beside(&mut memory, &window, Some(many));
        load(Some(&memory), &mut back);
        assert_eq!((back.files.recent.len(), &back.files.recent[1]), (8, &PathBuf::from("/0")));
    }
}
