//! Loading the rules: embedded in the binary, extended or replaced by a directory.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::{Carriers, Config, Keys, LogCalls, Messages, RuleDoc, Scope, Values};

/// Everything the engine knows.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// klog's functions.
    pub log_calls: LogCalls,
    /// Making messages.
    pub messages: Messages,
    /// Naming values.
    pub keys: Keys,
    /// Printing values.
    pub values: Values,
    /// Finding request IDs.
    pub carriers: Carriers,
    /// What is left alone.
    pub scope: Scope,
    /// Hash of all rule files, as 16 hexadecimal digits: same digest, same rules.
    pub digest: String,
}

/// A rules or configuration file that cannot be used, shown with the offending line.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what is expected there.
    #[error("{}:{line}:{col}: {rendered}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line of the offence, from 1.
        line: u32,
        /// Column of the offence, from 1.
        col: u32,
        /// The message with the offending line.
        rendered: String,
    },
    /// A rules directory holds a file that is no rules file.
    #[error("{}: no such rules file; expected one of {}", path.display(), names())]
    Unknown {
        /// The file.
        path: PathBuf,
    },
}

const FILES: [(&str, &str); 6] = [
    ("log_calls.toml", include_str!("../../rules/log_calls.toml")),
    ("messages.toml", include_str!("../../rules/messages.toml")),
    ("keys.toml", include_str!("../../rules/keys.toml")),
    ("values.toml", include_str!("../../rules/values.toml")),
    ("carriers.toml", include_str!("../../rules/carriers.toml")),
    ("scope.toml", include_str!("../../rules/scope.toml")),
];

fn names() -> String {
    FILES.map(|(name, _)| name).join(", ")
}

impl RuleSet {
    /// The rules in the binary.
    pub fn builtin() -> Result<Self, RuleError> {
        Self::load(None)
    }

    /// The built-in rules, each file extended by the file of the same name in `dir`: lists grow, tables gain or change
    /// entries. A file with `replace = true` at its top stands alone.
    pub fn load(dir: Option<&Path>) -> Result<Self, RuleError> {
        let mut hasher = rustc_hash::FxHasher::default();
        if let Some(dir) = dir {
            check_names(dir)?;
        }
        let mut file = |name: &str| -> Result<(PathBuf, String), RuleError> {
            let merged = merged(name, dir)?;
            merged.1.hash(&mut hasher);
            Ok(merged)
        };
        let rules = Self {
            log_calls: read(file("log_calls.toml")?)?,
            messages: read(file("messages.toml")?)?,
            keys: read(file("keys.toml")?)?,
            values: read(file("values.toml")?)?,
            carriers: read(file("carriers.toml")?)?,
            scope: read(file("scope.toml")?)?,
            digest: String::new(),
        };
        Ok(Self { digest: format!("{:016x}", hasher.finish()), ..rules })
    }

    /// Documentation of all rules, in the order of the files.
    pub fn docs(&self) -> impl Iterator<Item = &RuleDoc> {
        [
            &self.log_calls.rules,
            &self.messages.rules,
            &self.keys.rules,
            &self.values.rules,
            &self.carriers.rules,
            &self.scope.rules,
        ]
        .into_iter()
        .flatten()
    }
}

impl Config {
    /// Reads a configuration file.
    pub fn load(path: &Path) -> Result<Self, RuleError> {
        let text = read_file(path)?;
        read((path.to_owned(), text))
    }
}

fn read_file(path: &Path) -> Result<String, RuleError> {
    std::fs::read_to_string(path).map_err(|source| RuleError::Unreadable { path: path.to_owned(), source })
}

fn check_names(dir: &Path) -> Result<(), RuleError> {
    let unreadable = |source| RuleError::Unreadable { path: dir.to_owned(), source };
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.ends_with(".toml") && FILES.iter().all(|(known, _)| *known != name) {
            return Err(RuleError::Unknown { path });
        }
    }
    Ok(())
}

/// Text of a rules file after extension, and the path to blame for it.
fn merged(name: &str, dir: Option<&Path>) -> Result<(PathBuf, String), RuleError> {
    let builtin = FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
    let base = PathBuf::from("rules").join(name);
    let Some(path) = dir.map(|dir| dir.join(name)).filter(|path| path.exists()) else {
        return Ok((base, builtin.to_owned()));
    };
    let text = read_file(&path)?;
    let mut table: toml::Table = read((path.clone(), text.clone()))?;
    if let Some(replace) = table.remove("replace") {
        if replace.as_bool() == Some(true) {
            // The line with `replace` is blanked, not cut, so that positions in messages stay true.
            let blank =
                |line: &str| if line.trim_start().starts_with("replace") { String::new() } else { line.to_owned() };
            return Ok((path, text.lines().map(blank).collect::<Vec<_>>().join("\n")));
        }
        return Err(invalid(&path, &text, 0, "`replace` is either true or absent".to_owned()));
    }
    let mut whole: toml::Table = read((base, builtin.to_owned()))?;
    extend(&mut whole, table);
    Ok((path, whole.to_string()))
}

/// Lists grow (new entries first, so that they win), tables gain or change entries, other values are replaced.
fn extend(base: &mut toml::Table, extension: toml::Table) {
    for (key, value) in extension {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Array(old)), toml::Value::Array(new)) => {
                old.splice(0..0, new);
            }
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => extend(old, new),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn read<T: DeserializeOwned>((path, text): (PathBuf, String)) -> Result<T, RuleError> {
    toml::from_str(&text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        invalid(&path, &text, offset, error.message().to_owned())
    })
}

fn invalid(path: &Path, text: &str, offset: usize, message: String) -> RuleError {
    let place = crate::text::LineIndex::new(text.as_bytes()).line_col(offset.min(text.len()));
    let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
    let caret = " ".repeat(place.col as usize - 1);
    let rendered = format!("{message}\n  |\n  | {line}\n  | {caret}^");
    RuleError::Invalid { path: path.to_owned(), line: place.line, col: place.col, rendered }
}
