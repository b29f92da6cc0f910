//! Sentences in the window: a path is a list in which new words are lit, and a sentence stands above what the
//! model makes of it, with the words lit that are wrong.

use super::harness::Window;
use eframe::egui::{Color32, Event, Key, Modifiers, Rect, Shape};
use eframe::epaint::text::ByteRangeExt;
use egui_kittest::kittest::Queryable;
use halfmoon::data::{DataChoice, ReadSettings};
use halfmoon::model::Settings;
use halfmoon::picture::{Shown, WordSearch, WritingSettings, new_words, wrong_words};
use halfmoon::session::{Action, ErrorOrder, ErrorPage, Group, NewSlot, PathEnd, SlotId, Tool};
use halfmoon::ui::Options;
use halfmoon::worker::{Until, ViewId};
use std::path::Path;

/// Forty sentences, four of them different.
fn said(folder: &Path) -> Options {
    let sentences = ["the cat sat on a mat", "a dog ran home", "the moon rose over the sea", "one star fell"];
    let rows: String = (0..40).map(|i| format!("{}\t{}\n", i % 2, sentences[i % 4])).collect();
    let path = folder.join("said.tsv");
    std::fs::write(&path, format!("label\ttext\n{rows}")).unwrap();
    let reading = ReadSettings::default().with("data.words", "in_order").unwrap();
    Options { data: Some(DataChoice::Path(path)), reading, ..Options::default() }
}

/// A small model of these, trained for so many steps.
fn trained(folder: &Path, (width, height): (f32, f32), steps: u64) -> Window {
    let mut window = Window::open_sized(said(folder), width, height);
    assert_eq!(window.session().slot().model.text("units"), "128", "sentences open with a model of sentences");
    window.act(Action::SetKind("sentence-ae".into()));
    for (path, text) in [("latent_dim", "2"), ("units", "24"), ("embedding", "8"), ("word_dropout", "0")] {
        window.act(Action::Set(Group::Model, path.into(), text.into()));
    }
    for (path, text) in [("epochs", "1000"), ("lr", "0.01")] {
        window.act(Action::Set(Group::Training, path.into(), text.into()));
    }
    train(&mut window, steps);
    window
}

fn train(window: &mut Window, steps: u64) {
    window.act(Action::Train(Until::Steps(steps)));
    window.wait("the end of the training", |session| {
        // What it shows last comes after it has stopped.
        let is_last = session.weights().snapshot.as_ref().is_some_and(|snapshot| snapshot.step == steps);
        is_last && !session.is_running() && !session.is_busy() && session.cloud().is_some()
    });
    window.settle();
}

/// What a view says.
fn texts(window: &Window, slot: SlotId, view: ViewId) -> Vec<String> {
    let Shown::Sentences(sentences) = &window.session().picture_of(slot, view).unwrap().shown else {
        panic!("no sentences")
    };
    sentences.texts.clone()
}

/// The words that were drawn with this text at such places, of each time it was drawn those whose colour is
/// not that of most.
fn lit(window: &Window, text: &str, is_there: impl Fn(Rect) -> bool, plain: Color32) -> Vec<Vec<String>> {
    let of = |shape: Shape| {
        let Shape::Text(drawn) = shape else { return None };
        let place = Rect::from_min_size(drawn.pos, drawn.galley.size());
        let is_it = drawn.galley.text() == text && is_there(place);
        let job = &drawn.galley.job;
        let sections = job.sections.iter().filter(|section| section.format.color != plain);
        let words = sections.map(|section| job.text[section.byte_range.as_usize()].to_owned());
        is_it.then(|| words.collect())
    };
    window.shapes().into_iter().filter_map(of).collect()
}

/// The words of a text that are so marked.
fn marked(text: &str, marks: &[bool]) -> Vec<String> {
    text.split_whitespace().zip(marks).filter(|(_, mark)| **mark).map(|(word, _)| word.to_owned()).collect()
}

fn plain(window: &Window) -> Color32 {
    halfmoon::ui::theme::Theme::of_context(&window.harness.ctx).text
}

/// A path between the first two samples.
fn walked(window: &mut Window) {
    window.act(Action::SetTool(Tool::Path));
    for (end, sample) in [(0, 0), (1, 1)] {
        window.act(Action::SetEnd(end, Some(PathEnd::Sample(sample))));
    }
    window.newest(SlotId(0), ViewId::Path);
    window.steps(3);
}

#[test]
fn a_path_is_a_list_of_lines_with_new_words_lit_and_a_click_goes_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path(), (1280.0, 800.0), 400);
    walked(&mut window);
    let steps = texts(&window, SlotId(0), ViewId::Path);
    assert_eq!(steps.len(), 9);
    let mut top = 0.0;
    for (step, text) in steps.iter().enumerate() {
        let start = format!("Step {} of 9: {text}", step + 1);
        let line =
            window.harness.get_by(|node| node.label().is_some_and(|name| name.trim_end() == start.trim_end()));
        let place = line.rect();
        assert!(place.top() > top && place.bottom() <= 800.0 && place.width() > 400.0, "{start} at {place:?}");
        top = place.top();
        if text.is_empty() {
            continue;
        }
        let new = if step == 0 { Vec::new() } else { new_words(&steps[step - 1], text) };
        let drawn = lit(&window, text, |at| place.expand(2.0).contains_rect(at), plain(&window));
        assert_eq!(drawn, [marked(text, &new)], "{start}");
    }
    assert_ne!(steps[0], steps[8], "it has learned to tell two sentences apart");
    let fourth = window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with("Step 4 of 9: ")));
    let at = fourth.rect().center();
    window.click_at(at);
    assert_eq!(window.session().path_t(), Some(3.0 / 8.0));

    // An end can be typed as words.
    let before = window.session().end_of(SlotId(0), 0);
    window.click("Sample at A");
    window.steps(2);
    window.harness.event(Event::Text("the moon sat".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.session().spec().path.ends[0], Some(PathEnd::Text("the moon sat".into())));
    window.wait("its place", |session| session.path().is_some());
    assert_ne!(window.session().end_of(SlotId(0), 0), before);

    // By two models, two lists side by side.
    window.act(Action::AddSlot(NewSlot::Copy));
    window.newest(SlotId(1), ViewId::Path);
    window.steps(4);
    let lines: Vec<Rect> =
        window.harness.query_all_by_label_contains("Step 1 of 9 by ").map(|line| line.rect()).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].top() == lines[1].top() && !lines[0].intersects(lines[1]), "{lines:?}");
}

#[test]
fn in_the_smallest_window_the_list_is_scrolled_to_what_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path(), (683.0, 427.0), 3);
    walked(&mut window);
    let bottom = |window: &Window, step: usize| {
        let start = format!("Step {step} of 9: ");
        let line =
            window.harness.get_by(|node| node.label().is_some_and(|name| format!("{name} ").starts_with(&start)));
        line.rect().bottom()
    };
    window.act(Action::LookAt(Some(0.0)));
    window.steps(10);
    assert!(bottom(&window, 1) <= 427.0, "the first line is seen: {}", bottom(&window, 1));
    window.act(Action::LookAt(Some(1.0)));
    window.steps(10);
    assert!(bottom(&window, 9) <= 428.0, "and then the last: {}", bottom(&window, 9));
}

#[test]
fn wrong_words_of_a_reconstruction_are_lit_in_decode_and_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path(), (1280.0, 800.0), 10);
    let train_data = window.session().data().unwrap().train.clone();
    let Shown::Sentences(stored) = Shown::samples(&train_data, None, &[0, 1, 2, 3], 4) else {
        panic!("no sentences")
    };
    // At first it may end each sentence before its first word, and in the end all words are right.
    for _ in 0..20 {
        let mut n_wrong = 0;
        for (sample, wanted) in stored.texts.iter().enumerate() {
            window.act(Action::Pick(Some(sample as u32)));
            window.newest(SlotId(0), ViewId::Sample);
            window.steps(3);
            let made = texts(&window, SlotId(0), ViewId::Sample).remove(0);
            assert!(window.says(&format!("in: {wanted}, out: {made}")), "{wanted}: {made}");
            let wrong = marked(&made, &wrong_words(wanted, &made));
            if !wrong.is_empty() {
                n_wrong += 1;
                let in_decode = lit(&window, &made, |at| at.left() > 1024.0, plain(&window));
                assert!(in_decode.contains(&wrong), "{wanted}: {made}: {in_decode:?}");
            }
        }
        if n_wrong > 0 {
            return on_the_page(&mut window);
        }
        train(&mut window, 5);
    }
    panic!("no word was ever wrong");
}

/// On the page of reconstructions each has its wrong words lit too.
fn on_the_page(window: &mut Window) {
    window.act(Action::ShowErrors(Some(ErrorPage { order: ErrorOrder::Index, ..ErrorPage::default() })));
    window.wait("the page", |session| session.reconstructions().is_some());
    window.steps(4);
    let (_, found) = window.session().reconstructions().unwrap();
    let Shown::Sentences(page) = &found.shown else { panic!("no sentences") };
    let n = page.texts.len() / found.n_rows;
    let wrong = |i: usize| marked(&page.texts[n + i], &wrong_words(&page.texts[i], &page.texts[n + i]));
    let first = (0..n).find(|i| !wrong(*i).is_empty()).unwrap();
    let in_tray = lit(window, &page.texts[n + first], |at| at.top() > 500.0, plain(window));
    assert!(in_tray.contains(&wrong(first)), "{:?}: {in_tray:?}", page.texts);
}

/// What stands in the large view once it is written as it is set.
fn large(window: &mut Window) -> String {
    window.newest(SlotId(0), ViewId::Picture);
    window.steps(3);
    texts(window, SlotId(0), ViewId::Picture).remove(0)
}

#[test]
fn in_decode_sentences_are_drawn_searched_for_and_begun_as_one_likes() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = trained(folder.path(), (1280.0, 800.0), 200);
    let writing = |window: &Window| window.session().spec().writing.clone();
    window.act(Action::Keep(SlotId(0), vec![2.5, 1.0]));
    let greedy = large(&mut window);
    assert!(!window.has("Temperature") && !window.has("Beam width"));

    window.click("Next word: Drawn");
    window.act(Action::SetWriting(WritingSettings { temperature: 5.0, ..writing(&window) }));
    assert_eq!(writing(&window).search, WordSearch::Drawn);
    let drawn: Vec<String> = (0..8)
        .map(|_| {
            window.click("Draw words again");
            large(&mut window)
        })
        .collect();
    assert!(drawn.iter().any(|text| *text != drawn[0]), "by other numbers other words: {drawn:?}");
    assert_eq!(writing(&window).seed, 8);
    window.act(Action::Undo);
    assert_eq!(large(&mut window), drawn[6], "a step back writes what was written before");

    // Tiles of a grid are written so too; where all its codes are one, all are one.
    window.act(Action::SetTool(Tool::Grid));
    let z = window.session().z().to_vec();
    let bounds = [[z[0]; 2], [z[1]; 2]];
    window.act(Action::SetGrid(Some(halfmoon::session::GridRect { slot: SlotId(0), bounds })));
    window.newest(SlotId(0), ViewId::Grid);
    assert!(texts(&window, SlotId(0), ViewId::Grid).iter().all(|text| *text == drawn[6]));
    window.act(Action::SetTool(Tool::Explore));

    window.click("Next word: Beam");
    assert_eq!(writing(&window).search, WordSearch::Beam);
    window.click("Beam width: more");
    assert_eq!(writing(&window).width, 6);
    large(&mut window);
    window.click("Begins with");
    window.steps(2);
    window.harness.event(Event::Text("One moon".into()));
    window.steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(writing(&window).first, "One moon");
    assert!(large(&mut window).starts_with("one moon"));

    // Words that it cannot write are said, and the rest is done.
    window.act(Action::SetWriting(WritingSettings { first: "a zebra".into(), ..WritingSettings::default() }));
    assert_eq!(large(&mut window), greedy);
    assert!(window.says("“zebra” is none of the"), "{:?}", window.texts());
    window.act(Action::SetWriting(WritingSettings::default()));
    assert_eq!(large(&mut window), greedy);
    assert!(!window.says("“zebra” is none of the"));
    // Another kind writes all words at once.
    window.act(Action::SetKind("dcnn".into()));
    train(&mut window, 2);
    assert!(!window.has("Begins with"));
}
