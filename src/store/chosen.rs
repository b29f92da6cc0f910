//! The chosen samples as a table.

use super::StoreError;
use crate::data::Dataset;

/// Training samples as CSV: index, split, and label and caption where the data have them, a row a sample.
pub fn chosen_csv(train: &Dataset, samples: &[u32]) -> Result<Vec<u8>, StoreError> {
    let labels = train.labels();
    let has_captions = train.caption(0).is_some();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["index", "split"].into_iter().chain(labels.map(|_| "label"));
    writer.write_record(head.chain(has_captions.then_some("caption"))).map_err(StoreError::csv)?;
    for &sample in samples {
        let label = labels.map(|_| train.class_name_of(sample).unwrap_or_default());
        let caption = has_captions.then(|| train.caption(sample as usize).unwrap_or_default());
        let index = sample.to_string();
        let cells = [index.as_str(), "train"].into_iter().chain(label).chain(caption);
        writer.write_record(cells).map_err(StoreError::csv)?;
    }
    writer.into_inner().map_err(StoreError::csv)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Labels, SampleKind, Values};

    #[test]
    fn a_row_a_sample_with_what_is_known_of_it() {
        let kind = SampleKind::row(1);
        let labels = Labels { names: ["a", "b"].map(String::from).into(), of: [0, 1, 0].into() };
        let of = |labels| Dataset::new(kind.clone(), Values::Floats([0.0; 3].as_slice().into()), labels, vec![]);
        let text = |data: &Dataset| String::from_utf8(chosen_csv(data, &[0, 1]).unwrap()).unwrap();
        assert_eq!(text(&of(None).unwrap()), "index,split\n0,train\n1,train\n");
        let named = ["one", "two, or so", "three"].map(String::from).to_vec();
        let data = of(Some(labels)).unwrap().with_captions(named).unwrap();
        assert_eq!(text(&data), "index,split,label,caption\n0,train,a,one\n1,train,b,\"two, or so\"\n");
    }
}
