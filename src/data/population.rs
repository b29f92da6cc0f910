//! What samples were drawn from: known of toy sets, estimated of others.

use super::Dataset;
use ndarray::{Array2, ArrayView2};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// A distribution of one or two columns: a mixture of equally probable Gaussians of one diagonal covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// [components, columns].
    means: Array2<f64>,
    /// Standard deviation in each column.
    sigma: Vec<f64>,
    has_modes: bool,
    is_known: bool,
}

/// Standard deviations beyond which nothing of a Gaussian is counted.
const REACH: f64 = 6.5;
/// Most samples that an estimate lays a kernel on.
const MAX_KERNELS: usize = 4000;

impl Population {
    /// One of Gaussians at `means` [components, columns] with these deviations, a column each; `has_modes`
    /// says that each is a place of its own.
    pub fn new(means: Array2<f64>, sigma: Vec<f64>, has_modes: bool) -> Self {
        Self { means, sigma, has_modes, is_known: true }
    }

    /// Estimated from samples of one or two columns, in the units they are gathered in: a Gaussian kernel on
    /// each, as wide as Scott's rule says (1992), σ n^(−1/(d+4)); none of other samples.
    pub fn estimated(data: &Dataset) -> Option<Self> {
        let k = data.n_features();
        if !data.has_plane() {
            return None;
        }
        let indices = data.spread(MAX_KERNELS);
        let mut x = Array2::zeros((indices.len(), k));
        data.gather(&indices, &mut x);
        let means = x.mapv(f64::from);
        let n = means.nrows() as f64;
        let narrower = n.powf(-1.0 / (k as f64 + 4.0));
        // A column that never changes still has kernels that can be seen.
        let sigma = means.columns().into_iter().map(|column| (column.std(0.0) * narrower).max(1e-6)).collect();
        Some(Self { means, sigma, has_modes: false, is_known: false })
    }

    /// Whether it is known, and not estimated from samples.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// The places [modes, columns] around which samples gather; none where they do not, or nobody knows.
    pub fn modes(&self) -> Option<ArrayView2<'_, f64>> {
        self.has_modes.then(|| self.means.view())
    }

    /// Standard deviation in each column around a mean.
    pub fn sigma(&self) -> &[f64] {
        &self.sigma
    }

    /// Lowest and highest value of each column, all but nothing of the mass between them.
    pub fn bounds(&self) -> Vec<[f64; 2]> {
        let of = |(column, sigma): (ndarray::ArrayView1<'_, f64>, &f64)| {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            [low - 4.5 * sigma, high + 4.5 * sigma]
        };
        self.means.columns().into_iter().zip(&self.sigma).map(of).collect()
    }

    /// p(x) of one sample, per unit of length or area.
    pub fn density(&self, x: &[f64]) -> f64 {
        let at = |mean: ndarray::ArrayView1<'_, f64>| -> f64 {
            let off = mean.iter().zip(x).zip(&self.sigma).map(|((mean, x), sigma)| ((x - mean) / sigma).powi(2));
            (-0.5 * off.sum::<f64>()).exp()
        };
        let norm: f64 = self.sigma.iter().map(|sigma| sigma * (2.0 * PI).sqrt()).product();
        self.means.rows().into_iter().map(at).sum::<f64>() / (norm * self.means.nrows() as f64)
    }

    /// The mass in each cell between the `edges` of every column, ascending; the last column's cells are next
    /// to each other.
    pub fn masses(&self, edges: &[Vec<f64>]) -> Vec<f64> {
        let n_cells: Vec<usize> = edges.iter().map(|edges| edges.len() - 1).collect();
        let mut masses = vec![0.0; n_cells.iter().product()];
        let share = 1.0 / self.means.nrows() as f64;
        for mean in self.means.rows() {
            // A Gaussian along the axes is a product of its columns'.
            let mut of_columns = mean.iter().zip(&self.sigma).zip(edges).map(|((mean, sigma), edges)| {
                let first = edges.partition_point(|edge| *edge < mean - REACH * sigma).saturating_sub(1);
                let last = edges.partition_point(|edge| *edge < mean + REACH * sigma).min(edges.len() - 1);
                let below: Vec<f64> = edges[first..=last.max(first)]
                    .iter()
                    .map(|edge| normal_below((edge - mean) / sigma))
                    .collect();
                (first, below.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f64>>())
            });
            match (of_columns.next(), of_columns.next()) {
                (Some((first, line)), None) => {
                    line.iter().enumerate().for_each(|(i, mass)| masses[first + i] += share * mass);
                }
                (Some((top, rows)), Some((left, columns))) => {
                    for (i, row) in rows.iter().enumerate() {
                        let start = (top + i) * n_cells[1] + left;
                        let cells = masses[start..start + columns.len()].iter_mut().zip(&columns);
                        cells.for_each(|(mass, column)| *mass += share * row * column);
                    }
                }
                _ => {}
            }
        }
        masses
    }
}

/// The mass of N(0, 1) below `x`.
pub fn normal_below(x: f64) -> f64 {
    0.5 * (1.0 + erf(x * FRAC_1_SQRT_2))
}

/// The error function, by the series with terms of one sign: e^(−x²) 2x/√π Σ (2x²)ⁿ / (1 · 3 ·
/// … · (2n + 1)).
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum, mut n) = (x, x, 1.0);
    while term.abs() > 1e-17 * sum.abs() {
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
        n += 1.0;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{SampleKind, Values};

    #[test]
    fn the_normal_distribution_is_as_tables_have_it() {
        for (x, below) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_543),
            (-1.959_963_984_540_054, 0.025),
            (3.0, 0.998_650_101_968_37),
        ] {
            assert!((normal_below(x) - below).abs() < 1e-12, "{x}: {}", normal_below(x));
        }
        assert_eq!((normal_below(50.0), normal_below(-50.0)), (1.0, 0.0));
    }

    #[test]
    fn masses_are_integrals_of_the_density() {
        let means = Array2::from_shape_vec((2, 2), vec![0.0, 1.0, 0.5, -1.0]).unwrap();
        let population = Population::new(means, vec![0.3, 0.6], true);
        let edges = vec![vec![-0.4, 0.0, 0.7], vec![-2.0, -1.0, 0.0, 3.0]];
        let masses = population.masses(&edges);
        let n = 60;
        for (cell, mass) in masses.iter().enumerate() {
            let [(x, width), (y, height)] = [(&edges[0], cell / 3), (&edges[1], cell % 3)]
                .map(|(edges, i)| (edges[i], edges[i + 1] - edges[i]));
            let middle = |i: usize| (i as f64 + 0.5) / n as f64;
            let points = (0..n * n).map(|i| [x + width * middle(i / n), y + height * middle(i % n)]);
            let sum = points.map(|at| population.density(&at)).sum::<f64>() * width * height / (n * n) as f64;
            assert!((mass - sum).abs() < 2e-4, "cell {cell}: {mass} where the density has {sum}");
        }
    }

    #[test]
    fn an_estimate_is_near_what_samples_were_drawn_from() {
        let data = super::super::toys::bumps().unwrap().train;
        let known = data.population().unwrap().clone();
        let estimated = Population::estimated(&data).unwrap();
        assert!(known.is_known() && !estimated.is_known() && estimated.modes().is_none());
        let edges = vec![(0..=60).map(|i| -4.0 + 8.0 * f64::from(i) / 60.0).collect()];
        let off = known.masses(&edges).into_iter().zip(estimated.masses(&edges)).map(|(p, q)| (p - q).abs());
        // Scott's rule is for one bump, so of two it is too wide.
        assert!(off.sum::<f64>() < 0.2);
        let three = Dataset::new(SampleKind::row(3), Values::Floats(vec![0.0; 6].into()), None, vec![]).unwrap();
        assert!(Population::estimated(&three).is_none());
    }
}
