//! The training samples nearest to what is shown: by what it decodes to, and by code.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Effect, Session};
use crate::data::{Cancel, Dataset, Scaling, usual_distance};
use crate::train::{nearest_by_code, nearest_to_code, usual_code_distance};
use crate::worker::Pace;

/// Samples and their distances, nearest first.
type Near = Vec<(u32, f32)>;

/// What samples are near by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Their features against those of what is decoded: √Σ(x̂ − x)².
    Features,
    /// Their codes against the one that is shown: ‖μ − z‖.
    Code,
}

/// What the window has room for, what was found, and the scales to read it by.
pub struct Nearby {
    /// Samples that the window has room for; none while it shows none.
    n_wanted: usize,
    found: Derived<Looked, Near>,
    /// Of training data with this checksum.
    scale: Derived<Exactly<u32>, f32>,
    by_code: Derived<Among, Near>,
    code_scale: Derived<ModelOn, f32>,
}

impl Default for Nearby {
    fn default() -> Self {
        Self {
            n_wanted: 0,
            found: Derived::new("the search for near images", 0),
            scale: Derived::new("the scale of images", 0),
            by_code: Derived::new("the search for near codes", 0),
            code_scale: Derived::new("the scale of codes", 0),
        }
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

/// What was looked for, and among how many codes.
#[derive(Clone, PartialEq)]
struct Among {
    looked: Looked,
    n_codes: usize,
}

impl About for Among {
    fn keeps(&self, older: &Self) -> bool {
        self.looked.keeps(&older.looked)
    }
}

impl Nearby {
    /// Says how many samples the window has room for.
    pub fn want(&mut self, n: usize) {
        self.n_wanted = n;
    }
}

impl Session {
    /// The training samples nearest to what is shown, with their distances, nearest first.
    pub fn nearest(&self, by: By) -> &[(u32, f32)] {
        let found = match by {
            By::Features => self.nearby.found.get(),
            By::Code => self.nearby.by_code.get(),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// How many nearest samples the window has room for.
    pub fn n_nearest(&self) -> usize {
        self.nearby.n_wanted
    }

    /// How far an unseen sample usually lies from its nearest training sample.
    pub fn usual_distance(&self, by: By) -> Option<f32> {
        match by {
            By::Features => self.nearby.scale.get().copied(),
            By::Code => self.nearby.code_scale.get().copied(),
        }
    }

    /// Asks for the samples near what is shown where that is another than was last looked for, and for their
    /// scales.
    pub(super) fn refresh_nearest(&mut self, effects: &mut Vec<Effect>) {
        let k = self.nearby.n_wanted;
        let may_ask = k > 0 && !self.is_busy();
        let data = &self.decodable().map(|parts| parts.map(Dataset::clone));
        let is_shown = may_ask.then_some(Pace::AtOnce);
        let scaling = self.model().and_then(|model| model.info().scaling.clone());
        let scaling = scaling.as_ref();
        let scale_of =
            data.as_ref().map(|[train, _]| Exactly(train.checksum() ^ scaling.map_or(0, Scaling::stamp) as u32));
        let scale = || {
            let parts = data.as_ref().map(|parts| parts.each_ref().map(|part| part.scaled(scaling)));
            move |cancel: &Cancel| parts.and_then(|[train, test]| usual_distance(&train, &test, cancel))
        };
        self.nearby.scale.follow(scale_of, is_shown, scale, effects);

        let pace = if self.is_running() { Pace::Gently } else { Pace::AtOnce };
        let decodes = self.capabilities().decodes;
        let on = self.model_on();
        let (z, labels) = (self.z().to_vec(), self.labels(1));
        let looked = on.clone().map(|on| Looked { on, z, labels, k });
        let about = looked.clone().filter(|_| decodes && data.is_some());
        let asked = about.clone();
        let search = || {
            let train = data.as_ref().map(|[train, _]| train.clone());
            move |cancel: &Cancel| {
                let Looked { on, z, labels, k } = asked?;
                nearest_to_code(&*on.model, (&z, &labels), &train?, k, cancel)
            }
        };
        self.nearby.found.follow(about, may_ask.then_some(pace), search, effects);
        self.refresh_near_codes(looked, may_ask, effects);
    }

    /// The training and the test data as what the active model decodes to, where they are or bring such
    /// samples.
    fn decodable(&self) -> Option<[&Dataset; 2]> {
        let data = self.data.as_ref()?;
        let Some(model) = self.model() else { return Some([&data.train, &data.test]) };
        let output = &model.info().output;
        Some([data.train.as_kind(output)?, data.test.as_kind(output)?])
    }

    /// Whether what is decoded can be held against the data at all.
    pub fn finds_decoded(&self) -> bool {
        self.decodable().is_some()
    }

    fn refresh_near_codes(&mut self, looked: Option<Looked>, may_ask: bool, effects: &mut Vec<Effect>) {
        let cloud = self.cloud().cloned();
        let pace = if self.is_running() { Pace::Gently } else { Pace::AtOnce };
        let among = looked
            .clone()
            .zip(cloud.as_ref())
            .map(|(looked, cloud)| Among { looked, n_codes: cloud.indices.len() });
        let (asked, among_codes) = (among.clone(), cloud.clone());
        let search = || {
            move |_: &Cancel| {
                let Among { looked: Looked { z, k, .. }, .. } = asked?;
                nearest_by_code(&*among_codes?, &z, k)
            }
        };
        self.nearby.by_code.follow(among, may_ask.then_some(pace), search, effects);

        // Codes that came as data are all there is: none of them is unseen.
        let has_unseen = self.capabilities().encodes && cloud.is_some() && !self.has_codes_alone();
        let on = looked.map(|looked| looked.on).filter(|_| has_unseen);
        let (asked, test) = (on.clone(), self.data.as_ref().map(|data| data.test.clone()));
        let scale = || move |cancel: &Cancel| usual_code_distance(&*asked?.model, &*cloud?, &test?, cancel);
        // At rest: among a probe each code lies farther from the nearest.
        let pace = (may_ask && !self.is_running()).then_some(Pace::AtOnce);
        self.nearby.code_scale.follow(on, pace, scale, effects);
    }
}
