//! `rules/sought.toml`: text of log lines that files of a checkout look for.

use regex::bytes::Regex;
use serde::Deserialize;

/// `rules/sought.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    /// Tests in Go.
    pub go: SoughtByTests,
    /// Scripts.
    pub scripts: SoughtByLines,
    /// What ships logs and alerts on them.
    pub readers: SoughtByLines,
    /// Recorded output.
    pub recorded: Recorded,
}

/// Tests in Go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoughtByTests {
    /// Ends of their names.
    pub suffixes: Vec<String>,
    /// What a function does that reads what programs log.
    #[serde(deserialize_with = "any_of")]
    pub captures: Regex,
    /// Parts of the names of calls that compare text, in lower case.
    pub compares: Vec<String>,
    /// Calls that hand text on.
    pub hands_on: Vec<String>,
    /// Fields and variables whose text is none of a line, in lower case.
    pub apart: Vec<String>,
}

/// Files in which lines with a mark, or of a file with one, hold such text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoughtByLines {
    /// Ends of their names.
    pub suffixes: Vec<String>,
    /// The marks.
    #[serde(deserialize_with = "any_of")]
    pub marks: Regex,
}

/// Recorded output.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// Ends of files' names.
    pub suffixes: Vec<String>,
    /// Directories that are left alone as code and hold such files.
    pub directories: Vec<String>,
}

impl Sought {
    /// Ends of the names of all files that may look for text of lines.
    pub fn suffixes(&self) -> impl Iterator<Item = &String> {
        let Self { go, scripts, readers, recorded } = self;
        go.suffixes.iter().chain(&scripts.suffixes).chain(&readers.suffixes).chain(&recorded.suffixes)
    }
}

/// Reads a list of texts as what finds any of them.
fn any_of<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let escaped: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
    Regex::new(&escaped.join("|")).map_err(serde::de::Error::custom)
}
