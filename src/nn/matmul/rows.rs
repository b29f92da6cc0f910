//! C = A·Bᵀ: rows times rows.

use super::{LANES_MOST, Product};
use pulp::{Simd, WithSimd};

/// Rows of B of at most this many numbers are turned before they are gone through.
const SHORT: usize = 32;

/// Works out a product whose B is turned.
#[inline(always)]
pub fn product<S: Simd>(simd: S, product: Product<'_, f32>) {
    match S::F32_LANES {
        // Whether rows are short, and so the order of a sum, does not hang on how many there are of A.
        16 if product.k <= SHORT => simd.vectorize(ShortRows::<16>(product)),
        8 if product.k <= SHORT => simd.vectorize(ShortRows::<8>(product)),
        4 if product.k <= SHORT => simd.vectorize(ShortRows::<4>(product)),
        _ if product.k <= SHORT || S::REGISTER_COUNT < 32 => rows_by_rows::<S, 4, 2>(simd, product),
        _ => rows_by_rows::<S, 4, 6>(simd, product),
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
pub fn rows_by_rows<S: Simd, const ROWS: usize, const COLUMNS: usize>(simd: S, mut product: Product<'_, f32>) {
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
