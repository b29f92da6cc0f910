//! What a model on screen has learned: its weights, codes and curves.

use crate::model::SharedModel;
use crate::train::{Checkpoint, CurvePoint, Film, Frame};
use crate::worker::{CodeCloud, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A trained (or fresh) model of a slot with its codes and curves; behind `Arc`s, so that undo can keep it.
#[derive(Clone, Default)]
pub struct Weights {
    /// The newest model and codes.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The newest codes of all samples or of the probe.
    pub cloud: Option<Arc<CodeCloud>>,
    /// An exact state to go on from.
    pub checkpoint: Option<Arc<Checkpoint>>,
    /// Loss on the training batches.
    pub train_curve: Arc<Vec<CurvePoint>>,
    /// Loss on the test split.
    pub test_curve: Arc<Vec<CurvePoint>>,
    /// The state that the slot's file holds, or the embedded model.
    pub in_file: Option<Arc<Checkpoint>>,
    /// How model and codes stood along the training.
    pub film: Arc<Film>,
    /// Parts that were told to stand still or to learn again, by name, since the checkpoint was taken.
    pub frozen: BTreeMap<String, bool>,
    /// Seconds spent training them here; 0 where they come from elsewhere.
    pub training_secs: f32,
}

impl Weights {
    /// Takes a snapshot into the film, where it was packed for it.
    pub(super) fn film_snapshot(&mut self, snapshot: &Snapshot) {
        if let (Some(model), Some(cloud)) = (&snapshot.packed, &snapshot.cloud) {
            let frame = Frame { step: snapshot.step, model: Arc::clone(model), cloud: Arc::clone(cloud) };
            Arc::make_mut(&mut self.film).offer(frame);
        }
    }

    /// The weights of an opened model, which its file holds.
    pub(super) fn opened(checkpoint: Checkpoint) -> Self {
        let (train_curve, test_curve) =
            (checkpoint.trained.train_curve.clone(), checkpoint.trained.test_curve.clone());
        let checkpoint = Arc::new(checkpoint);
        Self {
            train_curve: Arc::new(train_curve),
            test_curve: Arc::new(test_curve),
            checkpoint: Some(Arc::clone(&checkpoint)),
            in_file: Some(checkpoint),
            ..Self::default()
        }
    }

    /// Whether something was learned that no file holds.
    pub(super) fn is_unsaved(&self) -> bool {
        self.checkpoint.as_ref().is_some_and(|checkpoint| {
            let in_file = self.in_file.as_ref().is_some_and(|file| Arc::ptr_eq(file, checkpoint));
            checkpoint.trained.step > 0 && !in_file
        })
    }

    /// Address and size in bytes of each large part.
    pub(super) fn heap(&self) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let mut model = |model: &SharedModel| {
            parts.push((Arc::as_ptr(model).cast::<u8>() as usize, model.info().n_params * 4));
        };
        if let Some(snapshot) = &self.snapshot {
            model(&snapshot.model);
        }
        for checkpoint in [&self.checkpoint, &self.in_file].into_iter().flatten() {
            model(&checkpoint.trained.model);
        }
        let frames = self.film.frames().iter();
        parts.extend(frames.map(|frame| (Arc::as_ptr(frame) as usize, frame.model.n_bytes())));
        if let Some(learner) = self.checkpoint.as_ref().and_then(|checkpoint| checkpoint.learner.as_ref()) {
            let tensors = learner.tensors.iter();
            parts.extend(tensors.map(|tensor| (tensor.values.as_ptr() as usize, tensor.values.len() * 4)));
        }
        if let Some(cloud) = &self.cloud {
            let n_arrays = if cloud.codes.log_var.is_some() { 2 } else { 1 };
            parts.push((
                Arc::as_ptr(cloud) as usize,
                cloud.indices.len() * 4 + cloud.codes.mu.len() * 4 * n_arrays,
            ));
        }
        parts
    }
}
