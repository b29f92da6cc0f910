use super::*;
use crate::nn::simd::all_archs;
use ndarray::Array2;

fn pattern<S: Scalar>(rows: usize, cols: usize, seed: usize) -> Array2<S> {
    Array2::from_shape_fn((rows, cols), |(r, c)| S::of(((r * 31 + c * 17 + seed) % 23) as f64 / 11.0 - 1.0))
}

/// The matrix turned twice: equal numbers, the other order in memory.
fn turned<S: Scalar>(matrix: &Array2<S>) -> Array2<S> {
    matrix.t().as_standard_layout().into_owned().reversed_axes()
}

/// Shapes [m, k, n] on both sides of each block's and panel's edge.
const SHAPES: [(usize, usize, usize); 11] = [
    (1, 1, 1),
    (3, 5, 2),
    (64, 784, 130),
    (1, 300, 784),
    (65, 33, 257),
    (70, 600, 50),
    (8, 3, 95),
    (4, 17, 12),
    (9, 257, 48),
    (5, 16, 40),
    (21, 32, 17),
];

/// Each way through a product under every set of instructions, against the plain one in `f64`.
#[test]
fn every_instruction_set_gives_the_plain_product() {
    for (m, k, n) in SHAPES {
        let (a, b) = (pattern::<f64>(m, k, 1), pattern::<f64>(k, n, 2));
        let want = a.dot(&b);
        let single = |matrix: &Array2<f64>| matrix.iter().map(|&x| x as f32).collect::<Vec<_>>();
        let (plain_a, turned_a) = (single(&a), single(&a.t().as_standard_layout().into_owned()));
        let (plain_b, turned_b) = (single(&b), single(&b.t().as_standard_layout().into_owned()));
        let ways = [
            (&plain_a, [k, 1], &plain_b, false),
            (&turned_a, [1, m], &plain_b, false),
            (&plain_a, [k, 1], &turned_b, true),
        ];
        for arch in all_archs() {
            for (a, a_strides, b, b_turned) in ways {
                let mut c = vec![f32::NAN; m * n];
                arch.dispatch(Product { c: &mut c, a, a_strides, b, b_turned, n, k, stairs: Stairs::None });
                for (got, want) in c.iter().zip(&want) {
                    let error = (f64::from(*got) - want).abs();
                    assert!(error < 1e-3, "{arch:?}, [{m}, {k}, {n}], turned {b_turned}: {got} {want}");
                }
            }
        }
    }
}

/// Rows of few numbers give the bits that dot products of whole vectors give, which a wider row would.
#[test]
fn short_rows_are_summed_as_long_ones_are() {
    for k in [1, 2, 7, 16, 21, 32] {
        let (a, b) = (pattern::<f32>(5, k, 1), pattern::<f32>(19, k, 2));
        let mut c = vec![f32::NAN; 5 * 19];
        let (a_strides, stairs) = ([k, 1], Stairs::None);
        let product = |c| Product { c, a: flat(&a), a_strides, b: flat(&b), b_turned: true, n: 19, k, stairs };
        product_f32(product(&mut c));
        struct Long<'a>(Product<'a, f32>);
        impl WithSimd for Long<'_> {
            type Output = ();
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                rows::rows_by_rows::<S, 4, 2>(simd, self.0);
            }
        }
        let mut long = vec![f32::NAN; 5 * 19];
        ARCH.dispatch(Long(product(&mut long)));
        // How a vector is added up is the processor's; on these it is by halves.
        if cfg!(target_arch = "x86_64") {
            assert_eq!(c, long, "rows of {k}");
        }
    }
}

/// Zeros that are not gone through change no bit, whichever factor they are of.
#[test]
fn stairs_give_the_bits_of_the_whole_product() {
    for (m, k, n) in [(70, 300, 130), (9, 40, 21), (1, 50, 19), (12, 20, 33)] {
        let reach: Vec<usize> = (0..n).map(|row| row * k / n).collect();
        let mut weight = pattern::<f32>(n, k, 2);
        for (row, &reach) in weight.rows_mut().into_iter().zip(&reach) {
            row.into_slice().unwrap()[reach..].fill(0.0);
        }
        let (x, dy) = (pattern::<f32>(m, k, 1), pattern::<f32>(m, n, 3));
        let from: Vec<usize> = (0..k).map(|column| reach.partition_point(|&reach| reach <= column)).collect();
        for threads in [1, 2] {
            let product = |shape: [usize; 2], a: ArrayView2<f32>, b: ArrayView2<f32>, stairs: Stairs<'_>| {
                let mut c = Array2::from_elem(shape, f32::NAN);
                matmul_stairs(c.view_mut(), a, b, threads, stairs);
                c
            };
            let y = |stairs| product([m, n], x.view(), weight.t(), stairs);
            assert_eq!(y(Stairs::Reach(&reach)), y(Stairs::None), "{m} {k} {n}");
            let dx = |stairs| product([m, k], dy.view(), weight.view(), stairs);
            assert_eq!(dx(Stairs::From(&from)), dx(Stairs::None), "{m} {k} {n}");
            let (some, all) = (
                product([n, k], dy.t(), x.view(), Stairs::Wanted(&reach)),
                product([n, k], dy.t(), x.view(), Stairs::None),
            );
            for (row, &reach) in reach.iter().enumerate() {
                assert_eq!(some.row(row).as_slice().unwrap()[..reach], all.row(row).as_slice().unwrap()[..reach]);
                assert!(some.row(row).iter().all(|x| x.is_finite()), "what is not wanted is set all the same");
            }
        }
    }
}

fn check<S: Scalar>(tolerance: f64) {
    for (m, k, n) in SHAPES {
        let (a, b) = (pattern::<S>(m, k, 1), pattern::<S>(k, n, 2));
        let want = a.dot(&b);
        for (a, b) in [(&a, &b), (&turned(&a), &b), (&a, &turned(&b)), (&turned(&a), &turned(&b))] {
            for threads in [1, 2] {
                let mut c = Array2::from_elem((m, n), S::of(f64::NAN));
                matmul(c.view_mut(), a.view(), b.view(), threads);
                for (got, want) in c.iter().zip(&want) {
                    assert!((*got - *want).abs().as_f64() < tolerance, "{m} {k} {n}: {got} {want}");
                }
            }
        }
    }
}

#[test]
fn equals_the_plain_product() {
    check::<f32>(1e-3);
    check::<f64>(1e-10);
}

#[test]
fn bits_do_not_depend_on_threads_nor_on_other_rows() {
    let (a, b) = (pattern::<f32>(128, 784, 1), pattern::<f32>(784, 512, 5));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for b in [&b, &turned(&b)] {
        let mut one = Array2::zeros((128, 512));
        matmul(one.view_mut(), a.view(), b.view(), 1);
        for threads in [2, 3, 4] {
            let mut many = Array2::zeros((128, 512));
            pool.install(|| matmul(many.view_mut(), a.view(), b.view(), threads));
            assert!(one == many, "{threads} threads gave other bits");
        }
        let mut row = Array2::zeros((1, 512));
        matmul(row.view_mut(), a.slice(ndarray::s![77..78, ..]), b.view(), 1);
        assert_eq!(row.row(0), one.row(77), "alone a row gave other bits");
    }
}
