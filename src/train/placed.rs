//! Where a model places a sample that it was not trained on.

use crate::data::{Cancel, Dataset, nearest};
use crate::model::FrozenModel;
use crate::nn::Scratch;
use ndarray::Array2;

/// A sample's code, and the training samples that look most like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Its code: the mean, for a model that gives a Gaussian.
    pub mu: Vec<f32>,
    /// Log-variance of each dimension, for such a model.
    pub log_var: Option<Vec<f32>>,
    /// The nearest training samples by what is seen: indices and √Σ(x − x′)², nearest first.
    pub nearest: Vec<(u32, f32)>,
}

/// Encodes the first sample of `sample`, told `labels` where the model takes any, and looks for the `k`
/// samples of `train` nearest to it. None without an encoder, for samples of another kind, or when cancelled.
pub fn placed(
    model: &dyn FrozenModel,
    (sample, labels): (&Dataset, &[u16]),
    train: &Dataset,
    k: usize,
    cancel: &Cancel,
) -> Option<Placed> {
    let encoder = model.encoder().filter(|_| model.info().input == *sample.kind())?;
    let row = |data: &Dataset| {
        let mut x = Array2::zeros((1, data.n_features()));
        data.gather(&[0], &mut x);
        x
    };
    let codes = encoder.encode(row(sample).view(), labels, &mut Scratch::default());
    // Features weigh as they do to the model.
    let scaling = model.info().scaling.as_ref();
    let x = row(&sample.scaled(scaling));
    let nearest = match k {
        0 => Vec::new(),
        k => nearest(&train.scaled(scaling), x.as_slice()?, k, cancel)?,
    };
    let log_var = codes.log_var.map(|log_var| log_var.row(0).to_vec());
    Some(Placed { mu: codes.mu.row(0).to_vec(), log_var, nearest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};
    use crate::model::ModelSpec;
    use crate::train::encode;

    #[test]
    fn a_sample_is_placed_where_it_would_be_among_the_others_and_told_its_label() {
        let kind = SampleKind::square(1, 3);
        let bytes: Vec<u8> = (0..90).map(|i| (i * 37 % 251) as u8).collect();
        let data = Dataset::new(kind.clone(), Values::Bytes(bytes.into()), None, vec![]).unwrap();
        let one = data.slice(4..5).unwrap();
        let classes = ["a", "b"].map(String::from);
        let vae = ModelSpec::of_kind("vae").unwrap().check(&kind, &[]).unwrap().frozen(None).unwrap();
        let found = placed(&*vae, (&one, &[]), &data, 3, &Cancel::default()).unwrap();
        let all = encode(&*vae, &data, &[4], &|| false).unwrap();
        assert_eq!(
            (found.mu, found.log_var),
            (all.mu.row(0).to_vec(), Some(all.log_var.unwrap().row(0).to_vec()))
        );
        assert_eq!((found.nearest.len(), found.nearest[0]), (3, (4, 0.0)));
        let cvae = ModelSpec::of_kind("cvae").unwrap().check(&kind, &classes).unwrap().frozen(None).unwrap();
        let told = |label| placed(&*cvae, (&one, &[label]), &data, 1, &Cancel::default()).unwrap().mu;
        assert_ne!(told(0), told(1));
        let other =
            Dataset::new(SampleKind::square(1, 2), Values::Bytes(vec![0; 4].into()), None, vec![]).unwrap();
        assert!(placed(&*vae, (&other, &[]), &data, 1, &Cancel::default()).is_none());
    }
}
