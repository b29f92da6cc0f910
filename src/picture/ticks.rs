//! Round numbers along an axis.

/// Round values within `low..=high`, at most about `n_wanted` of them, and the step between them.
pub fn ticks(low: f64, high: f64, n_wanted: usize) -> (Vec<f64>, f64) {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) || n_wanted == 0 {
        return (Vec::new(), 1.0);
    }
    let rough = span / n_wanted as f64;
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * magnitude)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    ((first..=last).map(|i| i as f64 * step).collect(), step)
}

/// Decimals that tell values apart that lie `step` from one another.
pub fn decimals(step: f64) -> usize {
    (-step.log10().floor()).clamp(0.0, 8.0) as usize
}

/// `value` with so many decimals and U+2212 for minus; what rounds to zero has no sign.
pub fn written(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        Some(digits) => format!("\u{2212}{digits}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_round_and_inside() {
        assert_eq!(ticks(-3.2, 3.4, 6).0, [-2.0, 0.0, 2.0]);
        assert_eq!(ticks(131.0, 187.0, 3).0, [140.0, 160.0, 180.0]);
        assert_eq!(ticks(0.0, 0.35, 4).1, 0.1);
        assert!(ticks(1.0, 1.0, 4).0.is_empty());
        assert!(ticks(f64::NAN, 1.0, 4).0.is_empty());
    }

    #[test]
    fn labels_have_the_decimals_they_need() {
        assert_eq!([50.0, 1.0, 0.5, 0.02].map(decimals), [0, 0, 1, 2]);
    }
}
