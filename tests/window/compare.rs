//! Models side by side.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, Shape, pos2, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, GridRect, NewSlot, Preset, SlotId, Tool};
use halfmoon::worker::ViewId;

const FIRST: SlotId = SlotId(0);
const SECOND: SlotId = SlotId(1);

fn moons() -> Window {
    Window::trained("moons-vae", DataChoice::Moons)
}

/// Puts a trained model beside those on screen and waits for its codes.
fn beside(window: &mut Window, name: &str, slot: SlotId) {
    window.act(Action::AddSlot(NewSlot::Model(name.into())));
    window.wait("its codes", |session| session.cloud_of(slot).is_some() && !session.is_busy());
    window.steps(3);
}

#[test]
fn full_to_half_moon_is_walked_by_both_with_two_strips_and_one_play() {
    let mut window = Window::trained("full-half-vae", DataChoice::FullHalf);
    beside(&mut window, "full-half-ae", SECOND);
    window.act(Action::Preset(Preset::Classes("full".into(), "half".into())));
    for slot in [FIRST, SECOND] {
        window.newest(slot, ViewId::Path);
    }
    window.steps(2);
    let path = |window: &Window, slot: SlotId| window.session().path_of(slot).unwrap();
    assert_ne!(path(&window, FIRST).from, path(&window, SECOND).from, "each model has its own codes of both ends");
    for name in ["Step 5 of 9 by VAE", "Step 5 of 9 by AE"] {
        assert!(window.harness.query_by_label(name).is_some(), "{name}");
    }
    let strip =
        |window: &Window, slot: SlotId| window.session().picture_of(slot, ViewId::Path).unwrap().tiles().clone();
    assert_eq!(strip(&window, SECOND).width, 9 * 28);
    assert_ne!(strip(&window, FIRST), strip(&window, SECOND), "the phases between differ: that is the point");
    window.click("Play");
    window.steps(30);
    let t = window.session().path_t().unwrap();
    assert!(t > 0.0);
    for slot in [FIRST, SECOND] {
        assert_eq!(window.session().z_of(slot), path(&window, slot).at(t), "one Play moves all");
    }
    window.click("Pause the path");
    window.click("Scores");
    window.wait("the scores of both", |session| {
        [FIRST, SECOND].iter().all(|slot| session.scores_of(*slot).is_some())
    });
}

#[test]
fn pca_and_a_deep_ae_of_thirty_dimensions_show_each_samples_reconstruction_with_its_error() {
    let mut window = Window::opening();
    window.act(Action::SetUp("PCA and deep AE, 30 dimensions".into()));
    window.wait("both", |session| {
        let is_still = !session.is_setting_up() && !session.is_busy() && !session.is_training();
        is_still && session.cloud_of(SECOND).is_some()
    });
    window.steps(3);
    assert_eq!((window.session().latent_dim(), window.session().name_of(SECOND).kind.as_str()), (30, "PCA"));
    let mut errors = [0.0; 2];
    for sample in [17, 1234, 5000, 9000] {
        window.act(Action::Point(Some(sample)));
        for (slot, sum) in [FIRST, SECOND].into_iter().zip(&mut errors) {
            window.newest(slot, ViewId::Sample);
            assert_eq!(window.session().z_of(slot), window.session().code_by(slot, sample).unwrap());
            *sum += window.session().picture_of(slot, ViewId::Sample).unwrap().squared_error.unwrap();
        }
    }
    assert!(errors[0] < 0.6 * errors[1], "the deep AE is the better one, as the table says: {errors:?}");
}

#[test]
fn a_title_activates_and_its_cross_takes_away_and_undo_brings_back() {
    let mut window = moons();
    window.click("Compare");
    window.steps(2);
    window.click("PCA of 2 dimensions");
    window.wait("PCA", |session| session.cloud_of(SECOND).is_some() && !session.is_training());
    window.wait("the scores of both", |session| {
        [FIRST, SECOND].iter().all(|slot| session.scores_of(*slot).is_some())
    });
    let [vae, pca] = [FIRST, SECOND].map(|slot| window.session().scores_of(slot).unwrap());
    assert!(vae.squared_error < pca.squared_error && vae.kl.is_some() && pca.kl.is_none());
    assert!(pca.accuracy.unwrap() > 0.3 && pca.secs.is_some());
    window.steps(2);
    window.click("PCA, solved");
    assert_eq!(window.session().spec().active, SECOND);
    assert!(
        window.harness.query_by_label("Reconstruction").is_some() || !window.session().capabilities().has_prior
    );
    window.click("Take PCA away");
    assert_eq!((window.session().visible().count(), window.session().spec().active), (1, FIRST));
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait("PCA again", |session| session.cloud_of(SECOND).is_some() && !session.is_busy());
    assert_eq!(window.session().spec().active, SECOND);
}

#[test]
fn the_same_share_of_each_plane_is_decoded_by_both() {
    let mut window = moons();
    beside(&mut window, "moons-ae", SECOND);
    window.harness.event(Event::PointerGone);
    window.act(Action::SetTool(Tool::Grid));
    window.act(Action::SetGridSteps(4));
    window.act(Action::SetGrid(Some(GridRect { slot: FIRST, bounds: [[-1.0, 1.0], [-1.0, 1.0]] })));
    for slot in [FIRST, SECOND] {
        window.newest(slot, ViewId::Grid);
    }
    let pixels = |slot| window.session().picture_of(slot, ViewId::Grid).unwrap().tiles().clone();
    assert_ne!(pixels(FIRST), pixels(SECOND));
    let [x, _] = window.session().grid_rect(SECOND).unwrap();
    assert!((x[1] - x[0] - 2.0).abs() > 0.1, "in the other plane's own units: {x:?}");
}

#[test]
fn a_model_of_another_length_in_the_place_of_a_hovered_one_asks_for_nothing_that_does_not_fit() {
    let mut window = Window::opening();
    beside(&mut window, "mnist-cvae", SECOND);
    window.move_to(pos2(840.0, 350.0));
    window.steps(3);
    assert!(window.session().hover_of(SECOND).is_some());
    beside(&mut window, "mnist-deep-30d", SlotId(2));
    window.act(Action::RemoveSlot(SECOND));
    window.steps(3);
    beside(&mut window, "mnist-vae-10d", SlotId(3));
    window.move_to(pos2(820.0, 300.0));
    window.steps(10);
    assert!(window.session().toasts().is_empty(), "{:?}", window.session().toasts());
    window.act(Action::AddSlot(NewSlot::Model("emoji-conv-vae".into())));
    window.wait("the refusal", |session| !session.is_loading() && !session.toasts().is_empty());
    assert_eq!(window.session().visible().count(), 3, "a model of other images is refused");
}

#[test]
fn the_pointer_looks_at_the_plane_that_it_is_on() {
    let mut window = moons();
    beside(&mut window, "moons-ae", SECOND);
    let on = [(FIRST, pos2(440.0, 330.0)), (SECOND, pos2(830.0, 330.0))];
    for (slot, at) in on.into_iter().chain(on) {
        window.move_to(at);
        window.steps(3);
        let hovered = [FIRST, SECOND].map(|slot| window.session().hover_of(slot).is_some());
        assert_eq!(hovered, [slot == FIRST, slot == SECOND], "from either side");
    }
    window.move_to(pos2(1150.0, 700.0));
    window.steps(3);
    assert_eq!(window.session().hover_of(SECOND), None);
    assert_eq!(window.session().spec().selection.hovered, None);
}

#[test]
fn a_key_shows_the_kept_point_until_the_pointer_moves() {
    let mut window = Window::opening();
    window.move_to(pos2(800.0, 350.0));
    window.steps(3);
    assert!(window.session().hover().is_some());
    window.key(Modifiers::NONE, Key::R);
    window.steps(5);
    assert_eq!(window.session().z(), window.session().slot().z, "the sample drawn is shown");
    window.move_to(pos2(804.0, 350.0));
    window.steps(2);
    assert!(window.session().hover().is_some());
}

#[test]
fn on_a_narrow_plane_the_lens_is_no_wider_than_one_picture() {
    let mut window = moons();
    for slot in [SECOND, SlotId(2)] {
        beside(&mut window, "moons-ae", slot);
    }
    let plane = window.harness.query_all_by_label_contains("Latent plane").next().unwrap().rect();
    assert!(plane.width() < 260.0);
    // Somewhere on the first plane lies a code.
    let mut widths = Vec::new();
    for i in 0..200u8 {
        let (x, y) = (f32::from(i % 20), f32::from(i / 20));
        window.move_to(plane.min + vec2(60.0 + 7.0 * x, 0.3 * plane.height() + 24.0 * y));
        window.steps(2);
        if window.session().spec().selection.hovered.is_some() {
            window.newest(FIRST, ViewId::Sample);
            window.steps(2);
            let shapes = &window.harness.output().shapes;
            widths = shapes
                .iter()
                .filter_map(|clipped| match &clipped.shape {
                    Shape::Rect(rect) if rect.brush.is_some() && plane.contains_rect(rect.rect) => Some(rect.rect),
                    _ => None,
                })
                .filter(|rect| rect.width() == 84.0)
                .map(|rect| rect.left())
                .collect();
            break;
        }
    }
    assert_eq!(widths.len(), 2, "the sample and what the model makes of it");
    assert_eq!(widths[0], widths[1], "one under the other");
}
