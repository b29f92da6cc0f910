//! The IDX format of MNIST (LeCun): big-endian magic, lengths, then bytes; plain or gzip-compressed.
//!
//! 0x803 holds grey images [n, rows, columns], 0x804 images [n, rows, columns, channels], 0x801 labels [n]. Nothing is
//! allocated before the lengths in the header are held against what the file can hold and against the cap.

use super::file::{self, read_declared};
use super::{DataError, DataSplit, Dataset, Labels, Reading, SampleKind, Values, malformed, numbered_classes};
use flate2::read::MultiGzDecoder;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A parsed IDX file of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// Lengths of the axes, outermost first: one for labels, three or four for images.
    pub dims: Vec<usize>,
    /// The values in row-major order.
    pub bytes: Vec<u8>,
}

/// Most features that one sample may have.
const MAX_FEATURES: u64 = 1 << 20;

/// Parses an IDX stream; `plain_len` is the stream's length where it is known beforehand (an uncompressed file).
///
/// Reads at most one byte past the declared end, and never more than `reading` allow.
pub fn parse(
    file: &str,
    mut from: impl Read,
    plain_len: Option<u64>,
    reading: &Reading,
) -> Result<Idx, DataError> {
    let unreadable = |e: std::io::Error| match e.kind() {
        ErrorKind::OutOfMemory => malformed(file, "what it holds does not fit into memory; use a part of it"),
        _ => malformed(file, format!("the data breaks off or is damaged ({e}); fetch the file again")),
    };
    let mut head = Vec::new();
    from.by_ref().take(4).read_to_end(&mut head).map_err(unreadable)?;
    let n_dims = match head[..] {
        [] => return Err(malformed(file, "the file is empty; fetch it again")),
        [0, 0, 8, n @ (1 | 3 | 4)] => usize::from(n),
        [0, 0, 8, n] => {
            return Err(malformed(file, format!("it has {n} axes; labels have 1, images 3 or 4")));
        }
        [a, b, c, d] => {
            return Err(malformed(
                file,
                format!(
                    "it starts with {a:02x} {b:02x} {c:02x} {d:02x}, not with 00 00 08 as an IDX file of bytes does; is it another format?"
                ),
            ));
        }
        _ => return Err(malformed(file, "it ends inside its header; fetch the file again")),
    };
    let mut lengths = Vec::new();
    from.by_ref().take(4 * n_dims as u64).read_to_end(&mut lengths).map_err(unreadable)?;
    if lengths.len() < 4 * n_dims {
        return Err(malformed(file, "it ends inside its header; fetch the file again"));
    }
    let dims: Vec<u64> =
        lengths.chunks_exact(4).map(|b| u64::from(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))).collect();
    if dims[0] == 0 {
        return Err(malformed(file, "its header declares no samples; use a file that holds some"));
    }
    let features = dims[1..].iter().try_fold(1u64, |product, &dim| product.checked_mul(dim));
    let features = features.filter(|&n| (1..=MAX_FEATURES).contains(&n)).ok_or_else(|| {
        malformed(
            file,
            format!("its header declares samples of {}, which no image of ours has", sizes(&dims[1..])),
        )
    })?;
    if let [_, _, _, channels] = dims[..]
        && !matches!(channels, 1 | 3)
    {
        return Err(malformed(file, format!("its images have {channels} channels; 1 and 3 can be read")));
    }
    // n < 2³² and features ≤ 2²⁰, so this cannot overflow.
    let declared = dims[0] * features;
    if declared > reading.max_bytes {
        return Err(malformed(
            file,
            format!(
                "its header declares {declared} bytes, above the limit of {}; raise it with --set data.max_bytes={declared}",
                reading.max_bytes
            ),
        ));
    }
    let header = 4 + 4 * n_dims as u64;
    if let Some(len) = plain_len
        && len != header + declared
    {
        return Err(wrong_length(file, declared, len.saturating_sub(header), len < header + declared));
    }
    let bytes = read_declared(&mut from, declared as usize, plain_len.is_some()).map_err(unreadable)?;
    if (bytes.len() as u64) < declared {
        return Err(wrong_length(file, declared, bytes.len() as u64, true));
    }
    if from.take(1).read_to_end(&mut Vec::new()).map_err(unreadable)? > 0 {
        return Err(wrong_length(file, declared, declared + 1, false));
    }
    Ok(Idx { dims: dims.into_iter().map(|dim| dim as usize).collect(), bytes })
}

fn wrong_length(file: &str, declared: u64, seen: u64, truncated: bool) -> DataError {
    malformed(
        file,
        if truncated {
            format!(
                "it holds {seen} bytes of data where its header declares {declared}; it is cut short, fetch it again"
            )
        } else {
            format!(
                "it holds more than the {declared} bytes its header declares; it is damaged or not the file it seems"
            )
        },
    )
}

fn sizes(dims: &[u64]) -> String {
    dims.iter().map(u64::to_string).collect::<Vec<_>>().join("×")
}

/// Parses gzip-compressed IDX data.
pub fn decompress(file: &str, compressed: &[u8], reading: &Reading) -> Result<Idx, DataError> {
    parse(file, MultiGzDecoder::new(compressed), None, reading)
}

fn read(path: &Path, reading: &Reading) -> Result<Idx, DataError> {
    let (from, len) = file::open(path, &reading.cancel)?;
    let name = path.display().to_string();
    if path.extension().is_some_and(|extension| extension == "gz") {
        parse(&name, MultiGzDecoder::new(BufReader::new(from)), None, reading)
    } else {
        parse(&name, BufReader::new(from), Some(len), reading)
    }
}

/// Makes a data set of parsed images and, where there are any, labels; each with its file's name.
pub fn assemble(images_file: &str, images: Idx, labels: Option<(&str, &Idx)>) -> Result<Dataset, DataError> {
    let (n, kind, bytes) = match images.dims[..] {
        [n, height, width] => (n, SampleKind::Image { channels: 1, height, width }, images.bytes),
        [n, height, width, channels] => {
            let kind = SampleKind::Image { channels, height, width };
            (n, kind, channels_first(images.bytes, height * width, channels))
        }
        _ => {
            return Err(malformed(
                images_file,
                "it holds labels where images are expected; are two files swapped?",
            ));
        }
    };
    let labels = match labels {
        None => None,
        Some((file, labels)) => {
            if labels.dims.len() != 1 {
                return Err(malformed(file, "it holds images where labels are expected; are two files swapped?"));
            }
            if labels.dims[0] != n {
                return Err(malformed(
                    file,
                    format!(
                        "it holds {} labels, but {images_file} holds {n} images; the two do not belong together",
                        labels.dims[0]
                    ),
                ));
            }
            let of: Vec<u16> = labels.bytes.iter().copied().map(u16::from).collect();
            Some(Labels { names: numbered_classes(&of), of: of.into() })
        }
    };
    Dataset::new(kind, Values::Bytes(bytes.into()), labels, Vec::new())
}

/// Reorders [pixel, channel] to [channel, pixel] within each image, in place.
fn channels_first(mut bytes: Vec<u8>, n_pixels: usize, channels: usize) -> Vec<u8> {
    let mut stored = vec![0; n_pixels * channels];
    for image in bytes.chunks_exact_mut(n_pixels * channels) {
        stored.copy_from_slice(image);
        for (channel, plane) in image.chunks_exact_mut(n_pixels).enumerate() {
            plane.iter_mut().zip(stored[channel..].iter().step_by(channels)).for_each(|(to, &from)| *to = from);
        }
    }
    bytes
}

/// Loads a folder that holds `train-images-idx3-ubyte` and so on, each plain or `.gz`.
///
/// The test files may begin with `t10k` or `test`. Labels may be missing, but not on one side alone. Where there is only
/// one set of images, the last sixth of it (at least one sample) becomes the test split.
pub fn load_folder(folder: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    let names = list(folder)?;
    let images: Vec<&String> = names.iter().filter(|name| name.contains("-images-idx")).collect();
    let is_test = |name: &str| name.starts_with("t10k") || name.starts_with("test");
    let (test, train): (Vec<&String>, Vec<&String>) = images.into_iter().partition(|name| is_test(name));
    let folder_name = folder.display().to_string();
    let train_file = match train[..] {
        [one] => one,
        [] => {
            return Err(malformed(
                &folder_name,
                "there is no file named like train-images-idx3-ubyte (or with .gz); choose the folder that holds it",
            ));
        }
        [a, b, ..] => {
            return Err(malformed(
                &folder_name,
                format!("both {a} and {b} could be the training images; keep one"),
            ));
        }
    };
    let load = |images_file: &str| -> Result<Dataset, DataError> {
        let images = read(&folder.join(images_file), reading)?;
        let labels_file = labels_for(images_file, &names);
        let labels = labels_file.map(|name| read(&folder.join(name), reading).map(|labels| (name, labels)));
        let labels = labels.transpose()?;
        let shown = |name: &str| folder.join(name).display().to_string();
        let labels = labels.map(|(name, labels)| (shown(name), labels));
        let labels = labels.as_ref().map(|(name, labels)| (name.as_str(), labels));
        assemble(&shown(images_file), images, labels)
    };
    let all = load(train_file)?;
    let (train, test) = match test.first() {
        Some(test_file) => (all, load(test_file)?),
        None => {
            let n = all.n_samples();
            let n_test = (n / 6).max(1);
            if n < 2 {
                return Err(malformed(&folder_name, "one image alone cannot be split into training and test"));
            }
            (all.slice(0..n - n_test)?, all.slice(n - n_test..n)?)
        }
    };
    match_splits(&folder_name, &train, &test)?;
    let name = folder.file_name().map_or(folder_name, |name| name.to_string_lossy().into());
    Ok(DataSplit { name, train, test })
}

fn match_splits(folder: &str, train: &Dataset, test: &Dataset) -> Result<(), DataError> {
    if train.kind() != test.kind() {
        return Err(malformed(
            folder,
            format!("training images are {:?} but test images {:?}; they must agree", train.kind(), test.kind()),
        ));
    }
    match (train.labels(), test.labels()) {
        (Some(_), None) => {
            Err(malformed(folder, "there are labels for training but none for testing; add or remove one"))
        }
        (None, Some(_)) => {
            Err(malformed(folder, "there are labels for testing but none for training; add or remove one"))
        }
        (Some(train), Some(test)) if test.names.len() > train.names.len() => Err(malformed(
            folder,
            format!(
                "the test labels go up to {}, the training labels only to {}",
                test.names.len() - 1,
                train.names.len() - 1
            ),
        )),
        _ => Ok(()),
    }
}

/// The labels file that goes with an images file: `P-images-idx3-ubyte` has `P-labels-idx1-ubyte`, where P may
/// lose trailing parts (`emoji32-rgb` finds `emoji32`).
fn labels_for<'a>(images_file: &str, names: &'a [String]) -> Option<&'a str> {
    let mut stem = images_file.split("-images-idx").next()?;
    loop {
        let wanted = format!("{stem}-labels-idx1-ubyte");
        if let Some(name) = names.iter().find(|name| name.trim_end_matches(".gz") == wanted) {
            return Some(name);
        }
        stem = stem.rsplit_once('-')?.0;
    }
}

/// File names of a folder, sorted; where a file is there both plain and as `.gz`, the plain one.
fn list(folder: &Path) -> Result<Vec<String>, DataError> {
    let io = |source| DataError::Io { path: PathBuf::from(folder), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        names.push(entry.map_err(io)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let plain: Vec<String> = names.iter().filter(|name| !name.ends_with(".gz")).cloned().collect();
    names.retain(|name| name.strip_suffix(".gz").is_none_or(|stem| !plain.iter().any(|plain| plain == stem)));
    Ok(names)
}

#[cfg(test)]
#[path = "idx_tests.rs"]
mod tests;
