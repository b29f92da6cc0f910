//! Training: set it going, stop it, and see how long it takes.

use super::{Panel, Place};
use crate::session::{Action, NextStep};
use crate::ui::commands::{TRAIN, TRAIN_ELSEWHERE};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::widgets::{Aside, Button, Checkbox, IconButton, help, number, progress, section_head};
use crate::ui::{icons, theme};
use crate::worker::{TrainStatus, Until};
use eframe::egui::{Align, Layout as Flow, RichText, Ui, vec2};

/// The panel.
pub struct TrainingPanel;

impl Panel for TrainingPanel {
    fn id(&self) -> &'static str {
        "training"
    }

    fn title(&self) -> &'static str {
        "Training"
    }

    fn place(&self) -> Place {
        Place::Learn
    }

    fn ui(&mut self, ui: &mut Ui, _layout: &Layout, cx: &mut Cx<'_>) {
        if cx.session.has_codes_alone() {
            return;
        }
        match cx.session.status().copied().filter(|_| cx.session.is_running()) {
            Some(status) => {
                section_head(ui, self.title(), Aside::Accent("running"));
                running(ui, &status, cx);
            }
            None => {
                let state = cx.session.stands(cx.session.spec().active);
                section_head(ui, self.title(), Aside::Faint(&state));
                at_rest(ui, cx);
            }
        }
    }
}

fn running(ui: &mut Ui, status: &TrainStatus, cx: &mut Cx<'_>) {
    let fraction = status.step as f32 / status.last_step.max(1) as f32;
    progress::bar(ui, "Training progress", fraction, 6.0);
    let (epoch, epochs) =
        (status.step / status.steps_per_epoch + 1, status.last_step.div_ceil(status.steps_per_epoch));
    let left = (status.last_step.saturating_sub(status.step)) as f32 / status.steps_per_s.max(1e-3);
    let strong = |text: String, weight: bool| {
        let font = if weight { theme::semibold(13.0) } else { theme::body() };
        RichText::new(text).font(font).color(cx.theme.text)
    };
    two_ends(
        ui,
        strong(format!("Epoch {} of {epochs}", epoch.min(epochs)), false),
        strong(format!("{} left", number::time_left(left)), true),
    );
    let small = |text: String| RichText::new(text).font(theme::small()).color(cx.theme.faint);
    let steps = format!("{} of {} steps", number::count(status.step), number::count(status.last_step));
    two_ends(ui, small(steps), small(format!("{:.0} steps/s", status.steps_per_s)));
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let width = ui.available_width();
        let pause = ui.add(Button::new("Pause").icon(icons::PAUSE).primary(true).width(width - 79.0));
        let sentence = TRAIN.keyed("Stops after the present mini-batch; Continue goes on exactly there.");
        if help(pause, "Pause", &sentence, None).clicked() {
            cx.send(Action::Pause);
        }
        let stop = ui.add(Button::new("Stop").icon(icons::STOP).width(73.0));
        if help(stop, "Stop", "Ends this training; its model stays.", None).clicked() {
            cx.send(Action::Stop);
        }
    });
    slow_motion(ui, cx);
}

fn at_rest(ui: &mut Ui, cx: &mut Cx<'_>) {
    let can_train = cx.session.can_train();
    // What is worked out at once has no steps, here or elsewhere.
    let is_solved = cx.session.slot().model.is_closed_form();
    let (word, is_new) = match cx.session.next_step() {
        NextStep::Continue => ("Continue", false),
        NextStep::Train | NextStep::Pause => ("Train", true),
    };
    ui.horizontal(|ui| {
        let width = ui.available_width();
        let primary = cx.session.invites_training();
        let train = ui.add_enabled(
            can_train,
            Button::new(word)
                .icon(icons::PLAY)
                .primary(primary)
                .width(width - if is_solved { 85.0 } else { 121.0 }),
        );
        let sentence = if is_new {
            "Trains from new weights with these settings."
        } else {
            "Goes on from here; after the planned end, for as many epochs again."
        };
        if help(train, word, &TRAIN.keyed(sentence), None).clicked() {
            cx.send(Action::Train(Until::End));
        }
        let reset =
            ui.add_enabled(can_train, Button::new("Reset").icon(icons::ARROW_COUNTER_CLOCKWISE).width(79.0));
        if help(reset, "Reset", "New weights from the seed; the trained model stays in Undo.", None).clicked() {
            cx.send(Action::Reset);
        }
        if !is_solved {
            let elsewhere = IconButton::new(icons::EXPORT, TRAIN_ELSEWHERE.name).framed();
            let button = ui.add_enabled(TRAIN_ELSEWHERE.is_ready(cx.session), elsewhere);
            if help(button, TRAIN_ELSEWHERE.name, &TRAIN_ELSEWHERE.sentence(), None).clicked() {
                TRAIN_ELSEWHERE.run(ui, cx);
            }
        }
    });
    if is_solved {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (word, until, sentence) in [
            ("One step", Until::Steps(1), "Takes a single mini-batch."),
            ("One epoch", Until::EpochEnd, "Trains to the end of this pass over the data."),
        ] {
            let button = ui.add_enabled(can_train, Button::new(word).quiet(true));
            if help(button, word, sentence, None).clicked() {
                cx.send(Action::Train(until));
            }
        }
        slow_motion(ui, cx);
    });
}

fn slow_motion(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut slow = cx.session.slow_motion();
    let checkbox = ui.add(Checkbox::new("Slow", &mut slow));
    if help(checkbox, "Slow motion", "Four steps a second, each shown on the plane.", None).changed() {
        cx.send(Action::SlowMotion(slow));
    }
}

fn two_ends(ui: &mut Ui, left: RichText, right: RichText) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 16.0), Flow::left_to_right(Align::Center), |ui| {
        ui.label(left);
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| ui.label(right));
    });
}
