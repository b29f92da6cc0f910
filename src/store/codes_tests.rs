use super::*;
use crate::data::{DataChoice, Labels, Reading, SampleKind, Values, load};
use crate::model::ModelSpec;
use ndarray::{Array1, array};
use ndarray_npy::{ReadNpyExt, ReadableElement};
use proptest::prelude::*;
use std::io::Read;

const CLASSES: [&str; 3] = ["full", "half, lit", "new \"moon\""];

/// Three training and two test images, with labels and, if wanted, names.
fn moons(has_names: bool) -> DataSplit {
    let part = |n: u8, first: u8| {
        let kind = SampleKind::image(1, 1, 2);
        let labels = Labels {
            names: CLASSES.map(String::from).into(),
            of: (0..n).map(|i| u16::from((first + i) % 3)).collect(),
        };
        let values = Values::Bytes((0..2 * n).map(|i| first * 20 + i * 30).collect());
        let data = Dataset::new(kind, values, Some(labels), vec![]).unwrap();
        let names = (0..n).map(|i| format!("moon {}, 🌒", first + i)).collect();
        if has_names { data.with_captions(names).unwrap() } else { data }
    };
    DataSplit::new("moons".into(), part(3, 0), part(2, 3))
}

fn parts(data: &DataSplit, split: Split) -> Vec<CodedPart<'_>> {
    let spec = ModelSpec::of_kind("vae").unwrap().check(data.train.kind(), &[]).unwrap();
    coded(&*spec.frozen(None).unwrap(), data, split, &|| false).unwrap()
}

fn text_of(parts: &[CodedPart<'_>], log_var: bool) -> String {
    String::from_utf8(codes(parts, CodesFormat::Csv, log_var).unwrap()).unwrap()
}

#[test]
fn a_table_has_a_line_a_sample_with_what_is_known_of_it() {
    let data = moons(true);
    let part = |split, data, codes| CodedPart { split, data, codes };
    let of = |mu| Codes { mu, log_var: Some(array![[0.5, -1.0], [0.25, 0.0], [1.0, 2.0]]) };
    let train = || part("train", &data.train, of(array![[0.5, -1.25], [0.1, 0.2], [3.0, 4.0]]));
    let text = text_of(&[train()], false);
    assert_eq!(text.lines().next(), Some("index,label,name,z0,z1"));
    assert_eq!(text.lines().nth(2), Some("1,\"half, lit\",\"moon 1, 🌒\",0.1,0.2"));
    let test = part(
        "test",
        &data.test,
        Codes { log_var: Some(array![[9.0, 8.0], [7.0, 6.0]]), mu: array![[1.0, 2.0], [3.0, 4.0]] },
    );
    let text = text_of(&[train(), test], true);
    assert_eq!(text.lines().next(), Some("index,split,label,name,z0,z1,log_var0,log_var1"));
    assert_eq!(text.lines().nth(1), Some("0,train,full,\"moon 0, 🌒\",0.5,-1.25,0.5,-1"));
    assert_eq!(text.lines().nth(5), Some("1,test,\"half, lit\",\"moon 4, 🌒\",3,4,7,6"));
    assert_eq!(text.lines().count(), 6);
}

#[test]
fn a_table_opens_again_as_the_codes_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    for has_names in [true, false] {
        for (split, log_var) in
            [(Split::All, false), (Split::All, true), (Split::Test, true), (Split::Train, false)]
        {
            let data = moons(has_names);
            let parts = parts(&data, split);
            let path = folder.path().join("codes.csv");
            std::fs::write(&path, text_of(&parts, log_var)).unwrap();
            let opened = load(&DataChoice::Path(path), &Reading::default()).unwrap().train;
            let what = format!("{split:?}, names {has_names}, log_var {log_var}");
            assert!(opened.are_codes(), "{what}");
            let all: Vec<u32> = (0..opened.n_samples() as u32).collect();
            let mut z = Array2::zeros((all.len(), opened.n_features()));
            opened.gather(&all, &mut z);
            assert_eq!(z, stacked(&parts, |codes| Some(&codes.mu)).unwrap(), "{what}");
            for (row, (part, idx)) in samples(&parts).enumerate() {
                let label = opened.labels_of(&[row as u32])[0];
                assert_eq!(Some(opened.classes()[usize::from(label)].as_str()), part.label(idx), "{what}");
                let name = if has_names { part.data.caption(idx).unwrap().into() } else { idx.to_string() };
                assert_eq!(opened.caption(row), Some(name.as_str()), "{what}");
            }
        }
    }
}

#[test]
fn other_tables_keep_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    for (head, wanted) in [
        ("index,split,height", 2),
        ("name,z0,weight", 2),
        ("z0,split,other", 3),
        ("label,z0,index,x", 2),
        ("z0,z1,split", 2),
    ] {
        let names: Vec<&str> = head.split(',').collect();
        let cell = |(i, name): (usize, &&str)| match *name {
            "name" => format!("row {i}"),
            _ => (i * name.len() + 7).to_string(),
        };
        let row = |i: usize| names.iter().map(|name| cell((i, name))).collect::<Vec<_>>().join(",");
        std::fs::write(&path, format!("{head}\n{}\n{}\n{}\n{}\n", row(1), row(2), row(4), row(9))).unwrap();
        let data = load(&DataChoice::Path(path.clone()), &Reading::default()).unwrap();
        assert_eq!(data.train.n_features(), wanted, "{head}");
        assert_eq!(data.train.are_codes(), head == "z0,z1,split", "{head}");
    }
}

#[test]
fn a_matrix_reads_back() {
    let matrix = array![[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]];
    assert_eq!(Array2::<f32>::read_npy(&npy(matrix.view()).unwrap()[..]).unwrap(), matrix);
    let data = moons(false);
    let parts = parts(&data, Split::All);
    let bytes = codes(&parts, CodesFormat::Npy, false).unwrap();
    let back = Array2::<f32>::read_npy(&bytes[..]).unwrap();
    assert_eq!(back, concatenate![Axis(0), parts[0].codes.mu, parts[1].codes.mu]);
}

/// An array of the archive.
fn entry(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = Vec::new();
    zip.by_name(&format!("{name}.npy")).ok()?.read_to_end(&mut found).unwrap();
    Some(found)
}

/// Text of a fixed width, read as the format's description says.
fn read_text(bytes: &[u8]) -> Vec<String> {
    assert_eq!(bytes[..8], *b"\x93NUMPY\x01\x00");
    let head_len = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!((10 + head_len).is_multiple_of(64));
    let head = std::str::from_utf8(&bytes[10..10 + head_len]).unwrap();
    assert!(head.ends_with('\n') && head.contains("'fortran_order': False"));
    let between = |from: &str, to: char| head.split(from).nth(1).unwrap().split(to).next().unwrap().to_string();
    let (width, n): (usize, usize) =
        (between("'<U", '\'').parse().unwrap(), between("'shape': (", ',').parse().unwrap());
    let values = &bytes[10 + head_len..];
    assert_eq!(values.len(), n * width * 4);
    let read = |value: &[u8]| {
        let chars = value.as_chunks::<4>().0.iter().map(|c| char::from_u32(u32::from_le_bytes(*c)).unwrap());
        chars.collect::<String>().trim_end_matches('\0').to_string()
    };
    values.chunks(width * 4).map(read).collect()
}

#[test]
fn an_archive_holds_every_array_under_its_name() {
    fn numbers<T: ReadableElement>(bytes: &[u8]) -> Vec<T> {
        Array1::<T>::read_npy(bytes).unwrap().into_raw_vec_and_offset().0
    }
    let data = moons(true);
    let parts = parts(&data, Split::All);
    let bytes = codes(&parts, CodesFormat::Npz, false).unwrap();
    let of = |name| entry(&bytes, name).unwrap_or_else(|| panic!("there is no {name}"));
    let matrix = |name| Array2::<f32>::read_npy(&of(name)[..]).unwrap();
    assert_eq!(matrix("z"), stacked(&parts, |codes| Some(&codes.mu)).unwrap());
    assert_eq!(matrix("log_var"), stacked(&parts, |codes| codes.log_var.as_ref()).unwrap());
    assert_eq!(numbers::<i64>(&of("label")), [0, 1, 2, 0, 1]);
    assert_eq!(read_text(&of("label_names")), CLASSES);
    assert_eq!(read_text(&of("name"))[3], "moon 3, 🌒");
    assert_eq!(read_text(&of("split")), ["train", "train", "train", "test", "test"]);
    assert_eq!(numbers::<i64>(&of("index")), [0, 1, 2, 0, 1]);
    let again = codes(&self::parts(&data, Split::All), CodesFormat::Npz, false).unwrap();
    assert!(again == bytes, "the same codes make the same bytes");
    let unnamed = moons(false);
    let bytes = codes(&self::parts(&unnamed, Split::Test), CodesFormat::Npz, false).unwrap();
    assert!(entry(&bytes, "name").is_none() && read_text(&entry(&bytes, "split").unwrap()) == ["test"; 2]);
}

#[test]
fn given_up_is_given_up_and_codes_have_one_part() {
    let data = moons(true);
    let spec = ModelSpec::of_kind("ae").unwrap().check(data.train.kind(), &[]).unwrap();
    assert!(coded(&*spec.frozen(None).unwrap(), &data, Split::All, &|| true).is_none());
    assert_eq!(Split::All.n_samples(&data), 5);
    let codes = data.train.clone().into_codes();
    let codes = DataSplit { train: codes.clone(), test: codes, ..data };
    assert_eq!(Split::All.n_samples(&codes), 3);
}

proptest! {
    #[test]
    fn text_of_any_characters_reads_back(values in proptest::collection::vec("[^\0]{0,12}", 0..9), long in 200usize..300) {
        let mut values: Vec<String> = values;
        values.push("ä".repeat(long));
        let mut npz = Npz::new(Cursor::new(Vec::new()));
        npz.words("text", &values.iter().map(String::as_str).collect::<Vec<_>>(), MAX_CHARS).unwrap();
        let back = read_text(&entry(&npz.finish().unwrap().into_inner(), "text").unwrap());
        let cut = |value: &String| value.chars().take(MAX_CHARS).collect::<String>();
        prop_assert_eq!(back, values.iter().map(cut).collect::<Vec<_>>());
    }
}
