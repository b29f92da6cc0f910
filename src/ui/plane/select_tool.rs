//! Select: a line drawn around codes chooses their samples.

use super::{Scene, is_for_tool, lens, pan_cursor};
use crate::latent::outline::Outline;
use crate::session::{Action, Choice, Joining, Samples, Shape};
use crate::ui::context::{Cx, Pointing};
use eframe::egui::{
    Color32, Key, Mesh, Modifiers, Painter, PointerButton, Pos2, Rect, Response, Shape as Drawn, Stroke, Ui, pos2,
};

/// Which of the hints is this tool's.
pub const HINT: usize = 8;
/// Points between two places of a line that is drawn.
const STEP: f32 = 3.0;
/// Height of the stripes that the inside is filled with, in points.
const STRIPE: f32 = 1.0;

/// The line in hand, on the screen, and what is pointed at.
#[derive(Default)]
pub struct SelectTool {
    line: Vec<Pos2>,
    pointing: Pointing,
}

impl SelectTool {
    /// Answers the pointer and draws the line.
    pub fn show(&mut self, ui: &Ui, response: &Response, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        let pans = pan_cursor(ui, response);
        // What Explore looked at is no longer under its reticle.
        if cx.session.hover_of(scene.slot).is_some() {
            cx.send(Action::Hover(None));
        }
        self.draw_line(ui, response, cx.session.spec().shape);
        if response.drag_stopped_by(PointerButton::Primary) {
            self.choose(ui, scene, cx);
        }
        let at = response.hover_pos().filter(|_| response.hovered() && !pans && self.line.is_empty());
        let sample = at.and_then(|at| scene.sample_at(at, lens::REACH, cx));
        self.pointing.on_plane(sample, scene.slot, cx);
        if response.clicked_by(PointerButton::Primary) && is_for_tool(ui) {
            click(ui, sample, cx);
        }
        paint(ui.painter(), &self.line, cx);
        if let (Some(at), Some(_)) = (at, sample) {
            lens::of_pointer(ui, at, sample, scene, cx);
        }
    }

    fn draw_line(&mut self, ui: &Ui, response: &Response, shape: Shape) {
        if response.drag_started_by(PointerButton::Primary) && is_for_tool(ui) {
            self.line = ui.input(|i| i.pointer.press_origin()).into_iter().collect();
        }
        if !self.line.is_empty() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
            self.line.clear();
        }
        let pointer = response.interact_pointer_pos().filter(|_| response.dragged_by(PointerButton::Primary));
        let (Some(pointer), Some(&first), Some(&last)) = (pointer, self.line.first(), self.line.last()) else {
            return;
        };
        match shape {
            Shape::Lasso if last.distance(pointer) >= STEP => self.line.push(pointer),
            Shape::Lasso => {}
            Shape::Rectangle => {
                self.line = vec![first, pos2(pointer.x, first.y), pointer, pos2(first.x, pointer.y)];
            }
        }
    }

    /// The samples within the line: in the place of those chosen before, with Shift beside them, with Ctrl
    /// taken away from them.
    fn choose(&mut self, ui: &Ui, scene: &Scene<'_>, cx: &mut Cx<'_>) {
        let line: Vec<[f32; 2]> = self.line.drain(..).map(|at| scene.view.plot(at)).collect();
        let Some(outline) = Outline::new(&line) else { return };
        let found: Samples = scene.samples_within(&outline, cx);
        cx.send(Action::Choose(Choice::These(found), joining(ui)));
        cx.window.hints_done[HINT] += 1;
    }
}

/// What becomes of the samples chosen before, by the keys that are held.
pub fn joining(ui: &Ui) -> Joining {
    match ui.input(|i| i.modifiers) {
        held if held.command => Joining::Without,
        held if held.shift => Joining::Also,
        _ => Joining::Instead,
    }
}

/// A click picks the sample there, with Shift or Ctrl beside others; elsewhere it lets go of all.
fn click(ui: &Ui, sample: Option<u32>, cx: &mut Cx<'_>) {
    let joins = ui.input(|i| i.modifiers.shift || i.modifiers.command);
    match sample {
        Some(sample) if joins => cx.send(Action::PickAlso(sample)),
        Some(_) => cx.send(Action::Pick(sample)),
        None if !joins && !cx.session.spec().selection.samples.is_empty() => cx.send(Action::Pick(None)),
        None => {}
    }
}

/// The line, and a tint of what it encloses.
fn paint(painter: &Painter, line: &[Pos2], cx: &Cx<'_>) {
    let on_screen: Vec<[f32; 2]> = line.iter().map(|at| [at.x, at.y]).collect();
    if let Some(outline) = Outline::new(&on_screen) {
        painter.add(Drawn::mesh(inside(&outline, cx.theme.accent.gamma_multiply(0.10))));
    }
    painter.add(Drawn::closed_line(line.to_vec(), Stroke::new(1.5, cx.theme.accent)));
}

/// What an outline encloses, in stripes: it may turn inwards and cross itself.
fn inside(outline: &Outline, colour: Color32) -> Mesh {
    let [_, [top, bottom]] = outline.bounds();
    let mut mesh = Mesh::default();
    for i in 0..((bottom - top) / STRIPE).ceil() as usize {
        let y = top + i as f32 * STRIPE;
        for [left, right] in outline.spans(y + STRIPE / 2.0) {
            mesh.add_colored_rect(Rect::from_min_max(pos2(left, y), pos2(right, y + STRIPE)), colour);
        }
    }
    mesh
}
