//! The cards for what is written in formats of others: codes, losses, the model as ONNX, the Projector's
//! folder.

use super::figures::figure_name;
use super::names::{ending_changed, free_name, with_extension};
use super::{Card, Purpose, head, path_row, small};
use crate::session::{Export, Part, Session, Split};
use crate::ui::commands::EXPORTS;
use crate::ui::context::Cx;
use crate::ui::widgets::{Button, Segmented, help};
use eframe::egui::Ui;
use std::path::{Path, PathBuf};

const SPLITS: [(Split, &str); 3] = [(Split::All, "All"), (Split::Train, "Training"), (Split::Test, "Test")];
const PARTS: [(Part, &str); 3] = [(Part::All, "Both"), (Part::Encoder, "Encoder"), (Part::Decoder, "Decoder")];
const FORMATS: [(&str, &str); 3] = [("csv", "CSV"), ("npz", "npz"), ("npy", "npy")];
/// Width of a row of three choices.
const CHOICES: f32 = 240.0;

/// The ending of a file's usual format; none for a folder.
fn ending(what: Export) -> Option<&'static str> {
    match what {
        Export::Codes(_) | Export::Losses | Export::Chosen => Some("csv"),
        Export::Onnx(_) => Some("onnx"),
        Export::Pixels(_) => Some("png"),
        Export::Figure(..) => Some("svg"),
        Export::Projector(_) => None,
    }
}

/// A name to start from, which no file here has yet.
pub fn usual_name(what: Export, session: &Session) -> String {
    let stem = match what {
        Export::Codes(_) => "codes".into(),
        Export::Losses => "losses".into(),
        Export::Chosen => "chosen".into(),
        Export::Projector(_) => "projector".into(),
        Export::Pixels(_) => session.export_of().map_or("picture", |(of, _)| of.name()).into(),
        Export::Figure(of, _) => return figure_name(of, session),
        Export::Onnx(_) => {
            let name = session.document_name().replace(['/', ' '], "-");
            Path::new(&name).file_stem().map_or(name.clone(), |stem| stem.to_string_lossy().into())
        }
    };
    match ending(what) {
        Some(ending) => free_name(&stem, ending),
        None => stem,
    }
}

/// A file's name without an ending gets the usual one.
pub fn with_usual_ending(what: Export, path: PathBuf) -> PathBuf {
    match ending(what) {
        Some(ending) => with_extension(path, ending),
        None => path,
    }
}

/// The other things that can be exported, each with a card of its own; says whether this one stays.
pub fn others(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    let mut chosen = None;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        small(ui, "Or", cx);
        for (command, text) in EXPORTS.into_iter().zip(["Codes…", "Losses…", "ONNX…", "Projector…"]) {
            let button = Button::new(text).name(command.name).quiet(true);
            let why_not = (command.when)(cx.session).err();
            let button = ui.add_enabled(why_not.is_none(), button);
            let sentence =
                why_not.map_or_else(|| command.sentence(), |why_not| format!("{} Now {why_not}.", command.help));
            if help(button, command.name, &sentence, None).clicked() {
                chosen = Some(command);
            }
        }
    });
    ui.add_space(4.0);
    if let Some(command) = chosen {
        command.run(ui, cx);
    }
    chosen.is_none()
}

/// The card of one of them; says whether it stays.
pub fn card(ui: &mut Ui, what: Export, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    let what = match what {
        Export::Codes(split) => {
            head(ui, "Export the codes", cx);
            small(ui, "With labels and names; a table opens here again, .npz and .npy open in numpy", cx);
            let split = choice(ui, "Samples", &SPLITS, split);
            format(ui, card);
            Export::Codes(split)
        }
        Export::Projector(split) => {
            head(ui, "Export for the Embedding Projector", cx);
            small(ui, "A folder with codes, labels and pictures, for TensorBoard or projector.tensorflow.org", cx);
            Export::Projector(choice(ui, "Samples", &SPLITS, split))
        }
        Export::Losses => {
            head(ui, "Export the losses", cx);
            small(ui, "A table with a row a point of the charts: step, epoch, train and test of each", cx);
            what
        }
        Export::Chosen => {
            head(ui, "Export the chosen samples", cx);
            small(ui, "A table with a row a sample: index, split, label and caption", cx);
            what
        }
        Export::Onnx(part) => {
            head(ui, "Export the model as ONNX", cx);
            small(ui, "Takes and gives samples in the data's own units, any number at a time", cx);
            Export::Onnx(choice(ui, "Part", &PARTS, part))
        }
        // Pictures have a card of their own.
        Export::Pixels(_) | Export::Figure(..) => what,
    };
    card.purpose = Purpose::ExportAs(what);
    if let Err(why_not) = cx.session.can_export(what) {
        small(ui, &format!("It cannot be written: {why_not}"), cx);
    }
    path_row(ui, card, "Export", cx)
}

/// One of three in a row.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, all: &[(T, &str); 3], now: T) -> T {
    let mut at = all.iter().position(|(value, _)| *value == now).unwrap_or(0);
    ui.add(Segmented::new(name, &all.map(|(_, text)| text), &mut at).width(CHOICES));
    all[at].0
}

/// The ending of the typed name as a choice.
fn format(ui: &mut Ui, card: &mut Card) {
    let path = Path::new(card.path.trim()).to_path_buf();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let now = FORMATS.iter().map(|(format, _)| *format).find(|format| *format == ending).unwrap_or(FORMATS[0].0);
    let chosen = choice(ui, "Format", &FORMATS, now);
    if chosen != now {
        card.path = ending_changed(&card.path, chosen);
    }
}
