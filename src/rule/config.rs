//! `klogmod.toml`: what a checkout's owners set.

use std::path::PathBuf;

use serde::Deserialize;

use super::Version;

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
}

/// `[scope]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeConfig {
    /// Patterns of paths that are not walked.
    pub exclude: Vec<String>,
    /// Whether parts whose owners declined are skipped.
    pub declined: bool,
}

impl Default for ScopeConfig {
    fn default() -> Self {
        Self { exclude: Vec::new(), declined: true }
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
}
