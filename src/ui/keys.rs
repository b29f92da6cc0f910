//! Keys that act everywhere, and files that are dropped on the window.

use super::commands::{self, Command, LARGER, PLAY, QUIT, SMALLER, USUAL};
use super::context::Cx;
use crate::session::Action;
use eframe::egui::{Context, Ui};

/// Handles the keys no widget has taken. Runs after the widgets, so that those come first.
pub fn handle(ui: &Ui, cx: &mut Cx<'_>) {
    // A card over the window has the keyboard to itself, and so has who types.
    if ui.ctx().text_edit_focused() || cx.window.has_modal {
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

/// The files that were dropped on the window.
pub fn dropped_files(ctx: &Context) -> Vec<Action> {
    ctx.input(|i| i.raw.dropped_files.iter().map(|file| Action::Drop(file.path().to_path_buf())).collect())
}
