//! The columns at both sides: in their place, folded to a rail, or over the plane.

use super::context::Cx;
use super::layout::{Layout, PAD};
use super::panels::{self, Panel, Place};
use super::theme::Theme;
use super::widgets::{child, part};
use crate::session::Tool;
use eframe::egui::{self, Rect, Stroke, Ui, UiBuilder, vec2};

/// Learn in its place, or the rail, or Learn over the plane.
pub fn learn(ui: &mut Ui, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    if !cx.window.learn.is_folded {
        within(ui, "learn", layout.learn, |ui| column(ui, Place::Learn, layout, panels, cx));
        return;
    }
    // The click that opens it is elsewhere too, and so is one on a list over it, which is gone when that is
    // looked at.
    let was_open = cx.window.learn.is_over && !egui::Popup::is_any_open(ui.ctx());
    if !cx.window.presents {
        within(ui, "rail", layout.learn, |ui| panels::rail::learn(ui, cx));
    }
    if cx.window.learn.is_over {
        let draw = |ui: &mut Ui| column(ui, Place::Learn, layout, panels, cx);
        let response = over(ui, "learn", layout.learn_over, draw);
        if was_open && response.clicked_elsewhere() {
            cx.window.learn.is_over = false;
        }
    }
}

/// Decode, or the grid, in its place, or the rail, or over the plane, where it stays while the plane is used.
pub fn decode(ui: &mut Ui, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    let place = if cx.session.spec().tool == Tool::Grid { Place::Grid } else { Place::Decode };
    if !cx.window.decode.is_folded {
        within(ui, "decode", layout.decode, |ui| column(ui, place, layout, panels, cx));
        return;
    }
    if !cx.window.presents {
        within(ui, "decode rail", layout.decode, |ui| panels::rail::decode(ui, place, cx));
    }
    if cx.window.decode.is_over {
        over(ui, "decode", layout.decode_over, |ui| column(ui, place, layout, panels, cx));
    }
}

/// Draws a side panel over the plane.
fn over(ui: &Ui, id: &str, rect: Rect, add: impl FnOnce(&mut Ui)) -> egui::Response {
    let area = egui::Area::new(egui::Id::unique((id, "over"))).fixed_pos(rect.min);
    let shown = area.show(ui.ctx(), |ui| {
        // Only room that is taken counts as inside.
        ui.allocate_exact_size(rect.size(), egui::Sense::hover());
        let theme = Theme::of(ui);
        let line = Stroke::new(1.0, theme.hairline);
        ui.painter().rect(rect, 0, theme.panel, line, egui::StrokeKind::Inside);
        within(ui, id, rect, add);
    });
    shown.response
}

/// Draws inside a rectangle, clipped to it.
pub fn within<R>(ui: &mut Ui, id: &str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = child(ui, id, UiBuilder::new().max_rect(rect));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    add(&mut child)
}

/// The panels of one side, one under the other.
fn column(ui: &mut Ui, place: Place, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    let gap = if layout.is_low { 12.0 } else { 18.0 };
    // The margin lies inside the scrolled area, so that a scroll bar takes its room from it and focus rings
    // are not cut.
    let margin = egui::Frame::new().inner_margin(egui::Margin::symmetric(PAD as i8, 0));
    let scroll = egui::ScrollArea::vertical().id_salt("column").auto_shrink(false);
    let capabilities = cx.session.capabilities();
    let is_here = |panel: &dyn Panel| panel.place() == place && panel.is_available(&capabilities);
    // What stays in sight leaves no gap where there is none.
    ui.spacing_mut().item_spacing.y = 0.0;
    margin.show(ui, |ui| {
        // A panel without anything there takes no room.
        ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
        for panel in panels.iter_mut().filter(|panel| is_here(&***panel)) {
            part(ui, ("top", panel.id()), |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                panel.top(ui, layout, cx);
            });
        }
    });
    let panels = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        cx.window.column_top = ui.cursor().top();
        ui.add_space(PAD - 2.0);
        let mut before: Option<bool> = None;
        for panel in panels.iter_mut().filter(|panel| is_here(&***panel)) {
            if before.is_some_and(|folds| !(folds && panel.folds())) {
                ui.add_space(gap - 6.0);
            }
            before = Some(panel.folds());
            part(ui, panel.id(), |ui| panel.ui(ui, layout, cx));
        }
        ui.add_space(8.0);
    };
    scroll.show(ui, |ui| margin.show(ui, panels));
}
