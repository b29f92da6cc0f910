//! Which columns the data are drawn by: words where there is no choice, lists where there is.

use super::super::axes::patch_text;
use super::super::{CONTROLS, View, shield};
use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::widgets::{Combo, Item, help};
use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

/// Size of a list.
const SIZE: [f32; 2] = [124.0, 24.0];

/// Draws the names of the columns.
pub fn names(ui: &mut Ui, view: &View, columns: [usize; 2], cx: &mut Cx<'_>) {
    let Some(data) = cx.session.data() else { return };
    let Ok(names) = data.train.kind().drawable_columns() else { return };
    let (rect, size) = (view.rect, vec2(SIZE[0], SIZE[1]));
    let is_line = columns[0] == columns[1];
    if names.len() == 1 {
        let at = pos2(rect.right() - 16.0, rect.bottom() - 12.0);
        return patch_text(ui.painter(), at, Align2::RIGHT_CENTER, &format!("{} →", names[0]), &cx.theme);
    }
    let places = [
        Rect::from_min_size(rect.right_bottom() - vec2(8.0, 8.0) - size, size),
        Rect::from_min_size(rect.left_top() + vec2(8.0, 8.0), size),
    ];
    for (axis, place) in places.into_iter().enumerate() {
        let title = |(column, name): (usize, &String)| match axis {
            1 if column == columns[0] => format!("{name} alone"),
            _ => name.clone(),
        };
        let titles: Vec<String> = names.iter().enumerate().map(title).collect();
        let items: Vec<Item<'_>> = titles.iter().map(|title| Item::new(title)).collect();
        let mut chosen = columns[axis];
        let name = if axis == 0 { "Column across" } else { "Column up" };
        shield(ui, place, CONTROLS[axis]);
        let combo = ui.put(place, Combo::new(name, &items, &mut chosen).width(size.x));
        let sentence = match (axis, is_line) {
            (0, _) => "Which column of the data is drawn along this axis.",
            (_, false) => "Which column runs upwards; the one that runs across is drawn alone, as curves.",
            (_, true) => "Choose another column to draw both as a plane.",
        };
        if help(combo, name, sentence, None).changed() {
            cx.send(Action::SetColumn(axis, chosen));
        }
    }
}
