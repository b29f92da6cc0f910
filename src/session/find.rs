//! What is like the query: ranked lists of training samples, one for each way of comparing them, and how much
//! each of them is worth.

use super::derived::{About, Derived, Exactly, ModelOn};
use super::{Effect, Fold, Query, Session, SlotId, SlotSpec, ToastKind};
use crate::data::{Cancel, Distance, Scaling};
use crate::model::{Kind, ModelSpec, Settings};
use crate::train::{Found, Hits, Ranking, TrainSpec};
use crate::worker::Pace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Samples in a list.
pub const N_FOUND: usize = 10;
/// Most test samples that precision is measured over; as many of larger sets, spread evenly.
const MAX_QUERIES: usize = 10_000;
/// Numbers that are compared at a time for precision: within some hundredths of a second, after which what is
/// asked meanwhile has its turn.
const AT_ONCE: usize = 3_000_000_000;

/// How the tray of Find is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindPage {
    /// How far apart two samples are.
    pub distance: Distance,
}

/// What a list compares samples by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listed {
    /// The codes of a model.
    Code(SlotId),
    /// The samples themselves.
    Features,
    /// The codes of PCA, of documents of LSA.
    Linear,
}

/// What the samples of a ranking are and what they are compared by.
#[derive(Clone, PartialEq)]
enum Ranked {
    /// The codes that a model has of so many.
    Code(ModelOn, usize),
    /// The samples of data with this checksum, in the units of a scaling.
    Features(u32, u64),
    /// The codes of so many dimensions of such data.
    Linear(u32, usize),
}

impl About for Ranked {
    fn keeps(&self, older: &Self) -> bool {
        // While a model is trained the ranking before stands.
        matches!((self, older), (Self::Code(on, _), Self::Code(older, _)) if on.keeps(older))
    }
}

/// What is looked for in which ranking. While a model learns, or a drawing goes on, what was found last
/// stands.
#[derive(Clone, PartialEq)]
struct Wanted {
    ranking: u64,
    sample: u64,
    told: Vec<u16>,
    distance: Distance,
}

impl About for Wanted {
    fn keeps(&self, older: &Self) -> bool {
        self.distance == older.distance
    }
}

/// Which precision is measured.
type Measured = (u64, Distance);

/// One list.
struct List {
    ranking: Derived<Ranked, Arc<Ranking>>,
    found: Derived<Wanted, Found>,
    /// Hits of the queries from one on, of which precision.
    part: Derived<Exactly<(Measured, usize)>, Hits>,
    /// What was measured so far.
    hits: Option<(Measured, Hits)>,
}

impl List {
    fn new(which: u32) -> Self {
        Self {
            ranking: Derived::new("a ranking", which),
            found: Derived::new("what is like the query", which),
            part: Derived::new("precision", which),
            hits: None,
        }
    }

    /// Whether it was answered that samples cannot be compared so.
    fn cannot_rank(&self) -> bool {
        self.ranking.stamp() > 0 && self.ranking.get().is_none()
    }
}

/// The lists that are shown.
#[derive(Default)]
pub struct Lists {
    of: BTreeMap<Listed, List>,
    /// Lists that there ever were, so that none has the name of one before.
    n_made: u32,
}

impl Session {
    /// The lists of the tray, from left to right.
    pub fn lists(&self) -> Vec<Listed> {
        let Some(data) = &self.data else { return Vec::new() };
        let by_code = |id: &SlotId| self.capabilities_of(*id).encodes && self.model_on_in(*id).is_some();
        let mut lists: Vec<Listed> =
            self.visible().map(|slot| slot.id).filter(by_code).map(Listed::Code).collect();
        let kind = data.train.kind();
        // Codes that came as data are what they are compared by once already.
        let are_codes = data.train.are_codes();
        if !are_codes || lists.is_empty() {
            lists.push(Listed::Features);
        }
        let is_solved = Kind::solved_for(kind).is_some() && (1..=kind.n_features()).contains(&self.latent_dim());
        if !are_codes && is_solved && !self.shows_linear() {
            lists.push(Listed::Linear);
        }
        lists
    }

    /// Whether a model on screen is the very one whose codes [`Listed::Linear`] compares by, so that its own
    /// list is that list.
    fn shows_linear(&self) -> bool {
        let Some(kind) = self.data.as_ref().and_then(|data| Kind::solved_for(data.train.kind())) else {
            return false;
        };
        let spec = ModelSpec::of_kind(kind);
        let Ok(spec) = spec.and_then(|spec| spec.with("latent_dim", &self.latent_dim().to_string())) else {
            return false;
        };
        let scaling = TrainSpec::default().scaling;
        let is_it = |slot: &SlotSpec| {
            slot.model == spec
                && slot.training.scaling == scaling
                && self.is_solved_of(slot.id)
                && !self.settings_changed_of(slot.id)
        };
        self.visible().any(is_it)
    }

    /// What a list compares samples by: "by code", "by pixels", "by PCA, 2-D".
    pub fn title_of_list(&self, list: Listed) -> String {
        let kind = self.data.as_ref().map(|data| data.train.kind());
        match (list, kind) {
            (Listed::Code(slot), _) if self.is_compared() => format!("by code of {}", self.name_of(slot).whole()),
            (Listed::Features, Some(kind)) => format!("by {}", kind.compared_by()),
            (Listed::Linear, Some(kind)) => {
                let name = Kind::solved_for(kind).unwrap_or_default().to_uppercase();
                format!("by {name}, {}-D", self.latent_dim())
            }
            _ => "by code".into(),
        }
    }

    /// The training samples nearest to the query, with their distances; none while they are looked for, and
    /// an empty list where samples cannot be compared so.
    pub fn found(&self, list: Listed) -> Option<&[(u32, f32)]> {
        let list = self.lists.of.get(&list)?;
        let found = list.found.get().map(Vec::as_slice);
        found.or_else(|| list.cannot_rank().then_some(&[]))
    }

    /// Precision of a list at each k, over all queries or those that were measured so far.
    pub fn precision(&self, list: Listed) -> Option<Vec<(usize, f64)>> {
        let list = self.lists.of.get(&list)?;
        list.hits.as_ref().map(|(_, hits)| hits.precision())
    }

    /// How much of all precision is measured, 0 to 1.
    pub fn precision_share(&self) -> f32 {
        let n = self.n_queries().max(1) * self.lists.of.len().max(1);
        let done: usize = self.lists.of.values().filter_map(|list| Some(list.hits.as_ref()?.1.n)).sum();
        (done as f32 / n as f32).min(1.0)
    }

    /// Whether there are classes to measure precision by.
    pub fn has_precision(&self) -> bool {
        self.data.as_ref().is_some_and(|data| data.train.labels().is_some() && data.test.labels().is_some())
    }

    /// What a text that is typed asks about: words where the data have any, else the sample of that number.
    pub fn query_of(&self, text: &str) -> Option<Query> {
        let text = text.trim();
        let train = &self.data.as_ref()?.train;
        let number = text.parse().ok().filter(|_| !train.kind().counts_words()).map(Query::Sample);
        number.or_else(|| Query::is_text(text).then(|| Query::Text(text.into())))
    }

    /// Whether samples are found by words.
    pub fn has_words(&self) -> bool {
        let train = self.data.as_ref().map(|data| &data.train);
        train.is_some_and(|train| train.kind().counts_words() || train.caption(0).is_some())
    }

    /// What is asked about, in words.
    pub fn query_in_words(&self) -> Option<String> {
        Some(match self.spec.query.as_ref()? {
            Query::Drawn(_) => "the drawing".into(),
            Query::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Query::Text(text) => format!("“{text}”"),
            Query::Sample(sample) => format!("sample {sample}"),
        })
    }

    /// Opens the tray of Find, in the place of another, or closes it.
    pub(super) fn show_find(&mut self, page: Option<FindPage>) {
        self.spec.find = page;
        if page.is_some() {
            self.spec.errors = None;
        }
    }

    /// Says that there is no such sample to ask about.
    pub(super) fn complain_of_query(&mut self, sample: u32) {
        let n = self.data.as_ref().map_or(0, |data| data.train.n_samples());
        let first = format!("There is no sample {sample}: the last is {}", n.saturating_sub(1));
        self.toast(ToastKind::Bad, first, "Nothing was looked for.".into());
    }

    /// How many test samples precision is measured over.
    fn n_queries(&self) -> usize {
        self.data.as_ref().map_or(0, |data| data.test.n_samples().min(MAX_QUERIES))
    }

    /// Asks for the lists, and where they are shown for their precision, a part at a time.
    pub(super) fn refresh_find(&mut self, effects: &mut Vec<Effect>) {
        let wanted = if self.spec.find.is_some() { self.lists() } else { Vec::new() };
        let mut lists = std::mem::take(&mut self.lists);
        lists.of.retain(|list, _| wanted.contains(list));
        for list in &wanted {
            let n_made = &mut lists.n_made;
            lists.of.entry(*list).or_insert_with(|| {
                *n_made += 1;
                List::new(*n_made)
            });
        }
        let page = self.spec.find.unwrap_or_default();
        // What takes long comes when all others have answered, and makes way for what is asked meanwhile.
        let is_asked = self.spec.query.is_some();
        let mut is_answered = !is_asked || self.asked().is_some();
        for (listed, list) in &mut lists.of {
            self.rank(*listed, list, is_answered, effects);
            self.look_for(list, page.distance, effects);
            is_answered &= !is_asked || list.found.stamp() > 0 || list.cannot_rank();
        }
        let is_shown = self.spec.unfolded.contains(&Fold::Precision) && self.has_precision();
        let may_measure = is_shown && is_answered && !self.is_busy() && !self.is_training();
        // One part of one list at a time, so that a query never waits for more than that.
        let mut is_free = may_measure;
        for list in lists.of.values_mut() {
            is_free &= !self.measure_precision(list, page.distance, is_free, effects);
        }
        self.lists = lists;
    }

    fn rank(&self, listed: Listed, list: &mut List, may_take_long: bool, effects: &mut Vec<Effect>) {
        let Some(data) = self.data.clone() else { return };
        let (checksum, latent_dim) = (data.train.checksum(), self.latent_dim());
        let scaling = self.model().and_then(|model| model.info().scaling.clone());
        let cloud = if let Listed::Code(slot) = listed { self.cloud_of(slot).cloned() } else { None };
        let about = match listed {
            Listed::Code(slot) => {
                let on = self.model_on_in(slot).zip(cloud.as_ref());
                on.map(|(on, cloud)| Ranked::Code(on, cloud.indices.len()))
            }
            Listed::Features => Some(Ranked::Features(checksum, scaling.as_ref().map_or(0, Scaling::stamp))),
            Listed::Linear => {
                let may_be = may_take_long || list.ranking.get().is_some();
                may_be.then_some(Ranked::Linear(checksum, latent_dim))
            }
        };
        let pace = match listed {
            Listed::Linear => (!self.is_training()).then_some(Pace::OnAllCores),
            Listed::Code(_) | Listed::Features => Some(Pace::AtOnce),
        };
        let asked = about.clone();
        let work = || {
            move |cancel: &Cancel| {
                let ranking = match asked? {
                    Ranked::Code(on, _) => Some(Ranking::by_code(on.model, cloud?)),
                    Ranked::Features(..) => Ranking::by_features(&data.train, scaling.as_ref(), cancel),
                    Ranked::Linear(_, latent_dim) => Ranking::by_linear(&data, latent_dim, cancel),
                };
                ranking.map(Arc::new)
            }
        };
        list.ranking.follow(about, pace.filter(|_| !self.is_busy()), work, effects);
    }

    fn look_for(&self, list: &mut List, distance: Distance, effects: &mut Vec<Effect>) {
        let sample = self.asked().map(|asked| asked.sample.clone());
        let ranking = list.ranking.get().cloned();
        // A sample is not among those that are like it.
        let own = if let Some(Query::Sample(sample)) = self.spec.query { Some(sample) } else { None };
        let told = vec![self.spec.label as u16];
        let about = sample.as_ref().and(ranking.as_ref()).map(|_| Wanted {
            ranking: list.ranking.stamp(),
            sample: self.asked_stamp(),
            told: told.clone(),
            distance,
        });
        let work = || {
            move |cancel: &Cancel| {
                let n = N_FOUND + usize::from(own.is_some());
                let mut found = ranking?.nearest((&sample?, &told), distance, n, cancel)?;
                found.retain(|(sample, _)| Some(*sample) != own);
                found.truncate(N_FOUND);
                Some(found)
            }
        };
        list.found.follow(about, self.pace_of_looks(), work, effects);
    }

    /// Takes the part that was measured and asks for the next one, where it may; says whether one is under
    /// way.
    fn measure_precision(
        &self,
        list: &mut List,
        distance: Distance,
        may_ask: bool,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let (Some(ranking), Some(data)) = (list.ranking.get().cloned(), self.data.clone()) else { return false };
        let measured = (list.ranking.stamp(), distance);
        list.hits.take_if(|(of, _)| *of != measured);
        let from = |list: &List| list.hits.as_ref().map_or(0, |(_, hits)| hits.n);
        let mut about = Exactly((measured, from(list)));
        // An answer that has come is taken before the next is asked for.
        list.part.follow(Some(about.clone()), None, || |_: &Cancel| None, effects);
        match list.part.answer_to(&about) {
            Some(Some(part)) => {
                let sum = list.hits.as_ref().map_or_else(|| part.clone(), |(_, hits)| hits.with(part));
                list.hits = Some((measured, sum));
                about = Exactly((measured, from(list)));
            }
            // What cannot be measured is not tried again.
            Some(None) => return false,
            None => {}
        }
        let first = from(list);
        if first >= self.n_queries() || !may_ask {
            return false;
        }
        let each = data.train.n_samples().saturating_mul(data.train.n_features()).max(1);
        let n = (AT_ONCE / each).clamp(32, 2048);
        let work = || {
            move |cancel: &Cancel| {
                let part: Vec<u32> = data.test.spread(MAX_QUERIES).into_iter().skip(first).take(n).collect();
                let known = &data.train.labels()?.of;
                ranking.hits((&data.test, &part), known, distance, cancel)
            }
        };
        list.part.follow(Some(about), Some(Pace::OnAllCores), work, effects);
        true
    }
}
