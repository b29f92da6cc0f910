//! The questions about samples: what one is, and how its values were scaled.

use super::{Asking, Open, put_first};
use crate::data::{Dataset, SampleKind, Scaling};

/// The kinds of sample of `n` numbers, the likeliest first: that of the open data, square pictures, numbers.
pub fn dense_candidates(n: usize, data: Option<&Dataset>) -> Vec<SampleKind> {
    let of_data = data.map(Dataset::kind).filter(|kind| kind.is_dense() && kind.n_features() == n);
    let mut all: Vec<SampleKind> = of_data.cloned().into_iter().collect();
    all.extend([1, 3].iter().filter_map(|&channels| square(n, channels)));
    all.push(SampleKind::row(n));
    all
}

fn square(n: usize, channels: usize) -> Option<SampleKind> {
    let side = (n / channels).isqrt();
    (side > 3 && n == channels * side * side).then_some(SampleKind::square(channels, side))
}

/// What a sample is: one of `candidates`, or another kind that `fits`.
pub fn ask_shape(
    asking: &mut Asking<'_>,
    candidates: Vec<SampleKind>,
    fits: impl Fn(&SampleKind) -> bool,
) -> Result<SampleKind, String> {
    let open = Open {
        name: "shape",
        title: "Samples",
        help: "What a sample is: channels × height × width of a picture, or so many numbers.",
        choices: candidates.iter().map(|kind| (kind.written(), kind.to_string())).collect(),
    };
    let chosen = asking.ask(open, |text| SampleKind::of_written(text).is_some_and(|kind| fits(&kind)))?;
    let known = candidates.into_iter().find(|kind| kind.written() == chosen);
    known.or_else(|| SampleKind::of_written(&chosen)).ok_or_else(String::new)
}

/// How values are scaled before they are encoded; an answer in `likeliest` stands first.
pub fn ask_values(
    asking: &mut Asking<'_>,
    input: &SampleKind,
    data: Option<&Dataset>,
    likeliest: Option<&str>,
) -> Result<Option<Scaling>, String> {
    let choice = |value: &str, title: &str| (value.to_owned(), title.to_owned());
    let mut choices = Vec::new();
    let usual = data.and_then(|data| Scaling::fit(data.kind().usual_scaling(), data));
    if usual.is_some() {
        choices.push(choice("standard", "Standardised"));
    }
    choices.push(choice("as-they-are", if input.is_unit() { "0 to 1" } else { "As they are" }));
    if input.is_unit() {
        choices.extend([
            choice("0.5:0.5", "−1 to 1"),
            choice("0.1307:0.3081", "−.42 to 2.82"),
            choice("0:0.003921569", "0 to 255"),
        ]);
    }
    likeliest.into_iter().for_each(|likeliest| put_first(&mut choices, likeliest));
    let parse = |text: &str| {
        let (mean, deviation) = text.split_once(':')?;
        let (mean, deviation) = (mean.trim().parse().ok()?, deviation.trim().parse().ok()?);
        Scaling::standard(input.n_features(), mean, deviation)
    };
    let open = Open {
        name: "values",
        title: "Values",
        help: "How values were scaled before the model saw them: MEAN:DEVIATION as in Normalize, or standardised as the open data are.",
        choices,
    };
    let chosen = asking.ask(open, |text| parse(text).is_some())?;
    Ok(if chosen == "standard" { usual } else { parse(&chosen) })
}
