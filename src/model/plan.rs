//! A network's layers as data: they are counted and checked before anything is allocated, then built.

use crate::nn::{Activation, Conv2d, Dense, Dropout, LogCounts, MapShape, Pool, Scalar, Stack, Unpool, Window};

/// One layer to be.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A dense layer.
    Dense { n_in: usize, n_out: usize, activation: Activation },
    /// A convolution, with pooling or without.
    Conv { input: MapShape, channels: usize, window: Window, pool: Option<Pool>, activation: Activation },
    /// A transposed convolution.
    Transposed { input: MapShape, output: MapShape, window: Window, activation: Activation },
    /// Unpooling, with the places that the layer of number `pooling` remembers, or by repeating.
    Unpool { input: MapShape, output: MapShape, window: Pool, pooling: Option<usize> },
    /// Dropout of `n` values.
    Dropout { n: usize, p: f64 },
    /// ln(1 + x) of the first `n_counts` of `n` values.
    LogCounts { n_counts: usize, n: usize },
    /// Maps read as a plain row of features, or the reverse: no work, but PyTorch has a module for it.
    Reshape,
}

impl Step {
    /// Number of weights and biases, in a type that cannot overflow.
    pub fn n_params(&self) -> u128 {
        match *self {
            Self::Dense { n_in, n_out, .. } => (n_in as u128 + 1) * n_out as u128,
            Self::Conv { input, channels, window, .. } => {
                (window.n_taps() as u128 * (input.channels / window.groups) as u128 + 1) * channels as u128
            }
            Self::Transposed { input, output, window, .. } => {
                (window.n_taps() as u128 * input.channels as u128 + 1) * output.channels as u128
            }
            Self::Unpool { .. } | Self::Dropout { .. } | Self::LogCounts { .. } | Self::Reshape => 0,
        }
    }

    /// Multiply-adds of one sample's forward pass.
    pub fn n_products(&self) -> u128 {
        let pixels = |map: MapShape| (map.height * map.width) as u128;
        match *self {
            Self::Dense { n_in, n_out, .. } => n_in as u128 * n_out as u128,
            Self::Conv { input, channels, window, .. } => {
                let taps = window.n_taps() as u128 * (input.channels / window.groups * channels) as u128;
                taps * pixels(window.small(input, channels))
            }
            Self::Transposed { input, output, window, .. } => {
                window.n_taps() as u128 * (input.channels * output.channels) as u128 * pixels(input)
            }
            Self::Unpool { .. } | Self::Dropout { .. } | Self::LogCounts { .. } | Self::Reshape => 0,
        }
    }

    /// The most values that one sample takes on its way through.
    pub fn n_values(&self) -> usize {
        match *self {
            Self::Dense { n_in, n_out, .. } => n_in.max(n_out),
            Self::Conv { input, channels, .. } => {
                MapShape { channels: channels.max(input.channels), ..input }.n_features()
            }
            Self::Transposed { input, output, .. } | Self::Unpool { input, output, .. } => {
                input.n_features().max(output.n_features())
            }
            Self::Dropout { n, .. } | Self::LogCounts { n, .. } => n,
            Self::Reshape => 0,
        }
    }

    /// Puts the layer on `stack` under its `number`; `(seed, layer)` gives its first weights.
    ///
    /// One that `reads_counts` takes most of what it reads for zeros.
    fn build<S: Scalar>(
        &self,
        stack: &mut Stack<S>,
        (number, reads_counts): (usize, bool),
        (seed, layer): (u64, u64),
    ) {
        match *self {
            Self::Dense { n_in, n_out, activation } => {
                let dense = Dense::new(n_in, n_out, activation, seed, layer);
                stack.push(Box::new(if reads_counts { dense.reading_counts(number) } else { dense }));
            }
            Self::Conv { input, channels, window, pool, activation } => {
                let conv = Conv2d::new(input, channels, window, pool, activation, (seed, layer));
                stack.push(Box::new(conv.numbered(number)));
            }
            Self::Transposed { input, output, window, activation } => {
                stack.push(Box::new(Conv2d::transposed(input, output, window, activation, (seed, layer))));
            }
            Self::Unpool { input, output, window, pooling } => {
                stack.push(Box::new(Unpool::new(input, output, window, pooling)));
            }
            Self::Dropout { n, p } => stack.push(Box::new(Dropout::new(n, p, number, layer))),
            Self::LogCounts { n_counts, n } => stack.push(Box::new(LogCounts::new(n_counts, n))),
            Self::Reshape => stack.skip_number(),
        }
    }
}

/// Number of layers with parameters, which is how first weights are numbered.
pub fn n_layers(steps: &[Step]) -> u64 {
    steps.iter().filter(|step| step.n_params() > 0).count() as u64
}

/// Numbers of the steps that pool, in order, where the first step has number 0: under these they remember the
/// places.
pub fn pooling_numbers(steps: &[Step]) -> Vec<usize> {
    let pools = |step: &Step| matches!(step, Step::Conv { pool: Some(_), .. });
    steps.iter().enumerate().filter(|(_, step)| pools(step)).map(|(number, _)| number).collect()
}

/// The stack of these steps with first weights from `seed`. In the model its first step has number
/// `first_step`, and its first layer with weights is number `first_layer` of those.
pub fn build<S: Scalar>(steps: &[Step], seed: u64, (first_step, first_layer): (usize, u64)) -> Stack<S> {
    let (mut stack, mut layer) = (Stack::default(), first_layer);
    let mut reads_counts = false;
    for (number, step) in (first_step..).zip(steps) {
        step.build(&mut stack, (number, reads_counts), (seed, layer));
        layer += u64::from(step.n_params() > 0);
        reads_counts = matches!(step, Step::LogCounts { .. });
    }
    stack
}

#[cfg(test)]
mod tests {
    use crate::data::SampleKind;
    use crate::model::{ModelSpec, Settings};

    #[test]
    fn layers_of_one_shape_begin_with_weights_of_their_own() {
        let input = SampleKind::table(["a", "b", "c", "d"]);
        for kind in ["ae", "vae"] {
            // Hidden layers, heads and decoder are all 4 → 4, with a layer without weights between them.
            let spec = ModelSpec::of_kind(kind).unwrap().with("latent_dim", "4").unwrap();
            let spec = spec.with("hidden", "4,4").unwrap().with("dropout", "0.1").unwrap();
            let spec = spec.with("likelihood", "mse").unwrap();
            let model = spec.check(&input, &[]).unwrap().build::<f64>(3).unwrap();
            let params = model.params();
            let weights: Vec<_> = params.iter().filter(|param| param.shape == [4, 4]).collect();
            assert_eq!(weights.len(), if kind == "ae" { 6 } else { 7 });
            for (i, a) in weights.iter().enumerate() {
                for b in &weights[..i] {
                    let shared = a.values.iter().zip(b.values).filter(|(a, b)| a == b).count();
                    assert_eq!(shared, 0, "{} and {} of {kind} share weights", a.name, b.name);
                }
            }
        }
    }
}
