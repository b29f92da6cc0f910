//! Standard output, whose reader may go away: `halfmoon eval … | head -1`.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints a line. Where nobody reads any more, nothing is said, and the work goes on.
pub fn say(line: impl Display) {
    print(format_args!("{line}\n"));
}

/// Prints a text as it is.
pub fn print(text: impl Display) {
    let mut out = std::io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => log::warn!("standard output: {e}"),
        _ => {}
    }
}
