//! The numbers of a state dict, put into the places that our own layers have for them.

use super::chain::Heads;
use super::layers::{ELSEWHERE, Layer, words};
use super::understood::Reading;
use crate::model::SharedModel;
use crate::store::brought::{Asking, Open};

/// Weight and bias of a layer, as ours has them.
type Values = (Vec<f32>, Vec<f32>);

/// What PyTorch adds to a variance before its root, unless it is told otherwise.
const EPS: f32 = 1e-5;

impl Reading<'_> {
    /// The heads' weights, the mean's first.
    pub fn heads(&self, asking: &mut Asking<'_>) -> Result<Vec<Values>, String> {
        let mean_of = |first: (String, String), second: (String, String)| Open {
            name: "mu",
            title: "Mean is",
            help: "Which of the two heads gives the mean of the code; the other says how far it spreads.",
            choices: vec![first, second],
        };
        let (mut heads, spread) = match &self.chain.heads {
            Heads::Code(code) => return Ok(vec![self.values(code)?]),
            Heads::Pair(mean, spread) => {
                let name = |layer: &Layer| (layer.name.clone(), layer.name.clone());
                let chosen = asking.ask(mean_of(name(mean), name(spread)), |_| false)?;
                let (mean, spread) = if chosen == spread.name { (spread, mean) } else { (mean, spread) };
                (vec![self.values(mean)?, self.values(spread)?], spread)
            }
            Heads::Halves(layer) => {
                let half = |word: &str| (word.to_owned(), format!("{word} half"));
                let chosen = asking.ask(mean_of(half("first"), half("second")), |_| false)?;
                let (mut weight, mut bias) = self.values(layer)?;
                let second = (weight.split_off(weight.len() / 2), bias.split_off(bias.len() / 2));
                let halves = [(weight, bias), second];
                let order = if chosen == "first" { [0, 1] } else { [1, 0] };
                (order.map(|half| halves[half].clone()).to_vec(), layer)
            }
        };
        let says_deviation = words(&spread.name)
            .iter()
            .any(|word| ["std", "logstd", "sigma", "logsigma", "scale", "logscale"].contains(&word.as_str()));
        let mut choices =
            vec![("log_var".to_owned(), "ln σ²".to_owned()), ("log_std".to_owned(), "ln σ".to_owned())];
        if says_deviation {
            choices.swap(0, 1);
        }
        let open = Open {
            name: "spread",
            title: "Spread is",
            help: "What the head beside the mean gives: the logarithm of the variance, or of the standard deviation.",
            choices,
        };
        if asking.ask(open, |_| false)? == "log_std"
            && let Some((weight, bias)) = heads.last_mut()
        {
            // ln σ² = 2 ln σ.
            weight.iter_mut().chain(bias).for_each(|value| *value *= 2.0);
        }
        Ok(heads)
    }

    /// Weight and bias of a layer, a normalisation behind it folded in.
    fn values(&self, layer: &Layer) -> Result<Values, String> {
        let read = |at: usize| self.state.tensors[at].values();
        let n_out = layer.n_out();
        let mut weight = read(layer.weight)?;
        let mut bias = layer.bias.map_or_else(|| Ok(vec![0.0; n_out]), read)?;
        if bias.len() != n_out {
            return Err(format!(
                "its layer {} has {} biases, where it gives {n_out}; save it again",
                layer.name,
                bias.len()
            ));
        }
        if let Some([scale, shift, mean, variance]) = layer.norm {
            let (scale, shift, mean, variance) = (read(scale)?, read(shift)?, read(mean)?, read(variance)?);
            if scale.len() != n_out {
                return Err(format!("the normalisation behind {} is of another width; {ELSEWHERE}", layer.name));
            }
            let factors: Vec<f32> =
                scale.iter().zip(&variance).map(|(scale, variance)| scale / (variance + EPS).sqrt()).collect();
            for (out, bias) in bias.iter_mut().enumerate() {
                *bias = (*bias - mean[out]) * factors[out] + shift[out];
            }
            // [out, …], or [in, out, …] of a transposed convolution.
            let per_out =
                layer.shape[2..].iter().product::<usize>() * if layer.is_transposed { 1 } else { layer.n_in() };
            for (at, weight) in weight.iter_mut().enumerate() {
                *weight *= factors[at / per_out % n_out];
            }
        }
        Ok((weight, bias))
    }

    /// The weights in the order of a model built from the settings.
    pub fn weights(&self, built: &SharedModel, heads: Vec<Values>) -> Result<Vec<Vec<f32>>, String> {
        let chain = self.chain;
        let mut names: Vec<&Layer> = chain.trunk.iter().collect();
        let head_names = chain.heads.layers();
        let mut all: Vec<Values> = chain.trunk.iter().map(|layer| self.values(layer)).collect::<Result<_, _>>()?;
        for (at, head) in heads.into_iter().enumerate() {
            names.push(head_names[at.min(head_names.len() - 1)]);
            all.push(head);
        }
        for layer in &chain.decoder {
            names.push(layer);
            all.push(self.values(layer)?);
        }
        let wanted = built.weights();
        let is_halved = |layer: &Layer| matches!(&chain.heads, Heads::Halves(halves) if halves == layer);
        for (pair, layer) in wanted.chunks(2).zip(&names) {
            let mut shape = layer.shape.clone();
            shape[0] /= if is_halved(layer) { 2 } else { 1 };
            if pair[0].shape != shape {
                return Err(format!(
                    "its layer {}, {}, does not fit: a network of such layers would have a weight of {:?} there; {ELSEWHERE}",
                    layer.name,
                    layer.what(),
                    pair[0].shape
                ));
            }
        }
        let mut flat: Vec<Vec<f32>> = all.into_iter().flat_map(|(weight, bias)| [weight, bias]).collect();
        if wanted.len() == flat.len() + 1 {
            flat.extend(self.log_sigma.map(|at| self.state.tensors[at].values()).transpose()?);
        }
        Ok(flat)
    }
}
