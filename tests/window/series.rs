//! One setting over several values, side by side.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Group, SlotId, Tool};

fn moons() -> Window {
    let mut window = Window::of(DataChoice::Moons);
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Set(Group::Training, "epochs".into(), "1".into()));
    window
}

fn done(window: &mut Window, n: usize) {
    window.wait("the series", |session| {
        let series = session.series_state().is_some_and(|series| series.n == n && series.n_done == n);
        series && !session.is_training() && !session.is_busy()
    });
    window.wait("its scores", |session| session.visible().all(|slot| session.scores_of(slot.id).is_some()));
    window.steps(3);
}

#[test]
fn three_values_of_beta_take_three_clicks_and_one_wait() {
    let mut window = moons();
    window.click("Compare");
    window.steps(2);
    window.click("Train a series…");
    window.steps(2);
    assert!(window.harness.query_by_label_contains("3 trainings").is_some());
    window.click("Train 3 models");
    done(&mut window, 3);
    assert_eq!(window.planes().len(), 3);
    let scores: Vec<f64> =
        (1..=3).map(|slot| window.session().scores_of(SlotId(slot)).unwrap().kl.unwrap()).collect();
    assert!(scores[0] > scores[2], "a heavier KL is a smaller one: {scores:?}");
    assert!(window.harness.query_by_label_contains("3 of 3 trained").is_some());
    let titled = |text: &str| window.harness.query_all_by_label_contains(text).next().is_some();
    assert!(titled("β .1") && titled("β 10"));
}

#[test]
fn enter_trains_what_the_card_proposes() {
    let mut window = moons();
    window.click("Compare");
    window.steps(2);
    window.click("Train a series…");
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.steps(2);
    assert_eq!(window.session().series_state().map(|series| series.n), Some(3));
    assert!(window.session().comes_in_series(SlotId(3)));
    done(&mut window, 3);
    assert!(!window.session().comes_in_series(SlotId(3)));
}

#[test]
fn from_four_on_a_series_is_a_mosaic_of_planes_that_show_the_same_samples() {
    let mut window = moons();
    window.act(Action::Set(Group::Model, "hidden".into(), "4".into()));
    window.click("Compare");
    window.steps(2);
    window.click("Train a series…");
    window.steps(2);
    let field = window.harness.get_by_label("Values");
    field.focus();
    window.steps(1);
    window.harness.get_by_label("Values").type_text(", 2");
    window.steps(2);
    window.click("Train 4 models");
    done(&mut window, 4);
    let places: Vec<_> =
        window.harness.query_all_by_label_contains("Latent plane of").map(|node| node.rect()).collect();
    assert_eq!(places.len(), 4);
    assert!(places.iter().all(|place| place.width() >= 220.0 && place.height() >= 179.0), "{places:?}");
    window.act(Action::Pick(Some(7)));
    assert!((1..=4).all(|slot| window.session().code_by(SlotId(slot), 7).is_some()));
}

#[test]
fn the_card_stays_while_a_setting_is_chosen_and_has_the_keys_to_itself() {
    let mut window = moons();
    window.click("Compare");
    window.steps(2);
    window.click("Train a series…");
    window.steps(4);
    let titles: Vec<&str> =
        window.session().series_settings().iter().map(|(_, setting)| setting.field.title).collect();
    // Far enough down the list to lie below the card.
    let title = titles[titles.len().min(8) - 1];
    window.click("Setting of the series");
    window.steps(3);
    window.click(title);
    window.steps(3);
    assert!(window.has("Values"), "a click in the list is none beside the card");
    window.key(Modifiers::NONE, Key::G);
    window.key(Modifiers::NONE, Key::T);
    assert_eq!(window.session().spec().tool, Tool::Explore);
    assert!(!window.session().is_training(), "keys do nothing behind the card");
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(2);
    assert!(!window.has("Values"));
    window.key(Modifiers::NONE, Key::G);
    assert_eq!(window.session().spec().tool, Tool::Grid);
}
