//! Which training samples are unlike the others, by what is chosen, and the regression that Cook's distance
//! is about: with a point that is dragged, and without it.

use super::derived::{About, Derived, ModelOn};
use super::slots::all_codes;
use super::{Effect, Samples, Session, SessionSpec};
use crate::data::{Cancel, Scaling};
use crate::train::{CodeCloud, Design, Hidden, Influence, OutlierScore, Outliers, RegressOn, outliers, regressed};
use crate::worker::Pace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Samples that are listed.
pub const N_OUTLIERS: usize = 12;
/// Farthest that a point of a regression can be dragged.
const MAX_VALUE: f64 = 1e30;
/// Most neighbours that are looked at.
pub const MAX_NEIGHBOURS: usize = 1000;
/// Most columns that a session names.
const MAX_COLUMNS: usize = 10_000;

/// How outliers are looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlierPage {
    /// What samples are outlying by.
    pub by: OutlierScore,
    /// Neighbours that are looked at.
    pub k: usize,
    /// The column that is regressed; of those that there are the last, where it is none of them.
    pub column: String,
    /// What it is regressed on.
    pub on: RegressOn,
    /// Whether the figure of the regression takes the place of the planes.
    pub is_staged: bool,
    /// A point that was dragged.
    pub moved: Option<Moved>,
}

impl Default for OutlierPage {
    fn default() -> Self {
        let (by, on) = (OutlierScore::default(), RegressOn::default());
        Self { by, k: 20, column: String::new(), on, is_staged: false, moved: None }
    }
}

impl OutlierPage {
    /// Whether it asks for what there can be.
    pub fn is_sound(&self) -> bool {
        let is_near = |value: f64| value.is_finite() && value.abs() <= MAX_VALUE;
        let n = if let RegressOn::Columns(names) = &self.on { names.len() } else { 0 };
        let moved = self.moved.as_ref();
        (1..=MAX_NEIGHBOURS).contains(&self.k)
            && n <= MAX_COLUMNS
            && moved.is_none_or(|moved| is_near(moved.y) && moved.x.is_none_or(is_near))
    }
}

/// A point of the regression that lies elsewhere than in the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The training sample.
    pub sample: u32,
    /// Where it lies along the only regressor; none where it stays, and where there are several.
    pub x: Option<f64>,
    /// The value of the column that is regressed.
    pub y: f64,
}

/// A score that follows from a model, or from the data alone.
#[derive(Clone, PartialEq)]
enum Scored {
    ByModel(ModelOn, OutlierScore, usize),
    /// Of data with this checksum, in the units of a scaling.
    ByFeatures(u32, u64, usize),
}

impl About for Scored {
    fn keeps(&self, older: &Self) -> bool {
        // While a model is trained the order before stands.
        matches!((self, older), (Self::ByModel(on, by, k), Self::ByModel(older, of, n))
            if on.keeps(older) && (by, k) == (of, n))
    }
}

/// What is regressed on what.
#[derive(Clone, PartialEq)]
struct DesignOf {
    /// The model whose codes it is on.
    on: Option<ModelOn>,
    data: u32,
    column: String,
    regressors: RegressOn,
    hidden: BTreeSet<usize>,
    left_out: Samples,
}

impl About for DesignOf {
    fn keeps(&self, older: &Self) -> bool {
        let on = match (&self.on, &older.on) {
            (Some(on), Some(older)) => on.keeps(older),
            (None, None) => true,
            _ => false,
        };
        let of = |design: &Self| (design.data, design.column.clone(), design.regressors.clone());
        on && of(self) == of(older) && (&self.hidden, &self.left_out) == (&older.hidden, &older.left_out)
    }
}

/// A regression. While a point is dragged the one before stands.
#[derive(Clone, PartialEq)]
struct Question {
    design: DesignOf,
    moved: Option<Moved>,
    /// The point that the fit without it is worked out of.
    apart: Option<u32>,
}

impl About for Question {
    fn keeps(&self, older: &Self) -> bool {
        self.design.keeps(&older.design)
    }
}

/// What was found.
pub struct Outlying {
    scored: Derived<Scored, Outliers>,
    /// What stands in the data, gathered once for all that is dragged.
    design: Derived<DesignOf, Result<Arc<Design>, String>>,
    influence: Derived<Question, Result<Arc<Influence>, String>>,
}

impl Default for Outlying {
    fn default() -> Self {
        Self {
            scored: Derived::new("outliers", 0),
            design: Derived::new("what is regressed", 0),
            influence: Derived::new("a regression", 0),
        }
    }
}

impl Session {
    /// What samples can be outlying by here.
    pub fn outlier_scores(&self) -> Vec<OutlierScore> {
        let (capabilities, data) = (self.capabilities(), self.data.as_ref());
        let can = |by: &OutlierScore| match by {
            OutlierScore::Reconstruction => capabilities.reconstructs(),
            OutlierScore::LogP => capabilities.is_density && capabilities.encodes,
            OutlierScore::Rarity => capabilities.encodes,
            OutlierScore::Neighbours => data.is_some(),
            OutlierScore::Cook => {
                let n_columns = data.map_or(0, |data| Design::columns_of(&data.train).len());
                // While weights are set up there are no codes for a moment.
                n_columns > 1 || n_columns == 1 && (self.cloud().is_some() || self.is_busy())
            }
        };
        let all = [
            OutlierScore::Reconstruction,
            OutlierScore::LogP,
            OutlierScore::Rarity,
            OutlierScore::Neighbours,
            OutlierScore::Cook,
        ];
        all.into_iter().filter(can).collect()
    }

    /// What samples are outlying by: what is asked for, or the first that there is.
    pub fn outlying_by(&self) -> Option<OutlierScore> {
        let page = self.spec.outliers.as_ref()?;
        let all = self.outlier_scores();
        Some(page.by).filter(|by| all.contains(by)).or(all.first().copied())
    }

    /// Columns that can be regressed.
    pub fn columns_to_regress(&self) -> Vec<String> {
        self.data.as_ref().map_or_else(Vec::new, |data| Design::columns_of(&data.train))
    }

    /// The column that is regressed.
    pub fn regressed_column(&self) -> Option<String> {
        let page = self.spec.outliers.as_ref()?;
        let columns = self.columns_to_regress();
        columns.iter().find(|column| **column == page.column).or(columns.last()).cloned()
    }

    /// What the column is regressed on: what is asked for where that is there, else codes while there are any
    /// or no other column is there, else the other columns.
    pub fn regressed_on(&self) -> Option<RegressOn> {
        let (page, columns) = (self.spec.outliers.as_ref()?, self.columns_to_regress());
        let is_known = |on: &RegressOn| match on {
            RegressOn::Others => columns.len() > 1,
            RegressOn::Codes => self.cloud().is_some(),
            RegressOn::Columns(names) => !names.is_empty() && names.iter().all(|name| columns.contains(name)),
        };
        let usual = if columns.len() > 1 && self.cloud().is_none() { RegressOn::Others } else { RegressOn::Codes };
        Some(if is_known(&page.on) { page.on.clone() } else { usual })
    }

    /// The most outlying training samples that are shown, so many, each with its value where it has one;
    /// none while they are worked out, and nothing where that cannot be.
    pub fn outliers(&self, n: usize) -> Option<Vec<(u32, Option<f64>)>> {
        if self.outlying_by()? == OutlierScore::Cook {
            let Ok(found) = self.outlying.influence.get()? else { return Some(Vec::new()) };
            let row = |&row: &u32| (found.of.design.samples[row as usize], found.outliers.of[row as usize]);
            return Some(found.outliers.order.iter().take(n).map(row).collect());
        }
        let scored = &self.outlying.scored;
        let Some(found) = scored.get() else { return (scored.stamp() > 0).then(Vec::new) };
        let shown = found.order.iter().copied().filter(|sample| self.shows(*sample));
        Some(shown.take(n).map(|sample| (sample, found.of[sample as usize])).collect())
    }

    /// The regression, or why there is none; nothing while it is worked out.
    pub fn influence(&self) -> Option<Result<&Influence, &str>> {
        self.outlying.influence.get().map(|found| found.as_ref().map(|found| &**found).map_err(String::as_str))
    }

    /// The same to be taken elsewhere, where there is one.
    pub(super) fn influence_shared(&self) -> Option<Arc<Influence>> {
        self.outlying.influence.get()?.as_ref().ok().cloned()
    }

    /// Looks at outliers otherwise, or no more. A point that lies elsewhere is a step of undo.
    pub(super) fn show_outliers(&mut self, page: Option<OutlierPage>) {
        if page.as_ref().is_some_and(|page| !page.is_sound()) {
            return;
        }
        let before = self.spec.clone();
        self.spec.outliers = page;
        if self.stages_regression() {
            self.spec.clear_stage();
        }
        if before.on_stage() != self.spec.on_stage() || moved(&before.outliers) != moved(&self.spec.outliers) {
            self.record_change(before);
        }
    }

    /// How outliers are looked at once a state is come back to: as now, but with its point, and in the place
    /// of the planes as then where the step was about that place.
    pub(super) fn outliers_after(&self, state: &SessionSpec) -> Option<OutlierPage> {
        let (now, then) = (self.spec.outliers.clone(), state.outliers.as_ref());
        let was_staged = then.is_some_and(|then| then.is_staged);
        let place = |spec: &SessionSpec| (spec.tool, spec.data_view.is_shown);
        let is_same_place = self.spec.on_stage() == state.on_stage() && place(&self.spec) == place(state);
        let is_staged = |now: bool| if is_same_place { now } else { was_staged };
        match (now, then) {
            (None, then) => then.filter(|then| then.moved.is_some()).cloned(),
            // A point is of its column and regressors, and so is the want of one.
            (Some(now), Some(then)) if now.moved != then.moved => {
                let (column, on, moved) = (then.column.clone(), then.on.clone(), then.moved);
                Some(OutlierPage { column, on, moved, is_staged: is_staged(now.is_staged), ..now })
            }
            (Some(now), Some(_)) => Some(OutlierPage { is_staged: is_staged(now.is_staged), ..now }),
            (Some(now), None) => Some(OutlierPage { moved: None, is_staged: is_staged(now.is_staged), ..now }),
        }
    }

    /// Whether the figure of a regression takes the place of the planes.
    pub fn stages_regression(&self) -> bool {
        let is_staged = self.spec.outliers.as_ref().is_some_and(|page| page.is_staged);
        is_staged && self.outlying_by() == Some(OutlierScore::Cook)
    }

    /// Asks for what is looked at.
    pub(super) fn refresh_outliers(&mut self, effects: &mut Vec<Effect>) {
        let mut outlying = std::mem::take(&mut self.outlying);
        let by = self.outlying_by();
        self.refresh_scored(&mut outlying, by.filter(|by| *by != OutlierScore::Cook), effects);
        self.refresh_influence(&mut outlying, by == Some(OutlierScore::Cook), effects);
        self.outlying = outlying;
    }

    fn refresh_scored(&self, outlying: &mut Outlying, by: Option<OutlierScore>, effects: &mut Vec<Effect>) {
        let k = self.spec.outliers.as_ref().map_or(1, |page| page.k);
        let (model, data) = (self.model().cloned(), self.data.clone());
        let scaling = model.as_ref().and_then(|model| model.info().scaling.as_ref()).map_or(0, Scaling::stamp);
        let about = by.zip(data.as_ref()).and_then(|(by, data)| match by {
            OutlierScore::Neighbours => Some(Scored::ByFeatures(data.train.checksum(), scaling, k)),
            _ => Some(Scored::ByModel(self.model_on()?, by, if by == OutlierScore::Rarity { k } else { 0 })),
        });
        let asked = about.clone();
        let work = || {
            move |cancel: &Cancel| {
                let train = &data.as_ref()?.train;
                match asked? {
                    Scored::ByModel(on, by, k) => outliers(by, Some(&*on.model), train, k, cancel),
                    Scored::ByFeatures(.., k) => {
                        outliers(OutlierScore::Neighbours, model.as_deref(), train, k, cancel)
                    }
                }
            }
        };
        let pace = self.pace_at_rest(Pace::OnAllCores);
        outlying.scored.follow(about, pace, work, effects);
    }

    fn refresh_influence(&self, outlying: &mut Outlying, is_wanted: bool, effects: &mut Vec<Effect>) {
        let cloud = self.cloud().cloned();
        let about = is_wanted.then(|| self.design_of(cloud.as_ref())).flatten();
        let (asked, data) = (about.clone(), self.data.clone());
        let work = || {
            move |cancel: &Cancel| {
                let (of, train) = (asked?, data?.train);
                let hidden = Hidden { classes: &of.hidden, samples: &of.left_out };
                let shown = (0..train.n_samples() as u32).filter(|&sample| hidden.shows(&train, sample)).collect();
                let codes = match &of.on {
                    Some(on) => Some(all_codes(&*on.model, cloud?, &train, cancel)?),
                    None => None,
                };
                let columns = (of.column.as_str(), &of.regressors);
                Some(Design::new(&train, shown, columns, codes.as_deref(), cancel).map(Arc::new))
            }
        };
        let pace = self.pace_at_rest(Pace::AtOnce);
        outlying.design.follow(about.clone(), pace, work, effects);
        // Only of what stands in the data now.
        let design = about.as_ref().and_then(|about| outlying.design.answer_to(about)).flatten().cloned();
        let question = about.map(|design| self.question(design));
        let asked = question.clone();
        let is_there = design.is_some();
        let work = || {
            move |cancel: &Cancel| {
                let question = asked?;
                match design?.and_then(|design| regressed(with_moved(&design, question.moved))) {
                    Ok(of) => Some(Ok(Arc::new(Influence::of(of, question.apart, cancel)?))),
                    Err(e) => Some(Err(e)),
                }
            }
        };
        outlying.influence.follow(question, pace.filter(|_| is_there), work, effects);
    }

    fn design_of(&self, cloud: Option<&Arc<CodeCloud>>) -> Option<DesignOf> {
        let data = self.data.as_ref()?;
        let regressors = self.regressed_on()?;
        let on = match regressors {
            RegressOn::Codes => Some(self.model_on().filter(|_| cloud.is_some())?),
            RegressOn::Others | RegressOn::Columns(_) => None,
        };
        Some(DesignOf {
            on,
            data: data.train.checksum(),
            column: self.regressed_column()?,
            regressors,
            hidden: self.spec.hidden_classes().clone(),
            left_out: self.spec.left_out.clone(),
        })
    }

    fn question(&self, design: DesignOf) -> Question {
        let moved = self.spec.outliers.as_ref().and_then(|page| page.moved);
        Question { design, moved, apart: moved.map(|moved| moved.sample).or(self.spec.selection.focused) }
    }
}

fn moved(page: &Option<OutlierPage>) -> Option<Moved> {
    page.as_ref().and_then(|page| page.moved)
}

/// The regression of a design in which a point may lie elsewhere.
fn with_moved(of: &Design, moved: Option<Moved>) -> Design {
    let mut design = of.clone();
    if let Some((row, moved)) = moved.and_then(|moved| Some((design.row_of(moved.sample)?, moved))) {
        design.y[row] = moved.y;
        if let (Some(x), 1) = (moved.x, design.names.len()) {
            design.x[[row, 0]] = x;
        }
    }
    design
}
