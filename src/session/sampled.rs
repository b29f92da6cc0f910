//! A code drawn at random: of the prior or of a mixture at once, by what a model has of its own, such as a
//! Boltzmann machine's chain, beside the window.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Effect, Session};
use crate::data::Cancel;
use crate::nn::{Purpose, standard_normal, stream};

/// Which draw: by which model as it stood, and from which seed.
type DrawOf = Exactly<(ModelOn, u64)>;

/// The draw under way.
pub(super) struct Sampled {
    wanted: Option<DrawOf>,
    code: Derived<DrawOf, Vec<f32>>,
}

impl Default for Sampled {
    fn default() -> Self {
        Self { wanted: None, code: Derived::new("a code that is drawn", 0) }
    }
}

impl Session {
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
            return self.sampled.wanted = self.model_on().map(|on| Exactly((on, seed)));
        } else {
            let mut z = vec![0.0; self.latent_dim()];
            standard_normal(&mut rng, &mut z);
            z
        };
        self.drawn = component.map(|component| (slot, component, z.clone()));
        self.keep(slot, &z);
    }

    /// Lets go of the code that is to be drawn: something else is kept.
    pub(super) fn give_up_draw(&mut self) {
        self.sampled.wanted = None;
    }

    /// Asks for the code that is to be drawn, and keeps it once it is there; not where another run of the
    /// model is shown by then, or another state that is looked back at.
    pub(super) fn refresh_sampled(&mut self, effects: &mut Vec<Effect>) {
        let mut sampled = std::mem::take(&mut self.sampled);
        sampled.wanted.take_if(|Exactly((on, _))| !self.still_shows(on));
        let (about, asked) = (sampled.wanted.clone(), sampled.wanted.clone());
        let work = || {
            move |cancel: &Cancel| {
                let Exactly((on, seed)) = asked?;
                on.model.sampler()?.sample(&mut stream(seed, Purpose::Prior, 0), &|| cancel.is_set())
            }
        };
        sampled.code.follow(about, self.pace_of_looks(), work, effects);
        let answer = |draw: &DrawOf| Some((draw.0.0.slot, sampled.code.answer_to(draw)?.cloned()));
        if let Some((slot, code)) = sampled.wanted.as_ref().and_then(answer) {
            sampled.wanted = None;
            if let Some(z) = code {
                self.keep(slot, &z);
            }
        }
        self.sampled = sampled;
    }

    /// Whether a model is shown as it stood then, but for a training that went on.
    fn still_shows(&self, on: &ModelOn) -> bool {
        self.model_on_in(on.slot).is_some_and(|now| now.keeps(on) && (!now.is_back || now == *on))
    }
}
