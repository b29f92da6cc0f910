//! Cells that lie evenly over a part of a plane.

/// A rectangle divided into cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// The rectangle across and up, in plot coordinates.
    pub bounds: [[f32; 2]; 2],
    /// Cells across and up.
    pub size: [usize; 2],
}

/// Cells by which a lattice grows: while less comes into sight it stays the same.
const EVERY: f32 = 2.0;

impl Lattice {
    /// Square cells of about `side` plot units that cover `bounds`, no more than `most`; none for bounds that
    /// are no rectangle.
    ///
    /// They stay where they are while the bounds move over the plane: a side is a power of two, and the
    /// lattice ends at whole multiples of it.
    pub fn covering(bounds: [[f32; 2]; 2], side: f32, most: usize) -> Option<Self> {
        let is_sound = bounds.iter().all(|[low, high]| low.is_finite() && high.is_finite() && low < high);
        if !is_sound || !side.is_finite() || side <= 0.0 {
            return None;
        }
        let mut side = side.log2().round().exp2();
        loop {
            let step = EVERY * side;
            let whole = bounds.map(|[low, high]| [(low / step).floor() * step, (high / step).ceil() * step]);
            let size = whole.map(|[low, high]| ((high - low) / side).round() as usize);
            let has_cells = size.iter().all(|n| *n > 0);
            if has_cells && size[0].saturating_mul(size[1]) <= most {
                return Some(Self { bounds: whole, size });
            }
            side *= 2.0;
            if !side.is_finite() {
                return None;
            }
        }
    }

    /// The middle of a cell, column and row counted from the top left, in plot coordinates.
    pub fn middle(&self, [column, row]: [usize; 2]) -> [f32; 2] {
        let along = |axis: usize, i: usize| {
            let [low, high] = self.bounds[axis];
            low + (high - low) * (i as f32 + 0.5) / self.size[axis] as f32
        };
        [along(0, column), along(1, self.size[1] - 1 - row)]
    }

    /// The column and row of the cell that holds a place; none outside.
    pub fn cell_of(&self, p: [f32; 2]) -> Option<[usize; 2]> {
        let share = |axis: usize| (p[axis] - self.bounds[axis][0]) / (self.bounds[axis][1] - self.bounds[axis][0]);
        let shares = [share(0), 1.0 - share(1)];
        let is_inside = shares.iter().all(|share| (0.0..=1.0).contains(share));
        is_inside.then(|| {
            [0, 1].map(|axis| ((shares[axis] * self.size[axis] as f32) as usize).min(self.size[axis] - 1))
        })
    }

    /// Width and height of a cell, in plot units.
    pub fn side(&self) -> [f32; 2] {
        [0, 1].map(|axis| (self.bounds[axis][1] - self.bounds[axis][0]) / self.size[axis] as f32)
    }

    /// Columns and rows of all cells, row by row from the top left.
    pub fn cells(&self) -> impl Iterator<Item = [usize; 2]> + use<> {
        let [columns, rows] = self.size;
        (0..rows).flat_map(move |row| (0..columns).map(move |column| [column, row]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_what_is_seen_and_stay_while_it_moves() {
        let seen = |x: f32| [[-3.1 + x, 2.9 + x], [-2.0, 2.2]];
        let lattice = Lattice::covering(seen(0.0), 0.3, 1000).unwrap();
        assert_eq!((lattice.side(), lattice.bounds), ([0.25, 0.25], [[-3.5, 3.0], [-2.0, 2.5]]));
        assert_eq!(lattice.size, [26, 18]);
        assert_eq!(Lattice::covering(seen(0.05), 0.3, 1000), Some(lattice), "less than a cell");
        let moved = Lattice::covering(seen(0.7), 0.3, 1000).unwrap();
        assert_eq!(moved.side(), lattice.side());
        let offset = (moved.bounds[0][0] - lattice.bounds[0][0]) / 0.25;
        assert_eq!(offset.fract(), 0.0, "cells stay where they are");
        assert!(Lattice::covering(seen(0.0), 0.01, 200).unwrap().cells().count() <= 200);
        assert_eq!(Lattice::covering([[0.0, f32::NAN], [0.0, 1.0]], 0.1, 9), None);
        assert_eq!(Lattice::covering([[0.0, 0.0], [0.0, 1.0]], 0.1, 9), None);
    }

    #[test]
    fn a_place_lies_in_the_cell_whose_middle_is_near() {
        let lattice = Lattice { bounds: [[-1.0, 3.0], [0.0, 2.0]], size: [4, 2] };
        for cell in lattice.cells() {
            assert_eq!(lattice.cell_of(lattice.middle(cell)), Some(cell));
        }
        assert_eq!(lattice.middle([0, 0]), [-0.5, 1.5], "from the top left");
        assert_eq!((lattice.cell_of([-1.0, 2.0]), lattice.cell_of([3.0, 0.0])), (Some([0, 0]), Some([3, 1])));
        assert_eq!((lattice.cell_of([3.1, 1.0]), lattice.cell_of([f32::NAN, 1.0])), (None, None));
    }
}
