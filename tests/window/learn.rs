//! Data, settings and training.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::model::{Capabilities, KINDS, Kind, Settings};
use halfmoon::session::{Action, Group, NextStep, Plan};
use halfmoon::worker::{Until, ViewId};

fn moons() -> Window {
    let mut window = Window::of(DataChoice::Moons);
    window.act(Action::Set(Group::Model, "hidden".into(), "32".into()));
    window
}

fn step(window: &Window) -> u64 {
    window.session().weights().snapshot.as_ref().map_or(0, |snapshot| snapshot.step)
}

#[test]
fn other_data_are_a_click_away_and_undo_brings_the_model_back() {
    let mut window = Window::opening();
    window.click("Data");
    window.click("Full and half moons");
    window.wait("the moons", |session| session.spec().data == DataChoice::FullHalf && !session.is_busy());
    assert_eq!(window.session().cloud().unwrap().indices.len(), 5_000);
    assert_eq!(step(&window), 0, "what was learned on digits says nothing of moons");
    window.click("Undo");
    window.wait("the digits", |session| {
        session.spec().data == DataChoice::Mnist && !session.is_busy() && session.cloud().is_some()
    });
    assert!(step(&window) > 1000);
}

#[test]
fn training_moves_codes_and_lowers_the_loss() {
    let mut window = moons();
    window.click("Train");
    window.wait("training", |session| session.is_running());
    window.wait("some epochs", |session| session.weights().test_curve.len() >= 6);
    assert_eq!(window.session().next_step(), NextStep::Pause);
    assert!(window.session().cloud().unwrap().indices.len() <= 1024, "a probe while it runs");
    window.click("Pause");
    window.wait("the pause", |session| !session.is_running() && session.weights().checkpoint.is_some());
    window.wait("all codes", |session| session.cloud().unwrap().indices.len() == 5_000);
    let curve = window.session().weights().test_curve.clone();
    assert!(curve.last().unwrap().loss() < 0.8 * curve[0].loss(), "{curve:?}");
    assert_eq!(window.session().next_step(), NextStep::Continue);

    let before = step(&window);
    window.click("One step");
    window.wait("the step", |session| session.weights().snapshot.as_ref().unwrap().step == before + 1);
    window.wait("its end", |session| !session.is_running());

    window.click("Stop");
    window.steps(2);
    window.click("Reset");
    window.wait("fresh weights", |session| {
        session.weights().snapshot.as_ref().is_some_and(|snapshot| snapshot.step == 0) && !session.is_busy()
    });
    window.click("Undo");
    window.wait("the trained model", |session| {
        session.weights().snapshot.as_ref().is_some_and(|snapshot| snapshot.step == before + 1)
    });
}

#[test]
fn slow_motion_can_be_watched_and_stopped() {
    let mut window = moons();
    window.click("Slow");
    assert!(window.session().slow_motion());
    window.key(Modifiers::NONE, Key::T);
    window.wait("two steps", |session| {
        session.weights().snapshot.as_ref().is_some_and(|snapshot| snapshot.step >= 2)
    });
    assert!(step(&window) < 40, "slow motion takes four steps a second");
    window.click("Stop");
    window.wait("the stop", |session| session.status().is_none() && !session.is_running());
}

#[test]
fn settings_are_checked_and_undone() {
    let mut window = moons();
    window.click("Latent dimensions: more");
    assert_eq!(window.session().slot().model.latent_dim(), 3);
    assert_eq!(window.session().latent_dim(), 2, "the model shown is the one before");
    assert_eq!(window.session().next_step(), NextStep::Train);
    window.click("Undo");
    assert_eq!(window.session().slot().model.latent_dim(), 2);
    window.act(Action::Set(Group::Training, "learning_rate".into(), "-1".into()));
    assert!(window.session().toasts()[0].first.contains("learning_rate"));
    assert_eq!(window.session().slot().training.text("learning_rate"), "0.001");
    window.click("Model kind");
    window.click("AE, plain");
    assert_eq!(window.session().slot().model.kind(), "ae");
    assert_eq!(window.session().slot().model.text("hidden"), "32", "what both kinds share is kept");
}

#[test]
fn a_folder_that_is_missing_leaves_the_data_as_they_were() {
    let mut window = Window::opening();
    window.click("Open…");
    window.harness.get_by_label("Folder").click();
    window.steps(2);
    window.harness.event(Event::Text("no/such/folder".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.wait("the message", |session| !session.toasts().is_empty());
    let toast = &window.session().toasts()[0];
    assert!(toast.first.contains("no/such/folder") && toast.second.contains("Nothing was changed"), "{toast:?}");
    assert_eq!(window.session().spec().data, DataChoice::Mnist);
}

#[test]
fn a_training_that_diverges_keeps_the_last_good_model() {
    let mut window = moons();
    window.act(Action::Set(Group::Model, "likelihood".into(), "mse".into()));
    window.act(Action::Set(Group::Model, "activation".into(), "linear".into()));
    window.act(Action::Set(Group::Training, "learning_rate".into(), "10".into()));
    window.click("Train");
    window.wait("the end", |session| {
        session.toasts().iter().any(|toast| toast.first.contains("Training stopped at step"))
    });
    window.wait("a model", |session| session.model().is_some() && !session.is_busy() && !session.is_running());
    let z = ViewId::Picture;
    window.wait("a picture", |session| session.picture(z).is_some());
    assert!(window.session().cloud().unwrap().codes.mu.iter().all(|value| value.is_finite()));
}

#[test]
fn undo_after_training_with_other_settings_brings_the_model_before_back() {
    let mut window = moons();
    window.act(Action::Train(Until::Steps(3)));
    window.wait("three steps", |session| session.can_train());
    window.act(Action::Set(Group::Model, "latent_dim".into(), "5".into()));
    window.act(Action::Train(Until::Steps(2)));
    window.wait("five dimensions", |session| session.can_train() && session.latent_dim() == 5);
    window.click("Undo");
    window.wait("the model before", |session| session.can_train() && session.latent_dim() == 2);
    window.settle();
    assert_eq!(step(&window), 3);
    assert!(window.session().toasts().is_empty());
    assert_eq!(window.session().cloud().unwrap().codes.mu.ncols(), 2);
}

#[test]
fn every_kind_trains_on_the_plane_and_decodes() {
    let mut window = moons();
    let takes = |window: &Window, kind: &Kind| kind.takes(window.session().data().unwrap().train.kind()).is_ok();
    for (seed, kind) in KINDS.iter().enumerate() {
        if !takes(&window, kind) {
            continue;
        }
        window.act(Action::SetKind(kind.name.into()));
        assert_eq!(window.session().slot().model.entry().name, kind.name);
        let small = [("hidden", "16"), ("units", "4"), ("levels", "2")];
        for (path, text) in small.into_iter().chain([(window.session().slot().model.length_setting(), "3")]) {
            if window.session().slot().model.fields().iter().any(|field| field.path == path) {
                window.act(Action::Set(Group::Model, path.into(), text.into()));
            }
        }
        // Another seed asks for new weights even where a kind is but a setting of the one before.
        window.act(Action::Set(Group::Training, "seed".into(), seed.to_string()));
        window.act(Action::Set(Group::Training, "epochs".into(), "1".into()));
        window.act(Action::Train(Until::End));
        window.wait(kind.name, |session| {
            let is_trained = session.weights().checkpoint.as_ref().is_some_and(|c| c.trained.step > 0);
            is_trained && !session.is_running() && session.weights().test_curve.len() == 1
        });
        // Of the trained model: what is shown may come a frame later.
        let can = Capabilities::of(&*window.session().weights().checkpoint.as_ref().unwrap().trained.model);
        if can.completes {
            // It has no codes, and draws what is missing of a picture instead.
            window.wait("an ending", |session| session.sheet().is_some());
            assert_eq!(window.session().latent_dim(), 0, "{}", kind.name);
            continue;
        }
        if can.encodes {
            window.wait("all codes", |session| session.cloud().is_some_and(|cloud| cloud.indices.len() == 5_000));
        }
        window.settle();
        assert_eq!(window.session().latent_dim(), 3, "{}", kind.name);
        assert_eq!(window.session().picture(ViewId::Picture).is_some(), can.decodes, "{}", kind.name);
    }
}

#[test]
fn what_makes_a_kind_is_in_sight_and_a_dot_takes_back_what_is_not_usual() {
    let mut window = moons();
    for name in ["β", "Learning rate", "Epochs"] {
        assert!(window.has(name), "{name} is in sight");
    }
    assert!(!window.has("Corruption") && !window.has("Shards"));
    window.act(Action::SetKind("denoising".into()));
    window.steps(2);
    assert!(window.has("Corruption level") && !window.has("β"));
    assert_eq!(window.session().slot().model.latent_dim(), 16, "two would mend nothing");
    assert_eq!(window.session().spec().corrupted_page, Some(0), "its images are open");
    // What is brought along is in sight too, and can be taken off.
    window.act(Action::SetKind("vae".into()));
    window.act(Action::Set(Group::Model, "corruption".into(), "gaussian".into()));
    window.steps(2);
    assert!(window.has("Corruption level"));
    window.click("Corruption: back to none");
    assert_eq!(window.session().slot().model.text("corruption"), "none");
    window.steps(2);
    assert!(!window.has("Corruption"));
}

#[test]
fn what_the_buttons_will_do_is_said_before_they_are_pressed() {
    let mut window = moons();
    window.act(Action::Set(Group::Training, "epochs".into(), "3".into()));
    window.steps(2);
    assert!(window.says("Starts anew, 3 epochs"));
    window.click("Train");
    window.wait("the end", |session| !session.is_running() && session.weights().test_curve.len() == 3);
    window.wait("all codes of it", |session| {
        let shown = session.weights().snapshot.as_ref().map(|snapshot| snapshot.step);
        shown == session.weights().checkpoint.as_ref().map(|checkpoint| checkpoint.trained.step)
    });
    window.wait("the speed", |session| matches!(session.plan(), Plan::GoOn { secs: Some(_), .. }));
    window.steps(3);
    assert!(window.says("Goes on for 3 epochs · about "), "{:?}", window.session().plan());
    assert!(!window.says("was trained with"));
    window.act(Action::Set(Group::Model, "beta".into(), "0.1".into()));
    window.steps(2);
    assert!(window.says("was trained with β 1, not 0.1. Continue goes on with that, Reset begins with it."));
    let stands = |window: &Window| window.session().stands(window.session().spec().active);
    assert_eq!(stands(&window), "3 epochs", "the weights are still what is asked for");
    // Other weights are asked for: epochs are still counted as they were trained.
    window.act(Action::SetKind("pca".into()));
    window.steps(2);
    assert!(window.says("Is solved at once"));
    assert_eq!(stands(&window), "3 epochs, before the change");
}

#[test]
fn pause_and_continue_stand_in_the_same_place() {
    let mut window = moons();
    window.act(Action::Set(Group::Training, "epochs".into(), "500".into()));
    window.click("Train");
    window.wait("training", |session| session.is_running() && session.weights().snapshot.is_some());
    window.steps(3);
    let place = |window: &Window, name: &str| window.harness.get_by_label(name).rect();
    let (pause, stop) = (place(&window, "Pause"), place(&window, "Stop"));
    let small = ["One step", "One epoch", "Slow"].map(|name| place(&window, name));
    window.click("Pause");
    window.wait("the pause", |session| !session.is_running() && session.can_train());
    window.steps(3);
    assert_eq!((place(&window, "Continue"), place(&window, "Stop")), (pause, stop));
    assert_eq!(["One step", "One epoch", "Slow"].map(|name| place(&window, name)), small);
    assert!(window.harness.query_all_by_label("Model kind").next().is_none());
    window.click("VAE, 2 dimensions");
    window.steps(2);
    assert!(window.harness.query_all_by_label("Model kind").next().is_some(), "settings unfold when asked");
    window.click("Continue");
    window.wait("training", |session| session.is_running());
    window.click("Stop");
    window.wait("the end", |session| !session.is_running() && session.paused().is_none());
    window.steps(2);
    assert!(window.harness.query_all_by_label("Reset").next().is_some());
}

#[test]
fn layers_that_are_trained_alone_are_said() {
    let mut window = moons();
    window.act(Action::SetKind("stacked".into()));
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Set(Group::Model, "pretrain".into(), "100".into()));
    window.act(Action::Set(Group::Training, "epochs".into(), "300".into()));
    window.act(Action::Train(Until::Steps(5)));
    window.wait("five steps", |session| session.can_train() && session.status().is_some_and(|s| s.step == 5));
    window.steps(3);
    let line = window.harness.query_all_by_label_contains("Layers 1 of 2 alone").next();
    assert!(line.is_some());
}

#[test]
fn a_solved_model_says_what_its_components_explain_and_asks_for_no_more_training() {
    let mut window = moons();
    window.act(Action::SetKind("pca".into()));
    assert!(window.session().settings(Group::Training).is_empty());
    window.click("Train");
    window.wait("the solution", |session| session.is_solved() && !session.is_running());
    window.steps(3);
    let shares = window.session().explained_variance().unwrap();
    assert!(shares[0] > shares[1] && shares[1] > 0.05 && shares.iter().sum::<f32>() < 0.95, "{shares:?}");
    assert_eq!(window.session().next_step(), NextStep::Train);
    assert_eq!(window.session().unit_of_loss(), "squared error of an image", "no likelihood, no nats");
}
