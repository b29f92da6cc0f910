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
    // Most cells are plain numbers.
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
