//! A sheet over a picture: what is above its edge is given, and the rest appears pixel by pixel as the model
//! draws it; beside it, how improbable each pixel was.

use crate::picture::sheet::{nats_heat, sheet};
use crate::session::{Action, Completion, Ending, Sheet};
use crate::ui::context::Cx;
use crate::ui::textures::color_image;
use crate::ui::theme;
use crate::ui::widgets::{help, number};
use eframe::egui::{
    CursorIcon, EventFilter, Image, Key, Label, Rect, Response, RichText, Role, Sense, Stroke, Ui, UiBuilder,
    Vec2, WidgetInfo, pos2, vec2,
};

/// Seconds in which a whole picture appears.
const SECS: f64 = 2.0;
/// Around pictures, between them, and for the words below each.
const MARGIN: f32 = 32.0;
const WORDS: f32 = 24.0;

/// The sheet, and how far its picture has appeared.
#[derive(Default)]
pub struct SheetView {
    /// Which ending appears, and when it began to.
    since: Option<(u64, f64)>,
}

/// What is drawn in a frame.
struct Drawing<'a> {
    found: &'a Sheet,
    completion: Completion,
    n_rows: usize,
    /// Drawn pixels that have appeared.
    n: usize,
    /// Tells this picture from others.
    key: u64,
}

impl SheetView {
    /// The sheet and its nats, as large as they can be in `rect`; false where no ending is there.
    pub fn show(&mut self, ui: &mut Ui, rect: Rect, cx: &mut Cx<'_>) -> bool {
        let Some(drawing) = self.drawing(ui, cx) else { return false };
        let places = drawing.places(rect, ui.pixels_per_point());
        for (i, place) in places.into_iter().enumerate() {
            let of = UiBuilder::new().id_salt(("sheet", i)).max_rect(place);
            ui.scope_builder(of, |ui| {
                let size = place.size() - vec2(0.0, WORDS);
                if i == 0 { drawing.sheet(ui, size, cx) } else { drawing.heat(ui, size, cx) }
            });
        }
        true
    }

    fn drawing<'a>(&mut self, ui: &Ui, cx: &Cx<'a>) -> Option<Drawing<'a>> {
        let (stamp, found) = cx.session.sheet()?;
        let (completion, n_rows) = cx.session.completion()?;
        // Endings that come and go while the model learns are there at once: no time would be left to see one.
        // A curve has no pixels to appear one by one.
        let is_whole = cx.session.runs(cx.session.spec().active) || !has_pixels(found);
        let n = if is_whole { found.ending.n_drawn() } else { self.n_shown(ui, stamp, found) };
        let key = (stamp << 20 | n as u64) << 1 | u64::from(cx.theme.is_dark);
        Some(Drawing { found, completion, n_rows, n, key })
    }

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
}

/// Whether there are pixels to take one by one: a row of numbers looks like a curve.
fn has_pixels(found: &Sheet) -> bool {
    [found.pixels.height, found.pixels.width] == found.sides
}

impl Drawing<'_> {
    /// The size of a picture of this width.
    fn size(&self, width: f32) -> Vec2 {
        let pixels = &self.found.pixels;
        vec2(width, width * pixels.height as f32 / pixels.width.max(1) as f32)
    }

    /// Where pictures lie, with words below each: beside or below one another, as they are largest, and all
    /// pixels of one size.
    fn places(&self, rect: Rect, pixels_per_point: f32) -> Vec<Rect> {
        let [_, shape] = self.size(1.0).into();
        let fitting = |columns: f32, rows: f32| {
            let width = (rect.width() - MARGIN * (columns + 1.0)) / columns;
            let height = (rect.height() - (MARGIN + WORDS) * rows - MARGIN) / rows;
            width.min(height / shape).max(1.0)
        };
        let n = if has_pixels(self.found) { 2 } else { 1 };
        let (beside, below) = (fitting(n as f32, 1.0), fitting(1.0, n as f32));
        let unit = self.found.pixels.width.max(1) as f32 / pixels_per_point;
        let widest = beside.max(below);
        let size = self.size(if widest > unit { (widest / unit).floor() * unit } else { widest });
        let step = if beside >= below { vec2(size.x + MARGIN, 0.0) } else { vec2(0.0, size.y + WORDS + MARGIN) };
        let size = size + vec2(0.0, WORDS);
        let first = rect.center() - 0.5 * (size + (n - 1) as f32 * step);
        (0..n).map(|i| Rect::from_min_size(first + i as f32 * step, size)).collect()
    }

    /// The sheet with its edge, and what its endings cost.
    fn sheet(&self, ui: &mut Ui, size: Vec2, cx: &mut Cx<'_>) {
        let found = self.found;
        let texture = cx.textures.get(ui.ctx(), "sheet", self.key, || {
            let drawn = || sheet(&found.pixels, &found.ending.placed, self.n, theme::rgb(cx.theme.plane));
            color_image(&if has_pixels(found) { drawn() } else { found.pixels.clone() })
        });
        let is_parted = found.is_in_rows && has_pixels(found);
        let (rect, response) =
            ui.allocate_exact_size(size, if is_parted { Sense::click_and_drag() } else { Sense::hover() });
        Image::new(&texture).paint_at(ui, rect);
        if is_parted {
            edge(ui, rect, response, (self.completion, self.n_rows), cx);
        } else {
            let name = format!("As many pixels given as {} of {} rows have", self.completion.rows, self.n_rows);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            help(response, &name, "They are the first of the model's order; the buttons give others.", None);
        }
        said(ui, &found.ending, cx);
    }

    /// How improbable each pixel is.
    fn heat(&self, ui: &mut Ui, size: Vec2, cx: &mut Cx<'_>) {
        let (found, most) = (self.found, self.found.hottest);
        let colours = [cx.theme.plane, cx.theme.accent].map(theme::rgb);
        let texture = cx.textures.get(ui.ctx(), "sheet heat", self.key, || {
            color_image(&nats_heat(&found.pixels, &found.ending.placed, self.n, most, colours))
        });
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
        let filter = EventFilter { vertical_arrows: true, ..Default::default() };
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
fn said(ui: &mut Ui, ending: &Ending, cx: &Cx<'_>) {
    let nats = |nats: f64| number::fixed(nats, 1);
    let text = format!("drawn {}, true ending {} nats", nats(ending.drawn_nats()), nats(ending.true_nats()));
    let line = Label::new(RichText::new(text).font(theme::small()).color(cx.theme.faint)).truncate();
    let sentence =
        "How improbable the ending is that was drawn, and the one that the sample has, both given the same rows.";
    help(ui.add(line), "Nats of the endings", sentence, Some("−Σ ln p(xᵢ | x before i)"));
}
