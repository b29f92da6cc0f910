//! A table that is being drawn by hand, before it takes the place of the data.

use super::{Effect, Session};
use crate::data::{ByHand, DataChoice, DrawnPoint};
use crate::nn::{Purpose, standard_normal, stream};
use serde::{Deserialize, Serialize};

/// Points of one puff, and its standard deviation; what a wipe takes away.
const PUFF: usize = 4;
const SPREAD: f32 = 0.12;
const WIPE: f32 = 0.2;

/// What is drawn by hand so far, and what the hand draws next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// The points.
    pub points: ByHand,
    /// The class of the next ones.
    pub class: u8,
}

impl Sketch {
    /// Whether it could have been drawn.
    pub fn is_sound(&self) -> bool {
        self.points.is_sound() && self.class < ByHand::MAX_CLASSES
    }

    /// More points around a place: those that fall there hang on what is drawn already, so that the same hand
    /// draws the same points.
    fn sprayed(&self, at: [f32; 2]) -> ByHand {
        let mut off = [0.0f32; 2 * PUFF];
        let n = self.points.points().len() as u64;
        standard_normal(&mut stream(0, Purpose::Prior, n), &mut off);
        let point = |off: &[f32]| DrawnPoint::new([at[0] + SPREAD * off[0], at[1] + SPREAD * off[1]], self.class);
        self.points.with(off.chunks_exact(2).map(point))
    }
}

impl Session {
    /// Begins to draw a table by hand, at what is drawn already where such data are open, or gives up.
    pub(super) fn sketch(&mut self, begins: bool) {
        let points = match &self.spec.data {
            DataChoice::Drawn(points) => points.clone(),
            _ => ByHand::default(),
        };
        self.change(|spec| {
            spec.show_planes();
            spec.sketch = begins.then_some(Sketch { points, class: 0 });
        });
    }

    /// Changes what is being drawn by hand.
    fn change_sketch(&mut self, change: impl FnOnce(&mut Sketch)) {
        self.change(|spec| {
            if let Some(sketch) = &mut spec.sketch {
                change(sketch);
            }
        });
    }

    pub(super) fn spray(&mut self, at: [f32; 2]) {
        if at.iter().all(|at| at.is_finite()) {
            self.change_sketch(|sketch| sketch.points = sketch.sprayed(at));
        }
    }

    pub(super) fn wipe(&mut self, at: [f32; 2]) {
        self.change_sketch(|sketch| sketch.points = sketch.points.without(at, WIPE));
    }

    pub(super) fn draw_class(&mut self, class: u8) {
        if class < ByHand::MAX_CLASSES {
            // What the hand takes up is no step.
            if let Some(sketch) = &mut self.spec.sketch {
                sketch.class = class;
            }
        }
    }

    /// Opens what is drawn as the data. It stays on the plane until it could be.
    pub(super) fn take_sketch(&mut self, effects: &mut Vec<Effect>) {
        if let Some(sketch) = &self.spec.sketch {
            let choice = DataChoice::Drawn(sketch.points.clone());
            self.start_loading(choice, Default::default(), false, effects);
        }
    }
}
