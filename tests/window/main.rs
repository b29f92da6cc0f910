//! The whole window without a display: what a hand does, and what the session and the pictures say afterwards.

mod decode;
mod grid;
mod harness;
mod learn;
mod plane;
