//! A regression with what hangs on each of its points, and what a figure of it draws: of many points only so
//! many that a frame has time for them, those among them that stand apart.

use super::{Outliers, Regressed};
use crate::data::{Cancel, spread_evenly};
use crate::latent::regression::Fit;

/// Most points that are drawn.
pub const MAX_DRAWN: usize = 2000;
/// Points that are drawn whatever there is else: of the greatest distance, leverage and residual, so many
/// each.
const N_APART: usize = 200;
/// Distances that have a contour, and places of one.
const CONTOURS: [f64; 2] = [0.5, 1.0];
const N_PLACES: u32 = 160;

/// A regression with what hangs on each of its points.
pub struct Influence {
    /// The regression.
    pub of: Regressed,
    /// Its rows by Cook's distance.
    pub outliers: Outliers,
    /// The row of the point that is looked at, and the fit without it, or why there is none.
    pub apart: Option<(usize, Result<Fit, String>)>,
    /// How far all predictions move without that point, Σ (ŷ − ŷ(i))² / (p s²).
    pub moved_by: Option<f64>,
    /// What is drawn of it.
    pub drawn: Drawn,
}

/// What is drawn of a regression.
pub struct Drawn {
    /// The regressor along which the fit is drawn: the one that moves it most.
    pub along: usize,
    /// The rows that are drawn, ascending: all, or of more than [`MAX_DRAWN`] so many, those that stand apart
    /// among them and of the others some from all over.
    pub rows: Vec<u32>,
    /// The ends of the points along that regressor, and of their values, with some room.
    pub bounds: [[f64; 2]; 2],
    /// How far leverage is drawn.
    pub leverage: f64,
    /// The ends of the residuals in units of s, with some room.
    pub residuals: [f64; 2],
    /// The contours of Cook's distance up to that leverage: each distance with its places, leverage and the
    /// residual above 0 in units of s; none where the fit is exact.
    pub contours: Vec<(f64, Vec<[f64; 2]>)>,
}

impl Influence {
    /// Fits again without the point that is looked at: else the one on which most hangs. None once it is
    /// cancelled.
    pub fn of(of: Regressed, apart: Option<u32>, cancel: &Cancel) -> Option<Self> {
        if cancel.is_set() {
            return None;
        }
        let outliers = of.outliers();
        let row = apart.and_then(|sample| of.design.row_of(sample));
        let row = row.or_else(|| outliers.order.first().map(|&row| row as usize));
        let apart = row.map(|row| (row, of.without(row).map_err(|e| e.to_string())));
        if cancel.is_set() {
            return None;
        }
        let without = apart.as_ref().and_then(|(_, without)| without.as_ref().ok());
        let moved_by = without.and_then(|without| of.fit.moved(of.design.x.view(), without));
        let drawn = Drawn::of(&of, &outliers, row);
        Some(Self { of, outliers, apart, moved_by, drawn })
    }

    /// The value of a fit at `x` along the regressor that is drawn, all others at their means.
    pub fn line_at(&self, fit: &Fit, x: f64) -> f64 {
        let (along, means) = (self.drawn.along, &self.of.fit.means.0);
        let at_means = fit.predict(means);
        at_means + fit.slopes[along] * (x - means[along])
    }

    /// Where a row lies along the regressor that is drawn. What the other regressors make of it is taken off,
    /// so that its residual is how far it lies off the line.
    pub fn point(&self, row: usize) -> [f64; 2] {
        point(&self.of, self.drawn.along, row)
    }

    /// Leverage of a row, and its residual in units of s.
    pub fn spread(&self, row: usize) -> [f64; 2] {
        [self.of.fit.leverage[row], self.of.fit.residuals[row] / unit(&self.of.fit)]
    }
}

/// The residual in units of s at which a point of this leverage has this distance; none where the fit is
/// exact.
fn contour(fit: &Fit, distance: f64, leverage: f64) -> Option<f64> {
    (!fit.is_exact() && leverage < 1.0).then(|| fit.residual_at(distance, leverage) / unit(fit))
}

/// The contours of some distances up to a leverage, each with its places.
fn contours(fit: &Fit, most: f64) -> Vec<(f64, Vec<[f64; 2]>)> {
    let of = |distance: f64| {
        let places = (1..=N_PLACES).map(|i| f64::from(i) / f64::from(N_PLACES) * most);
        (distance, places.filter_map(|h| Some([h, contour(fit, distance, h)?])).collect())
    };
    CONTOURS.map(of).into()
}

/// s; 1 where the fit is exact.
fn unit(fit: &Fit) -> f64 {
    if fit.is_exact() { 1.0 } else { fit.s2.sqrt() }
}

fn point(of: &Regressed, along: usize, row: usize) -> [f64; 2] {
    let (fit, x) = (&of.fit, of.design.x[[row, along]]);
    [x, fit.means.1 + fit.slopes[along] * (x - fit.means.0[along]) + fit.residuals[row]]
}

impl Drawn {
    fn of(of: &Regressed, outliers: &Outliers, apart: Option<usize>) -> Self {
        let (x, fit) = (&of.design.x, &of.fit);
        let reach = |column: usize| {
            let [low, high] = ends(x.column(column).iter().copied());
            (fit.slopes[column] * (high - low)).abs()
        };
        let along = (0..x.ncols()).max_by(|&a, &b| reach(a).total_cmp(&reach(b))).unwrap_or(0);
        let n = of.design.y.len();
        let all = || (0..n).map(|row| point(of, along, row));
        let most = fit.leverage.iter().copied().fold(0.0, f64::max);
        let leverage = (1.15 * most).clamp(1e-9, 1.02);
        Self {
            along,
            rows: rows_drawn(of, outliers, apart),
            bounds: [0, 1].map(|axis| with_room(ends(all().map(|point| point[axis])))),
            leverage,
            residuals: with_room(ends(fit.residuals.iter().map(|r| r / unit(fit)).chain([-2.0, 2.0]))),
            contours: contours(fit, leverage),
        }
    }
}

/// The rows that are drawn: all, or those that stand apart and as many of the others as there is room for,
/// from all over.
fn rows_drawn(of: &Regressed, outliers: &Outliers, apart: Option<usize>) -> Vec<u32> {
    let (n, fit) = (of.design.y.len(), &of.fit);
    if n <= MAX_DRAWN {
        return (0..n as u32).collect();
    }
    let most = |value: &dyn Fn(u32) -> f64| {
        let mut all: Vec<u32> = (0..n as u32).collect();
        all.select_nth_unstable_by(N_APART, |&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
        all.truncate(N_APART);
        all
    };
    let mut rows: Vec<u32> = outliers.order.iter().copied().take(N_APART).collect();
    rows.extend(most(&|row| fit.leverage[row as usize]));
    rows.extend(most(&|row| fit.residuals[row as usize].abs()));
    rows.extend(apart.map(|row| row as u32));
    let rest = MAX_DRAWN - rows.len();
    rows.extend(spread_evenly(n, rest).map(|row| row as u32));
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn ends(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    [low, high]
}

/// Ends with some room around them.
fn with_room([low, high]: [f64; 2]) -> [f64; 2] {
    let room = ((high - low) * 0.12).max(1e-9 * high.abs().max(1.0));
    [low - room, high + room]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Design, regressed};
    use ndarray::Array2;

    /// A cloud along a line, with some rows far off it in every manner.
    fn many(n: usize) -> Regressed {
        let far = [17, n / 2, n - 2];
        let x = |i: usize| if i == far[0] { 90.0 } else { (i * 37 % 1000) as f64 / 100.0 };
        let off = |i: usize| if i == far[1] { 50.0 } else { (i * 7919 % 101) as f64 / 50.0 };
        let y = (0..n).map(|i| 3.0 * x(i) + off(i) - if i == far[2] { 400.0 } else { 0.0 }).collect();
        let design = Design {
            samples: (0..n as u32).collect(),
            column: ("y".into(), String::new()),
            names: vec!["x".into()],
            x: Array2::from_shape_fn((n, 1), |(row, _)| x(row)),
            y,
        };
        regressed(design).unwrap()
    }

    #[test]
    fn of_many_rows_a_bounded_number_is_drawn_and_those_apart_are_among_them() {
        let n = 50_000;
        let of = |apart| Influence::of(many(n), apart, &Cancel::default()).unwrap();
        let found = of(Some(4321));
        let rows = &found.drawn.rows;
        assert!((1000..=MAX_DRAWN).contains(&rows.len()), "{}", rows.len());
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        for row in [17, 25_000, 49_998, 4321] {
            assert!(rows.contains(&row), "{row} stands apart or is looked at");
        }
        assert!(found.outliers.order[..N_APART].iter().all(|row| rows.contains(row)));
        let quarters: Vec<usize> =
            (0..4).map(|i| rows.iter().filter(|&&row| row as usize * 4 / n == i).count()).collect();
        assert!(quarters.iter().all(|n| *n > 250), "the rest is from all over: {quarters:?}");
        assert_eq!(*rows, of(Some(4321)).drawn.rows);
        let seen = rows.iter().map(|&row| found.point(row as usize));
        let [x, y] = found.drawn.bounds;
        assert!(seen.into_iter().all(|[a, b]| a > x[0] && a < x[1] && b > y[0] && b < y[1]));
        let few = Influence::of(many(1500), None, &Cancel::default()).unwrap();
        assert_eq!(few.drawn.rows.len(), 1500, "few are all drawn");
        let cancel = Cancel::default();
        cancel.set();
        assert!(Influence::of(many(n), None, &cancel).is_none());
    }

    #[test]
    fn a_point_lies_off_the_line_by_its_residual() {
        let found = Influence::of(many(200), None, &Cancel::default()).unwrap();
        for row in [0, 17, 100, 198] {
            let [x, y] = found.point(row);
            assert!((y - found.line_at(&found.of.fit, x) - found.of.fit.residuals[row]).abs() < 1e-9);
            assert!((y - found.of.design.y[row]).abs() < 1e-9, "of one regressor it lies where it is");
        }
        // Where a row has this distance, the contour of that distance goes through it.
        let distance = found.of.fit.cook(17).unwrap();
        let [h, r] = found.spread(17);
        assert!((contour(&found.of.fit, distance, h).unwrap() - r.abs()).abs() < 1e-9 * r.abs());
    }

    #[test]
    fn of_several_regressors_that_is_drawn_which_moves_the_fit_most_and_the_others_are_taken_off() {
        let (n, of_most) = (60, |i: usize| (i * 37 % 60) as f64 / 10.0);
        let (of_least, noise) = (|i: usize| (i * 11 % 59) as f64 * 2.0, |i: usize| (i * 7 % 13) as f64 / 5.0);
        for most in [0, 1] {
            let design = Design {
                samples: (0..n as u32).collect(),
                column: ("y".into(), String::new()),
                names: vec!["a".into(), "b".into()],
                x: Array2::from_shape_fn((n, 2), |(i, at)| if at == most { of_most(i) } else { of_least(i) }),
                y: (0..n).map(|i| 4.0 * of_most(i) + 0.03 * of_least(i) + noise(i)).collect(),
            };
            let found = Influence::of(regressed(design).unwrap(), None, &Cancel::default()).unwrap();
            assert_eq!(found.drawn.along, most, "the other runs twenty times as far, and moves nothing");
            for row in [0, 13, 59] {
                let [x, y] = found.point(row);
                assert_eq!(x, of_most(row));
                assert!((y - found.line_at(&found.of.fit, x) - found.of.fit.residuals[row]).abs() < 1e-9);
            }
            // All predictions move by the distance of the point that is left out.
            let (row, _) = found.apart.as_ref().unwrap();
            assert!((found.moved_by.unwrap() / found.of.fit.cook(*row).unwrap() - 1.0).abs() < 1e-9);
        }
    }
}
