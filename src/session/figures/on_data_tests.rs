use super::*;
use crate::data::{Column, Labels, Reading, SampleKind, Values, load};
use crate::model::ModelSpec;
use crate::model::{Settings, SharedModel};
use crate::picture::figure::Mark;

fn fresh(kind: &str, data: &Dataset) -> SharedModel {
    let layers = if kind == "gan" { "generator" } else { "hidden" };
    let spec = ModelSpec::of_kind(kind).unwrap().fitted_to(data.kind()).with(layers, "8").unwrap();
    let train = crate::train::TrainSpec::default();
    let split = crate::data::DataSplit::new("Toy".into(), data.clone(), data.clone());
    let spec = spec.check(data.kind(), data.classes()).unwrap();
    crate::train::Run::new(&spec, &train, &split, None, 1).unwrap().trained().unwrap().model.clone()
}

fn toy(name: &str) -> Dataset {
    load(&name.parse().unwrap(), &Reading::default()).unwrap().train
}

fn of(layers: &[Layer], columns: [usize; 2], model: &SharedModel) -> DataOf {
    let said = vec![SaidOf::new(None, &layers.iter().copied().collect(), columns, &**model)];
    DataOf { columns, said, ..DataOf::default() }
}

/// Rows of two columns in two classes, with an age beside them.
fn table() -> Dataset {
    let values: Vec<f32> = (0..80).map(|i| (i * 37 % 101) as f32 / 50.0 - 1.0).collect();
    let labels = Labels { names: ["elm", "oak"].map(String::from).into(), of: (0..40).map(|i| i % 2).collect() };
    let age = Column { name: "age".into(), unit: "a".into(), values: (0..40).map(|i| i as f32).collect() };
    let kind = SampleKind::table(["x", "y"]);
    Dataset::new(kind, Values::Floats(values.into()), Some(labels), vec![age]).unwrap()
}

fn inside(figure: &Figure) -> Vec<&Mark> {
    let clips = figure.marks.iter().filter_map(|mark| match mark {
        Mark::Clip { marks, .. } => Some(marks.iter()),
        _ => None,
    });
    clips.flatten().collect()
}

#[test]
fn a_plane_of_the_data_has_the_heat_the_samples_made_and_the_grid_that_are_asked_for() {
    let data = toy("ring");
    let model = fresh("gan", &data);
    let layers = [Layer::Discriminator, Layer::ModelDensity, Layer::Made, Layer::Warped];
    let draw = |layers: &[Layer]| {
        of(layers, [0, 1], &model).figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap()
    };
    let count = |figure: &Figure| {
        let n = |is: &dyn Fn(&Mark) -> bool| inside(figure).into_iter().filter(|mark| is(mark)).count();
        [
            n(&|mark| matches!(mark, Mark::Image { .. })),
            n(&|mark| matches!(mark, Mark::Line { pen, .. } if pen.dash.is_none())),
            n(&|mark| matches!(mark, Mark::Circles { fill: None, .. })),
        ]
    };
    let all = draw(&layers);
    let [images, lines, hollow] = count(&all);
    assert_eq!((images, hollow), (1, 1));
    assert!(lines >= 13, "{lines} lines of a grid of codes");
    assert_eq!(count(&draw(&[])), [0, 0, 0]);
    assert!(all.texts().any(|text| text.starts_with('x')), "the columns are named");
    let Some(Mark::Image { pixels, at, size }) =
        inside(&all).into_iter().find(|mark| matches!(mark, Mark::Image { .. }))
    else {
        panic!("a heat")
    };
    assert!(at[0] < 40.0 && size[0] > 200.0 && pixels.width > 200, "it fills the plane");
}

#[test]
fn one_column_is_curves_with_the_best_discriminator_beside_the_one_there_is() {
    let data = toy("bumps");
    let model = fresh("gan", &data);
    let figure = of(&[], [0, 0], &model);
    let figure = figure.figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap();
    let texts: Vec<&str> = figure.texts().collect();
    for said in ["p, the data", "q, what the model makes", "D", "best D, p / (p + q)", "x"] {
        assert!(texts.contains(&said), "{said} of {texts:?}");
    }
    let cancel = Cancel::default();
    cancel.set();
    assert!(of(&[], [0, 0], &model).figure(&[&*model], &data, &Look::default(), &cancel).is_none());
}

#[test]
fn samples_and_what_is_made_of_them_are_those_that_the_window_shows() {
    let data = table();
    let model = fresh("ae", &data);
    let all = || of(&[Layer::Remade], [0, 1], &model);
    let draw = |of: &DataOf| of.figure(&[&*model], &data, &Look::default(), &Cancel::default()).unwrap();
    // Dots, hollow ones, lines of which none is of the grid, and colours of dots.
    let count = |of: &DataOf| {
        let figure = draw(of);
        let circles = |is_hollow: bool| {
            inside(&figure).into_iter().filter_map(move |mark| match mark {
                Mark::Circles { centres, fill, .. } if fill.is_none() == is_hollow => Some(centres.len()),
                _ => None,
            })
        };
        let is_line = |mark: &&Mark| matches!(mark, Mark::Line { pen, .. } if pen.dash.is_none());
        let n_lines = inside(&figure).into_iter().filter(is_line).count();
        (circles(false).sum::<usize>(), circles(true).sum::<usize>(), n_lines, circles(false).count())
    };
    assert_eq!(count(&all()), (40, 40, 0, 2));
    assert_eq!(count(&DataOf { hidden: [1].into(), ..all() }), (20, 20, 0, 1));
    assert_eq!(count(&DataOf { left_out: [0, 1, 2].into(), ..all() }), (37, 37, 0, 2));
    assert_eq!(count(&DataOf { chosen: [3, 8].into(), ..all() }), (40, 2, 2, 2));
    let shades = DataOf { column: Some(0), has_class_names: true, ..all() };
    assert!(count(&shades).3 > 20, "a shade for each age");
    assert!(draw(&shades).texts().all(|text| text != "oak"), "which are no classes to be named");
    assert!(draw(&DataOf { has_class_names: true, ..all() }).texts().any(|text| text == "oak"));
    // Ticks of one column.
    let line = |hidden: &[usize]| {
        let of = DataOf { hidden: hidden.iter().copied().collect(), ..of(&[], [1, 1], &model) };
        draw(&of).marks.iter().map(|mark| if let Mark::Clip { marks, .. } = mark { marks.len() } else { 0 }).sum()
    };
    let (whole, half): (usize, usize) = (line(&[]), line(&[0]));
    assert_eq!(whole - half, 20);
}

#[test]
fn what_a_model_cannot_say_is_left_away_and_the_rest_is_drawn() {
    let data = table();
    let model = fresh("ae", &data);
    let asked = SAYS.map(|(_, layer)| layer);
    let plane = of(&asked, [0, 1], &model);
    assert_eq!(plane.said[0].layers, [Layer::Remade].into(), "it draws no codes");
    assert!(plane.figure(&[&*model], &data, &Look::default(), &Cancel::default()).is_some());
    let game = fresh("gan", &data);
    let says = |columns| of(&asked, columns, &game).said[0].layers.clone();
    assert_eq!(says([1, 1]), [Layer::ModelDensity, Layer::Discriminator].into(), "curves of one column");
    assert!(says([0, 1]).is_superset(&[Layer::Made, Layer::Warped].into()));
}

#[test]
fn a_command_names_the_column_of_the_colours_and_there_is_none_for_single_samples() {
    let data = table();
    let model = fresh("gan", &data);
    let command = |of: DataOf| {
        let named = ("table.csv", &ReadSettings::default(), &data);
        of.command_line(&["gan.safetensors".into()], named, &Look::default(), "data.svg")
    };
    let all = || of(&[Layer::Made], [0, 1], &model);
    assert!(command(DataOf { column: Some(0), ..all() }).unwrap().contains("--colour-by age"));
    assert!(!command(all()).unwrap().contains("--colour-by"));
    assert_eq!(command(DataOf { left_out: [3].into(), ..all() }), None);
    assert_eq!(command(DataOf { chosen: [3].into(), ..all() }), None);
}
