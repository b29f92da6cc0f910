//! Each sample's error, the page of reconstructions that is looked at, and the worst that are chosen.

use super::derived::{About, Derived, ModelOn};
use super::{Choice, Effect, Joining, Samples, Session, ToastKind};
use crate::data::{Cancel, Dataset};
use crate::train::{Errors, Reconstructions, SampleErrors, errors, reconstructions};
use crate::worker::Pace;
use serde::{Deserialize, Serialize};

/// Samples on a page of reconstructions.
pub const N_ON_PAGE: usize = 12;

/// Which reconstructions are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPage {
    /// Whether they are of test samples, and not of training samples.
    pub is_test: bool,
    /// Which come first.
    pub order: ErrorOrder,
    /// Which of the samples.
    pub of: ErrorsOf,
    /// How many pages are passed over.
    pub page: usize,
}

impl Default for ErrorPage {
    fn default() -> Self {
        Self { is_test: false, order: ErrorOrder::Worst, of: ErrorsOf::All, page: 0 }
    }
}

/// Which reconstructions come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorOrder {
    /// The worst.
    Worst,
    /// The best.
    Best,
    /// Those of the first samples.
    Index,
}

/// Of which samples reconstructions are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsOf {
    /// All.
    All,
    /// Those of a class.
    Class(usize),
    /// The chosen training samples.
    Chosen,
}

/// Which samples' reconstructions by which model. While others are made, none of those before may be taken
/// for them.
#[derive(Clone, PartialEq)]
struct Page {
    on: ModelOn,
    is_test: bool,
    samples: Vec<u32>,
}

impl About for Page {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on) && (self.is_test, &self.samples) == (older.is_test, &older.samples)
    }
}

/// The samples on a page, what they follow from, and how many pages there are.
struct Listed {
    page: ErrorPage,
    errors: u64,
    chosen: Samples,
    samples: Vec<u32>,
    n_pages: usize,
}

/// What was measured, and the choice that waits for it.
pub struct Reconstructed {
    errors: Derived<ModelOn, Errors>,
    listed: Option<Listed>,
    page: Derived<Page, Reconstructions>,
    waiting: Option<Waiting>,
}

/// A choice of the worst samples that waits for their errors.
struct Waiting {
    n: usize,
    joining: Joining,
    /// By which model, and what was chosen then: once either is another, nobody waits for this any more.
    on: ModelOn,
    chosen: Samples,
}

impl Default for Reconstructed {
    fn default() -> Self {
        let (errors, page) = (Derived::new("the errors of all samples", 0), Derived::new("reconstructions", 0));
        Self { errors, listed: None, page, waiting: None }
    }
}

impl Session {
    /// The error of each sample by the active model, once it was measured.
    pub fn errors(&self) -> Option<&Errors> {
        self.reconstructed.errors.get()
    }

    /// The samples on the page of reconstructions that is looked at, and how many pages there are.
    pub fn error_page(&self) -> Option<(&[u32], usize)> {
        self.reconstructed.listed.as_ref().map(|listed| (listed.samples.as_slice(), listed.n_pages))
    }

    /// The reconstructions on the page that is looked at, once they are made, with a number that tells them
    /// from others.
    pub fn reconstructions(&self) -> Option<(u64, &Reconstructions)> {
        let page = &self.reconstructed.page;
        page.get().map(|found| (page.stamp(), found))
    }

    /// Chooses the training samples that are reconstructed worst, at once or as soon as that is known.
    pub(super) fn choose_worst(&mut self, n: usize, joining: Joining) {
        let Some(on) = self.model_on().filter(|_| self.capabilities().reconstructs()) else {
            let stands = "The samples that were chosen still are.".into();
            return self.toast(ToastKind::Info, "This model reconstructs nothing".into(), stands);
        };
        if self.is_running() {
            let why = "Until then their errors change with every step.".into();
            self.toast(ToastKind::Info, "The worst are chosen once training pauses".into(), why);
        }
        let chosen = self.spec.selection.samples.clone();
        self.reconstructed.waiting = Some(Waiting { n, joining, on, chosen });
    }

    /// Opens a page of reconstructions, in the place of another tray that was asked for, or closes it.
    pub(super) fn show_errors(&mut self, page: Option<ErrorPage>) {
        self.spec.errors = page;
        if page.is_some() {
            self.spec.find = None;
        }
    }

    /// Whether samples are chosen as soon as their errors are known.
    pub fn waits_for_errors(&self) -> bool {
        self.reconstructed.waiting.is_some()
    }

    /// Another choice is made: none waits any more.
    pub(super) fn give_up_waiting(&mut self) {
        self.reconstructed.waiting = None;
    }

    /// Asks for the errors and the reconstructions that are looked at.
    pub(super) fn refresh_errors(&mut self, effects: &mut Vec<Effect>) {
        let capabilities = self.capabilities();
        let can = capabilities.reconstructs();
        let on = self.model_on().filter(|_| can);
        let chosen = &self.spec.selection.samples;
        self.reconstructed
            .waiting
            .take_if(|waiting| waiting.chosen != *chosen || on.as_ref().is_none_or(|on| !on.keeps(&waiting.on)));
        let is_wanted = self.spec.errors.is_some() || self.reconstructed.waiting.is_some();
        let (asked, data) = (on.clone(), self.data.clone());
        let work = || move |cancel: &Cancel| errors(&*asked?.model, &data?, &|| cancel.is_set());
        // While a model is trained its errors are those of some steps ago.
        let pace = self.pace_at_rest(Pace::OnAllCores).filter(|_| is_wanted);
        self.reconstructed.errors.follow(on.clone(), pace, work, effects);
        self.choose_waiting(on.as_ref());

        self.list_page();
        let about = self.reconstructed.listed.as_ref().zip(on).map(|(listed, on)| Page {
            on,
            is_test: listed.page.is_test,
            samples: listed.samples.clone(),
        });
        let (asked, data) = (about.clone(), self.data.clone());
        let work = || {
            move |_: &Cancel| {
                let (Page { on, is_test, samples }, data) = (asked?, data?);
                reconstructions(&*on.model, if is_test { &data.test } else { &data.train }, &samples)
            }
        };
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        self.reconstructed.page.follow(about, pace, work, effects);
    }

    /// Works out which samples are on the page, where that may have changed.
    fn list_page(&mut self) {
        let stamp = self.reconstructed.errors.stamp();
        let parts = self.spec.errors.zip(self.data.as_ref()).zip(self.reconstructed.errors.get());
        let Some(((page, data), errors)) = parts else {
            return self.reconstructed.listed = None;
        };
        let chosen = &self.spec.selection.samples;
        let is_same = |listed: &Listed| {
            (listed.page, listed.errors) == (page, stamp)
                && (page.of != ErrorsOf::Chosen || listed.chosen == *chosen)
        };
        if self.reconstructed.listed.as_ref().is_some_and(is_same) {
            return;
        }
        let (data, errors) = if page.is_test { (&data.test, &errors.test) } else { (&data.train, &errors.train) };
        let (samples, n_pages) = on_page(page, data, errors, chosen);
        self.reconstructed.listed = Some(Listed { page, errors: stamp, chosen: chosen.clone(), samples, n_pages });
    }

    /// Chooses what waits, once the errors of just this model are there.
    fn choose_waiting(&mut self, on: Option<&ModelOn>) {
        let Some(errors) = on.and_then(|on| self.reconstructed.errors.answer_to(on)) else { return };
        let Some(Waiting { n, joining, .. }) = self.reconstructed.waiting.take() else { return };
        let Some(errors) = errors else { return };
        let shown = errors.train.order.iter().rev().copied().filter(|sample| self.shows(*sample));
        let worst: Samples = shown.take(n).collect();
        self.choose(Choice::These(worst), joining);
    }
}

/// The samples on a page, and how many pages there are.
fn on_page(page: ErrorPage, data: &Dataset, errors: &SampleErrors, chosen: &Samples) -> (Vec<u32>, usize) {
    let class = |sample: u32| data.labels().and_then(|labels| labels.of.get(sample as usize)).copied();
    let is_one = |sample: &u32| match page.of {
        ErrorsOf::All => true,
        ErrorsOf::Class(of) => class(*sample).is_some_and(|class| usize::from(class) == of),
        ErrorsOf::Chosen => !page.is_test && chosen.holds(*sample),
    };
    let mut all: Vec<u32> = errors.order.iter().copied().filter(is_one).collect();
    match page.order {
        ErrorOrder::Worst => all.reverse(),
        ErrorOrder::Best => {}
        ErrorOrder::Index => all.sort_unstable(),
    }
    let n_pages = all.len().div_ceil(N_ON_PAGE).max(1);
    let first = page.page.min(n_pages - 1) * N_ON_PAGE;
    (all.into_iter().skip(first).take(N_ON_PAGE).collect(), n_pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};

    fn listed(page: ErrorPage, chosen: &[u32]) -> (Vec<u32>, usize) {
        let kind = SampleKind::row(1);
        let of: Vec<u16> = (0..30).map(|i| i % 3).collect();
        let labels = Labels { names: ["a", "b", "c"].map(String::from).into(), of: of.into() };
        let data = Dataset::new(kind, Values::Floats(vec![0.0; 30].into()), Some(labels), vec![]).unwrap();
        // Sample i has the error of place (7 i mod 30).
        let of: Vec<f32> = (0..30).map(|i| (7 * i % 30) as f32).collect();
        let mut order: Vec<u32> = (0..30).collect();
        order.sort_by_key(|i| 7 * i % 30);
        let errors = SampleErrors { of, order, mean: 0.0, bars: vec![] };
        on_page(page, &data, &errors, &chosen.to_vec().into())
    }

    #[test]
    fn pages_hold_the_worst_the_best_a_class_or_the_chosen_in_their_order() {
        let page = ErrorPage::default();
        let error = |sample: &u32| 7 * sample % 30;
        let (worst, n_pages) = listed(page, &[]);
        assert_eq!((worst.iter().map(error).collect::<Vec<_>>(), n_pages), ((18..30).rev().collect(), 3));
        let (last, _) = listed(ErrorPage { page: 9, ..page }, &[]);
        assert_eq!(last.iter().map(error).collect::<Vec<_>>(), [5, 4, 3, 2, 1, 0], "beyond the last is the last");
        let (best, _) = listed(ErrorPage { order: ErrorOrder::Best, ..page }, &[]);
        assert_eq!(best.iter().map(error).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
        let of_class = ErrorPage { of: ErrorsOf::Class(1), order: ErrorOrder::Index, ..page };
        assert_eq!(listed(of_class, &[]), ((0..10).map(|i| 3 * i + 1).collect(), 1));
        let of_chosen = ErrorPage { of: ErrorsOf::Chosen, ..page };
        assert_eq!(listed(of_chosen, &[2, 4, 9]), (vec![4, 2, 9], 1));
        let of_test = ErrorPage { is_test: true, ..of_chosen };
        assert_eq!(listed(of_test, &[2, 4, 9]), (vec![], 1), "the chosen are training samples");
    }
}
