//! NumPy's files: one array in `.npy`, several in `.npz` (a zip of them) or side by side in a folder.
//!
//! The format is NumPy's NEP 1: a magic number, a version, and a header that is a Python literal of three
//! keys. Numbers of every type and byte order are read, and words; what would have to be unpickled is
//! refused. [`pick`] says which of several arrays are what. Nothing is allocated before the lengths in the
//! header are held against the file and the cap.

mod header;
mod pick;
mod roles;

pub use pick::{load_file, load_tree, pictures};

use super::arrays::{Array, Numbers};
use super::file::read_declared;
use super::{DataError, Reading, malformed};
use header::{Header, Type};
use std::io::{ErrorKind, Read};

/// How a file of NumPy's begins.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// Values that are read at a time where they are turned into others.
const CHUNK: usize = 1 << 18;

/// What an array holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Numbers.
    Numbers(Array),
    /// Words, one for each place, in row-major order.
    Words(Vec<String>),
}

/// Reads the header of an array and leaves `from` at its values.
fn head(file: &str, from: &mut impl Read) -> Result<Header, DataError> {
    let mut fixed = [0; 8];
    let ends = |e: std::io::Error| match e.kind() {
        ErrorKind::UnexpectedEof => malformed(file, "it ends inside its header; save the array again"),
        _ => unreadable(file, &e),
    };
    from.read_exact(&mut fixed).map_err(ends)?;
    if !fixed.starts_with(MAGIC) {
        return Err(malformed(file, "it does not begin as NumPy's files do; save the array with numpy.save"));
    }
    let len = match fixed[6] {
        1 => {
            let mut len = [0; 2];
            from.read_exact(&mut len).map_err(ends)?;
            u32::from(u16::from_le_bytes(len))
        }
        2 | 3 => {
            let mut len = [0; 4];
            from.read_exact(&mut len).map_err(ends)?;
            u32::from_le_bytes(len)
        }
        version => {
            return Err(malformed(file, format!("it is of version {version} of the format; 1 to 3 are read")));
        }
    };
    if len > header::MAX_LEN {
        return Err(malformed(file, format!("its header of {len} bytes is longer than any array's")));
    }
    let mut text = vec![0; len as usize];
    from.read_exact(&mut text).map_err(ends)?;
    let mut header = Header::parse(&String::from_utf8_lossy(&text)).map_err(|problem| malformed(file, problem))?;
    header.starts_at = 8 + if fixed[6] == 1 { 2 } else { 4 } + u64::from(len);
    Ok(header)
}

/// Reads one array; `plain_len` is the stream's length where it is known beforehand.
///
/// Reads at most one byte past the declared end, and never more than `reading` allows.
pub fn parse(
    file: &str,
    mut from: impl Read,
    plain_len: Option<u64>,
    reading: &Reading,
) -> Result<Content, DataError> {
    let header = head(file, &mut from)?;
    let n_values = header.n_values().map_err(|problem| malformed(file, problem))?;
    // Both factors are far below 2³², as the header was checked.
    let declared = n_values as u64 * header.of.size() as u64;
    reading.check_size(file, declared)?;
    if let Some(len) = plain_len.filter(|&len| len != header.starts_at + declared) {
        let seen = len.saturating_sub(header.starts_at);
        return Err(wrong_length(file, declared, seen));
    }
    let content = match header.of {
        Type::Words { n_chars, is_wide } => {
            Content::Words(words(file, &mut from, (n_chars, is_wide, header.is_big), n_values)?)
        }
        _ => {
            let values = numbers(file, &mut from, &header, n_values, plain_len.is_some())?;
            Content::Numbers(in_row_order(header.dims, values, header.is_fortran))
        }
    };
    if from.take(1).read_to_end(&mut Vec::new()).map_err(|e| unreadable(file, &e))? > 0 {
        return Err(malformed(file, format!("it holds more than the {declared} bytes its header declares")));
    }
    Ok(content)
}

/// Reads `n` numbers in the order of the file; memory is taken for what really arrives.
fn numbers(
    file: &str,
    from: &mut impl Read,
    header: &Header,
    n: usize,
    is_known: bool,
) -> Result<Numbers, DataError> {
    let (of, size) = (header.of, header.of.size());
    let mut seen = 0;
    let mut bytes = |n_bytes: usize, is_known: bool| {
        let bytes = read_declared(from, n_bytes, is_known).map_err(|e| unreadable(file, &e))?;
        seen += bytes.len();
        if bytes.len() < n_bytes { Err(wrong_length(file, (n * size) as u64, seen as u64)) } else { Ok(bytes) }
    };
    if matches!(of, Type::U8 | Type::Bool) {
        return Ok(Numbers::Bytes(bytes(n, is_known)?));
    }
    let room = if is_known { n } else { n.min(CHUNK) };
    let mut values = Growing::new(of.is_float(), room).ok_or_else(|| malformed(file, NO_MEMORY))?;
    let mut left = n;
    while left > 0 {
        let now = left.min(CHUNK);
        let mut chunk = bytes(now * size, true)?;
        left -= now;
        if header.is_big {
            chunk.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        }
        values.extend(of, &chunk);
    }
    Ok(values.into_numbers())
}

/// Numbers being gathered: whole ones as long as they fit into four bytes, else fractions.
enum Growing {
    Whole(Vec<i32>),
    Floats(Vec<f32>),
}

impl Growing {
    fn new(is_float: bool, room: usize) -> Option<Self> {
        let (mut whole, mut floats) = (Vec::new(), Vec::new());
        if is_float {
            floats.try_reserve_exact(room).ok()?;
            return Some(Self::Floats(floats));
        }
        whole.try_reserve_exact(room).ok()?;
        Some(Self::Whole(whole))
    }

    /// Takes values of a type, least byte first.
    fn extend(&mut self, of: Type, bytes: &[u8]) {
        match of {
            Type::I8 => self.whole(bytes.iter().map(|&b| i64::from(b.cast_signed()))),
            Type::U8 | Type::Bool => self.whole(bytes.iter().map(|&b| i64::from(b))),
            Type::I16 => self.whole(each(bytes).map(|b| i64::from(i16::from_le_bytes(b)))),
            Type::U16 => self.whole(each(bytes).map(|b| i64::from(u16::from_le_bytes(b)))),
            Type::I32 => self.whole(each(bytes).map(|b| i64::from(i32::from_le_bytes(b)))),
            Type::U32 => self.whole(each(bytes).map(|b| i64::from(u32::from_le_bytes(b)))),
            Type::I64 => self.whole(each(bytes).map(i64::from_le_bytes)),
            // Beyond an i64 it is beyond single precision's whole numbers by far.
            Type::U64 => self.whole(each(bytes).map(|b| u64::from_le_bytes(b).min(i64::MAX as u64) as i64)),
            Type::F16 => self.floats(each(bytes).map(|b| half(u16::from_le_bytes(b)))),
            Type::F32 => self.floats(each(bytes).map(f32::from_le_bytes)),
            Type::F64 => self.floats(each(bytes).map(|b| f64::from_le_bytes(b) as f32)),
            Type::Words { .. } => {}
        }
    }

    fn whole(&mut self, values: impl Iterator<Item = i64>) {
        for value in values {
            match (&mut *self, i32::try_from(value)) {
                (Self::Whole(whole), Ok(value)) => whole.push(value),
                (Self::Whole(whole), Err(_)) => {
                    let mut floats: Vec<f32> = whole.iter().map(|&value| value as f32).collect();
                    floats.push(value as f32);
                    *self = Self::Floats(floats);
                }
                (Self::Floats(floats), _) => floats.push(value as f32),
            }
        }
    }

    fn floats(&mut self, values: impl Iterator<Item = f32>) {
        if let Self::Floats(floats) = self {
            floats.extend(values);
        }
    }

    fn into_numbers(self) -> Numbers {
        match self {
            Self::Whole(whole) => Numbers::Whole(whole),
            Self::Floats(floats) => Numbers::Floats(floats),
        }
    }
}

fn each<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks().0.iter().copied()
}

/// A number of half precision (IEEE 754).
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, bits >> 10 & 0x1f, u32::from(bits & 0x3ff));
    match exponent {
        0 => (fraction as f32 / (1 << 24) as f32) * if sign == 0 { 1.0 } else { -1.0 },
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (u32::from(exponent) + 112) << 23 | fraction << 13),
    }
}

/// Reads `n` words of `n_chars` each, without the zeros that fill them up.
fn words(
    file: &str,
    from: &mut impl Read,
    (n_chars, is_wide, is_big): (usize, bool, bool),
    n: usize,
) -> Result<Vec<String>, DataError> {
    let size = n_chars * if is_wide { 4 } else { 1 };
    let mut all = Vec::new();
    for _ in 0..n {
        let bytes = read_declared(from, size, false).map_err(|e| unreadable(file, &e))?;
        if bytes.len() < size {
            return Err(wrong_length(file, (n * size) as u64, (all.len() * size + bytes.len()) as u64));
        }
        let word = if is_wide {
            let code = |b: [u8; 4]| if is_big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) };
            let chars = each(&bytes).map(code).take_while(|&code| code != 0);
            chars.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        } else {
            let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            String::from_utf8_lossy(&bytes[..end]).into_owned()
        };
        all.push(word);
    }
    Ok(all)
}

/// Values in row-major order, whichever order the file has.
fn in_row_order(dims: Vec<usize>, values: Numbers, is_fortran: bool) -> Array {
    if !is_fortran || dims.len() < 2 {
        return Array { dims, values };
    }
    let values = match values {
        Numbers::Bytes(values) => Numbers::Bytes(turned(&dims, values)),
        Numbers::Whole(values) => Numbers::Whole(turned(&dims, values)),
        Numbers::Floats(values) => Numbers::Floats(turned(&dims, values)),
    };
    Array { dims, values }
}

fn turned<T: Copy>(dims: &[usize], values: Vec<T>) -> Vec<T> {
    let mut turned = Vec::with_capacity(values.len());
    let strides: Vec<usize> = dims
        .iter()
        .scan(1, |product, &dim| {
            let stride = *product;
            *product *= dim;
            Some(stride)
        })
        .collect();
    let mut at = vec![0; dims.len()];
    let mut from = 0;
    for _ in 0..values.len() {
        turned.push(values[from]);
        for axis in (0..dims.len()).rev() {
            at[axis] += 1;
            from += strides[axis];
            if at[axis] < dims[axis] {
                break;
            }
            from -= strides[axis] * dims[axis];
            at[axis] = 0;
        }
    }
    turned
}

const NO_MEMORY: &str = "what it holds does not fit into memory; use a part of it";

fn unreadable(file: &str, e: &std::io::Error) -> DataError {
    match e.kind() {
        ErrorKind::OutOfMemory => malformed(file, NO_MEMORY),
        _ => malformed(file, format!("the data break off or are damaged ({e}); save the array again")),
    }
}

fn wrong_length(file: &str, declared: u64, seen: u64) -> DataError {
    malformed(
        file,
        format!("it holds {seen} bytes of data where its header declares {declared}; save the array again"),
    )
}

#[cfg(test)]
mod tests;
