//! The list of keys.

use super::context::Cx;
use super::theme;
use super::widgets::Button;
use eframe::egui::{Align2, Area, Id, Order, RichText, Ui, vec2};

const KEYS: &[(&str, &str)] = &[
    ("E P G", "tools: explore, path, grid"),
    ("T", "train, pause, continue"),
    ("Click", "keep the point under the pointer"),
    ("← ↑ → ↓", "move the kept point or the grid (Shift ×10, Ctrl ÷10)"),
    ("Enter", "keep what is under the reticle; with Grid: a square at the kept point"),
    ("0", "z to zero"),
    ("R", "sample z from the prior"),
    ("L, Shift L", "next and previous label"),
    ("A B", "set an end of the path at the pointer"),
    ("Space", "play the path"),
    ("F", "fit the plane; while training the view then follows"),
    ("+ −", "pictures along the path, or of the grid a side"),
    ("1 … 5", "layers of the plane"),
    ("Wheel", "zoom at the pointer"),
    ("Right drag, Space drag", "pan"),
    ("Shift, Ctrl while drawing", "square, from the centre"),
    ("Esc", "back out one step"),
    ("\\", "fold Learn"),
    ("Ctrl Z, Ctrl Shift Z", "undo, redo"),
    ("Ctrl O, Ctrl S, Ctrl E", "open, save, export"),
    ("Ctrl +, Ctrl −", "text size"),
    ("F11", "full screen"),
    ("Ctrl Q", "close the window"),
    ("F1", "help on the focused control, or this list"),
];

/// Draws the list over the window while it is open; a click elsewhere closes it, unless it is the one that opened it.
pub fn show(ui: &Ui, was_open: bool, cx: &mut Cx<'_>) {
    if !cx.window.help_open {
        return;
    }
    let area =
        Area::new(Id::unique("keys")).order(Order::Foreground).anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
    let response = area.show(ui.ctx(), |ui| {
        cx.theme.card(16).show(ui, |ui| {
            ui.label(RichText::new("Keys").font(theme::semibold(15.0)));
            ui.add_space(8.0);
            eframe::egui::Grid::new("keys grid").num_columns(2).spacing(vec2(24.0, 8.0)).show(ui, |ui| {
                for (key, what) in KEYS {
                    ui.label(RichText::new(*key).color(cx.theme.text));
                    ui.label(RichText::new(*what).color(cx.theme.weak));
                    ui.end_row();
                }
            });
            ui.add_space(4.0);
            if ui.add(Button::new("Show the hints again")).clicked() {
                cx.window.hints_done = Default::default();
            }
            ui.add_space(8.0);
            let about = concat!(
                "halfmoon ",
                env!("CARGO_PKG_VERSION"),
                " · losses: sum over pixels, mean over images, nats"
            );
            ui.label(RichText::new(about).font(theme::small()).color(cx.theme.faint));
        });
    });
    if was_open && response.response.clicked_elsewhere() {
        cx.window.help_open = false;
    }
}
