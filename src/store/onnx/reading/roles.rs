//! Which part of an autoencoder a network is, told by the sizes of what it takes and gives.

use super::halves::{Form, Told, Way};
use super::network::{Network, Port};
use crate::data::Dataset;
use std::sync::Arc;

/// A value that a network gives, and how many numbers of it there are a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its axes without that of the samples.
    pub axes: Vec<usize>,
}

impl Found {
    /// How many numbers there are a sample.
    pub fn len(&self) -> usize {
        self.axes.iter().product()
    }
}

/// What a network is, and the way into it.
pub struct Role {
    /// From its input, to nothing yet.
    pub way: Way,
    /// What may be a code; empty for a decoder.
    pub codes: Vec<Found>,
    /// Everything that the network gives.
    pub given: Vec<Found>,
    /// What is a sample again; none for an encoder.
    pub x_hat: Option<Found>,
    /// Whether the codes lie on the way to `x_hat`, which can be worked out from them.
    pub is_whole: bool,
}

/// Most codes inside a network that are tried.
const MAX_TRIED: usize = 40;
/// What inputs of labels are called.
const OF_LABELS: [&str; 7] = ["label", "class", "cond", "onehot", "one_hot", "target", "y"];

/// Sees what a network is. The error is part of a sentence.
pub fn role(network: &Arc<Network>, data: Option<&Dataset>) -> Result<Role, String> {
    let (input, told) = inputs(network)?;
    let form = Form::of(sides(input, data)?);
    let (n, batch) = (form.len(), input.axes.first().copied().flatten());
    if n == 0 || n > MAX_NUMBERS {
        return Err(format!(
            "its input {:?} takes {n} numbers a sample; there can be 1 to {MAX_NUMBERS}",
            input.name
        ));
    }
    let outputs = network.outputs.iter().map(|port| port.name.clone()).collect();
    let way = Way { network: Arc::clone(network), from: input.name.clone(), form, batch, told, to: outputs };
    let found = try_out(&way, 1)?;
    // Some writers fix the number of samples within the network and leave it open outside.
    let is_open = batch.is_none() && try_out(&way, SOME).is_ok_and(|of_some| of_some == found);
    let way = Way { batch: batch.or((!is_open).then_some(1)), ..way };
    let of = |wanted: fn(usize, usize) -> bool| -> Vec<Found> {
        found.iter().filter(|found| wanted(found.len(), n)).cloned().collect()
    };
    let (codes, x_hat, larger) = (of(|len, n| len < n), of(|len, n| len == n), of(|len, n| len > n));
    let way = Way { to: Vec::new(), ..way };
    match (x_hat.first(), larger.first()) {
        (Some(x_hat), _) => whole(way, found.clone(), x_hat.clone()),
        (None, None) if codes.iter().all(|code| code.len() == 0) => Err(format!(
            "its network gives no numbers for each sample of {:?}; export its encoder or decoder",
            way.from
        )),
        (None, None) => Ok(Role { way, codes, given: found, x_hat: None, is_whole: false }),
        (None, Some(larger)) => {
            Ok(Role { way, codes: Vec::new(), given: found.clone(), x_hat: Some(larger.clone()), is_whole: false })
        }
    }
}

/// More samples than one, to see that any number of them can be given.
const SOME: usize = 3;
/// Most numbers that a sample may have.
const MAX_NUMBERS: usize = 1 << 22;

/// The input of samples or codes, and that of labels.
fn inputs(network: &Network) -> Result<(&Port, Option<Told>), String> {
    let is_of_labels = |port: &&Port| {
        let name = port.name.to_lowercase();
        OF_LABELS.iter().any(|word| if word.len() > 1 { name.contains(word) } else { name == *word })
    };
    let (labels, others): (Vec<&Port>, Vec<&Port>) = if network.inputs.len() > 1 {
        network.inputs.iter().partition(is_of_labels)
    } else {
        (Vec::new(), network.inputs.iter().collect())
    };
    let name = |port: &&Port| format!("{:?}", port.name);
    match (&others[..], &labels[..]) {
        ([input], []) if input.is_float => Ok((input, None)),
        ([input], [label]) if input.is_float => Ok((input, Some(told(label, network)?))),
        ([input], _) if !input.is_float => {
            Err(format!("its input {:?} takes no floating-point numbers; export it with such", input.name))
        }
        _ => {
            let names = network.inputs.iter().map(|port| name(&port)).collect::<Vec<_>>().join(", ");
            Err(format!(
                "its network takes {names}; one that is looked at here takes samples or codes, and at most a label"
            ))
        }
    }
}

fn told(label: &Port, network: &Network) -> Result<Told, String> {
    let classes = network.fact("halfmoon.classes").and_then(|list| serde_json::from_str::<Vec<String>>(list).ok());
    let (n_classes, is_one_hot) = match label.axes[..] {
        [_, Some(n)] if label.is_float => (n, true),
        [_] if !label.is_float => (classes.map_or(0, |classes| classes.len()), false),
        _ => {
            return Err(format!(
                "its input {:?} is told neither a class's number nor a row with a 1 at the class; export it so",
                label.name
            ));
        }
    };
    Ok(Told { name: label.name.clone(), n_classes, is_one_hot })
}

/// The axes of an input without that of the samples; open ones are those of the data.
fn sides(input: &Port, data: Option<&Dataset>) -> Result<Vec<usize>, String> {
    let axes = input.axes.get(1..).unwrap_or_default();
    if axes.is_empty() || axes.len() > 3 {
        return Err(format!(
            "its input {:?} has {} axes; samples are rows of numbers, or pictures",
            input.name,
            input.axes.len()
        ));
    }
    let of_data: Option<Vec<usize>> = data.map(|data| match (axes, data.kind().sides()) {
        ([_], _) => vec![data.n_features()],
        ([_, _], Some([_, height, width])) => vec![height, width],
        ([Some(1 | 3), ..], Some(sides)) => sides.to_vec(),
        ([_, _, Some(1 | 3)], Some([channels, height, width])) => vec![height, width, channels],
        (_, Some(sides)) => sides.to_vec(),
        (_, None) => Vec::new(),
    });
    let open = |at: usize| of_data.as_ref().and_then(|of_data| of_data.get(at).copied());
    let found: Option<Vec<usize>> = axes.iter().enumerate().map(|(at, axis)| axis.or_else(|| open(at))).collect();
    found.ok_or_else(|| {
        format!("its input {:?} leaves the size of a sample open; open the data that it is for first", input.name)
    })
}

/// Runs zeros through, and sees what comes of them.
fn try_out(way: &Way, n: usize) -> Result<Vec<Found>, String> {
    let found = way.axes(n).map_err(|e| format!("its network cannot be run: {e}"))?;
    let found =
        way.to.iter().zip(found).filter_map(|(name, axes)| Some(Found { name: name.clone(), axes: axes? }));
    Ok(found.collect())
}

/// A network from samples to samples: its code is among its outputs, or inside it.
fn whole(way: Way, given: Vec<Found>, x_hat: Found) -> Result<Role, String> {
    let decodes = |code: &Found| {
        let from = Form::of(code.axes.clone());
        let way = Way { from: code.name.clone(), form: from, to: vec![x_hat.name.clone()], ..way.clone() };
        try_out(&way, 1).is_ok_and(|found| found.first().is_some_and(|found| found.len() == x_hat.len()))
    };
    let n = x_hat.len();
    let mut codes: Vec<Found> = given.iter().filter(|code| code.len() < n && decodes(code)).cloned().collect();
    if codes.is_empty() {
        let smallest = narrowest(&way, x_hat.len());
        codes = smallest.into_iter().filter(|code| decodes(code)).collect();
    }
    if codes.is_empty() {
        return Err(format!(
            "its network gives {n} numbers for {n} and has no narrower code between them; export its encoder and decoder"
        ));
    }
    Ok(Role { way, codes, given, x_hat: Some(x_hat), is_whole: true })
}

/// The values inside a network with the fewest numbers a sample, the last of them first.
fn narrowest(way: &Way, n: usize) -> Vec<Found> {
    let way = Way { to: way.network.inner.clone(), ..way.clone() };
    // What is the same for all samples is no code of one.
    let of_some = try_out(&way, SOME).unwrap_or_default();
    let mut inner = try_out(&way, 1).unwrap_or_default();
    inner.retain(|found| of_some.contains(found));
    let wide = inner.iter().filter(|found| found.len() < n && found.len() > 0);
    let least = wide.clone().map(Found::len).min().unwrap_or(0);
    let mut found: Vec<Found> = inner.iter().filter(|found| found.len() == least).cloned().collect();
    found.reverse();
    found.truncate(MAX_TRIED);
    found
}
