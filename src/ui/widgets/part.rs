//! A part of a panel whose controls stay themselves, whatever is drawn before it.

use eframe::egui::{AsIdSalt, InnerResponse, Ui, UiBuilder};

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
