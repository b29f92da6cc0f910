//! The window before a class: presented, and with text and points as large as they are wanted.

use super::harness::{MIDDLE, Window};
use eframe::egui::{Key, Modifiers, Rect, Shape};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Preset, Tool};
use halfmoon::worker::ViewId;

/// Every shape that is drawn.
fn shapes(window: &Window) -> Vec<Shape> {
    let mut left: Vec<Shape> =
        window.harness.output().shapes.iter().map(|clipped| clipped.shape.clone()).collect();
    let mut all = Vec::new();
    while let Some(shape) = left.pop() {
        match shape {
            Shape::Vec(shapes) => left.extend(shapes),
            shape => all.push(shape),
        }
    }
    all
}

/// Size of a text that is drawn on the plane.
fn size_of(window: &Window, text: &str) -> f32 {
    let size = |shape: &Shape| match shape {
        Shape::Text(drawn) if drawn.galley.text() == text => {
            Some(drawn.galley.job.sections.first()?.format.font_id.size)
        }
        _ => None,
    };
    shapes(window).iter().filter_map(size).fold(0.0, f32::max)
}

fn plane(window: &Window) -> Rect {
    window.harness.get_by_label_contains("Latent plane").rect()
}

/// The side of the picture under the pointer's lens, as its texture is drawn.
fn lens_side(window: &Window) -> f32 {
    let sides = shapes(window).into_iter().filter_map(|shape| match shape {
        Shape::Rect(rect) if rect.brush.is_some() && rect.rect.left() > MIDDLE.x && rect.rect.right() < 900.0 => {
            Some(rect.rect.width())
        }
        _ => None,
    });
    sides.fold(0.0, f32::max)
}

#[test]
fn f5_gives_the_window_to_the_plane_and_esc_gives_all_back() {
    let mut window = Window::opening();
    window.act(Action::Preset(Preset::RandomCodes));
    window.wait("the strip", |session| session.picture(ViewId::Path).is_some());
    window.settle();
    let tile = |window: &Window| window.harness.get_by_label("Step 1 of 9").rect().width();
    let before = (plane(&window), size_of(&window, "1"), tile(&window));
    let codes = window.planes();
    window.key(Modifiers::NONE, Key::F5);
    window.settle();
    assert_eq!((plane(&window).width(), tile(&window)), (1280.0, 96.0));
    for name in ["Train", "Data", "Open", "Compare", "Unfold Learn", "Decode", "Unfold Decode"] {
        assert!(!window.has(name), "{name} is left out");
    }
    for name in ["Explore", "Path", "Grid", "Select"] {
        let mut shown = window.harness.query_all_by_label(name).map(|node| node.rect());
        assert!(shown.any(|rect| rect.top() < 44.0 && rect.width() > 60.0), "{name} keeps its name");
    }
    assert_ne!(window.planes(), codes);
    window.key(Modifiers::NONE, Key::Escape);
    window.settle();
    assert_eq!((plane(&window), size_of(&window, "1"), tile(&window)), before);
    assert_eq!(window.session().spec().tool, Tool::Path, "Escape ended nothing else");
    assert!(window.session().spec().path.ends.iter().all(Option::is_some));
    assert_eq!(window.planes(), codes);

    window.act(Action::SetTool(Tool::Explore));
    window.move_to(MIDDLE);
    window.settle();
    let (usual, name) = (lens_side(&window), size_of(&window, "1"));
    window.key(Modifiers::NONE, Key::F5);
    window.settle();
    assert_eq!((usual, lens_side(&window)), (84.0, 126.0));
    assert_eq!((name, size_of(&window, "1")), (15.0, 18.0));
    window.click("End the presentation");
    window.settle();
    assert!(window.has("Reset"));
}

#[test]
fn text_and_points_are_set_in_a_menu() {
    let mut window = Window::of(DataChoice::Moons);
    let codes = window.planes();
    window.click("Sizes");
    window.click("Point size: more");
    window.steps(2);
    assert_ne!(window.planes(), codes, "larger points");
    window.click("Point size: fewer");
    window.steps(2);
    assert_eq!(window.planes(), codes);
    window.click("Text size: more");
    window.steps(2);
    assert!((window.harness.ctx.zoom_factor() - 1.1).abs() < 1e-6);
    window.key(Modifiers::COMMAND, Key::Num0);
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
    if !window.has("Present") {
        window.click("Sizes");
    }
    window.click("Present");
    window.steps(2);
    assert!(!window.has("Train"));
}
