//! After its first steps training allocates nothing: what it works with is lent and given back.

use dhat::{HeapStats, Profiler};
use halfmoon::data::{Batches, Dataset, SampleKind, Values};
use halfmoon::model::{ModelSpec, Settings};
use halfmoon::train::{GradientLearner, Learner, TrainSpec};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const KIND: SampleKind = SampleKind::Image { channels: 1, height: 12, width: 12 };
const CASES: [&[(&str, &str)]; 4] = [
    &[("hidden", "32,16")],
    &[("hidden", "32,16"), ("dropout", "0.2")],
    &[("arch", "conv"), ("channels", "4,6"), ("hidden", "16")],
    &[
        ("arch", "conv"),
        ("channels", "4,6"),
        ("hidden", ""),
        ("convolution", "separable"),
        ("upsampling", "places"),
    ],
];

#[test]
fn a_step_allocates_nothing_after_the_first() {
    let _counting = Profiler::builder().testing().build();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let bytes: Vec<u8> = (0..64 * 144).map(|i| (i * 37 % 251) as u8).collect();
    let data = Dataset::new(KIND, Values::Bytes(bytes.into()), None, vec![]).unwrap();
    for kind in ["ae", "vae"] {
        for settings in CASES {
            let spec = ModelSpec::of_kind(kind).unwrap();
            let spec = settings.iter().fold(spec, |spec, (path, text)| spec.with(path, text).unwrap());
            let model = spec.check(&KIND, &[]).unwrap().build(0);
            let mut learner = GradientLearner::new(model, None, &TrainSpec::default(), u64::MAX, 2);
            let mut batches = Batches::new(data.clone(), 32, 0);
            let n = pool.install(|| {
                let mut steps = |n: usize| (0..n).all(|_| learner.advance(&mut batches).is_ok());
                assert!(steps(10));
                let before = HeapStats::get().total_blocks;
                assert!(steps(20));
                HeapStats::get().total_blocks - before
            });
            assert_eq!(n, 0, "{n} allocations in 20 steps of {kind} with {settings:?}");
        }
    }
}
