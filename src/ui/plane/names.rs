//! Names of the classes, each where its codes are densest.

use super::Scene;
use super::codes::colour_of;
use crate::session::{ColourBy, Layer};
use crate::ui::context::Cx;
use crate::ui::theme;
use crate::worker::CodeCloud;
use eframe::egui::{Rect, Stroke, StrokeKind, Ui, Vec2, vec2};

/// Most classes that are named; more names would hide the codes.
const MAX_NAMED: usize = 30;
/// Codes of a class that are looked at for the densest place.
const MAX_LOOKED_AT: usize = 4096;
/// Places along each axis between which the densest is chosen.
const CELLS: usize = 24;
/// Height of a name's pill, and how near two pills may come.
const HEIGHT: f32 = 22.0;
const GAP: f32 = 3.0;

/// The densest place of each class's codes in plot coordinates; none for a class without codes.
pub fn densest(cloud: &CodeCloud, points: &[[f32; 2]], labels: &[u16], n_classes: usize) -> Vec<Option<[f32; 2]>> {
    if n_classes > MAX_NAMED {
        return Vec::new();
    }
    let mut of_class: Vec<Vec<[f32; 2]>> = vec![Vec::new(); n_classes];
    for (idx, point) in cloud.indices.iter().zip(points) {
        let class = labels.get(*idx as usize).map(|&class| usize::from(class));
        if let Some(list) = class.and_then(|class| of_class.get_mut(class))
            && list.len() < MAX_LOOKED_AT
        {
            list.push(*point);
        }
    }
    of_class.iter().map(|points| densest_place(points)).collect()
}

/// The mean of the points in the fullest of some cells, which overlap by half so that no border cuts a crowd
/// in two.
fn densest_place(points: &[[f32; 2]]) -> Option<[f32; 2]> {
    let first = *points.first()?;
    let (mut low, mut high) = (first, first);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let cell = |point: &[f32; 2], axis: usize| {
        let share = (point[axis] - low[axis]) / (high[axis] - low[axis]).max(1e-9);
        ((share * CELLS as f32) as usize).min(CELLS - 1)
    };
    let mut counts = vec![0u32; CELLS * CELLS];
    for point in points {
        counts[cell(point, 1) * CELLS + cell(point, 0)] += 1;
    }
    let at = |x: usize, y: usize| counts[y.min(CELLS - 1) * CELLS + x.min(CELLS - 1)];
    let around = |x: usize, y: usize| {
        let near = |at: usize| at.saturating_sub(1)..=(at + 1).min(CELLS - 1);
        near(y).flat_map(|y| near(x).map(move |x| (x, y))).map(|(x, y)| at(x, y)).sum::<u32>()
    };
    let places = (0..CELLS).flat_map(|y| (0..CELLS).map(move |x| (x, y)));
    let (x, y) = places.max_by_key(|&(x, y)| around(x, y))?;
    let is_near = |point: &&[f32; 2]| cell(point, 0).abs_diff(x) <= 1 && cell(point, 1).abs_diff(y) <= 1;
    let (mut sum, mut n) = ([0.0; 2], 0.0);
    for point in points.iter().filter(is_near) {
        sum = [sum[0] + point[0], sum[1] + point[1]];
        n += 1.0;
    }
    (n > 0.0).then(|| [sum[0] / n, sum[1] / n])
}

/// Draws the names, except those that would lie on one of the `covered` places.
pub fn paint(ui: &Ui, scene: &Scene<'_>, covered: &[Rect], cx: &Cx<'_>) {
    let (view, places) = (scene.view, scene.codes.densest());
    let spec = cx.session.spec();
    let Some(data) = cx.session.data() else { return };
    // Under a given label all classes lie on one another.
    if !spec.layers.contains(&Layer::ClassNames)
        || spec.colour != ColourBy::Class
        || cx.session.n_labels_of(scene.slot) > 0
    {
        return;
    }
    let named = places.iter().zip(data.train.classes()).enumerate();
    let shown = named.filter(|(class, _)| !spec.hidden.contains(class));
    let mut pills: Vec<Pill> = shown
        .filter_map(|(class, (place, name))| {
            let font = theme::semibold(if name.chars().count() > 1 { 13.0 } else { 15.0 });
            let galley = ui.painter().layout_no_wrap(name.clone(), font, cx.theme.text);
            let size = vec2((galley.size().x + 14.0).max(HEIGHT), HEIGHT);
            Some(Pill { class, galley, rect: Rect::from_center_size(view.screen((*place)?), size) })
        })
        .collect();
    let mut places: Vec<Rect> = pills.iter().map(|pill| pill.rect).collect();
    push_apart(&mut places);
    for (pill, rect) in pills.iter_mut().zip(places) {
        if covered.iter().any(|covered| covered.intersects(rect)) {
            continue;
        }
        let stroke = Stroke::new(1.5, colour_of(cx, pill.class));
        ui.painter().rect(rect, 11, cx.theme.plane.gamma_multiply(0.85), stroke, StrokeKind::Inside);
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
    fn the_crowd_gets_the_name_not_the_stragglers() {
        let crowd = (0..60).map(|i| [2.0 + 0.01 * (i % 8) as f32, -1.0 + 0.01 * (i / 8) as f32]);
        let stragglers = (0..40).map(|i| [-4.0 + 0.2 * i as f32, 3.0 - 0.15 * i as f32]);
        let points: Vec<[f32; 2]> = crowd.chain(stragglers).collect();
        let [x, y] = densest_place(&points).unwrap();
        assert!((x - 2.0).abs() < 0.4 && (y + 1.0).abs() < 0.4, "{x} {y}");
        assert_eq!(densest_place(&[]), None);
        assert_eq!(densest_place(&[[1.0, 2.0]]), Some([1.0, 2.0]));
    }

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
