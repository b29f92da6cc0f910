//! The figure of divergences as a document.

use super::*;
use crate::latent::divergence::bound::Encoder;
use crate::latent::divergence::{Bump, Divergence, Normal};
use crate::session::file::SessionFileV1;
use std::path::Path;

/// A session without data or a model, which the figure needs neither of.
fn opened(page: DivergencePage) -> Session {
    let mut session = Session::new(SessionSpec::default());
    session.apply(Action::Diverge(Diverge::Open(page)));
    session
}

fn figure(session: &Session) -> &Divergences {
    session.spec().divergences.as_ref().unwrap()
}

fn act(session: &mut Session, diverge: Diverge) {
    let mut asks = session.apply(Action::Diverge(diverge));
    // Where q would pick, and its way down, are worked out beside the window.
    while !asks.is_empty() {
        for effect in std::mem::take(&mut asks) {
            let Effect::Job(Job::Derive(derive)) = effect else { panic!("{diverge:?} asks something else") };
            derive.work.run(&derive.cancel);
        }
        asks = session.receive(Outbox { events: vec![Event::Derived], ..Outbox::default() });
    }
}

#[test]
fn a_drag_is_one_step_and_stays_within_bounds() {
    let mut session = opened(DivergencePage::Divergences);
    let before = figure(&session).clone();
    session.apply(Action::BeginGesture);
    for mean in [1.0, 2.0, 300.0] {
        act(&mut session, Diverge::Q(Normal { mean, sigma: 1e-9 }));
    }
    act(&mut session, Diverge::Q(Normal { mean: f64::NAN, sigma: 1.0 }));
    session.apply(Action::EndGesture);
    assert_eq!(figure(&session).q, Normal { mean: 8.0, sigma: 0.05 });
    act(&mut session, Diverge::Bump(1, Bump { weight: 9.0, mean: 1.0, sigma: 0.5 }));
    act(&mut session, Diverge::Bump(7, Bump { weight: 1.0, mean: 1.0, sigma: 0.5 }));
    assert_eq!(figure(&session).p.bumps[1], Bump { weight: 1.0, mean: 1.0, sigma: 0.5 });
    session.apply(Action::Undo);
    session.apply(Action::Undo);
    assert_eq!(*figure(&session), before, "the drag was one step");
    session.apply(Action::Undo);
    assert!(session.spec().divergences.is_none() && !session.hides_planes());
}

#[test]
fn a_descent_is_one_step_whose_way_can_be_shown_until_q_is_moved() {
    let mut session = opened(DivergencePage::Divergences);
    let start = figure(&session).q;
    assert!(session.descent().is_none());
    act(&mut session, Diverge::Descends(Divergence::Reverse));
    act(&mut session, Diverge::Step);
    let after_step = figure(&session).q;
    act(&mut session, Diverge::Descend);
    let end = figure(&session).q;
    let (first, trail) = session.descent().map(|(n, trail)| (n, trail.to_vec())).unwrap();
    assert_eq!((trail[0], trail[trail.len() - 1]), (after_step, end));
    let p = &figure(&session).p;
    let values = [start, after_step, end].map(|q| Divergence::Reverse.of(p, &q));
    assert!(values[0] > values[1] && values[1] > values[2], "{values:?}");
    act(&mut session, Diverge::Step);
    assert_eq!(figure(&session).q, end, "it rests");
    act(&mut session, Diverge::Q(start));
    assert!(session.descent().is_none(), "it has been moved");
    act(&mut session, Diverge::Descends(Divergence::Forward));
    act(&mut session, Diverge::Descend);
    assert!(session.descent().unwrap().0 > first);
    session.apply(Action::Undo);
    assert_eq!(figure(&session).q, start);
    act(&mut session, Diverge::Reset);
    assert_eq!(figure(&session).q, Divergences::default().q);
}

#[test]
fn a_descent_is_no_work_of_the_window_and_one_that_was_overtaken_moves_nothing() {
    let mut session = opened(DivergencePage::Divergences);
    let start = figure(&session).q;
    let asks = session.apply(Action::Diverge(Diverge::Descend));
    assert_eq!(figure(&session).q, start, "it is worked out beside the window");
    let by_hand = Normal { mean: -3.0, sigma: 2.0 };
    session.apply(Action::Diverge(Diverge::Q(by_hand)));
    let descents = asks.into_iter().filter_map(|effect| match effect {
        Effect::Job(Job::Derive(derive)) if derive.key.0 == "a descent" => Some(derive),
        _ => None,
    });
    let descents: Vec<Derive> = descents.collect();
    assert!(descents.len() == 1 && descents[0].cancel.is_set(), "the hand gives it up");
    descents.into_iter().for_each(|derive| derive.work.run(&Cancel::default()));
    session.receive(Outbox { events: vec![Event::Derived], ..Outbox::default() });
    assert_eq!(figure(&session).q, by_hand);
    assert!(session.descent().is_none());
}

#[test]
fn the_bound_is_improved_in_turn_and_warns() {
    let mut session = opened(DivergencePage::Bound);
    for _ in 0..30 {
        act(&mut session, Diverge::Improve(Improved::Q));
        act(&mut session, Diverge::Improve(Improved::P));
        assert!(figure(&session).bound.rose_while_falling().is_none(), "a q that sees x cannot");
    }
    let bound = &figure(&session).bound;
    assert_eq!(
        (bound.turns.len(), bound.turns[0]),
        (BoundSpec::MAX_TURNS, Improved::Q),
        "the oldest are forgotten"
    );
    let fitted = bound.now().bound.log_p;
    act(&mut session, Diverge::Warning);
    let before = figure(&session).bound.now().bound;
    assert!((before.log_p - fitted).abs() < 1e-6, "both are the fit");
    act(&mut session, Diverge::Improve(Improved::P));
    let after = figure(&session).bound.now().bound;
    assert!(after.elbo > before.elbo + 1.0 && after.log_p < before.log_p - 0.1);
    assert!(figure(&session).bound.rose_while_falling().is_some());
    act(&mut session, Diverge::Guess(Encoder { slope: 3.0, offset: 1.0 }));
    let bound = &figure(&session).bound;
    assert_eq!((bound.q, bound.turns.len()), (Encoder { slope: 0.0, offset: 1.0 }, 0), "it is blind");
    assert!((bound.now().bound.log_p - after.log_p).abs() < 1e-12, "p stays where it had come");
    act(&mut session, Diverge::SeesX(true));
    act(&mut session, Diverge::Guess(Encoder { slope: 3.0, offset: 1.0 }));
    assert_eq!(figure(&session).bound.q.slope, 3.0);
}

#[test]
fn it_is_kept_in_the_session_file_and_what_is_out_of_bounds_is_refused() {
    let mut session = opened(DivergencePage::Gradients);
    act(&mut session, Diverge::Q(Normal { mean: -1.25, sigma: 0.75 }));
    act(&mut session, Diverge::Draws(50));
    act(&mut session, Diverge::DrawAnew);
    assert_eq!((figure(&session).draws, figure(&session).seed), (50, 1));
    act(&mut session, Diverge::Improve(Improved::P));
    let text = |spec: &SessionSpec| {
        SessionFileV1::new(spec, &BTreeMap::new(), Path::new("/")).unwrap().to_text().unwrap()
    };
    let written = text(session.spec());
    let read = |text: &str| SessionFileV1::parse(text.as_bytes()).unwrap().check(Path::new("/"));
    assert_eq!(read(&written).unwrap().0.divergences, session.spec().divergences);
    for (good, bad) in [
        ("\"sigma\": 0.75", "\"sigma\": 0.0"),
        ("\"draws\": 50", "\"draws\": 0"),
        ("\"share\": 0.5", "\"share\": 1.0"),
    ] {
        assert!(written.contains(good), "{written}");
        let refused = read(&written.replace(good, bad)).unwrap_err();
        assert!(refused.contains("divergences"), "{refused}");
    }
    session.apply(Action::Diverge(Diverge::Close));
    assert!(!text(session.spec()).contains("divergences"));
}

#[test]
fn tools_and_the_stage_take_its_place() {
    let mut session = opened(DivergencePage::Divergences);
    session.apply(Action::SetTool(Tool::Path));
    assert!(session.spec().divergences.is_none());
    act(&mut session, Diverge::Open(DivergencePage::Bound));
    act(&mut session, Diverge::Page(DivergencePage::Gradients));
    assert_eq!(figure(&session).page, DivergencePage::Gradients);
    let staging = Staging { corruption: crate::model::Corruption::Gaussian, level: 0.5, draw: 0 };
    session.apply(Action::SetStage(Some(staging)));
    assert!(session.spec().divergences.is_none() && session.spec().stage.is_some());
    act(&mut session, Diverge::Open(DivergencePage::Bound));
    assert!(session.spec().stage.is_none());
}

#[test]
fn what_q_sees_is_switched_where_p_stands() {
    let mut session = opened(DivergencePage::Bound);
    for whom in [Improved::Q, Improved::P, Improved::Q, Improved::P] {
        act(&mut session, Diverge::Improve(whom));
    }
    let before = figure(&session).bound.now();
    act(&mut session, Diverge::SeesX(false));
    let after = figure(&session).bound.now();
    assert_eq!((after.p, after.q.slope, after.q.offset), (before.p, 0.0, before.q.offset));
}

#[test]
fn a_page_begins_anew_alone() {
    let mut session = opened(DivergencePage::Bound);
    let q = Normal { mean: -1.25, sigma: 0.75 };
    act(&mut session, Diverge::Q(q));
    act(&mut session, Diverge::Improve(Improved::P));
    let improved = figure(&session).bound.clone();
    act(&mut session, Diverge::Page(DivergencePage::Divergences));
    act(&mut session, Diverge::Reset);
    let page = figure(&session).page;
    assert_eq!((figure(&session).q, page), (Divergences::default().q, DivergencePage::Divergences));
    assert_eq!(figure(&session).bound, improved);
    act(&mut session, Diverge::Q(q));
    act(&mut session, Diverge::Page(DivergencePage::Bound));
    act(&mut session, Diverge::Reset);
    assert_eq!((&figure(&session).bound, figure(&session).q), (&BoundSpec::default(), q));
}

#[test]
fn what_is_set_is_brought_within_bounds_and_no_turn_of_the_wheel_is_a_step() {
    let mut session = opened(DivergencePage::Divergences);
    let sigma = |session: &Session| (figure(session).q.sigma, figure(session).p.bumps[0].sigma);
    let (of_q, of_bump) = sigma(&session);
    act(&mut session, Diverge::Draws(20));
    act(&mut session, Diverge::Widen(2.0));
    act(&mut session, Diverge::WidenBump(0, 2.0));
    assert_eq!(sigma(&session), (2.0 * of_q, 2.0 * of_bump));
    act(&mut session, Diverge::WidenBump(0, 100.0));
    act(&mut session, Diverge::Bump(1, Bump { weight: 0.0, mean: -99.0, sigma: 0.0 }));
    let bumps = &figure(&session).p.bumps;
    assert_eq!((bumps[0].sigma, bumps[1]), (3.0, Bump { weight: 0.02, mean: -6.0, sigma: 0.2 }));
    session.apply(Action::Undo);
    session.apply(Action::Undo);
    assert_eq!(
        figure(&session).draws,
        Divergences::default().draws,
        "two steps: the bump that was set, the draws"
    );
    for (n, held) in [(1, 10), (1_000_000, 20_000)] {
        act(&mut session, Diverge::Draws(n));
        assert_eq!(figure(&session).draws, held);
    }
}
