//! The nearest training images, and what is drawn on the plane.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, pos2, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, By, Fold, Layer, SlotId};
use halfmoon::worker::ViewId;

#[test]
fn the_nearest_training_images_are_found_and_a_click_goes_there() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![1.2, 0.0]));
    window.settle();
    // The decoded picture, rounded to bytes, against every training image.
    let shown: Vec<f32> =
        window.pixels(ViewId::Picture).chunks(4).map(|pixel| f32::from(pixel[0]) / 255.0).collect();
    let train = window.session().data().unwrap().train.clone();
    let distance = |idx: usize| {
        let squares =
            train.image(idx).unwrap().iter().zip(&shown).map(|(&b, x)| (f32::from(b) / 255.0 - x).powi(2));
        squares.sum::<f32>().sqrt()
    };
    let mut all: Vec<(f32, u32)> = (0..train.n_samples()).map(|idx| (distance(idx), idx as u32)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    window.wait("the nearest", |session| {
        session.nearest(By::Features).first().is_some_and(|nearest| nearest.0 == all[0].1)
    });
    assert_eq!(window.session().nearest(By::Features).len(), 4);
    for (found, (distance, _)) in window.session().nearest(By::Features).iter().zip(&all) {
        assert!((found.1 - distance).abs() < 0.1, "{} and {distance}", found.1);
    }
    window.wait("the scale", |session| session.usual_distance(By::Features).is_some());
    assert!((2.0..9.0).contains(&window.session().usual_distance(By::Features).unwrap()));
    let (sample, _) = window.session().nearest(By::Features)[0];
    let code = window.session().code_of(sample).unwrap();
    window.steps(4);
    let name = window.session().nearest(By::Features)[0];
    let label = format!("Nearest by pixels: image 1, sample {}, class 0, distance {:.1}", name.0, name.1);
    window.click(&label);
    assert_eq!(window.session().slot().z, code);
}

#[test]
fn beside_the_nearest_by_pixels_stand_the_nearest_by_code() {
    let mut window = Window::opening();
    let z = [0.3, -0.4];
    window.act(Action::Keep(SlotId(0), z.to_vec()));
    window.settle();
    window
        .wait("both", |session| session.nearest(By::Code).len() == 4 && session.nearest(By::Features).len() == 4);
    let cloud = window.session().cloud().unwrap().clone();
    let distance = |row: usize| (cloud.codes.mu[[row, 0]] - z[0]).hypot(cloud.codes.mu[[row, 1]] - z[1]);
    let mut rows: Vec<usize> = (0..cloud.indices.len()).collect();
    rows.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    let wanted: Vec<u32> = rows[..4].iter().map(|row| cloud.indices[*row]).collect();
    window.wait("the newest", |session| {
        session.nearest(By::Code).iter().map(|near| near.0).collect::<Vec<_>>() == wanted
    });
    window.wait("the scale", |session| session.usual_distance(By::Code).is_some());
    assert!((0.001..1.0).contains(&window.session().usual_distance(By::Code).unwrap()));
    window.steps(3);
    let first = window
        .harness
        .get_by(|node| node.label().is_some_and(|name| name.starts_with("Nearest by code: image 1, sample")));
    let place = first.rect().center();
    window.click_at(place);
    assert_eq!(window.session().spec().selection.focused, Some(wanted[0]));
    assert_eq!(window.session().slot().z, cloud.code_of(wanted[0]).unwrap());
}

#[test]
fn with_many_dimensions_the_picture_and_its_nearest_stay_while_the_rest_scrolls() {
    let mut window = Window::opening();
    window.act(Action::OpenTrained("mnist-vae-10d".into()));
    window.wait("ten dimensions", |session| session.latent_dim() == 10 && !session.is_busy());
    window.settle();
    window.act(Action::Unfold(Fold::Dimensions, true));
    window.wait("the nearest", |session| session.nearest(By::Features).len() >= 3);
    window.steps(4);
    let place = |window: &Window, start: &str| {
        window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with(start))).rect()
    };
    let names = ["Picture decoded at z", "Nearest by pixels: image 1, sample"];
    let before = names.map(|name| place(&window, name));
    let slider = window.harness.get_all_by_label("z 9").next().unwrap().rect();
    window.move_to(pos2(1150.0, 600.0));
    window.harness.event(Event::MouseWheel {
        unit: eframe::egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -300.0),
        modifiers: Modifiers::NONE,
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
    });
    window.steps(30);
    assert_eq!(names.map(|name| place(&window, name)), before);
    let moved = window.harness.get_all_by_label("z 9").next().unwrap().rect();
    assert!(moved.top() < slider.top() - 50.0, "{slider:?} and {moved:?}");
}

#[test]
fn layers_are_switched_by_menu_and_by_key() {
    let mut window = Window::opening();
    let all = window.session().spec().layers.clone();
    for (key, layer) in [
        (Key::Num1, Layer::Codes),
        (Key::Num2, Layer::ClassNames),
        (Key::Num3, Layer::PriorRings),
        (Key::Num4, Layer::Lens),
    ] {
        window.key(Modifiers::NONE, key);
        assert!(!window.session().spec().layers.contains(&layer), "{layer:?}");
        window.key(Modifiers::NONE, key);
    }
    assert_eq!(window.session().spec().layers, all);
    window.click("Layers");
    window.steps(3);
    window.click("Prior rings");
    assert!(!window.session().spec().layers.contains(&Layer::PriorRings));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().spec().layers, all);
}
