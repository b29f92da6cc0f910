//! The empty plane on which a table is drawn by hand: the left button sprays points, the right one wipes them
//! away.

use super::columns;
use super::context::Cx;
use super::plane::{View, colour_of, grid_lines, ticks};
use super::theme;
use super::widgets::{Button, ended, help, number};
use crate::data::ByHand;
use crate::session::{Action, Sketch};
use eframe::egui::{PointerButton, Pos2, Rect, Response, RichText, Sense, Stroke, Ui, WidgetInfo, vec2};

/// Height of the line on top.
const HEAD: f32 = 44.0;
/// What is seen to each side of the middle, in units.
const HALF: f32 = 3.2;
/// How far the hand moves between two puffs, in points.
const STEP: f32 = 9.0;
/// Side of the square that a class is chosen by.
const CLASS: f32 = 24.0;
/// Width below which all of the line on top is scrolled, and above which it says what the buttons do.
const LEAST: f32 = 320.0;
const WITH_HINT: f32 = 700.0;

/// Where the hand sprayed or wiped last.
#[derive(Default)]
pub struct Hand {
    last: Option<Pos2>,
}

impl Hand {
    /// Draws the plane, and sprays where the hand says.
    pub fn show(&mut self, ui: &mut Ui, sketch: &Sketch, cx: &mut Cx<'_>) {
        let whole = ui.max_rect();
        let head = Rect::from_min_size(whole.min, vec2(whole.width(), HEAD));
        let room = Rect::from_min_max(head.left_bottom(), whole.max);
        ui.painter().rect_filled(head, 0, cx.theme.panel);
        ui.painter().hline(head.x_range(), head.bottom() - 0.5, Stroke::new(1.0, cx.theme.hairline));
        let row = head.shrink2(vec2(12.0, 0.0));
        let has_hint = row.width() > WITH_HINT;
        columns::within(ui, "sketch head", row, |ui| {
            let classes = |ui: &mut Ui, cx: &mut Cx<'_>| classes(ui, sketch, cx);
            ended(ui, "row", (row, LEAST), cx, classes, |ui, cx| becomes(ui, has_hint, cx));
        });
        let response = ui.interact(room, ui.scope_id().with("sketch"), Sense::click_and_drag());
        let n = number::count(sketch.points.points().len() as u64);
        let said = format!("Empty plane to draw on, {n} points, class {}", sketch.class + 1);
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Canvas, true, &said));
        let view = View::fitted(room, [-HALF, HALF], [-HALF, HALF]);
        ui.set_clip_rect(room.intersect(ui.clip_rect()));
        ui.painter().rect_filled(room, 0, cx.theme.plane);
        grid_lines(ui.painter(), &view, 2, [1.0; 2], &cx.theme);
        for point in sketch.points.points() {
            let colour = colour_of(&cx.theme, usize::from(point.class())).gamma_multiply(0.85);
            ui.painter().circle_filled(view.screen(point.place()), 2.2 * cx.window.sizes.points, colour);
        }
        ticks(ui.painter(), &view, 2, [1.0; 2], &cx.theme);
        self.draw(ui, &response, &view, cx);
    }

    fn draw(&mut self, ui: &Ui, response: &Response, view: &View, cx: &mut Cx<'_>) {
        let (sprays, wipes) = ui.input(|i| {
            let is_down = |button| i.pointer.button_down(button);
            (is_down(PointerButton::Primary), is_down(PointerButton::Secondary))
        });
        let at = response
            .interact_pointer_pos()
            .filter(|at| response.is_pointer_button_down_on() && (sprays || wipes) && response.rect.contains(*at));
        let Some(at) = at else {
            self.last = None;
            return;
        };
        match self.last {
            None => cx.send(Action::BeginGesture),
            Some(last) if last.distance(at) < STEP => return,
            Some(_) => {}
        }
        self.last = Some(at);
        cx.send(if sprays { Action::Spray(view.plot(at)) } else { Action::Wipe(view.plot(at)) });
    }
}

/// How much is drawn, and in which class the hand draws.
fn classes(ui: &mut Ui, sketch: &Sketch, cx: &mut Cx<'_>) {
    let n = sketch.points.points().len();
    let text = format!("{} points · class {}", number::count(n as u64), sketch.class + 1);
    ui.label(RichText::new(text).font(theme::body()).color(cx.theme.weak));
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.x = 1.0;
    for class in 0..ByHand::MAX_CLASSES {
        class_button(ui, class, sketch.class == class, cx);
    }
}

/// What becomes of what is drawn.
fn becomes(ui: &mut Ui, has_hint: bool, cx: &mut Cx<'_>) {
    let take = ui.add(Button::new("Use as data").primary(true));
    let sentence = "Opens what is drawn as a table of two columns, x and y, to train on; the session keeps it.";
    if help(take, "Use as data", sentence, None).clicked() {
        cx.send(Action::TakeSketch);
    }
    let leave = ui.add(Button::new("Leave").quiet(true));
    if help(leave, "Leave", "Shows the planes again; Undo brings the drawing back. Esc.", None).clicked() {
        cx.send(Action::SketchData(false));
    }
    if has_hint {
        ui.label(RichText::new("right button wipes").font(theme::small()).color(cx.theme.faint));
    }
}

fn class_button(ui: &mut Ui, class: u8, is_chosen: bool, cx: &mut Cx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(CLASS, CLASS), Sense::click());
    let name = format!("Draw class {}", class + 1);
    response.widget_info(|| WidgetInfo::selected(eframe::egui::Role::RadioButton, true, is_chosen, &name));
    if is_chosen || response.hovered() || response.has_focus() {
        let line = if is_chosen { cx.theme.text } else { cx.theme.pressed };
        ui.painter().circle_stroke(rect.center(), 9.0, Stroke::new(1.5, line));
    }
    ui.painter().circle_filled(rect.center(), 5.5, colour_of(&cx.theme, usize::from(class)));
    if help(response, &name, "The colour of the points that are sprayed next.", None).clicked() {
        cx.send(Action::DrawClass(class));
    }
}
