use super::canvas::Seen;
use super::*;
use crate::data::{Cancel, DataChoice, SampleKind, load};

fn mnist() -> Dataset {
    load(&DataChoice::Mnist, &Reading::default()).unwrap().train
}

fn line(points: &[[f32; 2]]) -> Stroke {
    Stroke { points: points.to_vec(), radius: 0.04, colour: [255; 3] }
}

fn values(framed: &Framed) -> Vec<f32> {
    let mut x = ndarray::Array2::zeros((1, framed.sample.n_features()));
    framed.sample.gather(&[0], &mut x);
    x.into_raw_vec_and_offset().0
}

fn seen(framed: &Framed) -> Seen {
    Seen::on(&values(framed), framed.sample.kind().sides().unwrap(), &[0.0]).unwrap()
}

#[test]
fn the_frame_of_mnist_is_the_one_that_its_page_describes() {
    let frame = Frame::of(&mnist()).unwrap();
    assert!(frame.is_even() && frame.ground() == [0.0]);
    assert_eq!(frame.to_string(), "fitted into 20 × 20 and centred by mass, as the data are");
    // Moons differ in size, and lie where they lie.
    let moons = load(&DataChoice::Moons, &Reading::default()).unwrap().train;
    assert!(!Frame::of(&moons).unwrap().to_string().contains("fitted"));
    let iris = load(&DataChoice::Iris, &Reading::default()).unwrap().train;
    assert!(Frame::of(&iris).is_none());
}

#[test]
fn a_line_anywhere_comes_to_twenty_pixels_around_the_middle() {
    let data = mnist();
    let own = Frame::of(&data).unwrap();
    let middle = own.middle().unwrap();
    for points in [[[0.05, 0.1], [0.05, 0.7]], [[0.6, 0.3], [0.7, 0.95]], [[0.1, 0.5], [0.9, 0.5]]] {
        let framed = drawn(&[line(&points)], &own, &data).unwrap();
        let seen = seen(&framed);
        assert!((seen.longer() - 20.0).abs() <= 1.0, "{points:?}: {seen:?}");
        // MNIST's own centres of mass, to half a pixel.
        assert!((0..2).all(|axis| (seen.mass[axis] - middle[axis]).abs() < 0.1), "{points:?}: {seen:?}");
        assert!((0..2).all(|axis| (middle[axis] - 14.0).abs() < 0.6), "{middle:?}");
        let values = values(&framed);
        assert!(values.iter().any(|value| *value > 0.95) && values.iter().any(|value| (0.2..0.8).contains(value)));
    }
    assert!(drawn(&[], &own, &data).is_none(), "nothing is drawn yet");
}

#[test]
fn a_crossing_is_covered_once_and_a_speck_stays_small() {
    let data = mnist();
    let frame = Frame::of(&data).unwrap();
    let twice = drawn(&[line(&[[0.3, 0.5], [0.7, 0.5], [0.3, 0.5]])], &frame, &data).unwrap();
    assert_eq!(values(&twice), values(&drawn(&[line(&[[0.3, 0.5], [0.7, 0.5]])], &frame, &data).unwrap()));
    let speck = seen(&drawn(&[line(&[[0.5, 0.5]])], &frame, &data).unwrap());
    assert!(speck.longer() <= 6.0, "{speck:?}");
}

/// Images of a red square on white, in colour, of two sizes: no box is theirs.
fn squares() -> Dataset {
    let one = |half: usize| {
        let pixel = move |c: usize, i: usize| {
            let is_red = (i % 12).abs_diff(6) < half && (i / 12).abs_diff(6) < half;
            if is_red && c > 0 { 0 } else { 255 }
        };
        (0..3).flat_map(move |c| (0..144).map(move |i| pixel(c, i)))
    };
    let bytes: Vec<u8> = (0..20).flat_map(|i| one(2 + i % 4)).collect();
    Dataset::new(SampleKind::square(3, 12), Values::Bytes(bytes.into()), None, vec![]).unwrap()
}

#[test]
fn colours_are_kept_and_what_varies_in_the_data_is_left_as_drawn() {
    let data = squares();
    let stroke = Stroke { points: vec![[0.25, 0.25]], radius: 0.2, colour: [255, 0, 0] };
    let framed = drawn(&[stroke], &Frame::of(&data).unwrap(), &data).unwrap();
    let values = values(&framed);
    let at = |channel: usize, x: usize, y: usize| values[channel * 144 + y * 12 + x];
    let moved = framed.frame.unwrap().to_string();
    assert!(!moved.contains("fitted"), "{moved}");
    assert_eq!([at(0, 0, 0), at(1, 0, 0), at(2, 11, 11)], [1.0; 3], "white beside it");
    let red = (0..144).filter(|i| values[144 + i] < 0.1 && values[*i] > 0.9).count();
    // π (0.2 · 12)² = 18 pixels, those at the edge not counted.
    assert!((9..=18).contains(&red), "{red}");
}

#[test]
fn pictures_in_files_come_to_the_same_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pen.png");
    // A slanted line of dark ink on grey paper, in a picture that is not square, off its middle.
    let mut picture = image::GrayImage::from_pixel(90, 60, image::Luma([200]));
    for y in 10..40 {
        (0..5).for_each(|x| picture.put_pixel(x + y / 3, y, image::Luma([20])));
    }
    picture.save(&path).unwrap();
    let data = mnist();
    let frame = Frame::of(&data).unwrap();
    let framed = read_picture(&path, &frame, &data, &Reading::default()).unwrap();
    let seen = seen(&framed);
    assert!((seen.longer() - 20.0).abs() <= 1.0, "{seen:?}");
    let pixels = values(&framed);
    assert!(pixels[0] == 0.0 && pixels.iter().any(|value| *value > 0.9), "light on dark, as the data are");
    // One of the data's own size is taken as it is.
    let own = image::GrayImage::from_fn(28, 28, |x, y| image::Luma([(x * 9 + y) as u8]));
    own.save(&path).unwrap();
    let framed = read_picture(&path, &frame, &data, &Reading::default()).unwrap();
    assert!(framed.frame.is_none());
    assert!((values(&framed)[29] - 10.0 / 255.0).abs() < 1e-6);
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nand no more").unwrap();
    assert!(read_picture(&path, &frame, &data, &Reading::default()).unwrap_err().to_string().contains("damaged"));
    let cancel = Cancel::default();
    cancel.set();
    assert!(read_picture(&path, &frame, &data, &Reading { cancel, ..Reading::default() }).is_err());
}
