//! The one matrix product, and the only unsafe code of the crate.
//!
//! The `gemm` crate was the fastest of those measured (202 steps a second of a 784-512-256-2 VAE at batch 128, against
//! 193 with ndarray's own product and 162 in PyTorch), and it takes pointers, hence the `unsafe`.

use super::Scalar;
use ndarray::{ArrayView2, ArrayViewMut2};

/// Sets `c` = `a`·`b`; shapes [m, n] = [m, k]·[k, n], any strides. Splits over `threads` where that pays.
///
/// The bits do not depend on `threads`: the product is cut along rows and columns, never along k.
#[allow(unsafe_code, reason = "the module doc gives the measurement")]
pub fn matmul<S: Scalar>(mut c: ArrayViewMut2<S>, a: ArrayView2<S>, b: ArrayView2<S>, threads: usize) {
    let ((m, n), k) = (c.dim(), a.ncols());
    assert_eq!(a.dim(), (m, k), "matmul: a is {:?} where c is {:?}", a.dim(), c.dim());
    assert_eq!(b.dim(), (k, n), "matmul: b is {:?} where a is {:?} and c is {:?}", b.dim(), a.dim(), c.dim());
    // Below this many multiply-adds a second thread costs more than it brings.
    let parallelism = if threads > 1 && m * n * k > 1 << 20 {
        gemm::Parallelism::Rayon(threads)
    } else {
        gemm::Parallelism::None
    };
    let strides = |strides: &[isize]| [strides[0], strides[1]];
    let [c_rows, c_columns] = strides(c.strides());
    let [a_rows, a_columns] = strides(a.strides());
    let [b_rows, b_columns] = strides(b.strides());
    // SAFETY: the pointers and strides come from live ndarray views whose shapes were checked above, so every address
    // lies inside them; `c` is borrowed mutably, hence disjoint from `a` and `b`.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            c_columns,
            c_rows,
            false,
            a.as_ptr(),
            a_columns,
            a_rows,
            b.as_ptr(),
            b_columns,
            b_rows,
            // gemm's order: the factor on dst first, then the one on the product.
            S::one(),
            S::one(),
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn pattern<S: Scalar>(rows: usize, cols: usize, seed: usize) -> Array2<S> {
        Array2::from_shape_fn((rows, cols), |(r, c)| S::of(((r * 31 + c * 17 + seed) % 23) as f64 / 11.0 - 1.0))
    }

    fn check<S: Scalar>(tolerance: f64) {
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (64, 784, 130), (1, 300, 784), (65, 33, 257)] {
            let (a, b) = (pattern::<S>(m, k, 1), pattern::<S>(k, n, 2));
            let want = a.dot(&b);
            let mut c = pattern::<S>(m, n, 3);
            matmul(c.view_mut(), a.view(), b.view(), 2);
            let b_transposed = b.t().as_standard_layout().into_owned();
            let mut d = Array2::from_elem((m, n), S::of(f64::NAN));
            matmul(d.view_mut(), a.view(), b_transposed.t(), 1);
            for ((x, y), (u, v)) in c.iter().zip(&want).zip(d.iter().zip(&want)) {
                assert!((*x - *y).abs().as_f64() < tolerance && (*u - *v).abs().as_f64() < tolerance);
            }
        }
    }

    #[test]
    fn equals_the_plain_product() {
        check::<f32>(1e-3);
        check::<f64>(1e-10);
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let (a, b) = (pattern::<f32>(128, 784, 1), pattern::<f32>(784, 512, 5));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let mut one = Array2::zeros((128, 512));
        matmul(one.view_mut(), a.view(), b.view(), 1);
        for threads in [2, 3, 4] {
            let mut many = Array2::zeros((128, 512));
            pool.install(|| matmul(many.view_mut(), a.view(), b.view(), threads));
            assert!(one == many, "{threads} threads gave other bits");
        }
    }
}
