//! ONNX models that are looked at as they are: an encoder, a decoder, or both in one file or in two.
//!
//! [`checked`] looks at a file before anything of it runs, [`network`] runs it, [`roles`] tells from the
//! sizes of what goes in and out which half it is, and [`halves`] is the model. What the file does not say is
//! asked, with the likeliest answer first. Such a model is frozen: its operations are not ours, so it is not
//! trained on.

mod checked;
mod halves;
mod network;
mod pair;
mod protobuf;
mod questions;
mod roles;

use crate::data::{Dataset, SampleKind};
use crate::model::{Latent, ModelInfo, NoiseSpec, Origin, SharedModel, scaled};
use crate::store::brought::{Asking, Beside, Understood, ask_shape, ask_values, checkpoint, dense_candidates};
use crate::train::Checkpoint;
use halves::{Decoding, Form, Halves, Way};
use ndarray::Array2;
use network::Network;
use pair::{Halved, halved};
use questions::{ask_codes, ask_link, ask_prior, likeliest_values};
use roles::Found;
use std::path::Path;
use std::sync::Arc;

pub use pair::network_in;

/// Whether a file that begins so may be an ONNX model: a message whose first field is the format's version,
/// and whose next is one of those that follow it.
pub fn is_onnx(head: &[u8]) -> bool {
    matches!(head, [0x08, 1..=32, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

/// Opens a model whose bytes are those of `file`, where `path` is what the user named. The error is part of a
/// sentence.
pub fn open(path: &Path, file: &Path, bytes: &[u8], beside: Beside<'_>) -> Result<Checkpoint, String> {
    let mut asking = Asking::new(beside.answers, Default::default(), beside.keeps_what_fits);
    let halved = halved(&mut asking, file, bytes, beside.data)?;
    let (mut notes, what) = (halved.notes.clone(), halved.what.clone());
    let model = Reading { halved, data: beside.data }.model(&mut asking, path)?;
    notes.push("it is run as it is: it can be looked at and measured, not trained on".into());
    let understood = Understood { model, notes, questions: asking.asked()? };
    Ok(checkpoint(path, what, understood, beside.data))
}

/// A model of which not all is known yet.
struct Reading<'a> {
    halved: Halved,
    data: Option<&'a Dataset>,
}

/// How samples stand in the encoder and in the decoder.
struct Forms {
    encoder: Option<Form>,
    decoder: Option<Form>,
}

impl Reading<'_> {
    fn model(mut self, asking: &mut Asking<'_>, path: &Path) -> Result<SharedModel, String> {
        let (input, forms) = self.samples(asking)?;
        let (code, log_var) = ask_codes(asking, &self.halved)?;
        let is_encoded = code.is_some();
        let len = self.take_codes(code, log_var.as_ref());
        let (data, drawn) = (self.data.filter(|data| *data.kind() == input), self.drawn()?);
        let scaling = ask_values(asking, &input, data, likeliest_values(&input, drawn))?;
        let link = ask_link(asking, &input, drawn, scaling.as_ref())?;
        let prior = ask_prior(asking, log_var.is_some() || !is_encoded)?;
        let info = ModelInfo {
            title: self.title(),
            kind: "onnx".into(),
            output: input.clone(),
            decodes_shares: false,
            input,
            scaling: None,
            classes: self.classes()?.into(),
            finds: Arc::default(),
            latent: Some(Latent {
                len,
                prior,
                range: [f32::NEG_INFINITY, f32::INFINITY],
                shares_variance: false,
                needs_places: false,
            }),
            samples: NoiseSpec::default(),
            n_params: self.n_params(),
            origin: Origin::Imported { from: path.display().to_string(), what: self.halved.what.clone() },
        };
        let encoder = self.halved.encoder.take().zip(forms.encoder).map(|(way, form)| Way { form, ..way });
        let decoder =
            self.halved.decoder.take().zip(forms.decoder).map(|((way, _), form)| Decoding { way, form, link });
        let model = Halves { info, encoder, decoder };
        model.try_out(data)?;
        Ok(scaled(Arc::new(model), scaling.as_ref()))
    }

    /// What a sample is, and how it stands in the networks.
    fn samples(&self, asking: &mut Asking<'_>) -> Result<(SampleKind, Forms), String> {
        let axes = [
            self.halved.encoder.as_ref().map(|way| way.form.axes.clone()),
            self.halved.decoder.as_ref().map(|(_, axes)| axes.clone()),
        ];
        let pictures: Vec<SampleKind> =
            axes.iter().flatten().filter_map(|axes| Some(SampleKind::of_axes(axes)?.0)).collect();
        let lengths: Vec<usize> = axes.iter().flatten().map(|axes| axes.iter().product()).collect();
        let n = lengths.first().copied().unwrap_or(0);
        if lengths.iter().any(|&len| len != n) {
            return Err(format!(
                "its encoder takes {n} numbers a sample, its decoder gives {}; open the halves of one model",
                lengths[1]
            ));
        }
        let input =
            match pictures.first() {
                Some(kind) if pictures.iter().all(|other| other == kind) => kind.clone(),
                Some(_) => return Err(
                    "its encoder and its decoder are for pictures of other sides; open the halves of one model"
                        .into(),
                ),
                None => ask_shape(asking, dense_candidates(n, self.data), |kind| {
                    kind.is_dense() && kind.n_features() == n
                })?,
            };
        let form = |axes: Vec<usize>| Form {
            is_last: SampleKind::of_axes(&axes).is_some_and(|(_, is_last)| is_last),
            axes,
        };
        let [encoder, decoder] = axes.map(|axes| axes.map(form));
        Ok((input, Forms { encoder, decoder }))
    }

    /// Lays the ways to and from the code, and says how long it is.
    fn take_codes(&mut self, code: Option<Found>, log_var: Option<&Found>) -> usize {
        let is_whole = self.halved.is_whole;
        if let (Some((way, _)), Some(code), true) = (&mut self.halved.decoder, &code, is_whole) {
            (way.from, way.form) = (code.name.clone(), Form::of(code.axes.clone()));
        }
        let len = code.as_ref().map(Found::len);
        if let (Some(way), Some(code)) = (&mut self.halved.encoder, code) {
            way.to = std::iter::once(code.name).chain(log_var.map(|found| found.name.clone())).collect();
        }
        len.or_else(|| Some(self.halved.decoder.as_ref()?.0.form.len())).unwrap_or(0)
    }

    /// The least and the greatest number that the decoder gives for codes near 0.
    fn drawn(&self) -> Result<Option<[f32; 2]>, String> {
        let Some((way, _)) = &self.halved.decoder else { return Ok(None) };
        let (n, len) = (9, way.form.len());
        // No two alike, within two standard deviations of a prior.
        let codes =
            Array2::from_shape_fn((n, len), |(row, column)| 2.0 * (1.3 * row as f32 + 2.1 * column as f32).sin());
        let found = way.go(codes.view(), &[]).map_err(|e| format!("its decoder cannot be run: {e}"))?;
        let bounds = |[low, high]: [f32; 2], value: &f32| [low.min(*value), high.max(*value)];
        Ok(Some(found.iter().flatten().fold([f32::INFINITY, f32::NEG_INFINITY], bounds)))
    }

    fn title(&self) -> String {
        let halves =
            [self.halved.encoder.as_ref().map(|_| "encoder"), self.halved.decoder.as_ref().map(|_| "decoder")];
        format!("ONNX, {}", halves.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }

    /// The networks that it is made of, each once.
    fn networks(&self) -> Vec<&Network> {
        let ways = self.halved.encoder.iter().chain(self.halved.decoder.iter().map(|(way, _)| way));
        let mut networks: Vec<&Network> = ways.map(|way| &*way.network).collect();
        networks.dedup_by(|a, b| std::ptr::eq(*a, *b));
        networks
    }

    fn n_params(&self) -> usize {
        self.networks().iter().map(|network| network.n_params).sum()
    }

    /// Names of the classes that it is told: those that its writer left, those of the data where they are as
    /// many, else numbers.
    fn classes(&self) -> Result<Vec<String>, String> {
        let ways = self.halved.encoder.iter().chain(self.halved.decoder.iter().map(|(way, _)| way));
        let told: Vec<usize> = ways.filter_map(|way| Some(way.told.as_ref()?.n_classes)).collect();
        let Some(&n) = told.iter().max() else { return Ok(Vec::new()) };
        let of_data = self.data.map(Dataset::classes).unwrap_or_default();
        let n = if n == 0 { of_data.len() } else { n };
        if told.iter().any(|&other| other != 0 && other != n) || n == 0 {
            return Err(
                "its networks do not say how many classes they are told; open the data that it is for first"
                    .into(),
            );
        }
        let left = self
            .networks()
            .iter()
            .find_map(|network| serde_json::from_str(network.fact("halfmoon.classes")?).ok());
        let left = left.filter(|left: &Vec<String>| left.len() == n);
        let of_data = Some(of_data.to_vec()).filter(|of_data| of_data.len() == n);
        Ok(left.or(of_data).unwrap_or_else(|| (0..n).map(|class| class.to_string()).collect()))
    }
}

#[cfg(test)]
mod tests;
