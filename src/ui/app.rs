//! The window as an eframe application: it joins session, workers and panels.

use super::context::{Cx, Pointing, WindowState};
use super::divergences::DivergencesView;
use super::files::Purpose;
use super::layout::{Folds, Layout, Sizes, Tray};
use super::panels::{self, Panel};
use super::place::OnScreen;
use super::plane::PlaneView;
use super::textures::Textures;
use super::theme::{self, Theme};
use super::toasts::Toasts;
use super::widgets::low;
use super::{
    Options, columns, dialogs, files, first_minute, help, keys, layout, pad, palette, prefs, preview, regression,
    samples, series, sketch, stage, top_bar,
};
use crate::data::DataChoice;
use crate::session::{Action, Effect, Fold, Session, SessionSpec, SlotId, Tool, data_for};
use crate::worker::{Event, Job, ViewId, Workers};
use eframe::egui::{self, Rect, Stroke, Ui, ViewportCommand};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The whole window.
pub struct App {
    session: Session,
    workers: Workers,
    panels: Vec<Box<dyn Panel>>,
    planes: BTreeMap<SlotId, PlaneView>,
    hand: sketch::Hand,
    textures: Textures,
    toasts: Toasts,
    legend: panels::legend::Legend,
    path_tray: panels::path::PathTray,
    select_tray: panels::select::SelectTray,
    error_tray: panels::errors::ErrorTray,
    find_tray: panels::find::FindTray,
    divergences: DivergencesView,
    on_regression: Pointing,
    title: String,
    window: WindowState,
    /// When the program started, until the first picture is there.
    awaiting_first: Option<Instant>,
    /// The tool of the frame before, and whether something took the planes' place.
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
            hand: sketch::Hand::default(),
            textures: Textures::default(),
            toasts: Toasts::default(),
            legend: panels::legend::Legend::default(),
            path_tray: panels::path::PathTray::default(),
            select_tray: panels::select::SelectTray::default(),
            error_tray: panels::errors::ErrorTray::default(),
            find_tray: panels::find::FindTray::default(),
            divergences: DivergencesView::default(),
            on_regression: Pointing::default(),
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
                Effect::Decode(request) => self.workers.decode(*request),
                Effect::Job(job) => self.workers.job(job),
                Effect::CancelLoads => self.workers.cancel_loads(),
            }
        }
    }

    /// Lets go of what was looked at with another tool, or before the planes went or came.
    fn let_go(&mut self, actions: &mut Vec<Action>) {
        let spec = self.session.spec();
        let now = (spec.tool, self.session.hides_planes());
        let Some(before) = self.shown.replace(now).filter(|before| *before != now) else { return };
        if self.session.is_hovered() {
            actions.push(Action::Hover(None));
        }
        if spec.selection.hovered.is_some() {
            actions.push(Action::Point(None));
        }
        // The path is read in its tray, which these have taken.
        if spec.tool == Tool::Path && before.0 != Tool::Path {
            actions.extend(spec.errors.map(|_| Action::ShowErrors(None)));
            actions.extend(spec.find.map(|_| Action::Find(None)));
        }
        if self.session.hides_planes() {
            self.planes.clear();
        }
    }

    fn draw(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let theme = Theme::of(ui);
        let tool = self.session.spec().tool;
        let n_models = self.session.visible().count();
        let tray = match tool {
            // It has all the room there is.
            _ if self.session.spec().divergences.is_some() => Tray::None,
            // Asked for by its key, with any tool.
            _ if self.session.spec().errors.is_some() => Tray::Errors,
            _ if self.session.spec().find.is_some() => Tray::Find,
            Tool::Path => {
                let shows_scores = self.session.spec().unfolded.contains(&Fold::Scores);
                let n_along = samples::n_along(&self.session);
                let n_lines =
                    if samples::are_sentences(&self.session) { self.session.spec().path.steps } else { 0 };
                Tray::Path { n_models, shows_scores, n_along, n_lines }
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
        // It is played where its strip is.
        if !matches!(tray, Tray::Path { .. }) {
            self.window.playing = None;
        }
        self.let_go(actions);
        let mut cx =
            Cx { session: &self.session, theme, actions, textures: &mut self.textures, window: &mut self.window };
        ui.painter().rect_filled(ui.max_rect(), 0, theme.panel);
        // This order is also that of the Tab key: tools, plane, Learn, Decode.
        columns::within(ui, "top", layout.top, |ui| {
            if cx.window.presents {
                top_bar::presented(ui, &layout, &mut cx);
            } else {
                top_bar::show(ui, &layout, &mut cx);
            }
        });
        cx.window.plane_ids.clear();
        cx.window.lit_cell = cx.window.grid_cell.take();
        (cx.window.looks, cx.window.plane_under) = (false, None);
        if cx.session.hides_planes() {
            // None of these is meant for planes to come.
            (cx.window.fit_requested, cx.window.set_end) = (false, [false; 2]);
        }
        if cx.session.spec().divergences.is_some() {
            columns::within(ui, "divergences", layout.plane, |ui| self.divergences.show(ui, &mut cx));
        } else if let Some(drawn) = cx.session.spec().sketch.clone() {
            columns::within(ui, "sketch", layout.plane, |ui| self.hand.show(ui, &drawn, &mut cx));
        } else if cx.session.spec().stage.is_some() {
            columns::within(ui, "stage", layout.plane, |ui| stage::show(ui, &mut cx));
        } else if cx.session.stages_regression() {
            columns::within(ui, "regression", layout.plane, |ui| {
                regression::show(ui, &mut self.on_regression, &mut cx);
            });
        } else {
            draw_planes(ui, layout.plane, &mut self.planes, &mut cx);
        }
        columns::within(ui, "legend", layout.legend, |ui| {
            panels::legend::show(ui, &layout, &mut self.legend, &mut cx);
        });
        if tray != Tray::None {
            let (path_tray, select_tray) = (&mut self.path_tray, &mut self.select_tray);
            let (error_tray, find_tray, rect) = (&mut self.error_tray, &mut self.find_tray, layout.tray);
            ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, theme.hairline));
            low(ui, "tray", rect, tray.least(), |ui, rect| match tray {
                Tray::Path { .. } => path_tray.show(ui, rect, &mut cx),
                Tray::Select => select_tray.show(ui, rect, &mut cx),
                Tray::Errors => error_tray.show(ui, rect, &mut cx),
                Tray::Find => find_tray.show(ui, rect, &mut cx),
                Tray::Compare(_) => panels::compare::show(ui, rect, &mut cx),
                _ => panels::labels::show(ui, rect, &mut cx),
            });
        }
        columns::learn(ui, &layout, &mut self.panels, &mut cx);
        columns::decode(ui, &layout, &mut self.panels, &mut cx);
        cx.window.turned = None;
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
        columns::within(ui, &format!("plane {}", slot.0), place, |ui| plane.show(ui, slot, cx));
    }
    cx.window.fit_requested = false;
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

impl App {
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
        dialogs::ask(&self.workers, &mut self.window, frame);
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
