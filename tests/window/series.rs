//! One setting over several values, side by side.

use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Group, SlotId};
use halfmoon::ui::Options;

fn moons() -> Window {
    let mut window = Window::open(Options { data: Some(DataChoice::Moons), ..Options::default() });
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
