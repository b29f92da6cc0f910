//! Ends of the path that were typed: where each model places them.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, PathEnd, Query, Session, SlotId, ToastKind};
use crate::data::{Cancel, typed};
use crate::train::placed;
use crate::worker::Pace;
use std::collections::{BTreeMap, BTreeSet};

/// A model's code of a text, or why it has none.
type Code = Result<Vec<f32>, String>;

/// Each model's codes of the texts that ends were typed as.
#[derive(Default)]
pub struct TypedEnds {
    of: BTreeMap<(SlotId, String), Derived<Told, Code>>,
    /// Counts those that were asked for, to tell them apart.
    n_made: u32,
}

/// The model that places a text, told a label. While it is trained on, the place found last stands.
#[derive(Clone, PartialEq)]
struct Told {
    on: ModelOn,
    labels: Vec<u16>,
}

impl About for Told {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on)
    }
}

impl TypedEnds {
    /// Where a model places a text, once that is known.
    pub fn code(&self, slot: SlotId, text: &str) -> Option<Vec<f32>> {
        self.of.get(&(slot, text.to_owned()))?.get()?.as_ref().ok().cloned()
    }
}

impl Session {
    /// The end that is typed so: a number is a sample's, words are placed where the samples have any.
    pub fn typed_end(&self, text: &str) -> Option<PathEnd> {
        let text = text.trim();
        if let Ok(sample) = text.parse() {
            return Some(PathEnd::Sample(sample));
        }
        let takes_words = self.has_words() && self.capabilities().encodes;
        (takes_words && Query::is_text(text)).then(|| PathEnd::Text(text.into()))
    }

    /// Whether the data make a sample of this text; if not, says why.
    pub(super) fn takes_end(&mut self, text: &str) -> bool {
        let Some(data) = &self.data else { return false };
        let Err(problem) = typed(text, &data.train) else { return true };
        self.toast(ToastKind::Bad, problem.to_string(), "Nothing was changed.".into());
        false
    }

    /// Asks each model on screen where it places the ends that were typed.
    pub(super) fn refresh_typed_ends(&mut self, effects: &mut Vec<Effect>) {
        let text = |end: &PathEnd| if let PathEnd::Text(text) = end { Some(text.clone()) } else { None };
        let texts: BTreeSet<String> = self.spec.path.ends.iter().flatten().filter_map(text).collect();
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        let mut ends = std::mem::take(&mut self.typed_ends);
        ends.of.retain(|(slot, text), _| ids.contains(slot) && texts.contains(text));
        for (id, text) in ids.iter().flat_map(|id| texts.iter().map(|text| (*id, text.clone()))) {
            let labels = if self.n_labels_of(id) > 0 { vec![self.spec.label as u16] } else { Vec::new() };
            let on = self.model_on_in(id).filter(|_| self.capabilities_of(id).encodes);
            let about = on.map(|on| Told { on, labels });
            let pace = if self.runs(id) { Pace::Gently } else { Pace::AtOnce };
            let pace = (!self.is_busy()).then_some(pace);
            let n_made = &mut ends.n_made;
            let code = ends.of.entry((id, text.clone())).or_insert_with(|| {
                *n_made += 1;
                Derived::new("placing an end of the path", *n_made)
            });
            let (asked, train) = (about.clone(), self.data.as_ref().map(|data| data.train.clone()));
            let work = || {
                move |cancel: &Cancel| {
                    let (Told { on, labels }, train) = (asked?, train?);
                    match typed(&text, &train) {
                        Ok(sample) => {
                            placed(&*on.model, (&sample, &labels), &train, 0, cancel).map(|placed| Ok(placed.mu))
                        }
                        Err(problem) => Some(Err(problem.to_string())),
                    }
                }
            };
            code.follow(about, pace, work, effects);
        }
        let problem = |((_, text), code): (&(SlotId, String), &Derived<Told, Code>)| {
            Some((text.clone(), code.get()?.as_ref().err()?.clone()))
        };
        let problem = ends.of.iter().find_map(problem);
        self.typed_ends = ends;
        // A session may be opened with other data than it was saved with.
        if let Some((text, problem)) = problem {
            let is_it = |end: &mut PathEnd| matches!(end, PathEnd::Text(of) if *of == text);
            self.spec.path.ends.iter_mut().for_each(|end| drop(end.take_if(is_it)));
            self.toast(ToastKind::Bad, problem, "That end of the path is left aside.".into());
        }
    }
}
