//! The Gibbs chain of the active model from a sample, worked out whole while its panel is open.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Fold, Session};
use crate::data::Cancel;
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
    pictures: Derived<ChainOf, (u32, Array2<f32>)>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { pictures: Derived::new("a Gibbs chain", 0) }
    }
}

impl Session {
    /// The training sample that the chain begins at, with a number that tells this chain from others; none
    /// until it is worked out.
    pub fn chain(&self) -> Option<(u64, u32)> {
        let pictures = &self.chain.pictures;
        pictures.get().map(|(sample, _)| (pictures.stamp(), *sample))
    }

    /// Some states of the chain as tiles in rows of `columns`; state 0 is the sample itself.
    pub fn chain_tiles(&self, states: &[usize], columns: usize) -> Option<Pixels> {
        let (_, pictures) = self.chain.pictures.get()?;
        let known: Vec<usize> = states.iter().map(|&state| state.min(pictures.nrows() - 1)).collect();
        let model = self.model()?;
        Some(Shown::decoded(&**model, pictures.select(Axis(0), &known).view(), columns).into_tiles())
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
                Some((sample, pictures))
            }
        };
        self.chain.pictures.follow(about, self.pace_of_looks(), work, effects);
    }
}
