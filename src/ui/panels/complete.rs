//! A sheet over a picture: pulled down it gives rows, and the rest appears pixel by pixel as the model draws
//! it.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::picture::sheet::{nats_heat, sheet};
use crate::session::{Action, Completion, Sheet};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::ui::widgets::{Button, fold, help, number, part};
use eframe::egui::{
    Color32, CursorIcon, Image, Key, Label, Rect, Response, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

/// Rows that buttons give.
const ROWS: [usize; 3] = [0, 5, 10];
/// Seconds in which a whole picture appears.
const SECS: f64 = 2.0;

/// The panel.
#[derive(Default)]
pub struct CompletePanel {
    /// Which ending appears, and when it began to.
    since: Option<(u64, f64)>,
}

impl Panel for CompletePanel {
    fn id(&self) -> &'static str {
        "complete"
    }

    fn title(&self) -> &'static str {
        "Complete"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.completes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let completion = cx.session.spec().completion;
        let note = cx.session.sheet().map(|(_, sheet)| {
            let nats = sheet.ending.nats.iter().sum::<f64>();
            format!("{} nats", number::fixed(nats, 1))
        });
        let mut is_open = completion.is_some();
        let head = fold(ui, self.title(), note.as_deref().unwrap_or_default(), &mut is_open);
        let sentence = "What is above the edge is given, the rest is drawn pixel by pixel, each with its probability given those before it. At right −ln p of the whole sample, exactly.";
        if help(head, self.title(), sentence, Some("ln p(x) = Σ ln p(xᵢ | x before i)")).changed() {
            cx.send(Action::Complete(is_open.then(Completion::default)));
        }
        let (Some(completion), Some(n_rows)) = (completion, cx.session.n_rows_to_complete()) else { return };
        let completion = Completion { rows: completion.rows.min(n_rows), ..completion };
        let side = ui.available_width();
        match cx.session.sheet() {
            Some((stamp, sheet)) => self.pictures(ui, (stamp, sheet), (completion, n_rows), cx),
            None => {
                ui.allocate_exact_size(vec2(side, side), Sense::hover());
            }
        }
        ui.add_space(4.0);
        part(ui, "complete buttons", |ui| buttons(ui, (completion, n_rows), cx));
        samples(ui, cx);
    }
}

impl CompletePanel {
    /// How many of the drawn pixels have appeared by now.
    fn n_shown(&mut self, ui: &Ui, stamp: u64, sheet: &Sheet) -> usize {
        let now = ui.input(|i| i.time);
        if self.since.is_none_or(|(of, _)| of != stamp) {
            self.since = Some((stamp, now));
        }
        let began = self.since.map_or(now, |(_, began)| began);
        let per_second = sheet.ending.placed.len() as f64 / SECS;
        let (n, all) = (((now - began) * per_second) as usize, sheet.ending.n_drawn());
        if n < all {
            ui.ctx().request_repaint();
        }
        n.min(all)
    }

    fn pictures(
        &mut self,
        ui: &mut Ui,
        (stamp, found): (u64, &Sheet),
        (completion, n_rows): (Completion, usize),
        cx: &mut Cx<'_>,
    ) {
        let n = self.n_shown(ui, stamp, found);
        let (placed, most) = (&found.ending.placed, found.hottest);
        let [ground, accent] = [cx.theme.plane, cx.theme.accent].map(rgb);
        // What a row of pixels looks like is a curve, which has no pixels to take one by one.
        let has_pixels = [found.pixels.height, found.pixels.width] == found.sides;
        let key = (stamp << 20 | n as u64) << 1 | u64::from(cx.theme.is_dark);
        let texture = cx.textures.get(ui.ctx(), "sheet", key, || {
            let whole = || found.pixels.clone();
            color_image(&if has_pixels { sheet(&found.pixels, placed, n, ground) } else { whole() })
        });
        let width = ui.available_width();
        let size = texture.size_vec2() * (width / texture.size_vec2().x.max(1.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        Image::new(&texture).paint_at(ui, rect);
        edge(ui, rect, response, (completion, n_rows), cx);
        said(ui, &found.ending, cx);
        if !has_pixels {
            return;
        }
        let texture = cx.textures.get(ui.ctx(), "sheet heat", key, || {
            color_image(&nats_heat(&found.pixels, placed, n, most, [ground, accent]))
        });
        ui.add_space(4.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        Image::new(&texture).paint_at(ui, rect);
        let name = format!("Nats a pixel, up to {}", number::fixed(most, 2));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        let sentence = "How improbable each pixel is, given those before it: bright ones came as a surprise.";
        help(response, "Nats a pixel", sentence, Some("−ln p(xᵢ | x before i)"));
        let text = RichText::new(name).font(theme::small()).color(cx.theme.faint);
        ui.add(Label::new(text).truncate());
    }
}

/// The edge of the sheet, to be dragged, or moved by the arrow keys.
fn edge(ui: &Ui, rect: Rect, response: Response, (completion, n_rows): (Completion, usize), cx: &mut Cx<'_>) {
    let y = rect.top() + rect.height() * completion.rows as f32 / n_rows.max(1) as f32;
    let colour =
        if response.hovered() || response.has_focus() { cx.theme.accent_hovered } else { cx.theme.accent };
    ui.painter().hline(rect.x_range(), y, Stroke::new(1.5, colour));
    let knob = Rect::from_center_size(pos2(rect.center().x, y), vec2(24.0, 6.0));
    ui.painter().rect_filled(knob, 3, colour);
    let name = format!("Sheet: {} of {n_rows} rows given", completion.rows);
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &name));
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    let mut rows = completion.rows;
    if let Some(at) = response.interact_pointer_pos() {
        let share = (at.y - rect.top()) / rect.height().max(1.0);
        rows = (share * n_rows as f32).round().max(0.0) as usize;
    }
    if response.has_focus() {
        let filter = eframe::egui::EventFilter { vertical_arrows: true, ..Default::default() };
        ui.ctx().memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key: Key| ui.input(|i| i.key_pressed(key));
        rows += usize::from(pressed(Key::ArrowDown));
        rows = rows.saturating_sub(usize::from(pressed(Key::ArrowUp)));
    }
    let rows = rows.min(n_rows);
    if rows != completion.rows {
        cx.send(Action::Complete(Some(Completion { rows, ..completion })));
    }
    let sentence = "Drag the edge: rows above it are given. Arrow keys move it by a row.";
    help(response.on_hover_cursor(CursorIcon::ResizeVertical), "Sheet", sentence, None);
}

/// What was drawn, in nats beside those of the true ending.
fn said(ui: &mut Ui, ending: &crate::session::Ending, cx: &Cx<'_>) {
    let nats = |nats: f64| number::fixed(nats, 1);
    let text = format!("drawn {}, true ending {} nats", nats(ending.drawn_nats()), nats(ending.true_nats()));
    let line = Label::new(RichText::new(text).font(theme::small()).color(cx.theme.faint)).truncate();
    let sentence =
        "How improbable the ending is that was drawn, and the one that the sample has, both given the same rows.";
    help(ui.add(line), "Nats of the endings", sentence, Some("−Σ ln p(xᵢ | x before i)"));
}

/// Rows that are given, and another ending.
fn buttons(ui: &mut Ui, (completion, n_rows): (Completion, usize), cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for rows in ROWS.into_iter().filter(|&rows| rows <= n_rows) {
            let (text, name) = (format!("{rows}"), format!("{rows} rows given"));
            let button = Button::new(&text).name(&name).primary(false);
            let sentence = "Gives so many rows of the sample and draws the rest.";
            if help(ui.add(button), &name, sentence, None).clicked() {
                cx.send(Action::Complete(Some(Completion { rows, ..completion })));
            }
        }
        let again = ui.add(Button::new("Again").name("Another ending"));
        let sentence = "Draws another ending to the same rows.";
        if help(again, "Again", sentence, None).clicked() {
            let seed = completion.seed.wrapping_add(1);
            cx.send(Action::Complete(Some(Completion { seed, ..completion })));
        }
    });
}

/// The way to other samples: a model without codes has none on a plane to be picked.
fn samples(ui: &mut Ui, cx: &mut Cx<'_>) {
    let n = cx.session.data().map_or(0, |data| data.train.n_samples() as u32);
    let sample = cx.session.completed_sample();
    ui.horizontal(|ui| {
        let text = format!("sample {}", number::count(u64::from(sample)));
        ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
        let before = Button::new("Before").name("Sample before").quiet(true);
        if ui.add_enabled(sample > 0, before).clicked() {
            cx.send(Action::Pick(Some(sample - 1)));
        }
        let next = Button::new("Next").name("Next sample").quiet(true);
        if ui.add_enabled(sample + 1 < n, next).clicked() {
            cx.send(Action::Pick(Some(sample + 1)));
        }
    });
}

fn rgb(colour: Color32) -> [u8; 3] {
    let [r, g, b, _] = colour.to_array();
    [r, g, b]
}
