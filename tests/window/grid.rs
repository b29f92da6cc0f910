//! The grid: drawn, moved, resized, divided.

use super::harness::Window;
use eframe::egui::{Key, Modifiers, PointerButton, pos2, vec2};
use halfmoon::latent::grid::Spacing;
use halfmoon::session::{Action, SlotId, Tool};
use halfmoon::worker::ViewId;

#[test]
fn a_rectangle_fills_with_pictures_while_it_is_dragged() {
    let mut window = Window::opening();
    window.click("Grid");
    assert_eq!(window.session().spec().tool, Tool::Grid);
    let mut half_way = Vec::new();
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(700.0, 560.0), |window| {
        window.settle();
        half_way = window.pixels(ViewId::Grid);
    });
    window.settle();
    let done = window.pixels(ViewId::Grid);
    assert_eq!(done.len(), half_way.len());
    assert_ne!(done, half_way, "the pictures changed between press and release");
    let drawn = window.session().spec().grid.rect.unwrap().bounds;

    window.drag(PointerButton::Primary, pos2(550.0, 400.0), pos2(590.0, 370.0), |_| {});
    let moved = window.session().spec().grid.rect.unwrap().bounds;
    let width = |[low, high]: [f32; 2]| high - low;
    assert!(moved[0][0] > drawn[0][0] && moved[1][0] > drawn[1][0]);
    assert!((width(moved[0]) - width(drawn[0])).abs() < 1e-3);

    let corner = pos2(740.0, 530.0);
    window.drag(PointerButton::Primary, corner, corner + vec2(50.0, 40.0), |_| {});
    let resized = window.session().spec().grid.rect.unwrap().bounds;
    assert!(width(resized[0]) > width(moved[0]) && width(resized[1]) > width(moved[1]));
    assert!((resized[0][0] - moved[0][0]).abs() < 1e-3, "the other edges stay");

    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().spec().grid.rect.unwrap().bounds, moved, "each drag is one step of undo");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().grid.rect, None);
}

#[test]
fn count_and_spacing_divide_it() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.click("Grid");
    window.click("Square at the kept point");
    window.settle();
    assert_eq!(window.session().spec().grid.rect.unwrap().bounds, [[-1.0, 1.0], [-1.0, 1.0]]);
    assert_eq!(window.session().picture(ViewId::Grid).unwrap().tiles().width, 8 * 28);
    let linear = window.pixels(ViewId::Grid);
    window.click("Spacing: Gaussian");
    window.settle();
    assert_eq!(window.session().spec().grid.spacing, Spacing::Gaussian);
    assert_ne!(window.pixels(ViewId::Grid), linear);
    window.click("Pictures: more");
    window.key(Modifiers::NONE, Key::Plus);
    window.settle();
    assert_eq!(window.session().picture(ViewId::Grid).unwrap().tiles().width, 10 * 28);
}

#[test]
fn a_cell_under_the_pointer_is_decoded() {
    let mut window = Window::opening();
    window.click("Grid");
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(700.0, 560.0), |_| {});
    window.move_to(pos2(420.0, 220.0));
    window.settle();
    let grid = window.session().grid_of(SlotId(0)).unwrap();
    let want = grid.centre(0, 0);
    assert_eq!(window.session().z(), want);
    // The cell's picture is the grid's own tile, within one grey level.
    let (tile, whole) = (window.pixels(ViewId::Picture), window.pixels(ViewId::Grid));
    for y in 0..28 {
        for x in 0..28 {
            let (a, b) = (tile[4 * (y * 28 + x)], whole[4 * (y * 28 * grid.steps + x)]);
            assert!(a.abs_diff(b) <= 1, "at {x}, {y}: {a} and {b}");
        }
    }
}

#[test]
fn leaving_the_cells_shows_the_kept_point_again() {
    let mut window = Window::opening();
    window.click("Grid");
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(600.0, 400.0), |_| {});
    window.move_to(pos2(420.0, 220.0));
    window.steps(2);
    assert!(window.session().hover().is_some());
    // Onto the plane beside the grid, then back, then out to the side panel without crossing the plane.
    for outside in [pos2(700.0, 500.0), pos2(100.0, 300.0)] {
        window.move_to(pos2(420.0, 220.0));
        window.move_to(outside);
        window.steps(2);
        assert_eq!(window.session().hover(), None, "{outside:?}");
    }
}

#[test]
fn a_pointer_that_rests_on_the_tray_needs_no_repaint() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.click("Grid");
    window.click("Square at the kept point");
    window.settle();
    window.move_to(pos2(1100.0, 250.0));
    window.settle();
    assert!(window.session().hover().is_some(), "the pointer is on a cell of the tray");
    window.steps(60);
    let repaints = window.harness.output().viewport_output.values().map(|output| output.repaint_delay).min();
    assert!(repaints.unwrap() > std::time::Duration::from_millis(100), "{repaints:?}");
}

#[test]
fn a_drag_that_a_key_breaks_off_is_one_step_and_the_next_is_another() {
    let mut window = Window::opening();
    window.click("Grid");
    window.drag(PointerButton::Primary, pos2(400.0, 200.0), pos2(600.0, 400.0), |window| {
        window.key(Modifiers::NONE, Key::E);
    });
    assert!(!window.session().in_gesture());
    assert_eq!(window.session().spec().tool, Tool::Explore);
    window.click_at(pos2(640.0, 300.0));
    let kept = window.session().slot().z.clone();
    window.click_at(pos2(500.0, 500.0));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().z, kept, "each click is a step of its own");
}
