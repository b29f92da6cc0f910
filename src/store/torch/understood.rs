//! A state dict understood as one of our own models: its settings, its weights in our order, and what had to
//! be assumed.

use super::chain::{Chain, Heads, chained};
use super::layers::{ELSEWHERE, Layer, Layers};
use super::shape::{self, Halving};
use super::state::StateDict;
use crate::data::{Dataset, SampleKind, Scaling};
use crate::model::{Answers, ModelSpec, Settings, scaled};
use crate::store::brought::{Asking, Beside, Understood, ask_shape, ask_values};

/// What a folder's configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Answers to what weights leave open.
    pub answers: Answers,
    /// Settings that weights do not show.
    pub settings: Vec<(&'static str, String)>,
    /// What is said of it.
    pub notes: Vec<String>,
}

/// Understands a state dict. The error is part of a sentence.
pub fn understood(state: &StateDict<'_>, config: Config, beside: Beside<'_>) -> Result<Understood, String> {
    let layers = Layers::of(state)?;
    let chain = chained(&layers.layers)?;
    let mut asking = Asking::new(beside.answers, config.answers, beside.keeps_what_fits);
    let reading = Reading { state, chain: &chain, log_sigma: layers.log_sigma };

    let halving = reading.halving(&mut asking)?;
    let (input, scaling) = reading.samples(&mut asking, halving, beside.data)?;
    let mut settings = reading.network(halving)?;
    settings.extend(reading.chosen(&mut asking, &input, scaling.as_ref())?);
    settings.extend(config.settings);
    let heads = reading.heads(&mut asking)?;
    let questions = asking.asked()?;

    let spec =
        ModelSpec::of_network(chain.heads.n(), chain.n_classes > 0, &settings).map_err(|e| e.to_string())?;
    let classes = reading.classes(beside.data);
    let valid = spec.check(&input, &classes).map_err(|e| e.to_string())?;
    let weights = reading.weights(&valid.frozen(None).map_err(|e| e.to_string())?, heads)?;
    let slices: Vec<&[f32]> = weights.iter().map(Vec::as_slice).collect();
    let model = scaled(valid.frozen(Some(&slices)).map_err(|e| e.to_string())?, scaling.as_ref());
    let notes = [reading.notes(), config.notes].concat();
    Ok(Understood { model, notes, questions })
}

/// A state dict whose layers are in order.
pub struct Reading<'a> {
    /// The tensors.
    pub state: &'a StateDict<'a>,
    /// The layers.
    pub chain: &'a Chain,
    /// ln σ of a Gaussian likelihood, by number.
    pub log_sigma: Option<usize>,
}

impl Heads {
    /// How many heads there are.
    fn n(&self) -> usize {
        if matches!(self, Self::Code(_)) { 1 } else { 2 }
    }

    /// The first layer of them.
    pub fn first(&self) -> &Layer {
        match self {
            Self::Code(layer) | Self::Pair(layer, _) | Self::Halves(layer) => layer,
        }
    }

    /// All of them, in order.
    pub fn layers(&self) -> Vec<&Layer> {
        match self {
            Self::Code(layer) | Self::Halves(layer) => vec![layer],
            Self::Pair(one, other) => vec![one, other],
        }
    }
}

impl Reading<'_> {
    /// How convolutions halve the maps; kernels of an even side leave no choice.
    fn halving(&self, asking: &mut Asking<'_>) -> Result<Halving, String> {
        let (down, up) = (self.chain.convolutions(), self.chain.enlarging());
        let (Some(first), Some(last)) = (down.first(), up.last()) else { return Ok(Halving::Pool) };
        if kernel(first)? % 2 == 0 {
            return Ok(Halving::Stride);
        }
        // In a Sequential, one module between two convolutions is a nonlinearity, two are that and a pooling.
        let between = down.windows(2).find_map(|pair| self.chain.n_between(&pair[0], &pair[1]));
        let is_pooled = between.map_or(last.shape[2] == 2, |n| n > 1);
        let likeliest = if is_pooled { "pool" } else { "stride" };
        let spec = ModelSpec::of_network(1, false, &[]).map_err(|e| e.to_string())?;
        let help = "How the encoder halves its maps: by pooling, or by convolutions that move by two pixels.";
        let chosen = asking.ask_setting(&spec, ("downsampling", help), &[likeliest], &[])?;
        Ok(if chosen == "stride" { Halving::Stride } else { Halving::Pool })
    }

    /// What a sample is, and how its values were scaled.
    fn samples(
        &self,
        asking: &mut Asking<'_>,
        halving: Halving,
        data: Option<&Dataset>,
    ) -> Result<(SampleKind, Option<Scaling>), String> {
        let candidates = shape::candidates(self.chain, halving, data);
        if candidates.is_empty() {
            let layer = self.chain.trunk.get(self.chain.convolutions().len()).unwrap_or(self.chain.heads.first());
            return Err(format!(
                "its layer {}, {}, reads no whole picture of stages that halve width and height each; {ELSEWHERE}",
                layer.name,
                layer.what()
            ));
        }
        let input = ask_shape(asking, candidates, |kind| shape::fits(self.chain, halving, kind))?;
        let scaling = ask_values(asking, &input, data.filter(|data| *data.kind() == input), None)?;
        Ok((input, scaling))
    }

    /// Settings that the shapes of the layers say.
    fn network(&self, halving: Halving) -> Result<Vec<(&'static str, String)>, String> {
        let chain = self.chain;
        let (down, up) = (chain.convolutions(), chain.enlarging());
        let widths = |layers: &[Layer]| -> Vec<usize> { layers.iter().map(Layer::n_out).collect() };
        let hidden = widths(&chain.trunk[down.len()..]);
        // The last dense layer gives the samples, or the maps that are enlarged.
        let n_dense = chain.decoder.len() - up.len();
        let decoder_hidden = widths(&chain.decoder[..n_dense.saturating_sub(1)]);
        let is_mirror = hidden.iter().rev().eq(&decoder_hidden);
        let mut settings = vec![
            ("latent_dim", chain.latent_dim().to_string()),
            ("hidden", list(&hidden)),
            // An empty text would mean the mirror image.
            ("decoder_hidden", if is_mirror { "mirror".into() } else { format!("[{}]", list(&decoder_hidden)) }),
        ];
        if let Some(first) = down.first() {
            let is_transposed = up.iter().all(|layer| layer.is_transposed);
            if let Some(other) = up.iter().find(|layer| layer.is_transposed).filter(|_| !is_transposed) {
                let (name, what) = (&other.name, other.what());
                return Err(format!("its layer {name}, {what}, is transposed where others are not; {ELSEWHERE}"));
            }
            let (downsampling, kernel_of) =
                if halving == Halving::Stride { ("stride", "down_kernel") } else { ("pool", "kernel") };
            settings.extend([
                ("arch", "conv".to_owned()),
                ("channels", list(&widths(down))),
                ("downsampling", downsampling.to_owned()),
                (kernel_of, kernel(first)?.to_string()),
                ("upsampling", if is_transposed { "transposed" } else { "repeat" }.to_owned()),
            ]);
            if let Some(first) = up.first() {
                settings.push((if is_transposed { "up_kernel" } else { "kernel" }, kernel(first)?.to_string()));
            }
        }
        Ok(settings)
    }

    /// Settings that only whoever made the model knows.
    fn chosen(
        &self,
        asking: &mut Asking<'_>,
        input: &SampleKind,
        scaling: Option<&Scaling>,
    ) -> Result<Vec<(&'static str, String)>, String> {
        let chain = self.chain;
        let spec = ModelSpec::of_network(chain.heads.n(), false, &[]).map_err(|e| e.to_string())?;
        let mut settings = Vec::new();
        let mut activation = None;
        if !chain.trunk.is_empty() || chain.decoder.len() > 1 {
            let likeliest = if self.is_linear() { "linear" } else { "relu" };
            let help = "Nonlinearity after each hidden layer, which weights do not show.";
            activation = Some(asking.ask_setting(&spec, ("activation", help), &[likeliest], &[])?);
        }
        if let Heads::Code(code) = &chain.heads {
            // In one Sequential a module between the code and the next layer is a nonlinearity too.
            let after = chain.decoder.first().and_then(|next| chain.n_between(code, next)).unwrap_or(0);
            let likeliest: Vec<&str> =
                activation.as_deref().filter(|_| after > 0).into_iter().chain(["linear"]).collect();
            let help = "Nonlinearity of the code itself.";
            settings
                .push(("code_activation", asking.ask_setting(&spec, ("code_activation", help), &likeliest, &[])?));
        }
        settings.extend(activation.map(|activation| ("activation", activation)));

        let is_unit = input.is_unit() && scaling.is_none();
        let likeliest: &[&str] = match (self.log_sigma.is_some(), is_unit) {
            (true, _) => &["gaussian"],
            (false, true) => &["bernoulli", "mse"],
            (false, false) => &["mse"],
        };
        // Weights of documents are not told from those of other rows.
        let without: &[&str] = if is_unit { &["multinomial"] } else { &["bernoulli", "multinomial"] };
        let help = "How the decoder ends and is scored: cross-entropy behind a sigmoid, or a squared error.";
        let likelihood = asking.ask_setting(&spec, ("likelihood", help), likeliest, without)?;
        if !ends_in_its_own_sigmoid(&spec, &likelihood) {
            let spans = |low: f32, high: f32| {
                scaling.is_some_and(|scaling| scaling.scaled(0, 0.0) == low && scaling.scaled(0, 1.0) == high)
            };
            let likeliest = match input.is_unit() {
                true if is_unit => "sigmoid",
                true if spans(-1.0, 1.0) => "tanh",
                _ => "linear",
            };
            let help = "What the decoder's last layer passes through.";
            settings.push(("output", asking.ask_setting(&spec, ("output", help), &[likeliest], &[])?));
        }
        if self.log_sigma.is_some() && likelihood == "gaussian" {
            settings.push(("noise", "learned".into()));
        }
        settings.push(("likelihood", likelihood));
        Ok(settings)
    }

    /// Whether layers of one Sequential follow each other with nothing between them.
    fn is_linear(&self) -> bool {
        let follow =
            |layers: &[Layer]| layers.windows(2).find_map(|pair| self.chain.n_between(&pair[0], &pair[1]));
        follow(&self.chain.trunk).or_else(|| follow(&self.chain.decoder)) == Some(0)
    }

    /// Names of the classes that the model is told: those of the data, where they are as many.
    fn classes(&self, data: Option<&Dataset>) -> Vec<String> {
        let n = self.chain.n_classes;
        let of_data = data.map(Dataset::classes).filter(|classes| classes.len() == n);
        of_data.map_or_else(|| (0..n).map(|class| class.to_string()).collect(), <[String]>::to_vec)
    }

    /// How the file was understood.
    fn notes(&self) -> Vec<String> {
        let chain = self.chain;
        let names =
            |layers: Vec<&Layer>| layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(", ");
        let trunk = names(chain.trunk.iter().collect());
        let trunk = if trunk.is_empty() { "no layers".into() } else { trunk };
        let mut notes = vec![format!(
            "encoder: {trunk}; code: {}; decoder: {}",
            names(chain.heads.layers()),
            names(chain.decoder.iter().collect())
        )];
        if chain.n_classes > 0 {
            notes.push(format!(
                "encoder and decoder are told {} classes, behind the other numbers",
                chain.n_classes
            ));
        }
        let all = || chain.trunk.iter().chain(chain.heads.layers()).chain(&chain.decoder);
        let normed = names(all().filter(|layer| layer.norm.is_some()).collect());
        if !normed.is_empty() {
            notes.push(format!(
                "batch normalisation is worked into {normed}, as the model evaluates; further training has none"
            ));
        }
        let bare = names(all().filter(|layer| layer.bias.is_none() && layer.norm.is_none()).collect());
        if !bare.is_empty() {
            notes.push(format!("without biases, which begin at 0: {bare}"));
        }
        if !chain.convolutions().is_empty() {
            notes.push(
                "assumed, as weights do not show it: convolutions pad by (kernel − 1) / 2 pixels, rounded down"
                    .into(),
            );
        }
        if !self.state.aside.is_empty() {
            notes.push(format!("left aside: {}", self.state.aside.join(", ")));
        }
        notes
    }
}

/// The side of a square kernel.
fn kernel(layer: &Layer) -> Result<usize, String> {
    match layer.shape[..] {
        [_, _, height, width] if height == width => Ok(height),
        _ => Err(format!("its layer {}, {}, has no square kernel; {ELSEWHERE}", layer.name, layer.what())),
    }
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

/// Whether the setting `output` has no say under this likelihood.
fn ends_in_its_own_sigmoid(spec: &ModelSpec, likelihood: &str) -> bool {
    let with = spec.with("likelihood", likelihood);
    with.is_ok_and(|spec| spec.visible_fields().iter().all(|field| field.path != "output"))
}
