//! One cell as a number.

/// What stands in a cell that holds nothing, in small letters.
const GAPS: [&str; 8] = ["", "na", "n/a", "nan", "null", "none", "?", "-"];

/// A cell read as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// It is one.
    Is(f32),
    /// Nothing is there.
    Gap,
    /// A number that single precision cannot hold, or infinity.
    Beyond,
    /// Something else.
    None,
}

/// Reads a cell: with either minus, and the decimal mark of its table.
pub fn number(cell: &str, decimal_comma: bool) -> Number {
    let cell = cell.trim();
    // Most cells are plain numbers, and most of these short.
    if let Some(value) = short(cell.as_bytes()).filter(|_| !decimal_comma) {
        return Number::Is(value);
    }
    if !decimal_comma
        && let Ok(value) = cell.parse::<f32>()
        && value.is_finite()
    {
        return Number::Is(value);
    }
    if GAPS.contains(&cell.to_lowercase().as_str()) {
        return Number::Gap;
    }
    let plain = cell.replace('\u{2212}', "-");
    let plain = match (decimal_comma, plain.contains('.')) {
        (true, true) => return Number::None,
        (true, false) => plain.replacen(',', ".", 1),
        (false, _) => plain,
    };
    match plain.parse::<f32>() {
        Ok(value) if value.is_finite() => Number::Is(value),
        Ok(_) => Number::Beyond,
        Err(_) => Number::None,
    }
}

/// Powers of ten that single precision holds exactly.
const TENS: [f32; 11] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
/// Digits of which every number is exact in single precision.
const MOST_DIGITS: usize = 7;

/// A number of few digits, with a point or without, exactly as it is rounded by the standard: digits and
/// power of ten are exact, so that their quotient is rounded once (Clinger 1990). None for anything else.
fn short(cell: &[u8]) -> Option<f32> {
    let (is_negative, digits) = match cell {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > MOST_DIGITS + 1 {
        return None;
    }
    let (mut whole, mut n, mut n_behind) = (0u32, 0, None);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10 + u32::from(byte - b'0');
                n += 1;
                n_behind = n_behind.map(|behind| behind + 1);
            }
            b'.' if n_behind.is_none() => n_behind = Some(0usize),
            _ => return None,
        }
    }
    if !(1..=MOST_DIGITS).contains(&n) {
        return None;
    }
    let value = whole as f32 / TENS[n_behind.unwrap_or(0)];
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_numbers_are_those_of_the_standard(cell in "-?[0-9]{0,8}\\.?[0-9]{0,8}") {
            if let Some(value) = short(cell.as_bytes()) {
                prop_assert_eq!(Some(value.to_bits()), cell.parse::<f32>().ok().map(f32::to_bits));
            }
        }
    }

    #[test]
    fn what_is_short_and_what_is_not() {
        for (cell, value) in [
            ("0", 0.0),
            ("-0", -0.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("-9999999", -9_999_999.0),
            ("0.123456", 0.123456),
        ] {
            assert_eq!(short(cell.as_bytes()).map(f32::to_bits), Some(f32::to_bits(value)), "{cell}");
        }
        for cell in ["", "-", ".", "-.", "1e3", "1,5", "12345678", "1.2.3", "+1", "nan"] {
            assert_eq!(short(cell.as_bytes()), None, "{cell}");
        }
    }
}
