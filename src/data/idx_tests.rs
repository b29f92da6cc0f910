//! Every way an idx file or folder can be wrong, and that none of them panics.

use super::*;
use proptest::prelude::*;
use std::io::Write;

fn images(n: u32, height: u32, width: u32, bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3];
    [n, height, width].iter().for_each(|dim| file.extend(dim.to_be_bytes()));
    file.extend(bytes);
    file
}

fn labels(of: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 1];
    file.extend((of.len() as u32).to_be_bytes());
    file.extend(of);
    file
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn parse_plain(bytes: &[u8]) -> Result<Idx, String> {
    parse("file", bytes, Some(bytes.len() as u64), &Reading::default()).map_err(|e| e.to_string())
}

/// A folder of the given files, loaded.
fn folder(files: &[(&str, Vec<u8>)]) -> Result<DataSplit, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    load_folder(folder.path(), &Reading::default()).map_err(|e| e.to_string())
}

fn four_files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("train-images-idx3-ubyte", images(3, 1, 2, &[1, 2, 3, 4, 5, 6])),
        ("train-labels-idx1-ubyte", labels(&[0, 1, 2])),
        ("t10k-images-idx3-ubyte.gz", gz(&images(1, 1, 2, &[7, 8]))),
        ("t10k-labels-idx1-ubyte.gz", gz(&labels(&[1]))),
    ]
}

fn fails_with(result: Result<DataSplit, String>, words: &[&str]) {
    let error = result.expect_err("it loaded");
    for word in words {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
}

#[test]
fn plain_and_compressed_files_load() {
    let split = folder(&four_files()).unwrap();
    assert_eq!((split.train.n_samples(), split.test.n_samples()), (3, 1));
    assert_eq!(split.test.image(0), Some([7, 8].as_slice()));
    assert_eq!(split.train.labels().unwrap().names.len(), 3);
}

#[test]
fn labels_may_be_missing_and_one_set_is_split() {
    let bytes: Vec<u8> = (0..24).collect();
    let split = folder(&[("train-images-idx3-ubyte", images(12, 1, 2, &bytes))]).unwrap();
    assert_eq!((split.train.n_samples(), split.test.n_samples()), (10, 2));
    assert!(split.train.labels().is_none());
}

#[test]
fn colour_images_become_channels_first() {
    let mut file = vec![0, 0, 8, 4];
    [6u32, 1, 2, 3].iter().for_each(|dim| file.extend(dim.to_be_bytes()));
    (0..6).for_each(|_| file.extend([10, 20, 30, 11, 21, 31]));
    let files = [("set-rgb-images-idx4-ubyte", file), ("set-labels-idx1-ubyte", labels(&[0; 6]))];
    let split = folder(&files).unwrap();
    assert_eq!(split.train.image(0), Some([10, 11, 20, 21, 30, 31].as_slice()));
    assert!(split.train.labels().is_some());
}

#[test]
fn images_of_two_channels_are_refused_as_such() {
    let mut file = vec![0, 0, 8, 4];
    [1u32, 1, 1, 2].iter().for_each(|dim| file.extend(dim.to_be_bytes()));
    file.extend([1, 2]);
    assert!(parse_plain(&file).unwrap_err().contains("2 channels; 1 and 3 can be read"));
}

#[test]
fn what_is_read_lies_in_memory_once() {
    let files = [("train-images-idx3-ubyte.gz", gz(&images(60_000, 5, 10, &vec![3; 3_000_000])))];
    let split = folder(&files).unwrap();
    let (address, bytes) = split.train.heap();
    assert_eq!(split.test.heap().0, address, "one file's two parts are one piece of memory");
    assert_eq!(bytes, 3_000_000, "which holds the values and no spare room");
}

#[test]
fn a_missing_folder_or_file_is_named() {
    let missing = load_folder(Path::new("no/such/folder"), &Reading::default()).unwrap_err().to_string();
    assert!(missing.contains("no/such/folder") && missing.contains("check the path"));
    fails_with(folder(&[]), &["train-images-idx3-ubyte", "choose the folder"]);
    let mut one_sided = four_files();
    one_sided.remove(3);
    fails_with(folder(&one_sided), &["none for testing"]);
}

#[test]
fn truncated_over_long_and_empty_files_are_refused() {
    for compressed in [false, true] {
        let broken = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut files = four_files();
            let mut bytes = images(3, 1, 2, &[1, 2, 3, 4, 5, 6]);
            change(&mut bytes);
            files[0] = if compressed {
                ("train-images-idx3-ubyte.gz", gz(&bytes))
            } else {
                ("train-images-idx3-ubyte", bytes)
            };
            folder(&files)
        };
        fails_with(broken(&|bytes| bytes.truncate(19)), &["train-images", "3 bytes", "declares 6", "cut short"]);
        fails_with(broken(&|bytes| bytes.truncate(9)), &["header"]);
        fails_with(broken(&|bytes| bytes.push(0)), &["more than the 6 bytes"]);
        fails_with(broken(&|bytes| bytes.clear()), &["empty"]);
        fails_with(broken(&|bytes| bytes[4..8].fill(0)), &["no samples"]);
        fails_with(broken(&|bytes| bytes[8..12].fill(0)), &["samples of 0×2"]);
        fails_with(broken(&|bytes| bytes[8..16].fill(0xff)), &["samples of 4294967295×4294967295"]);
        fails_with(broken(&|bytes| bytes[0] = 7), &["07 00 08 03", "IDX"]);
    }
    let mut files = four_files();
    files[2].1.truncate(25);
    fails_with(folder(&files), &["t10k-images", "breaks off"]);
}

#[test]
fn gzip_of_several_members_is_read_and_junk_behind_it_is_not() {
    let bytes = images(3, 1, 2, &[1, 2, 3, 4, 5, 6]);
    let (first, second) = bytes.split_at(18);
    let whole = [gz(first), gz(second)].concat();
    assert_eq!(decompress("file", &whole, &Reading::default()).unwrap().bytes, [1, 2, 3, 4, 5, 6]);
    let junk = [gz(&bytes), b"junk behind it".to_vec()].concat();
    assert!(decompress("file", &junk, &Reading::default()).unwrap_err().to_string().contains("damaged"));
}

#[test]
fn reading_stops_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in four_files() {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let reading = Reading::default();
    assert!(load_folder(folder.path(), &reading).is_ok());
    reading.cancel.set();
    assert!(load_folder(folder.path(), &reading).unwrap_err().to_string().contains("cancelled"));
}

#[test]
fn a_declared_size_is_not_believed() {
    let huge = images(u32::MAX, 1000, 1000, &[0; 64]);
    assert!(
        parse("file", &huge[..], None, &Reading::default()).unwrap_err().to_string().contains("above the limit")
    );
    let large = images(4_000_000, 28, 28, &[0; 64]);
    assert!(parse_plain(&large).unwrap_err().contains("cut short"));
    assert!(decompress("file", &gz(&large), &Reading::default()).unwrap_err().to_string().contains("cut short"));
    let reading = Reading { max_bytes: 10, ..Reading::default() };
    let above = parse("file", &images(3, 2, 2, &[0; 12])[..], None, &reading).unwrap_err().to_string();
    assert!(above.contains("12 bytes") && above.contains("data.max_bytes"), "{above}");
}

#[test]
fn mislabelled_files_are_told_apart() {
    let mut swapped = four_files();
    let (a, b) = (swapped[0].1.clone(), swapped[1].1.clone());
    (swapped[0].1, swapped[1].1) = (b, a);
    fails_with(folder(&swapped), &["swapped"]);
    let mut both_images = four_files();
    both_images[1].1 = both_images[0].1.clone();
    fails_with(folder(&both_images), &["train-labels", "images where labels"]);
    let mut too_few = four_files();
    too_few[1].1 = labels(&[0, 1]);
    fails_with(folder(&too_few), &["2 labels", "3 images"]);
    let mut other_size = four_files();
    other_size[2].1 = gz(&images(1, 2, 2, &[7, 8, 9, 9]));
    fails_with(folder(&other_size), &["must agree"]);
    let mut new_class = four_files();
    new_class[3].1 = gz(&labels(&[9]));
    fails_with(folder(&new_class), &["up to 9"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_plain(&bytes);
        let _ = decompress("file", &bytes, &Reading::default());
        let _ = decompress("file", &gz(&bytes), &Reading::default());
    }

    #[test]
    fn a_changed_byte_never_panics(at in 0usize..22, to in any::<u8>(), cut in 0usize..23) {
        let mut bytes = images(3, 1, 2, &[1, 2, 3, 4, 5, 6]);
        bytes[at] = to;
        bytes.truncate(cut);
        let _ = parse_plain(&bytes);
        let _ = parse("file", &bytes[..], None, &Reading { max_bytes: 1 << 16, ..Reading::default() });
    }
}
