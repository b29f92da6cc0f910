//! The classifier: an encoder with a softmax on top (LeCun et al. 1998; with first weights from an
//! autoencoder, Hinton and Salakhutdinov 2006).
//!
//! z = f(W·layers(x) + b) is the code, by the same layers as an autoencoder's encoder, and p(class | x) =
//! softmax(V z + c). Loss = −ln p(class | x), over the samples whose label is known. A fixed encoder stays
//! as it was, and the softmax layer learns alone. There is no decoder: what a code leaves out of a sample is
//! nothing that this loss asks for.

mod settings;

pub use settings::ClassifierSpec;

use super::plan::{build, n_layers};
use super::sentence::within;
use super::{Batch, Classifier, Codes, Encoder, FrozenModel, MetricId, Metrics, ModelInfo, Objective, Scorer};
use crate::nn::{Activation, Dense, Layer, Param, Scalar, Scratch, Stack, categorical, largest};
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// Names of the parts in a model file, in the order of the parameters; the first two as autoencoders have
/// them.
const PARTS: [&str; 3] = ["encoder", "mu", "classes"];

/// A classifier with its weights.
pub struct SoftmaxClassifier<S: Scalar> {
    info: Arc<ModelInfo>,
    trunk: Stack<S>,
    code: Dense<S>,
    classes: Dense<S>,
    is_fixed: bool,
}

impl<S: Scalar> SoftmaxClassifier<S> {
    /// One with first weights from `seed`: the encoder's are those of an autoencoder with such layers.
    pub fn new(info: Arc<ModelInfo>, settings: &ClassifierSpec, seed: u64) -> Self {
        let trunk = settings.trunk(&info.input);
        let (first, width) = (n_layers(&trunk), settings.trunk_width(&info.input));
        let len = settings.latent_dim;
        Self {
            trunk: build(&trunk, seed, (0, 0)),
            code: Dense::new(width, len, settings.code_activation, seed, first),
            classes: Dense::new(len, info.finds.len(), Activation::Linear, seed, first + 1),
            is_fixed: settings.is_fixed(),
            info,
        }
    }

    /// The codes of `x` [n, latent_dim].
    fn encoded(&self, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
        let h = self.trunk.infer(x, scratch);
        let z = applied(&self.code, h.view(), scratch);
        scratch.give_back(h);
        z
    }

    /// Numbers of the encoder's parameters, which come first.
    fn n_of_encoder(&self) -> usize {
        self.trunk.n_params() + Layer::n_params(&self.code)
    }

    fn terms(loss: f64, n_wrong: usize) -> Metrics {
        Metrics::default()
            .with(MetricId::Loss, loss)
            .with(MetricId::CrossEntropy, loss)
            .with(MetricId::ErrorRate, n_wrong as f64)
    }
}

fn applied<S: Scalar>(layer: &Dense<S>, x: ArrayView2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut y = scratch.array(x.nrows(), layer.n_out());
    layer.forward(x, y.view_mut(), scratch);
    y
}

/// Rows whose largest value is not that of the right class.
fn n_wrong<S: Scalar>(out: &Array2<S>, right: &[u32]) -> usize {
    let rows = out.rows().into_iter().zip(right);
    rows.filter(|(row, right)| largest(*row) != **right as usize).count()
}

impl<S: Scalar> Objective<S> for SoftmaxClassifier<S> {
    /// Nothing is measured of samples without labels.
    fn loss(&self, batch: &Batch<'_, S>, scratch: &mut Scratch<S>) -> Metrics {
        if batch.labels.is_empty() {
            return Metrics::default();
        }
        let right: Vec<u32> = batch.labels.iter().map(|&label| label.into()).collect();
        let z = self.encoded(batch.seen, scratch);
        let mut out = applied(&self.classes, z.view(), scratch);
        let n_wrong = n_wrong(&out, &right);
        let loss = -categorical::log_p(&mut out, &right).into_iter().sum::<f64>();
        [z, out].into_iter().for_each(|array| scratch.give_back(array));
        Self::terms(loss, n_wrong)
    }

    fn loss_and_grads(&self, batch: &Batch<'_, S>, grads: &mut [S], scratch: &mut Scratch<S>) -> Metrics {
        let x = batch.seen;
        let right: Vec<u32> = batch.labels.iter().map(|&label| label.into()).collect();
        let (of_encoder, of_classes) = grads.split_at_mut(self.n_of_encoder());
        if self.is_fixed {
            of_encoder.fill(S::zero());
            // What stands still is the same for all steps: nothing of it is dropped.
            let seed = scratch.noise_seed.take();
            let z = self.encoded(x, scratch);
            scratch.noise_seed = seed;
            let mut out = applied(&self.classes, z.view(), scratch);
            let n_wrong = n_wrong(&out, &right);
            let loss = categorical::gradient(&mut out, &right, batch.weight);
            self.classes.backward(z.view(), z.view(), out.view_mut(), None, of_classes, scratch);
            [z, out].into_iter().for_each(|array| scratch.give_back(array));
            return Self::terms(loss, n_wrong);
        }
        let tape = self.trunk.forward(x, scratch);
        let h = tape.last().map_or(x, |h| h.view());
        let z = applied(&self.code, h, scratch);
        let mut out = applied(&self.classes, z.view(), scratch);
        let n_wrong = n_wrong(&out, &right);
        let loss = categorical::gradient(&mut out, &right, batch.weight);
        let (of_trunk, of_code) = of_encoder.split_at_mut(self.trunk.n_params());
        let mut dz = scratch.array(z.nrows(), z.ncols());
        // A linear layer does not look at its outputs on the way back.
        self.classes.backward(z.view(), z.view(), out.view_mut(), Some(dz.view_mut()), of_classes, scratch);
        let mut dh = scratch.array(h.nrows(), h.ncols());
        self.code.backward(h, z.view(), dz.view_mut(), Some(dh.view_mut()), of_code, scratch);
        self.trunk.backward(x, &tape, dh, None, of_trunk, scratch);
        scratch.give_back_list(tape);
        [z, out, dz].into_iter().for_each(|array| scratch.give_back(array));
        Self::terms(loss, n_wrong)
    }

    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn n_fixed(&self) -> usize {
        if self.is_fixed { self.n_of_encoder() } else { 0 }
    }

    fn params(&self) -> Vec<Param<'_, S>> {
        let mut params = self.trunk.params(PARTS[0]);
        params.extend(within(PARTS[1], Layer::params(&self.code)));
        params.extend(within(PARTS[2], Layer::params(&self.classes)));
        params
    }

    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        self.trunk.visit_mut(visit);
        self.code.visit_mut(visit);
        self.classes.visit_mut(visit);
    }

    fn freeze(&self) -> Arc<dyn FrozenModel> {
        Arc::new(SoftmaxClassifier::<f32> {
            info: Arc::clone(&self.info),
            trunk: self.trunk.cast(),
            code: self.code.cast(),
            classes: self.classes.cast(),
            is_fixed: self.is_fixed,
        })
    }
}

impl Encoder for SoftmaxClassifier<f32> {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        Codes { mu: self.encoded(x, scratch), log_var: None }
    }
}

impl Classifier for SoftmaxClassifier<f32> {
    fn probabilities(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let z = self.encoded(x, scratch);
        let mut out = applied(&self.classes, z.view(), scratch);
        scratch.give_back(z);
        categorical::probabilities(&mut out);
        out
    }
}

impl FrozenModel for SoftmaxClassifier<f32> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn classifier(&self) -> Option<&dyn Classifier> {
        Some(self)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Objective::params(self)
    }
}
