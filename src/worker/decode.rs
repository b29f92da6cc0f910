//! The decode thread: codes to pixels, the newest request of each view, the most urgent view first.

use super::guarded;
use super::outbox::SharedOutbox;
use super::pool::{Priority, available_threads, compute_pool};
use super::protocol::{DecodeRequest, Decoded, Event, SlotId, ViewId};
use crate::model::{Choose, Decoder, Writer, Writing};
use crate::nn::Scratch;
use crate::picture::Shown;
use crate::train::squared_error;
use ndarray::{Array2, ArrayView2, s};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Requests that wait: one a view of a model, the newest.
#[derive(Default)]
pub struct DecodeQueue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    requests: BTreeMap<(ViewId, SlotId), DecodeRequest>,
    closed: bool,
    /// When the next large picture beside a training may begin.
    next_large: Option<Instant>,
    /// Since when each view of a model has been asked for something without an answer.
    unanswered: BTreeMap<(ViewId, SlotId), Instant>,
}

/// From one large picture beside a training to the next: every second frame of a screen has one.
const BETWEEN_LARGE: Duration = Duration::from_millis(25);
/// How long a view may be asked without an answer: after that a request is worked to its end even where a
/// newer one waits, lest nothing be shown while one drags.
const BEHIND: Duration = Duration::from_millis(250);

impl Waiting {
    /// The most urgent request that may begin at `now`.
    fn next(&mut self, now: Instant) -> Option<DecodeRequest> {
        self.next_of(now, |_| true)
    }

    /// The same of those that are more urgent than `view`.
    fn next_before(&mut self, view: ViewId, now: Instant) -> Option<DecodeRequest> {
        self.next_of(now, |of| of < view)
    }

    /// Puts a request in the place of any other of its view.
    fn put(&mut self, request: DecodeRequest, now: Instant) {
        let key = (request.view, request.slot);
        self.unanswered.entry(key).or_insert(now);
        self.requests.insert(key, request);
    }

    /// Whether the thread is to end, or a request is of no use any more: a newer one waits in its place, and
    /// its view has not waited long.
    fn is_given_up(&self, key: (ViewId, SlotId), now: Instant) -> bool {
        let is_behind = self.unanswered.get(&key).is_some_and(|since| now - *since > BEHIND);
        self.closed || !is_behind && self.requests.contains_key(&key)
    }

    /// Notes that a request was answered: the view waits from now on if it was asked for more meanwhile.
    fn answered(&mut self, key: (ViewId, SlotId), now: Instant) {
        if self.requests.contains_key(&key) {
            self.unanswered.insert(key, now);
        } else {
            self.unanswered.remove(&key);
        }
    }

    fn next_of(&mut self, now: Instant, is_asked: impl Fn(ViewId) -> bool) -> Option<DecodeRequest> {
        let must_wait = self.next_large.is_some_and(|next| next > now);
        let due = |request: &DecodeRequest| is_asked(request.view) && !(must_wait && request.is_large());
        let key = self.requests.iter().find(|(_, request)| due(request)).map(|(key, _)| *key)?;
        let request = self.requests.remove(&key)?;
        if request.is_large() {
            self.next_large = Some(now + BETWEEN_LARGE);
        }
        Some(request)
    }
}

impl DecodeQueue {
    /// Puts a request in the place of any other of its view.
    pub fn put(&self, request: DecodeRequest) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.put(request, Instant::now());
        self.arrived.notify_one();
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.arrived.notify_one();
    }

    /// Takes a request that is more urgent than those of `view`, if one is waiting and may begin.
    fn take_before(&self, view: ViewId) -> Option<DecodeRequest> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.next_before(view, Instant::now())
    }

    /// Whether a request that is worked on is of no use any more.
    fn is_given_up(&self, request: &DecodeRequest) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_given_up((request.view, request.slot), Instant::now())
    }

    /// Notes that a request was answered.
    fn answered(&self, request: &DecodeRequest) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.answered((request.view, request.slot), Instant::now());
    }

    fn take(&self) -> Option<DecodeRequest> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if waiting.closed {
                return None;
            }
            let now = Instant::now();
            if let Some(request) = waiting.next(now) {
                return Some(request);
            }
            let rest = waiting.next_large.filter(|_| !waiting.requests.is_empty()).map(|next| next - now);
            waiting = match rest {
                Some(rest) => self.arrived.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0,
                None => self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Decodes until the queue is closed.
pub fn serve(queue: &DecodeQueue, outbox: &SharedOutbox) {
    let mut splitter = SplitDecoder::new(available_threads());
    while let Some(request) = queue.take() {
        answer(&request, queue, &mut splitter, outbox);
    }
}

/// Answers one request, and before it is done those more urgent ones that come in while it is written.
fn answer(request: &DecodeRequest, queue: &DecodeQueue, splitter: &mut SplitDecoder, outbox: &SharedOutbox) {
    let work = || -> Option<Decoded> {
        let model = &*request.model;
        let (x_hat, problem) = match model.writer().filter(|_| !request.writing.is_plain()) {
            Some(writer) => {
                let (writing, problem) = request.writing.of(model);
                (written(request, (writer, &writing), queue, splitter, outbox)?, problem)
            }
            None => (splitter.decode(model.decoder()?, request.z.view(), &request.labels), None),
        };
        let shown = Shown::decoded(model, x_hat.view(), request.columns);
        let squared_error =
            request.against.as_ref().map(|(data, sample)| squared_error(model, data, *sample, x_hat.row(0)));
        Some(Decoded { stamp: request.stamp, shown, columns: request.columns, squared_error, problem })
    };
    match guarded("decoding", work) {
        Ok(Some(decoded)) => {
            outbox.put(|out| {
                out.decoded.insert((request.view, request.slot), decoded);
            });
            queue.answered(request);
        }
        Ok(None) => {}
        Err(error) => outbox.put(|out| out.events.push(Event::DecodeFailed(error))),
    }
}

/// Sentences that are written at a time by beam search, which takes long for each.
const SEARCHED: usize = 16;

/// Writes the sentences of a request, a few at a time where that takes long; none once that is of no use any
/// more.
fn written(
    request: &DecodeRequest,
    (writer, writing): (&dyn Writer, &Writing),
    queue: &DecodeQueue,
    splitter: &mut SplitDecoder,
    outbox: &SharedOutbox,
) -> Option<Array2<f32>> {
    let n = request.z.nrows();
    let at_a_time = if matches!(writing.choose, Choose::Beam { .. }) { SEARCHED } else { n.max(1) };
    let mut all = Array2::zeros((n, request.model.info().output.n_features()));
    for start in (0..n).step_by(at_a_time) {
        while let Some(urgent) = queue.take_before(request.view) {
            answer(&urgent, queue, splitter, outbox);
        }
        if queue.is_given_up(request) {
            return None;
        }
        let rows = start..(start + at_a_time).min(n);
        let part = splitter.write(writer, request.z.slice(s![rows.clone(), ..]), writing);
        all.slice_mut(s![rows, ..]).assign(&part);
    }
    Some(all)
}

/// Codes that are worth a core of their own; fewer are decoded sooner than another core has woken up.
const MIN_PART: usize = 32;

/// Decodes many codes on all cores, in parts, and few on the calling thread.
pub struct SplitDecoder {
    /// None where there is one core, or threads could not be had.
    pool: Option<ThreadPool>,
    scratches: Vec<Scratch<f32>>,
}

impl SplitDecoder {
    /// A decoder for `threads` cores.
    pub fn new(threads: usize) -> Self {
        let pool = if threads > 1 { compute_pool("decode-pool", threads, Priority::Normal).ok() } else { None };
        let n_parts = if pool.is_some() { threads } else { 1 };
        Self { pool, scratches: (0..n_parts).map(|_| Scratch::default()).collect() }
    }

    /// Decodes `z` [n, latent_dim], told `labels` where the model takes any, to x̂ [n, features].
    pub fn decode(&mut self, decoder: &dyn Decoder, z: ArrayView2<f32>, labels: &[u16]) -> Array2<f32> {
        self.in_parts(z.nrows(), MIN_PART, |rows, scratch| {
            let labels = labels.get(rows.clone()).unwrap_or_default();
            decoder.decode(z.slice(s![rows, ..]), labels, scratch)
        })
    }

    /// Writes the sentences of `z` [n, latent_dim] as rows of tokens [n, max_len].
    fn write(&mut self, writer: &dyn Writer, z: ArrayView2<f32>, writing: &Writing) -> Array2<f32> {
        // A sentence that is searched for takes as long as many that are written straight on.
        let least = if matches!(writing.choose, Choose::Beam { .. }) { 1 } else { MIN_PART };
        let write =
            |rows: Range<usize>, scratch: &mut Scratch<f32>| writer.write(z.slice(s![rows, ..]), writing, scratch);
        self.in_parts(z.nrows(), least, write)
    }

    /// Makes `n` rows of something in parts of at least so many rows, side by side.
    fn in_parts(
        &mut self,
        n: usize,
        least: usize,
        make: impl Fn(Range<usize>, &mut Scratch<f32>) -> Array2<f32> + Sync,
    ) -> Array2<f32> {
        let n_parts = (n / least).clamp(1, self.scratches.len());
        let pool = self.pool.as_ref().filter(|_| n_parts > 1);
        let Some(pool) = pool else { return make(0..n, &mut self.scratches[0]) };
        let per_part = n.div_ceil(n_parts);
        let part =
            |(i, scratch): (usize, &mut Scratch<f32>)| make(i * per_part..((i + 1) * per_part).min(n), scratch);
        let scratches = &mut self.scratches[..n.div_ceil(per_part)];
        let parts: Vec<Array2<f32>> = pool.install(|| scratches.par_iter_mut().enumerate().map(part).collect());
        let mut x_hat = Array2::zeros((n, parts[0].ncols()));
        for (i, part) in parts.into_iter().enumerate() {
            x_hat.slice_mut(s![i * per_part..i * per_part + part.nrows(), ..]).assign(&part);
            self.scratches[i].give_back(part);
        }
        x_hat
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SampleKind;
    use crate::model::ModelSpec;
    use crate::picture::WritingSettings;

    #[test]
    fn large_pictures_beside_a_training_leave_it_time_and_nothing_waits_for_them() {
        let kind = SampleKind::image(1, 3, 4);
        let model = ModelSpec::of_kind("ae").unwrap().check(&kind, &[]).unwrap().frozen(None).unwrap();
        let mut waiting = Waiting::default();
        let ask = |waiting: &mut Waiting, view, n, stamp, beside_training| {
            let (slot, model) = (SlotId(0), model.clone());
            let z = Array2::zeros((n, 2));
            let request = DecodeRequest {
                view,
                slot,
                stamp,
                model,
                z,
                labels: vec![],
                writing: WritingSettings::default(),
                columns: 1,
                against: None,
                beside_training,
            };
            waiting.put(request, Instant::now());
        };
        let (begin, stamp) =
            (Instant::now(), |request: Option<DecodeRequest>| request.map(|request| request.stamp));
        ask(&mut waiting, ViewId::Grid, 400, 1, true);
        assert_eq!(stamp(waiting.next(begin)), Some(1));
        ask(&mut waiting, ViewId::Grid, 400, 2, true);
        let soon = begin + BETWEEN_LARGE / 2;
        assert_eq!(stamp(waiting.next(soon)), None);
        ask(&mut waiting, ViewId::Picture, 1, 3, true);
        ask(&mut waiting, ViewId::Strip(0), 1, 4, true);
        assert_eq!([stamp(waiting.next(soon)), stamp(waiting.next(soon))], [Some(3), Some(4)]);
        assert_eq!(stamp(waiting.next(begin + BETWEEN_LARGE)), Some(2));
        // While sentences of a grid are written, only what is more urgent than it comes between.
        ask(&mut waiting, ViewId::Strip(0), 1, 6, false);
        ask(&mut waiting, ViewId::Path, 9, 7, false);
        ask(&mut waiting, ViewId::Grid, 9, 8, false);
        assert_eq!([(); 2].map(|()| stamp(waiting.next_before(ViewId::Grid, soon))), [Some(7), None]);
        // A newer one takes the place of one that is worked on, but for now and then, so that something is
        // seen.
        let key = (ViewId::Grid, SlotId(0));
        let gives_up = |waiting: &Waiting, after| waiting.is_given_up(key, begin + after);
        assert_eq!([BEHIND / 2, BEHIND * 2].map(|after| gives_up(&waiting, after)), [true, false]);
        waiting.answered(key, begin + BEHIND * 2);
        assert!(gives_up(&waiting, BEHIND * 3), "it waits anew");
        waiting.requests.clear();
        assert!(!gives_up(&waiting, BEHIND * 3), "nothing newer waits");
        waiting.answered(key, begin);
        assert!(!waiting.unanswered.contains_key(&key), "and nothing is owed");
        // Nothing is held back once the training is over.
        ask(&mut waiting, ViewId::Grid, 400, 5, false);
        assert_eq!(stamp(waiting.next(begin + BETWEEN_LARGE)), Some(5));
    }

    #[test]
    fn parts_are_put_together_in_order_whatever_their_number() {
        let kind = SampleKind::image(1, 3, 4);
        let classes = ["a", "b"].map(String::from);
        for spec in ["vae", "cvae"] {
            let valid = ModelSpec::of_kind(spec).unwrap().check(&kind, &classes).unwrap();
            let model = valid.frozen(None).unwrap();
            let decoder = model.decoder().unwrap();
            for n in [1, 31, 64, 65, 100, 127] {
                let z = Array2::from_shape_fn((n, 2), |(i, dim)| i as f32 * 0.03 - dim as f32);
                let labels: Vec<u16> = (0..n).map(|i| (i % 2) as u16).collect();
                let whole = decoder.decode(z.view(), &labels, &mut Scratch::default());
                for threads in [1, 2, 3] {
                    let split = SplitDecoder::new(threads).decode(decoder, z.view(), &labels);
                    assert_eq!(split.dim(), whole.dim());
                    assert!(split.iter().zip(&whole).all(|(a, b)| (a - b).abs() < 1e-6), "{spec} {n} {threads}");
                }
            }
        }
    }
}
