//! Arrays of every type, order and name, and that nothing in a file does harm.

use super::*;
use crate::data::{DataChoice, DataSplit, Dataset, SampleKind, load};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use std::path::Path;

fn npy(descr: &str, is_fortran: bool, dims: &[usize], bytes: &[u8]) -> Vec<u8> {
    let shape: String = dims.iter().map(|dim| format!("{dim}, ")).collect();
    let order = if is_fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({}), }}\n", shape.trim_end());
    let mut file = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

fn npz(path: &Path, arrays: &[(&str, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    std::fs::write(path, zip.finish().unwrap().into_inner()).unwrap();
}

fn parsed(bytes: &[u8]) -> Result<Content, String> {
    parse("file", bytes, Some(bytes.len() as u64), &Reading::default()).map_err(|e| e.to_string())
}

fn read(descr: &str, dims: &[usize], bytes: &[u8]) -> Numbers {
    match parsed(&npy(descr, false, dims, bytes)).unwrap() {
        Content::Numbers(array) => array.values,
        Content::Words(words) => panic!("words {words:?}"),
    }
}

/// Loads arrays of an `.npz` with settings.
fn opened(arrays: &[(&str, Vec<u8>)], settings: &[(&str, &str)]) -> Result<DataSplit, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set.npz");
    npz(&path, arrays);
    let reading =
        settings.iter().fold(Reading::default(), |reading, (name, text)| reading.with(name, text).unwrap());
    load(&DataChoice::Path(path), &reading).map_err(|e| e.to_string())
}

fn bytes(dims: &[usize]) -> Vec<u8> {
    npy("|u1", false, dims, &(0..dims.iter().product()).map(|i| (i * 37 % 251) as u8).collect::<Vec<u8>>())
}

fn whole_numbers(of: impl IntoIterator<Item = i64>) -> Vec<u8> {
    let of: Vec<i64> = of.into_iter().collect();
    npy("<i8", false, &[of.len()], &of.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

fn words(of: &[&str]) -> Vec<u8> {
    let letters = |word: &&str| {
        let mut letters: Vec<u32> = word.chars().map(u32::from).collect();
        letters.resize(8, 0);
        letters.into_iter().flat_map(u32::to_le_bytes)
    };
    npy("<U8", false, &[of.len()], &of.iter().flat_map(letters).collect::<Vec<u8>>())
}

fn classes(data: &Dataset) -> Vec<&str> {
    data.classes().iter().map(String::as_str).collect()
}

#[test]
fn numbers_of_every_type_and_byte_order_are_read() {
    let whole = Numbers::Whole(vec![1, -2, 300]);
    assert_eq!(read("|i1", &[2], &[1, 254]), Numbers::Whole(vec![1, -2]));
    assert_eq!(read("<i2", &[3], &[1i16, -2, 300].map(i16::to_le_bytes).concat()), whole);
    assert_eq!(read(">i4", &[3], &[1i32, -2, 300].map(i32::to_be_bytes).concat()), whole);
    assert_eq!(read("<i8", &[3], &[1i64, -2, 300].map(i64::to_le_bytes).concat()), whole);
    assert_eq!(read(">u2", &[1], &[1, 0]), Numbers::Whole(vec![256]));
    assert_eq!(read("<u4", &[1], &[1, 0, 0, 0]), Numbers::Whole(vec![1]));
    assert_eq!(read("|b1", &[2], &[0, 1]), Numbers::Bytes(vec![0, 1]));
    assert_eq!(read("|u1", &[2], &[0, 255]), Numbers::Bytes(vec![0, 255]));
    let large = [1u64, 1 << 40].map(u64::to_le_bytes).concat();
    assert_eq!(read("<u8", &[2], &large), Numbers::Floats(vec![1.0, (1u64 << 40) as f32]));
    let floats = Numbers::Floats(vec![0.5, -1.25]);
    assert_eq!(read("<f4", &[2], &[0.5f32, -1.25].map(f32::to_le_bytes).concat()), floats);
    assert_eq!(read(">f8", &[2], &[0.5f64, -1.25].map(f64::to_be_bytes).concat()), floats);
    // IEEE 754: 0x3800 is .5, 0xbd00 is −1.25.
    assert_eq!(read("<f2", &[2], &[0x00, 0x38, 0x00, 0xbd]), floats);
    assert_eq!(half(1), 2.0f32.powi(-24));
    assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan() && half(0xfbff) == -65504.0);
}

#[test]
fn the_first_axis_may_run_fastest() {
    // The array [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]] in Fortran's order.
    let stored = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11];
    let Content::Numbers(array) = parsed(&npy("|u1", true, &[2, 3, 2], &stored)).unwrap() else { panic!() };
    assert_eq!(array.values, Numbers::Bytes((0..12).collect()));
}

#[test]
fn what_cannot_be_read_is_said() {
    let fails = |file: &[u8], said: &str| {
        let error = parsed(file).unwrap_err();
        assert!(error.contains(said), "{error:?} does not say {said:?}");
    };
    fails(&npy("|O", false, &[1], &[0]), "unpickled");
    fails(&npy("<c8", false, &[1], &[0; 8]), "c8");
    fails(&npy("<M8[ns]", false, &[1], &[0; 8]), "M");
    fails(&npy("|u1", false, &[0], &[]), "no values");
    fails(&npy("|u1", false, &[1 << 40, 1 << 40], &[]), "which none is");
    fails(&npy("|u1", false, &[3], &[1, 2]), "2 bytes of data where its header declares 3");
    fails(&npy("|u1", false, &[3], &[1, 2, 3, 4]), "4 bytes of data");
    fails(b"\x93NUMPY\x01\x00\xff\xff", "ends inside its header");
    let records = npy("|u1", false, &[1], &[0]);
    let records = String::from_utf8_lossy(&records[10..]).replace("'|u1'", "[('a', '<f4')]");
    let file = [MAGIC, &[1, 0], &(records.len() as u16).to_le_bytes(), records.as_bytes()].concat();
    fails(&file, "records");
    let reading = Reading::default().with("data.max_bytes", "3").unwrap();
    let above = parse("file", &npy("|u1", false, &[4], &[0; 4])[..], None, &reading).unwrap_err().to_string();
    assert!(above.contains("above the limit of 3"), "{above}");
}

#[test]
fn names_say_which_array_is_what() {
    let data = opened(
        &[
            ("x_train", bytes(&[10, 4, 5])),
            ("y_train", whole_numbers((0..10).map(|i| i % 2 + 5))),
            ("x_test", bytes(&[4, 4, 5])),
            ("y_test", whole_numbers([6, 6, 5, 5])),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(*data.train.kind(), SampleKind::Image { channels: 1, height: 4, width: 5 });
    assert_eq!((data.train.n_samples(), data.test.n_samples()), (10, 4));
    assert_eq!((classes(&data.train), &data.test.labels().unwrap().of[..]), (vec!["5", "6"], &[1, 1, 0, 0][..]));
    assert!(data.notes.is_empty(), "{:?}", data.notes);

    let data = opened(
        &[
            ("train_images", bytes(&[6, 3, 8, 8])),
            ("train_labels", npy("<i8", false, &[6, 1], &[0; 48])),
            ("val_images", bytes(&[2, 3, 8, 8])),
            ("val_labels", npy("<i8", false, &[2, 1], &[0; 16])),
            ("test_images", bytes(&[3, 3, 8, 8])),
            ("test_labels", npy("<i8", false, &[3, 1], &[0; 24])),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(*data.train.kind(), SampleKind::Image { channels: 3, height: 8, width: 8 }, "channels first");
    assert_eq!(data.test.n_samples(), 3);
    assert_eq!(data.notes, ["left aside: val_images, val_labels"]);
}

#[test]
fn without_names_shapes_tell_and_all_can_be_chosen() {
    let arrays = [
        ("arr_0", bytes(&[20, 6, 6])),
        ("arr_1", whole_numbers((0..20).map(|i| i / 10))),
        ("phase", npy("<f4", false, &[20], &(0..20).flat_map(|i| (i as f32).to_le_bytes()).collect::<Vec<_>>())),
        ("other", bytes(&[20, 9])),
        ("note", words(&["one"])),
    ];
    let data = opened(&arrays, &[]).unwrap();
    assert_eq!(data.train.kind().size(), "6 × 6");
    assert_eq!((classes(&data.train), data.test.n_samples()), (vec!["0", "1"], 4));
    let of: Vec<u16> = data.test.labels().unwrap().of.to_vec();
    assert_eq!(of, [0, 0, 1, 1], "even over the classes");
    let phase = |part: &Dataset| part.columns().iter().position(|column| column.name == "phase").unwrap();
    let phases = |part: &Dataset| part.columns()[phase(part)].values.to_vec();
    let mut all = [phases(&data.train), phases(&data.test)].concat();
    assert!(all[..16].is_sorted() && all[16..].is_sorted(), "each keeps its order");
    all.sort_by(f32::total_cmp);
    assert_eq!(all, (0..20).map(|i| i as f32).collect::<Vec<_>>());
    // The pictures went with their factors.
    let at = |i: usize| phases(&data.test)[i] as usize;
    assert!((0..4).all(|i| data.test.image(i).unwrap()[0] == (at(i) * 36 * 37 % 251) as u8));
    assert!(data.notes.contains(&"left aside: note".to_string()), "{:?}", data.notes);
    let option = |name: &str| data.options.iter().find(|option| option.name == name).unwrap();
    assert_eq!((&*option("data.array").value, option("data.array").choices.len()), ("arr_0", 2));
    assert_eq!((&*option("data.label").value, option("data.shape").choices.len()), ("arr_1", 2));
    assert!(option("data.label").choices.contains(&String::new()), "it can be none");

    let rows = opened(&arrays, &[("data.array", "other"), ("data.label", ""), ("data.shape", "numbers")]).unwrap();
    assert!(matches!(rows.train.kind(), SampleKind::Vector { names } if names.len() == 9));
    assert!(rows.train.labels().is_none());
    let named = opened(&arrays, &[("data.array", "gone")]).unwrap_err();
    assert!(named.contains("gone") && named.contains("arr_0, arr_1"), "{named}");
    let label = opened(&arrays, &[("data.label", "note")]).unwrap_err();
    assert!(label.contains("of 20 labels") && label.contains("arr_1"), "{label}");
    let shape = opened(&arrays, &[("data.shape", "5x5")]).unwrap_err();
    assert!(shape.contains("6 × 6") && shape.contains("5x5"), "{shape}");
}

#[test]
fn words_are_classes_and_captions() {
    let data = opened(
        &[
            ("images", bytes(&[4, 5, 5])),
            ("labels", words(&["cat", "dog", "cat", "dog"])),
            ("names", words(&["tom", "rex", "tim", "ben"])),
        ],
        &[("data.split", "0.5")],
    )
    .unwrap();
    assert_eq!(classes(&data.train), ["cat", "dog"]);
    let mut names: Vec<&str> =
        [&data.train, &data.test].iter().flat_map(|part| [0, 1].map(|i| part.caption(i).unwrap())).collect();
    names.sort_unstable();
    assert_eq!(names, ["ben", "rex", "tim", "tom"]);
    let numbers = whole_numbers([0, 2, 0, 2]);
    let data = opened(
        &[("x", bytes(&[4, 5, 5])), ("y", numbers), ("class_names", words(&["ant", "bee", "cow"]))],
        &[("data.split", "0.5")],
    )
    .unwrap();
    assert_eq!(classes(&data.train), ["ant", "cow"], "only those that occur");
}

#[test]
fn codes_are_told_by_name_and_asked_for() {
    let z = npy("<f4", false, &[4, 2], &(0..8).flat_map(|i| (i as f32).to_le_bytes()).collect::<Vec<_>>());
    let data = opened(&[("umap", z.clone()), ("label", whole_numbers([1, 2, 1, 2]))], &[]).unwrap();
    assert!(data.train.are_codes() && data.train.n_samples() == 4 && data.test.n_samples() == 4);
    let samples = opened(&[("umap", z.clone())], &[("data.as", "samples")]).unwrap();
    assert!(!samples.train.are_codes());
    assert!(opened(&[("points", z)], &[("data.as", "codes")]).unwrap().train.are_codes());
}

#[test]
fn codes_with_pictures_show_them_and_a_split_is_heeded() {
    let z = npy("<f4", false, &[4, 2], &(0..8).flat_map(|i| (i as f32).to_le_bytes()).collect::<Vec<_>>());
    let arrays = [
        ("z", z),
        ("images", bytes(&[4, 5, 5])),
        ("index", whole_numbers(0..4)),
        ("split", words(&["train", "test", "train", "test"])),
    ];
    let codes = opened(&arrays, &[("data.array", "z")]).unwrap();
    assert!(codes.train.are_codes() && codes.train.labels().is_none() && codes.train.caption(0).is_none());
    let pictures = codes.train.pictures().unwrap();
    assert_eq!(pictures.image(2).unwrap()[0], (2 * 25 * 37 % 251) as u8);
    assert_eq!(codes.train.slice(2..3).unwrap().pictures().unwrap().image(0), pictures.image(2));
    let images = opened(&arrays, &[("data.array", "images")]).unwrap();
    assert_eq!(images.test.image(0).unwrap()[0], (25 * 37 % 251) as u8, "the second is to test with");
}

#[test]
fn files_beside_one_another_belong_together_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, file: Vec<u8>| std::fs::write(folder.path().join(name), file).unwrap();
    put("X_train.npy", bytes(&[6, 5, 5]));
    put("y_train.npy", whole_numbers([0, 0, 0, 1, 1, 1]));
    put("X_test.npy", bytes(&[2, 5, 5]));
    put("y_test.npy", whole_numbers([0, 1]));
    let of = |path: &Path| load(&DataChoice::Path(path.into()), &Reading::default()).unwrap();
    for path in [folder.path().to_path_buf(), folder.path().join("X_train.npy")] {
        let data = of(&path);
        assert_eq!((data.train.n_samples(), data.test.n_samples()), (6, 2), "{path:?}");
        assert_eq!(classes(&data.train), ["0", "1"]);
    }
    put("others.bin", bytes(&[3, 5, 5]));
    let data = of(&folder.path().join("others.bin"));
    assert_eq!(data.train.n_samples() + data.test.n_samples(), 3, "its content says what it is");
    assert!(data.train.labels().is_none(), "and what has another name is not its own");
}

#[test]
fn what_is_read_lies_in_memory_once() {
    let data = opened(&[("x", npy("|u1", false, &[5000, 20, 10], &vec![30; 1_000_000]))], &[]).unwrap();
    assert_eq!(data.train.heap(), data.test.heap());
    assert_eq!(data.train.heap().1, 1_000_000, "the values, and no spare room");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever bytes a file holds, it is read or refused.
    #[test]
    fn damaged_arrays_do_no_harm(
        descr in prop::sample::select(vec!["|u1", "<f8", ">i2", "<U3", "|S2", "<f2", "|b1"]),
        cut in 0.0f64..1.2,
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..8),
        is_fortran in any::<bool>(),
    ) {
        let mut file = npy(descr, is_fortran, &[3, 2, 2], &[7; 144]);
        for (at, byte) in flips {
            let at = (at * file.len() as f64) as usize;
            file[at] = byte;
        }
        file.truncate((cut * file.len() as f64) as usize);
        let reading = Reading { max_bytes: 1 << 16, ..Reading::default() };
        let _ = parse("file", &file[..], None, &reading);
        let _ = parse("file", &file[..], Some(file.len() as u64), &reading);
    }

    #[test]
    fn damaged_zips_do_no_harm(flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 1..8), cut in 0.5f64..1.2) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.npz");
        npz(&path, &[("x", bytes(&[3, 2, 2])), ("y", whole_numbers([0, 1, 0]))]);
        let mut file = std::fs::read(&path).unwrap();
        for (at, byte) in flips {
            let at = (at * file.len() as f64) as usize;
            file[at] = byte;
        }
        file.truncate((cut * file.len() as f64) as usize);
        std::fs::write(&path, file).unwrap();
        let _ = load(&DataChoice::Path(path), &Reading { max_bytes: 1 << 16, ..Reading::default() });
    }
}
