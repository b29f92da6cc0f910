//! Actions as data.

use super::*;
use crate::data::{Distance, Stroke};
use crate::latent::path::Walk;
use proptest::prelude::*;
use proptest::strategy::Union;

fn query() -> impl Strategy<Value = Query> {
    let stroke = (proptest::collection::vec([0f32..1.0, 0f32..1.0], 1..4), 0.01f32..0.2, any::<[u8; 3]>())
        .prop_map(|(points, radius, colour)| Stroke { points, radius, colour });
    prop_oneof![
        proptest::collection::vec(stroke, 0..3).prop_map(Query::Drawn),
        any::<String>().prop_map(|name| Query::File(name.into())),
        any::<String>().prop_map(Query::Text),
        any::<u32>().prop_map(Query::Sample),
    ]
}

/// Any action that can be written down: its numbers are finite.
fn actions() -> impl Strategy<Value = Action> {
    let z = || proptest::collection::vec(-1e4f32..1e4, 0..5);
    let text = || any::<String>();
    let n = || 0usize..40;
    let sample = || proptest::option::of(any::<u32>());
    let slot = || any::<u32>().prop_map(SlotId);
    let place = (slot(), z()).prop_map(|(slot, z)| PathEnd::Place { slot, z });
    let end = || {
        prop_oneof![any::<u32>().prop_map(PathEnd::Sample), any::<String>().prop_map(PathEnd::Text), place.clone()]
    };
    let bounds = || [[-9f32..9.0, -9f32..9.0], [-9f32..9.0, -9f32..9.0]];
    let rect = (slot(), bounds()).prop_map(|(slot, bounds)| GridRect { slot, bounds });
    let fixed = ([-9f32..9.0, -9f32..9.0], [0.1f32..9.0, 0.1f32..9.0]);
    let fit = prop_oneof![Just(AxisFit::Fitted), fixed.prop_map(|(centre, half)| AxisFit::Fixed { centre, half })]
        .boxed();
    let group = || prop_oneof![Just(Group::Model), Just(Group::Training)];
    let data = prop_oneof![
        proptest::sample::select(DataChoice::EMBEDDED.to_vec()),
        text().prop_map(|path| DataChoice::Path(path.into()))
    ];
    let until = prop_oneof![Just(Until::End), any::<u64>().prop_map(Until::Steps), Just(Until::EpochEnd)];
    let preset = prop_oneof![
        (text(), text()).prop_map(|(a, b)| Preset::Classes(a, b)),
        Just(Preset::RandomCodes),
        Just(Preset::RandomClasses)
    ];
    let new =
        prop_oneof![Just(NewSlot::Pca), Just(NewSlot::Copy), text().prop_map(|path| NewSlot::Model(path.into()))];
    let split = || proptest::sample::select(vec![Split::Train, Split::Test, Split::All]);
    let export = prop_oneof![
        split().prop_map(Export::Codes),
        split().prop_map(Export::Projector),
        Just(Export::Losses),
        Just(Export::Chosen),
        proptest::sample::select(vec![Part::Encoder, Part::Decoder, Part::All]).prop_map(Export::Onnx)
    ];
    let side = || {
        prop_oneof![
            Just(Side::All),
            n().prop_map(Side::Class),
            proptest::collection::vec(any::<u32>(), 0..9).prop_map(|samples| Side::Samples(samples.into()))
        ]
    };
    let of = prop_oneof![
        proptest::sample::select(vec![ErrorsOf::All, ErrorsOf::Chosen]),
        n().prop_map(ErrorsOf::Class)
    ];
    let order = proptest::sample::select(vec![ErrorOrder::Worst, ErrorOrder::Best, ErrorOrder::Index]);
    let errors = (any::<bool>(), order, of, n()).prop_map(|(is_test, order, of, page)| ErrorPage {
        is_test,
        order,
        of,
        page,
    });
    let choice = prop_oneof![
        proptest::sample::select(vec![Choice::All, Choice::Others]),
        proptest::collection::vec(any::<u32>(), 0..9).prop_map(|samples| Choice::These(samples.into())),
        n().prop_map(Choice::Class),
        n().prop_map(Choice::Worst),
        text().prop_map(Choice::Said),
    ];
    let joining = proptest::sample::select(vec![Joining::Instead, Joining::Also, Joining::Without]);
    let colour = prop_oneof![Just(ColourBy::Class), n().prop_map(ColourBy::Column)];
    Union::new([
        data.prop_map(Action::ChooseData).boxed(),
        text().prop_map(|path| Action::OpenModel(path.into())).boxed(),
        text().prop_map(|path| Action::OpenSession(path.into())).boxed(),
        text().prop_map(|path| Action::SaveSession(path.into())).boxed(),
        text().prop_map(Action::OpenTrained).boxed(),
        text().prop_map(Action::SetUp).boxed(),
        proptest::option::of(text()).prop_map(|path| Action::SaveModel(path.map(Into::into))).boxed(),
        text().prop_map(|path| Action::Export(path.into())).boxed(),
        (export, text()).prop_map(|(export, path)| Action::ExportAs(export, path.into())).boxed(),
        text().prop_map(|path| Action::WriteScript(path.into())).boxed(),
        text().prop_map(Action::SetKind).boxed(),
        (group(), text(), text()).prop_map(|(group, path, value)| Action::Set(group, path, value)).boxed(),
        until.prop_map(Action::Train).boxed(),
        any::<bool>().prop_map(Action::SlowMotion).boxed(),
        proptest::option::of((slot(), z())).prop_map(Action::Hover).boxed(),
        (slot(), z()).prop_map(|(slot, z)| Action::Keep(slot, z)).boxed(),
        sample().prop_map(Action::Point).boxed(),
        sample().prop_map(Action::Pick).boxed(),
        any::<u32>().prop_map(Action::PickAlso).boxed(),
        (choice, joining).prop_map(|(choice, joining)| Action::Choose(choice, joining)).boxed(),
        proptest::sample::select(vec![Hiding::Chosen, Hiding::Others, Hiding::Nothing])
            .prop_map(Action::Hide)
            .boxed(),
        proptest::sample::select(vec![Shape::Lasso, Shape::Rectangle]).prop_map(Action::SetShape).boxed(),
        proptest::option::of(query()).prop_map(Action::Ask).boxed(),
        slot().prop_map(Action::DrawPrincipal).boxed(),
        (slot(), any::<[u32; 3]>()).prop_map(|(slot, samples)| Action::DrawThrough(slot, samples)).boxed(),
        (slot(), -9f32..9.0, 0.1f32..500.0)
            .prop_map(|(slot, at, scale)| {
                let bounds = [[at, at + 2.0], [at - 1.0, at + 3.0]];
                Action::ShowPart(slot, PlanePart { bounds, scale })
            })
            .boxed(),
        (n(), -1e4f32..1e4).prop_map(|(dim, value)| Action::SetZ(dim, value)).boxed(),
        (slot(), n(), n()).prop_map(|(slot, axis, dim)| Action::SetAxis(slot, axis, dim)).boxed(),
        proptest::sample::select(vec![Tool::Explore, Tool::Path, Tool::Grid, Tool::Select])
            .prop_map(Action::SetTool)
            .boxed(),
        proptest::option::of(rect).prop_map(Action::SetGrid).boxed(),
        n().prop_map(Action::SetGridSteps).boxed(),
        proptest::sample::select(vec![Spacing::Linear, Spacing::Gaussian]).prop_map(Action::SetSpacing).boxed(),
        (n(), proptest::option::of(end())).prop_map(|(end, at)| Action::SetEnd(end, at)).boxed(),
        proptest::option::of(end()).prop_map(Action::HoverEnd).boxed(),
        preset.prop_map(Action::Preset).boxed(),
        n().prop_map(Action::SetPathSteps).boxed(),
        proptest::sample::select(Walk::ALL.to_vec()).prop_map(|(walk, _)| Action::SetWalk(walk)).boxed(),
        proptest::option::of(0f32..1.0).prop_map(Action::LookAt).boxed(),
        n().prop_map(Action::SetLabel).boxed(),
        proptest::sample::select(Layer::ALL.to_vec()).prop_map(|(layer, _)| Action::ToggleLayer(layer)).boxed(),
        n().prop_map(Action::ToggleClass).boxed(),
        n().prop_map(Action::ShowAlone).boxed(),
        colour.prop_map(Action::Colour).boxed(),
        (slot(), fit.clone()).prop_map(|(slot, fit)| Action::Fit(slot, fit)).boxed(),
        fit.prop_map(Action::FitData).boxed(),
        any::<bool>().prop_map(Action::ShowData).boxed(),
        (n(), n()).prop_map(|(axis, column)| Action::SetColumn(axis, column)).boxed(),
        any::<bool>().prop_map(Action::SketchData).boxed(),
        (-9f32..9.0, -9f32..9.0).prop_map(|(x, y)| Action::Spray([x, y])).boxed(),
        (-9f32..9.0, -9f32..9.0).prop_map(|(x, y)| Action::Wipe([x, y])).boxed(),
        any::<u8>().prop_map(Action::DrawClass).boxed(),
        Just(Action::TakeSketch).boxed(),
        proptest::collection::vec(n(), 0..4).prop_map(Action::ShowStrips).boxed(),
        n().prop_map(Action::ShowNearest).boxed(),
        new.prop_map(Action::AddSlot).boxed(),
        slot().prop_map(Action::RemoveSlot).boxed(),
        slot().prop_map(Action::Activate).boxed(),
        (slot(), any::<bool>()).prop_map(|(slot, shown)| Action::ShowSlot(slot, shown)).boxed(),
        proptest::option::of(n()).prop_map(Action::ShowCorrupted).boxed(),
        (text(), side(), side()).prop_map(|(name, plus, minus)| Action::AddAttribute(name, plus, minus)).boxed(),
        (n(), text()).prop_map(|(attribute, name)| Action::RenameAttribute(attribute, name)).boxed(),
        n().prop_map(Action::RemoveAttribute).boxed(),
        (n(), -9f32..9.0).prop_map(|(attribute, to)| Action::MoveAlong(attribute, to)).boxed(),
        proptest::option::of(errors).prop_map(Action::ShowErrors).boxed(),
        proptest::option::of(proptest::sample::select(vec![Distance::Euclid, Distance::Cosine]))
            .prop_map(|distance| Action::Find(distance.map(|distance| FindPage { distance })))
            .boxed(),
        any::<bool>().prop_map(|on| Action::Unfold(Fold::Scores, on)).boxed(),
        (text(), text()).prop_map(|(first, second)| Action::Tell(first, second)).boxed(),
        (text(), text()).prop_map(|(first, second)| Action::Complain(first, second)).boxed(),
        any::<u64>().prop_map(Action::Dismiss).boxed(),
        proptest::sample::select(vec![
            Action::CancelLoad,
            Action::ShowGallery,
            Action::LeaveAlone,
            Action::Pause,
            Action::Stop,
            Action::Reset,
            Action::Centre,
            Action::SampleZ,
            Action::SwapPath,
            Action::BeginGesture,
            Action::EndGesture,
            Action::Undo,
            Action::Redo,
        ])
        .boxed(),
    ])
}

proptest! {
    #[test]
    fn actions_survive_a_file(action in actions()) {
        let text = serde_json::to_string(&action).unwrap();
        prop_assert_eq!(serde_json::from_str::<Action>(&text).unwrap(), action);
    }
}

#[test]
fn actions_have_names_that_stay() {
    for (action, text) in [
        (Action::Centre, r#""centre""#),
        (Action::Set(Group::Model, "beta".into(), "2".into()), r#"{"set":["model","beta","2"]}"#),
        (Action::Train(Until::EpochEnd), r#"{"train":"epoch_end"}"#),
        (Action::Train(Until::Steps(3)), r#"{"train":{"steps":3}}"#),
        (Action::ChooseData(DataChoice::FullHalf), r#"{"choose_data":"full_half"}"#),
        (Action::SetTool(Tool::Path), r#"{"set_tool":"path"}"#),
        (Action::AddSlot(NewSlot::Copy), r#"{"add_slot":"copy"}"#),
        (Action::Keep(SlotId(2), vec![0.5]), r#"{"keep":[2,[0.5]]}"#),
        (Action::SetEnd(1, Some(PathEnd::Sample(7))), r#"{"set_end":[1,{"sample":7}]}"#),
        (Action::SetEnd(0, Some(PathEnd::Text("a cat".into()))), r#"{"set_end":[0,{"text":"a cat"}]}"#),
        (Action::Preset(Preset::Classes("a".into(), "b".into())), r#"{"preset":{"classes":["a","b"]}}"#),
    ] {
        assert_eq!(serde_json::to_string(&action).unwrap(), text);
        assert_eq!(serde_json::from_str::<Action>(text).unwrap(), action);
    }
    for text in [r#""erase_disk""#, r#"{"set_z":[0]}"#, r#"{"keep":[0,[null]]}"#, "3", ""] {
        assert!(serde_json::from_str::<Action>(text).is_err(), "{text}");
    }
}
