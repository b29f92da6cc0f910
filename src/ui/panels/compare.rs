//! The tray of a comparison: a table of the models side by side.

use super::path::MARGIN;
use crate::session::{Action, Scores};
use crate::ui::commands::RESUME_SERIES;
use crate::ui::context::Cx;
use crate::ui::widgets::{IconButton, help, number};
use crate::ui::{icons, theme};
use eframe::egui::{
    Align, Align2, Color32, FontId, Label, Layout as Flow, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// Height of the head and of each model's row.
const HEAD: f32 = 30.0;
const ROW: f32 = 26.0;
/// Least distance between two columns.
const GAP: f32 = 12.0;

/// Height of the tray for so many models.
pub const fn height(n_models: usize) -> f32 {
    HEAD + ROW * n_models as f32 + 10.0
}

/// A column: its head, its help, the words for a model, and its number with whether lower is better.
struct Column {
    title: &'static str,
    help: &'static str,
    text: fn(&Scores) -> String,
    value: fn(&Scores) -> Option<f64>,
    lower_is_better: bool,
    /// Whether it is there only where some model has a number in it.
    needs_value: bool,
}

const COLUMNS: [Column; 7] = [
    Column {
        title: "Squared error",
        help: "Σ (x − x̂)² over features, mean over test samples.",
        text: |scores| scores.squared_error.map_or_else(dash, |error| number::fixed(error, 2)),
        value: |scores| scores.squared_error,
        lower_is_better: true,
        needs_value: true,
    },
    Column {
        title: "Wrong words",
        help: "Words at a place where the sentence has another, mean over test sentences.",
        text: |scores| scores.wrong_words.map_or_else(dash, |wrong| number::fixed(wrong, 2)),
        value: |scores| scores.wrong_words,
        lower_is_better: true,
        needs_value: true,
    },
    Column {
        title: "Perplexity",
        help: "exp of the nats of a word, over all words of the test samples: among how many equally probable words the model would be as unsure.",
        text: |scores| scores.perplexity.map_or_else(dash, |perplexity| number::fixed(perplexity, 1)),
        value: |scores| scores.perplexity,
        lower_is_better: true,
        needs_value: true,
    },
    Column {
        title: "5-NN",
        help: "Share of test codes whose class the 5 nearest training codes vote for: how well the plane tells classes apart.",
        text: |scores| {
            scores.accuracy.map_or_else(dash, |accuracy| format!("{} %", number::fixed(100.0 * accuracy, 1)))
        },
        value: |scores| scores.accuracy,
        lower_is_better: false,
        needs_value: false,
    },
    Column {
        title: "KL",
        help: "KL divergence of the codes from the prior, nats; only a variational model has one.",
        text: |scores| scores.kl.map_or_else(dash, |kl| format!("{} nats", number::fixed(kl, 1))),
        value: |_| None,
        lower_is_better: true,
        needs_value: false,
    },
    Column {
        title: "Parameters",
        help: "Weights and biases.",
        text: |scores| number::count(scores.n_params as u64),
        value: |_| None,
        lower_is_better: true,
        needs_value: false,
    },
    Column {
        title: "Training",
        help: "Seconds of training, where it took place in this window.",
        text: |scores| scores.secs.map_or_else(dash, |secs| format!("{} s", number::fixed(f64::from(secs), 1))),
        value: |_| None,
        lower_is_better: true,
        needs_value: false,
    },
];

fn dash() -> String {
    "–".into()
}

/// The columns that there is room for, the first ones first; a row tells all of them to a screen reader.
struct Shown {
    columns: Vec<&'static Column>,
    /// Those too for which there is no room.
    all: Vec<&'static Column>,
    /// Right ends of the names of the models, and of each column.
    name: f32,
    rights: Vec<f32>,
}

impl Shown {
    /// Those of `all` whose heads fit into `inner` beside the names.
    fn new(ui: &Ui, inner: Rect, all: Vec<&'static Column>) -> Self {
        let name_width = (inner.width() * 0.27).max(110.0);
        let room = inner.width() - name_width;
        let measured = |column: &Column| {
            ui.painter().layout_no_wrap(column.title.into(), theme::small(), Color32::PLACEHOLDER).size().x + GAP
        };
        let fits = |n: &usize| all[..*n].iter().all(|column| measured(column) * *n as f32 <= room);
        let n = (1..=all.len()).rev().find(fits).unwrap_or(1);
        let name = inner.left() + name_width;
        let rights = (1..=n).map(|i| name + room * i as f32 / n as f32).collect();
        Self { columns: all[..n].to_vec(), all, name, rights }
    }
}

/// The columns that say something of these models.
fn columns(models: &[(String, Option<Scores>)]) -> Vec<&'static Column> {
    let has_value = |column: &Column| models.iter().any(|(_, of)| of.as_ref().and_then(column.value).is_some());
    COLUMNS.iter().filter(|column| !column.needs_value || has_value(column)).collect()
}

/// Draws the table.
pub fn show(ui: &mut Ui, tray: Rect, cx: &mut Cx<'_>) {
    let inner = tray.shrink2(vec2(MARGIN, 0.0));
    let models: Vec<(String, Option<Scores>)> = cx
        .session
        .visible()
        .map(|slot| (cx.session.name_of(slot.id).whole(), cx.session.scores_of(slot.id)))
        .collect();
    let shown = Shown::new(ui, inner, columns(&models));
    let mut left = shown.name;
    for (i, (column, right)) in shown.columns.iter().zip(&shown.rights).enumerate() {
        let cell = Rect::from_min_max(pos2(left, inner.top()), pos2(*right, inner.top() + HEAD));
        left = *right;
        let head = ui.interact(cell, ui.scope_id().with(("column", i)), Sense::hover());
        help(head, column.title, column.help, None);
        let at = pos2(*right, inner.top() + HEAD / 2.0 + 2.0);
        ui.painter().text(at, Align2::RIGHT_CENTER, column.title, theme::small(), cx.theme.faint);
    }
    series(ui, Rect::from_min_size(inner.min, vec2(shown.name - inner.left(), HEAD)), cx);
    let rest = Rect::from_min_max(pos2(inner.left(), inner.top() + HEAD), inner.max);
    let mut below = ui.new_child(UiBuilder::new().max_rect(rest));
    let scrolled = ScrollArea::vertical().id_salt("models").auto_shrink([false, false]);
    scrolled.show(&mut below, |ui| {
        let (all, _) = ui.allocate_exact_size(vec2(inner.width(), ROW * models.len() as f32), Sense::hover());
        rows(ui, all, &models, &shown, cx);
    });
}

/// How far the series has come, with the button that lets it rest or go on.
fn series(ui: &mut Ui, place: Rect, cx: &mut Cx<'_>) {
    let Some(series) = cx.session.series_state() else { return };
    let mut row = ui.new_child(UiBuilder::new().max_rect(place).layout(Flow::left_to_right(Align::Center)));
    row.spacing_mut().item_spacing.x = 4.0;
    if series.goes {
        let pause = row.add(IconButton::new(icons::PAUSE, "Pause the series"));
        if help(pause, "Pause the series", "The present training stops too; both go on where they stand.", None)
            .clicked()
        {
            cx.send(Action::Pause);
        }
    } else if series.n_done < series.n {
        let resume =
            row.add_enabled(RESUME_SERIES.is_ready(cx.session), IconButton::new(icons::PLAY, RESUME_SERIES.name));
        if help(resume, RESUME_SERIES.name, &RESUME_SERIES.sentence(), None).clicked() {
            RESUME_SERIES.run(&row, cx);
        }
    }
    let left = series.secs_left.map(|secs| format!(" · {} left", number::time_left(secs))).unwrap_or_default();
    let text = format!("{} of {} trained{left}", series.n_done, series.n);
    row.add(Label::new(RichText::new(text).font(theme::small()).color(cx.theme.weak)).truncate());
}

/// A row of the table for each model.
fn rows(ui: &mut Ui, inner: Rect, models: &[(String, Option<Scores>)], shown: &Shown, cx: &Cx<'_>) {
    let active = cx.session.visible().position(|slot| slot.id == cx.session.spec().active);
    for (row, (name, scores)) in models.iter().enumerate() {
        let y = inner.top() + ROW * (row as f32 + 0.5);
        let clip = Rect::from_min_max(pos2(inner.left(), y - 12.0), pos2(shown.name - GAP, y + 12.0));
        let font = if Some(row) == active { theme::semibold(13.0) } else { theme::body() };
        let mut cell = ui.new_child(UiBuilder::new().max_rect(clip).layout(Flow::left_to_right(Align::Center)));
        cell.add(Label::new(RichText::new(name).font(font).color(cx.theme.text)).truncate());
        let words: Vec<String> = match scores {
            Some(scores) => shown.all.iter().map(|column| (column.text)(scores)).collect(),
            // Of a model that is being trained, or is being scored right now.
            None => vec!["…".into(); shown.all.len()],
        };
        for ((column, text), right) in shown.columns.iter().zip(&words).zip(&shown.rights) {
            let best = is_best(column, row, models);
            let (font, colour): (FontId, _) =
                if best { (theme::semibold(13.0), cx.theme.accent) } else { (theme::body(), cx.theme.weak) };
            ui.painter().text(pos2(*right, y), Align2::RIGHT_CENTER, text, font, colour);
        }
        let line = Rect::from_min_size(pos2(inner.left(), y - ROW / 2.0), vec2(inner.width(), ROW));
        let response = ui.interact(line, ui.scope_id().with(("model", row)), Sense::hover());
        let said = format!(
            "{name}: {}",
            shown.all.iter().zip(&words).map(|(c, w)| format!("{} {w}", c.title)).collect::<Vec<_>>().join(", ")
        );
        response.widget_info(|| WidgetInfo::labeled(eframe::egui::Role::Label, true, &said));
    }
}

/// Whether a model is the best of all in a column that says which is.
fn is_best(column: &Column, row: usize, models: &[(String, Option<Scores>)]) -> bool {
    let value = |row: usize| models[row].1.as_ref().and_then(column.value);
    let Some(own) = value(row) else { return false };
    (0..models.len())
        .filter_map(value)
        .all(|other| if column.lower_is_better { own <= other } else { own >= other })
        && (0..models.len()).filter_map(value).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perplexity_is_told_where_words_are_counted() {
        let scores = Scores {
            squared_error: Some(1.0),
            wrong_words: None,
            kl: None,
            perplexity: None,
            n_params: 1,
            secs: None,
            accuracy: None,
        };
        let titles = |perplexity| {
            let models = [("a".to_string(), None), ("b".to_string(), Some(Scores { perplexity, ..scores }))];
            columns(&models).iter().map(|column| column.title).collect::<Vec<_>>()
        };
        assert!(titles(Some(512.0)).contains(&"Perplexity") && !titles(None).contains(&"Perplexity"));
        assert!(!titles(None).contains(&"Wrong words"), "of no sentences");
    }

    #[test]
    fn heads_never_run_into_one_another() {
        eframe::egui::__run_test_ui(|ui| {
            let counts: Vec<usize> = (160..1200)
                .step_by(20)
                .map(|width| {
                    let inner = Rect::from_min_size(pos2(10.0, 0.0), vec2(width as f32, 60.0));
                    let shown = Shown::new(ui, inner, COLUMNS.iter().collect());
                    let mut left = shown.name;
                    for (column, right) in shown.columns.iter().zip(&shown.rights).skip(usize::from(width < 240)) {
                        let galley =
                            ui.painter().layout_no_wrap(column.title.into(), theme::small(), Color32::WHITE);
                        assert!(right - galley.size().x >= left, "{width}: {}", column.title);
                        left = *right;
                    }
                    shown.columns.len()
                })
                .collect();
            assert!(counts.is_sorted() && counts[0] == 1 && counts.last() == Some(&COLUMNS.len()), "{counts:?}");
        });
    }
}
