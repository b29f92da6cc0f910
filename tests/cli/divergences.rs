//! The figure of divergences on the command line.

use super::{done, refused};

#[test]
fn every_option_is_seen_in_the_figure_and_numbers_are_those_of_the_closed_form() {
    let folder = tempfile::tempdir().unwrap();
    let svg = |options: &str| {
        done(folder.path(), &format!("divergences {options} --out figure.svg"));
        std::fs::read_to_string(folder.path().join("figure.svg")).unwrap()
    };
    let pages: [(&str, &[&str]); 3] = [
        ("", &["--bump 1,-1,.5", "--q -1,2", "--descends reverse", "--descends js", "--page bound"]),
        ("--page bound", &["--model .3,-1,1,.8", "--guess 1,-.5", "--turns q", "--turns qp", "--blind --turns q"]),
        ("--page gradients", &["--bump 1,-1,.5 --bump .5,1,.5", "--q -1,2", "--draws 50", "--seed 3"]),
    ];
    for (page, options) in pages {
        let plain = svg(page);
        assert_eq!(svg(page), plain, "the same draws each time");
        let drawn: Vec<String> = options.iter().map(|option| svg(&format!("{page} {option}"))).collect();
        for (i, one) in drawn.iter().enumerate() {
            assert!(*one != plain && !drawn[..i].contains(one), "{page} {}", options[i]);
        }
    }
    // ln (σ_q/σ_p) + (σ_p² + (μ_p − μ_q)²) / (2 σ_q²) − ½, and the other way round.
    let both = svg("--bump .3,0,1 --q 1,2");
    assert!(both.contains("0.443 nats") && both.contains("1.307 nats"), "{both}");
    assert!(both.contains("q = N(1.00, 2.00²)"), "{both}");
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_can() {
    let folder = tempfile::tempdir().unwrap();
    for (options, words) in [
        ("--bump 1,0", &["--bump", "3 numbers"][..]),
        ("--bump 1,0,9", &["sigma 0.2 to 3"]),
        ("--q 0,0", &["sigma 0.05"]),
        ("--page gradients --draws 5", &["10 to 20000 draws"]),
        ("--page bound --turns qx", &["--turns \"qx\"", "qpqp"]),
        ("--page bound --blind --guess 1,0", &["--blind", "slope 0"]),
    ] {
        refused(folder.path(), &format!("divergences {options} --out figure.svg"), 2, words);
    }
    refused(folder.path(), "divergences --out figure.pdf", 1, &["figure.pdf", ".svg"]);
}
