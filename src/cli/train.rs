//! `halfmoon train`.

use super::model_commands::{report_scored, scored, scored_json};
use super::parse::{Report, TrainArgs};
use super::settings::{Asked, Start};
use super::{Interrupted, UsageError};
use crate::cli::say::say;
use crate::data::{Cancel, DataSplit, Dataset};
use crate::model::{Capabilities, FrozenModel, MetricId, Settings, ValidSpec};
use crate::store;
use crate::train::{Checkpoint, Run, TrainError, TrainSpec, encode};
use crate::worker::pool::{Priority, available_threads, compute_pool};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::{Duration, Instant};

/// Trains and saves.
pub fn train(args: &TrainArgs) -> Result<()> {
    let start = Start { resume: args.resume.as_deref(), from: args.from.as_deref() };
    let Asked { data, spec, train, resumed, first } = Asked::read(args.kind.as_deref(), &args.settings, start)?;
    if let Some(from) = &resumed {
        check_resumed(from, &spec, &train, &data)?;
    }
    check_target(args)?;

    let threads = args.threads.map_or_else(available_threads, usize::from);
    let pool = compute_pool("train", threads, Priority::Normal)?;
    pool.install(|| {
        let mut run = Run::new(&spec, &train, &data, resumed.as_ref().or(first.as_ref()), threads)?;
        let stop = stopped_by_ctrl_c();
        let (first, training_secs) = (run.step(), run_to_the_end(&mut run, &stop)?);
        if stop.is_set() && run.step() == first {
            return Err(Interrupted("stopped before the first step; nothing was saved".into()).into());
        }
        let checkpoint = run.checkpoint()?;
        store::save(&args.out, &checkpoint, args.slim)?;
        if let Some(file) = &args.losses {
            let losses = store::losses_csv(run.train_curve(), run.test_curve(), run.steps_per_epoch())?;
            store::write(file, &losses)?;
        }
        if stop.is_set() {
            let (step, last, out) = (run.step(), run.last_step(), args.out.display());
            let said = format!("stopped at step {step} of {last}; saved {out}, from which --resume goes on");
            return Err(Interrupted(said).into());
        }
        report(args, &run, &checkpoint, &data, run.step() - first, training_secs, threads)
    })
}

/// What Ctrl C sets; a second Ctrl C ends the program at once.
fn stopped_by_ctrl_c() -> Cancel {
    let stop = Cancel::default();
    let set = stop.clone();
    let handled = ctrlc::set_handler(move || {
        if set.is_set() {
            std::process::exit(Interrupted::EXIT.into());
        }
        set.set();
    });
    if let Err(e) = handled {
        log::warn!("Ctrl C will end the training without saving: {e}");
    }
    stop
}

fn check_resumed(from: &Checkpoint, spec: &ValidSpec, train: &TrainSpec, data: &DataSplit) -> Result<()> {
    let Some(built) = from.trained.model.info().spec() else {
        return Err(UsageError("--resume: this model was not trained here; train one of your own".into()).into());
    };
    if built.spec().is_closed_form() {
        let message = "--resume: this model was solved at once and has nothing to go on from; train it anew";
        return Err(UsageError(message.into()).into());
    }
    // Weights from elsewhere never had an optimizer of ours: theirs begins anew.
    let is_fresh = from.trained.step == 0 && from.trained.brought.is_some();
    if from.learner.is_none() && !is_fresh {
        return Err(UsageError(
            "--resume: the file is slim and holds no optimizer, so it cannot go on exactly; train without --slim"
                .into(),
        )
        .into());
    }
    if from.trained.data != data.train.fingerprint() && !is_fresh {
        return Err(UsageError(format!(
            "--resume: the model was trained on data {}, --data holds {}; give the same data",
            from.trained.data,
            data.train.fingerprint()
        ))
        .into());
    }
    let trained = &from.trained;
    // Weights that were trained elsewhere have no settings of training to keep to.
    let is_same_training = is_fresh || trained.train.same_build(train);
    if !built.spec().same_build(spec.spec()) || !is_same_training {
        return Err(UsageError(
            "--resume: some of the settings given ask for new weights; leave them out, or train anew".into(),
        )
        .into());
    }
    Ok(())
}

/// Finds out before the training, not after it, that the model could not be saved.
fn check_target(args: &TrainArgs) -> Result<()> {
    if args.out.is_dir() {
        return Err(
            UsageError(format!("--out {}: this is a folder; name a file in it", args.out.display())).into()
        );
    }
    [Some(&args.out), args.losses.as_ref()]
        .into_iter()
        .flatten()
        .try_for_each(|file| store::check_target(file))?;
    Ok(())
}

/// Trains to the planned end, or until it is stopped, and returns the seconds spent in training steps alone.
fn run_to_the_end(run: &mut Run, stop: &Cancel) -> Result<f64> {
    let bar = progress_bar(run);
    let mut training = Duration::ZERO;
    while run.step() < run.last_step() && !stop.is_set() {
        let begin = Instant::now();
        let terms = match run.advance(stop) {
            Err(TrainError::Cancelled) => break,
            terms => terms?,
        };
        training += begin.elapsed();
        bar.set_position(run.step());
        if run.step().is_multiple_of(50) {
            bar.set_message(format!("loss {:.*}", terms.loss_decimals(), terms.loss()));
        }
        if run.step().is_multiple_of(run.steps_per_epoch()) {
            run.measure(usize::MAX, &|| stop.is_set())?;
            if let (true, Some(point)) = (bar.is_hidden(), run.test_curve().last()) {
                let epoch = run.step() / run.steps_per_epoch();
                let decimals = point.metrics.loss_decimals().max(2);
                eprintln!("epoch {epoch}: test loss {:.decimals$}", point.loss());
            }
        }
    }
    bar.finish_and_clear();
    Ok(training.as_secs_f64())
}

fn progress_bar(run: &Run) -> ProgressBar {
    let bar = ProgressBar::new(run.last_step());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} steps  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar.set_position(run.step());
    bar.reset_eta();
    bar
}

/// The share of the training samples' variance that each dimension explains, for a model whose dimensions
/// share it; `rest` is what they leave over.
fn explained_variance_ratio(model: &dyn FrozenModel, train: &Dataset, rest: f64) -> Option<Vec<f64>> {
    if !Capabilities::of(model).shares_variance {
        return None;
    }
    let all: Vec<u32> = (0..train.n_samples() as u32).collect();
    let codes = encode(model, train, &all, &|| false)?.mu.mapv(f64::from);
    let variances = codes.var_axis(ndarray::Axis(0), 0.0);
    let total = variances.sum() + rest;
    // Data that do not vary have nothing to explain.
    Some(variances.iter().map(|variance| if total > 0.0 { variance / total } else { 0.0 }).collect())
}

fn report(
    args: &TrainArgs,
    run: &Run,
    checkpoint: &Checkpoint,
    data: &DataSplit,
    steps: u64,
    seconds: f64,
    threads: usize,
) -> Result<()> {
    let model = &*checkpoint.trained.model;
    let splits = [("train", &data.train), ("test", &data.test)].map(|(name, split)| (name, scored(model, split)));
    let steps_per_s = steps as f64 / seconds.max(1e-9);
    let kind = &model.info().kind;
    let parameters = model.info().n_params;
    let explained = explained_variance_ratio(model, &data.train, splits[0].1.terms.of(MetricId::SquaredError));
    match args.report {
        Report::Json => {
            let mut json = json!({
                "kind": kind,
                "parameters": parameters,
                "epochs": run.step() / run.steps_per_epoch(),
                "steps": run.step(),
                "seconds": seconds,
                "steps_per_s": steps_per_s,
                "threads": threads,
            });
            for (name, score) in &splits {
                json[name] = scored_json(score);
            }
            if let Some(ratio) = explained {
                json["explained_variance_ratio"] = json!(ratio);
            }
            say(json);
        }
        Report::Text => {
            say(format!(
                "{kind}, {parameters} parameters: {steps} steps in {seconds:.1} s, {steps_per_s:.0} steps/s on {threads} threads"
            ));
            for (name, score) in &splits {
                report_scored(name, score, model.info().input.each());
            }
            if let Some(ratio) = explained {
                let parts: Vec<String> = ratio.iter().map(|share| format!("{:.1}", 100.0 * share)).collect();
                let sum = 100.0 * ratio.iter().sum::<f64>();
                say(format!("explained variance: {} = {sum:.1} %", parts.join(" + ")));
            }
            say(format!("saved {}", args.out.display()));
        }
    }
    Ok(())
}
