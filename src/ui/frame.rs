//! Where numbers lie on screen, for figures of lines and points, and what is filled between two lines.

use eframe::egui::{Color32, Mesh, Pos2, Rect, pos2};

/// A rectangle of the screen, and the numbers at its edges.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The rectangle.
    pub rect: Rect,
    /// The numbers at its left and its right.
    pub x: [f64; 2],
    /// The numbers at its foot and its top.
    pub y: [f64; 2],
}

impl Frame {
    /// Where a point lies.
    pub fn at(&self, [x, y]: [f64; 2]) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        let (x, y) = (share(x, self.x), share(y, self.y));
        pos2(self.rect.left() + x * self.rect.width(), self.rect.bottom() - y * self.rect.height())
    }

    /// The point that lies there.
    pub fn point(&self, at: Pos2) -> [f64; 2] {
        let value = |share: f32, [low, high]: [f64; 2]| low + f64::from(share) * (high - low);
        [
            value((at.x - self.rect.left()) / self.rect.width().max(1.0), self.x),
            value((self.rect.bottom() - at.y) / self.rect.height().max(1.0), self.y),
        ]
    }
}

/// What lies between two lines that are walked along together.
pub fn band(pairs: impl IntoIterator<Item = [Pos2; 2]>, colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for (i, pair) in (0..).zip(pairs) {
        pair.into_iter().for_each(|at| mesh.colored_vertex(at, colour));
        if i > 0 {
            mesh.add_triangle(2 * i - 2, 2 * i - 1, 2 * i);
            mesh.add_triangle(2 * i - 1, 2 * i + 1, 2 * i);
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::vec2;

    #[test]
    fn a_point_lies_where_it_is_found_again() {
        let rect = Rect::from_min_size(pos2(40.0, 20.0), vec2(300.0, 200.0));
        let frame = Frame { rect, x: [-2.0, 4.0], y: [10.0, 30.0] };
        assert_eq!((frame.at([-2.0, 10.0]), frame.at([4.0, 30.0])), (rect.left_bottom(), rect.right_top()));
        let [x, y] = frame.point(frame.at([1.5, 12.0]));
        assert!((x - 1.5).abs() < 1e-4 && (y - 12.0).abs() < 1e-4, "{x} {y}");
    }
}
