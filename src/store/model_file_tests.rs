//! What a model file keeps, and every way it can be wrong.

use super::*;
use crate::data::{Cancel, DataSplit, Dataset, Labels, Values};
use crate::model::{KINDS, MetricId};
use crate::train::{OptimizerName, Run};
use proptest::prelude::*;

fn data() -> DataSplit {
    let kind = SampleKind::image(1, 2, 3);
    let bytes: Vec<u8> = (0..60 * 6).map(|i| (i * 37 % 256) as u8).collect();
    let of: Vec<u16> = (0..60).map(|i| i % 3).collect();
    let names = ["new", "half", "full"].map(String::from).into();
    let labels = Labels { names, of: of.into() };
    let all = Dataset::new(kind, Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap();
    DataSplit::new("dots".into(), all.slice(0..50).unwrap(), all.slice(50..60).unwrap())
}

fn run(kind: &str, epochs: u64, from: Option<&Checkpoint>, threads: usize) -> Checkpoint {
    let train = TrainSpec { epochs, batch: 8, ..TrainSpec::default() };
    run_with(kind, &train, from, threads)
}

/// Small documents or sentences, for the kinds that are for nothing else.
fn texts(words_are: &str) -> DataSplit {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.tsv");
    let words = ["cat dog", "dog sun moon", "moon sea sun sun", "sea cat dog dog"];
    let rows: String = (0..24).map(|i| format!("{}\t{} {}\n", i % 3, words[i % 4], words[i * 7 % 4])).collect();
    std::fs::write(&path, format!("label\ttext\n{rows}")).unwrap();
    let reading = crate::data::Reading::default().with("data.words", words_are).unwrap();
    crate::data::load(&crate::data::DataChoice::Path(path), &reading).unwrap()
}

fn run_with(kind: &str, train: &TrainSpec, from: Option<&Checkpoint>, threads: usize) -> Checkpoint {
    let model = ModelSpec::of_kind(kind).unwrap();
    // LeNet-5 as these small images allow.
    let model = model.with("edges", "padded").and_then(|model| model.with("channels", "3")).unwrap_or(model);
    let data = [data(), texts("counted"), texts("in_order")];
    let data = data.into_iter().find(|data| model.takes(data.train.kind()).is_ok()).unwrap();
    // A closed form has no layers to choose.
    let model = model.with("hidden", "8,4").unwrap_or(model).clone();
    let model = model.with("latent_dim", "2").unwrap_or(model);
    let spec = model.check(data.train.kind(), data.train.classes()).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut run = Run::new(&spec, train, &data, from, threads).unwrap();
        while run.step() < run.last_step() {
            run.advance(&Cancel::default()).unwrap();
            if run.step().is_multiple_of(run.steps_per_epoch()) {
                run.measure(usize::MAX, &|| false).unwrap();
            }
        }
        run.checkpoint().unwrap()
    })
}

fn error(bytes: &[u8]) -> String {
    from_bytes("some.safetensors", bytes).err().expect("it opened").to_string()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

/// The file with its tensors and metadata changed.
fn changed(bytes: &[u8], change: impl FnOnce(&mut Vec<(String, Vec<usize>, Vec<f32>)>, &mut String)) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(bytes).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
    let mut header = metadata.metadata().as_ref().unwrap()[KEY].clone();
    let mut list: Vec<(String, Vec<usize>, Vec<f32>)> = tensors
        .iter()
        .map(|(name, view)| (name.to_string(), view.shape().to_vec(), floats(view.data())))
        .collect();
    change(&mut list, &mut header);
    let views = list.iter().map(|(name, shape, values)| {
        (name.clone(), TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values)).unwrap())
    });
    safetensors::serialize(views, Some(HashMap::from([(KEY.to_string(), header)]))).unwrap()
}

#[test]
fn saved_and_opened_gives_the_same_bytes_and_decodes() {
    for kind in KINDS.iter().map(|kind| kind.name) {
        let checkpoint = run(kind, 2, None, 1);
        for slim in [false, true] {
            let bytes = to_bytes(&checkpoint, slim).unwrap();
            let back = from_bytes("file", &bytes).unwrap();
            assert_eq!(back.learner.is_none(), slim || checkpoint.learner.is_none());
            assert!(bytes == to_bytes(&back, slim).unwrap());
            let z = ndarray::array![[0.3, -0.7], [1.0, 2.0]];
            let x = ndarray::Array2::from_elem((2, checkpoint.trained.model.info().n_features()), 0.5);
            let decode = |model: &dyn crate::model::FrozenModel| {
                let scratch = &mut Default::default();
                match (model.decoder(), model.completer(), model.classifier()) {
                    (Some(decoder), ..) => decoder.decode(z.view(), &[2, 0], scratch),
                    (None, Some(completer), _) => completer.nats(x.view(), scratch).mapv(|nats| nats as f32),
                    (None, None, classifier) => classifier.unwrap().probabilities(x.view(), scratch),
                }
            };
            assert_eq!(back.trained.model.info().classes, checkpoint.trained.model.info().classes);
            assert_eq!(back.trained.model.info().finds, checkpoint.trained.model.info().finds);
            assert!(decode(&*back.trained.model) == decode(&*checkpoint.trained.model));
        }
    }
}

#[test]
fn equal_trainings_give_equal_bytes_on_any_number_of_threads() {
    for kind in KINDS.iter().map(|kind| kind.name) {
        let bytes = |threads| to_bytes(&run(kind, 3, None, threads), false).unwrap();
        let one = bytes(1);
        assert!(one == bytes(1));
        assert!(one == bytes(2));
        assert!(one == bytes(3));
    }
}

#[test]
fn a_resumed_training_equals_an_uninterrupted_one() {
    for kind in ["vae", "made", "pixel-rnn", "classifier", "lenet"] {
        let whole = to_bytes(&run(kind, 4, None, 2), false).unwrap();
        let half = to_bytes(&run(kind, 2, None, 1), false).unwrap();
        let opened = from_bytes("half", &half).unwrap();
        assert!(whole == to_bytes(&run(kind, 4, Some(&opened), 2), false).unwrap(), "{kind}");
    }
}

#[test]
fn every_optimizer_resumes_and_clipping_keeps_the_bits_on_any_number_of_threads() {
    for optimizer in [OptimizerName::Adamw, OptimizerName::Sgd] {
        let train = |epochs| TrainSpec {
            epochs,
            batch: 8,
            optimizer,
            learning_rate: 0.01,
            clip_norm: 0.5,
            warmup: 5,
            ..TrainSpec::default()
        };
        let whole = to_bytes(&run_with("vae", &train(4), None, 2), false).unwrap();
        assert!(whole == to_bytes(&run_with("vae", &train(4), None, 1), false).unwrap());
        let half = to_bytes(&run_with("vae", &train(2), None, 1), false).unwrap();
        let opened = from_bytes("half", &half).unwrap();
        assert!(whole == to_bytes(&run_with("vae", &train(4), Some(&opened), 2), false).unwrap(), "{optimizer:?}");
    }
}

#[test]
fn a_file_of_before_the_newer_settings_opens() {
    let bytes = to_bytes(&run("vae", 1, None, 1), true).unwrap();
    let older = changed(&bytes, |_, header| {
        let mut json: Value = serde_json::from_str(header).unwrap();
        let training = json["training"].as_object_mut().unwrap();
        for path in ["optimizer", "momentum", "weight_decay", "schedule", "warmup", "clip_norm"] {
            training.remove(path);
        }
        *header = json.to_string();
    });
    assert_eq!(from_bytes("older", &older).unwrap().trained.train.optimizer, OptimizerName::Adam);
}

#[test]
fn names_and_shapes_are_those_of_pytorch() {
    let bytes = to_bytes(&run("vae", 1, None, 1), true).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut shapes: Vec<(String, Vec<usize>)> =
        tensors.iter().map(|(name, view)| (name.to_string(), view.shape().to_vec())).collect();
    shapes.sort();
    let weights: Vec<(String, Vec<usize>)> =
        shapes.into_iter().filter(|(name, _)| name.ends_with("weight")).collect();
    let want = [
        ("decoder.0.weight", [4, 2]),
        ("decoder.2.weight", [8, 4]),
        ("decoder.4.weight", [6, 8]),
        ("encoder.0.weight", [8, 6]),
        ("encoder.2.weight", [4, 8]),
        ("log_var.weight", [2, 4]),
        ("mu.weight", [2, 4]),
    ];
    assert_eq!(weights, want.map(|(name, shape)| (name.to_string(), shape.to_vec())));
}

#[test]
fn damaged_containers_are_refused() {
    let bytes = to_bytes(&run("vae", 1, None, 1), false).unwrap();
    assert!(error(&[]).contains("not a whole safetensors file"));
    assert!(error(&bytes[..bytes.len() - 1]).contains("not a whole safetensors file"));
    assert!(error(&[bytes.clone(), vec![0]].concat()).contains("not a whole safetensors file"));
    let mut long_header = bytes.clone();
    long_header[..8].copy_from_slice(&(bytes.len() as u64 + 1).to_le_bytes());
    assert!(error(&long_header).contains("not a whole safetensors file"));
    long_header[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(error(&long_header).contains("not a whole safetensors file"));
}

#[test]
fn wrong_tensors_are_named() {
    let bytes = to_bytes(&run("vae", 1, None, 1), false).unwrap();
    let without = changed(&bytes, |list, _| list.retain(|(name, ..)| name != "mu.bias"));
    assert!(error(&without).contains("mu.bias is missing"));
    let extra = changed(&bytes, |list, _| list.push(("spy".into(), vec![1], vec![0.0])));
    assert!(error(&extra).contains("\"spy\""));
    let misshapen = changed(&bytes, |list, _| {
        let mu = list.iter_mut().find(|(name, ..)| name == "mu.weight").unwrap();
        (mu.1, mu.2) = (vec![3, 4], vec![0.0; 12]);
    });
    assert!(error(&misshapen).contains("mu.weight is [3, 4] where its spec says [2, 4]"));
    let diverged = changed(&bytes, |list, _| {
        list.iter_mut().find(|(name, ..)| name == "decoder.0.bias").unwrap().2[3] = f32::NAN;
    });
    assert!(error(&diverged).contains("decoder.0.bias holds NaN at place 3"));
    let broken_moment = changed(&bytes, |list, _| {
        list.iter_mut().find(|(name, ..)| name == "optim.v.decoder.0.bias").unwrap().2[0] = f32::INFINITY;
    });
    assert!(error(&broken_moment).contains("optim.v.decoder.0.bias holds inf"));
}

#[test]
fn hostile_metadata_is_refused() {
    let bytes = to_bytes(&run("vae", 1, None, 1), true).unwrap();
    let with = |from: &str, to: &str| {
        changed(&bytes, |_, header| {
            assert!(header.contains(from), "{header}");
            *header = header.replacen(from, to, 1);
        })
    };
    assert!(error(&with("\"version\":2", "\"version\":9")).contains("version 9"));
    assert!(error(&with("\"kind\":\"vae\"", "\"kind\":\"spy\"")).contains("metadata cannot be read"));
    assert!(error(&with("\"latent_dim\":2", "\"latent_dim\":0")).contains("latent_dim"));
    assert!(error(&with("\"latent_dim\":2", "\"latent_dim\":3")).contains("where its spec says [3, 4]"));
    assert!(error(&with("[8,4]", "[16000,16000]")).contains("parameters"));
    assert!(error(&with("\"learning_rate\":0.001", "\"learning_rate\":-1.0")).contains("learning_rate"));
    assert!(error(&with("\"height\":2", "\"height\":18446744073709551615")).contains("some.safetensors"));
    assert!(error(&with("\"channels\":1,\"height\":2", "\"channels\":2,\"height\":1")).contains("2 channels"));
    assert!(
        error(&with("\"step\":7,\"test_curve", "\"step\":9000000000000000000,\"test_curve")).contains("steps")
    );
    let plain = safetensors::serialize(Vec::<(String, TensorView)>::new(), None).unwrap();
    assert!(error(&plain).contains("not saved by halfmoon"));
}

#[test]
fn only_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let said = load(folder.path()).err().expect("a folder opened").to_string();
    assert!(said.contains("folder"), "{said}");
    assert!(open(Path::new(crate::store::OPENING.name)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn changed_bytes_never_panic(at in 0usize..4000, to in any::<u8>(), cut in 0usize..4000) {
        static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = BYTES.get_or_init(|| to_bytes(&run("ae", 1, None, 1), true).unwrap()).clone();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = from_bytes("file", &bytes);
        bytes.truncate(cut);
        let _ = from_bytes("file", &bytes);
    }
}

#[test]
fn files_of_version_1_keep_their_curves_and_the_mean_in_the_making() {
    // As version 1 wrote them: bare sums, and 0 for what a plain autoencoder does not have.
    let old = serde_json::json!({
        "version": 1,
        "test_curve": [{ "step": 4, "reconstruction": 2.5, "kl": 0.0, "loss": 2.5, "sigma": 0.0 }],
        "train_curve": [{ "step": 4, "reconstruction": 2.5, "kl": 0.5, "loss": 3.0 }],
        "recent": { "sums": [5.0, 1.0, 6.0], "sigma": 0.25, "n_steps": 2 },
    });
    let mut new = old.clone();
    bring_up_to_date(&mut new);
    let point = |curve: &str| serde_json::from_value::<CurvePoint>(new[curve][0].clone()).unwrap();
    assert_eq!((point("test_curve").step, point("test_curve").loss()), (4, 2.5));
    assert_eq!(point("test_curve").metrics.get(MetricId::Kl), None);
    assert_eq!(point("train_curve").metrics.get(MetricId::Kl), Some(0.5));
    let recent: Recent = serde_json::from_value(new["recent"].clone()).unwrap();
    let sums =
        [MetricId::Reconstruction, MetricId::Kl, MetricId::Loss, MetricId::Sigma].map(|id| recent.sums.of(id));
    assert_eq!((sums, recent.n_steps), ([5.0, 1.0, 6.0, 0.25], 2));
}

/// Opening a pipe would wait for whoever writes into it.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_before_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.safetensors");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let said = load(&pipe).err().unwrap().to_string();
    assert!(said.contains("pipe.safetensors") && said.contains("it is a pipe, not a file"), "{said}");
}
