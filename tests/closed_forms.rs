//! What is worked out at once, against scikit-learn and against every corruption that there is.

use halfmoon::data::{Cancel, DataSplit, Dataset, SampleKind, Values};
use halfmoon::model::{Batch, Draws, ModelSpec, Objective, Settings, SharedModel};
use halfmoon::nn::{Purpose, Scratch};
use halfmoon::train::{Run, TrainSpec, importance_weighted, quadrature};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use safetensors::SafeTensors;

/// One tensor of the fixture, as a matrix.
fn oracle(name: &str) -> Array2<f64> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sklearn/pca.safetensors");
    let bytes = std::fs::read(path).expect("the fixture lies beside the tests");
    let tensors = SafeTensors::deserialize(&bytes).expect("the fixture is whole");
    let tensor = tensors.tensor(name).expect("the fixture holds the tensor");
    let values: Vec<f64> = tensor.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let rows = if tensor.shape().len() == 2 { tensor.shape()[0] } else { 1 };
    Array2::from_shape_vec((rows, values.len() / rows), values).expect("the tensor is a matrix")
}

fn split(x: &Array2<f64>) -> DataSplit {
    let kind = SampleKind::image(1, 1, x.ncols());
    let values: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let all = Dataset::new(kind, Values::Floats(values.into()), None, vec![]).expect("the values fit the kind");
    DataSplit::new("made up".into(), all.clone(), all)
}

/// The model of a closed form after all its passes.
fn solved(spec: &ModelSpec, x: &Array2<f64>) -> SharedModel {
    let data = split(x);
    let valid = spec.check(data.train.kind(), &[]).expect("the settings fit the data");
    let mut run = Run::new(&valid, &TrainSpec::default(), &data, None, 1).expect("the run begins");
    while run.step() < run.last_step() {
        run.advance(&Cancel::default()).expect("the pass is solved");
    }
    run.trained().expect("the solution is finite").model
}

fn codes(model: &SharedModel, x: &Array2<f64>) -> Array2<f64> {
    let x = x.mapv(|x| x as f32);
    model.encoder().expect("an encoder").encode(x.view(), &[], &mut Scratch::default()).mu.mapv(f64::from)
}

fn decode(model: &SharedModel, z: &Array2<f64>) -> Array2<f64> {
    let z = z.mapv(|z| z as f32);
    model.decoder().expect("a decoder").decode(z.view(), &[], &mut Scratch::default()).mapv(f64::from)
}

/// Largest difference.
fn apart(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn pca_is_that_of_scikit_learn_up_to_sign() {
    let x = oracle("x");
    for k in [2, 5] {
        let spec = ModelSpec::of_kind("pca").unwrap().with("latent_dim", &k.to_string()).unwrap();
        let model = solved(&spec, &x);
        let (mut z, want) = (codes(&model, &x), oracle(&format!("codes.{k}")));
        let reconstruction = decode(&model, &z);
        assert!(apart(&reconstruction, &oracle(&format!("reconstruction.{k}"))) < 1e-5);
        for (mut z, want) in z.columns_mut().into_iter().zip(want.columns()) {
            let sign = z.dot(&want).signum();
            z.mapv_inplace(|z| sign * z);
        }
        assert!(apart(&z, &want) < 1e-5, "{}", apart(&z, &want));
        let variance = z.var_axis(Axis(0), 1.0).insert_axis(Axis(0));
        assert!(apart(&variance, &oracle(&format!("explained_variance.{k}"))) < 1e-5);
    }
}

/// A linear VAE at its closed-form weights on samples like `x`, of orthonormal `components` [2, features]
/// with `variances` and `noise` in every direction.
///
/// p(x | z) = N(W z + mean, noise·I) with W = components·(variance − noise)^½; then q(z | x) = N(A (x −
/// mean), noise/variance).
fn exact_vae(
    x: &Array2<f64>,
    (components, variances, mean): (&Array2<f64>, &Array1<f64>, &Array1<f64>),
    noise: f64,
) -> Box<dyn Objective<f64>> {
    let settings = [("hidden", ""), ("likelihood", "gaussian"), ("latent_dim", "2")];
    let spec = ModelSpec::of_kind("vae").expect("the settings fit");
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).expect("the settings fit"));
    let spec = spec.with("sigma", &format!("{}", noise.sqrt())).expect("the settings fit");
    let valid = spec.check(split(x).train.kind(), &[]).expect("the settings fit");
    let mut model = valid.build::<f64>(0).expect("a VAE is a network");
    let scale: Array1<f64> = variances.mapv(|variance| (variance - noise).sqrt());
    let w = &components.t() * &scale;
    let a = &w.t() / &variances.view().insert_axis(Axis(1));
    let log_var = variances.mapv(|variance| (noise / variance).ln());
    let weights = [
        a.iter().copied().collect::<Vec<f64>>(),
        (-a.dot(mean)).to_vec(),
        vec![0.0; a.len()],
        log_var.to_vec(),
        w.iter().copied().collect(),
        mean.to_vec(),
    ];
    let names: Vec<String> = model.params().into_iter().map(|param| param.name).collect();
    let order = ["mu.weight", "mu.bias", "log_var.weight", "log_var.bias", "decoder.0.weight", "decoder.0.bias"];
    assert_eq!(names, order);
    let mut next = weights.iter();
    model.visit_mut(&mut |values| values.copy_from_slice(next.next().expect("one a tensor")));
    model
}

/// At its closed-form weights a linear VAE's posterior is exact, so its bound is the likelihood of
/// probabilistic PCA (Tipping and Bishop 1999; Lucas et al. 2019).
#[test]
fn a_linear_vae_reaches_the_likelihood_of_probabilistic_pca() {
    let x = oracle("x");
    let k = 2;
    let components = oracle(&format!("components.{k}"));
    let variances = oracle(&format!("explained_variance.{k}")).row(0).to_owned();
    let noise = oracle(&format!("noise_variance.{k}"))[[0, 0]];
    let mean = oracle(&format!("mean.{k}")).row(0).to_owned();
    let model = exact_vae(&x, (&components, &variances, &mean), noise);

    // The loss is quadratic in eps, so the four corners (±1, ±1) have its expectation as their mean.
    let corners = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
    let n = x.nrows();
    let loss: f64 = corners
        .iter()
        .map(|corner| {
            let eps = Array2::from_shape_fn((n, 2), |(_, dim)| corner[dim]);
            let batch = Batch::new(x.view(), Draws::default().with(Purpose::Eps, eps.view()), &[], 1.0 / n as f64);
            model.loss(&batch, &mut Scratch::default()).loss() / n as f64 / 4.0
        })
        .sum();
    let want = oracle(&format!("log_likelihood.{k}"))[[0, 0]];
    assert!((-loss - want).abs() < 1e-8, "{} {want}", -loss);

    // So do both estimates of ln p(x), to what f32 allows: with the exact posterior every weight is p(x)
    // itself.
    let (frozen, test) = (model.freeze(), split(&x).test);
    let weighted = importance_weighted(&*frozen, &test, usize::MAX, 4, &|| false).unwrap();
    let summed = quadrature(&*frozen, &test, usize::MAX, &|| false).unwrap();
    assert!((weighted.log_p - want).abs() < 1e-4 && (weighted.elbo - want).abs() < 1e-4, "{weighted:?} {want}");
    assert!((summed - want).abs() < 1e-4, "{summed} {want}");
}

/// Posteriors narrower than any fixed grid's step, and one that is narrow one way alone: with the exact
/// posterior one importance sample gives ln p(x) itself, and quadrature must agree.
#[test]
fn quadrature_resolves_posteriors_however_narrow() {
    let components = ndarray::array![[0.6, 0.8, 0.0, 0.0], [0.0, 0.0, -0.8, 0.6]];
    let mean = ndarray::array![0.5, 0.4, 0.3, 0.2];
    let z = Array2::from_shape_fn((12, 2), |(i, d)| ((i * 5 + d * 3) % 12) as f64 / 3.0 - 1.9);
    for (variances, noise) in [([1.0, 1.0], 4e-2), ([1.0, 1.0], 1.6e-3), ([4.0, 4.0], 4e-4), ([4.0, 0.02], 6.4e-3)]
    {
        let variances = Array1::from_iter(variances);
        let x = (&z * &variances.mapv(|variance: f64| (variance - noise).sqrt())).dot(&components) + &mean;
        let model = exact_vae(&x, (&components, &variances, &mean), noise).freeze();
        let test = split(&x).test;
        let exact = importance_weighted(&*model, &test, usize::MAX, 1, &|| false).unwrap().log_p;
        let summed = quadrature(&*model, &test, usize::MAX, &|| false).unwrap();
        assert!((summed - exact).abs() < 2e-3, "variances {variances}, noise {noise}: {summed} and {exact}");
    }
}

/// The opening model: ln p(x) of a few digits against a sum over a grid of a tenth of a posterior σ around
/// each.
#[test]
fn the_opening_models_ln_p_agrees_with_a_much_finer_grid() {
    let model = halfmoon::store::EMBEDDED[0].open().unwrap().trained.model;
    let test = halfmoon::data::load(&halfmoon::data::DataChoice::Mnist, &Default::default()).unwrap().test;
    let n = 3;
    let indices: Vec<u32> = (0..n as u32).collect();
    let mut x = Array2::zeros((n, test.n_features()));
    test.gather(&indices, &mut x);
    let codes = model.encoder().unwrap().encode(x.view(), &[], &mut Scratch::default());
    let log_var = codes.log_var.unwrap();
    let side = 161;
    let mut want = 0.0;
    for i in 0..n {
        let sigma = log_var.row(i).mapv(|log_var| f64::from(0.5 * log_var).exp());
        // As wide as it is high, and far beyond where q lies.
        let step = 0.1 * sigma.fold(0.0, |a: f64, &b| a.max(b));
        let at = |j: usize, d: usize| f64::from(codes.mu[[i, d]]) + step * (j as f64 - (side / 2) as f64);
        let z = Array2::from_shape_fn((side * side, 2), |(j, d)| {
            at(if d == 0 { j % side } else { j / side }, d) as f32
        });
        let x = x.slice(ndarray::s![i..=i, ..]);
        let log_density = model.density().unwrap().log_density(x, z.view(), 0, &mut Scratch::default());
        let terms: Vec<f64> = (0..z.nrows())
            .map(|j| log_density[[0, j]] - 0.5 * z.row(j).iter().map(|&z| f64::from(z).powi(2)).sum::<f64>())
            .collect();
        let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = terms.iter().map(|term| (term - largest).exp()).sum();
        want += (largest + sum.ln() + (step * step / (2.0 * std::f64::consts::PI)).ln()) / n as f64;
    }
    let found = quadrature(&*model, &test, n, &|| false).unwrap();
    assert!((found - want).abs() < 0.01, "{found} and {want}");
}

/// A VAE whose posterior is not exact: the bound lies below ln p(x), and more samples come nearer to it.
#[test]
fn the_bound_lies_below_the_likelihood_and_more_samples_tighten_it() {
    let x = small();
    for settings in [&[("likelihood", "bernoulli")][..], &[("likelihood", "gaussian"), ("sigma", "0.4")]] {
        let spec = settings
            .iter()
            .fold(ModelSpec::of_kind("vae").unwrap(), |spec, (path, text)| spec.with(path, text).unwrap());
        let spec = spec.with("hidden", "6").unwrap();
        let valid = spec.check(split(&x).train.kind(), &[]).unwrap();
        let (model, data) = (valid.build::<f32>(3).unwrap().freeze(), split(&x).test);
        let by = |k| importance_weighted(&*model, &data, usize::MAX, k, &|| false).unwrap();
        let exact = quadrature(&*model, &data, usize::MAX, &|| false).unwrap();
        let (few, many) = (by(4), by(4000));
        assert!(many.elbo < few.log_p && few.log_p < exact + 0.05, "{few:?} {many:?} {exact}");
        assert!((many.log_p - exact).abs() < 0.01, "{many:?} {exact}");
    }
}

/// A small set with an odd spread, so that no moment is like another.
fn small() -> Array2<f64> {
    Array2::from_shape_fn((40, 4), |(i, j)| {
        let t = i as f64 * 0.37 + j as f64;
        f64::from((0.5 + 0.4 * (t * (1.0 + 0.2 * j as f64)).sin()) as f32)
    })
}

/// Least squares from the corrupted to the clean samples over all 2⁴ masks, weighted by how probable each is,
/// of rank `k`.
fn over_every_mask(x: &Array2<f64>, share: f64, k: usize) -> impl Fn(ArrayView2<f64>) -> Array2<f64> {
    let d = x.ncols();
    let (mut mean, mut second, mut cross) =
        (Array1::<f64>::zeros(d), Array2::<f64>::zeros((d, d)), Array2::<f64>::zeros((d, d)));
    let mean_y = x.mean_axis(Axis(0)).expect("some samples");
    for mask in 0..1u32 << d {
        let kept = |j: usize| mask >> j & 1 == 1;
        let probability: f64 = (0..d).map(|j| if kept(j) { 1.0 - share } else { share }).product();
        let seen = Array2::from_shape_fn(x.dim(), |(i, j)| if kept(j) { x[[i, j]] } else { 0.0 });
        let factor = probability / x.nrows() as f64;
        mean.scaled_add(factor, &seen.sum_axis(Axis(0)));
        second.scaled_add(factor, &seen.t().dot(&seen));
        cross.scaled_add(factor, &x.t().dot(&seen));
    }
    let outer = |a: &Array1<f64>, b: &Array1<f64>| Array2::from_shape_fn((d, d), |(i, j)| a[i] * b[j]);
    let (cov, cov_yx) = (&second - &outer(&mean, &mean), &cross - &outer(&mean_y, &mean));
    let w = halfmoon::nn::solve_positive_definite(cov.view(), cov_yx.t())
        .expect("the moments are definite")
        .t()
        .to_owned();
    let eigen = halfmoon::nn::symmetric_eigen(w.dot(&cov_yx.t()).view()).expect("the moments are finite");
    let u = eigen.vectors.slice(ndarray::s![.., ..k]).to_owned();
    let map = u.dot(&u.t()).dot(&w);
    move |seen| (&seen - &mean).dot(&map.t()) + &mean_y
}

#[test]
fn the_marginalised_denoiser_is_least_squares_over_every_mask() {
    let x = small();
    for k in [1, 2, 4] {
        let spec = ModelSpec::of_kind("mda").unwrap().with("latent_dim", &k.to_string()).unwrap();
        let model = solved(&spec.with("corruption_level", "0.4").unwrap(), &x);
        let want = over_every_mask(&x, 0.4, k)(x.view());
        let error = apart(&decode(&model, &codes(&model, &x)), &want);
        assert!(error < 1e-5, "rank {k}: {error}");
    }
}

#[test]
fn without_corruption_the_marginalised_denoiser_is_pca() {
    let x = oracle("x");
    let spec =
        ModelSpec::of_kind("mda").unwrap().with("corruption", "none").unwrap().with("latent_dim", "2").unwrap();
    let model = solved(&spec, &x);
    assert!(apart(&decode(&model, &codes(&model, &x)), &oracle("reconstruction.2")) < 1e-5);
}

#[test]
fn stacked_layers_are_denoisers_of_the_layer_below() {
    let x = small();
    let spec = ModelSpec::of_kind("mda").unwrap().with("latent_dim", "4").unwrap().with("layers", "2").unwrap();
    let model = solved(&spec.with("corruption_level", "0.4").unwrap(), &x);
    let hidden = over_every_mask(&x, 0.4, 4)(x.view()).mapv(f64::tanh);
    let params = model.weights();
    let weight = ArrayView2::from_shape((4, 4), params[0].values).unwrap().mapv(f64::from);
    let bias = Array1::from_iter(params[1].values.iter().map(|&b| f64::from(b)));
    let found = (x.dot(&weight.t()) + &bias).mapv(f64::tanh);
    assert!(apart(&found, &hidden) < 1e-5);
}
