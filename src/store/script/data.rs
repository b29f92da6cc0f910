//! The data of a script, as arrays by name. Bytes stay bytes.

use crate::data::{DataSplit, Dataset, Scaling};
use crate::store::npz::Npz;
use std::io::{Error, Seek, Write};

/// Writes everything that a script wants to know of the data: both parts as they are stored, what a sample
/// is, the names of the classes, and the scaling of a model.
pub fn write_data(to: impl Write + Seek, data: &DataSplit, scaling: Option<&Scaling>) -> Result<(), Error> {
    // As they are stored: what a model does to them, the script does.
    let data = data.scaled(None);
    let mut npz = Npz::new(to);
    samples(&mut npz, "train", &data.train)?;
    samples(&mut npz, "test", &data.test)?;
    if data.train.labels().is_some() {
        let classes: Vec<&str> = data.train.classes().iter().map(String::as_str).collect();
        npz.words("classes", &classes, usize::MAX)?;
    }
    npz.word("input", &serde_json::to_string(data.train.kind())?)?;
    npz.word("fingerprint", &data.train.fingerprint())?;
    if let Some(scaling) = scaling {
        npz.floats("shift", &[scaling.shift().len()], scaling.shift())?;
        npz.floats("scale", &[scaling.scale().len()], scaling.scale())?;
    }
    npz.finish().map(drop)
}

/// Samples and labels, where they have any, of one part of the data.
fn samples<W: Write + Seek>(npz: &mut Npz<W>, part: &str, data: &Dataset) -> Result<(), Error> {
    let shape = [data.n_samples(), data.n_features()];
    let n_values = shape.iter().product::<usize>() as u64;
    let name = format!("x_{part}");
    if data.image(0).is_some() {
        npz.begin(&name, "|u1", &shape, n_values)?;
        let images = (0..data.n_samples()).filter_map(|idx| data.image(idx));
        images.into_iter().try_for_each(|image| npz.put(image))?;
    } else {
        npz.begin(&name, "<f4", &shape, 4 * n_values)?;
        for (_, x) in data.chunks(data.chunk_size()) {
            npz.put(bytemuck::cast_slice(crate::nn::flat(&x)))?;
        }
    }
    let Some(labels) = data.labels() else { return Ok(()) };
    npz.begin(&format!("y_{part}"), "<u2", &[labels.of.len()], 0)?;
    npz.put(&labels.of.iter().flat_map(|label| label.to_le_bytes()).collect::<Vec<u8>>())
}
