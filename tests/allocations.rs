//! After its first steps training allocates nothing: what it works with is lent and given back.

#![allow(clippy::unwrap_used, reason = "in a test this is how what must not fail fails")]
#![allow(unsafe_code, reason = "counting allocations takes an allocator, which is unsafe by its trait")]

use halfmoon::data::{Batches, Dataset, SampleKind, Values};
use halfmoon::model::{ModelSpec, Settings};
use halfmoon::train::{GradientLearner, Learner, TrainSpec};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

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
                let before = ALLOCATIONS.load(Ordering::Relaxed);
                assert!(steps(20));
                ALLOCATIONS.load(Ordering::Relaxed) - before
            });
            assert_eq!(n, 0, "{n} allocations in 20 steps of {kind} with {settings:?}");
        }
    }
}
