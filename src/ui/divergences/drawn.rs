//! Draws a sheet of panels on screen, in the window's own colours.

use crate::picture::figure::{Panel, PanelLine, Room, Sheet, Tone};
use crate::picture::ticks::{decimals, ticks};
use crate::ui::frame::{Frame, band};
use crate::ui::plane::colour_of;
use crate::ui::theme::{self, Theme};
use crate::ui::widgets::number;
use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// The room around panels.
const ROOM: Room = Room { left: 40.0, right: 12.0, title: 22.0, below: 34.0, between: 8.0 };
/// Width of curves.
const CURVE: f32 = 1.75;
/// Height of the ticks that samples are.
const TICK: f32 = 8.0;

/// Draws all of it, and tells where each panel lies.
pub fn sheet(painter: &Painter, room: Rect, of: &Sheet, theme: &Theme) -> Vec<Frame> {
    let places = of.places([room.width(), room.height()], &ROOM);
    let draw = |(panel, [left, top, width, height]): (&Panel, [f32; 4])| {
        let rect = Rect::from_min_size(room.min + vec2(left, top), vec2(width, height));
        let place = Frame { rect, x: panel.x, y: panel.y };
        draw_panel(painter, panel, &place, theme);
        place
    };
    of.panels().zip(places).map(draw).collect()
}

fn colour(tone: Tone, theme: &Theme) -> Color32 {
    match tone {
        Tone::Accent => theme.accent,
        Tone::Text => theme.text,
        Tone::Weak => theme.curve,
        Tone::Class(class) => colour_of(theme, class),
        Tone::Bad => theme.bad,
    }
}

fn draw_panel(painter: &Painter, panel: &Panel, place: &Frame, theme: &Theme) {
    let rect = place.rect;
    head(painter, panel, rect, theme);
    axes(painter, panel, place, theme);
    let inside = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    for line in &panel.lines {
        draw_line(&inside, line, place, theme);
    }
    for x in &panel.samples {
        let foot = pos2(place.at([*x, panel.y[0]]).x, rect.bottom());
        inside.line_segment([foot - vec2(0.0, TICK), foot], Stroke::new(1.0, theme.text));
    }
    for line in panel.lines.iter().filter(|line| line.is_dashed && !line.name.is_empty()) {
        let Some(peak) = panel.name_place(line) else { continue };
        let galley = painter.layout_no_wrap(line.name.clone(), theme::small(), theme.weak);
        let half = 0.5 * galley.size().x;
        let at = place.at(peak);
        let x = at.x.clamp(rect.left() + half + 2.0, (rect.right() - half - 2.0).max(rect.left() + half + 2.0));
        let y = (at.y - 9.0).clamp(rect.top() + 8.0, (rect.bottom() - 8.0).max(rect.top() + 8.0));
        let name = Rect::from_center_size(pos2(x, y), galley.size());
        inside.rect_filled(name.expand(1.0), 2.0, theme.plane.gamma_multiply(0.8));
        inside.galley(name.min, galley, theme.weak);
    }
}

/// Title, number and the names of the lines that are not dashed.
fn head(painter: &Painter, panel: &Panel, rect: Rect, theme: &Theme) {
    let y = rect.top() - 0.5 * ROOM.title;
    let title = painter.text(
        pos2(rect.left(), y),
        Align2::LEFT_CENTER,
        theme::crisp(&panel.title),
        theme::semibold(13.0),
        if panel.is_main { theme.accent } else { theme.text },
    );
    let font = if panel.is_main { theme::semibold(13.0) } else { theme::body() };
    let value = painter.text(
        pos2(title.right() + 8.0, y),
        Align2::LEFT_CENTER,
        &panel.value,
        font,
        if panel.is_main { theme.text } else { theme.weak },
    );
    let mut x = rect.right();
    for line in panel.lines.iter().rev().filter(|line| !line.is_dashed && !line.name.is_empty()) {
        let galley = painter.layout_no_wrap(line.name.clone(), theme::small(), theme.weak);
        let left = x - galley.size().x;
        if left - 20.0 < value.right() + 8.0 {
            break;
        }
        painter.galley(pos2(left, y - 0.5 * galley.size().y), galley, theme.weak);
        let stroke = Stroke::new(CURVE, colour(line.tone, theme));
        painter.line_segment([pos2(left - 18.0, y), pos2(left - 4.0, y)], stroke);
        x = left - 30.0;
    }
}

fn axes(painter: &Painter, panel: &Panel, place: &Frame, theme: &Theme) {
    let rect = place.rect;
    let (values, step) = ticks(panel.y[0], panel.y[1], (rect.height() / 34.0) as usize + 1);
    for value in values {
        let y = place.at([panel.x[0], value]).y;
        let stroke = Stroke::new(1.0, theme.hairline);
        painter.hline(rect.x_range(), y, stroke);
        let at = pos2(rect.left() - 6.0, y.clamp(rect.top() + 5.0, (rect.bottom() - 5.0).max(rect.top() + 5.0)));
        let text = number::fixed(value, decimals(step));
        painter.text(at, Align2::RIGHT_CENTER, text, theme::small(), theme.faint);
    }
    let zero = place.at([panel.x[0], 0.0]).y;
    if rect.y_range().contains(zero) {
        painter.hline(rect.x_range(), zero, Stroke::new(1.0, theme.plane_grid));
    }
    if panel.x_name.is_empty() {
        return;
    }
    let (values, step) = ticks(panel.x[0], panel.x[1], (rect.width() / 60.0) as usize + 1);
    for value in values {
        let x = place.at([value, panel.y[0]]).x;
        let text = number::fixed(value, decimals(step));
        painter.text(pos2(x, rect.bottom() + 9.0), Align2::CENTER_CENTER, text, theme::small(), theme.faint);
    }
    let at = pos2(rect.center().x, rect.bottom() + 24.0);
    painter.text(at, Align2::CENTER_CENTER, &panel.x_name, theme::small(), theme.weak);
}

fn draw_line(painter: &Painter, line: &PanelLine, place: &Frame, theme: &Theme) {
    let colour = colour(line.tone, theme);
    let points: Vec<Pos2> = line.points.iter().map(|point| place.at(*point)).collect();
    if line.fill > 0.0 {
        painter.add(filled(line, &points, place, colour.gamma_multiply(line.fill)));
    }
    let stroke = Stroke::new(if line.is_dashed { 1.5 } else { CURVE }, colour);
    if line.is_dashed {
        painter.extend(Shape::dashed_line(&points, stroke, 6.0, 4.0));
    } else if points.len() == 1 {
        painter.circle_filled(points[0], 3.0, colour);
    } else {
        painter.add(Shape::line(points, stroke));
    }
}

/// What lies between a line and its base.
fn filled(line: &PanelLine, points: &[Pos2], place: &Frame, colour: Color32) -> Shape {
    let bases = line.points.iter().enumerate().map(|(i, [x, _])| place.at([*x, line.base_at(i)]));
    Shape::mesh(band(points.iter().copied().zip(bases).map(|(point, base)| [point, base]), colour))
}
