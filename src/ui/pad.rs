//! The pad at the plane's foot: an image is drawn, or opened, and every model on screen is asked about it.

use super::context::Cx;
use super::files::Purpose;
use super::panels::nearest;
use super::plane::mode;
use super::widgets::{IconButton, Link, Segmented, help};
use super::{icons, samples, theme};
use crate::data::{Frame, Stroke};
use crate::picture::palette::class_colour;
use crate::session::{Action, Fold, Query};
use eframe::egui::{
    self, Align, Align2, Area, Color32, CursorIcon, Event, Id, Label, Layout as Flow, Order, Pos2, Rect, Response,
    RichText, Role, Sense, StrokeKind, Ui, WidgetInfo, vec2,
};

/// Width of the pad, and of what stands below it.
const WIDTH: f32 = 224.0;
/// Height of what stands around the pad.
const AROUND: f32 = 206.0;
/// Least height of the pad.
const LEAST: f32 = 112.0;
/// Brushes: half their widths, where the longer side of the image is 1. The first is as wide as pens are in
/// MNIST.
const RADII: [(f32, &str); 3] = [(0.045, "Fine"), (0.08, "Medium"), (0.16, "Broad")];
/// Colours to choose from: those of the first classes.
const N_COLOURS: usize = 10;
/// How far the pointer moves, in points, before it leaves another point.
const STEP: f32 = 1.0;

/// What is drawn with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brush {
    /// Which of the radii.
    radius: usize,
    /// Red, green and blue, where the data have colours and one was chosen.
    colour: Option<[u8; 3]>,
}

/// Draws the pad while it is unfolded.
pub fn show(ui: &Ui, plane: Rect, cx: &mut Cx<'_>) {
    let spec = cx.session.spec();
    // Nothing of a drawing is seen where the planes are hidden.
    if !spec.unfolded.contains(&Fold::Pad) || cx.session.hides_planes() || !cx.session.can_ask() {
        return;
    }
    let frame = cx.session.frame().cloned();
    let corner = plane.left_bottom() + vec2(12.0, -12.0);
    let area = Area::new(Id::unique("pad")).order(Order::Middle).pivot(Align2::LEFT_BOTTOM).fixed_pos(corner);
    let card = area.show(ui.ctx(), |ui| {
        cx.theme.card(12).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            head(ui, cx);
            let height = (plane.height() - AROUND).clamp(LEAST, WIDTH);
            if let Some(frame) = &frame {
                paper(ui, height, frame, cx);
                tools(ui, frame, cx);
            } else {
                ui.allocate_exact_size(vec2(WIDTH, height), Sense::hover());
            }
            note(ui, cx);
            let found = cx.session.placed(cx.session.spec().active).map(|placed| placed.nearest.clone());
            nearest::row(ui, "Like the drawing,", &found.unwrap_or_default(), cx);
            foot(ui, cx);
        });
    });
    cx.window.over_plane = Some(card.response.rect);
}

fn head(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Draw").font(theme::semibold(13.0)).color(cx.theme.text));
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let close = ui.add(IconButton::new(icons::X, "Close the pad"));
            if help(close, "Close", "What was drawn stays on the plane until it is cleared. Key Esc.", None)
                .clicked()
            {
                cx.send(Action::Unfold(Fold::Pad, false));
            }
            let clear = ui.add_enabled(cx.session.spec().query.is_some(), Link::new("Clear"));
            if help(clear, "Clear", "Forgets the drawing; Undo brings it back.", None).clicked() {
                cx.send(Action::Ask(None));
            }
        });
    });
}

/// The paper: what is drawn, or the picture that was opened.
fn paper(ui: &mut Ui, height: f32, frame: &Frame, cx: &mut Cx<'_>) {
    let [_, rows, columns] = frame.sides();
    let longer = rows.max(columns) as f32;
    // Points of the screen along the longer side of the image.
    let unit = height.min(WIDTH);
    let size = vec2(columns as f32, rows as f32) * (unit / longer);
    let (room, _) = ui.allocate_exact_size(vec2(WIDTH, size.y), Sense::hover());
    let paper = Rect::from_center_size(room.center(), size);
    let response = ui.interact(paper, ui.scope_id().with("paper"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Paper to draw on"));
    let painter = ui.painter_at(paper);
    painter.rect_filled(paper, theme::TILE_RADIUS, ground(frame));
    match &cx.session.spec().query {
        Some(Query::Drawn(strokes)) => strokes.iter().for_each(|stroke| line(&painter, paper, unit, stroke)),
        Some(_) => {
            if let Some(asked) = cx.session.asked().cloned() {
                samples::stored(ui, "asked", &asked.sample, 0, cx).paint(ui, 0, paper);
            }
        }
        None => {
            let words = "Draw here";
            let ink = ink(frame, cx.window.brush).map(|level| level / 2 + 64);
            painter.text(paper.center(), Align2::CENTER_CENTER, words, theme::body(), colour(ink));
        }
    }
    let edge = egui::Stroke::new(1.0, cx.theme.pressed);
    ui.painter().rect_stroke(paper, theme::TILE_RADIUS, edge, StrokeKind::Outside);
    draw(ui, response.on_hover_cursor(CursorIcon::Crosshair), unit, frame, cx);
}

/// A press begins a line, and the pointer goes on with it until it is let go.
fn draw(ui: &Ui, response: Response, unit: f32, frame: &Frame, cx: &mut Cx<'_>) {
    if !response.is_pointer_button_down_on() {
        return;
    }
    let paper = response.rect;
    let drawn = cx.session.spec().query.clone();
    let mut strokes = if let Some(Query::Drawn(strokes)) = drawn { strokes } else { Vec::new() };
    let is_new = ui.input(|i| i.pointer.any_pressed());
    cx.begin_gesture(&response);
    let place = |at: Pos2| {
        let at = at.clamp(paper.min, paper.max) - paper.min;
        [at.x / unit, at.y / unit]
    };
    let n_before: usize = strokes.iter().map(|stroke| stroke.points.len()).sum();
    if let (true, Some(at)) = (is_new, response.interact_pointer_pos()) {
        let (radius, colour) = (RADII[cx.window.brush.radius].0, ink(frame, cx.window.brush));
        strokes.push(Stroke { points: vec![place(at)], radius, colour });
    } else if let Some(stroke) = strokes.last_mut() {
        // All places of the pointer since the frame before, so that a quick hand draws round.
        let moved = ui.input(|i| {
            let to = |event: &Event| if let Event::PointerMoved(at) = event { Some(*at) } else { None };
            i.events.iter().filter_map(to).collect::<Vec<_>>()
        });
        for at in moved.into_iter().map(place) {
            let last = stroke.points.last().copied().unwrap_or(at);
            if (at[0] - last[0]).hypot(at[1] - last[1]) * unit >= STEP {
                stroke.points.push(at);
            }
        }
    }
    if strokes.iter().map(|stroke| stroke.points.len()).sum::<usize>() > n_before {
        cx.send(Action::Ask(Some(Query::Drawn(strokes))));
    }
}

/// A line as it was drawn, with round ends.
fn line(painter: &egui::Painter, paper: Rect, unit: f32, stroke: &Stroke) {
    let at = |point: &[f32; 2]| paper.min + vec2(point[0], point[1]) * unit;
    let (radius, colour) = (stroke.radius * unit, colour(stroke.colour));
    for point in &stroke.points {
        painter.circle_filled(at(point), radius, colour);
    }
    for pair in stroke.points.windows(2) {
        painter.line_segment([at(&pair[0]), at(&pair[1])], egui::Stroke::new(2.0 * radius, colour));
    }
}

/// The brush's width and, where the data have colours, its colour.
fn tools(ui: &mut Ui, frame: &Frame, cx: &mut Cx<'_>) {
    let widths = RADII.map(|(_, name)| name);
    let brush = Segmented::new("Brush", &widths, &mut cx.window.brush.radius).width(WIDTH);
    help(ui.add(brush), "Brush", "How wide the lines are. Fine is as wide as the pens of MNIST.", None);
    if frame.sides()[0] != 3 {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        let mut own = ink(frame, cx.window.brush);
        let any = ui.color_edit_button_srgb(&mut own);
        if help(any, "Any colour", "Chooses the brush's colour freely.", None).changed() {
            cx.window.brush.colour = Some(own);
        }
        let mode = mode(&cx.theme);
        for i in 0..N_COLOURS {
            let of_class = class_colour(mode, i);
            let (place, response) = ui.allocate_exact_size(vec2(14.0, 20.0), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Draw in colour {}", i + 1)));
            ui.painter().circle_filled(place.center(), 6.5, colour(of_class));
            if response.clicked() {
                cx.window.brush.colour = Some(of_class);
            }
        }
    });
}

/// What was done to the drawing, and what stands below.
fn note(ui: &mut Ui, cx: &Cx<'_>) {
    let words = match cx.session.asked().map(|asked| &asked.frame) {
        None => format!("The training {} most like it come below.", cx.session.nouns()),
        Some(Some(frame)) => {
            let mut words = frame.to_string();
            words[..1].make_ascii_uppercase();
            format!("{words}. Most like it:")
        }
        Some(None) => "Taken as it is: it has the data's size. Most like it:".into(),
    };
    ui.add(Label::new(RichText::new(words).font(theme::small()).color(cx.theme.faint)).wrap());
}

/// The way to a picture's file.
fn foot(ui: &mut Ui, cx: &mut Cx<'_>) {
    let open = ui.add(Link::new("Open a picture…"));
    let sentence = "Asks about a picture in a file. One can also be dropped on the window.";
    if help(open, "Open a picture…", sentence, None).clicked() {
        cx.window.files.open(Purpose::Open, cx.session);
    }
}

/// The ground of the data.
fn ground(frame: &Frame) -> Color32 {
    let level = |channel: usize| (255.0 * frame.ground()[channel.min(frame.ground().len() - 1)]) as u8;
    colour([0, 1, 2].map(level))
}

/// What the brush draws in: the colour that was chosen, where the data have any, else what is farthest from
/// the ground.
fn ink(frame: &Frame, brush: Brush) -> [u8; 3] {
    let ground = frame.ground();
    let farthest = farthest(ground);
    if ground.len() > 1 { brush.colour.unwrap_or(farthest) } else { farthest }
}

/// White on a dark ground, black on a bright one.
fn farthest(ground: &[f32]) -> [u8; 3] {
    let mean = ground.iter().sum::<f32>() / ground.len().max(1) as f32;
    if mean < 0.5 { [255; 3] } else { [0; 3] }
}

fn colour([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brush_that_nobody_chose_is_seen_on_any_ground() {
        assert_eq!(farthest(&[0.0]), [255; 3]);
        assert_eq!(farthest(&[1.0]), [0; 3]);
        assert_eq!(farthest(&[0.1, 0.0, 0.2]), [255; 3], "colours on black");
        assert_eq!(farthest(&[1.0, 0.9, 1.0]), [0; 3], "colours on white");
    }
}
