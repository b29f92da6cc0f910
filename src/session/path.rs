//! The path from A to B: its ends, where on it the window looks, and pairs of codes worth walking between.

use super::setup::walks;
use super::{PathEnd, PathSettings, Preset, Session, ToastKind, Tool};
use crate::latent::path::PathSpec;
use crate::nn::{Purpose, standard_normal, stream};

impl Session {
    /// The path as it is drawn: its ends are set, or the second travels with the pointer.
    pub fn path(&self) -> Option<PathSpec> {
        let PathSettings { ends: [a, b], steps, walk } = &self.spec.path;
        let to = b.as_ref().or(self.path_hover.as_ref())?;
        Some(PathSpec { from: a.as_ref()?.z.clone(), to: to.z.clone(), steps: *steps, walk: *walk })
    }

    /// Where on the path the window looks, 0 to 1; none while it looks at the kept point.
    pub fn path_t(&self) -> Option<f32> {
        let is_walked = self.spec.tool == Tool::Path && self.spec.path.ends.iter().all(Option::is_some);
        self.path_t.filter(|_| is_walked)
    }

    /// B while it travels with the pointer.
    pub fn path_hover(&self) -> Option<&PathEnd> {
        self.path_hover.as_ref()
    }

    /// The code of the path that the window looks at.
    pub(super) fn path_z(&self) -> Option<Vec<f32>> {
        Some(self.path()?.at(self.path_t()?))
    }

    pub(super) fn set_end(&mut self, end: usize, at: Option<PathEnd>) {
        let latent_dim = self.latent_dim();
        let fits = at.as_ref().is_none_or(|at| at.z.len() == latent_dim && at.z.iter().all(|z| z.is_finite()));
        if end > 1 || !fits {
            return;
        }
        self.path_hover = None;
        self.change(|spec| spec.path.ends[end] = at);
        let is_whole = self.spec.path.ends.iter().all(Option::is_some);
        // A path that has just become whole is looked at from its start.
        self.path_t = is_whole.then(|| self.path_t.unwrap_or(0.0));
    }

    /// Sets an end to the code of a training sample, which must be among the codes shown.
    pub(super) fn set_end_at_sample(&mut self, end: usize, sample: u32) {
        match self.code_of(sample) {
            Some(z) => self.set_end(end, Some(PathEnd { z, sample: Some(sample) })),
            None => {
                let n = self.data.as_ref().map_or(0, |data| data.train.n_samples());
                let (first, second) = if (sample as usize) < n {
                    (
                        "its code is not shown".to_string(),
                        "While training only some codes are; pause it first.".into(),
                    )
                } else {
                    (format!("the last is {}", n.saturating_sub(1)), "The end stays where it was.".into())
                };
                self.toast(ToastKind::Bad, format!("There is no sample {sample} to go to: {first}"), second);
            }
        }
    }

    /// The code of a training sample, if it is among those shown.
    pub fn code_of(&self, sample: u32) -> Option<Vec<f32>> {
        self.cloud()?.code_of(sample)
    }

    /// Ends that stand on samples go where these have gone.
    pub(super) fn follow_samples(&mut self) {
        for end in 0..2 {
            let sample = self.spec.path.ends[end].as_ref().and_then(|end| end.sample);
            if let Some((sample, z)) = sample.and_then(|sample| Some((sample, self.code_of(sample)?))) {
                self.spec.path.ends[end] = Some(PathEnd { z, sample: Some(sample) });
            }
        }
        let latent_dim = self.latent_dim();
        for end in &mut self.spec.path.ends {
            if end.as_ref().is_some_and(|end| end.z.len() != latent_dim) {
                *end = None;
            }
        }
        self.path_hover = None;
    }

    /// Pairs of codes to walk between that the data offer, each with its name.
    pub fn presets(&self) -> Vec<(String, Preset)> {
        let classes = self.data.as_ref().map_or(&[][..], |data| data.train.classes());
        let walks = walks().iter().filter(|walk| walk.iter().all(|name| classes.contains(name)));
        let mut presets: Vec<(String, Preset)> =
            walks.map(|[a, b]| (format!("{a} → {b}"), Preset::Classes(a.clone(), b.clone()))).collect();
        if self.cloud().is_some() {
            presets.push(("Two random codes".to_string(), Preset::RandomCodes));
        }
        if classes.len() > 1 {
            presets.push(("Two random classes".to_string(), Preset::RandomClasses));
        }
        presets
    }

    pub(super) fn use_preset(&mut self, preset: &Preset) {
        self.n_drawn += 1;
        let Some(ends) = self.ends_of(preset) else { return };
        self.path_hover = None;
        self.path_t = Some(0.0);
        self.change(|spec| {
            spec.tool = Tool::Path;
            spec.path.ends = ends;
        });
    }

    /// The pair of ends that a preset means now.
    fn ends_of(&self, preset: &Preset) -> Option<[Option<PathEnd>; 2]> {
        let indices = &self.cloud()?.indices;
        let [a, b] = self.random();
        let samples = match preset {
            Preset::Classes(a, b) => {
                let classes = self.data.as_ref()?.train.classes();
                let class = |name: &str| classes.iter().position(|class| class == name);
                [self.typical(class(a)?)?, self.typical(class(b)?)?]
            }
            Preset::RandomCodes => {
                let at = |share: f32| indices.get((share * indices.len() as f32) as usize).copied();
                [at(a)?, at(b)?]
            }
            Preset::RandomClasses => {
                let n = self.data.as_ref()?.train.classes().len();
                // Only classes that have codes; a set's numbering may leave some empty.
                let typical: Vec<u32> = (0..n).filter_map(|class| self.typical(class)).collect();
                let first = (a * typical.len() as f32) as usize;
                let others = typical.len().checked_sub(1).filter(|&others| others > 0)?;
                let second = (first + 1 + (b * others as f32) as usize) % typical.len();
                [*typical.get(first)?, typical[second]]
            }
        };
        let end = |sample: u32| Some(PathEnd { z: self.code_of(sample)?, sample: Some(sample) });
        Some([Some(end(samples[0])?), Some(end(samples[1])?)])
    }

    /// The sample of a class whose code lies nearest to the mean of its class.
    fn typical(&self, class: usize) -> Option<u32> {
        let (cloud, labels) = (self.cloud()?, self.data.as_ref()?.train.labels()?);
        let of_class = || {
            let rows = cloud.indices.iter().zip(cloud.codes.mu.rows());
            rows.filter(|(idx, _)| usize::from(labels.of[**idx as usize]) == class)
        };
        let mut mean = vec![0.0f32; cloud.codes.mu.ncols()];
        let n = of_class().count() as f32;
        of_class().for_each(|(_, z)| mean.iter_mut().zip(z).for_each(|(mean, z)| *mean += z / n));
        let distance =
            |z: ndarray::ArrayView1<f32>| z.iter().zip(&mean).map(|(z, m)| (z - m).powi(2)).sum::<f32>();
        of_class().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1))).map(|(idx, _)| *idx)
    }

    /// Two numbers in [0, 1), other ones for each draw.
    fn random(&self) -> [f32; 2] {
        let mut normal = [0.0f32; 4];
        standard_normal(&mut stream(self.n_drawn, Purpose::Prior, 1), &mut normal);
        // The angle of a pair of normal draws is uniform.
        let share = |x: f32, y: f32| (y.atan2(x) / std::f32::consts::TAU + 0.5).clamp(0.0, 0.999_999);
        [share(normal[0], normal[1]), share(normal[2], normal[3])]
    }
}
