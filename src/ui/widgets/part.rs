//! A part of a panel whose controls stay themselves, whatever is drawn before it.

use eframe::egui::scroll_area::ScrollBarVisibility;
use eframe::egui::{Align, AsIdSalt, InnerResponse, Layout, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

/// A child of `ui`, placed as `builder` says, under an identity that `name` gives within `ui`: see [`part`].
pub fn child(ui: &mut Ui, name: impl AsIdSalt, builder: UiBuilder) -> Ui {
    let id = ui.make_persistent_id(name);
    ui.new_child(builder.scope_id(id))
}

/// Shows what `add` shows under an identity that `name` gives within `ui`.
///
/// egui numbers buttons and tiles from the top. Without a part of their own those below an answer that comes
/// late would be others than before, and a click would be lost that was pressed before it and released after.
pub fn part<R>(ui: &mut Ui, name: impl AsIdSalt, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let id = ui.make_persistent_id(name);
    ui.scope_builder(UiBuilder::new().scope_id(id), add)
}

/// Shows what `add` shows in a place, clipped to it; where that is lower than `least` points it is scrolled,
/// and `add` is given a place of that height.
pub fn low(ui: &mut Ui, name: impl AsIdSalt, place: Rect, least: f32, add: impl FnOnce(&mut Ui, Rect)) {
    let mut inside = child(ui, name, UiBuilder::new().max_rect(place));
    inside.set_clip_rect(place.intersect(ui.clip_rect()));
    if place.height() >= least {
        return add(&mut inside, place);
    }
    ScrollArea::vertical().auto_shrink(false).show(&mut inside, |ui| {
        let (whole, _) = ui.allocate_exact_size(vec2(place.width(), least), Sense::hover());
        add(ui, whole);
    });
}

/// Shows what `add` shows in a row as high as `place`; where it is wider than that it is scrolled.
pub fn narrow(ui: &mut Ui, name: impl AsIdSalt, place: Rect, add: impl FnOnce(&mut Ui)) {
    let mut inside = child(ui, name, UiBuilder::new().max_rect(place));
    inside.style_mut().always_scroll_the_only_direction = true;
    let bar = ScrollBarVisibility::AlwaysHidden;
    ScrollArea::horizontal().auto_shrink(false).scroll_bar_visibility(bar).show(&mut inside, |ui| {
        ui.set_height(place.height());
        ui.with_layout(Layout::left_to_right(Align::Center), add);
    });
}

/// A row of controls as high as `place`: what `end` shows stands at its right end, and what `rest` shows is
/// scrolled where there is no room for it beside that. In a place narrower than `least` all of it is
/// scrolled, and `end`, which lays out from right to left where it stands at the end, from left to right.
pub fn ended<C>(
    ui: &mut Ui,
    name: impl AsIdSalt + Copy,
    (place, least): (Rect, f32),
    context: &mut C,
    rest: impl FnOnce(&mut Ui, &mut C),
    end: impl FnOnce(&mut Ui, &mut C),
) {
    const SPACE: f32 = 6.0;
    if place.width() < least {
        return narrow(ui, name, place, |ui| {
            ui.spacing_mut().item_spacing.x = SPACE;
            rest(ui, context);
            end(ui, context);
        });
    }
    let layout = Layout::right_to_left(Align::Center);
    let mut right = child(ui, ("end", name), UiBuilder::new().max_rect(place).layout(layout));
    right.spacing_mut().item_spacing.x = SPACE;
    end(&mut right, context);
    let left = Rect::from_min_max(place.min, pos2(right.min_rect().left() - 2.0 * SPACE, place.bottom()));
    narrow(ui, name, left, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        rest(ui, context);
    });
}
