//! Documents as text files in folders, a folder a class.

use super::Documents;
use crate::data::file::reason;
use crate::data::known::labels;
use crate::data::table::is_test;
use crate::data::text::decoded;
use crate::data::tree::{Tree, TreeFile};
use crate::data::{DataError, DataSplit, Reading, malformed};
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
        counts_titles: false,
        texts: Vec::new(),
        labels: None,
        columns: Vec::new(),
        is_test: None,
    };
    let (mut classes, mut parts) = (Vec::new(), Vec::new());
    let (mut n_bytes, mut n_noted) = (0, 0);
    for (done, file) in files.iter().enumerate() {
        reading.progress.set(done as u64, files.len() as u64);
        let shown = tree.shown(file);
        if reading.cancel.is_set() {
            return Err(reading.cancelled(&shown));
        }
        let (from, len) = opener.open(file)?;
        reading.check_size(&shown, len.unwrap_or(0))?;
        let mut bytes = Vec::new();
        // One byte more than may be tells that there are more.
        from.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| malformed(&shown, format!("it cannot be read to its end ({})", reason(&e))))?;
        if bytes.len() as u64 > MAX_BYTES {
            let problem =
                format!("it holds more than {MAX_BYTES} bytes, too many for one document; cut it into several");
            return Err(malformed(&shown, problem));
        }
        n_bytes += bytes.len() as u64;
        reading.check_size(tree.name(), n_bytes)?;
        let (text, note) = decoded(bytes);
        n_noted += usize::from(note.is_some());
        documents.texts.push(text);
        let stem = file.name.rsplit_once('.').map_or(&*file.name, |(stem, _)| stem);
        documents.titles.iter_mut().for_each(|titles| titles.push(stem.into()));
        let part = file.folders.iter().take(N_SAYING).find_map(|folder| is_test(folder));
        parts.push(part);
        let class = file.folders.iter().rev().find(|folder| is_test(folder).is_none());
        classes.push(class.cloned());
    }
    if let Some(classes) = classes.into_iter().collect::<Option<Vec<String>>>() {
        documents.labels = labels(tree.name(), &classes)?.filter(|labels| labels.names.len() > 1);
    }
    let is_test: Option<Vec<bool>> = parts.into_iter().collect();
    documents.is_test = is_test.filter(|of| of.contains(&true) && of.contains(&false));
    let mut split = documents.into_split(tree.title().into(), reading)?;
    if n_noted > 0 {
        split.notes.push(format!("texts that are no UTF-8 were read as UTF-16 or Latin-1: {n_noted}"));
    }
    Ok(Some(split))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataChoice, load};

    #[test]
    fn folders_say_the_class_and_the_part_and_files_the_title() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: String, text: &[u8]| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (part, n) in [("train", 4), ("test", 2)] {
            for (class, text) in [("cats", "whiskers purr"), ("moons", "crater orbit")] {
                (0..n).for_each(|i| put(format!("{part}/notes/{class}/{part} {i}.TXT"), text.as_bytes()));
            }
        }
        put("train/notes/cats/train latin.txt".into(), b"whiskers caf\xe9");
        let split = load(&DataChoice::Path(folder.path().into()), &Reading::default()).unwrap();
        assert_eq!([split.train.n_samples(), split.test.n_samples()], [9, 4]);
        assert_eq!(split.train.classes(), ["cats", "moons"].map(String::from), "that of the innermost folder");
        let titles: Vec<&str> = (0..4).filter_map(|i| split.test.caption(i)).collect();
        assert_eq!(titles, ["test 0", "test 1", "test 0", "test 1"]);
        assert!(split.notes.iter().any(|note| note.ends_with("UTF-16 or Latin-1: 1")), "{:?}", split.notes);
    }
}
