//! A Gibbs chain from a sample: what a model with an energy believes in, one state after the other.

use crate::data::Dataset;
use crate::model::FrozenModel;
use crate::nn::{Purpose, Scratch, flat_mut, stream};
use ndarray::{Array2, s};

/// The pictures of a chain [n + 1, features]: the sample `sample` itself, then P(x | h) of every so many
/// states, `n` of them, in the data's own units; none for a model without an energy, or when cancelled.
///
/// The chain begins at the sample as the model learns from it, and is the same every time for one `seed`.
pub fn gibbs_chain(
    model: &dyn FrozenModel,
    (data, sample): (&Dataset, u32),
    (n, every): (usize, usize),
    seed: u64,
    is_cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Array2<f32>> {
    let (energy, info) = (model.energy()?, model.info());
    let mut pictures = Array2::zeros((n + 1, data.n_features()));
    let mut x = Array2::zeros((1, data.n_features()));
    data.scaled(info.scaling.as_ref()).gather(&[sample], &mut x);
    pictures.row_mut(0).assign(&x.row(0));
    info.samples.binarise(flat_mut(&mut x), sample);
    let (mut rng, mut scratch) = (stream(seed, Purpose::Chain, u64::from(sample)), Scratch::default());
    for step in 1..=n * every {
        if is_cancelled() {
            return None;
        }
        let p = energy.gibbs(&mut x, &mut rng, &mut scratch);
        if step.is_multiple_of(every) {
            pictures.row_mut(step / every).assign(&p.row(0));
        }
        scratch.give_back(p);
    }
    if let Some(scaling) = &info.scaling {
        scaling.undo(pictures.slice_mut(s![.., ..]));
    }
    Some(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use crate::model::{ModelSpec, Settings, SharedModel};

    fn data() -> Dataset {
        let bytes = [[255, 0, 0, 255], [0, 255, 255, 0]].concat();
        Dataset::new(SampleKind::square(1, 2), Values::Bytes(bytes.into()), None, vec![]).unwrap()
    }

    /// A machine with two states that it leaves seldom: the samples themselves.
    fn machine() -> SharedModel {
        let spec = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", "1").unwrap();
        let weight = [12.0, -12.0, -12.0, 12.0];
        let weights: [&[f32]; 3] = [&weight, &[0.0], &[-6.0, 6.0, 6.0, -6.0]];
        spec.check(&SampleKind::square(1, 2), &[]).unwrap().frozen(Some(&weights)).unwrap()
    }

    #[test]
    fn a_chain_begins_at_its_sample_and_stays_where_energy_is_low() {
        let (model, data) = (machine(), data());
        let chain = |sample, seed| gibbs_chain(&*model, (&data, sample), (5, 1), seed, &|| false).unwrap();
        for sample in 0..2 {
            let chain = chain(sample, 0);
            assert_eq!(chain.dim(), (6, 4));
            let mut x = Array2::zeros((1, 4));
            data.gather(&[sample], &mut x);
            assert_eq!(chain.row(0), x.row(0));
            assert!(chain.rows().into_iter().all(|row| row.iter().zip(&x).all(|(p, x)| (p - x).abs() < 0.01)));
        }
        assert_eq!(chain(1, 3), chain(1, 3), "the same draws each time");
    }

    #[test]
    fn of_every_so_many_states_one_is_shown() {
        // Weak ties, so that no two states are alike.
        let spec = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", "3").unwrap();
        let weight: Vec<f32> = (0..12).map(|i| (i as f32 * 1.7).sin()).collect();
        let weights: [&[f32]; 3] = [&weight, &[0.1, -0.2, 0.3], &[0.2, -0.1, 0.0, 0.1]];
        let model = spec.check(&SampleKind::square(1, 2), &[]).unwrap().frozen(Some(&weights)).unwrap();
        let chain = |n, every| gibbs_chain(&*model, (&data(), 0), (n, every), 0, &|| false).unwrap();
        let (all, every_third) = (chain(9, 1), chain(3, 3));
        assert_ne!(all.row(2), all.row(3));
        for i in 0..=3 {
            assert_eq!(every_third.row(i), all.row(3 * i));
        }
    }

    #[test]
    fn a_chain_from_grey_pixels_begins_at_them_as_they_are_drawn() {
        let spec = ModelSpec::of_kind("rbm").unwrap().with("latent_dim", "4").unwrap();
        // A hidden unit a pixel, which is on where the pixel is.
        let weight: Vec<f32> = (0..16).map(|i| if i % 5 == 0 { 60.0 } else { 0.0 }).collect();
        let weights: [&[f32]; 3] = [&weight, &[-30.0; 4], &[-30.0; 4]];
        let model = spec.check(&SampleKind::square(1, 2), &[]).unwrap().frozen(Some(&weights)).unwrap();
        let grey = Dataset::new(SampleKind::square(1, 2), Values::Bytes(vec![127; 12].into()), None, vec![]);
        for sample in 0..3 {
            let chain = gibbs_chain(&*model, (&grey.as_ref().unwrap().clone(), sample), (1, 1), 0, &|| false);
            let chain = chain.unwrap();
            let mut drawn = [127.0 / 255.0; 4];
            model.info().samples.binarise(&mut drawn, sample);
            assert_eq!(chain.row(0)[0], 127.0 / 255.0, "the picture itself is shown grey");
            assert!(chain.row(1).iter().zip(&drawn).all(|(p, x)| (p - x).abs() < 0.01), "{chain} {drawn:?}");
        }
    }

    #[test]
    fn it_is_given_up_and_asked_of_no_other_model() {
        let data = data();
        assert_eq!(gibbs_chain(&*machine(), (&data, 0), (5, 1), 0, &|| true), None);
        let ae = ModelSpec::of_kind("ae").unwrap().check(&SampleKind::square(1, 2), &[]).unwrap();
        assert_eq!(gibbs_chain(&*ae.frozen(None).unwrap(), (&data, 0), (5, 1), 0, &|| false), None);
    }
}
