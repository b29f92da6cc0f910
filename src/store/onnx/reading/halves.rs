//! An encoder, a decoder or both, each run by the network of a file.

use super::network::{Given, Network, Tensor};
use crate::data::{Dataset, Scaling};
use crate::model::{Batch, Codes, Decoder, Draw, Encoder, FrozenModel, MetricId, Metrics, ModelInfo, Scorer};
use crate::nn::{Activation, Param, Scratch, flat, flat_mut, kl_divergence};
use ndarray::{Array2, ArrayView2, Axis};
use std::sync::Arc;

/// How samples stand in a network: their axes without that of the samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// The axes.
    pub axes: Vec<usize>,
    /// Whether they are pictures whose channels come last.
    pub is_last: bool,
}

impl Form {
    /// Numbers along such axes, in the order that they have here too.
    pub fn of(axes: Vec<usize>) -> Self {
        Self { axes, is_last: false }
    }

    /// How many numbers a sample is.
    pub fn len(&self) -> usize {
        self.axes.iter().product()
    }

    /// Samples of ours as the network takes them.
    fn given(&self, x: ArrayView2<'_, f32>) -> Vec<f32> {
        match self.axes[..] {
            [height, width, channels] if self.is_last => turned(x, [channels, height * width]),
            _ => x.iter().copied().collect(),
        }
    }

    /// What a network gave as samples of ours.
    fn taken(&self, values: Array2<f32>) -> Vec<f32> {
        match self.axes[..] {
            [height, width, channels] if self.is_last => turned(values.view(), [height * width, channels]),
            _ => values.into_raw_vec_and_offset().0,
        }
    }
}

/// Rows of `x` that hold so many rows and columns, with these the other way round.
fn turned(x: ArrayView2<'_, f32>, [rows, columns]: [usize; 2]) -> Vec<f32> {
    let maps = x.to_shape((x.nrows(), rows, columns));
    maps.map(|maps| maps.permuted_axes([0, 2, 1]).iter().copied().collect()).unwrap_or_default()
}

/// A label that a network is told beside its numbers.
#[derive(Clone, Debug)]
pub struct Told {
    /// The name of its input.
    pub name: String,
    /// How many classes there are.
    pub n_classes: usize,
    /// Whether it is a row with a 1 at the class; else the class's number.
    pub is_one_hot: bool,
}

/// One way through a network: from an input to some of its values.
#[derive(Clone)]
pub struct Way {
    /// The network.
    pub network: Arc<Network>,
    /// What it is given.
    pub from: String,
    /// How that stands in it.
    pub form: Form,
    /// How many samples it takes at a time; any number where the file leaves that open.
    pub batch: Option<usize>,
    /// The label that it is told, if it is told one.
    pub told: Option<Told>,
    /// What is worked out.
    pub to: Vec<String>,
}

impl Way {
    /// Works the wanted values out for each row of `x`: a matrix each, with a row a sample.
    pub fn go(&self, x: ArrayView2<'_, f32>, labels: &[u16]) -> Result<Vec<Array2<f32>>, String> {
        let batch = self.batch.unwrap_or(x.nrows()).max(1);
        let mut found: Vec<Vec<f32>> = vec![Vec::new(); self.to.len()];
        for (at, rows) in x.axis_chunks_iter(Axis(0), batch).enumerate() {
            let labels = labels.get(at * batch..).unwrap_or_default();
            let n = if self.batch.is_some() { batch } else { rows.nrows() };
            for (found, value) in found.iter_mut().zip(self.run(rows, labels, n)?) {
                let (_, mut values) = value.ok_or("it gives no floating-point numbers")?;
                values.truncate(values.len() / n * rows.nrows());
                found.append(&mut values);
            }
        }
        let matrix = |values: Vec<f32>| {
            let columns = values.len() / x.nrows().max(1);
            Array2::from_shape_vec((x.nrows(), columns), values).map_err(|e| e.to_string())
        };
        found.into_iter().map(matrix).collect()
    }

    /// The axes of the wanted values of `n` samples without that of the samples; none of one that is not of
    /// so many samples, or holds no floating-point numbers.
    pub fn axes(&self, n: usize) -> Result<Vec<Option<Vec<usize>>>, String> {
        let n = self.batch.unwrap_or(n);
        let zeros = Array2::zeros((n, self.form.len()));
        let found = self.run(zeros.view(), &[], n)?;
        let sides = |(axes, values): Tensor| match axes.split_first() {
            Some((first, sides)) if *first == n && !sides.is_empty() => Some(sides.to_vec()),
            // Some writers lay the numbers of all samples one below the other.
            Some(_) if values.len().is_multiple_of(n) => Some(vec![values.len() / n]),
            _ => None,
        };
        Ok(found.into_iter().map(|value| value.and_then(sides)).collect())
    }

    /// Runs `n` samples at a time: those of `rows`, and zeros up to there.
    fn run(&self, rows: ArrayView2<'_, f32>, labels: &[u16], n: usize) -> Result<Vec<Option<Tensor>>, String> {
        let mut values = self.form.given(rows);
        values.resize(n * self.form.len(), 0.0);
        let axes = std::iter::once(n).chain(self.form.axes.iter().copied()).collect();
        let mut given = vec![(self.from.as_str(), Given::Floats(axes, &values))];
        let class = |row: usize| labels.get(row).copied().unwrap_or(0);
        let (mut one_hot, mut wholes) = (Vec::new(), Vec::new());
        match &self.told {
            Some(told) if told.is_one_hot => {
                one_hot.resize(n * told.n_classes, 0.0);
                (0..n).for_each(|row| one_hot[row * told.n_classes + usize::from(class(row))] = 1.0);
                given.push((&told.name, Given::Floats(vec![n, told.n_classes], &one_hot)));
            }
            Some(told) => {
                wholes.extend((0..n).map(|row| i32::from(class(row))));
                given.push((&told.name, Given::Wholes(&wholes)));
            }
            None => {}
        }
        let wanted: Vec<&str> = self.to.iter().map(String::as_str).collect();
        self.network.run(&given, &wanted)
    }

    /// As [`Self::go`]; a network that was tried and then fails all the same is a defect that the log names.
    fn go_on(&self, x: ArrayView2<'_, f32>, labels: &[u16], columns: &[usize]) -> Vec<Array2<f32>> {
        let fits = |found: &Vec<Array2<f32>>| found.iter().map(Array2::ncols).eq(columns.iter().copied());
        let found = self.go(x, labels);
        let mut found =
            found.and_then(|found| if fits(&found) { Ok(found) } else { Err("other axes than before".into()) });
        if let Ok(found) = &mut found {
            // What cannot be drawn nor compared is 0.
            found.iter_mut().for_each(|values| {
                values.mapv_inplace(|value| if value.is_finite() { value } else { 0.0 });
            });
        }
        found.unwrap_or_else(|e| {
            log::error!("the network of {} stopped: {e}", self.from);
            columns.iter().map(|&columns| Array2::zeros((x.nrows(), columns))).collect()
        })
    }
}

/// What turns a decoder's numbers into values of samples, scaled as the encoder takes them.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// They are such values.
    Identity,
    /// They are values from 0 to 1, which are still to be scaled.
    Unit(Option<Scaling>),
    /// The logistic function of them is, and still to be scaled.
    Sigmoid(Option<Scaling>),
}

/// From codes to samples.
pub struct Decoding {
    /// To the decoder's numbers.
    pub way: Way,
    /// How these stand in the network.
    pub form: Form,
    /// What they are.
    pub link: Link,
}

/// A model whose halves are ways through networks.
pub struct Halves {
    /// What it says of itself.
    pub info: ModelInfo,
    /// To the means of codes, and then to their log-variances where there are any.
    pub encoder: Option<Way>,
    /// From codes to samples.
    pub decoder: Option<Decoding>,
}

impl Halves {
    /// Runs some samples of the data through, or zeros, so that a network that does not work is refused
    /// before it is shown. The error is part of a sentence.
    pub fn try_out(&self, data: Option<&Dataset>) -> Result<(), String> {
        let indices: Vec<u32> = (0..data.map_or(2, Dataset::n_samples).min(8) as u32).collect();
        let mut x = Array2::zeros((indices.len(), self.info.n_features()));
        let labels = data.map(|data| data.labels_of(&indices)).unwrap_or_default();
        data.into_iter().for_each(|data| data.gather(&indices, &mut x));
        let zeros = Array2::zeros((indices.len(), self.info.latent_dim()));
        let ways = [
            self.encoder.as_ref().map(|way| ("encoder", way, x.view())),
            self.decoder.as_ref().map(|decoding| ("decoder", &decoding.way, zeros.view())),
        ];
        for (half, way, given) in ways.into_iter().flatten() {
            let found = way.go(given, &labels).map_err(|e| format!("its {half} cannot be run: {e}"))?;
            if found.iter().flatten().any(|value| !value.is_finite()) {
                return Err(format!("its {half} gives numbers that are not finite; train it anew"));
            }
        }
        Ok(())
    }

    fn widths(&self, way: &Way) -> Vec<usize> {
        vec![self.info.latent_dim(); way.to.len()]
    }
}

impl FrozenModel for Halves {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encoder(&self) -> Option<&dyn Encoder> {
        self.encoder.as_ref().map(|_| self as &dyn Encoder)
    }

    fn decoder(&self) -> Option<&dyn Decoder> {
        self.decoder.as_ref().map(|_| self as &dyn Decoder)
    }

    fn scorer(&self) -> Option<&dyn Scorer> {
        (self.encoder.is_some() && self.decoder.is_some()).then_some(self)
    }

    fn weights(&self) -> Vec<Param<'_, f32>> {
        // They are the file's, which keeps them.
        Vec::new()
    }
}

impl Encoder for Halves {
    fn encode(&self, x: ArrayView2<f32>, labels: &[u16], _scratch: &mut Scratch<f32>) -> Codes {
        let found = self.encoder.as_ref().map(|way| way.go_on(x, labels, &self.widths(way)));
        let mut found = found.unwrap_or_default().into_iter();
        // Offered only where there is an encoder.
        Codes { mu: found.next().unwrap_or_default(), log_var: found.next() }
    }
}

impl Decoder for Halves {
    fn decode(&self, z: ArrayView2<f32>, labels: &[u16], _scratch: &mut Scratch<f32>) -> Array2<f32> {
        // Offered only where there is a decoder.
        let Some(Decoding { way, form, link }) = &self.decoder else { return Array2::default((z.nrows(), 0)) };
        let found = way.go_on(z, labels, &[form.len()]).pop().unwrap_or_default();
        let mut x_hat = Array2::from_shape_vec((z.nrows(), form.len()), form.taken(found)).unwrap_or_default();
        if matches!(link, Link::Sigmoid(_)) {
            Activation::Sigmoid.apply(flat_mut(&mut x_hat));
        }
        if let Link::Unit(Some(scaling)) | Link::Sigmoid(Some(scaling)) = link {
            scaling.apply(x_hat.view_mut());
        }
        x_hat
    }
}

impl Scorer for Halves {
    fn draws(&self) -> Vec<Draw> {
        Vec::new()
    }

    fn score(&self, batch: &Batch<'_, f32>, scratch: &mut Scratch<f32>) -> Metrics {
        let codes = self.encode(batch.x, batch.labels, scratch);
        let x_hat = self.decode(codes.mu.view(), batch.labels, scratch);
        let off = x_hat.iter().zip(batch.x).map(|(x_hat, x)| f64::from(x_hat - x).powi(2)).sum::<f64>();
        // How it was trained is not known: what can be said of any model is its squared error.
        let metrics = Metrics::default().with(MetricId::SquaredError, off);
        match codes.log_var.filter(|_| self.info.has_prior()) {
            Some(log_var) => metrics.with(MetricId::Kl, kl_divergence(flat(&codes.mu), flat(&log_var))),
            None => metrics,
        }
    }
}
