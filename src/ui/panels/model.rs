//! Model: its kind, its size, and the settings that matter less often.

use super::{Panel, Place, brought, form};
use crate::model::{FieldKind, KINDS};
use crate::session::{Action, Fold, Group};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::theme;
use crate::ui::widgets::{Aside, Combo, Item, help, section_head};
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
            section_head(ui, self.title(), Aside::Weak("none"));
            let words = "Codes without a model: there is nothing to train, and no decoder to make pictures. Choose other data to train a model.";
            ui.label(RichText::new(words).font(theme::small()).color(cx.theme.faint));
            return;
        }
        if cx.session.is_running() {
            return locked(ui, self.title(), cx);
        }
        section_head(ui, self.title(), Aside::None);
        brought::show(ui, cx);
        choose_kind(ui, cx);
        let session = cx.session;
        let (model, training) = (session.settings(Group::Model), session.settings(Group::Training));
        let (first, rest): (Vec<_>, Vec<_>) = model.iter().partition(|(field, _)| field.is_main);
        for (field, text) in first {
            form::field(ui, Group::Model, field, text, cx);
        }
        if rest.is_empty() && training.is_empty() {
            return;
        }
        if cx.fold(ui, Fold::Settings, "More settings", &summary(cx)) {
            for (field, text) in rest {
                form::field(ui, Group::Model, field, text, cx);
            }
            for (field, text) in training {
                form::field(ui, Group::Training, field, text, cx);
            }
        }
    }
}

fn choose_kind(ui: &mut Ui, cx: &mut Cx<'_>) {
    let items: Vec<Item<'_>> = KINDS.iter().map(|kind| Item::new(kind.title)).collect();
    let mut chosen = KINDS.iter().position(|kind| Some(kind) == cx.session.kind()).unwrap_or(0);
    let combo = ui.add(Combo::new("Model kind", &items, &mut chosen).width(ui.available_width()));
    let kind = &KINDS[chosen];
    if help(combo, kind.title, kind.help, Some(kind.formula)).changed() {
        cx.send(Action::SetKind(kind.name.into()));
    }
}

/// The folded settings in a few words.
fn summary(cx: &Cx<'_>) -> String {
    let value = |group, path: &str| {
        cx.session.settings(group).iter().find(|(field, _)| field.path == path).map(|(_, text)| text)
    };
    let beta = value(Group::Model, "beta").map(|beta| format!("β {beta} · ")).unwrap_or_default();
    let seed = value(Group::Training, "seed").map_or("", String::as_str);
    let training = cx.session.settings(Group::Training);
    let optimizer = training.iter().find(|(field, _)| field.path == "optimizer").and_then(|(field, text)| {
        let FieldKind::Choice(choices) = field.kind else { return None };
        choices.iter().find(|choice| choice.0 == text).map(|choice| choice.1)
    });
    match optimizer {
        Some(optimizer) => format!("{beta}{optimizer} · seed {seed}"),
        None if cx.session.slot().model.is_closed_form() => "solved at once".into(),
        None => format!("seed {seed}"),
    }
}

/// While training runs the settings stand still, in two lines.
fn locked(ui: &mut Ui, title: &str, cx: &Cx<'_>) {
    let slot = cx.session.slot();
    let kind = cx.session.kind().map_or("", |kind| kind.title).split(',').next().unwrap_or_default();
    let n = cx.session.latent_dim();
    let dimensions = if n == 1 { "1 dimension".into() } else { format!("{n} dimensions") };
    section_head(ui, title, Aside::Weak(&format!("{kind}, {dimensions}")));
    let shown = cx.session.settings(Group::Model).iter();
    let shown = shown.filter(|(field, _)| field.is_main && field.path != slot.model.length_setting());
    let mut parts: Vec<String> =
        shown.map(|(field, text)| format!("{} {text}", field.title.to_lowercase())).collect();
    parts.push(summary(cx));
    let line = RichText::new(parts.join(" · ")).font(theme::small()).color(cx.theme.faint);
    ui.with_layout(eframe::egui::Layout::top_down(Align::Max), |ui| ui.add(Label::new(line).truncate()));
}
