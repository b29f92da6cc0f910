//! Bytes on disk: model files, exports, and the one way in which anything is written.
//!
//! Every write goes to a temporary file beside its target, is flushed, and then renamed, so that a target is
//! either the old file or the whole new one. Model files are safetensors. State dicts of PyTorch are read too, their pickles as
//! data: nothing of a file is ever run.

mod atomic;
mod embedded;
mod export;
mod model_file;
mod torch;
mod wrong_kind;

pub use atomic::{StoreError, check_target, write};
pub use embedded::{EMBEDDED, Embedded, OPENING, embedded};
pub use export::{codes_csv, gif, npy, png, rows_csv};
pub use model_file::{ModelFileError, from_bytes, is_model_file, load, open, open_as, save, to_bytes};
pub use torch::{Beside, weights_in};
use wrong_kind::wrong_kind;
