//! Drawn moons: lit discs with known factors, so that one can see which factor a latent dimension has found.
//!
//! A moon of illuminated fraction k is a disc of radius r whose terminator is half an ellipse: with the light
//! from the right, a point (x, y) of the disc is lit where x > (1 − 2k)·√(r² − y²). Pixels on an edge are
//! averages of 8×8 points: multiplying the coverages of limb and terminator instead would draw a rim where
//! the two meet. The dark side keeps a little earthshine, so that a new moon is not an empty picture.

use super::{Column, DataError, DataSplit, Dataset, Labels, SampleKind, Values};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Uniform};
use std::sync::Arc;

/// Rows and columns of a moon's picture.
const MOON_SIDE: usize = 28;
/// What kind of sample a drawn moon is.
pub const MOON_KIND: SampleKind = SampleKind::Image { channels: 1, height: MOON_SIDE, width: MOON_SIDE };

const EARTHSHINE: f32 = 0.07;
/// Points a pixel is averaged over, each way.
const N_POINTS: usize = 8;
const N_TRAIN: usize = 5_000;
const N_TEST: usize = 1_000;
/// Any number does; it is fixed so that everybody has the same moons.
const SEED: u64 = 1609;

/// A class of moons and the illuminated fractions it spans. The bands of new, half and full are narrow, as
/// the words are.
type Band = (&'static str, f32, f32);

const PHASES: &[Band] = &[
    ("new", 0.0, 0.04),
    ("crescent", 0.04, 0.46),
    ("half", 0.46, 0.54),
    ("gibbous", 0.54, 0.96),
    ("full", 0.96, 1.0),
];
const FULL_AND_HALF: &[Band] = &[("half", 0.46, 0.54), ("full", 0.96, 1.0)];

/// Moons of every phase, the classes equally frequent.
pub fn all_phases() -> Result<DataSplit, DataError> {
    split("Moons", PHASES)
}

/// Full and half moons only: what lies between them is for the model to invent.
pub fn full_and_half() -> Result<DataSplit, DataError> {
    split("Full and half moons", FULL_AND_HALF)
}

fn split(name: &str, bands: &[Band]) -> Result<DataSplit, DataError> {
    Ok(DataSplit::new(name.into(), moons(N_TRAIN, bands, 0)?, moons(N_TEST, bands, 1)?))
}

fn moons(n: usize, bands: &[Band], stream: u64) -> Result<Dataset, DataError> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    rng.set_stream(stream);
    let unit = Uniform::new(0.0f32, 1.0).map_err(|e| DataError::Mismatch(e.to_string()))?;
    let mut between = |low: f32, high: f32| low + (high - low) * unit.sample(&mut rng);
    let mut bytes = Vec::with_capacity(n * MOON_SIDE * MOON_SIDE);
    let mut factors = [const { Vec::<f32>::new() }; 3];
    let mut of = Vec::with_capacity(n);
    for i in 0..n {
        let class = i % bands.len();
        let (_, low, high) = bands[class];
        let (phase, tilt, size) = (between(low, high), between(-30.0, 30.0), between(8.0, 12.0));
        bytes.extend_from_slice(&draw_moon(phase, tilt, size));
        of.push(class as u16);
        for (column, value) in factors.iter_mut().zip([phase, tilt, size]) {
            column.push(value);
        }
    }
    let names: Arc<[String]> = bands.iter().map(|band| band.0.to_string()).collect();
    let columns = [("phase", "lit fraction"), ("tilt", "degrees"), ("size", "pixels")]
        .into_iter()
        .zip(factors)
        .map(|((name, unit), values)| Column { name: name.into(), unit: unit.into(), values: values.into() })
        .collect();
    Dataset::new(MOON_KIND, Values::Bytes(bytes.into()), Some(Labels { names, of: of.into() }), columns)
}

/// Draws a moon in the middle of a 28×28 picture of grey levels.
///
/// `phase` is the illuminated fraction from 0 (new) to 1 (full), `tilt` the direction of the light in degrees
/// anticlockwise from the right, `size` the radius in pixels.
pub fn draw_moon(phase: f32, tilt: f32, size: f32) -> [u8; MOON_SIDE * MOON_SIDE] {
    let (sin, cos) = tilt.to_radians().sin_cos();
    let terminator = 1.0 - 2.0 * phase;
    let squared = terminator * terminator;
    // 0 for sky, else 1 in the low half, and 1 in the high half where lit: whole numbers add up in any order,
    // so fast.
    let point = |right: f32, up: f32| {
        // Turned so that the light comes from the right.
        let (x, y) = (right * cos + up * sin, up * cos - right * sin);
        let chord = size * size - y * y;
        // Squares spare a root: beyond the ellipse's half-axis, on the side where the terminator lies.
        let beyond = x * x > squared * chord;
        let lit = if terminator > 0.0 { (x > 0.0) & beyond } else { (x > 0.0) | !beyond };
        let disc = x * x < chord;
        u32::from(disc) | u32::from(disc & lit) << 16
    };
    let grey = |disc: f32, lit: f32| (255.0 * (EARTHSHINE * disc + (1.0 - EARTHSHINE) * lit)).round() as u8;
    let middle = MOON_SIDE as f32 / 2.0;
    let mut picture = [0; MOON_SIDE * MOON_SIDE];
    for (i, level) in picture.iter_mut().enumerate() {
        let (left, top) = ((i % MOON_SIDE) as f32 - middle, middle - (i / MOON_SIDE) as f32);
        let (right, up) = (left + 0.5, top - 0.5);
        if right * right + up * up > (size + 0.71) * (size + 0.71) {
            continue;
        }
        // Only pixels on an edge are worth 64 points. Where all corners are dark sky, the limb may bulge in
        // between.
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| point(left + x, top - y));
        if corners[0] > 0 && corners.iter().all(|&corner| corner == corners[0]) {
            *level = grey(1.0, (corners[0] >> 16) as f32);
            continue;
        }
        let at = |k: usize| (k as f32 + 0.5) / N_POINTS as f32;
        let mut count = 0;
        for row in 0..N_POINTS {
            count += (0..N_POINTS).map(|column| point(left + at(column), top - at(row))).sum::<u32>();
        }
        let share = |count: u32| count as f32 / (N_POINTS * N_POINTS) as f32;
        *level = grey(share(count & 0xffff), share(count >> 16));
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brightness(moon: &[u8]) -> f32 {
        moon.iter().map(|&level| f32::from(level) / 255.0).sum()
    }

    #[test]
    fn light_grows_with_the_phase_and_area_is_right() {
        let (radius, disc) = (10.0, std::f32::consts::PI * 100.0);
        for k in [0.0, 0.2, 0.5, 0.8, 1.0] {
            let want = disc * (EARTHSHINE + (1.0 - EARTHSHINE) * k);
            let got = brightness(&draw_moon(k, 17.0, radius));
            assert!((got - want).abs() < 0.004 * disc, "phase {k}: {got} instead of {want}");
        }
    }

    #[test]
    fn no_rim_appears_where_limb_and_terminator_meet() {
        let earthshine = (255.0 * EARTHSHINE).round() as u8;
        for (tilt, size) in [(0.0, 8.0), (17.0, 10.3), (-30.0, 12.0)] {
            assert_eq!(draw_moon(0.0, tilt, size).into_iter().max(), Some(earthshine));
            let (nearly, full) = (draw_moon(0.999, tilt, size), draw_moon(1.0, tilt, size));
            assert!(nearly.iter().zip(&full).all(|(a, b)| a.abs_diff(*b) <= 12), "a jump at the full moon");
        }
    }

    #[test]
    fn light_comes_from_the_tilt() {
        let right_half = |moon: &[u8]| -> f32 {
            moon.chunks(MOON_SIDE).flat_map(|row| &row[14..]).map(|&level| f32::from(level)).sum()
        };
        let (from_right, from_left) = (draw_moon(0.5, 0.0, 10.0), draw_moon(0.5, 180.0, 10.0));
        assert!(right_half(&from_right) > 5.0 * right_half(&from_left));
        let up = draw_moon(0.5, 90.0, 10.0);
        assert!(brightness(&up[..392]) > 5.0 * brightness(&up[392..]));
    }

    #[test]
    fn classes_are_balanced_and_factors_known() {
        let moons = all_phases().unwrap();
        let labels = moons.train.labels().unwrap();
        assert_eq!(labels.names.len(), 5);
        for class in 0..5 {
            assert_eq!(labels.of.iter().filter(|&&label| label == class).count(), N_TRAIN / 5);
        }
        let phase = &moons.train.columns()[0];
        for (value, class) in phase.values.iter().zip(labels.of.iter()) {
            let (_, low, high) = PHASES[usize::from(*class)];
            assert!((low..=high).contains(value));
        }
        assert_eq!(full_and_half().unwrap().test.labels().unwrap().names.len(), 2);
    }
}
