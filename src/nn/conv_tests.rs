//! Convolutions against the definition, written as plain loops in `f64`.

use super::*;
use ndarray::Array2;

fn values(n: usize, seed: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * 37 + seed * 11) % 101) as f64 / 50.0 - 1.0).collect()
}

fn batch(n: usize, map: MapShape, seed: usize) -> Array2<f64> {
    Array2::from_shape_vec((n, map.n_features()), values(n * map.n_features(), seed)).unwrap()
}

/// A window with its maps: rectangular, of odd and even sides, with and without groups, and maps that it does
/// not fill.
struct Case {
    window: Window,
    large: MapShape,
    small_channels: usize,
    pool: Option<Pool>,
}

fn cases() -> Vec<Case> {
    let case = |kernel, stride, padding, (height, width), pool| Case {
        window: Window { kernel, stride, padding, groups: 1 },
        large: MapShape { channels: 2, height, width },
        small_channels: 3,
        pool,
    };
    let mut cases = vec![
        case([3, 3], [1, 1], [1, 1], (6, 5), Some([2, 2])),
        case([1, 5], [1, 1], [0, 2], (4, 9), Some([1, 2])),
        case([5, 1], [1, 1], [2, 0], (9, 4), Some([3, 1])),
        case([2, 3], [1, 2], [0, 1], (5, 8), None),
        case([4, 3], [2, 1], [1, 1], (8, 7), Some([2, 3])),
        case([3, 2], [3, 2], [1, 0], (11, 6), None),
        case([2, 4], [2, 3], [1, 2], (7, 10), None),
        case([1, 7], [1, 1], [0, 3], (1, 21), Some([1, 4])),
        case([6, 2], [1, 1], [3, 0], (5, 5), None),
    ];
    let mut depthwise = case([3, 2], [1, 1], [1, 1], (5, 6), Some([2, 1]));
    (depthwise.window.groups, depthwise.small_channels) = (2, 4);
    cases.push(depthwise);
    cases
}

/// Each term of a convolution: calls `work` with the indices of weight, large and small map in one sample.
fn for_terms(large: MapShape, small: MapShape, window: Window, mut work: impl FnMut(usize, usize, usize)) {
    let Window { kernel, stride, padding, groups } = window;
    let (small_group, large_group) = (small.channels / groups, large.channels / groups);
    for o in 0..small.channels {
        for c in 0..large_group {
            for (i, j) in (0..kernel[0]).flat_map(|i| (0..kernel[1]).map(move |j| (i, j))) {
                for (h, w) in (0..small.height).flat_map(|h| (0..small.width).map(move |w| (h, w))) {
                    let (y, x) = (h * stride[0] + i, w * stride[1] + j);
                    let inside = |at: usize, padding: usize, side: usize| at >= padding && at - padding < side;
                    if inside(y, padding[0], large.height) && inside(x, padding[1], large.width) {
                        let channel = o / small_group * large_group + c;
                        work(
                            ((o * large_group + c) * kernel[0] + i) * kernel[1] + j,
                            (channel * large.height + y - padding[0]) * large.width + x - padding[1],
                            (o * small.height + h) * small.width + w,
                        );
                    }
                }
            }
        }
    }
}

/// Maps begun at `bias`, to which the terms are added: down, `x` is large; up, small.
fn by_the_definition(layer: &Conv2d<f64>, x: &Array2<f64>) -> Array2<f64> {
    let Geometry { large, small, .. } = layer.geometry;
    let (out, is_down) = match layer.direction {
        Direction::Down { .. } => (small, true),
        Direction::Up => (large, false),
    };
    let n_map = out.height * out.width;
    let mut y = Array2::from_shape_fn((x.nrows(), out.n_features()), |(_, i)| layer.bias[i / n_map]);
    for n in 0..x.nrows() {
        for_terms(large, small, layer.geometry.window, |tap, large, small| {
            let (from, to) = if is_down { (large, small) } else { (small, large) };
            y[[n, to]] += layer.weight[tap] * x[[n, from]];
        });
    }
    y
}

/// The largest value of each window.
fn pooled(y: &Array2<f64>, map: MapShape, pool: Pool) -> Array2<f64> {
    let out = map.pooled(pool);
    Array2::from_shape_fn((y.nrows(), out.n_features()), |(n, i)| {
        let (c, h, w) = (i / (out.height * out.width), i / out.width % out.height, i % out.width);
        let of_window = |at: usize| {
            let (row, column) = (h * pool[0] + at / pool[1], w * pool[1] + at % pool[1]);
            y[[n, (c * map.height + row) * map.width + column]]
        };
        (0..pool[0] * pool[1]).map(of_window).fold(f64::NEG_INFINITY, f64::max)
    })
}

/// Both directions of a case, its first weights so large that no maximum is close to another.
fn layers(case: &Case) -> [Conv2d<f64>; 2] {
    let small = case.window.small(case.large, case.small_channels);
    let down =
        Conv2d::new(case.large, case.small_channels, case.window, case.pool, Activation::Tanh, (3, 0)).numbered(2);
    [down, Conv2d::transposed(small, case.large, case.window, Activation::Tanh, (4, 0))]
}

fn forward<S: Scalar>(layer: &dyn Layer<S>, x: &Array2<S>, scratch: &mut Scratch<S>) -> Array2<S> {
    let mut y = Array2::from_elem((x.nrows(), layer.n_out()), S::of(f64::NAN));
    layer.forward(x.view(), y.view_mut(), scratch);
    y
}

#[test]
fn rectangular_windows_give_what_the_definition_says() {
    for (at, case) in cases().iter().enumerate() {
        for layer in layers(case) {
            let x = batch(3, layer.input(), at);
            let mut want = by_the_definition(&layer, &x);
            if let Direction::Down { pool: Some(pool) } = layer.direction {
                want = pooled(&want, layer.geometry.small, pool);
            }
            want.mapv_inplace(f64::tanh);
            let y = forward(&layer, &x, &mut Scratch::default());
            assert_eq!(y.dim(), want.dim());
            assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-12), "case {at}, {:?}", layer.direction);
            let single = forward(&*layer.to_f32(), &x.mapv(|x| x as f32), &mut Scratch::default());
            assert!(single.iter().zip(&want).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5), "case {at} in f32");
        }
    }
}

#[test]
fn rectangular_windows_have_the_gradients_of_differences() {
    for (at, case) in cases().iter().enumerate() {
        for layer in layers(case) {
            let (mut x, mut scratch) = (batch(2, layer.input(), at), Scratch::new(2));
            let y = forward(&layer, &x, &mut scratch);
            // Of the loss Σ y·r.
            let r = batch(2, layer.output(), at + 5);
            let (mut dx, mut grads) = (x.clone(), vec![f64::NAN; layer.n_params()]);
            layer.backward(
                x.view(),
                y.view(),
                r.clone().view_mut(),
                Some(dx.view_mut()),
                &mut grads,
                &mut scratch,
            );
            let step = 1e-5;
            let loss =
                |layer: &Conv2d<f64>, x: &Array2<f64>| (forward(layer, x, &mut Scratch::default()) * &r).sum();
            let close = |exact: f64, [right, left]: [f64; 2]| {
                let numeric = (right - left) / (2.0 * step);
                assert!((exact - numeric).abs() < 1e-7, "case {at}, {:?}: {exact} {numeric}", layer.direction);
            };
            for i in 0..x.len() {
                let at = [i / x.ncols(), i % x.ncols()];
                let moved = [step, -step].map(|by| {
                    let before = std::mem::replace(&mut x[at], 0.0);
                    x[at] = before + by;
                    let loss = loss(&layer, &x);
                    x[at] = before;
                    loss
                });
                close(dx[at], moved);
            }
            for (i, &grad) in grads.iter().enumerate() {
                let moved = |by: f64| {
                    let mut layer = layer.clone();
                    *layer.weight.iter_mut().chain(&mut layer.bias).nth(i).unwrap() += by;
                    loss(&layer, &x)
                };
                close(grad, [moved(step), moved(-step)]);
            }
            // Without a gradient at the input, and with one thread, the weights' are the same.
            let mut alone = vec![f64::NAN; layer.n_params()];
            let mut scratch = Scratch::default();
            let y = forward(&layer, &x, &mut scratch);
            layer.backward(x.view(), y.view(), r.clone().view_mut(), None, &mut alone, &mut scratch);
            assert_eq!(alone, grads, "case {at}");
        }
    }
}

/// The lecture's sentence: a transposed convolution is a convolution, over the zero-padded input, with the
/// flipped kernel.
#[test]
fn is_a_convolution_over_the_zero_padded_input_with_the_flipped_kernel() {
    for (kernel, stride, padding, extra) in
        [(3, 1, 0, 0), (3, 1, 1, 0), (2, 2, 0, 0), (4, 2, 1, 0), (3, 2, 1, 1), (5, 3, 2, 2)]
    {
        let input = MapShape { channels: 3, height: 4, width: 5 };
        let side = |small: usize| (small - 1) * stride + kernel + extra - 2 * padding;
        let output = MapShape { channels: 2, height: side(4), width: side(5) };
        let window = Window::square(kernel, stride, padding);
        let transposed = Conv2d::<f32>::transposed(input, output, window, Activation::Linear, (3, 0));
        let x: Vec<f32> = values(2 * input.n_features(), 1).iter().map(|&x| x as f32).collect();
        let x = Array2::from_shape_vec((2, input.n_features()), x).unwrap();
        let mut y = Array2::zeros((2, output.n_features()));
        transposed.forward(x.view(), y.view_mut(), &mut Scratch::default());

        // stride − 1 zeros between the values, kernel − 1 − padding around them, and `extra` at the end.
        let around = kernel - 1 - padding;
        let spread = |side: usize| (side - 1) * stride + 1 + 2 * around + extra;
        let padded = MapShape { channels: 3, height: spread(4), width: spread(5) };
        let mut zeros = Array2::zeros((2, padded.n_features()));
        for ((n, i), &value) in x.indexed_iter() {
            let (c, row, column) = (i / 20, i % 20 / 5, i % 5);
            let at = (c * padded.height + around + row * stride) * padded.width + around + column * stride;
            zeros[[n, at]] = value;
        }
        let window = Window::square(kernel, 1, 0);
        let mut plain = Conv2d::<f32>::new(padded, 2, window, None, Activation::Linear, (3, 0));
        let taps = kernel * kernel;
        let mut flipped = vec![0.0; 2 * 3 * taps];
        for (o, c, tap) in (0..2).flat_map(|o| (0..3).flat_map(move |c| (0..taps).map(move |tap| (o, c, tap)))) {
            flipped[(o * 3 + c) * taps + tap] = transposed.weight[(c * 2 + o) * taps + taps - 1 - tap];
        }
        let mut tensors = [flipped, transposed.bias.clone()].into_iter();
        plain.visit_mut(&mut |values| values.copy_from_slice(&tensors.next().unwrap()));
        let mut want = Array2::zeros((2, Layer::<f32>::n_out(&plain)));
        plain.forward(zeros.view(), want.view_mut(), &mut Scratch::default());
        assert_eq!(y.dim(), want.dim());
        assert!(y.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-6), "{kernel} {stride} {padding} {extra}");
    }
}
