//! What units see: weights as pictures.

use super::harness::Window;
use egui_kittest::kittest::Queryable;
use halfmoon::picture::palette::Mode;
use halfmoon::picture::{End, Units};
use halfmoon::session::{Action, Fold};

/// Whether a picture of these units is drawn.
fn is_drawn(window: &Window, end: End, units: std::ops::Range<usize>) -> bool {
    let model = window.session().model().unwrap().clone();
    let units = Units::of(&*model, end).unwrap().picture(units, 6, Mode::Dark, [0x0b, 0x0e, 0x14]);
    window.is_uploaded([units.width, units.height], &units.rgba)
}

#[test]
fn the_weights_of_both_ends_are_drawn_a_page_at_a_time() {
    let mut window = Window::opening();
    window.harness.ctx.set_theme(eframe::egui::Theme::Dark);
    window.steps(2);
    assert!(window.harness.query_by_label("Next units").is_none(), "folded until it is asked for");
    window.act(Action::Unfold(Fold::Units, true));
    window.steps(6);
    let model = window.session().model().unwrap().clone();
    let first = Units::of(&*model, End::First).unwrap();
    assert_eq!((first.n(), first.side()), (256, [28, 28]));
    // The first unit against its weights: the largest is the brightest of its colour.
    let weights = model.weights();
    let weights = &weights.iter().find(|weight| weight.shape == [256, 784]).unwrap().values[..784];
    let largest = (0..784).max_by(|a, b| weights[*a].abs().total_cmp(&weights[*b].abs())).unwrap();
    let picture = first.picture(0..1, 1, Mode::Dark, [0, 0, 0]);
    let light = |i: usize| picture.rgba[4 * i..4 * i + 3].iter().map(|level| u32::from(*level)).sum::<u32>();
    let sign = weights[largest] > 0.0;
    assert!((0..784).filter(|i| (weights[*i] > 0.0) == sign).all(|i| light(i) <= light(largest)));
    assert!(is_drawn(&window, End::First, 0..24));
    window.harness.get_by_label("Next units").scroll_to_me();
    window.steps(6);
    window.click("Next units");
    window.steps(3);
    assert!(is_drawn(&window, End::First, 24..48));
    window.harness.get_by_label("Units of: Last layer").scroll_to_me();
    window.steps(6);
    window.click("Units of: Last layer");
    window.steps(3);
    assert!(is_drawn(&window, End::Last, 0..24));
}

#[test]
fn a_convolution_shows_its_kernels() {
    let mut window = Window::opening();
    window.act(Action::OpenTrained("mnist-conv-vae".into()));
    window.wait("the convolutions", |session| {
        session.capabilities().decodes
            && !session.is_busy()
            && session.slot().file.as_deref().is_some_and(|file| file.ends_with("mnist-conv-vae"))
    });
    let model = window.session().model().unwrap().clone();
    let [height, width] = Units::of(&*model, End::First).unwrap().side();
    assert!(height == width && (2..8).contains(&height), "{height} × {width}");
}
