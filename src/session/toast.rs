//! Short messages for the user.

use std::path::PathBuf;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// Something is done.
    Good,
    /// Something happened.
    Info,
    /// Something failed; stays until closed.
    Bad,
}

/// A message: what happened, and what stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Tells messages apart; never used twice.
    pub id: u64,
    /// How it is meant.
    pub kind: ToastKind,
    /// What happened.
    pub first: String,
    /// What stands now, or what to do.
    pub second: String,
    /// The file or folder that it is about, where something was written.
    pub path: Option<PathBuf>,
}

/// Messages that are shown, oldest first.
#[derive(Default)]
pub struct Toasts {
    list: Vec<Toast>,
    next_id: u64,
}

/// Messages shown at a time.
const MAX_SHOWN: usize = 3;

impl Toasts {
    /// The messages.
    pub fn list(&self) -> &[Toast] {
        &self.list
    }

    /// Adds a message and returns its name. Where there are too many, the oldest goes that is no error, else
    /// the oldest error.
    pub fn push(&mut self, kind: ToastKind, first: String, second: String) -> u64 {
        let first = sentence_case(first);
        if kind == ToastKind::Bad {
            log::warn!("{first}");
        }
        self.list.push(Toast { id: self.next_id, kind, first, second, path: None });
        self.next_id += 1;
        if self.list.len() > MAX_SHOWN {
            let newest = self.list.len() - 1;
            let oldest = self.list[..newest].iter().position(|toast| toast.kind != ToastKind::Bad);
            self.list.remove(oldest.unwrap_or(0));
        }
        self.next_id - 1
    }

    /// Says which file the newest message is about.
    pub fn about_file(&mut self, path: PathBuf) {
        self.list.last_mut().into_iter().for_each(|toast| toast.path = Some(path.clone()));
    }

    /// Closes a message.
    pub fn dismiss(&mut self, id: u64) {
        self.list.retain(|toast| toast.id != id);
    }
}

/// An error's text as a sentence: a first word takes a capital, a file name keeps its letters.
fn sentence_case(mut text: String) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let is_word = word.chars().all(|c| c.is_ascii_lowercase());
    if is_word && let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_outlive_news_and_ids_are_never_used_twice() {
        let mut toasts = Toasts::default();
        toasts.push(ToastKind::Bad, "could not".into(), String::new());
        for i in 0..3 {
            toasts.push(ToastKind::Info, format!("news {i}"), String::new());
        }
        let shown: Vec<&str> = toasts.list().iter().map(|toast| toast.first.as_str()).collect();
        assert_eq!(shown, ["Could not", "News 1", "News 2"]);
        let last = toasts.list()[2].id;
        toasts.dismiss(last);
        toasts.push(ToastKind::Good, "saved".into(), String::new());
        assert!(toasts.list()[2].id > last);
    }
}
