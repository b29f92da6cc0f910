//! A pair of layers trained as a restricted Boltzmann machine (Hinton and Salakhutdinov 2006): the encoder's
//! layer is W, the decoder's Wᵀ, and a step follows contrastive divergence.
//!
//! Hidden units are binary; those of a linear code are normal around their mean with variance 1. The states
//! of the layer below are taken as probabilities, and so is what is given back. Both layers begin the stage
//! with one weight and have one gradient, so that they stay each other's transposes until all are trained
//! together.

use super::Pair;
use crate::nn::{
    Activation, Likelihood, Purpose, Scalar, Scratch, flat_mut, matmul, shaped_mut, standard_normal, stream,
};
use ndarray::{Array2, Axis};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// Copies the encoder's weight of a pair, turned round, into the decoder's; both are the beginning of their
/// `ranges` in the flat `params`.
pub fn tie<S: Scalar>(params: &mut [S], ranges: [Range<usize>; 2], (n_in, n_out): (usize, usize)) {
    let [encode, decode] = ranges.map(|range| range.start);
    for i in 0..n_in {
        for j in 0..n_out {
            params[decode + i * n_out + j] = params[encode + j * n_in + i];
        }
    }
}

/// Sets the gradients of a pair over samples `v` with hidden means `h`: −⟨h vᵀ⟩ of the data and +⟨h
/// vᵀ⟩ after one step of the chain, times `weight`, for the encoder's layer and turned round for the
/// decoder's.
pub fn gradient<S: Scalar>(
    pair: &Pair<'_, S>,
    (v, h): (&Array2<S>, &Array2<S>),
    weight: S,
    [encode, decode]: [&mut [S]; 2],
    scratch: &mut Scratch<S>,
) {
    let mut rng = stream(scratch.noise_seed.unwrap_or_default(), Purpose::Gibbs, pair.stage as u64);
    let mut drawn = h.clone();
    draw(&mut drawn, pair.is_linear, &mut rng);
    let mut given = super::run(pair.decode, &drawn, scratch);
    if pair.likelihood == Likelihood::Bernoulli {
        // The bottom layer gives logits.
        Activation::Sigmoid.apply(flat_mut(&mut given));
    }
    let again = super::run(pair.encode, &given, scratch);
    let (n_in, n_out) = (v.ncols(), h.ncols());
    let mut of_data = scratch.array(n_out, n_in);
    matmul(of_data.view_mut(), h.t(), v.view(), scratch.threads());
    let (of_weight, of_hidden) = encode.split_at_mut(n_in * n_out);
    let mut of_weight = shaped_mut((n_out, n_in), of_weight);
    matmul(of_weight.view_mut(), again.t(), given.view(), scratch.threads());
    of_weight.zip_mut_with(&of_data, |model, &data| *model = (*model - data) * weight);
    let (turned, of_visible) = decode.split_at_mut(n_in * n_out);
    shaped_mut((n_in, n_out), turned).assign(&of_weight.t());
    let difference = |sums: &mut [S], model: &Array2<S>, data: &Array2<S>| {
        let sum = (model - data).sum_axis(Axis(0));
        sums.iter_mut().zip(&sum).for_each(|(to, &sum)| *to = sum * weight);
    };
    difference(of_hidden, &again, h);
    difference(of_visible, &given, v);
    [given, again, of_data].into_iter().for_each(|array| scratch.give_back(array));
}

/// Draws states around their means: normal ones, or 1 with the probability that the mean is.
fn draw<S: Scalar>(h: &mut Array2<S>, is_linear: bool, rng: &mut ChaCha8Rng) {
    if is_linear {
        let mut eps = Array2::zeros(h.dim());
        standard_normal(rng, flat_mut(&mut eps));
        *h += &eps;
    } else {
        let on = |rng: &mut ChaCha8Rng, p: f64| f64::from(rng.next_u32()) < p * 4_294_967_296.0;
        h.mapv_inplace(|p| if on(rng, p.as_f64()) { S::one() } else { S::zero() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Dense, Layer};
    use ndarray::Array1;

    #[test]
    fn the_gradient_is_that_of_free_energies_and_the_same_for_both_layers() {
        let (n_in, n_out) = (4, 3);
        let mut encode = Dense::<f64>::new(n_in, n_out, Activation::Sigmoid, 3, 0);
        let mut decode = Dense::<f64>::new(n_out, n_in, Activation::Linear, 3, 1);
        let mut params = Vec::new();
        Layer::visit_mut(&mut encode, &mut |values| params.extend_from_slice(values));
        let start = params.len();
        Layer::visit_mut(&mut decode, &mut |values| params.extend_from_slice(values));
        let end = params.len();
        tie(&mut params, [0..start, start..end], (n_in, n_out));
        let mut at = start;
        Layer::visit_mut(&mut decode, &mut |values| {
            values.copy_from_slice(&params[at..at + values.len()]);
            at += values.len();
        });
        let (w, turned) = (Layer::weight(&encode).unwrap(), Layer::weight(&decode).unwrap());
        assert_eq!(w.t(), turned, "one weight, turned round");
        let pair = Pair {
            stage: 0,
            encode: &encode,
            decode: &decode,
            likelihood: Likelihood::Bernoulli,
            is_linear: false,
        };
        let v = Array2::from_shape_fn((5, n_in), |(i, j)| f64::from((i * 3 + j) % 4 == 0));
        let mut scratch = Scratch::<f64>::default();
        scratch.noise_seed = Some(4);
        let h = super::super::run(&encode, &v, &mut scratch);
        let (mut of_encode, mut of_decode) = (vec![9.0; n_in * n_out + n_out], vec![9.0; n_in * n_out + n_in]);
        let mut pass = |encode: &mut [f64], decode: &mut [f64]| {
            gradient(&pair, (&v, &h), 0.2, [encode, decode], &mut scratch);
        };
        pass(&mut of_encode, &mut of_decode);
        for i in 0..n_in {
            for j in 0..n_out {
                assert_eq!(of_encode[j * n_in + i], of_decode[i * n_out + j]);
            }
        }
        // One step of the chain by hand, with the same draws.
        let mut drawn = h.clone();
        draw(&mut drawn, false, &mut stream(4, Purpose::Gibbs, 0));
        let mut below = super::super::run(&decode, &drawn, &mut Scratch::default());
        below.mapv_inplace(|logit| 1.0 / (1.0 + (-logit).exp()));
        let above = super::super::run(&encode, &below, &mut Scratch::default());
        let want = 0.2 * (above.t().dot(&below) - h.t().dot(&v));
        assert!(want.iter().all(|d| d.abs() > 1e-3), "{want} would be no test");
        assert!(want.iter().zip(&of_encode).all(|(want, found)| (want - found).abs() < 1e-12), "{want}");
        let mut again = vec![0.0; of_encode.len()];
        pass(&mut again, &mut of_decode.clone());
        assert_eq!(again, of_encode, "the same draws for the same seed");
        // The data's part by the slope of the free energy: what is left over is the model's, which depends on
        // v' alone, given back as the difference of visible units says.
        let given: Array1<f64> = Array1::from(of_decode[n_in * n_out..].to_vec()) / 0.2 + v.sum_axis(Axis(0));
        assert!(given.iter().all(|sum| (0.0..=5.0).contains(sum)), "sums of five probabilities: {given}");
        let hidden: Array1<f64> = Array1::from(of_encode[n_in * n_out..].to_vec()) / 0.2 + h.sum_axis(Axis(0));
        assert!(hidden.iter().all(|sum| (0.0..=5.0).contains(sum)), "{hidden}");
    }

    #[test]
    fn states_are_drawn_around_their_means() {
        let mut rng = stream(1, Purpose::Gibbs, 0);
        let mut binary = Array2::<f64>::from_elem((100, 100), 0.3);
        draw(&mut binary, false, &mut rng);
        assert!(binary.iter().all(|&h| h == 0.0 || h == 1.0) && (binary.mean().unwrap() - 0.3).abs() < 0.02);
        let mut normal = Array2::<f64>::from_elem((100, 100), 2.0);
        draw(&mut normal, true, &mut rng);
        assert!((normal.mean().unwrap() - 2.0).abs() < 0.05 && (normal.std(0.0) - 1.0).abs() < 0.05);
    }
}
