//! Gradients of recurrent layers, and that sequences stand alone.

use super::*;
use crate::nn::{Purpose, standard_normal, stream};

const LENS: [usize; 4] = [2, 4, 1, 4];
const SIZES: [usize; 3] = [3, 2, 5];

fn numbers(shape: (usize, usize), index: u64) -> Array2<f64> {
    let mut values = vec![0.0; shape.0 * shape.1];
    standard_normal(&mut stream(3, Purpose::Evaluation, index), &mut values);
    shaped(shape, values)
}

/// Σ outputs · `weights`, and the outputs.
fn loss(layer: &Recurrent<f64>, reads: Reads<'_, f64>, weights: &Array2<f64>) -> f64 {
    let pass = layer.forward(reads, &mut Scratch::default());
    (&pass.h * weights).sum()
}

#[test]
fn gradients_of_every_parameter_and_of_all_that_is_read() {
    let packed = Packed::new(&LENS);
    for cell in [Cell::Gru, Cell::Lstm] {
        let layer = Recurrent::<f64>::new(cell, SIZES, 1, 0);
        let (x, told, h) = (numbers((11, 3), 0), numbers((4, 2), 1), State::new(numbers((4, 5), 2)));
        let weights = numbers((11, 5), 4);
        let reads = Reads { packed: &packed, x: x.view(), told: Some(told.view()), start: Some(&h) };
        let mut scratch = Scratch::default();
        let mut grads = vec![f64::NAN; layer.n_params()];
        let [mut dx, mut d_told, mut dh] = [(11, 3), (4, 2), (4, 5)].map(Array2::<f64>::zeros);
        let pass = layer.forward(reads, &mut scratch);
        let wanted = Wanted { x: Some(dx.view_mut()), told: Some(d_told.view_mut()), start: Some(dh.view_mut()) };
        layer.backward(reads, pass, weights.clone(), wanted, &mut grads, &mut scratch);
        let close = |numeric: f64, exact: f64, what: &str| {
            assert!((numeric - exact).abs() < 1e-6 * (1.0 + exact.abs()), "{cell:?} {what}: {numeric} {exact}");
        };
        let step = 1e-5;
        let mut at = 0;
        for (tensor, param) in layer.params().into_iter().enumerate() {
            for i in 0..param.values.len() {
                let moved = |by: f64| {
                    let (mut layer, mut number) = (layer.clone(), 0);
                    layer.visit_mut(&mut |values| {
                        if number == tensor {
                            values[i] += by;
                        }
                        number += 1;
                    });
                    loss(&layer, reads, &weights)
                };
                close((moved(step) - moved(-step)) / (2.0 * step), grads[at], &param.name);
                at += 1;
            }
        }
        for (which, exact) in [dx, d_told, dh].iter().enumerate() {
            for ((row, column), &exact) in exact.indexed_iter() {
                let moved = |by: f64| {
                    let (mut x, mut told, mut h) = (x.clone(), told.clone(), h.clone());
                    [&mut x, &mut told, &mut h.h][which][[row, column]] += by;
                    loss(
                        &layer,
                        Reads { packed: &packed, x: x.view(), told: Some(told.view()), start: Some(&h) },
                        &weights,
                    )
                };
                close((moved(step) - moved(-step)) / (2.0 * step), exact, "what is read");
            }
        }
    }
}

#[test]
fn sequences_do_not_feel_one_another_and_steps_can_be_taken_one_by_one() {
    for cell in [Cell::Gru, Cell::Lstm] {
        let layer = Recurrent::<f64>::new(cell, SIZES, 2, 0);
        let (packed, x, told) = (Packed::new(&LENS), numbers((11, 3), 0), numbers((4, 2), 1));
        let mut scratch = Scratch::default();
        let all = layer
            .forward(Reads { packed: &packed, x: x.view(), told: Some(told.view()), start: None }, &mut scratch);
        // The second of the longest alone, a step at a time.
        let one = Packed::new(&[1]);
        let mut state = State::new(Array2::zeros((1, 5)));
        for step in 0..4 {
            let row = packed.rows(step).start + 1;
            let (x, told) = (x.slice(s![row..row + 1, ..]), told.slice(s![1..2, ..]));
            let reads = Reads { packed: &one, x, told: Some(told), start: Some(&state) };
            state = layer.forward(reads, &mut scratch).into_state(cell, &mut scratch);
            let off = (&state.h.row(0) - &all.h.row(row)).mapv(f64::abs).sum();
            assert!(off < 1e-12, "{cell:?}, step {step}: {off}");
        }
    }
}
