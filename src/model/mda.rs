//! The marginalised denoising autoencoder (Chen, Xu, Weinberger and Sha 2012): denoising in closed form.
//!
//! The best linear map from corrupted samples x̃ back to x, over every corruption there could be at once, is
//! W = Cov(x, x̃) Cov(x̃)⁻¹, and both moments follow from those of the clean x. Layers h = tanh(W h + b)
//! stack, each denoising the one below. The last layer maps to a code of k dimensions and from there to the
//! clean image: among all maps of rank k, U Uᵀ W has the smallest expected error, U holding the k leading
//! eigenvectors of W Cov(x̃, x) (reduced-rank regression, Izenman 1975). Without corruption a single layer is
//! exactly PCA.

use super::TrainError;
use super::closed_form::{ClosedForm, EachChunk, Moments, give_up_if, not_finite, to_f32};
use super::describe::{Body, Describe};
use super::field::{Field, FieldKind, field, main};
use super::net::{LikelihoodName, NetSpec};
use super::noise::{Corruption, NoiseSpec};
use crate::data::Cancel;
use crate::nn::{Activation, Param, flat_mut, matmul, shaped_view, solve_positive_definite, symmetric_eigen};
use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};

/// Settings of a marginalised denoising autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MdaSpec {
    /// Length of a code.
    pub latent_dim: usize,
    /// Layers of the encoder, that of the code among them.
    pub layers: usize,
    /// What the layers learn to undo.
    pub corruption: Corruption,
    /// Its strength.
    pub corruption_level: f64,
}

impl Default for MdaSpec {
    fn default() -> Self {
        let corruption_level = NoiseSpec::default().corruption_level;
        Self { latent_dim: 2, layers: 1, corruption: Corruption::Masking, corruption_level }
    }
}

impl Describe for MdaSpec {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            NetSpec::latent_dim_field(),
            main(field(
                "layers",
                "Layers",
                FieldKind::Int { min: 1, max: 8, step: 1 },
                "Layers of the encoder; all but the last are as wide as the image, and each is solved on the one below.",
                "h = tanh(W h + b)",
            )),
        ];
        let noise = NoiseSpec::fields().into_iter().filter(|field| field.path.starts_with("corruption"));
        fields.extend(noise.map(|field| Field { applies: super::field::Applies::Rebuild, ..field }));
        fields
    }

    fn body(&self, n_features: usize) -> Option<Body> {
        let net = NetSpec {
            latent_dim: self.latent_dim,
            hidden: vec![n_features; self.layers.saturating_sub(1)],
            decoder_hidden: Some(Vec::new()),
            activation: Activation::Tanh,
            likelihood: LikelihoodName::Mse,
            samples: NoiseSpec {
                corruption: self.corruption,
                corruption_level: self.corruption_level,
                ..NoiseSpec::default()
            },
            ..NetSpec::default()
        };
        Some(Body { net, n_heads: 1, code: Activation::Linear })
    }

    fn closed_form(&self) -> Option<Box<dyn ClosedForm>> {
        Some(Box::new(Mda { settings: self.clone() }))
    }
}

/// Share of the mean variance that is added to each, so that pixels that never change can be solved for.
const RIDGE: f64 = 1e-8;

/// The solution.
pub struct Mda {
    settings: MdaSpec,
}

impl Mda {
    /// E[x̃ | x] = a·x + b and E[x̃² | x] = c·x² + d of one pixel, as [a, b, c, d].
    fn corrupted(&self) -> [f64; 4] {
        let level = self.settings.corruption_level;
        match self.settings.corruption {
            Corruption::None => [1.0, 0.0, 1.0, 0.0],
            Corruption::Gaussian => [1.0, 0.0, 1.0, level * level],
            Corruption::Masking => [1.0 - level, 0.0, 1.0 - level, 0.0],
            Corruption::SaltPepper => [1.0 - level, level / 2.0, 1.0 - level, level / 2.0],
        }
    }

    /// The best linear map from corrupted x to y: W [n_y, n_x], and Cov(x̃, y) [n_x, n_y].
    fn denoiser(&self, moments: &Moments) -> Result<(Array2<f64>, Array2<f64>), String> {
        let [a, b, c, d] = self.corrupted();
        let (mean, square) = (moments.mean_x(), moments.mean_square_x());
        let mut cov = moments.cov_xx() * (a * a);
        // Pixels are corrupted one by one, so that only the diagonal knows of it.
        for i in 0..mean.len() {
            cov[[i, i]] = c * square[i] + d - (a * mean[i] + b).powi(2);
        }
        let ridge = RIDGE * cov.diag().mean().unwrap_or(0.0) + f64::MIN_POSITIVE;
        cov.diag_mut().mapv_inplace(|variance| variance + ridge);
        let cov_xy = moments.cov_yx().t().to_owned() * a;
        let w = solve_positive_definite(cov.view(), cov_xy.view());
        let w =
            w.ok_or("the data leave nothing to solve: every image is the same, or the corruption erases all")?;
        Ok((w.t().to_owned(), cov_xy))
    }

    /// E[x̃].
    fn corrupted_mean(&self, moments: &Moments) -> Array1<f64> {
        let [a, b, ..] = self.corrupted();
        moments.mean_x().mapv(|mean| a * mean + b)
    }
}

impl ClosedForm for Mda {
    fn n_passes(&self) -> u64 {
        self.settings.layers as u64
    }

    fn solve(
        &self,
        pass: u64,
        params: &[Param<'_, f32>],
        samples: EachChunk<'_>,
        cancel: &Cancel,
    ) -> Result<Vec<(usize, Vec<f32>)>, TrainError> {
        let (layer, n_features) = (pass as usize, params[0].shape[1]);
        let is_last = layer + 1 == self.settings.layers;
        let mut moments = Moments::new(n_features, n_features);
        samples(&mut |x| {
            let h = (0..layer).fold(x.to_owned(), |h, i| tanh_layer(&h, &params[2 * i], &params[2 * i + 1]));
            moments.add(h.view(), Some(if is_last { x } else { h.view() }));
        });
        give_up_if(cancel)?;
        let (w, cov_xy) = self.denoiser(&moments).map_err(TrainError::Data)?;
        give_up_if(cancel)?;
        let (mean_x, mean_y) = (self.corrupted_mean(&moments), moments.mean_y());
        if !is_last {
            let bias = &mean_y - &w.dot(&mean_x);
            return Ok(vec![(2 * layer, to_f32(&w)), (2 * layer + 1, to_f32(&bias))]);
        }
        let eigen = symmetric_eigen(w.dot(&cov_xy).view()).ok_or_else(not_finite)?;
        let u = eigen.vectors.slice(s![.., ..self.settings.latent_dim]);
        let encode = u.t().dot(&w);
        let bias = -encode.dot(&mean_x);
        Ok(vec![
            (2 * layer, to_f32(&encode)),
            (2 * layer + 1, to_f32(&bias)),
            (2 * layer + 2, to_f32(u)),
            (2 * layer + 3, to_f32(&mean_y)),
        ])
    }
}

/// tanh(h Wᵀ + b).
fn tanh_layer(h: &Array2<f32>, weight: &Param<'_, f32>, bias: &Param<'_, f32>) -> Array2<f32> {
    let mut out = Array2::zeros((h.nrows(), weight.shape[0]));
    let weight = shaped_view((weight.shape[0], weight.shape[1]), weight.values);
    matmul(out.view_mut(), h.view(), weight.t(), rayon::current_num_threads());
    for mut row in out.rows_mut() {
        Activation::Tanh.apply_with_bias(flat_mut(&mut row), bias.values);
    }
    out
}
