use super::*;
use crate::data::Dataset;
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::Path;

fn write(folder: &Path, name: &str, image: impl Into<DynamicImage>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    image.into().save(path).unwrap();
}

fn grey(level: u8) -> GrayImage {
    GrayImage::from_pixel(8, 8, Luma([level]))
}

/// As a tree of a folder is loaded.
fn load_folder(folder: &Path, reading: &Reading) -> Result<Option<DataSplit>, DataError> {
    load_tree(&Tree::of_folder(folder, reading)?, reading)
}

fn load(folder: &Path, settings: &[(&str, &str)]) -> DataSplit {
    let reading =
        settings.iter().fold(Reading::default(), |reading, (path, text)| reading.with(path, text).unwrap());
    load_folder(folder, &reading).unwrap().unwrap()
}

/// All samples of both parts by their names.
fn by_name(data: &DataSplit) -> Vec<(String, Option<String>, Vec<u8>)> {
    let rows = |part: &Dataset| -> Vec<(String, Option<String>, Vec<u8>)> {
        let row = |i: usize| {
            let class = part.labels().map(|labels| labels.names[usize::from(labels.of[i])].clone());
            (part.caption(i).unwrap().to_string(), class, part.image(i).unwrap().to_vec())
        };
        (0..part.n_samples()).map(row).collect()
    };
    let mut all = [rows(&data.train), rows(&data.test)].concat();
    all.sort();
    all
}

#[test]
fn sub_folders_are_classes_and_files_have_names() {
    let folder = tempfile::tempdir().unwrap();
    for class in ["10", "9"] {
        for i in 0..5 {
            write(folder.path(), &format!("{class}/{class}-{i}.png"), grey(10 * i));
        }
    }
    let data = load(folder.path(), &[]);
    assert_eq!(data.train.kind(), &SampleKind::Image { channels: 1, height: 8, width: 8 });
    assert_eq!(data.train.labels().unwrap().names[..], ["9", "10"], "in the order of numbers");
    assert_eq!((data.train.n_samples(), data.test.n_samples()), (8, 2));
    assert_eq!(
        data.test.labels().unwrap().of[..].iter().collect::<BTreeSet<_>>().len(),
        2,
        "even over the classes"
    );
    let all = by_name(&data);
    assert_eq!(all[3], ("10-3".into(), Some("10".into()), vec![30; 64]));
    assert!(data.notes.iter().any(|note| note.contains("20 % are kept")), "{:?}", data.notes);
    assert_eq!(load(folder.path(), &[("data.split", "0.4")]).test.n_samples(), 4);
}

#[test]
fn folders_say_what_is_to_test_with() {
    let folder = tempfile::tempdir().unwrap();
    for (part, n) in [("Train", 3), ("test", 2), ("val", 1)] {
        for i in 0..n {
            write(folder.path(), &format!("set/{part}/a/{part}{i}.png"), grey(i));
            write(folder.path(), &format!("set/{part}/b/{part}{i}.png"), grey(i));
        }
    }
    let data = load(folder.path(), &[]);
    assert_eq!((data.train.n_samples(), data.test.n_samples()), (6, 4));
    assert!((0..4).all(|i| data.test.caption(i).unwrap().starts_with("test")));
    assert!(data.notes.iter().any(|note| note == "2 pictures for validation are left aside"), "{:?}", data.notes);
    std::fs::remove_dir_all(folder.path().join("set/test")).unwrap();
    assert_eq!(load(folder.path(), &[]).test.n_samples(), 2, "without others they are tested with");
    std::fs::remove_dir_all(folder.path().join("set/val")).unwrap();
    let data = load(folder.path(), &[]);
    assert_eq!(data.train.labels().unwrap().names[..], ["a", "b"], "what all lie in tells nothing");
}

#[test]
fn without_sub_folders_there_are_no_classes() {
    let folder = tempfile::tempdir().unwrap();
    (0..4).for_each(|i| write(folder.path(), &format!("{i}.bmp"), grey(i)));
    assert!(load(folder.path(), &[]).train.labels().is_none());
    write(folder.path(), "class/x.png", grey(1));
    write(folder.path(), "class/y.png", grey(1));
    write(folder.path(), "other/x.png", grey(1));
    let data = load(folder.path(), &[]);
    assert_eq!(data.train.n_samples() + data.test.n_samples(), 3);
    assert!(
        data.notes.iter().any(|note| note.starts_with("4 pictures lie beside the folders")),
        "{:?}",
        data.notes
    );
}

#[test]
fn what_is_no_picture_is_left_aside_and_said() {
    let folder = tempfile::tempdir().unwrap();
    (0..4).for_each(|i| write(folder.path(), &format!("{i}.png"), grey(i)));
    std::fs::write(folder.path().join("readme.txt"), "text").unwrap();
    std::fs::write(folder.path().join(".DS_Store"), "hidden").unwrap();
    let mut png = Vec::new();
    DynamicImage::from(grey(9)).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    std::fs::write(folder.path().join("cut.png"), &png[..40]).unwrap();
    #[cfg(unix)]
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe.png")).status().unwrap().success());
    let data = load(folder.path(), &[]);
    assert_eq!(by_name(&data).into_iter().map(|(name, ..)| name).collect::<String>(), "0123");
    let said = data.notes.join("\n");
    assert!(said.contains("readme.txt") && !said.contains("DS_Store"), "{said}");
    assert!(said.contains("1 file begins as a picture and is left aside: ") && said.contains("cut.png, because"));
    assert!(load_folder(&folder.path().join("nowhere"), &Reading::default()).is_err());
    let empty = tempfile::tempdir().unwrap();
    assert!(load_folder(empty.path(), &Reading::default()).unwrap().is_none());
    write(empty.path(), "one.png", grey(1));
    let error = load_folder(empty.path(), &Reading::default()).err().unwrap().to_string();
    assert!(error.contains("one picture alone"), "{error}");
    std::fs::write(empty.path().join("one.png"), &png[..40]).unwrap();
    std::fs::write(empty.path().join("two.png"), &png[..30]).unwrap();
    let error = load_folder(empty.path(), &Reading::default()).err().unwrap().to_string();
    assert!(error.contains("none of its pictures can be read"), "{error}");
    let reading = Reading { cancel: Default::default(), ..Reading::default() };
    reading.cancel.set();
    assert!(load_folder(folder.path(), &reading).is_err());
}

#[test]
fn pictures_of_several_sizes_come_to_one() {
    // Left black, middle grey, right white.
    let wide =
        |width: u32| GrayImage::from_fn(3 * width, width, |x, _| Luma([[0, 128, 255][(x / width) as usize]]));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "large.png", wide(90));
    write(folder.path(), "small.png", wide(30));
    let shape = |data: &DataSplit| match *data.train.kind() {
        SampleKind::Image { channels, height, width } => (channels, height, width),
        _ => panic!("pictures"),
    };
    let middle = |data: &DataSplit| {
        let (_, height, width) = shape(data);
        by_name(data)
            .into_iter()
            .map(|(.., row)| [0, width / 2, width - 1].map(|x| row[height / 2 * width + x]))
            .collect::<Vec<_>>()
    };
    let cropped = load(folder.path(), &[]);
    assert_eq!(shape(&cropped), (1, 64, 64), "the usual shorter side, 64 at most");
    assert_eq!(middle(&cropped), [[128; 3]; 2], "its middle is cut out");
    assert!(cropped.notes.iter().any(|note| note.contains("64 × 64: crop")), "{:?}", cropped.notes);
    let stretched = load(folder.path(), &[("data.fit", "stretch"), ("data.side", "30")]);
    assert_eq!((shape(&stretched), middle(&stretched)), ((1, 30, 30), vec![[0, 128, 255]; 2]));
    let padded = load(folder.path(), &[("data.fit", "pad"), ("data.side", "30"), ("data.ground", "black")]);
    assert_eq!(middle(&padded), [[0, 128, 255]; 2]);
    assert!(by_name(&padded).iter().all(|(.., row)| row[15] == 0 && row[29 * 30 + 15] == 0));
    std::fs::remove_file(folder.path().join("large.png")).unwrap();
    write(folder.path(), "again.png", wide(30));
    let own = load(folder.path(), &[]);
    assert_eq!(shape(&own), (1, 30, 90), "of one small size they keep it");
    assert!(!own.notes.iter().any(|note| note.contains("data.side")));
}

#[test]
fn colours_depth_and_what_is_transparent() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alpha.png", RgbaImage::from_pixel(2, 2, Rgba([200, 0, 0, 51])));
    write(folder.path(), "deep.png", image::ImageBuffer::<Luma<u16>, _>::from_pixel(2, 2, Luma([0x8080u16])));
    write(folder.path(), "rgb.webp", RgbImage::from_pixel(2, 2, Rgb([1, 2, 3])));
    let data = load(folder.path(), &[]);
    assert_eq!(data.train.kind(), &SampleKind::Image { channels: 3, height: 2, width: 2 });
    let rows: Vec<Vec<u8>> = by_name(&data).into_iter().map(|(.., row)| row).collect();
    let planes = |[r, g, b]: [u8; 3]| [[r; 4], [g; 4], [b; 4]].concat();
    // 200·.2 + 255·.8 = 244 and 255·.8 = 204.
    assert_eq!(rows, [planes([244, 204, 204]), planes([128; 3]), planes([1, 2, 3])]);
    let black = by_name(&load(folder.path(), &[("data.ground", "#000000")]));
    assert_eq!(black[0].2, planes([40, 0, 0]));
    let grey = load(folder.path(), &[("data.colour", "grey")]);
    assert_eq!(grey.train.n_features(), 4);
    assert!(
        grey.notes.iter().any(|note| note.contains("the colours of 2 pictures are left aside")),
        "{:?}",
        grey.notes
    );
    assert_eq!(by_name(&load(folder.path(), &[("data.colour", "colour")])), by_name(&data));
}

#[test]
fn a_camera_held_sideways_is_turned() {
    let image = GrayImage::from_fn(32, 16, |x, _| Luma([if x < 16 { 0 } else { 255 }]));
    let mut jpeg = Vec::new();
    DynamicImage::from(image).write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    // EXIF with orientation 6: the top is at the right.
    let tiff =
        [&b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01"[..], &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0], &[0; 4]].concat();
    let segment = [&[0xff, 0xe1][..], &(tiff.len() as u16 + 2).to_be_bytes(), &tiff].concat();
    let turned = [&jpeg[..2], &segment, &jpeg[2..]].concat();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.jpg"), &turned).unwrap();
    std::fs::write(folder.path().join("b.JPG"), &turned).unwrap();
    let data = load(folder.path(), &[]);
    assert_eq!(data.train.kind(), &SampleKind::Image { channels: 1, height: 32, width: 16 });
    let row = data.train.image(0).unwrap();
    assert!(row[8] < 30 && row[31 * 16 + 8] > 225, "what was at the left is at the top");
}

#[test]
fn settings_of_pictures_are_checked() {
    for (path, bad) in [
        ("data.side", "0"),
        ("data.side", "big"),
        ("data.fit", "cover"),
        ("data.colour", "blue"),
        ("data.ground", "#12"),
    ] {
        let error = Reading::default().with(path, bad).unwrap_err();
        assert!(error.contains(path) && error.contains(bad), "{error}");
    }
    assert_eq!(Reading::default().with("data.ground", "#0a0B0c").unwrap().pictures.ground, [10, 11, 12]);
    let folder = tempfile::tempdir().unwrap();
    (0..2).for_each(|i| write(folder.path(), &format!("{i}.png"), grey(i)));
    let reading = Reading::default().with("data.max_bytes", "127").unwrap();
    let error = load_folder(folder.path(), &reading).err().unwrap().to_string();
    assert!(error.contains("128 bytes, above the limit of 127"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever a file holds, it is read or left aside.
    #[test]
    fn damaged_pictures_do_no_harm(
        format in 0usize..6,
        cut in 0.0f64..1.0,
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..8),
    ) {
        let formats =
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP];
        let image = DynamicImage::from(RgbImage::from_fn(9, 7, |x, y| Rgb([x as u8 * 20, y as u8 * 30, 90])));
        let mut bytes = Vec::new();
        image.write_to(&mut Cursor::new(&mut bytes), formats[format]).unwrap();
        for (at, byte) in flips {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        bytes.truncate(8 + (cut * 2.0 * bytes.len() as f64) as usize);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("damaged"), bytes).unwrap();
        (0..2).for_each(|i| write(folder.path(), &format!("{i}.png"), grey(i)));
        let data = load_folder(folder.path(), &Reading::default()).unwrap().unwrap();
        let n = data.train.n_samples() + data.test.n_samples();
        prop_assert!(n == 3 || n == 2 && data.notes.iter().any(|note| note.contains("damaged")), "{:?}", data.notes);
    }
}
