//! What is unlike the others.

use super::{done, refused};
use serde_json::Value;

fn json(said: &str) -> Value {
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// What statsmodels found of a table, which is written to the folder.
fn table(folder: &std::path::Path, name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../statsmodels/influence.json")).unwrap();
    let answer = all[name].clone();
    let columns = answer["columns"].as_object().unwrap();
    let names: Vec<&str> = columns.keys().map(String::as_str).collect();
    let n = columns[names[0]].as_array().unwrap().len();
    let row = |row: usize| names.iter().map(|name| columns[*name][row].to_string()).collect::<Vec<_>>().join(",");
    let rows: Vec<String> = (0..n).map(|at| format!("row {at},{}", row(at))).collect();
    std::fs::write(folder.join(format!("{name}.csv")), format!("name,{}\n{}\n", names.join(","), rows.join("\n")))
        .unwrap();
    answer
}

#[test]
fn cooks_distance_of_a_file_is_that_of_statsmodels() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["stackloss", "longley"] {
        let answer = table(folder.path(), name);
        let column = answer["y"].as_str().unwrap();
        let line = format!(
            "outliers --data {name}.csv --by cook --column {column} -n 100 --out {name}-cook.csv --report json"
        );
        let report = json(&done(folder.path(), &line));
        let found = report["outliers"].as_array().unwrap();
        assert_eq!(found.len(), answer["cook"].as_array().unwrap().len(), "all rows of both splits");
        for found in found {
            // Names say which row of the file it was.
            let row: usize = found["caption"].as_str().unwrap()[4..].parse().unwrap();
            for (ours, theirs) in [("cook", "cook"), ("leverage", "leverage")] {
                let (ours, theirs) = (found[ours].as_f64().unwrap(), answer[theirs][row].as_f64().unwrap());
                assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "{name}, row {row}: {ours} {theirs}");
            }
            let (cook, h) = (found["cook"].as_f64().unwrap(), found["leverage"].as_f64().unwrap());
            assert!((found["product"].as_f64().unwrap() - cook * cook).abs() < 1e-12);
            assert!((found["product_lifted"].as_f64().unwrap() - cook * h / (1.0 - h).powi(2)).abs() < 1e-12);
        }
        let csv = std::fs::read_to_string(folder.path().join(format!("{name}-cook.csv"))).unwrap();
        assert!(csv.starts_with("rank,index,split,name,cook,leverage,residual,fitted,product,product_lifted\n"));
        assert_eq!(csv.lines().count(), found.len() + 1);
    }
    let said = done(folder.path(), "outliers --data stackloss.csv --by cook --column stackloss --on airflow");
    assert!(said.contains("p = 2 coefficients") && said.contains("the lecture multiplies"), "{said}");
}

#[test]
fn a_leverage_of_one_and_a_column_that_says_nothing_new_are_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        (0..11).map(|i| format!("{},{},{}", if i == 7 { 19 } else { 8 }, 3, (i * 7 % 5) as f32 / 10.0 + 5.0));
    let text = format!("x,same,y\n{}\n", rows.collect::<Vec<_>>().join("\n"));
    std::fs::write(folder.path().join("iv.csv"), text).unwrap();
    let said = done(folder.path(), "outliers --data iv.csv --by cook --column y");
    assert!(
        said.contains("has no distance: leverage 1") && said.contains("same is left out: it does not vary"),
        "{said}"
    );
    assert!(!said.contains("NaN") && !said.contains("inf"), "{said}");
    let report = json(&done(folder.path(), "outliers --data iv.csv --by cook --column y --report json"));
    assert!(
        report["outliers"][0]["cook"].is_null() && report["outliers"][0]["leverage"].as_f64().unwrap() > 0.999
    );
}

#[test]
fn samples_are_listed_by_every_score() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    done(
        at,
        "train --data wine --kind vae --set likelihood=gaussian --hidden 16 --epochs 3 --out wine.safetensors",
    );
    for (by, column, is_least) in [
        ("reconstruction", "error", false),
        ("ln-p", "ln_p", true),
        ("rarity", "rarity", false),
        ("neighbours", "distance", false),
    ] {
        let line = format!(
            "outliers --model wine.safetensors --data wine --by {by} --split test -n 30 --report json --out all.csv"
        );
        let report = json(&done(at, &line));
        let found = report["outliers"].as_array().unwrap();
        let value = |i: usize| found[i][column].as_f64().unwrap() * if is_least { -1.0 } else { 1.0 };
        assert!(found.len() == 30 && (1..30).all(|i| value(i - 1) >= value(i)), "{by}: {report}");
        let rows = std::fs::read_to_string(at.join("all.csv")).unwrap().lines().count() as u64;
        assert_eq!(rows, report["samples"].as_u64().unwrap() + 1);
    }
    let on_codes = "outliers --model wine.safetensors --data wine --by cook --column ash --on codes --report json";
    let report = json(&done(at, on_codes));
    assert_eq!(report["regression"]["coefficients"], 3);
    let of_class = json(&done(at, "outliers --data iris --by neighbours --class virginica --report json"));
    assert!(of_class["outliers"].as_array().unwrap().iter().all(|found| found["class"] == "virginica"));
    done(at, "outliers --data wine --by neighbours");
}

#[test]
fn what_cannot_be_listed_is_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    refused(at, "outliers --data wine --by rarity", 2, &["--model is missing"]);
    refused(at, "outliers --data wine --by cook", 2, &["--column is missing", "alcohol"]);
    refused(at, "outliers --data wine --by cook --column weight", 2, &["no column", "alcohol"]);
    refused(at, "outliers --data wine --by cook --column ash --on codes", 2, &["no codes"]);
    refused(at, "outliers --data wine --by neighbours --split all", 2, &["one split"]);
    refused(at, "outliers --data wine --by neighbours --class rosé", 2, &["there are"]);
    refused(at, "outliers --data wine --by neighbours --out x.txt", 2, &[".csv"]);
    refused(at, "outliers --model mnist-ae --data mnist --by ln-p", 1, &["no density"]);
}

#[test]
fn the_fit_is_a_figure_of_one_split_with_the_point_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let line = "outliers --data wine --by cook --column ash --on alcohol";
    done(folder.path(), &format!("{line} --split test --sample 3 --width 12 --out fit.svg"));
    let svg = std::fs::read_to_string(folder.path().join("fit.svg")).unwrap();
    assert!(svg.contains("Sample 3") && svg.contains(">alcohol</text>") && svg.contains("<circle"));
    for (more, words) in [
        ("--out fit.svg", &["--split train"][..]),
        ("--split train --sample 9999 --out fit.svg", &["--sample 9999", "none of the"]),
        ("--split train --out fit.pdf", &["fit.pdf", ".csv"]),
        ("--split train --dpi 600 --out fit.csv", &["--dpi"]),
        ("--split train --sample 3 --out fit.csv", &["--sample", ".svg"]),
        ("--split train --sample 3", &["--out"]),
        ("--split train --theme dark", &["--theme", "--out"]),
        ("--split train --width 8", &["--width", "--out"]),
    ] {
        refused(folder.path(), &format!("{line} {more}"), 2, words);
    }
}

#[test]
fn neighbours_split_class_and_columns_are_those_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let row = |i: usize| format!("{},{},{}", i * 37 % 101, i * 53 % 97, ["elm", "oak", "oak"][i % 3]);
    let rows: Vec<String> = (0..90).map(row).collect();
    std::fs::write(at.join("trees.csv"), format!("x,y,species\n{}\n", rows.join("\n"))).unwrap();
    let first = |line: &str| json(&done(at, &format!("outliers --data trees.csv {line} -n 3 --report json")));
    let (usual, near) = (first("--by neighbours"), first("--by neighbours -k 1"));
    assert_eq!(usual, first("--by neighbours -k 20 --split train"), "as the help says");
    assert!(usual["outliers"][0]["distance"].as_f64() > near["outliers"][0]["distance"].as_f64());
    assert!(near["title"].as_str().unwrap().contains("distance to 1 neighbours"), "{near}");
    let of_test = first("--by neighbours --split test");
    assert!(of_test["outliers"][0]["split"] == "test" && of_test["samples"] != usual["samples"], "{of_test}");

    let columns = first("--by neighbours --out all.csv");
    assert_eq!(columns["by"], "distance");
    let names = std::fs::read_to_string(at.join("all.csv")).unwrap();
    assert_eq!(names.lines().count() as u64, columns["samples"].as_u64().unwrap() + 1, "{names}");
    let cook = |more: &str| first(&format!("--by cook --column y {more}"));
    let (all, of_class) = (cook(""), cook("--class elm"));
    assert_eq!((&all["samples"], &of_class["samples"]), (&90.into(), &30.into()));
    assert!(of_class["outliers"].as_array().unwrap().iter().all(|found| found["class"] == "elm"));
    assert_ne!(all["regression"]["intercept"], of_class["regression"]["intercept"], "the fit is of these alone");
    let (train, test) = (cook("--split train"), cook("--split test"));
    let n = |report: &Value| report["samples"].as_u64().unwrap();
    assert!(n(&train) + n(&test) == 90 && n(&train) > n(&test));
    assert!(test["outliers"].as_array().unwrap().iter().all(|found| found["split"] == "test"));
}
