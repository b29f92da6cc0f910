//! One step of one sequence through a recurrent cell, and back; a row of [`super::Recurrent`].

use super::Scalar;

/// One step of one sequence.
pub struct Cells<'a, S> {
    /// In: what is read adds to each gate. Out: the gates.
    pub gates: &'a mut [S],
    /// What is told adds, with the bias beside what is read.
    pub told: &'a [S],
    /// What the state adds, without its bias.
    pub of_state: &'a mut [S],
    pub bias: &'a [S],
    pub before: &'a [S],
    pub h: &'a mut [S],
}

impl<S: Scalar> Cells<'_, S> {
    /// Adds the biases, and to the first `n` gates what the state adds.
    fn gather(&mut self, n: usize) {
        self.gates.iter_mut().zip(self.told).for_each(|(gate, &told)| *gate += told);
        self.of_state.iter_mut().zip(self.bias).for_each(|(of, &bias)| *of += bias);
        self.gates[..n].iter_mut().zip(&*self.of_state).for_each(|(gate, &of)| *gate += of);
    }
}

/// A step of a gated recurrent unit; `inner` is set to what the state adds to n before its gate.
pub fn gru<S: Scalar>(mut cells: Cells<'_, S>, inner: &mut [S]) {
    let n = inner.len();
    cells.gather(2 * n);
    inner.copy_from_slice(&cells.of_state[2 * n..]);
    let (ru, candidate) = cells.gates.split_at_mut(2 * n);
    S::sigmoid_slice(ru);
    let (r, u) = ru.split_at(n);
    for ((candidate, &r), &inner) in candidate.iter_mut().zip(r).zip(&*inner) {
        *candidate += r * inner;
    }
    S::tanh_slice(candidate);
    for (((h, &u), &candidate), &before) in cells.h.iter_mut().zip(u).zip(&*candidate).zip(cells.before) {
        *h = candidate + u * (before - candidate);
    }
}

/// A step of long short-term memory from the cell `c_before`, none for zeros, to the cell `c`.
pub fn lstm<S: Scalar>(mut cells: Cells<'_, S>, c_before: Option<&[S]>, c: &mut [S]) {
    let n = c.len();
    cells.gather(4 * n);
    S::sigmoid_slice(&mut cells.gates[..2 * n]);
    S::tanh_slice(&mut cells.gates[2 * n..3 * n]);
    S::sigmoid_slice(&mut cells.gates[3 * n..]);
    let (i, f, g) = (&cells.gates[..n], &cells.gates[n..2 * n], &cells.gates[2 * n..3 * n]);
    for (((c, &i), &g), k) in c.iter_mut().zip(i).zip(g).zip(0..) {
        *c = i * g + c_before.map_or(S::zero(), |before| f[k] * before[k]);
    }
    cells.h.copy_from_slice(c);
    S::tanh_slice(cells.h);
    cells.h.iter_mut().zip(&cells.gates[3 * n..]).for_each(|(h, &o)| *h *= o);
}

/// One step of one sequence on the way back.
pub struct Slopes<'a, S> {
    pub gates: &'a [S],
    pub before: &'a [S],
    pub dh: &'a [S],
    pub d_read: &'a mut [S],
    pub d_state: &'a mut [S],
    /// Set to what reaches the state before directly.
    pub back: &'a mut [S],
}

/// The way back through [`gru`].
pub fn gru_back<S: Scalar>(slopes: Slopes<'_, S>, inner: &[S]) {
    let n = inner.len();
    let (r, u, candidate) = (&slopes.gates[..n], &slopes.gates[n..2 * n], &slopes.gates[2 * n..]);
    let one = S::one();
    for k in 0..n {
        let (r, u, candidate, d) = (r[k], u[k], candidate[k], slopes.dh[k]);
        let d_candidate = d * (one - u) * (one - candidate * candidate);
        let d_u = d * (slopes.before[k] - candidate) * u * (one - u);
        let d_r = d_candidate * inner[k] * r * (one - r);
        slopes.back[k] = d * u;
        slopes.d_read[k] = d_r;
        slopes.d_read[n + k] = d_u;
        slopes.d_read[2 * n + k] = d_candidate;
        slopes.d_state[k] = d_r;
        slopes.d_state[n + k] = d_u;
        slopes.d_state[2 * n + k] = d_candidate * r;
    }
}

/// The way back through [`lstm`]; `dc` holds the gradient at the cell after the step, then at that before.
pub fn lstm_back<S: Scalar>(slopes: Slopes<'_, S>, c: &[S], c_before: Option<&[S]>, dc: &mut [S]) {
    let n = c.len();
    let one = S::one();
    for k in 0..n {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| slopes.gates[gate * n + k]);
        let t = c[k].tanh_fast();
        let d = slopes.dh[k];
        let d_c = dc[k] + d * o * (one - t * t);
        let before = c_before.map_or(S::zero(), |before| before[k]);
        dc[k] = d_c * f;
        let d_gates = [
            d_c * g * i * (one - i),
            d_c * before * f * (one - f),
            d_c * i * (one - g * g),
            d * t * o * (one - o),
        ];
        for (gate, d) in d_gates.into_iter().enumerate() {
            slopes.d_read[gate * n + k] = d;
            slopes.d_state[gate * n + k] = d;
        }
        // The state acts through the gates alone.
        slopes.back[k] = S::zero();
    }
}
