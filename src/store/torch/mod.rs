//! Models from PyTorch: state dicts read as data and understood as models of our own.
//!
//! [`archive`] takes a file of `torch.save` apart, [`pickle`] reads what it says without running anything,
//! [`state`] finds the tensors, [`layers`] groups them by their names, [`chain`] puts the layers in order,
//! and [`understood`] makes settings and weights of them. What the file does not say is asked, with the
//! likeliest answer first. Networks of other layers are deliberately not guessed at: the first layer that
//! does not fit is named.

mod allowed;
mod archive;
mod chain;
mod layers;
mod pickle;
mod pythae;
mod shape;
mod state;
mod understood;
mod weights;

use super::brought::{Beside, checkpoint};
use crate::train::Checkpoint;
use archive::{Archive, PICKLE, ZIP};
use safetensors::tensor::SafeTensors;
use state::StateDict;
use std::path::{Path, PathBuf};
use understood::understood;

/// Whether a file that begins so may be one of `torch.save`.
pub fn is_archive(head: &[u8]) -> bool {
    let is_pickle =
        head.first() == Some(&PICKLE) && head.get(1).is_some_and(|protocol| (2..=5).contains(protocol));
    // The length of a safetensors header may look like the start of a pickle.
    let is_safetensors = head.get(4..9).is_some_and(|head| head == [0, 0, 0, 0, b'{']);
    head.starts_with(ZIP) || is_pickle && !is_safetensors
}

/// How many bytes of a file [`looks_like_model`] wants.
pub const HEAD: u64 = 1024;
/// What the first entry of PyTorch's zip files is called, behind the name of their folder.
const FIRST: &[u8] = b"data.pkl";

/// Whether the head of a file is one of `torch.save`: a zip file may hold anything else.
pub fn looks_like_model(head: &[u8]) -> bool {
    let is_torchs = || head.windows(FIRST.len()).any(|window| window == FIRST);
    is_archive(head) && (!head.starts_with(ZIP) || is_torchs())
}

/// The weights in a folder that another library saved; none in any other folder.
pub fn weights_in(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(pythae::WEIGHTS)).filter(|file| file.is_file())
}

/// Opens a state dict: `bytes` are those of `file`, and `path` what the user named. The error is part of a
/// sentence.
pub fn open(path: &Path, file: &Path, bytes: &[u8], beside: Beside<'_>) -> Result<Checkpoint, String> {
    let n_bytes = bytes.len();
    let (archive, tensors);
    let (state, container) = if is_archive(bytes) {
        archive = Archive::read(bytes)?;
        (StateDict::of_archive(&archive, n_bytes)?, "PyTorch")
    } else {
        tensors = SafeTensors::deserialize(bytes).map_err(|e| format!("it is no whole safetensors file ({e})"))?;
        (StateDict::of_safetensors(&tensors, n_bytes)?, "safetensors")
    };
    let found = understood(&state, pythae::beside(file), beside)?;
    let what = format!("a state dict of {} tensors ({container})", state.tensors.len());
    Ok(checkpoint(path, what, found, beside.data))
}

#[cfg(test)]
mod tests;
