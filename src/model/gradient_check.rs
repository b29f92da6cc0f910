//! Gradients of every registered model against central differences in `f64`, away from kinks.

use super::{Batch, Draws, KINDS, ModelSpec, Objective, Settings};
use crate::data::SampleKind;
use crate::nn::{Purpose, Scratch, standard_normal, stream};
use ndarray::Array2;

const SMALL: SampleKind = SampleKind::Image { channels: 1, height: 3, width: 2 };
/// With odd sides, so that pooling leaves a row over.
const COLOUR: SampleKind = SampleKind::Image { channels: 3, height: 5, width: 4 };
/// So many that most do not occur in a document.
const MANY_WORDS: usize = 40;

/// Small settings of every kind that between them reach every branch of the backward passes, with the samples
/// for each.
fn registry() -> Vec<(ModelSpec, SampleKind)> {
    let (mut specs, mut convolutional, mut of_words) = (Vec::new(), Vec::new(), Vec::new());
    for kind in KINDS.iter().filter(|kind| kind.takes(&SMALL).is_ok()) {
        let base = ModelSpec::of_kind(kind.name).unwrap();
        let has = |path: &str| base.fields().iter().any(|field| field.path == path);
        if !has("latent_dim") {
            // What has no code stands below.
            continue;
        }
        if !has("hidden") {
            // A closed form has no layers to choose.
            specs.push(base);
            continue;
        }
        let base = base.with("hidden", "5,4").unwrap();
        let smooth = base.with("activation", "tanh").unwrap();
        // What makes this kind; a stage of training layer by layer is set beside the spec.
        specs.push(smooth.with("latent_dim", "2").unwrap());
        of_words.push(smooth.clone());
        if !kind.settings.is_empty() {
            continue;
        }
        for activation in ["tanh", "sigmoid", "softplus", "elu", "relu", "leaky_relu", "linear"] {
            specs.push(base.with("activation", activation).unwrap());
        }
        if base.finds_the_label() {
            specs.push(smooth.with("encoder", "fixed").unwrap());
            specs.push(all(&smooth, &[("hidden", ""), ("code_activation", "sigmoid"), ("latent_dim", "3")]));
            specs.push(smooth.with("dropout", "0.35").unwrap());
            let conv = all(&smooth, &[("arch", "conv"), ("channels", "2")]);
            convolutional.push(conv.with("convolution", "separable").unwrap().with("edges", "inside").unwrap());
            convolutional.push(conv.with("downsampling", "stride").unwrap());
            convolutional.push(all(&conv, &[("edges", "inside"), ("dropout", "0.2"), ("hidden", "")]));
            continue;
        }
        for likelihood in ["bernoulli", "gaussian", "mse"] {
            specs.push(smooth.with("likelihood", likelihood).unwrap().with("sigma", "0.7").unwrap());
        }
        specs.push(all(&smooth, &[("likelihood", "gaussian"), ("noise", "learned"), ("output", "sigmoid")]));
        specs.push(all(&smooth, &[("likelihood", "mse"), ("output", "sigmoid")]));
        specs.push(all(&smooth, &[("likelihood", "mse"), ("output", "tanh")]));
        specs.push(smooth.with("hidden", "").unwrap());
        specs.push(smooth.with("decoder_hidden", "3").unwrap().with("latent_dim", "3").unwrap());
        if *kind.name != *"cvae" {
            let tied = smooth.with("decoder_weights", "tied").unwrap();
            specs.push(all(&tied, &[("likelihood", "mse"), ("output", "sigmoid"), ("weight_l2", "0.2")]));
            specs.push(tied.with("hidden", "").unwrap());
            of_words.push(tied.clone());
            specs.push(tied);
        }
        for field in smooth.fields() {
            if let super::FieldKind::Float { .. } = field.kind {
                specs.push(smooth.with(field.path, "0.35").unwrap());
            }
        }
        if *kind.name == *"ae" {
            for code in ["linear", "sigmoid", "tanh"] {
                // A single layer has the contractive penalty in closed form.
                let one = all(&smooth, &[("hidden", ""), ("code_activation", code), ("contractive", "0.4")]);
                specs.push(one.with("decoder_weights", "tied").unwrap());
                specs.push(one);
            }
            specs.push(all(&smooth, &[("contractive", "0.4"), ("decoder_weights", "tied"), ("code_l1", "0.1")]));
            specs.push(all(&smooth, &[("code_activation", "sigmoid"), ("sparsity", "0.7")]));
        }
        if *kind.name == *"vae" {
            specs.push(smooth.with("kl_warmup", "8").unwrap());
        }
        let conv =
            smooth.with("arch", "conv").unwrap().with("channels", "3,2").unwrap().with("up_kernel", "2").unwrap();
        convolutional.push(conv.with("channels", "2").unwrap().with("up_kernel", "4").unwrap());
        convolutional.push(conv.with("hidden", "").unwrap().with("activation", "relu").unwrap());
        convolutional.push(all(&conv, &[("likelihood", "mse"), ("output", "sigmoid")]));
        let strided = all(&conv, &[("downsampling", "stride"), ("down_kernel", "3"), ("up_kernel", "3")]);
        convolutional.push(strided.with("convolution", "separable").unwrap());
        convolutional.push(strided);
        if *kind.name == *"ae" {
            // Two passes of the encoder are under way at once, each with maxima and masks of its own.
            convolutional
                .push(all(&conv, &[("contractive", "0.4"), ("upsampling", "places"), ("dropout", "0.2")]));
        }
        for convolution in ["full", "separable"] {
            for upsampling in ["transposed", "repeat", "places"] {
                let spec = conv.with("convolution", convolution).unwrap().with("upsampling", upsampling).unwrap();
                convolutional.push(spec.with("dropout", "0.2").unwrap());
            }
        }
    }
    let mut of_sentences = Vec::new();
    for kind in ["sentence-ae", "sentence-vae"] {
        let small = [("latent_dim", "2"), ("embedding", "3"), ("units", "4"), ("word_dropout", "0.4")];
        let small = all(&ModelSpec::of_kind(kind).unwrap(), &small);
        for field in small.fields().iter().filter(|field| matches!(field.path, "kl_warmup" | "free_bits" | "beta"))
        {
            let text = if field.path == "kl_warmup" { "8" } else { "0.35" };
            of_sentences.push(small.with(field.path, text).unwrap());
        }
        of_sentences.push(small.with("cell", "lstm").unwrap());
        of_sentences.push(small);
    }
    let dcnn = all(
        &ModelSpec::of_kind("dcnn").unwrap(),
        &[("latent_dim", "2"), ("embedding", "3"), ("temperature", "0.5")],
    );
    of_sentences.push(dcnn.with("channels", "4").unwrap());
    of_sentences.push(dcnn.with("channels", "3,2").unwrap());
    of_sentences.push(dcnn.with("channels", "").unwrap());
    let tokens = SampleKind::sentences(["cat", "dog", "moon", "sun"], 4);
    let words = SampleKind::documents(["cat", "dog", "moon", "sun", "sea"]);
    let many_words = SampleKind::documents((0..MANY_WORDS).map(|i| format!("word {i}")));
    let few_of_many = ["ae", "vae"].map(|kind| {
        let settings = [("latent_dim", "2"), ("hidden", "4"), ("activation", "tanh")];
        all(&ModelSpec::of_kind(kind).unwrap(), &settings)
    });
    let with = |input: SampleKind| move |spec| (spec, input.clone());
    let convolutional = convolutional.into_iter().map(with(COLOUR));
    let of_texts = of_words.into_iter().map(with(words)).chain(of_sentences.into_iter().map(with(tokens)));
    let of_texts = of_texts.chain(few_of_many.into_iter().map(with(many_words)));
    specs.into_iter().map(with(SMALL)).chain(convolutional).chain(of_texts).chain(of_pixels()).collect()
}

/// Models that learn pictures pixel by pixel.
fn of_pixels() -> Vec<(ModelSpec, SampleKind)> {
    let made = all(&ModelSpec::of_kind("made").unwrap(), &[("hidden", "5,4"), ("activation", "tanh")]);
    let drawn = [("order", "random"), ("order_seed", "3"), ("degrees", "random"), ("mask_seed", "2")];
    let colour = SampleKind::Image { channels: 3, height: 2, width: 2 };
    let rnn = all(&ModelSpec::of_kind("pixel-rnn").unwrap(), &[("units", "4"), ("levels", "3")]);
    vec![
        (rnn.with("cell", "lstm").unwrap(), SMALL),
        (rnn.with("levels", "2").unwrap(), colour.clone()),
        (rnn, SMALL),
        (made.with("hidden", "").unwrap(), SMALL),
        (made.with("hidden", "7").unwrap(), SMALL),
        (all(&made, &drawn), SMALL),
        (all(&made, &drawn), colour),
        (made, SMALL),
    ]
}

fn all(spec: &ModelSpec, settings: &[(&str, &str)]) -> ModelSpec {
    settings.iter().fold(spec.clone(), |spec, (path, text)| spec.with(path, text).unwrap())
}

#[test]
fn every_parameter_of_every_model() {
    for (spec, input) in registry() {
        // Each pair of layers that is trained alone, and the whole.
        let n_stages = if spec.entry().name == "stacked" || spec.text("pretrain") == "3" { 3 } else { 0 };
        for stage in (0..n_stages).map(Some).chain([None]) {
            check(&spec, &input, stage);
        }
    }
}

fn check(spec: &ModelSpec, input: &SampleKind, stage: Option<u64>) {
    let classes = ["new", "half", "full"].map(String::from);
    let valid = spec.fitted_to(input).check(input, &classes).unwrap();
    // What is no network has no gradients.
    let Some(mut model) = valid.build::<f64>(11) else { return };
    // First weights are so small that deep gradients would drown in the rounding of the differences.
    // Away from 0, where the size of a weight has a kink.
    model.visit_mut(&mut |values| values.iter_mut().for_each(|w| *w = *w * 2.0 + 2e-3_f64.copysign(*w)));
    let n = 3;
    let mut rng = stream(5, Purpose::Evaluation, 0);
    let mut x = vec![0.0; n * valid.n_features()];
    standard_normal(&mut rng, &mut x);
    x.iter_mut().for_each(|x: &mut f64| *x = 1.0 / (1.0 + (-*x).exp()));
    let mut x = Array2::from_shape_vec((n, valid.n_features()), x).unwrap();
    if let SampleKind::Tokens { vocabulary, .. } = input {
        x.mapv_inplace(|x| (x * vocabulary.len() as f64).floor());
    }
    if input.counts_words() && x.ncols() == MANY_WORDS {
        // Two words in a document, and many in the first.
        x.indexed_iter_mut().filter(|((i, j), _)| *i > 0 && (i + j) % 17 > 0).for_each(|(_, x)| *x = 0.0);
    }
    let mut seen = x.clone();
    seen.mapv_inplace(|x| (7.0 * x).sin().abs());
    let asked = model.draws();
    let drawn: Vec<Array2<f64>> = asked
        .iter()
        .map(|draw| {
            let mut numbers = Array2::zeros((n, draw.per_sample));
            standard_normal(&mut rng, numbers.as_slice_mut().unwrap());
            if draw.purpose == Purpose::Probe {
                // Far enough that maxima move to other places.
                numbers *= 30.0;
            }
            numbers
        })
        .collect();
    let draws = asked
        .iter()
        .zip(&drawn)
        .fold(Draws::default(), |draws, (draw, numbers)| draws.with(draw.purpose, numbers.view()));
    let batch = Batch {
        seen: seen.view(),
        step: Some(3),
        stage,
        ..Batch::new(x.view(), draws, &[2, 0, 1], 1.0 / n as f64)
    };

    let mut scratch = Scratch::default();
    scratch.noise_seed = Some(4);
    let mut grads = vec![f64::NAN; model.n_params()];
    let terms = model.loss_and_grads(&batch, &mut grads, &mut scratch);
    assert!((terms.loss() - model.loss(&batch, &mut scratch).loss()).abs() < 1e-10, "{spec:?}");

    let tensors: Vec<(String, usize)> =
        model.params().into_iter().map(|param| (param.name, param.values.len())).collect();
    let (mut offset, mut n_learned) = (0, 0);
    for (tensor, (name, len)) in tensors.into_iter().enumerate() {
        let numeric: Vec<f64> = (0..len).map(|i| difference(&mut *model, tensor, i, &batch)).collect();
        let exact = &grads[offset..offset + len];
        offset += len;
        if offset <= model.n_fixed() {
            assert!(exact.iter().all(|&d| d == 0.0), "{name} of {spec:?} stands still");
            continue;
        }
        // Below a pair that is trained alone, layers shape what it learns from and stand still themselves.
        if stage.is_some() && exact.iter().all(|&d| d == 0.0) {
            continue;
        }
        n_learned += 1;
        let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
        let scale = norm(&mut exact.iter().copied()).max(1e-6);
        let error = norm(&mut exact.iter().zip(&numeric).map(|(a, b)| a - b)) / scale;
        assert!(error < 1e-6, "{name} of {spec:?}, stage {stage:?}: relative error {error:e}");
        let counts = stage.is_none() && spec.text("likelihood") == "mse";
        assert!(!counts || scale > 1e-6, "{name} of {spec:?} has no gradient");
    }
    assert!(stage.is_none() || n_learned == 4, "a pair is two weights and two biases, not {n_learned} tensors");
}

/// Central difference of fourth order of the mean loss in one value of one tensor.
fn difference(model: &mut dyn Objective<f64>, tensor: usize, i: usize, batch: &Batch<'_, f64>) -> f64 {
    let step = 2e-4;
    let mut scratch = Scratch::default();
    scratch.noise_seed = Some(4);
    let mut moved = |by: f64| {
        let mut current = 0;
        model.visit_mut(&mut |values| {
            if current == tensor {
                values[i] += by;
            }
            current += 1;
        });
        model.loss(batch, &mut scratch).loss() * batch.weight
    };
    let (right, far_right) = (moved(step), moved(step));
    let (left, far_left) = (moved(-3.0 * step), moved(-step));
    moved(2.0 * step);
    (8.0 * (right - left) - (far_right - far_left)) / (12.0 * step)
}
