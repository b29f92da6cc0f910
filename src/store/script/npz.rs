//! The data of a script: a `.npz`, which is a zip of arrays as NumPy writes them.
//!
//! Bytes stay bytes, and are packed. Samples are written some at a time, so that a set of any size takes no
//! memory of its own.

use crate::data::{DataSplit, Dataset, Scaling};
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
    fn begin(&mut self, name: &str, dtype: &str, shape: &[usize], n_bytes: u64) -> Result<(), Error> {
        let options = SimpleFileOptions::default().large_file(n_bytes > u64::from(u32::MAX) / 2);
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

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.zip.write_all(bytes)
    }

    /// A list of words.
    fn words(&mut self, name: &str, words: &[String]) -> Result<(), Error> {
        let width = words.iter().map(|word| word.chars().count()).max().unwrap_or(0).max(1);
        self.begin(name, &format!("<U{width}"), &[words.len()], 0)?;
        words.iter().try_for_each(|word| self.put(&utf32(word, width)))
    }

    /// One word, of no dimension.
    fn word(&mut self, name: &str, word: &str) -> Result<(), Error> {
        let width = word.chars().count().max(1);
        self.begin(name, &format!("<U{width}"), &[], 0)?;
        self.put(&utf32(word, width))
    }

    /// A list of numbers.
    fn floats(&mut self, name: &str, floats: &[f32]) -> Result<(), Error> {
        self.begin(name, "<f4", &[floats.len()], 4 * floats.len() as u64)?;
        self.put(bytemuck::cast_slice(floats))
    }

    /// Samples and labels, where they have any, of one part of the data.
    fn samples(&mut self, part: &str, data: &Dataset) -> Result<(), Error> {
        let shape = [data.n_samples(), data.n_features()];
        let n_values = shape.iter().product::<usize>() as u64;
        let name = format!("x_{part}");
        if data.image(0).is_some() {
            self.begin(&name, "|u1", &shape, n_values)?;
            let images = (0..data.n_samples()).filter_map(|idx| data.image(idx));
            images.into_iter().try_for_each(|image| self.put(image))?;
        } else {
            self.begin(&name, "<f4", &shape, 4 * n_values)?;
            for (_, x) in data.chunks(data.chunk_size()) {
                self.put(bytemuck::cast_slice(crate::nn::flat(&x)))?;
            }
        }
        let Some(labels) = data.labels() else { return Ok(()) };
        self.begin(&format!("y_{part}"), "<u2", &[labels.of.len()], 0)?;
        self.put(&labels.of.iter().flat_map(|label| label.to_le_bytes()).collect::<Vec<u8>>())
    }

    /// Everything that a script wants to know of the data: both parts as they are stored, what a sample is, the
    /// names of the classes, and the scaling of a model.
    pub fn write(mut self, data: &DataSplit, scaling: Option<&Scaling>) -> Result<(), Error> {
        // As they are stored: what a model does to them, the script does.
        let data = data.scaled(None);
        self.samples("train", &data.train)?;
        self.samples("test", &data.test)?;
        if data.train.labels().is_some() {
            self.words("classes", data.train.classes())?;
        }
        self.word("input", &serde_json::to_string(data.train.kind())?)?;
        self.word("fingerprint", &data.train.fingerprint())?;
        if let Some(scaling) = scaling {
            self.floats("shift", scaling.shift())?;
            self.floats("scale", scaling.scale())?;
        }
        self.zip.finish().map_err(Error::other)?;
        Ok(())
    }
}

/// A word as NumPy stores it: `width` characters of four bytes.
fn utf32(word: &str, width: usize) -> Vec<u8> {
    let characters = word.chars().map(u32::from).chain(std::iter::repeat(0)).take(width);
    characters.flat_map(u32::to_le_bytes).collect()
}
