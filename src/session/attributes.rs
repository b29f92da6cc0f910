//! Attribute vectors: the mean code of some samples minus that of others, to move the kept code along.
//!
//! What is kept is whose means they are, not numbers: so each model has its own vector of the same name, and
//! one that is trained on moves with its codes.

use super::derived::{About, Derived, ModelOn};
use super::{Effect, Samples, Session, ToastKind};
use crate::data::{Cancel, Dataset};
use crate::latent::direction::{Direction, mean_code};
use crate::train::CodeCloud;
use crate::worker::Pace;
use serde::{Deserialize, Serialize};

/// Most attributes of a document, and most letters of a name.
pub const MAX_ATTRIBUTES: usize = 64;
pub const MAX_NAME: usize = 200;

/// A named difference of two mean codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// What it is called.
    pub name: String,
    /// Those that have it.
    pub plus: Side,
    /// Those that lack it.
    pub minus: Side,
}

/// Samples of which the mean code counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// All training samples.
    All,
    /// Those of a class.
    Class(usize),
    /// These.
    Samples(Samples),
}

/// Which attributes by which model, of how many codes. While a model is trained on, its last ones stand.
#[derive(Clone, PartialEq)]
pub struct Of {
    on: ModelOn,
    n_codes: usize,
    attributes: Vec<(Side, Side)>,
}

impl About for Of {
    fn keeps(&self, older: &Self) -> bool {
        self.on.keeps(&older.on) && self.attributes == older.attributes
    }
}

/// The direction of each attribute, where both sides have codes.
pub type Directions = Derived<Of, Vec<Option<Direction>>>;

/// Nothing yet.
pub fn nothing() -> Directions {
    Derived::new("attribute vectors", 0)
}

impl Session {
    /// How far along an attribute the code lies that the active model shows, in units of its vector: 0 as the
    /// mean of those that lack it, 1 as the mean of those that have it. None while that is not known.
    pub fn attribute_share(&self, attribute: usize) -> Option<f32> {
        self.direction(attribute)?.share(self.z())
    }

    fn direction(&self, attribute: usize) -> Option<&Direction> {
        self.directions.get()?.get(attribute)?.as_ref()
    }

    /// Keeps an attribute; one without a name is called by its sides.
    pub(super) fn add_attribute(&mut self, name: String, plus: Side, minus: Side) {
        if self.spec.attributes.len() >= MAX_ATTRIBUTES {
            let stands = "Take one away first; nothing was changed.".into();
            return self.toast(ToastKind::Bad, format!("There are {MAX_ATTRIBUTES} attribute vectors"), stands);
        }
        let name = if name.trim().is_empty() {
            format!("{} \u{2212} {}", self.side_name(&plus), self.side_name(&minus))
        } else {
            name
        };
        self.change(|spec| spec.attributes.push(Attribute { name: short(&name), plus, minus }));
    }

    /// Calls an attribute otherwise.
    pub(super) fn rename_attribute(&mut self, attribute: usize, name: &str) {
        if !name.trim().is_empty() {
            self.change(|spec| {
                spec.attributes.get_mut(attribute).into_iter().for_each(|it| it.name = short(name.trim()));
            });
        }
    }

    /// Takes an attribute away.
    pub(super) fn remove_attribute(&mut self, attribute: usize) {
        self.change(|spec| {
            if attribute < spec.attributes.len() {
                spec.attributes.remove(attribute);
            }
        });
    }

    /// Moves the code that the active model shows to a share of an attribute, and keeps it.
    pub(super) fn move_along(&mut self, attribute: usize, to: f32) {
        let z = self.z_to_move();
        let Some(direction) = self.direction(attribute) else { return };
        let Some(share) = direction.share(&z) else { return };
        let moved = direction.moved(&z, to - share);
        self.keep(self.spec.active, &moved);
    }

    /// What a side is called.
    pub fn side_name(&self, side: &Side) -> String {
        match side {
            Side::All => "all".into(),
            Side::Class(class) => {
                let data = self.data.as_ref();
                let name = data.and_then(|data| data.train.classes().get(*class)).cloned();
                name.unwrap_or_else(|| format!("class {class}"))
            }
            Side::Samples(samples) => match **samples {
                [sample] => format!("sample {sample}"),
                _ => format!("{} chosen", samples.len()),
            },
        }
    }

    /// Asks for the directions of the active model.
    pub(super) fn refresh_attributes(&mut self, effects: &mut Vec<Effect>) {
        let sides: Vec<(Side, Side)> =
            self.spec.attributes.iter().map(|of| (of.plus.clone(), of.minus.clone())).collect();
        let cloud = self.cloud().cloned();
        let on = self.model_on().filter(|_| !sides.is_empty());
        let about = on.zip(cloud.as_ref()).map(|(on, cloud)| Of {
            on,
            n_codes: cloud.indices.len(),
            attributes: sides.clone(),
        });
        let train = self.data.as_ref().map(|data| data.train.clone());
        let work = || {
            move |cancel: &Cancel| {
                let (cloud, train) = (cloud?, train?);
                let of = |(plus, minus): &(Side, Side)| direction(&cloud, &train, plus, minus);
                let all = sides.iter().map(|sides| if cancel.is_set() { None } else { of(sides) });
                Some(all.collect())
            }
        };
        let pace = (!self.is_busy()).then_some(Pace::AtOnce);
        self.directions.follow(about, pace, work, effects);
    }
}

fn short(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

fn direction(cloud: &CodeCloud, train: &Dataset, plus: &Side, minus: &Side) -> Option<Direction> {
    let codes = cloud.codes.mu.view();
    let mean = |side: &Side| match side {
        Side::All => mean_code(codes, 0..codes.nrows()),
        Side::Class(class) => {
            let of = &train.labels()?.of;
            let is_one = |sample: &u32| of.get(*sample as usize).is_some_and(|of| usize::from(*of) == *class);
            let rows = cloud.indices.iter().enumerate().filter(|(_, sample)| is_one(sample));
            mean_code(codes, rows.map(|(row, _)| row))
        }
        Side::Samples(samples) => mean_code(codes, samples.iter().filter_map(|sample| cloud.place_of(*sample))),
    };
    Some(Direction::between(mean(minus)?, &mean(plus)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};
    use crate::model::Codes;
    use ndarray::array;

    #[test]
    fn a_side_is_all_a_class_or_some_samples() {
        let kind = SampleKind::row(1);
        let labels = Labels { names: ["a", "b"].map(String::from).into(), of: [0, 1, 0, 1].into() };
        let train = Dataset::new(kind, Values::Floats([0.0; 4].as_slice().into()), Some(labels), vec![]).unwrap();
        // A probe without sample 2.
        let mu = array![[0.0, 0.0], [4.0, 0.0], [2.0, 6.0]];
        let cloud = CodeCloud::of(vec![0, 1, 3], Codes { mu, log_var: None });
        let of = |plus, minus| direction(&cloud, &train, &plus, &minus);
        let found = of(Side::Class(1), Side::All).unwrap();
        assert_eq!((found.from, found.vector), (vec![2.0, 2.0], vec![1.0, 1.0]));
        let found = of(Side::Samples([1, 2].into()), Side::Samples([0].into())).unwrap();
        assert_eq!((found.from, found.vector), (vec![0.0, 0.0], vec![4.0, 0.0]));
        assert_eq!(of(Side::Samples([2].into()), Side::All), None, "a sample without a code");
    }
}
