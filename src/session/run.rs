//! The run on the train thread: whose it is, and where it stands.

use crate::worker::{SlotId, TrainStatus};

/// The life of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunState {
    /// There is none.
    #[default]
    None,
    /// It is being set up, and nothing of it was shown yet.
    Building,
    /// Between steps, ready to go on.
    Idle,
    /// It takes steps, or was asked to.
    Running,
    /// It still takes steps, but was asked to end.
    Ending,
    /// It is not spoken of any more, though its model stays.
    Ended,
}

impl RunState {
    /// Whether steps are taken, or were asked for.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::Ending)
    }

    /// Whether it can go on from where it stands.
    pub const fn is_at_rest(self) -> bool {
        matches!(self, Self::Idle | Self::Ended)
    }

    /// After the user asked it to end.
    pub const fn asked_to_end(self) -> Self {
        match self {
            Self::Running | Self::Ending => Self::Ending,
            Self::Idle | Self::Ended => Self::Ended,
            Self::None | Self::Building => self,
        }
    }

    /// After its model was shown.
    pub const fn shown(self) -> Self {
        if matches!(self, Self::Building) { Self::Idle } else { self }
    }

    /// After it stopped between two steps.
    pub const fn stopped(self) -> Self {
        match self {
            Self::Ending | Self::Ended => Self::Ended,
            _ => Self::Idle,
        }
    }
}

/// The one run that the train thread holds.
#[derive(Default)]
pub struct RunInHand {
    /// Whose weights it trains.
    pub slot: SlotId,
    /// Counts the runs; answers about older ones are stale.
    pub generation: u64,
    /// Where its life stands.
    pub state: RunState,
    /// Where its training stands, once it is set up.
    pub status: Option<TrainStatus>,
    /// How many multiplications and additions a second training was last seen to take.
    pub speed: Option<f64>,
}
