//! `halfmoon divergences`: the figure of divergences for print.

use super::UsageError;
use super::figures::check_format;
use super::parse::{DescendsName, DivergencesArgs, PageName};
use crate::latent::divergence::bound::{Encoder, TwoGaussians};
use crate::latent::divergence::{Bump, Divergence, Mixture, Normal};
use crate::picture::figure::sheet;
use crate::session::{DivergencePage, Divergences, Improved};
use anyhow::Result;

/// Draws it.
pub fn divergences(args: &DivergencesArgs) -> Result<()> {
    let look = args.figure.look()?;
    check_format(&args.out)?;
    let figure = described(args)?;
    let of = figure.sheet(figure.q, &figure.rests(&|| false));
    args.figure.write(Some(sheet(&of, &look)), &args.out)
}

/// What the arguments describe.
fn described(args: &DivergencesArgs) -> Result<Divergences, UsageError> {
    let mut figure = Divergences {
        page: match args.page {
            PageName::Divergences => DivergencePage::Divergences,
            PageName::Bound => DivergencePage::Bound,
            PageName::Gradients => DivergencePage::Gradients,
        },
        descends: match args.descends {
            DescendsName::Forward => Divergence::Forward,
            DescendsName::Reverse => Divergence::Reverse,
            DescendsName::Js => Divergence::JensenShannon,
        },
        draws: args.draws,
        seed: args.seed,
        ..Divergences::default()
    };
    if !args.bump.is_empty() {
        let bump = |text: &String| {
            let [weight, mean, sigma] = numbers("bump", text)?;
            Ok(Bump { weight, mean, sigma })
        };
        figure.p = Mixture { bumps: args.bump.iter().map(bump).collect::<Result<_, UsageError>>()? };
    }
    if let Some(text) = &args.q {
        let [mean, sigma] = numbers("q", text)?;
        figure.q = Normal { mean, sigma };
    }
    if let Some(text) = &args.model {
        let [share, first, second, sigma] = numbers("model", text)?;
        figure.bound.p = TwoGaussians { share, means: [first, second], sigma };
    }
    if let Some(text) = &args.guess {
        let [slope, offset] = numbers("guess", text)?;
        figure.bound.q = Encoder { slope, offset };
    }
    figure.bound.sees_x = !args.blind;
    let turn = |letter: char| match letter {
        'q' => Ok(Improved::Q),
        'p' => Ok(Improved::P),
        _ => Err(UsageError(format!("--turns {:?}: write whom each improves, such as qpqp", args.turns))),
    };
    figure.bound.turns = args.turns.chars().map(turn).collect::<Result<_, _>>()?;
    if figure.is_sound() {
        return Ok(figure);
    }
    let (weights, means, sigmas) = (Divergences::WEIGHTS, Divergences::BUMP_MEANS, Divergences::BUMP_SIGMAS);
    Err(UsageError(format!(
        "the figure cannot be drawn: it takes 1 to {} bumps of weight {} to {}, mean {} to {} and sigma {} to {}, a q of mean -8 to 8 and sigma 0.05 \
         to 6, {} to {} draws, at most {} turns, and with --blind a guess of slope 0",
        Divergences::MAX_BUMPS,
        weights.start(),
        weights.end(),
        means.start(),
        means.end(),
        sigmas.start(),
        sigmas.end(),
        Divergences::DRAWS.start(),
        Divergences::DRAWS.end(),
        crate::session::BoundSpec::MAX_TURNS,
    )))
}

/// So many numbers with commas between.
fn numbers<const N: usize>(name: &str, text: &str) -> Result<[f64; N], UsageError> {
    let parts: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    parts
        .and_then(|parts| <[f64; N]>::try_from(parts).ok())
        .ok_or_else(|| UsageError(format!("--{name} {text:?}: give {N} numbers with commas between")))
}
