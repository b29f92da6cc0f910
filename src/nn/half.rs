//! Numbers of 16 bits (IEEE 754 binary16), to keep many weights in half the room.
//!
//! Eleven significant bits: rounding changes a number by at most a part in 2048, or by 2⁻²⁵ near zero.

/// The nearest number of 16 bits, the even one of two that are as near; infinite beyond ±65 504.
pub fn to_half(x: f32) -> u16 {
    const SMALLEST_NORMAL: u32 = 0x3880_0000;
    const TOO_LARGE: u32 = 0x4780_0000;
    const REBIAS: u32 = 0x3800_0000;
    let bits = x.to_bits();
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    let half = if magnitude >= TOO_LARGE {
        0x7c00 | u32::from(x.is_nan())
    } else if magnitude < SMALLEST_NORMAL {
        // Beside a half, the last bit of an f32 is worth 2⁻²⁴, as that of such a small number is here.
        (f32::from_bits(magnitude) + 0.5).to_bits() - 0.5f32.to_bits()
    } else {
        (magnitude + 0xfff + (magnitude >> 13 & 1) - REBIAS) >> 13
    };
    sign | half as u16
}

/// The same number with 32 bits; `half` must be finite.
pub fn from_half(half: u16) -> f32 {
    // 2¹¹², by which the exponents of both count otherwise.
    const REBIAS: u32 = 0x7780_0000;
    let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * f32::from_bits(REBIAS);
    f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_itself_again() {
        for half in (0..=u16::MAX).filter(|half| half & 0x7c00 != 0x7c00) {
            assert_eq!(to_half(from_half(half)), half);
        }
    }

    #[test]
    fn known_numbers_are_those_of_the_standard() {
        for (x, half) in [(1.0, 0x3c00), (-2.0, 0xc000), (65_504.0, 0x7bff), (0.333_251_95, 0x3555)] {
            assert_eq!((to_half(x), from_half(half)), (half, x));
        }
        assert_eq!((from_half(0x0001), from_half(0x03ff)), (2f32.powi(-24), 1023.0 * 2f32.powi(-24)));
        assert_eq!((to_half(65_520.0), to_half(f32::INFINITY), to_half(-1e9)), (0x7c00, 0x7c00, 0xfc00));
        assert!(to_half(f32::NAN) & 0x3ff != 0);
    }

    #[test]
    fn numbers_between_go_to_the_nearest_and_ties_to_the_even_one() {
        for i in 0..200_000u32 {
            let x = f32::from_bits(0x3300_0000 + i * 1187);
            if x < 65_504.0 {
                let half = to_half(x);
                let off = |half: u16| (f64::from(from_half(half)) - f64::from(x)).abs();
                assert!(off(half) <= off(half + 1) && (half == 0 || off(half) <= off(half - 1)), "{x}");
                assert!(off(half) <= f64::from(x) / 2048.0 || x < 2f32.powi(-14), "{x}");
            }
        }
        assert_eq!(to_half(1.0 + 2f32.powi(-11)), 0x3c00, "half-way, down to the even one");
        assert_eq!(to_half(1.0 + 3.0 * 2f32.powi(-11)), 0x3c02, "half-way, up to the even one");
    }
}
