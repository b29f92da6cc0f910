//! Rows of named numbers: a line a column, with a bar from the column's mean and the value in its own unit.

use super::images::row_of_tiles;
use super::{Drawn, MAX_ROWS, ROW};
use crate::picture::Numbers;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::{cut_text, number};
use eframe::egui::{Align2, Rect, TextureHandle, Ui, pos2, vec2};

/// Share of the width that names and bars take; values have the rest.
const NAMES: f32 = 0.42;
const BARS: f32 = 0.34;

impl Drawn for Numbers {
    fn height(&self, _side: f32) -> f32 {
        ROW * self.names.len().min(MAX_ROWS) as f32
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn large(&self, ui: &Ui, place: Rect, _tiles: &TextureHandle, theme: &Theme) {
        let n_rows = self.names.len().min(MAX_ROWS);
        for column in 0..n_rows {
            let row = Rect::from_min_size(place.min + vec2(0.0, column as f32 * ROW), vec2(place.width(), ROW));
            if column + 1 == MAX_ROWS && self.names.len() > MAX_ROWS {
                let rest = format!("and {} more", self.names.len() - column);
                ui.painter().text(row.left_center(), Align2::LEFT_CENTER, rest, theme::small(), theme.faint);
                return;
            }
            self.row(ui, row, column, theme);
        }
    }

    fn line(&self, i: usize) -> Option<String> {
        let x = self.x.row(i);
        let part = |(name, &x): (&String, &f32)| {
            let (name, unit) = name_and_unit(name);
            format!("{name} {}{unit}", significant(x))
        };
        Some(self.names.iter().zip(x).map(part).collect::<Vec<_>>().join(", "))
    }

    fn preview(&self, ui: &Ui, place: Rect, tiles: &TextureHandle, n: usize, _theme: &Theme) {
        row_of_tiles(ui, place, tiles, n);
    }
}

impl Numbers {
    fn row(&self, ui: &Ui, row: Rect, column: usize, theme: &Theme) {
        let (name, unit) = name_and_unit(&self.names[column]);
        let (middle, bars) = (row.center().y, row.left() + NAMES * row.width());
        let place = Rect::from_min_max(row.min, pos2(bars - 4.0, row.bottom()));
        cut_text(ui.painter(), place, name, theme::body(), theme.weak);
        let room = Rect::from_min_size(pos2(bars, middle - 4.0), vec2(BARS * row.width(), 8.0));
        ui.painter().rect_filled(room, 2, theme.field);
        let ([from, to], line) = self.bar(0, column).span();
        let at = |share: f32| room.left() + share * room.width();
        let bar = Rect::from_min_max(pos2(at(from), room.top()), pos2(at(to), room.bottom()));
        ui.painter().rect_filled(bar, 1, theme.track_filled);
        let line = at(line);
        ui.painter().vline(line, middle - 6.0..=middle + 6.0, eframe::egui::Stroke::new(1.0, theme.faint));
        let value = format!("{}{unit}", significant(self.x[[0, column]]));
        ui.painter().text(row.right_center(), Align2::RIGHT_CENTER, value, theme::body(), theme.text);
    }
}

/// A column's name without its unit, and the unit with a space before it, where the name ends in one: "length
/// (cm)".
fn name_and_unit(name: &str) -> (&str, String) {
    let parts = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    parts.map_or_else(|| (name, String::new()), |(name, unit)| (name, format!(" {unit}")))
}

/// A value with three significant digits, and all that stand before the point.
fn significant(x: f32) -> String {
    let x = f64::from(x);
    let digits = if x == 0.0 { 0 } else { x.abs().log10().floor() as i32 };
    if (-4..9).contains(&digits) {
        number::fixed(x, (2 - digits).clamp(0, 6) as usize)
    } else {
        format!("{x:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_three_digits_and_their_unit() {
        assert_eq!(name_and_unit("sepal length (cm)"), ("sepal length", " cm".into()));
        assert_eq!(name_and_unit("od280/od315"), ("od280/od315", String::new()));
        let written = [5.1, 13.456, 1065.0, 0.0, -0.1234, 0.00123, 1.0e12].map(significant);
        assert_eq!(written, ["5.10", "13.5", "1065", "0.00", "\u{2212}0.123", "0.00123", "1.00e12"]);
    }
}
