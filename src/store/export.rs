//! Pictures and rows of numbers as bytes in their usual formats.

use super::StoreError;
use crate::data::SampleKind;
use crate::picture::Pixels;
use ndarray::ArrayView2;

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

/// Side that an animation's pictures are enlarged to, in whole steps.
const GIF_SIDE: usize = 224;
/// Time from the first picture to the last, in hundredths of a second.
const GIF_TIME: usize = 240;
/// Time that each picture of one that only goes on stays, in hundredths of a second.
const ONWARD_TIME: usize = 10;

/// A strip of `n` pictures in one row as an animation that walks there and back for ever.
///
/// Grey pictures keep every level; coloured ones are brought to 256 colours a picture.
pub fn gif(strip: &Pixels, n: usize) -> Result<Vec<u8>, StoreError> {
    let back = (1..n.saturating_sub(1)).rev();
    animation(strip, n, (0..n).chain(back), GIF_TIME / (n.max(2) - 1))
}

/// The same as an animation that goes on from the first picture to the last, and begins again.
pub fn gif_onward(strip: &Pixels, n: usize) -> Result<Vec<u8>, StoreError> {
    animation(strip, n, 0..n, ONWARD_TIME)
}

/// The pictures `steps` of a strip of `n`, each for so many hundredths of a second.
fn animation(
    strip: &Pixels,
    n: usize,
    steps: impl Iterator<Item = usize>,
    delay: usize,
) -> Result<Vec<u8>, StoreError> {
    let format = |problem: String| StoreError::Format { format: "GIF", problem };
    let width = strip.width / n.max(1);
    let factor = (GIF_SIDE / width.max(strip.height).max(1)).max(1);
    let size = [width * factor, strip.height * factor];
    let [w, h] = size.map(|side| u16::try_from(side).unwrap_or(0));
    if w == 0 || h == 0 {
        return Err(format(format!("a picture of {} × {} is none that it can hold", size[0], size[1])));
    }
    let greys: Vec<u8> = (0..=255).flat_map(|level| [level; 3]).collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, w, h, &greys).map_err(|e| format(e.to_string()))?;
    encoder.set_repeat(gif::Repeat::Infinite).map_err(|e| format(e.to_string()))?;
    for step in steps {
        let rgba: Vec<u8> = (0..size[0] * size[1])
            .flat_map(|i| {
                let (x, y) = (step * width + i % size[0] / factor, i / size[0] / factor);
                strip.rgba[4 * (y * strip.width + x)..][..4].iter().copied()
            })
            .collect();
        let is_grey = rgba.as_chunks::<4>().0.iter().all(|[r, g, b, _]| r == g && g == b);
        let mut frame = if is_grey {
            gif::Frame {
                width: w,
                height: h,
                buffer: rgba.into_iter().step_by(4).collect(),
                ..gif::Frame::default()
            }
        } else {
            gif::Frame::from_rgba_speed(w, h, &mut rgba.clone(), 10)
        };
        frame.delay = delay.max(2) as u16;
        encoder.write_frame(&frame).map_err(|e| format(e.to_string()))?;
    }
    drop(encoder);
    Ok(bytes)
}

/// Samples `x` [n, features] of a kind as CSV: a column a feature under its name.
pub fn rows_csv(kind: &SampleKind, x: ArrayView2<f32>) -> Result<Vec<u8>, StoreError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record((0..x.ncols()).map(|feature| kind.feature_name(feature))).map_err(StoreError::csv)?;
    for x in x.rows() {
        writer.write_record(x.iter().map(f32::to_string)).map_err(StoreError::csv)?;
    }
    writer.into_inner().map_err(StoreError::csv)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn an_animation_walks_there_and_back_with_every_grey_level() {
        let levels = [0u8, 90, 171, 255];
        let strip = Pixels { width: 4, height: 1, rgba: levels.iter().flat_map(|&l| [l, l, l, 255]).collect() };
        let n_frames = |bytes: &[u8]| {
            let mut reader = gif::DecodeOptions::new().read_info(bytes).unwrap();
            std::iter::from_fn(|| reader.read_next_frame().unwrap().map(|frame| frame.delay)).count()
        };
        assert_eq!(n_frames(&gif_onward(&strip, 4).unwrap()), 4, "a chain has no way back");
        let bytes = gif(&strip, 4).unwrap();
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut reader = options.read_info(&bytes[..]).unwrap();
        assert_eq!((reader.width(), reader.height()), (224, 224));
        let mut seen = Vec::new();
        while let Some(frame) = reader.read_next_frame().unwrap() {
            assert_eq!(frame.delay, 80);
            seen.push(frame.buffer[0]);
        }
        assert_eq!(seen, [0, 90, 171, 255, 171, 90]);
    }
}
