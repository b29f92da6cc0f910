//! The instrument that lists the samples which are unlike the rest, by what is chosen.

use super::ranked::{FACTS, ROW, Ranked, SIDE, STEP};
use super::{Panel, Place};
use crate::model::Capabilities;
use crate::session::{
    Action, Choice, Fold, Joining, MAX_NEIGHBOURS, N_OUTLIERS, OutlierPage, OutlierScore, RegressOn, Samples,
};
use crate::ui::commands::OUTLIERS;
use crate::ui::context::{Cx, Pointing};
use crate::ui::layout::Layout;
use crate::ui::samples;
use crate::ui::theme;
use crate::ui::widgets::{Button, Combo, Item, help, number, part};
use eframe::egui::{Rect, RichText, Sense, Ui, vec2};

/// Numbers of neighbours to choose from.
const NEIGHBOURS: [usize; 6] = [1, 5, 10, 20, 50, 100];

/// The panel, folded until it is asked for.
#[derive(Default)]
pub struct OutlierPanel {
    pointing: Pointing,
}

impl Panel for OutlierPanel {
    fn id(&self) -> &'static str {
        "outliers"
    }

    fn title(&self) -> &'static str {
        "Outliers"
    }

    fn folds(&self) -> bool {
        true
    }

    fn place(&self) -> Place {
        Place::Decode
    }

    fn is_available(&self, _: &Capabilities) -> bool {
        true
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        if cx.session.data().is_none() {
            return;
        }
        let page = cx.session.spec().outliers.clone();
        let by = cx.session.outlying_by();
        let first = cx.session.outliers(1).and_then(|found| found.first().copied());
        let note = match (by, first) {
            (Some(by), Some((_, value))) => format!("{} {}", short(by), shown(value)),
            _ => String::new(),
        };
        let (head, is_open) = cx.turned_row(ui, Fold::Outliers, (self.title(), &note), page.is_some());
        help(head, self.title(), &OUTLIERS.sentence(), None);
        if is_open != page.is_some() {
            cx.send(Action::ShowOutliers(is_open.then(OutlierPage::default)));
        }
        let (Some(page), Some(by)) = (page, by) else { return };
        chosen_score(ui, &page, by, cx);
        match by {
            OutlierScore::Rarity | OutlierScore::Neighbours => neighbours(ui, &page, cx),
            OutlierScore::Cook => regression(ui, &page, cx),
            OutlierScore::Reconstruction | OutlierScore::LogP => {}
        }
        let pointed = part(ui, "list", |ui| list(ui, by, cx)).inner;
        self.pointing.at(pointed, cx);
    }
}

/// What samples are outlying by, in a word.
fn short(by: OutlierScore) -> &'static str {
    match by {
        OutlierScore::Reconstruction => "error",
        OutlierScore::LogP => "ln p(x)",
        OutlierScore::Rarity => "rarity",
        OutlierScore::Neighbours => "distance",
        OutlierScore::Cook => "D",
    }
}

/// Its name in the list, a sentence about it, and its formula.
fn about(by: OutlierScore) -> [&'static str; 3] {
    match by {
        OutlierScore::Reconstruction => [
            "Reconstruction",
            "How badly the model reconstructs a sample from its mean code.",
            "Σ (x − x̂)², or in nats",
        ],
        OutlierScore::LogP => [
            "ln p(x)",
            "How probable the model finds a sample, in nats, by 32 importance samples: the least first.",
            "ln 1/k Σ p(x|z) p(z) / q(z|x)",
        ],
        OutlierScore::Rarity => [
            "Rarity of the code",
            "How many times rarer a code is than the usual one, in tens: 1 is ten times.",
            "n log₁₀(r / median r)",
        ],
        OutlierScore::Neighbours => [
            "Neighbours",
            "How far the nearest other samples lie, by what they are themselves: the mean distance.",
            "1/k Σ √Σ(a − b)²",
        ],
        OutlierScore::Cook => [
            "Cook's distance",
            "How far a regression moves when a sample is left out of it.",
            "D = r² h / (p s² (1 − h)²)",
        ],
    }
}

/// A value with as many digits as there is room for.
fn shown(value: Option<f64>) -> String {
    let Some(value) = value else { return "h = 1".into() };
    let decimals = match value.abs() {
        size if size < 10.0 => 2,
        size if size < 1000.0 => 1,
        _ => 0,
    };
    number::fixed(value, decimals)
}

fn chosen_score(ui: &mut Ui, page: &OutlierPage, by: OutlierScore, cx: &mut Cx<'_>) {
    let all = cx.session.outlier_scores();
    let items: Vec<Item<'_>> = all.iter().map(|by| Item::new(about(*by)[0])).collect();
    let mut chosen = all.iter().position(|other| *other == by).unwrap_or(0);
    let combo = ui.add(Combo::new("Outlying by", &items, &mut chosen).width(ui.available_width()));
    let [_, sentence, formula] = about(by);
    if help(combo, "Outlying by", sentence, Some(formula)).changed() {
        cx.send(Action::ShowOutliers(Some(OutlierPage { by: all[chosen], ..page.clone() })));
    }
}

fn neighbours(ui: &mut Ui, page: &OutlierPage, cx: &mut Cx<'_>) {
    let mut all: Vec<usize> = NEIGHBOURS.into_iter().chain([page.k.min(MAX_NEIGHBOURS)]).collect();
    all.sort_unstable();
    all.dedup();
    let names: Vec<String> =
        all.iter().map(|k| format!("{k} neighbour{}", if *k == 1 { "" } else { "s" })).collect();
    let items: Vec<Item<'_>> = names.iter().map(|name| Item::new(name)).collect();
    let mut chosen = all.iter().position(|k| *k == page.k).unwrap_or(0);
    let combo = ui.add(Combo::new("Neighbours looked at", &items, &mut chosen).width(ui.available_width()));
    let sentence = "How many of the nearest are looked at: few see small groups as outlying no more, many do.";
    if help(combo, "Neighbours", sentence, None).changed() {
        cx.send(Action::ShowOutliers(Some(OutlierPage { k: all[chosen], ..page.clone() })));
    }
}

/// Which column is regressed on what, and the way to the figure.
fn regression(ui: &mut Ui, page: &OutlierPage, cx: &mut Cx<'_>) {
    let columns = cx.session.columns_to_regress();
    let column = cx.session.regressed_column().unwrap_or_default();
    let items: Vec<Item<'_>> = columns.iter().map(|name| Item::new(name)).collect();
    let mut chosen = columns.iter().position(|name| *name == column).unwrap_or(0);
    let combo = ui.add(Combo::new("Column regressed", &items, &mut chosen).width(ui.available_width()));
    let sentence =
        "The column that is fitted by least squares, with an intercept, over the samples that are shown.";
    if help(combo, "Column", sentence, Some("ŷ = b₀ + Σ bⱼ xⱼ")).changed() {
        let page = OutlierPage { column: columns[chosen].clone(), moved: None, ..page.clone() };
        cx.send(Action::ShowOutliers(Some(page)));
    }
    let can_codes = cx.session.cloud().is_some();
    let mut ways = vec![(RegressOn::Others, "on all other columns".to_owned())];
    if can_codes {
        ways.push((RegressOn::Codes, "on the codes".into()));
    }
    let others = columns.iter().filter(|name| **name != column);
    ways.extend(others.map(|name| (RegressOn::Columns(vec![name.clone()]), format!("on {name}"))));
    let on = cx.session.regressed_on().unwrap_or_default();
    if let RegressOn::Columns(names) = &on
        && names.len() > 1
    {
        ways.push((on.clone(), format!("on {}", names.join(", "))));
    }
    let items: Vec<Item<'_>> = ways.iter().map(|(_, name)| Item::new(name)).collect();
    let mut chosen = ways.iter().position(|(way, _)| *way == on).unwrap_or(0);
    let combo = ui.add(Combo::new("Regressed on", &items, &mut chosen).width(ui.available_width()));
    if help(combo, "Regressed on", "What the column is fitted by.", None).changed() {
        let page = OutlierPage { on: ways[chosen].0.clone(), moved: None, ..page.clone() };
        cx.send(Action::ShowOutliers(Some(page)));
    }
    let name = if page.is_staged { "Back to the planes" } else { "Show the fit" };
    let button = ui.add(Button::new(name));
    let sentence = "Residuals against leverage, and the fit with and without a point that can be dragged, in the place of the planes.";
    if help(button, name, sentence, None).clicked() {
        cx.send(Action::ShowOutliers(Some(OutlierPage { is_staged: !page.is_staged, ..page.clone() })));
    }
}

/// The highest, and the way to choose them; returns the sample under the pointer.
fn list(ui: &mut Ui, by: OutlierScore, cx: &mut Cx<'_>) -> Option<u32> {
    let say = |ui: &mut Ui, words: &str, cx: &Cx<'_>| {
        ui.label(RichText::new(words).font(theme::small()).color(cx.theme.weak));
    };
    let Some(found) = cx.session.outliers(N_OUTLIERS) else {
        let words = if cx.session.is_training() {
            "They are worked out once training rests."
        } else {
            "Working them out…"
        };
        say(ui, words, cx);
        return None;
    };
    if found.is_empty() {
        let why = match cx.session.influence() {
            Some(Err(why)) if by == OutlierScore::Cook => why.to_owned(),
            _ => "There are none by this: too few samples are shown, or the model cannot tell.".to_owned(),
        };
        say(ui, &why, cx);
        return None;
    }
    let train = cx.session.data()?.train.clone();
    let is_text = samples::say_lines(ui, &train, cx);
    let width = ui.available_width();
    let per_row = if is_text { 1 } else { (width / STEP).floor().max(1.0) as usize };
    let step = if is_text { vec2(width, ROW) } else { vec2(STEP, SIDE + FACTS) };
    let rows = found.len().div_ceil(per_row) as f32;
    let (all, _) = ui.allocate_exact_size(vec2(width, rows * step.y), Sense::hover());
    let mut pointed = None;
    for (rank, &(sample, value)) in found.iter().enumerate() {
        let value = shown(value);
        let said = format!("{} {value}", short(by));
        let one = Ranked { title: "Outlier", texture: format!("outlier {rank}"), rank, sample, value, said };
        let at = all.min + vec2((rank % per_row) as f32 * step.x, (rank / per_row) as f32 * step.y);
        let is_pointed = if is_text {
            one.line(ui, Rect::from_min_size(at, step), cx)
        } else {
            one.tile(ui, Rect::from_min_size(at, vec2(SIDE, SIDE + FACTS)), cx)
        };
        if is_pointed {
            pointed = Some(sample);
        }
    }
    let choose = ui.add(Button::new("Select all of these").quiet(true));
    let sentence = "Chooses the samples of this list, which lights them on every plane.";
    if help(choose, "Select all of these", sentence, None).clicked() {
        let samples: Samples = found.iter().map(|(sample, _)| *sample).collect();
        cx.send(Action::Choose(Choice::These(samples), Joining::Instead));
    }
    pointed
}
