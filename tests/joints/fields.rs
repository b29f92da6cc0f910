//! Every setting of every kind reaches the weights.

use super::{data_for, model, training, weights_after, with};
use halfmoon::model::{Field, FieldKind, KINDS, ModelSpec, Settings};
use halfmoon::train::TrainSpec;

/// What a setting needs beside it to change anything, where that is more than what makes it visible.
const NEEDS: &[(&str, &[(&str, &str)])] = &[
    // The planned end matters to what runs towards it.
    ("epochs", &[("schedule", "cosine")]),
    // A share is aimed at as strongly as is asked for.
    ("sparsity_target", &[("sparsity", "1")]),
    // Layers are Boltzmann machines where they are trained alone, and have binary units.
    (
        "pretrain_by",
        &[
            ("pretrain", "1"),
            ("activation", "sigmoid"),
            ("code_activation", "linear"),
            ("likelihood", "bernoulli"),
        ],
    ),
    // With few units and first weights a chain forgets at once where it began.
    ("chains", &[("latent_dim", "40")]),
];

/// Values that say in other words what is so anyway.
const SAME: &[(&str, &str)] = &[
    // Pixels are not scaled unless it is asked for.
    ("scaling", "none"),
];

/// Settings that a kind has only as they are: layers are trained in pairs where the decoder mirrors the
/// encoder, and one whose decoder is told the label as well cannot.
const REFUSED: &[&str] =
    &["stacked: arch", "stacked: decoder_hidden", "stacked: decoder_weights", "cvae: decoder_weights"];

pub fn needs(field: &Field) -> &'static [(&'static str, &'static str)] {
    NEEDS.iter().find(|(path, _)| *path == field.path).map_or(&[], |(_, needs)| needs)
}

/// Another value than the present one, or several to try where not every one suits the kind.
pub fn others(field: &Field, now: &str) -> Vec<String> {
    let others: Vec<String> = match field.kind {
        FieldKind::Int { min, max, step } => {
            let now: u64 = now.parse().unwrap();
            let near = [now + 2 * step, now.saturating_sub(step)];
            near.iter().filter(|n| (min..=max).contains(*n) && **n != now).map(u64::to_string).collect()
        }
        FieldKind::Float { min, max } => {
            let now: f64 = now.parse().unwrap();
            [now * 1.5, now / 2.0, 0.25]
                .iter()
                .filter(|x| (min..=max).contains(*x) && **x != now)
                .map(f64::to_string)
                .collect()
        }
        FieldKind::Choice(choices) => {
            choices.iter().map(|choice| choice.0.into()).filter(|word| word != now).collect()
        }
        FieldKind::List { .. } => vec!["5".into(), "6, 5".into()],
        FieldKind::MirroredList { .. } => vec!["5".into(), "7, 5".into()],
    };
    let others: Vec<String> = others.into_iter().filter(|value| !SAME.contains(&(field.path, value))).collect();
    assert!(!others.is_empty(), "{}: nothing but {now}", field.path);
    others
}

/// The settings with what makes a field visible, and what that needs itself; none where the kind cannot have
/// it.
pub fn made_visible<T: Settings>(spec: &T, field: &Field) -> Vec<T> {
    let Some((path, wanted)) = field.visible_if else { return vec![spec.clone()] };
    let condition = *spec.fields().iter().find(|other| other.path == path).unwrap();
    let all = made_visible(spec, &condition);
    all.iter().flat_map(|spec| wanted.split('|').filter_map(|value| spec.with(path, value).ok())).collect()
}

/// Changes a field of model or training in every way that suits, and asserts that one at least can be trained
/// and that each that can ends elsewhere than without. A value that a kind refuses is one that nobody can
/// set.
fn changes(
    what: &str,
    base: (&ModelSpec, &TrainSpec),
    changed: impl Fn(&str) -> Option<(ModelSpec, TrainSpec)>,
    values: &[String],
) {
    let before = weights_after(base.0, base.1).unwrap_or_else(|e| panic!("{what}: {e}"));
    let mut n_tried = 0;
    for value in values {
        let Some((model, training)) = changed(value) else { continue };
        let Ok(after) = weights_after(&model, &training) else { continue };
        n_tried += 1;
        assert!(after != before, "{what} = {value} changes nothing");
        assert_eq!(
            after,
            weights_after(&model, &training).unwrap(),
            "{what} = {value} gives other weights each time"
        );
    }
    assert_eq!(n_tried == 0, REFUSED.contains(&what), "{what}: {n_tried} of {values:?} could be tried");
}

#[test]
fn every_setting_of_every_kind_changes_the_weights() {
    for kind in KINDS.iter().filter(|kind| data_for(kind.name).is_some()) {
        let spec = model(kind.name, &[]);
        let train = training(&[]);
        for field in spec.fields() {
            let visible = made_visible(&spec, &field).into_iter().map(|spec| with(spec, needs(&field)));
            let visible: Vec<ModelSpec> = visible.collect();
            let suits = |spec: &&ModelSpec| weights_after(spec, &train).is_ok();
            // A choice of the network's shape may be refused as a whole by kinds that are not made for it.
            let Some(base) = visible.iter().find(suits) else {
                assert!(field.visible_if.is_some(), "{}: {} cannot be had", kind.name, field.path);
                continue;
            };
            let values = others(&field, &base.text(field.path));
            let changed = |value: &str| Some((base.with(field.path, value).ok()?, train.clone()));
            changes(&format!("{}: {}", kind.name, field.path), (base, &train), changed, &values);
        }
        // The planned end matters to what runs towards it.
        let matters = |path: &str| spec.uses_training(if path == "epochs" { "schedule" } else { path });
        for field in train.fields().into_iter().filter(|field| matters(field.path)) {
            let base = with(made_visible(&train, &field).remove(0), needs(&field));
            let values = others(&field, &base.text(field.path));
            let changed = |value: &str| Some((spec.clone(), base.with(field.path, value).ok()?));
            changes(&format!("{}: {}", kind.name, field.path), (&spec, &base), changed, &values);
        }
    }
}
