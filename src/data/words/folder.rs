//! Documents as text files in folders, a folder a class.

use super::Documents;
use crate::data::file::reason;
use crate::data::tree::{Tree, TreeFile};
use crate::data::{DataError, DataSplit, Reading, malformed, table};
use std::io::Read;

/// Endings of text files.
const ENDINGS: [&str; 3] = [".txt", ".text", ".md"];
/// Most bytes that one document may hold.
const MAX_BYTES: u64 = 1 << 24;
/// Folders by which it may be said what documents are for, from the named one down.
const N_SAYING: usize = 2;

/// Loads the text files of a folder or zip as documents; none where there are none.
pub fn load_tree(tree: &Tree, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    let is_text = |file: &&TreeFile| {
        let name = file.name.to_lowercase();
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let files: Vec<&TreeFile> = tree.files().iter().filter(is_text).collect();
    if files.len() < 2 {
        return Ok(None);
    }
    let mut opener = tree.opener(reading);
    let mut documents = Documents {
        file: tree.name().into(),
        titles: Some(Vec::new()),
        texts: Vec::new(),
        labels: None,
        columns: Vec::new(),
        is_test: None,
    };
    let (mut classes, mut parts) = (Vec::new(), Vec::new());
    for (done, file) in files.iter().enumerate() {
        reading.progress.set(done as u64, files.len() as u64);
        let shown = tree.shown(file);
        if reading.cancel.is_set() {
            return Err(reading.cancelled(&shown));
        }
        let (from, len) = opener.open(file)?;
        reading.check_size(&shown, len.unwrap_or(0))?;
        let mut bytes = Vec::new();
        from.take(MAX_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|e| malformed(&shown, format!("it cannot be read to its end ({})", reason(&e))))?;
        documents.texts.push(table::decoded(bytes).0);
        let stem = file.name.rsplit_once('.').map_or(&*file.name, |(stem, _)| stem);
        documents.titles.iter_mut().for_each(|titles| titles.push(stem.into()));
        let part = file.folders.iter().take(N_SAYING).find_map(|folder| table::is_test(folder));
        parts.push(part);
        let class = file.folders.iter().rev().find(|folder| table::is_test(folder).is_none());
        classes.push(class.cloned());
    }
    if let Some(classes) = classes.into_iter().collect::<Option<Vec<String>>>() {
        documents.labels = table::labels(tree.name(), &classes)?.filter(|labels| labels.names.len() > 1);
    }
    let is_test: Option<Vec<bool>> = parts.into_iter().collect();
    documents.is_test = is_test.filter(|of| of.contains(&true) && of.contains(&false));
    documents.into_split(tree.title().into(), reading).map(Some)
}
