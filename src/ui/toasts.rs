//! Messages at the bottom right of the plane.

use super::context::Cx;
use super::widgets::part;
use super::widgets::toast::{Kind, Toast, WIDTH};
use crate::session::{Action, ToastKind};
use eframe::egui::{Align2, Area, Id, Order, Rect, Ui, vec2};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a message that asks for nothing stays.
const STAY: Duration = Duration::from_secs(4);

/// When each message was first shown.
#[derive(Default)]
pub struct Toasts {
    since: HashMap<u64, Instant>,
}

impl Toasts {
    /// Draws the messages and closes those whose time is up.
    pub fn show(&mut self, ui: &Ui, plane: Rect, cx: &mut Cx<'_>) {
        let toasts = cx.session.toasts().to_vec();
        self.since.retain(|id, _| toasts.iter().any(|toast| toast.id == *id));
        if toasts.is_empty() {
            return;
        }
        let width = WIDTH.min(plane.width() - 24.0);
        // Only as large as the messages: what lies beside them stays within the pointer's reach.
        let corner = plane.right_bottom() - vec2(12.0, 40.0);
        let area =
            Area::new(Id::unique("toasts")).order(Order::Foreground).pivot(Align2::RIGHT_BOTTOM).fixed_pos(corner);
        let shown = area.show(ui.ctx(), |ui| {
            ui.set_width(width);
            ui.vertical(|ui| {
                for toast in &toasts {
                    let kind = match toast.kind {
                        ToastKind::Good => Kind::Good,
                        ToastKind::Info => Kind::Info,
                        ToastKind::Bad => Kind::Bad,
                    };
                    let link = toast.path.as_ref().map(|_| "Copy path");
                    let card = Toast { kind, first: &toast.first, second: &toast.second, link };
                    let answer = part(ui, toast.id, |ui| card.show(ui)).inner;
                    let path = toast.path.as_ref().filter(|_| answer.link);
                    if let Some(path) = path {
                        cx.copy(ui.ctx(), "the path", path.display().to_string());
                    }
                    let closed = answer.close || answer.link;
                    let age = self.since.entry(toast.id).or_insert_with(Instant::now).elapsed();
                    if closed || (toast.kind != ToastKind::Bad && age >= STAY) {
                        cx.send(Action::Dismiss(toast.id));
                    } else if toast.kind != ToastKind::Bad {
                        ui.ctx().request_repaint_after(STAY.saturating_sub(age));
                    }
                }
            });
        });
        // What went wrong lies on whatever card is open, where it can be read and closed.
        if toasts.iter().any(|toast| toast.kind == ToastKind::Bad) {
            ui.ctx().move_to_top(shown.response.layer_id);
        }
    }
}
