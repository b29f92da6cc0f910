//! A sample of which some rows are given, and the rest of it as the model draws it.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Session};
use crate::data::{Cancel, Dataset};
use crate::picture::sheet::hottest;
use crate::picture::{Pixels, Shown};
use crate::train::{Ending, ending, sides};
use serde::{Deserialize, Serialize};

/// What is given of the sample, and which of its endings is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// Rows that are given.
    pub rows: usize,
    /// Of the random numbers of the ending.
    pub seed: u64,
}

impl Default for Completion {
    fn default() -> Self {
        Self { rows: 5, seed: 0 }
    }
}

impl Completion {
    /// Another ending to the same rows.
    pub const fn again(self) -> Self {
        Self { rows: self.rows, seed: self.seed.wrapping_add(1) }
    }
}

/// A sample's picture with an ending.
pub struct Sheet {
    /// Which pixels stand, with their probabilities.
    pub ending: Ending,
    /// What it looks like, given rows and drawn ones.
    pub pixels: Pixels,
    /// Rows and columns.
    pub sides: [usize; 2],
    /// The nats of the hottest pixels.
    pub hottest: f64,
    /// Whether pixels follow one another as one reads, so that an edge parts the given from the drawn.
    pub is_in_rows: bool,
}

/// What is to be completed. While a model is trained the ending by its state before may stand.
#[derive(Clone, PartialEq)]
struct Asked {
    on: ModelOn,
    sample: u32,
    completion: Completion,
}

impl About for Asked {
    fn keeps(&self, older: &Self) -> bool {
        // While the sheet is pulled, or another ending drawn, the one before is there to look at.
        self.on.keeps(&older.on) && self.sample == older.sample
    }
}

/// What was completed.
pub struct Completed(Derived<Asked, Sheet>);

impl Default for Completed {
    fn default() -> Self {
        Self(Derived::new("completing a picture", 0))
    }
}

impl Session {
    /// The training sample that is completed: the one that is picked, else the first.
    pub fn completed_sample(&self) -> u32 {
        let n = self.data.as_ref().map_or(0, |data| data.train.n_samples() as u32);
        self.spec.selection.focused.filter(|&sample| sample < n).unwrap_or(0)
    }

    /// Rows of a picture that can be completed; none where the active model completes nothing.
    pub fn n_rows_to_complete(&self) -> Option<usize> {
        let model = self.model().filter(|_| self.capabilities().completes)?;
        Some(sides(&model.info().input)[0])
    }

    /// What is given, at most all rows, and how many rows there are; none where nothing is completed.
    pub fn completion(&self) -> Option<(Completion, usize)> {
        let n_rows = self.n_rows_to_complete()?;
        let completion = self.spec.completion?;
        Some((Completion { rows: completion.rows.min(n_rows), ..completion }, n_rows))
    }

    /// The sample with its ending, once it is there, with a number that tells it from others.
    pub fn sheet(&self) -> Option<(u64, &Sheet)> {
        let Completed(derived) = &self.completed;
        derived.get().map(|sheet| (derived.stamp(), sheet))
    }

    /// Completes the picture otherwise, or no more: its sheet lies where planes are.
    pub(super) fn complete(&mut self, completion: Option<Completion>) {
        if completion.is_some() && self.hides_planes() {
            self.change(|spec| spec.show_planes());
        }
        self.spec.completion = completion;
    }

    /// Asks for the ending that is looked at.
    pub(super) fn refresh_completion(&mut self, effects: &mut Vec<Effect>) {
        let sample = self.completed_sample();
        let about = self.spec.completion.filter(|_| self.capabilities().completes).and_then(|completion| {
            let on = self.model_on()?;
            Some(Asked { on, sample, completion })
        });
        let (asked, train) = (about.clone(), self.data.as_ref().map(|data| data.train.clone()));
        let work = || move |cancel: &Cancel| completed(&asked?, &train?, cancel);
        self.completed.0.follow(about, self.pace_of_looks(), work, effects);
    }
}

fn completed(asked: &Asked, train: &Dataset, cancel: &Cancel) -> Option<Sheet> {
    let Asked { on, sample, completion } = asked;
    let ending = ending(&*on.model, train, (*sample, completion.rows), completion.seed, cancel)?;
    let x = ndarray::ArrayView2::from_shape((1, ending.x.len()), &ending.x).ok()?;
    let pixels = Shown::new(train.kind(), None, x, 1).into_tiles();
    let is_in_rows = on.model.completer()?.order().is_sorted();
    Some(Sheet { pixels, sides: sides(train.kind()), hottest: hottest(&ending.placed), is_in_rows, ending })
}
