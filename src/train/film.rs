//! The course of a training as a film: how model and codes stood at steps along it, in little room.
//!
//! A frame holds weights of 16 bits and the codes of a probe, so that nothing has to be encoded again; of a
//! decoded picture rounding changes less than a grey level. Frames lie evenly: when there are too many every
//! second one goes, and from then on half as many come.

use super::CodeCloud;
use crate::data::Scaling;
use crate::latent::procrustes::procrustes;
use crate::model::{FrozenModel, SharedModel, ValidSpec, scaled, turned};
use crate::nn::{from_half, to_half};
use ndarray::Axis;
use std::sync::Arc;

/// Most frames of a film.
pub const MAX_FRAMES: usize = 100;
/// Fewest that are worth keeping.
const MIN_FRAMES: usize = 10;
/// Most bytes of the weights in a film.
const MAX_BYTES: usize = 300 << 20;

/// A model's weights with 16 bits each, and all that makes it a model again.
pub struct PackedModel {
    spec: Box<ValidSpec>,
    scaling: Option<Scaling>,
    weights: Vec<Box<[u16]>>,
}

impl PackedModel {
    /// Packs a model's weights; none of one that was not built here, that is too large for a film, or whose
    /// weights numbers of 16 bits do not hold.
    pub fn of(model: &dyn FrozenModel) -> Option<Self> {
        let spec = Box::new(model.info().spec()?.clone());
        if model.info().n_params * size_of::<u16>() > MAX_BYTES / MIN_FRAMES {
            return None;
        }
        let pack = |values: &[f32]| -> Box<[u16]> { values.iter().map(|&value| to_half(value)).collect() };
        let weights: Vec<Box<[u16]>> = model.weights().iter().map(|param| pack(param.values)).collect();
        let is_finite = |half: &u16| half & 0x7c00 != 0x7c00;
        let scaling = model.info().scaling.clone();
        weights.iter().all(|values| values.iter().all(is_finite)).then_some(Self { spec, scaling, weights })
    }

    /// The model again, its weights rounded to eleven significant bits.
    pub fn unpacked(&self) -> Option<SharedModel> {
        let weights: Vec<Vec<f32>> =
            self.weights.iter().map(|values| values.iter().map(|&half| from_half(half)).collect()).collect();
        let slices: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
        let model = self.spec.frozen(Some(&slices)).ok()?;
        Some(scaled(model, self.scaling.as_ref()))
    }

    /// Bytes that the weights take.
    pub fn n_bytes(&self) -> usize {
        self.weights.iter().map(|values| values.len() * size_of::<u16>()).sum()
    }
}

/// How a model and its codes stood at a step.
pub struct Frame {
    /// Steps taken.
    pub step: u64,
    /// The model.
    pub model: Arc<PackedModel>,
    /// Codes of the probe.
    pub cloud: Arc<CodeCloud>,
}

impl Frame {
    /// The model of this frame and its codes; where `onto` is given, both turned about zero to lie as near
    /// its codes of the same samples as they can.
    pub fn developed(&self, onto: Option<&CodeCloud>) -> Option<(SharedModel, CodeCloud)> {
        let model = self.model.unpacked()?;
        let rotation = onto.and_then(|onto| {
            let both = self.cloud.indices.iter().enumerate();
            let both = both.filter_map(|(i, &sample)| Some((i, onto.place_of(sample)?)));
            let (own, other): (Vec<usize>, Vec<usize>) = both.unzip();
            let (own, other) = (self.cloud.codes.mu.select(Axis(0), &own), onto.codes.mu.select(Axis(0), &other));
            procrustes(own.view(), other.view())
        });
        let codes = match &rotation {
            Some(rotation) => self.cloud.codes.turned(rotation),
            None => self.cloud.codes.clone(),
        };
        let model = match rotation {
            Some(rotation) => turned(model, rotation),
            None => model,
        };
        Some((model, CodeCloud::of(self.cloud.indices.clone(), codes)))
    }
}

/// Frames along a training, oldest first.
#[derive(Clone)]
pub struct Film {
    frames: Vec<Arc<Frame>>,
    n_offered: u64,
    /// Every so many of those that are offered is kept.
    every: u64,
}

impl Default for Film {
    fn default() -> Self {
        Self { frames: Vec::new(), n_offered: 0, every: 1 }
    }
}

impl Film {
    /// The frames.
    pub fn frames(&self) -> &[Arc<Frame>] {
        &self.frames
    }

    /// Takes a frame in, if it is its turn. One that is not of a later step than the last begins a new film.
    pub fn offer(&mut self, frame: Frame) {
        if self.frames.last().is_some_and(|last| last.step >= frame.step) {
            *self = Self::default();
        }
        let is_due = self.n_offered.is_multiple_of(self.every);
        self.n_offered += 1;
        if !is_due {
            return;
        }
        let most = (MAX_BYTES / frame.model.n_bytes().max(1)).min(MAX_FRAMES);
        self.frames.push(Arc::new(frame));
        while self.frames.len() > most {
            let mut place = 0;
            self.frames.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.every *= 2;
        }
    }

    /// The frame of a step, or the last before it; the first where there is none before.
    pub fn at(&self, step: u64) -> Option<&Arc<Frame>> {
        let after = self.frames.partition_point(|frame| frame.step <= step);
        self.frames.get(after.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::{Codes, ModelSpec, Settings};
    use crate::nn::Scratch;
    use ndarray::{Array2, array};

    fn model(hidden: &str) -> SharedModel {
        let kind = SampleKind::square(1, 4);
        let spec = ModelSpec::of_kind("vae").unwrap().with("hidden", hidden).unwrap();
        spec.check(&kind, &[]).unwrap().frozen(None).unwrap()
    }

    fn frame(step: u64, mu: Array2<f32>) -> Frame {
        let indices = (0..mu.nrows() as u32).collect();
        let cloud = CodeCloud::of(indices, Codes { mu, log_var: None });
        Frame { step, model: Arc::new(PackedModel::of(&*model("8")).unwrap()), cloud: Arc::new(cloud) }
    }

    #[test]
    fn a_packed_model_answers_as_before_but_for_less_than_a_grey_level() {
        let model = model("64,32");
        let packed = PackedModel::of(&*model).unwrap();
        assert_eq!(packed.n_bytes(), 2 * model.info().n_params);
        let again = packed.unpacked().unwrap();
        let z = Array2::from_shape_fn((40, 2), |(i, d)| ((i * (d + 2)) as f32 * 0.7).sin() * 3.0);
        let decode = |model: &SharedModel| model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default());
        let (a, b) = (decode(&model), decode(&again));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.5 / 255.0));
        assert_ne!(a, b, "else nothing was rounded");
    }

    #[test]
    fn a_film_stays_within_its_bounds_and_its_frames_lie_evenly() {
        let mut film = Film::default();
        for step in 1..=1_000 {
            film.offer(frame(step * 10, array![[1.0, 2.0]]));
            assert!(film.frames().len() <= MAX_FRAMES);
        }
        let steps: Vec<u64> = film.frames().iter().map(|frame| frame.step).collect();
        assert!(steps.len() > MAX_FRAMES / 2 && steps[0] == 10);
        let apart: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(apart.iter().all(|&gap| gap == apart[0]), "{steps:?}");
        let at = |step| film.at(step).unwrap().step;
        assert_eq!((at(0), at(10), at(steps[3] + 1), at(u64::MAX)), (10, 10, steps[3], *steps.last().unwrap()));
        film.offer(frame(5, array![[1.0, 2.0]]));
        assert_eq!(film.frames().len(), 1, "another training");
    }

    #[test]
    fn a_frame_is_turned_onto_the_codes_of_now_with_its_decoder() {
        let now =
            Array2::from_shape_fn((60, 2), |(i, d)| ((i * (2 * d + 3)) as f32 * 0.31).sin() + d as f32 * 0.4);
        let (sin, cos) = 2.0f32.sin_cos();
        let then = frame(7, now.dot(&array![[cos, -sin], [sin, cos]]));
        let onto = CodeCloud::of((0..60).collect(), Codes { mu: now.clone(), log_var: None });
        let (turned, cloud) = then.developed(Some(&onto)).unwrap();
        assert!((&cloud.codes.mu - &now).iter().all(|error| error.abs() < 1e-4));
        let (raw, own) = then.developed(None).unwrap();
        assert_eq!(own.codes.mu, then.cloud.codes.mu);
        let decode = |model: &SharedModel, z: &Array2<f32>| {
            model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default())
        };
        let (a, b) = (decode(&turned, &cloud.codes.mu), decode(&raw, &own.codes.mu));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-4), "each sample's picture is the same");
    }
}
