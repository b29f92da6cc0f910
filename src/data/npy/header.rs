//! The header of an array: a Python literal such as
//! `{'descr': '<f4', 'fortran_order': False, 'shape': (10, 28, 28), }`.

/// Most bytes of a header.
pub const MAX_LEN: u32 = 1 << 16;
/// Most axes, and most numbers, of an array.
const MAX_AXES: usize = 8;
const MAX_VALUES: u64 = 1 << 40;
/// Most letters of a word.
const MAX_CHARS: usize = 1 << 16;

/// A type of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
    /// Words of so many letters, of four bytes each where they are wide.
    Words {
        n_chars: usize,
        is_wide: bool,
    },
}

impl Type {
    /// Bytes of a value.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::Words { n_chars, is_wide } => n_chars * if is_wide { 4 } else { 1 },
        }
    }

    /// Whether it has fractions.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// By NumPy's letter and size, such as `f` and 4.
    fn of(letter: char, size: usize) -> Result<Self, String> {
        Ok(match (letter, size) {
            ('b' | '?', 1) => Self::Bool,
            ('u', 1) => Self::U8,
            ('i', 1) => Self::I8,
            ('u', 2) => Self::U16,
            ('i', 2) => Self::I16,
            ('u', 4) => Self::U32,
            ('i', 4) => Self::I32,
            ('u', 8) => Self::U64,
            ('i', 8) => Self::I64,
            ('f', 2) => Self::F16,
            ('f', 4) => Self::F32,
            ('f', 8) => Self::F64,
            ('U' | 'S' | 'a', 1..=MAX_CHARS) => Self::Words { n_chars: size, is_wide: letter == 'U' },
            ('O', _) => {
                return Err("it holds Python objects, which would have to be unpickled; save plain arrays".into());
            }
            _ => {
                return Err(format!(
                    "its values are of type {letter}{size}, which is neither a number of up to 8 bytes nor a word; convert it with astype"
                ));
            }
        })
    }
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub of: Type,
    /// Whether values lie with the most significant byte first.
    pub is_big: bool,
    /// Whether the first axis runs fastest.
    pub is_fortran: bool,
    pub dims: Vec<usize>,
    /// Bytes before the values.
    pub starts_at: u64,
}

impl Header {
    /// Reads a header's text; the error is a problem without the file's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let descr = after_key(text, "descr").ok_or("its header names no type; save the array again")?;
        let Some((descr, _)) = quoted(descr) else {
            return Err("its rows are records of several types; save each field as an array of its own".into());
        };
        let order = descr.chars().next().filter(|order| ['<', '>', '|', '='].contains(order));
        let mut rest = descr.chars().skip(usize::from(order.is_some()));
        let letter = rest.next().unwrap_or(' ');
        let size: String = rest.collect();
        let size = if size.is_empty() { usize::from(letter == '?') } else { size.parse().unwrap_or(usize::MAX) };
        let of = Type::of(letter, size)?;
        let fortran = after_key(text, "fortran_order").ok_or("its header names no order; save the array again")?;
        let shape = after_key(text, "shape").and_then(|shape| shape.strip_prefix('('));
        let shape =
            shape.and_then(|shape| shape.split_once(')')).ok_or("its header names no shape; save it again")?.0;
        let dims: Option<Vec<usize>> = shape
            .split(',')
            .map(|dim| dim.trim().trim_end_matches('L'))
            .filter(|dim| !dim.is_empty())
            .map(|dim| dim.parse().ok())
            .collect();
        let dims =
            dims.ok_or_else(|| format!("its shape ({shape}) is no list of lengths; save the array again"))?;
        let is_big = order == Some('>');
        Ok(Self { of, is_big, is_fortran: fortran.starts_with("True"), dims, starts_at: 0 })
    }

    /// Number of values; an error where there are none or too many.
    pub fn n_values(&self) -> Result<usize, String> {
        let n = self.dims.iter().try_fold(1u64, |product, &dim| product.checked_mul(dim as u64));
        match n.filter(|&n| n <= MAX_VALUES && self.dims.len() <= MAX_AXES) {
            Some(0) => Err("it holds no values; use an array that holds some".into()),
            Some(n) => Ok(n as usize),
            None => Err(format!("its header declares an array of {}, which none is", self.sizes())),
        }
    }

    /// Its shape, to show.
    pub fn sizes(&self) -> String {
        self.dims.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
    }
}

/// What stands behind a key.
fn after_key<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (at, _) = text.match_indices(key).find(|(at, _)| text[..*at].ends_with(['\'', '"']))?;
    let rest = text[at + key.len()..].strip_prefix(['\'', '"'])?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// A word in quotes, and what stands behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
    text[1..].split_once(quote)
}
