//! Words that say little of what a document is about, and are left out of its count.

use crate::data::DataError;
use crate::data::file::{open, read_declared};
use crate::data::{Cancel, malformed};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// English words that serve grammar more than meaning: articles, pronouns, prepositions, conjunctions,
/// auxiliaries, and adverbs of degree, place and time.
const ENGLISH: &str = "
a about above across after afterwards again against ago all almost alone along already also although always am
among amongst an and another any anybody anyhow anyone anything anyway anywhere are aren around as aside at away
back be became because become becomes becoming been before beforehand behind being below beside besides between
beyond both but by can cannot could couldn did didn do does doesn doing don done down due during each either else
elsewhere enough etc even ever every everybody everyone everything everywhere except few first for former formerly
from further furthermore had hadn has hasn have haven having he hence her here hereafter hereby herein hereupon
hers herself him himself his how however i ie if in indeed instead into is isn it its itself just last latter
latterly least less let like likely ll many may maybe me meanwhile might mine more moreover most mostly much must
my myself namely near neither never nevertheless next no nobody none nonetheless noone nor not nothing now nowhere
of off often on once one ones only onto or other others otherwise ought our ours ourselves out over own per perhaps
please quite rather re really same seem seemed seeming seems several shall she should shouldn since so some
somebody somehow someone something sometime sometimes somewhere soon still such than that the their theirs them
themselves then thence there thereafter thereby therefore therein thereupon these they this those though through
throughout thru thus till to together too toward towards under unless until up upon us ve very via was wasn we
well were weren what whatever when whence whenever where whereafter whereas whereby wherein whereupon wherever
whether which whichever while whither who whoever whole whom whose why will with within without won would wouldn
yet you your yours yourself yourselves";

/// Longest file of words.
const MAX_BYTES: u64 = 1 << 20;

/// Which words are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StopWords {
    /// The English ones.
    #[default]
    English,
    /// None.
    None,
    /// Those of a file, in any order.
    File(PathBuf),
}

impl StopWords {
    /// As settings give it: `english`, `none`, or a path.
    pub fn of(text: &str) -> Self {
        match text {
            "english" => Self::English,
            "none" | "" => Self::None,
            path => Self::File(path.into()),
        }
    }

    /// What [`Self::of`] reads.
    pub fn written(&self) -> String {
        match self {
            Self::English => "english".into(),
            Self::None => "none".into(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The words themselves.
    pub fn words(&self, cancel: &Cancel) -> Result<HashSet<String>, DataError> {
        let all = match self {
            Self::None => String::new(),
            Self::English => ENGLISH.into(),
            Self::File(path) => text_of(path, cancel)?,
        };
        let mut words = HashSet::new();
        super::each_term(&all, |term| {
            words.insert(term.to_owned());
        });
        Ok(words)
    }
}

fn text_of(path: &Path, cancel: &Cancel) -> Result<String, DataError> {
    let name = path.display().to_string();
    let (mut from, len) = open(path, cancel)?;
    if len > MAX_BYTES {
        return Err(malformed(
            &name,
            format!("it holds {len} bytes, more than any list of stop words; choose another"),
        ));
    }
    let bytes = read_declared(&mut from, len as usize, true)
        .map_err(|source| DataError::Io { path: path.into(), source })?;
    String::from_utf8(bytes)
        .map_err(|_| malformed(&name, "it is no text in UTF-8; save the list of stop words as such"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_built_in_none_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stop.txt");
        std::fs::write(&path, "Der, die\ndas").unwrap();
        let words = |text: &str| StopWords::of(text).words(&Cancel::default()).unwrap();
        assert!(words("english").contains("themselves") && !words("english").contains("moon"));
        assert!(words("none").is_empty());
        let own = words(&path.display().to_string());
        assert_eq!(own, ["der", "die", "das"].map(String::from).into());
        let missing = StopWords::of("no such file").words(&Cancel::default()).unwrap_err().to_string();
        assert!(missing.contains("no such file"), "{missing}");
    }
}
