//! Models from elsewhere: what their files do not say, answered while they are looked at.

use super::{Effect, Session, SlotId, Weights};
use crate::data::DataSplit;
use crate::model::Brought;
use crate::train::Checkpoint;
use std::path::Path;
use std::sync::Arc;

impl Weights {
    /// Where its first weights are from, if they were not drawn here.
    pub fn brought(&self) -> Option<&Arc<Brought>> {
        self.checkpoint.as_ref()?.trained.brought.as_ref()
    }

    pub(super) fn is_brought(&self) -> bool {
        self.brought().is_some()
    }

    /// Whether it came from elsewhere and into no layers of ours.
    pub(super) fn is_frozen(&self) -> bool {
        let spec = self.checkpoint.as_ref().map(|checkpoint| checkpoint.trained.model.info().spec());
        self.is_brought() && spec.is_some_and(|spec| spec.is_none())
    }
}

impl Session {
    /// Whether the active model came from elsewhere and can be looked at, but not trained on.
    pub fn is_frozen(&self) -> bool {
        self.weights().is_frozen()
    }

    /// Where the active model's first weights are from, while something of them can be answered otherwise.
    pub fn open_questions(&self) -> Option<&Brought> {
        self.weights().brought().map(|brought| &**brought).filter(|brought| !brought.questions.is_empty())
    }

    /// Whether a model's weights are those of a file of another program, as it stands.
    pub(super) fn is_in_foreign_file(&self, id: SlotId) -> bool {
        let file = self.spec.slot_of(id).and_then(|slot| slot.file.as_ref());
        let brought = self.weights_of(id).brought();
        brought.is_some_and(|brought| !brought.questions.is_empty() && Some(&brought.file) == file)
    }

    /// Opens the active model anew, with another answer to one question.
    pub(super) fn answer(&mut self, name: String, text: String, effects: &mut Vec<Effect>) {
        let Some(brought) = self.open_questions() else { return };
        let mut answers: crate::model::Answers =
            brought.chosen().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let file = brought.file.clone();
        answers.insert(name, text);
        self.load_model(file, false, answers, effects);
    }

    /// Opens a model anew that was opened before there were data, for which it may be after all; says
    /// whether.
    pub(super) fn opens_for_data(
        &mut self,
        path: &Path,
        checkpoint: &Checkpoint,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let brought = checkpoint.trained.brought.as_ref().filter(|brought| !brought.questions.is_empty());
        let info = checkpoint.trained.model.info();
        let is_as_long = |data: &DataSplit| {
            let n_features = data.train.n_features();
            (brought.is_some() && n_features == info.n_features())
                || (data.train.are_codes() && n_features == info.latent_dim())
        };
        let may_fit =
            self.data.as_ref().is_some_and(is_as_long) && !self.loads.knows_data && self.loads.data.is_none();
        if may_fit {
            self.load_model(path.into(), self.loads.is_beside, Default::default(), effects);
        }
        may_fit
    }
}
