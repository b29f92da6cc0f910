//! The workers' results.

use super::{AxisFit, Effect, Session, ToastKind, Weights};
use crate::data::{DataChoice, DataSplit};
use crate::train::Checkpoint;
use crate::worker::{Event, Outbox, Phase, Snapshot};
use std::path::PathBuf;
use std::sync::Arc;

impl Session {
    /// Takes in what arrived and says what must be done next.
    pub fn receive(&mut self, outbox: Outbox) -> Vec<Effect> {
        let mut effects = Vec::new();
        for event in outbox.events {
            self.happen(event, &mut effects);
        }
        if let Some(status) = outbox.status.filter(|status| status.generation == self.generation) {
            let has_stopped = self.is_stopping && status.phase != Phase::Running;
            self.is_stopping &= !has_stopped;
            self.status = (!has_stopped).then_some(status);
        }
        if let Some(snapshot) = outbox.snapshot.filter(|snapshot| snapshot.generation == self.generation) {
            self.take_snapshot(snapshot);
        }
        let generation = self.generation;
        let weights = self.weights_mut();
        for (of, point) in outbox.train_points {
            if of == generation {
                Arc::make_mut(&mut weights.train_curve).push(point);
            }
        }
        for (of, point) in outbox.test_points {
            if of == generation {
                Arc::make_mut(&mut weights.test_curve).push(point);
            }
        }
        for (view, decoded) in outbox.decoded {
            self.views.receive(view, decoded);
        }
        self.refresh_views(&mut effects);
        effects
    }

    fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        self.is_building = false;
        let Some(weights) = self.weights.get_mut(snapshot.slot) else { return };
        if let Some(cloud) = &snapshot.cloud {
            weights.cloud = Some(Arc::clone(cloud));
        }
        let is_first = weights.snapshot.is_none();
        weights.snapshot = Some(snapshot);
        self.fit_to_model();
        if is_first {
            self.draw_what_carries_most();
        }
    }

    fn happen(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::DataLoaded(choice, Ok(data)) => self.take_data(choice, *data, effects),
            Event::DataLoaded(choice, Err(e)) => {
                self.is_loading = false;
                let stands = match &self.data {
                    Some(data) => format!("Nothing was changed; {} is still open.", data.name),
                    None => format!("{} could not be opened; choose other data.", choice.title()),
                };
                self.toast(ToastKind::Bad, e, stands);
            }
            Event::ModelOpened(path, Ok(checkpoint)) => self.take_model(path, checkpoint, effects),
            Event::ModelOpened(_, Err(e)) => {
                self.is_loading = self.data.is_none();
                self.toast(ToastKind::Bad, e, "Nothing was changed; the model before it is still open.".into());
            }
            Event::FolderPicked(path) => {
                effects.extend(self.apply(super::Action::ChooseData(DataChoice::Folder(path))));
            }
            Event::Stopped { generation, checkpoint, finished, training_secs } => {
                if generation == self.generation {
                    self.stopped(checkpoint, finished, training_secs);
                }
            }
            Event::TrainFailed { generation, error, checkpoint } => {
                if generation == self.generation {
                    self.training_failed(&error, checkpoint, effects);
                }
            }
            Event::DecodeFailed(e) => self.toast(
                ToastKind::Bad,
                "The decoder failed at this z".into(),
                format!("The picture before it is still shown. ({e})"),
            ),
        }
    }

    fn take_data(&mut self, choice: DataChoice, data: DataSplit, effects: &mut Vec<Effect>) {
        self.is_loading = false;
        let is_first = self.data.is_none();
        let is_other = self.spec.data != choice;
        let undone = !is_first && !is_other;
        if !is_first && is_other {
            self.record();
        }
        self.spec.data = choice;
        if is_other {
            self.spec.hidden.clear();
            self.spec.colour = super::ColourBy::Class;
            self.spec.fit = AxisFit::Fitted;
        }
        self.data = Some(data);
        if let Some((path, model)) = self.opening.take() {
            self.show_model(path, model, effects);
        } else if undone && self.weights().checkpoint.is_some() {
            // Undo brought the data back, and the weights with it.
            self.begin_from_checkpoint(effects);
        } else if !is_first || self.weights().checkpoint.is_none() {
            self.begin_fresh(effects);
        }
    }

    fn take_model(&mut self, path: Option<PathBuf>, checkpoint: Box<Checkpoint>, effects: &mut Vec<Effect>) {
        if self.data.is_some() {
            self.show_model(path, checkpoint, effects);
        } else {
            self.opening = Some((path, checkpoint));
        }
    }

    /// Shows an opened model on the data, which must be of its shape.
    fn show_model(&mut self, path: Option<PathBuf>, checkpoint: Box<Checkpoint>, effects: &mut Vec<Effect>) {
        self.is_loading = false;
        let input = checkpoint.trained.model.spec().input().clone();
        if let Some(data) = self.data.as_ref().filter(|data| *data.train.kind() != input) {
            let problem =
                format!("The model is for {input:?}, the data {} holds {:?}", data.name, data.train.kind());
            self.toast(
                ToastKind::Bad,
                problem,
                "Nothing was changed; open data of the model's shape first.".into(),
            );
            if self.weights().checkpoint.is_none() {
                self.begin_fresh(effects);
            }
            return;
        }
        if self.weights().snapshot.is_some() {
            self.record();
        }
        self.slot_mut().file = path;
        let trained = &checkpoint.trained;
        let slot = self.slot_mut();
        slot.model = trained.model.spec().spec().clone();
        slot.training = trained.train.clone();
        let (train_curve, test_curve) = (trained.train_curve.clone(), trained.test_curve.clone());
        let checkpoint: Arc<Checkpoint> = Arc::from(checkpoint);
        self.opened = Some(Arc::clone(&checkpoint));
        *self.weights_mut() = Weights {
            train_curve: Arc::new(train_curve),
            test_curve: Arc::new(test_curve),
            checkpoint: Some(checkpoint),
            ..Weights::default()
        };
        self.spec.fit = AxisFit::Fitted;
        self.begin_from_checkpoint(effects);
    }

    fn stopped(&mut self, checkpoint: Arc<Checkpoint>, finished: bool, training_secs: f32) {
        let test = checkpoint.trained.test_curve.last().map(|point| point.loss);
        let epochs = checkpoint.trained.train.epochs;
        self.weights_mut().checkpoint = Some(checkpoint);
        self.slot_mut().file = None;
        if finished && training_secs > 1.0 {
            let loss = test.map_or_else(String::new, |loss| format!(", test loss {loss:.1} nats an image"));
            self.toast(
                ToastKind::Info,
                "Training finished".into(),
                format!("{epochs} epochs, {training_secs:.0} s{loss}"),
            );
        }
    }

    fn training_failed(&mut self, error: &str, checkpoint: Option<Arc<Checkpoint>>, effects: &mut Vec<Effect>) {
        self.status = None;
        self.is_building = false;
        let stands = match &checkpoint {
            Some(checkpoint) => format!("The model of step {} is kept.", checkpoint.trained.step),
            None => "Nothing was changed.".into(),
        };
        self.toast(ToastKind::Bad, error.to_string(), stands);
        if let Some(checkpoint) = checkpoint {
            let weights = self.weights_mut();
            weights.train_curve = Arc::new(checkpoint.trained.train_curve.clone());
            weights.test_curve = Arc::new(checkpoint.trained.test_curve.clone());
            weights.checkpoint = Some(checkpoint);
            self.begin_from_checkpoint(effects);
        }
    }
}
