//! Data of one's own: looked at before they are taken, read otherwise, and kept so.

use super::files::{drop_file, type_path};
use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::{DataChoice, SampleKind};
use halfmoon::session::Action;
use std::path::Path;

/// A folder of pictures of 20 × 12 in two classes.
fn pictures(folder: &Path) {
    for class in ["moon", "sun"] {
        std::fs::create_dir_all(folder.join(class)).unwrap();
        for i in 0..20u8 {
            let picture = image::GrayImage::from_fn(20, 12, |x, y| image::Luma([(x * 9 + y * 3) as u8 ^ i]));
            picture.save(folder.join(class).join(format!("{i}.png"))).unwrap();
        }
    }
}

fn look(window: &mut Window, path: &Path) {
    drop_file(window, path);
    wait_for_reading(window);
}

fn wait_for_reading(window: &mut Window) {
    window.wait("what was understood", |session| {
        session.preview().is_some_and(|preview| preview.found().is_some()) && !session.is_loading()
    });
    // The card finds its size, and then its middle.
    window.steps(6);
}

#[test]
fn what_was_understood_is_shown_and_nothing_is_taken_before_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    pictures(folder.path());
    let mut window = Window::opening();
    let before = window.session().spec().data.clone();
    look(&mut window, folder.path());
    for text in ["32 to train on, 8 to test with", "grey images of 20 × 12", "2 classes: moon (16), sun (16)"] {
        assert!(window.says(text), "{text}");
    }
    assert_eq!(window.session().spec().data, before);
    window.click("Leave these data");
    window.steps(2);
    assert!(window.session().preview().is_none());
    assert_eq!(window.session().spec().data, before);
    look(&mut window, folder.path());
    window.key(Modifiers::NONE, Key::Escape);
    window.steps(2);
    assert!(window.session().preview().is_none() && !window.says("Use these data"));
}

#[test]
fn data_are_read_otherwise_before_they_are_taken_and_a_session_reads_them_so_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("pictures");
    pictures(&data);
    let mut window = Window::opening();
    look(&mut window, &data);
    // Its name stands at the left of the list.
    let lists = window.harness.get_all_by_label("Side").map(|node| node.rect().center());
    let list = lists.max_by(|a, b| a.x.total_cmp(&b.x)).unwrap();
    window.click_at(list);
    window.steps(2);
    window.click("16");
    wait_for_reading(&mut window);
    assert!(window.says("grey images of 16 × 16"));
    window.act(Action::ReadOtherwise("data.fit".into(), "upside down".into()));
    window.steps(2);
    assert!(window.says("crop, pad or stretch"), "what cannot be is said in place");
    window.click("Use these data");
    window.wait("the data", |session| session.data().is_some_and(|data| data.train.n_samples() == 32));
    window.wait("their codes", |session| session.cloud().is_some_and(|cloud| cloud.indices.len() == 32));
    let kind = SampleKind::square(1, 16);
    assert_eq!(*window.session().data().unwrap().train.kind(), kind);
    let reading: Vec<(&str, &str)> = window.session().spec().reading.iter().collect();
    assert_eq!(reading, [("data.side", "16")]);

    let session = folder.path().join("own.halfmoon");
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    type_path(&mut window, &session);
    window.wait("the session", |open| open.session_file() == Some(session.as_path()));
    let mut again = Window::opening();
    drop_file(&mut again, &session);
    again.wait("the session", |open| open.data().is_some_and(|data| *data.train.kind() == kind));
    assert_eq!(again.session().spec().reading, window.session().spec().reading);

    // And otherwise once more, from the panel.
    window.click("Read otherwise…");
    wait_for_reading(&mut window);
    window.act(Action::ReadOtherwise("data.side".into(), "12".into()));
    wait_for_reading(&mut window);
    window.click("Use these data");
    window.wait("smaller ones", |session| {
        session.data().is_some_and(|data| data.train.n_features() == 144) && !session.is_busy()
    });
    window.act(Action::Undo);
    window.wait("those before", |session| session.data().is_some_and(|data| data.train.n_features() == 256));
    assert_eq!(window.session().spec().reading.iter().next(), Some(("data.side", "16")));
}

#[test]
fn a_table_without_numbers_is_refused_and_one_with_gaps_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gaps.csv");
    let rows: String = (0..30).map(|i| format!("{i},{},{}\n", (i * 7) % 11, ["u", "v"][i % 2])).collect();
    std::fs::write(&path, format!("a,b,kind\n{rows}5,,u\n")).unwrap();
    let mut window = Window::opening();
    look(&mut window, &path);
    assert!(window.says("1 cell is empty: 1 row with one is left aside"));
    window.act(Action::ReadOtherwise("data.gaps".into(), "mean".into()));
    wait_for_reading(&mut window);
    wait_for_reading(&mut window);
    assert!(window.says("filled with the mean"));
    // Enter is the first button's.
    window.key(Modifiers::NONE, Key::Enter);
    window
        .wait("the table", |session| session.spec().data == DataChoice::Path(path.clone()) && !session.is_busy());
    assert_eq!(window.session().data().unwrap().train.n_features(), 2);
}
