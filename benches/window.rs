//! The window's own cost, without a display: `cargo bench --features gui-tests --bench window`.
//!
//! The whole program runs headless, one step a frame, paced at 60 frames a second; only the drawing of pixels
//! by the graphics driver is left out. Measured are: how often the plane gets new codes while training runs;
//! by how many frames the picture trails a dragged slider and a dragged grid; how much of its rate training
//! keeps meanwhile; how long looking back at a state of the training takes; and the processor time of a frame
//! while 70 000 and a million codes are panned and zoomed, by themselves and with each layer that is worked
//! out for what is seen, and while 50 000 documents are pointed at, listed and chosen.
//! `-- documents` measures these alone.
//!
//! On two cores training keeps 70 to 84 % of its rate under the drag of a grid that is decoded at each frame,
//! and ten in a hundred more since a large picture beside a training is decoded at every second one, though
//! window and decoder take but a tenth of the processor: each burst of theirs interrupts one shard while the
//! other waits, and the scheduler then often lets both share one core for some milliseconds while the other
//! idles (`perf sched`). Decoding on one thread and a milder priority changed nothing; tied to a core each,
//! the shards keep 85 % (82–91), but then one busy stranger on a core would stall training, so they are
//! not. No balance could do much better: at 60 frames a second a frame takes 1.4 ms of one core and a decode
//! 1.7 ms of both, and what a shard waits for them the other one waits too, a sixth of the time.

#![allow(clippy::print_stdout, reason = "a bench reports there")]

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use halfmoon::data::DataChoice;
use halfmoon::session::{
    Action, Choice, ErrorPage, FindPage, Group, Joining, Layer, PathEnd, Query, Session, SlotId, Tool,
};
use halfmoon::ui::{App, Options};
use halfmoon::worker::{Until, ViewId};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FRAME: Duration = Duration::from_micros(16_667);
const N_FRAMES: usize = 300;

fn main() {
    if std::env::args().any(|arg| arg == "documents") {
        return documents(50_000);
    }
    updates_and_trailing();
    rate_under_drag();
    scrub();
    for n_codes in [70_000, 1_000_000] {
        pan_and_zoom(n_codes);
    }
    documents(50_000);
}

fn open(options: Options) -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .build_eframe(|cc| App::new(cc, options).expect("the workers start"));
    wait_until(&mut harness, |app| {
        app.session().cloud().is_some() && app.session().picture(ViewId::Picture).is_some()
    });
    harness
}

fn wait_until(harness: &mut Harness<'_, App>, mut done: impl FnMut(&App) -> bool) {
    let begin = Instant::now();
    while !done(harness.state()) {
        assert!(begin.elapsed() < Duration::from_secs(120), "nothing came");
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// One frame with these events; returns its time on the processor (nothing else of the frame blocks).
fn frame(harness: &mut Harness<'_, App>, events: Vec<Event>) -> Duration {
    let begin = Instant::now();
    events.into_iter().for_each(|event| harness.event(event));
    harness.step();
    let spent = begin.elapsed();
    std::thread::sleep(FRAME.saturating_sub(spent));
    spent
}

fn button(pos: Pos2, button: PointerButton, pressed: bool) -> Event {
    Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }
}

fn updates_and_trailing() {
    let mut harness = open(Options::default());
    harness.state_mut().act(Action::Set(Group::Training, "epochs".into(), "10000".into()));
    harness.state_mut().act(Action::Train(Until::End));
    wait_until(&mut harness, |app| app.session().is_running());

    let mut updates = 0;
    let mut newest = harness.state().session().weights().snapshot.clone();
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(5) {
        frame(&mut harness, vec![]);
        let snapshot = harness.state().session().weights().snapshot.clone();
        if !same(&newest, &snapshot) {
            (updates, newest) = (updates + 1, snapshot);
        }
    }
    println!("plane updates while training: {:.1} a second", f64::from(updates) / begin.elapsed().as_secs_f64());
    drag("pointer on the plane", &mut harness, ViewId::Picture, pos2(420.0, 300.0), vec2(1.2, 0.9));
    let slider = harness.get_by_label("z 0").rect().center();
    drag("slider z 0", &mut harness, ViewId::Picture, slider, vec2(0.2, 0.0));
    harness.state_mut().act(Action::SetTool(Tool::Grid));
    harness.state_mut().act(Action::SetGridSteps(20));
    frame(&mut harness, vec![]);
    drag("grid of 20 × 20", &mut harness, ViewId::Grid, pos2(320.0, 150.0), vec2(1.0, 1.0));
    harness.state_mut().act(Action::SetTool(Tool::Path));
    harness.state_mut().act(Action::SetPathSteps(16));
    for (end, at) in [(0, [-1.0, -1.0]), (1, [1.0, 1.0])] {
        let z = at.to_vec();
        harness.state_mut().act(Action::SetEnd(end, Some(PathEnd::Place { slot: SlotId(0), z })));
    }
    frame(&mut harness, vec![]);
    drag_end(&mut harness);
    assert!(harness.state().session().is_running(), "training must have run throughout");
}

/// Trains with the whole window at rest, and while a grid of 20 × 20 is dragged at 60 frames a second, in
/// turn.
fn rate_under_drag() {
    const ROUNDS: usize = 5;
    let mut harness = open(Options::default());
    harness.state_mut().act(Action::Set(Group::Training, "epochs".into(), "10000".into()));
    harness.state_mut().act(Action::SetTool(Tool::Grid));
    harness.state_mut().act(Action::SetGridSteps(20));
    let opened = harness.state().session().weights().snapshot.clone();
    harness.state_mut().act(Action::Train(Until::End));
    // The opened model counts the steps of other data, until the run shows its first.
    wait_until(&mut harness, |app| !same(&app.session().weights().snapshot, &opened));
    let mut times = Vec::new();
    let mut shares: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let alone = steps_per_s(&mut harness, |_| std::thread::sleep(Duration::from_secs(3)));
            let dragged = steps_per_s(&mut harness, |harness| {
                let from = pos2(320.0, 150.0);
                frame(harness, vec![Event::PointerMoved(from)]);
                frame(harness, vec![button(from, PointerButton::Primary, true)]);
                let at = |i: usize| from + vec2(100.0 + i as f32, 100.0 + i as f32);
                times.extend((0..180).map(|i| frame(harness, vec![Event::PointerMoved(at(i))])));
                frame(harness, vec![button(at(180), PointerButton::Primary, false)]);
            });
            println!("training: {alone:.0} steps/s alone, {dragged:.0} while a grid of 20 × 20 is dragged");
            dragged / alone
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    println!(
        "training keeps {:.0} % of its rate ({:.0}–{:.0}); the dragged frames take {}",
        100.0 * shares[ROUNDS / 2],
        100.0 * shares[0],
        100.0 * shares[ROUNDS - 1],
        spread(times)
    );
}

/// Looks back at states all over a training of w1 and counts the time until each is on screen.
fn scrub() {
    let mut harness = open(Options::default());
    for (group, setting, value) in
        [(Group::Model, "hidden", "512,256"), (Group::Training, "epochs", "10000"), (Group::Training, "seed", "3")]
    {
        harness.state_mut().act(Action::Set(group, setting.into(), value.into()));
    }
    harness.state_mut().act(Action::Train(Until::End));
    wait_until(&mut harness, |app| app.session().film().frames().len() >= 80);
    harness.state_mut().act(Action::Pause);
    wait_until(&mut harness, |app| !app.session().is_training() && !app.session().is_busy());
    let steps: Vec<u64> = harness.state().session().film().frames().iter().map(|frame| frame.step).collect();
    let slot = SlotId(0);
    let mut times = Vec::new();
    for i in 0..60 {
        let step = steps[i * 37 % steps.len()];
        let before = harness.state().session().cloud_of(slot).cloned();
        harness.state_mut().act(Action::LookBack(slot, Some(step)));
        let begin = Instant::now();
        while same(&before, &harness.state().session().cloud_of(slot).cloned()) {
            frame(&mut harness, vec![]);
        }
        times.push(begin.elapsed());
    }
    println!("looking back among {} states of w1, until it is on screen: {}", steps.len(), spread(times));
}

/// Steps a second between the first snapshot before and the first after `during`.
fn steps_per_s(harness: &mut Harness<'static, App>, during: impl FnOnce(&mut Harness<'static, App>)) -> f64 {
    let next = |harness: &mut Harness<'static, App>| {
        let step = |app: &App| app.session().weights().snapshot.as_ref().map_or(0, |snapshot| snapshot.step);
        let before = step(harness.state());
        wait_until(harness, |app| step(app) > before);
        (step(harness.state()) as f64, Instant::now())
    };
    let (first, begin) = next(harness);
    during(harness);
    let (last, end) = next(harness);
    (last - first) / (end - begin).as_secs_f64()
}

fn same<T>(a: &Option<Arc<T>>, b: &Option<Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Drags over 300 frames and counts by how many frames the shown picture trails.
fn drag(what: &str, harness: &mut Harness<'_, App>, view: ViewId, from: Pos2, by: eframe::egui::Vec2) {
    frame(harness, vec![Event::PointerMoved(from)]);
    frame(harness, vec![button(from, PointerButton::Primary, true)]);
    let (mut wanted, mut worst, mut times) = (Vec::new(), 0, Vec::new());
    for i in 0..N_FRAMES {
        times.push(frame(harness, vec![Event::PointerMoved(from + by * i as f32)]));
        let session = harness.state().session();
        wanted.push(session.wanted_stamp(view).unwrap_or(0));
        let shown = session.picture(view).map_or(0, |picture| picture.stamp);
        // The picture answers the last frame that had asked for nothing newer.
        if let Some(answered) = wanted.iter().rposition(|&stamp| stamp <= shown) {
            worst = worst.max(i - answered);
        }
    }
    let end = from + by * N_FRAMES as f32;
    frame(harness, vec![button(end, PointerButton::Primary, false)]);
    println!(
        "{what}: {N_FRAMES} frames dragged while training, trailing by {worst} frames at most, {}",
        spread(times)
    );
}

/// Drags B of a 16-step path as its letter would be dragged, and counts by how many frames the strip trails.
fn drag_end(harness: &mut Harness<'_, App>) {
    let (mut wanted, mut worst, mut times) = (Vec::new(), 0, Vec::new());
    for i in 0..N_FRAMES {
        let z = vec![1.0 + (i as f32 * 0.05).sin(), 1.0 - (i as f32 * 0.03).sin()];
        let begin = Instant::now();
        harness.state_mut().act(Action::SetEnd(1, Some(PathEnd::Place { slot: SlotId(0), z })));
        let acted = begin.elapsed();
        times.push(acted + frame(harness, vec![]));
        let session = harness.state().session();
        wanted.push(session.wanted_stamp(ViewId::Path).unwrap_or(0));
        let shown = session.picture(ViewId::Path).map_or(0, |picture| picture.stamp);
        if let Some(answered) = wanted.iter().rposition(|&stamp| stamp <= shown) {
            worst = worst.max(i - answered);
        }
    }
    println!(
        "path of 16 steps: {N_FRAMES} frames of B dragged while training, trailing by {worst} frames at most, {}",
        spread(times)
    );
}

fn pan_and_zoom(n_codes: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    write_idx(folder.path(), n_codes);
    let mut harness = open(Options { data: Some(DataChoice::Path(folder.path().into())), ..Options::default() });
    // The set-up of the data is done; the codes of the untrained model are as many as any.
    assert_eq!(harness.state().session().cloud().map(|cloud| cloud.indices.len()), Some(n_codes));
    let middle = pos2(640.0, 400.0);
    frame(&mut harness, vec![Event::PointerMoved(middle)]);
    frame(&mut harness, vec![button(middle, PointerButton::Secondary, true)]);
    let shift = |i: usize| vec2((i as f32 * 0.1).sin() * 60.0, (i as f32 * 0.13).cos() * 40.0);
    let pans = (0..100).map(|i| frame(&mut harness, vec![Event::PointerMoved(middle + shift(i))])).collect();
    frame(&mut harness, vec![button(middle, PointerButton::Secondary, false)]);
    let zoom = |i: usize| Event::Zoom(if i % 40 < 20 { 1.03 } else { 1.0 / 1.03 });
    let zooms = (0..100).map(|i| frame(&mut harness, vec![zoom(i)])).collect();
    println!("{n_codes} codes: pan {}; zoom {}", spread(pans), spread(zooms));
    let layers = [
        Layer::Density,
        Layer::Rarity,
        Layer::Magnification,
        Layer::Underneath,
        Layer::SamplePictures,
        Layer::PosteriorSamples,
    ];
    // Each is worked out while the plane is panned.
    for layer in layers {
        harness.state_mut().act(Action::ToggleLayer(layer));
        harness.state_mut().act(Action::Pick(Some(17)));
        frame(&mut harness, vec![button(middle, PointerButton::Secondary, true)]);
        let pans = (0..100).map(|i| frame(&mut harness, vec![Event::PointerMoved(middle + shift(i))])).collect();
        frame(&mut harness, vec![button(middle, PointerButton::Secondary, false)]);
        println!("{n_codes} codes with {layer:?}: pan {}", spread(pans));
        harness.state_mut().act(Action::ToggleLayer(layer));
    }
}

/// Long documents on the plane of two numbers each: what is seen of them alone may cost anything.
fn documents(n: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("documents.tsv");
    write_documents(&file, n);
    let mut harness = open(Options { data: Some(DataChoice::Path(file)), ..Options::default() });
    let n_codes = harness.state().session().cloud().map_or(0, |cloud| cloud.indices.len());
    let middle = pos2(640.0, 300.0);
    let shift = |i: usize| vec2((i as f32 * 0.1).sin() * 160.0, (i as f32 * 0.13).cos() * 110.0);
    // What was asked for must be there before anything is measured.
    let measured = |what: &str, harness: &mut Harness<'static, App>, is_there: &dyn Fn(&Session) -> bool| {
        wait_until(harness, |app| is_there(app.session()) && !app.session().is_busy());
        let rest = (0..100).map(|_| frame(harness, vec![])).collect();
        let over = (0..100).map(|i| frame(harness, vec![Event::PointerMoved(middle + shift(i))])).collect();
        println!("{n_codes} documents, {what}: at rest {}; pointed at {}", spread(rest), spread(over));
    };
    measured("the plane", &mut harness, &|_| true);
    harness.state_mut().act(Action::Pick(Some(17)));
    measured("one picked", &mut harness, &|session| session.picture(ViewId::Sample).is_some());
    harness.state_mut().act(Action::ToggleLayer(Layer::SamplePictures));
    measured("samples on the plane", &mut harness, &|session| session.thumbnails_of(SlotId(0)).is_some());
    harness.state_mut().act(Action::ToggleLayer(Layer::SamplePictures));
    harness.state_mut().act(Action::Find(Some(FindPage::default())));
    harness.state_mut().act(Action::Ask(Some(Query::Text("qaab qaac qaad".into()))));
    let are_found = |session: &Session| session.lists().iter().all(|list| session.found(*list).is_some());
    measured("found by words", &mut harness, &are_found);
    harness.state_mut().act(Action::Find(None));
    harness.state_mut().act(Action::ShowErrors(Some(ErrorPage::default())));
    measured("the worst", &mut harness, &|session| session.reconstructions().is_some());
    harness.state_mut().act(Action::ShowErrors(None));
    harness.state_mut().act(Action::SetTool(Tool::Select));
    harness.state_mut().act(Action::Choose(Choice::All, Joining::Instead));
    measured("all chosen", &mut harness, &|session| session.spec().selection.samples.len() == n);
    harness.state_mut().act(Action::Choose(Choice::All, Joining::Without));
    harness.state_mut().act(Action::SetTool(Tool::Grid));
    harness.state_mut().act(Action::SetGridSteps(20));
    let (from, to) = (pos2(320.0, 120.0), pos2(720.0, 520.0));
    for events in [
        vec![Event::PointerMoved(from)],
        vec![button(from, PointerButton::Primary, true)],
        vec![Event::PointerMoved(middle)],
        vec![Event::PointerMoved(to)],
        vec![button(to, PointerButton::Primary, false)],
    ] {
        frame(&mut harness, events);
    }
    measured("a grid of 20 × 20", &mut harness, &|session| session.picture(ViewId::Grid).is_some());
}

/// A table of documents of 60 words each, one in a hundred of 2000, `n` of which are there to train on.
fn write_documents(file: &std::path::Path, n: usize) {
    let draw = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let letter = |of: u64| char::from(b'a' + (of % 26) as u8);
    let mut text = String::from("class\ttext\n");
    // A fifth is kept to test with.
    for i in 0..n as u64 * 5 / 4 {
        let n_words = if i % 100 == 0 { 2000 } else { 60 };
        text.push_str(&format!("c{}\t", i % 10));
        for k in 0..n_words {
            let word = draw(i * 8191 + k) % 300 + i % 10 * 100;
            text.extend(['q', letter(word / 676), letter(word / 26), letter(word), ' ']);
        }
        text.push('\n');
    }
    std::fs::write(file, text).expect("written");
}

/// Two-pixel pictures: the codes are what counts here.
fn write_idx(folder: &std::path::Path, n: usize) {
    let pixel = |i: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    let mut images = vec![0, 0, 8, 3];
    [n as u32, 1, 2].iter().for_each(|dim| images.extend(dim.to_be_bytes()));
    images.extend((0..2 * n as u64).map(pixel));
    let mut test = vec![0, 0, 8, 3];
    [10u32, 1, 2].iter().for_each(|dim| test.extend(dim.to_be_bytes()));
    test.extend([7; 20]);
    std::fs::write(folder.join("train-images-idx3-ubyte"), images).expect("written");
    std::fs::write(folder.join("t10k-images-idx3-ubyte"), test).expect("written");
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    format!("{:.2} ms a frame (median), {:.2} ms (99 %)", at(0.5), at(0.99))
}
