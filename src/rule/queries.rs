//! `rules/queries.toml`: queries for the logs of a patched tree.

use serde::{Deserialize, Serialize};

/// `rules/queries.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queries {
    /// What can be asked, in the order in which it is printed.
    #[serde(rename = "purpose")]
    pub purposes: Vec<Purpose>,
    /// The queries.
    #[serde(rename = "query")]
    pub queries: Vec<Query>,
}

/// Something that an operator wants to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// What queries call it.
    pub name: String,
    /// What the answer is.
    pub doc: String,
}

/// One query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The name of what it answers.
    pub purpose: String,
    /// The tool that runs it.
    pub tool: String,
    /// The logs that it reads.
    pub logs: Logs,
    /// How it is known to answer.
    #[serde(default)]
    pub checked: Checked,
    /// The query, with `%key%`, `%id%`, `%object%`, `%namespace%` and `%name%` where these go.
    pub text: String,
}

/// How a query is known to answer what it is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checked {
    /// klogmod's tests run it in its tool.
    Test,
    /// They run its expression in the engine that the tool has it run by; the tool itself was not run.
    Expression,
    /// It is written after the tool's documentation, and was not run.
    #[default]
    Documentation,
}

/// A format of klog's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Logs {
    /// klog's own lines.
    Text,
    /// JSON as k8s.io/component-base writes it.
    Json,
    /// Either.
    Both,
}
