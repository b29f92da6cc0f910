//! Draws from the posterior of the sample that is looked at, decoded side by side.

use crate::ui::context::Cx;
use crate::ui::samples::Tiles;
use crate::ui::theme;
use crate::ui::widgets::{Aside, help, number, section_head};
use crate::worker::ViewId;
use eframe::egui::{Label, Rect, RichText, Sense, Ui, pos2, vec2};

/// Draws the strip while it is asked for, and what to do where no sample is looked at.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if !cx.session.shows_posterior_draws() {
        return;
    }
    ui.add_space(6.0);
    let active = cx.session.spec().active;
    let posterior = cx.session.posterior_of(active);
    let sigma = posterior.as_ref().map(|posterior| {
        let mean = posterior.variance.iter().map(|variance| variance.sqrt()).sum::<f32>();
        format!("mean σ {}", number::fixed(f64::from(mean) / posterior.variance.len().max(1) as f64, 2))
    });
    section_head(ui, "From the posterior", Aside::Faint(sigma.as_deref().unwrap_or("")));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let sentence = "Draws from the Gaussian that the encoder gives the sample under the pointer, or the picked one, decoded: what \
                    the model takes for the same sample.";
    help(response, "From the posterior", sentence, Some("z = μ + σ · ε,  ε ~ N(0, I)"));
    let tiles = posterior.and_then(|_| Tiles::of_view(ui, active, ViewId::Posterior, cx));
    let Some(tiles) = tiles else {
        let text = RichText::new("Point at a code.").font(theme::small()).color(cx.theme.faint);
        ui.put(rect, Label::new(text));
        return;
    };
    let n = tiles.columns();
    let each = vec2(rect.width() / n as f32, rect.height());
    let size = tiles.fitted(each);
    for i in 0..n {
        let middle = pos2(rect.left() + (i as f32 + 0.5) * each.x, rect.center().y);
        let name = tiles.named(&format!("Draw {} from the posterior", i + 1), i);
        let tile = tiles.tile(&name, i, size).sense(Sense::hover());
        ui.put(Rect::from_center_size(middle, size), tile);
    }
}
