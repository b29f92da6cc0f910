//! Every way an idx file or folder can be wrong, and that none of them panics.

use super::*;
use crate::data::{DataChoice, DataSplit, SampleKind};
use proptest::prelude::*;
use std::io::Write;
use std::path::Path;

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

fn parse_plain(bytes: &[u8]) -> Result<Array, String> {
    parse("file", bytes, Some(bytes.len() as u64), &Reading::default()).map_err(|e| e.to_string())
}

/// As the user meets it: among the other things that a folder may hold.
fn load_folder(folder: &Path, reading: &Reading) -> Result<DataSplit, DataError> {
    crate::data::load(&DataChoice::Path(folder.into()), reading)
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
        ("train-images-idx3-ubyte", images(3, 1, 2, &[100, 2, 3, 4, 5, 6])),
        ("train-labels-idx1-ubyte", labels(&[0, 1, 2])),
        ("t10k-images-idx3-ubyte.gz", gz(&images(1, 1, 2, &[7, 80]))),
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
    assert_eq!(split.test.image(0), Some([7, 80].as_slice()));
    assert_eq!(split.train.labels().unwrap().names.len(), 3);
}

#[test]
fn labels_may_be_missing_and_one_set_is_split() {
    let bytes: Vec<u8> = (100..124).collect();
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

/// A file of any type: its code, its lengths, its values as bytes.
fn of_type(code: u8, dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, code, dims.len() as u8];
    dims.iter().for_each(|dim| file.extend(dim.to_be_bytes()));
    file.extend(values);
    file
}

fn classes(split: &DataSplit) -> Vec<&str> {
    split.train.labels().unwrap().names.iter().map(String::as_str).collect()
}

/// The pixels of all samples of a part, from 0 to 1.
fn pixels(part: &crate::data::Dataset) -> Vec<f32> {
    let mut x = ndarray::Array2::zeros((part.n_samples(), part.n_features()));
    part.gather(&(0..part.n_samples() as u32).collect::<Vec<_>>(), &mut x);
    x.into_iter().collect()
}

#[test]
fn names_say_what_belongs_together_whatever_their_endings() {
    let (train, test) = (images(3, 1, 2, &[100, 2, 3, 4, 5, 6]), images(1, 1, 2, &[7, 80]));
    let (of_train, of_test) = (labels(&[0, 1, 2]), labels(&[1]));
    let sets = [
        ["train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"],
        [
            "train-images-idx3-ubyte.bin",
            "train-labels-idx1-ubyte.bin",
            "t10k-images-idx3-ubyte.bin",
            "t10k-labels-idx1-ubyte.bin",
        ],
        [
            "emnist-letters-train-images-idx3-ubyte",
            "emnist-letters-train-labels-idx1-ubyte",
            "emnist-letters-test-images-idx3-ubyte",
            "emnist-letters-test-labels-idx1-ubyte",
        ],
        ["Train_Images.idx", "Train_Labels.idx", "Test_Images.idx", "Test_Labels.idx"],
    ];
    for [a, b, c, d] in sets {
        for is_packed in [false, true] {
            let pack = |bytes: &[u8]| if is_packed { gz(bytes) } else { bytes.to_vec() };
            let files = [(a, pack(&train)), (b, pack(&of_train)), (c, pack(&test)), (d, pack(&of_test))];
            let split = folder(&files).unwrap_or_else(|e| panic!("{a}: {e}"));
            assert_eq!((split.train.n_samples(), split.test.n_samples()), (3, 1), "{a}");
            assert_eq!(classes(&split), ["0", "1", "2"], "{a}");
        }
    }
}

#[test]
fn folders_below_are_looked_into() {
    let files = four_files();
    for below in ["MNIST/raw", "a/b/c"] {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join(below)).unwrap();
        for (name, bytes) in &files {
            std::fs::write(top.path().join(below).join(name), bytes).unwrap();
        }
        assert_eq!(load_folder(top.path(), &Reading::default()).unwrap().train.n_samples(), 3, "{below}");
    }
    // Some unpackers leave a folder of the name of each file.
    let top = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let name = name.trim_end_matches(".gz");
        std::fs::create_dir(top.path().join(name)).unwrap();
        std::fs::write(top.path().join(name).join(name), bytes).unwrap();
    }
    assert_eq!(load_folder(top.path(), &Reading::default()).unwrap().test.n_samples(), 1);
    for other in ["one", "two"] {
        std::fs::create_dir(top.path().join(other)).unwrap();
        for (name, bytes) in &files {
            std::fs::write(top.path().join(other).join(name), bytes).unwrap();
        }
    }
    let said = load_folder(top.path(), &Reading::default()).unwrap_err().to_string();
    assert!(said.contains("choose one of them"), "{said}");
}

#[test]
fn labels_are_numbers_of_any_type_and_only_classes_that_occur() {
    let of = |labels_file: Vec<u8>| {
        let bytes: Vec<u8> = (0..12).map(|i| 20 * i).collect();
        folder(&[("train-images-idx3-ubyte", images(6, 1, 2, &bytes)), ("train-labels-idx1-ubyte", labels_file)])
    };
    assert_eq!(classes(&of(labels(&[1, 2, 5, 1, 2, 5])).unwrap()), ["1", "2", "5"], "no class 0, 3 or 4");
    let ints = |values: &[i32]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>();
    let whole = of_type(0x0c, &[6], &ints(&[-1, 700, -1, 700, -1, 700]));
    assert_eq!(classes(&of(whole).unwrap()), ["-1", "700"]);
    let columns = of_type(0x0c, &[6, 3], &ints(&[3, 0, 9, 4, 1, 9, 3, 2, 9, 4, 3, 9, 3, 4, 9, 4, 5, 9]));
    let split = of(columns).unwrap();
    assert_eq!(classes(&split), ["3", "4"]);
    assert!(split.notes.iter().any(|note| note.contains("the first of 3 columns")), "{:?}", split.notes);
    let marked = of_type(8, &[6, 3], &[1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
    let split = of(marked).unwrap();
    assert_eq!(classes(&split), ["0", "1", "2"]);
    assert!(split.notes.iter().any(|note| note.contains("that is marked")));
    let halves = of_type(0x0d, &[6], &[0.0f32, 1.0, 0.5, 0.0, 1.0, 0.0].map(f32::to_be_bytes).concat());
    fails_with(of(halves), &["label 3 is 0.5, no whole number"]);
}

#[test]
fn one_set_is_cut_evenly_over_its_classes() {
    let of: Vec<u8> = (0..30).map(|i| i / 10).collect();
    let bytes: Vec<u8> = (0..30).map(|i| 100 + i).collect();
    let files = [("train-images-idx3-ubyte", images(30, 1, 1, &bytes)), ("train-labels-idx1-ubyte", labels(&of))];
    let split = folder(&files).unwrap();
    for class in 0..3 {
        let n = |part: &crate::data::Dataset| part.labels().unwrap().of.iter().filter(|&&of| of == class).count();
        assert_eq!((n(&split.train), n(&split.test)), (8, 2), "class {class}");
    }
    // Each sample keeps its label: both count up together.
    for part in [&split.train, &split.test] {
        for (pixel, of) in pixels(part).iter().zip(&*part.labels().unwrap().of) {
            assert_eq!(((pixel * 255.0).round() as u16 - 100) / 10, *of);
        }
    }
    let two =
        [("train-images-idx3-ubyte", images(2, 1, 1, &[0, 99])), ("train-labels-idx1-ubyte", labels(&[0, 1]))];
    assert_eq!(folder(&two).unwrap().test.n_samples(), 1);
}

#[test]
fn pixels_of_any_type_and_range_go_from_black_to_white() {
    let of =
        |code: u8, values: &[u8]| folder(&[("train-images-idx3-x", of_type(code, &[4, 1, 2], values))]).unwrap();
    let all = |split: &DataSplit| {
        let mut all = [pixels(&split.train), pixels(&split.test)].concat();
        all.sort_by(f32::total_cmp);
        all
    };
    let levels = [0.0, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0];
    let close = |split: &DataSplit| {
        for (got, want) in all(split).iter().zip(levels) {
            assert!((got - want).abs() < 0.003, "{got} {want}: {:?}", split.notes);
        }
    };
    let shorts = |turn: fn(i16) -> [u8; 2]| [0i16, 0, 0, 1020, 2040, 3060, 4080, 4080].map(turn).concat();
    let split = of(0x0b, &shorts(i16::to_be_bytes));
    close(&split);
    assert!(split.notes.iter().any(|note| note.contains("from 0 to 4080")), "{:?}", split.notes);
    close(&of(0x0c, &[-8i32, -8, -8, -4, 0, 4, 8, 8].map(i32::to_be_bytes).concat()));
    let floats = of(0x0d, &levels.map(f32::to_be_bytes).concat());
    close(&floats);
    assert!(!floats.notes.iter().any(|note| note.contains("pixels")), "0 to 1 needs no word");
    close(&of(0x0e, &levels.map(|level| f64::from(level * 255.0).to_be_bytes()).concat()));
    close(&of(8, &[0, 0, 0, 4, 8, 12, 16, 16]));
    let binary = of(8, &[0, 0, 0, 0, 1, 1, 1, 1]);
    assert_eq!(all(&binary), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    assert!(binary.notes.iter().any(|note| note.contains("black and white")));
    let broken = folder(&[(
        "train-images-idx3-x",
        of_type(0x0d, &[2, 1, 1], &[f32::NAN, 1.0].map(f32::to_be_bytes).concat()),
    )]);
    fails_with(broken, &["not a finite number"]);
}

#[test]
fn files_written_the_other_way_round_are_read() {
    let mut file = vec![3, 0x0b, 0, 0];
    [4u32, 1, 1].iter().for_each(|dim| file.extend(dim.to_le_bytes()));
    [0i16, 1000, 2000, 4000].iter().for_each(|value| file.extend(value.to_le_bytes()));
    assert_eq!(parse_plain(&file).unwrap().values, Numbers::Whole(vec![0, 1000, 2000, 4000]));
    let mut lengths = vec![0, 0, 8, 3];
    [2u32, 1, 1].iter().for_each(|dim| lengths.extend(dim.to_le_bytes()));
    lengths.extend([5, 6]);
    assert_eq!(parse_plain(&lengths).unwrap().dims, [2, 1, 1]);
}

#[test]
fn rows_are_pictures_where_they_are_square_and_rows_where_not() {
    let of = |length: u32| {
        let values: Vec<u8> = (0..4 * length).map(|i| (i * 20) as u8).collect();
        folder(&[("train-images-idx2-ubyte", of_type(8, &[4, length], &values))]).unwrap()
    };
    let square = of(9);
    assert_eq!(*square.train.kind(), SampleKind::Image { channels: 1, height: 3, width: 3 });
    assert!(square.notes.iter().any(|note| note.contains("pictures of 3 × 3")));
    assert!(matches!(of(6).train.kind(), SampleKind::Vector { names } if names.len() == 6));
}

#[test]
fn what_is_transparent_lies_over_white() {
    let rgba = [[0, 100, 200, 255], [0, 100, 200, 0], [0, 0, 0, 51], [9, 9, 9, 255]].concat();
    let split = folder(&[("train-images-idx4-ubyte", of_type(8, &[2, 1, 2, 4], &rgba))]).unwrap();
    assert_eq!(*split.train.kind(), SampleKind::Image { channels: 3, height: 1, width: 2 });
    let mut images = [split.train.image(0).unwrap(), split.test.image(0).unwrap()];
    images.sort();
    assert_eq!(images, [[0, 255, 100, 255, 200, 255], [204, 9, 204, 9, 204, 9]]);
    let grey = folder(&[("train-images-idx4-ubyte", of_type(8, &[2, 1, 1, 2], &[90, 255, 90, 0]))]).unwrap();
    let mut values: Vec<u8> = [&grey.train, &grey.test].map(|part| part.image(0).unwrap()[0]).to_vec();
    values.sort();
    assert_eq!(values, [90, 255]);
    assert!(grey.notes.iter().any(|note| note.contains("over white")));
    let five = folder(&[("train-images-idx4-ubyte", of_type(8, &[2, 6, 7, 5], &[9; 420]))]);
    fails_with(five, &["6 × 7 × 5", "1 to 4 channels"]);
}

#[test]
fn what_is_read_lies_in_memory_once() {
    let files = [("train-images-idx3-ubyte.gz", gz(&images(60_000, 5, 10, &vec![30; 3_000_000])))];
    let split = folder(&files).unwrap();
    assert_eq!((split.train.n_samples(), split.test.n_samples()), (48_000, 12_000));
    assert_eq!(split.train.heap(), split.test.heap(), "both are parts of one list");
    assert_eq!(split.train.heap().1, 3_000_000, "the values, and no spare room");
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
    assert_eq!(
        decompress("file", &whole, &Reading::default()).unwrap().values,
        Numbers::Bytes(vec![1, 2, 3, 4, 5, 6])
    );
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
