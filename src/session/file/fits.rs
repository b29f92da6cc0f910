//! Whether what a session file points at is in the data that it is opened with.

use super::super::{Anchor, ColourBy, ErrorPage, ErrorsOf, PathEnd, PlaneAxes, Query, SessionSpec, Side};
use crate::data::DataSplit;

/// Whether a checked session is about such data: its samples, classes and columns are there.
pub fn fits(spec: &SessionSpec, data: &DataSplit) -> Result<(), String> {
    let train = &data.train;
    let anchors = spec.slots.iter().filter_map(|slot| match slot.anchor {
        Anchor::Sample(sample) => Some(sample),
        _ => None,
    });
    let ends = spec.path.ends.iter().flatten().filter_map(|end| match end {
        PathEnd::Sample(sample) => Some(*sample),
        PathEnd::Text(_) | PathEnd::Place { .. } => None,
    });
    let through = spec.slots.iter().flat_map(|slot| match slot.axes {
        PlaneAxes::Samples(samples) => samples.to_vec(),
        PlaneAxes::Dimensions(_) | PlaneAxes::Principal => Vec::new(),
    });
    let sides = || spec.attributes.iter().flat_map(|attribute| [&attribute.plus, &attribute.minus]);
    let named = sides().filter_map(|side| match side {
        Side::Samples(samples) => samples.last().copied(),
        Side::All | Side::Class(_) => None,
    });
    let picked = spec.selection.samples.iter().copied().chain(spec.selection.focused);
    let asked = if let Some(Query::Sample(sample)) = spec.query { Some(sample) } else { None };
    let picked = picked.chain(spec.left_out.last().copied()).chain(asked);
    let largest = anchors.chain(ends).chain(picked).chain(named).chain(through).max();
    if let Some(sample) = largest.filter(|&sample| sample as usize >= train.n_samples()) {
        return Err(format!(
            "it points at sample {sample}, and the data hold {}; open it with the data that it was saved with",
            train.n_samples()
        ));
    }
    let n_drawable = train.kind().drawable_columns().map_or(0, <[String]>::len);
    if spec.data_view.is_shown && spec.data_view.columns.iter().any(|&column| column >= n_drawable) {
        return Err(format!("it draws the data by columns that they do not have; {n_drawable} can be drawn"));
    }
    let n_columns = train.columns().len();
    if let ColourBy::Column(column) = spec.colour
        && column >= n_columns
    {
        return Err(format!("its codes are coloured by column {column}, and the data have {n_columns}"));
    }
    let n_classes = train.classes().len();
    if let Some(ErrorPage { of: ErrorsOf::Class(class), .. }) = spec.errors
        && class >= n_classes
    {
        return Err(format!("it shows reconstructions of class {class}, and the data have {n_classes}"));
    }
    if sides().any(|side| matches!(side, Side::Class(class) if *class >= n_classes)) {
        return Err(format!("it has an attribute of a class that the data do not have; they have {n_classes}"));
    }
    if spec.label > 0 && spec.label >= n_classes || spec.hidden.last().is_some_and(|&class| class >= n_classes) {
        return Err(format!("it names a class that the data do not have; they have {n_classes}"));
    }
    Ok(())
}
