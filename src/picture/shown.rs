//! What samples look like, stored or decoded: the one path that the window, the command line and exports all
//! take.

use super::mosaic::mosaic;
use super::{Pixels, bars, curve};
use crate::data::{Dataset, SampleKind, Scaling, ScalingRule};
use crate::model::FrozenModel;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate};
use std::sync::Arc;

/// Words of a document that are named.
const N_WORDS: usize = 12;
/// Standard deviations that a bar has room for on either side.
const DEVIATIONS: f32 = 3.0;

/// Samples as they are shown.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Images side by side.
    Pictures(Pixels),
    /// Rows of named numbers.
    Numbers(Numbers),
    /// Documents, as their most frequent words.
    Words(Words),
    /// Sentences as text.
    Sentences(Sentences),
}

/// What samples say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The words of each.
    pub words: Vec<Vec<String>>,
    /// Whether they run on as in a sentence.
    pub is_running: bool,
}

/// Rows of named numbers.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// Names of the columns.
    pub names: Arc<[String]>,
    /// The values [n, columns] in the data's own units.
    pub x: Array2<f32>,
    /// How far each bar reaches, from −1 to 1.
    reach: Array2<f32>,
    is_centred: bool,
    tiles: Pixels,
}

/// Documents, each as its most frequent words.
#[derive(Clone, Debug)]
pub struct Words {
    /// The words of each document and how often they occur (or are expected to), most frequent first.
    pub documents: Vec<Vec<(String, f32)>>,
    tiles: Pixels,
}

/// Sentences as text.
#[derive(Clone, Debug)]
pub struct Sentences {
    /// The text of each.
    pub texts: Vec<String>,
    tiles: Pixels,
}

impl Numbers {
    fn new(names: &Arc<[String]>, scaling: Option<&Scaling>, x: ArrayView2<f32>, columns: usize) -> Self {
        let is_centred = match scaling.map(Scaling::rule) {
            Some(ScalingRule::Unit) => false,
            Some(ScalingRule::Standard) => true,
            Some(ScalingRule::None) | None => x.iter().any(|x| *x < 0.0),
        };
        // Without a scaling columns share one unit, so that the largest number fills its room.
        let most = x.iter().fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
        let reach = |((_, column), x): ((usize, usize), &f32)| match scaling {
            Some(scaling) if is_centred => scaling.scaled(column, *x) / DEVIATIONS,
            Some(scaling) => scaling.scaled(column, *x),
            None => x / most,
        };
        let reach = Array2::from_shape_vec(x.dim(), x.indexed_iter().map(reach).collect()).unwrap_or_default();
        let shown: Vec<usize> = bars::picked(x.ncols()).collect();
        let tiles = bars::tiles(reach.select(Axis(1), &shown).view(), is_centred, columns);
        Self { names: names.clone(), x: x.to_owned(), reach, is_centred, tiles }
    }

    /// The bar of a value.
    pub fn bar(&self, row: usize, column: usize) -> bars::Bar {
        bars::Bar { reach: self.reach[[row, column]], is_centred: self.is_centred }
    }
}

impl Words {
    fn new(vocabulary: &[String], x: ArrayView2<f32>, columns: usize) -> Self {
        let documents: Vec<Vec<(String, f32)>> = x.rows().into_iter().map(|x| frequent(vocabulary, x)).collect();
        let most = documents.iter().flatten().fold(f32::MIN_POSITIVE, |most, word| most.max(word.1));
        let reach = Array2::from_shape_fn((documents.len(), N_WORDS), |(row, k)| {
            documents[row].get(k).map_or(0.0, |word| word.1 / most)
        });
        Self { documents, tiles: bars::tiles(reach.view(), false, columns) }
    }
}

/// The most frequent words of a document, without those that never occur.
fn frequent(vocabulary: &[String], x: ArrayView1<f32>) -> Vec<(String, f32)> {
    let mut words: Vec<(usize, f32)> = x.iter().copied().enumerate().filter(|(_, count)| *count > 0.0).collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    words.truncate(N_WORDS);
    words.into_iter().filter_map(|(word, count)| Some((vocabulary.get(word)?.clone(), count))).collect()
}

/// The words of a row of tokens up to its end, which is padding.
fn words_of<'a>(vocabulary: &'a [String], tokens: ArrayView1<'_, f32>) -> impl Iterator<Item = &'a str> {
    let words = tokens.to_vec().into_iter().map(|token| vocabulary.get(token as usize).map_or("", |word| word));
    words.take_while(|word| !word.is_empty())
}

impl Sentences {
    fn new(vocabulary: &[String], tokens: ArrayView2<f32>, columns: usize) -> Self {
        let text = |tokens: ArrayView1<f32>| words_of(vocabulary, tokens).collect::<Vec<_>>().join(" ");
        let is_word = tokens.mapv(|token| f32::from(token > 0.0));
        let texts = tokens.rows().into_iter().map(text).collect();
        let shown: Vec<usize> = bars::picked(tokens.ncols()).collect();
        Self { texts, tiles: bars::tiles(is_word.select(Axis(1), &shown).view(), false, columns) }
    }
}

impl Shown {
    /// What `x` [n, features] looks like in the data's own units, tiles in rows of `columns`.
    ///
    /// `scaling` is the model's, which says what is usual of each column.
    pub fn new(kind: &SampleKind, scaling: Option<&Scaling>, x: ArrayView2<f32>, columns: usize) -> Self {
        match kind {
            SampleKind::Image { channels: 1, .. } if kind.is_line() => Self::Pictures(curve::tiles(x, columns)),
            SampleKind::Image { channels, height, width } => {
                Self::Pictures(mosaic(x, *channels, *height, *width, columns))
            }
            SampleKind::Vector { names } => Self::Numbers(Numbers::new(names, scaling, x, columns)),
            SampleKind::Bag { vocabulary } => Self::Words(Words::new(vocabulary, x, columns)),
            SampleKind::Tokens { vocabulary, .. } => Self::Sentences(Sentences::new(vocabulary, x, columns)),
        }
    }

    /// What a model made of codes, `x_hat` [n, features], looks like; as [`Self::new`].
    pub fn decoded(model: &dyn FrozenModel, x_hat: ArrayView2<f32>, columns: usize) -> Self {
        Self::new(&model.info().output, model.info().scaling.as_ref(), x_hat, columns)
    }

    /// What the stored samples `indices` look like, tiles in rows of `columns`.
    pub fn samples(data: &Dataset, scaling: Option<&Scaling>, indices: &[u32], columns: usize) -> Self {
        if let Some(pictures) = data.pictures() {
            return Self::samples(pictures, None, indices, columns);
        }
        let mut x = Array2::zeros((indices.len(), data.n_features()));
        data.gather(indices, &mut x);
        Self::new(data.kind(), scaling, x.view(), columns)
    }

    /// What each sample says, where it is text: its words, and whether they run on as in a sentence, or stand
    /// one below the other.
    pub fn said(&self) -> Option<Said> {
        match self {
            Self::Pictures(_) | Self::Numbers(_) => None,
            Self::Words(words) => {
                let of = |document: &Vec<(String, f32)>| document.iter().map(|word| word.0.clone()).collect();
                Some(Said { words: words.documents.iter().map(of).collect(), is_running: false })
            }
            Self::Sentences(sentences) => {
                let of = |text: &String| text.split_whitespace().map(String::from).collect();
                Some(Said { words: sentences.texts.iter().map(of).collect(), is_running: true })
            }
        }
    }

    /// All samples as small pictures side by side: the images themselves, else bars.
    pub fn tiles(&self) -> &Pixels {
        match self {
            Self::Pictures(pixels) => pixels,
            Self::Numbers(numbers) => &numbers.tiles,
            Self::Words(words) => &words.tiles,
            Self::Sentences(sentences) => &sentences.tiles,
        }
    }

    /// As [`Self::tiles`], to keep.
    pub fn into_tiles(self) -> Pixels {
        match self {
            Self::Pictures(pixels) => pixels,
            Self::Numbers(numbers) => numbers.tiles,
            Self::Words(words) => words.tiles,
            Self::Sentences(sentences) => sentences.tiles,
        }
    }
}

/// Samples `x` [n, features], what a model made of them and, of images, how far the two differ (|x̂ − x|):
/// in rows, and how many.
pub fn held_against(model: &dyn FrozenModel, x: ArrayView2<f32>, x_hat: ArrayView2<f32>) -> (Shown, usize) {
    let mut rows = vec![x, x_hat];
    let difference = (&x_hat - &x).mapv(f32::abs);
    if let SampleKind::Image { .. } = model.info().output {
        rows.push(difference.view());
    }
    let (n, n_rows) = (x.nrows(), rows.len());
    let all = concatenate(Axis(0), &rows).unwrap_or_default();
    (Shown::decoded(model, all.view(), n.max(1)), n_rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Count, Values};
    use ndarray::array;

    fn names(names: &[&str]) -> Arc<[String]> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_stored_image_and_its_decode_look_alike() {
        for (height, width, size) in [(2, 2, [2, 2]), (1, 4, [4, 16]), (4, 1, [4, 16])] {
            let kind = SampleKind::Image { channels: 1, height, width };
            let values = Values::Bytes([0, 255, 7, 9, 51, 102, 204, 0].as_slice().into());
            let data = Dataset::new(kind.clone(), values, None, vec![]).unwrap();
            let stored = Shown::samples(&data, None, &[1], 1);
            let decoded = Shown::new(&kind, None, array![[0.2, 0.4, 0.8, 0.0]].view(), 1);
            assert_eq!(stored.tiles(), decoded.tiles());
            assert!(matches!(stored, Shown::Pictures(_)));
            assert_eq!([stored.tiles().width, stored.tiles().height], size, "one row of pixels is a curve");
        }
    }

    #[test]
    fn numbers_keep_their_units_and_bars_tell_what_is_usual() {
        let names = names(&["age", "height"]);
        let kind = SampleKind::Vector { names: names.clone() };
        let values = Values::Floats([10.0, 1.0, 20.0, 2.0, 30.0, 3.0].as_slice().into());
        let data = Dataset::new(kind.clone(), values, None, vec![]).unwrap();
        let standard = Scaling::fit(ScalingRule::Standard, &data).unwrap();
        let Shown::Numbers(numbers) = Shown::samples(&data, Some(&standard), &[2], 1) else {
            panic!("no numbers")
        };
        assert_eq!((&numbers.x, &numbers.names), (&array![[30.0, 3.0]], &names));
        // 10 above the mean of 20, in deviations of √(200/3), of which there is room for three.
        let want = 10.0 / (200.0f32 / 3.0).sqrt() / 3.0;
        assert!((numbers.bar(0, 0).reach - want).abs() < 1e-6 && numbers.bar(0, 0).is_centred);
        let unit = Scaling::fit(ScalingRule::Unit, &data).unwrap();
        let Shown::Numbers(numbers) = Shown::samples(&data, Some(&unit), &[1], 1) else { panic!("no numbers") };
        assert_eq!(numbers.bar(0, 1), bars::Bar { reach: 0.5, is_centred: false });
        let Shown::Numbers(plain) = Shown::samples(&data, None, &[1], 1) else { panic!("no numbers") };
        assert_eq!([plain.bar(0, 0).reach, plain.bar(0, 1).reach], [1.0, 0.1]);
    }

    #[test]
    fn documents_name_their_frequent_words_and_sentences_read() {
        let kind = SampleKind::Bag { vocabulary: names(&["cat", "dog", "sun"]) };
        let counts = vec![Count { feature: 0, count: 1 }, Count { feature: 2, count: 4 }];
        let data = Dataset::new(kind, Values::Sparse([counts].into_iter().collect()), None, vec![]).unwrap();
        let Shown::Words(words) = Shown::samples(&data, None, &[0], 1) else { panic!("no words") };
        assert_eq!(words.documents, [[("sun".to_string(), 4.0), ("cat".to_string(), 1.0)]]);
        let kind = SampleKind::Tokens { vocabulary: names(&["", "the", "cat"]), max_len: 4 };
        let data = Dataset::new(kind, Values::Tokens([vec![1, 2]].into_iter().collect()), None, vec![]).unwrap();
        let Shown::Sentences(sentences) = Shown::samples(&data, None, &[0], 1) else { panic!("no sentences") };
        assert_eq!(sentences.texts, ["the cat"]);
    }
}
