//! State dicts: named tensors, out of a file of PyTorch or a safetensors file that is not halfmoon's own.

use super::archive::Archive;
use super::pickle::{Id, Node, View};
use safetensors::tensor::{Dtype, SafeTensors};
use std::collections::HashSet;

/// Named tensors in the order of their file.
pub struct StateDict<'a> {
    /// The tensors of real numbers.
    pub tensors: Vec<Tensor<'a>>,
    /// What was left aside, in words.
    pub aside: Vec<String>,
    /// Bytes of the whole file.
    pub n_bytes: usize,
}

/// A tensor, still as it lies in its file.
pub struct Tensor<'a> {
    /// Its whole name.
    pub name: String,
    /// Lengths of its axes.
    pub shape: Vec<usize>,
    strides: Vec<usize>,
    offset: usize,
    number: Number,
    stored: &'a [u8],
}

/// How a number is stored, the lowest byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    F16,
    Bf16,
    F32,
    F64,
}

impl Number {
    fn size(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn read(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::F16, &[a, b]) => f16(u16::from_le_bytes([a, b])),
            (Self::Bf16, &[a, b]) => f32::from_le_bytes([0, 0, a, b]),
            (Self::F32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (Self::F64, bytes) => bytes.try_into().map_or(f32::NAN, |bytes| f64::from_le_bytes(bytes) as f32),
            _ => f32::NAN,
        }
    }
}

/// A number of 16 bits: sign, 5 bits of exponent, 10 of fraction.
fn f16(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f32.powi(exponent - 15),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

/// Bytes of one number in a storage of this type, such as `torch.FloatStorage`.
pub fn size_of(storage: &str) -> Option<usize> {
    if let Some(number) = real(storage) {
        return Some(number.size());
    }
    Some(match word(storage) {
        "LongStorage" => 8,
        "IntStorage" => 4,
        "ShortStorage" => 2,
        "CharStorage" | "ByteStorage" | "BoolStorage" => 1,
        _ => return None,
    })
}

fn real(storage: &str) -> Option<Number> {
    Some(match word(storage) {
        "HalfStorage" => Number::F16,
        "BFloat16Storage" => Number::Bf16,
        "FloatStorage" => Number::F32,
        "DoubleStorage" => Number::F64,
        _ => return None,
    })
}

fn word(storage: &str) -> &str {
    storage.rsplit('.').next().unwrap_or_default()
}

impl Tensor<'_> {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The values, row after row. The error is part of a sentence.
    pub fn values(&self) -> Result<Vec<f32>, String> {
        let n = self.len();
        let (mut values, mut place) = (Vec::with_capacity(n), vec![0; self.shape.len()]);
        for at in 0..n {
            let start: usize = place.iter().zip(&self.strides).map(|(i, stride)| i * stride).sum();
            let size = self.number.size();
            let value = self.number.read(&self.stored[(self.offset + start) * size..][..size]);
            if !value.is_finite() {
                let name = &self.name;
                return Err(format!("the tensor {name} holds {value} at place {at}; its training diverged"));
            }
            values.push(value);
            for (i, len) in place.iter_mut().zip(&self.shape).rev() {
                *i += 1;
                if *i < *len {
                    break;
                }
                *i = 0;
            }
        }
        Ok(values)
    }
}

fn too_many() -> String {
    format!("it holds more than {MAX_TENSORS} tensors, which no network that can be built here has")
}

/// Whether a view stays within `len` numbers and no number is meant twice.
fn fits(view: &View, len: usize) -> bool {
    let n = view.shape.iter().try_fold(1usize, |n, len| n.checked_mul(*len));
    let last = view.shape.iter().zip(&view.strides).try_fold(view.offset, |last, (len, stride)| {
        last.checked_add(len.saturating_sub(1).checked_mul(*stride)?)
    });
    n.is_some_and(|n| n <= len && (n == 0 || last.is_some_and(|last| last < len)))
}

/// Words of names of what a checkpoint holds beside the weights of its model.
const NOT_WEIGHTS: [&str; 9] =
    ["optim", "sched", "scaler", "loss", "callback", "loops", "metric", "history", "ema"];
/// Most dictionaries within dictionaries.
const MAX_DEPTH: usize = 6;
/// Longest part of a name.
const MAX_KEY: usize = 200;
/// Most tensors: more than any network that can be built here has.
const MAX_TENSORS: usize = 1024;
/// Most parts of a checkpoint that are named where they are left aside.
const MAX_ASIDE: usize = 8;

impl<'a> StateDict<'a> {
    /// The tensors of a file of `torch.save`, however deep they lie in dictionaries.
    pub fn of_archive(archive: &'a Archive<'a>, n_bytes: usize) -> Result<Self, String> {
        let mut found = Self { tensors: Vec::new(), aside: Vec::new(), n_bytes };
        let root = archive.pickle.root;
        if !matches!(archive.pickle.nodes[root], Node::Dict(_)) {
            let what =
                if matches!(archive.pickle.nodes[root], Node::Tensor(_)) { "one tensor" } else { "no dictionary" };
            return Err(format!(
                "it holds {what}; save a state dict: torch.save(model.state_dict(), \"weights.pt\")"
            ));
        }
        found.gather(archive, root, "", 0, &mut HashSet::new())?;
        found.checked()
    }

    fn gather(
        &mut self,
        archive: &'a Archive<'a>,
        at: Id,
        prefix: &str,
        depth: usize,
        open: &mut HashSet<Id>,
    ) -> Result<(), String> {
        let nodes = &archive.pickle.nodes;
        match &nodes[at] {
            Node::Tensor(view) => self.put(archive, prefix, view),
            // Each dictionary once: one that holds itself has no end.
            Node::Dict(items) if depth < MAX_DEPTH && open.insert(at) => {
                for (key, value) in items {
                    let key = match &nodes[*key] {
                        Node::Text(key) if key.len() <= MAX_KEY => key.clone(),
                        Node::Int(key) => key.to_string(),
                        _ => continue,
                    };
                    let holds_more = matches!(nodes[*value], Node::Dict(_) | Node::List(_) | Node::Tensor(_));
                    let is_aside = NOT_WEIGHTS.iter().any(|word| key.to_lowercase().contains(word));
                    // Only a dictionary of dictionaries is a checkpoint: a layer may have any name.
                    if is_aside && depth == 0 && !key.contains('.') {
                        if holds_more && self.aside.len() < MAX_ASIDE {
                            self.aside.push(key);
                        }
                        continue;
                    }
                    let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                    self.gather(archive, *value, &name, depth + 1, open)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn put(&mut self, archive: &'a Archive<'a>, name: &str, view: &View) -> Result<(), String> {
        let nodes = &archive.pickle.nodes;
        let Node::Storage(storage) = &nodes[view.storage] else { return Ok(()) };
        let (Node::Text(key), Node::Name(kind)) = (&nodes[storage.key], &nodes[storage.kind]) else {
            return Ok(());
        };
        let Some(number) = real(kind) else {
            // Counts, such as how many batches a normalisation saw, are no weights.
            return if size_of(kind).is_some() {
                Ok(())
            } else {
                Err(format!(
                    "the tensor {name} is of type {}; save it as float32: model.float().state_dict()",
                    word(kind)
                ))
            };
        };
        let stored = archive.storages.get(key).copied().unwrap_or_default();
        let len = storage.len.min(stored.len() / number.size());
        if !fits(view, len) {
            return Err(format!(
                "the tensor {name} of shape {:?} does not lie within its {len} stored numbers; save it again",
                view.shape
            ));
        }
        if self.tensors.len() == MAX_TENSORS {
            return Err(too_many());
        }
        self.tensors.push(Tensor {
            name: name.into(),
            shape: view.shape.clone(),
            strides: view.strides.clone(),
            offset: view.offset,
            number,
            stored,
        });
        Ok(())
    }

    /// The tensors of a safetensors file.
    pub fn of_safetensors(tensors: &SafeTensors<'a>, n_bytes: usize) -> Result<Self, String> {
        let mut found = Self { tensors: Vec::new(), aside: Vec::new(), n_bytes };
        // By the place of their numbers, for the header has no order that means anything.
        if tensors.len() > MAX_TENSORS {
            return Err(too_many());
        }
        let mut all: Vec<_> = tensors.tensors();
        all.sort_by_key(|(_, view)| view.data().as_ptr() as usize);
        for (name, view) in all {
            let number = match view.dtype() {
                Dtype::F16 => Number::F16,
                Dtype::BF16 => Number::Bf16,
                Dtype::F32 => Number::F32,
                Dtype::F64 => Number::F64,
                Dtype::I64 | Dtype::I32 | Dtype::I16 | Dtype::I8 | Dtype::U8 | Dtype::BOOL => continue,
                other => return Err(format!("the tensor {name} is of type {other:?}; save it as float32")),
            };
            let shape = view.shape().to_vec();
            let mut strides = vec![1; shape.len()];
            for axis in (1..shape.len()).rev() {
                strides[axis - 1] = strides[axis] * shape[axis];
            }
            found.tensors.push(Tensor { name, strides, shape, offset: 0, number, stored: view.data() });
        }
        found.checked()
    }

    fn checked(self) -> Result<Self, String> {
        if self.tensors.is_empty() {
            return Err("it holds no tensors of real numbers; save a state dict: torch.save(model.state_dict(), \"weights.pt\")".into());
        }
        // Views may share a storage; they may not make more of it than a file of this size could hold.
        let n: usize = self.tensors.iter().fold(0, |n, tensor| n.saturating_add(tensor.len()));
        if n > self.n_bytes {
            return Err("its tensors share more numbers than they hold; save it again".into());
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_width_are_read() {
        for (bits, wanted) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x7bff, 65504.0),
            (0x8000, 0.0),
        ] {
            assert_eq!(f16(bits), wanted, "{bits:#06x}");
        }
        assert!(f16(0x7c00) == f32::INFINITY && f16(0x7e00).is_nan());
        assert_eq!(Number::Bf16.read(&[0x80, 0xbf]), -1.0);
        assert_eq!(Number::F64.read(&0.1f64.to_le_bytes()), 0.1);
    }
}
