//! Find: words, a sample or a drawing, ranked lists of what is like them, and precision at k.

use super::documents::notes;
use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::Distance;
use halfmoon::session::{Action, Anchor, Listed, N_FOUND, Query, Session, SlotId};
use halfmoon::ui::Options;

const CODE: Listed = Listed::Code(SlotId(0));

fn all_are_found(session: &Session) -> bool {
    session.lists().into_iter().all(|list| session.found(list).is_some())
}

fn samples(window: &Window, list: Listed) -> Vec<u32> {
    window.session().found(list).unwrap().iter().map(|found| found.0).collect()
}

/// Opens the tray and types what to look for.
fn look_for(window: &mut Window, words: &str) {
    window.key(Modifiers::COMMAND, Key::F);
    window.steps(3);
    window.harness.event(Event::Text(words.into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.steps(2);
}

/// The place of what is called by a name that begins so.
fn place(window: &Window, start: &str) -> Rect {
    window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with(start))).rect()
}

#[test]
fn words_find_the_documents_that_have_them_and_a_click_picks_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Options { data: Some(notes(folder.path())), ..Options::default() });
    look_for(&mut window, "the moon and the stars");
    assert_eq!(window.session().spec().query, Some(Query::Text("the moon and the stars".into())));
    window.wait("the lists", all_are_found);
    window.steps(4);
    assert_eq!(window.session().slot().anchor, Anchor::Query);
    assert_eq!(window.session().z(), window.session().placed(SlotId(0)).unwrap().mu);
    for title in ["by code", "by TF-IDF", "by LSA, 2-D"] {
        assert!(window.says(&format!("Found {title}, 1: document ")), "{title}");
    }
    let found = samples(&window, Listed::Features);
    assert_eq!(found.len(), N_FOUND);
    let train = window.session().data().unwrap().train.clone();
    assert!(
        found.iter().take(3).all(|&sample| train.text(sample as usize).unwrap().contains("moon")),
        "{found:?}"
    );
    let name = format!("Found by TF-IDF, 1: document {}, class heaven, note ", found[0]);
    let at = place(&window, &name).center();
    window.move_to(at);
    window.steps(2);
    assert_eq!(window.session().spec().selection.hovered, Some(found[0]), "every plane lights it");
    window.click_at(at);
    assert_eq!(window.session().spec().selection.focused, Some(found[0]));
    assert_eq!(window.session().slot().anchor, Anchor::Sample(found[0]));
    assert!(window.session().placed(SlotId(0)).is_some(), "what was asked about stays on the plane");

    look_for(&mut window, "zebra");
    window.told("No word of “zebra”");
    assert_eq!(window.session().spec().query, None);
    window.steps(2);
    let toast = window.session().toasts().last().unwrap().id;
    window.act(Action::Dismiss(toast));
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().find, None);
}

#[test]
fn the_chosen_sample_is_looked_for_and_the_switch_ranks_by_angles() {
    let mut window = Window::opening();
    window.act(Action::Pick(Some(5)));
    window.key(Modifiers::COMMAND, Key::F);
    window.steps(3);
    window.click("The chosen sample");
    assert_eq!(window.session().spec().query, Some(Query::Sample(5)));
    window.wait("the lists", all_are_found);
    window.steps(4);
    let before = samples(&window, CODE);
    assert!(before.len() == N_FOUND && !before.contains(&5));
    let title = format!("Found by pixels, 1: image {}, class ", samples(&window, Listed::Features)[0]);
    let at = place(&window, &title).center();
    window.move_to(at);
    window.steps(2);
    assert_eq!(window.session().spec().selection.hovered, Some(samples(&window, Listed::Features)[0]));
    window.click("Distance: Cosine");
    assert_eq!(window.session().spec().find.unwrap().distance, Distance::Cosine);
    window.wait("the lists by angles", all_are_found);
    assert_ne!(samples(&window, CODE), before);

    window.click("Precision at k");
    window.wait("precision", |session| {
        session.precision_share() >= 1.0
            && session.lists().into_iter().all(|list| session.precision(list).is_some())
    });
    window.steps(2);
    assert!(window.says("Chart of precision at k: by code "));
    let by_pixels = window.session().precision(Listed::Features).unwrap();
    assert!(by_pixels.len() == 6 && by_pixels[0].1 > 0.85, "{by_pixels:?}");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!((window.session().spec().find, window.session().spec().query.is_some()), (None, true));
}

#[test]
fn it_can_be_used_in_a_small_window() {
    let mut window = Window::open_sized(Options::default(), 683.0, 427.0);
    look_for(&mut window, "17");
    assert_eq!(window.session().spec().query, Some(Query::Sample(17)), "digits have numbers, not words");
    window.wait("the lists", all_are_found);
    window.steps(4);
    let whole = Rect::from_min_size(Default::default(), vec2(683.0, 427.0));
    for start in ["Close Find", "Found by code, 1: image "] {
        let place = place(&window, start);
        assert!(whole.contains_rect(place), "{start}: {place:?}");
    }
    let plane = window.harness.get_by_label_contains("Latent plane").rect();
    assert!(plane.height() > 150.0 && plane.bottom() <= place(&window, "Found by code, 1: image ").top());
}
