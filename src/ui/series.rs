//! The card in which a series is put together: which setting goes over which values.

use super::context::Cx;
use super::modal::Modal;
use super::theme;
use super::widgets::{Button, Combo, Item, help, number};
use crate::session::{Action, Group, Series, Session};
use eframe::egui::{Align, Id, Key, Label, Layout as Flow, Margin, RichText, TextEdit, Ui, vec2};

const WIDTH: f32 = 380.0;

/// The card, while it is open.
#[derive(Default)]
pub struct SeriesCard {
    draft: Option<Draft>,
}

struct Draft {
    group: Group,
    setting: String,
    values: String,
    /// Whether the card is drawn for the first time: Enter then trains what is proposed.
    is_new: bool,
}

impl Draft {
    fn series(&self) -> Series {
        let values = self.values.split([',', ';']).map(str::trim).filter(|value| !value.is_empty());
        Series { group: self.group, setting: self.setting.clone(), values: values.map(String::from).collect() }
    }
}

impl SeriesCard {
    /// Opens the card with the setting that says most about the model, and values around its present one.
    pub fn open(&mut self, session: &Session) {
        let settings = session.series_settings();
        self.draft = settings.first().map(|(group, setting)| Draft {
            group: *group,
            setting: setting.field.path.into(),
            values: proposed(&setting.field.proposals(&setting.text)),
            is_new: true,
        });
    }
}

/// Values as they are typed: ".1, 1, 10".
fn proposed(values: &[String]) -> String {
    let short = |value: &String| value.strip_prefix("0.").map_or(value.clone(), |decimals| format!(".{decimals}"));
    values.iter().take(*Series::LENGTHS.end()).map(short).collect::<Vec<_>>().join(", ")
}

/// Draws the card and sends the series that is asked for.
pub fn show(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(mut draft) = cx.window.series.draft.take() else { return };
    let (stays, left) = Modal::new(Id::unique("series"), WIDTH).show(ui, cx, |ui, cx| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        card(ui, &mut draft, cx)
    });
    if stays && left.is_none() {
        cx.window.series.draft = Some(draft);
    }
}

/// The card's content; says whether it stays open.
fn card(ui: &mut Ui, draft: &mut Draft, cx: &mut Cx<'_>) -> bool {
    ui.label(RichText::new("Train a series").font(theme::semibold(15.0)).color(cx.theme.text));
    small(ui, "One model a value, trained one after the other and shown side by side. The others stay open.", cx);
    ui.add_space(4.0);
    choose(ui, draft, cx);
    let edit = TextEdit::singleline(&mut draft.values)
        .hint_text("Values with commas between")
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6));
    let field = ui.add(edit).accessible_name("Values");
    if std::mem::take(&mut draft.is_new) {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    let series = draft.series();
    let models = cx.session.models_of(&series);
    match &models {
        Ok(models) => {
            let about = cx.session.secs_of(models).map(|secs| format!(", about {}", number::about(secs)));
            let text = format!("{} trainings from the same start{}", models.len(), about.unwrap_or_default());
            small(ui, &text, cx);
        }
        Err(problem) => {
            let text = RichText::new(problem).font(theme::small()).color(cx.theme.bad);
            ui.add(Label::new(text).wrap());
        }
    }
    ui.add_space(4.0);
    let mut stays = true;
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let text = format!("Train {} models", series.values.len());
        let train = ui.add_enabled(models.is_ok(), Button::new(&text).primary(true));
        if train.clicked() || (entered && models.is_ok()) {
            cx.send(Action::TrainSeries(series));
            stays = false;
        }
        if ui.add(Button::new("Cancel").name("Leave the series")).clicked() {
            stays = false;
        }
    });
    stays
}

/// The setting; another one brings its own values along.
fn choose(ui: &mut Ui, draft: &mut Draft, cx: &Cx<'_>) {
    let settings = cx.session.series_settings();
    let items: Vec<Item<'_>> = settings.iter().map(|(_, setting)| Item::new(setting.field.title)).collect();
    let is_it = |(group, path): (Group, &str)| group == draft.group && path == draft.setting;
    let at = settings.iter().position(|(group, setting)| is_it((*group, setting.field.path)));
    let mut chosen = at.unwrap_or(0);
    let combo = ui.add(Combo::new("Setting of the series", &items, &mut chosen).width(ui.available_width()));
    let Some((group, setting)) = settings.get(chosen) else { return };
    let formula = (!setting.field.formula.is_empty()).then_some(setting.field.formula);
    if help(combo, setting.field.title, setting.field.help, formula).changed() {
        (draft.group, draft.setting) = (*group, setting.field.path.into());
        draft.values = proposed(&setting.field.proposals(&setting.text));
    }
}

fn small(ui: &mut Ui, text: &str, cx: &Cx<'_>) {
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(cx.theme.weak)).wrap());
}
