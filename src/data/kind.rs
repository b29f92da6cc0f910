//! What one sample is.

use super::ScalingRule;
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The token that fills a sequence up to its full length; the vocabulary's first entry, which is empty,
/// stands for it.
pub const PADDING: u32 = 0;
/// The token that stands for any word that the vocabulary has not.
pub const UNKNOWN: u32 = 1;
/// How [`UNKNOWN`] reads.
pub const UNKNOWN_WORD: &str = "<unk>";
/// The first token that is a word.
pub const FIRST_WORD: u32 = 2;

/// What one sample is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleKind {
    /// Pixels in [0, 1], ordered channel, row, column.
    Image {
        /// 1 for grey, 3 for red, green, blue.
        channels: usize,
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
    },
    /// Named numbers.
    Vector {
        /// One name a feature.
        names: Arc<[String]>,
    },
    /// How often each word occurs, in no order: a document.
    Bag {
        /// The words, one a feature.
        vocabulary: Arc<[String]>,
    },
    /// Words in their order: a sentence.
    Tokens {
        /// The words that tokens count in; the first is empty and stands for [`PADDING`].
        vocabulary: Arc<[String]>,
        /// Most tokens of a sample; shorter ones are filled up.
        max_len: usize,
    },
}

impl fmt::Display for SampleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image { channels: 1, height, width } => write!(f, "grey images of {width} × {height}"),
            Self::Image { channels: 3, height, width } => write!(f, "colour images of {width} × {height}"),
            Self::Image { channels, height, width } => write!(f, "images of {width} × {height} × {channels}"),
            Self::Vector { names } => write!(f, "{} named numbers", names.len()),
            Self::Bag { vocabulary } => write!(f, "documents of {} words", vocabulary.len()),
            Self::Tokens { vocabulary, max_len } => {
                write!(f, "sentences of up to {max_len} words out of {}", vocabulary.len().saturating_sub(1))
            }
        }
    }
}

impl SampleKind {
    /// Number of features of a sample; for sentences the number of places in one.
    pub fn n_features(&self) -> usize {
        match self {
            Self::Image { channels, height, width } => channels.saturating_mul(*height).saturating_mul(*width),
            Self::Vector { names } => names.len(),
            Self::Bag { vocabulary } => vocabulary.len(),
            Self::Tokens { max_len, .. } => *max_len,
        }
    }

    /// Whether it is pictures of one row or column, such as spectra, which are no pictures to look at.
    pub const fn is_line(&self) -> bool {
        matches!(self, Self::Image { height: 1, .. } | Self::Image { width: 1, .. })
    }

    /// Pictures of `height` × `width`.
    pub const fn image(channels: usize, height: usize, width: usize) -> Self {
        Self::Image { channels, height, width }
    }

    /// Square pictures of `side` × `side`.
    pub const fn square(channels: usize, side: usize) -> Self {
        Self::image(channels, side, side)
    }

    /// Documents that are counted in these words.
    pub fn documents<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self::Bag { vocabulary: words.into_iter().map(Into::into).collect() }
    }

    /// Sentences of up to `max_len` of these words; the tokens that stand for none come before them.
    pub fn sentences<W: Into<String>>(words: impl IntoIterator<Item = W>, max_len: usize) -> Self {
        let none = ["", UNKNOWN_WORD].map(String::from);
        Self::Tokens { vocabulary: none.into_iter().chain(words.into_iter().map(Into::into)).collect(), max_len }
    }

    /// Rows of numbers of these names.
    pub fn table<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::Vector { names: names.into_iter().map(Into::into).collect() }
    }

    /// Rows of `n` numbers without names.
    pub fn row(n: usize) -> Self {
        Self::table((1..=n).map(|number| number.to_string()))
    }

    /// Channels, rows and columns of pictures; none for what is no picture.
    pub const fn sides(&self) -> Option<[usize; 3]> {
        match self {
            Self::Image { channels, height, width } => Some([*channels, *height, *width]),
            _ => None,
        }
    }

    /// The grey or coloured pictures that samples of such axes are, with channels first, last or left out,
    /// and whether they come last; none for other axes.
    pub fn of_axes(axes: &[usize]) -> Option<(Self, bool)> {
        let ([channels, height, width], is_last) = match *axes {
            [height, width] => ([1, height, width], false),
            [channels @ (1 | 3), height, width] => ([channels, height, width], false),
            [height, width, channels @ (1 | 3)] => ([channels, height, width], true),
            _ => return None,
        };
        Some((Self::image(channels, height, width), is_last))
    }

    /// As it is written in settings: `1x28x28`, or the number of columns.
    pub fn written(&self) -> String {
        match self.sides() {
            Some([channels, height, width]) => format!("{channels}x{height}x{width}"),
            None => self.n_features().to_string(),
        }
    }

    /// Reads what [`Self::written`] writes, and pictures of one channel without it.
    pub fn of_written(text: &str) -> Option<Self> {
        /// Longest side, and most columns.
        const MAX_SIDE: usize = 1 << 20;
        let sides: Option<Vec<usize>> = text
            .split(['x', 'X', '×'])
            .map(|part| part.trim().parse().ok().filter(|side| (1..=MAX_SIDE).contains(side)))
            .collect();
        match sides?[..] {
            [n] => Some(Self::row(n)),
            [height, width] => Some(Self::Image { channels: 1, height, width }),
            [channels, height, width] => Some(Self::Image { channels, height, width }),
            _ => None,
        }
    }

    /// Whether a sample is a row of numbers, as most models take it; sentences are not.
    pub fn is_dense(&self) -> bool {
        !matches!(self, Self::Tokens { .. })
    }

    /// Whether its values lie from 0 to 1.
    pub fn is_unit(&self) -> bool {
        matches!(self, Self::Image { .. })
    }

    /// Whether its values say how often each word occurs.
    pub fn counts_words(&self) -> bool {
        matches!(self, Self::Bag { .. })
    }

    /// Whether it is text: documents or sentences.
    pub fn has_words(&self) -> bool {
        matches!(self, Self::Bag { .. } | Self::Tokens { .. })
    }

    /// What samples are compared by where they are compared as they are: "pixels", "columns", of text
    /// "TF-IDF".
    pub fn compared_by(&self) -> &'static str {
        if self.has_words() { "TF-IDF" } else { self.features() }
    }

    /// How columns are scaled unless it is said otherwise: those of a table have units of their own.
    pub fn usual_scaling(&self) -> ScalingRule {
        if matches!(self, Self::Vector { .. }) { ScalingRule::Standard } else { ScalingRule::None }
    }

    /// What one sample is called: "image", "row", "document", "sentence".
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Image { .. } => "image",
            Self::Vector { .. } => "row",
            Self::Bag { .. } => "document",
            Self::Tokens { .. } => "sentence",
        }
    }

    /// Per sample, in words: "an image", "a row".
    pub fn each(&self) -> &'static str {
        match self {
            Self::Image { .. } => "an image",
            Self::Vector { .. } => "a row",
            Self::Bag { .. } => "a document",
            Self::Tokens { .. } => "a sentence",
        }
    }

    /// What several samples are called.
    pub fn nouns(&self) -> &'static str {
        match self {
            Self::Image { .. } => "images",
            Self::Vector { .. } => "rows",
            Self::Bag { .. } => "documents",
            Self::Tokens { .. } => "sentences",
        }
    }

    /// What several of what a model decodes are called: "pictures", "rows", "documents", "sentences".
    pub fn decoded_nouns(&self) -> &'static str {
        if matches!(self, Self::Image { .. }) { "pictures" } else { self.nouns() }
    }

    /// How large a sample is: "28 × 28", "13 columns".
    pub fn size(&self) -> String {
        match self {
            Self::Image { channels: 1, height, width } => format!("{width} × {height}"),
            Self::Image { channels, height, width } => format!("{width} × {height} × {channels}"),
            Self::Vector { .. } | Self::Bag { .. } => format!("{} {}", self.n_features(), self.features()),
            Self::Tokens { max_len, .. } => format!("up to {max_len} words"),
        }
    }

    /// How far what is decoded lies from a sample `x`: Σ (x̂ − x)²; of sentences the places at which
    /// they have another word.
    pub fn error(&self, x: ArrayView1<f32>, x_hat: ArrayView1<f32>) -> f64 {
        let pairs = x.iter().zip(x_hat);
        match self {
            Self::Tokens { .. } => pairs.filter(|(x, x_hat)| x != x_hat).count() as f64,
            _ => pairs.map(|(x, x_hat)| f64::from(x_hat - x).powi(2)).sum(),
        }
    }

    /// The formula of [`Self::error`], and its title.
    pub fn error_words(&self) -> [&'static str; 2] {
        match self {
            Self::Tokens { .. } => ["wrong", "Wrong words"],
            _ => ["Σ(x̂−x)²", "Squared error"],
        }
    }

    /// What its features are called.
    pub fn features(&self) -> &'static str {
        match self {
            Self::Image { .. } => "pixels",
            Self::Vector { .. } => "columns",
            Self::Bag { .. } | Self::Tokens { .. } => "words",
        }
    }

    /// The columns that samples can be drawn by, two of them across and up; else in a few words why by none.
    pub fn drawable_columns(&self) -> Result<&[String], &'static str> {
        match self {
            Self::Vector { names } => Ok(names),
            Self::Image { .. } => Err("images have no columns to be drawn by: their pixels are too many"),
            Self::Bag { .. } => Err("documents have no columns to be drawn by: their words are too many"),
            Self::Tokens { .. } => Err("sentences have no columns to be drawn by: their words are no numbers"),
        }
    }

    /// What feature `feature` is called: its name where it has one, else its number, counted from 1.
    pub fn feature_name(&self, feature: usize) -> String {
        let named = match self {
            Self::Vector { names } => names.get(feature),
            Self::Bag { vocabulary } => vocabulary.get(feature),
            Self::Image { .. } | Self::Tokens { .. } => None,
        };
        named.cloned().unwrap_or_else(|| (feature + 1).to_string())
    }
}
