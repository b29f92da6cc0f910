//! What the models are asked about: an image from outside of the data, drawn or out of a file, words, or one
//! of the samples; what it is as a sample, and where each model places it.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Anchor, Effect, Fold, Query, Session, SlotId, ToastKind};
use crate::data::{Cancel, DataError, Dataset, Frame, Framed, Reading, drawn, read_picture, typed};
use crate::train::{Placed, placed};
use crate::worker::{Job, Pace};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Nearest training samples that are looked for.
pub const N_NEAREST: usize = 4;

/// What was asked, and the answers.
pub struct Asked {
    /// How the training data lie in their images, which have this checksum.
    frame: Derived<Exactly<u32>, Frame>,
    sample: Derived<Drawing, Result<Framed, String>>,
    /// What is asked, copied once and not whenever something changes: a drawing is long.
    query: Option<Arc<Query>>,
    /// Of each model on screen.
    placed: BTreeMap<SlotId, Derived<Question, Placed>>,
}

impl Default for Asked {
    fn default() -> Self {
        let (frame, sample) =
            (Derived::new("the frame of the data", 0), Derived::new("the image that is asked about", 0));
        Self { frame, sample, query: None, placed: BTreeMap::new() }
    }
}

/// An image to be made a sample of some data. While it is drawn on, the sample made last stands.
#[derive(Clone)]
struct Drawing {
    query: Arc<Query>,
    /// Checksum of the training data.
    data: u32,
}

impl PartialEq for Drawing {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data && (Arc::ptr_eq(&self.query, &other.query) || self.query == other.query)
    }
}

impl About for Drawing {
    fn keeps(&self, older: &Self) -> bool {
        let are_drawn = |query: &Query| matches!(query, Query::Drawn(_));
        are_drawn(&self.query) && are_drawn(&older.query) && self.data == older.data
    }
}

/// A sample to be placed by a model that is told a label. While it changes, or the model is trained on, the
/// place found last stands.
#[derive(Clone, PartialEq)]
struct Question {
    on: ModelOn,
    sample: u64,
    labels: Vec<u16>,
}

impl About for Question {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
    }
}

/// What a model is looked at with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A training sample.
    Sample(u32),
    /// The image from outside of the data.
    Query,
}

impl Session {
    /// How the data lie in their images, while that is of use.
    pub fn frame(&self) -> Option<&Frame> {
        self.asked.frame.get()
    }

    /// The image that the models are asked about, as a sample of the data, once it is one.
    pub fn asked(&self) -> Option<&Framed> {
        self.asked.sample.get().and_then(|asked| asked.as_ref().ok())
    }

    /// Counts the images that were asked about, to know one from the one before.
    pub fn asked_stamp(&self) -> u64 {
        self.asked.sample.stamp()
    }

    /// Where a model places that image, once it is known.
    pub fn placed(&self, slot: SlotId) -> Option<&Placed> {
        self.asked.placed.get(&slot)?.get()
    }

    /// What a model is looked at with: the sample that is pointed at or picked, else the image from outside
    /// while its code is kept.
    pub fn input_of(&self, slot: SlotId) -> Option<Input> {
        let sample = self.spec.selection.looked_at().map(Input::Sample);
        let asked = || {
            (self.spec.slot_of(slot)?.anchor == Anchor::Query && self.placed(slot).is_some())
                .then_some(Input::Query)
        };
        sample.or_else(asked)
    }

    /// Whether the models are asked about an image, and its code is what is kept.
    pub(super) fn is_asked(&self) -> bool {
        self.spec.query.is_some() && self.slot().anchor == Anchor::Query
    }

    /// Whether images can be drawn: the data are some, and the active model encodes them.
    pub fn can_ask(&self) -> bool {
        let kind = self.data.as_ref().map(|data| data.train.kind());
        // A line of pixels is no image to draw.
        let are_images = kind.is_some_and(|kind| kind.sides().is_some() && !kind.is_line());
        are_images && self.capabilities().encodes && self.model_on().is_some()
    }

    /// Asks about another image, or none any more.
    pub(super) fn ask(&mut self, query: Option<Query>) {
        if query.as_ref().is_some_and(|query| !query.is_sound()) {
            return;
        }
        let n_samples = self.data.as_ref().map_or(0, |data| data.train.n_samples());
        if let Some(Query::Sample(sample)) = query
            && sample as usize >= n_samples
        {
            return self.complain_of_query(sample);
        }
        let anchor = if query.is_some() { Anchor::Query } else { Anchor::Centre };
        self.look_at_what_is_kept();
        let before = self.spec.clone();
        // Samples that are chosen together stay so; the one that was looked at makes way.
        self.spec.selection.focus(None);
        let was_kept = |kept: Anchor| query.is_some() || kept == Anchor::Query;
        for slot in self.spec.slots.iter_mut().filter(|slot| was_kept(slot.anchor)) {
            slot.anchor = anchor;
        }
        self.spec.query = query;
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        ids.into_iter().for_each(|id| self.follow_anchor(id));
        self.record_change(before);
    }

    /// Asks about the picture in a file, where pictures can be asked about, and shows that.
    pub(super) fn ask_about_file(&mut self, path: PathBuf) {
        if !self.can_ask() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let first = format!("{name} is one picture, and no model is open that encodes pictures");
            let second = "Open such a model, or the folder that holds this picture and others.".into();
            return self.toast(ToastKind::Bad, first, second);
        }
        self.ask(Some(Query::File(path)));
        self.spec.unfolded.insert(Fold::Pad);
    }

    /// What was kept of a query that cannot be read goes to the centre.
    fn forget_query(&mut self) {
        self.spec.query = None;
        let ids: Vec<SlotId> = self.spec.slots.iter().map(|slot| slot.id).collect();
        for id in ids {
            self.look(id, |slot| {
                if slot.anchor == Anchor::Query {
                    slot.anchor = Anchor::Centre;
                }
            });
            self.follow_anchor(id);
        }
    }

    /// A model's kept code goes where it places the image.
    pub(super) fn follow_query(&mut self, id: SlotId) {
        let Some(z) = self.placed(id).map(|placed| placed.mu.clone()) else { return };
        if let Some(slot) = self.spec.slot_mut(id).filter(|slot| slot.z.len() == z.len()) {
            slot.z = z;
        }
    }

    /// Makes a sample of what is drawn, and asks each model on screen where it places it.
    pub(super) fn refresh_query(&mut self, effects: &mut Vec<Effect>) {
        self.refresh_frame(effects);
        self.refresh_asked(effects);
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        self.asked.placed.retain(|slot, _| ids.contains(slot));
        for id in ids {
            self.refresh_placed(id, effects);
            if self.spec.slot_of(id).is_some_and(|slot| slot.anchor == Anchor::Query) {
                self.follow_query(id);
            }
        }
    }

    fn refresh_frame(&mut self, effects: &mut Vec<Effect>) {
        let is_of_use =
            self.spec.query.as_ref().is_some_and(Query::is_image) || self.spec.unfolded.contains(&Fold::Pad);
        let data = self.data.as_ref().map(|data| data.train.clone());
        let about = data.as_ref().map(|data| Exactly(data.checksum()));
        let work = || move |_: &Cancel| Frame::of(&data?);
        self.asked.frame.follow(about, is_of_use.then_some(Pace::AtOnce), work, effects);
    }

    fn refresh_asked(&mut self, effects: &mut Vec<Effect>) {
        let data = self.data.as_ref().map(|data| data.train.clone());
        let frame = self.frame().cloned();
        if self.asked.query.as_deref() != self.spec.query.as_ref() {
            self.asked.query = self.spec.query.clone().map(Arc::new);
        }
        let about = self.asked.query.clone().zip(data.as_ref());
        let about = about.filter(|(query, _)| frame.is_some() || !query.is_image());
        let about = about.map(|(query, data)| Drawing { query, data: data.checksum() });
        let asked = about.as_ref().map(|about| Arc::clone(&about.query));
        let is_file = matches!(asked.as_deref(), Some(Query::File(_)));
        let work = || {
            move |cancel: &Cancel| {
                let data = data?;
                let as_it_is = |sample: Dataset| Framed { sample, frame: None };
                let framed = match &*asked? {
                    Query::Drawn(strokes) => Ok(drawn(strokes, &frame?, &data)?),
                    Query::File(path) => {
                        let reading = Reading { cancel: cancel.clone(), ..Reading::default() };
                        read_picture(path, &frame?, &data, &reading)
                    }
                    Query::Text(text) => typed(text, &data).map(as_it_is),
                    Query::Sample(sample) => {
                        let sample = *sample as usize;
                        data.slice(sample..sample.saturating_add(1)).map(as_it_is)
                    }
                };
                Some(framed.map_err(|e: DataError| e.to_string()))
            }
        };
        let mut jobs = Vec::new();
        self.asked.sample.follow(about, Some(Pace::AtOnce), work, &mut jobs);
        effects.extend(jobs.into_iter().map(|job| match job {
            // Files have a lane of their own, so that nothing waits for one that does not answer.
            Effect::Job(Job::Derive(derive)) if is_file => Effect::Job(Job::Read(derive)),
            job => job,
        }));
        if let Some(Err(problem)) = self.asked.sample.get() {
            let problem = problem.clone();
            let was_image = self.spec.query.as_ref().is_some_and(Query::is_image);
            self.forget_query();
            let stands = if was_image { "The picture is left aside." } else { "Nothing was looked for." };
            self.toast(ToastKind::Bad, problem, stands.into());
        }
    }

    fn refresh_placed(&mut self, id: SlotId, effects: &mut Vec<Effect>) {
        let sample = self.asked().map(|asked| asked.sample.clone());
        let labels = if self.n_labels_of(id) > 0 { vec![self.spec.label as u16] } else { Vec::new() };
        let on = self.model_on_in(id).filter(|_| sample.is_some() && self.capabilities_of(id).encodes);
        let about = on.map(|on| Question { on, sample: self.asked_stamp(), labels });
        let pace = if self.runs(id) { Pace::Gently } else { Pace::AtOnce };
        let pace = (!self.is_busy()).then_some(pace);
        // Those like a drawing stand below it; what is like anything else, Find says.
        let k = if self.spec.query.as_ref().is_some_and(Query::is_image) { N_NEAREST } else { 0 };
        let (asked, train) = (about.clone(), self.data.as_ref().map(|data| data.train.clone()));
        let work = || {
            move |cancel: &Cancel| {
                let (Question { on, labels, .. }, sample, train) = (asked?, sample?, train?);
                placed(&*on.model, (&sample, &labels), &train, k, cancel)
            }
        };
        let places = self.asked.placed.entry(id);
        places.or_insert_with(|| Derived::new("placing the image", id.0)).follow(about, pace, work, effects);
    }
}
