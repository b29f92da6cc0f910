//! What is worked out elsewhere of what the session shows.

use super::*;
use crate::latent::path::Walk;
use crate::model::ModelSpec;

const LOG_P: &str = "working out ln p(x)";
const WAY: &str = "working out the path";

#[test]
fn a_way_is_of_its_own_ends_and_given_up_when_they_move() {
    let mut stage = Stage::new();
    let place = |x: f32, y: f32| Some(PathEnd::Place { slot: SlotId(0), z: vec![x, y] });
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::SetWalk(Walk::Geodesic));
    stage.act(Action::SetEnd(0, place(-1.0, -1.0)));
    stage.act(Action::SetEnd(1, place(1.0, 0.5)));
    stage.derive();
    let path = stage.session.path().unwrap();
    assert!(path.way.is_some() && stage.session.walked_of(SlotId(0)).is_some());
    stage.act(Action::SetPathSteps(5));
    assert!(stage.session.path().unwrap().way.is_some(), "it is the same path, however many pictures show it");
    stage.act(Action::SetEnd(1, place(2.0, 2.0)));
    assert_eq!(stage.session.path().unwrap().way, None, "it was of other ends");
    let asked = stage.deriving.iter().rfind(|derive| derive.key.0 == WAY).unwrap().cancel.clone();
    stage.act(Action::SetEnd(0, place(0.0, 0.0)));
    assert!(asked.is_set(), "given up as A moves");
    stage.derive();
    assert_eq!(stage.session.walked_of(SlotId(0)).unwrap().path.from, [0.0, 0.0]);
    stage.act(Action::SetTool(Tool::Explore));
    assert!(stage.session.walked_of(SlotId(0)).is_none());
}

#[test]
fn what_lies_on_a_plane_is_worked_out_while_it_is_shown_and_forgotten_with_it() {
    let mut stage = Stage::new();
    let slot = SlotId(0);
    stage.derive();
    assert!(stage.derive().is_empty(), "nothing is asked for layers that are not shown");
    stage.act(Action::ToggleLayer(Layer::Magnification));
    assert!(stage.derive().is_empty(), "nor before one knows what is on screen");
    let part = |at: f32| PlanePart { bounds: [[at, at + 4.0], [-2.0, 2.0]], scale: 40.0 };
    stage.act(Action::ShowPart(slot, part(-2.0)));
    assert_eq!(stage.derive(), ["magnification"]);
    let lattice = |stage: &Stage| stage.session.heat_of(slot, Layer::Magnification).map(|(_, heat)| heat.lattice);
    let before = lattice(&stage).unwrap();
    assert!(before.bounds[0][0] <= -2.0 && before.bounds[0][1] >= 2.0);
    stage.act(Action::ShowPart(slot, part(1.0)));
    assert_eq!(lattice(&stage), Some(before), "it stands until the next one is there");
    stage.derive();
    assert_ne!(lattice(&stage), Some(before));
    stage.act(Action::ToggleLayer(Layer::Density));
    assert_eq!(lattice(&stage), None, "one tint at a time");
    assert_eq!(stage.derive(), ["how dense the codes are"]);
    assert!(stage.session.heat_of(slot, Layer::Density).is_some());
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert!(stage.session.heat_of(slot, Layer::Density).is_none(), "of other data it says nothing");
}

#[test]
fn near_images_are_looked_for_once_and_do_not_outlive_their_data() {
    let mut stage = Stage::new();
    stage.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    stage.act(Action::ShowNearest(4));
    assert!(stage.session.nearest(By::Features).is_empty());
    stage.derive();
    assert_eq!(stage.session.nearest(By::Features).len(), 4);
    assert!(stage.session.usual_distance(By::Features).is_some());
    let before = stage.session.nearest(By::Features).to_vec();
    stage.act(Action::Keep(SlotId(0), vec![3.0, -2.0]));
    assert_eq!(stage.session.nearest(By::Features), before, "while others are looked for these stand");
    stage.derive();
    assert!(stage.derive().is_empty());

    stage.act(Action::Keep(SlotId(0), vec![0.0, 0.0]));
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert!(stage.session.nearest(By::Features).is_empty());
    stage.act(Action::Undo);
    assert!(stage.session.nearest(By::Features).is_empty(), "nor does undo bring them back with other data");
    stage.derive();
    assert_eq!(stage.session.nearest(By::Features), before, "but they are looked for anew");
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
    let [a, b] = [a, b].map(|rows| rows.shown.tiles());
    let two_rows = a.rgba.len() / 3 * 2;
    assert_eq!(a.rgba[..two_rows], b.rgba[..two_rows]);
    assert_ne!(a.rgba, b.rgba);
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
    let pixels = rows.shown.tiles().clone();
    stage.act(Action::ShowCorrupted(Some(1)));
    assert_eq!(corrupted(&stage).unwrap().0, first, "one page stands until the next is there");
    stage.derive();
    let (second, rows) = corrupted(&stage).unwrap();
    assert!(second > first && *rows.shown.tiles() != pixels);
    stage.session.apply(Action::Reset);
    assert!(corrupted(&stage).is_none());
    stage.act(Action::ShowCorrupted(None));
    assert!(corrupted(&stage).is_none());
}

#[test]
fn samples_that_are_left_out_count_for_nothing_on_the_plane() {
    let mut stage = Stage::new();
    for layer in [Layer::Density, Layer::SamplePictures] {
        stage.act(Action::ToggleLayer(layer));
    }
    let bounds = [[-4.0, 4.0]; 2];
    stage.act(Action::ShowPart(SlotId(0), PlanePart { bounds, scale: 50.0 }));
    while !stage.derive().is_empty() {}
    assert!(!stage.session.thumbnails_of(SlotId(0)).unwrap().1.samples.is_empty());
    stage.act(Action::Choose(Choice::These([7, 8].into()), Joining::Instead));
    stage.act(Action::Hide(Hiding::Others));
    assert!(stage.derive().contains(&"how dense the codes are"), "of those that are left");
    while !stage.derive().is_empty() {}
    let (_, pictures) = stage.session.thumbnails_of(SlotId(0)).unwrap();
    assert!(pictures.samples.iter().all(|sample| [7, 8].contains(sample)), "{:?}", pictures.samples);
}

#[test]
fn the_worst_are_chosen_by_the_errors_of_just_this_model_or_not_at_all() {
    let mut stage = Stage::new();
    let worst = |n| Action::Choose(Choice::Worst(n), Joining::Instead);
    let n_chosen = |stage: &Stage| stage.spec().selection.samples.len();
    for other in [Action::Pick(Some(3)), Action::Reset] {
        stage.act(worst(6));
        assert!(stage.session.waits_for_errors());
        stage.act(other);
        assert!(!stage.session.waits_for_errors());
    }
    while !stage.derive().is_empty() {}
    assert_eq!(n_chosen(&stage), 1, "what came in between stands");
    stage.act(worst(5));
    while !stage.derive().is_empty() {}
    assert_eq!(n_chosen(&stage), 5);
    stage.act(worst(4));
    assert_eq!(n_chosen(&stage), 4, "at once where the errors are known");
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(worst(7));
    assert!(n_chosen(&stage) == 4 && stage.session.waits_for_errors(), "these are of an older state");
    while !stage.derive().is_empty() {}
    assert_eq!((n_chosen(&stage), stage.session.waits_for_errors()), (7, false));
}

#[test]
fn pictures_of_samples_stay_where_they_are_while_a_slider_moves() {
    let mut stage = Stage::new();
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    stage.act(Action::Reset);
    stage.act(Action::SetAxis(SlotId(0), 0, 0));
    stage.act(Action::ToggleLayer(Layer::SamplePictures));
    stage.act(Action::ShowPart(SlotId(0), PlanePart { bounds: [[-4.0, 4.0]; 2], scale: 50.0 }));
    assert!(stage.derive().contains(&"pictures of samples"));
    while !stage.derive().is_empty() {}
    for dim in 0..3 {
        stage.act(Action::SetZ(dim, 0.7));
        assert!(!stage.derive().contains(&"pictures of samples"), "dimension {dim}");
    }
    assert!(stage.session.thumbnails_of(SlotId(0)).is_some());
}
