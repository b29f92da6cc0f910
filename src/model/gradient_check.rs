//! Gradients of every registered model against central differences in `f64`, away from kinks.

use super::{Batch, ModelSpec, Objective, Settings};
use crate::data::SampleKind;
use crate::nn::{Purpose, Scratch, standard_normal, stream};
use ndarray::Array2;

const SMALL: SampleKind = SampleKind::Image { channels: 1, height: 3, width: 2 };
/// With odd sides, so that pooling leaves a row over.
const COLOUR: SampleKind = SampleKind::Image { channels: 3, height: 5, width: 4 };

/// Small settings of every kind that between them reach every branch of the backward passes, with the samples for each.
fn registry() -> Vec<(ModelSpec, SampleKind)> {
    let (mut specs, mut convolutional) = (Vec::new(), Vec::new());
    for (kind, ..) in ModelSpec::KINDS {
        let base = ModelSpec::of_kind(kind).unwrap().with("hidden", "5,4").unwrap();
        for activation in ["tanh", "sigmoid", "softplus", "elu", "relu", "leaky_relu", "linear"] {
            specs.push(base.with("activation", activation).unwrap());
        }
        let smooth = base.with("activation", "tanh").unwrap();
        for likelihood in ["bernoulli", "gaussian", "mse"] {
            specs.push(smooth.with("likelihood", likelihood).unwrap().with("sigma", "0.7").unwrap());
        }
        specs.push(smooth.with("hidden", "").unwrap());
        specs.push(smooth.with("decoder_hidden", "3").unwrap().with("latent_dim", "3").unwrap());
        for field in smooth.fields() {
            if let super::FieldKind::Float { .. } = field.kind {
                specs.push(smooth.with(field.path, "0.35").unwrap());
            }
        }
        let conv =
            smooth.with("arch", "conv").unwrap().with("channels", "3,2").unwrap().with("up_kernel", "2").unwrap();
        convolutional.push(conv.with("channels", "2").unwrap().with("up_kernel", "4").unwrap());
        convolutional.push(conv.with("hidden", "").unwrap().with("activation", "relu").unwrap());
        for convolution in ["full", "separable"] {
            for upsampling in ["transposed", "repeat", "places"] {
                let spec = conv.with("convolution", convolution).unwrap().with("upsampling", upsampling).unwrap();
                convolutional.push(spec.with("dropout", "0.2").unwrap());
            }
        }
    }
    let with = |input: SampleKind| move |spec| (spec, input.clone());
    specs.into_iter().map(with(SMALL)).chain(convolutional.into_iter().map(with(COLOUR))).collect()
}

#[test]
fn every_parameter_of_every_model() {
    for (spec, input) in registry() {
        let classes = ["new", "half", "full"].map(String::from);
        let valid = spec.check(&input, &classes).unwrap();
        let mut model = valid.build::<f64>(11);
        // First weights are so small that deep gradients would drown in the rounding of the differences.
        model.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w *= 2.0));
        let n = 3;
        let mut rng = stream(5, Purpose::Evaluation, 0);
        let mut x = vec![0.0; n * valid.n_features()];
        standard_normal(&mut rng, &mut x);
        x.iter_mut().for_each(|x: &mut f64| *x = 1.0 / (1.0 + (-*x).exp()));
        let x = Array2::from_shape_vec((n, valid.n_features()), x).unwrap();
        let mut eps = vec![0.0; n * valid.latent_dim()];
        standard_normal(&mut rng, &mut eps);
        let eps = Array2::from_shape_vec((n, valid.latent_dim()), eps).unwrap();
        let batch = Batch { x: x.view(), eps: eps.view(), labels: &[2, 0, 1], weight: 1.0 / n as f64 };

        let mut scratch = Scratch::default();
        scratch.mask_seed = Some(4);
        let mut grads = vec![f64::NAN; model.n_params()];
        let terms = model.loss_and_grads(&batch, &mut grads, &mut scratch);
        assert!((terms.loss - model.loss(&batch, &mut scratch).loss).abs() < 1e-10, "{spec:?}");

        let tensors: Vec<(String, usize)> =
            model.params().into_iter().map(|param| (param.name, param.values.len())).collect();
        let mut offset = 0;
        for (tensor, (name, len)) in tensors.into_iter().enumerate() {
            let numeric: Vec<f64> = (0..len).map(|i| difference(&mut *model, tensor, i, &batch)).collect();
            let exact = &grads[offset..offset + len];
            let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
            let scale = norm(&mut exact.iter().copied()).max(1e-6);
            let error = norm(&mut exact.iter().zip(&numeric).map(|(a, b)| a - b)) / scale;
            assert!(error < 1e-6, "{name} of {spec:?}: relative error {error:e}");
            assert!(
                scale > 1e-6 || spec.net().likelihood() != crate::nn::Likelihood::Mse,
                "{name} has no gradient"
            );
            offset += len;
        }
    }
}

/// Central difference of fourth order of the mean loss in one value of one tensor.
fn difference(model: &mut dyn Objective<f64>, tensor: usize, i: usize, batch: &Batch<'_, f64>) -> f64 {
    let step = 2e-4;
    let mut scratch = Scratch::default();
    scratch.mask_seed = Some(4);
    let mut moved = |by: f64| {
        let mut current = 0;
        model.visit_mut(&mut |values| {
            if current == tensor {
                values[i] += by;
            }
            current += 1;
        });
        model.loss(batch, &mut scratch).loss * batch.weight
    };
    let (right, far_right) = (moved(step), moved(step));
    let (left, far_left) = (moved(-3.0 * step), moved(-step));
    moved(2.0 * step);
    (8.0 * (right - left) - (far_right - far_left)) / (12.0 * step)
}
