//! Other models on the same data, held beside the shown one: linked by the samples whose codes they draw.

use super::derived::{Derived, Exactly, ModelOn};
use super::{Effect, Session, ToastKind};
use crate::data::Cancel;
use crate::latent::plane::Plane;
use crate::model::{ModelSpec, Settings};
use crate::store::{EMBEDDED, Embedded};
use crate::train::{Scores, score};
use crate::worker::{Job, Pace, Rival, RivalRequest, RivalSource};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Most models beside the shown one: more planes would be too small to be read.
pub const MAX_RIVALS: usize = 2;

/// What to hold beside the shown model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// PCA of as many dimensions, solved at once.
    Pca,
    /// The shown model as it stands now, while it is trained on or another takes its place.
    Itself,
    /// A trained model by its name, or a model file.
    Model(PathBuf),
}

/// The models beside the shown one, and what links their planes.
pub struct Comparison {
    rivals: Vec<Rival>,
    next_stamp: u64,
    /// The request whose answer is awaited.
    awaited: Option<u64>,
    /// The shown model's scores.
    own: Derived<Exactly<ModelOn>, Scores>,
    /// The training sample whose code is under the pointer on any plane.
    linked: Option<u32>,
    /// The training sample that was clicked.
    marked: Option<u32>,
    /// The rival's plane under the pointer, and the code there.
    hover: Option<(usize, Vec<f32>)>,
}

impl Default for Comparison {
    fn default() -> Self {
        Self {
            rivals: Vec::new(),
            next_stamp: 0,
            awaited: None,
            own: Derived::new("scoring the model", 0),
            linked: None,
            marked: None,
            hover: None,
        }
    }
}

impl Session {
    /// What can be held beside the shown model, with its name.
    pub fn comparables(&self) -> Vec<(String, Against)> {
        let Some(data) = &self.data else { return Vec::new() };
        let fits = |embedded: &&Embedded| embedded.data == self.spec.data;
        let own_file = self.slot().file.as_deref();
        let is_other = |embedded: &&Embedded| own_file != Some(Path::new(embedded.name));
        let trained = EMBEDDED.iter().filter(fits);
        let mut all = Vec::new();
        if self.model().is_some_and(|model| model.info().fits(&data.train).is_ok()) {
            let n = self.latent_dim();
            all.push((format!("PCA of {n} dimension{}", if n == 1 { "" } else { "s" }), Against::Pca));
            all.push(("This model as it is now".into(), Against::Itself));
        }
        let others = trained.filter(is_other);
        all.extend(others.map(|other| (other.title.to_owned(), Against::Model(other.name.into()))));
        all
    }

    /// The models beside the shown one.
    pub fn rivals(&self) -> &[Rival] {
        &self.comparison.rivals
    }

    /// Whether a model is being fetched to be held beside the shown one.
    pub fn awaits_rival(&self) -> bool {
        self.comparison.awaited.is_some()
    }

    /// The shown model's scores, once they are worked out.
    pub fn scores(&self) -> Option<Scores> {
        let scores = self.comparison.own.get()?;
        Some(Scores { secs: self.training_secs(), ..*scores })
    }

    /// The training sample under the pointer on any plane.
    pub fn linked(&self) -> Option<u32> {
        self.comparison.linked
    }

    /// The training sample that was clicked.
    pub fn marked(&self) -> Option<u32> {
        self.comparison.marked
    }

    /// The code under the pointer on a rival's plane.
    pub fn rival_hover(&self, rival: usize) -> Option<&[f32]> {
        self.comparison.hover.as_ref().filter(|(of, _)| *of == rival).map(|(_, z)| z.as_slice())
    }

    /// The plane that a rival is drawn on: its first two dimensions, the others at 0.
    pub fn rival_plane(&self, rival: usize) -> Plane {
        let latent_dim = self.comparison.rivals[rival].model.info().latent_dim();
        Plane::axes(&vec![0.0; latent_dim], 0, 1.min(latent_dim - 1))
    }

    /// The code that a rival decodes: under the pointer, else the linked sample's, else the marked one's.
    pub fn rival_z(&self, rival: usize) -> Option<Vec<f32>> {
        let of_sample = |sample: u32| self.comparison.rivals[rival].cloud.code_of(sample);
        let hovered = self.rival_hover(rival).map(<[f32]>::to_vec);
        hovered.or_else(|| of_sample(self.linked().or(self.marked())?))
    }

    /// Holds another model beside the shown one.
    pub(super) fn compare(&mut self, against: Against, effects: &mut Vec<Effect>) {
        let Some(data) = self.data.clone() else { return };
        let source = match against {
            Against::Model(path) => RivalSource::Model(path),
            Against::Itself => {
                let Some(model) = self.model().cloned() else { return };
                let name = format!("{}, kept", model.info().title);
                RivalSource::Shown(name, model, self.training_secs())
            }
            Against::Pca => {
                let pca = ModelSpec::of_kind("pca")
                    .and_then(|pca| pca.with("latent_dim", &self.latent_dim().to_string()));
                match pca {
                    Ok(pca) => RivalSource::Solve(Box::new(pca)),
                    Err(e) => return self.toast(ToastKind::Bad, e.to_string(), "Nothing was changed.".into()),
                }
            }
        };
        self.comparison.next_stamp += 1;
        let stamp = self.comparison.next_stamp;
        self.comparison.awaited = Some(stamp);
        effects.push(Effect::Job(Job::Rival(Box::new(RivalRequest { stamp, source, data }))));
    }

    /// Takes a model that was asked for.
    pub(super) fn rival_ready(&mut self, stamp: u64, rival: Result<Box<Rival>, String>) {
        if self.comparison.awaited != Some(stamp) {
            return;
        }
        self.comparison.awaited = None;
        match rival {
            // Of a set that was closed meanwhile.
            Ok(rival) if self.data.as_ref().is_none_or(|data| rival.model.info().fits(&data.train).is_err()) => {}
            Ok(rival) => {
                if self.comparison.rivals.len() == MAX_RIVALS {
                    self.comparison.rivals.remove(0);
                }
                self.comparison.rivals.push(*rival);
            }
            Err(e) => self.toast(ToastKind::Bad, e, "Nothing was changed.".into()),
        }
    }

    /// Forgets what was asked for and is given up.
    pub(super) fn cancel_comparison(&mut self) {
        self.comparison.awaited = None;
    }

    /// Takes a rival away.
    pub(super) fn drop_rival(&mut self, rival: usize) {
        if rival < self.comparison.rivals.len() {
            self.comparison.rivals.remove(rival);
        }
        self.comparison.hover = None;
    }

    pub(super) fn hover_rival(&mut self, hover: Option<(usize, Vec<f32>)>) {
        self.comparison.hover = hover.filter(|(rival, _)| *rival < self.comparison.rivals.len());
    }

    pub(super) fn link(&mut self, sample: Option<u32>) {
        self.comparison.linked = sample;
    }

    pub(super) fn mark(&mut self, sample: Option<u32>) {
        self.comparison.marked = sample;
    }

    /// Lets go of rivals of other data, and asks for what is missing.
    pub(super) fn refresh_comparison(&mut self, effects: &mut Vec<Effect>) {
        if let Some(data) = &self.data {
            let (train, n) = (&data.train, data.train.n_samples());
            self.comparison
                .rivals
                .retain(|rival| rival.cloud.indices.len() == n && rival.model.info().fits(train).is_ok());
        }
        self.refresh_scores(effects);
        if self.is_busy() || self.is_running() {
            return;
        }
        if self.comparison.rivals.is_empty() {
            (self.comparison.linked, self.comparison.marked, self.comparison.hover) = (None, None, None);
        }
    }

    /// Asks for the shown model's scores where others stand beside it and the codes of all samples are there.
    fn refresh_scores(&mut self, effects: &mut Vec<Effect>) {
        let (cloud, data) = (self.cloud().cloned(), self.data.clone());
        let is_compared = !self.comparison.rivals.is_empty();
        let about = self.model_on().filter(|_| is_compared).map(Exactly);
        let is_whole = cloud
            .as_ref()
            .zip(data.as_ref())
            .is_some_and(|(cloud, data)| cloud.indices.len() == data.train.n_samples());
        let pace = (is_whole && !self.is_busy() && !self.is_running()).then_some(Pace::OnAllCores);
        let asked = about.clone();
        let work = || move |cancel: &Cancel| score(&*asked?.0.model, &*cloud?, &data?, cancel);
        self.comparison.own.follow(about, pace, work, effects);
    }
}
