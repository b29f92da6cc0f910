//! What models from elsewhere share, whatever their format: what is known beside their file, the questions
//! that the file leaves open ([`asking`], [`samples`]), and how they stand once they are understood.

mod asking;
#[cfg(test)]
pub mod damage;
mod samples;

pub use asking::{Asking, Open, put_first};
pub use samples::{ask_shape, ask_values, dense_candidates};

use crate::data::Dataset;
use crate::model::{Answers, Brought, Question, SharedModel, decoder_of_codes};
use crate::train::{Checkpoint, Recent, TrainSpec, Trained};
use std::path::Path;
use std::sync::Arc;

/// What is known of a model from elsewhere beside its file.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// What was chosen where the file says nothing.
    pub answers: &'a Answers,
    /// The data that it is to be shown on.
    pub data: Option<&'a Dataset>,
    /// Whether answers that do not fit are left aside; else they are refused.
    pub keeps_what_fits: bool,
}

/// A model from elsewhere, understood.
pub struct Understood {
    /// The model.
    pub model: SharedModel,
    /// How it was understood.
    pub notes: Vec<String>,
    /// What the file did not say.
    pub questions: Vec<Question>,
}

/// A model that was understood, as one that was opened from `path`; `what` says what lies there.
pub fn checkpoint(path: &Path, what: String, found: Understood, data: Option<&Dataset>) -> Checkpoint {
    let brought = Brought {
        from: name_of(path),
        what,
        notes: found.notes,
        answers: found.questions.iter().map(|asked| (asked.name.to_owned(), asked.chosen.clone())).collect(),
        questions: found.questions,
        file: path.into(),
    };
    let train = TrainSpec::default();
    let trained = Trained {
        reading: Default::default(),
        model: found.model,
        train: data.map_or_else(|| train.clone(), |data| train.fitted_to(data.n_samples(), usize::MAX)),
        step: 0,
        data: String::new(),
        test_curve: Vec::new(),
        train_curve: Vec::new(),
        recent: Recent::default(),
        brought: Some(Arc::new(brought)),
    };
    Checkpoint { trained, learner: None }
}

/// A checkpoint that was opened from `path`, as the decoder of `data` where these are codes that it takes.
pub fn beside_codes(path: &Path, opened: Checkpoint, data: &Dataset) -> Checkpoint {
    let Some(model) = decoder_of_codes(&opened.trained.model, data) else { return opened };
    let mut brought = opened.trained.brought.as_deref().cloned().unwrap_or_else(|| Brought {
        from: name_of(path),
        what: format!("{} of halfmoon", opened.trained.model.info().title),
        file: path.into(),
        ..Brought::default()
    });
    brought.notes.push("its decoder draws what the codes that are open stand for; each is its own code".into());
    // How it was trained was about samples that are not here.
    let (test_curve, train_curve) = (Vec::new(), Vec::new());
    let trained = Trained { model, brought: Some(Arc::new(brought)), test_curve, train_curve, ..opened.trained };
    Checkpoint { trained, learner: None }
}

/// Name of a file without its folder.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
