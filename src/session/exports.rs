//! What is taken away in the formats of others: codes, losses, the model as ONNX, the Embedding Projector.
//!
//! What is to be written is worked out on the lane of files, behind nothing but other files, can be given up
//! until it is whole, and is written then.

use super::figures::{FigureFormat, FigureOf};
use super::files::folder_of;
use super::{Effect, Recipe, Session, ToastKind};
use crate::data::Cancel;
use crate::nn::Scratch;
use crate::picture::figure::Look;
use crate::store::{self, CodesFormat, NamedFile, Part, Split, StoreError};
use crate::train::RegressOn;
use crate::worker::pool::{Priority, available_threads, compute_pool};
use crate::worker::{Derive, Job, Pace, Work, Written};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

/// Something that is written in a format of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    /// The codes of these samples, as the file's ending says.
    Codes(Split),
    /// A folder for the Embedding Projector, with these samples.
    Projector(Split),
    /// The loss curves as CSV.
    Losses,
    /// The chosen samples as CSV.
    Chosen,
    /// The model, or half of it, as ONNX.
    Onnx(Part),
    /// What the tool shows, with so many pixels along a side for each of the model's, 1 to 16.
    Pixels(u8),
    /// A figure of what is shown, as the file's ending says.
    Figure(FigureOf, Look),
}

/// What was made.
enum Made {
    File(Vec<u8>),
    Folder(Vec<NamedFile>),
}

/// An export that is being worked out.
struct Making {
    path: PathBuf,
    /// What it is, for people.
    what: String,
    cancel: Cancel,
    /// What comes of it, or what went wrong; none once it is given up.
    made: Receiver<Option<Result<Made, String>>>,
    /// The message that says so.
    toast: u64,
}

/// The exports that are being worked out.
#[derive(Default)]
pub(super) struct Exports {
    under_way: Vec<Making>,
    newest: u32,
}

type Make = Box<dyn FnOnce(&Cancel) -> Option<Result<Made, StoreError>> + Send>;

struct MakeWork {
    make: Make,
    made: SyncSender<Option<Result<Made, String>>>,
}

impl Work for MakeWork {
    fn run(self: Box<Self>, cancel: &Cancel) {
        // On all cores, behind whatever is drawn; where threads cannot be had, this one does.
        let Self { make, made: asker } = *self;
        let make = || make(cancel);
        let made = match compute_pool("export", available_threads(), Priority::Lowered) {
            Ok(pool) => pool.install(make),
            Err(_) => make(),
        };
        let made = made.map(|made| made.map_err(|e| e.to_string()));
        // Nobody may be waiting any more.
        drop(asker.send(made));
    }
}

impl Session {
    /// Whether something can be exported now, or in a few words why not.
    pub fn can_export(&self, what: Export) -> Result<(), &'static str> {
        let check = |can: bool, why_not| if can { Ok(()) } else { Err(why_not) };
        // Those that need no model.
        if let Export::Figure(of, _) = what
            && FigureOf::ALONE.contains(&of)
        {
            return self.can_draw(of);
        }
        let weights = self.weights();
        check(weights.snapshot.is_some(), "there is no model yet")?;
        match what {
            Export::Codes(_) | Export::Projector(_) => {
                check(self.capabilities().encodes, "this model has no encoder")?;
                check(self.model_on().is_some(), "the data are not this model's")
            }
            Export::Losses => {
                check(weights.train_curve.len() + weights.test_curve.len() > 0, "nothing was trained yet")
            }
            Export::Chosen => check(!self.spec.selection.samples.is_empty(), "nothing is chosen"),
            Export::Onnx(_) => check(self.capabilities().is_graph, "there is no network to write"),
            Export::Pixels(_) => self.can_draw(FigureOf::Pictures),
            Export::Figure(of, _) => self.can_draw(of),
        }
    }

    /// Whether an export is being worked out, which can be given up.
    pub fn is_exporting(&self) -> bool {
        !self.exports.under_way.is_empty()
    }

    pub(super) fn export_as(&mut self, export: Export, path: PathBuf, effects: &mut Vec<Effect>) {
        let made = match self.can_export(export) {
            Ok(()) => self.making(export, &path),
            Err(why_not) => {
                Err((format!("Could not write {}: {why_not}", path.display()), "Nothing was written."))
            }
        };
        let (what, make) = match made {
            Ok(made) => made,
            Err((first, second)) => return self.toast(ToastKind::Bad, first, second.into()),
        };
        // Curves, samples and a fit on columns are what they are; all else is of the model that is shown.
        let is_of_model = match export {
            Export::Losses | Export::Chosen | Export::Figure(FigureOf::Curves | FigureOf::Divergences, _) => false,
            Export::Figure(FigureOf::Regression, _) => self.regressed_on() == Some(RegressOn::Codes),
            _ => true,
        };
        let what = match self.looked_back(self.spec.active).filter(|_| is_of_model) {
            Some(step) => format!("{what} as at step {step}"),
            None => what,
        };
        let (sender, made) = sync_channel(1);
        let cancel = Cancel::default();
        self.exports.newest += 1;
        effects.push(Effect::Job(Job::Read(Derive {
            key: ("the export", self.exports.newest),
            cancel: cancel.clone(),
            pace: Pace::AtOnce,
            work: Box::new(MakeWork { make, made: sender }),
        })));
        let first = format!("Working out {what}");
        let toast =
            self.toasts.push(ToastKind::Info, first, "It is written once it is whole; Esc gives it up.".into());
        self.exports.under_way.push(Making { path, what, cancel, made, toast });
    }

    /// What an export is called, and what makes it; or what is in the way and what to do.
    fn making(&self, export: Export, path: &Path) -> Result<(String, Make), (String, &'static str)> {
        let wrong =
            |formats: &str| (format!("Could not write {}: {formats}", path.display()), "Choose another name.");
        let none = || (format!("Could not write {}", path.display()), "Nothing was written.");
        let ends_in = |ending: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
        let model = || self.model().cloned().ok_or_else(none);
        let data = || self.data.clone().ok_or_else(none);
        Ok(match export {
            Export::Codes(split) => {
                let (model, data) = (model()?, data()?);
                let format =
                    CodesFormat::of(path).ok_or_else(|| wrong("codes are written as .csv, .npy or .npz"))?;
                let what = format!("the codes of {} {}", split.n_samples(&data), self.nouns());
                let make = move |cancel: &Cancel| {
                    let parts = store::coded(&*model, &data, split, &|| cancel.is_set())?;
                    Some(store::codes(&parts, format, false).map(Made::File))
                };
                (what, Box::new(make))
            }
            Export::Projector(split) => {
                let (model, data) = (model()?, data()?);
                let what = format!("{} {} for the Embedding Projector", split.n_samples(&data), self.nouns());
                let make = move |cancel: &Cancel| {
                    let parts = store::coded(&*model, &data, split, &|| cancel.is_set())?;
                    Some(store::projector(&parts).map(Made::Folder))
                };
                (what, Box::new(make))
            }
            Export::Losses if !ends_in("csv") => return Err(wrong("losses are written as .csv")),
            Export::Losses => {
                let (train, test) = (&self.weights().train_curve, &self.weights().test_curve);
                let (train, test, per_epoch) =
                    (Arc::clone(train), Arc::clone(test), self.steps_per_epoch_of_curves());
                let make = move |_: &Cancel| Some(store::losses_csv(&train, &test, per_epoch).map(Made::File));
                ("the losses".into(), Box::new(make))
            }
            Export::Chosen if !ends_in("csv") => return Err(wrong("chosen samples are written as .csv")),
            Export::Chosen => {
                let (train, samples) = (data()?.train, self.spec.selection.samples.clone());
                let what = format!("{} chosen {}", samples.len(), self.nouns());
                (what, Box::new(move |_: &Cancel| Some(store::chosen_csv(&train, &samples).map(Made::File))))
            }
            Export::Onnx(_) if !ends_in("onnx") => return Err(wrong("a model of others is written as .onnx")),
            Export::Onnx(part) => {
                let model = model()?;
                let make = move |_: &Cancel| Some(store::onnx(&*model, part).map(Made::File));
                let what = match part {
                    Part::Encoder => "the encoder as ONNX",
                    Part::Decoder => "the decoder as ONNX",
                    Part::All => "the model as ONNX",
                };
                (what.into(), Box::new(make))
            }
            Export::Pixels(_) if !ends_in("png") => return Err(wrong("enlarged pixels are written as .png")),
            Export::Pixels(scale) => {
                let (model, recipe) = (model()?, self.recipe_shown().ok_or_else(none)?);
                let recipe = Recipe { scale: usize::from(scale), ..recipe };
                let what = recipe.of.name();
                let make = move |_: &Cancel| {
                    let pixels = recipe.render(&*model, false, &mut Scratch::default())?;
                    Some(pixels.and_then(|pixels| store::png(&pixels)).map(Made::File))
                };
                (what.into(), Box::new(make))
            }
            Export::Figure(of, look) => {
                let format = FigureFormat::of(path).ok_or_else(|| wrong("figures are written as .svg or .png"))?;
                let (what, draw) = self.drawing(of, look, format).ok_or_else(none)?;
                let make = move |cancel: &Cancel| draw(cancel).map(|drawn| drawn.map(Made::File));
                (format!("{what} as a figure"), Box::new(make))
            }
        })
    }

    /// Steps in one pass over the data that the curves were measured on: a model from a file may have been
    /// trained on more than is open, but its test split was first scored at the end of an epoch.
    fn steps_per_epoch_of_curves(&self) -> u64 {
        let weights = self.weights();
        let is_elsewhere = weights
            .checkpoint
            .as_ref()
            .zip(self.data.as_ref())
            .is_some_and(|(checkpoint, data)| checkpoint.trained.data != data.train.fingerprint());
        let first = weights.test_curve.first().map(|point| point.step).filter(|step| is_elsewhere && *step > 0);
        first.unwrap_or_else(|| self.steps_per_epoch_then(self.spec.active))
    }

    /// Hands what is worked out on to be written.
    pub(super) fn write_exports(&mut self, effects: &mut Vec<Effect>) {
        let mut done = Vec::new();
        self.exports.under_way.retain(|making| {
            let made = match making.made.try_recv() {
                Err(TryRecvError::Empty) => return true,
                Ok(made) => made,
                Err(TryRecvError::Disconnected) => {
                    Some(Err("working it out came upon a fault in this program; the log has the details".into()))
                }
            };
            done.push((making.path.clone(), making.what.clone(), making.toast, made));
            false
        });
        for (path, what, toast, made) in done {
            self.toasts.dismiss(toast);
            match made {
                Some(Ok(Made::File(bytes))) => {
                    effects.push(Effect::Job(Job::Save(path, Written::File { bytes, what })));
                }
                Some(Ok(Made::Folder(files))) => {
                    effects.push(Effect::Job(Job::Save(path, Written::Folder { files, what })));
                }
                Some(Err(e)) => self.toast(ToastKind::Bad, e, "Nothing was written.".into()),
                None => {}
            }
        }
    }

    /// Gives up what is being worked out; a file that is being written is written.
    pub(super) fn give_up_exports(&mut self) {
        for making in self.exports.under_way.drain(..) {
            making.cancel.set();
            self.toasts.dismiss(making.toast);
        }
    }

    /// Says what was written, and where.
    pub(super) fn exported(&mut self, path: &Path, what: &str, saved: Result<u64, String>) {
        let bytes = match saved {
            Ok(bytes) => bytes,
            Err(e) => return self.toast(ToastKind::Bad, e, "Nothing was written; all is still here.".into()),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let about = format!("{what}, {}, in {}", super::files::size(bytes), folder_of(path));
        self.tell_written(path, format!("Wrote {name}"), about);
    }
}
