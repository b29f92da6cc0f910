//! Settings described as data: one generic form and the command line's `--set` both read these.

use super::SpecError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// When a changed setting takes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// At the next training step.
    Live,
    /// With new weights.
    Rebuild,
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A whole number within bounds, both allowed.
    Int {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// From one allowed number to the next.
        step: u64,
    },
    /// A finite number within bounds, both allowed.
    Float {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// One of some words; each with its title in the window.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list of layer widths; may be empty.
    List {
        /// Most entries.
        max_len: usize,
        /// Largest entry.
        max: u64,
    },
    /// As [`FieldKind::List`], or `mirror`: the other list turned round.
    MirroredList {
        /// Most entries.
        max_len: usize,
        /// Largest entry.
        max: u64,
    },
}

/// Where a setting stands in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// In sight at once.
    Main,
    /// What can make a model another kind: a corruption, a penalty, β. In sight where it makes the present
    /// one, and never carried into a kind that it is not part of.
    Kind,
    /// The rest of the network.
    Network,
    /// How it is trained.
    Training,
    /// What few will ever change.
    Expert,
}

/// Which value of which other setting a setting depends on; `a|b` stands for either.
pub type Visible = Option<(&'static str, &'static str)>;

/// One setting of a model or of training.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the spec, in `--set` and in files.
    pub path: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// What values it takes.
    pub kind: FieldKind,
    /// One sentence of help.
    pub help: &'static str,
    /// Its formula, or empty.
    pub formula: &'static str,
    /// Shown only while another setting has a certain value.
    pub visible_if: Visible,
    /// When a change takes hold.
    pub applies: Applies,
    /// Where it stands in the form.
    pub section: Section,
}

impl Field {
    /// Turns text into a checked JSON value.
    pub fn parse(&self, text: &str) -> Result<Value, SpecError> {
        let text = text.trim();
        let malformed = || self.error(format!("{text:?} is not {}", self.expected()));
        let value = match self.kind {
            FieldKind::Int { .. } => {
                Value::from(text.replace(['\u{2009}', '_', ' '], "").parse::<u64>().map_err(|_| malformed())?)
            }
            FieldKind::Float { .. } => {
                let number: f64 = text.replace('\u{2212}', "-").parse().map_err(|_| malformed())?;
                serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(malformed)?
            }
            FieldKind::Choice(_) => Value::from(text),
            FieldKind::MirroredList { .. } if text.is_empty() || text == "mirror" => Value::Null,
            FieldKind::List { .. } | FieldKind::MirroredList { .. } => {
                Value::from(parse_list(text).ok_or_else(malformed)?)
            }
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Checks a value against the setting's kind and range.
    pub fn check(&self, value: &Value) -> Result<(), SpecError> {
        let fits = match self.kind {
            FieldKind::Int { min, max, step } => {
                value.as_u64().is_some_and(|n| (min..=max).contains(&n) && (n - min) % step == 0)
            }
            FieldKind::Float { min, max } => value.as_f64().is_some_and(|x| (min..=max).contains(&x)),
            FieldKind::Choice(choices) => value.as_str().is_some_and(|word| choices.iter().any(|c| c.0 == word)),
            FieldKind::MirroredList { .. } if value.is_null() => true,
            FieldKind::List { max_len, max } | FieldKind::MirroredList { max_len, max } => {
                value.as_array().is_some_and(|list| {
                    list.len() <= max_len
                        && list.iter().all(|n| n.as_u64().is_some_and(|n| (1..=max).contains(&n)))
                })
            }
        };
        if fits { Ok(()) } else { Err(self.error(format!("{value} is not {}", self.expected()))) }
    }

    /// What the setting takes, in words.
    pub fn expected(&self) -> String {
        match self.kind {
            FieldKind::Int { min, max, step: 1 } => format!("a whole number from {min} to {max}"),
            FieldKind::Int { min, max, step } => format!("one of {min}, {}, … {max}", min + step),
            FieldKind::Float { min, max } => format!("a number from {min} to {max}"),
            FieldKind::Choice(choices) => {
                format!("one of {}", choices.iter().map(|c| c.0).collect::<Vec<_>>().join(", "))
            }
            FieldKind::List { max_len, max } => {
                format!("a list such as 512,256 of at most {max_len} widths from 1 to {max}")
            }
            FieldKind::MirroredList { max_len, max } => {
                format!("\"mirror\" or a list such as 256,512 of at most {max_len} widths from 1 to {max}")
            }
        }
    }

    /// A value as the user writes it.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::String(word) => word.clone(),
            Value::Null => "mirror".into(),
            Value::Array(list) => list.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
            Value::Number(number) => match (self.kind, number.as_f64()) {
                (FieldKind::Float { .. }, Some(x)) => format!("{x}"),
                _ => number.to_string(),
            },
            other => other.to_string(),
        }
    }

    /// Values to try one after the other, the present one `text` among them where that can be: powers of ten
    /// around a number, doublings of a whole one, every word. None for a list, of which there is no order.
    pub fn proposals(&self, text: &str) -> Vec<String> {
        let now = |usual: f64| text.parse().unwrap_or(usual);
        let proposed: Vec<String> = match self.kind {
            FieldKind::Choice(choices) => choices.iter().map(|choice| choice.0.to_owned()).collect(),
            FieldKind::Float { max, .. } => {
                // A share, or what is 0 now, has no powers of ten around it.
                let middle = if now(0.0) > 0.0 { now(0.0) } else { max.min(1.0) / 10.0 };
                let factors = if max <= 1.0 { [0.5, 1.0, 2.0] } else { [0.1, 1.0, 10.0] };
                // As few digits as say it: .1 and not .10000000000000001.
                let rounded = |factor| format!("{:.5e}", middle * factor).parse::<f64>().unwrap_or(middle);
                factors.iter().map(|factor| rounded(factor).to_string()).collect()
            }
            FieldKind::Int { min, .. } => {
                let now = text.parse::<u64>().unwrap_or(min);
                let values =
                    if now == 0 { [0, 1, 2] } else { [now, now.saturating_mul(2), now.saturating_mul(4)] };
                values.iter().map(u64::to_string).collect()
            }
            FieldKind::List { .. } | FieldKind::MirroredList { .. } => Vec::new(),
        };
        proposed.into_iter().filter(|text| self.parse(text).is_ok()).collect()
    }

    fn error(&self, problem: String) -> SpecError {
        SpecError::Setting { path: self.path.into(), problem }
    }
}

/// A setting that is always visible and takes hold with new weights.
pub const fn field(
    path: &'static str,
    title: &'static str,
    kind: FieldKind,
    help: &'static str,
    formula: &'static str,
) -> Field {
    Field {
        path,
        title,
        kind,
        help,
        formula,
        visible_if: None,
        applies: Applies::Rebuild,
        section: Section::Network,
    }
}

/// The same setting, in sight at once.
pub const fn main(field: Field) -> Field {
    Field { section: Section::Main, ..field }
}

/// The same setting, which can make a model another kind.
pub const fn makes_kind(field: Field) -> Field {
    Field { section: Section::Kind, ..field }
}

/// The same setting, which is about how a model is trained.
pub const fn in_training(field: Field) -> Field {
    Field { section: Section::Training, ..field }
}

/// The same setting, taking hold at the next training step.
pub const fn live(field: Field) -> Field {
    Field { applies: Applies::Live, ..field }
}

/// Reads `512,256` as numbers; an empty text is an empty list.
pub fn parse_list(text: &str) -> Option<Vec<u64>> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

/// A plain struct whose settings are described by fields of the same names.
pub trait Settings: Serialize + DeserializeOwned + Clone {
    /// Every setting, in the order of the form.
    fn fields(&self) -> Vec<Field>;

    /// The settings that other settings' values leave visible; what depends on a hidden setting is hidden
    /// too.
    fn visible_fields(&self) -> Vec<Field> {
        let (values, fields) = (self.values(), self.fields());
        let holds = |(path, wanted): (&str, &str)| {
            values.get(path).and_then(Value::as_str).is_some_and(|value| wanted.split('|').any(|w| w == value))
        };
        let visible = |field: &Field| {
            let conditions = std::iter::successors(field.visible_if, |&(path, _)| {
                fields.iter().find(|field| field.path == path).and_then(|field| field.visible_if)
            });
            conditions.into_iter().all(holds)
        };
        fields.iter().filter(|field| visible(field)).copied().collect()
    }

    /// The visible settings, each with its value as the user writes it.
    fn listed(&self) -> Vec<(Field, String)> {
        let values = self.values();
        let text = |field: Field| (field, field.text(values.get(field.path).unwrap_or(&Value::Null)));
        self.visible_fields().into_iter().map(text).collect()
    }

    /// All settings as JSON.
    fn values(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// The value of one setting as the user writes it.
    fn text(&self, path: &str) -> String {
        let values = self.values();
        let field = self.fields().into_iter().find(|field| field.path == path);
        field.map(|field| field.text(values.get(path).unwrap_or(&Value::Null))).unwrap_or_default()
    }

    /// These settings with one changed, given as text.
    fn with(&self, path: &str, text: &str) -> Result<Self, SpecError> {
        let fields = self.fields();
        let field = fields.iter().find(|field| field.path == path).ok_or_else(|| SpecError::Unknown {
            path: path.into(),
            known: fields.iter().map(|field| field.path).collect::<Vec<_>>().join(", "),
        })?;
        let mut values = self.values();
        if let Some(slot) = values.get_mut(path) {
            *slot = field.parse(text)?;
        }
        serde_json::from_value(values)
            .map_err(|e| SpecError::Setting { path: path.into(), problem: e.to_string() })
    }

    /// Whether two agree in everything that weights depend on.
    fn same_build(&self, other: &Self) -> bool
    where
        Self: PartialEq,
    {
        if self == other {
            return true;
        }
        let (a, b) = (self.values(), other.values());
        let rebuilds = |field: &Field| field.applies == Applies::Rebuild;
        a.get("kind") == b.get("kind")
            && self.fields().iter().filter(|field| rebuilds(field)).all(|f| a.get(f.path) == b.get(f.path))
    }

    /// Checks every setting against its range.
    fn check_ranges(&self) -> Result<(), SpecError> {
        let values = self.values();
        self.fields().iter().try_for_each(|field| field.check(values.get(field.path).unwrap_or(&Value::Null)))
    }
}
