//! What is unlike the rest, and the regression behind one of the scores.

use super::*;
use crate::data::Labels;
use crate::session::{Moved, OutlierPage};
use crate::train::{OutlierScore, RegressOn};

fn settle(stage: &mut Stage) {
    while !stage.derive().is_empty() {}
}

fn by(by: OutlierScore) -> OutlierPage {
    OutlierPage { by, ..OutlierPage::default() }
}

fn show(stage: &mut Stage, page: &OutlierPage) {
    stage.act(Action::ShowOutliers(Some(page.clone())));
    settle(stage);
}

/// A line of points with one far off it, as a table of x and y.
fn line() -> DataSplit {
    let y = |i: usize| if i == 9 { 30.0 } else { 2.0 * i as f32 + (i % 3) as f32 };
    let values: Vec<f32> = (0..40).flat_map(|i| [i as f32, y(i)]).collect();
    let kind = SampleKind::table(["x", "y"]);
    let labels = Labels { names: ["even", "odd"].map(String::from).into(), of: (0..40).map(|i| i % 2).collect() };
    let all = Dataset::new(kind, Values::Floats(values.into()), Some(labels), vec![]).unwrap();
    DataSplit::new("Line".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())
}

fn on_line() -> (Stage, OutlierPage) {
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(line()));
    settle(&mut stage);
    let page = OutlierPage { column: "y".into(), ..by(OutlierScore::Cook) };
    show(&mut stage, &page);
    (stage, page)
}

#[test]
fn samples_are_listed_by_what_the_model_can_tell_and_hidden_ones_are_not() {
    let mut stage = Stage::new();
    settle(&mut stage);
    assert!(stage.session.outliers(5).is_none(), "nobody asks");
    for score in stage.session.outlier_scores().into_iter().filter(|score| *score != OutlierScore::Cook) {
        show(&mut stage, &by(score));
        let found = stage.session.outliers(500).unwrap();
        assert_eq!(found.len(), 30, "{score:?}");
        let sign = if score == OutlierScore::LogP { -1.0 } else { 1.0 };
        let value = |i: usize| found[i].1.unwrap() * sign;
        assert!((1..30).all(|i| value(i - 1) >= value(i)), "{score:?}: {found:?}");
        let first = found[0].0;
        stage.act(Action::Choose(Choice::These([first].into()), Joining::Instead));
        stage.act(Action::Hide(Hiding::Chosen));
        assert!(stage.session.outliers(500).unwrap().iter().all(|(sample, _)| *sample != first));
        stage.act(Action::Hide(Hiding::Nothing));
    }
    stage.act(Action::ShowOutliers(None));
    settle(&mut stage);
    assert!(stage.session.outliers(5).is_none());
}

#[test]
fn an_order_by_one_score_is_never_shown_for_another() {
    let mut stage = Stage::new();
    settle(&mut stage);
    show(&mut stage, &by(OutlierScore::Neighbours));
    assert!(stage.session.outliers(5).is_some());
    stage.act(Action::ShowOutliers(Some(OutlierPage { k: 3, ..by(OutlierScore::Neighbours) })));
    assert!(stage.session.outliers(5).is_none(), "another number of neighbours is another score");
    settle(&mut stage);
    stage.act(Action::ShowOutliers(Some(by(OutlierScore::Rarity))));
    assert!(stage.session.outliers(5).is_none());
    settle(&mut stage);
    assert!(stage.session.outliers(5).is_some());
    stage.act(Action::ShowOutliers(Some(OutlierPage { k: 3, ..by(OutlierScore::Rarity) })));
    assert!(stage.session.outliers(5).is_none(), "nor is rarity the same by other neighbours");
}

#[test]
fn a_dragged_point_bends_the_fit_and_undo_takes_it_back() {
    let (mut stage, page) = on_line();
    let first = |stage: &Stage| stage.session.outliers(1).unwrap()[0];
    let (sample, distance) = first(&stage);
    assert_eq!(sample, 9);
    let slope = |stage: &Stage| stage.session.influence().unwrap().unwrap().of.fit.slopes[0];
    let before = slope(&stage);
    {
        let found = stage.session.influence().unwrap().unwrap();
        let (row, without) = found.apart.as_ref().unwrap();
        assert_eq!((*row, without.as_ref().unwrap().fitted.len()), (9, 29), "the fit without the highest");
    }
    let moved = Moved { sample: 19, x: Some(60.0), y: -90.0 };
    stage.act(Action::ShowOutliers(Some(OutlierPage { moved: Some(moved), ..page.clone() })));
    assert!(stage.session.influence().is_some(), "the fit before stands while it is dragged");
    assert_eq!(stage.derive(), ["a regression"], "what stands in the data is not gathered anew");
    settle(&mut stage);
    let (sample, far) = first(&stage);
    assert!(sample == 19 && far > distance && slope(&stage) < before);
    let design = &stage.session.influence().unwrap().unwrap().of.design;
    assert_eq!((design.x[[19, 0]], design.y[19]), (60.0, -90.0));
    stage.act(Action::Undo);
    settle(&mut stage);
    assert_eq!((first(&stage), slope(&stage)), ((9, distance), before));
    assert!(stage.session.spec().outliers.is_some(), "the panel stays open");
}

#[test]
fn a_regression_is_of_the_samples_that_are_shown_and_on_what_is_asked_for() {
    let (mut stage, page) = on_line();
    let n = |stage: &Stage| stage.session.influence().unwrap().unwrap().of.design.samples.len();
    assert_eq!(n(&stage), 30);
    stage.act(Action::ToggleClass(1));
    assert!(stage.session.influence().is_none(), "of other samples it is another");
    settle(&mut stage);
    assert_eq!(n(&stage), 15);
    stage.act(Action::ToggleClass(1));
    stage.act(Action::Choose(Choice::These([9, 12].into()), Joining::Instead));
    stage.act(Action::Hide(Hiding::Chosen));
    assert!(stage.session.influence().is_none());
    settle(&mut stage);
    let design = &stage.session.influence().unwrap().unwrap().of.design;
    assert!(design.samples.len() == 28 && design.row_of(9).is_none(), "left out one by one as well");
    stage.act(Action::Hide(Hiding::Nothing));
    settle(&mut stage);
    show(&mut stage, &OutlierPage { on: RegressOn::Columns(vec!["y".into()]), ..page.clone() });
    assert!(stage.session.influence().unwrap().is_err_and(|why| why.contains("itself")));
    assert_eq!(stage.session.outliers(3), Some(vec![]));
    show(&mut stage, &OutlierPage { on: RegressOn::Columns(vec!["weight".into()]), ..page });
    assert_eq!(stage.session.regressed_on(), Some(RegressOn::Codes), "where there is no such column");
}

#[test]
fn the_figure_and_the_stage_take_one_place_and_points_are_of_their_data() {
    let (mut stage, page) = on_line();
    let moved = Some(Moved { sample: 2, x: None, y: 9.0 });
    show(&mut stage, &OutlierPage { is_staged: true, moved, ..page.clone() });
    assert!(stage.session.stages_regression());
    stage.act(Action::SetTool(Tool::Grid));
    assert!(!stage.session.stages_regression(), "a tool is for the planes");
    show(&mut stage, &OutlierPage { k: 0, ..page });
    assert_eq!(stage.session.spec().outliers.as_ref().unwrap().k, 20, "what cannot be is not taken");
    stage.act(Action::ChooseData(DataChoice::Moons));
    stage.data_come(Ok(data(SampleKind::row(3))));
    assert_eq!(stage.session.spec().outliers.as_ref().unwrap().moved, None);
}

#[test]
fn a_moved_point_comes_back_with_the_column_that_it_was_of_and_a_closed_panel_with_its_point() {
    let (mut stage, page) = on_line();
    let moved = Some(Moved { sample: 2, x: None, y: 9.0 });
    let with_point = OutlierPage { moved, ..page };
    show(&mut stage, &with_point);
    show(&mut stage, &OutlierPage { column: "x".into(), moved: None, ..with_point.clone() });
    stage.act(Action::Undo);
    assert_eq!(stage.session.spec().outliers, Some(with_point.clone()));
    stage.act(Action::ShowOutliers(None));
    stage.act(Action::Undo);
    assert_eq!(stage.session.spec().outliers, Some(with_point));
}

#[test]
fn a_change_of_column_that_let_a_point_go_is_done_again_whole() {
    let (mut stage, page) = on_line();
    let with_point = OutlierPage { moved: Some(Moved { sample: 2, x: None, y: 9.0 }), ..page };
    show(&mut stage, &with_point);
    let other = OutlierPage { column: "x".into(), moved: None, ..with_point.clone() };
    show(&mut stage, &other);
    stage.act(Action::Undo);
    assert_eq!(stage.spec().outliers.as_ref(), Some(&with_point));
    stage.act(Action::Redo);
    assert_eq!(stage.spec().outliers.as_ref(), Some(&other));
}

#[test]
fn the_fit_takes_the_place_of_what_undo_brings_back() {
    let (mut stage, page) = on_line();
    // Which of the two is shown; never both.
    let shown = |stage: &Stage| (stage.spec().divergences.is_some(), stage.session.stages_regression());
    stage.act(Action::Diverge(Diverge::Open(DivergencePage::Bound)));
    show(&mut stage, &OutlierPage { is_staged: true, ..page.clone() });
    assert_eq!(shown(&stage), (false, true));
    stage.act(Action::Undo);
    assert_eq!(shown(&stage), (true, false));
    stage.act(Action::Redo);
    assert_eq!(shown(&stage), (false, true));
    stage.act(Action::Diverge(Diverge::Open(DivergencePage::Gradients)));
    assert_eq!(shown(&stage), (true, false));
    stage.act(Action::Undo);
    assert_eq!(shown(&stage), (false, true), "the fit comes back where it was covered");
    show(&mut stage, &OutlierPage { k: 7, ..page });
    assert_eq!(shown(&stage), (false, false));
    stage.act(Action::SetTool(Tool::Grid));
    stage.act(Action::Undo);
    let page = stage.spec().outliers.clone().unwrap();
    assert_eq!((page.k, page.is_staged), (7, false), "nothing else of how they are looked at is a step");
}

#[test]
fn the_fit_comes_back_with_the_tool_that_hid_it_and_with_its_panel() {
    let (mut stage, page) = on_line();
    let with_point = OutlierPage { is_staged: true, moved: Some(Moved { sample: 2, x: None, y: 9.0 }), ..page };
    show(&mut stage, &with_point);
    stage.act(Action::SetTool(Tool::Path));
    assert!(!stage.session.stages_regression());
    stage.act(Action::Undo);
    assert!(stage.session.stages_regression() && stage.spec().tool == Tool::Explore);
    stage.act(Action::ShowOutliers(None));
    stage.act(Action::Undo);
    assert_eq!(stage.spec().outliers.as_ref(), Some(&with_point));
}

/// A table of one column, which can be regressed on codes alone.
#[test]
fn a_fit_on_codes_keeps_its_place_while_weights_are_set_up() {
    let values: Vec<f32> = (0..40).map(|i| (i * 7 % 13) as f32).collect();
    let all = Dataset::new(SampleKind::table(["x"]), Values::Floats(values.into()), None, vec![]).unwrap();
    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    stage.data_come(Ok(DataSplit::new("Line".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())));
    settle(&mut stage);
    show(&mut stage, &OutlierPage { is_staged: true, ..by(OutlierScore::Cook) });
    assert!(stage.session.stages_regression());
    // The new weights are still on their way.
    let effects = stage.session.apply(Action::Reset);
    assert!(stage.session.cloud().is_none() && stage.session.stages_regression());
    stage.answer(effects);
    settle(&mut stage);
    assert!(stage.session.stages_regression() && stage.session.influence().is_some());
}

#[test]
fn a_fit_on_columns_is_written_without_a_model_and_of_no_step() {
    let (mut stage, page) = on_line();
    show(&mut stage, &OutlierPage { is_staged: true, ..page });
    let export = Export::Figure(FigureOf::Regression, Default::default());
    stage.train(3);
    settle(&mut stage);
    stage.act(Action::LookBack(SlotId(0), Some(3)));
    settle(&mut stage);
    assert_eq!(stage.session.looked_back(SlotId(0)), Some(3));
    stage.act(Action::ExportAs(export, "fit.svg".into()));
    assert_eq!(stage.last_toast().split(" | ").next(), Some("Working out the fit as a figure"));
    stage.act(Action::LookBack(SlotId(0), None));
    // Settings that fit no data leave no model at all.
    stage.session.weights.clear();
    assert!(stage.session.model().is_none());
    stage.act(Action::ExportAs(export, "fit.svg".into()));
    assert!(stage.last_toast().starts_with("Working out the fit"), "{}", stage.last_toast());
}

#[test]
fn the_fit_is_shown_without_the_sample_that_is_picked_and_a_point_moves_across_one_column_alone() {
    let (mut stage, page) = on_line();
    let apart = |stage: &Stage| stage.session.influence().unwrap().unwrap().apart.as_ref().unwrap().0;
    assert_eq!(apart(&stage), 9, "else it is the highest");
    stage.act(Action::Pick(Some(4)));
    settle(&mut stage);
    assert_eq!(apart(&stage), 4);
    let moved = Some(Moved { sample: 20, x: Some(60.0), y: -90.0 });
    show(&mut stage, &OutlierPage { moved, ..page });
    assert_eq!(apart(&stage), 20, "a point that is moved goes before");

    let mut stage = Stage::new();
    stage.act(Action::ChooseData(DataChoice::FullHalf));
    let values: Vec<f32> = (0..120).map(|i| (i * 37 % 101) as f32).collect();
    let all =
        Dataset::new(SampleKind::table(["x", "y", "z"]), Values::Floats(values.into()), None, vec![]).unwrap();
    stage.data_come(Ok(DataSplit::new("Three".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())));
    settle(&mut stage);
    let page = OutlierPage { column: "z".into(), on: RegressOn::Others, ..by(OutlierScore::Cook) };
    show(&mut stage, &page);
    let x = |stage: &Stage| stage.session.influence().unwrap().unwrap().of.design.x.clone();
    let before = x(&stage);
    show(&mut stage, &OutlierPage { moved, ..page });
    assert_eq!(stage.session.influence().unwrap().unwrap().of.design.y[20], -90.0);
    assert_eq!(x(&stage), before, "of several columns it is none");
}
