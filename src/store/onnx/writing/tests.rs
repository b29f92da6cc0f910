use super::reader::{Array, File};
use super::*;
use crate::data::{Dataset, Scaling, ScalingRule, Values};
use crate::model::{KINDS, ModelSpec, Settings, SharedModel, given_codes, scaled};
use crate::nn::Scratch;
use ndarray::Array2;
use std::collections::BTreeSet;

const SMALL: SampleKind = SampleKind::image(1, 6, 5);
/// Sides that halve with a rest.
const ODD: SampleKind = SampleKind::image(1, 7, 11);
const COLOUR: SampleKind = SampleKind::image(3, 8, 4);
const N: usize = 3;

fn table() -> SampleKind {
    SampleKind::table(["a", "b", "c"])
}

/// Samples that are neither alike nor in order.
fn samples(kind: &SampleKind) -> Array2<f32> {
    Array2::from_shape_fn((N, kind.n_features()), |(n, i)| {
        let x = ((n * 31 + i * 17) as f32 * 0.37).sin();
        if kind.is_unit() {
            x.abs()
        } else if kind.counts_words() {
            (4.0 * x.abs()).floor()
        } else {
            10.0 * x + 100.0 * i as f32
        }
    })
}

fn words() -> SampleKind {
    SampleKind::documents(["cat", "dog", "moon", "sun", "sea", "sky"])
}

/// A model with weights of its own everywhere, biases too.
fn model(kind: &str, input: &SampleKind, settings: &[(&str, &str)]) -> SharedModel {
    let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(input);
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
    let classes = ["red", "green"].map(String::from);
    let valid = spec.check(input, &classes).unwrap();
    let fresh = valid.frozen(None).unwrap();
    let weights: Vec<Vec<f32>> = fresh
        .weights()
        .iter()
        .map(|param| {
            let is_bias = param.name.ends_with("bias") || param.name.ends_with("mean");
            let shifted =
                |(i, value): (usize, &f32)| if is_bias { value + (i as f32).sin() * 0.1 } else { *value };
            param.values.iter().enumerate().map(shifted).collect()
        })
        .collect();
    let model = valid.frozen(Some(&weights.iter().map(Vec::as_slice).collect::<Vec<_>>())).unwrap();
    if input.is_unit() || input.counts_words() {
        return model;
    }
    let x = samples(input);
    let data = Dataset::new(input.clone(), Values::Floats(x.iter().copied().collect()), None, vec![]).unwrap();
    scaled(model, Scaling::fit(ScalingRule::Standard, &data).as_ref())
}

fn array(kind: Option<&SampleKind>, x: &Array2<f32>) -> Array {
    let mut dims = vec![x.nrows()];
    match kind.and_then(SampleKind::sides) {
        Some(image) => dims.extend(image),
        None => dims.push(x.ncols()),
    }
    Array { dims, values: x.iter().copied().collect() }
}

fn assert_close(what: &str, got: &Array, want: &Array) {
    assert_eq!(got.dims, want.dims, "{what}");
    let most = want.values.iter().fold(1.0f32, |most, x| most.max(x.abs()));
    for (got, want) in got.values.iter().zip(&want.values) {
        assert!((got - want).abs() <= 1e-5 * most, "{what}: {got} instead of {want}");
    }
}

/// Runs all parts of a model's file and holds them to the model.
fn check(what: &str, model: &SharedModel) {
    let (info, mut scratch) = (model.info(), Scratch::default());
    let x = samples(&info.input);
    let n_classes = info.classes.len();
    let labels: Vec<u16> = (0..N).filter(|_| n_classes > 0).map(|n| (n % n_classes.max(1)) as u16).collect();
    let told = Array2::from_shape_fn((labels.len(), n_classes), |(n, c)| f32::from(usize::from(labels[n]) == c));
    let Some(encoder) = model.encoder() else { return check_decoder(what, model) };
    let codes = encoder.encode(x.view(), &labels, &mut scratch);
    let x_hat = model.decoder().unwrap().decode(codes.mu.view(), &labels, &mut scratch);
    let inputs = |name, value: Array| {
        let label = (n_classes > 0).then(|| ("label", array(None, &told)));
        [(name, value)].into_iter().chain(label).collect::<Vec<_>>()
    };
    let read = |part| File::read(&onnx(&**model, part).unwrap());
    let encoded = read(Part::Encoder).run(&inputs("x", array(Some(&info.input), &x)));
    let decoded = read(Part::Decoder).run(&inputs("z", array(None, &codes.mu)));
    let whole = read(Part::All).run(&inputs("x", array(Some(&info.input), &x)));
    let n_codes = 1 + usize::from(codes.log_var.is_some());
    assert_eq!((encoded.len(), decoded.len(), whole.len()), (n_codes, 1, n_codes + 1), "{what}");
    for of in [&encoded, &whole] {
        assert_close(&format!("{what}: z"), &of["z"], &array(None, &codes.mu));
        if let Some(log_var) = &codes.log_var {
            assert_close(&format!("{what}: log_var"), &of["log_var"], &array(None, log_var));
        }
    }
    for of in [&decoded, &whole] {
        assert_close(&format!("{what}: x_hat"), &of["x_hat"], &array(Some(&info.input), &x_hat));
    }
}

/// Runs the file of a model without an encoder, whose whole is its decoder.
fn check_decoder(what: &str, model: &SharedModel) {
    let z = Array2::from_shape_fn((N, model.info().latent_dim()), |(n, i)| (n as f32 - 1.5) * (0.5 + i as f32));
    let x_hat = model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default());
    for part in [Part::Decoder, Part::All] {
        let decoded = File::read(&onnx(&**model, part).unwrap()).run(&[("z", array(None, &z))]);
        assert_eq!(decoded.len(), 1, "{what}");
        assert_close(what, &decoded["x_hat"], &array(Some(&model.info().input), &x_hat));
    }
    assert!(onnx(&**model, Part::Encoder).unwrap_err().to_string().contains("no encoder"), "{what}");
}

#[test]
fn every_kind_of_model_computes_the_same_as_a_graph() {
    for kind in KINDS {
        for input in [SMALL, table(), words()].into_iter().filter(|input| kind.takes(input).is_ok()) {
            let model = model(kind.name, &input, &[]);
            // Weighing counts by the length of a document is no operation of ours, and what decodes nothing
            // has no halves to write.
            let has_none = kind.name == "lsa" || model.decoder().is_none();
            assert_eq!(model.graph().is_none(), has_none);
            if model.graph().is_some() {
                check(&format!("{} of {input}", kind.name), &model);
            }
        }
    }
}

#[test]
fn convolutions_pool_grow_and_are_told_labels_alike() {
    for input in [ODD, COLOUR] {
        for upsampling in ["transposed", "repeat", "places"] {
            for convolution in ["full", "separable"] {
                for (kind, kernel) in [("vae", "3"), ("cvae", "5")] {
                    let settings = [
                        ("arch", "conv"),
                        ("channels", "3,2"),
                        ("hidden", "5"),
                        ("kernel", kernel),
                        ("upsampling", upsampling),
                        ("convolution", convolution),
                    ];
                    let what = format!("{kind} of {input}, {upsampling}, {convolution}");
                    check(&what, &model(kind, &input, &settings));
                }
            }
        }
    }
    for up_kernel in ["2", "6"] {
        let settings = [("arch", "conv"), ("channels", "2"), ("hidden", ""), ("up_kernel", up_kernel)];
        check(up_kernel, &model("ae", &ODD, &settings));
    }
}

#[test]
fn every_nonlinearity_output_and_tied_weights_compute_the_same() {
    for activation in ["linear", "relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus"] {
        let settings = [("activation", activation), ("hidden", "4,3"), ("decoder_weights", "tied")];
        check(activation, &model("ae", &SMALL, &settings));
    }
    check("mse", &model("ae", &SMALL, &[("likelihood", "mse"), ("output", "sigmoid"), ("dropout", "0.5")]));
    check("gaussian", &model("vae", &SMALL, &[("likelihood", "gaussian"), ("noise", "learned"), ("hidden", "")]));
    check("tied, of words", &model("ae", &words(), &[("decoder_weights", "tied"), ("hidden", "5,4")]));
    check("a sample is its code", &model("gmm", &table(), &[("pca", "0")]));
}

#[test]
fn the_weights_of_a_model_are_in_its_file_under_their_names() {
    // What no code and no decode hangs on.
    let left_out = ["log_sigma", "pca.noise_variance", "weights", "means", "covariances"];
    for kind in KINDS {
        let Some(input) = [SMALL, words()].into_iter().find(|input| kind.takes(input).is_ok()) else { continue };
        let model = model(kind.name, &input, &[]);
        if model.graph().is_none() {
            continue;
        }
        let file = File::read(&onnx(&*model, Part::All).unwrap());
        let weights = model.weights();
        let is_held = |name: &str| !left_out.contains(&name) && !name.starts_with("discriminator.");
        for param in weights.iter().filter(|param| is_held(&param.name)) {
            let held = file.floats.get(&param.name).unwrap_or_else(|| panic!("{} of {}", param.name, kind.name));
            assert_eq!((&held.dims, &held.values[..]), (&param.shape, param.values), "{}", param.name);
        }
        let known: BTreeSet<&str> = weights.iter().map(|param| param.name.as_str()).collect();
        // Numbers that stand for an operation.
        let constants = ["one", "counts", "others"];
        let is_known = |name: &str| known.contains(name) || constants.contains(&name);
        assert!(file.floats.keys().all(|name| is_known(name)), "{:?}", file.floats.keys());
    }
}

#[test]
fn inputs_and_outputs_say_their_shapes_and_leave_the_batch_open() {
    let told = model("cvae", &COLOUR, &[("latent_dim", "4")]);
    let described = |list: &[(String, Vec<String>)]| {
        list.iter().map(|(name, dims)| format!("{name} {}", dims.join("x"))).collect::<Vec<_>>()
    };
    let of = |part| {
        let file = File::read(&onnx(&*told, part).unwrap());
        assert_eq!((file.opset, file.facts["halfmoon.classes"].as_str()), (17, r#"["red","green"]"#));
        [described(&file.inputs), described(&file.outputs)]
    };
    let (x, z, label) = ("x batchx3x8x4", "z batchx4", "label batchx2");
    assert_eq!(of(Part::Encoder), [vec![x, label], vec![z, "log_var batchx4"]]);
    assert_eq!(of(Part::Decoder), [vec![z, label], vec!["x_hat batchx3x8x4"]]);
    assert_eq!(of(Part::All), [vec![x, label], vec![z, "log_var batchx4", "x_hat batchx3x8x4"]]);
    let rows = File::read(&onnx(&*model("pca", &table(), &[]), Part::All).unwrap());
    assert_eq!(described(&rows.inputs), ["x batchx3"]);
    assert_eq!(rows.facts["halfmoon.features"], r#"["a","b","c"]"#);
}

#[test]
fn what_has_no_network_is_refused_in_a_sentence() {
    let codes = given_codes(&table(), "codes.csv");
    let said = onnx(&*codes, Part::All).unwrap_err().to_string();
    assert!(said.contains("not made of operations that ONNX has"), "{said}");
}
