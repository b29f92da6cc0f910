//! What a classifier takes samples for, the samples whose label it knows, and the encoder that it begins
//! with.

use super::derived::{Derived, Exactly, ModelOn};
use super::{Effect, Fold, Layer, Samples, Session, SlotId, ToastKind, Weights};
use crate::data::Cancel;
use crate::model::ClassifierSpec;
use crate::train::{Confusion, confusion, on_encoder_of};
use crate::worker::Pace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of which data, how many, by which seed.
type Known = Exactly<(u32, usize, u64)>;

/// What was worked out of classifiers.
pub struct Told {
    /// What training and test samples are taken for.
    confusion: Derived<ModelOn, [Option<Confusion>; 2]>,
    /// The samples whose label each model knows.
    known: BTreeMap<SlotId, Derived<Known, Samples>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { confusion: Derived::new("what samples are taken for", 0), known: BTreeMap::new() }
    }
}

impl Session {
    /// What the active model takes the samples of a split for, once that is known.
    pub fn confusion(&self, is_test: bool) -> Option<&Confusion> {
        self.told.confusion.get()?[usize::from(is_test)].as_ref()
    }

    /// Whether the active model tells samples' classes, and the data have such.
    pub fn can_confuse(&self) -> bool {
        let fits = |model: &crate::model::SharedModel| {
            self.data.as_ref().is_some_and(|data| *model.info().finds == *data.train.classes())
        };
        self.capabilities().classifies && self.model().is_some_and(fits)
    }

    /// The samples whose label a model knows, where these are not all, once they are known.
    pub fn known_labels_of(&self, slot: SlotId) -> Option<&Samples> {
        self.told.known.get(&slot)?.get()
    }

    /// Whether a model learned from some labels alone, with what these hang on.
    fn known_by(&self, slot: SlotId) -> Option<(usize, u64)> {
        let trained = &self.weights_of(slot).checkpoint.as_ref()?.trained;
        let spec = trained.model.info().spec()?;
        let n_samples = self.data.as_ref()?.train.n_samples();
        let n = spec.spec().n_learned_from(n_samples);
        (n < n_samples).then_some((n, trained.train.seed))
    }

    /// Whether rings around the samples whose label a model knows can be drawn.
    pub(super) fn knows_some_labels(&self, slot: SlotId) -> bool {
        self.known_by(slot).is_some()
    }

    /// Asks for what is looked at.
    pub(super) fn refresh_told(&mut self, effects: &mut Vec<Effect>) {
        let is_open = self.spec.unfolded.contains(&Fold::Confusion) && self.can_confuse();
        let about = self.model_on().filter(|_| is_open);
        let (asked, data) = (about.clone(), self.data.clone());
        let work = || {
            move |cancel: &Cancel| {
                let (on, data) = (asked?, data?);
                let of = |split| confusion(&*on.model, split, &|| cancel.is_set());
                Some([of(&data.train), of(&data.test)])
            }
        };
        // While a model is trained it takes samples for what it did some steps ago.
        let pace = self.pace_at_rest(Pace::OnAllCores);
        self.told.confusion.follow(about, pace, work, effects);

        let is_drawn = self.spec.layers.contains(&Layer::KnownLabels);
        let shown: Vec<SlotId> = self.visible().map(|slot| slot.id).filter(|_| is_drawn).collect();
        self.told.known.retain(|slot, _| shown.contains(slot));
        for slot in shown {
            let (by, data) = (self.known_by(slot), self.data.clone());
            let about = by.zip(data.as_ref()).map(|((n, seed), data)| Exactly((data.train.checksum(), n, seed)));
            let work = || {
                move |_: &Cancel| {
                    let (n, seed) = by?;
                    Some(data?.train.evenly_by_class(n, seed).into())
                }
            };
            let pace = (!self.is_busy()).then_some(Pace::AtOnce);
            let known = self.told.known.entry(slot).or_insert_with(|| Derived::new("known labels", slot.0));
            known.follow(about, pace, work, effects);
        }
    }

    /// The models whose encoder a classifier in the active one's place can begin with.
    pub fn encoders(&self) -> Vec<SlotId> {
        if !self.slot().model.finds_the_label() {
            return Vec::new();
        }
        let Some(data) = &self.data else { return Vec::new() };
        let fits = |id: &SlotId| {
            let trained = self.weights_of(*id).checkpoint.as_ref().map(|checkpoint| &checkpoint.trained);
            *id != self.spec.active
                && trained.is_some_and(|trained| {
                    let info = trained.model.info();
                    let own = info.spec().map(super::super::model::ValidSpec::spec);
                    let usual = &self.slot().model;
                    info.classes.is_empty()
                        && info.input == *data.train.kind()
                        && own.is_some_and(|own| ClassifierSpec::on_encoder_of(usual, own, &info.input).is_some())
                })
        };
        self.spec.slots.iter().map(|slot| slot.id).filter(fits).collect()
    }

    /// Begins the active classifier anew with the encoder of another model, or with first weights of its own.
    pub(super) fn take_encoder(&mut self, of: Option<SlotId>, effects: &mut Vec<Effect>) {
        let before = self.present(true);
        let id = self.spec.active;
        if let Some(of) = of {
            let source = self.weights_of(of).checkpoint.clone();
            let theirs = source.as_ref().and_then(|source| source.trained.model.info().spec());
            let kind = self.data.as_ref().map(|data| data.train.kind().clone());
            let model = theirs.zip(kind).and_then(|(theirs, kind)| {
                ClassifierSpec::on_encoder_of(&self.slot().model, theirs.spec(), &kind)
            });
            let Some(model) = model else { return };
            self.look(id, |slot| (slot.model, slot.encoder_of) = (model, Some(of)));
        } else {
            self.look(id, |slot| slot.encoder_of = None);
        }
        if self.begin_fresh(id, effects) {
            self.history.record(before);
        } else {
            self.spec = before.spec;
        }
    }

    /// Puts the encoder that a model's settings name where its first weights are to be.
    pub(super) fn bring_encoder(&mut self, id: SlotId) {
        let Some((slot, data)) = self.spec.slot_of(id).zip(self.data.as_ref()) else { return };
        let Some(of) = slot.encoder_of.filter(|_| slot.model.finds_the_label()) else { return };
        let name = self.name_of(of).whole();
        let first = (|| {
            let source = self.weights_of(of).checkpoint.as_ref().ok_or(format!("{name} is not there any more"))?;
            let spec = slot.model.check(data.train.kind(), data.train.classes()).map_err(|e| e.to_string())?;
            on_encoder_of(&spec, &slot.training, &source.trained, &name, data)
        })();
        match first {
            Ok(first) => self.weights_mut(id).checkpoint = Some(Arc::new(first)),
            Err(problem) => {
                self.look(id, |slot| slot.encoder_of = None);
                self.weights.insert(id, Weights::default());
                self.toast(ToastKind::Info, problem, "The encoder begins with first weights of its own.".into());
            }
        }
    }
}
