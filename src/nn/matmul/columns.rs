//! C = A·B: rows times columns.

#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "loops over registers keep constant lengths and plain indices: else the sums end up in memory, thrice as slow"
)]

use super::{Product, Stairs};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Columns of A and rows of B that are gone through at a time: what keeps a strip of B in the first caches.
const DEPTH: usize = 256;
/// Rows of A that are gathered at a time.
const PANEL_ROWS: usize = 64;
/// Panels of as many numbers do for small products; one of `DEPTH` by `PANEL_ROWS` takes longer to clear than
/// they take to work out.
const SMALL_PANEL: usize = 4096;
/// What any product needs.
const LARGE_PANEL: usize = DEPTH * PANEL_ROWS;

/// Works out a product whose B is not turned.
#[inline(always)]
pub fn product<S: Simd>(simd: S, product: Product<'_, f32>) {
    let n_rows = product.c.len() / product.n;
    let is_small = DEPTH.min(product.k) * PANEL_ROWS.min(n_rows).next_multiple_of(8) <= SMALL_PANEL;
    match (S::REGISTER_COUNT >= 32, is_small) {
        (true, true) => simd.vectorize(ByColumns::<8, SMALL_PANEL>(product)),
        (true, false) => simd.vectorize(ByColumns::<8, LARGE_PANEL>(product)),
        (false, true) => simd.vectorize(ByColumns::<4, SMALL_PANEL>(product)),
        (false, false) => simd.vectorize(ByColumns::<4, LARGE_PANEL>(product)),
    }
}

/// [`rows_by_columns`] with a panel of `PANEL` numbers.
struct ByColumns<'a, const ROWS: usize, const PANEL: usize>(Product<'a, f32>);

impl<const ROWS: usize, const PANEL: usize> WithSimd for ByColumns<'_, ROWS, PANEL> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        rows_by_columns::<S, ROWS, 3>(simd, self.0, &mut [0.0; PANEL]);
    }
}

/// C = A·B, `ROWS` rows by `VECTORS` vectors of columns at a time.
#[inline(always)]
fn rows_by_columns<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    product: Product<'_, f32>,
    panel: &mut [f32],
) {
    let Product { c, a, a_strides, b, n, k, stairs, .. } = product;
    // Rows of C that want a column, and rows of B that have a number there.
    let is_wanted = |last_row: usize, column: usize| match stairs {
        Stairs::Wanted(wanted) => wanted[last_row] > column,
        _ => true,
    };
    let from = |column: usize| match stairs {
        Stairs::From(from) => from[column],
        _ => 0,
    };
    if let Stairs::Wanted(_) = stairs {
        c.fill(0.0);
    }
    for (block, c) in c.chunks_mut(PANEL_ROWS * n).enumerate() {
        let a = &a[block * PANEL_ROWS * a_strides[0]..];
        let n_rows = c.len() / n;
        for start in (0..k).step_by(DEPTH) {
            let depth = DEPTH.min(k - start);
            let a = &a[start * a_strides[1]..];
            for (panel, row) in panel.chunks_exact_mut(depth * ROWS).zip((0..n_rows).step_by(ROWS)) {
                gather::<ROWS>(panel, &a[row * a_strides[0]..], a_strides, n_rows - row);
            }
            let mut strip = Strip { c, b: &b[start * n..], n, rows: 0..depth, column: 0, is_first: start == 0 };
            while strip.column < n {
                let width = n - strip.column;
                strip.rows.start = from(strip.column).saturating_sub(start).min(depth);
                for (panel, row) in panel.chunks_exact(depth * ROWS).zip((0..n_rows).step_by(ROWS)) {
                    if !is_wanted(block * PANEL_ROWS + (row + ROWS).min(n_rows) - 1, strip.column) {
                        continue;
                    }
                    if width >= VECTORS * S::F32_LANES {
                        columns::<S, ROWS, VECTORS>(simd, &mut strip, panel, row);
                    } else if width >= S::F32_LANES {
                        columns::<S, ROWS, 1>(simd, &mut strip, panel, row);
                    } else {
                        last_columns::<S, ROWS>(simd, &mut strip, panel, row);
                    }
                }
                let n_vectors = if width >= VECTORS * S::F32_LANES { VECTORS } else { 1 };
                strip.column += n_vectors * S::F32_LANES;
            }
        }
    }
}

/// Gathers `ROWS` rows of A into a panel, one column after another; zeros where only `n_rows` are left.
#[inline(always)]
fn gather<const ROWS: usize>(panel: &mut [f32], a: &[f32], a_strides: [usize; 2], n_rows: usize) {
    let columns = panel.as_chunks_mut::<ROWS>().0;
    if n_rows < ROWS {
        for (p, weights) in columns.iter_mut().enumerate() {
            for r in 0..ROWS {
                weights[r] = if r < n_rows { a[r * a_strides[0] + p * a_strides[1]] } else { 0.0 };
            }
        }
    } else if a_strides[0] == 1 {
        columns
            .iter_mut()
            .enumerate()
            .for_each(|(p, weights)| weights.copy_from_slice(&a[p * a_strides[1]..][..ROWS]));
    } else {
        let depth = columns.len();
        let mut rows = [[].as_slice(); ROWS];
        for r in 0..ROWS {
            rows[r] = &a[r * a_strides[0]..][..depth];
        }
        for (p, weights) in columns.iter_mut().enumerate() {
            for r in 0..ROWS {
                weights[r] = rows[r][p];
            }
        }
    }
}

/// Columns of B and C under way.
struct Strip<'a> {
    c: &'a mut [f32],
    b: &'a [f32],
    n: usize,
    /// The rows of B that are gone through.
    rows: Range<usize>,
    column: usize,
    /// Whether C is to be set, and not added to.
    is_first: bool,
}

#[inline(always)]
fn columns<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    strip: &mut Strip<'_>,
    panel: &[f32],
    row: usize,
) {
    let (n, width) = (strip.n, VECTORS * S::F32_LANES);
    let start = row * n + strip.column;
    let n_rows = strip.c.len() / n - row;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if !strip.is_first {
        for r in 0..ROWS {
            if r < n_rows {
                let c = S::as_simd_f32s(&strip.c[start + r * n..][..width]).0;
                for v in 0..VECTORS {
                    sums[r][v] = c[v];
                }
            }
        }
    }
    let b = &strip.b[strip.rows.start * n..];
    for (p, weights) in panel.as_chunks::<ROWS>().0[strip.rows.clone()].iter().enumerate() {
        let b = S::as_simd_f32s(&b[p * n + strip.column..][..width]).0;
        for r in 0..ROWS {
            let weight = simd.splat_f32s(weights[r]);
            for v in 0..VECTORS {
                sums[r][v] = simd.mul_add_f32s(weight, b[v], sums[r][v]);
            }
        }
    }
    for r in 0..ROWS {
        if r < n_rows {
            let c = S::as_mut_simd_f32s(&mut strip.c[start + r * n..][..width]).0;
            for v in 0..VECTORS {
                c[v] = sums[r][v];
            }
        }
    }
}

/// The columns that do not fill a vector.
#[inline(always)]
fn last_columns<S: Simd, const ROWS: usize>(simd: S, strip: &mut Strip<'_>, panel: &[f32], row: usize) {
    let n = strip.n;
    let (start, width) = (row * n + strip.column, n - strip.column);
    let n_rows = strip.c.len() / n - row;
    let mut sums = [simd.splat_f32s(0.0); ROWS];
    if !strip.is_first {
        for r in 0..ROWS {
            if r < n_rows {
                sums[r] = simd.partial_load_f32s(&strip.c[start + r * n..][..width]);
            }
        }
    }
    let b = &strip.b[strip.rows.start * n..];
    for (p, weights) in panel.as_chunks::<ROWS>().0[strip.rows.clone()].iter().enumerate() {
        let b = simd.partial_load_f32s(&b[p * n + strip.column..][..width]);
        for r in 0..ROWS {
            sums[r] = simd.mul_add_f32s(simd.splat_f32s(weights[r]), b, sums[r]);
        }
    }
    for r in 0..ROWS {
        if r < n_rows {
            simd.partial_store_f32s(&mut strip.c[start + r * n..][..width], sums[r]);
        }
    }
}
