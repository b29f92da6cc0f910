//! What each dimension does.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, Fold};
use halfmoon::ui::Options;

fn open(model: &str, data: DataChoice) -> Window {
    Window::open_sized(
        Options { data: Some(data), model: Some(model.into()), ..Options::default() },
        1280.0,
        1400.0,
    )
}

fn table(window: &mut Window) {
    window.act(Action::Unfold(Fold::DimensionTable, true));
    window.wait("the table", |session| session.dimension_table().is_some());
    window.steps(6);
}

#[test]
fn which_of_ten_dimensions_is_slant_is_read_off_one_table_and_written_down() {
    let mut window = open("mnist-vae-10d", DataChoice::Mnist);
    table(&mut window);
    let found = window.session().dimension_table().unwrap().clone();
    let slant = found.factors.iter().find(|factor| factor.name == "slant").unwrap();
    let strength = |dim: &usize| slant.of[*dim].pearson.abs();
    let dim = (0..10).max_by(|a, b| strength(a).total_cmp(&strength(b))).unwrap();
    assert!(found.is_measured && strength(&dim) > 0.5, "{slant:?}");
    assert!(window.harness.query_by_label_contains(&format!("z[{dim}] goes with")).is_some());
    assert!(window.harness.query_by_label_contains("Mutual information gap").is_some());
    // Its name is typed into the row, and stands on axes and sliders.
    window.click(&format!("Name of z {dim}"));
    window.steps(2);
    window.harness.event(eframe::egui::Event::Text("slant".into()));
    window.steps(1);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.session().slot().name_of(dim), format!("z[{dim}] slant"));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().name_of(dim), format!("z[{dim}]"));
}

#[test]
fn known_factors_come_from_the_data() {
    let mut window = open("moons-vae", DataChoice::Moons);
    table(&mut window);
    let found = window.session().dimension_table().unwrap();
    let names: Vec<&str> = found.factors.iter().map(|factor| &*factor.name).collect();
    assert!(!found.is_measured && names.contains(&"phase"), "{names:?}");
    assert!(found.effects.as_ref().unwrap().iter().all(|effect| *effect > 0.0));
    assert!(window.harness.query_by_label_contains("z[0] goes with phase").is_some());
}
