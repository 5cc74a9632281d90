//! `rules/carriers.toml`: where a request ID can be taken from, and what its pair is called.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::source::parsed;
use super::{IdSource, Patterns, RuleDoc};

/// A type that holds a request ID.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// As reasons name it.
    pub name: String,
    /// Types, spelled `*import/path.Name`; `*object` and `any` stand for many. None: the run of the program is the carrier.
    #[serde(default)]
    pub types: Vec<CarrierType>,
    /// Patterns of names that text has; empty where it is no text.
    #[serde(default)]
    pub names: Patterns,
    /// Sources of IDs that a run of a program gets one from.
    #[serde(default)]
    pub sources: Vec<IdSource>,
    /// What is written behind the variable to get at what the accessor takes.
    #[serde(default)]
    pub call: String,
    /// Function of the runtime package that reads it.
    pub accessor: String,
    /// Function of the runtime package that asks a context first, where one is in scope as well; empty: there is none.
    #[serde(default, rename = "under-context")]
    pub under_context: String,
    /// How the ID gets there; empty where the rule does not say.
    #[serde(default)]
    pub link: String,
    /// Patterns of paths where it is one; empty: everywhere.
    #[serde(default)]
    pub paths: Patterns,
    /// Patterns of paths where it is none.
    #[serde(default)]
    pub except: Patterns,
}

/// `rules/carriers.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carriers {
    /// Key of the pair.
    pub key: String,
    /// Import path of the runtime package.
    pub import: String,
    /// Patterns of paths where a context belongs to a request.
    pub request_contexts: Patterns,
    /// Texts of programs in which operations start.
    pub starts: Vec<String>,
    /// Words of lines that tell of no operation, whatever else stands there.
    pub probes: Vec<String>,
    /// Names of parameters of any type that hold an object.
    pub handler_names: BTreeSet<String>,
    /// Types with annotations that are no objects of their own.
    pub not_objects: BTreeSet<String>,
    /// Types of objects that a struct holds beside what it works on.
    pub bystanders: BTreeSet<String>,
    /// Types of objects that many operations share.
    pub shared: BTreeSet<String>,
    /// First words of names of fields that hold what a component is at just now.
    pub passing_names: BTreeSet<String>,
    /// First words of names of what was before a change.
    pub former_names: BTreeSet<String>,
    /// How many fields deep a variable is searched.
    pub field_depth: usize,
    /// Carriers, best first.
    pub carrier: Vec<Carrier>,
    /// What they cannot promise.
    #[serde(default)]
    pub caveat: Vec<Caveat>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// What a carrier cannot promise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Caveat {
    /// Names of the carriers that it concerns.
    pub carriers: Vec<String>,
    /// Words in names of functions that it concerns; empty: all.
    #[serde(default)]
    pub functions: BTreeSet<String>,
    /// Patterns of paths that it concerns; empty: all.
    #[serde(default)]
    pub paths: Patterns,
    /// Whether it concerns only places where a context belongs to no request.
    #[serde(default)]
    pub outside_request_contexts: bool,
    /// The caveat, as a reason.
    pub text: String,
    /// Whether a reviewer has to look at it.
    #[serde(default)]
    pub review: bool,
}

/// A type that a carrier has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CarrierType {
    /// `*object`: a pointer to an API object, or an object that can be addressed.
    PointerToObject,
    /// `object`: an interface with annotations.
    Object,
    /// `[]object`: a slice of objects.
    Objects,
    /// `any`: an empty interface.
    Any,
    /// `string`: text that the call logs under one of the carrier's names.
    Text,
    /// `import/path.Name`.
    Named(String),
    /// `*import/path.Name`.
    PointerTo(String),
}

impl<'de> Deserialize<'de> for CarrierType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_named =
            |name: &str| name.rsplit_once('.').is_some_and(|(path, name)| !path.is_empty() && !name.is_empty());
        parsed(deserializer, "a type", |text| {
            Ok(match (text, text.strip_prefix('*')) {
                ("*object", _) => Self::PointerToObject,
                ("object", _) => Self::Object,
                ("[]object", _) => Self::Objects,
                ("any", _) => Self::Any,
                ("string", _) => Self::Text,
                (_, Some(name)) if is_named(name) => Self::PointerTo(name.to_owned()),
                (_, None) if is_named(text) => Self::Named(text.to_owned()),
                _ => return Err(NO_TYPE),
            })
        })
    }
}

const NO_TYPE: &str = "a type is spelled `import/path.Name` or `*import/path.Name`, or is `*object`, `object`, `[]object`, `any` or `string`";

/// What a key of the pair is, for messages.
pub const KEY_IS: &str = "a word such as requestID: lowerCamelCase, letters and digits only";

/// The rule of kubernetes' log keys, less the acronyms; `ts`, `v`, `err` and `msg` belong to the backends.
pub fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_alphanumeric())
        && !["ts", "v", "err", "msg"].contains(&key)
}
