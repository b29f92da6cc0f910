//! What is known of samples beside their values: classes, columns, captions and texts.

use super::{DataError, malformed};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The class of each sample.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Names of the classes.
    pub names: Arc<[String]>,
    /// Class index of each sample.
    pub of: Arc<[u16]>,
}

/// A further known factor of each sample, to colour by.
#[derive(Clone, Debug)]
pub struct Column {
    /// Such as `phase`.
    pub name: String,
    /// Such as `degrees`; empty for a plain number.
    pub unit: String,
    /// One value a sample.
    pub values: Arc<[f32]>,
}

/// What is known of each sample beside its values.
#[derive(Clone, Debug)]
pub struct Known {
    pub labels: Option<Labels>,
    pub columns: Vec<Column>,
    pub captions: Option<Arc<[String]>>,
    /// The texts of documents, as they were before their words were counted.
    pub texts: Option<Arc<[String]>>,
}

impl Known {
    /// The same of some samples only, which the functions pick from each list.
    pub fn of(
        &self,
        labels: impl Fn(&[u16]) -> Arc<[u16]>,
        values: impl Fn(&[f32]) -> Arc<[f32]>,
        captions: impl Fn(&[String]) -> Arc<[String]>,
    ) -> Arc<Self> {
        let of_column = |column: &Column| Column { values: values(&column.values), ..column.clone() };
        Arc::new(Self {
            labels: self.labels.as_ref().map(|all| Labels { names: all.names.clone(), of: labels(&all.of) }),
            columns: self.columns.iter().map(of_column).collect(),
            captions: self.captions.as_ref().map(|all| captions(all)),
            texts: self.texts.as_ref().map(|all| captions(all)),
        })
    }
}

/// Classes by name, in the order of numbers where all are numbers, else of letters; none where there is no
/// such column.
pub(super) fn labels(file: &str, of: &[String]) -> Result<Option<Labels>, DataError> {
    if of.is_empty() {
        return Ok(None);
    }
    let mut index: BTreeMap<&str, u16> = of.iter().map(|class| (class.as_str(), 0)).collect();
    let mut names: Vec<&str> = index.keys().copied().collect();
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let mut sorted: Vec<(f64, &str)> = numbers.into_iter().zip(names).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        names = sorted.into_iter().map(|(_, name)| name).collect();
    }
    if names.len() > usize::from(u16::MAX) {
        let problem =
            format!("its label column holds {} classes; choose another with data.label=NAME", names.len());
        return Err(malformed(file, problem));
    }
    for (class, name) in names.iter().enumerate() {
        index.insert(name, class as u16);
    }
    let of = of.iter().map(|class| index[class.as_str()]).collect();
    Ok(Some(Labels { names: names.into_iter().map(String::from).collect(), of }))
}

pub fn check_labels(labels: &Labels, n_samples: usize) -> Result<(), DataError> {
    if labels.of.len() != n_samples {
        return Err(DataError::Mismatch(format!(
            "there are {} labels for {n_samples} samples; each sample needs one",
            labels.of.len()
        )));
    }
    if let Some(bad) = labels.of.iter().find(|&&label| usize::from(label) >= labels.names.len()) {
        return Err(DataError::Mismatch(format!("label {bad} is beyond the {} class names", labels.names.len())));
    }
    Ok(())
}
