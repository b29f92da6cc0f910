//! Keys that act everywhere, and files that are dropped on the window.

use super::context::Cx;
use super::files::Purpose;
use super::panels::path::toggle_play;
use crate::data::DataChoice;
use crate::session::{Action, Layer, NextStep, Tool};
use crate::worker::Until;
use eframe::egui::{Context, Key, Modifiers, Theme, ThemePreference, Ui, ViewportCommand};

/// Handles the keys no widget has taken. Runs after the widgets, so that those come first.
pub fn handle(ui: &Ui, is_folded: bool, cx: &mut Cx<'_>) {
    let ctx = ui.ctx();
    let command = |key| ctx.input_mut(|i| i.consume_key(Modifiers::COMMAND, key));
    if command(Key::Q) {
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }
    // A card over the window has the keyboard to itself.
    if ctx.text_edit_focused() || cx.window.files.is_open() {
        return;
    }
    if ctx.input_mut(|i| i.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)) || command(Key::Y) {
        cx.send(Action::Redo);
    } else if command(Key::Z) {
        cx.send(Action::Undo);
    }
    file_keys(ui, cx);
    play_key(ui, cx);
    if ctx.input_mut(|i| i.consume_key(Modifiers::SHIFT, Key::L)) {
        step_label(cx, cx.session.n_labels().saturating_sub(1));
    }
    let pressed = |key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::L) {
        step_label(cx, 1);
    }
    for ((layer, _), key) in Layer::ALL.into_iter().zip([Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5]) {
        if pressed(key) && cx.session.offers(layer) {
            cx.send(Action::ToggleLayer(layer));
        }
    }
    if pressed(Key::F11) {
        let is_full = ctx.input(|i| i.viewport().fullscreen.unwrap_or(false));
        ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
    }
    if cx.session.spec().tool == Tool::Path {
        for (end, key) in [Key::A, Key::B].into_iter().enumerate() {
            if pressed(key) {
                cx.window.set_end[end] = true;
                ctx.request_repaint();
            }
        }
    }
    if pressed(Key::F1) {
        cx.window.help_open = !cx.window.help_open;
    }
    if pressed(Key::Escape) && !cx.window.popup_was_open {
        back_out(cx);
    }
    for (key, tool) in [(Key::E, Tool::Explore), (Key::P, Tool::Path), (Key::G, Tool::Grid)] {
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
    let by = if pressed(Key::Plus) || pressed(Key::Equals) {
        1
    } else if pressed(Key::Minus) {
        -1
    } else {
        return;
    };
    let spec = cx.session.spec();
    cx.send(match spec.tool {
        Tool::Path => Action::SetPathSteps(spec.path.steps.saturating_add_signed(by)),
        Tool::Explore | Tool::Grid => Action::SetGridSteps(spec.grid.steps.saturating_add_signed(by)),
    });
}

/// Ctrl O, Ctrl S, Ctrl Shift S, Ctrl E.
fn file_keys(ui: &Ui, cx: &mut Cx<'_>) {
    let pressed = |modifiers, key| ui.input_mut(|i| i.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::S) {
        cx.window.files.open(Purpose::Save, cx.session);
    } else if pressed(Modifiers::COMMAND, Key::S) {
        match cx.session.save_target() {
            Some(_) => cx.send(Action::SaveModel(None)),
            None => cx.window.files.open(Purpose::Save, cx.session),
        }
    }
    for (key, purpose) in [(Key::O, Purpose::Open), (Key::E, Purpose::Export)] {
        if pressed(Modifiers::COMMAND, key) {
            cx.window.files.open(purpose, cx.session);
        }
    }
}

/// Space plays or pauses the path when it is let go, unless it was held to pan or a focused control takes it.
fn play_key(ui: &Ui, cx: &mut Cx<'_>) {
    let (is_down, was_let_go, has_button) =
        ui.input(|i| (i.key_down(Key::Space), i.key_released(Key::Space), i.pointer.any_down()));
    cx.window.space_pans |= is_down && has_button;
    if was_let_go {
        let pans = std::mem::take(&mut cx.window.space_pans);
        let focused = ui.memory(|memory| memory.focused());
        let is_whole = cx.session.spec().path.ends.iter().all(Option::is_some);
        if !pans
            && is_whole
            && cx.session.spec().tool == Tool::Path
            && focused.is_none_or(|id| Some(id) == cx.window.plane_id)
        {
            toggle_play(ui, cx);
        }
    }
}

fn step_label(cx: &mut Cx<'_>, by: usize) {
    let n = cx.session.n_labels();
    if n > 0 {
        cx.send(Action::SetLabel((cx.session.spec().label + by) % n));
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
    } else if cx.session.spec().tool == Tool::Path {
        let ends = &cx.session.spec().path.ends;
        let last = ends.iter().rposition(Option::is_some);
        cx.window.playing = None;
        cx.send(last.map_or(Action::SetTool(Tool::Explore), |end| Action::SetEnd(end, None)));
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
