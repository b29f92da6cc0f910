//! A closed line drawn around codes: what lies within, by the line's winding number.
//!
//! A line that crosses itself encloses every place that it winds around, so that the loop which a hand makes
//! where it closes a lasso takes nothing away.

/// A closed line on the plane, in its coordinates; the last place joins the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Each edge from its lower to its upper end, with 1 where it was drawn upwards and −1 where downwards;
    /// level ones enclose nothing.
    edges: Vec<Edge>,
    /// Bounds across and up.
    bounds: [[f32; 2]; 2],
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Edge {
    low: [f32; 2],
    high: [f32; 2],
    winding: i32,
}

impl Edge {
    /// Whether a level line at `y` meets it; of two that share an end one does.
    fn meets(&self, y: f32) -> bool {
        self.low[1] <= y && y < self.high[1]
    }

    /// Where it is at the height `y`.
    fn x_at(&self, y: f32) -> f32 {
        let t = (y - self.low[1]) / (self.high[1] - self.low[1]);
        self.low[0] + t * (self.high[0] - self.low[0])
    }
}

/// The edges of an outline that concern places between two heights.
pub struct Band(Vec<Edge>);

impl Outline {
    /// The outline through these places, in their order; none where they enclose nothing.
    pub fn new(line: &[[f32; 2]]) -> Option<Self> {
        if line.len() < 3 || !line.as_flattened().iter().all(|place| place.is_finite()) {
            return None;
        }
        let ends = line.iter().zip(line.iter().cycle().skip(1));
        let edges: Vec<Edge> = ends
            .filter(|(a, b)| a[1] != b[1])
            .map(|(&a, &b)| {
                let is_up = a[1] < b[1];
                let (low, high) = if is_up { (a, b) } else { (b, a) };
                Edge { low, high, winding: if is_up { 1 } else { -1 } }
            })
            .collect();
        let bounds = [0, 1].map(|axis| {
            line.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], place| {
                [low.min(place[axis]), high.max(place[axis])]
            })
        });
        (!edges.is_empty()).then_some(Self { edges, bounds })
    }

    /// Its bounds across and up.
    pub const fn bounds(&self) -> [[f32; 2]; 2] {
        self.bounds
    }

    /// What of it concerns places of heights `low` to `high`, the ends among them.
    pub fn band(&self, [low, high]: [f32; 2]) -> Band {
        Band(self.edges.iter().filter(|edge| edge.low[1] <= high && edge.high[1] > low).copied().collect())
    }

    /// The stretches at the height `y` that lie within, from left to right.
    pub fn spans(&self, y: f32) -> Vec<[f32; 2]> {
        let met = self.edges.iter().filter(|edge| edge.meets(y));
        let mut crossings: Vec<(f32, i32)> = met.map(|edge| (edge.x_at(y), edge.winding)).collect();
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut spans, mut winding, mut from) = (Vec::new(), 0, 0.0);
        for (x, turn) in crossings {
            let was_outside = winding == 0;
            winding += turn;
            if was_outside {
                from = x;
            } else if winding == 0 {
                spans.push([from, x]);
            }
        }
        spans
    }
}

impl Band {
    /// Whether a place within the band's heights lies within the outline.
    #[inline]
    pub fn holds(&self, [x, y]: [f32; 2]) -> bool {
        let turns = self.0.iter().filter(|edge| edge.meets(y) && edge.x_at(y) > x).map(|edge| edge.winding);
        turns.sum::<i32>() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];

    /// How often the line winds around a place: the sum of the angles under which its edges are seen.
    fn winding(line: &[[f32; 2]], p: [f32; 2]) -> i32 {
        let seen = |q: [f32; 2]| (f64::from(q[1] - p[1])).atan2(f64::from(q[0] - p[0]));
        let ends = line.iter().zip(line.iter().cycle().skip(1));
        let angles = ends.map(|(&a, &b)| {
            let turn = seen(b) - seen(a);
            turn - (turn / std::f64::consts::TAU).round() * std::f64::consts::TAU
        });
        (angles.sum::<f64>() / std::f64::consts::TAU).round() as i32
    }

    /// How near the line comes to a place.
    fn gap(line: &[[f32; 2]], p: [f32; 2]) -> f32 {
        let ends = line.iter().zip(line.iter().cycle().skip(1));
        let gaps = ends.map(|(a, b)| {
            let (along, to) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
            let t = (along[0] * to[0] + along[1] * to[1]) / (along[0].powi(2) + along[1].powi(2)).max(1e-12);
            let t = t.clamp(0.0, 1.0);
            (to[0] - t * along[0]).hypot(to[1] - t * along[1])
        });
        gaps.fold(f32::INFINITY, f32::min)
    }

    #[test]
    fn a_loop_within_a_loop_is_within_and_level_lines_enclose_nothing() {
        // Twice around the same square.
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        let twice: Vec<[f32; 2]> = square.iter().chain(&square).copied().collect();
        let outline = Outline::new(&twice).unwrap();
        assert!(outline.band(ALL).holds([1.0, 1.0]) && !outline.band(ALL).holds([3.0, 1.0]));
        assert_eq!(outline.spans(1.0), [[0.0, 2.0]]);
        assert_eq!(outline.bounds(), [[0.0, 2.0], [0.0, 2.0]]);
        assert_eq!(Outline::new(&[[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), None);
        assert_eq!(Outline::new(&[[0.0, 1.0], [f32::NAN, 2.0], [2.0, 0.0]]), None);
        assert_eq!(Outline::new(&square[..2]), None);
    }

    proptest! {
        #[test]
        fn what_it_winds_around_lies_within(
            line in prop::collection::vec([-4.0f32..4.0, -4.0f32..4.0], 3..30),
            p in [-5.0f32..5.0, -5.0f32..5.0],
        ) {
            prop_assume!(gap(&line, p) > 1e-3);
            let outline = Outline::new(&line).unwrap();
            let is_within = winding(&line, p) != 0;
            prop_assert_eq!(outline.band(ALL).holds(p), is_within);
            prop_assert_eq!(outline.band([p[1] - 0.5, p[1]]).holds(p), is_within, "the edges of a band suffice");
            let spans = outline.spans(p[1]);
            prop_assert_eq!(spans.iter().any(|[from, to]| (from..to).contains(&&p[0])), is_within);
        }
    }
}
