//! Something that is worked out elsewhere of what the session shows: asked for, awaited, shown, forgotten.
//!
//! Each question is stamped by what it is about and its answer comes back by a way of its own, so that an
//! answer to another question cannot be taken for it. One question is under way at a time: what changes
//! meanwhile is asked once the answer is there, and then only the newest. A question is given up as soon as
//! its answer could not stand any more.

use super::Effect;
use crate::data::Cancel;
use crate::model::SharedModel;
use crate::worker::{Derive, Job, Pace, SlotId, Work};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

thread_local! {
    /// Counts the answers to all questions, so that one of a question that was dropped is never taken for one
    /// that is asked anew. A session, and all who show it, are on one thread.
    static N_FOUND: Cell<u64> = const { Cell::new(0) };
}

/// What an answer is about.
pub trait About: PartialEq {
    /// Whether an answer about `older` may stand until the one about this is there.
    fn keeps(&self, older: &Self) -> bool;
}

/// Something of which only the exact answer may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Exactly<T>(pub T);

impl<T: PartialEq> About for Exactly<T> {
    fn keeps(&self, _: &Self) -> bool {
        false
    }
}

/// A model as it stood at some step of its run, on some data; answers of one run may stand while it is
/// trained on.
#[derive(Clone)]
pub struct ModelOn {
    /// Which model of the session.
    pub slot: SlotId,
    /// The run, by its number in the session.
    pub generation: u64,
    /// Whether it is one that is looked back at: what is known of the newest state is not known of it.
    pub is_back: bool,
    /// The model.
    pub model: SharedModel,
    /// Checksum of the training data.
    pub data: u32,
}

impl PartialEq for ModelOn {
    fn eq(&self, other: &Self) -> bool {
        self.keeps(other) && Arc::ptr_eq(&self.model, &other.model)
    }
}

impl About for ModelOn {
    fn keeps(&self, older: &Self) -> bool {
        let run = |on: &Self| (on.slot, on.generation, on.is_back, on.data);
        run(self) == run(older)
    }
}

/// Something worked out elsewhere: the question under way and the last answer that may stand.
pub struct Derived<K, V> {
    /// What is worked out, which newer work replaces older by, and which of several.
    key: (&'static str, u32),
    asked: Option<Asked<K, V>>,
    found: Option<Found<K, V>>,
}

/// A question under way.
struct Asked<K, V> {
    about: K,
    cancel: Cancel,
    answer: Receiver<Option<V>>,
}

/// An answer; that there is none is one too.
struct Found<K, V> {
    about: K,
    value: Option<V>,
    stamp: u64,
}

impl<K: About, V: Send + 'static> Derived<K, V> {
    /// Nothing yet. `what` names it among all that is worked out, `which` tells several of a name apart.
    pub fn new(what: &'static str, which: u32) -> Self {
        Self { key: (what, which), asked: None, found: None }
    }

    /// The last answer that may stand.
    pub fn get(&self) -> Option<&V> {
        self.found.as_ref().and_then(|found| found.value.as_ref())
    }

    /// The answer to just this question, once it is there; that there is none is one too.
    pub fn answer_to(&self, about: &K) -> Option<Option<&V>> {
        self.found.as_ref().filter(|found| found.about == *about).map(|found| found.value.as_ref())
    }

    /// Tells the answer from all others, to this question and to any; 0 while there is none.
    pub fn stamp(&self) -> u64 {
        self.found.as_ref().map_or(0, |found| found.stamp)
    }

    /// Takes an answer that has come, forgets what does not concern `about`, and asks for what is missing, at
    /// some pace or not now. `work` makes what answers; it must look at its cancel often.
    pub fn follow<W>(
        &mut self,
        about: Option<K>,
        pace: Option<Pace>,
        work: impl FnOnce() -> W,
        effects: &mut Vec<Effect>,
    ) where
        W: FnOnce(&Cancel) -> Option<V> + Send + 'static,
    {
        self.receive();
        let Some(about) = about else { return self.forget() };
        let stands = |of: &K| *of == about || about.keeps(of);
        self.found.take_if(|found| !stands(&found.about));
        if let Some(asked) = self.asked.take_if(|asked| !stands(&asked.about)) {
            asked.cancel.set();
        }
        let is_known = self.found.as_ref().is_some_and(|found| found.about == about);
        if is_known || self.asked.is_some() {
            return;
        }
        let Some(pace) = pace else { return };
        let (sender, answer) = sync_channel(1);
        let cancel = Cancel::default();
        self.asked = Some(Asked { about, cancel: cancel.clone(), answer });
        let work = Box::new(Answering { work: work(), answer: sender });
        effects.push(Effect::Job(Job::Derive(Derive { key: self.key, cancel, pace, work })));
    }

    fn receive(&mut self) {
        let Some(asked) = &self.asked else { return };
        let value = match asked.answer.try_recv() {
            Ok(value) => value,
            Err(TryRecvError::Empty) => return,
            // Given up by others: it may be asked again. What broke is not tried again.
            Err(TryRecvError::Disconnected) if asked.cancel.is_set() => return self.asked = None,
            Err(TryRecvError::Disconnected) => None,
        };
        let stamp = N_FOUND.get() + 1;
        N_FOUND.set(stamp);
        self.found = self.asked.take().map(|asked| Found { about: asked.about, value, stamp });
    }

    fn forget(&mut self) {
        self.found = None;
        if let Some(asked) = self.asked.take() {
            asked.cancel.set();
        }
    }
}

impl<K, V> Drop for Derived<K, V> {
    fn drop(&mut self) {
        if let Some(asked) = &self.asked {
            asked.cancel.set();
        }
    }
}

/// Work that knows whom to tell.
pub struct Answering<W, V> {
    /// What is to be done.
    pub work: W,
    /// Where its answer goes.
    pub answer: SyncSender<Option<V>>,
}

impl<W, V> Work for Answering<W, V>
where
    W: FnOnce(&Cancel) -> Option<V> + Send,
    V: Send,
{
    fn run(self: Box<Self>, cancel: &Cancel) {
        let answer = (self.work)(cancel);
        // Who asked may have gone, and what was cut short is no answer.
        if !cancel.is_set() && self.answer.send(answer).is_err() {
            log::debug!("an answer that nobody waits for");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that may stand while it is of the same ten.
    #[derive(Clone, Debug, PartialEq)]
    struct Ten(u32);

    impl About for Ten {
        fn keeps(&self, older: &Self) -> bool {
            self.0 / 10 == older.0 / 10
        }
    }

    struct Asker {
        squares: Derived<Ten, u32>,
        waiting: Vec<Derive>,
    }

    impl Asker {
        fn new() -> Self {
            Self { squares: Derived::new("squares", 0), waiting: Vec::new() }
        }

        /// Follows a number; what is asked joins those that wait.
        fn follow(&mut self, number: Option<u32>, pace: Option<Pace>) -> Option<u32> {
            let mut effects = Vec::new();
            let work = || {
                let number = number.unwrap();
                // 13 has bad luck.
                move |_: &Cancel| (number != 13).then_some(number * number)
            };
            self.squares.follow(number.map(Ten), pace, work, &mut effects);
            self.waiting.extend(effects.into_iter().map(|effect| match effect {
                Effect::Job(Job::Derive(derive)) => derive,
                _ => panic!("another effect"),
            }));
            self.squares.get().copied()
        }

        fn want(&mut self, number: u32) -> Option<u32> {
            self.follow(Some(number), Some(Pace::AtOnce))
        }

        /// Plays the worker for the oldest question.
        fn answer(&mut self) {
            let derive = self.waiting.remove(0);
            derive.work.run(&derive.cancel);
        }
    }

    #[test]
    fn an_answer_is_asked_for_once_and_kept() {
        let mut asker = Asker::new();
        assert_eq!((asker.want(3), asker.want(3), asker.waiting.len()), (None, None, 1));
        asker.answer();
        assert_eq!((asker.want(3), asker.waiting.len()), (Some(9), 0));
        assert_eq!((asker.want(3), asker.waiting.len()), (Some(9), 0));
        assert_eq!(asker.squares.stamp(), 1);
    }

    #[test]
    fn the_last_good_answer_stands_and_of_many_questions_the_newest_is_asked() {
        let mut asker = Asker::new();
        asker.want(3);
        asker.answer();
        (4..8).for_each(|number| assert_eq!(asker.want(number), Some(9)));
        assert_eq!(asker.waiting.len(), 1, "one question at a time");
        asker.answer();
        assert_eq!((asker.want(7), asker.waiting.len()), (Some(16), 1), "then the newest");
        asker.answer();
        assert_eq!((asker.want(7), asker.waiting.len(), asker.squares.stamp()), (Some(49), 0, 3));
    }

    #[test]
    fn an_answer_about_something_else_is_never_shown() {
        let mut asker = Asker::new();
        asker.want(3);
        asker.answer();
        asker.want(4);
        assert_eq!(asker.want(11), None, "what was known goes at once");
        assert!(asker.waiting[0].cancel.is_set(), "and the question is given up");
        asker.answer();
        assert_eq!(asker.want(11), None, "its answer says nothing");
        asker.answer();
        assert_eq!(asker.want(11), Some(121));
        assert_eq!(asker.follow(None, Some(Pace::AtOnce)), None);
        assert_eq!(asker.want(11), None, "nor does anything outlive what it was about");
    }

    #[test]
    fn without_a_pace_nothing_is_asked_but_what_is_stale_goes() {
        let mut asker = Asker::new();
        asker.want(3);
        asker.answer();
        asker.want(3);
        assert_eq!((asker.follow(Some(4), None), asker.follow(Some(12), None)), (Some(9), None));
        assert!(asker.waiting.is_empty());
    }

    #[test]
    fn no_answer_is_one_and_a_question_given_up_may_be_asked_again() {
        let mut asker = Asker::new();
        asker.want(13);
        asker.answer();
        assert_eq!((asker.want(13), asker.waiting.len()), (None, 0));
        asker.want(14);
        let given_up = asker.waiting.remove(0);
        given_up.cancel.set();
        drop(given_up);
        asker.want(14);
        assert_eq!(asker.waiting.len(), 1, "given up by others");
        drop(asker.waiting.remove(0));
        asker.want(14);
        assert!(asker.waiting.is_empty(), "what broke is not tried again");
    }

    #[test]
    fn no_answer_has_the_number_of_one_that_somebody_else_had() {
        let number = || {
            let mut asker = Asker::new();
            asker.want(3);
            asker.answer();
            asker.want(3);
            asker.squares.stamp()
        };
        assert_ne!(number(), number());
    }

    #[test]
    fn only_the_answer_to_the_very_question_answers_it() {
        let mut asker = Asker::new();
        asker.want(3);
        asker.answer();
        asker.want(4);
        assert_eq!(asker.squares.get(), Some(&9), "it stands");
        assert_eq!(asker.squares.answer_to(&Ten(4)), None, "and answers nothing");
        asker.answer();
        asker.want(4);
        assert_eq!(asker.squares.answer_to(&Ten(4)), Some(Some(&16)));
    }

    #[test]
    fn who_goes_gives_the_question_up() {
        let mut asker = Asker::new();
        asker.want(3);
        let waiting = std::mem::take(&mut asker.waiting);
        drop(asker);
        assert!(waiting[0].cancel.is_set());
    }
}
