//! The two products that convolutions are made of, in explicit vector instructions chosen at run time.
//!
//! Left to the compiler, loops this deep vectorise or not from one version to the next (7 to 220 GFLOP/s were
//! seen for the same sums), so the vectors are written out with `pulp`, which is safe. A block of sums stays
//! in registers while the terms run past it: 4 rows × 4 vectors where there are 32 registers, 4 × 2 where
//! there are 16. The order of the terms does not depend on the thread count, and each sum is rounded as its
//! processor's fused multiply-add rounds.

#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "loops over registers keep constant lengths and plain indices: else the sums end up in memory, thrice as slow"
)]

use pulp::{Arch, Simd, WithSimd};
use std::sync::LazyLock;

/// The processor's vector instructions, looked up once: asking takes tens of microseconds on a virtual
/// machine.
pub static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);

/// Every set of instructions that this processor has and the products are written for, the narrowest first.
#[cfg(test)]
pub fn all_archs() -> Vec<Arch> {
    let mut archs = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    {
        archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
        archs.extend(pulp::x86::V4::try_new().map(Arch::V4));
    }
    archs
}

/// Values that one vector may hold at most: lengths of runs are multiples of this.
pub const LANES: usize = 16;

/// Sums of shifted runs: `out(row, i) = start(row) + Σ_term weight(row, term) · x(offsets(term) + i)`.
pub struct Runs<'a, S> {
    /// [rows, terms].
    pub weight: &'a [S],
    /// One value a row.
    pub start: &'a [S],
    /// Where each term's run begins in `x`.
    pub offsets: &'a [usize],
    /// What the runs are cut from.
    pub x: &'a [S],
    /// Length of a run, a multiple of [`LANES`].
    pub len: usize,
    /// Rows of `len` values, one after another.
    pub out: &'a mut [S],
}

/// Dot products of shifted runs, summed over samples:
/// `out(row, term) = Σ_n Σ_i y(n·y_sample + row·y_row + i) · x(n·x_sample + offsets(term) + i)`.
pub struct Dots<'a, S> {
    /// The rows' values.
    pub y: &'a [S],
    /// From one row to the next.
    pub y_row: usize,
    /// From one sample's rows to the next sample's.
    pub y_sample: usize,
    /// What the runs are cut from.
    pub x: &'a [S],
    /// From one sample's runs to the next sample's.
    pub x_sample: usize,
    /// Where each term's run begins in `x`.
    pub offsets: &'a [usize],
    /// Samples summed over.
    pub n_samples: usize,
    /// Length of a run, a multiple of [`LANES`].
    pub len: usize,
    /// [rows, terms].
    pub out: &'a mut [S],
}

/// Works out `runs` in `f32`.
pub fn runs_f32(runs: Runs<'_, f32>) {
    assert_eq!(runs.weight.len(), runs.start.len() * runs.offsets.len(), "runs: weights are [rows, terms]");
    assert_eq!(runs.len % LANES, 0, "runs are whole vectors long");
    ARCH.dispatch(runs);
}

/// Works out `dots` in `f32`.
pub fn dots_f32(dots: Dots<'_, f32>) {
    assert_eq!(dots.len % LANES, 0, "runs are whole vectors long");
    ARCH.dispatch(dots);
}

/// Works out `runs` in `f64`, plainly: the reference of [`runs_f32`].
pub fn runs_f64(runs: Runs<'_, f64>) {
    let n_terms = runs.offsets.len();
    for (row, out) in runs.out.chunks_mut(runs.len).take(runs.start.len()).enumerate() {
        out.fill(runs.start[row]);
        for (term, &offset) in runs.offsets.iter().enumerate() {
            let weight = runs.weight[row * n_terms + term];
            out.iter_mut().zip(&runs.x[offset..]).for_each(|(out, x)| *out += weight * x);
        }
    }
}

/// Works out `dots` in `f64`, plainly: the reference of [`dots_f32`].
pub fn dots_f64(dots: Dots<'_, f64>) {
    let n_terms = dots.offsets.len();
    for (at, out) in dots.out.iter_mut().enumerate() {
        let (row, term) = (at / n_terms, at % n_terms);
        let sample = |n: usize| {
            let y = &dots.y[n * dots.y_sample + row * dots.y_row..][..dots.len];
            let x = &dots.x[n * dots.x_sample + dots.offsets[term]..][..dots.len];
            y.iter().zip(x).map(|(y, x)| y * x).sum::<f64>()
        };
        *out = (0..dots.n_samples).map(sample).sum();
    }
}

// Each block below is compiled as a function of its own (by `vectorize`), so that its registers are its own.

impl WithSimd for Runs<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let n_rows = self.start.len();
        for row in (0..n_rows).step_by(4) {
            let runs = &mut self;
            match n_rows - row {
                1 => simd.vectorize(RunRows::<1, 4> { runs, row }),
                2 => simd.vectorize(RunRows::<2, 4> { runs, row }),
                3 => simd.vectorize(RunRows::<3, 2> { runs, row }),
                _ if S::REGISTER_COUNT >= 32 => simd.vectorize(RunRows::<4, 4> { runs, row }),
                _ => simd.vectorize(RunRows::<4, 2> { runs, row }),
            }
        }
    }
}

/// `ROWS` rows from `row` on, `VECTORS` vectors at a time.
struct RunRows<'a, 'b, const ROWS: usize, const VECTORS: usize> {
    runs: &'a mut Runs<'b, f32>,
    row: usize,
}

impl<const ROWS: usize, const VECTORS: usize> WithSimd for RunRows<'_, '_, ROWS, VECTORS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut at = 0;
        while at + VECTORS * S::F32_LANES <= self.runs.len {
            run_block::<S, ROWS, VECTORS>(simd, self.runs, self.row, at);
            at += VECTORS * S::F32_LANES;
        }
        while at < self.runs.len {
            run_block::<S, ROWS, 1>(simd, self.runs, self.row, at);
            at += S::F32_LANES;
        }
    }
}

#[inline(always)]
fn run_block<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    runs: &mut Runs<'_, f32>,
    row: usize,
    at: usize,
) {
    let n_terms = runs.offsets.len();
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for r in 0..ROWS {
        sums[r] = [simd.splat_f32s(runs.start[row + r]); VECTORS];
    }
    let mut weights = [[].as_slice(); ROWS];
    for r in 0..ROWS {
        weights[r] = &runs.weight[(row + r) * n_terms..][..n_terms];
    }
    for (term, &offset) in runs.offsets.iter().enumerate() {
        let run = S::as_simd_f32s(&runs.x[offset + at..][..VECTORS * S::F32_LANES]).0;
        for r in 0..ROWS {
            let weight = simd.splat_f32s(weights[r][term]);
            for v in 0..VECTORS {
                sums[r][v] = simd.mul_add_f32s(weight, run[v], sums[r][v]);
            }
        }
    }
    for r in 0..ROWS {
        let out = &mut runs.out[(row + r) * runs.len + at..][..VECTORS * S::F32_LANES];
        let out = S::as_mut_simd_f32s(out).0;
        for v in 0..VECTORS {
            out[v] = sums[r][v];
        }
    }
}

impl WithSimd for Dots<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let n_rows = if self.offsets.is_empty() { 0 } else { self.out.len() / self.offsets.len() };
        for row in (0..n_rows).step_by(4) {
            match n_rows - row {
                1 => dot_rows::<S, 1, 4>(simd, &mut self, row),
                2 => dot_rows::<S, 2, 4>(simd, &mut self, row),
                3 => dot_rows::<S, 3, 2>(simd, &mut self, row),
                _ if S::REGISTER_COUNT >= 32 => dot_rows::<S, 4, 4>(simd, &mut self, row),
                _ => dot_rows::<S, 4, 2>(simd, &mut self, row),
            }
        }
    }
}

/// `ROWS` rows from `row` on, `TERMS` terms at a time.
#[inline(always)]
fn dot_rows<S: Simd, const ROWS: usize, const TERMS: usize>(simd: S, dots: &mut Dots<'_, f32>, row: usize) {
    let mut term = 0;
    while term + TERMS <= dots.offsets.len() {
        simd.vectorize(DotBlock::<ROWS, TERMS> { dots, row, term });
        term += TERMS;
    }
    while term < dots.offsets.len() {
        simd.vectorize(DotBlock::<ROWS, 1> { dots, row, term });
        term += 1;
    }
}

/// `ROWS` rows from `row` on by `TERMS` terms from `term` on.
struct DotBlock<'a, 'b, const ROWS: usize, const TERMS: usize> {
    dots: &'a mut Dots<'b, f32>,
    row: usize,
    term: usize,
}

impl<const ROWS: usize, const TERMS: usize> WithSimd for DotBlock<'_, '_, ROWS, TERMS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { dots, row, term } = self;
        let mut sums = [[simd.splat_f32s(0.0); TERMS]; ROWS];
        let n_vectors = dots.len / S::F32_LANES;
        for n in 0..dots.n_samples {
            let (mut rows, mut runs) = ([[].as_slice(); ROWS], [[].as_slice(); TERMS]);
            for r in 0..ROWS {
                let start = n * dots.y_sample + (row + r) * dots.y_row;
                rows[r] = &S::as_simd_f32s(&dots.y[start..][..dots.len]).0[..n_vectors];
            }
            for t in 0..TERMS {
                let start = n * dots.x_sample + dots.offsets[term + t];
                runs[t] = &S::as_simd_f32s(&dots.x[start..][..dots.len]).0[..n_vectors];
            }
            for i in 0..n_vectors {
                for t in 0..TERMS {
                    let x = runs[t][i];
                    for r in 0..ROWS {
                        sums[r][t] = simd.mul_add_f32s(rows[r][i], x, sums[r][t]);
                    }
                }
            }
        }
        let n_terms = dots.offsets.len();
        for r in 0..ROWS {
            for t in 0..TERMS {
                dots.out[(row + r) * n_terms + term + t] = simd.reduce_sum_f32s(sums[r][t]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n).map(|i| ((i * 37 + seed * 11) % 101) as f64 / 50.0 - 1.0).collect()
    }

    fn single(values: &[f64]) -> Vec<f32> {
        values.iter().map(|&x| x as f32).collect()
    }

    fn close(single: &[f32], double: &[f64]) {
        for (a, b) in single.iter().zip(double) {
            // The narrower the vector, the longer each of its sums in `f32`.
            assert!((f64::from(*a) - b).abs() < 1e-4 + 5e-6 * b.abs(), "{a} {b}");
        }
    }

    #[test]
    fn vectors_of_every_width_and_plain_loops_agree() {
        for (n_rows, n_terms, len) in [(1, 1, 16), (2, 9, 48), (3, 5, 112), (4, 18, 64), (7, 3, 80), (16, 27, 144)]
        {
            let x = values(len + 900, 1);
            let offsets: Vec<usize> = (0..n_terms).map(|term| term * 29).collect();
            let (weight, start) = (values(n_rows * n_terms, 2), values(n_rows, 3));
            let mut want = vec![f64::NAN; n_rows * len];
            runs_f64(Runs { weight: &weight, start: &start, offsets: &offsets, x: &x, len, out: &mut want });
            let (weight, start, x32) = (single(&weight), single(&start), single(&x));
            let (weight, start) = (&weight[..], &start[..]);
            for arch in all_archs() {
                let mut got = vec![f32::NAN; n_rows * len];
                arch.dispatch(Runs { weight, start, offsets: &offsets, x: &x32, len, out: &mut got });
                close(&got, &want);
            }

            let (n_samples, x_sample) = (3, 50);
            let y = values(n_samples * n_rows * (len + 5), 4);
            let (y_row, y_sample) = (len + 5, n_rows * (len + 5));
            let mut want = vec![f64::NAN; n_rows * n_terms];
            let dots = Dots {
                y: &y,
                y_row,
                y_sample,
                x: &x,
                x_sample,
                offsets: &offsets,
                n_samples,
                len,
                out: &mut want,
            };
            dots_f64(dots);
            let y = single(&y);
            for arch in all_archs() {
                let mut got = vec![f32::NAN; n_rows * n_terms];
                arch.dispatch(Dots {
                    y: &y,
                    y_row,
                    y_sample,
                    x: &x32,
                    x_sample,
                    offsets: &offsets,
                    n_samples,
                    len,
                    out: &mut got,
                });
                close(&got, &want);
            }
        }
    }

    #[test]
    fn the_widest_vectors_are_at_work() {
        let best = all_archs().pop().unwrap();
        if cfg!(target_arch = "x86_64") {
            assert_eq!(std::mem::discriminant(&*ARCH), std::mem::discriminant(&best), "{:?}, not {best:?}", *ARCH);
        }
    }
}
