//! `klogmod.names.toml`: what a reader has settled that values are called in this checkout. It goes before every rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::RuleError;
use super::source::{Fault, Source, Step};
use crate::text::disk;

/// Name of the file, at the root of the checkout.
pub const NAMES: &str = "klogmod.names.toml";

/// What a name is about, the most telling first.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A field of a type: `k8s.io/api/core/v1.Container.Name`.
    Field(String),
    /// An expression as it is written: `kl.nodeName`.
    Expression(String),
    /// A declared type that is made of string: `k8s.io/api/core/v1.ResourceName`.
    Type(String),
    /// The last name of an expression: `podUID`.
    Name(String),
}

impl Subject {
    /// Its kind and what it says, as tables of the file and arguments have them.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Field(text) => ("field", text),
            Self::Expression(text) => ("expression", text),
            Self::Type(text) => ("type", text),
            Self::Name(text) => ("name", text),
        }
    }

    /// As arguments have it: `name podUID`, what [`Subject::parse`] reads.
    pub fn argument(&self) -> String {
        let (kind, text) = self.parts();
        format!("{kind} {text}")
    }

    /// Reads `field k8s.io/api/core/v1.Container.Name`; `None` where no kind stands before it.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, text) = text.trim().split_once(' ')?;
        let text = text.trim().to_owned();
        match kind {
            _ if text.is_empty() => None,
            "field" => Some(Self::Field(text)),
            "expression" => Some(Self::Expression(text)),
            "type" => Some(Self::Type(text)),
            "name" => Some(Self::Name(text)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(text) => write!(f, "field {text}"),
            Self::Expression(text) => write!(f, "{text}"),
            Self::Type(text) => write!(f, "type {text}"),
            Self::Name(text) => write!(f, "…{text}"),
        }
    }
}

/// Keys that a reader has settled, by what they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    field: BTreeMap<String, String>,
    expression: BTreeMap<String, String>,
    #[serde(rename = "type")]
    types: BTreeMap<String, String>,
    name: BTreeMap<String, String>,
}

impl Names {
    /// The file of a checkout; none is an empty one.
    pub fn within(root: &Path, reserved: &BTreeSet<String>) -> Result<Self, RuleError> {
        let full = root.join(NAMES);
        if full.symlink_metadata().is_err() {
            return Ok(Self::default());
        }
        match disk::text_within(root, NAMES, disk::DECLARATION) {
            Ok(text) => Self::parse(&full, &text, reserved),
            Err(source) => Err(RuleError::Unreadable { path: full, source }),
        }
    }

    /// Reads the file's text; `path` is what messages call it. A key that is none, or one of the `reserved`, is an error at its place.
    pub fn parse(path: &Path, text: &str, reserved: &BTreeSet<String>) -> Result<Self, RuleError> {
        let source = Source::alone(path, text);
        let names: Self = source.read()?;
        let bad = names.tables().into_iter().flat_map(|(kind, table)| table.iter().map(move |entry| (kind, entry)));
        for (kind, (subject, key)) in bad {
            if let Err(why) = check_key(key, reserved) {
                let at = vec![Step::from(kind), Step::Key(subject.clone())];
                return Err(source.fault(&Fault { at, message: why }));
            }
        }
        Ok(names)
    }

    /// The key of the first of these that is settled.
    pub fn of<'n, 's>(&'n self, subjects: &'s [Subject]) -> Option<(&'s Subject, &'n str)> {
        subjects.iter().find_map(|subject| Some((subject, self.table(subject).get(subject.parts().1)?.as_str())))
    }

    /// Settles one; what was settled before is given back.
    pub fn settle(&mut self, subject: &Subject, key: &str) -> Option<String> {
        self.table_mut(subject).insert(subject.parts().1.to_owned(), key.to_owned())
    }

    /// Takes one back.
    pub fn forget(&mut self, subject: &Subject) -> Option<String> {
        self.table_mut(subject).remove(subject.parts().1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.tables().iter().map(|(_, table)| table.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The file: sorted, so that two readers' answers merge line by line.
    pub fn render(&self) -> String {
        let mut text =
            "# What values are called here: `klogmod settle` writes it, and it goes before every rule.\n".to_owned();
        for (kind, table) in self.tables().into_iter().filter(|(_, table)| !table.is_empty()) {
            let _ = write!(text, "\n[{kind}]\n");
            for (subject, key) in table {
                let _ = writeln!(text, "{} = {}", quoted(subject), quoted(key));
            }
        }
        text
    }

    fn tables(&self) -> [(&'static str, &BTreeMap<String, String>); 4] {
        [("field", &self.field), ("expression", &self.expression), ("type", &self.types), ("name", &self.name)]
    }

    fn table_mut(&mut self, subject: &Subject) -> &mut BTreeMap<String, String> {
        match subject {
            Subject::Field(_) => &mut self.field,
            Subject::Expression(_) => &mut self.expression,
            Subject::Type(_) => &mut self.types,
            Subject::Name(_) => &mut self.name,
        }
    }

    fn table(&self, subject: &Subject) -> &BTreeMap<String, String> {
        match subject {
            Subject::Field(_) => &self.field,
            Subject::Expression(_) => &self.expression,
            Subject::Type(_) => &self.types,
            Subject::Name(_) => &self.name,
        }
    }
}

/// Whether a key is what the guide allows, by logcheck's own expression: `(^[A-Z]{2,}|^[a-z])[[:alnum:]]*$`.
pub fn is_log_key(key: &str) -> bool {
    let alnum = key.bytes().all(|b| b.is_ascii_alphanumeric());
    let capitals = key.bytes().take_while(u8::is_ascii_uppercase).count();
    alnum && (key.starts_with(|c: char| c.is_ascii_lowercase()) || capitals >= 2)
}

/// Why a text is not to be a key; some are `reserved`.
pub fn check_key(key: &str, reserved: &BTreeSet<String>) -> Result<(), String> {
    if !is_log_key(key) {
        return Err(format!(
            "{key:?} is no key: letters and digits that begin with a lower-case letter or two capitals, such as podUID"
        ));
    }
    match reserved.contains(key) {
        true => Err(format!("{key:?} is taken by the line's own fields")),
        false => Ok(()),
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut names = Names::default();
        for (subject, key) in [
            ("field k8s.io/api/core/v1.Container.Name", "containerName"),
            ("expression kl.nodeName", "node"),
            ("name odd \"one\"\n", "odd"),
        ] {
            names.settle(&Subject::parse(subject).unwrap(), key);
        }
        let read = Names::parse(Path::new(NAMES), &names.render(), &BTreeSet::new()).unwrap();
        assert_eq!(read, names);
        let subjects = [Subject::Type("x.Y".into()), Subject::Expression("kl.nodeName".into())];
        assert_eq!(read.of(&subjects).map(|(_, key)| key), Some("node"));
    }

    #[test]
    fn a_key_that_is_none_is_an_error_at_its_line() {
        let error = Names::parse(Path::new(NAMES), "[name]\na = \"fine\"\nb = \"not fine\"\n", &BTreeSet::new());
        let error = error.unwrap_err().to_string();
        assert!(error.contains("klogmod.names.toml:3:"), "{error}");
    }
}
