//! One picture out of a file: turned as its camera says, over a ground, brought to a size.

use crate::data::reason;
use crate::data::tree::{Opener, TreeFile};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbaImage};
use std::io::Cursor;

/// Most pixels along a side of a picture, and bytes that decoding one may take.
const MAX_SIDE: u32 = 32_768;
const MAX_ALLOC: u64 = 512 << 20;
/// Most bytes of a picture's file.
const MAX_FILE: u64 = 256 << 20;

/// How a picture that is not square comes to a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fit {
    /// Its middle is cut out.
    #[default]
    Crop,
    /// All of it, with the ground beside it.
    Pad,
    /// All of it, out of shape.
    Stretch,
}

impl Fit {
    /// Every way there is.
    pub const ALL: [Self; 3] = [Self::Crop, Self::Pad, Self::Stretch];

    /// Its name as settings give it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Pad => "pad",
            Self::Stretch => "stretch",
        }
    }
}

/// Whether pictures are read in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Colours {
    /// In colour where some are.
    #[default]
    AsTheyAre,
    /// As brightness alone.
    Grey,
    /// As red, green and blue.
    Colour,
}

impl Colours {
    /// Every way there is.
    pub const ALL: [Self; 3] = [Self::AsTheyAre, Self::Grey, Self::Colour];

    /// Its name as settings give it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsTheyAre => "auto",
            Self::Grey => "grey",
            Self::Colour => "colour",
        }
    }
}

/// How pictures are brought to one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureReading {
    /// Pixels along each side; none: their own where all agree and are small, else at most 64.
    pub side: Option<usize>,
    /// How they come to a square.
    pub fit: Fit,
    /// Whether in colour.
    pub colours: Colours,
    /// What lies below transparent places, and beside padded pictures: red, green, blue.
    pub ground: [u8; 3],
}

impl Default for PictureReading {
    fn default() -> Self {
        Self { side: None, fit: Fit::Crop, colours: Colours::AsTheyAre, ground: [255; 3] }
    }
}

impl PictureReading {
    /// The ground as settings give it: by its name, or like `#ff8800`.
    pub fn ground_name(&self) -> String {
        match self.ground {
            [255, 255, 255] => "white".into(),
            [0, 0, 0] => "black".into(),
            [r, g, b] => format!("#{r:02x}{g:02x}{b:02x}"),
        }
    }

    /// The same with one setting changed, such as `data.side` to a number of pixels.
    pub fn with(mut self, path: &str, text: &str) -> Result<Self, String> {
        let wrong = |wanted: &str| format!("setting {path}: {text:?} is not known; write {wanted}");
        match path {
            "data.side" => {
                let side = text.parse().ok().filter(|side| (1..=MAX_SIDE as usize).contains(side));
                self.side = Some(side.ok_or_else(|| wrong("a number of pixels, like 64"))?);
            }
            "data.fit" => {
                let fit = Fit::ALL.into_iter().find(|fit| fit.as_str() == text);
                self.fit = fit.ok_or_else(|| wrong("crop, pad or stretch"))?;
            }
            "data.colour" => {
                self.colours = match text {
                    "auto" => Colours::AsTheyAre,
                    "grey" | "gray" => Colours::Grey,
                    "colour" | "color" => Colours::Colour,
                    _ => return Err(wrong("auto, grey or colour")),
                };
            }
            _ => {
                let wanted = "white, black, or red, green and blue like #ff8800";
                self.ground = ground(text).ok_or_else(|| wrong(wanted))?;
            }
        }
        Ok(self)
    }
}

fn ground(text: &str) -> Option<[u8; 3]> {
    let digits = match text {
        "white" => "ffffff",
        "black" => "000000",
        _ => text.trim_start_matches('#'),
    };
    let is_hex = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let rgb = is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
    Some([rgb >> 16, rgb >> 8, rgb].map(|level| (level & 0xff) as u8))
}

/// What every picture is brought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
}

/// What a picture is like.
pub struct Seen {
    pub height: usize,
    pub width: usize,
    pub is_colour: bool,
    /// Whether something of it is transparent.
    pub is_clear: bool,
}

/// Decodes a picture to see what it is like; `Err` says why it cannot be.
pub fn look_at(file: &TreeFile, opener: &mut Opener<'_>) -> Result<Seen, String> {
    let image = read(file, opener)?;
    let is_clear = image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel[3] < 255);
    let (height, width) = (image.height() as usize, image.width() as usize);
    Ok(Seen { height, width, is_colour: is_colour(&image), is_clear })
}

/// A picture of its own, and whether it had the size that was wanted.
pub struct OnePicture {
    /// Channel by channel.
    pub bytes: Vec<u8>,
    /// What lies at its borders: red, green and blue, or the brightness alone, from 0 to 1.
    pub ground: [f32; 3],
    /// Whether it is as it was in its file.
    pub is_whole: bool,
}

/// Decodes a picture as it is where it has the wanted size, else `fine` times as fine, all of it in sight
/// over its own ground where it is to be `whole`.
pub fn one(
    file: &TreeFile,
    opener: &mut Opener<'_>,
    wanted: &Wanted,
    fine: usize,
    whole: bool,
) -> Result<OnePicture, String> {
    let image = over(read(file, opener)?, [255; 3]);
    let is_whole = (image.height() as usize, image.width() as usize) == (wanted.height, wanted.width);
    let ground = border(&image, wanted.channels);
    let settings = PictureReading {
        fit: if whole { Fit::Pad } else { Fit::Crop },
        ground: ground.map(|level| (255.0 * level) as u8),
        ..PictureReading::default()
    };
    let fine = if is_whole { 1 } else { fine };
    let wanted = Wanted { height: fine * wanted.height, width: fine * wanted.width, ..*wanted };
    let mut bytes = vec![0; wanted.channels * wanted.height * wanted.width];
    put(&fitted(image, &wanted, &settings), &wanted, &mut bytes);
    Ok(OnePicture { bytes, ground, is_whole })
}

/// What lies at the borders of a picture, in the middle of all values.
fn border(image: &DynamicImage, channels: usize) -> [f32; 3] {
    let rgb = if channels == 1 { DynamicImage::from(image.to_luma8()).to_rgb8() } else { image.to_rgb8() };
    let (width, height) = rgb.dimensions();
    let is_border = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
    [0, 1, 2].map(|channel| {
        let pixels = rgb.enumerate_pixels().filter(|(x, y, _)| is_border(*x, *y));
        let mut levels: Vec<u8> = pixels.map(|(_, _, pixel)| pixel[channel]).collect();
        levels.sort_unstable();
        f32::from(levels[levels.len() / 2]) / 255.0
    })
}

/// Decodes a picture into `out`, channel by channel, and says whether it lost colours; `Err` says why it
/// cannot be decoded.
pub fn decode(
    file: &TreeFile,
    opener: &mut Opener<'_>,
    wanted: &Wanted,
    settings: &PictureReading,
    out: &mut [u8],
) -> Result<bool, String> {
    let image = fitted(over(read(file, opener)?, settings.ground), wanted, settings);
    put(&image, wanted, out);
    Ok(wanted.channels == 1 && is_colour(&image))
}

/// Puts the pixels of a picture into `out`, channel by channel.
fn put(image: &DynamicImage, wanted: &Wanted, out: &mut [u8]) {
    if wanted.channels == 1 {
        return out.copy_from_slice(image.to_luma8().as_raw());
    }
    let n_pixels = wanted.height * wanted.width;
    for (i, pixel) in image.to_rgb8().pixels().enumerate() {
        (0..3).for_each(|channel| out[channel * n_pixels + i] = pixel[channel]);
    }
}

fn is_colour(image: &DynamicImage) -> bool {
    let is_grey = |pixel: &image::Rgb<u8>| pixel[0] == pixel[1] && pixel[1] == pixel[2];
    image.color().has_color() && !image.to_rgb8().pixels().all(is_grey)
}

/// The picture upright, as its camera says.
fn read(file: &TreeFile, opener: &mut Opener<'_>) -> Result<DynamicImage, String> {
    let bytes = opener.read(file, MAX_FILE)?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| reason(&e))?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| undecodable(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| undecodable(&e))?;
    image.apply_orientation(orientation);
    if image.width() == 0 || image.height() == 0 {
        return Err("it has no pixels".into());
    }
    Ok(image)
}

/// Why a picture cannot be decoded, without the decoder's own terms.
fn undecodable(e: &ImageError) -> String {
    match e {
        ImageError::Limits(_) => {
            format!("it has more than {MAX_SIDE} pixels along a side, or takes too much memory")
        }
        ImageError::Unsupported(_) => "it is of a kind that is not read; save it as PNG".into(),
        ImageError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => reason(e),
        _ => "it is damaged or cut off".into(),
    }
}

/// A picture without transparent places: they show the ground.
fn over(image: DynamicImage, ground: [u8; 3]) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut image: RgbaImage = image.into_rgba8();
    for pixel in image.pixels_mut() {
        let alpha = u32::from(pixel[3]);
        for channel in 0..3 {
            let mixed = u32::from(pixel[channel]) * alpha + u32::from(ground[channel]) * (255 - alpha);
            pixel[channel] = ((mixed + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
    DynamicImage::ImageRgba8(image)
}

/// A picture of the wanted size.
fn fitted(image: DynamicImage, wanted: &Wanted, settings: &PictureReading) -> DynamicImage {
    let (width, height) = (wanted.width as u32, wanted.height as u32);
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    match settings.fit {
        Fit::Stretch => image.resize_exact(width, height, FilterType::Triangle),
        Fit::Crop => {
            // Cut before it is brought to size, so that nothing from outside gets in at the edges.
            let (w, h) = (u64::from(image.width()), u64::from(image.height()));
            let [across, down] =
                [w.min(h * u64::from(width) / u64::from(height)), h.min(w * u64::from(height) / u64::from(width))];
            let (across, down) = (across.max(1) as u32, down.max(1) as u32);
            let (left, top) = ((image.width() - across) / 2, (image.height() - down) / 2);
            image.crop_imm(left, top, across, down).resize_exact(width, height, FilterType::Triangle)
        }
        Fit::Pad => {
            let inside = image.resize(width, height, FilterType::Triangle).to_rgb8();
            let mut whole = image::RgbImage::from_pixel(width, height, image::Rgb(settings.ground));
            let (left, top) = ((width - inside.width()) / 2, (height - inside.height()) / 2);
            image::imageops::replace(&mut whole, &inside, left.into(), top.into());
            DynamicImage::ImageRgb8(whole)
        }
    }
}
