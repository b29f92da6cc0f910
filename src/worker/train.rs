//! The train thread: one run at a time, a snapshot about every 100 ms of time.

use super::guarded;
use super::mailbox::{Mail, Mailbox};
use super::outbox::SharedOutbox;
use super::pool::{Priority, available_threads, compute_pool, run_at};
use super::protocol::{Begin, Event, Phase, SlotId, Snapshot, TrainCommand, TrainStatus, Until};
use super::shown::{self, Showing};
use crate::data::{Cancel, Dataset};
use crate::model::{Capabilities, FrozenModel, SharedModel};
use crate::train::{Checkpoint, CodeCloud, PackedModel, Run, TrainError};
use rayon::ThreadPool;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time spent training between two snapshots; with their own cost it makes about ten a second.
const SNAPSHOT_EVERY: Duration = Duration::from_millis(80);
/// Codes of a snapshot while training: few enough to cost little, always the same samples, so that points
/// move.
const N_PROBE: usize = 1024;
/// Time between two steps in slow motion.
const SLOW_STEP: Duration = Duration::from_millis(250);

/// Serves commands until the mailbox is closed.
pub fn serve(commands: &Mailbox<TrainCommand>, outbox: &SharedOutbox) {
    run_at(Priority::Least);
    let pool = match compute_pool("train-pool", available_threads(), Priority::Least) {
        Ok(pool) => pool,
        Err(e) => {
            let error = TrainError::Threads(e.to_string()).to_string();
            return refuse_all(commands, outbox, &error);
        }
    };
    let mut trainer =
        Trainer { pool, interrupt: commands.interrupt(), outbox, active: None, showing: None, slow: false };
    loop {
        match commands.take(!trainer.has_work()) {
            Mail::Command(command) => trainer.obey(command),
            Mail::Nothing => trainer.work(),
            Mail::Closed => return,
        }
    }
}

/// Answers every run that is to be set up with the reason why none can be.
fn refuse_all(commands: &Mailbox<TrainCommand>, outbox: &SharedOutbox, error: &str) {
    while let Mail::Command(command) = commands.take(true) {
        if let TrainCommand::Begin(begin) = command {
            let (generation, error) = (begin.generation, error.to_string());
            outbox.put(|out| out.events.push(Event::TrainFailed { generation, error, checkpoint: None }));
        }
    }
}

struct Trainer<'a> {
    pool: ThreadPool,
    interrupt: &'a Cancel,
    outbox: &'a SharedOutbox,
    active: Option<Active>,
    /// A model that is shown and cannot be trained, whose codes are still to be worked out.
    showing: Option<Showing>,
    slow: bool,
}

/// The run in hand.
struct Active {
    run: Run,
    slot: SlotId,
    generation: u64,
    /// The step to stop at, while running.
    until: Option<u64>,
    /// Codes that a command kept from being shown: the phase they were of, and the model.
    owed: Option<(Phase, SharedModel)>,
    sent_points: usize,
    training_secs: f32,
    steps_per_s: f32,
    /// Whether that speed is one of slow motion.
    was_slow: bool,
    last_good: Arc<Checkpoint>,
}

impl Trainer<'_> {
    fn has_work(&self) -> bool {
        let is_running = |active: &Active| active.until.is_some() || active.owed.is_some();
        self.showing.is_some() || self.active.as_ref().is_some_and(is_running)
    }

    fn work(&mut self) {
        if let Some(showing) = self.showing.take() {
            self.showing = showing.publish(|model, data, indices| self.encode(model, data, indices), self.outbox);
            return;
        }
        match self.active.as_mut().and_then(|active| active.owed.take()) {
            Some((phase, model)) => self.publish_all_codes(phase, model),
            None => self.train_a_while(),
        }
    }

    fn obey(&mut self, command: TrainCommand) {
        match command {
            TrainCommand::Begin(begin) => self.begin(&begin),
            TrainCommand::Go(until) => {
                if let Some(active) = &mut self.active {
                    let (step, per_epoch) = (active.run.step(), active.run.steps_per_epoch());
                    active.until = Some(match until {
                        Until::End => active.run.last_step(),
                        Until::Steps(n) => step + n,
                        Until::EpochEnd => (step / per_epoch + 1) * per_epoch,
                    });
                    active.training_secs = 0.0;
                    active.owed = None;
                }
            }
            TrainCommand::Pause => self.stop(),
            TrainCommand::SlowMotion(slow) => self.slow = slow,
            TrainCommand::Order(order) => {
                if let Some(active) = &mut self.active
                    && !active.run.order(&order)
                {
                    log::warn!("the model in training has no part for {order:?}");
                }
            }
        }
    }

    fn begin(&mut self, begin: &Begin) {
        (self.active, self.showing) = (None, None);
        if begin.data.train.are_codes() {
            let decoder = begin.from.as_ref().filter(|from| from.trained.model.decoder().is_some());
            let alone = || Arc::new(shown::codes_alone(begin));
            return self.show(begin, decoder.map_or_else(alone, Arc::clone));
        }
        let Some(spec) = &begin.spec else {
            return match &begin.from {
                Some(from) => self.show(begin, Arc::clone(from)),
                None => self.refuse(begin, "there is nothing to show".into()),
            };
        };
        let threads = self.pool.current_num_threads();
        let build = || {
            let run = Run::new(spec, &begin.train, &begin.data, begin.from.as_deref(), threads)?;
            let checkpoint = match &begin.from {
                Some(from) => Arc::clone(from),
                None => Arc::new(run.checkpoint()?),
            };
            Ok::<_, TrainError>((run, checkpoint))
        };
        match guarded("setting up the model", || self.pool.install(build)) {
            Ok(Ok((run, checkpoint))) => {
                let (generation, model) = (begin.generation, Arc::clone(&checkpoint.trained.model));
                let ready = Event::Ready { generation, checkpoint: Arc::clone(&checkpoint) };
                self.active = Some(Active {
                    sent_points: run.train_curve().len(),
                    run,
                    slot: begin.slot,
                    generation: begin.generation,
                    until: None,
                    owed: None,
                    training_secs: 0.0,
                    steps_per_s: 0.0,
                    was_slow: false,
                    last_good: checkpoint,
                });
                self.outbox.put(|out| out.events.push(ready));
                self.publish_all_codes(Phase::Paused, model);
            }
            Ok(Err(e)) => self.refuse(begin, e.to_string()),
            Err(panic) => self.refuse(begin, panic),
        }
    }

    /// Shows a model as it is: there is nothing to set up, and nothing to train.
    fn show(&mut self, begin: &Begin, checkpoint: Arc<Checkpoint>) {
        self.showing = Some(Showing::new(begin, &checkpoint));
        let generation = begin.generation;
        self.outbox.put(|out| out.events.push(Event::Ready { generation, checkpoint }));
    }

    /// Codes of samples; none without an encoder, or where a command cuts it short.
    fn encode(
        &self,
        model: &dyn FrozenModel,
        data: &Dataset,
        indices: Vec<u32>,
    ) -> Result<Option<CodeCloud>, String> {
        let is_cancelled = || self.interrupt.is_set();
        guarded("encoding", || self.pool.install(|| CodeCloud::new(model, data, indices, &is_cancelled)))
    }

    /// Trains until a snapshot is due, a command waits, or the target is reached.
    fn train_a_while(&mut self) {
        let Some(active) = &mut self.active else { return };
        let Some(until) = active.until else { return };
        let (interrupt, slow, outbox) = (self.interrupt, self.slow, self.outbox);
        // The loop runs inside the pool: entering it costs a hand-over between threads, once and not each
        // step.
        let trained =
            guarded("training", || self.pool.install(|| active.train_a_while(until, interrupt, slow, outbox)));
        match trained {
            Ok(Ok(())) if active.run.step() >= until && !active.run.owes_test() => self.stop(),
            Ok(Ok(())) => self.publish_probe(),
            Ok(Err(e)) => self.fail(e.to_string()),
            Err(panic) => self.fail(panic),
        }
    }

    /// Ends the stretch of training and hands out an exact checkpoint and all codes.
    fn stop(&mut self) {
        let Some(active) = &mut self.active else { return };
        if active.until.take().is_none() {
            return;
        }
        let checkpoint = match guarded("taking the model down", || active.run.checkpoint()) {
            Ok(Ok(checkpoint)) => Arc::new(checkpoint),
            Ok(Err(e)) => return self.fail(e.to_string()),
            Err(panic) => return self.fail(panic),
        };
        let finished = active.run.step() >= active.run.last_step();
        log::info!("{} at step {}", if finished { "finished" } else { "paused" }, active.run.step());
        let (generation, training_secs) = (active.generation, active.training_secs);
        active.last_good = Arc::clone(&checkpoint);
        let model = Arc::clone(&checkpoint.trained.model);
        self.outbox.put(|out| {
            out.events.push(Event::Stopped { generation, checkpoint, finished, training_secs });
        });
        self.publish_all_codes(if finished { Phase::Finished } else { Phase::Paused }, model);
    }

    fn refuse(&self, begin: &Begin, error: String) {
        let generation = begin.generation;
        self.outbox.put(|out| out.events.push(Event::TrainFailed { generation, error, checkpoint: None }));
    }

    /// Gives the run in hand up; its last good state survives.
    fn fail(&mut self, error: String) {
        let Some(active) = self.active.take() else { return };
        let (generation, checkpoint) = (active.generation, Some(active.last_good));
        self.outbox.put(|out| out.events.push(Event::TrainFailed { generation, error, checkpoint }));
    }

    /// Publishes the model with the codes of the probe.
    fn publish_probe(&mut self) {
        let Some(active) = &mut self.active else { return };
        let trained = match guarded("taking the model down", || active.run.trained()) {
            Ok(Ok(trained)) => trained,
            Ok(Err(e)) => return self.fail(e.to_string()),
            Err(panic) => return self.fail(panic),
        };
        let model = Arc::clone(&trained.model);
        active.last_good = Arc::new(Checkpoint { trained, learner: None });
        let indices = active.run.data().train.spread(N_PROBE);
        self.publish(indices, Phase::Running, model);
    }

    fn publish_all_codes(&mut self, phase: Phase, model: SharedModel) {
        let n = self.active.as_ref().map_or(0, |active| active.run.data().train.n_samples() as u32);
        self.publish((0..n).collect(), phase, model);
    }

    fn publish(&mut self, indices: Vec<u32>, phase: Phase, model: SharedModel) {
        let Some(active) = &self.active else { return };
        let status = active.status(phase);
        let cloud = match self.encode(&*model, &active.run.data().train, indices) {
            Ok(cloud) => cloud,
            Err(panic) => return self.fail(panic),
        };
        let Some(active) = &mut self.active else { return };
        active.send_points(self.outbox);
        if cloud.is_none() && model.encoder().is_some() {
            // Cut short by a command. While training the next probe makes up for it; at rest the codes are
            // owed.
            active.owed = (phase != Phase::Running).then_some((phase, model));
            return self.outbox.put(|out| out.status = Some(status));
        }
        // What rests can be looked at as it is.
        let packed = (phase == Phase::Running).then(|| PackedModel::of(&*model)).flatten().map(Arc::new);
        let snapshot = Snapshot {
            slot: active.slot,
            generation: active.generation,
            step: active.run.step(),
            capabilities: Capabilities::of(&*model),
            model,
            cloud: cloud.map(Arc::new),
            packed,
        };
        self.outbox.put(|out| {
            out.snapshot = Some(Arc::new(snapshot));
            out.status = Some(status);
        });
    }
}

impl Active {
    fn train_a_while(
        &mut self,
        until: u64,
        interrupt: &Cancel,
        slow: bool,
        outbox: &SharedOutbox,
    ) -> Result<(), TrainError> {
        let begin = Instant::now();
        let first = self.run.step();
        let mut stepping = Duration::ZERO;
        while begin.elapsed() < SNAPSHOT_EVERY && !interrupt.is_set() {
            // Before anything else, so that a test cut short by a pause is made up for when training goes on.
            if self.run.owes_test() {
                self.measure(interrupt, outbox)?;
                continue;
            }
            if self.run.step() >= until {
                break;
            }
            let step_begin = Instant::now();
            match self.run.advance(interrupt) {
                Err(TrainError::Cancelled) => break,
                taken => taken?,
            };
            stepping += step_begin.elapsed();
            if slow {
                wait(SLOW_STEP, interrupt);
                // The rest is part of how long a step takes in slow motion.
                stepping = step_begin.elapsed();
                break;
            }
        }
        self.training_secs += begin.elapsed().as_secs_f32();
        let n_steps = self.run.step() - first;
        if n_steps > 0 {
            let speed = n_steps as f32 / stepping.as_secs_f32().max(1e-6);
            // A running mean, so that the time left does not jitter.
            let is_first = self.steps_per_s == 0.0 || std::mem::replace(&mut self.was_slow, slow) != slow;
            self.steps_per_s = if is_first { speed } else { 0.85 * self.steps_per_s + 0.15 * speed };
        }
        Ok(())
    }

    fn measure(&mut self, interrupt: &Cancel, outbox: &SharedOutbox) -> Result<(), TrainError> {
        self.run.measure(usize::MAX, &|| interrupt.is_set())?;
        if let Some(&point) = self.run.test_curve().last().filter(|_| !self.run.owes_test()) {
            log::info!("step {}: test loss {:.2}", point.step, point.loss());
            outbox.put(|out| out.test_points.push((self.generation, point)));
        }
        Ok(())
    }

    fn status(&self, phase: Phase) -> TrainStatus {
        TrainStatus {
            generation: self.generation,
            phase,
            step: self.run.step(),
            last_step: self.run.last_step(),
            steps_per_epoch: self.run.steps_per_epoch(),
            steps_per_s: self.steps_per_s,
        }
    }

    fn send_points(&mut self, outbox: &SharedOutbox) {
        let new = &self.run.train_curve()[self.sent_points..];
        if !new.is_empty() {
            outbox.put(|out| out.train_points.extend(new.iter().map(|point| (self.generation, *point))));
            self.sent_points = self.run.train_curve().len();
        }
    }
}

/// Waits, in pieces short enough to notice a command at once.
fn wait(time: Duration, interrupt: &Cancel) {
    let end = Instant::now() + time;
    while Instant::now() < end && !interrupt.is_set() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataSplit, Dataset, SampleKind, Values};
    use crate::model::{ModelSpec, Order, Settings};
    use crate::train::TrainSpec;

    #[test]
    fn a_test_that_a_command_cuts_short_is_made_up_for() {
        let kind = SampleKind::square(1, 2);
        let bytes: Vec<u8> = (0..400u32).map(|i| (i * 37 % 251) as u8).collect();
        let all = Dataset::new(kind.clone(), Values::Bytes(bytes.into()), None, vec![]).unwrap();
        let data = DataSplit::new("Dots".into(), all.clone(), all);
        let spec = ModelSpec::of_kind("vae").unwrap().with("hidden", "4").unwrap().check(&kind, &[]).unwrap();
        let train = TrainSpec { epochs: 1, batch: 50, ..TrainSpec::default() };
        let (commands, outbox) = (Mailbox::<TrainCommand>::default(), SharedOutbox::new(Arc::new(|| {})));
        let pool = compute_pool("test-pool", 1, Priority::Normal).unwrap();
        let mut trainer = Trainer {
            pool,
            interrupt: commands.interrupt(),
            outbox: &outbox,
            active: None,
            showing: None,
            slow: false,
        };
        trainer.begin(&Begin { slot: SlotId(0), generation: 1, spec: Some(spec), train, data, from: None });
        let active = trainer.active.as_mut().unwrap();
        for _ in 0..2 {
            active.run.advance(&Cancel::default()).unwrap();
        }
        assert!(active.run.owes_test(), "the epoch is over");

        // A command comes while the test split is scored.
        commands.send(TrainCommand::SlowMotion(false));
        active.measure(commands.interrupt(), &outbox).unwrap();
        assert!(active.run.owes_test() && outbox.drain().test_points.is_empty());
        trainer.obey(TrainCommand::Go(Until::End));
        trainer.work();
        assert!(outbox.drain().test_points.is_empty(), "nor is it scored before the command is obeyed");
        assert!(matches!(commands.take(false), Mail::Command(_)));
        while trainer.has_work() {
            trainer.work();
        }
        let drained = outbox.drain();
        assert_eq!(drained.test_points.iter().map(|(_, point)| point.step).collect::<Vec<_>>(), [2]);
        let is_finished = |event: &Event| matches!(event, Event::Stopped { finished: true, .. });
        assert!(drained.events.iter().any(is_finished));
    }

    #[test]
    fn an_order_reaches_the_learner_and_is_kept_with_what_it_remembers() {
        let kind = SampleKind::row(2);
        let values: Vec<f32> = (0..80).map(|i| (i as f32).sin()).collect();
        let all = Dataset::new(kind.clone(), Values::Floats(values.into()), None, vec![]).unwrap();
        let data = DataSplit::new("Points".into(), all.clone(), all);
        let spec = ModelSpec::of_kind("gan").unwrap().with("generator", "4").unwrap().check(&kind, &[]).unwrap();
        let (commands, outbox) = (Mailbox::<TrainCommand>::default(), SharedOutbox::new(Arc::new(|| {})));
        let pool = compute_pool("test-pool", 1, Priority::Normal).unwrap();
        let interrupt = commands.interrupt();
        let mut trainer = Trainer { pool, interrupt, outbox: &outbox, active: None, showing: None, slow: false };
        let train = TrainSpec { batch: 10, ..TrainSpec::default() };
        trainer.begin(&Begin { slot: SlotId(0), generation: 1, spec: Some(spec), train, data, from: None });
        trainer.obey(TrainCommand::Order(Order::Freeze("generator".into(), true)));
        trainer.obey(TrainCommand::Go(Until::Steps(3)));
        while trainer.has_work() {
            trainer.work();
        }
        let stopped = outbox.drain().events.into_iter().find_map(|event| match event {
            Event::Stopped { checkpoint, .. } => checkpoint.learner.clone(),
            _ => None,
        });
        let tensors = stopped.unwrap().tensors;
        let value = |name: &str| tensors.iter().find(|tensor| tensor.name == name).unwrap().values[0];
        assert_eq!((value("frozen.generator"), value("frozen.discriminator")), (1.0, 0.0));
        assert_eq!((value("t.generator"), value("t.discriminator")), (0.0, 3.0), "who is frozen takes no step");
    }
}
