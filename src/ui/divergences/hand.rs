//! q under the hand: its mean sideways, its spread by two handles or the wheel; the bumps by their peaks; the
//! bound's q by its heights at two places. Keys do the same.

use crate::latent::divergence::bound::Encoder;
use crate::latent::divergence::{Bump, Density, Normal};
use crate::session::{Action, Diverge, DivergencePage, Divergences};
use crate::ui::context::Cx;
use crate::ui::frame::Frame;
use crate::ui::widgets::number;
use eframe::egui::{
    CursorIcon, EventFilter, Id, Key, Modifiers, Pos2, Response, Role, Sense, Stroke, Ui, WidgetInfo,
};

/// A handle is grabbed from this far away.
const GRAB: f32 = 12.0;
/// Where the bound's q is held.
const HELD_AT: [f64; 2] = [-2.0, 2.0];
/// q's probabilities at the handles stay this far from 0 and 1.
const EDGE: f64 = 0.001;

/// What the hand holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// q as a whole.
    Mean,
    /// One of q's spreads.
    Spread,
    /// A bump.
    Bump(usize),
    /// The bound's q, at one of two places.
    Guess(usize),
}

/// The panel that the hand acts on: the densities, or q of the bound.
pub const fn panel(page: DivergencePage) -> usize {
    match page {
        DivergencePage::Bound => 1,
        DivergencePage::Divergences | DivergencePage::Gradients => 0,
    }
}

/// Handles and their places; q's spreads come before its mean, so that a narrow q can be widened.
fn handles(figure: &Divergences, q: Normal, place: &Frame) -> Vec<(Handle, Pos2)> {
    let inside = |pos: Pos2| place.inside(pos, 2.0);
    if figure.page == DivergencePage::Bound {
        let now = figure.bound.now().q;
        let at = |i: usize| (Handle::Guess(i), inside(place.at([HELD_AT[i], now.at(HELD_AT[i])])));
        return vec![at(0), at(1)];
    }
    let on_q = |x: f64| inside(place.at([x, q.density(x)]));
    let spreads = [-1.0, 1.0].map(|side| (Handle::Spread, on_q(q.mean + side * q.sigma)));
    let bumps = figure.p.bumps.iter().enumerate();
    let bumps =
        bumps.map(|(i, bump)| (Handle::Bump(i), inside(place.at([bump.mean, figure.p.density(bump.mean)]))));
    spreads.into_iter().chain([(Handle::Mean, on_q(q.mean))]).chain(bumps).collect()
}

/// Takes what pointer and keys do on the panel, and draws the handles; tells whether the hand has moved q.
pub fn show(
    ui: &Ui,
    held: &mut Option<Handle>,
    figure: &Divergences,
    q: Normal,
    place: &Frame,
    cx: &mut Cx<'_>,
) -> bool {
    let id = Id::unique("q under the hand");
    let response = ui.interact(place.rect.expand(4.0), id, Sense::click_and_drag());
    let name = match figure.page {
        DivergencePage::Bound => "q of the bound".to_owned(),
        _ => format!("q at {}, σ {}", number::fixed(q.mean, 2), number::fixed(q.sigma, 2)),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &name));
    let all = handles(figure, q, place);
    let near = |pos: Pos2| {
        let distances = all.iter().map(|(handle, at)| (*handle, at.distance(pos)));
        let near = distances.filter(|(_, distance)| *distance <= GRAB);
        near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(handle, _)| handle)
    };
    let pointer = response.interact_pointer_pos().or_else(|| response.hover_pos());
    let mut moved = false;
    if response.is_pointer_button_down_on() && ui.input(|i| i.pointer.primary_pressed()) {
        let elsewhere = (figure.page != DivergencePage::Bound).then_some(Handle::Mean);
        *held = pointer.and_then(near).or(elsewhere);
        response.request_focus();
        cx.begin_gesture(&response);
    }
    let is_down = ui.input(|i| i.pointer.primary_down());
    if !is_down && held.take().is_some() {
        // What was left away during the drag is drawn again.
        ui.ctx().request_repaint();
    }
    if let (Some(handle), Some(pointer), true) = (*held, pointer, is_down && response.is_pointer_button_down_on())
    {
        if let Some(diverge) = dragged(handle, figure, q, place, pointer) {
            cx.send(Action::Diverge(diverge));
        }
        moved = true;
    }
    let over = pointer.filter(|_| response.hovered()).and_then(near);
    moved |= wheel(ui, &response, over, figure, q, cx);
    moved |= keys(ui, &response, figure, q, cx);
    draw(ui, &response, &all, held.or(over), cx);
    moved
}

fn dragged(handle: Handle, figure: &Divergences, q: Normal, place: &Frame, pointer: Pos2) -> Option<Diverge> {
    let [x, y] = place.point(pointer);
    Some(match handle {
        Handle::Mean => Diverge::Q(Normal { mean: x, ..q }),
        Handle::Spread => Diverge::Q(Normal { sigma: (x - q.mean).abs(), ..q }),
        Handle::Bump(i) => {
            let bump = figure.p.bumps.get(i)?;
            // The peak follows the pointer: its weight is as its height, the others as they are.
            let height = figure.p.density(bump.mean).max(1e-9);
            let weight = if y > 0.0 { bump.weight * (y / height).clamp(0.8, 1.25) } else { bump.weight };
            Diverge::Bump(i, Bump { weight, mean: x, sigma: bump.sigma })
        }
        Handle::Guess(i) => {
            let logit = |share: f64| {
                let share = share.clamp(EDGE, 1.0 - EDGE);
                (share / (1.0 - share)).ln()
            };
            let now = figure.bound.now().q;
            let mut at = HELD_AT.map(|x| now.logit(x));
            at[i] = logit(y);
            if !figure.bound.sees_x {
                at = [logit(y); 2];
            }
            let slope = (at[1] - at[0]) / (HELD_AT[1] - HELD_AT[0]);
            Diverge::Guess(Encoder { slope, offset: at[0] - slope * HELD_AT[0] })
        }
    })
}

/// The wheel widens and narrows q, or the bump under the pointer.
fn wheel(
    ui: &Ui,
    response: &Response,
    over: Option<Handle>,
    figure: &Divergences,
    q: Normal,
    cx: &mut Cx<'_>,
) -> bool {
    if !response.hovered() || figure.page == DivergencePage::Bound {
        return false;
    }
    let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
    let factor = f64::from((wheel * 0.004).exp() * pinch);
    if factor == 1.0 {
        return false;
    }
    cx.send(Action::Diverge(match over {
        Some(Handle::Bump(i)) => Diverge::WidenBump(i, factor),
        _ => Diverge::Widen(factor * q.sigma / figure.q.sigma),
    }));
    true
}

/// ← → move q, ↑ ↓ widen and narrow it; Shift ten times as far, Ctrl a tenth. Of the bound's q:
/// offset and slope.
fn keys(ui: &Ui, response: &Response, figure: &Divergences, q: Normal, cx: &mut Cx<'_>) -> bool {
    if !response.has_focus() {
        return false;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let held = |key| {
        ui.input_mut(|i| {
            let mut times = |modifiers, factor: f64| i.count_and_consume_key(modifiers, key) as f64 * factor;
            times(Modifiers::SHIFT, 10.0) + times(Modifiers::COMMAND, 0.1) + times(Modifiers::NONE, 1.0)
        })
    };
    let across = held(Key::ArrowRight) - held(Key::ArrowLeft);
    let up = held(Key::ArrowUp) - held(Key::ArrowDown);
    if across == 0.0 && up == 0.0 {
        return false;
    }
    let diverge = if figure.page == DivergencePage::Bound {
        let now = figure.bound.now().q;
        Diverge::Guess(Encoder { slope: now.slope + 0.1 * across, offset: now.offset + 0.1 * up })
    } else {
        Diverge::Q(Normal { mean: q.mean + 0.1 * across, sigma: q.sigma * (0.05 * up).exp() })
    };
    cx.send(Action::Diverge(diverge));
    true
}

fn draw(ui: &Ui, response: &Response, all: &[(Handle, Pos2)], lit: Option<Handle>, cx: &Cx<'_>) {
    let (painter, theme) = (ui.painter(), cx.theme);
    for (handle, at) in all {
        let colour = if matches!(handle, Handle::Bump(_)) { theme.text } else { theme.accent };
        let radius = if lit == Some(*handle) { 6.0 } else { 4.5 };
        painter.circle(*at, radius, colour, Stroke::new(1.5, theme.plane));
    }
    if response.has_focus() && cx.window.keys_lead {
        let stroke = Stroke::new(1.5, theme.accent);
        painter.rect_stroke(response.rect, 4.0, stroke, eframe::egui::StrokeKind::Inside);
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(match lit {
            Some(Handle::Guess(_)) => CursorIcon::ResizeVertical,
            Some(Handle::Bump(_)) => CursorIcon::Move,
            _ => CursorIcon::ResizeHorizontal,
        });
    }
}
