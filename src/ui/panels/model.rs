//! Model: its kind, its size, and the settings that matter less often.

use super::{Panel, Place, brought, form};
use crate::model::{FieldKind, KINDS, Section};
use crate::session::{Action, Fold, Group, Setting};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Aside, Combo, Item, help, row, section_head};
use eframe::egui::{Align, Label, RichText, Ui};

/// The panel.
pub struct ModelPanel;

impl Panel for ModelPanel {
    fn id(&self) -> &'static str {
        "model"
    }

    fn title(&self) -> &'static str {
        "Model"
    }

    fn place(&self) -> Place {
        Place::Learn
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        if cx.session.has_codes_alone() {
            let decodes = cx.session.capabilities().decodes;
            section_head(ui, self.title(), Aside::Weak(if decodes { "a decoder" } else { "none" }));
            brought::show(ui, cx);
            let words = if decodes {
                "A decoder of the codes that are open: there is nothing to train. Choose other data to train a model."
            } else {
                "Codes without a model: there is nothing to train, and no decoder to make pictures. Open a decoder that takes such codes, or choose other data to train a model."
            };
            ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint));
            return;
        }
        if is_locked(cx) {
            return locked(ui, self.title(), cx);
        }
        section_head(ui, self.title(), Aside::None);
        brought::show(ui, cx);
        choose_kind(ui, cx);
        for (group, setting) in all(cx).filter(|(_, setting)| setting.is_in_sight()) {
            form::setting(ui, group, setting, cx);
        }
        choose_encoder(ui, cx);
        if all(cx).all(|(_, setting)| setting.is_in_sight()) {
            return;
        }
        if cx.fold(ui, Fold::Settings, "More settings", &summary(cx, |_| true)) {
            for (section, fold, title) in GROUPS {
                group(ui, section, fold, title, cx);
            }
        }
    }
}

/// What is folded away, in the order of the form.
const GROUPS: [(Section, Fold, &str); 4] = [
    (Section::Kind, Fold::Kinds, "Corruption, penalties"),
    (Section::Network, Fold::Network, "Network in detail"),
    (Section::Training, Fold::Course, "Course of training"),
    (Section::Expert, Fold::Expert, "For experts"),
];

/// Every setting that applies now: the model's, then training's.
fn all<'a>(cx: &Cx<'a>) -> impl Iterator<Item = (Group, &'a Setting)> + use<'a> {
    let session = cx.session;
    let of = move |group| session.settings(group).iter().map(move |setting| (group, setting));
    of(Group::Model).chain(of(Group::Training))
}

/// The settings of a section that are out of sight, under a line that says which of them are unusual.
fn group(ui: &mut Ui, section: Section, fold: Fold, title: &str, cx: &mut Cx<'_>) {
    let belongs = |setting: &Setting| setting.field.section == section && !setting.is_in_sight();
    if !all(cx).any(|(_, setting)| belongs(setting)) {
        return;
    }
    if cx.fold(ui, fold, title, &summary(cx, belongs)) {
        for (group, setting) in all(cx).filter(|(_, setting)| belongs(setting)) {
            form::setting(ui, group, setting, cx);
        }
    }
}

/// Whether data and model stand still in a line each: while training runs, and while it is paused until they
/// are unfolded.
pub fn is_locked(cx: &Cx<'_>) -> bool {
    let is_paused = cx.session.paused().is_some() && !cx.session.spec().unfolded.contains(&Fold::Paused);
    cx.session.is_running() || is_paused
}

/// The head of a section that stands still: a link that unfolds it while training is paused, else words.
pub fn locked_head(ui: &mut Ui, title: &str, words: &str, cx: &mut Cx<'_>) {
    if cx.session.is_running() {
        section_head(ui, title, Aside::Weak(words));
        return;
    }
    let link = section_head(ui, title, Aside::Link(words));
    let sentence = "Training is paused: shows data and settings, to change them.";
    if help(link, title, sentence, None).clicked() {
        cx.send(Action::Unfold(Fold::Paused, true));
    }
}

fn choose_kind(ui: &mut Ui, cx: &mut Cx<'_>) {
    let data = cx.session.data().map(|data| data.train.kind());
    let why_not: Vec<Option<String>> =
        KINDS.iter().map(|kind| data.and_then(|data| kind.takes(data).err())).collect();
    let mut items: Vec<Item<'_>> = KINDS.iter().map(|kind| Item::new(kind.title)).collect();
    for (item, why_not) in items.iter_mut().zip(&why_not) {
        item.why_not = why_not.as_deref();
    }
    let mut chosen = KINDS.iter().position(|kind| Some(kind) == cx.session.kind()).unwrap_or(0);
    let combo = ui.add(Combo::new("Model kind", &items, &mut chosen).width(ui.available_width()));
    let kind = &KINDS[chosen];
    if help(combo, kind.title, kind.help, Some(kind.formula)).changed() {
        cx.send(Action::SetKind(kind.name.into()));
    }
}

/// Which model's encoder a classifier begins with.
fn choose_encoder(ui: &mut Ui, cx: &mut Cx<'_>) {
    if !cx.session.slot().model.finds_the_label() {
        return;
    }
    let encoders = cx.session.encoders();
    let names: Vec<String> = encoders.iter().map(|slot| cx.session.name_of(*slot).whole()).collect();
    let items: Vec<Item<'_>> =
        std::iter::once(Item::new("Drawn anew")).chain(names.iter().map(|name| Item::new(name))).collect();
    let now = cx.session.slot().encoder_of;
    let mut chosen = now.and_then(|of| encoders.iter().position(|slot| *slot == of)).map_or(0, |at| at + 1);
    row(ui, "First weights", |ui| {
        let combo = ui.add(Combo::new("First weights of the encoder", &items, &mut chosen).width(120.0).in_row());
        let sentence = "Begins anew with the encoder of another model on screen, its layers and weights, and a softmax of its own. \
                        Open a file beside this model to take the encoder from it.";
        if help(combo, "First weights", sentence, None).changed() {
            let of = chosen.checked_sub(1).map(|at| encoders[at]);
            cx.send(Action::TakeEncoder(of));
        }
    });
}

/// The settings out of sight that are not as usual, in a few words.
fn summary(cx: &Cx<'_>, belongs: impl Fn(&Setting) -> bool) -> String {
    let unusual = all(cx).map(|(_, setting)| setting);
    let unusual = unusual.filter(|setting| belongs(setting) && !setting.is_in_sight() && setting.is_changed());
    let words = |setting: &Setting| {
        let choice = match setting.field.kind {
            FieldKind::Choice(choices) => choices.iter().find(|choice| choice.0 == setting.text),
            _ => None,
        };
        let value = choice.map_or(form::or_none(&setting.text), |choice| choice.1);
        format!("{} {value}", setting.field.title.to_lowercase())
    };
    let words: Vec<String> = unusual.map(words).collect();
    match words.is_empty() {
        true if cx.session.slot().model.is_closed_form() => "solved at once".into(),
        true => "as usual".into(),
        false => words.join(" · "),
    }
}

/// While training runs the settings stand still, in two lines.
fn locked(ui: &mut Ui, title: &str, cx: &mut Cx<'_>) {
    let slot = cx.session.slot();
    let kind = cx.session.kind().map_or("", |kind| kind.title).split(',').next().unwrap_or_default();
    let n = cx.session.latent_dim();
    let dimensions = match n {
        0 => "no codes".into(),
        1 => "1 dimension".into(),
        n => format!("{n} dimensions"),
    };
    let length = slot.model.length_setting();
    let shown = all(cx).filter(|(_, setting)| setting.is_in_sight() && setting.field.path != length);
    let mut parts: Vec<String> = shown
        .map(|(_, setting)| format!("{} {}", setting.field.title.to_lowercase(), form::or_none(&setting.text)))
        .collect();
    parts.extend(Some(summary(cx, |_| true)).filter(|words| words != "as usual"));
    locked_head(ui, title, &format!("{kind}, {dimensions}"), cx);
    let line = RichText::new(parts.join(" · ")).font(theme::small()).color(cx.theme.faint);
    ui.with_layout(eframe::egui::Layout::top_down(Align::Max), |ui| ui.add(Label::new(line).truncate()));
}
