//! The ways in which people write tables, and what is refused in them.

use super::*;
use ndarray::Array2;
use proptest::prelude::*;

fn read_as(text: &str, settings: &[(&str, &str)]) -> Result<Dataset, String> {
    let with = |reading: Reading, (path, text): &(&str, &str)| reading.with(path, text).unwrap();
    parse("file", text, &settings.iter().fold(Reading::default(), with)).map_err(|e| e.to_string())
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
fn gaps_and_what_is_no_number_are_refused_at_their_place() {
    for gap in ["", " ", "NA", "nan", "?", "null"] {
        let text = format!("a,b\n1,2\n3,{gap}\n");
        fails_with(read_as(&text, &[]), &["row 3, column \"b\"", "fill it or leave the row out"]);
    }
    for beyond in ["inf", "-Infinity", "1e60"] {
        let text = format!("a,b\n{beyond},2\n3,4\n");
        fails_with(read_as(&text, &[]), &["row 2, column \"a\"", "beyond single precision"]);
    }
    let typo = read_as("a,b\n1,2\n3,4\n5,6x\n7,8\n", &[]);
    fails_with(typo, &["row 4, column \"b\"", "\"6x\" is no number", "data.ignore=b"]);
    fails_with(read_as("a,species\n1,rose\n2,\n", &[]), &["row 3, column \"species\"", "empty"]);
    fails_with(read_as("a,b\n1,2\n3\n", &[]), &["row 3 has 1 cells", "first has 2"]);
    fails_with(read_as("", &[]), &["no rows"]);
    fails_with(read_as("a,b\nu,v\nu,w\nu,v\n", &[]), &["is no number"]);
}

#[test]
fn a_file_is_read_within_limits_and_cut_evenly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let rows: String = (0..40).map(|i| format!("{i}.5,{}\n", ["elm", "rose"][i / 20])).collect();
    std::fs::write(&path, format!("a,kind\n{rows}")).unwrap();
    let split = load(&path, &Reading::default()).unwrap();
    assert_eq!((&*split.name, split.train.n_samples(), split.test.n_samples()), ("flowers", 32, 8));
    assert_eq!(split.test.labels().unwrap().of.iter().filter(|&&class| class == 0).count(), 4);
    let small = Reading::default().with("data.max_bytes", "10").unwrap();
    assert!(load(&path, &small).unwrap_err().to_string().contains("data.max_bytes"));
    std::fs::write(&path, b"a,b\n1,\xff\n").unwrap();
    assert!(load(&path, &Reading::default()).unwrap_err().to_string().contains("byte 7 is no text in UTF-8"));
}

#[test]
fn codes_are_known_by_their_names_or_said_to_be_codes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    std::fs::write(&path, "label,name,z0,z1\na,Ada,1,2\nb,Bob,3,4\na,Cid,5,6\n").unwrap();
    let codes = load(&path, &Reading::default()).unwrap();
    assert!(codes.train.are_codes() && codes.train.slice(1..2).unwrap().are_codes());
    assert_eq!(
        (codes.train.n_samples(), codes.train.caption(1), codes.train.classes().len()),
        (3, Some("Bob"), 2)
    );
    std::fs::write(&path, "label,x,y\na,1,2\nb,3,4\na,5,6\nb,7,8\n").unwrap();
    assert!(!load(&path, &Reading::default()).unwrap().train.are_codes());
    assert!(load_codes(&path, &Reading::default()).unwrap().train.are_codes());
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "[0-9a,;\t\n\"\\-. é]{0,80}") {
        let _ = read_as(&text, &[]);
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
