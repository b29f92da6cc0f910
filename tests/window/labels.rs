//! The model that is told the label, and the row of every label.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, GridRect, Layer, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

fn told() -> Window {
    let mut window = Window::open(Options { model: Some("mnist-cvae".into()), ..Options::default() });
    settle(&mut window);
    window
}

fn settle(window: &mut Window) {
    window.settle();
    window.wait("the row", |session| {
        session.wanted_stamp(ViewId::Labels) == session.picture(ViewId::Labels).map(|picture| picture.stamp)
    });
}

#[test]
fn every_label_stands_in_a_row_at_one_z() {
    let mut window = told();
    let row = window.session().picture(ViewId::Labels).unwrap().tiles();
    assert_eq!((row.width, row.height), (10 * 28, 28));
    let tile = |label: usize| -> Vec<u8> {
        (0..28).flat_map(|y| row.rgba[4 * (y * row.width + 28 * label)..][..112].to_vec()).collect()
    };
    let (zero, three) = (tile(0), tile(3));
    assert_eq!(window.pixels(ViewId::Picture), zero);
    window.click("Tell label 3");
    settle(&mut window);
    assert_eq!(window.session().spec().label, 3);
    assert_eq!(window.pixels(ViewId::Picture), three, "the picture is the row's at that label");
    window.click("Label 7 at this z");
    assert_eq!(window.session().spec().label, 7);
    window.key(Modifiers::NONE, Key::L);
    window.key(Modifiers::NONE, Key::L);
    window.key(Modifiers::NONE, Key::L);
    assert_eq!(window.session().spec().label, 0, "L goes round");
    window.key(Modifiers::SHIFT, Key::L);
    assert_eq!(window.session().spec().label, 9);
    window.click("Undo");
    assert_eq!(window.session().spec().label, 0);
}

#[test]
fn grid_and_path_are_told_the_label_too() {
    let mut window = told();
    window.act(Action::SetTool(Tool::Grid));
    window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0], [-1.0, 1.0]] })));
    window.settle();
    let zeros = window.pixels(ViewId::Grid);
    window.click("Tell label 4");
    assert_eq!(window.session().spec().label, 4, "the grid's panel has the labels too");
    window.settle();
    assert_ne!(window.pixels(ViewId::Grid), zeros);
}

#[test]
fn the_row_is_closed_and_brought_back() {
    let mut window = told();
    window.click("Close the row of labels");
    assert!(!window.session().spec().layers.contains(&Layer::LabelRow));
    assert!(window.harness.query_by_label("Every label at this z").is_none());
    window.key(Modifiers::NONE, Key::Num5);
    settle(&mut window);
    assert!(window.session().shows_label_row());
    // A model that is told none has no row, whatever the layer says.
    let window = Window::opening();
    assert!(!window.session().shows_label_row());
}
