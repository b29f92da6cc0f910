//! The data sets that travel inside the program: part of MNIST, drawings of Twemoji, two tables, and nouns
//! and sentences of WordNet.
//!
//! MNIST is by Y. LeCun, C. Cortes and C. Burges, here its first 10 000 training and 2 000 test images; see
//! `assets/mnist/CREDIT.md`. Twemoji is by Twitter, Inc. and other contributors (CC BY 4.0); see
//! `assets/emoji/CREDIT.md`. Iris and wine are UCI's (CC BY 4.0), by way of scikit-learn; see
//! `assets/tables/CREDIT.md`. WordNet 3.0 is copyright 2006 by Princeton University; see
//! `assets/wordnet/LICENSE-wordnet`.

use super::{DataError, DataSplit, Dataset, Reading, SampleKind, Values, arrays, idx, malformed, reason, table};
use flate2::read::GzDecoder;
use std::io::Read;

/// Words that the nouns are counted in.
const N_WORDS: usize = 3000;

/// Unicode's categories in a word each, which the emoji's labels count.
const EMOJI_CLASSES: [&str; 9] =
    ["Smileys", "People", "Animals", "Food", "Travel", "Activities", "Objects", "Symbols", "Flags"];

/// The embedded digits.
pub fn mnist() -> Result<DataSplit, DataError> {
    Ok(DataSplit::new(
        "MNIST digits".into(),
        unpack(
            "MNIST train",
            include_bytes!("../../assets/mnist/train-images-idx3-ubyte.gz"),
            include_bytes!("../../assets/mnist/train-labels-idx1-ubyte.gz"),
        )?,
        unpack(
            "MNIST test",
            include_bytes!("../../assets/mnist/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../../assets/mnist/t10k-labels-idx1-ubyte.gz"),
        )?,
    ))
}

/// The embedded emoji: 32 × 32 pixels in red, green and blue.
pub fn emoji() -> Result<DataSplit, DataError> {
    let train = unpack(
        "emoji train",
        include_bytes!("../../assets/emoji/train-images-idx4-ubyte.gz"),
        include_bytes!("../../assets/emoji/train-labels-idx1-ubyte.gz"),
    )?;
    let test = unpack(
        "emoji test",
        include_bytes!("../../assets/emoji/test-images-idx4-ubyte.gz"),
        include_bytes!("../../assets/emoji/test-labels-idx1-ubyte.gz"),
    )?;
    let classes = EMOJI_CLASSES.map(String::from);
    Ok(DataSplit::new("Emoji".into(), train.with_classes(&classes)?, test.with_classes(&classes)?))
}

/// The same on 16 × 16 pixels, each the mean of four, for models that go through them one by one.
pub fn emoji_small() -> Result<DataSplit, DataError> {
    let DataSplit { train, test, .. } = emoji()?;
    Ok(DataSplit::new("Emoji, 16 × 16".into(), halved(&train)?, halved(&test)?))
}

/// Images with every two by two pixels brought to one, their mean.
fn halved(data: &Dataset) -> Result<Dataset, DataError> {
    let Some([channels, height, width]) = data.kind().sides() else { return Ok(data.clone()) };
    let (rows, columns) = (height / 2, width / 2);
    let mut bytes = Vec::with_capacity(data.n_samples() * channels * rows * columns);
    for image in (0..data.n_samples()).filter_map(|idx| data.image(idx)) {
        for map in image.chunks(height * width) {
            let at = |row: usize, column: usize| u16::from(map[row * width + column]);
            bytes.extend((0..rows * columns).map(|i| {
                let (row, column) = (2 * (i / columns), 2 * (i % columns));
                let sum = at(row, column) + at(row, column + 1) + at(row + 1, column) + at(row + 1, column + 1);
                ((sum + 2) / 4) as u8
            }));
        }
    }
    let kind = SampleKind::image(channels, rows, columns);
    Dataset::new(kind, Values::Bytes(bytes.into()), data.labels().cloned(), vec![])
}

/// The measures of 150 iris flowers, cut as `reading` says.
pub fn iris(reading: &Reading) -> Result<DataSplit, DataError> {
    cut("Iris flowers", include_str!("../../assets/tables/iris.csv"), reading)
}

/// The analyses of 178 wines, cut as `reading` says.
pub fn wine(reading: &Reading) -> Result<DataSplit, DataError> {
    cut("Wines", include_str!("../../assets/tables/wine.csv"), reading)
}

/// 6 595 nouns of ten categories by their definitions, cut as `reading` says.
pub fn wordnet(reading: &Reading) -> Result<DataSplit, DataError> {
    let text = unpacked(include_bytes!("../../assets/wordnet/wordnet10.tsv.gz"))?;
    // Long enough a list that a reverse dictionary knows its words.
    let many = Reading { n_words: N_WORDS, ..reading.clone() };
    let is_said = reading.made.iter().any(|(name, _)| name == "data.vocabulary");
    cut("Nouns by definition", &text, if is_said { reading } else { &many })
}

/// Some 11 000 example sentences of WordNet, cut as `reading` says.
pub fn sentences(reading: &Reading) -> Result<DataSplit, DataError> {
    let text = unpacked(include_bytes!("../../assets/wordnet/wordnet-sentences.tsv.gz"))?;
    cut("Example sentences", &text, &Reading { keeps_order: true, ..reading.clone() })
}

/// The text of a part of WordNet.
fn unpacked(packed: &[u8]) -> Result<String, DataError> {
    let mut text = String::new();
    let broken = |e: std::io::Error| malformed("embedded WordNet", reason(&e));
    GzDecoder::new(packed).read_to_string(&mut text).map_err(broken)?;
    Ok(text)
}

fn cut(name: &str, text: &str, reading: &Reading) -> Result<DataSplit, DataError> {
    let file = format!("embedded {name}");
    let split = table::parse(&file, name.into(), text, reading)?;
    // How they were made needs no saying.
    Ok(DataSplit { notes: Vec::new(), ..split })
}

fn unpack(name: &str, images: &[u8], labels: &[u8]) -> Result<Dataset, DataError> {
    let file = |part: &str| format!("embedded {name} {part}");
    let reading = Reading::default();
    let images = idx::decompress(&file("images"), images, &reading)?;
    let labels = idx::decompress(&file("labels"), labels, &reading)?;
    arrays::assemble(&file("images"), images, Some((&file("labels"), &labels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_ten_classes_of_digits() {
        let mnist = mnist().unwrap();
        assert_eq!((mnist.train.n_samples(), mnist.test.n_samples()), (10_000, 2_000));
        assert_eq!(mnist.train.labels().unwrap().names.len(), 10);
        assert_eq!(mnist.train.labels().unwrap().of[..5], [5, 0, 4, 1, 9]);
        let mean = (0..10_000).flat_map(|i| mnist.train.image(i).unwrap()).map(|&b| f64::from(b)).sum::<f64>();
        assert!((mean / 255.0 / 7_840_000.0 - 0.1307).abs() < 0.002);
    }

    #[test]
    fn holds_emoji_in_colour_with_every_category_in_both_splits() {
        let emoji = emoji().unwrap();
        assert_eq!((emoji.train.n_samples(), emoji.test.n_samples()), (1_686, 187));
        for split in [&emoji.train, &emoji.test] {
            assert_eq!(split.classes()[8], "Flags");
            assert!((0..9).all(|class| split.labels().unwrap().of.contains(&class)));
        }
        // The first is a grinning face: white at its corner, yellow (much red and green, little blue) above
        // its eyes.
        let face = emoji.train.image(0).unwrap();
        let pixel = |row: usize, column: usize| [0, 1, 2].map(|channel| face[channel * 1024 + row * 32 + column]);
        assert_eq!(pixel(0, 0), [255; 3]);
        let [red, green, blue] = pixel(6, 16);
        assert!(red > 230 && green > 180 && blue < 120, "{red} {green} {blue}");
    }

    #[test]
    fn small_emoji_are_the_means_of_four_pixels_each() {
        let (whole, small) = (emoji().unwrap(), emoji_small().unwrap());
        assert_eq!(small.train.kind(), &SampleKind::image(3, 16, 16));
        assert_eq!(small.test.labels().unwrap().of, whole.test.labels().unwrap().of);
        let (large, halved) = (whole.train.image(7).unwrap(), small.train.image(7).unwrap());
        for (channel, row, column) in [(0, 0, 0), (1, 5, 9), (2, 15, 15), (0, 8, 4)] {
            let at = |r: usize, c: usize| f32::from(large[channel * 1024 + (2 * row + r) * 32 + 2 * column + c]);
            let mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4.0;
            assert!((f32::from(halved[channel * 256 + row * 16 + column]) - mean).abs() <= 0.5);
        }
    }

    #[test]
    fn holds_two_tables_with_every_class_in_both_splits() {
        let reading = Reading::default();
        let tables =
            [(iris(&reading), "sepal length (cm)", 4, [120, 30]), (wine(&reading), "alcohol", 13, [142, 36])];
        for (split, first, n_columns, n) in tables {
            let split = split.unwrap();
            let SampleKind::Vector { names } = split.train.kind() else { panic!("no table") };
            assert_eq!((&*names[0], names.len()), (first, n_columns));
            assert_eq!([split.train.n_samples(), split.test.n_samples()], n);
            assert_eq!(split.train.classes().len(), 3);
            assert!((0..3).all(|class| split.test.labels().unwrap().of.contains(&class)));
        }
    }
}
