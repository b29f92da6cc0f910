//! Short messages for the user.

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
    /// Tells messages apart.
    pub id: u64,
    /// How it is meant.
    pub kind: ToastKind,
    /// What happened.
    pub first: String,
    /// What stands now, or what to do.
    pub second: String,
}
