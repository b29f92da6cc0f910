//! The `f32` kernels of every vector width against the standard library in `f64`, over the whole range of
//! `f32`.

use super::*;

/// Calls `$check` with the kernels of each vector width.
macro_rules! for_each_width {
    ($check:ident) => {
        $check!(single);
        $check!(narrow);
        $check!(plain);
    };
}

fn ladder() -> Vec<f32> {
    (-4000..=4000).map(|i| i as f32 * 0.02).collect()
}

/// Numbers of every size that `f32` has, both signs, close to one another, and 0.
fn whole_range() -> Vec<f32> {
    let sizes = (0..2540).map(|i| (i as f32 * 0.1 - 126.0).exp2());
    let ends = (8600..=8900).map(|i| i as f32 * 0.01);
    sizes.chain(ends).flat_map(|x| [x, -x]).chain([0.0]).chain(ladder()).collect()
}

/// Within a relative error, or 0 where the result is hardly a normal number.
fn close(name: &str, x: f64, got: f32, want: f64, tolerance: f64) {
    let error = (f64::from(got) - want).abs();
    let same = f64::from(got) == f64::from(want as f32);
    let allowed = tolerance * want.abs() + 1.5 * f64::from(f32::MIN_POSITIVE);
    assert!(same || error <= allowed, "{name}({x}) is {want}, not {got}");
}

#[test]
fn exp_tanh_and_sigmoid_agree_with_f64_everywhere() {
    macro_rules! check {
        ($module:ident) => {
            let x = whole_range();
            let (mut sigmoid, mut tanh, mut exp) = (x.clone(), x.clone(), x.clone());
            $module::sigmoid(&mut sigmoid);
            $module::tanh(&mut tanh);
            $module::exp(&mut exp, 1.0);
            for (i, &x) in x.iter().enumerate() {
                let x = f64::from(x);
                close("sigmoid", x, sigmoid[i], 1.0 / (1.0 + (-x).exp()), 1e-6);
                close("tanh", x, tanh[i], x.tanh(), 1e-6);
                close("exp", x, exp[i], x.exp(), 1e-6);
            }
            let mut scaled = [2.0f32, -3.0];
            $module::exp(&mut scaled, 0.5);
            close("exp", 1.0, scaled[0], 1f64.exp(), 1e-6);
            close("exp", -1.5, scaled[1], (-1.5f64).exp(), 1e-6);
        };
    }
    for_each_width!(check);
}

#[test]
fn ln_agrees_with_f64_over_its_range() {
    let sizes = (0..=1500).map(|i| (i as f32 * -0.1).exp2());
    for e in sizes.chain((0..=1000).map(|i| i as f32 / 1000.0)) {
        close("ln 1 +", f64::from(e), ln_1p_unit_f32(e), f64::from(e).ln_1p(), 1e-6);
    }
}

/// ln(1 + e^l), as a logit costs where the target is 0.
#[test]
fn softplus_and_its_slope_agree_with_f64_everywhere() {
    macro_rules! check {
        ($module:ident) => {
            for l in whole_range() {
                let (mut slope, wide) = ([l], f64::from(l));
                let want = wide.max(0.0) + (-wide.abs()).exp().ln_1p();
                close("softplus", wide, $module::bernoulli(&[l], &[0.0]) as f32, want, 1e-6);
                $module::bernoulli_gradient(&mut slope, &[0.0], 1.0);
                close("slope of softplus", wide, slope[0], 1.0 / (1.0 + (-wide).exp()), 1e-6);
            }
        };
    }
    for_each_width!(check);
}

#[test]
fn exp_leaves_its_range_cleanly() {
    assert_eq!(exp_f32(-200.0), 0.0);
    assert_eq!(exp_f32(f32::NEG_INFINITY), 0.0);
    assert_eq!(exp_f32(200.0), f32::INFINITY);
    assert!(exp_f32(f32::NAN).is_nan());
    assert_eq!(exp_f32(0.0), 1.0);
}

#[test]
fn cross_entropy_agrees_with_f64_and_survives_large_logits() {
    macro_rules! check {
        ($module:ident) => {
            let logits = ladder();
            let targets: Vec<f32> = (0..logits.len()).map(|i| (i % 7) as f32 / 6.0).collect();
            let of_one = |(&l, &x): (&f32, &f32)| {
                let (l, x) = (f64::from(l), f64::from(x));
                l.max(0.0) + (-l.abs()).exp().ln_1p() - x * l
            };
            let want: f64 = logits.iter().zip(&targets).map(of_one).sum();
            let mut grads = logits.clone();
            assert!(($module::bernoulli(&logits, &targets) / want - 1.0).abs() < 1e-6);
            assert!(($module::bernoulli_gradient(&mut grads, &targets, 0.5) / want - 1.0).abs() < 1e-6);
            for ((g, l), x) in grads.iter().zip(&logits).zip(&targets) {
                let want = 0.5 / (1.0 + f64::from(-l).exp()) - 0.5 * f64::from(*x);
                assert!((f64::from(*g) - want).abs() < 2e-7);
            }
        };
    }
    for_each_width!(check);
}

#[test]
fn sums_biases_and_maxima_agree_with_f64() {
    macro_rules! check {
        ($module:ident) => {
            // Of every length around whole vectors.
            for n in [0, 1, 15, 16, 17, 63, 1030] {
                let a: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
                let b: Vec<f32> = (0..n).map(|i| (i as f32 * 0.3).cos()).collect();
                let wide = |a: f32| f64::from(a);
                let want: f64 = a.iter().zip(&b).map(|(&a, &b)| (wide(a) - wide(b)).powi(2)).sum();
                assert!(($module::squared_error(&a, &b) - want).abs() <= 1e-5 * want);
                let sum: f64 = a.iter().map(|&a| wide(a)).sum();
                assert!((wide($module::sum(&a)) - sum).abs() < 1e-4);
                let mut y = a.clone();
                $module::bias_relu(&mut y, &b);
                assert!(y.iter().zip(a.iter().zip(&b)).all(|(&y, (a, b))| y == (a + b).max(0.0)));
                let mut rows = [a.clone(), a.clone()].concat();
                $module::bias_relu(&mut rows, &b);
                assert_eq!(rows, [y.clone(), y].concat(), "each row alike");

                let mut e = a.clone();
                let (most, total) = $module::exp_below_most(&mut e);
                assert_eq!(most, a.iter().copied().fold(f32::NEG_INFINITY, f32::max));
                let want: Vec<f64> = a.iter().map(|&a| (wide(a) - wide(most)).exp()).collect();
                assert!((wide(total) - want.iter().sum::<f64>()).abs() <= 1e-5 * wide(total));
                let mut slopes = e.clone();
                $module::multinomial_gradient(&mut slopes, &b, total, (0.5, 3.0));
                for i in 0..n {
                    assert!((wide(e[i]) - want[i]).abs() < 1e-6);
                    let slope = 0.5 * (3.0 * wide(e[i]) / wide(total) - wide(b[i]));
                    assert!((wide(slopes[i]) - slope).abs() < 1e-6);
                }

                let pooled = n / 2;
                let (mut y, mut places) = (vec![f32::NAN; pooled], vec![9; pooled]);
                $module::max_pool(&a, &b, &mut y, &mut places);
                let (mut upper, mut lower) = (a.clone(), b.clone());
                $module::put_back(&y, &places, &mut upper, &mut lower);
                for i in 0..pooled {
                    let (window, back) = (
                        [a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]],
                        [2 * i, 2 * i + 1].map(|i| (upper[i], lower[i])),
                    );
                    let back = [back[0].0, back[1].0, back[0].1, back[1].1];
                    assert_eq!(y[i], window.into_iter().fold(f32::NEG_INFINITY, f32::max));
                    for (place, &back) in back.iter().enumerate() {
                        assert_eq!(back, if place == usize::from(places[i]) { y[i] } else { 0.0 });
                    }
                }
            }
        };
    }
    for_each_width!(check);
}

#[test]
fn optimizers_agree_with_f64() {
    macro_rules! check {
        ($module:ident) => {
            for n_shards in 1..=3 {
                let n = 37;
                let values = |seed: f64| -> Vec<f64> { (0..n).map(|i| (i as f64 * seed).sin()).collect() };
                let single = |values: &[f64]| -> Vec<f32> { values.iter().map(|&x| x as f32).collect() };
                let grads: Vec<Vec<f64>> = (0..n_shards).map(|i| values(0.3 + i as f64)).collect();
                let grads32: Vec<Vec<f32>> = grads.iter().map(|grad| single(grad)).collect();
                let (start, n) = (3, n - 3);
                let (mut w, mut m, mut v) = (values(0.9)[3..].to_vec(), vec![0.1; n], vec![0.2; n]);
                let (mut w32, mut m32, mut v32) = (single(&w), single(&m), single(&v));
                let adam = AdamStep {
                    rate: 0.01,
                    v_scale: 1.5,
                    beta1: 0.9,
                    beta2: 0.999,
                    epsilon: 1e-8,
                    keep: 0.99,
                    grad_scale: 0.5,
                };
                let adam32 = AdamStep {
                    rate: 0.01f32,
                    v_scale: 1.5,
                    beta1: 0.9,
                    beta2: 0.999,
                    epsilon: 1e-8,
                    keep: 0.99,
                    grad_scale: 0.5,
                };
                double::adam(&adam, &mut w, (&grads, start), &mut m, &mut v);
                $module::adam(&adam32, &mut w32, (&grads32, start), &mut m32, &mut v32);
                let sgd = SgdStep { rate: 0.1, momentum: 0.7, grad_scale: 0.5 };
                let sgd32 = SgdStep { rate: 0.1f32, momentum: 0.7, grad_scale: 0.5 };
                double::sgd(&sgd, &mut w, (&grads, start), &mut m);
                $module::sgd(&sgd32, &mut w32, (&grads32, start), &mut m32);
                for (got, want) in [(w32, w), (m32, m), (v32, v)] {
                    assert!(got.iter().zip(&want).all(|(got, want)| (f64::from(*got) - want).abs() < 1e-5));
                }
            }
        };
    }
    for_each_width!(check);
}

#[test]
fn nan_shows_in_every_sum() {
    let logits = [0.0, f32::NAN, 1.0];
    assert!(single::bernoulli(&logits, &[0.0; 3]).is_nan());
    assert!(single::squared_error(&logits, &[0.0; 3]).is_nan());
    let mut y = [f32::NAN];
    single::bias_relu(&mut y, &[0.0]);
    assert!(y[0].is_nan());
}
