//! The figure of divergences, in the place of the planes: q under the hand, what it comes to, and how it
//! lets itself down.

mod controls;
mod drawn;
mod hand;

use super::context::Cx;
use super::widgets::{ended, narrow};
use crate::latent::divergence::Normal;
use crate::picture::figure::Sheet;
use crate::session::{Action, Divergences, Rests};
use eframe::egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Height of the two rows of controls.
const HEAD: f32 = 40.0;
const MARGIN: f32 = 12.0;
/// Width below which the way back is scrolled with what stands before it.
const LEAST: f32 = 160.0;
/// Seconds that a descent is shown for.
const PLAYED: f64 = 2.4;

/// What the figure remembers from frame to frame.
#[derive(Default)]
pub struct DivergencesView {
    held: Option<hand::Handle>,
    sheet: Option<(Divergences, Normal, u64, Sheet)>,
    /// The newest descent that was seen.
    seen: u64,
    /// When that began to be shown, while it is.
    since: Option<f64>,
}

impl DivergencesView {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0, cx.theme.plane);
        let session = cx.session;
        let Some(figure) = &session.spec().divergences else { return };
        let row = |i: f32| {
            let at = rect.min + vec2(MARGIN, 2.0 + HEAD * i);
            Rect::from_min_size(at, vec2((rect.width() - 2.0 * MARGIN).max(1.0), HEAD))
        };
        let first = (row(0.0), LEAST);
        ended(ui, "divergences", first, cx, |ui, cx| controls::pages(ui, figure, cx), controls::close);
        narrow(ui, "what can be done", row(1.0), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            controls::of_page(ui, figure, cx);
        });
        let q = self.q(ui, figure, cx);
        let room =
            Rect::from_min_max(pos2(rect.left() + 4.0, rect.top() + 2.0 * HEAD), rect.max - vec2(MARGIN, 2.0));
        let Some(rests) = session.rests() else { return };
        let sheet = sheet_of(&mut self.sheet, figure, q, rests);
        let places = drawn::sheet(ui.painter(), room, sheet, &cx.theme);
        for (i, (panel, place)) in sheet.panels().zip(&places).enumerate() {
            let response = ui.interact(place.rect, ui.scope_id().with(("panel", i)), Sense::hover());
            said(&response, &format!("{}: {}", panel.title, panel.value));
        }
        if let Some(place) = places.get(hand::panel(figure.page))
            && hand::show(ui, &mut self.held, figure, q, place, cx)
        {
            self.since = None;
        }
    }

    /// q as it is shown: on its way down, or where it stands.
    fn q(&mut self, ui: &Ui, figure: &Divergences, cx: &Cx<'_>) -> Normal {
        let now = ui.input(|i| i.time);
        let Some((n, trail)) = cx.session.descent() else {
            self.since = None;
            return figure.q;
        };
        if n > self.seen {
            (self.seen, self.since) = (n, Some(now));
        }
        let share = self.since.map_or(1.0, |since| (now - since) / PLAYED);
        if share >= 1.0 {
            self.since = None;
            return figure.q;
        }
        ui.ctx().request_repaint();
        along(trail, share)
    }
}

/// What is drawn, worked out anew only where something has changed.
fn sheet_of<'a>(
    kept: &'a mut Option<(Divergences, Normal, u64, Sheet)>,
    figure: &Divergences,
    q: Normal,
    (stamp, rests): (u64, impl FnOnce() -> Rests),
) -> &'a Sheet {
    kept.take_if(|(of, at, with, _)| of != figure || *at != q || *with != stamp);
    &kept.get_or_insert_with(|| (figure.clone(), q, stamp, figure.sheet(q, &rests()))).3
}

/// Where on its way q is after this share of the time, easing out.
fn along(trail: &[Normal], share: f64) -> Normal {
    let eased = 1.0 - (1.0 - share.clamp(0.0, 1.0)).powi(2);
    let at = eased * trail.len().saturating_sub(1) as f64;
    let (before, part) = (at.floor() as usize, at.fract());
    let [a, b] = [before, before + 1].map(|i| trail[i.min(trail.len() - 1)]);
    Normal { mean: a.mean + part * (b.mean - a.mean), sigma: a.sigma + part * (b.sigma - a.sigma) }
}

fn said(response: &Response, text: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text));
}

/// Sends one of the figure's actions.
fn send(cx: &mut Cx<'_>, diverge: crate::session::Diverge) {
    cx.send(Action::Diverge(diverge));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_shown_from_its_beginning_to_its_end_and_never_back() {
        let trail: Vec<Normal> =
            (0..30).map(|i| Normal { mean: f64::from(i), sigma: 1.0 + f64::from(i) }).collect();
        let means: Vec<f64> = (0..=100).map(|i| along(&trail, f64::from(i) / 100.0).mean).collect();
        assert_eq!((means[0], means[100]), (0.0, 29.0));
        assert!(means.windows(2).all(|pair| pair[1] >= pair[0]) && means[50] > 20.0, "{means:?}");
        assert_eq!(along(&trail[..1], 0.4), trail[0]);
    }
}
