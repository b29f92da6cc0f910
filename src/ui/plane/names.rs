//! Names of the classes, each where its codes are densest.

use super::Scene;
use super::codes::colour_of;
use crate::session::{ColourBy, Layer};
use crate::ui::context::Cx;
use crate::ui::theme;
use eframe::egui::{Rect, Stroke, StrokeKind, Ui, Vec2, vec2};

/// Least height of a name's pill, and how near two pills may come.
const HEIGHT: f32 = 22.0;
const GAP: f32 = 3.0;

/// Draws the names, except those that would lie on one of the `covered` places.
pub fn paint(ui: &Ui, scene: &Scene<'_>, covered: &[Rect], cx: &Cx<'_>) {
    let (view, places) = (scene.view, scene.codes.densest());
    let spec = cx.session.spec();
    let Some(data) = cx.session.data() else { return };
    // Under a given label all classes lie on one another.
    if !spec.layers.contains(&Layer::ClassNames)
        || spec.colour != ColourBy::Class
        || cx.session.n_labels_of(scene.slot) > 0 && cx.session.data_columns().is_none()
    {
        return;
    }
    let named = places.iter().zip(data.train.classes()).enumerate();
    let shown = named.filter(|(class, _)| !spec.hidden.contains(class));
    let mut pills: Vec<Pill> = shown
        .filter_map(|(class, (place, name))| {
            let [letter, word] = cx.window.sizes.names;
            let font = theme::semibold(if name.chars().count() > 1 { word } else { letter });
            let galley = ui.painter().layout_no_wrap(name.clone(), font, cx.theme.text);
            let height = HEIGHT.max(galley.size().y + 4.0).round();
            let size = vec2((galley.size().x + 14.0).max(height), height);
            Some(Pill { class, galley, rect: Rect::from_center_size(view.screen((*place)?), size) })
        })
        .collect();
    let mut places: Vec<Rect> = pills.iter().map(|pill| pill.rect).collect();
    push_apart(&mut places);
    for (pill, rect) in pills.iter_mut().zip(places) {
        if covered.iter().any(|covered| covered.intersects(rect)) {
            continue;
        }
        let stroke = Stroke::new(1.5, colour_of(&cx.theme, pill.class));
        ui.painter().rect(
            rect,
            (rect.height() / 2.0) as u8,
            cx.theme.plane.gamma_multiply(0.85),
            stroke,
            StrokeKind::Inside,
        );
        let at = rect.center() - pill.galley.size() / 2.0;
        ui.painter().galley(at, std::sync::Arc::clone(&pill.galley), cx.theme.text);
    }
}

/// A name to be drawn.
struct Pill {
    class: usize,
    galley: std::sync::Arc<eframe::egui::Galley>,
    rect: Rect,
}

/// Moves names that lie on one another apart, each by half the way, along the shorter one.
fn push_apart(places: &mut [Rect]) {
    for _ in 0..12 {
        for i in 0..places.len() {
            for j in 0..i {
                let between = places[i].center() - places[j].center();
                let apart = (places[i].size() + places[j].size()) / 2.0 + Vec2::splat(GAP);
                let missing = apart - between.abs();
                if missing.x <= 0.0 || missing.y <= 0.0 {
                    continue;
                }
                let shift = if missing.x < missing.y {
                    vec2(missing.x / 2.0 * between.x.signum(), 0.0)
                } else {
                    vec2(0.0, missing.y / 2.0 * between.y.signum())
                };
                places[i] = places[i].translate(shift);
                places[j] = places[j].translate(-shift);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    #[test]
    fn names_in_one_place_are_pushed_apart() {
        let at = |x: f32, width: f32| Rect::from_center_size(pos2(x, 50.0), vec2(width, HEIGHT));
        let mut places = [at(50.0, 22.0), at(50.0, 22.0), at(52.0, 70.0), at(90.0, 40.0)];
        push_apart(&mut places);
        for i in 0..4 {
            for j in 0..i {
                assert!(!places[i].shrink(0.5).intersects(places[j]), "{places:?}");
            }
        }
    }
}
