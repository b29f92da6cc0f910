//! Keys that act everywhere, and files that are dropped on the window.

use super::context::Cx;
use crate::data::DataChoice;
use crate::session::{Action, GridSettings, NextStep, Tool};
use crate::worker::Until;
use eframe::egui::{Context, Key, Modifiers, Theme, ThemePreference, Ui, ViewportCommand};

/// Handles the keys no widget has taken. Runs after the widgets, so that those come first.
pub fn handle(ui: &Ui, is_folded: bool, cx: &mut Cx<'_>) {
    let ctx = ui.ctx();
    let command = |key| ctx.input_mut(|i| i.consume_key(Modifiers::COMMAND, key));
    if command(Key::Q) {
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }
    if ctx.text_edit_focused() {
        return;
    }
    if ctx.input_mut(|i| i.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)) || command(Key::Y) {
        cx.send(Action::Redo);
    } else if command(Key::Z) {
        cx.send(Action::Undo);
    }
    let pressed = |key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::F1) {
        cx.window.help_open = !cx.window.help_open;
    }
    if pressed(Key::Escape) {
        back_out(cx);
    }
    for (key, tool) in [(Key::E, Tool::Explore), (Key::G, Tool::Grid)] {
        if pressed(key) {
            cx.send(Action::SetTool(tool));
        }
    }
    if pressed(Key::T) {
        cx.send(match cx.session.next_step() {
            NextStep::Pause => Action::Pause,
            NextStep::Train | NextStep::Continue => Action::Train(Until::End),
        });
    }
    if pressed(Key::F) {
        cx.window.fit_requested = true;
    }
    if pressed(Key::Num0) {
        cx.send(Action::ZeroZ);
    }
    if pressed(Key::R) && cx.session.capabilities().has_prior {
        cx.send(Action::SampleZ);
    }
    if pressed(Key::Backslash) {
        cx.window.learn_folded = Some(!is_folded);
    }
    let steps = cx.session.spec().grid.steps;
    if pressed(Key::Plus) || pressed(Key::Equals) {
        cx.send(Action::SetGridSteps((steps + 1).min(*GridSettings::STEPS.end())));
    }
    if pressed(Key::Minus) {
        cx.send(Action::SetGridSteps(steps.saturating_sub(1)));
    }
}

/// Esc: one step back from whatever is open.
fn back_out(cx: &mut Cx<'_>) {
    if cx.window.help_open {
        cx.window.help_open = false;
    } else if cx.session.is_loading() && cx.session.data().is_some() {
        cx.send(Action::CancelLoad);
    } else if cx.window.learn_over {
        cx.window.learn_over = false;
    } else if cx.session.spec().tool == Tool::Grid {
        let has_grid = cx.session.spec().grid.rect.is_some();
        cx.send(if has_grid { Action::SetGrid(None) } else { Action::SetTool(Tool::Explore) });
    }
}

/// What files dropped on the window ask for.
pub fn dropped_files(ctx: &Context) -> Vec<Action> {
    let paths =
        ctx.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect::<Vec<_>>());
    let action = |path: std::path::PathBuf| {
        if path.is_dir() {
            Action::ChooseData(DataChoice::Folder(path))
        } else if path.extension().is_some_and(|extension| extension == "safetensors") {
            Action::OpenModel(path)
        } else {
            Action::Complain(
                format!("{} is neither a model (.safetensors) nor a folder of idx files", path.display()),
                "Nothing was changed.".into(),
            )
        }
    };
    paths.into_iter().map(action).collect()
}

/// Turns dark to light and back.
pub fn toggle_theme(ctx: &Context) {
    ctx.set_theme(match ctx.theme() {
        Theme::Dark => ThemePreference::Light,
        Theme::Light => ThemePreference::Dark,
    });
}
