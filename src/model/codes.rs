//! Codes that came without the model that made them: each sample is its own code.
//!
//! There is no decoder, no prior and no weight; what asks for one of these learns that it is not there.

use super::{Codes, Encoder, FrozenModel, Latent, ModelInfo, NoiseSpec, Origin, Param, Prior, SharedModel};
use crate::data::SampleKind;
use crate::nn::Scratch;
use ndarray::ArrayView2;
use std::sync::Arc;

/// A model that knows its codes alone.
struct Given(ModelInfo);

/// The model of codes that are samples of kind `input`, read from the file `from`.
pub fn given_codes(input: &SampleKind, from: &str) -> SharedModel {
    let latent = Latent {
        len: input.n_features(),
        prior: Prior::None,
        range: [f32::NEG_INFINITY, f32::INFINITY],
        shares_variance: false,
        needs_places: false,
    };
    Arc::new(Given(ModelInfo {
        title: "Codes without a model".into(),
        kind: "codes".into(),
        input: input.clone(),
        scaling: None,
        classes: Arc::default(),
        latent: Some(latent),
        samples: NoiseSpec::default(),
        n_params: 0,
        origin: Origin::Imported { from: from.into(), what: "codes without a model".into() },
    }))
}

impl FrozenModel for Given {
    fn info(&self) -> &ModelInfo {
        &self.0
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        Vec::new()
    }
}

impl Encoder for Given {
    fn encode(&self, x: ArrayView2<f32>, _labels: &[u16], _scratch: &mut Scratch<f32>) -> Codes {
        Codes { mu: x.to_owned(), log_var: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Capabilities;

    #[test]
    fn a_sample_is_its_own_code_and_nothing_else_is_claimed() {
        let input = SampleKind::Vector { names: ["z0", "z1", "z2"].map(String::from).into() };
        let model = given_codes(&input, "codes.csv");
        let x = ndarray::array![[1.0, 2.0, 3.0]];
        assert_eq!(model.encoder().unwrap().encode(x.view(), &[], &mut Scratch::default()).mu, x);
        assert_eq!(Capabilities::of(&*model), Capabilities { encodes: true, ..Capabilities::default() });
        assert!(model.info().spec().is_none() && model.info().latent_dim() == 3);
    }
}
