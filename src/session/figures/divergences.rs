//! The figure of divergences: its panels, which the window draws too, and the command that draws the same.

use crate::latent::divergence::bound::{Bound, Encoder, SAMPLES, TwoGaussians};
use crate::latent::divergence::estimators::{Estimator, estimates};
use crate::latent::divergence::{Bump, Density, Divergence, Normal};
use crate::picture::figure::{Look, Panel, PanelLine, Sheet, Tone};
use crate::picture::ticks::written;
use crate::session::command_words::CommandWords;
use crate::session::{BoundSpec, DivergencePage, Divergences, Improved, Rests, Stand};

/// What is seen of the line.
const SEEN: [f64; 2] = [-8.0, 8.0];
/// What is seen of it beside the samples of the bound.
const SAMPLES_SEEN: [f64; 2] = [-5.0, 5.0];
/// Points of a curve.
const N_POINTS: usize = 400;
/// Bars of a histogram.
const N_BARS: usize = 60;
/// The share of the estimates that lies beyond the histograms, at each side.
const BEYOND: f64 = 0.005;
/// How strongly areas are filled: below p, below q, below what is integrated.
const FILLS: [f32; 3] = [0.10, 0.22, 0.35];

fn curve([low, high]: [f64; 2], of: impl Fn(f64) -> f64) -> Vec<[f64; 2]> {
    let x = |i: usize| low + (high - low) * i as f64 / N_POINTS as f64;
    (0..=N_POINTS).map(|i| [x(i), of(x(i))]).collect()
}

/// Lowest and highest of some lines with 0, and a little room above and below.
fn heights(lines: &[PanelLine], least: f64) -> [f64; 2] {
    let values = || lines.iter().flat_map(|line| &line.points).map(|point| point[1]);
    let (low, high) = (values().fold(0.0, f64::min), values().fold(least, f64::max));
    let room = 0.08 * (high - low);
    [if low < 0.0 { low - room } else { 0.0 }, high + room]
}

fn nats(value: f64) -> String {
    format!("{} nats", written(value, 3))
}

impl Divergences {
    /// What its page shows, with q at `q` and dashed where it comes to rest.
    pub fn sheet(&self, q: Normal, rests: &Rests) -> Sheet {
        match self.page {
            DivergencePage::Divergences => self.both_ways(q, rests),
            DivergencePage::Bound => self.bound.sheet(),
            DivergencePage::Gradients => self.gradients(q),
        }
    }

    /// p, q and perhaps where q comes to rest.
    fn densities(&self, q: Normal, rests: Option<&Rests>) -> Panel {
        let of = |name: &str, q: &Normal, tone| PanelLine::new(name, curve(SEEN, |x| q.density(x)), tone);
        let mut lines = vec![PanelLine::new("p", curve(SEEN, |x| self.p.density(x)), Tone::Text).filled(FILLS[0])];
        if let Some(rests) = rests {
            lines.extend(rests.picks.iter().map(|picks| of("picks", picks, Tone::Weak).dashed()));
            lines.push(of("covers", &rests.covers, Tone::Weak).dashed());
        }
        // As high as the bumps alone; a narrow q may rise far above them.
        let tallest = self.p.bumps.iter().map(|bump| bump.normal().density(bump.mean)).fold(0.4, f64::max);
        lines.push(of("q", &q, Tone::Accent).filled(FILLS[1]));
        let value = format!("q = N({}, {}²)", written(q.mean, 2), written(q.sigma, 2));
        Panel {
            title: "Densities".into(),
            value,
            is_main: false,
            x: SEEN,
            y: [0.0, 1.08 * tallest],
            x_name: String::new(),
            lines,
            ..Panel::default()
        }
    }

    fn both_ways(&self, q: Normal, rests: &Rests) -> Sheet {
        let integrand = |which: Divergence| {
            let points = curve(SEEN, |x| which.integrand(&self.p, &q, x));
            let is_main = which == self.descends;
            let tone = if is_main { Tone::Accent } else { Tone::Weak };
            let lines = vec![PanelLine::new("", points, tone).filled(FILLS[2])];
            Panel {
                title: which.sign().into(),
                value: nats(which.of(&self.p, &q)),
                is_main,
                x: SEEN,
                y: heights(&lines, 0.1),
                x_name: if which == Divergence::JensenShannon { "x".into() } else { String::new() },
                lines,
                ..Panel::default()
            }
        };
        let integrands = Divergence::ALL.map(|which| (1.0, vec![integrand(which)]));
        Sheet {
            rows: [(2.2, vec![self.densities(q, Some(rests))])].into_iter().chain(integrands).collect(),
            ..Sheet::default()
        }
    }

    fn gradients(&self, q: Normal) -> Sheet {
        let found = estimates(&self.p, &q, self.draws, self.seed);
        let across = [0, 1].map(|i| seen([&found.of[0].all[i], &found.of[1].all[i]], found.exact[i]));
        let histogram = |which: usize, i: usize| {
            let (of, exact) = (&found.of[which], found.exact[i]);
            let bars = histogram(&of.all[i], across[i]);
            let deviation = of.variances[i].sqrt();
            let error = deviation / (self.draws as f64).sqrt();
            let mut lines = vec![
                PanelLine::new("", bars, if which == 0 { Tone::Accent } else { Tone::Weak }).filled(FILLS[2]),
            ];
            let y = heights(&lines, 1e-3);
            lines.push(PanelLine::new("gradient", vec![[exact, 0.0], [exact, y[1]]], Tone::Text).dashed());
            Panel {
                title: format!("{} {}", Estimator::ALL[which].name(), ["d/dμ", "d/d ln σ"][i]),
                value: format!("{} ± {}, σ {}", written(of.means[i], 2), written(error, 2), written(deviation, 2)),
                is_main: which == 0,
                x: across[i],
                y,
                x_name: if which == 1 { "estimate of one draw, nats".into() } else { String::new() },
                lines,
                ..Panel::default()
            }
        };
        let rows = [0, 1].map(|which| (1.0, vec![histogram(which, 0), histogram(which, 1)]));
        let mut densities = self.densities(q, None);
        densities.x_name = "x".into();
        Sheet { rows: [(1.1, vec![densities])].into_iter().chain(rows).collect(), ..Sheet::default() }
    }

    /// The command that draws the same.
    pub fn command_line(&self, look: &Look, out: &str) -> String {
        let mut command = CommandWords::of("divergences");
        let page = match self.page {
            DivergencePage::Divergences => "divergences",
            DivergencePage::Bound => "bound",
            DivergencePage::Gradients => "gradients",
        };
        command.option("page", page);
        if self.page == DivergencePage::Bound {
            let BoundSpec { p, q, sees_x, turns } = &self.bound;
            command.option("model", format!("{},{},{},{}", p.share, p.means[0], p.means[1], p.sigma));
            command.option("guess", format!("{},{}", q.slope, q.offset));
            if !turns.is_empty() {
                let turns: String =
                    turns.iter().map(|whom| if *whom == Improved::Q { 'q' } else { 'p' }).collect();
                command.option("turns", turns);
            }
            command.flag("blind", !sees_x);
        } else {
            for Bump { weight, mean, sigma } in &self.p.bumps {
                command.option("bump", format!("{weight},{mean},{sigma}"));
            }
            command.option("q", format!("{},{}", self.q.mean, self.q.sigma));
            if self.page == DivergencePage::Gradients {
                command.option("draws", self.draws.to_string());
                command.option("seed", self.seed.to_string());
            } else {
                let descends = match self.descends {
                    Divergence::Forward => "forward",
                    Divergence::Reverse => "reverse",
                    Divergence::JensenShannon => "js",
                };
                command.option("descends", descends);
            }
        }
        command.look(look, out);
        command.line()
    }
}

/// What is seen of the estimates: nearly all of them, and the gradient.
fn seen(all: [&Vec<f64>; 2], exact: f64) -> [f64; 2] {
    let ends = all.map(|values| {
        // In no order: sorting twenty thousand of them takes longer than a frame has.
        let mut values = values.clone();
        let mut at = |share: f64| {
            let rank = (share * values.len().saturating_sub(1) as f64) as usize;
            if values.is_empty() { exact } else { *values.select_nth_unstable_by(rank, f64::total_cmp).1 }
        };
        [at(BEYOND), at(1.0 - BEYOND)]
    });
    let low = ends[0][0].min(ends[1][0]).min(exact);
    let high = ends[0][1].max(ends[1][1]).max(exact);
    let room = 0.05 * (high - low).max(0.1);
    [low - room, high + room]
}

/// A histogram's outline, as shares of the estimates.
fn histogram(values: &[f64], [low, high]: [f64; 2]) -> Vec<[f64; 2]> {
    let mut counts = [0u32; N_BARS];
    let width = (high - low) / N_BARS as f64;
    for value in values {
        let bar = (value - low) / width;
        if (0.0..N_BARS as f64).contains(&bar) {
            counts[bar as usize] += 1;
        }
    }
    let share = |count: u32| f64::from(count) / values.len().max(1) as f64;
    let corners = counts.iter().enumerate().flat_map(|(i, count)| {
        let left = low + width * i as f64;
        [[left, share(*count)], [left + width, share(*count)]]
    });
    corners.collect()
}

impl BoundSpec {
    fn sheet(&self) -> Sheet {
        let course = self.course();
        let Stand { p, q, bound: Bound { log_p, elbo, kl } } = course[course.len() - 1];
        let part = |z: usize| PanelLine::new("", curve(SAMPLES_SEEN, |x| p.log_joint(x)[z].exp()), Tone::Weak);
        let best = p.fitted(&SAMPLES);
        let density = |name: &str, of: TwoGaussians, tone| {
            PanelLine::new(name, curve(SAMPLES_SEEN, |x| of.log_density(x).exp()), tone)
        };
        let lines = vec![
            part(0),
            part(1),
            density("highest ln p(x)", best, Tone::Weak).dashed(),
            density("p(x)", p, Tone::Accent).filled(FILLS[1]),
        ];
        let model = Panel {
            title: "ln p(x) = ELBO + KL".into(),
            value: format!("{} = {} + {} nats a sample", written(log_p, 3), written(elbo, 3), written(kl, 3)),
            is_main: true,
            x: SAMPLES_SEEN,
            y: heights(&lines, 0.2),
            x_name: String::new(),
            lines,
            samples: SAMPLES.to_vec(),
            ..Panel::default()
        };
        let guess = |name: &str, of: Encoder, tone| PanelLine::new(name, curve(SAMPLES_SEEN, |x| of.at(x)), tone);
        let encoder = Panel {
            title: "q(z = 1 | x)".into(),
            value: if self.sees_x { String::new() } else { "blind to x".into() },
            is_main: false,
            x: SAMPLES_SEEN,
            y: [0.0, 1.0],
            x_name: "x".into(),
            lines: vec![
                guess("posterior p(z = 1 | x)", p.posterior(), Tone::Weak).dashed(),
                guess("q", q, Tone::Accent),
            ],
            samples: SAMPLES.to_vec(),
            ..Panel::default()
        };
        Sheet {
            rows: vec![(1.3, vec![model]), (1.0, vec![encoder]), (1.2, vec![self.turn_by_turn(&course)])],
            ..Sheet::default()
        }
    }

    /// How bound and likelihood went, turn after turn.
    fn turn_by_turn(&self, course: &[Stand]) -> Panel {
        let along = |of: &dyn Fn(&Bound) -> f64| -> Vec<[f64; 2]> {
            course.iter().enumerate().map(|(i, stand)| [i as f64, of(&stand.bound)]).collect()
        };
        let (log_p, elbo) = (along(&|bound| bound.log_p), along(&|bound| bound.elbo));
        let base = elbo.iter().map(|point| point[1]).collect();
        let values = || log_p.iter().chain(&elbo).map(|point| point[1]);
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let room = 0.1 * (high - low).max(0.1);
        let value = match (self.rose_while_falling(), self.turns.last()) {
            (Some([rise, fall]), _) => {
                format!("the bound rose by {}, ln p(x) fell by {} nats", written(rise, 3), written(fall, 3))
            }
            (None, Some(Improved::Q)) => "q improved: KL falls, ln p(x) stays".into(),
            (None, Some(Improved::P)) => "p improved: the bound rises".into(),
            _ => "improve q and p in turn".into(),
        };
        Panel {
            title: "Turn by turn".into(),
            value,
            is_main: self.rose_while_falling().is_some(),
            x: [0.0, self.turns.len().max(8) as f64],
            y: [low - room, high + room],
            x_name: "turns".into(),
            lines: vec![
                PanelLine { base: Some(base), ..PanelLine::new("ln p(x)", log_p, Tone::Text).filled(FILLS[0]) },
                PanelLine::new("ELBO", elbo, Tone::Accent),
            ],
            ..Panel::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_show_what_they_are_titled() {
        let mut figure = Divergences::default();
        let rests = figure.rests(&|| false);
        let sheet = figure.sheet(figure.q, &rests);
        let panels: Vec<&Panel> = sheet.panels().collect();
        assert_eq!(
            panels.iter().map(|panel| &*panel.title).collect::<Vec<_>>(),
            ["Densities", "KL(p‖q)", "KL(q‖p)", "JS(p, q)"]
        );
        // By trapezoids what is drawn adds up to the number beside the title.
        for (panel, which) in panels[1..].iter().zip(Divergence::ALL) {
            let points = &panel.lines[0].points;
            let sum: f64 = points.windows(2).map(|w| 0.5 * (w[0][1] + w[1][1]) * (w[1][0] - w[0][0])).sum();
            let value = which.of(&figure.p, &figure.q);
            assert!((sum - value).abs() < 1e-3 && panel.value == nats(value), "{}: {sum}", panel.title);
            assert_eq!(panel.is_main, which == Divergence::Forward);
        }
        let dashed = panels[0].lines.iter().filter(|line| line.is_dashed).map(|line| &*line.name);
        assert_eq!(dashed.collect::<Vec<_>>(), ["picks", "picks", "covers"]);

        figure.page = DivergencePage::Gradients;
        let sheet = figure.sheet(figure.q, &rests);
        let panels: Vec<&Panel> = sheet.panels().collect();
        assert_eq!(panels.len(), 5);
        for column in [1, 2] {
            assert_eq!(panels[column].x, panels[column + 2].x, "one scale for both");
            let sum = |panel: &Panel| panel.lines[0].points.iter().step_by(2).map(|point| point[1]).sum::<f64>();
            assert!(sum(panels[column]) > 0.97 && sum(panels[column + 2]) > 0.97, "nearly all is in sight");
        }
    }

    #[test]
    fn the_bound_says_when_it_rose_while_the_likelihood_fell() {
        let mut figure = Divergences { page: DivergencePage::Bound, ..Divergences::default() };
        figure.bound.turns = vec![Improved::Q, Improved::P];
        let said = |figure: &Divergences| {
            let sheet = figure.sheet(figure.q, &figure.rests(&|| false));
            sheet.panels().map(|panel| panel.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(said(&figure)[2], "p improved: the bound rises");
        figure.bound = BoundSpec { sees_x: false, turns: vec![Improved::P], ..figure.bound };
        figure.bound.p = figure.bound.p.fitted(&SAMPLES);
        assert!(said(&figure)[2].contains("ln p(x) fell by"), "{:?}", said(&figure));
        assert_eq!(said(&figure)[1], "blind to x");
    }
}
