//! Commands on their way to a thread, and the flag by which running work learns that one waits.

use crate::data::Cancel;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// Commands that wait, oldest first. The flag changes under the same lock as they do, so it is set exactly
/// while one waits or the box is closed: no command is overlooked, and none cuts itself short.
pub struct Mailbox<T> {
    waiting: Mutex<Waiting<T>>,
    arrived: Condvar,
    interrupt: Cancel,
}

struct Waiting<T> {
    commands: VecDeque<T>,
    is_closed: bool,
}

/// What was found in a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub enum Mail<T> {
    /// The oldest command.
    Command(T),
    /// Nothing; only for one who does not wait.
    Nothing,
    /// Nothing, and nothing comes any more.
    Closed,
}

/// Commands that may wait: running work looks up within a mini-batch, so more never pile up.
const MAX_WAITING: usize = 64;

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        let waiting = Waiting { commands: VecDeque::new(), is_closed: false };
        Self { waiting: Mutex::new(waiting), arrived: Condvar::new(), interrupt: Cancel::default() }
    }
}

impl<T> Mailbox<T> {
    /// Sends a command, then asks running work to look up; says whether there was room.
    pub fn send(&self, command: T) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_closed || waiting.commands.len() == MAX_WAITING {
            return false;
        }
        waiting.commands.push_back(command);
        self.interrupt.set();
        self.arrived.notify_one();
        true
    }

    /// Lets the reader end; what waits is not obeyed any more.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_closed = true;
        waiting.commands.clear();
        self.interrupt.set();
        self.arrived.notify_one();
    }

    /// Takes the oldest command; where there is none, waits for one or says so.
    pub fn take(&self, waits: bool) -> Mail<T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if waiting.is_closed {
                return Mail::Closed;
            }
            if let Some(command) = waiting.commands.pop_front() {
                if waiting.commands.is_empty() {
                    self.interrupt.clear();
                }
                return Mail::Command(command);
            }
            if !waits {
                return Mail::Nothing;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Set while a command waits, for running work to look at.
    pub fn interrupt(&self) -> &Cancel {
        &self.interrupt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_set_exactly_while_a_command_waits() {
        let mailbox = Mailbox::default();
        assert!(!mailbox.interrupt().is_set());
        assert!(mailbox.send(1) && mailbox.send(2));
        assert!(mailbox.interrupt().is_set(), "running work is told");
        assert_eq!(mailbox.take(true), Mail::Command(1));
        assert!(mailbox.interrupt().is_set(), "another one waits");
        assert_eq!(mailbox.take(false), Mail::Command(2));
        assert!(!mailbox.interrupt().is_set(), "a command does not cut itself short");
        assert_eq!(mailbox.take(false), Mail::Nothing);
    }

    #[test]
    fn closing_interrupts_and_leaves_nothing_to_obey() {
        let mailbox = Mailbox::default();
        mailbox.send(1);
        mailbox.close();
        assert!(mailbox.interrupt().is_set());
        assert_eq!(mailbox.take(true), Mail::Closed);
        assert!(!mailbox.send(2));
    }

    #[test]
    fn no_more_pile_up_than_there_is_room_for() {
        let mailbox = Mailbox::default();
        assert_eq!((0..100).filter(|&i| mailbox.send(i)).count(), MAX_WAITING);
    }
}
