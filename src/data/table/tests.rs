//! The ways in which people write tables, and what is refused in them.

use super::*;
use crate::data::{Dataset, SampleKind};
use ndarray::Array2;
use proptest::prelude::*;

fn split_as(text: &str, settings: &[(&str, &str)]) -> Result<DataSplit, String> {
    let with = |reading: Reading, (path, text): &(&str, &str)| reading.with(path, text).unwrap();
    let reading = settings.iter().fold(Reading::default(), with);
    parse("file", "name".into(), text, &reading).map_err(|e| e.to_string())
}

/// As the user opens it.
fn open(path: &std::path::Path, reading: &Reading) -> Result<DataSplit, DataError> {
    crate::data::load(&crate::data::DataChoice::Path(path.into()), reading)
}

/// All rows in their order, as samples.
fn read_as(text: &str, settings: &[(&str, &str)]) -> Result<Dataset, String> {
    let with = |reading: Reading, (path, text): &(&str, &str)| reading.with(path, text).unwrap();
    let reading = settings.iter().fold(Reading::default(), with);
    let columns =
        cells::read("file", text.trim_start_matches('\u{feff}'), &reading, |name| roles::is_known(name, &reading));
    let of = |Cells { columns, has_header }: Cells| {
        let roles = roles::assign("file", &columns, &reading, |row| ("file", cells::line(text, has_header, row)))?;
        let table = Table { file: "file", columns, roles, reading: &reading };
        let (part, names) = table.into_part(&mut Vec::new())?;
        together(part, names, &mut Vec::new())
    };
    columns.and_then(of).map_err(|e| e.to_string())
}

fn table(text: &str) -> Dataset {
    read_as(text, &[]).unwrap()
}

fn values(data: &Dataset) -> Vec<f32> {
    let mut x = Array2::zeros((data.n_samples(), data.n_features()));
    data.gather(&(0..data.n_samples() as u32).collect::<Vec<_>>(), &mut x);
    x.into_iter().collect()
}

fn names(data: &Dataset) -> Vec<String> {
    let SampleKind::Vector { names } = data.kind() else { panic!("no table") };
    names.to_vec()
}

fn fails_with(result: Result<Dataset, String>, words: &[&str]) {
    let error = result.expect_err("it was read");
    for word in words {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
}

#[test]
fn a_plain_table_is_read() {
    let data = table("a,b (cm),species\n1,2.5,rose\n-3,\u{2212}4e1,elm\n5,6,rose\n");
    assert_eq!(
        (names(&data), values(&data)),
        (vec!["a".into(), "b (cm)".into()], vec![1.0, 2.5, -3.0, -40.0, 5.0, 6.0])
    );
    assert_eq!(
        (data.classes(), &*data.labels().unwrap().of),
        (&["elm", "rose"].map(String::from)[..], &[1, 0, 1][..])
    );
    assert_eq!((&*data.columns()[1].name, &*data.columns()[1].unit), ("b", "cm"));
    assert_eq!(*data.columns()[1].values, [2.5, -40.0, 6.0]);
}

#[test]
fn marks_semicolons_tabs_and_decimal_commas_are_understood() {
    let german = table("\u{feff}Klasse;a;b;c\r\nrot;1,5;2,25;-3,75\r\nblau;2;0,5;1\r\n");
    assert_eq!(values(&german), [1.5, 2.25, -3.75, 2.0, 0.5, 1.0]);
    assert_eq!(german.classes(), ["blau", "rot"]);
    let tabs = table("a\tb\n1,5\t2\n3\t4\n");
    assert_eq!((names(&tabs), values(&tabs)), (vec!["a".into(), "b".into()], vec![1.5, 2.0, 3.0, 4.0]));
    assert_eq!(names(&table("\"a, first\",b\n\"1\",2\n3,4\n"))[0], "a, first");
    assert_eq!(values(&table("1,2\n3,4\n")), [1.0, 2.0, 3.0, 4.0], "no names, and no row is lost");
    assert_eq!(names(&table("1,2\n3,4\n")), ["column 1", "column 2"]);
    assert_eq!(values(&table("x\n1\n2\n")), [1.0, 2.0], "a single column");
}

#[test]
fn classes_and_names_are_found_or_named() {
    let numbered = table("y,label\n0.5,10\n1.5,9\n2.5,10\n");
    assert_eq!((numbered.classes(), numbered.n_features()), (&["9", "10"].map(String::from)[..], 1));
    let named = table("name,kind,x\nAda,a,1\nBob,b,2\nCid,a,3\n");
    assert_eq!((named.caption(1), named.classes().len(), named.n_features()), (Some("Bob"), 2, 1));
    let unnamed = table(",x\n0,5\n1,6\n2,7\n");
    assert_eq!(
        (unnamed.caption(2), values(&unnamed)),
        (Some("2"), vec![5.0, 6.0, 7.0]),
        "a counted row is a name"
    );
    let text = "a,b,c\n1,2,u\n2,2,v\n3,5,u\n";
    assert_eq!(table(text).classes(), ["u", "v"]);
    let chosen = read_as(text, &[("data.label", "b"), ("data.ignore", "c")]).unwrap();
    assert_eq!((names(&chosen), chosen.classes()), (vec!["a".to_string()], &["2", "5"].map(String::from)[..]));
    let none = read_as(text, &[("data.label", ""), ("data.ignore", "c")]).unwrap();
    assert!(none.labels().is_none() && none.n_features() == 2);
    fails_with(read_as(text, &[("data.label", "z")]), &["no column \"z\"", "a, b, c"]);
}

#[test]
fn rows_with_gaps_are_left_aside_or_filled_as_chosen() {
    for gap in ["", " ", "NA", "nan", "?", "null"] {
        let text = format!("a,b\n1,2\n3,{gap}\n5,6\n7,10\n");
        assert_eq!(values(&table(&text)), [1.0, 2.0, 5.0, 6.0, 7.0, 10.0], "{gap:?}");
        let filled = read_as(&text, &[("data.gaps", "mean")]).unwrap();
        assert_eq!(values(&filled), [1.0, 2.0, 3.0, 6.0, 5.0, 6.0, 7.0, 10.0], "{gap:?}");
    }
    let split = split_as("a,b,kind\n1,,u\n3,4,u\n5,6,v\n7,8,\n9,1,v\n", &[]).unwrap();
    assert_eq!(split.notes[0], "2 cells are empty: 2 rows with some are left aside (data.gaps)");
    assert_eq!(split.train.n_samples() + split.test.n_samples(), 3, "a row without its class is left aside too");
    let filled = split_as("a,b\n1,\n3,4\n5,6\n", &[("data.gaps", "mean")]).unwrap();
    assert_eq!(filled.notes[0], "1 cell is empty and filled with the mean of their column (data.gaps)");
    assert!(filled.options.iter().any(|option| option.name == "data.gaps" && option.value == "mean"));
    let names = read_as("name,b,c\nu,1,2\nv,,3\nw,4,5\n", &[]).unwrap();
    assert_eq!((names.caption(0), names.caption(1)), (Some("u"), Some("w")), "names stay with their rows");
    fails_with(read_as("a,b,c\n1,2,\n3,4,\n", &[]), &["every row", "\"c\"", "data.ignore=c"]);
}

#[test]
fn what_is_no_number_is_refused_at_its_place() {
    for beyond in ["inf", "-Infinity", "1e60"] {
        let text = format!("a,b\n{beyond},2\n3,4\n");
        fails_with(read_as(&text, &[]), &["row 2, column \"a\"", "beyond single precision"]);
    }
    let typo = read_as("a,b\n1,2\n3,4\n5,6x\n7,8\n", &[]);
    fails_with(typo, &["row 4, column \"b\"", "\"6x\" is no number", "data.ignore=b"]);
    fails_with(read_as("a,b\n1,2\n3\n", &[]), &["row 3 has 1 cells", "first has 2"]);
    fails_with(read_as("", &[]), &["no rows"]);
    fails_with(read_as("a,b\nu,v\nu,w\nu,v\n", &[]), &["no column of numbers"]);
}

#[test]
fn columns_of_words_are_left_aside_and_said() {
    let rows: String =
        (0..30).map(|i| format!("{},{}.5,{},x{}\n", ["a", "b"][i % 2], i, ["m", "f", ""][i % 3], i)).collect();
    let split = split_as(&format!("species,mass,sex,tag\n{rows}"), &[]).unwrap();
    assert_eq!((split.train.n_features(), split.train.classes()), (1, &["a".to_string(), "b".to_string()][..]));
    assert!(
        split.notes.iter().any(|note| note.contains("learned from words: sex (data.label=sex")),
        "{:?}",
        split.notes
    );
    assert!(
        !split.notes.iter().any(|note| note.contains("empty")),
        "gaps among words cost no row: {:?}",
        split.notes
    );
    // One word among numbers, or a number that cannot be held, is still refused.
    fails_with(read_as("a,b\n1,2\nx,3\n4,5\n", &[]), &["row 3", "\"x\" is no number"]);
    fails_with(read_as("a,b\n1e99,2\n1,3\n4,5\n", &[]), &["row 2", "beyond single precision"]);
}

#[test]
fn lines_end_in_any_way_and_are_counted_alike() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("a,b{end}1,2{end}{end}3,4{end}5,6{end}");
        assert_eq!(values(&table(&text)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "{end:?}");
        if end == "\r" {
            // Where no line ends as lines do now, none is counted.
            continue;
        }
        let short = text.replace("5,6", "5");
        fails_with(read_as(&short, &[]), &["row 5 has 1 cells where the first has 2"]);
        let long = text.replace("3,4", "3,4,9");
        fails_with(read_as(&long, &[]), &["row 4 has 3 cells where the first has 2"]);
    }
}

#[test]
fn columns_are_features_or_to_colour_by_or_say_the_part() {
    let text = "a,b,age (years),split\n1,2,30,train\n3,4,31,test\n5,6,32,train\n7,8,33,test\n";
    let split =
        split_as(text, &[("data.colour_by", "age (years)"), ("data.label", "2"), ("data.ignore", "")]).unwrap();
    assert_eq!((split.train.n_samples(), split.test.n_samples()), (2, 2));
    assert_eq!((names(&split.train), split.train.classes().len()), (vec!["a".to_string()], 4));
    let age = split.train.columns().iter().find(|column| column.name == "age").unwrap();
    assert_eq!((&*age.values, &*age.unit), (&[30.0, 32.0][..], "years"));
    assert_eq!(values(&split.test), [3.0, 7.0]);
    assert!(split.notes.contains(&"column \"split\" says which rows are to test with".to_string()));
}

#[test]
fn columns_of_pixels_are_pictures() {
    let header: Vec<String> = (0..16).map(|i| format!("pixel{i}")).collect();
    let row = |i: usize| {
        format!("{},{}\n", i % 2, (0..16).map(|k| (i * k * 7 % 256).to_string()).collect::<Vec<_>>().join(","))
    };
    let text = format!("label,{}\n{}", header.join(","), (0..10).map(row).collect::<String>());
    let split = split_as(&text, &[]).unwrap();
    assert_eq!(*split.train.kind(), SampleKind::Image { channels: 1, height: 4, width: 4 });
    assert_eq!((split.train.classes().len(), split.test.n_samples()), (2, 2));
    let first = split.train.image(1).unwrap();
    assert!(first.iter().enumerate().all(|(k, &level)| usize::from(level) % 7 == 0 || k > 0), "{first:?}");
    let wide = split_as(&text, &[("data.shape", "2x8")]).unwrap();
    assert_eq!(*wide.train.kind(), SampleKind::Image { channels: 1, height: 2, width: 8 });
    let rows = split_as(&text, &[("data.shape", "numbers")]).unwrap();
    assert_eq!(names(&rows.train)[0], "pixel0");
    // Measures of whole numbers are none.
    let measures = "a,b,c,d\n1,2,3,4\n5,6,7,8\n9,8,7,6\n";
    assert!(matches!(table(measures).kind(), SampleKind::Vector { .. }));
}

#[test]
fn a_large_table_is_read_in_pieces_that_fit_together() {
    let rows: String = (0..200_000).map(|i| format!("{i},{}.5,{}\n", i % 97, ["u", "v"][i % 2])).collect();
    let data = table(&format!("a,b,kind\n{rows}"));
    assert!(rows.len() > 1 << 20 && data.n_samples() == 200_000);
    let values = values(&data);
    assert!((0..200_000).all(|i| values[2 * i] == i as f32 && values[2 * i + 1] == (i % 97) as f32 + 0.5));
    assert!(data.labels().unwrap().of.iter().enumerate().all(|(i, &of)| usize::from(of) == i % 2));
    let uneven = rows.replacen("150000,38.5,u", "150000,38.5", 1);
    fails_with(read_as(&format!("a,b,kind\n{uneven}"), &[]), &["row 150002 has 2 cells"]);
    let word = rows.replacen("150000,38.5,u", "150000,x,u", 1);
    fails_with(read_as(&format!("a,b,kind\n{word}"), &[]), &["row 150002, column \"b\""]);
}

#[test]
fn a_file_is_read_within_limits_and_cut_evenly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let rows: String = (0..40).map(|i| format!("{i}.5,{}\n", ["elm", "rose"][i / 20])).collect();
    std::fs::write(&path, format!("a,kind\n{rows}")).unwrap();
    let split = open(&path, &Reading::default()).unwrap();
    assert_eq!((&*split.name, split.train.n_samples(), split.test.n_samples()), ("flowers", 32, 8));
    assert_eq!(split.test.labels().unwrap().of.iter().filter(|&&class| class == 0).count(), 4);
    let small = Reading::default().with("data.max_bytes", "10").unwrap();
    assert!(open(&path, &small).unwrap_err().to_string().contains("data.max_bytes"));
    std::fs::write(&path, b"gr\xf6\xdfe,b\n1,2\n3,4\n").unwrap();
    let latin = open(&path, &Reading::default()).unwrap();
    assert_eq!(
        (&*names(&latin.train)[0], &*latin.notes[0]),
        ("größe", "its text is no UTF-8; it was read as Latin-1")
    );
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = "\u{feff}a\tb\n1\t2\n3\t4\n".encode_utf16().flat_map(unit).collect();
        std::fs::write(&path, wide).unwrap();
        assert_eq!(names(&open(&path, &Reading::default()).unwrap().train), ["a", "b"]);
    }
}

#[test]
fn codes_are_known_by_their_names_or_said_to_be_codes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    std::fs::write(&path, "label,name,z0,z1\na,Ada,1,2\nb,Bob,3,4\na,Cid,5,6\n").unwrap();
    let codes = open(&path, &Reading::default()).unwrap();
    assert!(codes.train.are_codes() && codes.train.slice(1..2).unwrap().are_codes());
    assert_eq!(
        (codes.train.n_samples(), codes.train.caption(1), codes.train.classes().len()),
        (3, Some("Bob"), 2)
    );
    std::fs::write(&path, "label,x,y\na,1,2\nb,3,4\na,5,6\nb,7,8\n").unwrap();
    assert!(!open(&path, &Reading::default()).unwrap().train.are_codes());
    assert!(open(&path, &Reading { are_codes: Some(true), ..Reading::default() }).unwrap().train.are_codes());
}

#[test]
fn two_tables_side_by_side_are_two_parts_and_errors_name_the_one() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("train.csv", b"a,b\n1,2\n3,4\n5,6\n");
    put("test.csv", b"a,b\n7,8\n9,1\n");
    let split = open(folder.path(), &Reading::default()).unwrap();
    assert_eq!((values(&split.train), values(&split.test)), (vec![1., 2., 3., 4., 5., 6.], vec![7., 8., 9., 1.]));
    put("test.csv", b"a,b\n7,8\n9,x1\n");
    let error = open(folder.path(), &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("test.csv: row 3, column \"b\""), "{error}");
    put("test.csv", b"a\n7\n9\n");
    let split = open(folder.path(), &Reading::default()).unwrap();
    assert!(split.notes[0].contains("test.csv has other columns"), "{:?}", split.notes);
    put("other.csv", b"a,b\n1,2\n");
    put("train.csv", b"a,b\n1,2\n");
    std::fs::rename(folder.path().join("train.csv"), folder.path().join("one.csv")).unwrap();
    let error = open(folder.path(), &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("3 tables") && error.contains("choose one"), "{error}");
}

#[test]
fn a_packed_table_is_unpacked_within_the_limit() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.data");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"a,b\n1,2\n3,4\n5,6\n").unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(&path, &packed).unwrap();
    let split = open(&path, &Reading::default()).unwrap();
    assert_eq!((names(&split.train), split.train.n_samples()), (vec!["a".to_string(), "b".into()], 2));
    let small = Reading::default().with("data.max_bytes", "10").unwrap();
    assert!(open(&path, &small).unwrap_err().to_string().contains("above the limit of 10"));
    std::fs::write(&path, &packed[..packed.len() - 9]).unwrap();
    let error = open(&path, &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("cannot be read to its end"), "{error}");
}

#[test]
fn a_column_of_sentences_is_documents_and_what_stands_beside_it_is_known_of_each() {
    let rows: String = (0..12)
        .map(|i| format!("{},{},\"{}\"\n", ["good", "bad"][i % 2], i, ["cat dog sun", "dog moon sea"][i % 2]))
        .collect();
    let text = format!("class,stars,said\n{rows}");
    let split = split_as(&text, &[("data.text", "said")]).unwrap();
    assert!(split.train.kind().counts_words());
    assert_eq!(
        (split.train.classes(), &*split.train.columns()[0].name),
        (&["bad".into(), "good".into()][..], "stars")
    );
    assert!(split.train.text(0).unwrap().contains("dog"));
    let both = split_as(&text, &[("data.text", "said"), ("data.label", "3")]).unwrap_err();
    assert!(both.contains("both the text (data.text) and the class"), "{both}");
    // Numbers are learned from where nothing is said.
    assert!(!split_as(&text, &[]).unwrap().train.kind().counts_words());
    let alone = split_as(&text, &[("data.ignore", "stars"), ("data.label", "said")]).unwrap_err();
    assert!(alone.contains("no column of numbers"), "{alone}");
}

#[test]
fn prose_beside_numbers_is_what_a_table_is_about_and_names_and_remarks_are_not() {
    let table = |head: &str, said: &dyn Fn(usize) -> String| {
        let rows: String = (0..12).map(|i| format!("{i},{}.5,{}\n", i % 5, said(i))).collect();
        split_as(&format!("id,stars,{head}\n{rows}"), &[]).unwrap()
    };
    let prose = |i: usize| format!("the tea of table {i} came late and cold");
    let of_comments = table("seen", &prose);
    assert!(of_comments.train.kind().counts_words());
    assert_eq!(&*of_comments.train.columns()[0].name, "stars");
    // A choice tells that it could be read otherwise, either way.
    let choice = |split: &DataSplit| {
        split.options.iter().find(|option| option.name == "data.text").map(|option| option.value.to_string())
    };
    assert_eq!(choice(&of_comments).as_deref(), Some("seen"));
    // One that says more, but is no prose, does not stand in its way.
    let place = |i: usize| format!("in the long hall behind the second door on the left of row {}", i % 2);
    let two = table("place,seen", &|i| format!("{},{}", place(i), prose(i)));
    assert_eq!(choice(&two).as_deref(), Some("seen"));
    let titled = table("title,seen", &|i| format!("{} {i},{}", place(i), prose(i)));
    assert_eq!(choice(&titled).as_deref(), Some("seen"));
    let of_numbers: [(&str, &dyn Fn(usize) -> String); 3] = [
        ("seen", &|i| format!("table {i} outside")),
        ("title", &prose),
        ("seen", &|i| if i < 3 { prose(i) } else { String::new() }),
    ];
    for (head, said) in of_numbers {
        assert!(!table(head, said).train.kind().counts_words(), "{head}: {}", said(0));
    }
    assert_eq!(choice(&table("seen", &|i| format!("{} here", i % 2))), None);
    let remarks = table("note,seen", &|i| format!("no {},by {}", i % 3, i % 2));
    assert_eq!(choice(&remarks).as_deref(), Some(""));
}

proptest! {
    #[test]
    fn arbitrary_words_never_panic(text in "[a-d ,;\t\n\"éß月1]{0,120}", label in 0usize..4) {
        let _ = split_as(&text, &[]);
        let _ = split_as(&text, &[("data.label", &label.to_string()), ("data.text", "2")]);
    }

    #[test]
    fn arbitrary_text_never_panics(text in "[0-9a,;\t\n\"\\-. é]{0,80}") {
        let _ = split_as(&text, &[]);
    }

    #[test]
    fn what_is_written_is_read(
        rows in proptest::collection::vec(proptest::collection::vec(-1e6f32..1e6, 3), 1..20), comma in any::<bool>()
    ) {
        let line = |row: &Vec<f32>| {
            let cells: Vec<String> = row.iter().map(f32::to_string).collect();
            if comma { cells.join(";").replace('.', ",") } else { cells.join(",") }
        };
        let header = if comma { "a;b;c" } else { "a,b,c" };
        let text = format!("{header}\n{}\n", rows.iter().map(line).collect::<Vec<_>>().join("\n"));
        prop_assert_eq!(values(&table(&text)), rows.concat());
    }
}
