//! Attribute vectors: made of classes, moved along, called otherwise, taken away.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, Fold, Side, SlotId};
use halfmoon::ui::Options;

/// A plain autoencoder of the digits, of which nothing else is worked out meanwhile.
fn opened() -> Window {
    Window::open(Options { model: Some("mnist-ae".into()), ..Options::default() })
}

/// The mean code of a class, or of all.
fn mean(window: &Window, class: Option<u16>) -> [f32; 2] {
    let cloud = window.session().cloud().unwrap();
    let of = window.session().data().unwrap().train.labels_of(&cloud.indices);
    let rows: Vec<usize> = (0..of.len()).filter(|i| class.is_none_or(|class| of[*i] == class)).collect();
    [0, 1].map(|dim| {
        (rows.iter().map(|row| f64::from(cloud.codes.mu[[*row, dim]])).sum::<f64>() / rows.len() as f64) as f32
    })
}

fn near(a: &[f32], b: [f32; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-3 * (1.0 + b.abs()))
}

#[test]
fn a_vector_between_two_classes_moves_the_code_from_one_mean_to_the_other() {
    let mut window = opened();
    window.act(Action::Unfold(Fold::Attributes, true));
    window.steps(6);
    assert!(window.harness.query_by_label("Save the attribute vector").is_some());
    window.act(Action::AddAttribute(String::new(), Side::Class(0), Side::Class(1)));
    assert_eq!(window.session().spec().attributes[0].name, "0 \u{2212} 1");
    let (zero, one) = (mean(&window, Some(0)), mean(&window, Some(1)));
    window.act(Action::Keep(SlotId(0), one.to_vec()));
    window.wait("the vector", |session| session.attribute_share(0).is_some());
    window.steps(6);
    assert!(window.session().attribute_share(0).unwrap().abs() < 1e-3, "at the mean of those that lack it");
    // An analogy: 0 − 1 + the mean of 1.
    let add = "Add 0 \u{2212} 1 once";
    window.harness.get_by_label(add).scroll_to_me();
    window.steps(6);
    window.click(add);
    assert!(near(&window.session().slot().z, zero), "{:?} and {zero:?}", window.session().slot().z);
    assert!((window.session().attribute_share(0).unwrap() - 1.0).abs() < 1e-3);
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(near(&window.session().slot().z, one), "and a step of undo");

    // The slider, by keys: it moves along the vector alone.
    window.steps(4);
    let slider = window.harness.get_all_by_label("0 \u{2212} 1").last().unwrap();
    slider.focus();
    window.steps(2);
    for _ in 0..5 {
        window.key(Modifiers::NONE, Key::ArrowRight);
    }
    let share = window.session().attribute_share(0).unwrap();
    assert!(share > 0.01, "{share}");
    let wanted = [0, 1].map(|dim| one[dim] + share * (zero[dim] - one[dim]));
    assert!(near(&window.session().slot().z, wanted), "{:?}", window.session().slot().z);
}

#[test]
fn a_vector_of_the_chosen_is_named_and_taken_away() {
    let mut window = opened();
    window.act(Action::Choose(halfmoon::session::Choice::Class(6), Default::default()));
    window.command("attribute vector");
    let n = window.session().spec().selection.samples.len();
    assert_eq!(window.session().spec().attributes[0].name, format!("{n} chosen \u{2212} all"));
    let (six, all) = (mean(&window, Some(6)), mean(&window, None));
    window.wait("the vector", |session| session.attribute_share(0).is_some());
    window.act(Action::Keep(SlotId(0), all.to_vec()));
    window.act(Action::MoveAlong(0, 1.0));
    assert!(near(&window.session().slot().z, six), "the same as of the class");
    assert_eq!(window.session().spec().selection.samples.len(), n, "and the chosen stay");
    window.act(Action::RenameAttribute(0, " roundness ".into()));
    assert_eq!(window.session().spec().attributes[0].name, "roundness");
    window.act(Action::Unfold(Fold::Attributes, true));
    window.steps(6);
    window.harness.get_by_label("Take the attribute away").scroll_to_me();
    window.steps(6);
    window.click("Take the attribute away");
    assert!(window.session().spec().attributes.is_empty());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().spec().attributes[0].name, "roundness");
}
