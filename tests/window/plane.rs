//! The plane, the legend, and the window as a whole.

use super::harness::{MIDDLE, Window};
use eframe::egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Shape, pos2, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::data::DataChoice;
use halfmoon::session::{Action, AxisFit, ColourBy, GridRect, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::ViewId;

#[test]
fn opens_on_the_embedded_model_with_all_codes() {
    let window = Window::opening();
    assert_eq!(window.session().cloud().unwrap().indices.len(), 10_000);
    let picture = window.pixels(ViewId::Picture);
    assert_eq!(picture.len(), 28 * 28 * 4);
    assert!(picture.chunks(4).any(|pixel| pixel[0] > 100) && picture.chunks(4).any(|pixel| pixel[0] < 10));
}

#[test]
fn every_size_theme_and_tool_can_be_drawn() {
    for (width, height) in [(1280.0, 800.0), (1024.0, 640.0), (640.0, 480.0), (1920.0, 1080.0)] {
        let mut window = Window::open_sized(Options::default(), width, height);
        for tool in [Tool::Explore, Tool::Grid] {
            window.act(Action::SetTool(tool));
            window.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0], [-1.0, 1.0]] })));
            window.settle();
            let shown = |window: &Window| {
                ["Light theme", "Dark theme"]
                    .into_iter()
                    .find(|name| window.harness.query_by_label(name).is_some())
            };
            if shown(&window).is_none() {
                window.click("More");
            }
            let name = shown(&window).expect("the other theme");
            window.click(name);
            window.key(Modifiers::NONE, Key::F1);
            window.key(Modifiers::NONE, Key::Escape);
        }
        assert!(window.session().toasts().is_empty(), "{:?}", window.session().toasts());
    }
}

#[test]
fn the_decoder_answers_the_pointer_and_a_click_keeps() {
    let mut window = Window::opening();
    let (at_rest, kept) = (window.pixels(ViewId::Picture), window.session().slot().z.clone());
    window.move_to(pos2(800.0, 350.0));
    window.settle();
    let z = window.session().z().to_vec();
    assert_ne!(z, kept);
    assert_eq!(window.session().slot().z, kept, "hovering looks and keeps nothing");
    assert_ne!(window.pixels(ViewId::Picture), at_rest);
    window.move_to(pos2(1150.0, 700.0));
    window.settle();
    assert_eq!(window.session().z(), kept, "leaving returns to the kept point");
    assert_eq!(window.pixels(ViewId::Picture), at_rest);
    window.click_at(pos2(800.0, 350.0));
    let picked = window.session().spec().selection.focused;
    let code = picked.and_then(|sample| window.session().code_of(sample));
    assert_eq!(window.session().slot().z, code.unwrap_or(z), "a code is kept whole, else the place");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().slot().z, kept);
}

#[test]
fn arrows_move_the_kept_point() {
    let mut window = Window::opening();
    window.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    window.key(Modifiers::NONE, Key::ArrowRight);
    let [x, y] = [window.session().slot().z[0], window.session().slot().z[1]];
    assert!(x > 0.0 && y == 0.0);
    window.key(Modifiers::SHIFT, Key::ArrowUp);
    assert!((window.session().slot().z[1] - 10.0 * x).abs() < 1e-4);
}

#[test]
fn the_wheel_zooms_about_the_pointer_and_the_right_button_pans() {
    let mut window = Window::opening();
    let there = pos2(700.0, 300.0);
    window.move_to(there);
    window.steps(2);
    let before = window.session().z().to_vec();
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, 120.0),
        phase: eframe::egui::TouchPhase::Move,
        source: eframe::egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    window.harness.event(wheel);
    window.steps(20);
    window.move_to(there + vec2(0.01, 0.0));
    window.steps(2);
    let after = window.session().z().to_vec();
    assert!(before.iter().zip(&after).all(|(a, b)| (a - b).abs() < 0.01), "{before:?} {after:?}");
    assert!(matches!(window.session().slot().fit, AxisFit::Fixed { .. }));
    window.move_to(there + vec2(100.0, 0.0));
    window.steps(2);
    let zoomed = window.session().z()[0] - after[0];
    window.move_to(there);
    window.drag(PointerButton::Secondary, there, there + vec2(100.0, 0.0), |_| {});
    window.move_to(there + vec2(100.0, 0.0));
    window.steps(2);
    assert!((window.session().z()[0] - after[0]).abs() < 0.02, "what was under the pointer went along");
    assert!(zoomed > 0.0);
    window.key(Modifiers::NONE, Key::F);
    assert_eq!(window.session().slot().fit, AxisFit::Fitted);
}

#[test]
fn the_legend_hides_and_singles_out_classes() {
    let mut window = Window::opening();
    let at = window.harness.get_by_label("Hide class 3").rect().center();
    window.click_at(at);
    assert!(window.session().spec().hidden.iter().eq(&[3]));
    window.steps(60);
    let shown =
        window.session().data().unwrap().train.labels().unwrap().of.iter().filter(|class| **class != 3).count();
    let count = format!("{}\u{2009}{:03} of 10\u{2009}000 codes shown", shown / 1000, shown % 1000);
    assert!(
        window.harness.query_all_by_label(&count).next().is_some(),
        "the legend counts what is shown: {count}"
    );
    window.click("Show class 3");
    assert!(window.session().spec().hidden.is_empty());
    window.steps(60);
    let at = window.harness.get_by_label("Hide class 5").rect().center();
    window.click_at(at);
    window.click_at(at);
    assert_eq!(window.session().spec().hidden.len(), 9);
    assert!(!window.session().spec().hidden.contains(&5));
}

#[test]
fn codes_can_be_coloured_by_a_known_factor() {
    let mut window = Window::of(DataChoice::Moons);
    window.click("Colour by");
    window.click("Colour: tilt");
    assert_eq!(window.session().spec().colour, ColourBy::Column(1));
    window.settle();
    window.act(Action::ChooseData(DataChoice::Mnist));
    window.wait("the digits", |session| session.data().is_some_and(|data| data.train.n_samples() == 10_000));
    assert_eq!(window.session().spec().colour, ColourBy::Class, "the digits have no such column");
}

#[test]
fn nothing_moves_when_idle_so_nothing_repaints() {
    let mut window = Window::opening();
    window.settle();
    window.steps(120);
    let delay = window.harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn tab_goes_from_the_tools_to_the_plane_to_learn_to_decode() {
    let mut window = Window::opening();
    let mut order = Vec::new();
    for _ in 0..60 {
        window.key(Modifiers::NONE, Key::Tab);
        let focused = window.harness.ctx.memory(|memory| memory.focused());
        let names = ["Grid", "Help", "Data", "Continue", "z 0"];
        for name in names {
            let is_focused = window.harness.query_all_by_label(name).any(|node| node.is_focused());
            if is_focused && !order.contains(&name) {
                order.push(name);
            }
        }
        let on_plane =
            window.harness.query_by_label_contains("Latent plane").is_some_and(|node| node.is_focused());
        if focused.is_some() && on_plane && !order.contains(&"plane") {
            order.push("plane");
        }
    }
    assert_eq!(order, ["Grid", "Help", "plane", "Data", "Continue", "z 0"]);
}

#[test]
fn a_missing_model_changes_nothing() {
    let mut window = Window::opening();
    let spec = window.session().spec().clone();
    window.act(Action::OpenModel("no/such/model.safetensors".into()));
    window.wait("the message", |session| !session.toasts().is_empty());
    assert!(window.session().toasts()[0].first.contains("no/such/model.safetensors"));
    assert_eq!(*window.session().spec(), spec);
    assert_eq!(window.session().cloud().unwrap().indices.len(), 10_000);
    window.click_at(MIDDLE);
    assert_ne!(window.session().slot().z, spec.slot().z, "the model before it still answers");
}

#[test]
fn overlays_open_by_a_click_and_close_by_one_elsewhere() {
    let mut window = Window::open_sized(Options::default(), 1024.0, 640.0);
    assert!(window.harness.query_by_label("Hidden layers").is_none(), "Learn is folded in a narrow window");
    window.click("Model");
    window.steps(5);
    assert!(window.harness.query_by_label("Hidden layers").is_some());
    window.click_at(pos2(600.0, 400.0));
    assert!(window.harness.query_by_label("Hidden layers").is_none());
    window.click("Help");
    window.steps(5);
    assert!(window.harness.query_by_label("Keys").is_some());
    window.click_at(pos2(1000.0, 620.0));
    assert!(window.harness.query_by_label("Keys").is_none());
}

/// How strongly the plane's edge is lined in the accent, which is where its focus ring lies.
fn has_focus_ring(window: &Window) -> bool {
    let plane = window.harness.get_by_label_contains("Latent plane").rect();
    window.harness.output().shapes.iter().any(|clipped| {
        let Shape::Rect(rect) = &clipped.shape else { return false };
        rect.stroke.width == 1.5 && (rect.rect.width() - plane.width()).abs() < 8.0
    })
}

#[test]
fn the_plane_shows_that_the_keys_are_its_own_though_a_pointer_is_there() {
    let mut window = Window::opening();
    window.move_to(MIDDLE);
    let mut n_tabs = 0;
    while !window.harness.get_by_label_contains("Latent plane").is_focused() {
        window.key(Modifiers::NONE, Key::Tab);
        n_tabs += 1;
        assert!(n_tabs < 40, "Tab comes to the plane");
    }
    assert!(has_focus_ring(&window));
    window.click_at(MIDDLE + vec2(40.0, 0.0));
    assert!(window.harness.get_by_label_contains("Latent plane").is_focused());
    assert!(!has_focus_ring(&window), "who clicks knows where");
}

#[test]
fn tab_goes_through_the_bar_from_left_to_right() {
    let mut window = Window::opening();
    let mut lefts = Vec::new();
    for _ in 0..40 {
        window.key(Modifiers::NONE, Key::Tab);
        if window.harness.get_by_label_contains("Latent plane").is_focused() {
            break;
        }
        let focused = window.harness.ctx.memory(|memory| memory.focused()).expect("something has the focus");
        lefts.push(window.harness.ctx.read_response(focused).expect("it is drawn").rect.left());
    }
    assert!(lefts.len() > 8 && lefts.is_sorted(), "{lefts:?}");
}

#[test]
fn enter_keeps_and_lays_a_grid_without_a_click_on_the_plane_before() {
    let mut window = Window::opening();
    window.move_to(pos2(800.0, 350.0));
    window.settle();
    let looked_at = window.session().z().to_vec();
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.session().slot().z, looked_at);
    window.key(Modifiers::NONE, Key::G);
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.session().spec().grid.rect.is_some());
}

#[test]
fn zooming_has_ends() {
    let mut window = Window::opening();
    window.move_to(MIDDLE);
    let half = |window: &Window| match window.session().slot().fit {
        AxisFit::Fixed { half, .. } => half[0],
        AxisFit::Fitted => f32::NAN,
    };
    let wheel = |window: &mut Window, delta: f32| {
        for _ in 0..60 {
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, delta),
                phase: eframe::egui::TouchPhase::Move,
                source: eframe::egui::MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            };
            window.harness.event(wheel);
            window.steps(1);
        }
        window.steps(40);
        half(window)
    };
    let far = wheel(&mut window, -400.0);
    assert!((10.0..100.0).contains(&far), "codes of ±5 are seen from {far}");
    assert_eq!(wheel(&mut window, -400.0), far);
    let near = wheel(&mut window, 400.0);
    assert!((1e-4..0.1).contains(&near), "{near}");
    assert_eq!(wheel(&mut window, 400.0), near);
}

#[test]
fn an_arrow_leads_to_a_kept_point_out_of_sight() {
    let mut window = Window::opening();
    assert!(window.harness.query_by_label("Show the kept point").is_none());
    window.act(Action::Keep(SlotId(0), vec![40.0, 3.0]));
    window.steps(2);
    let arrow = window.harness.get_by_label("Show the kept point").rect().center();
    assert!((990.0..1024.0).contains(&arrow.x), "at the right edge: {arrow:?}");
    window.click("Show the kept point");
    window.steps(2);
    assert!(window.harness.query_by_label("Show the kept point").is_none());
    let AxisFit::Fixed { centre, .. } = window.session().slot().fit else { panic!("a view of its own") };
    assert!((centre[0] - 40.0).abs() < 0.01 && (centre[1] - 3.0).abs() < 0.01);
    assert_eq!(window.session().slot().z, [40.0, 3.0], "the click kept nothing else");
}

#[test]
fn controls_on_the_plane_keep_the_pointer_from_it() {
    let mut window = Window::opening();
    window.act(Action::OpenTrained("mnist-vae-10d".into()));
    window.wait("ten dimensions", |session| {
        session.latent_dim() == 10 && session.cloud().is_some() && !session.is_busy()
    });
    window.steps(4);
    let list = window.harness.get_by_label("Axis up").rect();
    window.move_to(list.center());
    window.steps(2);
    assert!(window.session().hover().is_none(), "the list is pointed at, not the plane");
    window.move_to(list.center() + vec2(120.0, 60.0));
    window.steps(2);
    assert!(window.session().hover().is_some());
    let pill = window.harness.get_by_label("Close the hint").rect();
    window.move_to(pill.center() - vec2(60.0, 0.0));
    window.steps(2);
    assert!(window.session().hover().is_none());
}

#[test]
fn the_view_is_fitted_anew_to_another_room() {
    let mut window = Window::opening();
    let codes = |window: &Window| window.planes();
    let before = codes(&window);
    for size in [vec2(1920.0, 1080.0), vec2(853.0, 533.0), vec2(1280.0, 800.0)] {
        window.harness.set_size(size);
        window.steps(4);
        assert_eq!(window.session().slot().fit, AxisFit::Fitted);
    }
    assert_eq!(codes(&window), before, "as it was in the room that it had");
}
