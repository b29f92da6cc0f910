//! A card over the window: while it is shown it has the keyboard to itself.

use super::context::Cx;
use eframe::egui::{Align2, Area, Id, Key, LayerId, Modifiers, Order, Ui, Vec2, vec2};

/// How a card was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// By Escape.
    Key,
    /// By a click elsewhere: neither the one that opened it, nor one in a list or on a message over it.
    Click,
}

/// A card over the window.
pub struct Modal {
    id: Id,
    width: f32,
    margin: i8,
    align: Align2,
    offset: Vec2,
}

impl Modal {
    /// A card in the middle of the window, so wide where there is room.
    pub fn new(id: Id, width: f32) -> Self {
        Self { id, width, margin: 16, align: Align2::CENTER_CENTER, offset: Vec2::ZERO }
    }

    /// Places it so far below the window's upper edge.
    pub fn below(mut self, top: f32) -> Self {
        (self.align, self.offset) = (Align2::CENTER_TOP, vec2(0.0, top));
        self
    }

    /// Gives it another margin inside.
    pub const fn margin(mut self, margin: i8) -> Self {
        self.margin = margin;
        self
    }

    /// Draws the card, and says whether it is left.
    pub fn show<R>(
        self,
        ui: &Ui,
        cx: &mut Cx<'_>,
        add: impl FnOnce(&mut Ui, &mut Cx<'_>) -> R,
    ) -> (R, Option<Left>) {
        let layer = LayerId::new(Order::Foreground, self.id);
        let is_new = ui.memory(|memory| !memory.areas().visible_last_frame(&layer));
        if is_new {
            // What lies below would go on taking keys.
            ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        }
        let theme = cx.theme;
        let area = Area::new(self.id).order(Order::Foreground).anchor(self.align, self.offset);
        let shown = area.show(ui.ctx(), |ui| {
            let card = theme.card(self.margin).show(ui, |ui| {
                // The margins of the card, and as much again beside it.
                let room = ui.ctx().content_rect().width() - 4.0 * f32::from(self.margin);
                ui.set_width(self.width.min(room));
                add(ui, cx)
            });
            card.inner
        });
        // Of two cards the one on top has the keys.
        let is_on_top = ui.memory(|memory| memory.top_modal_layer().is_none_or(|top| top == layer));
        ui.memory_mut(|memory| memory.set_modal_layer(layer));
        cx.window.has_modal = true;
        // Both are the list's, while one is open.
        let is_free = !cx.window.popup_was_open;
        let escaped = is_free && is_on_top && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
        let at = ui.input(|i| i.pointer.interact_pos());
        let is_below = at.is_none_or(|at| ui.ctx().layer_id_at(at).is_none_or(|top| top == layer));
        let is_clicked = is_free && !is_new && is_below && shown.response.clicked_elsewhere();
        let left = if escaped { Some(Left::Key) } else { is_clicked.then_some(Left::Click) };
        (shown.inner, left)
    }
}
