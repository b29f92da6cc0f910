//! Components: which Gaussian of a mixture a code belongs to, in per cent.

use super::{Panel, Place};
use crate::model::Capabilities;
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Aside, help, number, section_head};
use eframe::egui::{Align2, Rect, Sense, Ui, WidgetInfo, vec2};

/// Gaussians that are listed.
const N_LISTED: usize = 4;
const ROW: f32 = 20.0;

/// The panel.
pub struct MixturePanel;

impl Panel for MixturePanel {
    fn id(&self) -> &'static str {
        "components"
    }

    fn title(&self) -> &'static str {
        "Components"
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.is_mixture
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let Some(mixture) = cx.session.model().and_then(|model| model.mixture()) else { return };
        let responsibilities = mixture.responsibilities(cx.session.z());
        let note = match cx.session.drawn_from(cx.session.spec().active) {
            Some(component) => format!("drawn from {}", component + 1),
            None => format!("of {}", responsibilities.len()),
        };
        section_head(ui, self.title(), Aside::Weak(&note));
        let mut order: Vec<usize> = (0..responsibilities.len()).collect();
        order.sort_by(|&a, &b| responsibilities[b].total_cmp(&responsibilities[a]));
        for component in order.into_iter().take(N_LISTED) {
            row(ui, component, responsibilities[component], cx);
        }
    }
}

/// One Gaussian: its number, a bar, and how probable it is that this code is its own.
fn row(ui: &mut Ui, component: usize, share: f32, cx: &Cx<'_>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let text = format!("{} %", number::fixed(f64::from(100.0 * share), 1));
    let said = format!("Component {}: {text}", component + 1);
    response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Label, true, &said));
    let sentence = "How probable it is that a code here comes from this Gaussian.";
    help(response, "Responsibility", sentence, Some("r = π N(z; μ, Σ) / Σ π N(z; μ, Σ)"));
    let painter = ui.painter();
    let middle = rect.center().y;
    let name = (component + 1).to_string();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, theme::body(), cx.theme.weak);
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, text, theme::body(), cx.theme.text);
    let track = Rect::from_x_y_ranges(rect.left() + 36.0..=rect.right() - 60.0, middle - 2.0..=middle + 2.0);
    painter.rect_filled(track, 2, cx.theme.track);
    let filled = Rect::from_min_size(track.min, vec2(track.width() * share, track.height()));
    painter.rect_filled(filled, 2, cx.theme.accent);
}
