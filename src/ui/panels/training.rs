//! Training: set it going, stop it, and see how long it takes.

use super::{Panel, Place};
use crate::session::{Action, NextStep, Plan};
use crate::ui::commands::{TRAIN, TRAIN_ELSEWHERE};
use crate::ui::context::Cx;
use crate::ui::layout::Layout;
use crate::ui::widgets::{Aside, Button, Checkbox, IconButton, help, number, progress, section_head};
use crate::ui::{icons, theme};
use crate::worker::{TrainStatus, Until};
use eframe::egui::{Align, Label, Layout as Flow, RichText, Ui, vec2};

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
        if let Some(status) = cx.session.status().copied().filter(|_| cx.session.is_running()) {
            section_head(ui, self.title(), Aside::Accent("running"));
            return under_way(ui, &status, cx);
        }
        let state = cx.session.stands(cx.session.spec().active);
        section_head(ui, self.title(), Aside::Faint(&state));
        match cx.session.paused() {
            Some(status) => under_way(ui, &status, cx),
            None => at_rest(ui, cx),
        }
    }
}

/// A run that is under way or paused: the buttons stand in the same places in both.
fn under_way(ui: &mut Ui, status: &TrainStatus, cx: &mut Cx<'_>) {
    let is_running = cx.session.is_running();
    let fraction = status.step as f32 / status.last_step.max(1) as f32;
    progress::bar(ui, "Training progress", fraction, 6.0);
    let (epoch, epochs) =
        (status.step / status.steps_per_epoch + 1, status.last_step.div_ceil(status.steps_per_epoch));
    let strong = |text: String, weight: bool| {
        let font = if weight { theme::semibold(13.0) } else { theme::body() };
        RichText::new(text).font(font).color(cx.theme.text)
    };
    let left =
        if is_running { format!("{} left", number::time_left(status.secs_left())) } else { "paused".into() };
    two_ends(ui, strong(format!("Epoch {} of {epochs}", epoch.min(epochs)), false), strong(left, true));
    let small = |text: String| RichText::new(text).font(theme::small()).color(cx.theme.faint);
    let steps = format!("{} of {} steps", number::count(status.step), number::count(status.last_step));
    let speed = match status.steps_per_s {
        speed if speed > 0.0 => format!("{speed:.*} steps/s", usize::from(speed < 9.95)),
        _ => String::new(),
    };
    two_ends(ui, small(steps), small(speed));
    if let Some([stage, n_stages]) = cx.session.stage() {
        let text = format!("Layers {} of {n_stages} alone: train is theirs, test is of the whole", stage + 1);
        ui.add(Label::new(small(text)).truncate());
    }
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 79.0;
        if is_running {
            let pause = ui.add(Button::new("Pause").icon(icons::PAUSE).primary(true).width(width));
            let sentence = TRAIN.keyed("Stops after the present mini-batch; Continue goes on exactly there.");
            if help(pause, "Pause", &sentence, None).clicked() {
                cx.send(Action::Pause);
            }
        } else {
            let button = Button::new("Continue").icon(icons::PLAY).primary(true).width(width);
            let go_on = ui.add_enabled(cx.session.can_train(), button);
            let sentence = TRAIN.keyed("Goes on exactly where it was paused.");
            if help(go_on, "Continue", &sentence, None).clicked() {
                cx.send(Action::Train(Until::End));
            }
        }
        let stop = ui.add(Button::new("Stop").icon(icons::STOP).width(73.0));
        let sentence = "Ends this training; its model stays, and data and settings unfold.";
        if help(stop, "Stop", sentence, None).clicked() {
            cx.send(Action::Stop);
        }
    });
    small_steps(ui, cx);
    if !is_running {
        changed_live(ui, cx);
    }
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
    let line = RichText::new(what_it_does(cx)).font(theme::small()).color(cx.theme.faint);
    ui.add(Label::new(line).truncate());
    changed_live(ui, cx);
    if !is_solved {
        small_steps(ui, cx);
    }
}

/// What the primary button will do, before it is pressed.
fn what_it_does(cx: &Cx<'_>) -> String {
    let about =
        |secs: Option<f32>| secs.map_or_else(String::new, |secs| format!(" · about {}", number::about(secs)));
    let epochs = |n: u64| if n == 1 { "1 epoch".into() } else { format!("{} epochs", number::count(n)) };
    match cx.session.plan() {
        Plan::Solve if cx.session.is_solved() && !cx.session.settings_changed() => {
            "Solved; again it is the same".into()
        }
        Plan::Solve => "Is solved at once".into(),
        Plan::Fresh { epochs: n, secs } => format!("Starts anew, {}{}", epochs(n), about(secs)),
        Plan::GoOn { epochs: n, secs } => format!("Goes on for {}{}", epochs(n), about(secs)),
    }
}

/// Says which settings the weights were made by otherwise, where these take hold as training goes on.
fn changed_live(ui: &mut Ui, cx: &Cx<'_>) {
    let changed = cx.session.changed_live();
    if changed.is_empty() {
        return;
    }
    let words = changed.iter().map(|[title, then, now]| format!("{title} {then}, not {now}"));
    let words = words.collect::<Vec<_>>().join("; ");
    let text =
        format!("What is shown was trained with {words}. Continue goes on with that, Reset begins with it.");
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(cx.theme.weak)).wrap());
}

/// A step or an epoch at a time, and slow motion.
fn small_steps(ui: &mut Ui, cx: &mut Cx<'_>) {
    let can_train = cx.session.can_train();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let [step, epoch] = ["One step", "One epoch"].map(Button::new);
        for (button, word, until, sentence) in [
            (step.flush(), "One step", Until::Steps(1), "Takes a single mini-batch."),
            (epoch.quiet(true), "One epoch", Until::EpochEnd, "Trains to the end of this pass over the data."),
        ] {
            let button = ui.add_enabled(can_train, button);
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
