//! After its first steps training allocates nothing: what it works with is lent and given back.

use dhat::{HeapStats, Profiler};
use halfmoon::data::{Batches, Cancel, Dataset, Labels, SampleKind, Values};
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

#[test]
fn a_step_allocates_nothing_after_the_first() {
    let _counting = Profiler::builder().testing().build();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let bytes: Vec<u8> = (0..64 * 144).map(|i| (i * 37 % 251) as u8).collect();
    let names = ["new", "full"].map(String::from);
    let labels = Labels { names: names.clone().into(), of: (0..64).map(|i| i % 2).collect() };
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap();
    let cases = CASES.iter().flat_map(|case| case.0.iter().map(move |kind| (kind, case.1, case.2)));
    for (kind, settings, training) in cases {
        let spec = ModelSpec::of_kind(kind).unwrap();
        let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
        let train =
            training.iter().fold(TrainSpec::default(), |train, (path, text)| train.with(path, text).unwrap());
        let model = spec.check(&KIND, &names).unwrap().build(0).unwrap();
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
}
