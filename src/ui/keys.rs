//! Keys that act everywhere, and files that are dropped on the window.

use super::commands::{self, Command, LARGER, PLAY, QUIT, SMALLER, USUAL};
use super::context::Cx;
use crate::data::DataChoice;
use crate::session::{Action, EXTENSION, MODEL_ENDINGS, NewSlot, is_model_folder};
use eframe::egui::{Context, Ui};

/// Handles the keys no widget has taken. Runs after the widgets, so that those come first.
pub fn handle(ui: &Ui, cx: &mut Cx<'_>) {
    // A card over the window has the keyboard to itself, and so has who types.
    let is_taken = ui.ctx().text_edit_focused() || cx.window.files.is_open() || cx.window.palette.is_open();
    if is_taken {
        return take(&[&QUIT, &LARGER, &SMALLER, &USUAL], ui, cx);
    }
    take(&commands::ALL, ui, cx);
    play_key(ui, cx);
}

fn take(commands: &[&'static Command], ui: &Ui, cx: &mut Cx<'_>) {
    for command in commands::pressed(commands, ui.ctx(), cx.session) {
        command.run(ui, cx);
    }
}

/// Space plays or pauses the path when it is let go, unless it was held to pan or a focused control takes it.
fn play_key(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(keys) = PLAY.keys.first() else { return };
    let (is_down, was_let_go, has_button) =
        ui.input(|i| (i.key_down(keys.key), i.key_released(keys.key), i.pointer.any_down()));
    cx.window.space_pans |= is_down && has_button;
    if was_let_go {
        let pans = std::mem::take(&mut cx.window.space_pans);
        let focused = ui.memory(|memory| memory.focused());
        let is_free = focused.is_none_or(|id| cx.window.plane_ids.contains(&id));
        if !pans && is_free && PLAY.is_ready(cx.session) {
            PLAY.run(ui, cx);
        }
    }
}

/// What files dropped on the window ask for.
///
/// A model goes beside others where several are on screen, else in the place of the one.
pub fn dropped_files(ctx: &Context, is_compared: bool) -> Vec<Action> {
    let paths =
        ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect::<Vec<_>>());
    let action = |path: std::path::PathBuf| {
        let ends_as_model = |ending: &std::ffi::OsStr| MODEL_ENDINGS.iter().any(|own| ending == *own);
        let is_model = is_model_folder(&path) || path.extension().is_some_and(ends_as_model);
        if let Some(data) = DataChoice::at_path(path.clone()).filter(|_| !is_model) {
            Action::ChooseData(data)
        } else if is_model {
            if is_compared { Action::AddSlot(NewSlot::Model(path)) } else { Action::OpenModel(path) }
        } else if path.extension().is_some_and(|extension| extension == EXTENSION) {
            Action::OpenSession(path)
        } else {
            Action::Complain(
                format!(
                    "{} is neither a model (.safetensors, .pt), nor a session (.{EXTENSION}), nor a folder of pictures or idx files, nor a table (.csv)",
                    path.display()
                ),
                "Nothing was changed.".into(),
            )
        }
    };
    paths.into_iter().map(action).collect()
}
