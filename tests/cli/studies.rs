//! Studies of words and of search, on data of a few samples.

use super::{data, done, refused};
use serde_json::Value;
use std::path::Path;

fn json(said: &str) -> Value {
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// 80 documents of two classes, whose words mostly are those of their class.
fn documents(at: &Path) {
    let words = ["apple", "bread", "cheese", "dough", "flour", "grape", "honey", "lemon", "onion", "pepper"]
        .into_iter()
        .chain(["anchor", "beacon", "canvas", "deck", "engine", "ferry", "harbour", "island", "jetty", "keel"]);
    let words: Vec<&str> = words.collect();
    let row = |i: usize| {
        let (class, mix) = (i % 2, i / 2);
        let of: Vec<&str> = (0..6).map(|k| words[10 * class + (mix * (k + 1) + k * k * 3) % 10]).collect();
        format!("{}\t{} {}\n", ["food", "sea"][class], of.join(" "), words[(mix * 7) % 20])
    };
    std::fs::write(at.join("notes.tsv"), format!("label\ttext\n{}", (0..80).map(row).collect::<String>()))
        .unwrap();
}

#[test]
fn documents_are_told_apart_by_codes_of_two_lengths_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    documents(at);
    let found = json(&done(at, "study words --data notes.tsv --seeds 1 --report json"));
    let rows = found["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["row"].as_str().unwrap()).collect();
    assert!(names.contains(&"AE, cosine") && names.contains(&"LSA, centred, Euclidean"), "{names:?}");
    assert!(names.last().unwrap().starts_with("TF-IDF"), "{names:?}");
    for row in rows {
        for column in ["2-D: 5-NN accuracy %", "10-D: 5-NN accuracy %", "10-D: precision at 10 %"] {
            let value = row[column][0].as_f64().unwrap();
            assert!((0.0..=100.0).contains(&value), "{column}: {row}");
        }
    }
    let accuracy = |name: &str| {
        let row = rows.iter().find(|row| row["row"] == name);
        row.unwrap()["10-D: 5-NN accuracy %"][0].as_f64().unwrap()
    };
    assert!(accuracy("LSA, cosine") > 60.0, "most words are of one class alone");
    let said = found["and_so"].as_str().unwrap();
    assert!(said.contains("at 2 dimensions accuracy") && said.contains("at 10 dimensions accuracy"), "{said}");
    refused(at, "study words --data mnist", 2, &["about documents", "images are not"]);
}

#[test]
fn what_is_found_is_counted_by_pixels_by_pca_and_by_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    data(at);
    let found = json(&done(at, "study search --data data --seeds 1 --report json"));
    let rows = found[0]["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["row"].as_str().unwrap()).collect();
    assert_eq!(names, ["pixels", "PCA of 6", "AE of 6"]);
    for row in rows {
        assert!((0.0..=100.0).contains(&row["at 10 %"][0].as_f64().unwrap()), "{row}");
        assert!(row["at 50 %"][0].is_null(), "there are forty: {row}");
    }
    // Training and test pictures are the same ones here.
    assert_eq!(rows[0]["precision at 1 %"][0].as_f64(), Some(100.0));
    assert!(found[0]["and_so"].as_str().unwrap().contains("beside pixels"), "{found}");
    let text = done(at, "study search --data data --seeds 1");
    assert!(text.contains("So the codes of the AE of 6 find"), "{text}");
}

#[test]
fn words_of_sentences_come_back_by_length_for_every_kind_that_writes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let rows: String = (0..80)
        .map(|i| {
            let more = if i % 3 == 0 { " on the mat" } else { "" };
            format!("{}\tthe {} sat{more}\n", i % 2, ["cat", "dog", "moon"][i % 3])
        })
        .collect();
    std::fs::write(at.join("said.tsv"), format!("label\ttext\n{rows}")).unwrap();
    let in_order = "study sentences --data said.tsv --set data.words=in_order --seeds 1 --report json";
    let found = json(&done(at, in_order));
    let rows = found["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows[0]["row"].as_str().unwrap().starts_with("3 to 4 words"), "{found}");
    for row in rows {
        for title in ["Sentences, AE", "Sentences, VAE", "no code"] {
            let share = row[title][0].as_f64().unwrap();
            assert!((0.0..=100.0).contains(&share), "{title}: {row}");
        }
    }
    assert!(found["and_so"].as_str().unwrap().contains("“Sentences, AE”"), "{found}");
    let as_curves = "study sentences --data said.tsv --set data.words=in_order --seeds 1 --out found.svg";
    done(at, as_curves);
    let drawn = std::fs::read_to_string(at.join("found.svg")).unwrap();
    for said in ["Words at their place, %", "words of the sentence", "Sentences, VAE", "no code"] {
        assert!(drawn.contains(said), "{said}");
    }
    refused(at, "study sentences --data said.tsv --out found.pdf", 1, &["found.pdf"]);
    refused(at, "study words --data said.tsv --out found.svg", 2, &["--out", "labels-known, mixtures, sentences"]);
    let help = done(at, "study --help").replace('\n', " ");
    let help: Vec<&str> = help.split_whitespace().collect();
    assert!(help.join(" ").contains("steps along an axis: labels-known, mixtures, sentences"), "as refusals say");
    refused(at, "study words --data said.tsv --theme dark", 2, &["--theme", "--out"]);
    refused(at, "study sentences --data said.tsv", 2, &["about sentences", "documents are not"]);
    refused(at, "study sentences --set data.words=in_order", 2, &["--data"]);
}
