//! The learner of models that are worked out at once: each step is a pass over all the data.

use super::{Learner, OptimState, TrainError, evaluate};
use crate::data::Batches;
use crate::model::{ClosedForm, FrozenModel, Objective, Terms};
use ndarray::Array2;
use std::sync::Arc;

/// Samples handed over at a time.
const CHUNK: usize = 1000;

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
}

impl Learner for Solver {
    fn advance(&mut self, batches: &mut Batches) -> Result<Terms, TrainError> {
        let pass = batches.step();
        let data = batches.data().clone();
        let all: Vec<u32> = (0..data.n_samples() as u32).collect();
        let mut each = |see: &mut dyn FnMut(ndarray::ArrayView2<f32>)| {
            let mut x = Array2::zeros((0, 0));
            for indices in all.chunks(CHUNK) {
                if x.nrows() != indices.len() {
                    x = Array2::zeros((indices.len(), data.n_features()));
                }
                data.gather(indices, &mut x);
                see(x.view());
            }
        };
        let solved = self.form.solve(pass, &self.objective.params(), &mut each).map_err(TrainError::Data)?;
        let mut idx = 0;
        self.objective.visit_mut(&mut |values| {
            if let Some((_, solved)) = solved.iter().find(|(at, _)| *at == idx) {
                values.copy_from_slice(solved);
            }
            idx += 1;
        });
        batches.seek(pass + 1);
        let terms = evaluate(&*self.freeze()?, &data, usize::MAX, &|| false);
        Ok(terms.unwrap_or_default())
    }

    fn freeze(&self) -> Result<Arc<dyn FrozenModel>, TrainError> {
        Ok(self.objective.freeze())
    }

    fn optim_state(&self) -> Option<OptimState> {
        None
    }

    fn n_steps(&self) -> Option<u64> {
        Some(self.form.n_passes())
    }
}
