//! The figure of divergences: two bumps p and a Gaussian q under the hand, the evidence bound of a small
//! model, and two estimators of a gradient. It needs no model and no data, and takes the place of the planes.

use super::derived::{Derived, Exactly};
use super::{Effect, Session};
use crate::data::Cancel;
use crate::latent::divergence::bound::{Bound, Encoder, SAMPLES, TwoGaussians};
use crate::latent::divergence::descent::{MEANS, SIGMAS, descent, held, optima, step};
use crate::latent::divergence::{Bump, Divergence, Mixture, Normal};
use crate::worker::Pace;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What of it is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivergencePage {
    /// KL both ways and JS.
    #[default]
    Divergences,
    /// ln p(x) = ELBO + KL.
    Bound,
    /// Two estimators of a gradient.
    Gradients,
}

impl DivergencePage {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 3] =
        [(Self::Divergences, "Divergences"), (Self::Bound, "Bound"), (Self::Gradients, "Gradients")];
}

/// Whom a turn of the bound improved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Improved {
    /// q, with p as it is.
    Q,
    /// p, with q as it is.
    P,
}

/// The small model and its q as the hand set them, and whom the turns since then improved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundSpec {
    /// p(x, z) before the turns.
    pub p: TwoGaussians,
    /// q(z|x) before the turns.
    pub q: Encoder,
    /// Whether q may hang on x.
    pub sees_x: bool,
    /// The turns, each of which improved one as far as it goes.
    pub turns: Vec<Improved>,
}

/// How p and q stand before or after a turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stand {
    /// p(x, z).
    pub p: TwoGaussians,
    /// q(z|x).
    pub q: Encoder,
    /// The bound.
    pub bound: Bound,
}

impl Stand {
    fn of(p: TwoGaussians, q: Encoder) -> Self {
        Self { p, q, bound: p.bound(&q, &SAMPLES) }
    }
}

impl BoundSpec {
    /// Most turns that are remembered.
    pub const MAX_TURNS: usize = 40;
    /// Greatest slope and offset that the hand gives q.
    pub const MAX_LOGIT: f64 = 40.0;

    /// A fitted p and a q that is blind to x: what comes next makes the bound rise and ln p(x) fall.
    fn warning() -> Self {
        let p = Self::default().p.fitted(&SAMPLES);
        Self { p, q: p.best_q(false, &SAMPLES), sees_x: false, turns: Vec::new() }
    }

    /// How it stood before the first turn, and after each.
    pub fn course(&self) -> Vec<Stand> {
        let mut course = vec![Stand::of(self.p, self.q)];
        for whom in &self.turns {
            let Stand { p, q, .. } = course[course.len() - 1];
            course.push(match whom {
                Improved::Q => Stand::of(p, p.best_q(self.sees_x, &SAMPLES)),
                Improved::P => Stand::of(p.best_p(&q, &SAMPLES), q),
            });
        }
        course
    }

    /// How it stands now.
    pub fn now(&self) -> Stand {
        let course = self.course();
        course[course.len() - 1]
    }

    /// Sets q by hand, which begins the turns anew.
    fn set_q(&mut self, q: Encoder) {
        let within = |value: f64| value.clamp(-Self::MAX_LOGIT, Self::MAX_LOGIT);
        let slope = if self.sees_x { within(q.slope) } else { 0.0 };
        (self.p, self.turns) = (self.now().p, Vec::new());
        self.q = Encoder { slope, offset: within(q.offset) };
    }

    fn improve(&mut self, whom: Improved) {
        self.turns.push(whom);
        if self.turns.len() > Self::MAX_TURNS {
            let second = self.course()[1];
            (self.p, self.q) = (second.p, second.q);
            self.turns.remove(0);
        }
    }

    /// How much the last turn raised the bound and lowered ln p(x), in nats, where it did both.
    pub fn rose_while_falling(&self) -> Option<[f64; 2]> {
        let course = self.course();
        let [.., before, after] = &course[..] else { return None };
        let [rise, fall] = [after.bound.elbo - before.bound.elbo, before.bound.log_p - after.bound.log_p];
        (rise > 1e-9 && fall > 1e-9).then_some([rise, fall])
    }

    fn is_sound(&self) -> bool {
        let is_logit = |value: f64| value.abs() <= 1e6;
        let p = self.p;
        p.means.into_iter().all(|mean| mean.abs() <= 1e3)
            && (1e-3..=1e3).contains(&p.sigma)
            && (1e-9..=1.0 - 1e-9).contains(&p.share)
            && is_logit(self.q.slope)
            && is_logit(self.q.offset)
            && (self.sees_x || self.q.slope == 0.0)
            && self.turns.len() <= Self::MAX_TURNS
    }
}

impl Default for BoundSpec {
    /// Two Gaussians that lie on one another nearly, and a q that says nothing.
    fn default() -> Self {
        let p = TwoGaussians { share: 0.5, means: [-0.5, 0.5], sigma: 1.5 };
        Self { p, q: Encoder { slope: 0.0, offset: 0.0 }, sees_x: true, turns: Vec::new() }
    }
}

/// The state of the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergences {
    /// What of it is looked at.
    pub page: DivergencePage,
    /// The bumps.
    pub p: Mixture,
    /// The Gaussian under the hand.
    pub q: Normal,
    /// What q is let down.
    pub descends: Divergence,
    /// The bound.
    pub bound: BoundSpec,
    /// Draws of which the gradients are estimated.
    pub draws: usize,
    /// Which draws.
    pub seed: u64,
}

impl Default for Divergences {
    fn default() -> Self {
        Self {
            page: DivergencePage::default(),
            p: Mixture::default(),
            q: Normal { mean: 0.6, sigma: 1.0 },
            descends: Divergence::default(),
            bound: BoundSpec::default(),
            draws: 1000,
            seed: 0,
        }
    }
}

/// Where q comes to rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Rests {
    /// With the least KL(p‖q).
    pub covers: Normal,
    /// Where descents of KL(q‖p) end, the lowest first.
    pub picks: Vec<Normal>,
}

impl Divergences {
    /// Fewest and most draws.
    pub const DRAWS: RangeInclusive<usize> = 10..=20_000;
    /// Where the bumps may lie, and how wide they may be.
    pub const BUMP_MEANS: RangeInclusive<f64> = -6.0..=6.0;
    /// Least and greatest σ of a bump.
    pub const BUMP_SIGMAS: RangeInclusive<f64> = 0.2..=3.0;
    /// Least and greatest weight of a bump.
    pub const WEIGHTS: RangeInclusive<f64> = 0.02..=1.0;
    /// Most bumps.
    pub const MAX_BUMPS: usize = 4;

    /// The way that q would go down from here.
    fn way(&self) -> Way {
        (self.descends, self.p.clone(), self.q)
    }

    /// Where q would come to rest, as far as its page shows that; of no use once it is cancelled.
    pub fn rests(&self, is_cancelled: &dyn Fn() -> bool) -> Rests {
        let shows = self.page == DivergencePage::Divergences;
        let picks = if shows { optima(Divergence::Reverse, &self.p, is_cancelled) } else { Vec::new() };
        Rests { covers: self.covering(), picks }
    }

    /// The Gaussian with the least KL(p‖q): that with p's mean and variance.
    pub fn covering(&self) -> Normal {
        optima(Divergence::Forward, &self.p, &|| false).first().copied().unwrap_or(self.q)
    }

    /// Whether it can be shown.
    pub fn is_sound(&self) -> bool {
        let is_bump = |bump: &Bump| {
            Self::BUMP_MEANS.contains(&bump.mean)
                && Self::BUMP_SIGMAS.contains(&bump.sigma)
                && Self::WEIGHTS.contains(&bump.weight)
        };
        (1..=Self::MAX_BUMPS).contains(&self.p.bumps.len())
            && self.p.bumps.iter().all(is_bump)
            && MEANS.contains(&self.q.mean)
            && SIGMAS.contains(&self.q.sigma)
            && Self::DRAWS.contains(&self.draws)
            && self.bound.is_sound()
    }

    fn apply(&mut self, diverge: &Diverge) {
        match *diverge {
            Diverge::Page(page) => self.page = page,
            Diverge::Q(q) if q.mean.is_finite() && q.sigma.is_finite() => self.q = held(q),
            Diverge::Bump(i, to) if [to.weight, to.mean, to.sigma].iter().all(|part| part.is_finite()) => {
                if let Some(bump) = self.p.bumps.get_mut(i) {
                    let within =
                        |value: f64, range: RangeInclusive<f64>| value.clamp(*range.start(), *range.end());
                    *bump = Bump {
                        weight: within(to.weight, Self::WEIGHTS),
                        mean: within(to.mean, Self::BUMP_MEANS),
                        sigma: within(to.sigma, Self::BUMP_SIGMAS),
                    };
                }
            }
            Diverge::Widen(factor) => self.apply(&Diverge::Q(Normal { sigma: self.q.sigma * factor, ..self.q })),
            Diverge::WidenBump(i, factor) => {
                if let Some(bump) = self.p.bumps.get(i).copied() {
                    self.apply(&Diverge::Bump(i, Bump { sigma: bump.sigma * factor, ..bump }));
                }
            }
            Diverge::Descends(which) => self.descends = which,
            Diverge::Step => self.q = step(self.descends, &self.p, self.q).unwrap_or(self.q),
            Diverge::SeesX(sees_x) => {
                // The turns so far were of a q that saw the other: they end before it changes.
                self.bound.set_q(self.bound.now().q);
                self.bound.sees_x = sees_x;
                self.bound.set_q(self.bound.q);
            }
            Diverge::Guess(q) if q.slope.is_finite() && q.offset.is_finite() => self.bound.set_q(q),
            Diverge::Improve(whom) => self.bound.improve(whom),
            Diverge::Warning => self.bound = BoundSpec::warning(),
            Diverge::Draws(n) => self.draws = n.clamp(*Self::DRAWS.start(), *Self::DRAWS.end()),
            Diverge::DrawAnew => self.seed = self.seed.wrapping_add(1),
            Diverge::Reset => match self.page {
                DivergencePage::Bound => self.bound = BoundSpec::default(),
                page => *self = Self { page, bound: self.bound.clone(), ..Self::default() },
            },
            Diverge::Q(_)
            | Diverge::Bump(..)
            | Diverge::Guess(_)
            | Diverge::Open(_)
            | Diverge::Close
            | Diverge::Descend => {}
        }
    }
}

/// What can be done to the figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diverge {
    /// Show it, in the place of the planes.
    Open(DivergencePage),
    /// Show the planes again.
    Close,
    /// Look at another page.
    Page(DivergencePage),
    /// Put q somewhere.
    Q(Normal),
    /// Widen q by a factor, as the wheel does: no step of undo of its own.
    Widen(f64),
    /// Widen a bump so.
    WidenBump(usize, f64),
    /// Set one of the bumps.
    Bump(usize, Bump),
    /// What q is let down from now on.
    Descends(Divergence),
    /// One step of q down.
    Step,
    /// q goes down until it rests.
    Descend,
    /// Whether the bound's q may hang on x.
    SeesX(bool),
    /// Set the bound's q.
    Guess(Encoder),
    /// Improve one of the two as far as it goes, the other as it is.
    Improve(Improved),
    /// Set up a fitted p and a blind q: the next improvement of p lowers ln p(x).
    Warning,
    /// How many draws there are.
    Draws(usize),
    /// Take other draws.
    DrawAnew,
    /// The page as it was at first.
    Reset,
}

/// A way down: what is descended, towards which bumps, and from where.
type Way = (Divergence, Mixture, Normal);

/// The way that q went down last, and the one that it is to go: hundreds of steps, each of some integrals.
pub(super) struct Descended {
    n: u64,
    trail: Vec<Normal>,
    wanted: Option<Way>,
    found: Derived<Exactly<Way>, Vec<Normal>>,
}

impl Default for Descended {
    fn default() -> Self {
        Self { n: 0, trail: Vec::new(), wanted: None, found: Derived::new("a descent", 0) }
    }
}

/// Where q would pick a bump: it takes as long as three descents and more.
pub(super) struct Picks(Derived<Exactly<Mixture>, Vec<Normal>>);

impl Default for Picks {
    fn default() -> Self {
        Self(Derived::new("where q picks", 0))
    }
}

impl Session {
    /// Whether something takes the place of the planes.
    pub fn hides_planes(&self) -> bool {
        self.spec.on_stage() != (None, None, None) || self.stages_regression()
    }

    pub(super) fn diverge(&mut self, diverge: Diverge) {
        match diverge {
            Diverge::Open(page) => self.change(|spec| {
                let figure = spec.divergences.take();
                spec.show_planes();
                spec.divergences.insert(figure.unwrap_or_default()).page = page;
            }),
            Diverge::Close => self.change(|spec| spec.divergences = None),
            Diverge::Descend => {
                self.descended.wanted = self.spec.divergences.as_ref().map(Divergences::way);
            }
            // Neither which page is looked at nor a turn of the wheel is a step of undo.
            Diverge::Page(_) | Diverge::Widen(_) | Diverge::WidenBump(..) => {
                if let Some(figure) = &mut self.spec.divergences {
                    figure.apply(&diverge);
                }
            }
            _ => self.change(|spec| {
                if let Some(figure) = &mut spec.divergences {
                    figure.apply(&diverge);
                }
            }),
        }
    }

    /// What tells where q comes to rest, as far as that is worked out, with a number that changes with it.
    pub fn rests(&self) -> Option<(u64, impl FnOnce() -> Rests)> {
        let figure = self.spec.divergences.as_ref()?;
        let Picks(picks) = &self.picks;
        let known = || picks.get().cloned().unwrap_or_default();
        Some((picks.stamp(), move || Rests { covers: figure.covering(), picks: known() }))
    }

    /// Asks for where q picks a bump, while that is looked at.
    pub(super) fn refresh_picks(&mut self, effects: &mut Vec<Effect>) {
        let looked_at = self.spec.divergences.as_ref().filter(|figure| figure.page == DivergencePage::Divergences);
        let about = looked_at.map(|figure| Exactly(figure.p.clone()));
        let asked = about.clone();
        let work = || move |cancel: &Cancel| Some(optima(Divergence::Reverse, &asked?.0, &|| cancel.is_set()));
        self.picks.0.follow(about, Some(Pace::AtOnce), work, effects);
    }

    /// Asks for the way that q is to go, and puts q at its end once that is known; not where anything was
    /// changed meanwhile.
    pub(super) fn refresh_descent(&mut self, effects: &mut Vec<Effect>) {
        let now = self.spec.divergences.as_ref().map(Divergences::way);
        let Descended { wanted, found, .. } = &mut self.descended;
        wanted.take_if(|way| now.as_ref() != Some(way));
        let (about, asked) = (wanted.clone().map(Exactly), wanted.clone());
        let work = || {
            move |cancel: &Cancel| {
                let (which, p, q) = asked?;
                Some(descent(which, &p, q, &|| cancel.is_set()))
            }
        };
        found.follow(about, Some(Pace::AtOnce), work, effects);
        let Some(trail) = found.get().cloned() else { return };
        let Some(end) = trail.last().copied() else { return };
        (self.descended.n, self.descended.trail, self.descended.wanted) = (self.descended.n + 1, trail, None);
        self.change(|spec| {
            if let Some(figure) = &mut spec.divergences {
                figure.q = end;
            }
        });
    }

    /// The way that q went down last, which is where it still stands, with a number that every descent has
    /// for itself.
    pub fn descent(&self) -> Option<(u64, &[Normal])> {
        let q = self.spec.divergences.as_ref()?.q;
        let is_at_its_end = self.descended.trail.last() == Some(&q);
        is_at_its_end.then_some((self.descended.n, &self.descended.trail[..]))
    }
}
