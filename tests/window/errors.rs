//! The page of reconstructions, and the worst that are chosen.

use super::harness::Window;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use halfmoon::session::{Action, ErrorOrder, ErrorPage, ErrorsOf, N_ON_PAGE, Tool};
use ndarray::Array2;

/// Σ (x̂ − x)² of training samples, one by one.
fn errors_of(window: &Window, samples: &[u32]) -> Vec<f64> {
    let model = window.session().model().unwrap();
    let train = &window.session().data().unwrap().train;
    let mut scratch = halfmoon::nn::Scratch::default();
    let error = |sample: &u32| {
        let mut x = Array2::zeros((1, train.n_features()));
        train.gather(&[*sample], &mut x);
        let codes = model.encoder().unwrap().encode(x.view(), &[], &mut scratch);
        let x_hat = model.decoder().unwrap().decode(codes.mu.view(), &[], &mut scratch);
        x.iter().zip(&x_hat).map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    samples.iter().map(error).collect()
}

fn page(window: &Window) -> Vec<u32> {
    window.session().error_page().map_or_else(Vec::new, |(samples, _)| samples.to_vec())
}

#[test]
fn the_worst_and_the_best_stand_in_the_order_of_their_errors_and_a_click_picks_one() {
    let mut window = Window::opening();
    window.key(Modifiers::NONE, Key::X);
    window.wait("the errors", |session| session.reconstructions().is_some());
    window.steps(4);
    let (samples, n_pages) = window.session().error_page().map(|(samples, n)| (samples.to_vec(), n)).unwrap();
    let n = window.session().data().unwrap().train.n_samples();
    assert_eq!((samples.len(), n_pages), (N_ON_PAGE, n.div_ceil(N_ON_PAGE)));
    let worst = errors_of(&window, &samples);
    assert!(worst.windows(2).all(|pair| pair[0] >= pair[1] - 0.02), "{worst:?}");
    let some = errors_of(&window, &(0..500).filter(|i| !samples.contains(i)).collect::<Vec<u32>>());
    assert!(some.iter().all(|error| *error <= worst[N_ON_PAGE - 1] + 0.02), "no other is worse");
    let measured = window.session().errors().unwrap();
    assert!((f64::from(measured.train.of[samples[0] as usize]) - worst[0]).abs() < 0.01);

    // Three rows of pictures: the first is the samples themselves.
    let (_, found) = window.session().reconstructions().unwrap();
    let pixels = found.shown.tiles();
    assert_eq!((found.n_rows, pixels.width, pixels.height), (3, N_ON_PAGE * 28, 3 * 28));
    let train = window.session().data().unwrap().train.clone();
    let first: Vec<u8> = (0..784).map(|i| pixels.rgba[4 * (i / 28 * pixels.width + i % 28)]).collect();
    assert_eq!(first, train.image(samples[0] as usize).unwrap());
    let (size, rgba) = ([pixels.width, pixels.height], pixels.rgba.clone());
    assert!(window.is_uploaded(size, &rgba));

    let start = format!("Training sample {},", samples[2]);
    let column = window.harness.get_by(|node| node.label().is_some_and(|name| name.starts_with(&start)));
    let place = column.rect().center();
    window.click_at(place);
    assert_eq!(window.session().spec().selection.focused, Some(samples[2]));
    assert_eq!(window.session().slot().z, window.session().code_of(samples[2]).unwrap());

    window.click("First: Best");
    window.wait("the best", |session| session.reconstructions().is_some());
    let best = errors_of(&window, &page(&window));
    assert!(best.windows(2).all(|pair| pair[0] <= pair[1] + 0.02) && best[N_ON_PAGE - 1] < worst[N_ON_PAGE - 1]);
    window.click("Next reconstructions");
    assert_eq!(window.session().spec().errors.unwrap().page, 1);
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(window.session().spec().errors, None);
}

#[test]
fn a_page_is_of_a_class_of_the_chosen_or_of_test_samples() {
    let mut window = Window::opening();
    window.act(Action::Choose(halfmoon::session::Choice::These([5, 9, 2].into()), Default::default()));
    let of_chosen = ErrorPage { of: ErrorsOf::Chosen, order: ErrorOrder::Index, ..ErrorPage::default() };
    window.act(Action::ShowErrors(Some(of_chosen)));
    window.wait("the chosen", |session| session.error_page().is_some());
    assert_eq!(page(&window), [2, 5, 9]);
    window.act(Action::ShowErrors(Some(ErrorPage { of: ErrorsOf::Class(4), is_test: true, ..of_chosen })));
    window.wait("class 4", |session| session.reconstructions().is_some());
    window.steps(3);
    let test = window.session().data().unwrap().test.clone();
    let labels = test.labels_of(&page(&window));
    assert!(labels.len() == N_ON_PAGE && labels.iter().all(|class| *class == 4));
    let name = format!("Test sample {}, class 4", page(&window)[0]);
    assert!(window.harness.query_by(|node| node.label().is_some_and(|it| it.starts_with(&name))).is_some());
}

#[test]
fn the_worst_are_chosen_as_soon_as_they_are_known() {
    let mut window = Window::opening();
    window.act(Action::ToggleClass(8));
    window.act(Action::Choose(halfmoon::session::Choice::Said("worst 20".into()), Default::default()));
    window.wait("the choice", |session| session.spec().selection.samples.len() == 20);
    let errors = &window.session().errors().unwrap().train;
    let train = window.session().data().unwrap().train.clone();
    let class = |sample: u32| train.labels_of(&[sample])[0];
    let mut wanted: Vec<u32> =
        errors.order.iter().rev().copied().filter(|sample| class(*sample) != 8).take(20).collect();
    wanted.sort_unstable();
    assert_eq!(window.session().spec().selection.samples.to_vec(), wanted, "and none of a hidden class");
}

#[test]
fn the_page_is_asked_for_with_the_path_too_and_gives_way_to_a_path_that_is_begun() {
    let mut window = Window::opening();
    window.act(Action::SetTool(Tool::Path));
    window.key(Modifiers::NONE, Key::X);
    window.wait("the errors", |session| session.reconstructions().is_some());
    window.steps(4);
    assert!(window.has("Next reconstructions"));
    window.act(Action::SetTool(Tool::Explore));
    assert!(window.session().spec().errors.is_some());
    window.act(Action::SetTool(Tool::Path));
    assert_eq!(window.session().spec().errors, None, "the strip has its place again");
}
