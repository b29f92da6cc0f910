//! The learner of models that are worked out at once: each step is a pass over all the data.

use super::evaluate;
use crate::data::{Batches, Cancel};
use crate::model::{ClosedForm, FrozenModel, Learner, Metrics, Objective, TrainError, each_chunk};
use std::sync::Arc;

/// Solves a closed form.
pub struct Solver {
    objective: Box<dyn Objective<f32>>,
    form: Box<dyn ClosedForm>,
}

impl Solver {
    /// A solver of `form`, whose weights go into `objective`.
    pub fn new(objective: Box<dyn Objective<f32>>, form: Box<dyn ClosedForm>) -> Self {
        Self { objective, form }
    }

    /// Puts values in the place of those of some parameters.
    fn put(&mut self, solved: &[(usize, Vec<f32>)]) {
        let mut idx = 0;
        self.objective.visit_mut(&mut |values| {
            if let Some((_, solved)) = solved.iter().find(|(at, _)| *at == idx) {
                values.copy_from_slice(solved);
            }
            idx += 1;
        });
    }
}

impl Learner for Solver {
    fn advance(&mut self, batches: &mut Batches, cancel: &Cancel) -> Result<Metrics, TrainError> {
        let pass = batches.step();
        let data = batches.data().clone();
        let mut each = |see: &mut dyn FnMut(ndarray::ArrayView2<f32>)| each_chunk(&data, cancel, see);
        let solved = self.form.solve(pass, &self.objective.params(), &mut each, cancel)?;
        let held: Vec<(usize, Vec<f32>)> = {
            let params = self.objective.params();
            solved.iter().map(|(at, _)| (*at, params[*at].values.to_vec())).collect()
        };
        self.put(&solved);
        let Some(terms) = evaluate(&*self.freeze()?, &data, usize::MAX, &|| cancel.is_set()) else {
            self.put(&held);
            return Err(TrainError::Cancelled);
        };
        batches.seek(pass + 1);
        Ok(terms)
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        Ok(self.objective.freeze())
    }

    fn takes_all_samples(&self) -> bool {
        true
    }

    fn n_steps(&self) -> Option<u64> {
        Some(self.form.n_passes())
    }
}
