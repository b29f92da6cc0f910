//! The layers that the settings describe.

use super::{LikelihoodName, NetSpec};
use crate::data::SampleKind;
use crate::model::plan::{Step, pooling_numbers};
use crate::nn::MapShape;

impl NetSpec {
    /// Numbers by which the encoder is told one label: a plane for convolutions, else one.
    pub fn label_len(&self, input: &SampleKind) -> usize {
        match self.conv.image(input) {
            Some(image) => image.height * image.width,
            None => 1,
        }
    }

    /// Width of what the heads read: the last hidden layer, the last maps, or the input itself.
    pub fn trunk_width(&self, input: &SampleKind, n_classes: usize) -> usize {
        match (self.hidden.last(), self.conv.image(input)) {
            (Some(&width), _) => width,
            (None, Some(image)) => self.conv.maps(image).last().map_or(0, MapShape::n_features),
            (None, None) => input.n_features() + n_classes,
        }
    }

    /// The encoder up to its heads, told `n_classes` labels.
    pub fn encoder(&self, input: &SampleKind, n_classes: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut n_in = input.n_features() + n_classes;
        if let Some(image) = self.conv.image(input) {
            let maps = self.conv.maps(MapShape { channels: image.channels + n_classes, ..image });
            for pair in maps.windows(2) {
                steps.extend(self.conv.halve(pair[0], pair[1].channels, self.activation));
                self.drop(&mut steps, pair[1].n_features());
            }
            steps.push(Step::Reshape);
            n_in = maps.last().map_or(0, MapShape::n_features);
        }
        if self.likelihood == LikelihoodName::Multinomial {
            steps.push(Step::LogCounts { n_counts: input.n_features(), n: n_in });
        }
        self.dense(&mut steps, n_in, &self.hidden);
        steps
    }

    /// The decoder, told `n_classes` labels.
    pub fn decoder(&self, input: &SampleKind, n_classes: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut widths = self.decoder_widths();
        let n_code = self.latent_dim + n_classes;
        let Some(image) = self.conv.image(input) else {
            let n_in = self.dense(&mut steps, n_code, &widths);
            steps.push(Step::Dense { n_in, n_out: input.n_features(), activation: self.output_activation() });
            return steps;
        };
        let maps = self.conv.maps(image);
        let pooling = pooling_numbers(&self.encoder(input, n_classes));
        widths.extend(maps.last().map(MapShape::n_features));
        self.dense(&mut steps, n_code, &widths);
        steps.push(Step::Reshape);
        for (stage, pair) in maps.windows(2).enumerate().rev() {
            let activation = if stage == 0 { self.output_activation() } else { self.activation };
            steps.extend(self.conv.enlarge(pair[1], pair[0], pooling.get(stage).copied(), activation));
            if stage > 0 {
                self.drop(&mut steps, pair[0].n_features());
            }
        }
        steps
    }

    /// Hidden dense layers of these widths; returns the last one's.
    fn dense(&self, steps: &mut Vec<Step>, n_in: usize, widths: &[usize]) -> usize {
        widths.iter().fold(n_in, |n_in, &n_out| {
            steps.push(Step::Dense { n_in, n_out, activation: self.activation });
            self.drop(steps, n_out);
            n_out
        })
    }

    /// Dropout of `n` values, where any is asked for.
    fn drop(&self, steps: &mut Vec<Step>, n: usize) {
        if self.dropout > 0.0 {
            steps.push(Step::Dropout { n, p: self.dropout });
        }
    }

    /// Number of weights and biases with `n_heads` heads and `n_classes` labels to be told, in a type that
    /// cannot overflow.
    pub fn n_params(&self, input: &SampleKind, n_classes: usize, n_heads: usize) -> u128 {
        let (encoder, decoder) = (self.encoder(input, n_classes), self.decoder(input, n_classes));
        let of_decoder = |step: &Step| match step {
            // A tied layer has a bias of its own and no more.
            Step::Dense { n_out, .. } if self.is_tied() => *n_out as u128,
            step => step.n_params(),
        };
        let own = decoder.iter().map(of_decoder).sum::<u128>() + u128::from(self.learns_sigma());
        let head = (self.trunk_width(input, n_classes) as u128 + 1) * self.latent_dim as u128;
        encoder.iter().map(Step::n_params).sum::<u128>() + own + n_heads as u128 * head
    }
}
