//! Models that complete pictures: a sheet that is pulled down, and the rest that is drawn.

use super::harness::{MIDDLE, Window};
use eframe::egui::{PointerButton, vec2};
use egui_kittest::kittest::Queryable;
use halfmoon::model::Settings;
use halfmoon::picture::sheet::sheet;
use halfmoon::session::{Action, Completion, Diverge, DivergencePage, Group, Tool};
use halfmoon::train::ending;
use halfmoon::worker::Until;

/// A small masked autoencoder, trained a few steps.
fn completing(kind: &str) -> Window {
    let mut window = Window::opening();
    window.act(Action::SetKind(kind.into()));
    for (path, value) in [("hidden", "30"), ("units", "6"), ("levels", "2")] {
        if !window.session().spec().slot().model.text(path).is_empty() {
            window.act(Action::Set(Group::Model, path.into(), value.into()));
        }
    }
    window.act(Action::Train(Until::Steps(2)));
    window.wait("a model that completes", |session| {
        session.capabilities().completes && !session.is_running() && !session.is_busy()
    });
    window
}

/// Waits for the ending with so many rows and that seed, and gives its pixels.
fn waits_for(window: &mut Window, rows: usize, seed: u64) -> Vec<f32> {
    let (model, data) = (window.session().model().unwrap().clone(), window.session().data().unwrap().clone());
    let sample = window.session().completed_sample();
    let wanted = ending(&*model, &data.train, (sample, rows), seed, &Default::default()).unwrap();
    window.wait("the ending", |session| session.sheet().is_some_and(|(_, sheet)| sheet.ending.x == wanted.x));
    assert_eq!(window.session().spec().completion, Some(Completion { rows, seed }));
    wanted.x
}

#[test]
fn a_sheet_is_pulled_down_and_the_rest_appears_within_two_seconds() {
    let mut window = completing("made");
    window.harness.ctx.set_theme(eframe::egui::Theme::Dark);
    waits_for(&mut window, 5, 0);
    let says_why =
        |window: &Window| window.texts().iter().any(|(text, _)| text.starts_with("This model has no codes"));
    assert!(!says_why(&window), "the sheet has the place of the plane");
    window.act(Action::SetTool(Tool::Path));
    window.click_at(MIDDLE);
    window.act(Action::SetTool(Tool::Grid));
    window.drag(PointerButton::Primary, MIDDLE, MIDDLE + vec2(90.0, 60.0), |_| {});
    let spec = window.session().spec();
    assert!(spec.path.ends.iter().all(Option::is_none) && spec.grid.rect.is_none(), "there are no places");
    window.act(Action::SetTool(Tool::Explore));
    window.click("10 rows given");
    let ten = waits_for(&mut window, 10, 0);
    window.click("Another ending");
    let other = waits_for(&mut window, 10, 1);
    assert!(ten[..280] == other[..280] && ten[280..] != other[280..], "the same rows, and another ending");
    // The steps of the window are 60 a second.
    let drawn = |window: &Window, n: usize| {
        let (_, found) = window.session().sheet().unwrap();
        let on = sheet(&found.pixels, &found.ending.placed, n, [0x0b, 0x0e, 0x14]);
        window.is_uploaded([28, 28], &on.rgba)
    };
    window.steps(2);
    assert!(!drawn(&window, 504), "all at once");
    window.steps(120);
    assert!(drawn(&window, 504), "not there after two seconds");
    // The edge is dragged to the foot.
    let edge = window.harness.get_by_label("Sheet: 10 of 28 rows given").rect();
    // Its name stands below it too.
    let named = window.harness.query_all_by_label_contains("Nats a pixel, up to").map(|node| node.rect());
    let heat = named.max_by(|a, b| a.height().total_cmp(&b.height())).unwrap();
    assert!(edge.width() > 300.0 && edge.width() % 28.0 < 0.01, "as large as there is room, in whole pixels");
    assert!(edge.size() == heat.size() && edge.right() < heat.left() && edge.top() == heat.top());
    let from = edge.center_top() + vec2(0.0, edge.height() * 10.0 / 28.0);
    window.drag(PointerButton::Primary, from, edge.center_bottom(), |_| {});
    waits_for(&mut window, 28, 1);
    window.click("Next sample");
    assert_eq!(window.session().completed_sample(), 1);
    waits_for(&mut window, 28, 1);
    window.click("Complete");
    window.wait("nothing", |session| session.spec().completion.is_none() && session.sheet().is_none());
    window.steps(2);
    assert!(says_why(&window), "the plane says why it is empty");
    window.command("Another ending");
    window.wait("an ending", |session| session.sheet().is_some());
    window.command("Complete a picture");
    window.wait("nothing", |session| session.spec().completion.is_none() && session.sheet().is_none());
}

#[test]
fn every_tool_stays_whole_beside_a_model_without_codes() {
    for kind in ["made", "pixel-rnn"] {
        let mut window = completing(kind);
        for tool in [Tool::Path, Tool::Grid, Tool::Select, Tool::Explore] {
            window.act(Action::SetTool(tool));
            window.steps(4);
        }
        for action in [
            Action::Centre,
            Action::SampleZ,
            Action::SetEnd(0, None),
            Action::Find(Some(Default::default())),
            Action::ShowErrors(Some(Default::default())),
            Action::ShowErrors(None),
            Action::Pick(Some(3)),
            Action::Undo,
        ] {
            window.act(action);
            window.steps(4);
        }
        window.act(Action::SetKind("vae".into()));
        window.act(Action::Train(Until::Steps(2)));
        window.wait("codes again", |session| session.cloud().is_some() && !session.is_running());
        window.steps(4);
    }
}

#[test]
fn the_sheet_is_whole_while_the_model_learns_and_comes_out_from_behind_other_figures() {
    let mut window = completing("made");
    window.harness.ctx.set_theme(eframe::egui::Theme::Dark);
    waits_for(&mut window, 5, 0);
    window.act(Action::Diverge(Diverge::Open(DivergencePage::Bound)));
    window.steps(3);
    let is_there = |window: &Window| window.harness.query_by_label_contains("Sheet: ").is_some();
    assert!(!is_there(&window));
    window.command("Another ending");
    window.wait("the sheet", |session| session.spec().divergences.is_none());
    waits_for(&mut window, 5, 1);
    window.steps(2);
    assert!(is_there(&window));
    window.act(Action::Train(Until::End));
    window.wait("some steps", |session| session.is_running() && session.sheet().is_some());
    window.steps(2);
    let (_, found) = window.session().sheet().unwrap();
    let whole = sheet(&found.pixels, &found.ending.placed, found.ending.n_drawn(), [0x0b, 0x0e, 0x14]);
    assert!(window.is_uploaded([28, 28], &whole.rgba));
}
