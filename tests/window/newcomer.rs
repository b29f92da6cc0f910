//! What meets someone new: the first minute, the small pictures of what can be opened, and messages that say
//! where something is.

use super::files::type_path;
use super::harness::{MIDDLE, Window};
use eframe::egui::{Key, Modifiers, OutputCommand, PointerButton, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Anchor, SlotId};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

#[test]
fn input_code_and_output_are_said_in_windows_of_any_size() {
    for (width, height) in [(1280.0, 800.0), (1024.0, 640.0)] {
        let mut window = Window::open_sized(Options::default(), width, height);
        window.act(Action::Pick(Some(7)));
        window.settle();
        window.wait("its error", |session| {
            let picture = session.picture(ViewId::Sample);
            picture.is_some_and(|picture| Some(picture.stamp) == session.wanted_stamp(ViewId::Sample))
        });
        window.steps(3);
        let cloud = window.session().cloud().unwrap().clone();
        let row = cloud.place_of(7).unwrap();
        let mu = cloud.codes.mu[[row, 0]];
        let sigma = (0.5 * cloud.codes.log_var.as_ref().unwrap()[[row, 0]]).exp();
        let number = format!("{mu:.2}").replace('-', "−");
        assert!(window.says(&format!("Sample 7, code {number} ± {sigma:.2}")), "{number} ± {sigma:.2}");
        let error = window.session().picture(ViewId::Sample).unwrap().squared_error.unwrap();
        assert!(window.says(&format!("squared error {error:.1}")));
    }
}

#[test]
fn the_first_minute_goes_on_when_something_was_done() {
    let mut window = Window::opening();
    assert!(!window.says("Every dot is an image"), "without a memory it does not come by itself");
    window.key(Modifiers::NONE, Key::F1);
    window.steps(3);
    window.click("Show the first minute");
    window.steps(4);
    assert!(window.says("Every dot is an image") && window.says("seen 10\u{2009}000 of them"));
    // One pixel beside a code is on it.
    window.act(Action::Pick(Some(3)));
    window.steps(4);
    let labels = window.session().data().unwrap().train.labels().unwrap().clone();
    let class = &labels.names[usize::from(labels.of[3])];
    assert!(window.says(&format!("This is a {class}, and (")), "sample 3 is a {class}");
    let slider = window.harness.get_by_label("z 0").rect().center();
    window.drag(PointerButton::Primary, slider, slider + vec2(20.0, 0.0), |_| ());
    assert_eq!(window.session().slot().anchor, Anchor::Free);
    window.steps(4);
    assert!(window.says("Nobody drew what you see now"));
    window.key(Modifiers::NONE, Key::T);
    window.wait("the training", |session| session.is_running());
    window.steps(4);
    assert!(window.says("It learns"));
    window.act(Action::Pause);
    window.wait("the pause", |session| session.can_train());
    window.steps(4);
    assert!(!window.says("It learns"), "it is over");
}

#[test]
fn the_first_minute_can_be_ended() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::F1);
    window.steps(3);
    window.click("Show the first minute");
    window.steps(4);
    window.click("End the first minute");
    window.steps(4);
    assert!(!window.says("Every dot is an image"));
    assert_eq!(window.session().slot().anchor, Anchor::Centre, "the click was the card's, not the plane's");
}

#[test]
fn what_can_be_opened_is_shown_in_small() {
    let mut window = Window::opening();
    assert!(!window.session().shows_gallery(), "nothing is made before somebody looks");
    window.key(Modifiers::COMMAND, Key::O);
    window.wait("the pictures", |session| (0..6).all(|set| session.set_in_small(set).is_some()));
    window.steps(4);
    let small = &window.session().model_in_small("moons-ae").unwrap().planes[0];
    assert!(window.is_uploaded([small.width, small.height], &small.rgba));
    let samples = &window.session().set_in_small(1).unwrap().samples;
    assert!(window.is_uploaded([samples.width, samples.height], &samples.rgba));
    window.key(Modifiers::NONE, Key::Escape);
    window.click("Data");
    window.steps(3);
    let at = window.harness.get_all_by_label("Moons").last().unwrap().rect();
    assert!(at.height() > 60.0, "a line and a strip below its name");
    window.click("Moons");
    window.wait("the data", |session| session.spec().data == DataChoice::Moons && !session.is_busy());
}

#[test]
fn what_was_written_says_where_and_copies_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.png");
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::E);
    type_path(&mut window, &path);
    window.wait("the message", |session| !session.toasts().is_empty());
    assert_eq!(window.session().toasts()[0].path.as_deref(), Some(&*path));
    window.steps(3);
    let at = window.harness.get_by_label("Copy path").rect().center();
    window.move_to(at);
    window.button(at, PointerButton::Primary, true);
    window.harness.event(eframe::egui::Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    window.harness.step();
    let copied =
        window.harness.output().platform_output.commands.iter().any(
            |command| matches!(command, OutputCommand::CopyText(text) if *text == path.display().to_string()),
        );
    assert!(copied, "the whole path");
}

#[test]
fn a_path_that_cannot_be_opened_stays_to_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::O);
    type_path(&mut window, &folder.path().join("gone.safetensors"));
    window.wait("the error", |session| !session.is_loading() && !session.toasts().is_empty());
    window.steps(4);
    assert!(window.says("Open this path"), "the card is there");
    window.key(Modifiers::NONE, Key::End);
    let path = folder.path().join("gone.safetensors").display().to_string();
    let typed = window.harness.query_all_by_value(&path);
    assert!(typed.count() > 0, "with what was typed");
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(3);
    assert!(!window.says("Open this path"));
}

#[test]
fn an_error_lies_on_the_card_and_is_closed_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::opening();
    window.key(Modifiers::COMMAND, Key::O);
    type_path(&mut window, &folder.path().join("gone.safetensors"));
    window.wait("the error", |session| !session.is_loading() && !session.toasts().is_empty());
    window.steps(4);
    assert!(window.says("Open this path"), "the card is there");
    window.click("Close the message");
    window.steps(2);
    assert!(window.session().toasts().is_empty(), "the message took the click");
    assert!(window.says("Open this path"), "which is none beside the card");
}

#[test]
fn a_card_without_a_picture_says_what_to_do() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::G);
    window.key(Modifiers::COMMAND, Key::E);
    window.steps(3);
    assert!(window.says("drag a rectangle on the plane"));
}

#[test]
fn of_a_model_that_is_told_the_label_only_its_codes_are_pointed_at() {
    let mut window = Window::open(Options { model: Some("mnist-cvae".into()), ..Options::default() });
    let labels = window.session().data().unwrap().train.labels().unwrap().of.clone();
    let told = window.session().spec().label;
    let mut n_pointed = 0;
    for i in 0..12 {
        for j in 0..8 {
            window.move_to(MIDDLE + vec2(i as f32 * 9.0 - 54.0, j as f32 * 13.0 - 52.0));
            window.steps(1);
            if let Some(sample) = window.session().spec().selection.hovered {
                assert_eq!(usize::from(labels[sample as usize]), told);
                n_pointed += 1;
            }
        }
    }
    assert!(n_pointed > 3, "{n_pointed}");
    assert_eq!(window.session().spec().active, SlotId(0));
}
