//! The card of what is exported as a picture: the tool's own, the plane, the dimensions, the curves; as
//! pixels or as a figure for print.

use super::exports::{others, usual_name};
use super::names::{ending_changed, free_name};
use super::{Card, Purpose, head, path_row, small};
use crate::picture::figure::Look;
use crate::picture::palette::Mode;
use crate::session::{Export, FigureOf, Session, Tool};
use crate::ui::context::Cx;
use crate::ui::widgets::{Button, Checkbox, Segmented, Stepper, Value, help};
use eframe::egui::{Align, Layout as Flow, Ui, vec2};
use std::path::Path;

/// Most pixels along a side of one of the model's.
pub const SCALES: std::ops::RangeInclusive<u8> = 1..=16;

/// How pictures are exported, as it was chosen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// How figures look.
    pub look: Look,
    /// Pixels along a side of one of the model's, where no figure is made.
    pub scale: u8,
}

impl Default for Chosen {
    fn default() -> Self {
        Self { look: Look::default(), scale: 1 }
    }
}

/// How what the tool shows is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Pixels,
    Walk,
    Figure,
}

/// The purpose of the card for a figure.
pub fn purpose(of: FigureOf, chosen: Chosen) -> Purpose {
    Purpose::ExportAs(Export::Figure(of, chosen.look))
}

fn of_pixels(scale: u8) -> Purpose {
    if scale > 1 { Purpose::ExportAs(Export::Pixels(scale)) } else { Purpose::Export }
}

/// What a purpose draws.
fn drawn(purpose: Purpose) -> FigureOf {
    match purpose {
        Purpose::ExportAs(Export::Figure(of, _)) => of,
        _ => FigureOf::Pictures,
    }
}

/// What each of them is called on the card.
fn title(of: FigureOf, session: &Session) -> String {
    match of {
        FigureOf::Pictures => {
            let name = session.export_of().map_or("picture", |(of, _)| of.name());
            format!("{}{}", name[..1].to_uppercase(), &name[1..])
        }
        FigureOf::Planes if session.is_compared() => "Planes".into(),
        FigureOf::Planes => "Plane".into(),
        FigureOf::Traversals => "Dimensions".into(),
        FigureOf::Curves => "Curves".into(),
        FigureOf::Divergences => "Divergences".into(),
        FigureOf::Regression => "Fit".into(),
    }
}

/// A name to start from, which no file here has yet.
pub fn figure_name(of: FigureOf, session: &Session) -> String {
    free_name(&title(of, session).to_lowercase(), "svg")
}

/// Draws the card; says whether it stays.
pub fn card(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Export", cx);
    let there = drawable(cx.session);
    let of = drawn(card.purpose);
    let takes_the_place = FigureOf::ALONE.iter().any(|of| there.contains(of));
    if !there.contains(&FigureOf::Pictures) && !takes_the_place {
        small(ui, no_picture(cx.session), cx);
    }
    if there.is_empty() {
        return others(ui, cx);
    }
    let of = if there.contains(&of) { of } else { there[0] };
    let titles: Vec<String> = there.iter().map(|of| title(*of, cx.session)).collect();
    let words: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut at = there.iter().position(|other| *other == of).unwrap_or(0);
    ui.add(Segmented::new("What is exported", &words, &mut at).width(92.0 * words.len() as f32));
    let of = there[at];
    match of {
        FigureOf::Pictures => pictures(ui, card, cx),
        of => {
            become_figure(card, of, cx);
            look(ui, card, cx);
        }
    }
    copy_as_command(ui, card, cx);
    let stays = others(ui, cx);
    stays & path_row(ui, card, "Export", cx)
}

/// What can be drawn now: the figure that hides all others, even while it is worked out, or those.
fn drawable(session: &Session) -> Vec<FigureOf> {
    let [divergences, regression] = FigureOf::ALONE;
    if session.spec().divergences.is_some() {
        return vec![divergences];
    }
    if session.stages_regression() {
        return vec![regression];
    }
    let all = [FigureOf::Pictures, FigureOf::Planes, FigureOf::Traversals, FigureOf::Curves];
    all.into_iter().filter(|of| session.can_draw(*of).is_ok()).collect()
}

/// Why there is no picture to export, and what to do.
fn no_picture(session: &Session) -> &'static str {
    match session.spec().tool {
        _ if session.model().is_none() => "There is no picture yet: train a model first, or open one.",
        _ if !session.capabilities().decodes => "There is no picture: this model has no decoder.",
        Tool::Path => "There is no path yet: click on the plane where it starts, and where it ends.",
        Tool::Grid => "There is no grid yet: drag a rectangle on the plane.",
        Tool::Explore | Tool::Select => "There is no picture yet; it comes in a moment.",
    }
}

/// Makes the card one for a figure; a name that was not typed follows.
fn become_figure(card: &mut Card, of: FigureOf, cx: &Cx<'_>) {
    become_one(card, purpose(of, cx.window.files.chosen), cx);
}

fn become_one(card: &mut Card, purpose: Purpose, cx: &Cx<'_>) {
    let usual = |purpose| match purpose {
        Purpose::ExportAs(what) => usual_name(what, cx.session),
        _ => cx.session.export_of().map_or_else(String::new, |(of, _)| free_name(of.name(), "png")),
    };
    let is_same = std::mem::discriminant(&card.purpose) == std::mem::discriminant(&purpose)
        && drawn(card.purpose) == drawn(purpose);
    if !is_same && stem(&card.path) == stem(&usual(card.purpose)) {
        card.path = usual(purpose);
    }
    card.purpose = purpose;
}

/// A name without its ending, whichever was chosen.
fn stem(path: &str) -> Option<&std::ffi::OsStr> {
    Path::new(path.trim()).file_stem()
}

/// What the tool shows: bare pixels, a walk, or a figure.
fn pictures(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) {
    let walks = cx.session.export_of().is_some_and(|(_, n)| n.is_some());
    let is_gif = Path::new(card.path.trim()).extension().is_some_and(|extension| extension == "gif");
    let now = match card.purpose {
        Purpose::ExportAs(Export::Figure(..)) => As::Figure,
        _ if is_gif => As::Walk,
        _ => As::Pixels,
    };
    let kinds: &[(As, &str)] = match walks {
        true => &[(As::Pixels, "Strip, PNG"), (As::Walk, "Walk, GIF"), (As::Figure, "Figure")],
        false => &[(As::Pixels, "Pixels, PNG"), (As::Figure, "Figure")],
    };
    let mut at = kinds.iter().position(|(kind, _)| *kind == now).unwrap_or(0);
    let words: Vec<&str> = kinds.iter().map(|(_, words)| *words).collect();
    ui.add(Segmented::new("Format", &words, &mut at).width(92.0 * words.len() as f32));
    let scale = cx.window.files.chosen.scale;
    match kinds[at].0 {
        As::Pixels => {
            become_one(card, of_pixels(scale), cx);
            if now == As::Walk {
                card.path = ending_changed(&card.path, "png");
            }
            pixels(ui, card, cx);
        }
        As::Walk => {
            become_one(card, Purpose::Export, cx);
            card.path = ending_changed(&card.path, "gif");
            small(ui, "There and back for ever", cx);
        }
        As::Figure => {
            if now != As::Figure {
                card.path = ending_changed(&card.path, "svg");
            }
            become_figure(card, FigureOf::Pictures, cx);
            look(ui, card, cx);
        }
    }
}

/// How large a pixel of the model becomes.
fn pixels(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) {
    let mut scale = usize::from(cx.window.files.chosen.scale);
    ui.horizontal(|ui| {
        small(ui, "Pixels a side for each of the model's", cx);
        let range = usize::from(*SCALES.start())..=usize::from(*SCALES.end());
        ui.add(Stepper::new("Scale", &mut scale, range));
    });
    cx.window.files.chosen.scale = scale as u8;
    card.purpose = of_pixels(scale as u8);
}

/// How the figure looks.
fn look(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) {
    let Purpose::ExportAs(Export::Figure(of, mut look)) = card.purpose else { return };
    let is_png = Path::new(card.path.trim()).extension().is_some_and(|extension| extension == "png");
    let mut format = usize::from(is_png);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let row = Segmented::new("File", &["SVG", "PNG"], &mut format).width(112.0);
        if ui.add(row).changed() {
            card.path = ending_changed(&card.path, ["svg", "png"][format]);
        }
        let mut theme = usize::from(look.mode == Mode::Dark);
        ui.add(Segmented::new("Theme of the figure", &["Light", "Dark"], &mut theme).width(128.0));
        look.mode = if theme == 1 { Mode::Dark } else { Mode::Light };
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        small(ui, "Width", cx);
        let mut width = look.width_cm();
        let (low, high) = (f64::from(*Look::WIDTHS.start()), f64::from(*Look::WIDTHS.end()));
        let field = Value::new("Width in centimetres", &mut width).decimals(1).speed(0.1).range(low..=high);
        let field = ui.add(field);
        help(field, "Width", "In print. One column of a paper is 8.5 cm, two are 17 cm.", None);
        small(ui, "cm", cx);
        look.width_tenth_mm = (100.0 * width).round() as u16;
        ui.add_space(10.0);
        let (low, high) = (f64::from(*Look::DPI.start()), f64::from(*Look::DPI.end()));
        let field = ui.add(Value::new("Pixels an inch", &mut look.dpi).range(low..=high));
        let sentence =
            "Of a PNG, and of what an SVG holds as a picture: many codes, and codes that fade by their distance.";
        help(field, "Pixels an inch", sentence, None);
        small(ui, "pixels an inch", cx);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        ui.add(Checkbox::new("Names", &mut look.has_names));
        ui.add(Checkbox::new("Axes", &mut look.has_axes));
    });
    cx.window.files.chosen.look = look;
    card.purpose = Purpose::ExportAs(Export::Figure(of, look));
}

/// The command that makes the same file, where there is one.
fn copy_as_command(ui: &mut Ui, card: &Card, cx: &mut Cx<'_>) {
    let command = match card.purpose {
        Purpose::ExportAs(Export::Figure(of, look)) => cx.session.figure_command(of, &look, card.path.trim()),
        Purpose::ExportAs(Export::Pixels(scale)) => cx.session.pixels_command(scale, card.path.trim()),
        _ => cx.session.pixels_command(1, card.path.trim()),
    };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Flow::left_to_right(Align::Center), |ui| {
        let button = Button::new("Copy as command").quiet(true);
        let sentence = match &command {
            Some(_) => "Copies the command that makes the same file again.",
            None => "There is no command for it while weights are in no file: save the model first.",
        };
        let button = ui.add_enabled(command.is_some(), button);
        if help(button, "Copy as command", sentence, None).clicked()
            && let Some(command) = command
        {
            cx.copy(ui.ctx(), "the command", command);
        }
    });
}
