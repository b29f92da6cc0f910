//! The one matrix product, in safe vector instructions chosen at run time.
//!
//! Products of networks are all of two shapes. Rows times rows (y = x·Wᵀ): dot products of contiguous rows, 4
//! × 6 of them summed in registers at a time. Rows times columns (dx = dy·W, dW = dyᵀ·x): runs of contiguous
//! columns, 8 × 3 vectors at a time, under weights that were gathered into a small panel first. Neither
//! copies the larger matrix. Rows of few numbers, whose dot products would be all adding up across a vector,
//! are turned first, some columns at a time ([`SHORT`]). On the products of a 784-512-256-2 network at 64 rows this does 150 to 230
//! GFLOP/s a core with AVX-512 where the `gemm` crate does 90 to 120.
//!
//! An element is summed in an order that depends on nothing but its row and column: not on its neighbours,
//! the batch, or the number of threads.

#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "loops over registers keep constant lengths and plain indices: else the sums end up in memory, thrice as slow"
)]

use super::Scalar;
use super::flat::flat;
use super::layer::in_parts;
use super::simd::ARCH;
use ndarray::{ArrayView2, ArrayViewMut2};
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
/// Most numbers that a vector holds.
const LANES_MOST: usize = 16;
/// Rows of B of at most this many numbers are turned before they are gone through.
const SHORT: usize = 32;
/// Below this many multiply-adds a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 20;

/// Zeros that a product need not go through: those of a matrix whose rows hold numbers up to some column and
/// zeros beyond, no row shorter than the one before. It changes no bit of what is summed.
#[derive(Clone, Copy, Debug)]
pub enum Stairs<'a> {
    /// There are none to speak of.
    None,
    /// C = A·Bᵀ: of each column of C how many of the k terms count, from the first on.
    Reach(&'a [usize]),
    /// C = A·B: of each row of C how many columns are wanted, from the first on; the others may be set to 0.
    Wanted(&'a [usize]),
    /// C = A·B: of each column of C the first of the k terms that counts.
    From(&'a [usize]),
}

/// C = A·B, or C = A·Bᵀ, with C [m, n] and its rows contiguous.
pub struct Product<'a, S> {
    /// [m, n].
    c: &'a mut [S],
    a: &'a [S],
    /// From one row of A to the next, and from one column to the next.
    a_strides: [usize; 2],
    /// [k, n], or [n, k] where `b_turned`.
    b: &'a [S],
    b_turned: bool,
    n: usize,
    k: usize,
    stairs: Stairs<'a>,
}

impl<S> Product<'_, S> {
    /// Numbers of a row of A that count for `columns` of C.
    fn reach(&self, columns: Range<usize>) -> usize {
        let Stairs::Reach(reach) = self.stairs else { return self.k };
        let reach = reach[columns].iter().copied().max().unwrap_or(self.k);
        // Whole vectors, so that what is left over is so for all or none.
        reach.next_multiple_of(LANES_MOST).min(self.k)
    }
}

/// Sets `c` = `a`·`b`; shapes [m, n] = [m, k]·[k, n]. Splits rows over `threads` where that pays.
///
/// Fast where `c` is row-major and `a` and `b` are row-major or turned row-major matrices; others are copied
/// first.
pub fn matmul<S: Scalar>(c: ArrayViewMut2<S>, a: ArrayView2<S>, b: ArrayView2<S>, threads: usize) {
    matmul_stairs(c, a, b, threads, Stairs::None);
}

/// As [`matmul`], without going through the zeros that `stairs` tells of.
pub fn matmul_stairs<S: Scalar>(
    mut c: ArrayViewMut2<S>,
    a: ArrayView2<S>,
    b: ArrayView2<S>,
    threads: usize,
    stairs: Stairs<'_>,
) {
    let ((m, n), k) = (c.dim(), a.ncols());
    assert_eq!(a.dim(), (m, k), "matmul: a is {:?} where c is {:?}", a.dim(), c.dim());
    assert_eq!(b.dim(), (k, n), "matmul: b is {:?} where a is {:?} and c is {:?}", b.dim(), a.dim(), c.dim());
    if m * n * k == 0 {
        return c.fill(S::zero());
    }
    let Some(c_slice) = c.as_slice_mut() else {
        let mut plain = ndarray::Array2::zeros((m, n));
        matmul_stairs(plain.view_mut(), a, b, threads, stairs);
        return c.assign(&plain);
    };
    let (b_plain, b_transposed) = (b.as_slice().is_some(), b.t());
    let b_copy = if b_plain { b.as_standard_layout() } else { b_transposed.as_standard_layout() };
    let b_turned = !b_plain;
    let a_turned = a.as_slice().is_none() && a.t().as_slice().is_some() && !b_turned;
    let a_transposed = a.t();
    let a_copy = if a_turned { a_transposed.as_standard_layout() } else { a.as_standard_layout() };
    let (a, b) = (flat(&a_copy), flat(&b_copy));
    let a_strides = if a_turned { [1, m] } else { [k, 1] };
    let threads = if m * n * k > WORTH_A_THREAD { threads } else { 1 };
    // Rows of which little is wanted take less time than others.
    let n_parts = if threads > 1 && matches!(stairs, Stairs::Wanted(_)) { 4 * threads } else { threads };
    let per_part = m.div_ceil(n_parts).next_multiple_of(8);
    let parts = c_slice.chunks_mut(per_part * n).enumerate();
    in_parts(threads, parts, |(part, c)| {
        let first = part * per_part;
        let stairs = match stairs {
            Stairs::Wanted(wanted) => Stairs::Wanted(&wanted[first..]),
            stairs => stairs,
        };
        S::product(Product { c, a: &a[first * a_strides[0]..], a_strides, b, b_turned, n, k, stairs });
    });
}

/// Works out a product in `f64`, plainly: the reference of [`product_f32`].
pub fn product_f64(product: Product<'_, f64>) {
    let Product { c, a, a_strides, b, b_turned, n, k, .. } = product;
    let b_strides = if b_turned { [1, k] } else { [n, 1] };
    for (at, c) in c.iter_mut().enumerate() {
        let (a, b) = (&a[at / n * a_strides[0]..], &b[at % n * b_strides[1]..]);
        *c = (0..k).map(|p| a[p * a_strides[1]] * b[p * b_strides[0]]).sum();
    }
}

/// Works out a product in `f32`.
pub fn product_f32(product: Product<'_, f32>) {
    ARCH.dispatch(product);
}

impl WithSimd for Product<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let panel = DEPTH.min(self.k) * PANEL_ROWS.min(self.c.len() / self.n).next_multiple_of(8);
        let is_small = panel <= SMALL_PANEL;
        match (self.b_turned, S::REGISTER_COUNT >= 32) {
            // Whether rows are short, and so the order of a sum, does not hang on how many there are of A.
            (true, _) if self.k <= SHORT => match S::F32_LANES {
                16 => simd.vectorize(ShortRows::<16>(self)),
                8 => simd.vectorize(ShortRows::<8>(self)),
                4 => simd.vectorize(ShortRows::<4>(self)),
                _ => rows_by_rows::<S, 4, 2>(simd, self),
            },
            (true, true) => rows_by_rows::<S, 4, 6>(simd, self),
            (true, false) => rows_by_rows::<S, 4, 2>(simd, self),
            (false, true) if is_small => simd.vectorize(ByColumns::<8, SMALL_PANEL>(self)),
            (false, true) => simd.vectorize(ByColumns::<8, LARGE_PANEL>(self)),
            (false, false) if is_small => simd.vectorize(ByColumns::<4, SMALL_PANEL>(self)),
            (false, false) => simd.vectorize(ByColumns::<4, LARGE_PANEL>(self)),
        }
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

/// C = A·Bᵀ with rows of at most [`SHORT`] numbers: `LANES` rows of B at a time are turned into columns, so
/// that a vector holds sums of different elements.
///
/// An element is summed as [`dots`] does it: in as many sums as a vector has lanes, which are added up by
/// halves, and then what does not fill a vector.
struct ShortRows<'a, const LANES: usize>(Product<'a, f32>);

impl<const LANES: usize> WithSimd for ShortRows<'_, LANES> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Product { c, a, b, n, k, .. } = self.0;
        let mut turned = [0.0; SHORT * LANES_MOST];
        for (start, b) in b.chunks(LANES * k).enumerate() {
            let width = b.len() / k;
            for (column, row) in b.chunks_exact(k).enumerate() {
                row.iter().enumerate().for_each(|(p, &weight)| turned[p * LANES + column] = weight);
            }
            let columns = S::as_simd_f32s(&turned[..k * LANES]).0;
            for (c, a) in c.chunks_exact_mut(n).zip(a.chunks_exact(k)) {
                let sums = short_row::<S, LANES>(simd, a, columns);
                let c = &mut c[start * LANES..][..width];
                if width == LANES {
                    S::as_mut_simd_f32s(c).0[0] = sums;
                } else {
                    simd.partial_store_f32s(c, sums);
                }
            }
        }
    }
}

/// Dot products of a row of A with as many columns as a vector has lanes.
#[inline(always)]
fn short_row<S: Simd, const LANES: usize>(simd: S, a: &[f32], columns: &[S::f32s]) -> S::f32s {
    let (whole, rest) = a.as_chunks::<LANES>();
    let (columns, columns_of_rest) = columns.split_at(whole.len() * LANES);
    let mut sums = [simd.splat_f32s(0.0); LANES];
    for (a, columns) in whole.iter().zip(columns.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] = simd.mul_add_f32s(simd.splat_f32s(a[lane]), columns[lane], sums[lane]);
        }
    }
    // Written out, for a loop that ends anywhere would keep the sums in memory.
    add_halves::<S, LANES, 8>(simd, &mut sums);
    add_halves::<S, LANES, 4>(simd, &mut sums);
    add_halves::<S, LANES, 2>(simd, &mut sums);
    add_halves::<S, LANES, 1>(simd, &mut sums);
    // As the compiler has it for plain numbers: rounded twice.
    let term = |sum, (&a, &column)| simd.add_f32s(sum, simd.mul_f32s(simd.splat_f32s(a), column));
    rest.iter().zip(columns_of_rest).fold(sums[0], term)
}

/// Adds the second `HALF` of the sums to the first.
#[inline(always)]
fn add_halves<S: Simd, const LANES: usize, const HALF: usize>(simd: S, sums: &mut [S::f32s; LANES]) {
    if HALF < LANES {
        for lane in 0..HALF {
            sums[lane] = simd.add_f32s(sums[lane], sums[lane + HALF]);
        }
    }
}

/// C = A·Bᵀ, `ROWS` rows of A by `COLUMNS` rows of B at a time.
#[inline(always)]
fn rows_by_rows<S: Simd, const ROWS: usize, const COLUMNS: usize>(simd: S, mut product: Product<'_, f32>) {
    let (m, n) = (product.c.len() / product.n, product.n);
    if m == 1 {
        // Each weight is read once, from far away: the more rows of B at a time, the better they come.
        let whole = n / 8 * 8;
        (0..whole).step_by(8).for_each(|column| dots::<S, 1, 8>(simd, &mut product, 0, column));
        (whole..n).for_each(|column| dots::<S, 1, 1>(simd, &mut product, 0, column));
        return;
    }
    for column in (0..n).step_by(COLUMNS) {
        for row in (0..m).step_by(ROWS) {
            if column + COLUMNS <= n && row + ROWS <= m {
                dots::<S, ROWS, COLUMNS>(simd, &mut product, row, column);
                continue;
            }
            for row in row..(row + ROWS).min(m) {
                for column in column..(column + COLUMNS).min(n) {
                    dots::<S, 1, 1>(simd, &mut product, row, column);
                }
            }
        }
    }
}

#[inline(always)]
fn dots<S: Simd, const ROWS: usize, const COLUMNS: usize>(
    simd: S,
    product: &mut Product<'_, f32>,
    row: usize,
    column: usize,
) {
    let (k, reach) = (product.k, product.reach(column..column + COLUMNS));
    let mut block = DotBlock { a: [[].as_slice(); ROWS], b: [[].as_slice(); COLUMNS] };
    for r in 0..ROWS {
        block.a[r] = &product.a[(row + r) * k..][..reach];
    }
    for c in 0..COLUMNS {
        block.b[c] = &product.b[(column + c) * k..][..reach];
    }
    // A function of its own, so that its registers are its own.
    let sums = simd.vectorize(block);
    for (r, sums) in sums.iter().enumerate() {
        product.c[(row + r) * product.n + column..][..COLUMNS].copy_from_slice(sums);
    }
}

/// Rows of A and of B, each with each, all of one length.
struct DotBlock<'a, const ROWS: usize, const COLUMNS: usize> {
    a: [&'a [f32]; ROWS],
    b: [&'a [f32]; COLUMNS],
}

impl<const ROWS: usize, const COLUMNS: usize> WithSimd for DotBlock<'_, ROWS, COLUMNS> {
    type Output = [[f32; COLUMNS]; ROWS];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let Self { a, b } = self;
        let n_vectors = a[0].len() / S::F32_LANES;
        let (mut a_vectors, mut b_vectors) = ([[].as_slice(); ROWS], [[].as_slice(); COLUMNS]);
        for r in 0..ROWS {
            a_vectors[r] = &S::as_simd_f32s(a[r]).0[..n_vectors];
        }
        for c in 0..COLUMNS {
            b_vectors[c] = &S::as_simd_f32s(b[c]).0[..n_vectors];
        }
        let mut sums = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
        for i in 0..n_vectors {
            for c in 0..COLUMNS {
                let b = b_vectors[c][i];
                for r in 0..ROWS {
                    sums[r][c] = simd.mul_add_f32s(a_vectors[r][i], b, sums[r][c]);
                }
            }
        }
        let mut out = [[0.0; COLUMNS]; ROWS];
        for r in 0..ROWS {
            for c in 0..COLUMNS {
                out[r][c] = simd.reduce_sum_f32s(sums[r][c]);
            }
        }
        let rest = n_vectors * S::F32_LANES;
        if rest < a[0].len() {
            for (a, out) in a.iter().zip(&mut out) {
                for (b, out) in b.iter().zip(out) {
                    *out = a[rest..].iter().zip(&b[rest..]).fold(*out, |sum, (a, b)| sum + a * b);
                }
            }
        }
        out
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

#[cfg(test)]
mod tests;
