//! What the studies share: trainings with several seeds, and the table of what came of them.

use super::{Findings, mean_and_spread};
use crate::cli::model_commands::load_data;
use crate::cli::parse::StudyArgs;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, ReadSettings};
use crate::model::{ModelSpec, Settings, SharedModel};
use crate::train::{Checkpoint, Ranking, Run, TrainSpec, Trained, encode};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::{Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::Array2;
use rayon::ThreadPool;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::sync::Arc;

/// A study in progress: its data, its cores, and how far it is.
pub struct Study {
    /// What is learned from.
    pub data: DataSplit,
    /// Seeds 0, 1, … so many.
    pub seeds: u64,
    /// What the table says of how far they differ.
    pub spread: Spread,
    pool: ThreadPool,
    bar: ProgressBar,
}

/// What a table says of how far the values of several seeds differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Their standard deviation.
    #[default]
    Deviation,
    /// The least and the greatest.
    Range,
}

impl Spread {
    /// A mean with what is said of the others, as a cell of the table.
    fn cell(self, values: &[f64]) -> String {
        let (mean, deviation) = mean_and_spread(values);
        match (self, range(values)) {
            (Self::Deviation, _) if values.len() > 1 && !mean.is_nan() => {
                format!("{} ± {}", short(mean), short(deviation))
            }
            (Self::Range, Some([least, most])) if values.len() > 1 => {
                format!("{} ({} to {})", short(mean), short(least), short(most))
            }
            _ => short(mean),
        }
    }

    /// The same for machines.
    fn json(self, values: &[f64]) -> Value {
        let (mean, deviation) = mean_and_spread(values);
        match (self, range(values)) {
            (Self::Range, Some([least, most])) => json!([mean, least, most]),
            _ => json!([mean, deviation]),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Deviation => "mean ± spread",
            Self::Range => "mean, least to most",
        }
    }
}

/// The least and the greatest of the values; none where one is no number, or there are none.
pub fn range(values: &[f64]) -> Option<[f64; 2]> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let fold = |of: fn(f64, f64) -> f64, first| values.iter().copied().fold(first, of);
    Some([fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY)])
}

/// How the values of some seeds stand to others: above or below where each of them is, else neither.
pub fn held_against(these: &[f64], those: &[f64]) -> Option<Ordering> {
    let ([least, most], [lowest, highest]) = (range(these)?, range(those)?);
    Some(if least > highest {
        Ordering::Greater
    } else if most < lowest {
        Ordering::Less
    } else {
        Ordering::Equal
    })
}

impl Study {
    /// On the data asked for, or the embedded digits, with `n_trainings` for each seed ahead.
    pub fn begin(args: &StudyArgs, n_trainings: u64) -> Result<Self> {
        Self::begin_on(args.data.as_ref().unwrap_or(&DataChoice::Mnist), args, n_trainings)
    }

    /// As [`Self::begin`], on these data.
    pub fn begin_on(choice: &DataChoice, args: &StudyArgs, n_trainings: u64) -> Result<Self> {
        let data = load_data(choice, &ReadSettings::default(), &args.set)?;
        let pool = compute_pool("study", available_threads(), Priority::Normal)?;
        let bar = ProgressBar::new(n_trainings * u64::from(args.seeds));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} trainings  {msg}  {eta} left") {
            bar.set_style(style);
        }
        Ok(Self { data, seeds: u64::from(args.seeds), spread: Spread::default(), pool, bar })
    }

    /// Says how many trainings of each seed are ahead, where that was not known at the beginning.
    pub fn expect(&self, n_trainings: u64) {
        self.bar.set_length(n_trainings * self.seeds);
    }

    /// Runs `work` on all cores.
    pub fn on_all_cores<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// The training samples by the codes that a model gives them.
    pub fn ranking_by_codes(&self, model: &SharedModel) -> Result<Ranking> {
        let (train, cancel) = (&self.data.train, Cancel::default());
        let ranking = self.on_all_cores(|| Ranking::by_codes_of(Arc::clone(model), train, &cancel));
        ranking.ok_or_else(|| anyhow!("the model has no encoder"))
    }

    /// A model trained to its end, `each_epoch` looking on.
    pub fn train(
        &self,
        spec: &ModelSpec,
        train: &TrainSpec,
        each_epoch: impl FnMut(u64, &SharedModel) + Send,
    ) -> Result<SharedModel> {
        Ok(self.train_from(spec, train, None, each_epoch)?.model)
    }

    /// As [`Self::train`], from first weights that come from elsewhere if any do.
    pub fn train_from(
        &self,
        spec: &ModelSpec,
        train: &TrainSpec,
        first: Option<&Checkpoint>,
        mut each_epoch: impl FnMut(u64, &SharedModel) + Send,
    ) -> Result<Trained> {
        self.bar.set_message(format!("{}, seed {}", spec.title(), train.seed));
        let valid = spec.check(self.data.train.kind(), self.data.train.classes())?;
        let trained = self.pool.install(|| -> Result<Trained> {
            let mut run = Run::new(&valid, train, &self.data, first, self.pool.current_num_threads())?;
            while run.step() < run.last_step() {
                run.advance(&Cancel::default())?;
                if run.step().is_multiple_of(run.steps_per_epoch()) {
                    each_epoch(run.step() / run.steps_per_epoch(), &run.trained()?.model);
                }
            }
            Ok(run.trained()?)
        })?;
        self.bar.inc(1);
        Ok(trained)
    }

    /// The codes of a whole split [n, latent_dim].
    pub fn codes(&self, model: &SharedModel, data: &Dataset) -> Result<Array2<f32>> {
        let all: Vec<u32> = (0..data.n_samples() as u32).collect();
        let codes = self.pool.install(|| encode(&**model, data, &all, &|| false));
        Ok(codes.ok_or_else(|| anyhow!("the model has no encoder"))?.mu)
    }

    /// What was found, once all is trained.
    pub fn end(self, title: &str, columns: &[&str], rows: &[Row]) -> Findings {
        self.bar.finish_and_clear();
        let (seeds, spread) = (self.seeds, self.spread);
        let name_width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let cell = |values: &Vec<f64>| spread.cell(values);
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.values.iter().map(cell).collect()).collect();
        let width = |i: usize| {
            let widest = cells.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max();
            widest.unwrap_or(0).max(columns[i].chars().count())
        };
        let line = |name: &str, cells: &[String]| {
            let cells: Vec<String> =
                cells.iter().enumerate().map(|(i, cell)| format!("{cell:>width$}", width = width(i))).collect();
            format!("  {name:name_width$}  {}", cells.join("   "))
        };
        let plural = if seeds == 1 { "" } else { "s" };
        let how = spread.words();
        let mut text = vec![format!("{title}\n{}, {seeds} seed{plural} ({how})", self.data.name), String::new()];
        text.push(line("", &columns.iter().map(|column| (*column).to_string()).collect::<Vec<_>>()));
        text.extend(rows.iter().zip(&cells).map(|(row, cells)| line(&row.name, cells)));
        let figures: Vec<Value> = rows
            .iter()
            .map(|row| {
                let of_column =
                    |(column, values): (&&str, &Vec<f64>)| ((*column).to_string(), spread.json(values));
                let mut figures: serde_json::Map<String, Value> =
                    columns.iter().zip(&row.values).map(of_column).collect();
                figures.insert("row".into(), json!(row.name));
                Value::Object(figures)
            })
            .collect();
        Findings::new(text.join("\n"), json!({ "data": self.data.name, "seeds": seeds, "rows": figures }))
    }
}

/// A line of the table: for each column the values of the seeds.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What the line is about.
    pub name: String,
    /// Where it lies on the axis of a figure, and what that place is called, where rows are steps along one.
    pub place: Option<(f64, String)>,
    /// Values [columns][seeds].
    pub values: Vec<Vec<f64>>,
}

impl Row {
    /// A line without values yet.
    pub fn new(name: impl Into<String>, n_columns: usize) -> Self {
        Self { name: name.into(), place: None, values: vec![Vec::new(); n_columns] }
    }

    /// The same with its place on the axis of a figure.
    pub fn at(self, place: f64, name: impl ToString) -> Self {
        Self { place: Some((place, name.to_string())), ..self }
    }

    /// Adds what one seed gave, a value for each column.
    pub fn push(&mut self, values: &[f64]) {
        self.values.iter_mut().zip(values).for_each(|(column, &value)| column.push(value));
    }
}

/// A kind with further settings.
pub fn spec(kind: &str, settings: &[(&str, &str)]) -> Result<ModelSpec> {
    Ok(settings.iter().try_fold(ModelSpec::of_kind(kind)?, |spec, (path, text)| spec.with(path, text))?)
}

/// Three digits that count, without an exponent where it reads better.
fn short(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "–".into(),
        0.0 => "0".into(),
        size if size < 1e-3 => format!("{value:.1e}"),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 100.0 => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_ahead_where_every_one_is() {
        assert_eq!(held_against(&[3.0, 4.0], &[1.0, 2.5]), Some(Ordering::Greater));
        assert_eq!(held_against(&[1.0], &[1.5, 2.5]), Some(Ordering::Less));
        assert_eq!(held_against(&[1.0, 2.0], &[1.5]), Some(Ordering::Equal));
        assert_eq!(held_against(&[1.0, 1.0], &[1.0]), Some(Ordering::Equal));
        assert_eq!(held_against(&[f64::NAN], &[1.5]), None, "what was not measured is held against nothing");
        assert_eq!(held_against(&[], &[1.5]), None);
    }

    #[test]
    fn a_cell_says_how_far_seeds_differ() {
        assert_eq!(Spread::Range.cell(&[1.0, 3.0]), "2.00 (1.00 to 3.00)");
        assert_eq!(Spread::Deviation.cell(&[1.0, 2.0, 3.0]), "2.00 ± 1.00");
        assert_eq!(Spread::Range.cell(&[2.0]), "2.00", "one seed differs from none");
        assert_eq!(Spread::Deviation.cell(&[f64::NAN; 2]), "–");
        assert_eq!(Spread::Range.cell(&[]), "–", "nothing was measured");
    }
}
