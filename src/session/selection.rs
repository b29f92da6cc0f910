//! The training samples that are chosen, and the ways to choose them.

use super::{Session, SessionSpec, ToastKind};
use crate::data::Dataset;
use crate::train::Hidden;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// Training samples, each once, in ascending order; cheap to clone.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
pub struct Samples(Arc<[u32]>);

impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Deref for Samples {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.0
    }
}

impl From<Vec<u32>> for Samples {
    fn from(mut samples: Vec<u32>) -> Self {
        // Lists that were in order, one behind the other, are sorted in one pass.
        samples.sort();
        samples.dedup();
        Self(samples.into())
    }
}

impl From<Samples> for Vec<u32> {
    fn from(samples: Samples) -> Self {
        samples.to_vec()
    }
}

impl<const N: usize> From<[u32; N]> for Samples {
    fn from(samples: [u32; N]) -> Self {
        samples.to_vec().into()
    }
}

impl FromIterator<u32> for Samples {
    fn from_iter<I: IntoIterator<Item = u32>>(samples: I) -> Self {
        samples.into_iter().collect::<Vec<u32>>().into()
    }
}

impl Samples {
    /// Whether a sample is among them.
    pub fn holds(&self, sample: u32) -> bool {
        self.binary_search(&sample).is_ok()
    }

    /// These and those.
    pub fn with(&self, those: &Self) -> Self {
        self.iter().chain(those.iter()).copied().collect()
    }

    /// These without those.
    pub fn without(&self, those: &Self) -> Self {
        let mut rest = those.iter().peekable();
        let is_left = |sample: &&u32| {
            while rest.next_if(|other| other < sample).is_some() {}
            rest.peek() != Some(sample)
        };
        self.iter().filter(is_left).copied().collect()
    }
}

/// Training samples that are lit on every plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// All that are chosen.
    pub samples: Samples,
    /// The one that was picked last, whose codes are kept.
    pub focused: Option<u32>,
    /// The one under the pointer.
    #[serde(skip)]
    pub hovered: Option<u32>,
}

impl Selection {
    /// The sample that is looked at: under the pointer, else picked last.
    pub fn looked_at(&self) -> Option<u32> {
        self.hovered.or(self.focused)
    }

    /// Whether several are chosen, which all planes light.
    pub fn is_lit(&self) -> bool {
        self.samples.len() > 1
    }

    /// Makes a sample the one that was picked last, or none. Several that are chosen stay, unless the sample
    /// is another than they.
    pub(super) fn focus(&mut self, sample: Option<u32>) {
        if !self.is_lit() || sample.is_some_and(|sample| !self.samples.holds(sample)) {
            self.samples = sample.into_iter().collect();
        }
        self.focused = sample;
    }

    /// Chooses these in the place of all others.
    pub(super) fn choose(&mut self, samples: Samples) {
        self.focused.take_if(|focused| !samples.holds(*focused));
        self.samples = samples;
    }
}

/// The line by which the hand chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// As the hand draws it.
    #[default]
    Lasso,
    /// From corner to corner.
    Rectangle,
}

/// Training samples to choose; those of hidden classes are never among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// All.
    All,
    /// All that are not chosen.
    Others,
    /// These.
    These(Samples),
    /// Those of a class.
    Class(usize),
    /// So many that are reconstructed worst by the active model.
    Worst(usize),
    /// What was typed: numbers and ranges, `class` and a name, `worst` and a number, else a part of names of
    /// samples.
    Said(String),
}

/// What becomes of those that are chosen already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joining {
    /// They make way.
    #[default]
    Instead,
    /// They stay, and the new ones join them.
    Also,
    /// They stay but for the new ones.
    Without,
}

/// Training samples that are to be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hiding {
    /// The chosen ones, beside those that are hidden already.
    Chosen,
    /// All but the chosen ones.
    Others,
    /// None.
    Nothing,
}

impl Session {
    /// Whether the training sample is shown, and its class.
    pub fn shows(&self, sample: u32) -> bool {
        self.data.as_ref().is_some_and(|data| shows(&self.spec, &data.train, sample))
    }

    /// Chooses training samples.
    pub(super) fn choose(&mut self, choice: Choice, joining: Joining) {
        let Some(train) = self.data.as_ref().map(|data| data.train.clone()) else { return };
        self.give_up_waiting();
        self.give_up_draw();
        if let Some(n) = worst(&choice) {
            return self.choose_worst(n, joining);
        }
        let found = match self.samples_of(choice, &train) {
            Ok(found) => found,
            Err((first, second)) => return self.toast(ToastKind::Info, first, second.into()),
        };
        self.change(|spec| {
            let found = shown_of(found, spec, &train);
            let chosen = &spec.selection.samples;
            spec.selection.choose(match joining {
                Joining::Instead => found,
                Joining::Also => chosen.with(&found),
                Joining::Without => chosen.without(&found),
            });
        });
    }

    /// The samples that a choice means, hidden ones among them; else what is the matter.
    fn samples_of(&self, choice: Choice, train: &Dataset) -> Result<Samples, (String, &'static str)> {
        let n = train.n_samples() as u32;
        Ok(match choice {
            Choice::All => (0..n).collect(),
            Choice::Others => (0..n).collect::<Samples>().without(&self.spec.selection.samples),
            Choice::These(samples) => samples.iter().copied().filter(|sample| *sample < n).collect(),
            Choice::Class(class) => of_class(train, class),
            // Known later.
            Choice::Worst(_) => Samples::default(),
            Choice::Said(text) => {
                let found = said(&text, train);
                if found.is_empty() {
                    let stands = "Type numbers (3, 10-20), a class (class 7), worst 50, or a part of a name.";
                    return Err((format!("No training sample is “{}”", text.trim()), stands));
                }
                found
            }
        })
    }

    /// Hides training samples, or shows all again; what is hidden is chosen no longer.
    pub(super) fn hide(&mut self, hiding: Hiding) {
        let Some(train) = self.data.as_ref().map(|data| data.train.clone()) else { return };
        self.change(|spec| {
            let chosen = &spec.selection.samples;
            spec.left_out = match hiding {
                Hiding::Chosen => spec.left_out.with(chosen),
                Hiding::Others if chosen.is_empty() => return,
                Hiding::Others => (0..train.n_samples() as u32).collect::<Samples>().without(chosen),
                Hiding::Nothing => Samples::default(),
            };
            Self::let_go_of_hidden(spec, Some(&train));
        });
    }

    /// Lets go of chosen samples that are hidden, within a change that hid them.
    pub(super) fn let_go_of_hidden(spec: &mut SessionSpec, train: Option<&Dataset>) {
        if let Some(train) = train.filter(|_| !spec.selection.samples.is_empty()) {
            let shown = shown_of(spec.selection.samples.clone(), spec, train);
            spec.selection.choose(shown);
        }
    }
}

fn shows(spec: &SessionSpec, train: &Dataset, sample: u32) -> bool {
    Hidden { classes: spec.hidden_classes(), samples: &spec.left_out }.shows(train, sample)
}

fn shown_of(samples: Samples, spec: &SessionSpec, train: &Dataset) -> Samples {
    if spec.hidden.is_empty() && spec.left_out.is_empty() {
        return samples;
    }
    samples.iter().copied().filter(|&sample| shows(spec, train, sample)).collect()
}

fn of_class(train: &Dataset, class: usize) -> Samples {
    let of = train.labels().map_or(&[][..], |labels| &labels.of);
    (0u32..).zip(of).filter(|(_, of)| usize::from(**of) == class).map(|(sample, _)| sample).collect()
}

/// How many of the worst a choice means, if it means those.
fn worst(choice: &Choice) -> Option<usize> {
    match choice {
        Choice::Worst(n) => Some(*n),
        Choice::Said(text) => text.trim().to_lowercase().strip_prefix("worst ")?.trim().parse().ok(),
        _ => None,
    }
}

/// The samples that a text names.
fn said(text: &str, train: &Dataset) -> Samples {
    let text = text.trim().to_lowercase();
    if let Some(name) = text.strip_prefix("class ") {
        let class = train.classes().iter().position(|class| class.to_lowercase() == name.trim());
        return class.map_or_else(Samples::default, |class| of_class(train, class));
    }
    if let Some(numbers) = numbers(&text, train.n_samples() as u32) {
        return numbers;
    }
    let is_named = |sample: &u32| {
        !text.is_empty()
            && train.caption(*sample as usize).is_some_and(|caption| caption.to_lowercase().contains(&text))
    };
    (0..train.n_samples() as u32).filter(is_named).collect()
}

/// Numbers and ranges, parted by commas or spaces, below `n`; none for a text that is no such list.
fn numbers(text: &str, n: u32) -> Option<Samples> {
    let mut all = Vec::new();
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(['-', '–', '\u{2212}']).unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        all.extend(first..last.saturating_add(1).min(n));
    }
    (!all.is_empty()).then(|| all.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn train() -> Dataset {
        let kind = SampleKind::row(1);
        let labels = Labels { names: ["Cat", "7"].map(String::from).into(), of: [0, 1, 0, 1, 0].into() };
        let names = ["red cat", "Blue sky", "7 cats", "sea", "10"].map(String::from);
        let data = Dataset::new(kind, Values::Floats([0.0; 5].as_slice().into()), Some(labels), vec![]).unwrap();
        data.with_captions(names.to_vec()).unwrap()
    }

    #[test]
    fn what_is_typed_is_a_list_of_numbers_a_class_or_a_part_of_a_name() {
        let found = |text: &str| said(text, &train()).to_vec();
        assert_eq!(found("3, 0 1-2"), [0, 1, 2, 3]);
        assert_eq!(found("2–9"), [2, 3, 4], "a range ends where the data do");
        assert_eq!(found("9"), [] as [u32; 0], "and a number beyond them is no sample");
        assert_eq!(found("class cat"), [0, 2, 4]);
        assert_eq!(found(" Class 7 "), [1, 3]);
        assert_eq!(found("CAT"), [0, 2], "of names any part will do, however it is written");
        assert_eq!(found("blue"), [1]);
        let worst = |text: &str| worst(&Choice::Said(text.into()));
        assert_eq!((worst(" Worst 12"), worst("worst"), worst("worse 3")), (Some(12), None, None));
        assert_eq!((found(""), found("class dog"), found("4-2")), (vec![], vec![], vec![]));
    }

    #[test]
    fn a_sample_that_is_chosen_can_be_picked_among_the_others_and_another_takes_their_place() {
        let mut selection = Selection { samples: [3, 5, 8].into(), ..Selection::default() };
        selection.focus(Some(5));
        assert_eq!((selection.focused, &*selection.samples), (Some(5), &[3, 5, 8][..]));
        selection.focus(None);
        assert_eq!(
            (selection.focused, selection.samples.len()),
            (None, 3),
            "a free place lets go of the one alone"
        );
        selection.focus(Some(4));
        assert_eq!((selection.focused, &*selection.samples), (Some(4), &[4][..]));
        selection.focus(None);
        assert_eq!(selection, Selection::default());
    }

    proptest! {
        #[test]
        fn samples_are_joined_and_parted_as_sets_are(
            a in prop::collection::vec(0u32..60, 0..40), b in prop::collection::vec(0u32..60, 0..40)
        ) {
            let set = |list: &[u32]| list.iter().copied().collect::<BTreeSet<u32>>();
            let (a, b) = ((set(&a), Samples::from(a)), (set(&b), Samples::from(b)));
            let list = |set: BTreeSet<u32>| set.into_iter().collect::<Vec<u32>>();
            prop_assert_eq!(a.1.with(&b.1).to_vec(), list(&a.0 | &b.0));
            prop_assert_eq!(a.1.without(&b.1).to_vec(), list(&a.0 - &b.0));
            prop_assert!((0..60).all(|sample| a.1.holds(sample) == a.0.contains(&sample)));
        }
    }
}
