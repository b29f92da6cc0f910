//! The card over the window in which files are opened, saved and exported: a list, a typed path, or the
//! system's dialog.

mod exports;
mod figures;
mod gallery;
mod names;

use super::context::Cx;
use super::modal::Modal;
use super::theme;
use super::widgets::{Button, Link, help};
use crate::session::{Action, Export, NewSlot, Session, ToastKind, script_data, setups};
use eframe::egui::{Align, Id, Key, Layout as Flow, RichText, ScrollArea, TextEdit, Ui, vec2};
use figures::Chosen;
use names::{free_name, is_session, with_extension};
use std::path::{Path, PathBuf};

pub use gallery::set_texture;
pub use names::typed;

/// What the card is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Open a model or data.
    Open,
    /// Open a model beside those on screen.
    Beside,
    /// Save the model.
    Save,
    /// Write the picture that is shown.
    Export,
    /// Write something in a format of others.
    ExportAs(Export),
    /// Write the training as a program for other machines.
    TrainElsewhere,
    /// Ask what becomes of an unsaved model before the window closes.
    Close,
}

/// The card, while it is open, and the files that were used last.
#[derive(Default)]
pub struct Files {
    card: Option<Card>,
    /// Newest first.
    pub recent: Vec<PathBuf>,
    /// Those of them that this window used, newest first.
    pub used: Vec<PathBuf>,
    /// Close the window once the model is saved; set while its card is open or it is being written, and no
    /// longer.
    pub closes_when_saved: bool,
    /// The user has said that the unsaved model may go.
    pub may_close: bool,
    /// Ask the system for a file.
    pub wants_dialog: Option<(Purpose, PathBuf)>,
    /// What the system's open dialog was asked for.
    pub asked_for: Option<Purpose>,
    /// How pictures are exported.
    pub chosen: Chosen,
}

struct Card {
    purpose: Purpose,
    path: String,
    is_new: bool,
    /// What it asked for is being opened, and the newest message before that.
    opening: Option<Option<u64>>,
}

/// What is said while a dialog of the system is open, or is being waited for.
pub const WAITING: &str = "Waiting for the system's dialog…";

/// Files that are remembered.
const MAX_RECENT: usize = 8;
const WIDTH: f32 = 420.0;
/// The card that opens things, which shows them.
const WIDE: f32 = 840.0;

impl Files {
    /// Opens the card, with a name to start from.
    pub fn open(&mut self, purpose: Purpose, session: &Session) {
        let path = match purpose {
            Purpose::Open | Purpose::Beside | Purpose::Close => String::new(),
            Purpose::Save => {
                session.save_target().map_or_else(|| session.suggested_file(), |path| path.display().to_string())
            }
            Purpose::TrainElsewhere => free_name("train", "py"),
            Purpose::Export => session.export_of().map_or_else(String::new, |(of, _)| free_name(of.name(), "png")),
            Purpose::ExportAs(what) => exports::usual_name(what, session),
        };
        // A wish to close once the model is saved is of the card that it was said on.
        self.closes_when_saved = false;
        self.card = Some(Card { purpose, path, is_new: true, opening: None });
    }

    /// What a path that a dialog gave asks for: that which the dialog was opened for, whatever card is open
    /// by now.
    pub fn picked(&mut self, path: &Path) -> Option<Action> {
        let purpose = self.asked_for.take()?;
        if self.card.as_ref().is_some_and(|card| card.purpose == purpose) {
            self.card = None;
        }
        action(purpose, path)
    }

    /// Remembers a file as the newest.
    pub fn remember(&mut self, path: &Path) {
        // As it is from everywhere, and as it can be written down.
        let path = &std::path::absolute(path).unwrap_or_else(|_| path.into());
        if path.to_str().is_none() {
            return;
        }
        for list in [&mut self.recent, &mut self.used] {
            if list.first().is_none_or(|newest| newest != path) {
                list.retain(|old| old != path);
                list.insert(0, path.clone());
                list.truncate(MAX_RECENT);
            }
        }
    }

    /// The files to remember, where another window may have remembered some meanwhile: those that this one
    /// used, then the others'.
    pub fn to_remember(&self, remembered: Option<Vec<PathBuf>>) -> Vec<PathBuf> {
        let others = remembered.unwrap_or_else(|| self.recent.clone());
        let others = others.into_iter().filter(|path| !self.used.contains(path));
        self.used.iter().cloned().chain(others).take(MAX_RECENT).collect()
    }
}

impl Card {
    /// What the typed path asks for; none without one.
    fn action(&self) -> Option<Action> {
        let text = self.path.trim();
        if text.is_empty() { None } else { action(self.purpose, &typed(text)) }
    }

    /// The file that would be written over, beside the one that the model came from.
    fn replaces(&self, session: &Session) -> Option<PathBuf> {
        let path = match self.action()? {
            Action::WriteScript(path) => {
                return [script_data(&path), path].into_iter().rfind(|path| path.exists());
            }
            Action::SaveModel(Some(path))
            | Action::SaveSession(path)
            | Action::Export(path)
            | Action::ExportAs(_, path) => path,
            _ => return None,
        };
        let is_own = session.save_target().as_ref() == Some(&path) || session.session_file() == Some(&path);
        (path.exists() && !is_own).then_some(path)
    }
}

fn action(purpose: Purpose, path: &Path) -> Option<Action> {
    let path = path.to_path_buf();
    Some(match purpose {
        Purpose::Open => Action::Open(path),
        Purpose::Beside => Action::AddSlot(NewSlot::Model(path)),
        Purpose::Save | Purpose::Close if is_session(&path) => Action::SaveSession(path),
        Purpose::Save | Purpose::Close => Action::SaveModel(Some(with_extension(path, "safetensors"))),
        Purpose::TrainElsewhere => Action::WriteScript(with_extension(path, "py")),
        Purpose::Export => Action::Export(with_extension(path, "png")),
        Purpose::ExportAs(what) => Action::ExportAs(what, exports::with_usual_ending(what, path)),
    })
}

/// Draws the card; a click elsewhere closes it, unless it is the one that opened it.
pub fn show(ui: &Ui, cx: &mut Cx<'_>) {
    let Some(mut card) = cx.window.files.card.take() else { return };
    if let Some(newest) = card.opening.filter(|_| !cx.session.is_loading()) {
        let toasts = cx.session.toasts();
        if !toasts.iter().any(|toast| toast.kind == ToastKind::Bad && Some(toast.id) > newest) {
            return;
        }
        // What was typed stays, to be mended.
        (card.opening, card.is_new) = (None, true);
    }
    // Each purpose has a card of its own size, whatever is chosen on it.
    let (of, what) = match card.purpose {
        // One card for all that is a picture.
        Purpose::ExportAs(Export::Pixels(_) | Export::Figure(..)) => (Purpose::Export, None),
        Purpose::ExportAs(what) => (card.purpose, Some(std::mem::discriminant(&what))),
        purpose => (purpose, None),
    };
    let id = Id::unique(("files", std::mem::discriminant(&of), what));
    let width = if card.purpose == Purpose::Open { WIDE } else { WIDTH };
    let (mut stays, left) = Modal::new(id, width).show(ui, cx, |ui, cx| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        match card.purpose {
            Purpose::Open => open(ui, &mut card, cx),
            Purpose::Beside => beside(ui, &mut card, cx),
            Purpose::Save => save(ui, &mut card, cx),
            Purpose::TrainElsewhere => train_elsewhere(ui, &mut card, cx),
            Purpose::Export | Purpose::ExportAs(Export::Pixels(_) | Export::Figure(..)) => {
                figures::card(ui, &mut card, cx)
            }
            Purpose::ExportAs(what) => exports::card(ui, what, &mut card, cx),
            Purpose::Close => close(ui, &card, cx),
        }
    });
    let saves = cx.actions.iter().any(|action| matches!(action, Action::SaveModel(_) | Action::SaveSession(_)));
    stays &= left.is_none();
    card.is_new = false;
    // What was drawn may have opened another card in its place.
    if cx.window.files.card.is_none() {
        if stays {
            cx.window.files.card = Some(card);
        } else if !saves {
            // Who leaves the card without saving does not want the window to close some time later.
            cx.window.files.closes_when_saved = false;
        }
    }
}

fn head(ui: &mut Ui, text: &str, cx: &Cx<'_>) {
    ui.label(RichText::new(text).font(theme::semibold(15.0)).color(cx.theme.text));
    ui.add_space(4.0);
}

fn small(ui: &mut Ui, text: &str, cx: &Cx<'_>) {
    ui.label(RichText::new(text).font(theme::small()).color(cx.theme.faint));
}

fn open(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Open", cx);
    if !cx.session.shows_gallery() {
        cx.send(Action::ShowGallery);
    }
    let mut stays = true;
    // What lies below the lists takes its room first: a small window scrolls them.
    let height = (ui.ctx().content_rect().height() - 196.0).max(96.0);
    let lists = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    lists.auto_shrink([false, true]).show(ui, |ui| {
        stays &= gallery::trained(ui, cx);
        stays &= gallery::sets(ui, cx);
        stays &= set_ups(ui, cx);
        stays &= recent(ui, card, cx);
    });
    ui.add_space(6.0);
    small(
        ui,
        "A model (.safetensors, or PyTorch's .pt), a session (.halfmoon) or a folder of data; each can be dropped on the window too",
        cx,
    );
    stays & path_row(ui, card, "Open", cx)
}

/// What can be brought about at once, such as the lecture's pairs.
fn set_ups(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    ui.add_space(6.0);
    small(ui, "Worth seeing", cx);
    let mut stays = true;
    eframe::egui::Grid::new("set-ups").num_columns(2).spacing(vec2(16.0, 2.0)).show(ui, |ui| {
        for (i, setup) in setups().iter().enumerate() {
            let button = ui.add(Button::new(&setup.name).quiet(true));
            if help(button, &setup.name, &setup.help, None).clicked() {
                cx.send(Action::SetUp(setup.name.clone()));
                stays = false;
            }
            if i % 2 == 1 {
                ui.end_row();
            }
        }
    });
    stays
}

/// Files and folders that were used last.
fn recent(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    let mut stays = true;
    let recent = cx.window.files.recent.clone();
    if !recent.is_empty() {
        ui.add_space(6.0);
        small(ui, "Used last", cx);
        for path in recent {
            let text = path.display().to_string();
            let shown = if text.chars().count() > 58 {
                let tail: String = text.chars().skip(text.chars().count() - 56).collect();
                format!("…{tail}")
            } else {
                text.clone()
            };
            if ui.add(Link::new(&shown)).clicked() {
                card.path = text;
                cx.actions.extend(card.action());
                stays = false;
            }
        }
    }
    stays
}

fn beside(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Compare with a model file", cx);
    small(
        ui,
        "A model (.safetensors, or PyTorch's .pt) for the same data; it is shown beside those on screen",
        cx,
    );
    path_row(ui, card, "Open", cx)
}

fn save(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Save", cx);
    small(
        ui,
        "The model (.safetensors), with its optimizer, so that training can go on exactly; PyTorch opens it too",
        cx,
    );
    small(ui, "Or all that is open, as a session (.halfmoon)", cx);
    path_row(ui, card, "Save", cx)
}

fn train_elsewhere(ui: &mut Ui, card: &mut Card, cx: &mut Cx<'_>) -> bool {
    head(ui, "Train elsewhere", cx);
    let words = "One readable program of PyTorch that trains this model with these settings, on one machine or on many (.py), and its \
                 data beside it (.npz). The model that it saves opens here.";
    small(ui, words, cx);
    path_row(ui, card, "Write", cx)
}

/// The typed path, a dialog for it, and the button that does it; says whether the card stays.
fn path_row(ui: &mut Ui, card: &mut Card, word: &str, cx: &mut Cx<'_>) -> bool {
    let edit = TextEdit::singleline(&mut card.path).hint_text("Type a path…").desired_width(f32::INFINITY);
    let field = ui.add(edit.margin(eframe::egui::Margin::symmetric(8, 5)));
    if card.is_new {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    let mut stays = true;
    let replaced = card.replaces(cx.session);
    if let Some(path) = &replaced {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        small(ui, &format!("{name} is there already; Replace writes over it"), cx);
    }
    ui.add_space(4.0);
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let is_typed = !card.path.trim().is_empty();
        let shown = if replaced.is_some() { "Replace" } else { word };
        let may_open = is_typed && card.opening.is_none();
        let done = ui.add_enabled(may_open, Button::new(shown).name(&format!("{shown} this path")).primary(true));
        // Enter alone never writes over a file.
        if (done.clicked() || (entered && may_open && replaced.is_none()))
            && let Some(action) = card.action()
        {
            cx.send(action);
            if matches!(card.purpose, Purpose::Open | Purpose::Beside) {
                card.opening = Some(cx.session.toasts().last().map(|toast| toast.id));
            } else {
                stays = false;
            }
        }
        if ui.add(Button::new("Cancel").name("Close the card")).clicked() {
            cx.window.files.closes_when_saved = false;
            stays = false;
        }
        let browse = ui.add(Button::new("Browse…"));
        if help(browse, "Browse…", "Chooses it in the system's dialog.", None).clicked() {
            cx.window.files.wants_dialog = Some((card.purpose, card.path.trim().into()));
        }
        let words = match card.opening {
            Some(_) => "Opening…",
            None if cx.window.waits_for_dialog => WAITING,
            None => return,
        };
        small(ui, words, cx);
    });
    stays
}

fn close(ui: &mut Ui, card: &Card, cx: &mut Cx<'_>) -> bool {
    let (running, unsaved) = (cx.session.is_running(), cx.session.is_unsaved());
    head(ui, if unsaved { "Save the model before closing?" } else { "Close the window?" }, cx);
    let words = if running {
        "Training is under way; without saving it is lost."
    } else if unsaved {
        "What was trained is in no file yet; without saving it is lost."
    } else {
        "A model that was trained here before is only in Undo; Ctrl Z brings it back to be saved."
    };
    small(ui, words, cx);
    ui.add_space(8.0);
    let mut stays = true;
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        if unsaved {
            let save = ui.add(Button::new("Save…").name("Save before closing").primary(true));
            if card.is_new {
                save.request_focus();
            }
            if save.clicked() {
                if running {
                    cx.send(Action::Pause);
                }
                cx.window.files.open(Purpose::Save, cx.session);
                cx.window.files.closes_when_saved = true;
            }
        }
        if ui.add(Button::new("Discard").name("Close without saving")).clicked() {
            cx.window.files.may_close = true;
            stays = false;
        }
        let cancel = ui.add(Button::new("Cancel").name("Keep the window open"));
        if card.is_new && !unsaved {
            cancel.request_focus();
        }
        stays &= !cancel.clicked();
    });
    stays
}
