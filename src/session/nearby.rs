//! The training images nearest to the one that is shown.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Effect, Session};
use crate::data::{Cancel, Scaling, usual_distance};
use crate::train::nearest_to_code;
use crate::worker::Pace;

/// Samples and √Σ(x̂ − x)², nearest first.
type Samples = Vec<(u32, f32)>;

/// What the window has room for, what was found, and the scale to read it by.
pub struct Nearby {
    /// Images that the window has room for; none while it shows none.
    n_wanted: usize,
    found: Derived<Looked, Samples>,
    /// Of training data with this checksum.
    scale: Derived<Exactly<u32>, f32>,
}

impl Default for Nearby {
    fn default() -> Self {
        let (found, scale) =
            (Derived::new("the search for near images", 0), Derived::new("the scale of images", 0));
        Self { n_wanted: 0, found, scale }
    }
}

/// What was looked for. While z moves or the model is trained on, the images found last stand.
#[derive(Clone, PartialEq)]
struct Looked {
    on: ModelOn,
    z: Vec<f32>,
    labels: Vec<u16>,
    k: usize,
}

impl About for Looked {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
    }
}

impl Nearby {
    /// Says how many images the window has room for.
    pub fn want(&mut self, n: usize) {
        self.n_wanted = n;
    }
}

impl Session {
    /// The training images nearest to the shown one: index and √Σ(x̂ − x)², nearest first.
    pub fn nearest(&self) -> &[(u32, f32)] {
        self.nearby.found.get().map_or(&[], Vec::as_slice)
    }

    /// How many nearest images the window has room for.
    pub fn n_nearest(&self) -> usize {
        self.nearby.n_wanted
    }

    /// How far an unseen image usually lies from its nearest training image.
    pub fn usual_distance(&self) -> Option<f32> {
        self.nearby.scale.get().copied()
    }

    /// Asks for the images near the shown one where it is another than the one last looked for, and for their
    /// scale.
    pub(super) fn refresh_nearest(&mut self, effects: &mut Vec<Effect>) {
        let k = self.nearby.n_wanted;
        let may_ask = k > 0 && !self.is_busy();
        let data = &self.data;
        let is_shown = may_ask.then_some(Pace::AtOnce);
        let scaling = self.model().and_then(|model| model.info().scaling.clone());
        let scaling = scaling.as_ref();
        let scale_of =
            data.as_ref().map(|data| Exactly(data.train.checksum() ^ scaling.map_or(0, Scaling::stamp) as u32));
        let scale = || {
            let data = data.as_ref().map(|data| data.scaled(scaling));
            move |cancel: &Cancel| data.and_then(|data| usual_distance(&data.train, &data.test, cancel))
        };
        self.nearby.scale.follow(scale_of, is_shown, scale, effects);

        let pace = if self.is_running() { Pace::Gently } else { Pace::AtOnce };
        let has_neighbours = self.capabilities().decodes || self.has_codes_alone();
        let on = self.model_on().filter(|_| has_neighbours);
        let (z, labels) = (self.z().to_vec(), self.labels(1));
        let about = on.map(|on| Looked { on, z, labels, k });
        let asked = about.clone();
        let search = || {
            let data = data.clone();
            move |cancel: &Cancel| {
                let (Looked { on, z, labels, k }, data) = (asked?, data?);
                nearest_to_code(&*on.model, (&z, &labels), &data.train, k, cancel)
            }
        };
        self.nearby.found.follow(about, may_ask.then_some(pace), search, effects);
    }
}
