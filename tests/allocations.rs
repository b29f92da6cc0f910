//! After its first steps training allocates nothing: what it works with is lent and given back.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]

use dhat::{HeapStats, Profiler};
use halfmoon::data::{Batches, Cancel, Count, Dataset, Labels, SampleKind, Values};
use halfmoon::model::{ModelSpec, Settings};
use halfmoon::train::{GradientLearner, Learner, Plan, TrainSpec};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const KIND: SampleKind = SampleKind::square(1, 12);

/// Settings of a model, and of its training.
type Case =
    (&'static [&'static str], &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

const DENSE: (&str, &str) = ("hidden", "32,16");
const BOTH: &[&str] = &["ae", "vae"];
const CASES: &[Case] = &[
    (BOTH, &[DENSE], &[]),
    (BOTH, &[DENSE, ("dropout", "0.2")], &[]),
    (BOTH, &[("arch", "conv"), ("channels", "4,6"), ("hidden", "16")], &[]),
    (
        BOTH,
        &[
            ("arch", "conv"),
            ("channels", "4,6"),
            ("hidden", ""),
            ("convolution", "separable"),
            ("upsampling", "places"),
            ("dropout", "0.1"),
        ],
        &[],
    ),
    (BOTH, &[DENSE, ("decoder_weights", "tied")], &[]),
    (BOTH, &[DENSE, ("weight_l1", "0.001"), ("weight_l2", "0.001")], &[]),
    (BOTH, &[("arch", "conv"), ("channels", "4"), ("hidden", "16"), ("weight_l2", "0.001")], &[]),
    (BOTH, &[DENSE, ("likelihood", "gaussian"), ("noise", "learned")], &[]),
    (BOTH, &[DENSE], &[("clip_norm", "0.5")]),
    (BOTH, &[DENSE], &[("shards", "4")]),
    (BOTH, &[DENSE, ("dropout", "0.2")], &[("shards", "4"), ("clip_norm", "0.5"), ("optimizer", "sgd")]),
    (BOTH, &[DENSE, ("binarise", "static"), ("likelihood", "bernoulli")], &[]),
    (BOTH, &[DENSE, ("binarise", "dynamic"), ("corruption", "gaussian")], &[]),
    (BOTH, &[DENSE, ("corruption", "masking")], &[("shards", "1")]),
    (BOTH, &[DENSE, ("corruption", "salt_pepper")], &[]),
    (&["cvae"], &[DENSE], &[]),
    // A contractive penalty in closed form, and by probing: dense, tied, and with maxima and masks to
    // remember twice.
    (&["ae"], &[("hidden", ""), ("code_activation", "sigmoid"), ("contractive", "0.1")], &[]),
    (&["ae"], &[DENSE, ("contractive", "0.1")], &[("shards", "4")]),
    (&["ae"], &[DENSE, ("contractive", "0.1"), ("decoder_weights", "tied")], &[]),
    (
        &["ae"],
        &[("arch", "conv"), ("channels", "4"), ("hidden", "16"), ("contractive", "0.1"), ("dropout", "0.1")],
        &[],
    ),
    (&["ae"], &[DENSE, ("code_activation", "sigmoid"), ("sparsity", "0.1")], &[("shards", "4")]),
    (&["ae"], &[DENSE, ("code_l1", "0.1"), ("code_l2", "0.1")], &[]),
    // One pair of layers alone, and the whole after all pairs.
    (&["stacked"], &[DENSE, ("pretrain", "1000")], &[]),
    (&["stacked"], &[DENSE, ("pretrain", "1")], &[]),
];

const RECURRENT: (&str, &str) = ("units", "12");
/// Models of sentences.
const OF_SENTENCES: &[Case] = &[
    (&["sentence-ae", "sentence-vae"], &[RECURRENT], &[]),
    (&["sentence-vae"], &[RECURRENT, ("cell", "lstm"), ("word_dropout", "0.3")], &[("clip_norm", "5")]),
    (&["dcnn"], &[("channels", "8,12")], &[]),
    (&["dcnn"], &[("channels", "")], &[("shards", "4")]),
];
/// Models of documents.
const OF_WORDS: &[Case] = &[(&["ae", "vae"], &[DENSE], &[])];

/// Sentences of one to eight of twenty words, and as many documents of these words.
fn texts() -> [Dataset; 2] {
    let words: Vec<String> = (0..20).map(|i| format!("w{i}")).collect();
    let sentence = |i: u32| (0..1 + i * 5 % 8).map(|place| 2 + (i * 7 + place * 3) % 20).collect::<Vec<u32>>();
    let rows = (0..64).map(sentence).collect();
    let sentences = SampleKind::sentences(words.clone(), 8);
    let sentences = Dataset::new(sentences, Values::Tokens(rows), None, vec![]).unwrap();
    // Two words each, so that most of the twenty do not occur.
    let count = |i: u32, k: u32| Count { feature: (i * 7 + k * 5) % 20, count: 1 + k };
    let rows = (0..64).map(|i| vec![count(i, 0), count(i, 1)]).map(|mut row| {
        row.sort_by_key(|count| count.feature);
        row
    });
    let documents = SampleKind::documents(words);
    [sentences, Dataset::new(documents, Values::Sparse(rows.collect()), None, vec![]).unwrap()]
}

#[test]
fn a_step_allocates_nothing_after_the_first() {
    let _counting = Profiler::builder().testing().build();
    let bytes: Vec<u8> = (0..64 * 144).map(|i| (i * 37 % 251) as u8).collect();
    let names = ["new", "full"].map(String::from);
    let labels = Labels { names: names.clone().into(), of: (0..64).map(|i| i % 2).collect() };
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap();
    let [sentences, documents] = texts();
    for (data, cases) in [(data, CASES), (sentences, OF_SENTENCES), (documents, OF_WORDS)] {
        let cases = cases.iter().flat_map(|case| case.0.iter().map(move |kind| (*kind, case.1, case.2)));
        cases.for_each(|case| allocates_nothing(&data, case));
    }
}

/// A kind, its settings and those of its training.
type OneCase = (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

fn allocates_nothing(data: &Dataset, (kind, settings, training): OneCase) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let names = data.labels().map(|labels| labels.names.to_vec()).unwrap_or_default();
    let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(data.kind());
    let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
    let train = training.iter().fold(TrainSpec::default(), |train, (path, text)| train.with(path, text).unwrap());
    let model = spec.check(data.kind(), &names).unwrap().build(0).unwrap();
    let mut learner = GradientLearner::new(model, Plan { train: &train, last_step: u64::MAX, threads: 2 });
    let mut batches = Batches::new(data.clone(), 32, 0);
    let n = pool.install(|| {
        let cancel = Cancel::default();
        let mut steps = |n: usize| (0..n).all(|_| learner.advance(&mut batches, &cancel).is_ok());
        assert!(steps(10));
        let mut count = || {
            let before = HeapStats::get().total_blocks;
            assert!(steps(20));
            HeapStats::get().total_blocks - before
        };
        // A thread of the pool allocates once, when it first takes work from another; a step of ours
        // would each time.
        let mut least = count();
        for _ in 0..4 {
            least = if least == 0 { 0 } else { least.min(count()) };
        }
        least
    });
    assert_eq!(n, 0, "{n} allocations in 20 steps of {kind} with {settings:?}, {training:?}");
}
