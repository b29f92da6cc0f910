//! A description that was checked, with the samples that it is for: it can be built, counted and trained.

use super::closed_form::ClosedForm;
use super::describe::Body;
use super::info::{Latent, ModelInfo, Origin, Prior, fits};
use super::net::LikelihoodName;
use super::network::Network;
use super::noise::NoiseSpec;
use super::plan::Step;
use super::{FrozenModel, Learner, ModelSpec, Objective, SpecError, Torch};
use crate::data::{Dataset, SampleKind};
use crate::nn::Scalar;
use serde::Serialize;
use std::sync::Arc;

/// How a model is trained.
pub enum Training {
    /// By the gradients of its objective.
    Gradient(Box<dyn Objective<f32>>),
    /// Its weights are worked out in passes over the data; the objective holds and scores them.
    Solved(Box<dyn Objective<f32>>, Box<dyn ClosedForm>),
    /// By a learner of its own.
    Own(Box<dyn Learner>),
}

/// A description that is known to be buildable, together with the kind of sample it is for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValidSpec {
    pub(super) spec: ModelSpec,
    /// None for a model that is no network.
    pub(super) body: Option<Body>,
    pub(super) input: SampleKind,
    pub(super) classes: Arc<[String]>,
}

impl ValidSpec {
    /// The description.
    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// Whether samples are taken for probabilities of pixels.
    pub fn takes_probabilities(&self) -> bool {
        self.body
            .as_ref()
            .map_or_else(|| self.spec.described().takes_probabilities(&self.input), Body::is_bernoulli)
    }

    /// Whether what it decodes of a document are the shares of words.
    fn decodes_shares(&self) -> bool {
        let likelihood = self.body.as_ref().map(|body| body.net.likelihood);
        likelihood.map_or(self.spec.described().decodes_shares(), |name| name == LikelihoodName::Multinomial)
    }

    /// What losses are counted in: nats under a likelihood, else a squared error has no unit but itself.
    pub fn unit_of_loss(&self) -> &'static str {
        match self.body.as_ref().map(|body| body.net.likelihood) {
            Some(LikelihoodName::Mse) => "squared error of",
            None if !self.spec.described().is_in_nats() => "squared error of",
            _ => "nats",
        }
    }

    /// What the reconstruction of such a model is: one sentence, and its formula; none for one that has none.
    pub fn about_reconstruction(&self) -> Option<(&'static str, &'static str)> {
        let own = || self.spec.described().about_reconstruction();
        self.body.as_ref().map(|body| body.net.likelihood.about()).or_else(own)
    }

    /// What is done to samples before they are learned from.
    pub fn samples(&self) -> NoiseSpec {
        self.body.as_ref().map_or_else(|| self.spec.described().samples(), |body| body.net.samples)
    }

    /// How the model is trained, from `weights` (one slice a parameter, in order) or from first weights by
    /// `seed`.
    pub fn training(&self, weights: Option<&[&[f32]]>, seed: u64) -> Result<Training, SpecError> {
        if let Some(learner) = self.spec.described().learner(Arc::new(self.info()), weights, seed) {
            return Ok(Training::Own(learner?));
        }
        let objective = match weights {
            Some(weights) => self.build_with(weights)?,
            None => self.build(seed).ok_or(SpecError::Weights)?,
        };
        Ok(match self.spec.described().closed_form() {
            Some(form) => Training::Solved(objective, form),
            None => Training::Gradient(objective),
        })
    }

    /// The model and its loss as a program of PyTorch needs them; an error for one that is not trained by
    /// gradients.
    pub fn torch(&self) -> Result<Torch, SpecError> {
        let not = |how| Err(SpecError::NotByGradients { title: self.spec.title(), how });
        let described = self.spec.described();
        let Some(body) = &self.body else {
            let how = match described.has_gradients() {
                true => "its layers are none that a program is written for",
                false => "it is no network and learns in its own way",
            };
            return not(how);
        };
        if described.closed_form().is_some() {
            return not("its best weights are worked out at once");
        }
        if let Some(how) = described.torch_obstacle() {
            return not(how);
        }
        let mut torch = Torch::default();
        described.torch(&mut torch, &self.input);
        body.torch(&mut torch, &self.input, self.classes.len());
        Ok(torch)
    }

    /// What it takes and gives.
    pub fn input(&self) -> &SampleKind {
        &self.input
    }

    /// Names of the classes that encoder and decoder are told, or that it tells samples of; none for a model
    /// of no labels.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Whether `data` are what the model learns from; the error is a sentence for the user.
    pub fn fits(&self, data: &Dataset) -> Result<(), String> {
        fits(&self.input, (&self.classes, self.spec.is_told_the_label()), data)
    }

    /// What the model will say of itself.
    pub fn info(&self) -> ModelInfo {
        let of_network = |Body { net, n_heads, code }: &Body| Latent {
            len: net.latent_dim,
            // A second head says how far a code may lie from its mean, and the loss keeps both near N(0, I).
            prior: if *n_heads > 1 { Prior::Normal } else { Prior::None },
            range: code.range(),
            shares_variance: self.spec.described().shares_variance(),
            needs_places: net.conv.needs_places(),
        };
        let latent = self.body.as_ref().map(of_network);
        ModelInfo {
            title: self.spec.title().into(),
            kind: self.spec.kind().into(),
            input: self.input.clone(),
            output: self.input.clone(),
            decodes_shares: self.decodes_shares(),
            scaling: None,
            classes: if self.spec.is_told_the_label() { Arc::clone(&self.classes) } else { Arc::default() },
            finds: if self.spec.finds_the_label() { Arc::clone(&self.classes) } else { Arc::default() },
            latent: latent.or_else(|| self.spec.described().latent(self.n_features())),
            samples: self.samples(),
            n_params: self.n_params() as usize,
            origin: Origin::Ours(Box::new(self.clone())),
        }
    }

    /// Number of features of a sample.
    pub fn n_features(&self) -> usize {
        self.input.n_features()
    }

    /// Length of a code.
    pub fn latent_dim(&self) -> usize {
        self.info().latent_dim()
    }

    /// The untrained model with first weights from `seed`; none for one that is not trained by gradients.
    pub fn build<S: Scalar>(&self, seed: u64) -> Option<Box<dyn Objective<S>>> {
        let network = || {
            let Body { net, n_heads, code } = self.body.as_ref()?;
            Some(Network::new(net, &self.input, self.classes.len(), (*n_heads, *code), seed))
        };
        self.spec.objective(Arc::new(self.info()), network, seed)
    }

    /// The model as plain shared data, with `weights` (one slice a parameter, in order) or first weights.
    pub fn frozen(&self, weights: Option<&[&[f32]]>) -> Result<Arc<dyn FrozenModel>, SpecError> {
        Ok(match self.training(weights, 0)? {
            Training::Gradient(objective) | Training::Solved(objective, _) => objective.freeze(),
            Training::Own(learner) => learner.freeze().map_err(|_| SpecError::Weights)?,
        })
    }

    /// A built model with other weights: `weights` holds one slice a parameter, in order and of the same
    /// lengths.
    fn build_with(&self, weights: &[&[f32]]) -> Result<Box<dyn Objective<f32>>, SpecError> {
        let mut objective = self.build(0).ok_or(SpecError::Weights)?;
        put_weights(weights, |put| objective.visit_mut(put))?;
        Ok(objective)
    }

    /// Multiply-adds of one sample's training step: forward, and twice that backward, but the first layer,
    /// which hands no gradient further down.
    pub fn step_products(&self) -> f64 {
        let n_classes = self.classes.len();
        let of = |steps: Vec<Step>| steps.into_iter().map(|step| step.n_products()).filter(|&n| n > 0);
        let Some(Body { net, n_heads, .. }) = &self.body else {
            let products: Vec<u128> = of(self.spec.described().layers(&self.input, n_classes)).collect();
            let first = products.first().copied().unwrap_or(0);
            let of_layers = (3 * products.iter().sum::<u128>() - first) as f64;
            return of_layers + self.spec.described().step_products(&self.input);
        };
        let heads = n_heads * net.latent_dim * net.trunk_width(&self.input, n_classes);
        let trunk = of(net.encoder(&self.input, n_classes)).chain([heads as u128]);
        let products: Vec<u128> = trunk.chain(of(net.decoder(&self.input, n_classes))).collect();
        (3 * products.iter().sum::<u128>() - products[0]) as f64
    }

    /// Number of weights and biases, in a type that cannot overflow.
    pub fn n_params(&self) -> u128 {
        match &self.body {
            Some(body) => body.net.n_params(&self.input, self.classes.len(), body.n_heads),
            None => {
                let layers = self.spec.described().layers(&self.input, self.classes.len());
                layers.iter().map(Step::n_params).sum::<u128>() + self.spec.described().n_params(&self.input)
            }
        }
    }
}
/// Gives a model other `weights`, one slice a parameter in the order in which `visit` goes through them; an
/// error, and nothing done, where their lengths are others.
pub fn put_weights<S: Copy>(
    weights: &[&[S]],
    mut visit: impl FnMut(&mut dyn FnMut(&mut [S])),
) -> Result<(), SpecError> {
    let mut lens = Vec::new();
    visit(&mut |values| lens.push(values.len()));
    if !lens.into_iter().eq(weights.iter().map(|slice| slice.len())) {
        return Err(SpecError::Weights);
    }
    let mut next = weights.iter();
    visit(&mut |values| next.next().into_iter().for_each(|from| values.copy_from_slice(from)));
    Ok(())
}
