//! Codes that came without the model that made them: each sample is its own code.
//!
//! There is no prior, no weight and, unless one of another file takes such codes, no decoder; what asks for
//! one of these learns that it is not there.

use super::{
    Codes, Decoder, Encoder, FrozenModel, Latent, ModelInfo, NoiseSpec, Origin, Param, Prior, SharedModel,
};
use crate::data::{Dataset, SampleKind};
use crate::nn::Scratch;
use ndarray::ArrayView2;
use std::sync::Arc;

/// A model whose codes are given, and perhaps another's decoder.
struct Given {
    info: ModelInfo,
    decodes: Option<SharedModel>,
}

/// The model of codes that are samples of kind `input`, read from the file `from`.
pub fn given_codes(input: &SampleKind, from: &str) -> SharedModel {
    let latent = Latent {
        len: input.n_features(),
        prior: Prior::None,
        range: [f32::NEG_INFINITY, f32::INFINITY],
        shares_variance: false,
        needs_places: false,
    };
    let info = ModelInfo {
        title: "Codes without a model".into(),
        kind: "codes".into(),
        input: input.clone(),
        output: input.clone(),
        decodes_shares: false,
        scaling: None,
        classes: Arc::default(),
        finds: Arc::default(),
        latent: Some(latent),
        samples: NoiseSpec::default(),
        n_params: 0,
        origin: Origin::Imported { from: from.into(), what: "codes without a model".into() },
    };
    Arc::new(Given { info, decodes: None })
}

/// The decoder of `model` for codes that are `data`, each its own code; none where they are no codes that it
/// takes: of its length and, if it is told labels, with its classes.
pub fn decoder_of_codes(model: &SharedModel, data: &Dataset) -> Option<SharedModel> {
    let info = model.info();
    let takes = data.are_codes()
        && model.decoder().is_some()
        && info.latent_dim() == data.n_features()
        && (info.classes.is_empty() || *info.classes == *data.classes());
    if !takes {
        return None;
    }
    let from = match &info.origin {
        Origin::Imported { from, .. } => from.clone(),
        Origin::Ours(_) => info.title.clone(),
    };
    let about = ModelInfo {
        input: data.kind().clone(),
        // What it gives is in the data's own units already.
        scaling: None,
        samples: NoiseSpec::default(),
        origin: Origin::Imported { from, what: "a decoder of codes that are open".into() },
        ..info.clone()
    };
    Some(Arc::new(Given { info: about, decodes: Some(Arc::clone(model)) }))
}

impl FrozenModel for Given {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        Some(self)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        self.decodes.as_ref()?.decoder()
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
    use crate::data::Values;
    use crate::model::{Capabilities, ModelSpec, Settings};

    fn names() -> SampleKind {
        SampleKind::table(["z0", "z1", "z2"])
    }

    #[test]
    fn a_sample_is_its_own_code_and_nothing_else_is_claimed() {
        let model = given_codes(&names(), "codes.csv");
        let x = ndarray::array![[1.0, 2.0, 3.0]];
        assert_eq!(model.encoder().unwrap().encode(x.view(), &[], &mut Scratch::default()).mu, x);
        assert_eq!(
            Capabilities::of(&*model),
            Capabilities { encodes: true, takes_numbers: true, ..Capabilities::default() }
        );
        assert!(model.info().spec().is_none() && model.info().latent_dim() == 3);
    }

    #[test]
    fn a_decoder_decodes_given_codes_of_its_length_and_no_others() {
        let image = SampleKind::Image { channels: 1, height: 2, width: 2 };
        let spec = |len: &str| {
            let spec = ModelSpec::of_kind("vae").unwrap().with("latent_dim", len).unwrap();
            spec.check(&image, &[]).unwrap().frozen(None).unwrap()
        };
        let table =
            Dataset::new(names(), Values::Floats([1.0, 2.0, 3.0].as_slice().into()), None, vec![]).unwrap();
        assert!(decoder_of_codes(&spec("3"), &table).is_none(), "a table of data is no codes");
        let codes = table.into_codes();
        assert!(decoder_of_codes(&spec("2"), &codes).is_none());
        let of = spec("3");
        let model = decoder_of_codes(&of, &codes).unwrap();
        let z = ndarray::array![[1.0, 2.0, 3.0]];
        assert_eq!(model.encoder().unwrap().encode(z.view(), &[], &mut Scratch::default()).mu, z);
        let decoded =
            |model: &SharedModel| model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default());
        assert_eq!(decoded(&model), decoded(&of));
        let can = Capabilities::of(&*model);
        assert!(can.encodes && can.decodes && can.has_prior && !can.reconstructs() && !can.scores);
        assert!(model.info().fits(&codes).is_ok() && model.info().output == image);
    }
}
