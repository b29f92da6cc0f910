//! Samples made of IDX files: pixels brought to a range from 0 to 1, labels of any numbers.

use super::{Idx, Numbers};
use crate::data::{DataError, DataSplit, Dataset, Labels, SampleKind, Values, malformed};
use std::collections::BTreeSet;

/// Most classes that labels can tell apart.
const MAX_CLASSES: usize = 1 << 16;

/// A file's values with its name.
pub struct Named {
    /// The name, to show.
    pub file: String,
    /// What it holds.
    pub idx: Idx,
}

/// Samples and the numbers that label them, as many of one as of the other.
pub struct Labelled {
    /// The samples.
    pub images: Named,
    /// One number a sample.
    pub labels: Option<(String, Vec<i64>)>,
}

impl Labelled {
    /// Images with the labels of a file, which must be as many.
    pub fn new(images: Named, labels: Option<(String, Vec<i64>)>) -> Result<Self, DataError> {
        let n = images.idx.dims[0];
        if let Some((file, of)) = labels.as_ref().filter(|(_, of)| of.len() != n) {
            let problem = format!(
                "it holds {} labels, but {} holds {n} images; the two do not belong together",
                of.len(),
                images.file
            );
            return Err(malformed(file, problem));
        }
        Ok(Self { images, labels })
    }
}

/// The numbers from and to which pixels go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

/// Makes a data set of parsed images and their labels; each with its file's name.
pub fn assemble(images_file: &str, images: Idx, labels: Option<(&str, &Idx)>) -> Result<Dataset, DataError> {
    let mut notes = Vec::new();
    let labels =
        labels.map(|(file, labels)| Ok((file.to_owned(), numbers(file, labels, &mut notes)?))).transpose()?;
    let images = Named { file: images_file.into(), idx: images };
    let classes = labels.as_ref().map(|(_, of)| classes(images_file, of.iter())).transpose()?;
    let range = range_of(&images.idx.values);
    dataset(Labelled::new(images, labels)?, range, classes.as_ref(), &mut notes)
}

/// Makes both parts of a data set, with one range of pixels and one set of classes, and says what was
/// understood.
pub fn both(name: String, range: Option<Range>, train: Labelled, test: Labelled) -> Result<DataSplit, DataError> {
    let mut notes = Vec::new();
    let of = |part: &Labelled| part.labels.as_ref().map(|(_, of)| of.clone());
    let all: Option<Vec<i64>> = of(&train).zip(of(&test)).map(|(train, test)| [train, test].concat());
    let classes = all.map(|all| classes(&train.images.file, all.iter())).transpose()?;
    let train = dataset(train, range, classes.as_ref(), &mut notes)?;
    let test = dataset(test, range, classes.as_ref(), &mut Vec::new())?;
    Ok(DataSplit { name, train, test, notes })
}

/// One number a sample, out of a file of labels: a number each, one of several columns marked, or the first
/// column.
pub fn numbers(file: &str, labels: &Idx, notes: &mut Vec<String>) -> Result<Vec<i64>, DataError> {
    let whole = whole_numbers(file, &labels.values)?;
    match labels.dims[..] {
        [_] => Ok(whole),
        [_, columns] => {
            let marked = |row: &[i64]| {
                let mut of = row.iter().enumerate().filter(|(_, value)| **value != 0);
                of.next().filter(|(_, value)| **value == 1 && of.next().is_none()).map(|(column, _)| column as i64)
            };
            let rows = whole.chunks_exact(columns);
            if columns > 1
                && let Some(of) = rows.clone().map(marked).collect::<Option<Vec<i64>>>()
            {
                notes.push(format!("{file}: the class is the one of {columns} columns that is marked"));
                return Ok(of);
            }
            if columns > 1 {
                notes.push(format!("{file}: the class is the first of {columns} columns; the rest is left aside"));
            }
            Ok(rows.map(|row| row[0]).collect())
        }
        _ => Err(malformed(file, "it holds images where labels are expected; are two files swapped?")),
    }
}

fn whole_numbers(file: &str, values: &Numbers) -> Result<Vec<i64>, DataError> {
    match values {
        Numbers::Bytes(bytes) => Ok(bytes.iter().map(|&byte| i64::from(byte)).collect()),
        Numbers::Whole(whole) => Ok(whole.iter().map(|&value| i64::from(value)).collect()),
        Numbers::Floats(floats) => {
            let whole = |(i, &value): (usize, &f32)| {
                let is_whole = value.fract() == 0.0 && value.abs() < 1e9;
                is_whole.then_some(value as i64).ok_or_else(|| {
                    malformed(file, format!("label {} is {value}, no whole number; is it the right file?", i + 1))
                })
            };
            floats.iter().enumerate().map(whole).collect()
        }
    }
}

/// The classes that occur, in ascending order.
fn classes<'a>(file: &str, of: impl Iterator<Item = &'a i64>) -> Result<Vec<i64>, DataError> {
    let classes: BTreeSet<i64> = of.copied().collect();
    if classes.len() > MAX_CLASSES {
        return Err(malformed(
            file,
            format!("its labels tell {} classes apart, more than {MAX_CLASSES}", classes.len()),
        ));
    }
    Ok(classes.into_iter().collect())
}

fn dataset(
    part: Labelled,
    range: Option<Range>,
    classes: Option<&Vec<i64>>,
    notes: &mut Vec<String>,
) -> Result<Dataset, DataError> {
    let Labelled { images: Named { file, idx }, labels } = part;
    let (shape, is_flat) = match idx.dims[1..] {
        [height, width] => ([1, height, width], false),
        [height, width, channels] => ([channels, height, width], false),
        [length] => ([1, side(length).unwrap_or(0), side(length).unwrap_or(0)], true),
        _ => return Err(malformed(&file, "it holds labels where images are expected; are two files swapped?")),
    };
    let [channels, height, width] = shape;
    if !matches!(channels, 1..=4) {
        return Err(malformed(&file, format!("its images have {channels} channels; 1 to 4 can be read")));
    }
    let mut pixels = Pixels::new(idx.values, range, notes);
    let kind = if height == 0 {
        let names = (1..=idx.dims[1]).map(|column| format!("column {column}")).collect();
        SampleKind::Vector { names }
    } else {
        if is_flat {
            notes.push(format!("rows of {} numbers are taken for pictures of {width} × {height}", idx.dims[1]));
        }
        let n_pixels = height * width;
        pixels.turn(n_pixels, channels);
        let has_alpha = channels.is_multiple_of(2);
        if has_alpha {
            notes.push("what is transparent is laid over white".into());
            pixels = pixels.over_paper(n_pixels, channels);
        }
        SampleKind::Image { channels: channels - usize::from(has_alpha), height, width }
    };
    let labels = match (labels, classes) {
        (Some((_, of)), Some(classes)) => Some(labelled(&of, classes)),
        _ => None,
    };
    Dataset::new(kind, pixels.into_values(), labels, Vec::new())
}

/// Each label by the number of its class, in the order of `classes`, which were gathered from them.
fn labelled(of: &[i64], classes: &[i64]) -> Labels {
    let number = |label: &i64| classes.binary_search(label).unwrap_or(0) as u16;
    Labels { names: classes.iter().map(i64::to_string).collect(), of: of.iter().map(number).collect() }
}

/// The side of a square picture of so many pixels.
fn side(n_pixels: usize) -> Option<usize> {
    let side = n_pixels.isqrt();
    (side > 1 && side * side == n_pixels).then_some(side)
}

/// The range of numbers that are not bytes, or are bytes of few levels; none where bytes use theirs.
pub fn range_of(values: &Numbers) -> Option<Range> {
    /// Bytes up to this are levels of their own, such as 0 and 1, or the 17 of scanned digits.
    const FEW_LEVELS: u8 = 16;
    match values {
        Numbers::Bytes(bytes) => {
            let high = bytes.iter().copied().max().unwrap_or(0);
            (1..=FEW_LEVELS).contains(&high).then_some(Range { low: 0.0, high: high.into() })
        }
        Numbers::Whole(whole) => extremes(whole.iter().map(|&value| f64::from(value)), 255.0),
        Numbers::Floats(floats) => extremes(floats.iter().map(|&value| f64::from(value)), 1.0),
    }
}

/// Of numbers from 0 to `usual` that; else from the lowest, or 0, to the highest.
fn extremes(values: impl Iterator<Item = f64>, usual: f64) -> Option<Range> {
    let (low, high) = values.fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    let is_within = |top: f64| low >= 0.0 && high <= top;
    let high = if is_within(usual) && high > usual / 16.0 {
        usual
    } else if is_within(255.0) && high > 1.0 && usual == 1.0 {
        255.0
    } else {
        high
    };
    (high > low).then_some(Range { low, high })
}

/// Values from 0 to 1, or from 0 to 255 as bytes.
enum Pixels {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

impl Pixels {
    /// Bytes stay bytes; everything else is brought from `range` to 0 to 1.
    fn new(values: Numbers, range: Option<Range>, notes: &mut Vec<String>) -> Self {
        match range {
            Some(Range { low: 0.0, high: 1.0 }) if matches!(values, Numbers::Bytes(_)) => {
                notes.push("pixels are 0 and 1, which is shown as black and white".into());
            }
            Some(Range { low, high }) if low != 0.0 || ![1.0, 255.0].contains(&high) => {
                notes.push(format!("pixels go from {low} to {high}, which is shown as black to white"));
            }
            _ => {}
        }
        let Range { low, high } = range.unwrap_or(Range { low: 0.0, high: 1.0 });
        let in_unit = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        match values {
            Numbers::Bytes(bytes) if range.is_none() => Self::Bytes(bytes),
            Numbers::Bytes(mut bytes) => {
                bytes
                    .iter_mut()
                    .for_each(|byte| *byte = (f64::from(*byte) * 255.0 / high).min(255.0).round() as u8);
                Self::Bytes(bytes)
            }
            Numbers::Whole(whole) => {
                Self::Floats(whole.into_iter().map(|value| in_unit(f64::from(value))).collect())
            }
            Numbers::Floats(mut floats) => {
                // What is not finite stays so, and is refused at its place when the samples are put together.
                floats
                    .iter_mut()
                    .filter(|value| value.is_finite())
                    .for_each(|value| *value = in_unit(f64::from(*value)));
                Self::Floats(floats)
            }
        }
    }

    /// [pixel, channel] turned to [channel, pixel] within each image, in place.
    fn turn(&mut self, n_pixels: usize, channels: usize) {
        match self {
            _ if channels == 1 => {}
            Self::Bytes(bytes) => channels_first(bytes, n_pixels, channels),
            Self::Floats(floats) => channels_first(floats, n_pixels, channels),
        }
    }

    /// A last channel that says how opaque a pixel is, laid over white paper; `n_values` are an image's.
    fn over_paper(self, n_pixels: usize, channels: usize) -> Self {
        match self {
            Self::Bytes(bytes) => {
                let over = |colour: u8, alpha: u8| {
                    (f32::from(colour) * f32::from(alpha) / 255.0 + 255.0 - f32::from(alpha)).round() as u8
                };
                Self::Bytes(without_alpha(bytes, n_pixels, channels, over))
            }
            Self::Floats(floats) => {
                let over = |colour: f32, alpha: f32| colour * alpha + 1.0 - alpha;
                Self::Floats(without_alpha(floats, n_pixels, channels, over))
            }
        }
    }

    fn into_values(self) -> Values {
        match self {
            Self::Bytes(bytes) => Values::Bytes(bytes.into()),
            Self::Floats(floats) => Values::Floats(floats.into()),
        }
    }
}

fn channels_first<T: Copy>(values: &mut [T], n_pixels: usize, channels: usize) {
    let mut stored = Vec::with_capacity(n_pixels * channels);
    for image in values.chunks_exact_mut(n_pixels * channels) {
        stored.clear();
        stored.extend_from_slice(image);
        for (channel, plane) in image.chunks_exact_mut(n_pixels).enumerate() {
            plane.iter_mut().zip(stored[channel..].iter().step_by(channels)).for_each(|(to, &from)| *to = from);
        }
    }
}

/// Each image of [channel, pixel] without its last channel, which `over` lays the others by; nothing is
/// copied twice.
fn without_alpha<T: Copy>(
    mut values: Vec<T>,
    n_pixels: usize,
    channels: usize,
    over: impl Fn(T, T) -> T,
) -> Vec<T> {
    let (n_images, kept) = (values.len() / (n_pixels * channels), n_pixels * (channels - 1));
    for image in 0..n_images {
        let from = image * n_pixels * channels;
        for i in 0..kept {
            values[image * kept + i] = over(values[from + i], values[from + kept + i % n_pixels]);
        }
    }
    values.truncate(n_images * kept);
    values.shrink_to_fit();
    values
}
