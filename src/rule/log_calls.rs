//! klog's functions, as `rules/log_calls.toml` describes them.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::Version;

/// What klog prints at the head of the line, and whether the program goes on.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// `I`.
    Info,
    /// `W`; structured calls have no such thing.
    Warning,
    /// `E`.
    Error,
    /// `F`, a dump of all goroutines, exit code 255.
    Fatal,
    /// `F`, exit code 1.
    Exit,
}

impl Severity {
    /// Whether the call ends the process.
    pub fn terminates(self) -> bool {
        matches!(self, Self::Fatal | Self::Exit)
    }
}

/// How a printing function reads its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// As `fmt.Sprint`.
    Print,
    /// As `fmt.Sprintln`.
    Println,
    /// As `fmt.Sprintf`.
    Printf,
}

/// A family of printing functions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Their severity.
    pub severity: Severity,
    /// The structured function that replaces them.
    pub rewrite: String,
    /// Functions that read their arguments as `fmt.Sprint`.
    pub print: Vec<String>,
    /// … as `fmt.Sprintln`.
    pub println: Vec<String>,
    /// … as `fmt.Sprintf`.
    pub printf: Vec<String>,
}

/// Structured functions by severity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structured {
    /// Those that print `I`.
    pub info: Vec<String>,
    /// Those that print `E`.
    pub error: Vec<String>,
}

/// Loggers of a level.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verbose {
    /// klog's functions that return one, and which of their arguments is the level.
    pub functions: BTreeMap<String, usize>,
    /// The name of what they return.
    #[serde(rename = "type")]
    pub ty: String,
    /// The name of the type of their levels.
    pub level: String,
    /// The method that asks whether a line would be printed.
    pub asks: String,
}

/// klog's functions that make references.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// To one object.
    pub object: Vec<String>,
    /// To a list of objects.
    pub list: Vec<String>,
    /// Functions that klog has declared deprecated, and what it has in their place.
    pub deprecated: BTreeMap<String, String>,
}

/// Comments above functions that say what logcheck is to think of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    /// How they begin, behind the slashes.
    pub directive: String,
    /// The word of those above functions that have no place where loggers are passed.
    pub context: String,
}

/// Contextual loggers: where they come from and what they log with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Loggers {
    /// klog's functions that return a logger.
    pub constructors: Vec<String>,
    /// The one that takes it from a context.
    pub from_context: String,
    /// Functions that put a logger, their last argument, into a context.
    pub into_context: Vec<String>,
    /// The one that returns klog's own.
    pub background: String,
    /// Methods that return another logger.
    pub methods: Vec<String>,
    /// `import/path.Type` of loggers.
    pub types: Vec<String>,
    /// The module that declares loggers.
    pub zero_module: String,
    /// Its first version whose loggers can be called without having been set.
    pub zero_since: Version,
    /// Functions and methods that make values of types that they are given a place for, fields that nothing names left as they are.
    pub fills: Vec<String>,
    /// Functions of package reflect that do so.
    pub reflects: Vec<String>,
    /// Functions after which lists have elements that nobody has made.
    pub empties: Vec<String>,
    /// Functions that read or write values as they lie in memory.
    pub lays_out: Vec<String>,
    /// Functions that compare whatever they are given.
    pub compares: Vec<String>,
    /// klog's functions that give a logger, their first argument, a name.
    pub names: Vec<String>,
    /// Functions and methods that have a logger carry pairs.
    pub values: Vec<String>,
    /// The runtime package's function that wraps pairs.
    pub pairs: String,
    /// The runtime package's function that returns its first argument, a list of pairs, with a request ID behind it.
    pub append: String,
    /// The runtime package's function that returns its first argument, a logger, with a request ID.
    pub with_id: String,
    /// Methods that print `I`.
    pub info: Vec<String>,
    /// Methods that print `E`.
    pub error: Vec<String>,
}

impl Loggers {
    /// Whether a function or method of this name makes a logger, or puts one into a context.
    pub fn makes(&self, name: &str) -> bool {
        let lists = [&self.constructors, &self.methods, &self.into_context];
        lists.into_iter().flatten().any(|known| known == name) || name == self.with_id
    }
}

/// `rules/log_calls.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LogCalls {
    /// Import paths of klog; the first is version 1.
    pub import_paths: Vec<String>,
    /// First klog version of each feature.
    pub since: BTreeMap<String, Version>,
    /// Printing functions.
    pub call: Vec<Family>,
    /// Structured functions.
    pub structured: Structured,
    /// Loggers of a level.
    pub verbose: Verbose,
    /// References to objects.
    pub references: References,
    /// Contextual loggers.
    pub logger: Loggers,
    /// Comments to logcheck.
    pub marked: Marked,
    /// klog's functions that give loggers of another kind, which print free text.
    pub standard_loggers: Vec<String>,
    /// Methods of loggers, and functions of logr's, that give what prints past a logger's own methods.
    pub past_loggers: Vec<String>,
    /// Import paths of loggers whose functions are called as klog's are.
    pub look_alikes: Vec<String>,
    /// Import paths of loggers of another kind.
    pub others: Vec<String>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<super::RuleDoc>,
}

/// What a klog function is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are named after their types")]
pub enum Function<'r> {
    /// It formats its arguments into one text; `rewrite` is its structured counterpart without `Depth`.
    Printing { severity: Severity, style: Style, rewrite: &'r str, depth: bool },
    /// It takes keys and values.
    Structured { severity: Severity, depth: bool },
}

impl LogCalls {
    /// What the function of this name does; `None` for functions that do not log.
    pub fn function(&self, name: &str) -> Option<Function<'_>> {
        let depth = name.ends_with("Depth");
        for family in &self.call {
            for (style, names) in
                [(Style::Printf, &family.printf), (Style::Print, &family.print), (Style::Println, &family.println)]
            {
                if names.iter().any(|n| n == name) {
                    let (severity, rewrite) = (family.severity, family.rewrite.as_str());
                    return Some(Function::Printing { severity, style, rewrite, depth });
                }
            }
        }
        let is = |names: &[String]| names.iter().any(|n| n == name);
        let severity = match () {
            () if is(&self.structured.info) => Severity::Info,
            () if is(&self.structured.error) => Severity::Error,
            () => return None,
        };
        Some(Function::Structured { severity, depth })
    }

    /// Names of all functions and methods that log.
    pub fn logging(&self) -> impl Iterator<Item = &str> {
        let printing = self.call.iter().flat_map(|family| [&family.print, &family.println, &family.printf]);
        let pairs = [&self.structured.info, &self.structured.error, &self.logger.info, &self.logger.error];
        printing.chain(pairs).flatten().map(String::as_str)
    }

    /// The family that a printing function is of.
    pub fn family(&self, name: &str) -> Option<&Family> {
        let has = |names: &[String]| names.iter().any(|known| known == name);
        self.call.iter().find(|family| has(&family.print) || has(&family.println) || has(&family.printf))
    }

    /// What a logger's method of this name does; `None` for methods that do not log.
    pub fn logger_method(&self, name: &str) -> Option<Function<'_>> {
        let is = |names: &[String]| names.iter().any(|n| n == name);
        let severity = match () {
            () if is(&self.logger.info) => Severity::Info,
            () if is(&self.logger.error) => Severity::Error,
            () => return None,
        };
        Some(Function::Structured { severity, depth: false })
    }

    /// Whether a file can log with klog at all: it must name one of the import paths, whatever it calls the package.
    pub fn are_in(&self, source: &[u8]) -> bool {
        let is_longer =
            |path: &String| self.import_paths.iter().any(|p| p.len() < path.len() && path.starts_with(&**p));
        let mut paths = self.import_paths.iter().filter(|path| !is_longer(path));
        paths.any(|path| memmem::find(source, path.as_bytes()).is_some())
    }

    /// Whether an import path is that of klog's first version, which has no structured calls.
    pub fn is_first_version(&self, path: &str) -> bool {
        self.import_paths.first().is_some_and(|first| first == path)
    }

    /// Whether klog of this version has a feature of `since`; one that the table does not name exists always.
    pub fn has(&self, feature: &str, version: Version) -> bool {
        self.since.get(feature).is_none_or(|since| *since <= version)
    }
}
