//! A folder or zip of pictures in files of their own: a sub-folder a class, or none.
//!
//! A file is a picture because of how it begins. All are brought to one side and one number of channels, so
//! that each is a row of the same features; how, the settings say ([`Reading::pictures`]).

mod decode;
mod folder;

pub use decode::{Colours, Fit, PictureReading};

use super::file::is_text;
use super::known::labels;
use super::split::test_indices;
use super::tree::{Opener, Tree};
use super::{DataError, DataSplit, Dataset, Labels, ReadOption, Reading, SampleKind, Values, malformed};
use decode::{OnePicture, Seen, Wanted, decode, look_at};
use folder::{Found, Part, find};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// Whether a file that begins so is a picture.
///
/// Some formats are known by two letters that a table may begin with too (`BM`, `P1`), so that a head of
/// nothing but text is none: sizes follow the letters in pictures, and those are no text.
pub fn is_picture(head: &[u8]) -> bool {
    image::guess_format(head).is_ok() && !is_text(head)
}

/// The picture in a file, to be one sample of images with these channels, rows and columns: as it is where it
/// has their size, else `fine` times as fine, with all of it in sight if it is to be `whole`, else its
/// middle.
pub fn read_one(
    path: &Path,
    [channels, height, width]: [usize; 3],
    fine: usize,
    whole: bool,
    reading: &Reading,
) -> Result<OnePicture, DataError> {
    let tree = Tree::of_file(path);
    let wanted = Wanted { channels, height, width };
    let one = decode::one(&tree.files()[0], &mut tree.opener(reading), &wanted, fine, whole);
    one.map_err(|problem| malformed(tree.name(), problem))
}

/// Pictures that are decoded to judge all by.
const N_JUDGED: usize = 256;
/// Features up to which pictures of one size keep it, and the side that others are brought to.
const MAX_KEPT: usize = 128 * 128;
const SIDE: usize = 64;
/// Files that are decoded before it is asked again whether to stop.
const AT_ONCE: usize = 256;

/// Loads the pictures of a folder or zip; none where it holds no picture.
///
/// Sub-folders are classes; `train` and `test` (or `val`) above them say what each is for, and otherwise a
/// share even over the classes is kept to test with.
pub fn load_tree(tree: &Tree, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let mut found = find(tree, reading)?;
    if found.pictures.is_empty() {
        return Ok(None);
    }
    let (mut notes, mut last) = (std::mem::take(&mut found.notes), Vec::new());
    let is_test = parts(tree.name(), &found, reading, &mut last)?;
    // Those to train on come first, so that each part is one piece of the same memory.
    let mut order: Vec<usize> = (0..found.pictures.len()).collect();
    order.sort_by_key(|&i| is_test[i]);
    let wanted = judge(tree, &found, reading, &mut last)?;
    // What was left aside is said first.
    let (bytes, kept) = decode_all(tree, &found, &order, &wanted, reading, &mut notes)?;
    notes.append(&mut last);
    let pictures: Vec<&Found<'_>> = kept.iter().map(|&i| &found.pictures[i]).collect();
    // Of those that could be decoded, so that every class occurs.
    let labels = classes(tree.name(), pictures.iter().copied())?;
    let kind = SampleKind::Image { channels: wanted.channels, height: wanted.height, width: wanted.width };
    let captions = pictures.iter().map(|picture| picture.caption.clone()).collect();
    let all = Dataset::new(kind, Values::Bytes(bytes.into()), labels, Vec::new())?.with_captions(captions)?;
    let n_train = kept.iter().filter(|&&i| !is_test[i]).count();
    if n_train == 0 || n_train == kept.len() {
        return Err(malformed(
            tree.name(),
            "none of its pictures to train on, or none to test with, can be read; check the files",
        ));
    }
    let (train, test) = (all.slice(0..n_train)?, all.slice(n_train..kept.len())?);
    let options = options(reading, &wanted, found.pictures.iter().any(|picture| picture.part == Part::Test));
    Ok(Some(DataSplit { notes, options, ..DataSplit::new(tree.title().into(), train, test) }))
}

/// The pictures of `n` samples: by their names, where files have these, else all in the order of their paths;
/// none where there is no picture at all.
pub fn aligned(
    tree: &Tree,
    names: Option<&[String]>,
    n: usize,
    reading: &Reading,
) -> Result<Option<Dataset>, DataError> {
    let found = find(tree, reading)?;
    if found.pictures.is_empty() {
        return Ok(None);
    }
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (i, picture) in found.pictures.iter().enumerate() {
        by_name.extend([(picture.caption.as_str(), i), (picture.file.name.as_str(), i)]);
    }
    let named = |name: &String| {
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        by_name.get(name.as_str()).or_else(|| by_name.get(last)).copied()
    };
    let by_names: Option<Vec<usize>> = names.and_then(|names| names.iter().map(named).collect());
    let in_order = || (found.pictures.len() == n).then(|| (0..n).collect());
    let Some(order) = by_names.or_else(in_order) else {
        let missing = names.and_then(|names| names.iter().find(|name| named(name).is_none()));
        let missing = missing.map_or(String::new(), |name| format!(", and none of them is called {name:?}"));
        let problem = format!(
            "it holds {} pictures for {n} samples{missing}; give one for each, by name or as many",
            found.pictures.len()
        );
        return Err(malformed(tree.name(), problem));
    };
    let mut notes = Vec::new();
    let wanted = judge(tree, &found, reading, &mut notes)?;
    let (bytes, kept) = decode_all(tree, &found, &order, &wanted, reading, &mut notes)?;
    if kept.len() < n {
        return Err(malformed(tree.name(), notes.pop().unwrap_or_else(|| "a picture cannot be read".into())));
    }
    let kind = SampleKind::Image { channels: wanted.channels, height: wanted.height, width: wanted.width };
    Dataset::new(kind, Values::Bytes(bytes.into()), None, Vec::new()).map(Some)
}

/// Which pictures are kept to test with: those in a folder that says so, else a share of every class.
fn parts(
    folder: &str,
    found: &folder::Pictures<'_>,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<Vec<bool>, DataError> {
    let pictures = &found.pictures;
    if pictures.len() < 2 {
        return Err(malformed(folder, "one picture alone cannot be split into training and test; add others"));
    }
    if pictures.iter().any(|picture| picture.part == Part::Test) {
        return Ok(pictures.iter().map(|picture| picture.part == Part::Test).collect());
    }
    notes.push(format!("{:.0} % are kept to test with, even over the classes", 100.0 * reading.test_share));
    let labels = classes(folder, pictures)?;
    let of: Option<Vec<i64>> = labels.map(|labels| labels.of.iter().map(|&of| of.into()).collect());
    Ok(test_indices(pictures.len(), of.as_deref(), reading.test_share))
}

/// The classes of some pictures by their folders; none without sub-folders.
fn classes<'a>(
    folder: &str,
    pictures: impl IntoIterator<Item = &'a Found<'a>>,
) -> Result<Option<Labels>, DataError> {
    let names: Option<Vec<String>> = pictures.into_iter().map(|picture| picture.class.clone()).collect();
    labels(folder, &names.unwrap_or_default())
}

/// What all pictures are brought to, from the settings and from some of them.
fn judge(
    tree: &Tree,
    found: &folder::Pictures<'_>,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<Wanted, DataError> {
    let every = found.pictures.len().div_ceil(N_JUDGED);
    let some: Vec<&Found<'_>> = found.pictures.iter().step_by(every).collect();
    let looked = some.par_iter().map_init(|| tree.opener(reading), |opener, found| look_at(found.file, opener));
    let looked: Vec<Result<Seen, String>> = looked.collect();
    let first = looked.iter().find_map(|looked| looked.as_ref().err()).cloned().unwrap_or_default();
    let seen: Vec<Seen> = looked.into_iter().filter_map(Result::ok).collect();
    if seen.is_empty() {
        let problem = format!("none of its pictures can be read, the first because {first}; check the files");
        return Err(malformed(tree.name(), problem));
    }
    let settings = &reading.pictures;
    let sizes: BTreeSet<(usize, usize)> = seen.iter().map(|picture| (picture.height, picture.width)).collect();
    let own = sizes.first().copied().filter(|(height, width)| sizes.len() == 1 && height * width <= MAX_KEPT);
    let mut shorter: Vec<usize> = sizes.iter().map(|(height, width)| *height.min(width)).collect();
    shorter.sort_unstable();
    let side = shorter[shorter.len() / 2].min(SIDE);
    let (height, width) = match (settings.side, own) {
        (Some(side), _) => (side, side),
        (None, Some(own)) => own,
        (None, None) => (side, side),
    };
    let is_colour = match settings.colours {
        Colours::AsTheyAre => seen.iter().any(|picture| picture.is_colour),
        Colours::Grey => false,
        Colours::Colour => true,
    };
    if sizes.len() > 1 || own.is_some_and(|own| own != (height, width)) || own.is_none() {
        let fit = settings.fit.as_str();
        notes.push(format!("each is brought to {width} × {height}: {fit} (data.side, data.fit)"));
    }
    if seen.iter().any(|picture| picture.is_clear) {
        notes.push(format!("what is transparent lies over {} (data.ground)", settings.ground_name()));
    }
    Ok(Wanted { channels: if is_colour { 3 } else { 1 }, height, width })
}

/// Decodes the pictures in `order`, channel by channel, and says which could be; those that could not are
/// left aside and noted.
fn decode_all(
    tree: &Tree,
    found: &folder::Pictures<'_>,
    order: &[usize],
    wanted: &Wanted,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<(Vec<u8>, Vec<usize>), DataError> {
    let len = wanted.channels * wanted.height * wanted.width;
    let n_bytes = len.saturating_mul(order.len());
    if n_bytes as u64 > reading.max_bytes {
        let problem = format!(
            "its pictures take {n_bytes} bytes, above the limit of {}; lower data.side, or raise the limit with --set data.max_bytes={n_bytes}",
            reading.max_bytes
        );
        return Err(malformed(tree.name(), problem));
    }
    let mut bytes: Vec<u8> = Vec::new();
    bytes.try_reserve_exact(n_bytes).map_err(|_| {
        malformed(
            tree.name(),
            format!("its pictures take {n_bytes} bytes, which do not fit into memory; lower data.side"),
        )
    })?;
    bytes.resize(n_bytes, 0);
    let (mut failed, mut n_grey, mut n_done) = (Vec::new(), 0, 0);
    for (places, order) in bytes.chunks_mut(AT_ONCE * len).zip(order.chunks(AT_ONCE)) {
        if reading.cancel.is_set() {
            return Err(reading.cancelled(tree.name()));
        }
        reading.progress.set(n_done as u64, found.pictures.len() as u64);
        n_done += order.len();
        let decoded = places.par_chunks_exact_mut(len).zip(order);
        let one = |opener: &mut Opener<'_>, (place, &i): (&mut [u8], &usize)| {
            decode(found.pictures[i].file, opener, wanted, &reading.pictures, place)
        };
        let results: Vec<Result<bool, String>> = decoded.map_init(|| tree.opener(reading), one).collect();
        for (&i, result) in order.iter().zip(results) {
            match result {
                Ok(lost_colour) => n_grey += usize::from(lost_colour),
                Err(reason) => failed.push((i, reason)),
            }
        }
    }
    if n_grey > 0 {
        notes.push(format!("the colours of {n_grey} pictures are left aside (data.colour)"));
    }
    notes.extend(of_failed(&failed, tree, found));
    let failed: HashSet<usize> = failed.into_iter().map(|(i, _)| i).collect();
    let mut kept = Vec::with_capacity(order.len());
    for (row, &i) in order.iter().enumerate().filter(|(_, i)| !failed.contains(i)) {
        bytes.copy_within(row * len..(row + 1) * len, kept.len() * len);
        kept.push(i);
    }
    bytes.truncate(kept.len() * len);
    Ok((bytes, kept))
}

/// What could be chosen otherwise.
fn options(reading: &Reading, wanted: &Wanted, has_test: bool) -> Vec<ReadOption> {
    let settings = &reading.pictures;
    let mut sides = vec![16, 28, 32, 48, 64, 96, 128, wanted.height.min(wanted.width)];
    sides.sort_unstable();
    sides.dedup();
    let side = if wanted.height == wanted.width { wanted.height.to_string() } else { String::new() };
    let list = |choices: &[&str]| choices.iter().map(|choice| (*choice).to_string()).collect();
    let mut options = vec![
        ReadOption::new("data.side", &side, sides.iter().map(usize::to_string).collect()),
        ReadOption::new("data.fit", settings.fit.as_str(), list(&Fit::ALL.map(Fit::as_str))),
        ReadOption::new("data.colour", settings.colours.as_str(), list(&Colours::ALL.map(Colours::as_str))),
        ReadOption::new("data.ground", &settings.ground_name(), list(&["white", "black", "#808080"])),
    ];
    if !has_test {
        options.push(reading.split());
    }
    options
}

/// What is said of files that begin as pictures do and cannot be decoded.
fn of_failed(failed: &[(usize, String)], tree: &Tree, found: &folder::Pictures<'_>) -> Option<String> {
    let (first, reason) = failed.first()?;
    let which = tree.shown(found.pictures[*first].file);
    Some(match failed.len() {
        1 => format!("1 file begins as a picture and is left aside: {which}, because {reason}"),
        n => format!("{n} files begin as pictures and are left aside, the first, {which}, because {reason}"),
    })
}

#[cfg(test)]
mod tests;
