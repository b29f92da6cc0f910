//! What an ONNX file leaves open: which value is the code, and how the decoder's numbers become samples.

use super::halves::Link;
use super::pair::{Halved, NONE};
use super::roles::Found;
use crate::data::{SampleKind, Scaling};
use crate::model::Prior;
use crate::store::brought::{Asking, Open, put_first};

/// Which value is the code, and which its log-variance; neither of a decoder alone.
pub fn ask_codes(asking: &mut Asking<'_>, halved: &Halved) -> Result<(Option<Found>, Option<Found>), String> {
    let all = &halved.codes;
    let Some(first) = all.first() else { return Ok((None, None)) };
    // Names inside a network are those of its operations.
    let names = |found: &&Found| halved.given.contains(found);
    let likely = all.iter().filter(names).find(|found| is_mean(found));
    let likely = likely.or_else(|| all.iter().find(|found| !is_spread(found))).unwrap_or(first);
    let choice = |found: &Found| (found.name.clone(), format!("{} ({})", found.name, found.len()));
    let rest = all.iter().filter(|found| *found != likely);
    let open = Open {
        name: "code",
        title: "Code",
        help: "Which value of the network is the code, or its mean; in brackets how many numbers it has.",
        choices: std::iter::once(likely).chain(rest).map(choice).collect(),
    };
    let chosen = asking.ask(open, |_| false)?;
    let Some(code) = all.iter().find(|found| found.name == chosen) else { return Ok((None, None)) };
    let fits = |found: &&Found| *found != code && found.len() == code.len();
    let others: Vec<&Found> = halved.given.iter().filter(fits).collect();
    let place = |of: &Found| halved.given.iter().position(|given| given == of);
    // One that is given behind the code, and called nothing else, is its spread more often than not.
    let is_next = |found: &&Found| !is_mean(found) && place(code).is_some_and(|at| place(found) == Some(at + 1));
    let spread = others.iter().copied().find(|found| is_spread(found));
    let spread = spread.or_else(|| others.iter().copied().find(is_next));
    let mut choices: Vec<(String, String)> = spread.map(choice).into_iter().collect();
    choices.push((NONE.to_owned(), "None".to_owned()));
    choices.extend(others.iter().filter(|found| spread != Some(**found)).map(|found| choice(found)));
    let open = Open {
        name: "log_var",
        title: "ln σ²",
        help: "Which value of the network is the logarithm of the code's variance, where it gives one.",
        choices,
    };
    let chosen = asking.ask(open, |_| false)?;
    Ok((Some(code.clone()), others.into_iter().find(|found| found.name == chosen).cloned()))
}

fn is_mean(found: &Found) -> bool {
    is_called(found, &["mu", "mean", "means", "loc"])
}

fn is_spread(found: &Found) -> bool {
    is_called(found, &["var", "variance", "sigma", "std"])
}

/// Whether a part of a value's name ends in one of some words, as `z_mean` and `logvar` do.
fn is_called(found: &Found, words: &[&str]) -> bool {
    let name = found.name.to_lowercase();
    let mut parts = name.split(|letter: char| !letter.is_alphanumeric());
    parts.any(|part| words.iter().any(|word| part.ends_with(word)))
}

/// The likeliest scaling of pictures, by what a decoder draws.
pub fn likeliest_values(input: &SampleKind, drawn: Option<[f32; 2]>) -> Option<&'static str> {
    let [low, high] = drawn.filter(|_| input.is_unit())?;
    if (-1.0..-0.1).contains(&low) && high <= 1.0 {
        // As a tanh ends.
        Some("0.5:0.5")
    } else if low >= 0.0 && (16.0..=256.0).contains(&high) {
        Some("0:0.003921569")
    } else {
        None
    }
}

/// What turns the decoder's numbers into values of samples.
pub fn ask_link(
    asking: &mut Asking<'_>,
    input: &SampleKind,
    drawn: Option<[f32; 2]>,
    scaling: Option<&Scaling>,
) -> Result<Link, String> {
    let Some([low, high]) = drawn.filter(|_| input.is_unit()) else { return Ok(Link::Identity) };
    let choice = |value: &str, title: &str| (value.to_owned(), title.to_owned());
    let mut choices = vec![choice("as-they-are", "As values are")];
    if scaling.is_some() {
        choices.push(choice("0-to-1", "0 to 1"));
    }
    choices.push(choice("sigmoid", "Through a sigmoid"));
    let is_unit = low >= 0.0 && high <= 1.0;
    // Logits reach far on both sides; what a linear layer draws hardly leaves 0 to 1.
    let likeliest = match scaling {
        Some(_) if is_unit => "0-to-1",
        None if low < -1.5 && high > 1.5 => "sigmoid",
        _ => "as-they-are",
    };
    put_first(&mut choices, likeliest);
    let help = "How the decoder's numbers become pixels: scaled back as values were, from 0 to 1 as they are, or through a sigmoid.";
    let chosen = asking.ask(Open { name: "output", title: "Output", help, choices }, |_| false)?;
    Ok(match chosen.as_str() {
        "sigmoid" => Link::Sigmoid(scaling.cloned()),
        "0-to-1" => Link::Unit(scaling.cloned()),
        _ => Link::Identity,
    })
}

/// What codes are distributed like.
pub fn ask_prior(asking: &mut Asking<'_>, is_likely: bool) -> Result<Prior, String> {
    let mut choices = vec![("normal".to_owned(), "N(0, I)".to_owned()), (NONE.to_owned(), "None".to_owned())];
    if !is_likely {
        choices.reverse();
    }
    let help =
        "What codes are distributed like: the standard normal distribution of a VAE, or nothing in particular.";
    let chosen = asking.ask(Open { name: "prior", title: "Prior", help, choices }, |_| false)?;
    Ok(if chosen == NONE { Prior::None } else { Prior::Normal })
}
