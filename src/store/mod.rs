//! Bytes on disk: model files, exports (pictures, codes, losses, ONNX, the Embedding Projector, programs),
//! and the one way in which anything is written.
//!
//! Every write goes to a temporary file beside its target, is flushed, and then renamed, so that a target is
//! either the old file or the whole new one. Model files are safetensors. State dicts of PyTorch are read
//! too, their pickles as data: no program in a file is ever run. Networks of ONNX are, as the operations that
//! they are.

mod atomic;
mod brought;
mod chosen;
mod codes;
mod embedded;
mod export;
mod figure;
mod in_small;
mod losses;
mod model_file;
mod npz;
mod onnx;
mod outliers;
mod projector;
mod recognise;
mod script;
mod torch;
mod wrong_kind;

pub use atomic::{StoreError, check_target, write};
pub use brought::Beside;
pub use chosen::chosen_csv;
pub use codes::{CodedPart, CodesFormat, Split, coded, codes, npy};
pub use embedded::{EMBEDDED, Embedded, OPENING, embedded};
pub use export::{gif, gif_onward, png, rows_csv};
pub use figure::{figure_pixels, figure_png, svg};
pub use in_small::{ModelInSmall, SetInSmall, in_small};
pub use losses::losses_csv;
pub use model_file::{ModelFileError, from_bytes, is_model_file, load, open, open_as, save, to_bytes};
pub use onnx::{Part, onnx};
pub use outliers::{OutlierRow, outliers_csv};
pub use projector::{NamedFile, projector, write_folder};
pub use recognise::{PathKind, recognise};
pub use script::{ScriptError, ScriptFiles, script, script_data, write_script};
use wrong_kind::wrong_kind;
