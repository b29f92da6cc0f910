//! What is unlike the rest, and the figure behind Cook's distance.

use super::harness::Window;
use eframe::egui::{Key, Modifiers, PointerButton, Shape, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, MAX_DRAWN, OutlierPage, OutlierScore, RegressOn};
use halfmoon::ui::Options;

fn page(window: &Window) -> OutlierPage {
    window.session().spec().outliers.clone().unwrap()
}

#[test]
fn the_highest_are_listed_light_the_plane_and_are_chosen() {
    // Few samples, so that this is quick in any build.
    let mut window = Window::of(DataChoice::Wine);
    let by_neighbours = OutlierPage { by: OutlierScore::Neighbours, ..OutlierPage::default() };
    window.act(Action::ShowOutliers(Some(by_neighbours)));
    window.wait("the outliers", |session| session.outliers(12).is_some());
    window.steps(4);
    let found: Vec<u32> = window.session().outliers(12).unwrap().into_iter().map(|found| found.0).collect();
    let noun = window.session().data().unwrap().train.kind().noun();
    let label = format!("Outlier, 1: {noun} {},", found[0]);
    window.harness.get_by_label_contains(&label).scroll_to_me();
    window.steps(6);
    let at = window.harness.get_by_label_contains(&label).rect().center();
    window.move_to(at);
    window.steps(3);
    assert_eq!(window.session().spec().selection.hovered, Some(found[0]));
    window.click_at(at);
    window.steps(3);
    assert_eq!(window.session().spec().selection.focused, Some(found[0]));
    window.harness.get_by_label("Select all of these").scroll_to_me();
    window.steps(6);
    window.click("Select all of these");
    window.steps(3);
    let mut sorted = found.clone();
    sorted.sort_unstable();
    assert_eq!(&*window.session().spec().selection.samples, sorted.as_slice());
}

/// Shows the fit of a column on another in the place of the planes.
fn stage(window: &mut Window, column: &str, on: &str) {
    let page = OutlierPage {
        by: OutlierScore::Cook,
        column: column.into(),
        on: RegressOn::Columns(vec![on.into()]),
        is_staged: true,
        ..OutlierPage::default()
    };
    window.act(Action::ShowOutliers(Some(page)));
    window.wait("the fit", |session| session.influence().is_some_and(|found| found.is_ok()));
}

#[test]
fn the_figure_shows_the_fit_and_a_dragged_point_bends_it() {
    let mut window = Window::of(DataChoice::Wine);
    stage(&mut window, "ash", "alcohol");
    window.steps(4);
    window.harness.get_by_label_contains("Residuals against leverage");
    let before = {
        let found = window.session().influence().unwrap().unwrap();
        window.harness.get_by_label_contains("The lecture multiplies both");
        (found.of.fit.slopes[0], found.of.design.clone())
    };
    // The point of most alcohol, found as the figure places it.
    let (slope, design) = before;
    let plot = window.harness.get_by_label_contains("Fit of ash along alcohol").rect();
    let row = (0..design.y.len()).max_by(|&a, &b| design.x[[a, 0]].total_cmp(&design.x[[b, 0]])).unwrap();
    let share = |of: &dyn Fn(usize) -> f64| {
        let values = (0..design.y.len()).map(of);
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        let room = (high - low) * 0.12;
        ((of(row) - low + room) / (high - low + 2.0 * room)) as f32
    };
    let (x, y) = (share(&|row| design.x[[row, 0]]), share(&|row| design.y[row]));
    let from = plot.left_bottom() + vec2(x * plot.width(), -y * plot.height());
    let to = plot.right_top() + vec2(-6.0, 6.0);
    window.drag(PointerButton::Primary, from, to, |_| {});
    window.steps(2);
    let moved = page(&window).moved.unwrap();
    assert_eq!(moved.sample, design.samples[row]);
    assert!(moved.y > design.y[row] && moved.x.unwrap() > design.x[[row, 0]]);
    window.wait("the bent fit", |session| {
        session.influence().is_some_and(|found| found.is_ok_and(|found| found.of.design.y[row] == moved.y))
    });
    let bent = window.session().influence().unwrap().unwrap().of.fit.slopes[0];
    assert!(bent > slope, "{slope} {bent}");
    window.steps(2);
    window.click("Put back");
    window.steps(2);
    assert_eq!(page(&window).moved, None);
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(2);
    assert!(!page(&window).is_staged, "Esc shows the planes again");
}

#[test]
fn while_there_is_no_fit_yet_nothing_that_it_hides_is_offered_for_export() {
    let mut window = Window::of(DataChoice::Wine);
    // What cannot be fitted is as little there as what is still worked out.
    let page = OutlierPage {
        by: OutlierScore::Cook,
        column: "ash".into(),
        on: RegressOn::Columns(vec!["ash".into()]),
        is_staged: true,
        ..OutlierPage::default()
    };
    window.act(Action::ShowOutliers(Some(page)));
    window.wait("why not", |session| session.influence().is_some_and(|found| found.is_err()));
    window.key(Modifiers::COMMAND, Key::E);
    window.steps(6);
    assert!(window.has("What is exported: Fit") && !window.has("What is exported: Plane"));
}

#[test]
fn of_many_rows_a_frame_draws_a_bounded_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    // One row lies far off, in the middle of all others.
    let y = |i: u32| if i == 20_000 { 900.0 } else { f64::from(i % 977) / 50.0 + f64::from(i * 31 % 101) / 100.0 };
    let rows: String = (0..50_000).map(|i| format!("{},{}\n", i % 977, y(i))).collect();
    std::fs::write(&path, format!("x,y\n{rows}")).unwrap();
    let mut window = Window::unsettled(Options { data: Some(DataChoice::Path(path)), ..Options::default() });
    window.wait("the data", |session| session.data().is_some() && !session.is_busy());
    stage(&mut window, "y", "x");
    window.steps(3);
    let found = window.session().influence().unwrap().unwrap();
    assert!(found.of.design.y.len() >= 40_000);
    let first = found.outliers.order[0];
    assert!(found.drawn.rows.contains(&first), "the farthest is drawn");
    let n_circles = window.shapes().iter().filter(|shape| matches!(shape, Shape::Circle(_))).count();
    assert!((1000..=2 * MAX_DRAWN + 100).contains(&n_circles), "{n_circles} circles in a frame");
}
