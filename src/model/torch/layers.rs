//! Layers as PyTorch writes them, one module after another, so that a `torch.nn.Sequential` of them numbers
//! its parameters as our model files do.

use crate::model::plan::Step;
use crate::nn::{Activation, MapShape, Pool};

/// The module of a nonlinearity; none where there is none.
pub fn activation_module(activation: Activation) -> Option<&'static str> {
    match activation {
        Activation::Linear => None,
        Activation::Relu => Some("nn.ReLU()"),
        Activation::LeakyRelu => Some("nn.LeakyReLU(0.01)"),
        Activation::Elu => Some("nn.ELU()"),
        Activation::Tanh => Some("nn.Tanh()"),
        Activation::Sigmoid => Some("nn.Sigmoid()"),
        Activation::Softplus => Some("nn.Softplus()"),
    }
}

/// A nonlinearity of an expression.
pub fn activated(activation: Activation, of: &str) -> String {
    let function = match activation {
        Activation::Linear => return of.into(),
        Activation::Relu => "F.relu",
        Activation::LeakyRelu => "F.leaky_relu",
        Activation::Elu => "F.elu",
        Activation::Tanh => "torch.tanh",
        Activation::Sigmoid => "torch.sigmoid",
        Activation::Softplus => "F.softplus",
    };
    format!("{function}({of})")
}

/// What modules depend on beside their layer.
#[derive(Clone, Copy)]
pub struct Style {
    /// The class that drops values.
    pub dropout: &'static str,
    /// Whether poolings tell the places of their maxima.
    pub places: bool,
}

/// The modules of all `steps`, each step's in a list of its own.
pub fn modules(steps: &[Step], style: Style) -> Vec<Vec<String>> {
    let of = |(i, step): (usize, &Step)| module(step, steps.get(i + 1), style);
    steps.iter().enumerate().map(of).collect()
}

fn module(step: &Step, next: Option<&Step>, style: Style) -> Vec<String> {
    match *step {
        Step::Dense { n_in, n_out, activation } => with(format!("nn.Linear({n_in}, {n_out})"), activation),
        Step::Conv { input, channels, window, pool, activation } => {
            let mut options = vec![pair(window.kernel)];
            options.extend((window.stride != [1, 1]).then(|| format!("stride={}", pair(window.stride))));
            options.extend((window.padding != [0, 0]).then(|| format!("padding={}", pair(window.padding))));
            options.extend((window.groups > 1).then(|| format!("groups={}", window.groups)));
            let conv = format!("nn.Conv2d({}, {channels}, {})", input.channels, options.join(", "));
            // Pooling before a rising nonlinearity gives what pooling after it would.
            let places = if style.places { ", return_indices=True" } else { "" };
            let pool = pool.map(|pool| format!("nn.MaxPool2d({}{places})", pair(pool)));
            let after = activation_module(activation).map(String::from);
            [Some(conv), pool, after].into_iter().flatten().collect()
        }
        Step::Transposed { input, output, window, activation } => {
            let over = |axis: usize, from: usize, to: usize| {
                to + 2 * window.padding[axis] - (from - 1) * window.stride[axis] - window.kernel[axis]
            };
            let over = [over(0, input.height, output.height), over(1, input.width, output.width)];
            let mut options = vec![pair(window.kernel), format!("stride={}", pair(window.stride))];
            options.extend((window.padding != [0, 0]).then(|| format!("padding={}", pair(window.padding))));
            options.extend((over != [0, 0]).then(|| format!("output_padding={}", pair(over))));
            let (from, to) = (input.channels, output.channels);
            with(format!("nn.ConvTranspose2d({from}, {to}, {})", options.join(", ")), activation)
        }
        Step::Unpool { window, pooling: Some(_), .. } => vec![format!("nn.MaxUnpool2d({})", pair(window))],
        Step::Unpool { input, output, window, pooling: None } => vec![repeat(input, output, window)],
        Step::LogCounts { n_counts, n } if n_counts == n => vec!["LogCounts()".into()],
        Step::LogCounts { n_counts, .. } => vec![format!("LogCounts({n_counts})")],
        Step::Dropout { .. } => vec![format!("{}(DROPOUT)", style.dropout)],
        Step::Reshape => vec![match next {
            Some(Step::Transposed { input, .. } | Step::Unpool { input, .. }) => {
                format!("nn.Unflatten(1, {})", shape(*input))
            }
            _ => "nn.Flatten()".into(),
        }],
    }
}

fn with(module: String, activation: Activation) -> Vec<String> {
    [Some(module), activation_module(activation).map(String::from)].into_iter().flatten().collect()
}

/// Each value repeated over its window; rows and columns that no window fills repeat the one before.
fn repeat(input: MapShape, output: MapShape, window: Pool) -> String {
    let upsample = format!("nn.Upsample(scale_factor={})", pair(window));
    let (down, right) = (output.height - window[0] * input.height, output.width - window[1] * input.width);
    if (down, right) == (0, 0) {
        return upsample;
    }
    format!("nn.Sequential({upsample}, nn.ReplicationPad2d((0, {right}, 0, {down})))")
}

/// Two numbers as PyTorch takes them: one where they are equal.
fn pair([height, width]: [usize; 2]) -> String {
    if height == width { height.to_string() } else { format!("({height}, {width})") }
}

/// Channels, rows and columns as a tuple.
pub fn shape(maps: MapShape) -> String {
    format!("({}, {}, {})", maps.channels, maps.height, maps.width)
}
