//! The data themselves in the place of codes.

use super::*;
use crate::data::Labels;

/// Rows of so many columns in two classes.
fn table(n_columns: usize) -> DataSplit {
    let values: Vec<f32> = (0..40 * n_columns).map(|i| ((i * 37 % 101) as f32 / 50.0 - 1.0) * 2.0).collect();
    let labels = Labels { names: ["a", "b"].map(String::from).into(), of: (0..40).map(|i| i % 2).collect() };
    let all =
        Dataset::new(SampleKind::row(n_columns), Values::Floats(values.into()), Some(labels), vec![]).unwrap();
    DataSplit::new("Table".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())
}

fn stage(n_columns: usize) -> Stage {
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::Path("table.csv".into())));
    stage.data_come(Ok(table(n_columns)));
    stage.derive();
    stage
}

#[test]
fn tables_of_one_or_two_columns_are_looked_at_themselves_and_others_when_asked() {
    let mut one = stage(1);
    assert_eq!(one.session.data_columns(), Some([0, 0]));
    assert_eq!(stage(2).session.data_columns(), Some([0, 1]));
    let mut three = stage(3);
    assert_eq!(three.session.data_columns(), None);
    three.act(Action::ShowData(true));
    assert_eq!(three.session.data_columns(), Some([0, 1]));
    three.act(Action::Undo);
    assert_eq!(three.session.data_columns(), None, "that is a step");
    one.act(Action::ShowData(false));
    assert_eq!((one.session.data_columns(), one.session.data_points().is_none()), (None, true));
}

#[test]
fn a_model_that_comes_with_its_data_and_one_without_codes_open_on_the_data() {
    // A model is trained elsewhere; a new session is opened on it and its data, as by the command line.
    let mut elsewhere = stage(1);
    elsewhere.act(Action::SetKind("gan".into()));
    elsewhere.act(Action::ShowData(false));
    elsewhere.act(Action::Reset);
    assert_eq!(elsewhere.session.data_columns(), Some([0, 0]), "the plane of codes would be empty");
    elsewhere.act(Action::ShowData(false));
    elsewhere.train(2);
    assert_eq!(elsewhere.session.data_columns(), None, "what was chosen stays while it is trained");
    let checkpoint = (*elsewhere.session.weights().checkpoint.clone().unwrap()).clone();

    let choice = DataChoice::Path("table.csv".into());
    let mut session = Session::new(SessionSpec { data: choice.clone(), ..SessionSpec::default() });
    session.open(Some("gan.safetensors".into()));
    let (model, data) = (session.loads.model.unwrap(), session.loads.data.unwrap());
    let opened = Event::ModelOpened(model, "gan.safetensors".into(), Ok(Box::new(checkpoint)));
    session.receive(Outbox { events: vec![opened], ..Outbox::default() });
    let loaded = Event::DataLoaded(data, choice, Ok(Box::new(table(1))));
    session.receive(Outbox { events: vec![loaded], ..Outbox::default() });
    assert_eq!(session.data_columns(), Some([0, 0]));
}

#[test]
fn a_model_without_codes_opens_on_the_data_as_these_are_looked_at() {
    let mut stage = stage(2);
    stage.act(Action::SetKind("gan".into()));
    stage.act(Action::SetColumn(0, 1));
    let fit = AxisFit::Fixed { centre: [1.0, 2.0], half: [3.0, 3.0] };
    stage.act(Action::FitData(fit));
    stage.act(Action::ShowData(false));
    stage.act(Action::Reset);
    let view = stage.spec().data_view;
    assert_eq!((view.is_shown, view.columns, view.fit), (true, [1, 0], fit), "columns and zoom are the user's");
}

#[test]
fn the_data_come_back_once_a_tool_of_codes_is_put_away() {
    let mut stage = stage(2);
    for choose_path in [Action::SetTool(Tool::Path), Action::Preset(Preset::RandomClasses)] {
        stage.act(choose_path.clone());
        assert_eq!((stage.session.data_columns(), stage.spec().tool), (None, Tool::Path), "{choose_path:?}");
        stage.act(Action::SetTool(Tool::Explore));
        assert_eq!(stage.session.data_columns(), Some([0, 1]), "{choose_path:?}");
    }
    stage.act(Action::ShowData(false));
    stage.act(Action::SetTool(Tool::Grid));
    stage.act(Action::SetTool(Tool::Explore));
    assert_eq!(stage.session.data_columns(), None, "where codes are asked for they stay");
}

#[test]
fn images_have_no_columns_and_the_command_says_why() {
    let mut stage = Stage::new();
    let why = stage.session.can_show_data().unwrap_err();
    assert!(why.starts_with("images have no columns"), "{why}");
    stage.act(Action::ShowData(true));
    stage.act(Action::SetColumn(0, 1));
    assert_eq!((stage.session.data_columns(), stage.spec().data_view), (None, DataView::default()));
}

#[test]
fn columns_swap_run_alone_and_stay_those_that_there_are() {
    let mut stage = stage(3);
    stage.act(Action::ShowData(true));
    let mut columns = |axis, column| {
        stage.act(Action::SetColumn(axis, column));
        stage.session.data_columns().unwrap()
    };
    assert_eq!(columns(0, 2), [2, 1]);
    assert_eq!(columns(0, 1), [1, 2], "they swap");
    assert_eq!(columns(1, 1), [1, 1], "one alone");
    assert_eq!(columns(0, 2), [2, 2], "another one alone");
    assert_eq!(columns(1, 0), [2, 0]);
    assert_eq!((columns(1, 3), columns(2, 0)), ([2, 0], [2, 0]));
}

#[test]
fn samples_lie_by_their_columns_and_are_the_same_samples_as_everywhere() {
    let mut stage = stage(3);
    stage.act(Action::ShowData(true));
    assert!(stage.session.data_points().is_none(), "they are worked out elsewhere");
    assert!(stage.derive().contains(&"where the data lie"));
    let points = stage.session.data_points().unwrap();
    let place = points.cloud.code_of(7).unwrap();
    let at = points.plane.values([place[0], place[1]]);
    let mut x = ndarray::Array2::zeros((1, 3));
    stage.session.data().unwrap().train.gather(&[7], &mut x);
    assert_eq!(at, [x[[0, 0]], x[[0, 1]]]);
    stage.act(Action::SetColumn(1, 2));
    assert!(stage.session.data_points().is_none(), "places by other columns are not shown for these");
    stage.act(Action::Pick(Some(7)));
    assert_eq!(stage.spec().selection.focused, Some(7));
    assert_eq!(stage.slot().z, stage.session.code_of(7).unwrap(), "models keep its code");
}

#[test]
fn paths_and_grids_show_codes_and_other_data_are_looked_at_anew() {
    let mut stage = stage(2);
    stage.act(Action::FitData(AxisFit::Fixed { centre: [1.0, 2.0], half: [3.0, 3.0] }));
    stage.act(Action::SetTool(Tool::Select));
    assert!(stage.session.data_columns().is_some());
    stage.act(Action::SetTool(Tool::Path));
    assert_eq!(stage.session.data_columns(), None);
    stage.act(Action::ShowData(true));
    assert_eq!((stage.session.data_columns(), stage.spec().tool), (Some([0, 1]), Tool::Explore));
    stage.act(Action::ChooseData(DataChoice::Path("other.csv".into())));
    stage.data_come(Ok(table(1)));
    assert_eq!((stage.session.data_columns(), stage.spec().data_view.fit), (Some([0, 0]), AxisFit::Fitted));
    stage.act(Action::Undo);
    assert_eq!(stage.session.data_columns(), Some([0, 1]), "with the data before their view comes back");
}

#[test]
fn what_is_drawn_by_hand_is_a_table_to_train_on_and_the_session_keeps_it() {
    let mut stage = Stage::new();
    stage.act(Action::SketchData(true));
    let n = |stage: &Stage| stage.spec().sketch.as_ref().map_or(0, |sketch| sketch.points.points().len());
    for (class, x) in [(0, -1.0), (1, 1.0)] {
        stage.act(Action::DrawClass(class));
        stage.act(Action::BeginGesture);
        (0..10).for_each(|i| drop(stage.act(Action::Spray([x, i as f32 / 10.0]))));
        stage.act(Action::EndGesture);
    }
    assert_eq!(n(&stage), 80);
    stage.act(Action::Undo);
    assert_eq!(n(&stage), 40, "a stroke is one step");
    stage.act(Action::Redo);
    stage.act(Action::Wipe([1.0, 0.0]));
    let left = n(&stage);
    assert!((41..80).contains(&left), "{left}");
    stage.act(Action::DrawClass(10));
    assert_eq!(stage.spec().sketch.as_ref().unwrap().class, 1);
    stage.act(Action::Spray([f32::NAN, 0.0]));
    assert_eq!(n(&stage), left);

    let drawn = stage.spec().sketch.clone().unwrap().points;
    stage.act(Action::TakeSketch);
    let (_, choice) = stage.loading.clone().unwrap();
    assert_eq!(choice, DataChoice::Drawn(drawn.clone()));
    assert!(stage.spec().sketch.is_some(), "until the data are there");
    stage.data_come(Ok(drawn.table().unwrap()));
    stage.derive();
    assert_eq!((n(&stage), stage.session.data_columns()), (0, Some([0, 1])));
    assert!(stage.session.data_points().is_some() && stage.session.can_train());
    assert_eq!(stage.session.data().unwrap().train.classes(), ["1", "2"]);
    // It is written into a session and read from it.
    let file = file::SessionFileV1::new(stage.spec(), &Default::default(), "/".as_ref()).unwrap();
    let text = file.to_text().unwrap();
    let read = file::SessionFileV1::parse(text.as_bytes()).unwrap().check("/".as_ref()).unwrap().0;
    assert_eq!(read.data, DataChoice::Drawn(drawn.clone()));
    // Drawing goes on where it ended, and gives way to the planes.
    stage.act(Action::SketchData(true));
    assert_eq!(n(&stage), left);
    stage.act(Action::SetTool(Tool::Explore));
    assert!(stage.spec().sketch.is_none());
    stage.act(Action::SketchData(true));
    stage.act(Action::SketchData(false));
    stage.act(Action::Undo);
    assert_eq!(n(&stage), left, "Undo brings it back");
}

#[test]
fn too_few_points_stay_on_the_plane_and_are_said() {
    let mut stage = Stage::new();
    stage.act(Action::SketchData(true));
    stage.act(Action::Spray([0.0, 0.0]));
    stage.act(Action::TakeSketch);
    let few = stage.spec().sketch.clone().unwrap().points.table().unwrap_err();
    stage.data_come(Err(few.to_string()));
    assert!(stage.last_toast().contains("4 points are drawn"), "{}", stage.last_toast());
    assert!(stage.spec().sketch.is_some());
}

#[test]
fn a_tool_of_codes_is_never_on_the_plane_of_the_data_whatever_chose_it() {
    let mut stage = stage(2);
    assert!(stage.session.data_columns().is_some());
    stage.act(Action::Preset(Preset::RandomCodes));
    assert_eq!((stage.spec().tool, stage.session.data_columns()), (Tool::Path, None));
    stage.act(Action::SetTool(Tool::Path));
    stage.act(Action::ChooseData(DataChoice::Path("other.csv".into())));
    stage.data_come(Ok(table(1)));
    assert_eq!((stage.spec().tool, stage.session.data_columns()), (Tool::Path, None));
}

#[test]
fn samples_that_are_made_again_are_those_that_are_chosen_of_models_that_are_shown() {
    let mut stage = stage(2);
    stage.act(Action::ToggleLayer(Layer::Remade));
    while !stage.derive().is_empty() {}
    let remade = |stage: &Stage| stage.session.data_places(SlotId(0)).map(|places| places.remade.samples.clone());
    assert_eq!(remade(&stage), Some((0..30).collect()));
    stage.act(Action::Choose(Choice::These([3, 11].into()), Joining::Instead));
    assert_eq!(remade(&stage), None, "those of others do not stand for them");
    while !stage.derive().is_empty() {}
    assert_eq!(remade(&stage), Some(vec![3, 11]));
    stage.act(Action::AddSlot(NewSlot::Copy));
    while !stage.derive().is_empty() {}
    assert_eq!(remade(&stage), Some(vec![3, 11]));
    stage.act(Action::ShowSlot(SlotId(0), false));
    assert_eq!(remade(&stage), None, "a model that is hidden says nothing");
}

#[test]
fn what_a_model_says_of_one_plane_is_not_shown_on_another() {
    let mut stage = stage(3);
    stage.act(Action::ShowData(true));
    stage.act(Action::SetKind("gmm".into()));
    stage.act(Action::Set(Group::Model, "pca".into(), "0".into()));
    stage.act(Action::Reset);
    let part = PlanePart { bounds: [[-3.0, 3.0]; 2], scale: 40.0 };
    stage.act(Action::ShowPart(SlotId(0), part));
    while !stage.derive().is_empty() {}
    let says = |stage: &Stage| {
        (stage.session.model_density(SlotId(0)).is_some(), stage.session.data_places(SlotId(0)).is_some())
    };
    assert_eq!(says(&stage), (true, true));
    stage.act(Action::SetColumn(1, 2));
    assert_eq!(stage.session.data_columns(), Some([0, 2]));
    // Where the samples lie is worked out first.
    while stage.session.data_points().is_none() {
        stage.derive();
    }
    assert_eq!(says(&stage), (false, false));
}
