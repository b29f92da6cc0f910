//! Recurrent layers over sequences of several lengths: the gated recurrent unit (Cho et al. 2014) and long
//! short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000), as PyTorch has
//! them.
//!
//! GRU: r = σ(·), u = σ(·), n = tanh(Wₙx + bₙ + r ⊙ (Uₙh + b′ₙ)),
//! h′ = (1 − u) ⊙ n + u ⊙ h.
//!
//! LSTM: i, f, o = σ(·), g = tanh(·), c′ = f ⊙ c + i ⊙ g, h′ = o ⊙ tanh(c′).
//!
//! Beside what a sequence brings at each step it may be told numbers that stay the same at all of its steps.

use super::cells::{Cells, Slopes, gru, gru_back, lstm, lstm_back};
use super::flat::{flat, flat_mut, shaped, shaped_mut};
use super::{Packed, Param, Scalar, Scratch, init, matmul};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, s};
use serde::{Deserialize, Serialize};

/// What a recurrent layer does at each step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// The gated recurrent unit.
    #[default]
    Gru,
    /// Long short-term memory.
    Lstm,
}

impl Cell {
    /// Rows of a weight for each hidden unit.
    pub const fn n_gates(self) -> usize {
        match self {
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }
}

/// What sequences have come to: a row each.
#[derive(Clone, Debug)]
pub struct State<S> {
    /// h [sequences, hidden].
    pub h: Array2<S>,
    /// c [sequences, hidden] of an LSTM; without columns for a GRU, and for an LSTM that begins at 0.
    pub c: Array2<S>,
}

impl<S: Scalar> State<S> {
    /// One that begins with `h`.
    pub fn new(h: Array2<S>) -> Self {
        let n = h.nrows();
        Self { h, c: Array2::zeros((n, 0)) }
    }
}

/// What a pass leaves for its way back; rows as in [`Packed`].
pub struct Pass<S> {
    /// The gates after their nonlinearities [rows, gates · hidden].
    gates: Array2<S>,
    /// Of a GRU, what the state adds to n before its gate; of an LSTM, c′ [rows, hidden].
    inner: Array2<S>,
    /// The state before each step [rows, hidden].
    before: Array2<S>,
    /// The outputs h′ [rows, hidden].
    pub h: Array2<S>,
}

impl<S: Scalar> Pass<S> {
    /// The state after the only step of a pass.
    pub fn into_state(self, cell: Cell, scratch: &mut Scratch<S>) -> State<S> {
        let n = self.h.nrows();
        [self.gates, self.before].into_iter().for_each(|array| scratch.give_back(array));
        let c = if cell == Cell::Lstm { self.inner } else { Array2::zeros((n, 0)) };
        State { h: self.h, c }
    }

    /// Gives everything back to `scratch`.
    pub fn give_back(self, scratch: &mut Scratch<S>) {
        [self.gates, self.inner, self.before, self.h].into_iter().for_each(|array| scratch.give_back(array));
    }
}

/// What a recurrent layer reads.
#[derive(Clone, Copy)]
pub struct Reads<'a, S> {
    /// How the sequences lie.
    pub packed: &'a Packed,
    /// The steps [rows, n_in].
    pub x: ArrayView2<'a, S>,
    /// What is the same at all steps [sequences, n_told], the longest sequence first; none for a layer that
    /// is told nothing.
    pub told: Option<ArrayView2<'a, S>>,
    /// What sequences begin from, the longest first; none for zeros.
    pub start: Option<&'a State<S>>,
}

/// Gradients at what a layer reads; what is wanted is set.
#[derive(Default)]
pub struct Wanted<'a, S> {
    /// At the steps [rows, n_in].
    pub x: Option<ArrayViewMut2<'a, S>>,
    /// At what is told [sequences, n_told].
    pub told: Option<ArrayViewMut2<'a, S>>,
    /// At the state h in the beginning [sequences, hidden].
    pub start: Option<ArrayViewMut2<'a, S>>,
}

/// A recurrent layer with its weights.
#[derive(Clone, Debug)]
pub struct Recurrent<S> {
    cell: Cell,
    /// [gates · hidden, n_in], [gates · hidden, n_told], [gates · hidden, hidden].
    weights: [Array2<S>; 3],
    /// [gates · hidden], beside what is read and beside the state.
    biases: [Array1<S>; 2],
}

/// Names of the parameters, in their order.
const NAMES: [&str; 5] = ["weight_ih", "weight_th", "weight_hh", "bias_ih", "bias_hh"];

impl<S: Scalar> Recurrent<S> {
    /// A layer that is told `n_told` numbers, with first weights from `seed` in ±1/√hidden, as PyTorch draws
    /// them; it takes two numbers of layers, from `layer` on.
    pub fn new(cell: Cell, [n_in, n_told, n_hidden]: [usize; 3], seed: u64, layer: u64) -> Self {
        let n_gates = cell.n_gates() * n_hidden;
        let mut read = vec![S::zero(); n_gates * (n_in + n_told)];
        let mut state = vec![S::zero(); n_gates * n_hidden];
        let mut biases = [vec![S::zero(); n_gates], vec![S::zero(); n_gates]];
        let [bias_ih, bias_hh] = &mut biases;
        init::fill(seed, layer, n_hidden, &mut read, bias_ih);
        init::fill(seed, layer + 1, n_hidden, &mut state, bias_hh);
        let told = read.split_off(n_gates * n_in);
        let weights = [(n_in, read), (n_told, told), (n_hidden, state)];
        Self {
            cell,
            weights: weights.map(|(n, values)| shaped((n_gates, n), values)),
            biases: biases.map(Array1::from),
        }
    }

    /// What it does at each step.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// Number of hidden units.
    pub fn n_hidden(&self) -> usize {
        self.weights[2].ncols()
    }

    /// Number of parameters.
    pub fn n_params(&self) -> usize {
        let weights: usize = self.weights.iter().map(Array2::len).sum();
        weights + self.biases.iter().map(Array1::len).sum::<usize>()
    }

    /// The parameters; a layer that is told nothing has no weight for it.
    pub fn params(&self) -> Vec<Param<'_, S>> {
        let weights = self.weights.iter().map(|weight| (weight.shape(), flat(weight)));
        let all = weights.chain(self.biases.iter().map(|bias| (bias.shape(), flat(bias))));
        let named = NAMES.iter().zip(all).filter(|(_, (_, values))| !values.is_empty());
        named.map(|(name, (shape, values))| Param::new(name, shape, values)).collect()
    }

    /// Visits the values of each parameter, in the order of [`Self::params`].
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut [S])) {
        let weights = self.weights.iter_mut().map(|weight| flat_mut(weight));
        let all = weights.chain(self.biases.iter_mut().map(|bias| flat_mut(bias)));
        all.filter(|values| !values.is_empty()).for_each(visit);
    }

    /// This layer in `f32`.
    pub fn cast(&self) -> Recurrent<f32> {
        Recurrent {
            cell: self.cell,
            weights: self.weights.each_ref().map(|weight| weight.mapv(|w| w.as_f64() as f32)),
            biases: self.biases.each_ref().map(|bias| bias.mapv(|b| b.as_f64() as f32)),
        }
    }

    /// Runs through all steps.
    pub fn forward(&self, reads: Reads<'_, S>, scratch: &mut Scratch<S>) -> Pass<S> {
        let packed = reads.packed;
        let (n_rows, n_hidden, threads) = (packed.n_rows(), self.n_hidden(), scratch.threads());
        let n_gates = self.cell.n_gates() * n_hidden;
        let [weight_ih, weight_th, weight_hh] = &self.weights;
        let mut gates = scratch.array(n_rows, n_gates);
        matmul(gates.view_mut(), reads.x, weight_ih.t(), threads);
        let mut told = scratch.array(packed.n_sequences(), n_gates);
        match reads.told {
            Some(numbers) => matmul(told.view_mut(), numbers, weight_th.t(), threads),
            None => told.fill(S::zero()),
        }
        told.rows_mut().into_iter().for_each(|mut row| row += &self.biases[0]);
        let [mut inner, mut before, mut h] = [(); 3].map(|()| scratch.array(n_rows, n_hidden));
        let mut of_state = scratch.array(packed.n_sequences(), n_gates);
        for step in 0..packed.n_steps() {
            let rows = packed.rows(step);
            let n = rows.len();
            let mut at = before.slice_mut(s![rows.clone(), ..]);
            match (step.checked_sub(1), reads.start) {
                (Some(last), _) => {
                    at.assign(&h.slice(s![packed.rows(last).start..packed.rows(last).start + n, ..]));
                }
                (None, Some(start)) => at.assign(&start.h),
                (None, None) => at.fill(S::zero()),
            }
            let mut of_state = of_state.slice_mut(s![..n, ..]);
            matmul(of_state.view_mut(), at.view(), weight_hh.t(), threads);
            for (i, row) in rows.enumerate() {
                let cells = Cells {
                    gates: row_mut(&mut gates, row),
                    told: row_of(&told, i),
                    of_state: &mut flat_mut(&mut of_state)[i * n_gates..(i + 1) * n_gates],
                    bias: flat(&self.biases[1]),
                    before: row_of(&before, row),
                    h: row_mut(&mut h, row),
                };
                match self.cell {
                    Cell::Gru => gru(cells, row_mut(&mut inner, row)),
                    Cell::Lstm => {
                        let (done, rest) = flat_mut(&mut inner).split_at_mut(row * n_hidden);
                        let last = step.checked_sub(1).map(|last| packed.rows(last).start + i);
                        let c = match (last, reads.start) {
                            (Some(last), _) => Some(&done[last * n_hidden..(last + 1) * n_hidden]),
                            (None, Some(start)) if start.c.ncols() > 0 => Some(row_of(&start.c, i)),
                            (None, _) => None,
                        };
                        lstm(cells, c, &mut rest[..n_hidden]);
                    }
                }
            }
        }
        [told, of_state].into_iter().for_each(|array| scratch.give_back(array));
        Pass { gates, inner, before, h }
    }

    /// Takes `dh` [rows, hidden], the gradients at the outputs, back to what was read and to `grads`, in the
    /// order of [`Self::params`]. An LSTM that did not begin at 0 must not be asked.
    pub fn backward(
        &self,
        reads: Reads<'_, S>,
        pass: Pass<S>,
        dh: Array2<S>,
        wanted: Wanted<'_, S>,
        grads: &mut [S],
        scratch: &mut Scratch<S>,
    ) {
        let packed = reads.packed;
        let (n_rows, n_hidden, threads) = (packed.n_rows(), self.n_hidden(), scratch.threads());
        let n_gates = self.cell.n_gates() * n_hidden;
        let mut dh = dh;
        // Gradients before the nonlinearities: beside what is read, and beside the state.
        let [mut d_read, mut d_state] = [(); 2].map(|()| scratch.array(n_rows, n_gates));
        let [mut back, mut through] = [(); 2].map(|()| scratch.array(packed.n_sequences(), n_hidden));
        let mut dc = scratch.array(packed.n_sequences(), n_hidden);
        [&mut back, &mut dc].into_iter().for_each(|array| array.fill(S::zero()));
        for step in (0..packed.n_steps()).rev() {
            let rows = packed.rows(step);
            let n = rows.len();
            let last = step.checked_sub(1).map(|last| packed.rows(last).start);
            for (i, row) in rows.clone().enumerate() {
                let d = row_mut(&mut dh, row);
                d.iter_mut().zip(row_of(&back, i)).for_each(|(d, &later)| *d += later);
                let slopes = Slopes {
                    gates: row_of(&pass.gates, row),
                    before: row_of(&pass.before, row),
                    dh: d,
                    d_read: row_mut(&mut d_read, row),
                    d_state: row_mut(&mut d_state, row),
                    back: row_mut(&mut back, i),
                };
                match self.cell {
                    Cell::Gru => gru_back(slopes, row_of(&pass.inner, row)),
                    Cell::Lstm => {
                        let c_before = last.map(|last| row_of(&pass.inner, last + i));
                        lstm_back(slopes, row_of(&pass.inner, row), c_before, row_mut(&mut dc, i));
                    }
                }
            }
            let mut through = through.slice_mut(s![..n, ..]);
            matmul(through.view_mut(), d_state.slice(s![rows, ..]), self.weights[2].view(), threads);
            back.slice_mut(s![..n, ..]).zip_mut_with(&through, |back, &through| *back += through);
        }
        let mut d_told = scratch.array(packed.n_sequences(), n_gates);
        d_told.fill(S::zero());
        for step in 0..packed.n_steps() {
            for (i, row) in packed.rows(step).enumerate() {
                let sums = row_mut(&mut d_told, i);
                sums.iter_mut().zip(row_of(&d_read, row)).for_each(|(sum, &d)| *sum += d);
            }
        }
        let mut rest = grads;
        let mut take = |n: usize| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(n);
            rest = others;
            own
        };
        let read = [
            (d_read.view(), Some(reads.x)),
            (d_told.view(), reads.told),
            (d_state.view(), Some(pass.before.view())),
        ];
        for (weight, (d, read)) in self.weights.iter().zip(read) {
            let own = take(weight.len());
            match read {
                Some(read) if !weight.is_empty() => matmul(shaped_mut(weight.dim(), own), d.t(), read, threads),
                _ => own.fill(S::zero()),
            }
        }
        for d in [&d_told, &d_state] {
            let own = take(n_gates);
            own.fill(S::zero());
            d.rows().into_iter().for_each(|row| own.iter_mut().zip(flat(&row)).for_each(|(sum, &d)| *sum += d));
        }
        if let Some(dx) = wanted.x {
            matmul(dx, d_read.view(), self.weights[0].view(), threads);
        }
        if let Some(d) = wanted.told {
            matmul(d, d_told.view(), self.weights[1].view(), threads);
        }
        if let Some(mut d) = wanted.start {
            d.assign(&back);
        }
        pass.give_back(scratch);
        [dh, d_read, d_state, back, through, dc, d_told].into_iter().for_each(|array| scratch.give_back(array));
    }
}

fn row_of<S>(array: &Array2<S>, row: usize) -> &[S] {
    let n = array.ncols();
    &flat(array)[row * n..(row + 1) * n]
}

fn row_mut<S>(array: &mut Array2<S>, row: usize) -> &mut [S] {
    let n = array.ncols();
    &mut flat_mut(array)[row * n..(row + 1) * n]
}

#[cfg(test)]
#[path = "recurrent_tests.rs"]
mod tests;
