//! Figures as bytes: SVG with text as text, and PNG drawn from that.

use super::StoreError;
use super::export::png;
use crate::picture::Pixels;
use crate::picture::figure::{Anchor, Figure, Ink, Mark, Pen, text};
use crate::picture::palette::Rgb;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use resvg::usvg::fontdb::Database;
use resvg::{tiny_skia, usvg};
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// Sets fonts that have the figures' own typeface, and where the reader has none, what comes near it.
const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";
/// Semibold, where it may be a typeface by its own name.
const STRONG: &str = " font-family=\"Inter Semi Bold, Inter, Helvetica, Arial, sans-serif\" font-weight=\"600\"";
/// The middle of a line of text lies so many times its size above the line that it stands on.
const ABOVE: f32 = 0.36;
/// Most pixels of a side, and of the whole: a gigabyte of them.
const MAX_SIDE: f32 = 30_000.0;
const MAX_PIXELS: f32 = (1u32 << 28) as f32;

/// A figure as SVG, for browsers and for programs that draw.
pub fn svg(figure: &Figure) -> Result<Vec<u8>, StoreError> {
    let [width, height] = figure.size;
    let mut out = String::new();
    let head = format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" \
         width=\"{w}pt\" height=\"{h}pt\" viewBox=\"0 0 {w} {h}\" font-family=\"{FAMILY}\">\n",
        w = number(width),
        h = number(height),
    );
    let mut writer = Writer { out: &mut out, n_clips: 0 };
    writer.put(head);
    let ground = hex(figure.ground);
    writer.put(format_args!("<rect width=\"100%\" height=\"100%\" fill=\"{ground}\"/>\n"));
    writer.marks(&figure.marks)?;
    writer.put(format_args!("</svg>\n"));
    Ok(out.into_bytes())
}

/// A figure as PNG with so many pixels an inch.
pub fn figure_png(figure: &Figure, dpi: u16) -> Result<Vec<u8>, StoreError> {
    png(&figure_pixels(figure, dpi, "fewer an inch, or for a narrower figure")?)
}

/// A figure as pixels, so many an inch; where there would be too many, `remedy` says what to ask for.
pub fn figure_pixels(figure: &Figure, dpi: u16, remedy: &str) -> Result<Pixels, StoreError> {
    let format = |problem: String| StoreError::Format { format: "PNG", problem };
    let scale = f32::from(dpi) / 72.0;
    let [width, height] = figure.size.map(|length| (length * scale).round().max(1.0));
    if width.max(height) > MAX_SIDE || width * height > MAX_PIXELS {
        return Err(format(format!("{width} × {height} pixels are more than memory takes; ask for {remedy}")));
    }
    let options = usvg::Options {
        font_family: "Inter".into(),
        fontdb: Arc::new(fonts_for(figure)),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_data(&svg(figure)?, &options).map_err(|e| format(e.to_string()))?;
    let mut pixmap = tiny_skia::Pixmap::new(width as u32, height as u32)
        .ok_or_else(|| format(format!("there is no memory for {width} × {height} pixels")))?;
    let [across, down] = [width / tree.size().width(), height / tree.size().height()];
    resvg::render(&tree, tiny_skia::Transform::from_scale(across, down), &mut pixmap.as_mut());
    // The ground is opaque, so that nothing is left premultiplied.
    Ok(Pixels { width: width as usize, height: height as usize, rgba: pixmap.take() })
}

/// The figures' own typeface and, for letters that it lacks, those of the system; letters that none has are
/// named in the log, for they are drawn as empty boxes or not at all.
fn fonts_for(figure: &Figure) -> Database {
    let mut fonts = Database::new();
    fonts.load_font_data(text::REGULAR.to_vec());
    fonts.load_font_data(text::SEMIBOLD.to_vec());
    let lacking: BTreeSet<char> =
        figure.texts().flat_map(str::chars).filter(|c| !text::has(c.encode_utf8(&mut [0; 4]))).collect();
    if !lacking.is_empty() {
        fonts.load_system_fonts();
        if let Some(said) = said_of_missing(&missing(&fonts, lacking)) {
            log::warn!("{said}");
        }
    }
    fonts
}

/// Of some letters those that no typeface has.
fn missing(fonts: &Database, mut letters: BTreeSet<char>) -> BTreeSet<char> {
    for face in fonts.faces() {
        if letters.is_empty() {
            break;
        }
        fonts.with_face_data(face.id, |data, index| {
            if let Ok(font) = FontRef::from_index(data, index) {
                let charmap = font.charmap();
                letters.retain(|c| charmap.map(*c).is_none());
            }
        });
    }
    letters
}

/// What is said of letters that no typeface has; nothing where there are none.
fn said_of_missing(letters: &BTreeSet<char>) -> Option<String> {
    const NAMED: usize = 8;
    let some: String = letters.iter().take(NAMED).collect();
    let more = if letters.len() > NAMED { "…" } else { "" };
    (!letters.is_empty()).then(|| {
        format!(
            "No font of this system has {some}{more}, which the picture leaves out; install one that does \
             (Noto Sans CJK for Chinese, Japanese and Korean)"
        )
    })
}

struct Writer<'a> {
    out: &'a mut String,
    n_clips: usize,
}

impl Writer<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(text);
    }

    fn marks(&mut self, marks: &[Mark]) -> Result<(), StoreError> {
        marks.iter().try_for_each(|mark| self.mark(mark))
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), StoreError> {
        match mark {
            Mark::Line { points, pen } => {
                let places: Vec<String> = points.iter().map(|[x, y]| pair(*x, *y)).collect();
                let (places, look) = (places.join(" "), drawn(None, Some(*pen)));
                self.put(format_args!("<polyline points=\"{places}\"{look} stroke-linejoin=\"round\"/>\n"));
            }
            Mark::Area { points, fill } => {
                let places: Vec<String> = points.iter().map(|[x, y]| pair(*x, *y)).collect();
                self.put(format_args!("<polygon points=\"{}\"{}/>\n", places.join(" "), filled(*fill)));
            }
            Mark::Rect { at, size, radius, fill, pen } => {
                let place = placed(*at, *size);
                let corner = if *radius > 0.0 { format!(" rx=\"{}\"", number(*radius)) } else { String::new() };
                self.put(format_args!("<rect {place}{corner}{}/>\n", drawn(*fill, *pen)));
            }
            Mark::Circles { centres, radius, fill, pen } => {
                self.put(format_args!("<g{}>\n", drawn(*fill, *pen)));
                let radius = number(*radius);
                for [x, y] in centres {
                    self.put(format_args!(
                        "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>\n",
                        number(*x),
                        number(*y)
                    ));
                }
                self.put(format_args!("</g>\n"));
            }
            Mark::Text { at: [x, y], anchor, text, size, is_strong, ink } => {
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let strong = if *is_strong { STRONG } else { "" };
                let (x, y, look) = (number(*x), number(y + ABOVE * size), filled(*ink));
                let (size, text) = (number(*size), escaped(text));
                self.put(format_args!(
                    "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{strong}{anchor}{look}>{text}</text>\n"
                ));
            }
            Mark::Image { at, size, pixels } => {
                let (place, data) = (placed(*at, *size), STANDARD.encode(png(&straight(pixels))?));
                // Where a pixel is many points wide, it keeps its edges.
                let is_coarse = pixels.width as f32 <= 2.0 * size[0];
                let edges = if is_coarse {
                    " image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\""
                } else {
                    ""
                };
                self.put(format_args!(
                    "<image {place} preserveAspectRatio=\"none\"{edges} xlink:href=\"data:image/png;base64,{data}\"/>\n"
                ));
            }
            Mark::Clip { at, size, marks } => {
                self.n_clips += 1;
                let (id, place) = (self.n_clips, placed(*at, *size));
                self.put(format_args!("<clipPath id=\"clip{id}\"><rect {place}/></clipPath>\n"));
                self.put(format_args!("<g clip-path=\"url(#clip{id})\">\n"));
                self.marks(marks)?;
                self.put(format_args!("</g>\n"));
            }
        }
        Ok(())
    }
}

/// A length or place: hundredths of a point, which is finer than any print.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

fn pair(x: f32, y: f32) -> String {
    format!("{},{}", number(x), number(y))
}

fn placed([x, y]: [f32; 2], [width, height]: [f32; 2]) -> String {
    let [x, y, width, height] = [x, y, width, height].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn filled(ink: Ink) -> String {
    let opacity = if ink.alpha < 1.0 { format!(" fill-opacity=\"{}\"", number(ink.alpha)) } else { String::new() };
    format!(" fill=\"{}\"{opacity}", hex(ink.rgb))
}

/// How a shape is filled and drawn around.
fn drawn(fill: Option<Ink>, pen: Option<Pen>) -> String {
    let mut look = fill.map_or_else(|| " fill=\"none\"".into(), filled);
    if let Some(pen) = pen {
        let _ = write!(look, " stroke=\"{}\" stroke-width=\"{}\"", hex(pen.ink.rgb), number(pen.width));
        if pen.ink.alpha < 1.0 {
            let _ = write!(look, " stroke-opacity=\"{}\"", number(pen.ink.alpha));
        }
        if let Some([on, off]) = pen.dash {
            let _ = write!(look, " stroke-dasharray=\"{} {}\"", number(on), number(off));
        }
    }
    look
}

/// Text as XML takes it: names come from files, and may hold anything.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Pixels with colours as they are, not multiplied by their alpha.
fn straight(pixels: &Pixels) -> Pixels {
    let mut rgba = pixels.rgba.clone();
    for pixel in rgba.as_chunks_mut::<4>().0 {
        let alpha = u32::from(pixel[3]);
        if alpha > 0 && alpha < 255 {
            for channel in &mut pixel[..3] {
                *channel = (u32::from(*channel) * 255 / alpha).min(255) as u8;
            }
        }
    }
    Pixels { rgba, ..*pixels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::colours::Colours;
    use crate::picture::figure::{Look, Matrix, PlanePanel, matrix, planes};

    fn plane(name: &str) -> Figure {
        let panel = PlanePanel {
            points: vec![[0.0, 0.0], [1.0, 1.0], [-1.0, 0.5]],
            colour: vec![0, 1, 0],
            bounds: [[-2.0, 2.0], [-2.0, 2.0]],
            axes: ["z[0]", "z[1]"].map(|name| Some(name.into())),
            names: vec![(0, name.into(), [0.0, 0.0])],
            prior: Some([0.0, 0.0]),
            path: vec![[-1.0, -1.0], [1.0, -1.0]],
            ..PlanePanel::default()
        };
        let look = Look::default();
        planes(&[panel], &Colours::classes(look.mode, 2), &[(0, name.into())], &look)
    }

    fn text(figure: &Figure) -> String {
        String::from_utf8(svg(figure).unwrap()).unwrap()
    }

    #[test]
    fn svg_is_read_by_a_reader_that_is_not_ours_and_text_stays_text() {
        let text = text(&plane("A <&\"> \u{1} name"));
        let tree = usvg::Tree::from_str(&text, &usvg::Options::default()).unwrap();
        // 8.5 cm at the 96 pixels an inch of a browser.
        assert!((tree.size().width() - 85.0 / 25.4 * 96.0).abs() < 0.1, "{:?}", tree.size());
        assert!(text.contains(">A &lt;&amp;&quot;&gt;   name</text>"), "{text}");
        assert_eq!(text.matches("<circle").count(), 3 + 3 + 2 + 2 + 1);
    }

    #[test]
    fn png_has_the_pixels_that_were_asked_for_and_what_the_svg_says() {
        let figure = plane("moon");
        let bytes = figure_png(&figure, 300).unwrap();
        let image = image::load_from_memory(&bytes).unwrap().into_rgb8();
        assert_eq!(image.width(), (85.0f32 / 25.4 * 300.0).round() as u32);
        assert_eq!(image.get_pixel(0, 0).0, [255, 255, 255]);
        let colours = Colours::classes(crate::picture::palette::Mode::Light, 2).colours;
        let has = |rgb: Rgb| image.pixels().any(|pixel| pixel.0.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) < 70));
        assert!(has(colours[0]) && has(colours[1]));
        // Letters are drawn: the name's pill holds dark pixels.
        let dark = image.pixels().filter(|pixel| pixel.0.iter().all(|c| *c < 60)).count();
        assert!(dark > 200, "{dark}");
    }

    #[test]
    fn tiles_keep_their_grey_levels() {
        let rgba = [0u8, 60, 120, 255].into_iter().flat_map(|level| [level, level, level, 255]).collect();
        let tiles = Pixels { width: 2, height: 2, rgba };
        let look = Look { has_names: false, has_axes: false, ..Look::default() };
        let figure = matrix(&Matrix { tiles, rows: 1, columns: 1, ..Matrix::default() }, &look);
        let image = image::load_from_memory(&figure_png(&figure, 200).unwrap()).unwrap().into_rgb8();
        let (w, h) = image.dimensions();
        let at = |x: u32, y: u32| image.get_pixel(w * x / 4, h * y / 4).0[0];
        assert_eq!([at(1, 1), at(3, 1), at(1, 3), at(3, 3)], [0, 60, 120, 255]);
    }

    #[test]
    fn letters_that_our_typeface_lacks_come_from_another_and_those_that_none_has_are_named() {
        let mut fonts = Database::new();
        fonts.load_font_data(text::REGULAR.to_vec());
        let letters: BTreeSet<char> = ['a', '月', '\u{10ffff}'].into();
        let lacking = missing(&fonts, letters);
        assert_eq!(lacking, ['月', '\u{10ffff}'].into());
        let said = said_of_missing(&['月', '半'].into()).unwrap();
        assert!(said.contains("半月") && said.contains("install"), "{said}");
        assert_eq!(said_of_missing(&BTreeSet::new()), None);
        // Only words that need them wait for the fonts of the system to be read.
        assert_eq!(fonts_for(&plane("moon")).len(), 2);
    }

    #[test]
    fn chinese_words_are_drawn_where_a_font_of_the_system_has_them() {
        let figure = |name: &str| plane(name);
        let missing = missing(&fonts_for(&figure("半月")), ['半', '月'].into());
        if !missing.is_empty() {
            log::warn!("skipped: no font of this system has {missing:?}");
            return;
        }
        let ink = |name: &str| {
            let pixels = figure_pixels(&figure(name), 300, "less").unwrap();
            pixels.rgba.as_chunks::<4>().0.iter().filter(|[r, g, b, _]| r.max(g).max(b) < &60).count()
        };
        let (one, both) = (ink("月"), ink("半月"));
        assert!(both > one + 40 && one > ink(" ") + 40, "{one}, {both}");
        let drawn = |name: &str| figure_pixels(&figure(name), 300, "less").unwrap();
        assert_ne!(drawn("半月"), drawn("月半"), "no boxes");
    }

    #[test]
    fn sizes_beyond_reason_are_refused() {
        let figure = Figure { size: [5000.0, 10.0], ground: [0; 3], marks: Vec::new() };
        assert!(figure_png(&figure, 1200).unwrap_err().to_string().contains("fewer an inch"));
        // No side is too long, but all together are.
        let figure = Figure { size: [1500.0, 1500.0], ..figure };
        assert!(figure_png(&figure, 1200).unwrap_err().to_string().contains("a narrower figure"));
    }

    #[test]
    fn colours_of_half_clear_pixels_are_straight_in_the_file() {
        let pixels = Pixels { width: 1, height: 1, rgba: vec![64, 0, 128, 128] };
        assert_eq!(straight(&pixels).rgba, [127, 0, 255, 128]);
    }
}
