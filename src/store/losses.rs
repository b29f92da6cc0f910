//! Loss curves as a table.

use super::StoreError;
use crate::model::{METRICS, Metric};
use crate::train::CurvePoint;
use std::collections::BTreeMap;

/// Loss curves as CSV: step, epoch, and of every metric that was measured what the training batches and the
/// test split gave (`train_loss`, `test_loss`, …), a row a step at which either was measured; what was not
/// stays empty.
pub fn losses_csv(train: &[CurvePoint], test: &[CurvePoint], steps_per_epoch: u64) -> Result<Vec<u8>, StoreError> {
    let was_measured =
        |metric: &&Metric, curve: &[CurvePoint]| curve.iter().any(|point| point.metrics.get(metric.id).is_some());
    // Both curves of a metric side by side, in the order of the charts.
    let columns: Vec<(usize, &Metric)> = METRICS
        .iter()
        .flat_map(|metric| [train, test].into_iter().enumerate().map(move |(of, curve)| (of, metric, curve)))
        .filter(|(_, metric, curve)| was_measured(metric, curve))
        .map(|(of, metric, _)| (of, metric))
        .collect();
    let mut rows: BTreeMap<u64, [Option<&CurvePoint>; 2]> = BTreeMap::new();
    for (of, curve) in [train, test].into_iter().enumerate() {
        curve.iter().for_each(|point| rows.entry(point.step).or_default()[of] = Some(point));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let name = |(of, metric): &(usize, &Metric)| format!("{}_{}", ["train", "test"][*of], metric.name);
    let head = ["step", "epoch"].map(String::from).into_iter().chain(columns.iter().map(name));
    writer.write_record(head).map_err(StoreError::csv)?;
    for (step, points) in rows {
        let epoch = step as f64 / steps_per_epoch.max(1) as f64;
        let value = |(of, metric): &(usize, &Metric)| points[*of].and_then(|point| point.metrics.get(metric.id));
        let cells = columns.iter().map(|column| value(column).map_or_else(String::new, |value| value.to_string()));
        writer
            .write_record([step.to_string(), epoch.to_string()].into_iter().chain(cells))
            .map_err(StoreError::csv)?;
    }
    writer.into_inner().map_err(StoreError::csv)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MetricId, Metrics};

    #[test]
    fn both_curves_stand_side_by_side_and_gaps_stay_empty() {
        let point = |step, loss, kl: Option<f64>| {
            let metrics = Metrics::default().with(MetricId::Loss, loss);
            CurvePoint { step, metrics: kl.map_or(metrics, |kl| metrics.with(MetricId::Kl, kl)) }
        };
        let train = [point(2, 3.5, Some(0.25)), point(4, 3.0, Some(0.5))];
        let test = [point(4, 3.25, None), point(5, 3.125, None)];
        let text = String::from_utf8(losses_csv(&train, &test, 4).unwrap()).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(
            rows,
            ["step,epoch,train_loss,test_loss,train_kl", "2,0.5,3.5,,0.25", "4,1,3,3.25,0.5", "5,1.25,,3.125,",]
        );
        assert_eq!(losses_csv(&[], &[], 0).unwrap(), b"step,epoch\n");
    }
}
