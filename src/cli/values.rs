//! Values of options: codes, dimensions, ranges and the like, each with a sentence of its own where it is
//! wrong.

use super::UsageError;
use crate::data::DataChoice;
use crate::latent::grid::Spacing;
use crate::latent::path::Walk;
use clap::builder::{OsStringValueParser, TryMapValueParser, TypedValueParser, ValueParserFactory};
use std::ffi::OsString;

/// Names of data, which may be paths that are no text.
impl ValueParserFactory for DataChoice {
    type Parser = TryMapValueParser<OsStringValueParser, fn(OsString) -> Result<Self, String>>;

    fn value_parser() -> Self::Parser {
        OsStringValueParser::new().try_map(|text| Self::of_os(&text))
    }
}

/// Reads how a path runs.
pub fn parse_walk(text: &str) -> Result<Walk, String> {
    let text = if text == "spherical" { Walk::Spherical.word() } else { text };
    let found = Walk::ALL.into_iter().find(|(walk, _)| walk.word() == text);
    found.map(|(walk, _)| walk).ok_or_else(|| format!("{text:?} is not linear, slerp, knn or geodesic"))
}

/// Reads how a grid is divided.
pub fn parse_spacing(text: &str) -> Result<Spacing, String> {
    match text {
        "linear" => Ok(Spacing::Linear),
        "gaussian" => Ok(Spacing::Gaussian),
        other => Err(format!("{other:?} is not linear or gaussian")),
    }
}

/// Reads a code of `latent_dim` finite numbers, given to `option`.
pub fn parse_z(option: &str, text: &str, latent_dim: usize) -> Result<Vec<f32>, UsageError> {
    let numbers: Result<Vec<f32>, UsageError> = text
        .split(',')
        .map(|part| match plain(part).parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(UsageError(format!("{option}: {part:?} is not a finite number; write it like 0.5,-1.2"))),
        })
        .collect();
    let numbers = numbers?;
    if numbers.len() == latent_dim {
        Ok(numbers)
    } else {
        Err(UsageError(format!("{option} has {} numbers, but the model's codes have {latent_dim}", numbers.len())))
    }
}

/// A number as it is parsed: with a hyphen where a minus sign (U+2212) stands, as it is copied from a text.
fn plain(text: &str) -> String {
    text.trim().replace('\u{2212}', "-")
}

/// Reads the two dimensions to sweep.
pub fn parse_dims(text: &str, latent_dim: usize) -> Result<[usize; 2], UsageError> {
    let dims: Option<Vec<usize>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match dims.unwrap_or_default()[..] {
        [x, y] if x < latent_dim && y < latent_dim && (x != y || latent_dim == 1) => Ok([x, y]),
        _ => Err(UsageError(format!(
            "--dims {text:?} does not name two different dimensions from 0 to {}; write it like 0,1",
            latent_dim - 1
        ))),
    }
}

/// Reads `LOW:HIGH` or `LOW:HIGH,LOW:HIGH`.
pub fn parse_range(text: &str) -> Result<[[f32; 2]; 2], UsageError> {
    let bad = || {
        UsageError(format!(
            "--range {text:?} is not LOW:HIGH or LOW:HIGH,LOW:HIGH with finite numbers, LOW below HIGH"
        ))
    };
    let ranges: Option<Vec<[f32; 2]>> = text.split(',').map(bounds).collect();
    match ranges.ok_or_else(bad)?[..] {
        [both] => Ok([both, both]),
        [x, y] => Ok([x, y]),
        _ => Err(bad()),
    }
}

/// Reads `LOW:HIGH` for all of `n`, or as many with commas between.
pub fn parse_ranges(text: &str, n: usize) -> Result<Vec<[f32; 2]>, UsageError> {
    let ranges: Vec<[f32; 2]> = text.split(',').filter_map(bounds).collect();
    let n_parts = text.split(',').count();
    match ranges[..] {
        [all] if n_parts == 1 => Ok(vec![all; n]),
        _ if ranges.len() == n && n_parts == n => Ok(ranges),
        _ => Err(UsageError(format!(
            "--range {text:?} is not LOW:HIGH, or {n} of these with commas between, with finite numbers, LOW below HIGH"
        ))),
    }
}

/// Reads `LOW:HIGH`.
fn bounds(text: &str) -> Option<[f32; 2]> {
    let (low, high) = text.split_once(':')?;
    let (low, high): (f32, f32) = (plain(low).parse().ok()?, plain(high).parse().ok()?);
    (low.is_finite() && high.is_finite() && low < high).then_some([low, high])
}

/// Reads a time in seconds.
pub fn parse_seconds(text: &str) -> Result<f64, String> {
    match plain(text).parse::<f64>() {
        Ok(seconds) if (0.01..=600.0).contains(&seconds) => Ok(seconds),
        _ => Err(format!("{text:?} is no number from 0.01 to 600")),
    }
}

/// Reads a temperature.
pub fn parse_temperature(text: &str) -> Result<f32, String> {
    match plain(text).parse::<f32>() {
        Ok(temperature) if (0.01..=100.0).contains(&temperature) => Ok(temperature),
        _ => Err(format!("{text:?} is no number from 0.01 to 100")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_are_above_nothing() {
        assert_eq!(parse_temperature("0.7"), Ok(0.7));
        for bad in ["0", "-1", "nan", "inf", "warm"] {
            assert!(parse_temperature(bad).unwrap_err().contains("0.01 to 100"), "{bad}");
        }
    }

    #[test]
    fn codes_are_checked() {
        assert_eq!(parse_z("--z", "0.5, -1.2", 2).unwrap(), [0.5, -1.2]);
        assert_eq!(parse_z("--z", "0.5,\u{2212}1.2", 2).unwrap(), [0.5, -1.2], "as it is copied from a text");
        assert!(parse_z("--z", "0.5", 2).unwrap_err().to_string().contains("1 numbers"));
        for bad in ["nan,0", "inf,0", "x,0", ""] {
            assert!(parse_z("--z", bad, 2).unwrap_err().to_string().contains("finite"));
        }
    }

    #[test]
    fn there_is_one_range_for_all_or_one_for_each() {
        assert_eq!(parse_ranges("-3:3", 2).unwrap(), [[-3.0, 3.0]; 2]);
        assert_eq!(parse_ranges("-3:3,0:1,2:4", 3).unwrap()[2], [2.0, 4.0]);
        for bad in ["-3:3,0:1", "3:-3", "0:1,x", "nan:1"] {
            assert!(parse_ranges(bad, 3).unwrap_err().to_string().contains("or 3 of these"), "{bad}");
        }
    }

    #[test]
    fn ranges_and_dims_are_checked() {
        assert_eq!(parse_range("-3:3").unwrap(), [[-3.0, 3.0], [-3.0, 3.0]]);
        assert_eq!(parse_range("\u{2212}3:3").unwrap(), [[-3.0, 3.0], [-3.0, 3.0]]);
        assert_eq!(parse_range("-3:3,-1:2").unwrap(), [[-3.0, 3.0], [-1.0, 2.0]]);
        for bad in ["3:-3", "1:nan", "1", "0:1,0:1,0:1", ""] {
            assert!(parse_range(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_dims("4,1", 10).unwrap(), [4, 1]);
        for bad in ["1,1", "0,10", "0", "a,b", "0,junk,1"] {
            assert!(parse_dims(bad, 10).is_err(), "{bad}");
        }
    }
}
