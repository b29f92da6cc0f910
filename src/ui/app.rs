//! The window as an eframe application: it joins session, workers and panels.

use super::context::{Cx, WindowState};
use super::files::Purpose;
use super::layout::{Folds, Layout, PAD, Sizes, Tray};
use super::panels::{self, Panel, Place};
use super::place::OnScreen;
use super::plane::PlaneView;
use super::textures::Textures;
use super::theme::{self, Theme};
use super::toasts::Toasts;
use super::widgets::{child, low, part};
use super::{
    Options, files, first_minute, help, keys, layout, pad, palette, prefs, preview, series, stage, top_bar,
};
use crate::data::DataChoice;
use crate::session::{Action, EXTENSION, Effect, Export, Fold, Session, SessionSpec, SlotId, Tool, data_for};
use crate::worker::{Event, Job, ViewId, Workers};
use eframe::egui::{self, Rect, Stroke, Ui, UiBuilder, ViewportCommand, vec2};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The whole window.
pub struct App {
    session: Session,
    workers: Workers,
    panels: Vec<Box<dyn Panel>>,
    planes: BTreeMap<SlotId, PlaneView>,
    textures: Textures,
    toasts: Toasts,
    path_tray: panels::path::PathTray,
    select_tray: panels::select::SelectTray,
    error_tray: panels::errors::ErrorTray,
    title: String,
    window: WindowState,
    /// When the program started, until the first picture is there.
    awaiting_first: Option<Instant>,
    /// The tool of the frame before, and whether the stage took the planes' place.
    shown: Option<(Tool, bool)>,
    on_screen: OnScreen,
}

impl App {
    /// Starts the workers and asks them for the model and data to open with.
    pub fn new(cc: &eframe::CreationContext<'_>, options: Options) -> std::io::Result<Self> {
        theme::install(&cc.egui_ctx);
        // The size of text is one of the commands, within bounds that the layout was made for.
        cc.egui_ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let ctx = cc.egui_ctx.clone();
        let workers = Workers::start(Arc::new(move || ctx.request_repaint()))?;
        let opens_by_itself = options.data.is_none() && options.model.is_none() && options.session.is_none();
        let data = options.data.unwrap_or_else(|| data_for(options.model.as_deref()));
        let spec = SessionSpec { data, reading: options.reading, ..SessionSpec::default() };
        let mut session = Session::new(spec);
        let effects = match options.session {
            Some(path) => session.apply(Action::OpenSession(path)),
            None => session.open(options.model),
        };
        let mut window = WindowState::default();
        prefs::load(cc.storage, &mut window);
        // Where nothing can be remembered it would come every time.
        if opens_by_itself && cc.storage.is_some() && !window.first_minute.was_shown {
            window.first_minute.begin();
        }
        let app = Self {
            session,
            workers,
            panels: panels::all(),
            planes: BTreeMap::new(),
            textures: Textures::default(),
            toasts: Toasts::default(),
            path_tray: panels::path::PathTray::default(),
            select_tray: panels::select::SelectTray::default(),
            error_tray: panels::errors::ErrorTray::default(),
            title: String::new(),
            window,
            awaiting_first: options.started,
            shown: None,
            on_screen: OnScreen::default(),
        };
        app.perform(effects);
        Ok(app)
    }

    /// The session, for tests.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Applies an action as if a panel had sent it.
    pub fn act(&mut self, action: Action) {
        let saves = matches!(action, Action::SaveModel(_) | Action::SaveSession(_));
        let effects = self.session.apply(action);
        let is_written = effects.iter().any(|effect| matches!(effect, Effect::Job(Job::Save(..))));
        if saves && !is_written {
            // What was refused does not close the window when something else is saved some time later.
            self.window.files.closes_when_saved = false;
        }
        self.perform(effects);
    }

    fn perform(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Train(command) => self.workers.train(command),
                Effect::Decode(request) => self.workers.decode(request),
                Effect::Job(job) => self.workers.job(job),
                Effect::CancelLoads => self.workers.cancel_loads(),
            }
        }
    }

    /// Lets go of what was looked at with another tool, or before the stage came or went.
    fn let_go(&mut self, actions: &mut Vec<Action>) {
        let spec = self.session.spec();
        let now = (spec.tool, spec.stage.is_some());
        let Some(before) = self.shown.replace(now).filter(|before| *before != now) else { return };
        if self.session.is_hovered() {
            actions.push(Action::Hover(None));
        }
        if spec.selection.hovered.is_some() {
            actions.push(Action::Point(None));
        }
        // The path is read in its tray, which these have taken.
        if spec.tool == Tool::Path && before.0 != Tool::Path && spec.errors.is_some() {
            actions.push(Action::ShowErrors(None));
        }
        if spec.stage.is_some() {
            self.planes.clear();
        }
    }

    fn draw(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let tool = self.session.spec().tool;
        let n_models = self.session.visible().count();
        let tray = match tool {
            // Asked for by its key, with any tool.
            _ if self.session.spec().errors.is_some() => Tray::Errors,
            Tool::Path => {
                let shows_scores = self.session.spec().unfolded.contains(&Fold::Scores);
                Tray::Path { n_models, shows_scores }
            }
            Tool::Select => Tray::Select,
            _ if n_models > 1 => Tray::Compare(n_models),
            _ if self.session.shows_label_row() => Tray::Labels,
            _ => Tray::None,
        };
        let WindowState { learn, decode, presents, point_factor, .. } = &self.window;
        let folds = Folds { learn: learn.folded, decode: decode.folded, presents: *presents };
        let sizes = Sizes::new(ui.max_rect().size(), *presents, *point_factor);
        let layout = Layout::new(ui.max_rect(), tool, tray, folds, &sizes);
        self.window.sizes = sizes;
        let help_was_open = self.window.help_open;
        layout.tell(&mut self.window.learn, &mut self.window.decode);
        self.window.keys_lead = ui.input(|i| {
            let was_pressed = i.pointer.any_pressed();
            (self.window.keys_lead && !was_pressed) || i.key_pressed(egui::Key::Tab)
        });
        self.window.strips.clear();
        self.window.n_nearest = 0;
        self.window.has_modal = false;
        self.window.popup_was_open = egui::Popup::is_any_open(ui.ctx());
        if tool != Tool::Path {
            self.window.playing = None;
        }
        self.let_go(actions);
        let mut cx =
            Cx { session: &self.session, theme, actions, textures: &mut self.textures, window: &mut self.window };
        ui.painter().rect_filled(ui.max_rect(), 0, theme.panel);
        // This order is also that of the Tab key: tools, plane, Learn, Decode.
        within(ui, "top", layout.top, |ui| {
            if cx.window.presents {
                top_bar::presented(ui, &layout, &mut cx);
            } else {
                top_bar::show(ui, &layout, &mut cx);
            }
        });
        cx.window.plane_ids.clear();
        cx.window.lit_cell = cx.window.grid_cell.take();
        (cx.window.looks, cx.window.plane_under) = (false, None);
        if cx.session.spec().stage.is_some() {
            // None of these is meant for planes to come.
            (cx.window.fit_requested, cx.window.set_end) = (false, [false; 2]);
            within(ui, "stage", layout.plane, |ui| stage::show(ui, &mut cx));
        } else {
            draw_planes(ui, layout.plane, &mut self.planes, &mut cx);
        }
        within(ui, "legend", layout.legend, |ui| panels::legend::show(ui, &layout, &mut cx));
        if tray != Tray::None {
            let (path_tray, select_tray) = (&mut self.path_tray, &mut self.select_tray);
            let (error_tray, rect) = (&mut self.error_tray, layout.tray);
            ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, theme.hairline));
            low(ui, "tray", rect, tray.least(), |ui, rect| match tray {
                Tray::Path { .. } => path_tray.show(ui, rect, &mut cx),
                Tray::Select => select_tray.show(ui, rect, &mut cx),
                Tray::Errors => error_tray.show(ui, rect, &mut cx),
                Tray::Compare(_) => panels::compare::show(ui, rect, &mut cx),
                _ => panels::labels::show(ui, rect, &mut cx),
            });
        }
        draw_learn(ui, &layout, &mut self.panels, &mut cx);
        draw_decode(ui, &layout, &mut self.panels, &mut cx);
        hairlines(ui, &layout, &theme);
        cx.window.over_plane = None;
        pad::show(ui, layout.plane, &mut cx);
        first_minute::show(ui, layout.plane, &mut cx);
        self.toasts.show(ui, layout.plane, &mut cx);
        help::show(ui, help_was_open, &mut cx);
        files::show(ui, &mut cx);
        preview::show(ui, &mut cx);
        series::show(ui, &mut cx);
        palette::show(ui, &mut cx);
        keys::handle(ui, &mut cx);
        // Nothing else tells that the pointer has left what is drawn both on the plane and beside it.
        if matches!(tool, Tool::Path | Tool::Grid) && !cx.window.looks && cx.session.is_hovered() {
            cx.send(Action::Hover(None));
        }
        let strips = std::mem::take(&mut cx.window.strips);
        if strips != self.session.strips() {
            actions.push(Action::ShowStrips(strips));
        }
        self.textures.forget(ui.ctx());
        if self.window.n_nearest != self.session.n_nearest() {
            actions.push(Action::ShowNearest(self.window.n_nearest));
        }
        let buttons_up = !ui.input(|i| i.pointer.any_down());
        if buttons_up && (self.session.in_gesture() || actions.contains(&Action::BeginGesture)) {
            actions.push(Action::EndGesture);
        }
    }
}

/// The planes of the models on screen: in a row, or many as a mosaic.
fn draw_planes(ui: &mut Ui, room: Rect, planes: &mut BTreeMap<SlotId, PlaneView>, cx: &mut Cx<'_>) {
    let slots: Vec<SlotId> = cx.session.visible().map(|slot| slot.id).collect();
    planes.retain(|slot, _| slots.contains(slot));
    let places = layout::planes(room, slots.len());
    let under = places.iter().position(|place| ui.rect_contains_pointer(*place));
    cx.window.plane_under = under.map(|i| slots[i]);
    // The lines between them.
    ui.painter().rect_filled(room, 0, cx.theme.hairline);
    for (slot, place) in slots.into_iter().zip(places) {
        let plane = planes.entry(slot).or_default();
        within(ui, &format!("plane {}", slot.0), place, |ui| plane.show(ui, slot, cx));
    }
    cx.window.fit_requested = false;
}

/// Learn in its place, or the rail, or Learn over the plane.
fn draw_learn(ui: &mut Ui, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    if !cx.window.learn.is_folded {
        within(ui, "learn", layout.learn, |ui| column(ui, Place::Learn, layout, panels, cx));
        return;
    }
    // The click that opens it is elsewhere too, and so is one on a list over it, which is gone when that is
    // looked at.
    let was_open = cx.window.learn.is_over && !egui::Popup::is_any_open(ui.ctx());
    if !cx.window.presents {
        within(ui, "rail", layout.learn, |ui| panels::rail::learn(ui, cx));
    }
    if cx.window.learn.is_over {
        let draw = |ui: &mut Ui| column(ui, Place::Learn, layout, panels, cx);
        let response = over(ui, "learn", layout.learn_over, draw);
        if was_open && response.clicked_elsewhere() {
            cx.window.learn.is_over = false;
        }
    }
}

/// Decode, or the grid, in its place, or the rail, or over the plane, where it stays while the plane is used.
fn draw_decode(ui: &mut Ui, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    let place = if cx.session.spec().tool == Tool::Grid { Place::Grid } else { Place::Decode };
    if !cx.window.decode.is_folded {
        within(ui, "decode", layout.decode, |ui| column(ui, place, layout, panels, cx));
        return;
    }
    if !cx.window.presents {
        within(ui, "decode rail", layout.decode, |ui| panels::rail::decode(ui, place, cx));
    }
    if cx.window.decode.is_over {
        over(ui, "decode", layout.decode_over, |ui| column(ui, place, layout, panels, cx));
    }
}

/// Draws a side panel over the plane.
fn over(ui: &Ui, id: &str, rect: Rect, add: impl FnOnce(&mut Ui)) -> egui::Response {
    let area = egui::Area::new(egui::Id::unique((id, "over"))).fixed_pos(rect.min);
    let shown = area.show(ui.ctx(), |ui| {
        // Only room that is taken counts as inside.
        ui.allocate_exact_size(rect.size(), egui::Sense::hover());
        let theme = Theme::of(ui);
        let line = Stroke::new(1.0, theme.hairline);
        ui.painter().rect(rect, 0, theme.panel, line, egui::StrokeKind::Inside);
        within(ui, id, rect, add);
    });
    shown.response
}

/// Draws inside a rectangle, clipped to it.
fn within<R>(ui: &mut Ui, id: &str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = child(ui, id, UiBuilder::new().max_rect(rect));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    add(&mut child)
}

/// The panels of one side, one under the other.
fn column(ui: &mut Ui, place: Place, layout: &Layout, panels: &mut [Box<dyn Panel>], cx: &mut Cx<'_>) {
    let gap = if layout.is_low { 12.0 } else { 18.0 };
    // The margin lies inside the scrolled area, so that a scroll bar takes its room from it and focus rings
    // are not cut.
    let margin = egui::Frame::new().inner_margin(egui::Margin::symmetric(PAD as i8, 0));
    let scroll = egui::ScrollArea::vertical().id_salt("column").auto_shrink(false);
    let capabilities = cx.session.capabilities();
    let is_here = |panel: &dyn Panel| panel.place() == place && panel.is_available(&capabilities);
    // What stays in sight leaves no gap where there is none.
    ui.spacing_mut().item_spacing.y = 0.0;
    margin.show(ui, |ui| {
        // A panel without anything there takes no room.
        ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
        for panel in panels.iter_mut().filter(|panel| is_here(&***panel)) {
            part(ui, ("top", panel.id()), |ui| {
                ui.spacing_mut().item_spacing.y = 6.0;
                panel.top(ui, layout, cx);
            });
        }
    });
    let panels = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        cx.window.column_top = ui.cursor().top();
        ui.add_space(PAD - 2.0);
        let mut before: Option<bool> = None;
        for panel in panels.iter_mut().filter(|panel| is_here(&***panel)) {
            if before.is_some_and(|folds| !(folds && panel.folds())) {
                ui.add_space(gap - 6.0);
            }
            before = Some(panel.folds());
            part(ui, panel.id(), |ui| panel.ui(ui, layout, cx));
        }
        ui.add_space(8.0);
    };
    scroll.show(ui, |ui| margin.show(ui, panels));
}

fn hairlines(ui: &Ui, layout: &Layout, theme: &Theme) {
    let stroke = Stroke::new(1.0, theme.hairline);
    let painter = ui.painter();
    painter.hline(layout.top.x_range(), layout.top.bottom() - 0.5, stroke);
    painter.hline(layout.legend.x_range(), layout.legend.top() + 0.5, stroke);
    for (side, x) in [(layout.learn, layout.learn.right() + 0.5), (layout.decode, layout.decode.left() - 0.5)] {
        if side.width() > 0.0 {
            painter.vline(x, side.y_range(), stroke);
        }
    }
}

/// How the names of files end that can be opened and saved, and those of pictures.
const OPENED: [&str; 2] = ["safetensors", EXTENSION];
const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tiff"];

impl App {
    /// Asks the system for files. Made here, as some systems open dialogs from the main thread only, and
    /// waited for elsewhere.
    fn ask_for_files(&mut self, frame: &eframe::Frame) {
        if std::mem::take(&mut self.window.wants_folder) {
            let answer = rfd::AsyncFileDialog::new().set_parent(frame).pick_folder();
            let picked = |folder: rfd::FileHandle| Event::FolderPicked(folder.path().into());
            self.window.waits_for_dialog |= self.workers.ask(move || answered(answer, picked));
        }
        let Some((purpose, path)) = self.window.files.wants_dialog.take() else { return };
        let dialog =
            rfd::AsyncFileDialog::new().set_file_name(path.file_name().unwrap_or_default().to_string_lossy());
        let picked = |file: rfd::FileHandle| Event::FilePicked(file.path().into());
        let asked = match purpose {
            Purpose::Open | Purpose::Beside => {
                let dialog = dialog.set_file_name("").add_filter("Models and sessions", &OPENED);
                let answer = dialog.add_filter("Pictures", &PICTURES).pick_file();
                self.workers.ask(move || answered(answer, picked))
            }
            Purpose::Save | Purpose::Close => {
                let answer = dialog.add_filter("Models and sessions", &OPENED).save_file();
                self.workers.ask(move || answered(answer, picked))
            }
            Purpose::ExportAs(Export::Projector(_)) => {
                let answer = dialog.pick_folder();
                self.workers.ask(move || answered(answer, picked))
            }
            Purpose::ExportAs(what) => {
                let formats: &[&str] = match what {
                    Export::Codes(_) => &["csv", "npy", "npz"],
                    Export::Onnx(_) => &["onnx"],
                    Export::Pixels(_) => &["png"],
                    Export::Figure(..) => &["svg", "png"],
                    Export::Losses | Export::Chosen | Export::Projector(_) => &["csv"],
                };
                let answer = dialog.add_filter("Files", formats).save_file();
                self.workers.ask(move || answered(answer, picked))
            }
            Purpose::TrainElsewhere => {
                let answer = dialog.add_filter("Python", &["py"]).save_file();
                self.workers.ask(move || answered(answer, picked))
            }
            Purpose::Export => {
                let answer = dialog.add_filter("Pictures", &["png", "gif"]).save_file();
                self.workers.ask(move || answered(answer, picked))
            }
        };
        if asked {
            self.window.files.asked_for = Some(purpose);
            self.window.waits_for_dialog = true;
        }
    }

    /// A wish to close waits until nothing would be lost, or the user has said that it may be.
    fn look_after_closing(&mut self, ctx: &egui::Context) {
        let is_unsaved = self.session.is_unsaved() || self.session.left_unsaved();
        let is_saved = !self.session.is_unsaved();
        let files = &mut self.window.files;
        if ctx.input(|i| i.viewport().close_requested()) && is_unsaved && !files.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            files.open(Purpose::Close, &self.session);
        } else if files.may_close || (files.closes_when_saved && is_saved) {
            files.may_close = true;
            files.closes_when_saved = false;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// The title says what is open and whether it is in a file; files that were used are remembered.
    fn name_window(&mut self, ctx: &egui::Context) {
        let mark = if self.session.is_unsaved() { "• " } else { "" };
        let title = format!("{mark}{} – halfmoon", self.session.document_name());
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if let Some(file) = self.session.file() {
            self.window.files.remember(file);
        }
        if let Some(file) = self.session.session_file() {
            self.window.files.remember(file);
        }
        if let DataChoice::Path(path) = &self.session.spec().data
            && self.session.data().is_some()
        {
            self.window.files.remember(path);
        }
    }
}

/// Waits for a dialog. Where the system has none it is as if it were cancelled, but sooner than any hand
/// could.
fn answered<T>(answer: impl Future<Output = Option<T>>, event: impl FnOnce(T) -> Event) -> Option<Event> {
    const HAND: Duration = Duration::from_millis(200);
    let asked = Instant::now();
    match pollster::block_on(answer) {
        Some(file) => Some(event(file)),
        None if asked.elapsed() < HAND => Some(Event::NoDialog),
        None => Some(Event::DialogClosed),
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let mut picked = Vec::new();
        let mut outbox = self.workers.drain();
        let is_answer = outbox
            .events
            .iter()
            .any(|event| matches!(event, Event::Saved(_, Some(_), _) | Event::SessionSaved(..)));
        let is_answered = |event: &Event| {
            matches!(event, Event::FilePicked(_) | Event::FolderPicked(_) | Event::NoDialog | Event::DialogClosed)
        };
        self.window.waits_for_dialog &= !outbox.events.iter().any(is_answered);
        outbox.events.retain(|event| match event {
            // A file picked in a dialog is for the card that asked for it.
            Event::FilePicked(path) => {
                picked.extend(self.window.files.picked(path));
                false
            }
            _ => true,
        });
        let effects = self.session.receive(outbox);
        if is_answer && self.session.is_unsaved() {
            // A wish to close once the model is saved ends where it could not be, or where more is unsaved.
            self.window.files.closes_when_saved = false;
        }
        self.perform(effects);
        if self.session.cloud().is_some()
            && self.session.picture(ViewId::Picture).is_some()
            && let Some(started) = self.awaiting_first.take()
        {
            log::info!("codes and first picture after {} ms", started.elapsed().as_millis());
        }
        for action in picked.into_iter().chain(keys::dropped_files(ctx)) {
            self.act(action);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let mut actions = Vec::new();
        self.draw(ui, &mut actions);
        self.ask_for_files(frame);
        self.on_screen.look(ui.ctx(), frame);
        self.look_after_closing(ui.ctx());
        self.name_window(ui.ctx());
        // Applied at once, so that the decoder works while the frame is still being drawn.
        if !actions.is_empty() {
            actions.into_iter().for_each(|action| self.act(action));
            ui.ctx().request_repaint();
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        prefs::save(storage, &self.window);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
