//! A uniform grid over points of the plane, to find the code under the pointer.
//!
//! The grid spans the bulk of the points; outliers go into its outermost cells, so that a far one does not
//! make the cells coarse. The points of one row of cells lie together in memory, in order of their cells, and
//! a query walks rows outwards from its own, narrowing as it finds nearer points. Points are not moved or
//! added later.

use super::outline::Outline;
use super::stats::view_bounds;

/// Points per cell aimed at: fewer cost memory, more cost time.
const POINTS_PER_CELL: f64 = 2.0;

/// Points looked at to find out where the bulk lies.
const BOUNDS_SAMPLE: usize = 1 << 16;

/// An index of points in plot coordinates, built once and asked often.
#[derive(Debug, Clone)]
pub struct PointIndex {
    low: [f32; 2],
    cells_per_unit: [f32; 2],
    side: usize,
    /// Where each cell's points begin in `points` and `point_idx`, and one more for the end.
    starts: Vec<u32>,
    points: Vec<[f32; 2]>,
    point_idx: Vec<u32>,
}

impl PointIndex {
    /// Builds the index of `points`, which it copies; those that are not finite are never found.
    ///
    /// Panics beyond 2³² points.
    pub fn new(points: &[[f32; 2]]) -> Self {
        assert!(u32::try_from(points.len()).is_ok(), "an index of {} points", points.len());
        let stride = points.len() / BOUNDS_SAMPLE + 1;
        let sample: Vec<[f32; 2]> = points.iter().step_by(stride).copied().collect();
        let (x, y) = view_bounds(&sample);
        let side = ((points.len() as f64 / POINTS_PER_CELL).sqrt().ceil() as usize).max(1);
        let mut index = Self {
            low: [x[0], y[0]],
            cells_per_unit: [x, y].map(|[lo, hi]| side as f32 / (hi - lo)),
            side,
            starts: vec![0; side * side + 1],
            points: Vec::new(),
            point_idx: Vec::new(),
        };
        index.fill(points);
        index
    }

    /// Sorts the points into their cells by counting.
    fn fill(&mut self, points: &[[f32; 2]]) {
        let cells: Vec<Option<u32>> = points
            .iter()
            .map(|p| {
                let finite = p.iter().all(|c| c.is_finite());
                finite.then(|| (self.cell(1, p[1]) * self.side + self.cell(0, p[0])) as u32)
            })
            .collect();
        for cell in cells.iter().flatten() {
            self.starts[*cell as usize + 1] += 1;
        }
        for cell in 1..self.starts.len() {
            self.starts[cell] += self.starts[cell - 1];
        }
        let n_finite = self.starts[self.side * self.side] as usize;
        self.points = vec![[0.0; 2]; n_finite];
        self.point_idx = vec![0; n_finite];
        let mut next = self.starts.clone();
        for (idx, (p, cell)) in points.iter().zip(&cells).enumerate() {
            if let Some(cell) = cell {
                let place = &mut next[*cell as usize];
                self.points[*place as usize] = *p;
                self.point_idx[*place as usize] = idx as u32;
                *place += 1;
            }
        }
    }

    /// The column (axis 0) or row (axis 1) of a coordinate; it never falls as the coordinate rises.
    fn cell(&self, axis: usize, at: f32) -> usize {
        let cell = (at - self.low[axis]) * self.cells_per_unit[axis];
        // The cast takes what lies below, and NaN, to cell 0.
        (cell as usize).min(self.side - 1)
    }

    /// The index of the visible point nearest to `p` within an ellipse, or `None` where there is none.
    ///
    /// `max_distance` holds the ellipse's two radii, in plot units; distance is measured in units of them, so
    /// radii that are equal on screen give the nearest point on screen. `is_visible` gets a point's index.
    pub fn nearest(&self, p: [f32; 2], max_distance: [f32; 2], is_visible: impl Fn(u32) -> bool) -> Option<u32> {
        let usable = max_distance.iter().all(|r| *r > 0.0 && r.is_finite());
        if !usable || !p.iter().all(|c| c.is_finite()) {
            return None;
        }
        let span = |axis: usize, radius: f32| {
            let reach = radius * max_distance[axis];
            self.cell(axis, p[axis] - reach)..=self.cell(axis, p[axis] + reach)
        };
        let mut nearest = None;
        let mut radius = 1.0f32;
        let home = self.cell(1, p[1]);
        for away in 0..self.side {
            let rows = span(1, radius);
            let mut any_row = false;
            let above = (away > 0).then_some(home + away);
            for row in [home.checked_sub(away), above] {
                let Some(row) = row.filter(|row| rows.contains(row)) else {
                    continue;
                };
                any_row = true;
                let (first, last) = span(0, radius).into_inner();
                let start = self.starts[row * self.side + first] as usize;
                let end = self.starts[row * self.side + last + 1] as usize;
                let row_points = self.points[start..end].iter();
                for (point, idx) in row_points.zip(&self.point_idx[start..end]) {
                    let dx = (point[0] - p[0]) / max_distance[0];
                    let dy = (point[1] - p[1]) / max_distance[1];
                    let squared = dx * dx + dy * dy;
                    let nearer = squared < radius * radius || (nearest.is_none() && squared <= radius * radius);
                    if nearer && is_visible(*idx) {
                        nearest = Some(*idx);
                        radius = squared.sqrt();
                    }
                }
            }
            if !any_row {
                break;
            }
        }
        nearest
    }

    /// The indices of the visible points within an outline, in no order.
    ///
    /// Row by row of cells, so that each point is held against the few edges that reach its row.
    pub fn within(&self, outline: &Outline, is_visible: impl Fn(u32) -> bool) -> Vec<u32> {
        let [x, y] = outline.bounds();
        let mut found = Vec::new();
        for row in self.cell(1, y[0])..=self.cell(1, y[1]) {
            let start = self.starts[row * self.side + self.cell(0, x[0])] as usize;
            let end = self.starts[row * self.side + self.cell(0, x[1]) + 1] as usize;
            let band = outline.band(self.heights(row));
            let points = self.points[start..end].iter().zip(&self.point_idx[start..end]);
            found.extend(points.filter(|(p, idx)| band.holds(**p) && is_visible(**idx)).map(|(_, idx)| *idx));
        }
        found
    }

    /// The heights of the points in a row of cells, and a little more for what rounding may do; outliers lie
    /// in the outermost rows.
    fn heights(&self, row: usize) -> [f32; 2] {
        let at = |row: f32| self.low[1] + row / self.cells_per_unit[1];
        let low = if row == 0 { f32::NEG_INFINITY } else { at(row as f32 - 0.5) };
        let high = if row + 1 == self.side { f32::INFINITY } else { at(row as f32 + 1.5) };
        [low, high]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance(a: [f32; 2], b: [f32; 2], radii: [f32; 2]) -> f32 {
        ((a[0] - b[0]) / radii[0]).hypot((a[1] - b[1]) / radii[1])
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(PointIndex::new(&[]).nearest([0.0; 2], [1.0; 2], |_| true), None);
        let broken = PointIndex::new(&[[f32::NAN, 0.0], [0.0, f32::INFINITY]]);
        assert_eq!(broken.nearest([0.0; 2], [9.0; 2], |_| true), None);
    }

    #[test]
    fn useless_queries_find_nothing() {
        let index = PointIndex::new(&[[0.0; 2]]);
        assert_eq!(index.nearest([0.0; 2], [1.0; 2], |_| true), Some(0));
        assert_eq!(index.nearest([0.0; 2], [0.0; 2], |_| true), None);
        assert_eq!(index.nearest([f32::NAN; 2], [1.0; 2], |_| true), None);
    }

    #[test]
    fn hidden_points_are_passed_over() {
        let index = PointIndex::new(&[[0.0, 0.0], [0.5, 0.0], [0.2, 0.0]]);
        assert_eq!(index.nearest([0.1, 0.0], [1.0; 2], |idx| idx == 1), Some(1));
        assert_eq!(index.nearest([0.1, 0.0], [1.0; 2], |_| false), None);
    }

    #[test]
    fn the_reach_is_an_ellipse() {
        let index = PointIndex::new(&[[0.0, 2.0], [3.0, 0.0]]);
        assert_eq!(index.nearest([0.0; 2], [1.0, 3.0], |_| true), Some(0));
        assert_eq!(index.nearest([0.0; 2], [4.0, 1.0], |_| true), Some(1));
        assert_eq!(index.nearest([0.0; 2], [1.0, 1.0], |_| true), None);
    }

    proptest! {
        #[test]
        fn nearest_equals_a_look_at_all(
            mut points in prop::collection::vec([-4.0f32..4.0, -4.0f32..4.0], 0..400),
            outlier in prop::option::of([-1e6f32..1e6, -1e6f32..1e6]),
            p in [-6.0f32..6.0, -6.0f32..6.0],
            radii in [0.01f32..5.0, 0.01f32..5.0],
            divisor in 1u32..4,
        ) {
            points.extend(outlier);
            let visible = |idx: u32| idx.is_multiple_of(divisor);
            let found = PointIndex::new(&points).nearest(p, radii, visible);
            let all = points.iter().enumerate().filter(|(idx, _)| visible(*idx as u32));
            let least = all.map(|(_, q)| distance(*q, p, radii)).fold(f32::INFINITY, f32::min);
            match found {
                Some(idx) => {
                    prop_assert!(visible(idx));
                    let d = distance(points[idx as usize], p, radii);
                    prop_assert!(d <= 1.0 + 1e-5 && d <= least * (1.0 + 1e-5), "{d} {least}");
                }
                None => prop_assert!(least > 1.0 - 1e-5, "{least}"),
            }
        }

        #[test]
        fn within_equals_a_look_at_all(
            mut points in prop::collection::vec([-4.0f32..4.0, -4.0f32..4.0], 0..400),
            outlier in prop::option::of([-1e3f32..1e3, -1e3f32..1e3]),
            line in prop::collection::vec([-5.0f32..5.0, -5.0f32..5.0], 3..30),
            divisor in 1u32..4,
        ) {
            points.extend(outlier);
            let visible = |idx: u32| idx.is_multiple_of(divisor);
            let outline = Outline::new(&line).unwrap();
            let all = outline.band([f32::NEG_INFINITY, f32::INFINITY]);
            let mut found = PointIndex::new(&points).within(&outline, visible);
            found.sort_unstable();
            let wanted = (0..points.len() as u32).filter(|&idx| visible(idx) && all.holds(points[idx as usize]));
            prop_assert_eq!(found, wanted.collect::<Vec<_>>());
        }
    }
}
