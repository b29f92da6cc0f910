//! What a small window folds away is one click away.

use super::harness::Window;
use eframe::egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::model::Settings;
use halfmoon::session::{Action, Fold};
use halfmoon::ui::Options;

fn small() -> Window {
    Window::open_sized(Options { data: Some(DataChoice::Moons), ..Options::default() }, 1024.0, 640.0)
}

#[test]
fn the_rail_opens_learn_over_the_plane_and_a_click_elsewhere_closes_it() {
    let mut window = small();
    assert!(!window.has("Latent dimensions: more"), "Learn is folded");
    window.click("Model");
    assert!(window.has("Latent dimensions: more"));
    window.click("Latent dimensions: more");
    assert_eq!(window.session().slot().model.latent_dim(), 3);
    assert!(window.has("Latent dimensions: more"), "a click inside leaves it open");
    window.click("Model kind");
    window.click("AE, plain");
    assert_eq!(window.session().slot().model.kind(), "ae");
    assert!(window.has("Latent dimensions: more"), "a list that opens over it leaves it open");
    window.click_at(pos2(620.0, 300.0));
    window.steps(2);
    assert!(!window.has("Latent dimensions: more"));
    window.click("Unfold Learn");
    assert!(window.has("Latent dimensions: more"), "the user's wish wins over the width");
    window.key(Modifiers::NONE, Key::Backslash);
    assert!(!window.has("Latent dimensions: more"));
}

#[test]
fn the_rail_trains_and_pauses() {
    let mut window = small();
    window.click("Train");
    window.wait("training", |session| session.is_running());
    window.steps(2);
    window.click("Pause");
    window.wait("the pause", |session| !session.is_running() && session.weights().checkpoint.is_some());
}

#[test]
fn the_rest_of_the_settings_unfolds() {
    let mut window = Window::of(DataChoice::Moons);
    assert!(!window.has("Batch size"));
    window.click("More settings");
    window.click("Corruption, penalties");
    // The others are scrolled to.
    for group in [Fold::Network, Fold::Course, Fold::Expert] {
        window.act(Action::Unfold(group, true));
    }
    window.steps(2);
    let (model, training) = (&window.session().slot().model, &window.session().slot().training);
    let paths = model.visible_fields().into_iter().chain(training.visible_fields());
    let missing: Vec<&str> = paths
        .map(|field| field.title)
        .filter(|title| window.harness.query_all_by_label(title).next().is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?} cannot be found by name");
}

#[test]
fn one_press_of_the_key_unfolds_what_is_folded_for_lack_of_room() {
    let mut window = small();
    assert!(!window.has("Latent dimensions"));
    window.key(Modifiers::NONE, Key::Backslash);
    window.steps(2);
    assert!(window.has("Latent dimensions"));
}
