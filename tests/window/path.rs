//! The path: set by clicks, dragged, typed, walked, exported.

use super::harness::Window;
use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2,
};
use egui_kittest::kittest::Queryable;
use halfmoon::latent::path::Walk;
use halfmoon::session::{Action, PathEnd, SlotId, Tool};
use halfmoon::worker::ViewId;

const A: Pos2 = pos2(420.0, 480.0);
const B: Pos2 = pos2(860.0, 200.0);

/// The window with a path from A to B.
fn walked() -> Window {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::P);
    window.click_at(A);
    window.click_at(B);
    settle(&mut window);
    window
}

fn settle(window: &mut Window) {
    window.settle();
    window.wait("the strip", |session| {
        session.wanted_stamp(ViewId::Path) == session.picture(ViewId::Path).map(|picture| picture.stamp)
    });
    window.steps(2);
}

/// The pixels of one tile of the strip.
fn tile(window: &Window, step: usize) -> Vec<u8> {
    let pixels = window.session().picture(ViewId::Path).unwrap().tiles();
    let row = |y: usize| &pixels.rgba[4 * (y * pixels.width + 28 * step)..][..4 * 28];
    (0..28).flat_map(row).copied().collect()
}

fn ends(window: &Window) -> [Option<Vec<f32>>; 2] {
    [0, 1].map(|end| window.session().end_of(SlotId(0), end))
}

#[test]
fn two_clicks_make_a_path_and_its_ends_are_the_decodes_of_their_codes() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::P);
    assert_eq!(window.session().spec().tool, Tool::Path);
    window.click_at(A);
    window.move_to(pos2(700.0, 300.0));
    settle(&mut window);
    let travelling = window.pixels(ViewId::Path);
    assert_eq!(
        window.session().picture(ViewId::Path).unwrap().tiles().width,
        9 * 28,
        "the strip is live before B is set"
    );
    window.click_at(B);
    settle(&mut window);
    assert_ne!(window.pixels(ViewId::Path), travelling);
    let [Some(a), Some(b)] = ends(&window) else { panic!("two ends") };
    for (z, step, t) in [(a, 0, 0.0), (b, 8, 1.0)] {
        window.act(Action::LookAt(Some(t)));
        settle(&mut window);
        assert_eq!(window.session().z(), z);
        assert_eq!(window.pixels(ViewId::Picture), tile(&window, step));
    }
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(ends(&window)[1].is_none(), "each end is a step of undo");
}

#[test]
fn what_lies_under_the_pointer_is_decoded_before_an_end_is_set_and_on_the_strip() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::P);
    window.move_to(A);
    window.settle();
    let (looked_at, picture) =
        (window.session().hover().expect("a place").to_vec(), window.pixels(ViewId::Picture));
    window.click_at(A);
    assert_eq!(ends(&window)[0].as_ref(), Some(&looked_at), "one sees what one is about to click");
    window.move_to(B);
    window.settle();
    assert_ne!(window.pixels(ViewId::Picture), picture);
    window.click_at(B);
    settle(&mut window);
    let path = window.session().path().unwrap();
    window.move_to(window.harness.get_by_label("Step 7 of 9").rect().center());
    settle(&mut window);
    assert_eq!((window.session().z(), window.session().path_t()), (&path.at(0.75)[..], Some(0.0)));
    assert_eq!(window.pixels(ViewId::Picture), tile(&window, 6));
    window.click("Step 7 of 9");
    window.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(
        window.session().z(),
        path.at(0.625),
        "after a key the path is looked at, though the pointer rests"
    );
    window.move_to(pos2(100.0, 300.0));
    window.steps(2);
    assert_eq!(window.session().hover(), None);
}

#[test]
fn a_dragged_end_and_a_dragged_place_are_followed() {
    let mut window = walked();
    let before = window.pixels(ViewId::Path);
    let [_, b] = ends(&window);
    let mut half_way = Vec::new();
    let at = end_on_screen(&window, 0);
    window.drag(PointerButton::Primary, at, at + vec2(120.0, 60.0), |window| {
        settle(window);
        half_way = window.pixels(ViewId::Path);
    });
    settle(&mut window);
    assert!(half_way != before && window.pixels(ViewId::Path) != half_way, "the strip follows the drag");
    assert_eq!(ends(&window)[1], b, "the other end stays");
    window.key(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert_eq!(window.pixels(ViewId::Path), before, "a drag is one step");
    // The place on the line.
    let (a, b) = (end_on_screen(&window, 0), end_on_screen(&window, 1));
    window.drag(PointerButton::Primary, a + (b - a) * 0.25, a + (b - a) * 0.75, |_| {});
    let t = window.session().path_t().unwrap();
    assert!((t - 0.75).abs() < 0.02, "{t}");
    // A click elsewhere begins another path; undo brings the old one back at once.
    window.click_at(pos2(300.0, 150.0));
    assert!(ends(&window)[0].is_some() && ends(&window)[1].is_none());
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(ends(&window).iter().all(Option::is_some));
}

/// Where an end is drawn: what its code was clicked at, or near it where it stands on a sample.
fn end_on_screen(window: &Window, end: usize) -> Pos2 {
    let click = [A, B][end];
    let z = ends(window)[end].clone().unwrap();
    // The click chose the code within six points, so its letter is no farther from it than that.
    assert!(z.iter().all(|z| z.is_finite()));
    click
}

#[test]
fn samples_can_be_typed_and_examples_chosen() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::P);
    for (name, sample) in [("Sample at A", "17"), ("Sample at B", "2000")] {
        window.click(name);
        window.steps(2);
        window.harness.event(Event::Text(sample.into()));
        window.steps(2);
        window.key(Modifiers::NONE, Key::Enter);
    }
    let codes = &window.session().cloud().unwrap().codes.mu;
    let wanted = [17, 2000].map(|idx| Some(codes.row(idx).to_vec()));
    assert_eq!(ends(&window), wanted);
    window.act(Action::SetEnd(0, Some(PathEnd::Sample(10_000))));
    assert!(window.session().toasts().last().unwrap().first.contains("10000"), "there is no such sample");
    assert_eq!(ends(&window), wanted);
    window.click("Path examples");
    window.click("Two random classes");
    let first = ends(&window);
    assert_ne!(first, wanted);
    window.click("Path examples");
    window.click("Two random codes");
    assert_ne!(ends(&window), first);
    window.click("Swap A and B");
    window.key(Modifiers::COMMAND, Key::Z);
}

#[test]
fn steps_and_course_are_chosen_and_the_path_is_played() {
    let mut window = walked();
    let linear = window.pixels(ViewId::Path);
    window.click("Course: Spherical");
    settle(&mut window);
    assert_eq!(window.session().spec().path.walk, Walk::Spherical);
    assert_ne!(window.pixels(ViewId::Path), linear);
    window.key(Modifiers::NONE, Key::Plus);
    settle(&mut window);
    assert_eq!(window.session().picture(ViewId::Path).unwrap().tiles().width, 10 * 28);
    window.click("Step 4 of 10");
    assert!((window.session().path_t().unwrap() - 3.0 / 9.0).abs() < 1e-6);
    window.key(Modifiers::NONE, Key::ArrowRight);
    assert!((window.session().path_t().unwrap() - 4.0 / 9.0).abs() < 1e-6, "arrows go on from a focused picture");
    window.click("Play");
    window.steps(30);
    let t = window.session().path_t().unwrap();
    window.steps(10);
    assert_ne!(window.session().path_t().unwrap(), t, "it moves by itself");
    window.click("Pause the path");
    let t = window.session().path_t().unwrap();
    window.steps(10);
    assert_eq!(window.session().path_t().unwrap(), t);
    // A slider leaves the path for a kept point of its own.
    window.act(Action::SetZ(0, 0.5));
    assert_eq!((window.session().path_t(), window.session().slot().z[0]), (None, 0.5));
    for expected in [1, 0] {
        window.key(Modifiers::NONE, Key::Escape);
        assert_eq!(ends(&window).iter().flatten().count(), expected);
    }
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().tool, Tool::Explore);
}

#[test]
fn a_geodesic_and_a_way_along_codes_are_worked_out_and_their_evenness_is_said() {
    let mut window = walked();
    let worked_out = |window: &mut Window, walk: Walk| {
        window.wait("the way", |session| {
            session.walked_of(SlotId(0)).is_some_and(|walked| walked.path.walk == walk)
        });
        settle(window);
        window.session().walked_of(SlotId(0)).unwrap().clone()
    };
    let line = worked_out(&mut window, Walk::Linear);
    let strip = window.pixels(ViewId::Path);
    window.click("Course: Geodesic");
    let geodesic = worked_out(&mut window, Walk::Geodesic);
    assert!(geodesic.length < line.length && geodesic.unevenness < 1.1, "{geodesic:?}");
    assert!(line.unevenness > geodesic.unevenness);
    assert_ne!(window.pixels(ViewId::Path), strip);
    let middle = geodesic.path.way.as_ref().unwrap().row(32).to_vec();
    window.act(Action::LookAt(Some(0.5)));
    assert_eq!(window.session().z(), middle);
    assert!(window.harness.query_by_label_contains("unevenness 1.0").is_some(), "beside the bars");
    let command = |window: &Window| window.session().pixels_command(1, "p.png");
    assert!(command(&window).unwrap().contains("--path geodesic"));

    window.click("Course: k-NN");
    let along = worked_out(&mut window, Walk::Neighbours);
    let codes = window.session().cloud().unwrap().codes.mu.clone();
    let copied = command(&window).unwrap();
    assert!(copied.contains("--path knn") && copied.contains("--data mnist"), "{copied}");
    let way = along.path.way.unwrap();
    let far = way.rows().into_iter().map(|z| {
        let apart = |code: ndarray::ArrayView1<f32>| (code[0] - z[0]).hypot(code[1] - z[1]);
        codes.rows().into_iter().map(apart).fold(f32::INFINITY, f32::min)
    });
    // Where codes are sparse the next one is far, and the way lies between both.
    let (sum, most) = far.fold((0.0, 0.0f32), |(sum, most), far| (sum + far, most.max(far)));
    assert!(sum / (way.nrows() as f32) < 0.1 && most < 0.5, "mean {}, most {most}", sum / way.nrows() as f32);
    // Of other ends the way is another: until it is known the line is straight.
    window.harness.state_mut().act(Action::SetEnd(0, Some(PathEnd::Sample(4))));
    assert!(window.session().walked_of(SlotId(0)).is_none() && window.session().path().unwrap().way.is_none());
    assert_eq!(command(&window), None, "nothing would make the same");
    worked_out(&mut window, Walk::Neighbours);
}

#[test]
fn the_keyboard_sets_both_ends_and_moves_them() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::P);
    window.act(Action::Keep(SlotId(0), vec![1.0, -0.5]));
    window.key(Modifiers::NONE, Key::A);
    window.act(Action::Keep(SlotId(0), vec![-1.0, 0.5]));
    window.key(Modifiers::NONE, Key::B);
    assert_eq!(ends(&window), [Some(vec![1.0, -0.5]), Some(vec![-1.0, 0.5])]);
    window.key(Modifiers::NONE, Key::ArrowUp);
    let [_, Some(b)] = ends(&window) else { panic!("two ends") };
    assert!(b[1] > 0.5 && b[0] == -1.0, "arrows move the end that was set last");
    window.key(Modifiers::NONE, Key::Space);
    window.steps(20);
    assert!(window.session().path_t().unwrap() > 0.0, "Space plays");
}

#[test]
fn the_strip_and_the_walk_are_exported() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = walked();
    for (name, magic) in [("strip.png", &b"\x89PNG"[..]), ("walk.gif", &b"GIF8"[..])] {
        let path = folder.path().join(name);
        window.act(Action::Export(path.clone()));
        window.wait("the file", |_| path.exists());
        assert!(std::fs::read(&path).unwrap().starts_with(magic));
    }
    window.act(Action::Export(folder.path().join("path.bmp")));
    assert!(window.session().toasts().iter().any(|toast| toast.first.contains(".png or .gif")));
}

#[test]
fn a_letter_let_go_outside_the_plane_is_let_go() {
    let mut window = walked();
    window.drag(PointerButton::Primary, B, pos2(1150.0, 700.0), |_| {});
    window.click_at(pos2(300.0, 150.0));
    assert!(ends(&window)[1].is_none(), "a click elsewhere begins another path");
}

#[test]
fn a_slider_ends_the_play() {
    let mut window = walked();
    window.click("Play");
    window.steps(5);
    window.click("Centre");
    window.steps(5);
    let cloud = window.session().cloud().unwrap();
    let centre = cloud.code_of(cloud.centre().unwrap()).unwrap();
    assert_eq!((window.session().path_t(), window.session().z()), (None, &centre[..]));
}

#[test]
fn a_long_strip_is_scrolled_by_the_wheel_and_follows_what_is_looked_at() {
    let mut window = walked();
    window.act(Action::SetPathSteps(33));
    settle(&mut window);
    let right = |window: &Window| window.harness.get_by_label("Step 33 of 33").rect().right();
    let tray = 1024.0;
    assert!(right(&window) > tray, "33 pictures do not fit");
    window.move_to(window.harness.get_by_label("Step 4 of 33").rect().center());
    let delta = vec2(0.0, -3000.0);
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    window.steps(40);
    assert!(right(&window) <= tray, "the wheel brings its end into sight: {}", right(&window));
    window.act(Action::LookAt(Some(0.25)));
    window.steps(40);
    assert!(right(&window) > tray, "and what is looked at comes into sight");
}
