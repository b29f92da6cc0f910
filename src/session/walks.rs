//! The ways of paths that must be worked out, and how even each path is.

use super::derived::{Derived, Exactly, ModelOn};
use super::{Effect, Session, SlotId, Tool};
use crate::data::Cancel;
use crate::latent::path::PathSpec;
use crate::train::{Walked, walked};
use crate::worker::Pace;
use std::collections::BTreeMap;

/// The path of each model on screen.
pub type Walks = BTreeMap<SlotId, Derived<Exactly<Walking>, Walked>>;

/// What is worked out: it stands for no other ends, and for no other weights.
#[derive(Clone, PartialEq)]
pub struct Walking {
    on: ModelOn,
    path: PathSpec,
    label: usize,
}

/// Whether two paths run between the same ends in the same way.
fn are_alike(a: &PathSpec, b: &PathSpec) -> bool {
    (a.walk, &a.from, &a.to) == (b.walk, &b.from, &b.to)
}

impl Session {
    /// A model's path as it runs, and how even it is, once that is known.
    pub fn walked_of(&self, slot: SlotId) -> Option<&Walked> {
        let path = self.path_between(slot)?;
        self.walks.get(&slot)?.get().filter(|walked| are_alike(&walked.path, &path))
    }

    /// Asks for the ways of paths whose ends or models changed; while one is trained they are walked
    /// straight.
    pub(super) fn refresh_walks(&mut self, effects: &mut Vec<Effect>) {
        let ids: Vec<SlotId> = self.visible().map(|slot| slot.id).collect();
        self.walks.retain(|slot, _| ids.contains(slot));
        let is_whole = self.spec.tool == Tool::Path && self.spec.path.ends.iter().all(Option::is_some);
        let pace = self.pace_at_rest(Pace::AtOnce);
        for id in ids {
            let path = self.path_between(id).filter(|_| is_whole && self.capabilities_of(id).decodes);
            let cloud = self.cloud_of(id).cloned();
            let about = path.and_then(|path| {
                // However many pictures are shown of it, it is the same path.
                let path = PathSpec { steps: 2, ..path };
                Some(Exactly(Walking { on: self.model_on_in(id)?, path, label: self.spec.label }))
            });
            let asked = about.clone();
            let work = || {
                move |cancel: &Cancel| {
                    let (Exactly(Walking { on, path, label }), cloud) = (asked?, cloud?);
                    walked(&*on.model, label as u16, path, cloud.codes.mu.view(), cancel)
                }
            };
            let walk = self.walks.entry(id).or_insert_with(|| Derived::new("working out the path", id.0));
            walk.follow(about, pace, work, effects);
        }
    }
}
