//! How long a query takes: the twenty nearest of 60 000 samples, as Find lists them.

use divan::{Bencher, black_box};
use halfmoon::data::{Cancel, Count, DataSplit, Dataset, Distance, Rows, SampleKind, Values};
use halfmoon::train::Ranking;

fn main() {
    divan::main();
}

/// Samples that are searched.
const N: usize = 60_000;
/// How many are listed.
const K: usize = 20;
/// Words of the vocabulary.
const WORDS: u64 = 3_000;

const DISTANCES: [Distance; 2] = [Distance::Euclid, Distance::Cosine];

/// A number that looks random and is the same each time.
fn hash(i: u64) -> u64 {
    (i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
        .wrapping_mul(0xd134_2543_de82_ef95)
        >> 20
}

/// Pictures of 28 × 28 of noise, so that none is near another and all are looked at for long.
fn pictures(n: usize) -> Dataset {
    let bytes: Vec<u8> = (0..n as u64 * 784).map(|i| hash(i) as u8).collect();
    Dataset::new(SampleKind::square(1, 28), Values::Bytes(bytes.into()), None, vec![]).expect("they fit")
}

/// Documents of fifty words, some of which are in most and most of which are in few.
fn documents(n: usize) -> Dataset {
    let word = |i: u64| {
        let share = (hash(i) % 10_000) as f64 / 1e4;
        ((WORDS as f64).powf(share) - 1.0) as u32
    };
    let row = |i: u64| {
        let mut words: Vec<u32> = (i * 50..(i + 1) * 50).map(word).collect();
        words.sort_unstable();
        let counts = words.chunk_by(|a, b| a == b);
        counts.map(|same| Count { feature: same[0], count: same.len() as u32 }).collect::<Vec<_>>()
    };
    let rows: Rows<Count> = (0..n as u64).map(row).collect();
    let kind = SampleKind::documents((0..WORDS).map(|i| format!("word {i}")));
    Dataset::new(kind, Values::Sparse(rows), None, vec![]).expect("they fit")
}

fn bench(bencher: Bencher, ranking: &Ranking, data: &Dataset, distance: Distance) {
    let sample = data.select(&[7]).expect("it is there");
    bencher.bench_local(|| ranking.nearest((black_box(&sample), &[]), distance, K, &Cancel::default()));
}

fn linear(data: &Dataset, latent_dim: usize) -> Ranking {
    let split = DataSplit::new("searched".into(), data.clone(), data.select(&[0]).expect("it is there"));
    Ranking::by_linear(&split, latent_dim, &Cancel::default()).expect("there are as many directions")
}

#[divan::bench(args = DISTANCES)]
fn pictures_by_pixels(bencher: Bencher, distance: Distance) {
    let data = pictures(N);
    let ranking = Ranking::by_features(&data, None, &Cancel::default()).expect("not cancelled");
    bench(bencher, &ranking, &data, distance);
}

#[divan::bench(args = DISTANCES)]
fn pictures_by_codes_of_256(bencher: Bencher, distance: Distance) {
    let data = pictures(N);
    bench(bencher, &linear(&data, 256), &data, distance);
}

#[divan::bench(args = DISTANCES)]
fn documents_by_words(bencher: Bencher, distance: Distance) {
    let data = documents(N);
    let ranking = Ranking::by_features(&data, None, &Cancel::default()).expect("not cancelled");
    bench(bencher, &ranking, &data, distance);
}

#[divan::bench(args = DISTANCES)]
fn documents_by_codes_of_10(bencher: Bencher, distance: Distance) {
    let data = documents(N);
    bench(bencher, &linear(&data, 10), &data, distance);
}
