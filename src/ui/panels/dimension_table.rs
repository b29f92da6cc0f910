//! What each dimension does: KL, effect on what is decoded, and what it goes with, a row each.

use super::{Panel, Place};
use crate::latent::factors::Association;
use crate::latent::stats::DimensionStats;
use crate::model::Capabilities;
use crate::session::{ACTIVE_VARIANCE, Action, DimensionTable, Fold};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Segmented, TextField, help, number};
use eframe::egui::{
    Align2, Color32, Label, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// Height of a row, least width of the name, and widths of a number and of a factor's cell.
const ROW: f32 = 26.0;
const NAME: f32 = 36.0;
const NUMBER: f32 = 27.0;
/// As wide as the longest name of a measured factor and a gap, four of them in the panel.
const CELL: f32 = 33.5;

/// What tells how a dimension goes with a factor.
type Measure = fn(&Association) -> f64;

/// The measures to choose from, with their names.
const MEASURES: [(&str, Measure); 3] = [
    ("Pearson", |association| association.pearson),
    ("Spearman", |association| association.spearman),
    ("Shared", |association| association.information),
];

/// The panel, folded until it is asked for.
#[derive(Default)]
pub struct DimensionTablePanel {
    measure: usize,
}

impl Panel for DimensionTablePanel {
    fn id(&self) -> &'static str {
        "dimension table"
    }

    fn title(&self) -> &'static str {
        "Dimensions"
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, capabilities: &Capabilities) -> bool {
        capabilities.encodes
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        let note = n_active(cx);
        if !cx.fold(ui, Fold::DimensionTable, self.title(), &note) {
            return;
        }
        let Some(table) = cx.session.dimension_table() else {
            let words = match cx.session.cloud() {
                None => "There are no codes yet.",
                Some(_) if cx.session.is_training() => "Worked out once training rests.",
                Some(_) => "Worked out…",
            };
            ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint));
            return;
        };
        if !table.factors.is_empty() {
            let words = MEASURES.map(|(word, _)| word);
            let width = ui.available_width();
            let choice = ui.add(Segmented::new("Goes with by", &words, &mut self.measure).width(width));
            let sentence = "Correlation of a dimension with a factor, of the values or of their ranks; or the share of the \
                            factor that the dimension tells, which also sees what is no straight line: histograms of 20 \
                            bins of equal counts.";
            help(choice, "How a dimension goes with a factor", sentence, Some("I(z; v) / H(v)"));
        }
        let scroll = ScrollArea::horizontal().id_salt("dimension table").auto_shrink([false, true]);
        let width = ui.available_width();
        scroll.show(ui, |ui| rows(ui, width, table, MEASURES[self.measure].1, cx));
        caption(ui, table, cx);
    }
}

/// "7 of 10 active": dimensions whose codes vary.
fn n_active(cx: &Cx<'_>) -> String {
    let Some(cloud) = cx.session.cloud() else { return String::new() };
    let n = cloud.stats.iter().filter(|stats| is_active(stats)).count();
    format!("{n} of {} active", cloud.stats.len())
}

fn is_active(stats: &DimensionStats) -> bool {
    stats.std * stats.std > ACTIVE_VARIANCE
}

/// Where the columns end, counted from the left of the table.
struct Columns {
    name: f32,
    kl: Option<f32>,
    effect: Option<f32>,
    factors: Vec<f32>,
}

impl Columns {
    /// Columns in a panel of some width; the names take what the numbers leave.
    fn new(table: &DimensionTable, has_kl: bool, width: f32) -> Self {
        let n_numbers = usize::from(has_kl) + usize::from(table.effects.is_some());
        let numbers = NUMBER * n_numbers as f32 + CELL * table.factors.len() as f32;
        let name = (width - numbers).max(NAME);
        let mut right = name;
        let mut next = |is_there: bool, width: f32| {
            right += if is_there { width } else { 0.0 };
            is_there.then_some(right)
        };
        let (kl, effect) = (next(has_kl, NUMBER), next(table.effects.is_some(), NUMBER));
        let factors = table.factors.iter().filter_map(|_| next(true, CELL)).collect();
        Self { name, kl, effect, factors }
    }

    fn width(&self) -> f32 {
        self.factors.last().copied().or(self.effect).or(self.kl).unwrap_or(self.name)
    }
}

/// The head, a row a dimension, and the gap of each factor.
fn rows(ui: &mut Ui, width: f32, table: &DimensionTable, measure: Measure, cx: &mut Cx<'_>) {
    let Some(cloud) = cx.session.cloud().cloned() else { return };
    let has_kl = cloud.stats.iter().any(|stats| stats.kl_nats.is_some());
    let columns = Columns::new(table, has_kl, width);
    let n = cloud.stats.len();
    let has_gaps = !table.factors.is_empty() && n > 1;
    let height = ROW * (n + 1 + usize::from(has_gaps)) as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(columns.width(), height), Sense::hover());
    let row = |i: usize| Rect::from_min_size(rect.min + vec2(0.0, ROW * i as f32), vec2(rect.width(), ROW));
    head(ui, row(0), &columns, table, cx);
    for (dim, stats) in cloud.stats.iter().enumerate() {
        dimension(ui, row(dim + 1), (dim, stats), &columns, table, measure, cx);
    }
    if has_gaps {
        gaps(ui, row(n + 1), &columns, table, cx);
    }
}

fn head(ui: &Ui, row: Rect, columns: &Columns, table: &DimensionTable, cx: &Cx<'_>) {
    let word = |right: f32, width: f32, text: &str, sentence: &str, formula: Option<&str>| {
        let cell = Rect::from_min_max(
            pos2(row.left() + right - width, row.top()),
            pos2(row.left() + right, row.bottom()),
        );
        let painter = ui.painter().with_clip_rect(cell.intersect(ui.clip_rect()));
        painter.text(cell.center(), Align2::CENTER_CENTER, text, theme::small(), cx.theme.faint);
        let response = ui.interact(cell, ui.scope_id().with(("column", text)), Sense::hover());
        help(response, text, sentence, formula);
    };
    if let Some(right) = columns.kl {
        let sentence = "Nats this dimension carries, mean over samples. Near 0: the decoder ignores it.";
        word(right, NUMBER, "KL", sentence, Some("½ (μ² + σ² − ln σ² − 1)"));
    }
    if let Some(right) = columns.effect {
        let sentence = "How far what is decoded moves as the dimension goes from its 5 % to its 95 % quantile, mean over codes, in the units that the model learns from.";
        word(right, NUMBER, "Δx̂", sentence, Some("√Σ (Δx̂)²"));
    }
    for (factor, right) in table.factors.iter().zip(&columns.factors) {
        let sentence = if table.is_measured {
            "Measured of the pictures' brightness: its sum, the lean of its second moments, two deviations across and up."
        } else {
            "A factor that the data bring."
        };
        word(*right, CELL, &factor.name, sentence, None);
    }
}

/// One dimension: its name to be typed, its numbers, and how it goes with each factor.
fn dimension(
    ui: &mut Ui,
    row: Rect,
    (dim, stats): (usize, &DimensionStats),
    columns: &Columns,
    table: &DimensionTable,
    measure: Measure,
    cx: &mut Cx<'_>,
) {
    name(ui, row.with_max_x(row.left() + columns.name), dim, is_active(stats), cx);
    let colour = if is_active(stats) { cx.theme.text } else { cx.theme.faint };
    let text = |right: f32, text: String| {
        let at = pos2(row.left() + right - 3.0, row.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::small(), colour);
    };
    if let Some((right, nats)) = columns.kl.zip(stats.kl_nats) {
        text(right, number::nats(nats));
    }
    let effect = table.effects.as_ref().and_then(|effects| effects.get(dim));
    if let Some((right, effect)) = columns.effect.zip(effect) {
        text(right, number::fixed(*effect, 1));
    }
    let mut said = Vec::new();
    for (factor, right) in table.factors.iter().zip(&columns.factors) {
        let Some(association) = factor.of.get(dim) else { continue };
        let value = measure(association);
        let cell =
            Rect::from_min_max(pos2(row.left() + right - CELL, row.top()), pos2(row.left() + right, row.bottom()));
        heat(ui, cell.shrink(1.0), value, cx);
        let about = format!(
            "Pearson {}, Spearman {}, shared {} of the factor.",
            number::fixed(association.pearson, 2),
            number::fixed(association.spearman, 2),
            number::fixed(association.information, 2)
        );
        let response = ui.interact(cell, ui.scope_id().with(("cell", dim, &factor.name)), Sense::hover());
        help(response, &format!("z[{dim}] and {}", factor.name), &about, None);
        said.push(format!("{} {}", factor.name, number::fixed(value, 2)));
    }
    let response =
        ui.interact(row.with_min_x(row.left() + columns.name), ui.scope_id().with(("row", dim)), Sense::hover());
    let said = format!("z[{dim}] goes with {}", said.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
}

/// The field for a dimension's name, with its number in it while it has none.
fn name(ui: &mut Ui, row: Rect, dim: usize, is_active: bool, cx: &mut Cx<'_>) {
    let slot = cx.session.slot();
    let (id, old) = (slot.id, slot.names.get(&dim).cloned().unwrap_or_default());
    let mut text = old.clone();
    let place = Rect::from_min_size(row.min + vec2(0.0, 1.0), vec2(row.width() - 4.0, ROW - 2.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt(("name", dim)).max_rect(place));
    let (label, hint) = (format!("Name of z {dim}"), format!("z[{dim}]"));
    let field = child.add(TextField::new(&label, &mut text).hint(&hint).width(place.width()));
    let activity = if is_active { "" } else { " It hardly varies: the variance of its means is not above .01." };
    let sentence = format!("What this dimension does, in your words; the axes take it too.{activity}");
    if help(field, &hint, &sentence, None).changed() && text != old {
        cx.send(Action::NameDimension(id, dim, text));
    }
}

/// A cell whose ground is as strong as its value.
fn heat(ui: &Ui, cell: Rect, value: f64, cx: &Cx<'_>) {
    let strength = value.abs().clamp(0.0, 1.0) as f32;
    ui.painter().rect_filled(cell, 2, cx.theme.field);
    ui.painter().rect_filled(cell, 2, cx.theme.accent.gamma_multiply(strength));
    let colour: Color32 = if strength > 0.55 { cx.theme.on_accent } else { cx.theme.weak };
    let text = number::fixed(value, 2).replace("0.", ".");
    ui.painter().text(cell.center(), Align2::CENTER_CENTER, text, theme::small(), colour);
}

/// The mutual information gap of each factor.
fn gaps(ui: &Ui, row: Rect, columns: &Columns, table: &DimensionTable, cx: &Cx<'_>) {
    let at = pos2(row.left() + 8.0, row.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, "MIG", theme::small(), cx.theme.faint);
    let mut said = Vec::new();
    for (factor, right) in table.factors.iter().zip(&columns.factors) {
        let text = number::fixed(factor.gap, 2).replace("0.", ".");
        let at = pos2(row.left() + right - CELL / 2.0, row.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, &text, theme::small(), cx.theme.text);
        said.push(format!("{} {text}", factor.name));
    }
    let response = ui.interact(row, ui.scope_id().with("gaps"), Sense::hover());
    let said = format!("Mutual information gap: {}", said.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let sentence = "How far the dimension that tells most of a factor is ahead of the next, as a share of the factor; 1 where one \
                    dimension alone holds it (Chen 2018). Histograms of 20 bins of equal counts.";
    help(response, "Mutual information gap", sentence, Some("(I(z₁; v) − I(z₂; v)) / H(v)"));
}

/// Where the factors come from, and the gap's mean.
fn caption(ui: &mut Ui, table: &DimensionTable, cx: &Cx<'_>) {
    let n = table.factors.len();
    let mean = table.factors.iter().map(|factor| factor.gap).sum::<f64>() / n.max(1) as f64;
    let text = match (n, table.is_measured) {
        (0, _) => "No factors are known of these data: name what you see a dimension do.".to_owned(),
        (_, true) => format!("Factors are measured of the pictures. Mean gap {}", number::fixed(mean, 2)),
        (_, false) => format!("Factors are the data's own. Mean gap {}", number::fixed(mean, 2)),
    };
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(cx.theme.faint)).wrap());
}
