//! A data set of any kind of sample, with all that is known of each.

use super::known::{Known, check_labels};
use super::{Column, Count, DataError, Labels, PADDING, Population, SampleKind, Scaling, Values, spread_evenly};
use ndarray::{Array2, ArrayViewMut2};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Samples of one kind with optional labels, captions and columns; cheap to clone.
#[derive(Clone, Debug)]
pub struct Dataset {
    kind: Arc<SampleKind>,
    values: Values,
    known: Arc<Known>,
    n_samples: usize,
    /// What is done to columns when samples are gathered.
    scaling: Option<Arc<Scaling>>,
    /// Whether each sample is a code already.
    are_codes: bool,
    /// A picture of each sample, where samples are none themselves.
    pictures: Option<Box<Self>>,
    /// What the samples were drawn from, where that is known.
    population: Option<Arc<Population>>,
    checksum: Arc<OnceLock<u32>>,
}

impl Dataset {
    /// Puts the parts together after checking that they fit each other and that every value is finite.
    pub fn new(
        kind: SampleKind,
        values: Values,
        labels: Option<Labels>,
        columns: Vec<Column>,
    ) -> Result<Self, DataError> {
        let fits = match (&kind, &values) {
            (SampleKind::Bag { .. }, values) => matches!(values, Values::Sparse(_) | Values::Floats(_)),
            (SampleKind::Tokens { vocabulary, .. }, Values::Tokens(_)) => {
                vocabulary.first().is_some_and(String::is_empty)
            }
            (SampleKind::Tokens { .. }, _) => false,
            (_, values) => matches!(values, Values::Bytes(_) | Values::Floats(_)),
        };
        if !fits {
            return Err(DataError::Mismatch(format!("the values are stored in a way that {kind} are not")));
        }
        let n_tokens = if let SampleKind::Tokens { vocabulary, .. } = &kind { vocabulary.len() } else { 0 };
        let n_samples = values.check(kind.n_features(), n_tokens, &|feature| kind.feature_name(feature))?;
        if let Some(labels) = &labels {
            check_labels(labels, n_samples)?;
        }
        if let Some(column) = columns.iter().find(|column| column.values.len() != n_samples) {
            return Err(DataError::Mismatch(format!(
                "column {} has {} values for {n_samples} samples",
                column.name,
                column.values.len()
            )));
        }
        let not_finite = |column: &Column| {
            Some((column.name.clone(), column.values.iter().position(|value| !value.is_finite())?))
        };
        if let Some((name, row)) = columns.iter().find_map(not_finite) {
            return Err(DataError::Mismatch(format!(
                "row {}, column {name:?}: not a finite number; leave the row out or fill the gap",
                row + 1
            )));
        }
        let known = Arc::new(Known { labels, columns, captions: None, texts: None });
        Ok(Self {
            kind: Arc::new(kind),
            values,
            known,
            n_samples,
            scaling: None,
            are_codes: false,
            pictures: None,
            population: None,
            checksum: Arc::default(),
        })
    }

    /// The same samples with a name each.
    pub fn with_captions(mut self, captions: Vec<String>) -> Result<Self, DataError> {
        if captions.len() != self.n_samples {
            return Err(DataError::Mismatch(format!(
                "there are {} names for {} samples; each sample needs one",
                captions.len(),
                self.n_samples
            )));
        }
        Arc::make_mut(&mut self.known).captions = Some(captions.into());
        Ok(self)
    }

    /// The same documents with the text of each.
    pub fn with_texts(mut self, texts: Vec<String>) -> Result<Self, DataError> {
        if texts.len() != self.n_samples {
            let problem =
                format!("there are {} texts for {} documents; each needs one", texts.len(), self.n_samples);
            return Err(DataError::Mismatch(problem));
        }
        Arc::make_mut(&mut self.known).texts = Some(texts.into());
        Ok(self)
    }

    /// The same samples with other names for their classes, at least as many as are used.
    pub fn with_classes(mut self, names: &[String]) -> Result<Self, DataError> {
        if let Some(labels) = &mut Arc::make_mut(&mut self.known).labels {
            labels.names = names.into();
            check_labels(labels, self.n_samples)?;
        }
        Ok(self)
    }

    /// The same samples, said to be drawn from `population`.
    pub fn drawn_from(self, population: Population) -> Self {
        Self { population: Some(Arc::new(population)), ..self }
    }

    /// What the samples were drawn from, in their own units, where that is known; of a part of them it is
    /// not.
    pub fn population(&self) -> Option<&Population> {
        self.population.as_deref()
    }

    /// Whether samples are rows of one or two numbers, which lie on a line or a plane of their own.
    pub fn has_plane(&self) -> bool {
        matches!(self.kind(), SampleKind::Vector { names } if matches!(names.len(), 1 | 2))
    }

    /// The same samples with a picture of each, to be shown for it; as many images.
    pub fn with_pictures(self, pictures: Self) -> Result<Self, DataError> {
        if pictures.n_samples() != self.n_samples || !matches!(pictures.kind(), SampleKind::Image { .. }) {
            return Err(DataError::Mismatch(format!(
                "there are {} {} for {} samples; each sample needs one picture",
                pictures.n_samples(),
                pictures.kind(),
                self.n_samples
            )));
        }
        Ok(Self { pictures: Some(Box::new(pictures)), ..self })
    }

    /// A picture of each sample, where samples are none themselves.
    pub fn pictures(&self) -> Option<&Self> {
        self.pictures.as_deref()
    }

    /// The samples as what `kind` is: themselves, or their pictures.
    pub fn as_kind(&self, kind: &SampleKind) -> Option<&Self> {
        [Some(self), self.pictures()].into_iter().flatten().find(|data| data.kind() == kind)
    }

    /// The same samples as codes, which no model is needed to make.
    pub fn into_codes(self) -> Self {
        Self { are_codes: true, ..self }
    }

    /// Whether each sample is a code already.
    pub fn are_codes(&self) -> bool {
        self.are_codes
    }

    /// The same samples, gathered in the units of a model with this scaling; stored as they are, nothing is
    /// copied.
    pub fn scaled(&self, scaling: Option<&Scaling>) -> Self {
        Self { scaling: scaling.cloned().map(Arc::new), ..self.clone() }
    }

    /// What is done to columns when samples are gathered.
    pub fn scaling(&self) -> Option<&Scaling> {
        self.scaling.as_deref()
    }

    /// Number of samples; at least one.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Number of features of a sample.
    pub fn n_features(&self) -> usize {
        self.kind.n_features()
    }

    /// What a sample is.
    pub fn kind(&self) -> &SampleKind {
        &self.kind
    }

    /// How the samples are stored.
    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// The classes, if known.
    pub fn labels(&self) -> Option<&Labels> {
        self.known.labels.as_ref()
    }

    /// Names of the classes; none without labels.
    pub fn classes(&self) -> &[String] {
        self.known.labels.as_ref().map_or(&[], |labels| &labels.names)
    }

    /// The class of a sample, if it is known.
    pub fn class_of(&self, sample: u32) -> Option<usize> {
        self.labels()?.of.get(sample as usize).map(|&class| usize::from(class))
    }

    /// The name of a sample's class, if it is known.
    pub fn class_name_of(&self, sample: u32) -> Option<&str> {
        self.classes().get(self.class_of(sample)?).map(String::as_str)
    }

    /// Number of samples of each class.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes().len()];
        let of = self.known.labels.as_ref().map_or(&[][..], |labels| &labels.of);
        of.iter().for_each(|&of| counts[usize::from(of)] += 1);
        counts
    }

    /// The classes of the samples `indices`; none without labels.
    pub fn labels_of(&self, indices: &[u32]) -> Vec<u16> {
        let of = self.known.labels.as_ref().map_or(&[][..], |labels| &labels.of);
        indices.iter().filter_map(|&idx| of.get(idx as usize).copied()).collect()
    }

    /// Further known factors.
    pub fn columns(&self) -> &[Column] {
        &self.known.columns
    }

    /// The name of a sample, where samples have names.
    pub fn caption(&self, idx: usize) -> Option<&str> {
        self.known.captions.as_ref()?.get(idx).map(String::as_str)
    }

    /// The text of a document, as it was before its words were counted.
    pub fn text(&self, idx: usize) -> Option<&str> {
        self.known.texts.as_ref()?.get(idx).map(String::as_str)
    }

    /// Copies the samples `indices` into `out` [indices, features]; bytes are scaled to [0, 1], counts are
    /// spread out, sentences filled up with padding.
    pub fn gather(&self, indices: &[u32], out: &mut Array2<f32>) {
        self.gather_rows(indices, out.view_mut());
    }

    /// Samples that are worked on within some hundredths of a second, after which work can be given up: a
    /// thousand, or fewer of long ones.
    pub fn chunk_size(&self) -> usize {
        const MAX_SAMPLES: usize = 1000;
        const MAX_VALUES: usize = 1 << 20;
        (MAX_VALUES / self.n_features().max(1)).clamp(1, MAX_SAMPLES)
    }

    /// All samples in chunks of `size` at most, each with its range and its features [n, features].
    pub fn chunks(&self, size: usize) -> impl Iterator<Item = (Range<usize>, Array2<f32>)> + '_ {
        (0..self.n_samples()).step_by(size.max(1)).map(move |start| {
            let range = start..(start + size.max(1)).min(self.n_samples());
            let indices: Vec<u32> = range.clone().map(|idx| idx as u32).collect();
            let mut x = Array2::zeros((indices.len(), self.n_features()));
            self.gather(&indices, &mut x);
            (range, x)
        })
    }

    /// As [`Self::gather`], into a part of a larger buffer.
    pub(super) fn gather_rows(&self, indices: &[u32], mut out: ArrayViewMut2<'_, f32>) {
        let n = self.n_features();
        assert_eq!(out.dim(), (indices.len(), n), "gather: out is {:?}", out.dim());
        for (&idx, row) in indices.iter().zip(out.rows_mut()) {
            let range = idx as usize * n..(idx as usize + 1) * n;
            // A slice, for the compiler then divides several at once.
            let row = row.into_slice().unwrap_or_else(|| panic!("gather: rows of out lie apart"));
            match &self.values {
                Values::Bytes(bytes) => {
                    row.iter_mut().zip(&bytes[range]).for_each(|(out, &byte)| *out = f32::from(byte) / 255.0);
                }
                Values::Floats(floats) => row.copy_from_slice(&floats[range]),
                Values::Sparse(rows) => {
                    row.fill(0.0);
                    for &Count { feature, count } in rows.row(idx as usize) {
                        row[feature as usize] = count as f32;
                    }
                }
                Values::Tokens(rows) => {
                    let tokens = rows.row(idx as usize);
                    row[tokens.len()..].fill(PADDING as f32);
                    row.iter_mut().zip(tokens).for_each(|(out, &token)| *out = token as f32);
                }
            }
        }
        if let Some(scaling) = &self.scaling {
            scaling.apply(out);
        }
    }

    /// The stored bytes of an image, channel, row, column; none for other kinds.
    pub fn image(&self, idx: usize) -> Option<&[u8]> {
        let n = self.n_features();
        match (self.kind(), &self.values) {
            (SampleKind::Image { .. }, Values::Bytes(bytes)) => bytes.get(idx * n..(idx + 1) * n),
            _ => None,
        }
    }

    /// The samples of `range`, with all that is known of them; the values are shared, not copied.
    pub fn slice(&self, range: Range<usize>) -> Result<Self, DataError> {
        let range = range.start.min(self.n_samples)..range.end.min(self.n_samples);
        if range.is_empty() {
            return Err(DataError::Mismatch("a part of the data holds no samples".into()));
        }
        Ok(Self {
            kind: Arc::clone(&self.kind),
            values: self.values.part(range.clone(), self.n_features()),
            known: self.known.of(
                |labels| labels[range.clone()].into(),
                |values| values[range.clone()].into(),
                |captions| captions[range.clone()].into(),
            ),
            n_samples: range.len(),
            scaling: self.scaling.clone(),
            are_codes: self.are_codes,
            pictures: self.pictures.as_ref().map(|all| all.slice(range).map(Box::new)).transpose()?,
            population: None,
            checksum: Arc::default(),
        })
    }

    /// At most `most` samples, spread evenly over the set, which may be sorted by class.
    pub fn spread(&self, most: usize) -> Vec<u32> {
        spread_evenly(self.n_samples(), most).map(|idx| idx as u32).collect()
    }

    /// The samples `indices` in this order, with all that is known of them.
    pub fn select(&self, indices: &[u32]) -> Result<Self, DataError> {
        if let Some(beyond) = indices.iter().find(|&&idx| idx as usize >= self.n_samples) {
            return Err(DataError::Mismatch(format!(
                "sample {beyond} is beyond the {} there are",
                self.n_samples
            )));
        }
        if indices.is_empty() {
            return Err(DataError::Mismatch("a part of the data holds no samples".into()));
        }
        let at = indices.iter().map(|&idx| idx as usize);
        Ok(Self {
            kind: Arc::clone(&self.kind),
            values: self.values.select(indices, self.n_features()),
            known: self.known.of(
                |labels| at.clone().map(|idx| labels[idx]).collect(),
                |values| at.clone().map(|idx| values[idx]).collect(),
                |captions| at.clone().map(|idx| captions[idx].clone()).collect(),
            ),
            n_samples: indices.len(),
            scaling: self.scaling.clone(),
            are_codes: self.are_codes,
            pictures: self.pictures.as_ref().map(|all| all.select(indices).map(Box::new)).transpose()?,
            population: None,
            checksum: Arc::default(),
        })
    }

    /// Address and size in bytes of the values; parts of one data set have one address.
    pub fn heap(&self) -> (usize, usize) {
        self.values.heap()
    }

    /// A checksum (CRC-32) over the kind, the values and the labels, to recognise the data a model was
    /// trained on.
    ///
    /// Names of samples are not in it: a model never sees them.
    pub fn checksum(&self) -> u32 {
        *self.checksum.get_or_init(|| {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(serde_json::to_string(self.kind()).unwrap_or_default().as_bytes());
            self.values.hash(&mut hasher);
            if let Some(labels) = &self.known.labels {
                labels.of.iter().for_each(|label| hasher.update(&label.to_le_bytes()));
            }
            hasher.finalize()
        })
    }

    /// The checksum as model files hold it.
    pub fn fingerprint(&self) -> String {
        format!("crc32:{:08x}", self.checksum())
    }
}

#[cfg(test)]
#[path = "dataset_tests.rs"]
mod tests;
