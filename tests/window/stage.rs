//! The stage for denoising.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::model::Corruption;
use halfmoon::session::{Action, Fold, NewSlot, SlotId};

fn moons() -> Window {
    Window::trained("moons-vae", DataChoice::Moons)
}

fn staged(window: &mut Window, slots: &[u32]) {
    window.wait("the stage", |session| slots.iter().all(|slot| session.staged(SlotId(*slot)).is_some()));
    window.steps(4);
}

#[test]
fn one_sample_is_shown_large_clean_corrupted_and_mended_by_each_model() {
    let mut window = moons();
    window.act(Action::AddSlot(NewSlot::Model("moons-ae".into())));
    window.wait("the other", |session| session.cloud_of(SlotId(1)).is_some() && !session.is_busy());
    window.act(Action::Pick(Some(12)));
    window.key(Modifiers::NONE, Key::N);
    staged(&mut window, &[0, 1]);
    for name in ["Clean", "Corrupted, Σ", "By VAE, Σ", "By AE, Σ"] {
        assert!(window.harness.query_all_by_label_contains(name).next().is_some(), "{name}");
    }
    let place = window.harness.get_by_label("Clean").rect();
    assert!(place.width() >= 220.0, "it is large: {place:?}");
    assert!(window.harness.query_all_by_label_contains("Latent plane").next().is_none());
    let pixels = |window: &Window| window.session().staged(SlotId(0)).unwrap().1.shown.tiles().clone();
    let first = pixels(&window);
    let stamp = |window: &Window| window.session().staged(SlotId(0)).unwrap().0;
    let before = stamp(&window);
    window.click("Draw anew");
    window.wait("another draw", |session| session.staged(SlotId(0)).is_some_and(|staged| staged.0 != before));
    assert_eq!(pixels(&window).rgba[..28 * 28 * 4], first.rgba[..28 * 28 * 4], "the same sample");
    assert_ne!(pixels(&window), first, "corrupted otherwise");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.session().spec().stage.is_none());
    assert!(window.harness.query_all_by_label_contains("Latent plane").next().is_some());
}

#[test]
fn kind_strength_and_sample_are_set_on_the_stage() {
    let mut window = moons();
    window.key(Modifiers::NONE, Key::N);
    staged(&mut window, &[0]);
    window.click("Corruption on the stage");
    window.click("Gaussian");
    assert_eq!(window.session().spec().stage.unwrap().corruption, Corruption::Gaussian);
    let slider = window.harness.get_by_label("Strength").rect();
    window.click_at(slider.right_center() - eframe::egui::vec2(10.0, 0.0));
    assert!(window.session().spec().stage.unwrap().level > 0.9);
    let error = |window: &Window| window.session().staged(SlotId(0)).map(|staged| staged.1.squared_errors[0]);
    window.wait("strong noise", |session| {
        session.staged(SlotId(0)).is_some_and(|staged| staged.1.squared_errors[0] > 300.0)
    });
    assert!(error(&window).unwrap() > 300.0, "about one a pixel");
    let sample = window.session().staged_sample().unwrap();
    window.click("Another");
    assert_eq!(window.session().staged_sample(), Some((sample + 1) % 5_000));
    window.act(Action::Undo);
    window.act(Action::Undo);
    assert!(window.session().spec().stage.unwrap().level < 0.9, "the slider is a step of undo");
    window.click("Leave the stage");
    assert!(window.session().spec().stage.is_none());
}

#[test]
fn what_was_pointed_at_is_let_go_and_the_pad_waits_until_the_stage_is_left() {
    let mut window = moons();
    window.act(Action::Point(Some(12)));
    assert_eq!(window.session().spec().selection.hovered, Some(12));
    window.key(Modifiers::NONE, Key::N);
    staged(&mut window, &[0]);
    assert_eq!(window.session().spec().selection.hovered, None);
    window.key(Modifiers::NONE, Key::D);
    assert!(!window.session().spec().unfolded.contains(&Fold::Pad), "it would lie over the stage");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.session().spec().stage.is_none());
    window.key(Modifiers::NONE, Key::D);
    window.wait("the frame of the data", |session| session.frame().is_some());
    window.steps(3);
    assert!(window.has("Paper to draw on"));
}
