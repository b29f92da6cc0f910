//! Files: what is open, what would be lost, and what is written where.

use super::{Effect, PictureOf, Recipe, Session, SlotId, ToastKind, Tool, Weights};
use crate::data::DataChoice;
use crate::nn::Scratch;
use crate::store::{self, ScriptFiles};
use crate::train::Checkpoint;
use crate::worker::{Elsewhere, Job, Written};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names and titles of the trained models that can be opened without a file.
pub fn trained_models() -> impl Iterator<Item = (&'static str, &'static str)> {
    store::EMBEDDED.iter().map(|model| (model.name, model.title))
}

/// The data to open beside a model: an embedded model's own, else those of the model that the window opens
/// on.
pub fn data_for(model: Option<&Path>) -> DataChoice {
    model.and_then(store::embedded).unwrap_or(store::OPENING).data.clone()
}

impl Session {
    /// Where commands find the weights shown; none while they are in no file.
    pub fn model_file(&self) -> Option<PathBuf> {
        self.model_file_of(self.spec.active)
    }

    /// Where commands find the weights that are shown of a model; none while they are in no file, as those
    /// that are looked back at are.
    pub fn model_file_of(&self, slot: SlotId) -> Option<PathBuf> {
        if self.looked_back(slot).is_some() {
            return None;
        }
        let weights = self.weights_of(slot);
        let (checkpoint, snapshot) = (weights.checkpoint.as_ref()?, weights.snapshot.as_ref()?);
        let in_file = weights.in_file.as_ref()?;
        let is_in_file = Arc::ptr_eq(checkpoint, in_file) && snapshot.step == checkpoint.trained.step;
        // A command would open a file from elsewhere by the likeliest answers.
        let is_as_read = checkpoint.trained.brought.as_ref().is_none_or(|brought| brought.chosen().count() == 0);
        self.spec.slot_of(slot)?.file.clone().filter(|_| is_in_file && is_as_read)
    }

    /// The file that the active model came from or went to.
    pub fn file(&self) -> Option<&Path> {
        self.slot().file.as_deref().filter(|file| store::embedded(file).is_none())
    }

    /// The file that Save writes to without asking.
    pub fn save_target(&self) -> Option<PathBuf> {
        self.file().filter(|_| !self.is_in_foreign_file(self.spec.active)).map(Path::to_path_buf)
    }

    /// A name for the file that Save asks for.
    pub fn suggested_file(&self) -> String {
        let name = self.document_name().replace(['/', ' '], "-");
        let stem = if self.is_in_foreign_file(self.spec.active) {
            Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned()
        } else {
            name
        };
        format!("{stem}.safetensors")
    }

    /// Whether something was learned, by any model, that is in no file.
    pub fn is_unsaved(&self) -> bool {
        self.is_training() || self.weights.values().any(Weights::is_unsaved)
    }

    /// Whether trained weights in no file gave way to others and are in Undo alone.
    pub fn left_unsaved(&self) -> bool {
        self.left_unsaved
    }

    /// A name for what is open: the session, else the active model.
    pub fn document_name(&self) -> String {
        if let Some(session) = &self.session_file {
            return session.file_name().unwrap_or_default().to_string_lossy().into();
        }
        match &self.slot().file {
            Some(file) => match store::embedded(file) {
                Some(embedded) => embedded.name.into(),
                None => file.file_name().unwrap_or_default().to_string_lossy().into(),
            },
            None => format!("{} {}", self.spec.data, self.slot().model.kind()),
        }
    }

    /// Name of the class that the model is told; none for one that is told none.
    pub fn label_name(&self) -> Option<String> {
        self.model()?.info().classes.get(self.spec.label).cloned()
    }

    /// What an export writes now, and the pictures in a row of it where an animation is possible.
    pub fn export_of(&self) -> Option<(PictureOf, Option<usize>)> {
        let spec = &self.spec;
        self.model().filter(|_| self.capabilities().decodes)?;
        Some(match spec.tool {
            Tool::Path => {
                let path = self.path()?;
                let steps = path.steps;
                (PictureOf::Path(path), Some(steps))
            }
            Tool::Grid => (self.grid_picture(spec.active)?, None),
            Tool::Explore if self.shows_label_row() => (PictureOf::Labels { z: self.z().to_vec() }, None),
            Tool::Explore | Tool::Select => (PictureOf::Code { z: self.z().to_vec() }, None),
        })
    }

    /// What the grid on a model's plane is a picture of.
    pub fn grid_picture(&self, slot: SlotId) -> Option<PictureOf> {
        let (grid, spec) = (self.grid_of(slot)?, self.spec.slot_of(slot)?);
        Some(match spec.axes.dimensions() {
            Some(dims) => PictureOf::Grid { dims, grid, z: spec.z.clone() },
            None => PictureOf::GridOn { plane: self.plane_of(slot), grid },
        })
    }

    /// What the tool shows, with the file of the weights where there is one.
    pub(super) fn recipe_shown(&self) -> Option<Recipe> {
        let (of, _) = self.export_of()?;
        let model = self.model_file().unwrap_or_default();
        Some(Recipe { model, ..self.recipe(of) })
    }

    /// The command that writes what the tool shows into `out`, with so many pixels along a side for each of
    /// the model's; none where the weights are in no file, or where there is no command for it.
    pub fn pixels_command(&self, scale: u8, out: &str) -> Option<String> {
        self.model_file()?;
        self.command_of(&Recipe { scale: usize::from(scale), ..self.recipe_shown()? }, out)
    }

    pub(super) fn save_model(&mut self, path: Option<PathBuf>, effects: &mut Vec<Effect>) {
        let Some(path) = path.or_else(|| self.save_target()) else { return };
        match (self.is_running(), self.weights().checkpoint.clone()) {
            (true, _) => self.refuse_in_training("Pause it first; nothing was written."),
            (false, Some(checkpoint)) => {
                effects.push(Effect::Job(Job::Save(path, Written::Model(checkpoint))));
            }
            (false, None) => {
                self.toast(ToastKind::Bad, "There is no model to save".into(), "Nothing was written.".into());
            }
        }
    }

    pub(super) fn export(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        let Some(((of, n), model)) = self.export_of().zip(self.model().cloned()) else {
            let (first, second) = ("There is no picture to write", "Nothing was written.");
            return self.toast(ToastKind::Bad, first.into(), second.into());
        };
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        let fits = match extension.as_deref().and_then(|extension| extension.to_str()) {
            Some("png") => true,
            Some("gif") => n.is_some(),
            _ => false,
        };
        if !fits {
            let formats = if n.is_some() { ".png or .gif" } else { ".png" };
            let first = format!("Could not write {}: this picture is written as {formats}", path.display());
            return self.toast(ToastKind::Bad, first, "Choose another name.".into());
        }
        // The model's own file does not matter here: the picture is of what is shown.
        let recipe = self.recipe(of);
        let is_animated = extension.is_some_and(|extension| extension == "gif");
        let render = Box::new(move || recipe.render(&*model, is_animated, &mut Scratch::default()));
        effects.push(Effect::Job(Job::Save(path, Written::Picture { render, n: n.unwrap_or(1) })));
    }

    /// Whether a training with the present settings can be written for other machines: it goes by gradients.
    pub fn can_be_trained_elsewhere(&self) -> bool {
        self.data.is_some() && !self.has_codes_alone() && self.slot().model.is_trained_by_gradients()
    }

    pub(super) fn write_script(&mut self, path: PathBuf, effects: &mut Vec<Effect>) {
        let (slot, Some(data)) = (self.slot(), self.data.clone()) else {
            let (first, second) = ("There are no data to train on", "Nothing was written.");
            return self.toast(ToastKind::Bad, first.into(), second.into());
        };
        // The settings are those that Train would take; the document stays as it is.
        let model = slot.model.fitted_to(data.train.kind());
        match model.check(data.train.kind(), data.train.classes()) {
            Ok(spec) => {
                let (train, from) = (slot.training.clone(), self.spec.data.path().map(PathBuf::from));
                let asked = Box::new(Elsewhere { spec, train, data, from });
                effects.push(Effect::Job(Job::Save(path, Written::Script(asked))));
            }
            Err(e) => self.toast(ToastKind::Bad, e.to_string(), "Nothing was written.".into()),
        }
    }

    pub(super) fn script_written(&mut self, path: &Path, written: Result<ScriptFiles, String>) {
        let files = match written {
            Ok(files) => files,
            Err(e) => return self.toast(ToastKind::Bad, e, "Nothing was written; all is still here.".into()),
        };
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (program, data) = (name(&files.program), name(&files.data));
        let size = size(files.n_bytes);
        let second = format!("{size}, in {}. Start it there: python {program}", folder_of(path));
        self.tell_written(path, format!("Wrote {program} and {data}"), second);
    }

    pub(super) fn saved(&mut self, path: &Path, model: Option<Arc<Checkpoint>>, saved: Result<u64, String>) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = match saved {
            Ok(bytes) => bytes,
            Err(e) => return self.toast(ToastKind::Bad, e, "Nothing was written; all is still here.".into()),
        };
        let size = size(bytes);
        let about = match &model {
            Some(checkpoint) => format!("{size}, step {}, with the optimizer", checkpoint.trained.step),
            None => size,
        };
        // What is shown of it may be an earlier state, which no file holds.
        let back =
            model.as_ref().and_then(|model| self.holding(model).into_iter().find_map(|id| self.looked_back(id)));
        let not = back.map(|step| format!(" (not the one of step {step} that is looked at)")).unwrap_or_default();
        self.tell_written(path, format!("Saved {name}"), format!("{about}{not}, in {}", folder_of(path)));
        if let Some(model) = model {
            self.note_file(path, &model);
        }
    }

    /// Tells that a file was written, and keeps its whole path beside the message.
    pub(super) fn tell_written(&mut self, path: &Path, first: String, second: String) {
        self.toast(ToastKind::Good, first, second);
        self.toasts.about_file(std::path::absolute(path).unwrap_or_else(|_| path.into()));
    }

    /// Notes that a file holds these weights; meanwhile other models may be shown, it belongs to those that
    /// were written.
    pub(super) fn note_file(&mut self, path: &Path, model: &Arc<Checkpoint>) {
        for id in self.holding(model) {
            self.weights_mut(id).in_file = Some(Arc::clone(model));
            self.look(id, |slot| slot.file = Some(path.into()));
        }
    }

    /// The models whose newest weights are these.
    fn holding(&self, model: &Arc<Checkpoint>) -> Vec<SlotId> {
        let holds = |weights: &Weights| {
            weights.checkpoint.as_ref().is_some_and(|checkpoint| Arc::ptr_eq(checkpoint, model))
        };
        self.weights.iter().filter(|(_, weights)| holds(weights)).map(|(id, _)| *id).collect()
    }
}

/// A number of bytes for people.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} KB", bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}

/// The path of the folder that a file lies in, since names are often given from where the program was
/// started; short enough for a message.
pub(super) fn folder_of(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.into());
    short(whole.parent().unwrap_or(&whole), std::env::home_dir().as_deref())
}

/// A path with `~` for the user's own folder and, where it is long, without its middle.
fn short(path: &Path, home: Option<&Path>) -> String {
    const MOST: usize = 56;
    let below = home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok());
    let text = match below {
        Some(below) if below.as_os_str().is_empty() => "~".into(),
        Some(below) => format!("~{}{}", std::path::MAIN_SEPARATOR, below.display()),
        None => path.display().to_string(),
    };
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= MOST {
        return text;
    }
    // The end tells more than the beginning.
    let (first, last) = (MOST / 3, MOST - MOST / 3 - 1);
    let part = |part: &[char]| part.iter().collect::<String>();
    format!("{}…{}", part(&letters[..first]), part(&letters[letters.len() - last..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_from_home_and_without_their_middle() {
        let home = Some(Path::new("/home/me"));
        assert_eq!(short(Path::new("/home/me/class/one"), home), "~/class/one");
        assert_eq!(short(Path::new("/home/me"), home), "~");
        assert_eq!(short(Path::new("/home/mean"), home), "/home/mean");
        assert_eq!(short(Path::new("/data"), Some(Path::new("/"))), "/data");
        let long = format!("/data/{}/figures", "experiments/".repeat(9));
        let cut = short(Path::new(&long), home);
        assert_eq!(cut.chars().count(), 56);
        assert!(
            cut.starts_with("/data/exp") && cut.contains('…') && cut.ends_with("experiments//figures"),
            "{cut}"
        );
    }
}
