//! What actions do to the spec, and what they ask to be decoded.

use super::*;

fn rect(bounds: [[f32; 2]; 2]) -> GridRect {
    GridRect { slot: SlotId(0), bounds }
}

#[test]
fn codes_are_kept_only_if_they_can_be() {
    let mut stage = Stage::new();
    stage.act(Action::Keep(SlotId(0), vec![0.5, -1.0]));
    assert_eq!(stage.slot().z, [0.5, -1.0]);
    for bad in [vec![f32::NAN, 0.0], vec![f32::INFINITY, 0.0], vec![1.0], vec![1.0; 3]] {
        stage.act(Action::Keep(SlotId(0), bad));
    }
    stage.act(Action::SetZ(1, f32::NAN));
    stage.act(Action::SetZ(7, 1.0));
    assert_eq!(stage.slot().z, [0.5, -1.0]);
    stage.act(Action::SetZ(1, 1e30));
    assert_eq!(stage.slot().z, [0.5, 1e4]);
    stage.act(Action::Hover(Some((SlotId(0), vec![9.0, 9.0]))));
    assert_eq!((stage.session.z()[0], stage.slot().z[0]), (9.0, 0.5));
    stage.act(Action::Hover(Some((SlotId(0), vec![9.0]))));
    assert_eq!(stage.session.hover(), None);
    stage.act(Action::SampleZ);
    let first = stage.slot().z.clone();
    stage.act(Action::SampleZ);
    assert_ne!(stage.slot().z, first);
    stage.act(Action::Centre);
    assert_eq!(stage.slot().z, stage.centre());
}

#[test]
fn a_machine_draws_beside_the_window_and_never_into_another_model() {
    let mut stage = Stage::new();
    stage.act(Action::SetKind("rbm".into()));
    stage.act(Action::Reset);
    while !stage.derive().is_empty() {}
    let z = stage.slot().z.clone();
    stage.act(Action::SampleZ);
    assert_eq!(stage.slot().z, z, "its chain is not run in the window");
    while !stage.derive().is_empty() {}
    let drawn = stage.slot().z.clone();
    assert!(drawn != z && drawn.iter().all(|&h| h == 0.0 || h == 1.0), "{drawn:?}");
    assert_eq!(stage.slot().anchor, Anchor::Free);
    stage.act(Action::Undo);
    assert_eq!(stage.slot().z, z, "a draw is one step");
    stage.act(Action::SampleZ);
    stage.act(Action::Reset);
    let z = stage.slot().z.clone();
    while !stage.derive().is_empty() {}
    assert_eq!(stage.slot().z, z, "a draw of a model that is gone is none of this one");
}

#[test]
fn a_draw_that_is_on_its_way_does_not_land_on_what_was_done_meanwhile() {
    let mut stage = Stage::new();
    stage.act(Action::SetKind("rbm".into()));
    stage.act(Action::Reset);
    while !stage.derive().is_empty() {}
    let z = stage.slot().z.clone();
    let other: Vec<f32> = z.iter().map(|h| 1.0 - h).collect();
    stage.act(Action::Keep(SlotId(0), other.clone()));
    stage.act(Action::SampleZ);
    stage.act(Action::Undo);
    while !stage.derive().is_empty() {}
    assert_eq!(stage.slot().z, z);
    stage.act(Action::Redo);
    assert_eq!(stage.slot().z, other, "what was undone can be done again");
    stage.act(Action::SampleZ);
    stage.act(Action::Pick(Some(7)));
    while !stage.derive().is_empty() {}
    assert_eq!((stage.spec().selection.focused, stage.slot().anchor), (Some(7), Anchor::Sample(7)));
    stage.act(Action::SampleZ);
    stage.act(Action::Keep(SlotId(0), other.clone()));
    while !stage.derive().is_empty() {}
    assert_eq!(stage.slot().z, other);
    for meanwhile in [Action::PickAlso(3), Action::Choose(Choice::All, Default::default()), Action::LookAt(None)] {
        stage.act(Action::SampleZ);
        stage.act(meanwhile.clone());
        let before = stage.spec().selection.clone();
        while !stage.derive().is_empty() {}
        assert_eq!((&stage.slot().z, &stage.spec().selection), (&other, &before), "{meanwhile:?}");
    }
}

#[test]
fn axes_grids_and_classes_stay_sound() {
    let mut stage = Stage::new();
    stage.act(Action::SetAxis(SlotId(0), 0, 1));
    assert_eq!(stage.slot().axes, PlaneAxes::Dimensions([1, 0]), "the axes swap");
    stage.act(Action::SetAxis(SlotId(0), 0, 2));
    stage.act(Action::SetAxis(SlotId(0), 2, 0));
    assert_eq!(stage.slot().axes, PlaneAxes::Dimensions([1, 0]));
    stage.act(Action::SetGrid(Some(rect([[2.0, -1.0], [0.0, 1.0]]))));
    assert_eq!(stage.spec().grid.rect, Some(rect([[-1.0, 2.0], [0.0, 1.0]])));
    stage.act(Action::SetGrid(Some(rect([[f32::NAN, 0.0], [0.0, 1.0]]))));
    assert_eq!(stage.spec().grid.rect, Some(rect([[-1.0, 2.0], [0.0, 1.0]])));
    for (asked, got) in [(0, 2), (500, 20), (7, 7)] {
        stage.act(Action::SetGridSteps(asked));
        assert_eq!(stage.spec().grid.steps, got);
    }
    stage.act(Action::SetSpacing(Spacing::Gaussian));
    stage.act(Action::ToggleClass(3));
    assert!(stage.spec().hidden.contains(&3));
    stage.act(Action::ToggleClass(3));
    assert!(stage.spec().hidden.is_empty());
}

#[test]
fn a_gesture_is_one_step_of_undo() {
    let mut stage = Stage::new();
    let [x, y] = stage.centre()[..] else { panic!("two dimensions") };
    stage.act(Action::BeginGesture);
    for i in 1..=10 {
        stage.act(Action::SetZ(0, i as f32 / 10.0));
    }
    stage.act(Action::EndGesture);
    stage.act(Action::SetZ(1, 2.0));
    stage.act(Action::Undo);
    assert_eq!(stage.slot().z, [1.0, y]);
    stage.act(Action::Undo);
    assert_eq!(stage.slot().z, [x, y]);
    stage.act(Action::Redo);
    assert_eq!(stage.slot().z, [1.0, y]);
    stage.act(Action::SetZ(0, 5.0));
    assert!(!stage.session.can_undo_redo().1, "a new change leaves nothing to redo");
    stage.act(Action::BeginGesture);
    stage.act(Action::EndGesture);
    stage.act(Action::Undo);
    assert_eq!(stage.slot().z, [1.0, y], "a gesture without change leaves no step");
}

#[test]
fn bad_settings_are_refused_and_the_old_ones_kept() {
    let mut stage = Stage::new();
    let before = stage.spec().clone();
    stage.act(Action::Set(Group::Model, "latent_dim".into(), "0".into()));
    assert!(stage.last_toast().contains("latent_dim"));
    stage.act(Action::Set(Group::Training, "learning_rate".into(), "nan".into()));
    assert!(stage.last_toast().contains("learning_rate"));
    assert_eq!(*stage.spec(), before);
    assert!(stage.session.toasts().iter().all(|toast| toast.kind == ToastKind::Bad));
    let id = stage.session.toasts()[0].id;
    stage.act(Action::Dismiss(id));
    assert!(stage.session.toasts().iter().all(|toast| toast.id != id));
}

#[test]
fn views_ask_when_something_changed_and_take_only_newer_answers() {
    let mut stage = Stage::new();
    assert_eq!(requests(&stage.act(Action::Keep(SlotId(0), vec![1.0, 1.0]))), [ViewId::Picture]);
    assert!(requests(&stage.act(Action::Keep(SlotId(0), vec![1.0, 1.0]))).is_empty());
    stage.act(Action::SetTool(Tool::Grid));
    assert_eq!(requests(&stage.act(Action::SetGrid(Some(rect([[0.0, 1.0], [0.0, 1.0]]))))), [ViewId::Grid]);
    assert_eq!(requests(&stage.act(Action::ShowStrips(vec![1, 9]))), [ViewId::Strip(1)]);
    stage.act(Action::SetZ(0, 2.0));
    let wanted = stage.session.wanted_stamp(ViewId::Picture).unwrap();
    let mut reply = |stamp: u64, width: usize| {
        let decoded = [(
            (ViewId::Picture, SlotId(0)),
            Decoded {
                stamp,
                shown: Shown::Pictures(Pixels::new(width, 1)),
                columns: 1,
                squared_error: None,
                problem: None,
            },
        )]
        .into();
        stage.session.receive(Outbox { decoded, ..Outbox::default() });
        stage.session.picture(ViewId::Picture).map(|picture| picture.tiles().width)
    };
    assert_eq!(reply(wanted - 1, 1), Some(1), "a late answer is better than none");
    assert_eq!(reply(wanted, 2), Some(2));
    assert_eq!(reply(wanted - 1, 3), Some(2), "but never replaces a newer one");
    stage.act(Action::SetGrid(None));
    assert!(stage.session.wanted_stamp(ViewId::Grid).is_none());
    let late = [(
        (ViewId::Grid, SlotId(0)),
        Decoded {
            stamp: 1,
            shown: Shown::Pictures(Pixels::new(1, 1)),
            columns: 1,
            squared_error: None,
            problem: None,
        },
    )]
    .into();
    stage.session.receive(Outbox { decoded: late, ..Outbox::default() });
    assert!(stage.session.picture(ViewId::Grid).is_none());
}

#[test]
fn the_spec_survives_a_file() {
    let mut stage = Stage::new();
    stage.act(Action::SetGrid(Some(rect([[0.0, 1.0], [-2.0, 0.5]]))));
    stage.act(Action::ToggleClass(2));
    let text = serde_json::to_string(stage.spec()).unwrap();
    assert_eq!(serde_json::from_str::<SessionSpec>(&text).unwrap(), *stage.spec());
}

#[test]
fn the_line_of_the_hand_stays_whatever_is_undone_and_a_pair_to_walk_between_leaves_the_stage() {
    let mut stage = Stage::new();
    stage.act(Action::SetTool(Tool::Select));
    stage.act(Action::SetShape(Shape::Rectangle));
    stage.act(Action::Undo);
    assert_eq!((stage.spec().tool, stage.spec().shape), (Tool::Explore, Shape::Rectangle));
    let staging = Staging { corruption: crate::model::Corruption::Gaussian, level: 0.25, draw: 0 };
    stage.act(Action::SetStage(Some(staging)));
    stage.act(Action::Preset(Preset::RandomCodes));
    assert_eq!((stage.spec().tool, stage.spec().stage), (Tool::Path, None));
    stage.act(Action::Undo);
    assert_eq!(stage.spec().stage, Some(staging), "in one step");
}
