//! The IDX format of MNIST (LeCun): a magic number that says type and number of axes, the axes' lengths, then
//! the values; of any type, big-endian or turned round, plain or gzip-compressed, which its content says and
//! not its name.
//!
//! [`folder`] finds the files that belong together. Nothing is allocated
//! before the lengths in the header are held against what the file can hold and against the cap.

mod folder;

pub use folder::{load_file, load_tree};

use super::arrays::{Array, Numbers};
use super::file::read_declared;
use super::tree::{Opener, Tree, TreeFile};
use super::{DataError, Reading, malformed};
use flate2::bufread::MultiGzDecoder;
use std::io::{ErrorKind, Read};

/// A type of number, by the code that the magic number has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Type {
    fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            _ => return None,
        })
    }

    fn size(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// What a file's first bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    of: Type,
    dims: Vec<u64>,
    /// Whether values lie least byte first.
    is_turned: bool,
}

/// Most features that one sample may have.
const MAX_FEATURES: u64 = 1 << 20;
/// Values that are read at a time where they are turned into others.
const CHUNK: usize = 1 << 18;

/// Parses an IDX stream; `plain_len` is the stream's length where it is known beforehand (an uncompressed
/// file).
///
/// Reads at most one byte past the declared end, and never more than `reading` allows.
pub fn parse(
    file: &str,
    mut from: impl Read,
    plain_len: Option<u64>,
    reading: &Reading,
) -> Result<Array, DataError> {
    let Head { of, dims, is_turned } = head(file, &mut from, plain_len)?;
    // n < 2³² and features ≤ 2²⁰, so this cannot overflow.
    let declared = dims.iter().product::<u64>() * of.size();
    if declared > reading.max_bytes {
        return Err(malformed(
            file,
            format!(
                "its header declares {declared} bytes, above the limit of {}; raise it with --set data.max_bytes={declared}",
                reading.max_bytes
            ),
        ));
    }
    let header = 4 + 4 * dims.len() as u64;
    if let Some(len) = plain_len
        && len != header + declared
    {
        return Err(wrong_length(file, declared, len.saturating_sub(header), len < header + declared));
    }
    let n_values = (declared / of.size()) as usize;
    let values = values(file, &mut from, (of, is_turned), n_values, plain_len.is_some())?;
    if from.take(1).read_to_end(&mut Vec::new()).map_err(|e| unreadable(file, &e))? > 0 {
        return Err(wrong_length(file, declared, declared + 1, false));
    }
    Ok(Array { dims: dims.into_iter().map(|dim| dim as usize).collect(), values })
}

/// Reads the magic number and the lengths, and checks both.
fn head(file: &str, from: &mut impl Read, plain_len: Option<u64>) -> Result<Head, DataError> {
    let mut magic = Vec::new();
    from.by_ref().take(4).read_to_end(&mut magic).map_err(|e| unreadable(file, &e))?;
    let (code, n_dims, is_turned) = match magic[..] {
        [] => return Err(malformed(file, "the file is empty; fetch it again")),
        [0, 0, code @ 8..=14, n] => (code, usize::from(n), false),
        // Written least byte first.
        [n @ 1..=4, code @ 8..=14, 0, 0] => (code, usize::from(n), true),
        [a, b, c, d] => {
            return Err(malformed(
                file,
                format!(
                    "it starts with {a:02x} {b:02x} {c:02x} {d:02x}, not with 00 00 and a type of number as an IDX file does; is it another format?"
                ),
            ));
        }
        _ => return Err(malformed(file, "it ends inside its header; fetch the file again")),
    };
    let of = Type::of_code(code)
        .ok_or_else(|| malformed(file, format!("its numbers are of type {code:#04x}, which IDX does not have")))?;
    if !(1..=4).contains(&n_dims) {
        return Err(malformed(file, format!("it has {n_dims} axes; labels have 1, samples 2 to 4")));
    }
    let mut lengths = Vec::new();
    from.by_ref().take(4 * n_dims as u64).read_to_end(&mut lengths).map_err(|e| unreadable(file, &e))?;
    if lengths.len() < 4 * n_dims {
        return Err(malformed(file, "it ends inside its header; fetch the file again"));
    }
    let read = |turned: bool| -> Vec<u64> {
        let lengths = lengths.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]]);
        lengths.map(|b| u64::from(if turned { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })).collect()
    };
    // Lengths alone may have been written the other way round, which the length of the file tells.
    let fits = |dims: &[u64]| plain_len == size(dims, of).and_then(|size| size.checked_add(4 + 4 * n_dims as u64));
    let turned = read(!is_turned);
    let (dims, is_turned) = if !fits(&read(is_turned)) && plain_len.is_some() && fits(&turned) {
        (turned, !is_turned)
    } else {
        (read(is_turned), is_turned)
    };
    check(file, &dims)?;
    Ok(Head { of, dims, is_turned })
}

/// Bytes of so many values, unless they are beyond all counting.
fn size(dims: &[u64], of: Type) -> Option<u64> {
    dims.iter().try_fold(of.size(), |product, &dim| product.checked_mul(dim))
}

fn check(file: &str, dims: &[u64]) -> Result<(), DataError> {
    if dims[0] == 0 {
        return Err(malformed(file, "its header declares no samples; use a file that holds some"));
    }
    let features = dims[1..].iter().try_fold(1u64, |product, &dim| product.checked_mul(dim));
    if features.is_none_or(|n| !(1..=MAX_FEATURES).contains(&n)) {
        return Err(malformed(
            file,
            format!("its header declares samples of {}, which none of ours have", sizes(&dims[1..])),
        ));
    }
    Ok(())
}

/// Reads `n` values; memory is taken for what really arrives.
fn values(
    file: &str,
    from: &mut impl Read,
    (of, is_turned): (Type, bool),
    n: usize,
    is_known: bool,
) -> Result<Numbers, DataError> {
    let cut = |seen: usize| {
        let size = of.size();
        wrong_length(file, n as u64 * size, seen as u64, true)
    };
    let mut bytes = |n_bytes: usize, is_known: bool| {
        let bytes = read_declared(from, n_bytes, is_known).map_err(|e| unreadable(file, &e))?;
        if bytes.len() < n_bytes { Err(cut(bytes.len())) } else { Ok(bytes) }
    };
    if of == Type::U8 {
        return Ok(Numbers::Bytes(bytes(n, is_known)?));
    }
    let (mut whole, mut floats) = (Vec::new(), Vec::new());
    let room = if is_known { n } else { n.min(CHUNK) };
    let is_float = matches!(of, Type::F32 | Type::F64);
    let reserved = if is_float { floats.try_reserve_exact(room) } else { whole.try_reserve_exact(room) };
    reserved.map_err(|_| malformed(file, NO_MEMORY))?;
    let mut left = n;
    while left > 0 {
        let now = left.min(CHUNK);
        let mut chunk = bytes(now * of.size() as usize, true)?;
        left -= now;
        if is_turned {
            chunk.chunks_exact_mut(of.size() as usize).for_each(<[u8]>::reverse);
        }
        match of {
            Type::U8 | Type::I8 => whole.extend(chunk.iter().map(|&byte| i32::from(byte.cast_signed()))),
            Type::I16 => whole.extend(chunk.as_chunks().0.iter().map(|&b| i32::from(i16::from_be_bytes(b)))),
            Type::I32 => whole.extend(chunk.as_chunks().0.iter().map(|&b| i32::from_be_bytes(b))),
            Type::F32 => floats.extend(chunk.as_chunks().0.iter().map(|&b| f32::from_be_bytes(b))),
            Type::F64 => floats.extend(chunk.as_chunks().0.iter().map(|&b| f64::from_be_bytes(b) as f32)),
        }
    }
    Ok(if is_float { Numbers::Floats(floats) } else { Numbers::Whole(whole) })
}

const NO_MEMORY: &str = "what it holds does not fit into memory; use a part of it";

fn unreadable(file: &str, e: &std::io::Error) -> DataError {
    match e.kind() {
        ErrorKind::OutOfMemory => malformed(file, NO_MEMORY),
        _ => malformed(file, format!("the data breaks off or is damaged ({e}); fetch the file again")),
    }
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
pub fn decompress(file: &str, compressed: &[u8], reading: &Reading) -> Result<Array, DataError> {
    parse(file, MultiGzDecoder::new(compressed), None, reading)
}

/// Reads a file.
fn read(tree: &Tree, file: &TreeFile, opener: &mut Opener<'_>, reading: &Reading) -> Result<Array, DataError> {
    let (from, len) = opener.open(file)?;
    parse(&tree.shown(file), from, len, reading)
}

/// Number of axes of a file, if it begins as an IDX file does.
fn n_axes(file: &TreeFile, opener: &mut Opener<'_>) -> Option<usize> {
    let (mut from, len) = opener.open(file).ok()?;
    head("", &mut from, len).ok().map(|head| head.dims.len())
}

#[cfg(test)]
mod tests;
