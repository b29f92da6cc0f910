//! What lies on the plane beside the codes: posteriors, tints, pictures, and planes through three codes.

use super::harness::Window;
use eframe::egui::{Color32, Key, Modifiers, PointerButton, Pos2, Shape, Vec2, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use halfmoon::session::{Action, Layer, PlaneAxes, SlotId};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

const SLOT: SlotId = SlotId(0);

/// Outlines of the ellipses in the accent.
fn ellipses(window: &Window) -> Vec<Vec<Pos2>> {
    let all = window.shapes().into_iter().filter_map(|shape| match shape {
        Shape::Path(path) if path.closed && path.points.len() == 64 && path.stroke.width < 2.0 => {
            Some(path.points)
        }
        _ => None,
    });
    all.collect()
}

fn size(outline: &[Pos2]) -> [f32; 2] {
    let span = |of: fn(&Pos2) -> f32| {
        let values = outline.iter().map(of);
        values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
    };
    [span(|at| at.x), span(|at| at.y)]
}

fn dots(window: &Window) -> usize {
    window.shapes().iter().filter(|shape| matches!(shape, Shape::Circle(circle) if circle.radius == 2.5)).count()
}

#[test]
fn the_posterior_of_a_sample_is_drawn_at_one_and_two_sigma_and_sampled() {
    let mut window = Window::opening();
    assert!(ellipses(&window).is_empty());
    window.act(Action::Pick(Some(17)));
    window.move_to(pos2(100.0, 300.0));
    window.steps(2);
    let [two, one] = &ellipses(&window)[..] else { panic!("two ellipses") };
    let cloud = window.session().cloud().unwrap();
    let sigma = |d: usize| (0.5 * cloud.codes.log_var.as_ref().unwrap()[[17, d]]).exp();
    let ([wide, high], [wide_2, high_2]) = (size(one), size(two));
    assert!((wide / high / (sigma(0) / sigma(1)) - 1.0).abs() < 0.02, "as the encoder says");
    assert!((wide_2 / wide - 2.0).abs() < 0.01 && (high_2 / high - 2.0).abs() < 0.01);

    assert_eq!(dots(&window), 0);
    window.key(Modifiers::NONE, Key::Num7);
    window.wait("the draws", |session| session.picture(ViewId::Posterior).is_some());
    window.steps(2);
    assert_eq!((dots(&window), window.session().picture(ViewId::Posterior).unwrap().columns), (64, 8));
    assert!(window.harness.query_by_label("Draw 8 from the posterior").is_some());
    window.key(Modifiers::NONE, Key::Num6);
    assert!(ellipses(&window).is_empty());
    window.act(Action::Pick(None));
    window.steps(2);
    assert!(dots(&window) == 0 && window.harness.query_by_label("Point at a code.").is_some());
}

/// Draws frames until a heat is there, and returns what its key says.
fn key_says(window: &mut Window, layer: Layer) -> String {
    window.wait("the heat", |session| session.heat_of(SLOT, layer).is_some());
    window.steps(3);
    let name = ["Density of the codes: ", "Rarer than usual: ", "Magnification: "]
        [Layer::HEATS[0].iter().position(|heat| *heat == layer).unwrap()];
    let node = window.harness.query_by_label_contains(name).expect(name);
    let node = node.accesskit_node();
    node.value().or_else(|| node.label()).unwrap_or_default()
}

#[test]
fn one_tint_at_a_time_lies_over_the_plane_and_its_key_gives_the_range() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::Num8);
    assert!(key_says(&mut window, Layer::Density).starts_with("Density of the codes: 0 to "));
    window.key(Modifiers::NONE, Key::Num9);
    assert!(!window.session().spec().layers.contains(&Layer::Density), "two tints would mix");
    assert_eq!(key_says(&mut window, Layer::Rarity), "Rarer than usual: 1.00 to 100 ×");
    window.key(Modifiers::NONE, Key::M);
    key_says(&mut window, Layer::Magnification);
    let heat = window.session().heat_of(SLOT, Layer::Magnification).unwrap().1.clone();
    assert!(heat.top > 0.0 && heat.values.iter().all(|value| value.is_finite()));
    // It covers what is seen, also after a pan.
    window.drag(PointerButton::Secondary, pos2(640.0, 400.0), pos2(900.0, 300.0), |_| {});
    window.move_to(pos2(300.0, 700.0));
    window.wait("the rest", |session| {
        let (part, heat) = (session.part_of(SLOT), session.heat_of(SLOT, Layer::Magnification));
        part.zip(heat).is_some_and(|(part, (_, heat))| {
            (0..2).all(|axis| heat.lattice.bounds[axis][0] <= part.bounds[axis][0])
        })
    });
    assert_ne!(window.session().heat_of(SLOT, Layer::Magnification).unwrap().1.lattice, heat.lattice);
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(window.session().spec().layers.contains(&Layer::Rarity), "a tint is a step of undo");
    window.steps(3);
    window.key(Modifiers::NONE, Key::Num9);
    window.steps(3);
    assert!(window.session().heat_of(SLOT, Layer::Rarity).is_none(), "what is not shown is forgotten");
}

#[test]
fn pictures_lie_underneath_and_at_codes_and_go_with_the_plane() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::U);
    window.wait("the pictures", |session| session.underneath_of(SLOT).is_some());
    window.steps(3);
    let [before, _] = window.textured();
    assert!(before.len() > 100, "{}", before.len());
    assert!(
        before
            .iter()
            .all(|tile| (20.0..80.0).contains(&tile.width()) && (tile.width() - tile.height()).abs() < 0.01)
    );
    window.drag(PointerButton::Secondary, pos2(640.0, 400.0), pos2(652.0, 400.0), |_| {});
    window.steps(3);
    let [after, _] = window.textured();
    // What a hand moves before it counts as a drag is lost.
    let has_moved = |by: Vec2| by.y.abs() < 0.5 && (3.0..=12.5).contains(&by.x);
    assert!(after.iter().any(|tile| has_moved(tile.min - before[40].min)));
    window.key(Modifiers::NONE, Key::U);

    window.key(Modifiers::NONE, Key::V);
    window.wait("the samples", |session| session.thumbnails_of(SLOT).is_some());
    window.steps(3);
    let (session, [tiles, _]) = (window.session(), window.textured());
    let (_, pictures) = session.thumbnails_of(SLOT).unwrap();
    assert!(pictures.samples.len() > 50 && tiles.len() > 50);
    for (sample, place) in pictures.samples.iter().zip(&pictures.places) {
        assert_eq!(session.code_of(*sample).unwrap(), place);
    }
    for (i, a) in tiles.iter().enumerate() {
        assert!(tiles[..i].iter().all(|b| !a.shrink(0.5).intersects(*b)), "none lies over another");
    }
    let class = |window: &Window, sample: &u32| {
        window.session().data().unwrap().train.labels().unwrap().of[*sample as usize]
    };
    window.act(Action::ToggleClass(3));
    window.wait("the others", |session| session.thumbnails_of(SLOT).is_some());
    let shown = &window.session().thumbnails_of(SLOT).unwrap().1.samples;
    assert!(
        !shown.is_empty() && shown.iter().all(|sample| class(&window, sample) != 3),
        "hidden classes never count"
    );
}

#[test]
fn three_picked_samples_span_a_plane() {
    let mut window = Window::open(Options { model: Some("mnist-vae-10d".into()), ..Options::default() });
    let before = window.session().slot().axes;
    for sample in [10, 20, 30] {
        window.act(Action::PickAlso(sample));
    }
    window.command("plane through");
    window.steps(2);
    assert_eq!(window.session().slot().axes, PlaneAxes::Samples([10, 20, 30]));
    let plane = window.session().plane_of(SLOT);
    for sample in [10, 20, 30] {
        let z = window.session().code_of(sample).unwrap();
        let back = plane.z_from_plot(plane.plot_from_z(&z));
        assert!(back.iter().zip(&z).all(|(a, b)| (a - b).abs() < 1e-4), "{back:?} {z:?}");
    }
    // The pointer decodes what lies on that plane.
    window.move_to(pos2(640.0, 404.0));
    window.settle();
    let z = window.session().z().to_vec();
    let off = plane.z_from_plot(plane.plot_from_z(&z));
    let is_code = window.session().spec().selection.hovered.is_some();
    assert!(is_code || off.iter().zip(&z).all(|(a, b)| (a - b).abs() < 1e-4));
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().axes, before);
}

#[test]
fn three_codes_stand_among_the_axes_and_wait_until_they_are_picked() {
    let mut window = Window::open(Options { model: Some("mnist-vae-10d".into()), ..Options::default() });
    let before = window.session().slot().axes;
    window.click("Axis up");
    window.steps(3);
    window.click("3 codes");
    assert_eq!(window.session().slot().axes, before, "none is picked");
    window.key(Modifiers::NONE, Key::Escape);
    for sample in [10, 20, 30] {
        window.act(Action::PickAlso(sample));
    }
    window.click("Axis up");
    window.steps(3);
    window.click("3 codes");
    assert_eq!(window.session().slot().axes, PlaneAxes::Samples([10, 20, 30]));
}

#[test]
fn a_model_without_variance_has_no_posterior_to_draw() {
    let mut window = Window::open(Options { model: Some("mnist-ae".into()), ..Options::default() });
    window.act(Action::Pick(Some(17)));
    window.key(Modifiers::NONE, Key::Num7);
    assert!(!window.session().spec().layers.contains(&Layer::PosteriorSamples), "the key says why instead");
    assert!(ellipses(&window).is_empty() && dots(&window) == 0);
    let accent =
        |shape: &Shape| matches!(shape, Shape::Circle(circle) if circle.stroke.color != Color32::TRANSPARENT);
    assert!(window.shapes().iter().any(accent), "its code is ringed all the same");
}
