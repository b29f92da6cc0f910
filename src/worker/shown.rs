//! A model that is shown as it is and cannot be trained: codes without a model, or a network of another
//! program.

use super::outbox::SharedOutbox;
use super::protocol::{Begin, Event, Phase, SlotId, Snapshot, TrainStatus};
use crate::data::{DataSplit, Dataset};
use crate::model::{Capabilities, FrozenModel, SharedModel, given_codes};
use crate::train::{Checkpoint, CodeCloud, Recent, Trained};
use std::sync::Arc;

/// A model whose codes are still to be worked out.
pub struct Showing {
    slot: SlotId,
    generation: u64,
    data: DataSplit,
    model: SharedModel,
}

impl Showing {
    /// The model of a checkpoint, where `begin` asks for it.
    pub fn new(begin: &Begin, checkpoint: &Checkpoint) -> Self {
        let (slot, generation, model) = (begin.slot, begin.generation, Arc::clone(&checkpoint.trained.model));
        Self { slot, generation, data: begin.data.clone(), model }
    }

    /// Hands out the model with the codes that `encode` finds of all samples; itself, to be taken up again,
    /// where a command cut that short.
    pub fn publish(
        self,
        encode: impl FnOnce(&dyn FrozenModel, &Dataset, Vec<u32>) -> Result<Option<CodeCloud>, String>,
        outbox: &SharedOutbox,
    ) -> Option<Self> {
        let Self { slot, generation, data, model } = &self;
        let (slot, generation, model) = (*slot, *generation, Arc::clone(model));
        let indices = (0..data.train.n_samples() as u32).collect();
        let cloud = match encode(&*model, &data.train, indices) {
            Ok(cloud) => cloud.map(Arc::new),
            Err(error) => {
                outbox.put(|out| out.events.push(Event::TrainFailed { generation, error, checkpoint: None }));
                return None;
            }
        };
        if cloud.is_none() && model.encoder().is_some() {
            return Some(self);
        }
        let capabilities = Capabilities::of(&*model);
        let snapshot = Snapshot { slot, generation, step: 0, capabilities, model, cloud, packed: None };
        let phase = Phase::Paused;
        let status =
            TrainStatus { generation, phase, step: 0, last_step: 0, steps_per_epoch: 1, steps_per_s: 0.0 };
        outbox.put(|out| {
            out.snapshot = Some(Arc::new(snapshot));
            out.status = Some(status);
        });
        None
    }
}

/// Codes that came without a model, as one that knows nothing else.
pub fn codes_alone(begin: &Begin) -> Checkpoint {
    let train = &begin.data.train;
    let trained = Trained {
        model: given_codes(train.kind(), &begin.data.name),
        train: begin.train.clone(),
        step: 0,
        data: train.fingerprint(),
        reading: begin.data.reading.clone(),
        test_curve: Vec::new(),
        train_curve: Vec::new(),
        recent: Recent::default(),
        brought: None,
    };
    Checkpoint { trained, learner: None }
}
