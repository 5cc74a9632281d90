//! What the engine knows, as data: loaded, validated, and plain. Rules do not import stages.
//!
//! In come TOML files, out comes the `RuleSet`; nothing here reads Go, and a field that nobody reads is refused.

mod callgraph;
mod check;
mod config;
mod doc;
mod environments;
mod load;
mod log_calls;
mod operations;
mod queries;
mod tables;
mod version;
mod wires;

pub use callgraph::{Batch, CallGraph, Component, Cut};
pub use check::Check;
pub use config::{Config, GateConfig, RequestIdConfig, ScopeConfig, SeriesConfig};
pub use doc::{Example, RuleDoc};
pub use environments::{Choice, Dimension, Environments, Profile};
pub use load::{RuleError, RuleSet};
pub use log_calls::{Family, Function, LogCalls, Loggers, Severity, Structured, Style};
pub use operations::{Cells, EVERY, Entry, EntryFunction, Operations, Phase, Spelling};
pub use queries::{Logs, Purpose, Queries, Query};
pub use tables::{
    Carrier, Carriers, Caveat, Declined, Formatter, IdentityObject, Keys, Leave, Messages, Scope, Suppress, Values,
    VerbPolicy, Wrapper,
};
pub use version::Version;
pub use wires::{At, Place, TreeKind, Wire, Wires};
