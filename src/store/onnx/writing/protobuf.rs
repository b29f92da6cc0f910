//! The little of protocol buffers that an ONNX file needs, written out.
//!
//! A message is a run of fields, each a key (its number and how it is written) and a value: whole numbers
//! seven bits a byte, the lowest first; floats as they are; text, bytes and messages with their length before
//! them.

/// A message in the making.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

/// How a value is written.
const WHOLE: u64 = 0;
const WITH_LENGTH: u64 = 2;
const FOUR_BYTES: u64 = 5;

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn key(&mut self, field: u64, how: u64) {
        self.varint(field << 3 | how);
    }

    /// The same with a whole number.
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.key(field, WHOLE);
        // A negative number is written as its 64 bits.
        self.varint(value as u64);
        self
    }

    /// The same with a number of four bytes.
    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.key(field, FOUR_BYTES);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// The same with bytes.
    pub fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.key(field, WITH_LENGTH);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// The same with text.
    pub fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// The same with a message inside.
    pub fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    /// The same with several values of one field, in their order.
    pub fn each<T>(self, values: impl IntoIterator<Item = T>, add: impl Fn(Self, T) -> Self) -> Self {
        values.into_iter().fold(self, add)
    }

    /// What it is as bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_the_format_says() {
        // The examples of the format's own description: 150 in field 1, "testing" in field 2.
        assert_eq!(Message::default().int(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        let testing = [&[0x12, 7][..], b"testing"].concat();
        assert_eq!(Message::default().text(2, "testing").into_bytes(), testing);
        let inside = Message::default().int(1, 150);
        assert_eq!(Message::default().message(3, &inside).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(Message::default().int(1, -1).into_bytes().len(), 11);
        assert_eq!(Message::default().float(16, 1.0).into_bytes(), [0x85, 0x01, 0, 0, 0x80, 0x3f]);
    }
}
