//! Samples by how outlying they are, as a table.

use super::StoreError;

/// A sample and what was measured of it.
pub struct OutlierRow<'a> {
    /// Its number in its split.
    pub index: u32,
    /// `train` or `test`.
    pub split: &'a str,
    /// Its class, where the data have any.
    pub label: Option<&'a str>,
    /// Its name, where it has one.
    pub caption: Option<&'a str>,
    /// One value a column; none where there is no number.
    pub values: Vec<Option<f64>>,
}

/// Rows as CSV in their order: rank from 1, index, split, label and name where any has one, and `columns`;
/// what has no number stays empty.
pub fn outliers_csv(columns: &[&str], rows: &[OutlierRow<'_>]) -> Result<Vec<u8>, StoreError> {
    let has_labels = rows.iter().any(|row| row.label.is_some());
    let has_names = rows.iter().any(|row| row.caption.is_some());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["rank", "index", "split"].into_iter().chain(has_labels.then_some("label"));
    let head = head.chain(has_names.then_some("name")).chain(columns.iter().copied());
    writer.write_record(head).map_err(StoreError::csv)?;
    for (rank, row) in (1..).zip(rows) {
        let (rank, index): (u32, _) = (rank, row.index.to_string());
        let known = [rank.to_string(), index, row.split.into()].into_iter();
        let known = known.chain(has_labels.then(|| row.label.unwrap_or_default().to_owned()));
        let known = known.chain(has_names.then(|| row.caption.unwrap_or_default().to_owned()));
        let values = row.values.iter().map(|value| value.map_or_else(String::new, |value| value.to_string()));
        writer.write_record(known.chain(values)).map_err(StoreError::csv)?;
    }
    writer.into_inner().map_err(StoreError::csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_what_has_no_number_stays_empty() {
        let row = |index, value| OutlierRow {
            index,
            split: "train",
            label: None,
            caption: Some("a, b"),
            values: vec![value, Some(1.0)],
        };
        let csv = outliers_csv(&["cook", "leverage"], &[row(7, None), row(2, Some(0.25))]).unwrap();
        let want = "rank,index,split,name,cook,leverage\n1,7,train,\"a, b\",,1\n2,2,train,\"a, b\",0.25,1\n";
        assert_eq!(String::from_utf8(csv).unwrap(), want);
    }
}
