//! The pill at the top of a plane.

use super::{select_tool, shield};
use crate::session::Tool;
use crate::ui::context::Cx;
use crate::ui::icons;
use crate::ui::widgets::{number, pill};
use crate::worker::TrainStatus;
use eframe::egui::{Pos2, Rect, Ui, pos2};

/// The live pill while training, else the tool's hint.
pub fn show(ui: &Ui, rect: Rect, cx: &mut Cx<'_>) {
    let top = pos2(rect.center().x, rect.top() + 12.0);
    if let Some(step) = cx.session.looked_back(cx.session.spec().active) {
        let how = if cx.session.is_back_aligned() { "turned onto now" } else { "as it was" };
        let text = format!("Step {}", number::count(step));
        return shield(ui, pill::live(ui, top, pill::Dot::Hollow, &text, how), "pill");
    }
    if let Some(status) = cx.session.status().copied().filter(|_| cx.session.is_running()) {
        return shield(ui, live_pill(ui, top, &status, cx), "pill");
    }
    if let Some(status) = cx.session.paused() {
        let text = format!("Paused at step {}", number::count(status.step));
        return shield(ui, pill::live(ui, top, pill::Dot::Hollow, &text, ""), "pill");
    }
    let spec = cx.session.spec();
    let (hint, icon, text) = match (spec.tool, spec.grid.rect) {
        // Where there are neither codes nor samples to point at, the plane itself says so.
        _ if cx.session.model().is_none()
            || cx.session.latent_dim() == 0 && cx.session.data_columns().is_none() =>
        {
            return;
        }
        (Tool::Select, _) if cx.session.data_columns().is_some() => {
            (select_tool::HINT, icons::LASSO, "Draw around samples. Shift adds, Ctrl takes away.".into())
        }
        _ if cx.session.data_columns().is_some() => {
            (0, icons::CROSSHAIR_SIMPLE, "The data themselves: point at a sample, click to pick it.".into())
        }
        (Tool::Explore, _) if cx.session.latent_dim() > 2 && cx.window.hints_done[0] >= 2 => {
            let n_others = cx.session.latent_dim() - 2;
            (
                3,
                icons::SLIDERS_HORIZONTAL,
                format!("Bright codes lie near the other {n_others} values; faint ones far from them."),
            )
        }
        (Tool::Explore, _) if cx.session.n_labels() > 0 && cx.window.hints_done[7] < 2 => {
            (7, icons::TAG, "The label is given, so the plane holds only style.".to_string())
        }
        (Tool::Explore, _) if !cx.session.capabilities().decodes => (
            0,
            icons::CROSSHAIR_SIMPLE,
            "Point at a code: its name and its neighbours appear. Click to pick it.".to_string(),
        ),
        (Tool::Explore, _) => (
            0,
            icons::CROSSHAIR_SIMPLE,
            "Move over the plane: the decoder answers. Click to keep a point.".to_string(),
        ),
        (Tool::Path, _) => match cx.session.spec().path.ends.iter().position(Option::is_none) {
            Some(0) => (4, icons::PATH, "Click where the path starts.".into()),
            Some(_) => (5, icons::PATH, "Click where it ends.".into()),
            None => (6, icons::PATH, "Drag A or B, or click a third point to start anew. Space plays.".into()),
        },
        (Tool::Select, _) => {
            (select_tool::HINT, icons::LASSO, "Draw around codes. Shift adds, Ctrl takes away.".into())
        }
        (Tool::Grid, None) => (1, icons::GRID_FOUR, "Drag a rectangle: it fills with decoded pictures.".into()),
        (Tool::Grid, Some(_)) => {
            (2, icons::GRID_FOUR, "Drag to move, handles to resize. Drag elsewhere for a new grid.".into())
        }
    };
    let fits = rect.width() > 440.0;
    if cx.window.hints_done[hint] < 2 && fits {
        let width = rect.width() - 24.0;
        let ground = pill::hint_place(ui, top, width, &text);
        shield(ui, ground, "pill");
        if pill::hint(ui, top, width, icon, &text, 1.0) {
            cx.window.hints_done[hint] = 2;
        }
    }
}

fn live_pill(ui: &Ui, top: Pos2, status: &TrainStatus, cx: &Cx<'_>) -> Rect {
    // One breath takes 1.6 s; snapshots repaint ten times a second, which is enough for it.
    let phase = cx.window.start.elapsed().as_secs_f32() / 1.6 * std::f32::consts::TAU;
    let alpha = 0.75 + 0.25 * phase.sin();
    let epochs = status.last_step.div_ceil(status.steps_per_epoch);
    let epoch = (status.step / status.steps_per_epoch + 1).min(epochs);
    let rest = format!("epoch {epoch} of {epochs}   {} left", number::time_left(status.secs_left()));
    pill::live(ui, top, pill::Dot::Breathing(alpha), "Live", &rest)
}
