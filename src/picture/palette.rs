//! Colours of classes and of continuous columns, for the dark and the light plane.
//!
//! The ten class colours were searched for over OKLab distance under normal, protan, deutan and tritan sight,
//! with contrast on the plane at least 4.2 (dark) and 2.5 (light). The ramp is the part of viridis (Smith and
//! van der Walt 2015; even in lightness, safe for the colour-blind) that keeps a contrast of 2.5 on its
//! plane. Colours of the window's own parts are not here.

use serde::{Deserialize, Serialize};

/// The theme that colours are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Light marks on a near-black plane.
    Dark,
    /// Dark marks on a near-white plane.
    Light,
}

/// An opaque sRGB colour.
pub type Rgb = [u8; 3];

const fn rgb(hex: u32) -> Rgb {
    [(hex >> 16) as u8, (hex >> 8) as u8, hex as u8]
}

const fn palette<const N: usize>(hex: [u32; N]) -> [Rgb; N] {
    let mut colours = [[0; 3]; N];
    let mut i = 0;
    while i < N {
        colours[i] = rgb(hex[i]);
        i += 1;
    }
    colours
}

/// Pink, green, blue, lime, sky, violet, rose, plum, brown, orange.
const DARK: [Rgb; 10] =
    palette([0xfeacc7, 0x32cd82, 0x4a9feb, 0xc3dd32, 0x4adfff, 0x736ff1, 0xd53e73, 0xa455b6, 0xb97322, 0xf9900c]);

/// The same ten, by the same names.
const LIGHT: [Rgb; 10] =
    palette([0xeb7d9b, 0x028f3a, 0x3d86fb, 0xaaa51f, 0x06b1d1, 0x744ed0, 0xb2477c, 0x6f2269, 0x873605, 0xd94a05]);

/// The classes whose colours stand for what a discriminator calls false and real, and for weights below and
/// above 0.
pub const FALSE_REAL: [usize; 2] = [2, 9];
/// The class whose colour a discriminator's curve has.
pub const JUDGE: usize = 2;
/// The class whose colour the curve of what a model makes has.
pub const MADE: usize = 1;
/// Opacity of a tint over a whole plane where it is greatest.
pub const TINT_ALPHA: f32 = 0.6;

/// Viridis at every eighth.
const VIRIDIS: [Rgb; 9] =
    palette([0x440154, 0x472c7a, 0x3b518b, 0x2c718e, 0x21908d, 0x27ad81, 0x5cc863, 0xaadc32, 0xfde725]);

/// The colour of a class, one name in both themes; after ten they repeat.
pub fn class_colour(mode: Mode, class: usize) -> Rgb {
    let colours = match mode {
        Mode::Dark => &DARK,
        Mode::Light => &LIGHT,
    };
    colours[class % colours.len()]
}

/// Whether a class is drawn as a ring instead of a disc, its colour being one used before.
pub fn is_ring(class: usize) -> bool {
    class >= DARK.len()
}

/// The colour of `t` in [0, 1] on a sequential scale: the larger, the further from the plane's own lightness.
///
/// Values outside are clamped; NaN is drawn as 0.
pub fn ramp(mode: Mode, t: f32) -> Rgb {
    let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
    let at = match mode {
        Mode::Dark => 0.3 + 0.7 * t,
        Mode::Light => 0.65 * (1.0 - t),
    };
    let place = at * (VIRIDIS.len() - 1) as f32;
    let below = (place as usize).min(VIRIDIS.len() - 2);
    let t = place - below as f32;
    let (a, b) = (VIRIDIS[below], VIRIDIS[below + 1]);
    std::array::from_fn(|i| {
        let (a, b) = (f32::from(a[i]), f32::from(b[i]));
        (a + t * (b - a)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.
    fn luminance(colour: Rgb) -> f64 {
        let [r, g, b] = colour.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    const PLANES: [(Mode, Rgb); 2] = [(Mode::Dark, [0x0b, 0x0e, 0x14]), (Mode::Light, [0xfc, 0xfc, 0xfd])];

    #[test]
    fn classes_have_the_colours_of_the_look() {
        let hex = |mode| {
            let colours = (0..10).map(|class| class_colour(mode, class));
            let texts: Vec<String> = colours.map(|[r, g, b]| format!("{r:02x}{g:02x}{b:02x}")).collect();
            texts.join(" ")
        };
        let dark = "feacc7 32cd82 4a9feb c3dd32 4adfff 736ff1 d53e73 a455b6 b97322 f9900c";
        let light = "eb7d9b 028f3a 3d86fb aaa51f 06b1d1 744ed0 b2477c 6f2269 873605 d94a05";
        assert_eq!(hex(Mode::Dark), dark);
        assert_eq!(hex(Mode::Light), light);
    }

    #[test]
    fn classes_are_seen_on_their_plane() {
        for ((mode, plane), least) in PLANES.into_iter().zip([4.2, 2.5]) {
            for class in 0..10 {
                let found = contrast(class_colour(mode, class), plane);
                // The searched colours meet the bound to its last printed digit.
                assert!(found > least - 0.05, "{mode:?} {class} {found}");
            }
        }
    }

    #[test]
    fn after_ten_the_colours_repeat_as_rings() {
        for mode in [Mode::Dark, Mode::Light] {
            assert_eq!(class_colour(mode, 13), class_colour(mode, 3));
        }
        assert_eq!([0, 9, 10, 19, 25].map(is_ring), [false, false, true, true, true]);
    }

    #[test]
    fn ramp_moves_away_from_the_plane() {
        for (mode, plane) in PLANES {
            let contrasts: Vec<f64> = (0..=64).map(|i| contrast(ramp(mode, i as f32 / 64.0), plane)).collect();
            assert!(contrasts[0] >= 2.5, "{mode:?} {}", contrasts[0]);
            assert!(contrasts.is_sorted_by(|a, b| a < b), "{mode:?} {contrasts:?}");
        }
    }

    #[test]
    fn ramp_clamps() {
        for mode in [Mode::Dark, Mode::Light] {
            assert_eq!(ramp(mode, -1.0), ramp(mode, 0.0));
            assert_eq!(ramp(mode, 7.0), ramp(mode, 1.0));
            assert_eq!(ramp(mode, f32::NAN), ramp(mode, 0.0));
            assert_ne!(ramp(mode, 0.0), ramp(mode, 1.0));
        }
    }
}
