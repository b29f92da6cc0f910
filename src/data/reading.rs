//! How data are read: settings by name, which the files do not say, or say wrongly.

use super::arrays::Shape;
use super::words::{self, StopWords};
use super::{Cancel, DataError, PictureReading, Progress, ReadOption, ReadSettings, Setting, malformed};
use std::path::PathBuf;

/// How data are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Most bytes that one file may hold when decompressed.
    pub max_bytes: u64,
    /// Whether rows of numbers are codes already; unless it is said, their names tell.
    pub are_codes: Option<bool>,
    /// The array that holds the samples, of several; else names and shapes tell.
    pub array: Option<String>,
    /// What holds the class; empty for nothing, else it is looked for by name and content.
    pub label: Option<String>,
    /// Columns of a table that are left aside.
    pub ignored: Vec<String>,
    /// Columns of a table that are no features, but to colour by.
    pub colour_by: Vec<String>,
    /// The column of a table whose text is a document; empty for none, else its content tells.
    pub text: Option<String>,
    /// Whether texts are read as sentences, word by word, and not counted as documents.
    pub keeps_order: bool,
    /// Words of a sentence that are read.
    pub max_words: usize,
    /// Words that documents are counted in, and sentences are made of.
    pub n_words: usize,
    /// Words that are not counted.
    pub stop_words: StopWords,
    /// What becomes of gaps in a table.
    pub gaps: Gaps,
    /// The shape of one sample, where an array leaves it open or says it wrongly.
    pub shape: Option<Shape>,
    /// Where a picture of each sample lies, for samples that are none themselves.
    pub pictures_at: Option<PathBuf>,
    /// Share of samples kept to test with, where the data come in one piece that is cut by seed.
    pub test_share: f64,
    /// How pictures in files of their own are brought to one shape.
    pub pictures: PictureReading,
    /// Gives up reading once it is set.
    pub cancel: Cancel,
    /// How far it has come.
    pub progress: Progress,
    /// The settings by name, as they were made.
    pub made: ReadSettings,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            max_bytes: 4 << 30,
            are_codes: None,
            array: None,
            label: None,
            ignored: Vec::new(),
            colour_by: Vec::new(),
            text: None,
            keeps_order: false,
            max_words: words::MAX_LEN,
            n_words: words::N_WORDS,
            stop_words: StopWords::default(),
            gaps: Gaps::Drop,
            shape: None,
            pictures_at: None,
            test_share: 0.2,
            pictures: PictureReading::default(),
            cancel: Cancel::default(),
            progress: Progress::default(),
            made: ReadSettings::default(),
        }
    }
}

impl Reading {
    /// What the names of these settings begin with.
    pub const PREFIX: &str = "data.";

    /// All settings.
    pub(super) const SETTINGS: [Setting; 19] = [
        Setting::new(
            "data.as",
            "Rows are",
            "Samples to learn from, or codes already: then they are plotted as they are.",
        ),
        Setting::new("data.array", "Samples", "The array that holds the samples."),
        Setting::new("data.label", "Class", "What holds the class of each sample; nothing for none."),
        Setting::new("data.ignore", "Left aside", "Columns that are not read, with commas between them."),
        Setting::new(
            "data.colour_by",
            "To colour by",
            "Columns that are not learned from, but to colour by, with commas between them.",
        ),
        Setting::new("data.text", "Text", "The column whose words are counted: each row is a document then."),
        Setting::new(
            "data.words",
            "Words are",
            "Counted, whatever their order: a text is a document; or read in their order: a text is a sentence.",
        ),
        Setting::new(
            "data.vocabulary",
            "Words",
            "How many words documents are counted in, and sentences are made of: those that most have.",
        ),
        Setting::new(
            "data.max_words",
            "Words a sentence",
            "How many words of a sentence are read; the rest is cut off.",
        ),
        Setting::new(
            "data.stop_words",
            "Stop words",
            "Words that are not counted: the English ones that say little, none, or those of a file.",
        ),
        Setting::new(
            "data.gaps",
            "Gaps",
            "Rows with gaps are left aside, or gaps are filled with the mean of their column.",
        ),
        Setting::new(
            "data.pictures",
            "Pictures",
            "A folder, zip or array with a picture of each code, by its name or in their order.",
        ),
        Setting::new(
            "data.shape",
            "Shape",
            "Rows × columns of one picture, with channels first or last; or a row of numbers.",
        ),
        Setting::new("data.split", "To test", "The share kept to test with, by seed and even over the classes."),
        Setting::new("data.side", "Side", "Pixels along each side that pictures are brought to."),
        Setting::new(
            "data.fit",
            "Fit",
            "How pictures come to a square: their middle cut out, all of them padded, or stretched.",
        ),
        Setting::new("data.colour", "Colours", "Whether pictures are read in colour."),
        Setting::new("data.ground", "Ground", "What lies below transparent places and beside padded pictures."),
        Setting::new("data.max_bytes", "Limit", "Most bytes that one file may hold when unpacked."),
    ];

    /// The same with one setting changed, such as `data.max_bytes` to a number of bytes.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = |wanted: &str| format!("setting {name}: {text:?} is not known; write {wanted}");
        match name {
            "data.max_bytes" => {
                let bytes = text.parse().ok().filter(|&bytes| bytes > 0);
                self.max_bytes = bytes.ok_or_else(|| wrong("a number of bytes above 0, like 8000000000"))?;
            }
            "data.as" => {
                self.are_codes = match text {
                    "auto" => None,
                    "samples" => Some(false),
                    "codes" => Some(true),
                    _ => return Err(wrong("auto, samples or codes")),
                };
            }
            "data.array" => self.array = Some(text.into()),
            "data.label" => self.label = Some(text.into()),
            "data.colour_by" => self.colour_by = listed(text),
            "data.text" => self.text = Some(text.into()),
            "data.vocabulary" => {
                let n = text.parse().ok().filter(|n| (2..=words::MAX_WORDS).contains(n));
                self.n_words = n.ok_or_else(|| wrong("how many words, from 2 to 65536, like 2000"))?;
            }
            "data.words" => {
                self.keeps_order = match text {
                    "counted" => false,
                    "in_order" => true,
                    _ => return Err(wrong("counted or in_order")),
                };
            }
            "data.max_words" => {
                let n = text.parse().ok().filter(|n| (1..=words::MAX_SENTENCE).contains(n));
                self.max_words = n.ok_or_else(|| wrong("how many words, from 1 to 200, like 14"))?;
            }
            "data.stop_words" => self.stop_words = StopWords::of(text),
            "data.gaps" => {
                let gaps = Gaps::ALL.into_iter().find(|gaps| gaps.as_str() == text);
                self.gaps = gaps.ok_or_else(|| wrong("drop or mean"))?;
            }
            "data.ignore" => self.ignored = listed(text),
            "data.pictures" => self.pictures_at = Some(text.into()),
            "data.shape" => {
                let wanted =
                    "auto, numbers, or rows × columns with channels first or last, like 28x28, 3x32x32 or 32x32x3";
                self.shape = match text {
                    "auto" => None,
                    _ => Some(text.parse().map_err(|()| wrong(wanted))?),
                };
            }
            "data.split" => {
                let share = text.parse().ok().filter(|share| (0.01..=0.9).contains(share));
                self.test_share =
                    share.ok_or_else(|| wrong("the share to test with, from 0.01 to 0.9, like 0.2"))?;
            }
            "data.side" | "data.fit" | "data.colour" | "data.ground" => {
                self.pictures = self.pictures.with(name, text)?;
            }
            _ => {
                return Err(format!(
                    "there is no setting {name:?} of how data are read; known are {}",
                    Self::SETTINGS.map(|setting| setting.name).join(", ")
                ));
            }
        }
        self.made.insert(name, text);
        Ok(self)
    }

    /// The share kept to test with, as something to choose.
    pub(super) fn split(&self) -> ReadOption {
        ReadOption::among("data.split", &self.test_share.to_string(), &["0.1", "0.2", "0.3", "0.5"])
    }

    /// Refuses a file of more bytes than may be read.
    pub(super) fn check_size(&self, file: &str, n_bytes: u64) -> Result<(), DataError> {
        if n_bytes <= self.max_bytes {
            return Ok(());
        }
        let problem = format!(
            "it holds {n_bytes} bytes, above the limit of {}; raise it with --set data.max_bytes={n_bytes}",
            self.max_bytes
        );
        Err(malformed(file, problem))
    }

    /// What is said where reading was given up.
    pub(super) fn cancelled(&self, file: &str) -> DataError {
        malformed(file, "reading was cancelled")
    }
}

/// What becomes of gaps in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Gaps {
    /// Rows that have any are left aside.
    #[default]
    Drop,
    /// They are filled with the mean of their column.
    Mean,
}

impl Gaps {
    /// Everything that can become of them.
    pub const ALL: [Self; 2] = [Self::Drop, Self::Mean];

    /// Its name as settings give it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Mean => "mean",
        }
    }
}

/// The parts of a list with commas.
fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_were_made_are_kept_by_name_and_checked() {
        let made = ReadSettings::default().with("data.side", "12").unwrap().with("data.as", " codes ").unwrap();
        let text = serde_json::to_string(&made).unwrap();
        assert_eq!(text, r#"{"data.as":"codes","data.side":"12"}"#);
        assert_eq!(serde_json::from_str::<ReadSettings>(&text).unwrap(), made);
        let cancel = Cancel::default();
        let reading = made.reading(&cancel);
        assert_eq!((reading.pictures.side, reading.are_codes), (Some(12), Some(true)));
        cancel.set();
        assert!(reading.cancel.is_set());
        for bad in [r#"{"data.side":"0"}"#, r#"{"side":"12"}"#] {
            assert!(serde_json::from_str::<ReadSettings>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_setting_is_known_by_its_name() {
        let value = |name: &str| match name {
            "data.as" => "codes",
            "data.shape" => "numbers",
            "data.gaps" => "mean",
            "data.words" => "in_order",
            "data.split" => "0.3",
            "data.fit" => "pad",
            "data.colour" => "grey",
            "data.ground" => "black",
            _ => "7",
        };
        let told = |reading: &Reading| {
            let fields = format!("{reading:?}");
            fields[..fields.find("cancel:").unwrap()].to_string()
        };
        for Setting { name, .. } in Reading::SETTINGS {
            let changed = Reading::default().with(name, value(name)).unwrap();
            assert_ne!(told(&changed), told(&Reading::default()), "{name}");
        }
    }

    #[test]
    fn settings_of_reading_are_checked() {
        assert_eq!(Reading::default().with("data.max_bytes", "12").unwrap().max_bytes, 12);
        for bad in ["0", "-1", "4 GB", ""] {
            assert!(Reading::default().with("data.max_bytes", bad).unwrap_err().contains("number of bytes"));
        }
        let reading =
            Reading::default().with("data.ignore", "a, b,").unwrap().with("data.label", " kind ").unwrap();
        assert_eq!(
            (&*reading.ignored, reading.label.as_deref()),
            (&["a", "b"].map(String::from)[..], Some("kind"))
        );
        assert_eq!(reading.with("data.split", "0.5").unwrap().test_share, 0.5);
        for bad in ["0", "1", "nan", "half"] {
            assert!(Reading::default().with("data.split", bad).unwrap_err().contains("0.01 to 0.9"));
        }
        assert!(Reading::default().with("data.color", "red").unwrap_err().contains("data.max_bytes"));
    }
}
