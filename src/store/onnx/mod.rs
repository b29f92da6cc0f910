//! ONNX, which most programs that run networks read and write: models of ours as such files ([`writing`]),
//! and such files as models that are looked at as they are ([`reading`]).

mod reading;
mod writing;

pub use reading::{is_onnx, network_in, open};
pub use writing::{Part, onnx};
