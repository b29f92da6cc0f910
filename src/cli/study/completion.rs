//! How far does what is drawn for the rest of a picture lie from the rest that it has? MADE with 0, 5 and 10
//! rows given, beside another picture's rows in the same place.

use super::Findings;
use super::table::{Row, Study, spec};
use crate::cli::model_commands::check_fit;
use crate::cli::opening::Settings;
use crate::cli::parse::StudyArgs;
use crate::data::Cancel;
use crate::model::SharedModel;
use crate::train::{Ending, TrainSpec, ending, sides};
use anyhow::{Result, anyhow};
use rayon::prelude::*;

/// Rows that are given.
const GIVEN: [usize; 3] = [0, 5, 10];
const COLUMNS: [&str; GIVEN.len()] = ["0 rows given", "5 rows", "10 rows"];
/// Unseen pictures that are completed.
const N_PICTURES: usize = 500;
const EPOCHS: u64 = 20;

/// What is measured of one model, at each of [`GIVEN`]; none where so many rows leave nothing to draw.
#[derive(Default)]
struct Measured {
    /// Share of the drawn pixels that are another than the picture's, per cent.
    off: [f64; GIVEN.len()],
    /// The same of another picture's pixels.
    other: [f64; GIVEN.len()],
    /// Nats of a pixel of the picture's own ending, and of the drawn one.
    own_nats: [f64; GIVEN.len()],
    drawn_nats: [f64; GIVEN.len()],
}

/// Endings of unseen pictures beside the true ones.
pub fn study(args: &StudyArgs) -> Result<Findings> {
    let study = Study::begin(args, 1)?;
    let mut measured = Vec::new();
    if let Some(path) = &args.model {
        let model = Settings::default().open(path, Some(&study.data.train))?.trained.model;
        check_fit(&*model, &study.data)?;
        measured.push(measure(&study, &model)?);
    } else {
        for seed in 0..study.seeds {
            let train = TrainSpec { epochs: EPOCHS, seed, ..TrainSpec::default() };
            let model = study.train(&spec("made", &[])?, &train, |_, _| {})?;
            measured.push(measure(&study, &model)?);
        }
    }
    let row = |name: &str, of: fn(&Measured) -> &[f64; GIVEN.len()]| {
        let mut row = Row::new(name, COLUMNS.len());
        measured.iter().for_each(|measured| row.push(of(measured)));
        row
    };
    let rows = [
        row("pixels of the ending that are off, %", |of| &of.off),
        row("pixels of another picture that are off, %", |of| &of.other),
        row("nats a pixel of the ending that was drawn", |of| &of.drawn_nats),
        row("nats a pixel of the true ending", |of| &of.own_nats),
    ];
    let said = concluded(&rows);
    let n = study.data.test.n_samples().min(N_PICTURES);
    let title = format!("Endings of {n} unseen {}, drawn pixel by pixel", study.data.train.kind().nouns());
    Ok(study.end(&title, &COLUMNS, &rows).and_so(&said))
}

fn measure(study: &Study, model: &SharedModel) -> Result<Measured> {
    let (test, cancel) = (&study.data.test, Cancel::default());
    let samples = test.spread(N_PICTURES);
    let mut measured = Measured::default();
    for (i, &rows) in GIVEN.iter().enumerate() {
        if rows >= sides(test.kind())[0] {
            [&mut measured.off, &mut measured.other, &mut measured.own_nats, &mut measured.drawn_nats]
                .into_iter()
                .for_each(|values| values[i] = f64::NAN);
            continue;
        }
        let draw = |&sample: &u32| ending(&**model, test, (sample, rows), 0, &cancel);
        let endings: Option<Vec<Ending>> = study.on_all_cores(|| samples.par_iter().map(draw).collect());
        let endings = endings.ok_or_else(|| {
            anyhow!("this model completes nothing; give one that was trained with --kind made or pixel-rnn")
        })?;
        let n_drawn: usize = endings.iter().map(Ending::n_drawn).sum();
        let mean = |of: &dyn Fn(&Ending) -> f64| endings.iter().map(of).sum::<f64>() / endings.len() as f64;
        measured.off[i] = 100.0 * mean(&|ending| ending.share_off().unwrap_or_default());
        measured.own_nats[i] = mean(&Ending::true_nats) * endings.len() as f64 / n_drawn.max(1) as f64;
        measured.drawn_nats[i] = mean(&Ending::drawn_nats) * endings.len() as f64 / n_drawn.max(1) as f64;
        // The next picture, and the first beside the last.
        let others = endings.iter().cycle().skip(1);
        let off = endings.iter().zip(others).map(|(ending, other)| {
            Ending { x: other.known.clone(), ..ending.clone() }.share_off().unwrap_or_default()
        });
        measured.other[i] = 100.0 * off.sum::<f64>() / endings.len() as f64;
    }
    Ok(measured)
}

/// What follows from the first two rows: whether an ending lies nearer to the true one than another picture
/// does, and whether it comes nearer with more rows.
fn concluded(rows: &[Row]) -> String {
    let mean = |row: usize, column: usize| {
        let values = &rows[row].values[column];
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let parts: Vec<String> = (0..GIVEN.len())
        .filter(|&column| mean(0, column).is_finite() && mean(1, column) > 0.0)
        .map(|column| {
            let share = 100.0 * mean(0, column) / mean(1, column);
            format!("with {} rows given {share:.0} %", GIVEN[column])
        })
        .collect();
    format!("So an ending has, of the pixels that are off in another picture, so many off: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_concluded_follows_from_the_table() {
        let row =
            |values: [&[f64]; GIVEN.len()]| Row { values: values.map(<[f64]>::to_vec).into(), ..Row::default() };
        let rows = [row([&[20.0, 22.0], &[9.0], &[f64::NAN]]), row([&[21.0, 21.0], &[18.0], &[f64::NAN]])];
        let said = concluded(&rows);
        assert!(said.contains("with 0 rows given 100 %, with 5 rows given 50 %."), "{said}");
    }
}
