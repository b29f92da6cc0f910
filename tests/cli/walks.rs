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
