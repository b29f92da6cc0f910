//! The way to the pad, where there is something to ask about a drawing.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::ui::commands::DRAW;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::widgets::{Button, help};
use eframe::egui::Ui;

/// The panel.
pub struct DrawPanel;

impl Panel for DrawPanel {
    fn id(&self) -> &'static str {
        "draw"
    }

    fn title(&self) -> &'static str {
        DRAW.name
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.encodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let why_not = (DRAW.when)(cx.session).err();
        let sentence = why_not.map_or_else(|| DRAW.sentence(), |why_not| format!("{} Now {why_not}.", DRAW.help));
        let button = ui.add_enabled(why_not.is_none(), Button::new(DRAW.name).width(ui.available_width()));
        if help(button, self.title(), &sentence, None).clicked() {
            DRAW.run(ui, cx);
        }
    }
}
