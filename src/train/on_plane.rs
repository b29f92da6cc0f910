//! Pictures that lie on a model's plane: what it decodes at places, and samples where there is room for them.

use super::CodeCloud;
use super::decoding::decoded;
use crate::data::{Cancel, DataSplit, Dataset};
use crate::latent::lattice::Lattice;
use crate::latent::plane::Plane;
use crate::model::FrozenModel;
use crate::picture::Shown;
use ndarray::Array2;
use std::collections::BTreeSet;

/// What a model decodes in the middle of each cell, side by side.
pub struct Underneath {
    /// The cells.
    pub lattice: Lattice,
    /// What is decoded in them, row by row from the top left.
    pub shown: Shown,
}

/// Pictures of samples at their codes, none over another.
pub struct Thumbnails {
    /// The samples.
    pub samples: Vec<u32>,
    /// Where the code of each lies, in plot coordinates.
    pub places: Vec<[f32; 2]>,
    /// Room of a picture, in plot units.
    pub side: f32,
    /// What they look like, in rows.
    pub shown: Shown,
    /// Pictures in a row.
    pub columns: usize,
}

/// Training samples that are not shown.
#[derive(Clone, Copy)]
pub struct Hidden<'a> {
    /// Those of these classes.
    pub classes: &'a BTreeSet<usize>,
    /// These, in ascending order.
    pub samples: &'a [u32],
}

impl Hidden<'_> {
    /// Whether a sample of these data is not among them.
    pub fn shows(&self, train: &Dataset, sample: u32) -> bool {
        if self.samples.binary_search(&sample).is_ok() {
            return false;
        }
        let labels = train.labels().filter(|_| !self.classes.is_empty());
        let class = labels.and_then(|labels| labels.of.get(sample as usize));
        class.is_none_or(|class| !self.classes.contains(&usize::from(*class)))
    }
}

/// The codes of a cloud on a plane, in plot coordinates, of the samples that are not `hidden`; with each its
/// place in the cloud.
pub fn codes_on(
    cloud: &CodeCloud,
    plane: &Plane,
    data: &DataSplit,
    hidden: Hidden<'_>,
) -> (Vec<[f32; 2]>, Vec<usize>) {
    let is_shown = |code: &usize| hidden.shows(&data.train, cloud.indices[*code]);
    let shown: Vec<usize> = (0..cloud.indices.len()).filter(is_shown).collect();
    let on_plane = |code: &usize| plane.plot_from_z(&cloud.codes.mu.row(*code).to_vec());
    (shown.iter().map(on_plane).collect(), shown)
}

/// What a model decodes in the cells of a lattice on a plane, told `label` where it takes any; none without a
/// decoder, or once cancelled.
pub fn underneath(
    model: &dyn FrozenModel,
    label: u16,
    plane: &Plane,
    lattice: Lattice,
    cancel: &Cancel,
) -> Option<Underneath> {
    let cells: Vec<[usize; 2]> = lattice.cells().collect();
    let mut z = Array2::zeros((cells.len(), plane.origin.len()));
    for (mut row, cell) in z.rows_mut().into_iter().zip(&cells) {
        row.iter_mut().zip(plane.z_from_plot(lattice.middle(*cell))).for_each(|(to, z)| *to = z);
    }
    let x_hat = decoded(model, label, z.view(), cancel)?;
    Some(Underneath { lattice, shown: Shown::decoded(model, x_hat.view(), lattice.size[0]) })
}

/// Most pictures in a row of a texture.
const COLUMNS: usize = 24;

/// Samples whose pictures have room beside each other on a plane: of each cell the one nearest to its middle,
/// but none whose picture would lie over that of another.
pub fn thumbnails(
    model: &dyn FrozenModel,
    cloud: &CodeCloud,
    plane: &Plane,
    lattice: Lattice,
    (data, hidden): (&DataSplit, Hidden<'_>),
) -> Thumbnails {
    let (points, codes) = codes_on(cloud, plane, data, hidden);
    let side = lattice.side()[0].min(lattice.side()[1]);
    let chosen = with_room(&points, lattice, side);
    let samples: Vec<u32> = chosen.iter().map(|i| cloud.indices[codes[*i]]).collect();
    let columns = COLUMNS.min(samples.len()).max(1);
    let shown = Shown::samples(&data.train, model.info().scaling.as_ref(), &samples, columns);
    Thumbnails { places: chosen.iter().map(|i| points[*i]).collect(), samples, side, shown, columns }
}

/// The points, by their number, that lie farther than `side` from each other along one axis or the other: one
/// a cell at most.
fn with_room(points: &[[f32; 2]], lattice: Lattice, side: f32) -> Vec<usize> {
    let [columns, rows] = lattice.size;
    let mut nearest: Vec<Option<(f32, usize)>> = vec![None; columns * rows];
    for (i, point) in points.iter().enumerate() {
        let Some([column, row]) = lattice.cell_of(*point) else { continue };
        let [x, y] = lattice.middle([column, row]);
        let off = (point[0] - x).powi(2) + (point[1] - y).powi(2);
        let held = &mut nearest[row * columns + column];
        if held.is_none_or(|(least, _)| off < least) {
            *held = Some((off, i));
        }
    }
    let mut chosen: Vec<Option<usize>> = vec![None; columns * rows];
    for [column, row] in lattice.cells() {
        let Some((_, i)) = nearest[row * columns + column] else { continue };
        let around = (row.saturating_sub(1)..=(row + 1).min(rows - 1)).flat_map(|row| {
            (column.saturating_sub(1)..=(column + 1).min(columns - 1)).map(move |c| row * columns + c)
        });
        let is_free = |other: usize| {
            [0, 1].iter().any(|&axis: &usize| (points[other][axis] - points[i][axis]).abs() >= side)
        };
        if around.filter_map(|cell| chosen[cell]).all(is_free) {
            chosen[row * columns + column] = Some(i);
        }
    }
    chosen.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};
    use crate::model::{Codes, ModelSpec};
    use crate::nn::Scratch;

    const LATTICE: Lattice = Lattice { bounds: [[-2.0, 2.0], [-2.0, 2.0]], size: [4, 4] };

    fn cloud() -> CodeCloud {
        let codes =
            Array2::from_shape_fn((60, 2), |(i, d)| 1.9 * [(i as f32 * 0.7).sin(), (i as f32 * 1.1).cos()][d]);
        CodeCloud::of((0..60).collect(), Codes { mu: codes, log_var: None })
    }

    fn data() -> DataSplit {
        let kind = SampleKind::image(1, 2, 3);
        let bytes: Vec<u8> = (0..60 * 6).map(|i| (i % 256) as u8).collect();
        let labels = Labels { names: ["a", "b"].map(String::from).into(), of: (0..60).map(|i| i % 2).collect() };
        let all = Dataset::new(kind, Values::Bytes(bytes.into()), Some(labels), vec![]).unwrap();
        DataSplit::new("dots".into(), all.clone(), all)
    }

    #[test]
    fn pictures_have_room_and_hidden_classes_none() {
        let (cloud, data, plane) = (cloud(), data(), Plane::axes(&[0.0; 2], 0, 1));
        let model = ModelSpec::of_kind("ae").unwrap().check(data.train.kind(), &[]).unwrap().frozen(None).unwrap();
        let without = |hidden: &[usize], samples: &[u32]| {
            let classes = hidden.iter().copied().collect();
            thumbnails(&*model, &cloud, &plane, LATTICE, (&data, Hidden { classes: &classes, samples }))
        };
        let shown = |hidden: &[usize]| without(hidden, &[]);
        let all = shown(&[]);
        assert!(all.samples.len() > 6 && all.side == 1.0, "{:?}", all.samples);
        for (i, a) in all.places.iter().enumerate() {
            assert_eq!(cloud.code_of(all.samples[i]).unwrap(), a);
            for b in &all.places[..i] {
                assert!((0..2).any(|axis| (a[axis] - b[axis]).abs() >= 1.0), "{a:?} lies over {b:?}");
            }
        }
        assert_eq!(all.shown.tiles().width, 3 * all.columns);
        assert!(shown(&[1]).samples.iter().all(|sample| sample % 2 == 0));
        assert!(shown(&[0, 1]).samples.is_empty());
        let left_out: Vec<u32> = (0..50).collect();
        let rest = without(&[], &left_out);
        assert!(!rest.samples.is_empty() && rest.samples.iter().all(|sample| *sample >= 50));
        let hidden = Hidden { classes: &[1].into(), samples: &left_out };
        assert_eq!(codes_on(&cloud, &plane, &data, hidden).1, [50, 52, 54, 56, 58]);
    }

    #[test]
    fn what_lies_underneath_is_decoded_in_the_middle_of_each_cell() {
        let kind = SampleKind::image(1, 2, 3);
        let model = ModelSpec::of_kind("ae").unwrap().check(&kind, &[]).unwrap().frozen(None).unwrap();
        let plane = Plane::axes(&[0.0; 2], 0, 1);
        let made = underneath(&*model, 0, &plane, LATTICE, &Cancel::default()).unwrap();
        let pixels = made.shown.tiles();
        assert_eq!((pixels.width, pixels.height), (12, 8));
        let z = Array2::from_shape_vec((1, 2), LATTICE.middle([2, 1]).to_vec()).unwrap();
        let x_hat = model.decoder().unwrap().decode(z.view(), &[], &mut Scratch::default());
        let want = Shown::decoded(&*model, x_hat.view(), 1).into_tiles();
        let at = 4 * (2 * 12 + 6);
        assert!(pixels.rgba[at].abs_diff(want.rgba[0]) <= 1);
        let given_up = Cancel::default();
        given_up.set();
        assert!(underneath(&*model, 0, &plane, LATTICE, &given_up).is_none());
    }
}
