//! What is taken away in the formats of others.

use super::*;
use crate::model::Metrics;
use crate::worker::Written;
use std::collections::BTreeSet;
use std::path::Path;

/// Asks for an export, and keeps what the lane of files is to work out for it.
fn asked(stage: &mut Stage, export: Export, path: &str) {
    let mut effects = stage.act(Action::ExportAs(export, path.into()));
    effects.retain(|effect| !matches!(effect, Effect::Decode(_)));
    let reads = effects.extract_if(.., |effect| matches!(effect, Effect::Job(Job::Read(_))));
    let reads =
        reads.filter_map(|effect| if let Effect::Job(Job::Read(read)) = effect { Some(read) } else { None });
    stage.deriving.extend(reads);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Job(Job::Save(..)))), "it is worked out first");
}

fn under_way(stage: &Stage) -> impl Iterator<Item = &Derive> {
    stage.deriving.iter().filter(|derive| derive.key.0 == "the export")
}

/// Plays the lane that works it out; returns what is to be written then.
fn written(stage: &mut Stage) -> Vec<(PathBuf, Written)> {
    for derive in std::mem::take(&mut stage.deriving) {
        derive.work.run(&derive.cancel);
    }
    let saved = |effect| match effect {
        Effect::Job(Job::Save(path, written)) => Some((path, written)),
        _ => None,
    };
    stage.event(Event::Derived).into_iter().filter_map(saved).collect()
}

#[test]
fn each_export_is_worked_out_and_then_handed_to_the_files() {
    let mut stage = Stage::new();
    stage.train(3);
    for (export, path, begin) in [
        (Export::Codes(Split::All), "codes.csv", &b"index,split,z0,"[..]),
        (Export::Codes(Split::Test), "codes.NPZ", b"PK"),
        (Export::Codes(Split::Train), "codes.npy", b"\x93NUMPY"),
        (Export::Onnx(Part::Decoder), "decoder.onnx", &[0x08, 0x08]),
    ] {
        asked(&mut stage, export, path);
        assert!(stage.session.is_exporting(), "{path}");
        let written = written(&mut stage);
        let [(to, Written::File { bytes, .. })] = &written[..] else { panic!("{path} is one file") };
        assert_eq!(to, Path::new(path));
        assert!(bytes.starts_with(begin), "{path}");
        assert!(!stage.session.is_exporting());
    }
    asked(&mut stage, Export::Projector(Split::Test), "projector");
    assert!(matches!(&written(&mut stage)[..], [(_, Written::Folder { files, .. })] if files.len() >= 4));
    stage.event(Event::Exported("/there/codes.csv".into(), "the codes of 30 images".into(), Ok(1500)));
    let toast = stage.session.toasts().last().unwrap();
    assert_eq!(
        (toast.first.as_str(), toast.second.as_str()),
        ("Wrote codes.csv", "the codes of 30 images, 2 KB, in /there")
    );
}

#[test]
fn losses_are_those_of_the_charts() {
    let mut stage = Stage::new();
    assert_eq!(stage.session.can_export(Export::Losses), Err("nothing was trained yet"));
    let generation = stage.session.run.generation;
    let point = |step, loss| CurvePoint { step, metrics: Metrics::default().with(MetricId::Loss, loss) };
    let outbox = Outbox {
        train_points: vec![(generation, point(1, 9.5))],
        test_points: vec![(generation, point(2, 8.25))],
        ..Outbox::default()
    };
    stage.session.receive(outbox);
    asked(&mut stage, Export::Losses, "losses.csv");
    let per_epoch = stage.session.steps_per_epoch() as f64;
    let written = written(&mut stage);
    let [(_, Written::File { bytes, .. })] = &written[..] else { panic!("one file") };
    let wanted =
        format!("step,epoch,train_loss,test_loss\n1,{},9.5,\n2,{},,8.25\n", 1.0 / per_epoch, 2.0 / per_epoch);
    assert_eq!(std::str::from_utf8(bytes).unwrap(), wanted);
}

#[test]
fn what_is_given_up_is_not_written_and_exports_do_not_replace_one_another() {
    let mut stage = Stage::new();
    asked(&mut stage, Export::Codes(Split::All), "a.csv");
    asked(&mut stage, Export::Codes(Split::All), "b.csv");
    let keys: BTreeSet<_> = under_way(&stage).map(|derive| derive.key).collect();
    assert_eq!(keys.len(), 2, "newer work would take the place of the older");
    let paths: Vec<PathBuf> = written(&mut stage).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, [Path::new("a.csv"), Path::new("b.csv")]);

    asked(&mut stage, Export::Codes(Split::All), "c.csv");
    assert!(stage.last_toast().starts_with("Working out the codes of "), "{}", stage.last_toast());
    stage.act(Action::CancelLoad);
    assert!(under_way(&stage).all(|derive| derive.cancel.is_set()) && !stage.session.is_exporting());
    assert!(written(&mut stage).is_empty() && stage.session.toasts().is_empty());
}

#[test]
fn what_cannot_be_written_is_said_at_once_and_nothing_is_worked_out() {
    let mut stage = Stage::new();
    for (export, path, said) in [
        (Export::Codes(Split::All), "codes.txt", ".csv, .npy or .npz"),
        (Export::Losses, "losses.csv", "nothing was trained yet"),
        (Export::Onnx(Part::All), "model.pt", ".onnx"),
    ] {
        asked(&mut stage, export, path);
        assert!(under_way(&stage).next().is_none() && !stage.session.is_exporting(), "{path}");
        assert!(stage.last_toast().contains(path) && stage.last_toast().contains(said), "{}", stage.last_toast());
    }
    // Work that breaks tells nobody anything.
    asked(&mut stage, Export::Onnx(Part::All), "model.onnx");
    stage.deriving.clear();
    stage.event(Event::Derived);
    assert!(!stage.session.is_exporting() && stage.last_toast().contains("a fault in this program"));
}
