//! The Gibbs chain of the active model from a sample, worked out whole while its panel is open.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Fold, Session};
use crate::data::Cancel;
use crate::model::SharedModel;
use crate::picture::{Pixels, Shown};
use crate::train::gibbs_chain;
use ndarray::{Array2, Axis};

/// Steps of a chain.
pub const CHAIN_STEPS: usize = 1000;

/// Which chain.
#[derive(Clone, PartialEq)]
struct ChainOf {
    on: ModelOn,
    sample: u32,
}

impl About for ChainOf {
    fn keeps(&self, older: &Self) -> bool {
        self.sample == older.sample && self.on.keeps(&older.on)
    }
}

/// The chain that is looked at.
pub struct Chain {
    pictures: Derived<ChainOf, ChainStates>,
}

/// The states of a chain.
pub struct ChainStates {
    /// The training sample that it begins at.
    pub sample: u32,
    model: SharedModel,
    /// How probably each pixel is on [states, features].
    pictures: Array2<f32>,
}

impl ChainStates {
    /// Some states as tiles in rows of `columns`; state 0 is the sample itself.
    pub fn tiles(&self, states: &[usize], columns: usize) -> Pixels {
        let known: Vec<usize> = states.iter().map(|&state| state.min(self.pictures.nrows() - 1)).collect();
        Shown::decoded(&*self.model, self.pictures.select(Axis(0), &known).view(), columns).into_tiles()
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self { pictures: Derived::new("a Gibbs chain", 0) }
    }
}

impl Session {
    /// The chain with a number that tells it from others; none until it is worked out.
    pub fn chain(&self) -> Option<(u64, &ChainStates)> {
        let pictures = &self.chain.pictures;
        pictures.get().map(|states| (pictures.stamp(), states))
    }

    /// Asks for the chain while it is in sight.
    pub(super) fn refresh_chain(&mut self, effects: &mut Vec<Effect>) {
        let is_shown = self.spec.unfolded.contains(&Fold::Chain) && self.capabilities().has_energy;
        let (on, sample) = (self.model_on(), self.staged_sample());
        let about = on.zip(sample).filter(|_| is_shown).map(|(on, sample)| ChainOf { on, sample });
        let (asked, data) = (about.clone(), self.data.clone());
        let work = || {
            move |cancel: &Cancel| {
                let (ChainOf { on, sample }, train) = (asked?, data?.train);
                let pictures =
                    gibbs_chain(&*on.model, (&train, sample), (CHAIN_STEPS, 1), 0, &|| cancel.is_set())?;
                Some(ChainStates { sample, model: on.model, pictures })
            }
        };
        self.chain.pictures.follow(about, self.pace_of_looks(), work, effects);
    }
}
