//! How the learning rate changes over a training.

use super::TrainSpec;
use serde::{Deserialize, Serialize};

/// The course of the learning rate after its warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// It stays.
    #[default]
    Constant,
    /// Half a cosine from the full rate down to 0 at the planned end (Loshchilov and Hutter 2017, without
    /// restarts).
    Cosine,
}

/// The learning rate of the step that comes after `step` others, of `last_step` planned.
pub fn learning_rate(train: &TrainSpec, step: u64, last_step: u64) -> f64 {
    train.learning_rate * share_of_rate(train, step, last_step)
}

/// The share of the full rate that warm-up and schedule leave to that step.
pub fn share_of_rate(train: &TrainSpec, step: u64, last_step: u64) -> f64 {
    let warm = if step < train.warmup { (step + 1) as f64 / train.warmup as f64 } else { 1.0 };
    let course = match train.schedule {
        Schedule::Constant => 1.0,
        Schedule::Cosine => {
            let n = last_step.saturating_sub(train.warmup).max(1) as f64;
            let share = (step.saturating_sub(train.warmup) as f64 / n).min(1.0);
            0.5 * (1.0 + (std::f64::consts::PI * share).cos())
        }
    };
    warm * course
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_warms_up_and_falls_to_nothing_at_the_end() {
        let train =
            TrainSpec { learning_rate: 0.1, warmup: 4, schedule: Schedule::Cosine, ..TrainSpec::default() };
        let rates: Vec<f64> = (0..12).map(|step| learning_rate(&train, step, 12)).collect();
        assert!((rates[0] - 0.025).abs() < 1e-12 && (rates[3] - 0.1).abs() < 1e-12);
        assert!((rates[4] - 0.1).abs() < 1e-12 && (rates[8] - 0.05).abs() < 1e-12);
        assert!(rates[4..].windows(2).all(|pair| pair[1] < pair[0]) && rates[11] > 0.0);
        assert_eq!(learning_rate(&train, 12, 12), 0.0);
        let constant = TrainSpec { warmup: 0, schedule: Schedule::Constant, ..train };
        assert!((0..20).all(|step| learning_rate(&constant, step, 12) == 0.1));
    }
}
