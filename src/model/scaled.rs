//! A model that was trained on scaled columns, in the data's own units again.
//!
//! Encoder, decoder and density take and give what the data hold. Scores and weights are the model's own, in
//! scaled units: an error of a column counts in the column's own spread, which is what scaling is for.

use super::{
    Classifier, Codes, Completer, Decoder, Density, Discriminator, Encoder, EnergyModel, FrozenModel, Graph,
    Mixture, ModelInfo, Param, Sampler, Scorer, SharedModel, Writer, Writing,
};
use crate::data::Scaling;
use crate::nn::{Arithmetic, Op, Scratch};
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// A model behind a change of scale.
struct Scaled {
    info: ModelInfo,
    model: SharedModel,
    scaling: Scaling,
}

/// `model`, which knows scaled columns alone, as one of columns in their own units; itself where nothing is
/// scaled.
pub fn scaled(model: SharedModel, scaling: Option<&Scaling>) -> SharedModel {
    let Some(scaling) = scaling else { return model };
    let info = ModelInfo { scaling: Some(scaling.clone()), ..model.info().clone() };
    Arc::new(Scaled { info, model, scaling: scaling.clone() })
}

impl Scaled {
    fn apply(&self, x: ArrayView2<f32>) -> Array2<f32> {
        let mut x = x.to_owned();
        self.scaling.apply(x.view_mut());
        x
    }
}

impl FrozenModel for Scaled {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        self.model.encoder().map(|_| self as &dyn Encoder)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        self.model.decoder().map(|_| self as &dyn Decoder)
    }

    fn writer(&self) -> Option<&dyn Writer> {
        self.model.writer().map(|_| self as &dyn Writer)
    }

    fn density(&self) -> Option<&dyn Density> {
        self.model.density().map(|_| self as &dyn Density)
    }

    fn classifier(&self) -> Option<&dyn Classifier> {
        self.model.classifier().map(|_| self as &dyn Classifier)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        self.model.scorer()
    }

    fn sampler(&self) -> Option<&dyn Sampler> {
        // Of codes, which have no scale of the data's.
        self.model.sampler()
    }

    fn mixture(&self) -> Option<&dyn Mixture> {
        self.model.mixture()
    }

    fn completer(&self) -> Option<&dyn Completer> {
        // Of pictures, which are learned from as they are.
        self.model.completer()
    }

    fn energy(&self) -> Option<&dyn EnergyModel> {
        // Of samples as the model learns from them, as scores are.
        self.model.energy()
    }

    fn discriminator(&self) -> Option<&dyn Discriminator> {
        self.model.discriminator().map(|_| self as &dyn Discriminator)
    }

    fn graph(&self) -> Option<Graph<'_>> {
        let column = |arithmetic, name: &str, values| {
            let shape = vec![self.info.n_features()];
            Op::Columns(arithmetic, Param { name: format!("scaling.{name}"), shape, values })
        };
        let (shift, scale) = (self.scaling.shift(), self.scaling.scale());
        let mut graph = self.model.graph()?;
        let applied = [column(Arithmetic::Subtract, "shift", shift), column(Arithmetic::Divide, "scale", scale)];
        if let Some(encoder) = &mut graph.encoder {
            encoder.trunk.splice(..0, applied);
        }
        graph
            .decoder
            .extend([column(Arithmetic::Multiply, "scale", scale), column(Arithmetic::Add, "shift", shift)]);
        Some(graph)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        self.model.weights()
    }
}

impl Encoder for Scaled {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let codes = self.model.encoder().map(|encoder| encoder.encode(self.apply(x).view(), labels, scratch));
        // Offered only where the model encodes.
        codes.unwrap_or_else(|| Codes { mu: Array2::zeros((x.nrows(), 0)), log_var: None })
    }
}

impl Classifier for Scaled {
    fn probabilities(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let found = self.model.classifier().map(|own| own.probabilities(self.apply(x).view(), scratch));
        // Offered only where the model tells classes.
        found.unwrap_or_else(|| Array2::zeros((x.nrows(), 0)))
    }
}

impl Decoder for Scaled {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        let x_hat = self.model.decoder().map(|decoder| decoder.decode(z, labels, scratch));
        // Offered only where the model decodes.
        let mut x_hat = x_hat.unwrap_or_else(|| Array2::zeros((z.nrows(), self.info.n_features())));
        self.scaling.undo(x_hat.view_mut());
        x_hat
    }
}

impl Writer for Scaled {
    fn write(&self, z: ArrayView2<f32>, writing: &Writing, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let written = self.model.writer().map(|writer| writer.write(z, writing, scratch));
        // Offered only where the model writes.
        let mut written = written.unwrap_or_else(|| Array2::zeros((z.nrows(), self.info.n_features())));
        self.scaling.undo(written.view_mut());
        written
    }
}

impl Discriminator for Scaled {
    fn probability_real(&self, x: ArrayView2<f32>, scratch: &mut Scratch<f32>) -> Vec<f32> {
        let x = self.apply(x);
        let judged = self.model.discriminator().map(|judge| judge.probability_real(x.view(), scratch));
        // Offered only where the model tells them apart.
        judged.unwrap_or_else(|| vec![f32::NAN; x.nrows()])
    }
}

impl Density for Scaled {
    fn log_density(
        &self,
        x: ArrayView2<f32>,
        z: ArrayView2<f32>,
        label: u16,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f64> {
        let x = self.apply(x);
        let density = self.model.density().map(|density| density.log_density(x.view(), z, label, scratch));
        // A density over the data's units: the change of scale stretches space.
        density.unwrap_or_else(|| Array2::from_elem((x.nrows(), z.nrows()), f64::NAN)) + self.scaling.log_volume()
    }
}
