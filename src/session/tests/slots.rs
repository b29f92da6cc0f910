//! Models side by side: what each action does to them, and what is asked for each.

use super::*;

impl Stage {
    /// A stage with a trained model and, beside it, PCA of as many dimensions.
    pub(super) fn with_pca() -> (Self, SlotId) {
        let mut stage = Self::new();
        stage.act(Action::Train(Until::Steps(2)));
        stage.train(2);
        stage.act(Action::AddSlot(NewSlot::Pca));
        stage.train(1);
        (stage, SlotId(1))
    }

    pub(super) fn ids(&self) -> Vec<u32> {
        self.spec().slots.iter().map(|slot| slot.id.0).collect()
    }

    fn code(&self, slot: SlotId, sample: u32) -> Vec<f32> {
        self.session.code_by(slot, sample).unwrap()
    }

    fn z_in(&self, slot: SlotId) -> Vec<f32> {
        self.spec().slot_of(slot).unwrap().z.clone()
    }
}

fn requests_of(effects: &[Effect], slot: SlotId) -> Vec<ViewId> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Decode(request) if request.slot == slot => Some(request.view),
            _ => None,
        })
        .collect()
}

#[test]
fn pca_is_solved_in_place_and_the_active_model_stays() {
    let (stage, pca) = Stage::with_pca();
    assert_eq!((stage.ids(), stage.spec().active), (vec![0, 1], SlotId(0)));
    assert_eq!(stage.session.name_of(pca).kind, "PCA");
    assert_eq!(stage.session.stands(pca), "solved");
    assert!(stage.session.capabilities_of(pca).decodes && !stage.session.is_training());
    assert_eq!(stage.step(), 2, "the other model's weights are as they were");
}

#[test]
fn other_models_go_with_the_data_that_they_were_trained_on() {
    let (mut stage, pca) = Stage::with_pca();
    stage.act(Action::ChooseData(DataChoice::Mnist));
    stage.data_come(Ok(data(SampleKind::square(1, 2))));
    assert_eq!(stage.ids(), [0]);
    assert!(stage.session.weights_of(pca).checkpoint.is_none());
    stage.act(Action::Undo);
    assert_eq!(stage.ids(), [0, 1], "and come back with them");
    assert!(stage.session.weights_of(pca).checkpoint.is_some());
}

#[test]
fn adding_removing_and_activating_are_steps_of_undo_with_weights() {
    let (mut stage, pca) = Stage::with_pca();
    let weights = stage.session.weights_of(pca).checkpoint.clone().unwrap();
    stage.act(Action::Activate(pca));
    assert_eq!(stage.session.slot().model.kind(), "pca");
    stage.act(Action::Undo);
    assert_eq!(stage.spec().active, SlotId(0));
    stage.act(Action::Redo);
    stage.act(Action::RemoveSlot(pca));
    assert_eq!((stage.ids(), stage.spec().active), (vec![0], SlotId(0)), "its neighbour takes over");
    assert!(stage.session.left_unsaved(), "it is in undo alone");
    stage.act(Action::RemoveSlot(SlotId(0)));
    assert_eq!(stage.ids(), [0], "the last one stays");
    stage.act(Action::Undo);
    assert_eq!((stage.ids(), stage.spec().active), (vec![0, 1], pca));
    assert!(Arc::ptr_eq(&weights, stage.session.weights_of(pca).checkpoint.as_ref().unwrap()));
    stage.act(Action::Undo);
    stage.act(Action::Undo);
    assert_eq!(stage.ids(), [0], "adding it was a step");
    stage.act(Action::AddSlot(NewSlot::Copy));
    assert_eq!(stage.ids(), [0, 2], "a name is never used again");
}

#[test]
fn a_copy_stays_as_it_was_while_the_model_goes_on() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::AddSlot(NewSlot::Copy));
    let copy = SlotId(1);
    assert_eq!(stage.session.name_of(copy).differs, "as it was");
    stage.act(Action::Train(Until::Steps(1)));
    stage.train(3);
    let step = |stage: &Stage, slot| stage.session.weights_of(slot).snapshot.as_ref().unwrap().step;
    assert_eq!((step(&stage, SlotId(0)) > 2, step(&stage, copy)), (true, 2));
    stage.act(Action::Activate(copy));
    stage.act(Action::Train(Until::Steps(1)));
    stage.train(1);
    assert_eq!((stage.session.name_of(copy).differs.as_str(), stage.session.run.slot), ("", copy));
}

#[test]
fn a_run_is_its_models_own_and_what_comes_of_one_that_is_gone_is_dropped() {
    let (mut stage, pca) = Stage::with_pca();
    stage.act(Action::Train(Until::End));
    let run = stage.run(stage.begun.as_ref().unwrap(), 3);
    stage.publish(&run, Phase::Running);
    assert!(stage.session.runs(SlotId(0)) && !stage.session.runs(pca));
    stage.act(Action::Activate(pca));
    assert!(!stage.session.can_train() && stage.session.status().is_none(), "the other one is being trained");
    assert_eq!(stage.session.next_step(), NextStep::Pause);
    let before = stage.spec().clone();
    stage.act(Action::RemoveSlot(SlotId(0)));
    stage.act(Action::AddSlot(NewSlot::Copy));
    assert_eq!((stage.spec().slots.len(), stage.spec()), (2, &before), "nothing is pulled away from a run");
    let (generation, checkpoint) = (stage.session.run.generation, Arc::new(run.checkpoint().unwrap()));
    stage.event(Event::Stopped { generation, checkpoint, finished: false, training_secs: 0.1 });
    stage.act(Action::RemoveSlot(SlotId(0)));
    let trained = run.trained().unwrap().model;
    let snapshot = Snapshot {
        slot: SlotId(0),
        generation,
        step: 9,
        capabilities: Capabilities::of(&*trained),
        model: trained,
        cloud: None,
        packed: None,
    };
    stage.session.receive(Outbox { snapshot: Some(Arc::new(snapshot)), ..Outbox::default() });
    assert!(stage.session.model_of(SlotId(0)).is_none());
}

#[test]
fn nine_are_on_screen_at_most_and_what_makes_room_is_kept() {
    let (mut stage, pca) = Stage::with_pca();
    for _ in 0..8 {
        stage.act(Action::AddSlot(NewSlot::Copy));
    }
    let visible: Vec<u32> = stage.session.visible().map(|slot| slot.id.0).collect();
    assert_eq!((stage.ids().len(), visible), (10, vec![0, 2, 3, 4, 5, 6, 7, 8, 9]));
    assert!(stage.last_toast().contains("made room") && stage.session.model_of(pca).is_some());
    let effects = stage.act(Action::ShowSlot(pca, true));
    assert!(requests_of(&effects, pca).contains(&ViewId::Picture));
    assert_eq!(stage.session.visible().count(), 9);
    stage.act(Action::ShowSlot(SlotId(0), false));
    assert!(stage.spec().slot().is_visible, "the active one is on screen");
}

#[test]
fn a_click_on_a_code_keeps_it_whole_in_every_model_and_elsewhere_only_there() {
    let (mut stage, pca) = Stage::with_pca();
    stage.act(Action::Pick(Some(7)));
    for slot in [SlotId(0), pca] {
        assert_eq!(stage.z_in(slot), stage.code(slot, 7));
    }
    assert_eq!(stage.spec().selection.focused, Some(7));
    stage.act(Action::PickAlso(9));
    assert_eq!(stage.spec().selection.samples, [7, 9].into());
    stage.act(Action::Keep(pca, vec![0.25, 0.5]));
    assert_eq!((stage.z_in(pca), stage.z_in(SlotId(0))), (vec![0.25, 0.5], stage.code(SlotId(0), 7)));
    let selection = &stage.spec().selection;
    assert_eq!((selection.focused, &*selection.samples), (None, &[7, 9][..]), "several that are chosen stay");
    stage.act(Action::Pick(None));
    assert_eq!(stage.spec().selection, Selection::default());
    stage.act(Action::Undo);
    assert_eq!(stage.spec().selection.samples, [7, 9].into(), "picking is a step of undo");
    stage.act(Action::Point(Some(4)));
    stage.act(Action::Undo);
    assert_eq!(stage.spec().selection.hovered, None, "pointing is not");
    let before = stage.spec().clone();
    stage.act(Action::Pick(Some(99)));
    assert!(stage.last_toast().contains("99"));
    assert_eq!(*stage.spec(), before);
}

#[test]
fn what_is_pointed_at_is_shown_by_every_model_and_held_against_the_sample() {
    let (mut stage, pca) = Stage::with_pca();
    let is_kept =
        |sample: &u32| [SlotId(0), pca].iter().any(|slot| stage.code(*slot, *sample) == stage.z_in(*slot));
    let sample = (0..30).find(|sample| !is_kept(sample)).unwrap();
    let effects = stage.act(Action::Point(Some(sample)));
    for slot in [SlotId(0), pca] {
        assert_eq!(stage.session.z_of(slot), stage.code(slot, sample));
        assert_eq!(requests_of(&effects, slot), [ViewId::Picture, ViewId::Sample]);
    }
    let against = |effect: &Effect| match effect {
        Effect::Decode(request) => {
            request.against.as_ref().map(|(_, sample)| (*sample, request.z.row(0).to_vec()))
        }
        _ => None,
    };
    let held: Vec<_> = effects.iter().filter_map(against).collect();
    assert_eq!(held, [(sample, stage.code(SlotId(0), sample)), (sample, stage.code(pca, sample))]);
    stage.act(Action::Hover(Some((pca, vec![1.0, 1.0]))));
    assert_eq!(stage.session.z_of(pca), [1.0, 1.0], "under the pointer before all");
    stage.act(Action::RemoveSlot(pca));
    assert!(stage.session.hover.is_none(), "a plane that is gone has no pointer on it");
}

#[test]
fn a_kept_code_follows_its_sample_and_is_never_carried_into_another_model() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    stage.act(Action::Keep(SlotId(0), vec![26.0, -23.0]));
    stage.act(Action::Reset);
    assert_eq!(stage.slot().z, stage.centre(), "other weights, other codes");
    stage.act(Action::Pick(Some(3)));
    stage.act(Action::Train(Until::Steps(4)));
    stage.train(4);
    assert_eq!(stage.slot().z, stage.code(SlotId(0), 3));
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    stage.act(Action::Train(Until::Steps(1)));
    stage.train(1);
    assert_eq!(stage.slot().z, stage.code(SlotId(0), 3), "the picked sample is what is carried");
    assert_eq!(stage.slot().z.len(), 3);
}

#[test]
fn a_new_snapshot_is_decoded_while_z_stands_still() {
    let mut stage = Stage::new();
    stage.act(Action::Keep(SlotId(0), vec![0.5, 0.5]));
    let run = stage.run(stage.begun.as_ref().unwrap(), 2);
    assert!(requests(&stage.publish(&run, Phase::Running)).contains(&ViewId::Picture));
    assert_eq!(stage.slot().z, [0.5, 0.5]);
}

#[test]
fn a_code_of_another_length_is_never_asked_for() {
    let (mut stage, _) = Stage::with_pca();
    stage.act(Action::Hover(Some((SlotId(0), vec![0.1, 0.2]))));
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "3".into()));
    stage.act(Action::SetTool(Tool::Grid));
    stage.act(Action::SetGrid(Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0]; 2] })));
    let fits = |effects: &[Effect]| {
        effects.iter().all(|effect| match effect {
            Effect::Decode(request) => request.z.ncols() == request.model.info().latent_dim(),
            _ => true,
        })
    };
    assert!(fits(&stage.act(Action::Train(Until::Steps(1)))));
    let run = stage.run(stage.begun.as_ref().unwrap(), 1);
    assert!(fits(&stage.publish(&run, Phase::Running)));
    assert!(stage.session.hover.is_none());
    assert!(fits(&stage.act(Action::Undo)));
}

#[test]
fn a_path_between_samples_is_each_models_own_and_follows_them() {
    let (mut stage, pca) = Stage::with_pca();
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::SetEnd(0, Some(PathEnd::Sample(2))));
    let effects = stage.act(Action::SetEnd(1, Some(PathEnd::Sample(11))));
    for slot in [SlotId(0), pca] {
        let path = stage.session.path_of(slot).unwrap();
        assert_eq!((path.from, path.to), (stage.code(slot, 2), stage.code(slot, 11)));
        assert!(requests_of(&effects, slot).contains(&ViewId::Path));
    }
    stage.act(Action::LookAt(Some(1.0)));
    assert_eq!(stage.session.z_of(pca), stage.code(pca, 11), "one place on the path for all");
    let before = stage.session.path().unwrap();
    stage.act(Action::Train(Until::Steps(4)));
    stage.train(4);
    let after = stage.session.path().unwrap();
    assert_ne!(before.from, after.from);
    assert_eq!(after.from, stage.code(SlotId(0), 2));
}

#[test]
fn where_on_the_path_one_looks_is_no_step_of_undo() {
    let (mut stage, _) = Stage::with_pca();
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::SetEnd(0, Some(PathEnd::Sample(2))));
    stage.act(Action::SetEnd(1, Some(PathEnd::Sample(11))));
    stage.act(Action::LookAt(Some(0.25)));
    stage.act(Action::SetPathSteps(5));
    stage.act(Action::LookAt(Some(0.75)));
    stage.act(Action::Undo);
    assert_eq!(
        (stage.session.spec().path.steps, stage.session.path_t()),
        (9, Some(0.75)),
        "the steps alone go back"
    );
}

#[test]
fn a_free_place_lies_at_the_same_share_of_each_models_spread() {
    let (mut stage, pca) = Stage::with_pca();
    let stats = |stage: &Stage, slot: SlotId, dim: usize| stage.session.cloud_of(slot).unwrap().stats[dim];
    let z: Vec<f32> = (0..2).map(|dim| stats(&stage, SlotId(0), dim).q95).collect();
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::SetEnd(0, Some(PathEnd::Place { slot: SlotId(0), z: z.clone() })));
    stage.act(Action::SetEnd(1, Some(PathEnd::Sample(1))));
    let there = stage.session.path_of(pca).unwrap().from;
    for (dim, z) in there.iter().enumerate() {
        let q95 = stats(&stage, pca, dim).q95;
        assert!((z - q95).abs() < 1e-3 * q95.abs().max(1.0), "{z} {q95}");
    }
    let bounds = [[stats(&stage, pca, 0).q05, stats(&stage, pca, 0).q95], [0.0, 1.0]];
    stage.act(Action::SetGrid(Some(GridRect { slot: pca, bounds })));
    let mine = stage.session.grid_rect(SlotId(0)).unwrap()[0];
    assert!((mine[0] - stats(&stage, SlotId(0), 0).q05).abs() < 1e-3);
    // What was set on a plane that goes stays where it lies on the other.
    let before = (stage.session.grid_rect(SlotId(0)), stage.session.end_of(SlotId(0), 0));
    stage.act(Action::RemoveSlot(pca));
    assert_eq!((stage.session.grid_rect(SlotId(0)), stage.session.end_of(SlotId(0), 0)), before);
    assert_eq!(stage.spec().grid.rect.unwrap().slot, SlotId(0));
}

#[test]
fn each_model_on_screen_is_scored_and_what_becomes_of_it_anew() {
    let (mut stage, pca) = Stage::with_pca();
    stage.derive();
    let scores = |stage: &Stage, slot: SlotId| stage.session.scores_of(slot);
    let before = scores(&stage, SlotId(0)).unwrap();
    assert!(scores(&stage, pca).unwrap().kl.is_none() && before.kl.is_some());
    stage.act(Action::Train(Until::Steps(3)));
    stage.train(3);
    assert!(scores(&stage, SlotId(0)).is_none(), "scores of the model before are not shown");
    assert!(scores(&stage, pca).is_some());
    stage.derive();
    assert_ne!(scores(&stage, SlotId(0)).unwrap().squared_error, before.squared_error);
    stage.act(Action::RemoveSlot(pca));
    assert!(scores(&stage, SlotId(0)).is_none(), "a model alone is not scored");
}

#[test]
fn other_data_take_the_other_models_along_and_undo_brings_them_back() {
    let (mut stage, _) = Stage::with_pca();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(data(WIDE)));
    assert_eq!(stage.ids(), [0]);
    stage.act(Action::Undo);
    assert_eq!(stage.ids(), [0, 1]);
    assert_eq!(stage.step(), 2);
}

#[test]
fn a_model_from_a_file_stands_beside_and_one_of_other_data_is_refused() {
    let mut stage = Stage::new();
    stage.act(Action::Train(Until::Steps(2)));
    stage.train(2);
    let checkpoint = (*stage.session.weights().checkpoint.clone().unwrap()).clone();
    let comes = |stage: &mut Stage, name: &str, model: Checkpoint| {
        stage.act(Action::AddSlot(NewSlot::Model(name.into())));
        let stamp = stage.session.loads.model.expect("a model was asked for");
        stage.event(Event::ModelOpened(stamp, name.into(), Ok(Box::new(model))));
    };
    comes(&mut stage, "kept.safetensors", checkpoint.clone());
    assert_eq!((stage.ids(), stage.spec().active), (vec![0, 1], SlotId(0)));
    assert_eq!(stage.session.name_of(SlotId(1)).differs, "kept");
    assert_eq!(stage.session.run.slot, SlotId(1), "its codes come by a run of its own");
    assert!(stage.session.is_on_screen(std::path::Path::new("kept.safetensors")));
    let mut other = Stage::new();
    other.act(Action::ChooseData(DataChoice::FullHalf));
    other.data_come(Ok(data(WIDE)));
    let wide = other.session.model().unwrap().clone();
    let trained = crate::train::Trained { model: wide, ..checkpoint.trained };
    comes(&mut stage, "wide.safetensors", Checkpoint { trained, learner: None });
    assert_eq!(stage.ids(), [0, 1]);
    assert!(stage.last_toast().contains("model is for"));
}
