//! An image of one's own: drawn on the pad, dropped, cleared.

use super::harness::Window;
use eframe::egui::{Key, Modifiers, PointerButton, Rect, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::{Cancel, DataChoice, drawn};
use halfmoon::session::{Action, Anchor, Input, Query, Session, SlotId};
use halfmoon::train::placed;
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

fn paper(window: &Window) -> Rect {
    window.harness.get_by_label("Paper to draw on").rect()
}

/// Opens the pad by its key and waits for the paper.
fn open_pad(window: &mut Window) {
    window.key(Modifiers::NONE, Key::D);
    window.wait("the frame of the data", |session| session.frame().is_some());
    window.steps(3);
}

/// Draws from one place of the paper to another, as shares of it.
fn draw(window: &mut Window, from: [f32; 2], to: [f32; 2]) {
    let paper = paper(window);
    let at = |[x, y]: [f32; 2]| paper.min + vec2(x, y) * paper.width();
    window.drag(PointerButton::Primary, at(from), at(to), |_| ());
}

/// Waits until the drawing as it is now has its code, its picture and its error: those of its beginning come
/// before.
fn settle(window: &mut Window, n_lines: usize) {
    let Some(Query::Drawn(lines)) = window.session().spec().query.clone() else { panic!("nothing is drawn") };
    assert_eq!(lines.len(), n_lines);
    let train = window.session().data().unwrap().train.clone();
    let whole = drawn(&lines, window.session().frame().unwrap(), &train).unwrap().sample;
    let is_whole =
        |session: &Session| session.asked().map(|asked| asked.sample.checksum()) == Some(whole.checksum());
    window.wait("the drawing", is_whole);
    let labels = if window.session().n_labels() > 0 { vec![window.session().spec().label as u16] } else { vec![] };
    let model = window.session().model().unwrap().clone();
    let place = placed(&*model, (&whole, &labels), &train, 4, &Cancel::default()).unwrap();
    window.wait("its code", |session| session.placed(SlotId(0)).is_some_and(|placed| placed.mu == place.mu));
    window.wait("its picture", |session| {
        let picture = session.picture(ViewId::Sample);
        picture.is_some_and(|picture| Some(picture.stamp) == session.wanted_stamp(ViewId::Sample))
    });
    window.steps(3);
}

#[test]
fn a_drawn_one_is_a_one() {
    let mut window = Window::opening();
    open_pad(&mut window);
    draw(&mut window, [0.3, 0.15], [0.2, 0.6]);
    settle(&mut window, 1);
    assert_eq!(window.session().slot().anchor, Anchor::Query);
    assert_eq!(window.session().input_of(SlotId(0)), Some(Input::Query));
    let placed = window.session().placed(SlotId(0)).unwrap().clone();
    assert_eq!(window.session().z(), placed.mu, "its code is what is kept");
    let labels = window.session().data().unwrap().train.labels().unwrap().of.clone();
    assert!(placed.nearest.iter().all(|(sample, _)| labels[*sample as usize] == 1), "{:?}", placed.nearest);
    // The row at the head of Decode says code and error.
    let said = "Image from outside of the data, code";
    let row = window.harness.query_all_by_label_contains(said).next().is_some();
    assert!(row, "input, code, output");
    assert!(window.harness.query_all_by_label_contains("squared error").next().is_some());
}

#[test]
fn a_press_is_one_step_and_clear_forgets() {
    let mut window = Window::opening();
    open_pad(&mut window);
    draw(&mut window, [0.2, 0.2], [0.7, 0.2]);
    draw(&mut window, [0.7, 0.2], [0.4, 0.9]);
    settle(&mut window, 2);
    let two = window.session().slot().z.clone();
    window.key(Modifiers::COMMAND, Key::Z);
    settle(&mut window, 1);
    window.wait("another code", |session| session.slot().z != two);
    window.click("Clear");
    window.steps(3);
    assert_eq!(
        (window.session().spec().query.clone(), window.session().placed(SlotId(0)).is_none()),
        (None, true)
    );
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(3);
    assert!(window.harness.query_by_label("Paper to draw on").is_none(), "Escape closes the pad");
}

#[test]
fn a_model_that_is_told_the_label_shows_the_same_hand() {
    let mut window = Window::open(Options { model: Some("mnist-cvae".into()), ..Options::default() });
    open_pad(&mut window);
    draw(&mut window, [0.3, 0.1], [0.6, 0.8]);
    settle(&mut window, 1);
    let z = window.session().z().to_vec();
    window.wait("every label", |session| session.picture(ViewId::Labels).is_some());
    window.act(Action::SetLabel(7));
    window.wait("the code as a 7", |session| session.z() != z);
}

#[test]
fn a_picture_that_is_dropped_is_asked_about_and_one_that_is_damaged_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.png");
    let pen = |x: u32, y: u32| if (60..66).contains(&x) && (20..90).contains(&y) { 0u8 } else { 255 };
    image::GrayImage::from_fn(120, 100, |x, y| image::Luma([pen(x, y)])).save(&path).unwrap();
    let mut window = Window::opening();
    window.act(Action::Drop(path.clone()));
    window.wait("its code", |session| session.placed(SlotId(0)).is_some());
    assert_eq!(window.session().spec().query, Some(Query::File(path.clone())));
    let labels = window.session().data().unwrap().train.labels().unwrap().of.clone();
    let nearest = window.session().placed(SlotId(0)).unwrap().nearest.clone();
    assert!(nearest.iter().all(|(sample, _)| labels[*sample as usize] == 1), "{nearest:?}");
    window.steps(6);
    assert!(window.harness.query_by_label("Paper to draw on").is_some(), "the pad shows it");

    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, b"\x89PNG\r\n\x1a\nand no more").unwrap();
    window.act(Action::Drop(broken));
    window.wait("the sentence", |session| session.toasts().iter().any(|toast| toast.first.contains("damaged")));
    assert_eq!(window.session().spec().query, None);
    let mut window = Window::of(DataChoice::Iris);
    window.act(Action::Drop(path));
    window
        .wait("the sentence", |session| session.toasts().iter().any(|toast| toast.first.contains("one picture")));
}

#[test]
fn colours_are_drawn_with() {
    let mut window = Window::open(Options {
        data: Some(DataChoice::Emoji),
        model: Some("emoji-conv-vae".into()),
        ..Options::default()
    });
    open_pad(&mut window);
    window.click("Brush: Broad");
    window.click("Draw in colour 10");
    draw(&mut window, [0.4, 0.5], [0.6, 0.5]);
    settle(&mut window, 1);
    let Some(Query::Drawn(lines)) = &window.session().spec().query else { panic!("nothing drawn") };
    let [r, _, b] = lines[0].colour;
    assert!(r > 200 && b < 100, "{lines:?}");
    let shown = window.session().asked().unwrap().sample.kind().sides();
    assert_eq!(shown.map(|sides| sides[0]), Some(3));
}
