//! A code drawn at random: of the prior or of a mixture at once, by what a model has of its own, such as a
//! Boltzmann machine's chain, beside the window.

use super::derived::{Derived, Exactly};
use super::{Effect, Session, SlotId};
use crate::data::Cancel;
use crate::model::SharedModel;
use crate::nn::{Purpose, standard_normal, stream};
use std::sync::Arc;

/// Which draw: by which model as it stood, and from which seed.
#[derive(Clone)]
struct DrawOf {
    slot: SlotId,
    /// The run that the model is of, and the step that it is looked back at.
    run: (u64, Option<u64>),
    model: SharedModel,
    seed: u64,
}

impl PartialEq for DrawOf {
    fn eq(&self, other: &Self) -> bool {
        let of = |draw: &Self| (draw.slot, draw.run, draw.seed);
        of(self) == of(other) && Arc::ptr_eq(&self.model, &other.model)
    }
}

/// The draw under way.
pub(super) struct Sampled {
    wanted: Option<DrawOf>,
    code: Derived<Exactly<DrawOf>, Vec<f32>>,
}

impl Default for Sampled {
    fn default() -> Self {
        Self { wanted: None, code: Derived::new("a code that is drawn", 0) }
    }
}

impl Session {
    /// The run of a model and where it is looked back at: a code is carried into no other.
    fn run_shown(&self, slot: SlotId) -> Option<(u64, Option<u64>)> {
        Some((self.shown_snapshot(slot)?.generation, self.looked_back(slot)))
    }

    /// Keeps a code drawn by the active model.
    pub(super) fn sample_z(&mut self) {
        // The present code seeds the next draw: no state to keep, and each press still gives another sample.
        let seed = self.slot().z.iter().fold(1u64, |seed, value| {
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(value.to_bits()))
        });
        let (slot, mut rng) = (self.spec.active, stream(seed, Purpose::Prior, 0));
        let Some(model) = self.model().cloned() else { return };
        let component = model.mixture().map(|mixture| mixture.choose(&mut rng));
        let z = if let (Some(mixture), Some(component)) = (model.mixture(), component) {
            mixture.sample_of(component, &mut rng)
        } else if model.sampler().is_some() {
            let draw = self.run_shown(slot).map(|run| DrawOf { slot, run, model: Arc::clone(&model), seed });
            return self.sampled.wanted = draw;
        } else {
            let mut z = vec![0.0; self.latent_dim()];
            standard_normal(&mut rng, &mut z);
            z
        };
        self.drawn = component.map(|component| (slot, component, z.clone()));
        self.keep(slot, &z);
    }

    /// Asks for the code that is to be drawn, and keeps it once it is there and nothing else is on screen.
    pub(super) fn refresh_sampled(&mut self, effects: &mut Vec<Effect>) {
        let mut sampled = std::mem::take(&mut self.sampled);
        sampled.wanted.take_if(|draw| self.run_shown(draw.slot) != Some(draw.run));
        let (about, asked) = (sampled.wanted.clone().map(Exactly), sampled.wanted.clone());
        let work = || {
            move |cancel: &Cancel| {
                let DrawOf { model, seed, .. } = asked?;
                model.sampler()?.sample(&mut stream(seed, Purpose::Prior, 0), &|| cancel.is_set())
            }
        };
        sampled.code.follow(about, self.pace_of_looks(), work, effects);
        let answer = sampled.wanted.clone().map(Exactly);
        let answer =
            answer.and_then(|draw| sampled.code.answer_to(&draw).map(|code| (draw.0.slot, code.cloned())));
        if let Some((slot, code)) = answer {
            sampled.wanted = None;
            if let Some(z) = code {
                self.keep(slot, &z);
            }
        }
        self.sampled = sampled;
    }
}
