//! Training samples as session files hold them: numbers, and runs of numbers from first to last, so that a
//! large choice takes little room.

use super::attributes::Attribute;
use super::{Samples, Side};
use serde::{Deserialize, Serialize};

/// Most samples that all lists of a session file may name together: more than data that fit into memory have,
/// and few enough that a small file cannot ask for all of it.
pub const MAX_SAMPLES: u64 = 1 << 25;
/// Shortest run that is written as one.
const MIN_RUN: u32 = 4;

/// One sample, or all from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Run {
    One(u32),
    FromTo([u32; 2]),
}

impl Run {
    fn bounds(&self) -> [u32; 2] {
        match *self {
            Self::One(sample) => [sample; 2],
            Self::FromTo(bounds) => bounds,
        }
    }
}

/// Samples as runs; what is read may name any number of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// Samples, which are in ascending order, as runs.
    pub fn of(samples: &Samples) -> Self {
        let mut runs = Vec::new();
        for run in samples.chunk_by(|a, b| a + 1 == *b) {
            match run {
                [first, .., last] if last - first + 1 >= MIN_RUN => runs.push(Run::FromTo([*first, *last])),
                few => runs.extend(few.iter().copied().map(Run::One)),
            }
        }
        Self(runs)
    }

    /// How many samples they name.
    pub fn n(&self) -> u64 {
        let n = |run: &Run| {
            let [first, last] = run.bounds();
            u64::from(last.saturating_sub(first)) + 1
        };
        self.0.iter().map(n).sum()
    }

    /// The samples, once it is known that these are not too many.
    pub fn samples(&self) -> Samples {
        self.0.iter().flat_map(|run| run.bounds()[0]..=run.bounds()[1]).collect()
    }
}

/// An attribute vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeV1 {
    /// What it is called.
    pub name: String,
    plus: SideV1,
    minus: SideV1,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SideV1 {
    All,
    Class(usize),
    Samples(Runs),
}

impl SideV1 {
    fn of(side: &Side) -> Self {
        match side {
            Side::All => Self::All,
            Side::Class(class) => Self::Class(*class),
            Side::Samples(samples) => Self::Samples(Runs::of(samples)),
        }
    }

    fn side(&self) -> Side {
        match self {
            Self::All => Side::All,
            Self::Class(class) => Side::Class(*class),
            Self::Samples(runs) => Side::Samples(runs.samples()),
        }
    }

    fn n(&self) -> u64 {
        match self {
            Self::All | Self::Class(_) => 0,
            Self::Samples(runs) => runs.n(),
        }
    }
}

impl AttributeV1 {
    /// An attribute as a file holds it.
    pub fn of(attribute: &Attribute) -> Self {
        let Attribute { name, plus, minus } = attribute;
        Self { name: name.clone(), plus: SideV1::of(plus), minus: SideV1::of(minus) }
    }

    /// How many samples it names.
    pub fn n(&self) -> u64 {
        self.plus.n() + self.minus.n()
    }

    /// The attribute, once it is known that it names not too many samples.
    pub fn attribute(&self) -> Attribute {
        Attribute { name: self.name.clone(), plus: self.plus.side(), minus: self.minus.side() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_runs_are_short_and_lists_of_numbers_are_read_as_ever() {
        let samples: Samples = [0, 1, 2].into_iter().chain(5..70_000).chain([80_000]).collect();
        let text = serde_json::to_string(&Runs::of(&samples)).unwrap();
        assert_eq!(text, "[0,1,2,[5,69999],80000]");
        let read: Runs = serde_json::from_str(&text).unwrap();
        assert_eq!((read.samples(), read.n()), (samples, 69_999));
        let list: Runs = serde_json::from_str("[7,3,3]").unwrap();
        assert_eq!(*list.samples(), [3, 7]);
        let hostile: Runs = serde_json::from_str("[[0,4294967295],[9,2]]").unwrap();
        assert_eq!(hostile.n(), (1 << 32) + 1, "counted without being written out");
        assert!(serde_json::from_str::<Runs>("[[1,2,3]]").is_err());
    }

    proptest! {
        #[test]
        fn samples_survive_their_runs(samples in prop::collection::vec(0u32..60, 0..60)) {
            let samples = Samples::from(samples);
            let runs = Runs::of(&samples);
            prop_assert_eq!(runs.n(), samples.len() as u64);
            prop_assert_eq!(runs.samples(), samples);
        }
    }
}
