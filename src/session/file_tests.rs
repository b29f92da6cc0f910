use super::super::{ErrorsOf, Side};
use super::*;
use crate::data::{ByHand, DataSplit, Dataset, DrawnPoint, SampleKind, Values};
use crate::picture::WordSearch;
use crate::session::Attribute;
use proptest::prelude::*;

/// Two models, one of ten dimensions, with everything set that can be.
fn spec() -> SessionSpec {
    let mut spec = SessionSpec { data: DataChoice::Path("/data/moons".into()), ..SessionSpec::default() };
    let model = ModelSpec::default().with("latent_dim", "10").unwrap();
    spec.slots
        .push(SlotSpec { anchor: Anchor::Sample(4), ..SlotSpec::new(SlotId(7), model, TrainSpec::default()) });
    spec.slots[1].is_in_series = true;
    spec.slots[1].names = [(3, "slant".into())].into();
    spec.slots[0].fit = AxisFit::Fixed { centre: [0.5, -1.0], half: [2.0, 3.0] };
    spec.active = SlotId(7);
    spec.grid.rect = Some(GridRect { slot: SlotId(0), bounds: [[-1.0, 1.0], [0.0, 2.5]] });
    spec.path.ends = [Some(PathEnd::Sample(3)), Some(PathEnd::Place { slot: SlotId(7), z: vec![0.25; 10] })];
    spec.selection.samples = [3, 4].into();
    spec.unfolded = [Fold::Scores, Fold::Settings].into();
    spec.corrupted_page = Some(2);
    spec.completion = Some(Completion { rows: 10, seed: 4 });
    spec.writing.search = WordSearch::Beam;
    spec.writing.first = "the cat".into();
    spec.reading = spec.reading.with("data.stop_words", "/home/me/class/own/stop.txt").unwrap();
    spec.query = Some(Query::File("/home/me/class/own/seven.png".into()));
    spec.outliers = Some(OutlierPage {
        by: crate::train::OutlierScore::Cook,
        column: "ash".into(),
        on: crate::train::RegressOn::Columns(vec!["alcohol".into()]),
        moved: Some(crate::session::Moved { sample: 3, x: Some(0.5), y: -2.0 }),
        ..OutlierPage::default()
    });
    spec.stage = Some(Staging { corruption: crate::model::Corruption::Gaussian, level: 0.25, draw: 3 });
    spec.data_view.fit = AxisFit::Fixed { centre: [0.5, -1.0], half: [2.0, 3.0] };
    let points = ByHand::default().with([DrawnPoint::new([0.5, -1.25], 2)]);
    spec.sketch = Some(Sketch { points, class: 3 });
    spec
}

fn weights() -> BTreeMap<SlotId, WeightsAt> {
    [(SlotId(7), WeightsAt::File("/home/me/class/models/ten.safetensors".into()))].into()
}

fn json() -> serde_json::Value {
    serde_json::to_value(SessionFileV1::new(&spec(), &weights(), Path::new("/home/me/class")).unwrap()).unwrap()
}

/// What is said of a file that was changed.
fn said(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut json = json();
    change(&mut json);
    let checked =
        SessionFileV1::parse(json.to_string().as_bytes()).and_then(|file| file.check(Path::new("/elsewhere")));
    checked.err().unwrap_or_default()
}

#[test]
fn paths_are_relative_to_the_file_where_they_lie_below_it() {
    let json = json();
    assert_eq!(json["slots"][1]["weights"]["file"], "models/ten.safetensors");
    assert_eq!(json["data"]["path"], "/data/moons", "what lies elsewhere is named whole");
    assert_eq!(json["query"]["file"], "own/seven.png");
    assert_eq!(json["reading"]["data.stop_words"], "own/stop.txt");
    let file = SessionFileV1::parse(json.to_string().as_bytes()).unwrap();
    let (read, at) = file.check(Path::new("/moved")).unwrap();
    assert_eq!(at[&SlotId(7)], WeightsAt::File("/moved/models/ten.safetensors".into()));
    assert_eq!(read.slots[1].file.as_deref(), Some(Path::new("/moved/models/ten.safetensors")));
    assert_eq!(read.data, DataChoice::Path("/data/moons".into()));
    assert_eq!(read.query, Some(Query::File("/moved/own/seven.png".into())));
    assert_eq!(read.reading.iter().collect::<Vec<_>>(), [("data.stop_words", "/moved/own/stop.txt")]);
    // What was typed below the folder that the program runs in is found from anywhere.
    let typed = ReadSettings::default().with("data.stop_words", "stop.txt").unwrap();
    let other = SessionSpec { reading: typed, ..spec() };
    let json = SessionFileV1::new(&other, &weights(), Path::new("/elsewhere")).unwrap().reading;
    let whole = std::path::absolute("stop.txt").unwrap().display().to_string();
    assert_eq!(json.iter().collect::<Vec<_>>(), [("data.stop_words", whole.as_str())]);
    for word in ["none", "english"] {
        let named = ReadSettings::default().with("data.stop_words", word).unwrap();
        assert_eq!(named.moved(|path| Path::new("/x").join(path)), named, "{word} is no file");
    }
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    use serde_json::json;
    assert_eq!(said(|_| ()), "");
    for (field, value) in [("temperature", json!(0.0)), ("width", json!(0)), ("first", json!("a ".repeat(11)))] {
        assert!(said(|file| file["writing"][field] = value).contains("begun with too many words"), "{field}");
    }
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 29] = [
        (|json| json["outliers"]["k"] = json!(0), "its outliers"),
        (|json| json["version"] = json!(2), "it is of version 2"),
        (|json| json["stage"]["level"] = json!(2.0), "its stage"),
        (|json| json["stage"]["corruption"] = json!("none"), "its stage"),
        (|json| json["sketch"]["class"] = json!(10), "drawn by hand that cannot be"),
        (|json| json["sketch"]["points"] = json!([[0, 200_000, 1]]), "drawn by hand that cannot be"),
        (|json| json["data"] = json!({"drawn": [[0, 0, 99]]}), "drawn by hand that cannot be"),
        (|json| json["data_view"]["fit"]["fixed"]["half"] = json!([0.0, 1.0]), "its view of the data"),
        (|json| json["slots"][1]["names"] = json!({"10": "slant"}), "names dimensions"),
        (|json| json["slots"][1]["names"] = json!({"3": " "}), "or by no name"),
        (|json| *json = json!([1, 2]), "no session of halfmoon"),
        (|json| json["more"] = json!(1), "unknown field"),
        (
            |json| {
                json["query"] = json!({"drawn": [{"points": [[0.5, 7.0]], "radius": 0.1, "colour": [0, 0, 0]}]});
            },
            "lines far off its paper",
        ),
        (|json| json["slots"] = json!([]), "it has 0 models"),
        (|json| json["slots"][0]["is_visible"] = json!(false), ""),
        (|json| json["slots"][1]["is_visible"] = json!(false), "model 7 is to be active"),
        (|json| json["slots"][1]["id"] = json!(0), "two models are named 0"),
        (|json| json["active"] = json!(3), "model 3 is to be active"),
        (|json| json["slots"][0]["z"] = json!([]), "model 0: its kept code is not 1"),
        (|json| json["slots"][0]["z"] = json!([1e30, 0.0]), "model 0: its kept code"),
        (|json| json["slots"][0]["z"] = json!([null, 0.0]), "cannot be understood"),
        (
            |json| json["slots"][0]["axes"] = json!({ "dimensions": [0, 2] }),
            "model 0: it is drawn along dimensions",
        ),
        (|json| json["slots"][0]["view"]["fixed"]["half"] = json!([0.0, 1.0]), "model 0: its view"),
        (|json| json["slots"][0]["weights"] = json!({ "trained": "nobody" }), "no trained model \"nobody\""),
        (|json| json["corrupted_page"] = json!(u64::MAX), "shows page 18446744073709551615"),
        (|json| json["grid"]["steps"] = json!(2000), "2000 grid images a side"),
        (|json| json["grid"]["rect"]["bounds"] = json!([[1.0, -1.0], [0.0, 1.0]]), "no rectangle"),
        (|json| json["path"]["at"] = json!(1.5), "a place that is not on its path"),
        (|json| json["path"]["ends"][1]["place"]["z"] = json!([0.0]), "an end of its path"),
    ];
    for (change, want) in cases {
        let said = said(change);
        assert!(said.contains(want) && said.is_empty() == want.is_empty(), "{said:?} for {want:?}");
    }
}

#[test]
fn what_the_data_do_not_have_is_refused() {
    let kind = SampleKind::square(1, 2);
    let all = Dataset::new(kind, Values::Bytes(vec![7; 20].into()), None, vec![]).unwrap();
    let data = DataSplit::new("five".into(), all.clone(), all);
    assert_eq!(fits(&spec(), &data), Ok(()));
    let said = |change: &dyn Fn(&mut SessionSpec)| {
        let mut spec = spec();
        change(&mut spec);
        fits(&spec, &data).unwrap_err()
    };
    assert!(
        said(&|spec: &mut SessionSpec| spec.selection.focused = Some(5)).contains("sample 5, and the data hold 5")
    );
    assert!(said(&|spec: &mut SessionSpec| spec.path.ends[0] = Some(PathEnd::Sample(99))).contains("sample 99"));
    assert!(said(&|spec: &mut SessionSpec| spec.slots[1].anchor = Anchor::Sample(8)).contains("sample 8"));
    assert!(said(&|spec: &mut SessionSpec| spec.colour = ColourBy::Column(0)).contains("column 0"));
    assert!(said(&|spec: &mut SessionSpec| spec.hidden = [3].into()).contains("a class"));
    assert!(said(&|spec: &mut SessionSpec| spec.left_out = [7].into()).contains("sample 7"));
    let sided = |plus: Side| {
        move |spec: &mut SessionSpec| {
            spec.attributes = vec![Attribute { name: String::new(), plus: plus.clone(), minus: Side::All }];
        }
    };
    assert!(said(&sided(Side::Samples([1, 5].into()))).contains("sample 5, and the data hold 5"));
    assert!(said(&sided(Side::Class(3))).contains("an attribute of a class"));
    let of_class = ErrorPage { of: ErrorsOf::Class(4), ..ErrorPage::default() };
    assert!(said(&|spec: &mut SessionSpec| spec.errors = Some(of_class)).contains("reconstructions of class 4"));
}

fn end() -> impl Strategy<Value = Option<PathEnd>> {
    let place = proptest::collection::vec(-1e3f32..1e3, 10).prop_map(|z| PathEnd::Place { slot: SlotId(7), z });
    proptest::option::of(prop_oneof![
        (0..1000u32).prop_map(PathEnd::Sample),
        "[a-zé]{1,9} [a-z]{0,9}".prop_map(PathEnd::Text),
        place
    ])
}

proptest! {
    #[test]
    fn a_session_survives_its_file(
        z in proptest::collection::vec(-1e4f32..1e4, 2), (a, b) in (end(), end()), steps in 2usize..=20,
        samples in proptest::collection::btree_set(0u32..1000, 0..20), hidden in proptest::collection::btree_set(0usize..300, 0..5),
        low in -1e3f32..0.0, high in 0f32..1e3, half in 1e-3f32..1e3, tool in 0..4usize, label in 0usize..9,
    ) {
        let mut spec = spec();
        spec.slots[0].z = z;
        spec.slots[1].file = Some("/home/me/class/models/ten.safetensors".into());
        spec.slots[1].fit = AxisFit::Fixed { centre: [low, high], half: [half, 1.0] };
        spec.slots[1].axes = match steps {
            ..10 => PlaneAxes::Dimensions([steps, 0]),
            10..15 => PlaneAxes::Principal,
            _ => PlaneAxes::Samples([3, 1, steps as u32]),
        };
        (spec.path.ends, spec.grid.steps, spec.hidden) = ([a, b], steps, hidden);
        spec.selection.samples = samples.into_iter().collect();
        spec.errors = (label > 2).then_some(ErrorPage { of: ErrorsOf::Class(label), page: steps, ..ErrorPage::default() });
        let (plus, minus) = (Side::Samples([label as u32, 9].into()), Side::Class(steps));
        spec.attributes = vec![Attribute { name: "slant".into(), plus, minus }];
        spec.left_out = [2, label as u32].into();
        spec.shape = [Shape::Lasso, Shape::Rectangle][label % 2];
        spec.path.at = (steps < 15).then_some(high / 1e3);
        spec.grid.rect = Some(GridRect { slot: SlotId(7), bounds: [[low, high], [low, low]] });
        (spec.tool, spec.label) = ([Tool::Explore, Tool::Path, Tool::Grid, Tool::Select][tool], label);
        let folder = Path::new("/home/me/class");
        let text = SessionFileV1::new(&spec, &weights(), folder).unwrap().to_text().unwrap();
        let (read, at) = SessionFileV1::parse(text.as_bytes()).unwrap().check(folder).unwrap();
        prop_assert_eq!(read, spec);
        prop_assert_eq!(at, weights());
    }

    #[test]
    fn arbitrary_bytes_are_no_session_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(SessionFileV1::parse(&bytes).is_err());
    }
}

#[test]
fn a_large_choice_takes_little_room_and_one_that_no_data_have_is_refused_on_both_sides() {
    let folder = Path::new("/home/me/class");
    let mut spec = spec();
    spec.selection.samples = (0..2_000_000).collect();
    spec.left_out = (5..70_000).collect();
    spec.slots[1].file = Some("/home/me/class/models/ten.safetensors".into());
    let text = SessionFileV1::new(&spec, &weights(), folder).unwrap().to_text().unwrap();
    assert!(text.len() < 10_000, "{}", text.len());
    let (read, _) = SessionFileV1::parse(text.as_bytes()).unwrap().check(folder).unwrap();
    assert_eq!(read, spec);
    let said = said(|json| json["samples"] = serde_json::json!([[0, u32::MAX], [0, u32::MAX]]));
    assert!(said.contains("it names 8589934"), "{said}");
    // Every second one: no runs to write.
    spec.selection.samples = (0..2_000_000).map(|sample| 2 * sample).collect();
    let refused = SessionFileV1::new(&spec, &weights(), folder).unwrap().to_text().unwrap_err();
    assert!(refused.contains("fewer samples"), "{refused}");
}
