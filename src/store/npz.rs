//! NumPy's `.npz`: a zip of arrays, which `numpy.load` opens without pickle.
//!
//! Arrays are packed and written some at a time, so that one of any size takes no memory of its own. Equal
//! arrays give equal bytes.

use std::io::{Error, Seek, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive in the making.
pub struct Npz<W: Write + Seek> {
    zip: ZipWriter<W>,
}

impl<W: Write + Seek> Npz<W> {
    /// An empty archive.
    pub fn new(to: W) -> Self {
        Self { zip: ZipWriter::new(to) }
    }

    /// Begins an array of a type and shape as NumPy names them; its values follow by [`Self::put`].
    pub fn begin(&mut self, name: &str, dtype: &str, shape: &[usize], n_bytes: u64) -> Result<(), Error> {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .large_file(n_bytes > u64::from(u32::MAX) / 2);
        self.zip.start_file(format!("{name}.npy"), options).map_err(Error::other)?;
        let sides: String = shape.iter().map(|side| format!("{side}, ")).collect();
        let text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({}), }}", sides.trim_end());
        // Magic, version and length take ten bytes, and the values begin at a multiple of 64.
        let len = (10 + text.len() + 1).next_multiple_of(64) - 10;
        let short = u16::try_from(len).map_err(Error::other)?;
        self.zip.write_all(b"\x93NUMPY\x01\x00")?;
        self.zip.write_all(&short.to_le_bytes())?;
        self.zip.write_all(format!("{text:0$}\n", len - 1).as_bytes())
    }

    /// Some more bytes of the array that was begun.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.zip.write_all(bytes)
    }

    /// Numbers of single precision of any shape.
    pub fn floats(&mut self, name: &str, shape: &[usize], floats: &[f32]) -> Result<(), Error> {
        self.begin(name, "<f4", shape, 4 * floats.len() as u64)?;
        self.put(bytemuck::cast_slice(floats))
    }

    /// A list of whole numbers.
    pub fn whole(&mut self, name: &str, numbers: &[i64]) -> Result<(), Error> {
        self.begin(name, "<i8", &[numbers.len()], 8 * numbers.len() as u64)?;
        self.put(bytemuck::cast_slice(numbers))
    }

    /// A list of words, each in as much room as the longest; of longer ones the first `most` letters are
    /// kept.
    pub fn words(&mut self, name: &str, words: &[&str], most: usize) -> Result<(), Error> {
        let width = words.iter().map(|word| word.chars().count().min(most)).max().unwrap_or(0).max(1);
        self.begin(name, &format!("<U{width}"), &[words.len()], (4 * width * words.len()) as u64)?;
        words.iter().try_for_each(|word| self.put(&utf32(word, width)))
    }

    /// One word, of no dimension.
    pub fn word(&mut self, name: &str, word: &str) -> Result<(), Error> {
        let width = word.chars().count().max(1);
        self.begin(name, &format!("<U{width}"), &[], 0)?;
        self.put(&utf32(word, width))
    }

    /// Ends the archive.
    pub fn finish(self) -> Result<W, Error> {
        self.zip.finish().map_err(Error::other)
    }
}

/// A word as NumPy stores it: `width` characters of four bytes.
fn utf32(word: &str, width: usize) -> Vec<u8> {
    let characters = word.chars().map(u32::from).chain(std::iter::repeat(0)).take(width);
    characters.flat_map(u32::to_le_bytes).collect()
}
