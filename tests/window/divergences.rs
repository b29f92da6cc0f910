//! The figure of divergences under the hand.

use super::harness::Window;
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use halfmoon::latent::divergence::{Divergence, Normal};
use halfmoon::picture::figure::Look;
use halfmoon::session::{Action, Diverge, DivergencePage, Divergences, Export, FigureOf, Improved};
use halfmoon::ui::Options;

fn opened(page: DivergencePage) -> Window {
    let mut window = Window::opening();
    window.act(Action::Diverge(Diverge::Open(page)));
    window.steps(2);
    window
}

fn figure(window: &Window) -> &Divergences {
    window.session().spec().divergences.as_ref().unwrap()
}

/// Where the panel lies whose name begins so.
fn panel(window: &Window, title: &str) -> Rect {
    window.harness.get_all_by_label_contains(title).next().unwrap().rect()
}

/// The place of x at some height of the densities, whose axis goes from −8 to 8.
fn at(window: &Window, x: f64, height: f32) -> Pos2 {
    let rect = panel(window, "Densities: ");
    pos2(rect.left() + rect.width() * ((x + 8.0) / 16.0) as f32, rect.bottom() - height * rect.height())
}

#[test]
fn a_key_shows_it_and_esc_shows_the_planes_again() {
    let mut window = Window::opening();
    window.key(Modifiers::SHIFT, Key::D);
    assert_eq!(figure(&window).page, DivergencePage::Divergences);
    assert!(!window.says("Latent plane") && window.says("KL(p‖q): ") && window.says(" nats"));
    window.click("Page: Bound");
    assert!(window.says("ln p(x) = ELBO + KL: "));
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.session().spec().divergences.is_none() && window.says("Latent plane"));
}

#[test]
fn q_is_dragged_sideways_and_wider_and_undone_in_one_step() {
    let mut window = opened(DivergencePage::Divergences);
    let before = figure(&window).q;
    let (from, to) = (at(&window, 0.6, 0.1), at(&window, 2.0, 0.2));
    window.drag(PointerButton::Primary, from, to, |window| {
        window.steps(2);
        let q = figure(window).q;
        assert!(q.mean > 1.0 && q.mean < 1.8, "it follows half-way: {q:?}");
        let value = Divergence::Reverse.of(&figure(window).p, &q);
        assert!(window.says(&format!("KL(q‖p): {value:.3} nats")), "the numbers follow");
    });
    let moved = figure(&window).q;
    assert!((moved.mean - 2.0).abs() < 0.05 && moved.sigma == before.sigma, "{moved:?}");
    // The handle at its side: as high as q at one standard deviation.
    let side = window
        .shapes()
        .iter()
        .filter_map(|shape| match shape {
            eframe::egui::Shape::Circle(circle) if circle.radius == 4.5 => Some(circle.center),
            _ => None,
        })
        .find(|centre| (centre.x - at(&window, 3.0, 0.0).x).abs() < 3.0)
        .expect("a handle at mean + σ");
    let wider = pos2(at(&window, 4.5, 0.0).x, side.y);
    window.drag(PointerButton::Primary, side, wider, |_| {});
    let widened = figure(&window).q;
    assert!((widened.sigma - 2.5).abs() < 0.1 && (widened.mean - moved.mean).abs() < 1e-9, "{widened:?}");
    window.act(Action::Undo);
    assert_eq!(figure(&window).q, moved);
    window.act(Action::Undo);
    assert_eq!(figure(&window).q, before);
    // A bump by its peak: sideways only as far as the pointer goes.
    let peak = at(&window, 2.5, 0.0);
    let bump = panel(&window, "Densities: ");
    let height = window
        .shapes()
        .iter()
        .filter_map(|shape| match shape {
            eframe::egui::Shape::Circle(circle) if circle.radius == 4.5 => Some(circle.center),
            _ => None,
        })
        .find(|centre| (centre.x - peak.x).abs() < 3.0 && bump.contains(*centre))
        .expect("a handle at the bump's peak");
    window.drag(PointerButton::Primary, height, height + vec2(30.0, 0.0), |_| {});
    let moved = figure(&window).p.bumps[1];
    assert!(moved.mean > 2.8 && (moved.weight - 0.4).abs() < 0.1, "{moved:?}");
    assert_eq!(figure(&window).q, before, "q stays");
}

#[test]
fn wheel_and_keys_widen_and_move_q() {
    let mut window = opened(DivergencePage::Divergences);
    let before = figure(&window).q;
    window.click_at(at(&window, before.mean, 0.1));
    let start = figure(&window).q;
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.key(Modifiers::NONE, Key::ArrowUp);
    let q = figure(&window).q;
    assert!((q.mean - start.mean - 0.1).abs() < 1e-9 && (q.sigma / start.sigma).ln() > 0.04, "{start:?} {q:?}");
    window.key(Modifiers::SHIFT, Key::ArrowLeft);
    assert!((figure(&window).q.mean - q.mean + 1.0).abs() < 1e-9);
    let sigma = figure(&window).q.sigma;
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: Vec2::new(0.0, 60.0),
        phase: eframe::egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: eframe::egui::MouseWheelSource::Wheel,
    });
    window.steps(20);
    assert!(figure(&window).q.sigma > 1.1 * sigma);
}

#[test]
fn let_down_it_covers_or_picks_and_comes_to_rest_by_itself() {
    for (word, which, sigma) in [("KL(p‖q)", Divergence::Forward, 2.52), ("KL(q‖p)", Divergence::Reverse, 0.7)]
    {
        let mut window = opened(DivergencePage::Divergences);
        window.click(&format!("Divergence: {word}"));
        assert_eq!(figure(&window).descends, which);
        let start = figure(&window).q;
        window.click("Let it descend");
        window.wait("the way down", |session| session.spec().divergences.as_ref().unwrap().q != start);
        let end = figure(&window).q;
        assert!((end.sigma - sigma).abs() < 0.02, "{word}: {end:?}");
        let shown = |window: &Window| -> f64 {
            let name = window.harness.get_all_by_label_contains("q at ").next().unwrap();
            let label = name.accesskit_node().label().unwrap();
            let mean = label.trim_start_matches("q at ").split(',').next().unwrap().replace('−', "-");
            mean.parse().unwrap()
        };
        let on_its_way = shown(&window);
        assert!((on_its_way - end.mean).abs() > 0.3, "{word} is on its way at {on_its_way}");
        // 2.4 seconds of sixty frames, and some more.
        window.steps(160);
        assert!((shown(&window) - end.mean).abs() < 0.01, "it rests");
        window.act(Action::Undo);
        assert_eq!(figure(&window).q, start, "one step of undo");
    }
}

#[test]
fn the_hand_stops_a_descent_where_it_is_shown() {
    let mut window = opened(DivergencePage::Divergences);
    window.click("Let it descend");
    window.wait("the way down", |session| session.descent().is_some());
    window.steps(20);
    window.click_at(at(&window, -4.0, 0.1));
    window.steps(2);
    let Normal { mean, .. } = figure(&window).q;
    assert!((mean + 4.0).abs() < 0.05 && window.session().descent().is_none(), "{mean}");
}

#[test]
fn improving_in_turn_moves_the_bound_and_a_blind_q_misleads() {
    let mut window = opened(DivergencePage::Bound);
    let bound = |window: &Window| figure(window).bound.now().bound;
    let first = bound(&window);
    window.click("Improve q");
    assert!(bound(&window).kl.abs() < 1e-12 && bound(&window).log_p == first.log_p);
    window.click("Improve p");
    assert!(bound(&window).log_p > first.log_p && figure(&window).bound.turns == [Improved::Q, Improved::P]);
    window.click("A bound that misleads");
    assert!(!window.says("ln p(x) fell by"));
    window.click("Improve p");
    assert!(window.says("ln p(x) fell by"));
    // Both handles of a blind q go together.
    let rect = panel(&window, "q(z = 1 | x): ");
    let x = rect.left() + rect.width() * 0.3;
    let held = figure(&window).bound.now().q.at(-2.0) as f32;
    let from = pos2(x, rect.bottom() - held * rect.height());
    window.drag(PointerButton::Primary, from, pos2(x, rect.bottom() - 0.75 * rect.height()), |_| {});
    let q = figure(&window).bound.now().q;
    assert!(q.slope == 0.0 && (q.at(0.0) - 0.75).abs() < 0.02, "{q:?}");
}

#[test]
fn the_gradients_are_drawn_anew_by_the_next_seed() {
    let mut window = opened(DivergencePage::Gradients);
    for name in ["Reparameterised d/dμ: ", "Score function d/d ln σ: "] {
        assert!(window.says(name), "{name}");
    }
    let said = |window: &Window| {
        let panel = window.harness.get_all_by_label_contains("Score function d/dμ: ").next().unwrap();
        panel.accesskit_node().label().unwrap().to_owned()
    };
    let before = said(&window);
    window.click("Draw anew");
    assert_eq!(figure(&window).seed, 1);
    assert_ne!(said(&window), before);
    window.click("Draws: more");
    assert_eq!(figure(&window).draws, 1500);
}

#[test]
fn it_fits_the_smallest_window_on_every_page() {
    let mut window = Window::open_sized(Options::default(), 1024.0, 640.0);
    for (page, name) in DivergencePage::ALL {
        window.act(Action::Diverge(Diverge::Open(page)));
        window.steps(2);
        let close = window.harness.get_by_label("Leave the divergences").rect();
        let controls: Vec<Rect> = ["Reset", "Improve q", "Let it descend", "Draw anew", "A bound that misleads"]
            .into_iter()
            .filter_map(|name| window.harness.query_all_by_label(name).last().map(|node| node.rect()))
            .filter(|rect| rect.left() < close.right() && rect.top() < close.bottom() + 60.0)
            .collect();
        assert!(controls.iter().all(|rect| rect.right() <= close.right() + 1.0), "{name}: {controls:?} {close:?}");
        let texts: Vec<(String, Rect)> =
            window.texts().into_iter().filter(|(text, _)| text.contains("nats") || text.contains('±')).collect();
        assert!(
            texts.iter().all(|(_, rect)| rect.bottom() <= 640.0 && rect.right() <= close.right() + 8.0),
            "{texts:?}"
        );
    }
}

#[test]
fn each_page_is_written_as_a_figure_and_again_by_its_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = opened(DivergencePage::Divergences);
    window.act(Action::Diverge(Diverge::Q(Normal { mean: -1.25, sigma: 1.5 })));
    window.act(Action::Diverge(Diverge::Improve(Improved::P)));
    let look = Look::default();
    for (page, name) in DivergencePage::ALL {
        window.act(Action::Diverge(Diverge::Page(page)));
        let path = folder.path().join(format!("{name}.svg"));
        window.act(Action::ExportAs(Export::Figure(FigureOf::Divergences, look), path.clone()));
        window.written(&path);
        let first = std::fs::read_to_string(&path).unwrap();
        let again = folder.path().join(format!("again-{name}.svg"));
        let line = window.session().figure_command(FigureOf::Divergences, &look, &again.display().to_string());
        let line = line.unwrap().replacen("halfmoon", env!("CARGO_BIN_EXE_halfmoon"), 1);
        let done = std::process::Command::new("sh").arg("-c").arg(&line).output().unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(first, std::fs::read_to_string(again).unwrap(), "{line}");
        assert!(first.contains("<polygon") && first.contains("stroke-dasharray"), "{name}");
    }
}
