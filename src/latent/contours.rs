//! Lines of equal height on a lattice, by marching squares (Lorensen and Cline 1987, in two dimensions).

use super::heat::Heat;

/// A piece of a line, in plot coordinates.
pub type Piece = [[f32; 2]; 2];

/// The pieces of the line where a heat is `level`: straight within each square between four neighbouring
/// cells. Where a square has two opposite corners above, its middle decides which are joined.
pub fn contour(heat: &Heat, level: f32) -> Vec<Piece> {
    let [columns, rows] = heat.lattice.size;
    let mut pieces = Vec::new();
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns.saturating_sub(1) {
            let corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
            square(heat, corners, level, &mut pieces);
        }
    }
    pieces
}

fn square(heat: &Heat, corners: [[usize; 2]; 4], level: f32, pieces: &mut Vec<Piece>) {
    let values = corners.map(|[column, row]| heat.values[row * heat.lattice.size[0] + column]);
    let is_above = values.map(|value| value > level);
    // Where the line crosses the edges, in their order around the square.
    let mut crossings = [[0.0; 2]; 4];
    let mut n = 0;
    for edge in 0..4 {
        let (a, b) = (edge, (edge + 1) % 4);
        if is_above[a] != is_above[b] {
            let t = (level - values[a]) / (values[b] - values[a]);
            let (from, to) = (heat.lattice.middle(corners[a]), heat.lattice.middle(corners[b]));
            crossings[n] = [0, 1].map(|axis| from[axis] + t * (to[axis] - from[axis]));
            n += 1;
        }
    }
    let [first, second, third, fourth] = crossings;
    match n {
        2 => pieces.push([first, second]),
        4 => {
            let is_middle_above = values.iter().sum::<f32>() / 4.0 > level;
            // The first crossing lies between the first two corners.
            if is_middle_above == is_above[0] {
                pieces.extend([[first, second], [third, fourth]]);
            } else {
                pieces.extend([[fourth, first], [second, third]]);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::lattice::Lattice;

    fn heat(size: [usize; 2], value: impl Fn([f32; 2]) -> f32) -> Heat {
        let lattice = Lattice { bounds: [[-2.0, 2.0], [-2.0, 2.0]], size };
        Heat { lattice, values: lattice.cells().map(|cell| value(lattice.middle(cell))).collect(), top: 1.0 }
    }

    #[test]
    fn the_line_of_a_cone_is_a_circle() {
        let pieces = contour(&heat([80, 80], |[x, y]| 2.0 - x.hypot(y)), 1.0);
        assert!(pieces.len() > 100);
        let length: f32 = pieces.iter().map(|[a, b]| (a[0] - b[0]).hypot(a[1] - b[1])).sum();
        assert!((length / std::f32::consts::TAU - 1.0).abs() < 0.01, "{length}");
        assert!(pieces.as_flattened().iter().all(|[x, y]| (x.hypot(*y) - 1.0).abs() < 1e-2));
    }

    #[test]
    fn two_hills_that_meet_at_a_corner_are_joined_over_a_pass_and_parted_in_a_valley() {
        let saddle = |middle: f32| {
            // Opposite corners are high; what the other two are decides how high the middle is.
            contour(&heat([2, 2], |[x, y]| if x * y > 0.0 { 1.0 } else { middle }), 0.5)
        };
        let around_corner = |pieces: &[Piece], corner: [f32; 2]| {
            let near =
                |[a, b]: &&Piece| [a, b].iter().all(|p| (p[0] - corner[0]).abs() + (p[1] - corner[1]).abs() < 2.0);
            pieces.iter().filter(near).count()
        };
        let (pass, valley) = (saddle(0.3), saddle(-0.3));
        assert_eq!((pass.len(), valley.len()), (2, 2));
        assert_eq!([[1.0, 1.0], [-1.0, -1.0]].map(|at| around_corner(&valley, at)), [1, 1], "each hill alone");
        assert_eq!([[-1.0, 1.0], [1.0, -1.0]].map(|at| around_corner(&pass, at)), [1, 1], "each valley alone");
    }
}
