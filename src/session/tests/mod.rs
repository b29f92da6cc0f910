//! Actions to spec and effects, and what comes back from the workers.

mod actions;
mod back;
mod brought;
mod complete;
mod data;
mod derived;
mod divergences;
mod exports;
mod find;
mod on_data;
mod outliers;
mod query;
mod saved;
mod series;
mod slots;
mod told;
mod weights;

use super::*;
use crate::data::{Cancel, DataChoice, DataSplit, Dataset, SampleKind, Values};
use crate::latent::grid::Spacing;
use crate::model::Settings;
use crate::picture::{Pixels, Shown};
use crate::store::PathKind;
use crate::train::{PackedModel, Run, encode};
use crate::worker::{DataLoad, Decoded, Derive, Event, Job, Outbox, Phase, Snapshot, TrainCommand, Until, ViewId};

fn data(kind: SampleKind) -> DataSplit {
    let n = kind.n_features() * 40;
    let bytes: Vec<u8> = (0..n).map(|i| (i * 37 % 251) as u8).collect();
    let all = Dataset::new(kind, Values::Bytes(bytes.into()), None, vec![]).unwrap();
    DataSplit::new("Dots".into(), all.slice(0..30).unwrap(), all.slice(30..40).unwrap())
}

const KIND: SampleKind = SampleKind::square(1, 2);
const WIDE: SampleKind = SampleKind::image(1, 2, 3);

/// A session whose workers are played by the test: it answers every Begin at once, as they would.
struct Stage {
    session: Session,
    /// The data and state of the run in hand.
    begun: Option<Box<crate::worker::Begin>>,
    /// The data asked for last.
    loading: Option<(u64, DataChoice)>,
    /// What is to be worked out and not given up.
    deriving: Vec<Derive>,
}

impl Stage {
    /// A session with data loaded and fresh weights shown.
    fn new() -> Self {
        let mut session = Session::new(SessionSpec { data: DataChoice::Moons, ..SessionSpec::default() });
        let effects = session.open(None);
        assert!(matches!(
            effects[..],
            [Effect::Job(Job::LoadData(_, DataLoad { choice: DataChoice::Moons, .. }))]
        ));
        let mut stage = Self { session, begun: None, loading: None, deriving: Vec::new() };
        stage.answer(effects);
        stage.act(Action::Set(Group::Model, "hidden".into(), "4".into()));
        stage.data_come(Ok(data(KIND)));
        stage
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let effects = self.session.apply(action);
        self.answer(effects)
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.session.receive(Outbox { events: vec![event], ..Outbox::default() });
        self.answer(effects)
    }

    /// Plays the jobs thread: what was just to be opened is of this kind.
    fn is_recognised(&mut self, name: &str, kind: PathKind) -> Vec<Effect> {
        let (stamp, _) = self.session.loads.path.unwrap();
        self.event(Event::Recognised(stamp, name.into(), Ok(kind)))
    }

    /// Plays the jobs thread: the data asked for come, or do not.
    fn data_come(&mut self, data: Result<DataSplit, String>) -> Vec<Effect> {
        let (stamp, choice) = self.loading.clone().expect("data were asked for");
        self.event(Event::DataLoaded(stamp, choice, data.map(Box::new)))
    }

    /// Plays the lane of derived things: works out what was asked for and says so; returns what it was.
    fn derive(&mut self) -> Vec<&'static str> {
        let asked = std::mem::take(&mut self.deriving).into_iter().filter(|derive| !derive.cancel.is_set());
        let worked_out: Vec<&str> = asked
            .map(|derive| {
                derive.work.run(&derive.cancel);
                derive.key.0
            })
            .collect();
        if !worked_out.is_empty() {
            self.event(Event::Derived);
        }
        worked_out
    }

    /// Plays the jobs thread for a model.
    fn model_comes(&mut self, path: &str, model: Checkpoint) -> Vec<Effect> {
        self.act(Action::OpenModel(path.into()));
        let stamp = self.session.loads.model.expect("a model was asked for");
        self.event(Event::ModelOpened(stamp, path.into(), Ok(Box::new(model))))
    }

    /// Plays the train thread for Begin; hands the effects on.
    fn answer(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Train(TrainCommand::Begin(begin)) => {
                    let run = self.run(&begin, 0);
                    let generation = begin.generation;
                    let checkpoint = begin.from.clone().unwrap_or_else(|| Arc::new(run.checkpoint().unwrap()));
                    let ready = Event::Ready { generation, checkpoint };
                    self.session.receive(Outbox { events: vec![ready], ..Outbox::default() });
                    rest.push(Effect::Train(TrainCommand::Begin(begin)));
                    let more = self.publish(&run, Phase::Paused);
                    rest.extend(more);
                }
                Effect::Job(Job::LoadData(stamp, load)) => {
                    self.loading = Some((stamp, load.choice.clone()));
                    rest.push(Effect::Job(Job::LoadData(stamp, load)));
                }
                Effect::Job(Job::Derive(derive)) => self.deriving.push(derive),
                other => rest.push(other),
            }
        }
        if let Some(Effect::Train(TrainCommand::Begin(begin))) =
            rest.iter().rposition(|e| matches!(e, Effect::Train(TrainCommand::Begin(_)))).map(|i| rest.remove(i))
        {
            self.begun = Some(begin);
        }
        rest
    }

    fn run(&self, begin: &crate::worker::Begin, steps: u64) -> Run {
        let spec = begin.spec.as_ref().unwrap();
        let mut run = Run::new(spec, &begin.train, &begin.data, begin.from.as_deref(), 1).unwrap();
        for _ in 0..steps {
            run.advance(&Cancel::default()).unwrap();
        }
        run
    }

    fn publish(&mut self, run: &Run, phase: Phase) -> Vec<Effect> {
        let trained = run.trained().unwrap();
        let indices: Vec<u32> = (0..30).collect();
        let codes = encode(&*trained.model, &run.data().train, &indices, &|| false);
        let generation = self.session.run.generation;
        let snapshot = Snapshot {
            slot: self.session.run.slot,
            generation,
            step: run.step(),
            capabilities: Capabilities::of(&*trained.model),
            model: Arc::clone(&trained.model),
            cloud: codes.map(|codes| Arc::new(CodeCloud::of(indices, codes))),
            packed: (phase == Phase::Running).then(|| Arc::new(PackedModel::of(&*trained.model).unwrap())),
        };
        let status = TrainStatus {
            generation,
            phase,
            step: run.step(),
            last_step: run.last_step(),
            steps_per_epoch: run.steps_per_epoch(),
            steps_per_s: 100.0,
        };
        let outbox = Outbox { status: Some(status), snapshot: Some(Arc::new(snapshot)), ..Outbox::default() };
        let effects = self.session.receive(outbox);
        self.answer(effects)
    }

    /// Trains some steps on the run in hand, as if it had been set going and had stopped.
    fn train(&mut self, steps: u64) {
        let begin = self.begun.take().unwrap();
        let run = self.run(&begin, steps);
        self.publish(&run, Phase::Running);
        self.publish(&run, Phase::Paused);
        let checkpoint = Arc::new(run.checkpoint().unwrap());
        let generation = self.session.run.generation;
        self.begun = Some(begin);
        self.event(Event::Stopped { generation, checkpoint, finished: false, training_secs: 0.1 });
    }

    /// The code nearest to the mean of the active model's codes.
    fn centre(&self) -> Vec<f32> {
        let cloud = self.session.cloud().unwrap();
        cloud.code_of(cloud.centre().unwrap()).unwrap()
    }

    fn spec(&self) -> &SessionSpec {
        self.session.spec()
    }

    fn slot(&self) -> &SlotSpec {
        self.session.slot()
    }

    fn step(&self) -> u64 {
        self.session.weights().snapshot.as_ref().unwrap().step
    }

    fn last_toast(&self) -> &str {
        self.session.toasts().last().map_or("", |toast| &toast.first)
    }
}

fn begins(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Train(TrainCommand::Begin(_))))
}

fn goes(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Train(TrainCommand::Go(_))))
}

fn requests(effects: &[Effect]) -> Vec<ViewId> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Decode(request) => Some(request.view),
            _ => None,
        })
        .collect()
}
