//! The first minute: four things to do, one after the other, on a card at the plane's foot.
//!
//! It is shown once, to who opens the window on what it opens on by itself, and called back by its command.
//! Its steps and what each waits for are data of the session.

use super::context::Cx;
use super::icons;
use super::theme;
use super::widgets::{IconButton, help, number};
use crate::session::{Fold, Lesson, first_minute};
use eframe::egui::{Align, Align2, Area, Id, Label, Layout as Flow, Order, Rect, RichText, Sense, Ui, vec2};

/// Greatest width of the card.
const WIDTH: f32 = 420.0;
/// Room below the card, for the names of the axis.
const FOOT: f32 = 28.0;
/// Least height of several planes that the card may lie over.
const LEAST: f32 = 300.0;

/// Where the user stands in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstMinute {
    /// The step that is shown; none before it begins, and once it is over.
    step: Option<usize>,
    /// Whether it was shown before, to its end or its ×.
    pub was_shown: bool,
}

impl FirstMinute {
    /// Begins with the first step.
    pub fn begin(&mut self) {
        self.step = Some(0);
    }

    fn end(&mut self) {
        (self.step, self.was_shown) = (None, true);
    }
}

/// Draws the card with the present step, and goes on once that is done.
pub fn show(ui: &Ui, plane: Rect, cx: &mut Cx<'_>) {
    let Some(step) = cx.window.first_minute.step else { return };
    let Some(lesson) = first_minute().get(step) else { return cx.window.first_minute.end() };
    let is_there = cx.session.cloud().is_some() && !cx.session.is_busy();
    let spec = cx.session.spec();
    // The pad takes the same place, stage and divergences that of the planes, and a class looks at the plane
    // alone. Of several low planes nothing would be left.
    let is_over_all = cx.session.is_compared() && plane.height() < LEAST;
    if !is_there
        || is_over_all
        || cx.window.presents
        || cx.session.hides_planes()
        || spec.unfolded.contains(&Fold::Pad)
    {
        return;
    }
    if cx.session.has_done(lesson) {
        cx.window.first_minute.step = Some(step + 1);
        ui.ctx().request_repaint();
    }
    let [title, text] = texts(lesson, cx);
    let at = plane.center_bottom() - vec2(0.0, FOOT);
    let area =
        Area::new(Id::unique("first minute")).order(Order::Middle).pivot(Align2::CENTER_BOTTOM).fixed_pos(at);
    let card = area.show(ui.ctx(), |ui| {
        cx.theme.card(14).show(ui, |ui| {
            ui.set_width(WIDTH.min(plane.width() - 52.0));
            ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
            ui.horizontal(|ui| {
                ui.label(RichText::new(title).font(theme::semibold(13.0)).color(cx.theme.text));
                ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
                    let close = ui.add(IconButton::new(icons::X, "End the first minute"));
                    let sentence = "It does not come again by itself; “Show the first minute” in F1 or the palette brings it back.";
                    if help(close, "Close", sentence, None).clicked() {
                        cx.window.first_minute.end();
                    }
                    dots(ui, step, cx);
                });
            });
            ui.add(Label::new(RichText::new(text).color(cx.theme.weak)).wrap());
        });
    });
    cx.window.over_plane = Some(card.response.rect);
}

/// Title and text of a step, about what is on screen.
fn texts(lesson: &Lesson, cx: &Cx<'_>) -> [String; 2] {
    let train = cx.session.data().map(|data| &data.train);
    let sample = cx.session.spec().selection.looked_at();
    let class = sample.and_then(|sample| train?.class_name_of(sample));
    let named = class.map_or_else(|| "the sample".to_owned(), with_article);
    let code = sample.and_then(|sample| cx.session.code_of(sample)).unwrap_or_else(|| cx.session.z().to_vec());
    let numbers: Vec<String> = code.iter().take(2).map(|z| number::z(*z)).collect();
    let more = if code.len() > 2 { ", …" } else { "" };
    let n = number::count(train.map_or(0, |train| train.n_samples()) as u64);
    let kind = train.map(|train| train.kind());
    let features = kind.map_or_else(String::new, |kind| {
        format!("{} {}", number::count(kind.n_features() as u64), kind.features())
    });
    [&lesson.title, &lesson.text].map(|text| {
        text.replace("{n}", &n)
            .replace("{sample}", &named)
            .replace("{code}", &format!("({}{more})", numbers.join(", ")))
            .replace("{features}", &features)
    })
}

/// A class's name as one says it of one sample: "a 7", "an 8".
fn with_article(class: &str) -> String {
    let is_open = class.starts_with(|first: char| "aeiouAEIOU8".contains(first));
    format!("{} {class}", if is_open { "an" } else { "a" })
}

/// A dot a step, those done and the present one full.
fn dots(ui: &mut Ui, step: usize, cx: &Cx<'_>) {
    const APART: f32 = 10.0;
    let n = first_minute().len();
    let (place, _) = ui.allocate_exact_size(vec2(APART * n as f32, APART), Sense::hover());
    for i in 0..n {
        let at = place.left_center() + vec2((i as f32 + 0.5) * APART, 0.0);
        let colour = if i <= step { cx.theme.accent } else { cx.theme.pressed };
        ui.painter().circle_filled(at, 3.0, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_says_an_eight() {
        assert_eq!(["7", "8", "half", "owl"].map(with_article), ["a 7", "an 8", "a half", "an owl"]);
    }
}
