//! Many classes: they are found by name, and look the same wherever they are named.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, Shape};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, By, Group};
use halfmoon::ui::Options;
use halfmoon::worker::Until;
use std::fmt::Write as _;

const N_CLASSES: usize = 40;

/// A table of rows in forty classes, shown.
fn many(folder: &std::path::Path) -> Window {
    let mut table = String::from("a,b,c,d,class\n");
    for row in 0..20 * N_CLASSES {
        let class = row % N_CLASSES;
        let x = |i: usize| (row * (i + 3) % 17) as f32 + class as f32;
        writeln!(table, "{},{},{},{},kind {class:02}", x(0), x(1), x(2), x(3)).unwrap();
    }
    let path = folder.join("many.csv");
    std::fs::write(&path, table).unwrap();
    let mut window = Window::unsettled(Options { data: Some(DataChoice::Path(path)), ..Options::default() });
    window.wait("the data", |session| session.data().is_some_and(|data| data.train.classes().len() == N_CLASSES));
    window.steps(3);
    window
}

fn n_listed(window: &Window) -> usize {
    window.harness.query_all_by_label_contains("class kind").count()
}

fn hidden(window: &Window) -> usize {
    window.session().spec().hidden.len()
}

#[test]
fn many_classes_are_found_by_typing_and_shown_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = many(folder.path());
    assert_eq!(n_listed(&window), 0);
    window.click("Classes");
    window.steps(3);
    assert_eq!(n_listed(&window), N_CLASSES);
    window.harness.event(Event::Text("D 2".into()));
    window.steps(3);
    assert_eq!(n_listed(&window), 10, "kind 20 to 29");
    window.harness.event(Event::Text("7".into()));
    window.steps(3);
    assert_eq!(n_listed(&window), 1);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(hidden(&window), N_CLASSES - 1);
    assert!(!window.session().spec().hidden.contains(&27));
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(hidden(&window), 0, "once more shows all");
    window.harness.event(Event::Text("x".into()));
    window.steps(3);
    assert!(window.harness.query_by_label_contains("No class has such a name").is_some());
}

#[test]
fn a_class_beyond_ten_is_a_ring_in_decode_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = many(folder.path());
    window.act(Action::SetKind("ae".into()));
    window.act(Action::Set(Group::Training, "epochs".into(), "1".into()));
    window.act(Action::Train(Until::End));
    window.wait("codes", |session| session.cloud().is_some() && !session.is_running() && !session.is_busy());
    let labels = window.session().data().unwrap().train.labels().unwrap().of.clone();
    let rings = |window: &Window| {
        let is_ring = |shape: &Shape| {
            let Shape::Circle(circle) = shape else { return false };
            circle.center.x > 1024.0 && circle.radius == 3.0 && circle.stroke.width == 2.0
        };
        window.harness.output().shapes.iter().filter(|clipped| is_ring(&clipped.shape)).count()
    };
    let mut rings_of = |class: u16| {
        let sample = labels.iter().position(|label| *label == class).unwrap() as u32;
        window.act(Action::Pick(Some(sample)));
        window.wait("its neighbours", |session| {
            [By::Features, By::Code].iter().all(|by| !session.nearest(*by).is_empty()) && !session.is_busy()
        });
        window.settle();
        let session = window.session();
        let near = session.nearest(By::Features).iter().chain(session.nearest(By::Code));
        let beyond = near.filter(|(near, _)| labels[*near as usize] >= 10).count();
        (rings(&window), beyond + usize::from(class >= 10))
    };
    for class in [3, 25] {
        let (found, wanted) = rings_of(class);
        assert_eq!(found, wanted, "class {class}");
    }
}
