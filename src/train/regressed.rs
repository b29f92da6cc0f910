//! A column of the data regressed on others, or on the codes of a model, and how much hangs on each sample.
//!
//! Numbers of a table are kept in 32 bits; the shortest decimal that is read as one is what stood in the
//! file, and a regression in 64 bits starts from there. Nearly dependent columns would else be told apart by
//! how they were rounded.

use super::{CodeCloud, Outliers};
use crate::data::{Cancel, Dataset, measured, measured_until};
use crate::latent::regression::{Fit, FitError, fit, without};
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

/// What a column is regressed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegressOn {
    /// All other columns of numbers that samples are made of.
    #[default]
    Others,
    /// The codes of the model.
    Codes,
    /// These columns.
    Columns(Vec<String>),
}

/// What is regressed on what, sample by sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The samples.
    pub samples: Vec<u32>,
    /// Name and unit of the column that is regressed.
    pub column: (String, String),
    /// Names of what it is regressed on.
    pub names: Vec<String>,
    /// That [samples, names].
    pub x: Array2<f64>,
    /// The column.
    pub y: Vec<f64>,
}

/// A regression and what it is of.
#[derive(Clone, Debug)]
pub struct Regressed {
    /// What it is of.
    pub design: Design,
    /// The regression.
    pub fit: Fit,
}

impl Design {
    /// Columns that can be regressed or regressed on: those that samples are made of where they have names,
    /// known factors, and of pictures what can be measured.
    pub fn columns_of(data: &Dataset) -> Vec<String> {
        let own = if is_table(data) { data.n_features() } else { 0 };
        let own = (0..own).map(|feature| data.kind().feature_name(feature));
        let known = data.columns().iter().map(|column| column.name.clone());
        // Of no picture the columns are the same.
        let of_pictures = measured(data, &[]).into_iter().map(|column| column.name);
        own.chain(known).chain(of_pictures).collect()
    }

    /// A column of `data` regressed on others, of these samples; `cloud` holds the codes, where it is
    /// regressed on them. The error names what there is not, or says that it was cancelled.
    pub fn new(
        data: &Dataset,
        samples: Vec<u32>,
        (column, on): (&str, &RegressOn),
        cloud: Option<&CodeCloud>,
        cancel: &Cancel,
    ) -> Result<Self, String> {
        let known = Self::columns_of(data);
        let find = |name: &str| {
            let at = known.iter().position(|known| known == name);
            at.ok_or_else(|| match known.as_slice() {
                [] => format!("{} have no columns of numbers to regress", data.kind().nouns()),
                known => format!("there is no column {name:?}; there are {}", known.join(", ")),
            })
        };
        let of_pictures = measured_until(data, &samples, cancel).ok_or("the regression was given up")?;
        let numbers = |at: usize| values(data, &of_pictures, at, &samples);
        let at = find(column)?;
        let unit = data.columns().iter().chain(&of_pictures).find(|known| known.name == column);
        let (names, x) = match on {
            RegressOn::Codes => {
                let cloud = cloud.ok_or("there are no codes to regress on; choose a model with an encoder")?;
                let rows: Option<Vec<usize>> = samples.iter().map(|&sample| cloud.place_of(sample)).collect();
                let mu = rows.map(|rows| cloud.codes.mu.select(Axis(0), &rows));
                let mu = mu.ok_or("the codes of some samples are not there yet")?;
                ((0..mu.ncols()).map(|dim| format!("z[{dim}]")).collect(), mu.mapv(f64::from))
            }
            RegressOn::Others | RegressOn::Columns(_) => {
                let all: Vec<usize> = match on {
                    RegressOn::Columns(names) => names.iter().map(|name| find(name)).collect::<Result<_, _>>()?,
                    _ => (0..known.len()).filter(|&other| other != at && is_first(data, other)).collect(),
                };
                if all.contains(&at) {
                    return Err(format!("column {column:?} cannot be regressed on itself; leave it out"));
                }
                let columns: Vec<Vec<f64>> = all.iter().map(|&at| numbers(at)).collect();
                let x = Array2::from_shape_fn((samples.len(), all.len()), |(row, column)| columns[column][row]);
                (all.into_iter().map(|at| known[at].clone()).collect(), x)
            }
        };
        let unit = unit.map_or_else(String::new, |known| known.unit.clone());
        let y = numbers(at);
        Ok(Self { samples, column: (column.into(), unit), names, x, y })
    }

    /// These and those samples, of two parts of the same data; those are counted on behind these.
    #[must_use]
    pub fn with(mut self, those: &Self, n: u32) -> Self {
        self.samples.extend(those.samples.iter().map(|sample| sample + n));
        self.y.extend(&those.y);
        let rows: Vec<f64> = self.x.iter().chain(&those.x).copied().collect();
        if let Ok(x) = Array2::from_shape_vec((self.y.len(), self.names.len()), rows) {
            self.x = x;
        }
        self
    }

    /// Where a sample stands among them.
    pub fn row_of(&self, sample: u32) -> Option<usize> {
        self.samples.binary_search(&sample).ok()
    }
}

/// Fits a design; the error is a sentence.
pub fn regressed(design: Design) -> Result<Regressed, String> {
    let fit = fit(design.x.view(), &design.y).map_err(|e| e.to_string())?;
    Ok(Regressed { design, fit })
}

impl Regressed {
    /// Its samples by Cook's distance, rows of the design.
    pub fn outliers(&self) -> Outliers {
        Outliers::new((0..self.design.y.len()).map(|row| self.fit.cook(row)).collect(), false)
    }

    /// The fit without a row.
    pub fn without(&self, row: usize) -> Result<Fit, FitError> {
        without(self.design.x.view(), &self.design.y, row)
    }

    /// What is left out of the fit and why, a sentence each.
    pub fn left_out(&self) -> Vec<String> {
        let name = |column: usize| self.design.names[column].as_str();
        let say = |dependent: &crate::latent::regression::Dependent| {
            let column = name(dependent.column);
            if dependent.of.is_empty() {
                return format!("{column} is left out: it does not vary");
            }
            let of: Vec<&str> = dependent.of.iter().map(|&column| name(column)).collect();
            format!("{column} is left out: {} and a constant say the same", of.join(", "))
        };
        self.fit.dependent.iter().map(say).collect()
    }

    /// Why a row has no distance, or that it has one.
    pub fn why_none(&self, row: usize) -> Option<&'static str> {
        if self.fit.is_exact() {
            return Some("the fit goes through all points, so that no residual is left to measure by");
        }
        let why = "leverage 1: the fit goes through this point wherever it lies, and without it a coefficient could not be told";
        self.fit.is_fixed(row).then_some(why)
    }
}

/// Whether samples are rows of numbers with names.
fn is_table(data: &Dataset) -> bool {
    data.kind().is_dense() && !data.kind().is_unit() && !data.are_codes()
}

/// Whether a column is one that others are regressed on unless it is said otherwise: where samples are made
/// of columns, these.
fn is_first(data: &Dataset, at: usize) -> bool {
    !is_table(data) || at < data.n_features()
}

/// A column of these samples, in 64 bits.
fn values(data: &Dataset, of_pictures: &[crate::data::Column], at: usize, samples: &[u32]) -> Vec<f64> {
    let own = if is_table(data) { data.n_features() } else { 0 };
    let n_known = data.columns().len();
    if at < own {
        let mut x = Array2::zeros((samples.len(), data.n_features()));
        data.scaled(None).gather(samples, &mut x);
        return x.column(at).iter().map(|&value| as_written(value)).collect();
    }
    match at.checked_sub(own + n_known) {
        None => {
            samples.iter().map(|&sample| as_written(data.columns()[at - own].values[sample as usize])).collect()
        }
        Some(at) => of_pictures[at].values.iter().map(|&value| f64::from(value)).collect(),
    }
}

/// The number that was read as `value`: the shortest decimal that is.
fn as_written(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Column, SampleKind, Values};
    use crate::model::Codes;

    fn table() -> Dataset {
        let rows = (0..12).flat_map(|i| {
            let (a, b) = (i as f32 / 10.0, (i * i % 7) as f32);
            [a, b, 2.0 * a - b + ((i * 5) % 3) as f32 * 0.1]
        });
        let age = Column { name: "age".into(), unit: "years".into(), values: (0..12).map(|i| i as f32).collect() };
        Dataset::new(SampleKind::table(["a", "b", "y"]), Values::Floats(rows.collect()), None, vec![age]).unwrap()
    }

    fn all() -> Vec<u32> {
        (0..12).collect()
    }

    #[test]
    fn numbers_are_those_of_the_file() {
        assert_eq!([0.1f32, 96.2, 234_289.0, -1e-7].map(as_written), [0.1, 96.2, 234_289.0, -1e-7]);
    }

    #[test]
    fn a_column_is_regressed_on_the_others_on_some_or_on_codes() {
        let data = table();
        assert_eq!(Design::columns_of(&data), ["a", "b", "y", "age"]);
        let design = Design::new(&data, all(), ("y", &RegressOn::Others), None, &Cancel::default()).unwrap();
        assert_eq!(
            (design.names.as_slice(), design.x[[3, 0]], design.x[[3, 1]]),
            (&["a".into(), "b".into()][..], 0.3, 2.0)
        );
        let found = regressed(design).unwrap();
        assert!((found.fit.slopes[1] + 1.0).abs() < 0.05 && found.left_out().is_empty());
        let some = RegressOn::Columns(vec!["b".into(), "age".into()]);
        let design = Design::new(&data, vec![2, 3, 7, 9], ("a", &some), None, &Cancel::default()).unwrap();
        assert_eq!(
            (design.y.as_slice(), design.x[[2, 1]], design.row_of(7)),
            (&[0.2, 0.3, 0.7, 0.9][..], 7.0, Some(2))
        );
        let codes = Codes { mu: Array2::from_shape_fn((12, 2), |(i, d)| (i * (d + 1)) as f32), log_var: None };
        let cloud = CodeCloud::of(all(), codes);
        let design =
            Design::new(&data, all(), ("age", &RegressOn::Codes), Some(&cloud), &Cancel::default()).unwrap();
        assert_eq!((design.column.1.as_str(), design.names[1].as_str(), design.x[[4, 1]]), ("years", "z[1]", 8.0));
        let left_out = regressed(design).unwrap();
        assert!(left_out.left_out()[0].contains("say the same"), "{:?}", left_out.left_out());
    }

    #[test]
    fn what_there_is_not_is_said() {
        let data = table();
        let of = |column: &str, on: &RegressOn| {
            Design::new(&data, all(), (column, on), None, &Cancel::default()).unwrap_err()
        };
        assert!(of("mass", &RegressOn::Others).contains("there are a, b, y, age"));
        assert!(of("a", &RegressOn::Columns(vec!["a".into()])).contains("itself"));
        assert!(of("a", &RegressOn::Codes).contains("no codes"));
    }

    #[test]
    fn both_parts_are_regressed_together() {
        let data = table();
        let part = |range: std::ops::Range<usize>| {
            let part = data.slice(range).unwrap();
            let samples = (0..part.n_samples() as u32).collect();
            Design::new(&part, samples, ("y", &RegressOn::Others), None, &Cancel::default()).unwrap()
        };
        let whole = Design::new(&data, all(), ("y", &RegressOn::Others), None, &Cancel::default()).unwrap();
        assert_eq!(part(0..8).with(&part(8..12), 8), whole);
    }
}
