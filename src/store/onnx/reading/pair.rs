//! The halves of a model: both in one network, or in two files that lie side by side.

use super::checked::checked;
use super::halves::Way;
use super::is_onnx;
use super::network::Network;
use super::roles::{Found, Role, role};
use crate::data::{Dataset, NotRead, read_whole, reason};
use crate::store::brought::{Asking, Open};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most bytes of a network.
const MAX_BYTES: u64 = 2 << 30;
/// What encoders and decoders are called in names of files, each beside its counterpart.
const NAMES: [(&str, &str); 4] =
    [("encoder", "decoder"), ("Encoder", "Decoder"), ("ENCODER", "DECODER"), ("enc", "dec")];
/// What may lie in a folder that holds a model alone.
const BESIDE: [&str; 7] = ["onnx", "data", "onnx_data", "json", "txt", "md", "yaml"];

/// A model taken apart.
pub struct Halved {
    /// From samples to nothing yet.
    pub encoder: Option<Way>,
    /// From codes to samples, and the axes of these.
    pub decoder: Option<(Way, Vec<usize>)>,
    /// What may be the code, or its log-variance.
    pub codes: Vec<Found>,
    /// Every value that the encoder gives.
    pub given: Vec<Found>,
    /// Whether the code lies on the way through one network.
    pub is_whole: bool,
    /// How it was understood.
    pub notes: Vec<String>,
    /// What it is.
    pub what: String,
}

/// Takes the model of `file`, which holds `bytes`, apart, with its other half from beside it.
pub fn halved(
    asking: &mut Asking<'_>,
    file: &Path,
    bytes: &[u8],
    data: Option<&Dataset>,
) -> Result<Halved, String> {
    let role = opened(file, bytes, data)?;
    if role.is_whole {
        let x_hat = role.x_hat.as_ref().map(|x_hat| x_hat.name.clone()).unwrap_or_default();
        let notes = vec![format!("one network: samples {:?} to {x_hat:?}, codes between them", role.way.from)];
        return Ok(Halved::of(role, None, notes, "an autoencoder (ONNX)"));
    }
    let is_encoder = role.x_hat.is_none();
    let (half, other_half) = if is_encoder { ("encoder", "decoder") } else { ("decoder", "encoder") };
    let mut notes = vec![format!("{half}: {:?} of {}", role.way.from, name_of(file))];
    let sibling = counterpart(file).map(|path| (name_of(&path), fitting(&path, &role, data)));
    let mut choices = Vec::new();
    match &sibling {
        Some((name, Ok(_))) => choices.push((name.clone(), name.clone())),
        Some((name, Err(e))) => notes.push(format!("{name} beside it is left aside: {e}")),
        None => {}
    }
    choices.push((NONE.into(), "None".into()));
    let open = Open {
        name: "other",
        title: "Other half",
        help: "The file of the other half, as it is called beside this one, or its path.",
        choices,
    };
    let path = |text: &str| file.parent().unwrap_or(Path::new("")).join(text);
    let chosen = asking.ask(open, |text| path(text).is_file())?;
    let other = match sibling {
        _ if chosen == NONE => None,
        Some((name, Ok(other))) if name == chosen => Some(other),
        _ => Some(fitting(&path(&chosen), &role, data).map_err(|e| format!("its other half {chosen:?}: {e}"))?),
    };
    let what = match &other {
        Some(other) => {
            notes.push(format!("{other_half}: {:?} of {chosen}", other.way.from));
            "an encoder and a decoder (ONNX)"
        }
        None if is_encoder => "an encoder alone (ONNX): codes, and no pictures of them",
        None => "a decoder alone (ONNX): pictures of codes, and no codes of the data",
    };
    Ok(Halved::of(role, other, notes, what))
}

/// The answer that there is no other half.
pub const NONE: &str = "none";

impl Halved {
    fn of(role: Role, other: Option<Role>, notes: Vec<String>, what: &str) -> Self {
        let is_whole = role.is_whole;
        let (mut encoder, mut decoder, mut codes, mut given) = (None, None, Vec::new(), Vec::new());
        for role in [Some(role), other].into_iter().flatten() {
            let is_decoder = role.x_hat.is_some();
            if let Some(x_hat) = role.x_hat {
                decoder = Some((Way { to: vec![x_hat.name], ..role.way.clone() }, x_hat.axes));
            }
            if is_whole || !is_decoder {
                (encoder, codes, given) = (Some(role.way), role.codes, role.given);
            }
        }
        // A code that the decoder cannot take is none.
        if let Some((way, _)) = decoder.as_ref().filter(|_| !is_whole) {
            codes.retain(|code| code.len() == way.form.len());
        }
        Self { encoder, decoder, codes, given, is_whole, notes, what: what.into() }
    }
}

fn opened(file: &Path, bytes: &[u8], data: Option<&Dataset>) -> Result<Role, String> {
    let checked = checked(bytes, file.parent().unwrap_or(Path::new("")))?;
    let mut role = role(&Arc::new(Network::load(&checked, false)?), data)?;
    if !role.is_whole {
        // Nothing on the way is asked for, so that it may go faster.
        role.way.network = Arc::new(Network::load(&checked, true)?);
    }
    Ok(role)
}

/// The other half of a model in a file. The error is part of a sentence.
fn fitting(path: &Path, role: &Role, data: Option<&Dataset>) -> Result<Role, String> {
    let bytes = read_whole(path, MAX_BYTES).map_err(|e| match e {
        NotRead::Is(what) => format!("it is {what}"),
        NotRead::TooLong => "it is larger than an ONNX file can be".into(),
        NotRead::Io(e) => format!("it could not be read ({})", reason(&e)),
    })?;
    if !is_onnx(&bytes) {
        return Err("it is no ONNX file".into());
    }
    let other = opened(path, &bytes, data)?;
    let is_encoder = |role: &Role| role.x_hat.is_none();
    if other.is_whole || is_encoder(&other) == is_encoder(role) {
        return Err("it is not the other half".into());
    }
    let (encoder, decoder) = if is_encoder(role) { (role, &other) } else { (&other, role) };
    let n = decoder.way.form.len();
    if encoder.codes.iter().all(|code| code.len() != n) {
        let lengths: Vec<String> = encoder.codes.iter().map(|code| code.len().to_string()).collect();
        return Err(format!("the decoder takes codes of {n} numbers, the encoder gives {}", lengths.join(", ")));
    }
    Ok(other)
}

/// The file beside `file` that is called as its other half would be.
fn counterpart(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?;
    let swapped = NAMES.iter().flat_map(|&(one, other)| [(one, other), (other, one)]);
    let mut paths = swapped
        .filter(|(one, _)| name.contains(one))
        .map(|(one, other)| file.with_file_name(name.replace(one, other)));
    paths.find(|path| path.is_file())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The network in a folder that holds a model and nothing else, the encoder where there are two; none in any
/// other folder.
pub fn network_in(folder: &Path) -> Option<PathBuf> {
    let mut networks = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        if !path.is_file() || !BESIDE.contains(&extension.as_str()) {
            return None;
        }
        if extension == "onnx" {
            networks.push(path);
        }
    }
    networks.sort();
    let is_encoder = |path: &&PathBuf| name_of(path).to_ascii_lowercase().contains(NAMES[3].0);
    networks.iter().find(is_encoder).or(networks.first()).cloned()
}
