//! What opens without a file, in small, once somebody looks.

use super::derived::{Derived, Exactly};
use super::{Effect, Session};
use crate::data::{Cancel, DataChoice};
use crate::store::{ModelInSmall, SetInSmall, in_small};
use crate::worker::Pace;

/// Each embedded set with its models, in the order of [`DataChoice::EMBEDDED`].
pub struct Gallery {
    is_looked_at: bool,
    sets: Vec<Derived<Exactly<u32>, SetInSmall>>,
}

impl Default for Gallery {
    fn default() -> Self {
        let n = DataChoice::EMBEDDED.len() as u32;
        let sets = (0..n).map(|set| Derived::new("showing a set in small", set)).collect();
        Self { is_looked_at: false, sets }
    }
}

impl Session {
    /// An embedded set in small, by its number, once it is there.
    pub fn set_in_small(&self, set: usize) -> Option<&SetInSmall> {
        self.gallery.sets.get(set)?.get()
    }

    /// A trained model in small, by its name, once it is there.
    pub fn model_in_small(&self, name: &str) -> Option<&ModelInSmall> {
        let models = self.gallery.sets.iter().filter_map(Derived::get).flat_map(|set| &set.models);
        models.into_iter().find(|model| model.name == name)
    }

    /// Whether somebody has looked, so that all is made or being made.
    pub fn shows_gallery(&self) -> bool {
        self.gallery.is_looked_at
    }

    /// Somebody looks; what is made stays.
    pub(super) fn show_gallery(&mut self) {
        self.gallery.is_looked_at = true;
    }

    pub(super) fn refresh_gallery(&mut self, effects: &mut Vec<Effect>) {
        if !self.gallery.is_looked_at {
            return;
        }
        for (i, choice) in DataChoice::EMBEDDED.into_iter().enumerate() {
            let work = || move |cancel: &Cancel| in_small(&choice, cancel);
            self.gallery.sets[i].follow(Some(Exactly(i as u32)), Some(Pace::AtOnce), work, effects);
        }
    }
}
