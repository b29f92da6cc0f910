//! Ways between two codes that must be worked out, and how even any way is in the decoded samples.

use super::decoding::decoding;
use crate::data::Cancel;
use crate::latent::geodesic::{PIECES, geodesic, steps};
use crate::latent::graph::along_neighbours;
use crate::latent::path::{PathSpec, Walk};
use crate::model::FrozenModel;
use ndarray::ArrayView2;
use std::sync::Arc;

/// A path as it runs, and how even it is. Lengths are those of x̂, in the units that the model learns from;
/// of sentences the words that change.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The path with its way; without one where its walk found none.
    pub path: PathSpec,
    /// Σ ‖x̂ᵢ₊₁ − x̂ᵢ‖ over its pieces.
    pub length: f64,
    /// The longest of these steps over their mean; 1 for one whose picture changes evenly.
    pub unevenness: f64,
}

/// Works out the way of `path` where it needs one, past `codes` [n_codes, latent_dim], and how even it is;
/// none without a decoder, or once cancelled.
pub fn walked(
    model: &dyn FrozenModel,
    label: u16,
    path: PathSpec,
    codes: ArrayView2<f32>,
    cancel: &Cancel,
) -> Option<Walked> {
    let mut decode = decoding(model, label, cancel)?;
    let words_change = !model.info().output.is_dense();
    let way = match path.walk {
        Walk::Linear | Walk::Spherical => None,
        Walk::Neighbours => {
            along_neighbours(codes, [&path.from, &path.to], PIECES, &|| cancel.is_set()).map(Arc::new)
        }
        // Words change at once or not at all: no way between them is the shortest.
        Walk::Geodesic if words_change => None,
        Walk::Geodesic => geodesic(&path.from, &path.to, &mut decode).map(Arc::new),
    };
    let path = PathSpec { way, steps: PIECES + 1, ..path };
    let decoded = decode(path.codes().view())?;
    let steps = if words_change {
        let pairs = decoded.rows().into_iter().zip(decoded.rows().into_iter().skip(1));
        pairs.map(|(from, to)| model.info().output.error(from, to)).collect()
    } else {
        steps(decoded.view())
    };
    let length = steps.iter().sum::<f64>();
    let longest = steps.iter().copied().fold(0.0, f64::max);
    let unevenness = if length > 0.0 { longest * steps.len() as f64 / length } else { 1.0 };
    Some(Walked { path, length, unevenness })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::{ModelSpec, Settings};
    use ndarray::Array2;

    #[test]
    fn a_geodesic_is_shorter_and_more_even_than_the_line() {
        let kind = SampleKind::square(1, 4);
        let spec = ModelSpec::of_kind("vae").unwrap();
        let model = spec.check(&kind, &[]).unwrap().frozen(None).unwrap();
        let codes =
            Array2::from_shape_fn((200, 2), |(i, d)| [(i as f32 * 0.7).sin(), (i as f32 * 1.1).cos()][d] * 3.0);
        let path = |walk| PathSpec { from: vec![-3.0, -3.0], to: vec![3.0, 2.0], steps: 9, walk, way: None };
        let walked = |walk| walked(&*model, 0, path(walk), codes.view(), &Cancel::default()).unwrap();
        let (line, geodesic, neighbours) =
            (walked(Walk::Linear), walked(Walk::Geodesic), walked(Walk::Neighbours));
        assert!(geodesic.length <= line.length && geodesic.unevenness <= line.unevenness, "{geodesic:?} {line:?}");
        assert!(geodesic.unevenness < 1.05);
        assert!(line.path.way.is_none() && neighbours.path.way.is_some());
        let given_up = Cancel::default();
        given_up.set();
        assert!(super::walked(&*model, 0, path(Walk::Geodesic), codes.view(), &given_up).is_none());
    }

    #[test]
    fn of_sentences_the_words_that_change_are_counted() {
        let kind = SampleKind::sentences(["cat", "dog", "moon", "sun"], 4);
        let model = ModelSpec::of_kind("sentence-ae").unwrap().with("latent_dim", "2").unwrap();
        let model = model.check(&kind, &[]).unwrap().frozen(None).unwrap();
        let codes = Array2::zeros((3, 2));
        let ends = [[-40.0, 9.0], [30.0, -25.0]].map(Vec::from);
        let walked = |walk| {
            let [from, to] = ends.clone();
            let path = PathSpec { from, to, steps: 9, walk, way: None };
            walked(&*model, 0, path, codes.view(), &Cancel::default()).unwrap()
        };
        let line = walked(Walk::Linear);
        assert!(line.length >= 1.0 && line.length.fract() == 0.0, "{line:?}");
        assert!(walked(Walk::Geodesic).path.way.is_none(), "nothing is shorter than a step from word to word");
    }
}
