//! Loss charts: what they show under the pointer, and that they fit and rest.

use super::harness::Window;
use eframe::egui::{Event, Rect, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use halfmoon::session::{Action, Group, NewSlot, SlotId};
use halfmoon::worker::Until;

fn rect(window: &Window, name: &str) -> Rect {
    window.harness.get_all_by_label(name).last().expect(name).rect()
}

#[test]
fn the_loss_panel_fits_the_default_window_with_every_chart() {
    let mut window = Window::opening();
    // The embedded model was trained before σ was noted.
    window.act(Action::Set(Group::Model, "hidden".into(), "16".into()));
    window.act(Action::Train(Until::Steps(80)));
    window.wait("an epoch", |session| session.can_train() && session.weights().test_curve.len() == 1);
    window.steps(3);
    let charts = ["Reconstruction chart", "KL chart", "Mean σ chart"].map(|name| rect(&window, name));
    assert!(charts.windows(2).all(|pair| pair[0].bottom() < pair[1].top()));
    assert!(charts[0].height() > charts[1].height() && charts[2].height() >= 26.0, "{charts:?}");
    // Below the last chart stand the ends of the axis and the legend.
    assert!(charts[2].bottom() + 30.0 <= 800.0, "{charts:?}");
    assert!(charts.iter().all(|chart| chart.left() >= 16.0 && chart.right() <= 240.0));
}

/// The accessible names that begin so.
fn names(window: &Window, start: &str) -> Vec<String> {
    let nodes = window.harness.root().children_recursive();
    // What a label says is its value.
    let labels = nodes.filter_map(|node| node.accesskit_node().label().or(node.accesskit_node().value()));
    labels.filter(|label| label.starts_with(start)).collect()
}

#[test]
fn charts_say_values_under_the_pointer_zoom_together_and_come_back() {
    let mut window = Window::opening();
    let test = window.session().weights().test_curve.clone();
    let last = test.last().unwrap().step;
    let all = names(&window, "Steps ");
    assert_eq!(all.len(), 1);
    let chart = rect(&window, "Reconstruction chart");
    let left = pos2(chart.left() + 1.0, chart.center().y);
    window.move_to(left);
    window.steps(3);
    let at = names(&window, "At step ");
    assert_eq!(at, [format!("At step {}", test[0].step)], "the first that was measured");
    assert!(names(&window, "KL: ")[0].contains("train"), "every chart says its values there");

    window.harness.event(Event::Zoom(4.0));
    window.steps(3);
    window.harness.event(Event::PointerGone);
    window.steps(3);
    let zoomed = names(&window, "Steps ");
    assert_ne!(zoomed, all);
    window.click_at(chart.center());
    window.click_at(chart.center());
    window.harness.event(Event::PointerGone);
    window.steps(3);
    assert_eq!(names(&window, "Steps "), all, "a double click shows all {last} steps");
}

#[test]
fn another_model_on_screen_has_its_curve_where_it_counts_in_the_same_unit() {
    let mut window = Window::opening();
    window.act(Action::AddSlot(NewSlot::Model("mnist-ae".into())));
    window.wait("the AE", |session| session.is_compared() && !session.is_busy());
    window.steps(3);
    assert_eq!(names(&window, "Curve of ").len(), 1);
    let chart = rect(&window, "Reconstruction chart");
    window.move_to(chart.center());
    window.steps(3);
    let values = |window: &Window| names(window, "Reconstruction: ")[0].clone();
    assert_eq!(values(&window).matches(['.']).count(), 3, "test, train and the other: {}", values(&window));

    // Squared errors do not stand among nats.
    window.act(Action::AddSlot(NewSlot::Pca));
    window.wait("PCA", |session| session.visible().count() == 3 && !session.is_busy() && !session.is_training());
    window.steps(3);
    assert_eq!(names(&window, "Curve of ").len(), 2);
    assert_eq!(values(&window).matches(['.']).count(), 3, "{}", values(&window));
}

#[test]
fn a_copy_is_answered() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.5, -1.0]));
    window.click("Copy z");
    let toast = window.session().toasts().last().unwrap();
    assert_eq!((toast.first.as_str(), toast.second.as_str()), ("Copied z", "0.5,-1"));
}
