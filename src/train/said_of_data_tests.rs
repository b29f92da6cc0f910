use super::*;
use crate::data::{SampleKind, Scaling, Values};
use crate::model::{
    Decoder, Discriminator, Encoder, Latent, Mixture, ModelInfo, ModelSpec, Sampler, Settings, SharedModel, scaled,
};
use crate::nn::Param;

/// A fresh model of a kind for rows of so many columns, which lie about 3 with deviation 2.
fn model(kind: &str, settings: &[(&str, &str)], n_columns: usize) -> SharedModel {
    let set = |spec: ModelSpec, (name, text): &(&str, &str)| spec.with(name, text).unwrap();
    let spec = settings.iter().fold(ModelSpec::of_kind(kind).unwrap(), set);
    let fresh = spec.check(&SampleKind::row(n_columns), &[]).unwrap().frozen(None).unwrap();
    scaled(fresh, Scaling::standard(n_columns, 3.0, 2.0).as_ref())
}

fn asking<'a>(model: &'a SharedModel, columns: [usize; 2], means: &'a [f32], cancel: &'a Cancel) -> Asking<'a> {
    Asking { model: &**model, label: 0, plane: DataPlane { columns, units: [1.0; 2] }, means, cancel }
}

const WIDE: Lattice = Lattice { bounds: [[-9.0, 15.0], [-9.0, 15.0]], size: [60, 60] };

fn integral(heat: &Heat) -> f32 {
    heat.values.iter().sum::<f32>() * heat.lattice.side().iter().product::<f32>()
}

#[test]
fn gaussians_of_a_mixture_come_back_to_the_columns_with_their_shift_and_scale() {
    // Of a fresh mixture each is N(0, I) in the scaled columns.
    let (mixture, cancel) = (model("gmm", &[("pca", "0")], 3), Cancel::default());
    let asking = asking(&mixture, [2, 0], &[3.0; 3], &cancel);
    let marginals = asking.marginals().unwrap();
    assert!((marginals.iter().map(|marginal| marginal.weight).sum::<f64>() - 1.0).abs() < 1e-5);
    for marginal in &marginals {
        assert!(marginal.mean.iter().all(|mean| (mean - 3.0).abs() < 1e-4), "{marginal:?}");
        let [[a, b], [_, c]] = marginal.covariance;
        assert!((a - 4.0).abs() < 1e-3 && b.abs() < 1e-3 && (c - 4.0).abs() < 1e-3, "{marginal:?}");
        let ellipse = marginal.ellipse(&DataPlane { columns: [2, 0], units: [1.0, 0.5] });
        assert!((ellipse.centre[1] - 1.5).abs() < 1e-3 && (ellipse.half_axes[1][1].abs() - 1.0).abs() < 1e-3);
        assert!((marginal.density_along(3.0) - 1.0 / (2.0 * std::f64::consts::TAU.sqrt())).abs() < 1e-4);
    }
    let density = asking.density(WIDE).unwrap();
    assert_eq!((density.by, density.lines.len()), (DensityBy::Formula, 4));
    assert!((integral(&density.heat) - 1.0).abs() < 0.01, "{}", integral(&density.heat));
    assert!(density.lines.iter().all(|line| line.len() > 8));
    // Codes that hold less than the data have no Gaussians over these.
    let less = model("gmm", &[("pca", "2")], 3);
    assert!(self::asking(&less, [0, 1], &[3.0; 3], &cancel).marginals().is_none());
}

#[test]
fn the_density_of_a_variational_model_is_the_mean_over_codes_and_integrates_to_one() {
    let settings = [("likelihood", "gaussian"), ("sigma", "0.7"), ("hidden", "8")];
    let (vae, cancel) = (model("vae", &settings, 2), Cancel::default());
    let density = asking(&vae, [0, 1], &[3.0; 2], &cancel).density(WIDE).unwrap();
    assert_eq!(density.by, DensityBy::Codes(N_CODES));
    assert!((integral(&density.heat) - 1.0).abs() < 0.02, "{}", integral(&density.heat));
    // The columns the other way round are the same density turned over.
    let turned = asking(&vae, [1, 0], &[3.0; 2], &cancel).density(WIDE).unwrap();
    let (here, there) = (density.heat.at([2.0, 5.2]).unwrap(), turned.heat.at([5.2, 2.0]).unwrap());
    assert!((here - there).abs() < 1e-5 * here.max(1.0), "{here} {there}");
    let given_up = Cancel::default();
    given_up.set();
    assert!(asking(&vae, [0, 1], &[3.0; 2], &given_up).density(WIDE).is_none());
    // Of two columns among three there is no formula: samples are smoothed.
    let of_three = model("vae", &settings, 3);
    let density = asking(&of_three, [0, 1], &[3.0; 3], &cancel).density(WIDE).unwrap();
    assert_eq!(density.by, DensityBy::Samples(N_SMOOTHED));
    assert!((integral(&density.heat) - 1.0).abs() < 0.05);
    let ae = model("ae", &[("likelihood", "mse"), ("hidden", "8")], 2);
    assert!(asking(&ae, [0, 1], &[3.0; 2], &cancel).density(WIDE).is_none(), "it draws no codes");
}

#[test]
fn samples_are_made_again_where_the_decoder_puts_them() {
    let data = (0..20).flat_map(|i| [i as f32, 3.0 - i as f32]).collect::<Vec<f32>>();
    let data = Dataset::new(SampleKind::row(2), Values::Floats(data.into()), None, vec![]).unwrap();
    let (ae, cancel) = (model("ae", &[("likelihood", "mse"), ("hidden", "8")], 2), Cancel::default());
    let asking = asking(&ae, [1, 0], &[3.0; 2], &cancel);
    let remade = asking.remade(&data, vec![4, 9]).unwrap();
    let codes = encode(&*ae, &data, &[4, 9], &|| false).unwrap();
    let x = ae.decoder().unwrap().decode(codes.mu.view(), &[], &mut Scratch::default());
    assert_eq!((remade.samples, remade.places[1]), (vec![4, 9], [x[[1, 1]], x[[1, 0]]]));
    // The lines of a grid pass through what its corners are decoded to.
    let of_z = Plane::axes(&[0.0; 2], 0, 1);
    let lines = asking.warped(&of_z, [[-1.0, 1.0], [-2.0, 2.0]], 5).unwrap();
    let corner = ndarray::array![[1.0, 2.0]];
    let corner = ae.decoder().unwrap().decode(corner.view(), &[], &mut Scratch::default());
    assert_eq!(lines.len(), 10);
    assert_eq!(*lines[4].last().unwrap(), [corner[[0, 1]], corner[[0, 0]]]);
    assert_eq!(lines[9].last(), lines[4].last());
}

/// Makes 2 z of one uniform z, and takes what is above 0 to be real.
struct Game(ModelInfo);

impl FrozenModel for Game {
    fn info(&self) -> &ModelInfo {
        &self.0
    }
    fn decoder(&self) -> Option<&dyn Decoder> {
        Some(self)
    }
    fn sampler(&self) -> Option<&dyn Sampler> {
        Some(self)
    }
    fn discriminator(&self) -> Option<&dyn Discriminator> {
        Some(self)
    }
    fn encoder(&self) -> Option<&dyn Encoder> {
        None
    }
    fn mixture(&self) -> Option<&dyn Mixture> {
        None
    }
    fn weights(&self) -> Vec<Param<'_, f32>> {
        Vec::new()
    }
}

impl Decoder for Game {
    fn decode(&self, z: ndarray::ArrayView2<f32>, _: &[u16], _: &mut Scratch<f32>) -> Array2<f32> {
        z.mapv(|z| 2.0 * z)
    }
}

impl Sampler for Game {
    fn sample(&self, rng: &mut rand_chacha::ChaCha8Rng, _: &dyn Fn() -> bool) -> Option<Vec<f32>> {
        Some(vec![rand::RngExt::random_range(rng, -1.0..1.0)])
    }
}

impl Discriminator for Game {
    fn probability_real(&self, x: ndarray::ArrayView2<f32>, _: &mut Scratch<f32>) -> Vec<f32> {
        x.column(0).iter().map(|x| if *x > 0.0 { 0.9 } else { 0.2 }).collect()
    }
}

fn game() -> SharedModel {
    let ae = model("ae", &[("likelihood", "mse"), ("hidden", "8")], 1);
    let latent = Latent { len: 1, ..ae.info().latent.unwrap() };
    std::sync::Arc::new(Game(ModelInfo { latent: Some(latent), scaling: None, ..ae.info().clone() }))
}

#[test]
fn one_column_is_curves_with_the_best_discriminator_there_is() {
    // Data uniform from 0 to 1, a generator uniform from −2 to 2.
    let values: Vec<f32> = (0..4000).map(|i| i as f32 / 4000.0).collect();
    let data = Dataset::new(SampleKind::row(1), Values::Floats(values.into()), None, vec![]).unwrap();
    let (game, cancel) = (game(), Cancel::default());
    let curves = asking(&game, [0, 0], &[0.5], &cancel).curves(&data, [-3.0, 3.0]).unwrap();
    let at = |x: f32| curves.x.iter().position(|at| *at >= x).unwrap();
    let (q, by) = curves.model.as_ref().unwrap();
    assert_eq!(*by, DensityBy::Samples(20_000));
    assert!((curves.data[at(0.5)] - 1.0).abs() < 0.05 && curves.data[at(-1.0)] < 1e-4);
    assert!((q[at(-1.0)] - 0.25).abs() < 0.03 && q[at(2.6)] < 1e-3, "{}", q[at(-1.0)]);
    let best = curves.best.as_ref().unwrap();
    assert!((best[at(0.5)].unwrap() - 0.8).abs() < 0.03 && best[at(-1.0)].unwrap() < 0.01);
    assert_eq!(best[at(-2.9)], None, "nothing is known where nothing lies");
    let judged = curves.judged.as_ref().unwrap();
    assert_eq!((judged[at(0.5)], judged[at(-1.0)]), (0.9, 0.2));
    let parts: f32 = curves.histogram.iter().sum::<f32>() * 6.0 / curves.histogram.len() as f32;
    assert!((parts - 1.0).abs() < 1e-4);
    assert!(curves.ways.iter().all(|[z, x]| (x - 2.0 * z).abs() < 1e-6) && curves.ways.len() > 100);
    let heat = asking(&game, [0, 0], &[0.5], &cancel).judgement(WIDE).unwrap();
    assert_eq!((heat.top, heat.at([4.0, 0.0]), heat.at([-4.0, 0.0])), (1.0, Some(0.9), Some(0.2)));
}
