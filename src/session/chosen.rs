//! What the chosen samples have in common: their mean and their classes.

use super::derived::{About, Derived};
use super::{Effect, Samples, Session, Tool};
use crate::data::{Cancel, Dataset, Scaling, mean};
use crate::picture::Shown;
use crate::worker::Pace;

/// What several samples have in common.
pub struct Common {
    /// Their mean; none of sentences.
    pub mean: Option<Shown>,
    /// How many are of each class.
    pub class_counts: Vec<usize>,
}

/// Which samples, of which data as which model scales them. While others are looked at, what was known of
/// those before stands.
#[derive(Clone, PartialEq)]
pub struct Of {
    data: u32,
    scaling: u64,
    samples: Samples,
}

impl About for Of {
    fn keeps(&self, older: &Self) -> bool {
        (self.data, self.scaling) == (older.data, older.scaling)
    }
}

/// What was worked out of the chosen samples.
pub type Chosen = Derived<Of, Common>;

/// Nothing yet.
pub fn nothing() -> Chosen {
    Derived::new("the mean of what is chosen", 0)
}

impl Session {
    /// What the chosen samples have in common, with a number that tells it from what was known before.
    pub fn common(&self) -> Option<(u64, &Common)> {
        self.chosen.get().map(|common| (self.chosen.stamp(), common))
    }

    /// Asks for it while the chosen samples are shown.
    pub(super) fn refresh_chosen(&mut self, effects: &mut Vec<Effect>) {
        let samples = &self.spec.selection.samples;
        let is_shown = self.spec.tool == Tool::Select && !samples.is_empty();
        let train = self.data.as_ref().filter(|_| is_shown).map(|data| data.train.clone());
        let scaling = self.model().map(|model| model.info()).and_then(|info| {
            info.scaling.clone().filter(|_| train.as_ref().is_some_and(|train| info.input == *train.kind()))
        });
        let about = train.as_ref().map(|train| Of {
            data: train.checksum(),
            scaling: scaling.as_ref().map_or(0, Scaling::stamp),
            samples: samples.clone(),
        });
        let asked = about.clone();
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        let work = || move |cancel: &Cancel| common(&train?, scaling.as_ref(), &asked?.samples, cancel);
        self.chosen.follow(about, pace, work, effects);
    }
}

fn common(train: &Dataset, scaling: Option<&Scaling>, samples: &[u32], cancel: &Cancel) -> Option<Common> {
    let mut class_counts = vec![0; train.classes().len()];
    train.labels_of(samples).iter().for_each(|class| class_counts[usize::from(*class)] += 1);
    // What is no picture itself may bring one.
    let (of, scaling) = train.pictures().map_or((train, scaling), |pictures| (pictures, None));
    let mean = mean(of, samples, cancel);
    if cancel.is_set() {
        return None;
    }
    Some(Common { mean: mean.map(|mean| Shown::new(of.kind(), scaling, mean.view(), 1)), class_counts })
}
