//! The network that the autoencoders share, written out.

use super::Torch;
use super::layers::{Style, activated, activation_module, modules, shape};
use crate::data::SampleKind;
use crate::model::describe::Body;
use crate::model::net::{LikelihoodName, NetSpec};
use crate::model::plan::Step;
use crate::nn::Activation;
use std::ops::Range;

impl Body {
    /// Says the network for samples of kind `input`, told `n_classes` labels.
    pub fn torch(&self, torch: &mut Torch, input: &SampleKind, n_classes: usize) {
        let Self { net, n_heads, code } = self;
        torch.say("log_var", *n_heads > 1);
        net.torch_sizes(torch, input, n_classes);
        net.torch_layers(torch, input, n_classes, *code);
        net.torch_loss(torch);
        net.samples.torch(torch);
    }
}

impl NetSpec {
    fn torch_sizes(&self, torch: &mut Torch, input: &SampleKind, n_classes: usize) {
        torch.say("told", n_classes > 0);
        torch.put("n_classes", n_classes.to_string());
        torch.put("latent_dim", self.latent_dim.to_string());
        torch.put("n_features", input.n_features().to_string());
        torch.put("trunk_width", self.trunk_width(input, n_classes).to_string());
        if let Some(image) = self.conv.image(input) {
            torch.say("conv", true);
            torch.put("image", shape(image).trim_matches(['(', ')']));
            torch.put("image_sides", format!("{}, {}", image.height, image.width));
        }
        torch.say("places", self.conv.image(input).is_some() && self.conv.needs_places());
        if self.dropout > 0.0 {
            torch.constant("dropout", self.dropout, "probability with which a hidden value is dropped");
        }
    }

    /// The layers, and what is made of their parts.
    fn torch_layers(&self, torch: &mut Torch, input: &SampleKind, n_classes: usize, code: Activation) {
        let steps = self.encoder(input, n_classes);
        torch.say("trunk", !steps.is_empty());
        torch.put("encoder", sequence(&steps, torch));
        // What the heads read: the sample itself, where nothing is made of it before.
        let hidden = if steps.is_empty() && n_classes == 0 { "x" } else { "h" };
        torch.put("hidden", hidden);
        torch.put("code", activated(code, &format!("self.mu({hidden})")));
        torch.say("tied", self.is_tied());
        if self.is_tied() {
            self.torch_tied(torch, input, &steps);
        } else {
            torch.put("decoder", sequence(&self.decoder(input, n_classes), torch));
        }
    }

    /// The biases of a tied decoder, and its layers as expressions of the encoder's weights.
    fn torch_tied(&self, torch: &mut Torch, input: &SampleKind, encoder: &[Step]) {
        let of_encoder = dense(encoder);
        let mut widths = self.decoder_widths();
        widths.push(input.n_features());
        let per_layer = if self.activation == Activation::Linear { 1 } else { 2 };
        let (mut biases, mut lines) = (Vec::new(), Vec::new());
        for (layer, width) in widths.iter().enumerate() {
            let number = layer * per_layer;
            let weight = match layer.checked_sub(1) {
                None => "self.mu.weight".to_owned(),
                Some(up) => format!("self.encoder[{}].weight", of_encoder[of_encoder.len() - 1 - up].start),
            };
            let is_last = layer + 1 == widths.len();
            let activation = if is_last { self.output_activation() } else { self.activation };
            let from = if layer == 0 { "z" } else { "h" };
            let product = format!("F.linear({from}, {weight}.t(), self.decoder[\"{number}\"].bias)");
            lines.push(format!("{} {}", if is_last { "return" } else { "h =" }, activated(activation, &product)));
            biases.push(format!("\"{number}\": Bias({width}),"));
        }
        torch.put("tied_biases", biases.join("\n"));
        torch.put("tied_layers", lines.join("\n"));
    }

    fn torch_loss(&self, torch: &mut Torch) {
        torch.say("bernoulli", self.likelihood == LikelihoodName::Bernoulli);
        torch.say("gaussian", self.likelihood == LikelihoodName::Gaussian);
        torch.say("mse", self.likelihood == LikelihoodName::Mse);
        torch.say("multinomial", self.likelihood == LikelihoodName::Multinomial);
        torch.say("learned", self.learns_sigma());
        if self.likelihood == LikelihoodName::Gaussian {
            let fixed = "standard deviation of a feature around its mean";
            let learned = "standard deviation of a feature around its mean, from which it is learned";
            torch.constant("sigma", self.sigma, if self.learns_sigma() { learned } else { fixed });
        }
        torch.say("weight_norm", self.weight_l1 > 0.0 || self.weight_l2 > 0.0);
        torch.weight("weight_l1", self.weight_l1, "weight of Σ |w| over all weights, biases left out");
        torch.weight("weight_l2", self.weight_l2, "weight of Σ w² over all weights, biases left out");
    }

    /// The pairs of layers that are trained alone: those that encode and those that decode them again, from
    /// the input on.
    pub fn torch_pairs(&self, torch: &mut Torch, input: &SampleKind, code: Activation) {
        let (encoder, decoder) = (self.encoder(input, 0), self.decoder(input, 0));
        let part = |name: &str, steps: &[Step], layer: usize| {
            let Range { start, end } = dense(steps)[layer];
            // What is done to samples before the first layer belongs to it.
            let start = if layer == 0 { 0 } else { start };
            format!("self.{name}[{start}:{end}]")
        };
        let n_hidden = self.hidden.len();
        let pairs = (0..=n_hidden).map(|pair| {
            let encodes = match activation_module(code) {
                _ if pair < n_hidden => part("encoder", &encoder, pair),
                None => "self.mu".to_owned(),
                Some(module) => format!("nn.Sequential(self.mu, {module})"),
            };
            format!("({encodes}, {}),", part("decoder", &decoder, n_hidden - pair))
        });
        let pairs: Vec<String> = pairs.collect();
        torch.put("pairs", pairs.join("\n"));
        torch.put("n_pairs", pairs.len().to_string());
    }
}

/// The modules of a `nn.Sequential`, a line each.
fn sequence(steps: &[Step], torch: &Torch) -> String {
    let dropout = if torch.says("keeps_dropout") { "Dropout" } else { "nn.Dropout" };
    let modules = modules(steps, Style { dropout, places: torch.says("places") });
    modules.concat().join(",\n") + ","
}

/// Where in its `nn.Sequential` each dense layer stands, with its nonlinearity.
fn dense(steps: &[Step]) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut found = Vec::new();
    for (step, modules) in steps.iter().zip(modules(steps, Style { dropout: "", places: false })) {
        let end = start + modules.len();
        found.extend(matches!(step, Step::Dense { .. }).then_some(start..end));
        start = end;
    }
    found
}
