//! The subcommands: everything the window can do that needs no hand, for scripts and machines without a
//! display.
//!
//! Results go to files and standard output, progress to standard error. Errors are one sentence; settings
//! that cannot be used are usage errors (exit 2), everything else that goes wrong is exit 1. Nothing is left
//! half-written.

mod bench;
mod chain;
mod complete;
mod divergences;
mod export;
mod figures;
mod find;
mod help;
mod inspect;
mod kinds;
mod model_commands;
mod opening;
mod outliers;
mod parse;
mod pictures;
mod say;
mod script;
mod settings;
mod study;
mod train;
mod values;
mod writing;

pub use parse::{Args, Command, Renderer};
pub use settings::window_reading;

use crate::data::reason;
use crate::model::SpecError;
use std::process::ExitCode;

/// A mistake in how a command was written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl From<SpecError> for UsageError {
    fn from(e: SpecError) -> Self {
        Self(e.to_string())
    }
}

/// Work that Ctrl C stopped, and what became of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Interrupted(pub String);

impl Interrupted {
    /// The exit status that shells give what Ctrl C stopped.
    pub const EXIT: u8 = 130;
}

/// Runs one subcommand to its end.
pub fn run(command: &Command) -> ExitCode {
    let result = match command {
        Command::Train(args) => train::train(args),
        Command::Script(args) => script::script(args),
        Command::Eval(args) => model_commands::eval(args),
        Command::Encode(args) => export::encode(args),
        Command::Decode(args) => pictures::decode(args),
        Command::Export(args) => export::export(args),
        Command::Grid(args) => pictures::grid(args),
        Command::Interpolate(args) => pictures::interpolate(args),
        Command::Chain(args) => chain::chain(args),
        Command::Find(args) => find::find(args),
        Command::Complete(args) => complete::complete(args),
        Command::Outliers(args) => outliers::outliers(args),
        Command::Plane(args) => figures::plane(args),
        Command::Traverse(args) => figures::traverse(args),
        Command::Curves(args) => figures::curves(args),
        Command::Divergences(args) => divergences::divergences(args),
        Command::Inspect(args) => inspect::inspect(args),
        Command::Study(args) => study::run(args),
        Command::Bench(args) => bench::bench(args),
    };
    result.map_or_else(|e| report(&e), |()| ExitCode::SUCCESS)
}

/// An error with its causes, where these say anything that it does not.
fn in_one_sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain() {
        let words = reason(&cause);
        if !said.contains(&words) {
            said = if said.is_empty() { words } else { format!("{said}: {words}") };
        }
    }
    said
}

/// Says what went wrong, in one line, and which exit status that makes.
pub fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("halfmoon: {}", in_one_sentence(error));
    match error {
        _ if error.is::<UsageError>() => ExitCode::from(2),
        _ if error.is::<Interrupted>() => ExitCode::from(Interrupted::EXIT),
        _ => ExitCode::FAILURE,
    }
}
