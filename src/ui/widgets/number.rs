//! Numbers as the window writes them: U+2212 for minus, a thin space between thousands.

const THIN_SPACE: char = '\u{2009}';

pub use crate::picture::ticks::written as fixed;

/// A coordinate of a code: two decimals.
pub fn z(value: f32) -> String {
    fixed(f64::from(value), 2)
}

/// Decimals with which a coordinate fits its field: two, and fewer for the far codes of a plain autoencoder.
pub fn z_decimals(value: f32) -> usize {
    match value.abs() {
        small if small < 10.0 => 2,
        middle if middle < 100.0 => 1,
        _ => 0,
    }
}

/// A loss or divergence in nats: one decimal.
pub fn nats(value: f32) -> String {
    fixed(f64::from(value), 1)
}

/// A count with a thin space between thousands.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(THIN_SPACE);
        }
        text.push(digit);
    }
    text
}

/// Seconds left as "0:30" or "1:02:03"; "–:––" where it is not known (not finite, or negative).
pub fn time_left(secs: f32) -> String {
    if !secs.is_finite() || secs < 0.0 {
        return "–:––".to_owned();
    }
    let secs = secs.ceil() as u64;
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{secs:02}") } else { format!("{minutes}:{secs:02}") }
}

/// A span of time in round words: `20 s`, `3 min`, `1.5 h`.
pub fn about(secs: f32) -> String {
    match secs {
        secs if secs < 1.5 => "1 s".into(),
        secs if secs < 10.0 => format!("{secs:.0} s"),
        secs if secs < 90.0 => format!("{:.0} s", (secs / 5.0).round() * 5.0),
        secs if secs < 5400.0 => format!("{:.0} min", secs / 60.0),
        secs => format!("{} h", fixed(f64::from(secs) / 3600.0, 1)),
    }
}

/// Reads a number as typed: either minus, thousands parted by any space; `None` where it is not a finite
/// number.
pub fn parse(text: &str) -> Option<f64> {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '\u{2212}' { '-' } else { c }).collect();
    plain.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_is_a_minus_and_zero_has_none() {
        assert_eq!(z(-1.054), "\u{2212}1.05");
        assert_eq!(z(-0.004), "0.00");
        assert_eq!(nats(145.66), "145.7");
        assert_eq!(fixed(-0.4, 0), "0");
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_410), "1\u{2009}410");
        assert_eq!(count(12_345_678), "12\u{2009}345\u{2009}678");
    }

    #[test]
    fn time_runs_from_unknown_to_hours() {
        assert_eq!(time_left(29.2), "0:30");
        assert_eq!(time_left(61.0), "1:01");
        assert_eq!(time_left(3723.0), "1:02:03");
        assert_eq!(time_left(f32::NAN), "–:––");
        assert_eq!(time_left(-1.0), "–:––");
    }

    #[test]
    fn what_is_written_can_be_read() {
        assert_eq!(parse(&z(-1.05)), Some(-1.05));
        assert_eq!(parse(&count(1_410)), Some(1410.0));
        for bad in ["", "−", "1.2.3", "nan", "inf", "1e999", "one"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
