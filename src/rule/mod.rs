//! What the engine knows, as data. In come rules/*.toml, the files that extend them and klogmod.toml; out comes a [`RuleSet`] whose
//! patterns are compiled and whose names are checked, so that a rule costs nothing where it is used, and cannot fail there. What is
//! wrong is an error with its file, line and column, and a field that nobody reads is refused. Nothing here reads Go or knows a stage.

mod callgraph;
mod carriers;
mod certify;
mod check;
mod config;
mod doc;
mod environments;
mod error;
mod id_source;
mod load;
mod log_calls;
mod names;
mod naming;
mod operations;
mod pattern;
mod queries;
mod sentences;
mod set;
mod sought;
mod source;
mod tables;
mod validate;
mod version;
mod wires;

pub use callgraph::{Batch, CallGraph, Component, Cut};
pub use carriers::{Carrier, CarrierType, Carriers, Caveat, KEY_IS, is_key};
pub use certify::Certify;
pub use check::Check;
pub use config::{Config, GateConfig, Percent, RequestIdConfig, ScopeConfig, SeriesConfig};
pub use doc::{Example, RuleDoc};
pub use environments::{Choice, Dimension, Environments, Profile};
pub use error::RuleError;
pub use id_source::{IdSource, NoSource};
pub use log_calls::{Family, Function, LogCalls, Loggers, Marked, References, Severity, Structured, Style, Verbose};
pub use names::{NAMES, Names, Subject, check_key, is_log_key};
pub use naming::{CallTrait, Naming, Trait};
pub use operations::{Cells, Consequence, EVERY, Entry, EntryFunction, Operations, Phase, Spelling};
pub use pattern::{PatternError, Patterns};
pub use queries::{Checked, Logs, Purpose, Queries, Query};
pub use sentences::{Own, Pattern, Relation, RoleKey, Sentences, Step};
pub use set::RuleSet;
pub use sought::{Recorded, Sought, SoughtByLines, SoughtByTests};
pub use tables::{
    Declined, Formatter, IdentityObject, Keys, Leave, Messages, Printing, Scope, Suppress, Values, VerbPolicy, Wrapper,
};
pub use version::Version;
pub use wires::{Adopt, At, Place, PlaceFile, Remove, TreeKind, Wire, Wires};
