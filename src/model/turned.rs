//! A model whose codes are turned about zero: the same pictures under other coordinates.

use super::{
    Classifier, Codes, Completer, Component, Decoder, Density, Discriminator, Encoder, EnergyModel, FrozenModel,
    Latent, Mixture, ModelInfo, Param, Sampler, Scorer, SharedModel, Writer, Writing,
};
use crate::nn::Scratch;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// A model behind a rotation of its codes.
struct Turned {
    info: ModelInfo,
    model: SharedModel,
    /// [codes, codes], orthogonal.
    rotation: Array2<f32>,
}

/// `model` with every code z turned to z·`rotation`, an orthogonal matrix [codes, codes]. It does
/// all that the model can, turned. What belongs to single coordinates (their bounds, their shares of the
/// variance) is gone, and so are the operations it is made of, since other formats know no turned spread.
pub fn turned(model: SharedModel, rotation: Array2<f32>) -> SharedModel {
    let free =
        |latent: Latent| Latent { range: [f32::NEG_INFINITY, f32::INFINITY], shares_variance: false, ..latent };
    let info = ModelInfo { latent: model.info().latent.map(free), ..model.info().clone() };
    Arc::new(Turned { info, model, rotation })
}

impl Codes {
    /// The codes turned to z·`rotation`, an orthogonal matrix [codes, codes]; of a spread what it is along
    /// the new axes.
    pub fn turned(&self, rotation: &Array2<f32>) -> Self {
        let squares = rotation.mapv(|value| value * value);
        let along = |log_var: &Array2<f32>| log_var.mapv(f32::exp).dot(&squares).mapv(f32::ln);
        Self { mu: self.mu.dot(rotation), log_var: self.log_var.as_ref().map(along) }
    }
}

impl Turned {
    /// What the model itself calls these codes.
    fn own(&self, z: ArrayView2<f32>) -> Array2<f32> {
        z.dot(&self.rotation.t())
    }

    /// The same of one code.
    fn own_of(&self, z: &[f32]) -> Vec<f32> {
        self.rotation.dot(&ArrayView1::from(z)).to_vec()
    }

    /// A code of the model's own, turned.
    fn turned(&self, z: &[f32]) -> Vec<f32> {
        ArrayView1::from(z).dot(&self.rotation).to_vec()
    }
}

impl FrozenModel for Turned {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        self.model.encoder().map(|_| self as &dyn Encoder)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        self.model.decoder().map(|_| self as &dyn Decoder)
    }

    fn density(&self) -> Option<&dyn Density> {
        self.model.density().map(|_| self as &dyn Density)
    }

    fn classifier(&self) -> Option<&dyn Classifier> {
        self.model.classifier()
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        self.model.scorer()
    }

    fn writer(&self) -> Option<&dyn Writer> {
        self.model.writer().map(|_| self as &dyn Writer)
    }

    fn sampler(&self) -> Option<&dyn Sampler> {
        self.model.sampler().map(|_| self as &dyn Sampler)
    }

    fn mixture(&self) -> Option<&dyn Mixture> {
        self.model.mixture().map(|_| self as &dyn Mixture)
    }

    fn completer(&self) -> Option<&dyn Completer> {
        // Of samples, which codes have no part in; so is what follows.
        self.model.completer()
    }

    fn discriminator(&self) -> Option<&dyn Discriminator> {
        self.model.discriminator()
    }

    fn energy(&self) -> Option<&dyn EnergyModel> {
        self.model.energy()
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        self.model.weights()
    }
}

impl Writer for Turned {
    fn write(&self, z: ArrayView2<f32>, writing: &Writing, scratch: &mut Scratch<f32>) -> Array2<f32> {
        let written = self.model.writer().map(|writer| writer.write(self.own(z).view(), writing, scratch));
        // Offered only where the model writes.
        written.unwrap_or_else(|| Array2::zeros((z.nrows(), self.info.n_features())))
    }
}

impl Sampler for Turned {
    fn sample(&self, rng: &mut ChaCha8Rng, is_cancelled: &dyn Fn() -> bool) -> Option<Vec<f32>> {
        Some(self.turned(&self.model.sampler()?.sample(rng, is_cancelled)?))
    }
}

impl Mixture for Turned {
    fn components(&self) -> Vec<Component> {
        let turned = |of: Component| Component {
            mean: self.turned(&of.mean),
            covariance: self.rotation.t().dot(&of.covariance).dot(&self.rotation),
            ..of
        };
        self.model.mixture().into_iter().flat_map(|mixture| mixture.components()).map(turned).collect()
    }

    fn responsibilities(&self, z: &[f32]) -> Vec<f32> {
        self.model.mixture().map(|mixture| mixture.responsibilities(&self.own_of(z))).unwrap_or_default()
    }

    fn choose(&self, rng: &mut ChaCha8Rng) -> usize {
        self.model.mixture().map_or(0, |mixture| mixture.choose(rng))
    }

    fn sample_of(&self, component: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let drawn = self.model.mixture().map(|mixture| mixture.sample_of(component, rng));
        self.turned(&drawn.unwrap_or_else(|| vec![0.0; self.rotation.nrows()]))
    }
}

impl Encoder for Turned {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Codes {
        let codes = self.model.encoder().map(|encoder| encoder.encode(x, labels, scratch));
        // Offered only where the model encodes.
        codes.map_or_else(
            || Codes { mu: Array2::zeros((x.nrows(), 0)), log_var: None },
            |codes| codes.turned(&self.rotation),
        )
    }
}

impl Decoder for Turned {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], scratch: &mut Scratch<f32>) -> Array2<f32> {
        let x_hat = self.model.decoder().map(|decoder| decoder.decode(self.own(z).view(), labels, scratch));
        // Offered only where the model decodes.
        x_hat.unwrap_or_else(|| Array2::zeros((z.nrows(), self.info.n_features())))
    }
}

impl Density for Turned {
    fn log_density(
        &self,
        x: ArrayView2<f32>,
        z: ArrayView2<f32>,
        label: u16,
        scratch: &mut Scratch<f32>,
    ) -> Array2<f64> {
        let density =
            self.model.density().map(|density| density.log_density(x, self.own(z).view(), label, scratch));
        density.unwrap_or_else(|| Array2::from_elem((x.nrows(), z.nrows()), f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::ModelSpec;
    use ndarray::array;

    #[test]
    fn pictures_and_densities_are_the_same_at_turned_codes() {
        let kind = SampleKind::Image { channels: 1, height: 3, width: 4 };
        let model = ModelSpec::of_kind("vae").unwrap().check(&kind, &[]).unwrap().frozen(None).unwrap();
        let (sin, cos) = 0.6f32.sin_cos();
        let rotation = array![[cos, sin], [-sin, cos]];
        let other = turned(Arc::clone(&model), rotation.clone());
        let x = Array2::from_shape_fn((5, 12), |(i, j)| ((i * 7 + j * 3) % 10) as f32 / 10.0);
        let mut scratch = Scratch::default();
        let codes = model.encoder().unwrap().encode(x.view(), &[], &mut scratch);
        let found = other.encoder().unwrap().encode(x.view(), &[], &mut scratch);
        let close = |a: &Array2<f32>, b: &Array2<f32>| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close(&found.mu, &codes.mu.dot(&rotation)) && !close(&found.mu, &codes.mu));
        // The trace of the covariance is the same along any axes.
        let total = |codes: &Codes| codes.log_var.as_ref().unwrap().mapv(f32::exp).sum_axis(ndarray::Axis(1));
        assert!(total(&found).iter().zip(total(&codes).iter()).all(|(a, b)| (a - b).abs() < 1e-5));
        let [a, b] = [(&model, &codes), (&other, &found)].map(|(model, codes)| {
            let x_hat = model.decoder().unwrap().decode(codes.mu.view(), &[], &mut Scratch::default());
            let density =
                model.density().unwrap().log_density(x.view(), codes.mu.view(), 0, &mut Scratch::default());
            (x_hat, density.mapv(|value| value as f32))
        });
        assert!(close(&a.0, &b.0) && a.1.iter().zip(&b.1).all(|(a, b)| (a - b).abs() < 1e-3));
    }
}
