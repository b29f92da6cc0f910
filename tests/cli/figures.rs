//! Figures from the command line, and what is refused of them.

use super::{done, refused};

#[test]
fn figures_have_the_size_and_the_theme_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    done(
        at,
        "plane --model moons-vae --data moons --colour-by phase --theme dark --width 6 --dpi 100 --out p.png",
    );
    let image = image::open(at.join("p.png")).unwrap().into_rgb8();
    assert_eq!((image.width(), image.get_pixel(0, 0).0), (236, [0x0b, 0x0e, 0x14]));
    done(at, "traverse --model mnist-vae-10d --dims 2,6 --steps 5 --range -2:2 --out t.svg");
    let svg = std::fs::read_to_string(at.join("t.svg")).unwrap();
    assert!(svg.contains(">z[6]</text>") && svg.contains(">−2.0</text>") && !svg.contains(">z[0]</text>"));
    done(at, "grid --model mnist-vae --steps 4 --width 5 --no-axes --no-names --out g.png");
    let bare = image::open(at.join("g.png")).unwrap();
    assert_eq!(bare.width(), (50.0f32 / 25.4 * 300.0).round() as u32);
    done(at, "grid --model mnist-vae --steps 4 --scale 2 --out g2.png");
    assert_eq!(image::open(at.join("g2.png")).unwrap().width(), 4 * 28 * 2);
}

#[test]
fn what_cannot_be_drawn_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (line, status, words) in [
        (
            "plane --model mnist-vae --data wine --out p.svg",
            1,
            &["mnist-vae", "open data of the model's shape"][..],
        ),
        ("plane --model moons-vae --data moons --hide sun --out p.svg", 2, &["--hide \"sun\"", "full"]),
        ("plane --model moons-vae --data moons --colour-by age --out p.svg", 2, &["--colour-by \"age\"", "phase"]),
        ("plane --model moons-vae --data moons --out p.pdf", 1, &["p.pdf", ".svg or .png"]),
        ("plane --model moons-vae --data moons --width 500 --out p.svg", 2, &["--width 500", "100 cm"]),
        ("plane --model moons-vae --data moons --title A --title B --out p.svg", 2, &["--title", "for 1 models"]),
        ("plane --model moons-vae --data moons --from-z 0,0 --out p.svg", 2, &["--to-z"]),
        ("plane --model moons-vae --data moons --columns x,y --out p.svg", 2, &["--columns x,y", "no columns"]),
        ("plane --model moons-vae --data moons --says grid --out p.svg", 2, &["--columns"]),
        ("plane --model moons-vae --data moons --columns x --z 0,0 --out p.svg", 2, &["--columns", "--z"]),
        ("plane --model moons-vae --data moons --columns x --dims 0,1 --out p.svg", 2, &["--columns", "--dims"]),
        (
            "plane --model moons-vae --data moons --columns x --grid 0:1,0:1 --out p.svg",
            2,
            &["--columns", "--grid"],
        ),
        (
            "plane --model moons-vae --data moons --columns x --no-rings --out p.svg",
            2,
            &["--columns", "--no-rings"],
        ),
        (
            "plane --model moons-vae --data moons --columns x --from-z 0,0 --to-z 1,1 --out p.svg",
            2,
            &["--columns", "--from-z"],
        ),
        (
            "plane --model gan-ring --data ring --columns x --no-class-names --out p.svg",
            2,
            &["--no-class-names", "two columns"],
        ),
        ("plane --model moons-vae --data moons --columns x --title A --title B --out p.svg", 2, &["for 1 models"]),
        (
            "plane --model moons-vae --data moons --columns x --range 0:1,0:1 --range 0:2,0:2 --out p.svg",
            2,
            &["--range is given 2 times", "all models share"],
        ),
        (
            "plane --model moons-vae --data moons --dims principal --out p.svg",
            2,
            &["--dims principal", "2 dimensions", "leave it out"],
        ),
        (
            "plane --model moons-vae --data moons --dims samples:3,3,7 --out p.svg",
            2,
            &["--dims samples:3,3,7", "in one line", "three others"],
        ),
        ("grid --model moons-vae --scale 2 --width 8 --out p.png", 2, &["--scale", "--width"]),
        ("grid --model moons-vae --dpi 600 --out p.png", 2, &["--dpi", "--width", ".svg"]),
        ("decode --model moons-vae --z 0,0 --scale 3 --out p.npy", 2, &["--scale", "leave it out"]),
        ("decode --model moons-vae --z 0,0 --no-names --out p.csv", 2, &["--no-names", "only a figure"]),
        (
            "interpolate --model moons-vae --from-z 0,0 --to-z 1,1 --width 8 --out p.gif",
            2,
            &["--width", "p.gif", ".svg or .png"],
        ),
        (
            "grid --model moons-vae --steps 200 --scale 16 --out p.png",
            2,
            &["40000 pictures", "fewer --steps or a smaller --scale"],
        ),
        ("plane --model moons-vae --data moons --width 100 --dpi 1200 --out p.png", 1, &["fewer an inch"]),
        ("traverse --model moons-vae --dims 7 --out p.svg", 2, &["--dims \"7\"", "from 0 to 1"]),
        ("traverse --model moons-vae --range 1:0 --out p.svg", 2, &["--range", "LOW below HIGH"]),
    ] {
        refused(folder.path(), line, status, words);
    }
}
