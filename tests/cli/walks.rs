//! Walks from code to code.

use super::{done, refused};

#[test]
fn a_walk_goes_past_codes_or_where_the_picture_changes_least() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let walk = |rest: &str| done(at, &format!("interpolate --model moons-vae --steps 5 {rest}"));
    walk("--data moons --from 3 --to 40 --out line.png");
    walk("--data moons --from 3 --to 40 --path knn --out along.png");
    walk("--data moons --from-z 0,1 --to-z 1,-1 --path knn --out between.png");
    walk("--data moons --from 3 --to 40 --path geodesic --out least.png");
    walk("--from-z 0,1 --to-z 1,-1 --path geodesic --out least.gif");
    done(at, "plane --model moons-vae --data moons --from-z 0,1 --to-z 1,-1 --path geodesic --out plane.svg");
    let pixels = |name: &str| image::open(at.join(name)).unwrap().into_rgb8();
    let tile = |name: &str, step: u32| {
        let strip = pixels(name);
        image::imageops::crop_imm(&strip, 28 * step, 0, 28, 28).to_image()
    };
    for name in ["along.png", "least.png"] {
        assert_eq!((tile(name, 0), tile(name, 4)), (tile("line.png", 0), tile("line.png", 4)), "{name}: its ends");
        assert_ne!(pixels(name), pixels("line.png"), "{name}");
    }
    let bad = |rest: &str, words: &[&str]| {
        refused(at, &format!("interpolate --model moons-vae {rest} --out x.png"), 2, words);
    };
    bad("--from-z 0,1 --to-z 1,-1 --path knn", &["--path knn", "--data"]);
    bad("--data moons --from-z 0,1 --to-z 1,-1", &["--data", "--from and --to"]);
    refused(
        at,
        "plane --model mnist-cvae --data mnist --from-z 0,1 --to-z 1,-1 --path geodesic --out p.svg",
        2,
        &["--path geodesic", "told a class"],
    );
}

#[test]
fn a_walk_becomes_a_strip_or_an_animation() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let walk = |rest: &str| done(at, &format!("interpolate --model full-half-vae {rest}"));
    walk("--data moons-full-half --from 1 --to 0 --steps 5 --out strip.png");
    walk("--from-z 0,1 --to-z 1,-1 --path slerp --out walk.gif");
    let size = |bytes: &[u8]| {
        let word = |i: usize| u32::from_be_bytes(bytes[i..i + 4].try_into().unwrap());
        (word(16), word(20))
    };
    assert_eq!(size(&std::fs::read(at.join("strip.png")).unwrap()), (5 * 28, 28));
    assert!(std::fs::read(at.join("walk.gif")).unwrap().starts_with(b"GIF89a"));
    // The ends are what decode makes of their codes.
    walk("--from-z 0,1 --to-z 1,-1 --steps 2 --out two.png");
    for (z, name) in [("0,1", "a.png"), ("1,-1", "b.png")] {
        done(at, &format!("decode --model full-half-vae --z {z} --out {name}"));
    }
    let pixels = |name: &str| {
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(std::fs::read(at.join(name)).unwrap())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bytes).unwrap();
        bytes
    };
    let (two, a, b) = (pixels("two.png"), pixels("a.png"), pixels("b.png"));
    for y in 0..28 {
        assert_eq!(two[y * 224..y * 224 + 112], a[y * 112..(y + 1) * 112]);
        assert_eq!(two[y * 224 + 112..(y + 1) * 224], b[y * 112..(y + 1) * 112]);
    }
    let bad = |rest: &str, status: i32, words: &[&str]| {
        refused(at, &format!("interpolate --model full-half-vae {rest}"), status, words);
    };
    bad("--data moons-full-half --from 5000 --to 0 --out x.png", 2, &["5000", "4999"]);
    bad("--from-z 0,1 --to-z 1 --out x.png", 2, &["--to-z has 1"]);
    bad("--from-z 0,1 --out x.png", 2, &["--to-z"]);
    bad("--from-z 0,1 --to-z 1,1 --steps 1 --out x.png", 2, &["steps"]);
    bad("--from-z 0,1 --to-z 1,1 --path round --out x.png", 2, &["slerp"]);
    bad("--from-z 0,1 --to-z 1,1 --out x.mp4", 1, &[".gif"]);
}
