//! What is like a text, a picture or a sample.

use super::{done, refused};
use serde_json::Value;

fn json(said: &str) -> Value {
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// The samples of a list.
fn found(list: &Value) -> Vec<u64> {
    list["found"].as_array().unwrap().iter().map(|found| found["index"].as_u64().unwrap()).collect()
}

#[test]
fn what_is_like_a_sample_is_ranked_by_code_by_pixels_and_by_pca() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let said = done(at, "find --model mnist-vae --data mnist --sample 5 -k 4 --precision");
    for words in ["by code, Euclidean distance", "by pixels", "by PCA of 2 dimensions", "precision at k"] {
        assert!(said.contains(words), "{said}");
    }
    // Three lists of a head and four, the head of the table and a row a list.
    assert_eq!(said.lines().count(), 3 * 5 + 4, "{said}");
    let report = json(&done(at, "find --model mnist-vae --data mnist --sample 5 -k 4 --precision --report json"));
    let lists = report["lists"].as_array().unwrap();
    assert_eq!(
        lists.iter().map(|list| list["by"].as_str().unwrap()).collect::<Vec<_>>(),
        ["code", "input", "pca"]
    );
    for list in lists {
        assert!(found(list).len() == 4 && !found(list).contains(&5), "it is not among its own: {list}");
        let distance = |i: usize| list["found"][i]["distance"].as_f64().unwrap();
        assert!((1..4).all(|i| distance(i - 1) <= distance(i)));
        let precision = list["precision"].as_array().unwrap();
        let at = |i: usize| precision[i]["precision"].as_f64().unwrap();
        assert_eq!((precision.len(), precision[0]["k"].as_u64()), (6, Some(1)));
        assert!((0.1..=1.0).contains(&at(0)) && (0.1..=1.0).contains(&at(5)), "{list}");
    }
    let pixels = lists[1]["precision"][0]["precision"].as_f64().unwrap();
    assert!(pixels > 0.85, "the nearest digit by pixels mostly is the same digit: {pixels}");
    let cosine = "find --model mnist-vae --data mnist --sample 5 -k 4 --by code --metric cosine --report json";
    let report = json(&done(at, cosine));
    assert_eq!((report["metric"].as_str(), report["lists"].as_array().unwrap().len()), (Some("cosine"), 1));
    assert_ne!(found(&report["lists"][0]), found(&lists[0]));
}

#[test]
fn a_picture_and_a_test_sample_are_looked_for_too() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    done(at, "decode --model mnist-vae --z 0.5,-1 --out x.png");
    let report = json(&done(at, "find --model mnist-vae --data mnist --image x.png --by input --report json"));
    assert_eq!(found(&report["lists"][0]).len(), 10);
    let told = "find --model mnist-cvae --data mnist --sample 3 --split test --by code -k 2 --report json";
    assert_eq!(found(&json(&done(at, told))["lists"][0]).len(), 2, "of its own class, since none is given");
    let line = "find --model mnist-cvae --data mnist --image x.png --by code";
    refused(at, line, 2, &["--label", "is missing"]);
    done(at, &format!("{line} --label 3"));
}

#[test]
fn a_text_finds_documents_and_words_that_none_has_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let row = |i: usize| {
        let texts = [["cat dog fur", "paw cat tail"], ["moon sun sky", "star moon night"]];
        format!("{}\tnote {i}\t{}\n", ["animals", "heaven"][i % 2], texts[i % 2][i / 2 % 2])
    };
    let table: String = (0..40).map(row).collect();
    std::fs::write(at.join("notes.tsv"), format!("label\ttitle\ttext\n{table}")).unwrap();
    done(at, "train --data notes.tsv --kind lsa --out m.safetensors");
    let report = json(&done(at, "find --model m.safetensors --data notes.tsv --text Moon -k 3 --report json"));
    let lists = report["lists"].as_array().unwrap();
    assert_eq!(
        lists.iter().map(|list| list["by"].as_str().unwrap()).collect::<Vec<_>>(),
        ["code", "input", "lsa"]
    );
    assert_eq!(lists[1]["title"].as_str(), Some("TF-IDF"));
    for list in lists {
        assert!(list["found"].as_array().unwrap().iter().all(|found| found["class"] == "heaven"), "{list}");
    }
    let find = "find --model m.safetensors --data notes.tsv";
    refused(at, &format!("{find} --text zebra"), 1, &["no word of “zebra”", "try other words"]);
    refused(at, &format!("{find} --text moon --by pca"), 2, &["--by pca", "lsa"]);
    refused(at, &format!("{find} --image x.png"), 2, &["documents are no pictures"]);
    refused(at, &format!("{find} --sample 4000"), 2, &["sample 4000", "beyond the last"]);
    refused(at, find, 2, &["--text"]);
    refused(at, "find --model mnist-vae --data mnist --text seven", 1, &["neither words nor names"]);
}
