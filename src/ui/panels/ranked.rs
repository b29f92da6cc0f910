//! A training sample of a list that is ranked by something: as a small picture or a line of text, lit on
//! every plane while it is pointed at.

use crate::session::Action;
use crate::ui::context::Cx;
use crate::ui::plane::mark_of;
use crate::ui::samples;
use crate::ui::theme;
use crate::ui::widgets::{cut_text, help, row_ground};
use eframe::egui::{Align2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Height of a line of text.
pub const ROW: f32 = 20.0;
/// Side of a sample.
pub const SIDE: f32 = 40.0;
/// The step to the next one.
pub const STEP: f32 = 50.0;
/// The height of what is said below it.
pub const FACTS: f32 = 15.0;

/// A training sample of a list.
pub struct Ranked<'a> {
    /// What is listed, as it is said before its place: "Found by code".
    pub title: &'a str,
    /// Names its picture among all textures.
    pub texture: String,
    /// Its place, from 0.
    pub rank: usize,
    /// The sample.
    pub sample: u32,
    /// What it is listed by, short.
    pub value: String,
    /// That in words.
    pub said: String,
}

impl Ranked<'_> {
    /// All that is known of it, in words.
    fn in_words(&self, line: Option<&str>, cx: &Cx<'_>) -> String {
        let train = cx.session.data().map(|data| &data.train);
        let noun = train.map_or("sample", |train| train.kind().noun());
        let class = train.and_then(|train| train.class_name_of(self.sample));
        let parts = [
            Some(format!("{}, {}: {noun} {}", self.title, self.rank + 1, self.sample)),
            class.map(|class| format!("class {class}")),
            train.and_then(|train| train.caption(self.sample as usize)).map(str::to_owned),
            Some(self.said.clone()),
            line.map(str::to_owned),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// As a line of text; says whether the pointer is on it.
    pub fn line(&self, ui: &mut Ui, at: Rect, cx: &mut Cx<'_>) -> bool {
        let Some(train) = cx.session.data().map(|data| data.train.clone()) else { return false };
        let line = samples::stored(ui, &self.texture, &train, self.sample, cx).line(0);
        let said = self.in_words(line.as_deref(), cx);
        let response = ui.interact(at, ui.scope_id().with(("found", self.rank)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        let is_focused = cx.session.spec().selection.focused == Some(self.sample);
        row_ground(ui.painter(), at, &response, is_focused, &cx.theme);
        let mut text = at.shrink2(vec2(4.0, 0.0));
        if let Some(class) = train.class_of(self.sample) {
            mark_of(ui.painter(), pos2(text.left() + 4.0, text.center().y), class, cx);
            text.min.x += 14.0;
        }
        let (font, faint) = (theme::small(), cx.theme.faint);
        let distance = ui.painter().text(text.right_center(), Align2::RIGHT_CENTER, &self.value, font, faint);
        text.max.x = distance.left() - 6.0;
        let (caption, words) = (train.caption(self.sample as usize), train.text(self.sample as usize));
        let told = cut_text(
            ui.painter(),
            text,
            caption.or(line.as_deref()).unwrap_or_default(),
            theme::body(),
            cx.theme.text,
        );
        text.min.x = told.right() + 8.0;
        if let (Some(_), Some(words)) = (caption, words)
            && text.width() > 2.0 * ROW
        {
            // A document's title may say little: that of a file is its name. No line shows more than its
            // beginning.
            let begins: String =
                words.chars().take(100).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
            cut_text(ui.painter(), text, &begins, theme::small(), cx.theme.weak);
        }
        self.answer(response, &said, cx)
    }

    /// As a small picture with what is known of it below; says whether the pointer is on it.
    pub fn tile(&self, ui: &mut Ui, at: Rect, cx: &mut Cx<'_>) -> bool {
        let Some(train) = cx.session.data().map(|data| data.train.clone()) else { return false };
        let tiles = samples::stored(ui, &self.texture, &train, self.sample, cx);
        let said = self.in_words(tiles.line(0).as_deref(), cx);
        let is_focused = cx.session.spec().selection.focused == Some(self.sample);
        let size = tiles.fitted(Vec2::splat(SIDE));
        let square = Rect::from_min_size(at.min, Vec2::splat(SIDE));
        let tile = tiles.tile(&said, 0, size).chosen(is_focused);
        let response = ui.put(Rect::from_center_size(square.center(), size), tile);
        let below = Rect::from_min_max(pos2(at.left(), square.bottom()), at.max);
        if let Some(class) = train.class_of(self.sample) {
            mark_of(ui.painter(), pos2(below.left() + 4.0, below.center().y), class, cx);
        }
        let (font, faint) = (theme::small(), cx.theme.faint);
        ui.painter().text(below.right_center(), Align2::RIGHT_CENTER, &self.value, font, faint);
        self.answer(response, &said, cx)
    }

    fn answer(&self, response: Response, said: &str, cx: &mut Cx<'_>) -> bool {
        let is_pointed = response.hovered();
        if help(response, said, "A click picks it, on every plane.", None).clicked() {
            cx.send(Action::Pick(Some(self.sample)));
        }
        is_pointed
    }
}
