//! Factors that can be measured of pictures, where nothing else is known of them: moments of their
//! brightness.
//!
//! The slant is that of Teague's second moments (1980): the shear that makes the picture upright. Sizes are
//! two standard deviations of brightness around its centre, in pixels.

use super::{Cancel, Column, Dataset, SampleKind};
use ndarray::Array2;

/// Ink, slant, width and height of the pictures `indices`, one value each; nothing for other samples.
pub fn measured(data: &Dataset, indices: &[u32]) -> Vec<Column> {
    measured_until(data, indices, &Cancel::default()).unwrap_or_default()
}

/// As [`measured`]; none once it is cancelled.
pub fn measured_until(data: &Dataset, indices: &[u32], cancel: &Cancel) -> Option<Vec<Column>> {
    let SampleKind::Image { channels, height, width } = *data.kind() else { return Some(Vec::new()) };
    let moments = |row: ndarray::ArrayView1<f32>| {
        let level = |y: usize, x: usize| {
            (0..channels).map(|channel| f64::from(row[(channel * height + y) * width + x])).sum::<f64>()
        };
        of_picture(level, [height, width])
    };
    let mut all: Vec<[f32; 4]> = Vec::with_capacity(indices.len());
    for indices in indices.chunks(data.chunk_size()) {
        if cancel.is_set() {
            return None;
        }
        let mut x = Array2::zeros((indices.len(), data.n_features()));
        data.gather(indices, &mut x);
        all.extend(x.rows().into_iter().map(moments));
    }
    let column = |(i, (name, unit)): (usize, (&str, &str))| Column {
        name: name.into(),
        unit: unit.into(),
        values: all.iter().map(|of| of[i]).collect(),
    };
    let names = [("ink", ""), ("slant", "degrees"), ("width", "pixels"), ("height", "pixels")];
    Some(names.into_iter().enumerate().map(column).collect())
}

/// Ink, slant, width and height of one picture; zeros for one without any brightness.
fn of_picture(level: impl Fn(usize, usize) -> f64, [height, width]: [usize; 2]) -> [f32; 4] {
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        places.map(|(y, x)| level(y, x).max(0.0) * of(x as f64, y as f64)).sum()
    };
    let ink = sum(&|_, _| 1.0);
    if ink <= 0.0 {
        return [0.0; 4];
    }
    let (cx, cy) = (sum(&|x, _| x) / ink, sum(&|_, y| y) / ink);
    let xx = sum(&|x, _| (x - cx).powi(2)) / ink;
    let yy = sum(&|_, y| (y - cy).powi(2)) / ink;
    let xy = sum(&|x, y| (x - cx) * (y - cy)) / ink;
    // Rows count downwards: a stroke that leans to the right has its small y at large x.
    let slant = if yy > 0.0 { (-xy / yy).atan().to_degrees() } else { 0.0 };
    [ink, slant, 2.0 * xx.sqrt(), 2.0 * yy.sqrt()].map(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Values;

    /// A picture of 9 × 9 whose pixels `lit` says.
    fn picture(lit: impl Fn(usize, usize) -> bool) -> Dataset {
        let kind = SampleKind::Image { channels: 1, height: 9, width: 9 };
        let bytes: Vec<u8> = (0..81).map(|i| if lit(i % 9, i / 9) { 255 } else { 0 }).collect();
        Dataset::new(kind, Values::Bytes(bytes.into()), None, vec![]).unwrap()
    }

    fn of(lit: impl Fn(usize, usize) -> bool) -> Vec<f32> {
        measured(&picture(lit), &[0]).iter().map(|column| column.values[0]).collect()
    }

    #[test]
    fn strokes_have_their_slant_and_size() {
        let upright = of(|x, _| x == 4);
        assert_eq!((upright[0], upright[1], upright[2]), (9.0, 0.0, 0.0));
        // Two deviations of 0 to 8: 2 √(80/12).
        assert!((upright[3] - 5.163_978).abs() < 1e-4);
        let leaning = of(|x, y| x + y == 8);
        assert!((leaning[1] - 45.0).abs() < 1e-4, "to the right: {}", leaning[1]);
        assert!((of(|x, y| x == y)[1] + 45.0).abs() < 1e-4, "to the left");
        assert_eq!(of(|_, _| false), [0.0; 4]);
    }

    #[test]
    fn other_samples_have_none() {
        let kind = SampleKind::Vector { names: ["a".into()].into() };
        let data = Dataset::new(kind, Values::Floats(vec![1.0, 2.0].into()), None, vec![]).unwrap();
        assert!(measured(&data, &[0, 1]).is_empty());
    }
}
