//! The one matrix product, in safe vector instructions chosen at run time.
//!
//! Products of networks are all of two shapes. Rows times rows (y = x·Wᵀ): dot products of contiguous rows, 4
//! × 6 of them summed in registers at a time. Rows times columns (dx = dy·W, dW = dyᵀ·x): runs of contiguous
//! columns, 8 × 3 vectors at a time, under weights that were gathered into a small panel first. Neither
//! copies the larger matrix. Rows of few numbers, whose dot products would be all adding up across a vector,
//! are turned first, some columns at a time. On the products of a 784-512-256-2 network at 64 rows this does
//! 150 to 230 GFLOP/s a core with AVX-512 where the `gemm` crate does 90 to 120.
//!
//! An element is summed in an order that depends on nothing but its row and column: not on its neighbours,
//! the batch, or the number of threads.

mod columns;
mod rows;

use super::Scalar;
use super::flat::flat;
use super::layer::in_parts;
use super::simd::ARCH;
use ndarray::{ArrayView2, ArrayViewMut2};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Most numbers that a vector holds.
const LANES_MOST: usize = 16;
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
        if self.b_turned {
            rows::product(simd, self);
        } else {
            columns::product(simd, self);
        }
    }
}

#[cfg(test)]
mod tests;
