//! `klogmod.toml`: what a checkout's owners set.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::source::Source;
use super::{CallGraph, Entry, Environments, IdSource, Patterns, Phase, Version};

/// All settings; each has a default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Version of klog to rewrite for, instead of go.mod's.
    pub klog_version: Option<Version>,
    /// Directory of rules that extend or replace the built-in ones, relative to the configuration file.
    pub rules: Option<PathBuf>,
    /// Whether `_test.go` files are rewritten as well.
    #[serde(default)]
    pub tests: bool,
    /// What is left alone.
    #[serde(default)]
    pub scope: ScopeConfig,
    /// Where request IDs come from.
    #[serde(default)]
    pub request_id: RequestIdConfig,
    /// How patches are cut and named.
    #[serde(default)]
    pub series: SeriesConfig,
    /// What `klogmod check` asks for.
    #[serde(default)]
    pub gate: GateConfig,
    /// The owners' own operations.
    #[serde(default, rename = "operation")]
    pub operations: Vec<Entry>,
    /// Their own phases.
    #[serde(default, rename = "phase")]
    pub phases: Vec<Phase>,
    /// Their own environments.
    #[serde(default)]
    pub environments: Environments,
    /// Their own components, hubs and batch work.
    #[serde(default)]
    pub callgraph: CallGraph,
    /// The file that says so.
    #[serde(skip)]
    pub(super) source: Option<Source>,
}

/// `[series]`: subjects are templates with `{dir}`, `{sig}`, `{calls}`, `{part}` and `{parts}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SeriesConfig {
    /// Lines that a patch may change.
    pub max_lines: Option<usize>,
    /// Subject of patches with structural edits.
    pub subject: Option<String>,
    /// Subject of patches that add request IDs alone.
    pub request_id_subject: Option<String>,
    /// What is added where several patches would have one subject.
    pub numbered: Option<String>,
    /// Subject of the cover letter.
    pub cover_subject: Option<String>,
    /// Author of the patches: `Name <email>`.
    pub author: Option<String>,
}

/// A share of calls, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(f64);

impl Percent {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        let is_share = (0.0..=100.0).contains(&number);
        if is_share { Ok(Self(number)) } else { Err(format!("{number} is no percentage: 0 to 100")) }
    }
}

/// `[gate]`: minimums are percentages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GateConfig {
    /// What counts as covered: `request-id` or `structured`.
    pub measure: Option<String>,
    /// Minimum of all calls.
    pub minimum: Option<Percent>,
    /// Minimums of components.
    pub component: BTreeMap<String, Percent>,
    /// Minimums of directories, with all below them.
    pub directory: BTreeMap<String, Percent>,
    /// Minimums of directories with their own OWNERS.
    pub owner: BTreeMap<String, Percent>,
    /// Minimums of `sig/` labels.
    pub sig: BTreeMap<String, Percent>,
    /// Minimums of phases.
    pub phase: BTreeMap<String, Percent>,
    /// Minimums of operations.
    pub operation: BTreeMap<String, Percent>,
    /// Minimums of resources.
    pub resource: BTreeMap<String, Percent>,
    /// Minimums of operations on resources: `create/pods`.
    pub cell: BTreeMap<String, Percent>,
    /// Whether a new unstructured call fails.
    pub new_unstructured: bool,
    /// Which of them: `all`, or those on `priority` paths (all in a tree where no operation starts).
    pub paths: Option<String>,
    /// Whether a request ID that is gone fails.
    pub lost_request_id: bool,
    /// Whether a baseline that allows more than there is fails.
    pub slack: bool,
    /// Rules that do not fail.
    pub allow: Vec<String>,
    /// Rules that are off where nobody asks for them, and are asked for.
    pub also: Vec<String>,
    /// The baseline, relative to the checkout's root.
    pub baseline: Option<PathBuf>,
}

impl GateConfig {
    /// Whether any rate must be reached.
    pub fn has_minimum(&self) -> bool {
        let Self { minimum, component, directory, owner, sig, phase, operation, resource, cell, .. } = self;
        let tables = [component, directory, owner, sig, phase, operation, resource, cell];
        minimum.is_some() || tables.iter().any(|table| !table.is_empty())
    }
}

impl Default for GateConfig {
    fn default() -> Self {
        let none = BTreeMap::new;
        Self {
            measure: None,
            minimum: None,
            component: none(),
            directory: none(),
            owner: none(),
            sig: none(),
            phase: none(),
            operation: none(),
            resource: none(),
            cell: none(),
            new_unstructured: true,
            paths: None,
            lost_request_id: true,
            slack: true,
            allow: Vec::new(),
            also: Vec::new(),
            baseline: None,
        }
    }
}

/// `[scope]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeConfig {
    /// Patterns of paths that are not walked.
    pub exclude: Patterns,
    /// Whether parts whose owners declined are skipped.
    pub declined: bool,
}

impl Default for ScopeConfig {
    fn default() -> Self {
        Self { exclude: Patterns::default(), declined: true }
    }
}

/// `[request-id]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestIdConfig {
    /// Import path of the runtime package.
    pub import: Option<String>,
    /// Key of the pair.
    pub key: Option<String>,
    /// Where IDs come from.
    #[serde(rename = "id-source")]
    pub id_source: Option<IdSource>,
    /// HTTP header that carries the ID.
    pub header: Option<String>,
    /// Annotation that carries the ID.
    pub annotation: Option<String>,
}
