//! The nearest training images, and what is drawn on the plane.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use halfmoon::session::{Action, Layer, SlotId};
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
    window.wait("the nearest", |session| session.nearest().first().is_some_and(|nearest| nearest.0 == all[0].1));
    assert_eq!(window.session().nearest().len(), 4);
    for (found, (distance, _)) in window.session().nearest().iter().zip(&all) {
        assert!((found.1 - distance).abs() < 0.1, "{} and {distance}", found.1);
    }
    window.wait("the scale", |session| session.usual_distance().is_some());
    assert!((2.0..9.0).contains(&window.session().usual_distance().unwrap()));
    let (sample, _) = window.session().nearest()[0];
    let code = window.session().code_of(sample).unwrap();
    window.steps(4);
    let name = window.session().nearest()[0];
    let label = format!("Nearest image 1, sample {}, distance {:.1}, class 0", name.0, name.1);
    let label = label
        .replace(&format!(", distance {:.1}, class 0", name.1), &format!(", class 0, distance {:.1}", name.1));
    window.click(&label);
    assert_eq!(window.session().slot().z, code);
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
