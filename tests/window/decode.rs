//! Sliders, values, and more dimensions than two.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, PointerButton, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use halfmoon::data::{Cancel, DataChoice, Reading, load};
use halfmoon::model::{ModelSpec, Settings};
use halfmoon::session::{Action, By, CorruptedRows, Fold, Group, PlaneAxes, Session, SlotId};
use halfmoon::store;
use halfmoon::train::{Run, TrainSpec};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;
use std::collections::BTreeMap;

#[test]
fn sliders_move_z_and_the_picture() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.settle();
    let before = window.pixels(ViewId::Picture);
    let slider = window.harness.get_by_label("z 0").rect();
    let mut half_way = 0.0;
    window.drag(PointerButton::Primary, slider.center(), slider.center() + vec2(40.0, 0.0), |window| {
        half_way = window.session().slot().z[0];
    });
    window.settle();
    let z = window.session().slot().z.clone();
    assert!(half_way > 0.1 && z[0] > half_way && z[1] == 0.0);
    assert_ne!(window.pixels(ViewId::Picture), before);
    window.click("Undo");
    window.settle();
    assert_eq!(window.session().slot().z, [0.0, 0.0], "a drag is one step");
    assert_eq!(window.pixels(ViewId::Picture), before);
    window.click("Redo");
    assert_eq!(window.session().slot().z, z);
    window.click("Centre");
    let cloud = window.session().cloud().unwrap();
    assert_eq!(Some(&window.session().slot().z), cloud.code_of(cloud.centre().unwrap()).as_ref());
    window.click("Sample");
    assert!(window.session().slot().z.iter().all(|z| *z != 0.0 && z.abs() < 6.0));
}

#[test]
fn the_keyboard_moves_a_slider() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.settle();
    window.harness.get_by_label("z 1").focus();
    window.steps(2);
    window.key(Modifiers::NONE, Key::ArrowRight);
    assert!(window.session().slot().z[1] > 0.0);
    assert_eq!(window.session().slot().z[0], 0.0);
}

#[test]
fn exact_values_can_be_typed() {
    let mut window = Window::opening();
    window.click("z 0 value");
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("-1.25".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.session().slot().z[0], -1.25);
    window.click("z 0 value");
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("moon".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().slot().z[0], -1.25, "what is no number is not taken");
}

/// A small model with ten dimensions in a file.
pub fn ten_dimensions(folder: &std::path::Path) -> std::path::PathBuf {
    let data = load(&DataChoice::Moons, &Reading::default()).unwrap();
    let model = ModelSpec::of_kind("vae").unwrap().with("latent_dim", "10").unwrap().with("hidden", "16").unwrap();
    let spec = model.check(data.train.kind(), data.train.classes()).unwrap();
    let mut run = Run::new(&spec, &TrainSpec::default(), &data, None, 1).unwrap();
    for _ in 0..60 {
        run.advance(&Cancel::default()).unwrap();
    }
    let path = folder.join("ten.safetensors");
    store::save(&path, &run.checkpoint().unwrap(), true).unwrap();
    path
}

#[test]
fn of_ten_dimensions_two_are_drawn_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let model = Some(ten_dimensions(folder.path()));
    let mut window = Window::open(Options { model, data: Some(DataChoice::Moons), ..Options::default() });
    assert_eq!(window.session().latent_dim(), 10);
    let [x, y] = window.session().slot().axes.dimensions().unwrap();
    let kept = window.session().slot().z.clone();
    window.move_to(pos2(520.0, 250.0));
    window.settle();
    let z = window.session().z();
    assert!((0..10).all(|dim| (z[dim] != kept[dim]) == (dim == x || dim == y)), "{z:?} on axes {x}, {y}");

    window.act(Action::Unfold(Fold::Dimensions, true));
    window.steps(3);
    let other = (0..10).find(|dim| *dim != x && *dim != y && shown(&window, *dim)).unwrap();
    window.click(&format!("Draw z {other} along x"));
    assert_eq!(window.session().slot().axes, PlaneAxes::Dimensions([other, y]));
    window.wait("the strip", |session| session.picture(ViewId::Strip(other)).is_some());
    let strip = window.session().picture(ViewId::Strip(other)).unwrap();
    assert_eq!((strip.tiles().width, strip.tiles().height), (28 * 8, 28));

    window.click(&format!("Draw z {other} along y"));
    assert_eq!(
        window.session().slot().axes,
        PlaneAxes::Dimensions([y, other]),
        "a dimension is never drawn both ways"
    );
}

/// A click is lost where a control is another one when it is released than when it was pressed.
#[test]
fn controls_stay_themselves_while_answers_come() {
    let folder = tempfile::tempdir().unwrap();
    let model = Some(ten_dimensions(folder.path()));
    let mut window = Window::unsettled(Options { model, data: Some(DataChoice::Moons), ..Options::default() });
    window.wait("the sliders", |session| session.cloud().is_some() && !session.is_busy());
    let ids = |window: &Window| -> BTreeMap<String, _> {
        let names = ["Draw z 0 along x", "z 0 value", "Centre", "Sample", "Copy z"].map(String::from);
        let found = names.into_iter().filter_map(|name| {
            let id = window.harness.query_by_label(&name)?.accesskit_node().id();
            Some((name, id))
        });
        found.collect()
    };
    assert!(window.session().nearest(By::Features).is_empty(), "the nearest images are still to come");
    window.steps(1);
    let before = ids(&window);
    assert_eq!(before.len(), 5, "{before:?}");
    window.wait("the nearest images", |session| !session.nearest(By::Features).is_empty());
    window.settle();
    assert_eq!(ids(&window), before);
}

fn shown(window: &Window, dim: usize) -> bool {
    window.harness.query_by_label(&format!("Draw z {dim} along x")).is_some()
}

#[test]
fn undo_in_a_field_that_is_typed_in_leaves_the_session_alone() {
    let mut window = Window::opening();
    window.click("Sample");
    let z = window.session().slot().z.clone();
    window.click("z 0 value");
    window.steps(2);
    assert!(window.harness.ctx.text_edit_focused(), "the value is being typed");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().z, z);
}

#[test]
fn a_decoder_with_places_says_what_a_free_code_lacks_and_offers_to_repeat() {
    let mut window = Window::of(DataChoice::Moons);
    assert!(window.harness.query_by_label("Learn to repeat").is_none());
    for (path, text) in [("hidden", ""), ("channels", "2"), ("arch", "conv"), ("upsampling", "places")] {
        window.act(Action::Set(Group::Model, path.into(), text.into()));
    }
    window.click("Reset");
    window.wait("the new weights", |session| session.capabilities().needs_places && !session.is_busy());
    window.steps(2);
    window.click("Learn to repeat");
    assert_eq!(window.session().slot().model.text("upsampling"), "repeat");
    window.click("Reset");
    window.wait("other weights", |session| !session.capabilities().needs_places);
}

fn corrupted(session: &Session) -> Option<(u64, &CorruptedRows)> {
    session.corrupted(session.spec().active)
}

#[test]
fn corrupted_images_are_mended_and_more_are_a_click_away() {
    let options = Options { data: Some(DataChoice::Moons), model: Some("moons-ae".into()), ..Options::default() };
    let mut window = Window::open_sized(options, 1280.0, 1000.0);
    assert!(corrupted(window.session()).is_none());
    window.click("Corrupted images");
    window.wait("the rows", |session| corrupted(session).is_some());
    let first = corrupted(window.session()).unwrap().1.shown.tiles().clone();
    let errors = corrupted(window.session()).unwrap().1.squared_errors;
    assert_eq!((first.width, first.height), (8 * 28, 3 * 28));
    assert!(errors[0] > 5.0 && errors[1] > 0.0, "{errors:?}");
    window.steps(2);
    window.click("Next corrupted images");
    window.wait("the next", |session| corrupted(session).is_some_and(|(_, rows)| *rows.shown.tiles() != first));
    window.click("Corrupted images");
    window.steps(2);
    assert!(corrupted(window.session()).is_none());
}

#[test]
fn a_model_of_two_dimensions_says_how_probable_it_finds_images() {
    let mut window = Window::opening();
    window.wait("ln p(x)", |session| session.log_p().is_some());
    let found = window.session().log_p().unwrap();
    assert!(found.log_p > found.elbo && found.log_p < -100.0, "{found:?}");
    window.act(Action::OpenTrained("mnist-ae".into()));
    window.wait("the AE", |session| !session.capabilities().has_prior && !session.is_busy());
    assert!(window.session().log_p().is_none(), "an AE is no density");
}
