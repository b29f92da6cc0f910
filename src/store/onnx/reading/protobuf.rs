//! Protocol buffers from outside, read strictly: a number of too many bytes, a length beyond the end and
//! messages nested without end are errors. The reader of the crate hangs, or asks for any memory, on some of
//! these, so that it is given only what was read here and written anew.

use rten_onnx::onnx::ModelProto;
use rten_onnx::protobuf::{DecodeMessage, ErrorKind, OwnedValues, ProtobufError, ReadValue};

/// Deepest that graphs and types may be nested.
const MAX_DEPTH: usize = 16;
/// Most bytes of a number.
const MAX_VARINT: usize = 10;

/// An ONNX file; none where it is not whole.
pub fn model(bytes: &[u8]) -> Option<ModelProto> {
    if is_deep(bytes) {
        return None;
    }
    ModelProto::decode(Strict { left: bytes, len: bytes.len() }).ok()
}

/// What is left of the bytes, and how many there were.
struct Strict<'a> {
    left: &'a [u8],
    len: usize,
}

impl<'a> Strict<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], ProtobufError> {
        let (taken, left) = self.left.split_at_checked(n).ok_or(ProtobufError::new(ErrorKind::Eof))?;
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProtobufError> {
        let (taken, left) = self.left.split_first_chunk().ok_or(ProtobufError::new(ErrorKind::Eof))?;
        self.left = left;
        Ok(*taken)
    }
}

impl ReadValue for Strict<'_> {
    type Types = OwnedValues;

    fn read_i32(&mut self) -> Result<i32, ProtobufError> {
        self.array().map(i32::from_le_bytes)
    }

    fn read_i64(&mut self) -> Result<i64, ProtobufError> {
        self.array().map(i64::from_le_bytes)
    }

    fn read_varint(&mut self) -> Result<u64, ProtobufError> {
        let mut value = 0;
        for at in 0..MAX_VARINT {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                // Of the last byte one bit is left.
                let fits = at + 1 < MAX_VARINT || byte < 2;
                return if fits { Ok(value) } else { Err(ProtobufError::new(ErrorKind::InvalidVarint)) };
            }
        }
        Err(ProtobufError::new(ErrorKind::InvalidVarint))
    }

    fn read_bytes(&mut self, len: usize) -> Result<Vec<u8>, ProtobufError> {
        self.take(len).map(<[u8]>::to_vec)
    }

    fn read_string(&mut self, len: usize) -> Result<String, ProtobufError> {
        let bytes = self.read_bytes(len)?;
        String::from_utf8(bytes).map_err(|_| ProtobufError::new(ErrorKind::InvalidUtf8))
    }

    fn skip(&mut self, len: usize) -> Result<(), ProtobufError> {
        self.take(len).map(drop)
    }

    fn position(&self) -> u64 {
        (self.len - self.left.len()) as u64
    }
}

/// The messages that can hold others of their kind, somewhere inside.
#[derive(Clone, Copy)]
enum Nested {
    Model,
    Graph,
    Node,
    Attribute,
    Value,
    Type,
    Sequence,
}

impl Nested {
    /// The message that one of its fields holds, where that may go on.
    fn inside(self, field: u64) -> Option<Self> {
        Some(match (self, field) {
            (Self::Model, 7) | (Self::Attribute, 6) => Self::Graph,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph, 11..=13) => Self::Value,
            (Self::Node, 5) => Self::Attribute,
            (Self::Value, 2) | (Self::Sequence, 1) => Self::Type,
            (Self::Type, 4) => Self::Sequence,
            _ => return None,
        })
    }

    /// Whether it may stand within itself.
    fn repeats(self) -> bool {
        matches!(self, Self::Graph | Self::Type)
    }
}

/// Whether messages are nested too deep to be read by calls that call themselves. What is not whole is left
/// to the reader.
fn is_deep(bytes: &[u8]) -> bool {
    let mut waiting = vec![(Nested::Model, bytes, 0)];
    while let Some((message, bytes, depth)) = waiting.pop() {
        if depth > MAX_DEPTH {
            return true;
        }
        let mut fields = Strict { left: bytes, len: bytes.len() };
        while let Some((number, held)) = field(&mut fields) {
            if let Some(inside) = message.inside(number) {
                waiting.push((inside, held, depth + usize::from(inside.repeats())));
            }
        }
    }
    false
}

/// The next field's number and what it holds; none at the end, or where it is not whole.
fn field<'a>(fields: &mut Strict<'a>) -> Option<(u64, &'a [u8])> {
    let key = fields.read_varint().ok()?;
    let held = match key & 7 {
        0 => fields.read_varint().ok().map(|_| &[][..]),
        1 => fields.take(8).ok(),
        2 => {
            let len = fields.read_varint().ok()?;
            fields.take(usize::try_from(len).ok()?).ok()
        }
        5 => fields.take(4).ok(),
        _ => None,
    };
    Some((key >> 3, held?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::onnx::writing::protobuf::Message;

    /// A message with a field that holds bytes.
    fn held(field: u64, bytes: &[u8]) -> Vec<u8> {
        Message::default().bytes(field, bytes).into_bytes()
    }

    #[test]
    fn numbers_of_too_many_bytes_and_lengths_beyond_the_end_are_errors_and_do_not_hang() {
        assert!(model(&[8, 9]).is_some());
        assert!(model(&[&[8][..], &[0x80; 10], &[1]].concat()).is_none(), "ten bytes that all go on");
        assert!(model(&[&[8][..], &[0xff; 9], &[2]].concat()).is_none(), "65 bits");
        // A length that would lead back to the start, of a field that is left aside and of one that is read.
        for field in [4 << 3 | 2, 2 << 3 | 2] {
            let back = [&[field][..], &[0xf5], &[0xff; 8], &[1]].concat();
            assert!(model(&back).is_none());
            assert!(model(&[field, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f]).is_none(), "more than any memory");
        }
    }

    #[test]
    fn graphs_and_types_nested_without_end_are_refused_before_they_are_read() {
        let graphs = |n: usize| {
            let graph = (1..n).fold(Vec::new(), |inside, _| held(1, &held(5, &held(6, &inside))));
            held(7, &graph)
        };
        assert!(model(&graphs(MAX_DEPTH)).is_some());
        assert!(model(&graphs(MAX_DEPTH + 1)).is_none());
        assert!(model(&graphs(2_000)).is_none());
        let types = |n: usize| {
            let one = (1..n).fold(Vec::new(), |inside, _| held(4, &held(1, &inside)));
            held(7, &held(11, &held(2, &one)))
        };
        assert!(model(&types(MAX_DEPTH - 1)).is_some());
        assert!(model(&types(2_000)).is_none());
    }
}
