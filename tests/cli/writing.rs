//! Sentences written from codes, as text.

use super::{done, refused};
use std::path::Path;

/// A model of short sentences, on a code of two numbers.
fn model(at: &Path) {
    let said: String =
        (0..60).map(|i| format!("{}\tthe {} sat\n", i % 2, ["cat", "dog", "moon"][i % 3])).collect();
    std::fs::write(at.join("said.tsv"), format!("label\ttext\n{said}")).unwrap();
    let train =
        "train --data said.tsv --set data.words=in_order --kind sentence-ae --latent-dim 2 --epochs 60 --lr 0.01";
    done(at, &format!("{train} --out m.safetensors"));
}

#[test]
fn a_code_is_written_out_greedily_by_beam_search_or_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    model(at);
    let write = |rest: &str| done(at, &format!("decode --model m.safetensors --z 0.5,-1 {rest}"));
    let greedy = write("");
    assert_eq!(greedy.lines().count(), 1, "{greedy:?}");
    assert_eq!(write("--temperature 0.01 --seed 5"), greedy, "what is cold is the likeliest");
    let drawn = |seed: u32| write(&format!("--temperature 3 --seed {seed}"));
    assert_eq!(drawn(1), drawn(1));
    assert!((2..12).any(|seed| drawn(seed) != drawn(1)));
    for rest in ["", "--beam 5", "--temperature 2"] {
        let said = write(&format!("{rest} --first Dog"));
        assert!(said.starts_with("dog") && said.lines().count() == 1, "{rest}: {said:?}");
    }
    assert_eq!(write("--out x.txt"), "");
    assert_eq!(std::fs::read_to_string(at.join("x.txt")).unwrap(), greedy);
    // A picture is of the sentence that is asked for too, and so are numbers.
    let [plain, same, begun] = ["", "--temperature 0.01", "--first the/the"].map(|rest| {
        done(at, &format!("decode --model m.safetensors --z 0.5,-1 {rest} --out x.csv"));
        std::fs::read(at.join("x.csv")).unwrap()
    });
    assert!(plain == same && plain != begun);
    done(at, "grid --model m.safetensors --steps 2 --beam 3 --out x.png");
    done(at, "traverse --model m.safetensors --steps 2 --first dog --out x.svg");
    let svg = std::fs::read_to_string(at.join("x.svg")).unwrap();
    assert!(svg.contains("dog"), "{svg}");
}

#[test]
fn a_walk_between_sentences_is_a_line_a_step() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    model(at);
    let walk = |rest: &str| done(at, &format!("interpolate --model m.safetensors {rest}"));
    let said = walk("--from-z 0,0 --to-z 3,-3 --steps 4");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said:?}");
    for (line, z) in [(lines[0], "0,0"), (lines[3], "3,-3")] {
        assert_eq!(done(at, &format!("decode --model m.safetensors --z {z}")), format!("{line}\n"));
    }
    let said = walk("--data said.tsv --from 0 --to 1 --steps 3 --beam 4 --first the");
    assert!(said.lines().count() == 3 && said.lines().all(|line| line.starts_with("the")), "{said:?}");
    walk("--from-z 0,0 --to-z 3,-3 --steps 4 --out walk.txt");
    assert_eq!(std::fs::read_to_string(at.join("walk.txt")).unwrap().lines().count(), 4);
    // As a picture, a line a step too, and as an animation in the sharp letters of its own size.
    walk("--from-z 0,0 --to-z 3,-3 --steps 4 --out walk.png");
    walk("--from-z 0,0 --to-z 3,-3 --steps 4 --out walk.gif");
    let [list, animation] = ["walk.png", "walk.gif"].map(|name| image::open(at.join(name)).unwrap().into_rgb8());
    assert!(list.width() > 4 * list.height(), "{:?}", list.dimensions());
    assert!(animation.width() > 200, "{:?}", animation.dimensions());
    for picture in [list, animation] {
        let n_of = |is: fn(u8) -> bool| picture.pixels().filter(|pixel| pixel.0.iter().all(|c| is(*c))).count();
        assert!(n_of(|c| c > 250) > 4 * n_of(|c| c < 100) && n_of(|c| c < 100) > 20, "dark words on white");
    }
}

#[test]
fn what_writes_no_sentences_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    model(at);
    let bad = |line: &str, words: &[&str]| refused(at, line, 2, words);
    bad("decode --model mnist-vae --z 0,0", &["--out", "no sentences"]);
    bad("decode --model mnist-vae --z 0,0 --out x.txt", &["x.txt", "no sentences"]);
    bad("decode --model mnist-vae --z 0,0 --beam 3 --out x.png", &["--beam", "no sentences"]);
    bad("interpolate --model mnist-vae --from-z 0,0 --to-z 1,1", &["--out", "no sentences"]);
    bad("interpolate --model mnist-vae --from-z 0,0 --to-z 1,1 --first a --out x.gif", &["--first"]);
    let decode = "decode --model m.safetensors --z 0,0";
    bad(&format!("{decode} --beam 3 --temperature 1"), &["--beam", "--temperature"]);
    bad(&format!("{decode} --beam 0"), &["beam"]);
    bad(&format!("{decode} --temperature 0"), &["temperature", "0.01 to 100"]);
    bad(&format!("{decode} --seed 3"), &["--temperature"]);
    bad(&format!("{decode} --first zebra"), &["--first", "zebra", "words of these sentences"]);
    bad(&format!("{decode} --first the.the.the.the.the.the.the.the"), &["--first", "more than the 14 words"]);
    bad(&format!("{decode} --width 8"), &["--width"]);
    bad(&format!("{decode} --scale 3"), &["--scale"]);
}
