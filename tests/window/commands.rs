//! The palette and the list of keys.

use super::harness::Window;
use eframe::egui::{Event, Id, Key, Modifiers, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Fold, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::Until;

fn open(width: f32, height: f32) -> Window {
    Window::open_sized(Options { data: Some(DataChoice::Moons), ..Options::default() }, width, height)
}

fn type_in(window: &mut Window, text: &str) {
    window.steps(2);
    window.harness.event(Event::Text(text.into()));
    window.steps(2);
}

#[test]
fn the_palette_does_a_command_by_its_name() {
    let mut window = open(1280.0, 800.0);
    window.key(Modifiers::COMMAND, Key::K);
    type_in(&mut window, "grid");
    assert_eq!(window.session().spec().tool, Tool::Explore, "what is typed is no key");
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.session().spec().tool, Tool::Grid);
    assert!(!window.has("Command"), "the card is closed");
    window.key(Modifiers::NONE, Key::P);
    assert_eq!(window.session().spec().tool, Tool::Path, "keys act again");

    window.key(Modifiers::COMMAND, Key::K);
    type_in(&mut window, "train");
    window.key(Modifiers::NONE, Key::ArrowDown);
    window.key(Modifiers::NONE, Key::Enter);
    window.wait("one step", |session| {
        session.weights().snapshot.as_ref().is_some_and(|snapshot| snapshot.step == 1) && session.can_train()
    });
}

#[test]
fn the_palette_grows_again_after_a_short_list() {
    let mut window = open(1280.0, 800.0);
    let height = |window: &Window| {
        let card = window.harness.ctx.memory(|memory| memory.area_rect(Id::unique("palette")));
        card.expect("the card is open").height()
    };
    window.key(Modifiers::COMMAND, Key::K);
    window.steps(3);
    let whole = height(&window);
    type_in(&mut window, "denoising");
    assert!(height(&window) < whole / 2.0);
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::COMMAND, Key::K);
    window.steps(3);
    assert_eq!(height(&window), whole);
}

#[test]
fn what_cannot_be_done_now_says_why_and_is_not_done() {
    let mut window = open(1280.0, 800.0);
    window.key(Modifiers::COMMAND, Key::K);
    type_in(&mut window, "swap");
    assert!(window.has("Swap A and B: choose the Path tool first"));
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.has("Swap A and B: choose the Path tool first"), "the card stays");
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(2);
    assert!(!window.has("Swap A and B: choose the Path tool first"));
}

#[test]
fn every_line_of_the_list_of_keys_can_be_reached() {
    for (width, height, zoom) in [(1280.0, 800.0, 1.0), (1024.0, 640.0, 1.0), (1024.0, 640.0, 1.5)] {
        let mut window = open(width, height);
        // The card must not keep the size that it once had.
        window.key(Modifiers::NONE, Key::F1);
        window.key(Modifiers::NONE, Key::Escape);
        window.harness.ctx.set_zoom_factor(zoom);
        window.steps(3);
        window.key(Modifiers::NONE, Key::F1);
        window.steps(3);
        let room = Rect::from_min_size(Default::default(), vec2(width, height) / zoom);
        let rect = |window: &Window, name: &str| window.harness.get_all_by_label(name).last().unwrap().rect();
        let inside = |rect: Rect| room.shrink(8.0).contains_rect(rect);
        assert!(inside(rect(&window, "Keys")), "{width} × {height} at {zoom}");
        assert!(inside(rect(&window, "Explore")), "{width} × {height} at {zoom}");
        assert!(inside(rect(&window, "Show the hints again")), "{width} × {height} at {zoom}");
        let last = rect(&window, "Square, from the centre");
        assert!(zoom == 1.0 || !inside(last), "the list is longer than this window");
        if !inside(last) {
            window.move_to(room.center());
            window.harness.event(Event::MouseWheel {
                unit: eframe::egui::MouseWheelUnit::Point,
                delta: vec2(0.0, -4000.0),
                modifiers: Modifiers::NONE,
                phase: eframe::egui::TouchPhase::Move,
                source: eframe::egui::MouseWheelSource::Wheel,
            });
            window.steps(30);
        }
        assert!(inside(rect(&window, "Square, from the centre")), "{width} × {height} at {zoom}: {last:?}");
    }
}

#[test]
fn escape_closes_the_newest_failure_before_anything_else() {
    let mut window = open(1280.0, 800.0);
    window.key(Modifiers::NONE, Key::P);
    for first in ["one", "two"] {
        window.act(Action::Complain(first.into(), "Nothing was changed.".into()));
    }
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().toasts().len(), 1);
    assert_eq!(window.session().toasts()[0].first, "One");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!((window.session().toasts().len(), window.session().spec().tool), (0, Tool::Path));
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().tool, Tool::Explore);
}

#[test]
fn text_grows_and_shrinks_by_keys_within_bounds() {
    let mut window = open(1280.0, 800.0);
    for _ in 0..15 {
        window.key(Modifiers::COMMAND, Key::Plus);
    }
    assert_eq!(window.harness.ctx.zoom_factor(), 2.0);
    window.key(Modifiers::COMMAND, Key::Num0);
    window.key(Modifiers::COMMAND, Key::Minus);
    assert_eq!(window.harness.ctx.zoom_factor(), 0.9);
}

#[test]
fn what_a_command_unfolds_comes_into_sight_where_its_side_is_folded_too() {
    for (width, height) in [(1280.0, 800.0), (683.0, 427.0)] {
        let mut window = open(width, height);
        window.act(Action::Train(Until::Steps(1)));
        window.wait("a step", |session| session.capabilities().decodes && session.can_train());
        let all = [("what units", "What units see"), ("outliers", "Outliers"), ("more settings", "More settings")];
        for (command, title) in all {
            window.command(command);
            window.steps(20);
            let row = window.harness.get_by_label(title).rect();
            // With what it unfolds.
            let whole = Rect::from_min_size(row.min, row.size() + vec2(0.0, 200.0));
            let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
            assert!(screen.contains_rect(whole), "{title} lies at {row:?}");
        }
        let folds = &window.session().spec().unfolded;
        assert!(folds.contains(&Fold::Units) && folds.contains(&Fold::Settings), "{folds:?}");
        assert!(window.session().spec().outliers.is_some());
    }
}

#[test]
fn help_of_what_lies_below_a_card_is_not_shown() {
    let mut window = open(1280.0, 800.0);
    let grid = window.harness.get_by_label("Grid").rect().center();
    window.harness.hover_at(grid);
    window.steps(40);
    let help = "it fills with decoded pictures";
    assert!(window.harness.query_by_label_contains(help).is_some());
    window.key(Modifiers::COMMAND, Key::K);
    window.steps(40);
    assert!(window.harness.query_by_label_contains(help).is_none());
}
