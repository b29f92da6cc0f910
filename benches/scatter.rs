//! Drawing and picking codes: a normal cloud on a plane of 768×720 points, at pixel ratio 1 and 2.
//!
//! `cargo bench --bench scatter`, one thread, on a shared virtual AMD EPYC (2 cores, SSE2 code), fastest of
//! 100:
//!
//! | | ratio 1 | ratio 2 |
//! |---|---|---|
//! | 70 000 dots, radius 1.9 points | 2.1 ms | 4.4 ms |
//! | the same with nearness | 2.2 ms | 4.2 ms |
//! | 1 000 000 dots, radius 1 point | 14 ms | 39 ms |
//!
//! Picking within six points takes 0.06 µs at 70 000 and 0.2 µs at a million; building its index 2.4 and
//! 24 ms.

use divan::{Bencher, black_box};
use halfmoon::data::{Cancel, Dataset, SampleKind, Values, nearest};
use halfmoon::latent::index::PointIndex;
use halfmoon::latent::nearest::nearest_codes;
use halfmoon::latent::outline::Outline;
use halfmoon::picture::{
    Pixels,
    palette::{Mode, Rgb, class_colour},
    scatter::{Scatter, View, rasterise},
};
use statrs::distribution::{ContinuousCDF, Normal};

fn main() {
    divan::main();
}

/// A standard normal cloud in an order that jumps about, from an additive recurrence.
fn cloud(n: usize) -> Vec<[f32; 2]> {
    let normal = Normal::standard();
    let coordinate = |i: usize, step: f64| {
        let p = (0.5 + step * (i + 1) as f64).fract();
        normal.inverse_cdf(p.clamp(1e-9, 1.0 - 1e-9)) as f32
    };
    // The plastic number's powers fill the square evenly.
    let at = |i| [coordinate(i, 0.754_877_666_246_693), coordinate(i, 0.569_840_290_998_053)];
    (0..n).map(at).collect()
}

fn view(pixel_ratio: usize) -> View {
    View {
        centre: [0.0, 0.0],
        pixels_per_unit: (129 * pixel_ratio) as f32,
        width: 768 * pixel_ratio,
        height: 720 * pixel_ratio,
    }
}

/// Radius in points, as the plane draws that many codes.
fn radius(n: usize) -> f32 {
    if n > 500_000 { 1.0 } else { 1.9 }
}

fn draw(bencher: Bencher, n: usize, pixel_ratio: usize, has_weight: bool) {
    let points = cloud(n);
    let colour: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    let colours: Vec<Rgb> = (0..10).map(|c| class_colour(Mode::Dark, c)).collect();
    let weight: Vec<f32> = points.iter().map(|p| p[0].cos().abs()).collect();
    let scatter = Scatter {
        points: &points,
        colour: &colour,
        colours: &colours,
        hollow: &[false; 10],
        alpha: &[1.0; 10],
        weight: has_weight.then_some(weight.as_slice()),
        radius: radius(n) * pixel_ratio as f32,
        opacity: 0.8,
    };
    let mut out = Pixels::default();
    bencher.bench_local(|| rasterise(black_box(&scatter), &view(pixel_ratio), &mut out));
}

#[divan::bench(args = [(70_000, 1), (70_000, 2), (1_000_000, 1), (1_000_000, 2)])]
fn points(bencher: Bencher, (n, pixel_ratio): (usize, usize)) {
    draw(bencher, n, pixel_ratio, false);
}

#[divan::bench(args = [(70_000, 1), (70_000, 2)])]
fn weighted_points(bencher: Bencher, (n, pixel_ratio): (usize, usize)) {
    draw(bencher, n, pixel_ratio, true);
}

#[divan::bench(args = [70_000, 1_000_000])]
fn pick_index(bencher: Bencher, n: usize) {
    let points = cloud(n);
    bencher.bench_local(|| PointIndex::new(black_box(&points)));
}

/// A line of 300 places, as a hand draws one, around a third of the codes.
#[divan::bench(args = [70_000, 1_000_000])]
fn lasso(bencher: Bencher, n: usize) {
    let index = PointIndex::new(&cloud(n));
    let place = |i: usize| {
        let (angle, radius) = (i as f32 / 300.0 * std::f32::consts::TAU, 0.9 + 0.1 * (i as f32 * 0.7).sin());
        [radius * angle.cos(), radius * angle.sin()]
    };
    let line: Vec<[f32; 2]> = (0..300).map(place).collect();
    bencher.bench_local(|| {
        let outline = Outline::new(black_box(&line));
        outline.map(|outline| index.within(&outline, |_| true).len())
    });
}

/// The four nearest of 60 000 codes.
#[divan::bench(args = [2, 30])]
fn nearest_by_code(bencher: Bencher, n_dims: usize) {
    let flat: Vec<f32> = cloud(60_000 * n_dims / 2).into_iter().flatten().collect();
    let codes = ndarray::ArrayView2::from_shape((60_000, n_dims), &flat).expect("as many numbers");
    let z = vec![0.3; n_dims];
    bencher.bench_local(|| nearest_codes(codes, black_box(&z), 4));
}

/// The four nearest of 60 000 pictures, none of which is near: all are looked at for long.
#[divan::bench]
fn nearest_by_pixels(bencher: Bencher) {
    let bytes: Vec<u8> =
        (0..60_000 * 784u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let data =
        Dataset::new(SampleKind::square(1, 28), Values::Bytes(bytes.into()), None, vec![]).expect("they fit");
    let x: Vec<f32> = (0..784).map(|i| (i % 29) as f32 / 29.0).collect();
    bencher.bench_local(|| nearest(&data, black_box(&x), 4, &Cancel::default()));
}

/// A thousand queries, with six points of reach, from a thousand places.
#[divan::bench(args = [70_000, 1_000_000])]
fn pick_thousand(bencher: Bencher, n: usize) {
    let index = PointIndex::new(&cloud(n));
    let places: Vec<[f32; 2]> = cloud(1_000).iter().map(|p| [p[1], p[0]]).collect();
    let reach = [6.0 / 129.0; 2];
    bencher.bench_local(|| {
        let found = places.iter().filter_map(|p| index.nearest(*p, reach, |_| true));
        found.count()
    });
}
