//! Pictures, codes and arrays as bytes in their usual formats.

use super::StoreError;
use crate::data::Dataset;
use crate::model::Codes;
use crate::picture::Pixels;
use ndarray::ArrayView2;
use ndarray_npy::WriteNpyExt;

/// A picture as PNG, eight bits of red, green, blue and alpha.
pub fn png(pixels: &Pixels) -> Result<Vec<u8>, StoreError> {
    let format = |e: png::EncodingError| StoreError::Format { format: "PNG", problem: e.to_string() };
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size(pixels.width), size(pixels.height));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(format)?;
    writer.write_image_data(&pixels.rgba).map_err(format)?;
    writer.finish().map_err(format)?;
    Ok(bytes)
}

/// A table of codes as CSV: index, label (where known), z0, z1, ….
pub fn codes_csv(codes: &Codes, data: &Dataset) -> Result<Vec<u8>, StoreError> {
    let format = |e: csv::Error| StoreError::Format { format: "CSV", problem: e.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["index".to_string()];
    header.extend(data.labels().map(|_| "label".to_string()));
    header.extend((0..codes.mu.ncols()).map(|dim| format!("z{dim}")));
    writer.write_record(&header).map_err(format)?;
    for (idx, z) in codes.mu.rows().into_iter().enumerate() {
        let mut record = vec![idx.to_string()];
        record.extend(data.labels().map(|labels| labels.names[usize::from(labels.of[idx])].clone()));
        record.extend(z.iter().map(f32::to_string));
        writer.write_record(&record).map_err(format)?;
    }
    writer.into_inner().map_err(|e| StoreError::Format { format: "CSV", problem: e.to_string() })
}

/// A matrix as `.npy`, single precision, row-major.
pub fn npy(matrix: ArrayView2<f32>) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    matrix.write_npy(&mut bytes).map_err(|e| StoreError::Format { format: "npy", problem: e.to_string() })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};
    use ndarray::array;

    #[test]
    fn png_reads_back() {
        let pixels = Pixels { width: 2, height: 1, rgba: vec![255, 0, 0, 255, 1, 2, 3, 255] };
        let bytes = png(&pixels).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut back = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut back).unwrap();
        assert_eq!(back, pixels.rgba);
    }

    #[test]
    fn csv_names_the_labels() {
        let kind = SampleKind::Image { channels: 1, height: 1, width: 1 };
        let labels = Labels { names: ["half, lit".to_string()].into(), of: [0].as_slice().into() };
        let data = Dataset::new(kind, Values::Bytes([1].as_slice().into()), Some(labels), vec![]).unwrap();
        let codes = Codes { mu: array![[0.5, -1.25]], log_var: None };
        let text = String::from_utf8(codes_csv(&codes, &data).unwrap()).unwrap();
        assert_eq!(text, "index,label,z0,z1\n0,\"half, lit\",0.5,-1.25\n");
    }

    #[test]
    fn npy_reads_back() {
        use ndarray_npy::ReadNpyExt;
        let matrix = array![[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let bytes = npy(matrix.view()).unwrap();
        assert_eq!(ndarray::Array2::<f32>::read_npy(&bytes[..]).unwrap(), matrix);
    }
}
