//! A folder of pictures from the command line: looked at, learned from, and decoded again.

use super::done;

#[test]
fn a_folder_of_pictures_is_understood_and_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    for (class, level) in [("dark", 40), ("light", 200)] {
        std::fs::create_dir_all(folder.path().join("set").join(class)).unwrap();
        for i in 0..10u8 {
            let picture = image::RgbImage::from_pixel(20, 12 + u32::from(i), image::Rgb([level + i, level, 10]));
            picture.save(folder.path().join("set").join(class).join(format!("{i}.png"))).unwrap();
        }
    }
    let said = done(folder.path(), "inspect set --set data.side=8");
    for line in ["samples: colour images of 8 × 8", "train: 16", "2 classes: dark (8), light (8)", "8 × 8: crop"]
    {
        assert!(said.contains(line), "{said} lacks {line}");
    }
    let train = "train --data set --set data.side=8 --set data.fit=stretch --kind vae --hidden 8 --epochs 3 --out m.safetensors --report json";
    let report = done(folder.path(), train);
    let report: serde_json::Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
    assert!(report["test"]["loss"].as_f64().unwrap().is_finite(), "{report}");
    done(folder.path(), "decode --model m.safetensors --z 0,0 --out x.png");
    let decoded = image::open(folder.path().join("x.png")).unwrap();
    assert_eq!((decoded.width(), decoded.height(), decoded.color().has_color()), (8, 8, true));
}
