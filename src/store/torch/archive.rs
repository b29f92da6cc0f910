//! The two containers of `torch.save`: a zip file with one pickle and a file a storage, and before PyTorch
//! 1.6 some pickles followed by the storages.
//!
//! Nothing is unpacked: PyTorch stores its entries as they are, so a storage is a part of the file.

use super::pickle::{self, Node, Pickle};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};

/// A file of `torch.save`: what it says, and where its numbers are.
pub struct Archive<'a> {
    /// The pickled object.
    pub pickle: Pickle,
    /// Bytes of the storages by their keys.
    pub storages: HashMap<String, &'a [u8]>,
}

/// How a zip file begins.
pub const ZIP: &[u8] = b"PK\x03\x04";
/// How a pickle of protocol 2 to 5 begins, the protocol left out.
pub const PICKLE: u8 = 0x80;
/// How a file of `torch.save` before PyTorch 1.6 begins: with a pickled number.
const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

impl<'a> Archive<'a> {
    /// Takes a file of `torch.save` apart. The error is part of a sentence.
    pub fn read(bytes: &'a [u8]) -> Result<Self, String> {
        if bytes.starts_with(LEGACY) {
            Self::legacy(bytes)
        } else if bytes.first() == Some(&PICKLE) {
            // Whatever it names is refused first; numbers of tensors it could not hold.
            pickle::read(bytes)?;
            Err("it is a plain pickle; save the weights by torch.save(model.state_dict(), \"weights.pt\")".into())
        } else {
            Self::zip(bytes)
        }
    }

    fn zip(bytes: &'a [u8]) -> Result<Self, String> {
        let broken = |e: zip::result::ZipError| format!("it is no whole zip file ({e}); save it again");
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        let names: Vec<String> = zip.file_names().filter_map(Result::ok).map(Cow::into_owned).collect();
        let Some(pickled) = names.iter().find(|name| *name == "data.pkl" || name.ends_with("/data.pkl")) else {
            if names.iter().any(|name| name.ends_with(".npy")) {
                return Err("it holds arrays of NumPy and no model; open it as data".into());
            }
            return Err(format!(
                "it is a zip file and none of PyTorch's (it holds {}); take the model out of it",
                names.first().map_or("nothing", String::as_str)
            ));
        };
        let root = pickled.trim_end_matches("data.pkl").to_owned();
        if names.iter().any(|name| name.strip_prefix(&root).is_some_and(|name| name == "constants.pkl")) {
            return Err(
                "it is a TorchScript program; save the weights alone: torch.save(model.state_dict(), \"weights.pt\")".into()
            );
        }
        let mut text = Vec::new();
        let entry = zip.by_name(pickled).map_err(broken)?;
        entry
            .take(pickle::MAX_BYTES as u64)
            .read_to_end(&mut text)
            .map_err(|e| format!("its pickle is damaged ({e}); save it again"))?;
        let mut storages = HashMap::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(broken)?;
            let whole = entry.name().map_err(broken)?;
            let Some(name) = whole.strip_prefix(&root) else { continue };
            if name == "byteorder" && bytes_of(bytes, &entry) == Some(b"big") {
                return Err(
                    "its numbers are stored the highest byte first; load and save it on an ordinary machine"
                        .into(),
                );
            }
            let Some(key) = name.strip_prefix("data/").map(String::from) else { continue };
            let stored = bytes_of(bytes, &entry)
                .ok_or_else(|| format!("its part {name} is packed or cut off; save it again by torch.save"))?;
            storages.insert(key, stored);
        }
        Ok(Self { pickle: pickle::read(&text)?, storages })
    }

    fn legacy(bytes: &'a [u8]) -> Result<Self, String> {
        let mut rest = &bytes[LEGACY.len()..];
        let mut next = || {
            let read = pickle::read(rest)?;
            rest = &rest[read.len..];
            Ok::<_, String>(read)
        };
        // The version of the format, and the machine's sizes of numbers.
        next()?;
        next()?;
        let (pickle, keys) = (next()?, next()?);
        let mut sizes = HashMap::new();
        for node in &pickle.nodes {
            if let Node::Storage(storage) = node
                && let (Node::Text(key), Node::Name(kind)) =
                    (&pickle.nodes[storage.key], &pickle.nodes[storage.kind])
            {
                sizes.insert(key.as_str(), super::state::size_of(kind));
            }
        }
        let Node::List(keys_at) = &keys.nodes[keys.root] else { return Err(cut_off()) };
        let mut storages = HashMap::new();
        for at in keys_at {
            let Node::Text(key) = &keys.nodes[*at] else { return Err(cut_off()) };
            let (head, after) = rest.split_at_checked(8).ok_or_else(cut_off)?;
            let n = head.iter().rev().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
            let size = sizes.get(key.as_str()).copied().flatten().ok_or_else(cut_off)?;
            let len = usize::try_from(n).ok().and_then(|n| n.checked_mul(size)).ok_or_else(cut_off)?;
            let (stored, after) = after.split_at_checked(len).ok_or_else(cut_off)?;
            storages.insert(key.clone(), stored);
            rest = after;
        }
        Ok(Self { pickle, storages })
    }
}

/// The part of a zip file that an entry is; none where it is packed or lies beyond the end.
fn bytes_of<'a, R: Read>(bytes: &'a [u8], entry: &zip::read::ZipFile<'_, R>) -> Option<&'a [u8]> {
    let start = usize::try_from(entry.data_start()?).ok()?;
    let len = usize::try_from(entry.size()).ok()?;
    let is_stored = entry.compression() == zip::CompressionMethod::Stored && !entry.encrypted();
    bytes.get(start..start.checked_add(len)?).filter(|_| is_stored)
}

fn cut_off() -> String {
    "its storages are cut off or damaged; save it again".into()
}
