//! Where numbers lie on screen, for figures of lines and points, and what is filled between two lines.

use eframe::egui::{Color32, Mesh, Pos2, Rect, pos2, vec2};

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

    /// The place nearest to `at` that lies so far inside, or in the middle where there is less room.
    pub fn inside(&self, at: Pos2, margin: f32) -> Pos2 {
        let room = self.rect.shrink2(vec2(
            margin.min(0.5 * self.rect.width().max(0.0)),
            margin.min(0.5 * self.rect.height().max(0.0)),
        ));
        if room.is_negative() { room.center() } else { room.clamp(at) }
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

    #[test]
    fn a_point_lies_where_it_is_found_again() {
        let rect = Rect::from_min_size(pos2(40.0, 20.0), vec2(300.0, 200.0));
        let frame = Frame { rect, x: [-2.0, 4.0], y: [10.0, 30.0] };
        assert_eq!((frame.at([-2.0, 10.0]), frame.at([4.0, 30.0])), (rect.left_bottom(), rect.right_top()));
        let [x, y] = frame.point(frame.at([1.5, 12.0]));
        assert!((x - 1.5).abs() < 1e-4 && (y - 12.0).abs() < 1e-4, "{x} {y}");
    }

    #[test]
    fn inside_is_somewhere_in_any_rectangle() {
        let within = |height: f32| {
            let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(10.0, height));
            Frame { rect, x: [0.0, 1.0], y: [0.0, 1.0] }.inside(pos2(20.0, 20.0), 2.0)
        };
        assert_eq!(within(10.0), pos2(8.0, 8.0));
        assert_eq!(within(0.5), pos2(8.0, 0.25));
        assert_eq!(within(-3.0), pos2(5.0, -1.5));
    }
}
