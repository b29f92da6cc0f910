//! What is worked out elsewhere of what the session shows.

use super::*;
use crate::model::ModelSpec;

const LOG_P: &str = "working out ln p(x)";

#[test]
fn near_images_are_looked_for_once_and_do_not_outlive_their_data() {
    let mut stage = Stage::new();
    stage.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    stage.act(Action::ShowNearest(4));
    assert!(stage.session.nearest().is_empty());
    stage.derive();
    assert_eq!(stage.session.nearest().len(), 4);
    assert!(stage.session.usual_distance().is_some());
    let before = stage.session.nearest().to_vec();
    stage.act(Action::Keep(SlotId(0), vec![3.0, -2.0]));
    assert_eq!(stage.session.nearest(), before, "while others are looked for these stand");
    stage.derive();
    assert!(stage.derive().is_empty());

    stage.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert!(stage.session.nearest().is_empty());
    stage.act(Action::Undo);
    assert!(stage.session.nearest().is_empty(), "nor does undo bring them back with other data");
    stage.derive();
    assert_eq!(stage.session.nearest(), before, "but they are looked for anew");
}

#[test]
fn ln_p_of_one_model_is_never_said_of_another() {
    let mut stage = Stage::new();
    stage.derive();
    let fresh = stage.session.log_p().unwrap();
    assert!(fresh.log_p.is_finite() && fresh.log_p > fresh.elbo - 1e-9);
    // The train thread has not answered yet.
    let effects = stage.session.apply(Action::Reset);
    assert_eq!(stage.session.log_p(), None, "the model it was of is gone");
    stage.answer(effects);
    assert_eq!(stage.session.log_p(), None, "and the next one's is not known yet");
    stage.derive();
    assert!(stage.session.log_p().is_some());

    let ae = ModelSpec::of_kind("ae").unwrap().with("hidden", "4").unwrap();
    let run = Run::new(&ae.check(&KIND, &[]).unwrap(), &stage.session.slot().training, &data(KIND), None, 1);
    stage.model_comes("ae", run.unwrap().checkpoint().unwrap());
    assert_eq!(stage.session.log_p(), None, "an AE is no density");
    assert!(!stage.derive().contains(&LOG_P));
}

#[test]
fn ln_p_follows_a_training_at_a_distance() {
    let mut stage = Stage::new();
    stage.derive();
    let before = stage.session.log_p();
    stage.act(Action::Train(Until::End));
    let begin = stage.begun.take().unwrap();
    let mut run = stage.run(&begin, 0);
    let mut asked = 0;
    for i in 1..=45 {
        run.advance(&Cancel::default()).unwrap();
        stage.publish(&run, Phase::Running);
        asked += stage.derive().iter().filter(|what| **what == LOG_P).count();
        assert_eq!(stage.session.log_p() == before, i < 20, "what is known stands until more is, snapshot {i}");
    }
    assert_eq!(asked, 2, "not at every snapshot, and not never");
    stage.begun = Some(begin);
    stage.event(Event::Stopped {
        generation: stage.session.run.generation,
        checkpoint: Arc::new(run.checkpoint().unwrap()),
        finished: false,
        training_secs: 0.1,
    });
    assert!(stage.derive().contains(&LOG_P), "a model at rest is looked at once more");
}

fn corrupted(stage: &Stage) -> Option<(u64, &CorruptedRows)> {
    stage.session.corrupted(stage.session.spec.active)
}

#[test]
fn every_model_on_screen_mends_the_same_corrupted_images() {
    let mut stage = Stage::new();
    stage.act(Action::AddSlot(NewSlot::Pca));
    stage.act(Action::ShowCorrupted(Some(0)));
    stage.train(1);
    stage.derive();
    let ids: Vec<SlotId> = stage.session.visible().map(|slot| slot.id).collect();
    let rows = |slot: &SlotId| stage.session.corrupted(*slot).unwrap().1;
    let [a, b] = [rows(&ids[0]), rows(&ids[1])];
    assert_eq!(a.squared_errors[0], b.squared_errors[0], "one corruption for all");
    let two_rows = a.pixels.rgba.len() / 3 * 2;
    assert_eq!(a.pixels.rgba[..two_rows], b.pixels.rgba[..two_rows]);
    assert_ne!(a.pixels.rgba, b.pixels.rgba);
    stage.act(Action::ShowSlot(ids[1], false));
    assert!(stage.session.corrupted(ids[1]).is_none());
}

#[test]
fn corrupted_images_follow_page_and_model() {
    let mut stage = Stage::new();
    stage.derive();
    stage.act(Action::ShowCorrupted(Some(0)));
    assert!(corrupted(&stage).is_none());
    stage.derive();
    let (first, rows) = corrupted(&stage).unwrap();
    let pixels = rows.pixels.clone();
    stage.act(Action::ShowCorrupted(Some(1)));
    assert_eq!(corrupted(&stage).unwrap().0, first, "one page stands until the next is there");
    stage.derive();
    let (second, rows) = corrupted(&stage).unwrap();
    assert!(second > first && rows.pixels != pixels);
    stage.session.apply(Action::Reset);
    assert!(corrupted(&stage).is_none());
    stage.act(Action::ShowCorrupted(None));
    assert!(corrupted(&stage).is_none());
}
