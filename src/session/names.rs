//! What models side by side are called: their kind, and what tells them apart.

use crate::model::{Field, FieldKind, ModelSpec, Settings};
use crate::store::embedded;
use crate::train::TrainSpec;
use crate::worker::SlotId;
use std::borrow::Cow;
use std::path::Path;

/// Most differences that are named; the settings hold the rest.
const MAX_PARTS: usize = 3;
/// The setting that is named wherever any model has another.
const LENGTH: &str = "latent_dim";
/// Settings that tell no models apart: how far the training goes is said elsewhere, and how it is shared out
/// nowhere.
const UNSAID: [&str; 2] = ["epochs", "shards"];

/// What a model is named by.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<'a> {
    /// Which it is.
    pub slot: SlotId,
    /// Its settings.
    pub model: Cow<'a, ModelSpec>,
    /// Its training's.
    pub training: Cow<'a, TrainSpec>,
    /// The file it is in.
    pub file: Option<Cow<'a, Path>>,
    /// Whether it was put beside another as that stood.
    pub is_copy: bool,
}

impl Named<'_> {
    fn into_owned(self) -> Named<'static> {
        Named {
            slot: self.slot,
            model: Cow::Owned(self.model.into_owned()),
            training: Cow::Owned(self.training.into_owned()),
            file: self.file.map(|file| Cow::Owned(file.into_owned())),
            is_copy: self.is_copy,
        }
    }
}

/// A model's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotName {
    /// Its kind, as short as tells it from the others'.
    pub kind: String,
    /// What else tells it from them; empty where the kind does.
    pub differs: String,
}

impl SlotName {
    /// Kind and difference in one line.
    pub fn whole(&self) -> String {
        if self.differs.is_empty() { self.kind.clone() } else { format!("{}, {}", self.kind, self.differs) }
    }
}

/// The names of the models on screen, and what they were worked out from.
#[derive(Default)]
pub struct Names {
    named: Vec<Named<'static>>,
    names: Vec<SlotName>,
}

impl Names {
    /// Works the names out, if anything they hang on changed.
    pub fn update(&mut self, named: Vec<Named<'_>>) {
        if *self.named != *named {
            self.named = named.into_iter().map(Named::into_owned).collect();
            self.names = names(&self.named);
        }
    }

    /// A model's name; empty for one that is not on screen.
    pub fn of(&self, slot: SlotId) -> SlotName {
        let at = self.named.iter().position(|named| named.slot == slot);
        at.and_then(|at| self.names.get(at)).cloned().unwrap_or_default()
    }
}

/// The names of models that stand beside one another.
fn names(of: &[Named<'_>]) -> Vec<SlotName> {
    let listed: Vec<Vec<(Field, String)>> =
        of.iter().map(|slot| [slot.model.listed(), slot.training.listed()].concat()).collect();
    let titles: Vec<&str> = of.iter().map(|slot| slot.model.title()).collect();
    let parts: Vec<Vec<String>> = (0..of.len()).map(|i| differences(i, &titles, &listed)).collect();
    let name = |i: usize| {
        let mut own = parts[i].clone();
        // What no setting tells from another, its origin may.
        let is_twin = |j: usize| j != i && titles[j] == titles[i] && parts[j] == parts[i];
        if (0..of.len()).any(is_twin) {
            own.extend(origin(&of[i]));
        }
        SlotName { kind: kind(i, &titles), differs: own.join(" · ") }
    };
    (0..of.len()).map(name).collect()
}

/// The first word of a title, unless another title has the same one.
fn kind(i: usize, titles: &[&str]) -> String {
    let first = |title: &str| title.split(',').next().unwrap_or_default().to_owned();
    let is_ambiguous = titles.iter().any(|title| *title != titles[i] && first(title) == first(titles[i]));
    if is_ambiguous { titles[i].to_owned() } else { first(titles[i]) }
}

/// The settings that a model has otherwise than another of its kind, and its length where any has another.
fn differences(i: usize, titles: &[&str], listed: &[Vec<(Field, String)>]) -> Vec<String> {
    let text_of = |j: usize, path: &str| listed[j].iter().find(|(field, _)| field.path == path).map(|(_, t)| t);
    let tells = |(field, text): &&(Field, String)| {
        let others = (0..titles.len()).filter(|&j| j != i && (titles[j] == titles[i] || field.path == LENGTH));
        !UNSAID.contains(&field.path) && others.filter_map(|j| text_of(j, field.path)).any(|other| other != text)
    };
    listed[i].iter().filter(tells).take(MAX_PARTS).map(|(field, text)| said(field, text)).collect()
}

/// A setting in as few words as say it: "10-D", "β .1", "seed 1", "activation tanh".
fn said(field: &Field, text: &str) -> String {
    if field.path == LENGTH {
        return format!("{text}-D");
    }
    let value = match field.kind {
        FieldKind::Choice(choices) => choices
            .iter()
            .find(|choice| choice.0 == text)
            .map_or(text.to_owned(), |choice| choice.1.to_lowercase()),
        _ if text.is_empty() => "none".to_owned(),
        _ => text.strip_prefix("0.").map_or(text.to_owned(), |decimals| format!(".{decimals}")),
    };
    format!("{} {value}", field.title.to_lowercase())
}

fn origin(slot: &Named) -> Option<String> {
    if slot.is_copy {
        return Some("as it was".into());
    }
    let file = slot.file.as_deref().filter(|file| embedded(file).is_none())?;
    Some(file.file_stem()?.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model by its kind, settings as `name=value`, a file or `copy`.
    struct Case(&'static str, &'static [&'static str], &'static str);

    fn named(cases: &[Case]) -> Vec<String> {
        let specs: Vec<(ModelSpec, TrainSpec)> = cases
            .iter()
            .map(|Case(kind, settings, _)| {
                let (mut model, mut training) = (ModelSpec::of_kind(kind).unwrap(), TrainSpec::default());
                for (path, text) in settings.iter().filter_map(|setting| setting.split_once('=')) {
                    match model.with(path, text) {
                        Ok(with) => model = with,
                        Err(_) => training = training.with(path, text).unwrap(),
                    }
                }
                (model, training)
            })
            .collect();
        let of: Vec<Named> = specs
            .into_iter()
            .zip(cases)
            .map(|((model, training), Case(_, _, origin))| Named {
                slot: SlotId(0),
                model: Cow::Owned(model),
                training: Cow::Owned(training),
                file: Some(Cow::Borrowed(Path::new(*origin))).filter(|_| !["", "copy"].contains(origin)),
                is_copy: *origin == "copy",
            })
            .collect();
        names(&of).iter().map(SlotName::whole).collect()
    }

    #[test]
    fn names_say_what_differs_and_no_more() {
        let table: &[(&[Case], &[&str])] = &[
            (&[Case("vae", &[], "")], &["VAE"]),
            (&[Case("vae", &[], ""), Case("ae", &[], "")], &["VAE", "AE"]),
            (&[Case("vae", &[], ""), Case("vae", &["beta=0.1"], "")], &["VAE, β 1", "VAE, β .1"]),
            (&[Case("vae", &[], ""), Case("vae", &["latent_dim=10"], "")], &["VAE, 2-D", "VAE, 10-D"]),
            (&[Case("pca", &["latent_dim=30"], ""), Case("ae", &["latent_dim=30"], "")], &["PCA", "AE"]),
            (&[Case("pca", &[], ""), Case("ae", &["latent_dim=30"], "")], &["PCA, 2-D", "AE, 30-D"]),
            (&[Case("vae", &["seed=0"], ""), Case("vae", &["seed=1"], "")], &["VAE, seed 0", "VAE, seed 1"]),
            (&[Case("ae", &[], ""), Case("denoising", &[], "")], &["AE, plain, 2-D", "AE, denoising, 16-D"]),
            (&[Case("vae", &["epochs=9"], ""), Case("vae", &[], "copy")], &["VAE", "VAE, as it was"]),
            (&[Case("vae", &[], "mnist-vae"), Case("vae", &[], "a/b/mine.safetensors")], &["VAE", "VAE, mine"]),
            (
                &[Case("vae", &[], "one.safetensors"), Case("vae", &[], "two.safetensors"), Case("ae", &[], "x")],
                &["VAE, one", "VAE, two", "AE"],
            ),
            (
                &[Case("ae", &["latent_dim=3", "activation=tanh"], ""), Case("ae", &[], "")],
                &["AE, 3-D · activation tanh", "AE, 2-D · activation relu"],
            ),
        ];
        for (cases, expected) in table {
            assert_eq!(named(cases), *expected);
        }
    }

    #[test]
    fn at_most_three_differences_are_named() {
        let other = &["latent_dim=3", "hidden=8", "activation=tanh", "seed=4"];
        let found = named(&[Case("ae", &[], ""), Case("ae", other, "")]);
        assert_eq!(found[1].matches('·').count(), MAX_PARTS - 1, "{found:?}");
    }
}
