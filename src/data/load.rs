//! What a path holds, told by its content, and the loader that reads it.

use super::aligned::with_pictures;
use super::file::is_text;
use super::tree::Tree;
use super::{
    DataChoice, DataError, DataSplit, Reading, embedded, idx, images, malformed, moons, npy, table, toys, words,
};
use std::io::Read;
use std::path::Path;

/// Bytes by which a format is known.
const N_SNIFFED: usize = 512;

/// Loads both splits; what is no embedded set is read as `reading` says.
pub fn load(choice: &DataChoice, reading: &Reading) -> Result<DataSplit, DataError> {
    let loaded = match choice {
        DataChoice::Moons => moons::all_phases(),
        DataChoice::FullHalf => moons::full_and_half(),
        DataChoice::Mnist => embedded::mnist(),
        DataChoice::Emoji => embedded::emoji(),
        DataChoice::EmojiSmall => embedded::emoji_small(),
        DataChoice::Iris => embedded::iris(reading),
        DataChoice::Wine => embedded::wine(reading),
        DataChoice::TwoMoons => toys::two_moons(),
        DataChoice::Ring => toys::ring(),
        DataChoice::Spiral => toys::spiral(),
        DataChoice::Bumps => toys::bumps(),
        DataChoice::Wordnet => embedded::wordnet(reading),
        DataChoice::Sentences => embedded::sentences(reading),
        DataChoice::Drawn(points) => points.table(),
        DataChoice::Path(path) if path.is_dir() => load_tree(&Tree::of_folder(path, reading)?, reading),
        DataChoice::Path(path) => load_file(path, reading),
    };
    let mut split = loaded?;
    if let Some(path) = &reading.pictures_at {
        split.train = with_pictures(split.train, path, reading)?;
        split.test = if split.train.are_codes() { split.train.clone() } else { split.test };
    }
    split.reading = reading.made.clone();
    if !matches!(choice, DataChoice::Path(_) | DataChoice::Drawn(_)) && Path::new(&choice.to_string()).exists() {
        split.notes.insert(0, format!("the embedded set is taken; ./{choice} is the one that lies here"));
    }
    Ok(split)
}

/// Loads what lies in a folder or zip, by what there is.
fn load_tree(tree: &Tree, reading: &Reading) -> Result<DataSplit, DataError> {
    let loaders = [idx::load_tree, npy::load_tree, images::load_tree, table::load_tree, words::load_tree];
    for load in loaders {
        if let Some(loaded) = load(tree, reading)? {
            return Ok(loaded);
        }
    }
    Err(malformed(
        tree.name(),
        "there is no picture in it, no .npy, no .csv, not two .txt, and no file named like train-images-idx3-ubyte (or with .gz); choose the folder that holds some",
    ))
}

/// What a file is, by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Zip,
    Idx,
    Array,
    Table,
    /// Something else, in words, and what to do with it.
    Other(&'static str, &'static str),
}

fn load_file(path: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    let name = path.display().to_string();
    match format_of(path, reading)? {
        Format::Zip => load_tree(&Tree::of_zip(path, reading)?, reading),
        Format::Idx => load_beside(path, reading, idx::load_file),
        Format::Array => load_beside(path, reading, npy::load_file),
        Format::Table => table::load_file(&Tree::of_file(path), reading),
        Format::Other(what, instead) => Err(malformed(&name, format!("it is {what}; {instead}"))),
    }
}

/// Loads a file with those that lie beside it and belong to it.
fn load_beside(
    path: &Path,
    reading: &Reading,
    load: impl Fn(&Tree, &str, &Reading) -> Result<Option<DataSplit>, DataError>,
) -> Result<DataSplit, DataError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let tree = Tree::of_one_folder(folder.unwrap_or(Path::new(".")), reading)?;
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    let loaded = load(&tree, &own, reading)?;
    loaded.ok_or_else(|| {
        malformed(&path.display().to_string(), "it cannot be found in its folder; choose the folder")
    })
}

/// What a file is, by its first bytes.
pub fn format_of(path: &Path, reading: &Reading) -> Result<Format, DataError> {
    let tree = Tree::of_file(path);
    let mut opener = tree.opener(reading);
    let (from, _) = opener.open(&tree.files()[0])?;
    let mut head = Vec::new();
    // What is damaged has a short head, and its loader says why.
    from.take(N_SNIFFED as u64).read_to_end(&mut head).ok();
    Ok(format(&head))
}

fn format(head: &[u8]) -> Format {
    let is_model = head.get(8) == Some(&b'{') && head.get(4..8) == Some(&[0; 4]);
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Format::Zip,
        [0, 0, 8..=14, 1..=4, ..] | [1..=4, 8..=14, 0, 0, ..] => Format::Idx,
        _ if head.starts_with(npy::MAGIC) => Format::Array,
        [0x80, 2..=5, ..] => Format::Other("a pickle, which could do anything when it is read", SAVE_NPZ),
        [0x89, b'H', b'D', b'F', ..] => Format::Other("an HDF5 file", SAVE_NPZ),
        // A table may have columns of these names.
        _ if is_of_matlab(head) => Format::Other("a file of MATLAB's", SAVE_NPZ),
        [b'P', b'A', b'R', b'1', ..] if !is_text(head) => Format::Other("a Parquet file", "save the table as CSV"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Format::Other("an old Excel file", "save the table as CSV"),
        _ if is_model => Format::Other("a model, not data", "open it as a model, and choose data beside it"),
        _ if images::is_picture(head) => {
            Format::Other("one picture", "choose the folder that holds it and others")
        }
        // Text in UTF-16.
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Format::Table,
        _ if head.contains(&0) => {
            Format::Other("of no kind that is known", "choose a table, arrays, or a folder of pictures")
        }
        _ => Format::Table,
    }
}

/// Whether a file begins as MATLAB's do: in words, by which it can be told from a table.
fn is_of_matlab(head: &[u8]) -> bool {
    const WORDS: &[u8] = b"MAT-file";
    head.starts_with(b"MATLAB ") && head.windows(WORDS.len()).any(|words| words == WORDS)
}

const SAVE_NPZ: &str = "save its arrays with numpy.savez, and choose that file";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_may_begin_with_the_letters_that_another_format_is_known_by() {
        for head in [
            "BMI,age\n21.5,30\n",
            "P1,P2\n0,1\n",
            "P5\tP6\n0\t1\n",
            "PAR1;PAR2\n1;2\n",
            "MATLAB,R\n1,0\n",
            "GIF89a\n3\n",
            "qoif\n1\n",
        ] {
            assert_eq!(format(head.as_bytes()), Format::Table, "{head:?}");
        }
        // A bitmap of 28 × 28 pixels as it begins: its length, nothing, where its pixels lie, and its
        // header's.
        let bitmap = b"BM\x46\x07\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x1c\0\0\0\x1c\0\0\0";
        let others: [&[u8]; 3] = [bitmap, b"PAR1\x15\x04\x15\x10", b"MATLAB 5.0 MAT-file, Platform: GLNXA64"];
        for head in others {
            assert!(matches!(format(head), Format::Other(..)), "{head:?}");
        }
    }
}
