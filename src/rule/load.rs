//! Loading the rules: embedded in the binary, extended or replaced by a directory.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::Path;

use super::source::{Fault, Source};
use super::validate;
use super::{Config, Keys, Names, RuleError, RuleSet};
use crate::text::disk;

const KEYS: (&str, &str) = ("keys.toml", include_str!("../../rules/keys.toml"));

const FILES: [(&str, &str); 16] = [
    ("log_calls.toml", include_str!("../../rules/log_calls.toml")),
    ("messages.toml", include_str!("../../rules/messages.toml")),
    ("sentences.toml", include_str!("../../rules/sentences.toml")),
    KEYS,
    ("naming.toml", include_str!("../../rules/naming.toml")),
    ("values.toml", include_str!("../../rules/values.toml")),
    ("carriers.toml", include_str!("../../rules/carriers.toml")),
    ("scope.toml", include_str!("../../rules/scope.toml")),
    ("sought.toml", include_str!("../../rules/sought.toml")),
    ("check.toml", include_str!("../../rules/check.toml")),
    ("certify.toml", include_str!("../../rules/certify.toml")),
    ("queries.toml", include_str!("../../rules/queries.toml")),
    ("wires.toml", include_str!("../../rules/wires.toml")),
    ("callgraph.toml", include_str!("../../rules/callgraph.toml")),
    ("operations.toml", include_str!("../../rules/operations.toml")),
    ("environments.toml", include_str!("../../rules/environments.toml")),
];

impl RuleSet {
    /// The rules in the binary.
    pub fn builtin() -> Result<Self, RuleError> {
        Self::load(None)
    }

    /// The built-in rules, each file extended by the file of the same name in `dir`: lists grow, tables gain or change
    /// entries. A file with `replace = true` at its top stands alone.
    pub fn load(dir: Option<&Path>) -> Result<Self, RuleError> {
        if let Some(dir) = dir {
            check_names(dir)?;
        }
        let sources = FILES.iter().map(|(name, text)| Ok((*name, Source::of_rules(name, text, dir)?)));
        let sources: BTreeMap<&str, Source> = sources.collect::<Result<_, RuleError>>()?;
        let mut hasher = rustc_hash::FxHasher::default();
        FILES.iter().for_each(|(name, _)| sources[name].hash(&mut hasher));
        let mut rules = Self {
            log_calls: sources["log_calls.toml"].read()?,
            messages: sources["messages.toml"].read()?,
            sentences: sources["sentences.toml"].read()?,
            keys: sources["keys.toml"].read()?,
            naming: sources["naming.toml"].read()?,
            names: Names::default(),
            values: sources["values.toml"].read()?,
            carriers: sources["carriers.toml"].read()?,
            scope: sources["scope.toml"].read()?,
            sought: sources["sought.toml"].read()?,
            check: sources["check.toml"].read()?,
            certify: sources["certify.toml"].read()?,
            queries: sources["queries.toml"].read()?,
            wires: sources["wires.toml"].read()?,
            callgraph: sources["callgraph.toml"].read()?,
            operations: sources["operations.toml"].read()?,
            environments: sources["environments.toml"].read()?,
            digest: format!("{:016x}", hasher.finish()),
        };
        if dir.is_some() {
            let (name, text) = KEYS;
            let builtin: Keys = Source::of_rules(name, text, None)?.read()?;
            let asked = rules.keys.preferred.iter().filter(|(name, key)| builtin.preferred.get(*name) != Some(*key));
            rules.keys.asked = asked.map(|(name, _)| name.clone()).collect();
        }
        rules.wires.name_bystanders(&rules.carriers.bystanders);
        match validate::rules(&rules) {
            Some((file, fault)) => Err(sources[file].fault(&fault)),
            None => Ok(rules),
        }
    }
}

impl Config {
    /// Reads a configuration file that somebody named.
    pub fn load(path: &Path) -> Result<Self, RuleError> {
        let text = disk::read_named(path, disk::DECLARATION).and_then(disk::utf8);
        Self::parse(path, &text.map_err(|source| RuleError::Unreadable { path: path.to_owned(), source })?)
    }

    /// Reads a configuration file that stands at `path` below `root`.
    pub fn within(root: &Path, path: &str) -> Result<Self, RuleError> {
        let full = root.join(path);
        match disk::text_within(root, path, disk::DECLARATION) {
            Ok(text) => Self::parse(&full, &text),
            Err(source) => Err(RuleError::Unreadable { path: full, source }),
        }
    }

    /// Reads the text of a configuration file; `path` is what messages call it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, RuleError> {
        let source = Source::alone(path, text);
        let config: Self = source.read()?;
        Ok(Self { source: Some(source), ..config })
    }

    /// Adds what the owners set to the rules: operations, environments, components, the key of the pair. What they name must
    /// be there then.
    pub fn extend(&self, rules: &mut RuleSet) -> Result<(), RuleError> {
        rules.operations.extend(&self.operations, &self.phases);
        rules.environments.extend(&self.environments);
        let together = |error: super::PatternError| Fault { at: vec!["callgraph".into()], message: error.to_string() };
        let extended = rules.callgraph.extend(&self.callgraph).map_err(together);
        rules.check.also.extend(self.gate.also.iter().cloned());
        if let Some(key) = &self.request_id.key {
            rules.carriers.key.clone_from(key);
        }
        match (extended.err().or_else(|| validate::config(self, rules)), &self.source) {
            (Some(fault), Some(source)) => Err(source.fault(&fault)),
            (Some(fault), None) => Err(Source::default().fault(&fault)),
            (None, _) => Ok(()),
        }
    }
}

fn check_names(dir: &Path) -> Result<(), RuleError> {
    let unreadable = |source| RuleError::Unreadable { path: dir.to_owned(), source };
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if name.ends_with(".toml") && FILES.iter().all(|(known, _)| *known != name) {
            return Err(RuleError::Unknown { path, known: FILES.map(|(name, _)| name).join(", ") });
        }
    }
    Ok(())
}
