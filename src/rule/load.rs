//! Loading the rules: embedded in the binary, extended or replaced by a directory.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::{
    CallGraph, Carriers, Check, Config, Environments, Keys, LogCalls, Messages, Operations, Queries, RuleDoc, Scope,
    Values, Wires,
};

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
    /// What the gate asks for.
    pub check: Check,
    /// Queries for the logs of a patched tree.
    pub queries: Queries,
    /// Where request IDs are switched on.
    pub wires: Wires,
    /// How calls are followed.
    pub callgraph: CallGraph,
    /// Where operations start.
    pub operations: Operations,
    /// What clusters are made of.
    pub environments: Environments,
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

const FILES: [(&str, &str); 12] = [
    ("log_calls.toml", include_str!("../../rules/log_calls.toml")),
    ("messages.toml", include_str!("../../rules/messages.toml")),
    ("keys.toml", include_str!("../../rules/keys.toml")),
    ("values.toml", include_str!("../../rules/values.toml")),
    ("carriers.toml", include_str!("../../rules/carriers.toml")),
    ("scope.toml", include_str!("../../rules/scope.toml")),
    ("check.toml", include_str!("../../rules/check.toml")),
    ("queries.toml", include_str!("../../rules/queries.toml")),
    ("wires.toml", include_str!("../../rules/wires.toml")),
    ("callgraph.toml", include_str!("../../rules/callgraph.toml")),
    ("operations.toml", include_str!("../../rules/operations.toml")),
    ("environments.toml", include_str!("../../rules/environments.toml")),
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
        let mut file = |name: &str| -> Result<Merged, RuleError> {
            let merged = merged(name, dir)?;
            merged.text.hash(&mut hasher);
            Ok(merged)
        };
        let rules = Self {
            log_calls: file("log_calls.toml")?.read()?,
            messages: file("messages.toml")?.read()?,
            keys: file("keys.toml")?.read()?,
            values: file("values.toml")?.read()?,
            carriers: file("carriers.toml")?.read()?,
            scope: file("scope.toml")?.read()?,
            check: file("check.toml")?.read()?,
            queries: file("queries.toml")?.read()?,
            wires: file("wires.toml")?.read()?,
            callgraph: file("callgraph.toml")?.read()?,
            operations: file("operations.toml")?.read()?,
            environments: file("environments.toml")?.read()?,
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
            &self.check.rules,
            &self.callgraph.rules,
            &self.operations.rules,
            &self.environments.rules,
        ]
        .into_iter()
        .flatten()
    }
}

impl Config {
    /// Adds the owners' operations, environments and components to the rules.
    pub fn extend(&self, rules: &mut RuleSet) {
        rules.operations.extend(&self.operations, &self.phases);
        rules.environments.extend(&self.environments);
        rules.callgraph.extend(&self.callgraph);
    }

    /// Reads a configuration file.
    pub fn load(path: &Path) -> Result<Self, RuleError> {
        read(path, &read_file(path)?)
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

/// A rules file after extension.
struct Merged {
    /// The file to blame.
    path: PathBuf,
    /// What is read.
    text: String,
    /// What was extended, and the extension as it stands in the file.
    extended: Option<(toml::Table, String)>,
}

impl Merged {
    fn read<T: DeserializeOwned>(&self) -> Result<T, RuleError> {
        let Some((base, own)) = &self.extended else { return read(&self.path, &self.text) };
        // Positions in the merged text say nothing: the first entry that does not fit by itself is to blame.
        toml::from_str(&self.text).map_err(|error| {
            let fault = entries(own).into_iter().find_map(|(extension, key, value)| {
                let mut whole = base.clone();
                extend(&mut whole, extension);
                let message = toml::from_str::<T>(&whole.to_string()).err()?.message().to_owned();
                Some((if message.starts_with("unknown field") { key } else { value }, message))
            });
            let (offset, message) = fault.unwrap_or_else(|| (0, error.message().to_owned()));
            invalid(&self.path, own, offset, message)
        })
    }
}

/// Each entry of a text's tables as a table that holds nothing else, and where its key and its value stand.
fn entries(text: &str) -> Vec<(toml::Table, usize, usize)> {
    let (Ok(places), Ok(plain)) = (toml::de::DeTable::parse(text), toml::from_str::<toml::Table>(text)) else {
        return Vec::new();
    };
    let alone = |key: &str, value: toml::Value| toml::Table::from_iter([(key.to_owned(), value)]);
    let mut found = Vec::new();
    for (key, place) in places.get_ref() {
        let name = key.get_ref().as_ref();
        match (place.get_ref(), plain.get(name)) {
            (toml::de::DeValue::Table(inner), Some(toml::Value::Table(values))) => {
                for (key, place) in inner {
                    let Some(value) = values.get(key.get_ref().as_ref()) else { continue };
                    let entry = alone(key.get_ref(), value.clone());
                    found.push((alone(name, entry.into()), key.span().start, place.span().start));
                }
            }
            (_, Some(value)) => found.push((alone(name, value.clone()), key.span().start, place.span().start)),
            _ => {}
        }
    }
    found
}

/// A rules file as it is in the binary, or extended by the file of the same name in `dir`.
fn merged(name: &str, dir: Option<&Path>) -> Result<Merged, RuleError> {
    let builtin = FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
    let base = PathBuf::from("rules").join(name);
    let Some(path) = dir.map(|dir| dir.join(name)).filter(|path| path.exists()) else {
        return Ok(Merged { path: base, text: builtin.to_owned(), extended: None });
    };
    let text = read_file(&path)?;
    let mut table: toml::Table = read(&path, &text)?;
    if let Some(replace) = table.remove("replace") {
        if replace.as_bool() == Some(true) {
            // The line with `replace` is blanked, not cut, so that positions in messages stay true.
            let blank =
                |line: &str| if line.trim_start().starts_with("replace") { String::new() } else { line.to_owned() };
            let text = text.lines().map(blank).collect::<Vec<_>>().join("\n");
            return Ok(Merged { path, text, extended: None });
        }
        return Err(invalid(&path, &text, 0, "`replace` is either true or absent".to_owned()));
    }
    let builtin: toml::Table = read(&base, builtin)?;
    let mut whole = builtin.clone();
    extend(&mut whole, table);
    Ok(Merged { path, text: whole.to_string(), extended: Some((builtin, text)) })
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

fn read<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, RuleError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        invalid(path, text, offset, error.message().to_owned())
    })
}

fn invalid(path: &Path, text: &str, offset: usize, message: String) -> RuleError {
    let place = crate::text::LineIndex::new(text.as_bytes()).line_col(offset.min(text.len()));
    let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
    let caret = " ".repeat(place.col as usize - 1);
    let rendered = format!("{message}\n  |\n  | {line}\n  | {caret}^");
    RuleError::Invalid { path: path.to_owned(), line: place.line, col: place.col, rendered }
}
