//! Tensors grouped into layers, by their names: what PyTorch's modules call their parts, and what people call
//! the parts of an autoencoder.

use super::state::StateDict;

/// A dense or convolutional layer of a state dict.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Name of its module.
    pub name: String,
    /// Shape of its weight as it is stored.
    pub shape: Vec<usize>,
    /// Its weight, by number.
    pub weight: usize,
    /// Its bias, by number.
    pub bias: Option<usize>,
    /// A batch normalisation right behind it: weight, bias, running mean and variance, by number.
    pub norm: Option<[usize; 4]>,
    /// Whether its weight is one of a transposed convolution.
    pub is_transposed: bool,
}

/// What a state dict consists of.
#[derive(Debug, Default)]
pub struct Layers {
    /// The layers, in the order of their file.
    pub layers: Vec<Layer>,
    /// ln σ of a Gaussian likelihood, by number.
    pub log_sigma: Option<usize>,
}

/// Which part of an autoencoder a name speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The encoder before its heads.
    Encoder,
    /// The mean of the code.
    Mean,
    /// How far a code spreads.
    Spread,
    /// The decoder.
    Decoder,
}

const ENCODER: [&str; 7] = ["enc", "encode", "encoder", "encoding", "inference", "recognition", "q"];
const DECODER: [&str; 9] =
    ["dec", "decode", "decoder", "decoding", "generator", "generative", "gen", "deconv", "p"];
const MEAN: [&str; 5] = ["mu", "mean", "means", "loc", "embedding"];
const SPREAD: [&str; 11] =
    ["var", "logvar", "variance", "std", "logstd", "sigma", "logsigma", "scale", "logscale", "lv", "logv"];
const LOG_SIGMA: [&str; 6] = ["log_sigma", "log_scale", "log_std", "logsigma", "logscale", "log_sigma_x"];
/// What wrappers put before or between names.
const WRAPPERS: [&str; 3] = ["module", "_orig_mod", "_forward_module"];
const NORM: [&str; 4] = ["weight", "bias", "running_mean", "running_var"];

/// The words and numbers of a name: `fc21` is `fc`, `21`; `fc_logVar` is `fc`, `log`, `var`.
pub fn words(name: &str) -> Vec<String> {
    let (mut words, mut last) = (vec![String::new()], ' ');
    for c in name.chars() {
        let breaks = !c.is_alphanumeric()
            || last.is_ascii_digit() != c.is_ascii_digit()
            || last.is_lowercase() && c.is_uppercase();
        if breaks {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Layer {
    /// What its name says that it is part of.
    pub fn part(&self) -> Option<Part> {
        let words = words(&self.name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        // A decoder may have a mean of its own.
        if has(&DECODER) {
            Some(Part::Decoder)
        } else if has(&SPREAD) {
            Some(Part::Spread)
        } else if has(&MEAN) {
            Some(Part::Mean)
        } else if has(&ENCODER) {
            Some(Part::Encoder)
        } else {
            None
        }
    }

    /// Whether it is a dense layer.
    pub fn is_dense(&self) -> bool {
        self.shape.len() == 2
    }

    /// Numbers, or maps, that it reads.
    pub fn n_in(&self) -> usize {
        self.shape[usize::from(!self.is_transposed)]
    }

    /// Numbers, or maps, that it gives.
    pub fn n_out(&self) -> usize {
        self.shape[usize::from(self.is_transposed)]
    }

    /// Its place in a `torch.nn.Sequential`, and the name of that.
    pub fn number(&self) -> Option<(&str, usize)> {
        let (parent, number) = self.name.rsplit_once('.').unwrap_or(("", &self.name));
        Some((parent, number.parse().ok()?))
    }

    /// What it is, for a message: `Linear(784, 400)`.
    pub fn what(&self) -> String {
        let (n_in, n_out) = (self.n_in(), self.n_out());
        match (&self.shape[..], self.is_transposed) {
            ([_, _, h, w], true) => format!("ConvTranspose2d({n_in}, {n_out}, {h} × {w})"),
            ([_, _, h, w], false) => format!("Conv2d({n_in}, {n_out}, {h} × {w})"),
            _ => format!("Linear({n_in}, {n_out})"),
        }
    }
}

impl Layers {
    /// Groups the tensors of a state dict. The error is a part of a sentence that names the first that is of
    /// no layer known here.
    pub fn of(state: &StateDict<'_>) -> Result<Self, String> {
        let names = plain_names(state);
        let mut found = Self::default();
        let mut norms: Vec<(String, [Option<usize>; 4])> = Vec::new();
        let is_norm = |module: &str| names.iter().any(|(of, part)| of == module && part == "running_mean");
        for (at, ((module, part), tensor)) in names.iter().zip(&state.tensors).enumerate() {
            let slot = NORM.iter().position(|name| name == part);
            if let (Some(slot), true) = (slot, is_norm(module)) {
                match norms.iter_mut().find(|(name, _)| name == module) {
                    Some((_, parts)) => parts[slot] = Some(at),
                    None => {
                        let mut parts = [None; 4];
                        parts[slot] = Some(at);
                        norms.push((module.clone(), parts));
                    }
                }
                continue;
            }
            let (n_axes, shape) = (tensor.shape.len(), tensor.shape.clone());
            match part.as_str() {
                "weight" if matches!(n_axes, 2 | 4) && tensor.len() > 0 => {
                    found.layers.push(Layer {
                        name: module.clone(),
                        shape,
                        weight: at,
                        bias: None,
                        norm: None,
                        is_transposed: false,
                    });
                }
                "bias" if n_axes == 1 && names.iter().any(|(of, part)| of == module && part == "weight") => {}
                name if LOG_SIGMA.contains(&name) && tensor.len() == 1 => found.log_sigma = Some(at),
                _ => {
                    return Err(format!(
                        "its tensor {} of shape {shape:?} belongs to no layer that can be built here (Linear, Conv2d, ConvTranspose2d); {ELSEWHERE}",
                        tensor.name
                    ));
                }
            }
        }
        for (at, (module, part)) in names.iter().enumerate() {
            if part == "bias"
                && let Some(layer) = found.layers.iter_mut().find(|layer| layer.name == *module)
            {
                layer.bias = Some(at);
            }
        }
        for (name, parts) in norms {
            found.put_norm(&name, parts, state)?;
        }
        Ok(found)
    }

    /// Puts a batch normalisation behind the layer that it follows.
    fn put_norm(&mut self, name: &str, parts: [Option<usize>; 4], state: &StateDict<'_>) -> Result<(), String> {
        let cannot = |why: &str| Err(format!("its normalisation {name} {why}; {ELSEWHERE}"));
        let [Some(weight), Some(bias), Some(mean), Some(variance)] = parts else {
            return cannot("has no weights of its own");
        };
        let width = state.tensors[mean].len();
        if [weight, bias, variance].iter().any(|at| state.tensors[*at].len() != width) {
            return cannot("is of several widths");
        }
        let (parent, last) = name.rsplit_once('.').unwrap_or(("", name));
        let follows = |layer: &Layer| layer.shape[0] == width || layer.shape[1] == width;
        let number = last.parse::<usize>().ok();
        let before = match number {
            // In a Sequential: right behind, or an activation lies between.
            Some(number) => self
                .layers
                .iter()
                .position(|layer| layer.number().is_some_and(|(of, n)| of == parent && n + 1 == number)),
            // Else the layer of the same number, or the one before it in the file.
            None => {
                let digits = |name: &str| words(name).last().filter(|word| word.parse::<usize>().is_ok()).cloned();
                let wanted = digits(last);
                let same = |layer: &Layer| {
                    let (of, own) = layer.name.rsplit_once('.').unwrap_or(("", &layer.name));
                    of == parent && wanted.is_some() && digits(own) == wanted && follows(layer)
                };
                let earlier = |layer: &Layer| layer.weight < mean && follows(layer);
                self.layers.iter().position(same).or_else(|| self.layers.iter().rposition(earlier))
            }
        };
        match before.map(|at| &mut self.layers[at]) {
            Some(layer) if follows(layer) && layer.norm.is_none() => {
                layer.norm = Some([weight, bias, mean, variance]);
                Ok(())
            }
            _ => cannot("does not stand right behind a layer"),
        }
    }
}

/// What to do with a network that has no like here.
pub const ELSEWHERE: &str = "export a network of other layers as ONNX";

/// Module and part of each tensor, wrappers and prefixes that all share taken off.
fn plain_names(state: &StateDict<'_>) -> Vec<(String, String)> {
    let parts = |name: &str| -> Vec<String> {
        name.split('.').filter(|part| !WRAPPERS.contains(part)).map(String::from).collect()
    };
    let mut all: Vec<Vec<String>> = state.tensors.iter().map(|tensor| parts(&tensor.name)).collect();
    while let Some(first) = all.first().and_then(|parts| parts.first()).cloned() {
        let is_shared = all.iter().all(|parts| parts.len() > 2 && parts[0] == first);
        let says_more = words(&first).iter().any(|word| ENCODER.contains(&&**word) || DECODER.contains(&&**word));
        if !is_shared || says_more || first.parse::<usize>().is_ok() {
            break;
        }
        all.iter_mut().for_each(|parts| drop(parts.remove(0)));
    }
    let split = |mut parts: Vec<String>| {
        let last = parts.pop().unwrap_or_default();
        (parts.join("."), last)
    };
    all.into_iter().map(split).collect()
}
