//! The plane of the data: samples by their own columns, and what models say of them.

use super::harness::{MIDDLE, Window};
use eframe::egui::{Key, Modifiers, PointerButton, Rect, Shape, vec2};
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, AxisFit, Layer, Session, SlotId, Tool};
use halfmoon::ui::Options;

const SLOT: SlotId = SlotId(0);

/// A table of two clusters, in a folder of its own.
fn table(columns: &str, row: impl Fn(usize) -> String) -> (tempfile::TempDir, DataChoice) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let rows: String = (0..200).map(|i| row(i) + "\n").collect();
    std::fs::write(&path, format!("{columns}\n{rows}")).unwrap();
    (folder, DataChoice::Path(path))
}

fn two() -> (tempfile::TempDir, DataChoice) {
    table("x,y,species", |i| {
        let (t, name) = (i as f32 * 0.7, if i % 2 == 0 { "elm" } else { "oak" });
        let middle = if i % 2 == 0 { -2.0 } else { 2.0 };
        format!("{},{},{name}", middle + t.sin(), t.cos() * 0.5 + middle * 0.3)
    })
}

fn open(data: DataChoice) -> Window {
    let mut window = Window::unsettled(Options { data: Some(data), ..Options::default() });
    window.wait("the data", |session| session.data().is_some() && !session.is_busy());
    window.wait("a model", |session| session.model().is_some());
    window.steps(3);
    window
}

/// Where a sample lies on the screen, by the one shape that is drawn around the one that is picked.
fn ring(window: &Window) -> Option<Rect> {
    window.shapes().into_iter().find_map(|shape| match shape {
        Shape::Circle(circle) if (circle.radius - 9.0).abs() < 0.01 => {
            Some(Rect::from_center_size(circle.center, vec2(18.0, 18.0)))
        }
        _ => None,
    })
}

#[test]
fn a_table_of_two_columns_opens_on_itself_and_its_samples_are_the_same_as_on_codes() {
    let (_folder, data) = two();
    let mut window = open(data);
    window.wait("the places", |session| session.data_points().is_some());
    window.steps(3);
    assert!(window.says("Plane of the data, 160 rows, x across, y up"), "of 200 a fifth is for the test");
    window.act(Action::Pick(Some(7)));
    let on_data = ring(&window).expect("the picked sample is ringed").center();
    // Somewhere else, and then on it: it is looked at, and a click on another picks that.
    window.act(Action::Pick(None));
    window.move_to(on_data);
    window.steps(2);
    assert_eq!(window.session().spec().selection.hovered, Some(7));
    window.click_at(on_data);
    assert_eq!(window.session().spec().selection.focused, Some(7));
    window.key(Modifiers::NONE, Key::C);
    assert_eq!(window.session().data_columns(), None);
    assert!(window.says("Latent plane"));
    window.steps(3);
    assert!(ring(&window).is_some(), "the same sample is ringed among the codes");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().data_columns(), Some([0, 1]));
}

#[test]
fn a_line_around_samples_chooses_them_and_the_view_pans_and_fits() {
    let (_folder, data) = two();
    let mut window = open(data);
    window.wait("the places", |session| session.data_points().is_some());
    window.act(Action::SetTool(Tool::Select));
    window.act(Action::SetShape(halfmoon::session::Shape::Rectangle));
    let plane = Rect::from_center_size(MIDDLE, vec2(700.0, 600.0));
    window.drag(PointerButton::Primary, plane.center_top(), plane.right_bottom(), |_| {});
    let chosen = window.session().spec().selection.samples.clone();
    let train = &window.session().data().unwrap().train;
    assert!(chosen.len() > 50 && chosen.iter().all(|sample| train.class_name_of(*sample) == Some("oak")));
    window.drag(PointerButton::Secondary, MIDDLE, MIDDLE + vec2(60.0, 20.0), |_| {});
    assert!(matches!(window.session().spec().data_view.fit, AxisFit::Fixed { .. }));
    assert_eq!(window.session().slot().fit, AxisFit::Fitted, "codes are looked at on their own");
    window.key(Modifiers::NONE, Key::F);
    assert_eq!(window.session().spec().data_view.fit, AxisFit::Fitted);
}

#[test]
fn the_kept_code_is_on_no_plane_of_the_data() {
    let (_folder, data) = two();
    let mut window = open(data);
    window.act(Action::Set(halfmoon::session::Group::Model, "latent_dim".into(), "1".into()));
    window.act(Action::Reset);
    window.wait("a model of one dimension", |session| session.latent_dim() == 1 && session.model().is_some());
    window.wait("the places", |session| session.data_points().is_some());
    window.act(Action::SetTool(Tool::Select));
    window.steps(3);
    assert_eq!(window.session().data_columns(), Some([0, 1]));
    let is_kept = |shape: &Shape| matches!(shape, Shape::Circle(circle) if circle.radius == 5.5);
    assert!(!window.shapes().iter().any(is_kept));
}

#[test]
fn images_stay_on_their_codes_and_the_command_says_why() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::C);
    assert_eq!(window.session().data_columns(), None);
    window.key(Modifiers::COMMAND, Key::K);
    window.harness.event(eframe::egui::Event::Text("show the data".into()));
    window.steps(3);
    assert!(window.says("images have no columns to be drawn by"));
}

#[test]
fn a_mixture_shows_its_density_its_gaussians_and_samples_on_the_data() {
    let (_folder, data) = two();
    let mut window = open(data);
    window.act(Action::SetKind("gmm".into()));
    window.act(Action::Set(halfmoon::session::Group::Model, "pca".into(), "0".into()));
    window.act(Action::Train(halfmoon::worker::Until::End));
    window.wait("the fit", |session| !session.is_training() && session.weights().snapshot.is_some());
    window.wait("the density", |session| {
        session.model_density(SLOT).is_some() && session.data_places(SLOT).is_some_and(|all| !all.made.is_empty())
    });
    window.steps(3);
    assert!(window.says("Density of the model: 0 to"));
    let places = window.session().data_places(SLOT).unwrap();
    let (n_components, n_made) = (places.components.len(), places.made.len());
    let hollow = |window: &Window| {
        let is_hollow =
            |shape: &Shape| matches!(shape, Shape::Circle(circle) if circle.fill.a() == 0 && circle.radius < 3.0);
        window.shapes().iter().filter(|shape| is_hollow(shape)).count()
    };
    let closed = |window: &Window| {
        let is_ellipse =
            |shape: &Shape| matches!(shape, Shape::Path(path) if path.closed && path.points.len() == 72);
        window.shapes().iter().filter(|shape| is_ellipse(shape)).count()
    };
    assert!(n_components > 1 && closed(&window) == n_components);
    assert!(hollow(&window) > n_made / 2);
    window.act(Action::ToggleLayer(Layer::Made));
    window.act(Action::ToggleLayer(Layer::Components));
    window.wait("nothing made", |session| session.data_places(SLOT).is_none());
    window.steps(3);
    assert_eq!((closed(&window), hollow(&window)), (0, 0));
    window.act(Action::ToggleLayer(Layer::Remade));
    window.wait("reconstructions", |session| {
        session.data_places(SLOT).is_some_and(|places| places.remade.samples.len() == 160)
    });
    window.act(Action::Pick(Some(3)));
    window.wait("one", |session| session.data_places(SLOT).is_some_and(|all| all.remade.samples == [3]));
}

#[test]
fn one_column_is_a_figure_of_curves() {
    let (_folder, data) = table("weight", |i| format!("{}", 1e7 + 4e6 * (i as f32 * 0.7).sin()));
    let mut window = open(data);
    assert_eq!(window.session().data_columns(), Some([0, 0]));
    window.wait("the curves", |session| session.data_curves(SLOT).is_some());
    window.steps(3);
    assert!(window.says("Plane of the data, 160 rows, weight"));
    assert!(window.says("Curves: p, the data"));
    let bounds = window.session().data_curves(SLOT).unwrap().bounds;
    assert!(bounds[0] < 6.1e6 && bounds[1] > 1.39e7, "{bounds:?}");
    window.act(Action::Pick(Some(7)));
    let at = ring(&window).expect("a ring at the foot").center();
    window.act(Action::Pick(None));
    window.move_to(at);
    window.steps(2);
    let hovered = window.session().spec().selection.hovered.expect("one near the pointer");
    let value = |sample: u32| {
        let points = window.session().data_points().unwrap();
        points.cloud.code_of(sample).unwrap()[0]
    };
    assert!((value(hovered) - value(7)).abs() < 0.2);
}

#[test]
fn a_table_is_drawn_by_hand_and_trained_on() {
    let mut window = Window::opening();
    window.click("Draw your own");
    assert!(window.says("Empty plane to draw on, 0 points, class 1"));
    window.drag(PointerButton::Primary, MIDDLE - vec2(150.0, 0.0), MIDDLE - vec2(150.0, 90.0), |_| {});
    window.click("Draw class 2");
    window.drag(PointerButton::Primary, MIDDLE + vec2(150.0, 0.0), MIDDLE + vec2(150.0, 90.0), |_| {});
    let drawn = |window: &Window| window.session().spec().sketch.as_ref().map(|sketch| sketch.points.clone());
    let points = drawn(&window).unwrap();
    let is_left = |class: u8| {
        let of_class = points.points().iter().filter(move |point| point.class() == class);
        of_class.map(|point| point.place()[0]).sum::<f32>() < 0.0
    };
    assert!(points.points().len() >= 40 && is_left(0) && !is_left(1));
    window.drag(PointerButton::Secondary, MIDDLE + vec2(150.0, 0.0), MIDDLE + vec2(150.0, 20.0), |_| {});
    assert!(drawn(&window).unwrap().points().len() < points.points().len(), "the right button wipes");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(drawn(&window), Some(points.clone()));
    window.click("Use as data");
    window.wait("the table", |session| {
        session.spec().data == DataChoice::Drawn(points.clone()) && session.data_points().is_some()
    });
    assert!(window.says("Plane of the data"));
    window.wait("a model of them", Session::can_train);
    window.act(Action::Train(halfmoon::worker::Until::Steps(1)));
    window.wait("a step", |session| session.status().is_some_and(|status| status.step > 0));
}
