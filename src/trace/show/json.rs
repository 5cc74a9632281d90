//! JSON documents of an operation and of the list. `docs/schema/` holds the schemas made from these.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::report::inert_json;
use crate::trace::line::{Object, Severity, Shape, Value, text_of_time};
use crate::trace::operation::{
    ComponentPart, FilePart, Gap, Listed, ObjectPart, OperationPart, Operations, SitePart, Skew, Story, Want,
};
use crate::trace::read::Counts;

/// `trace --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoryReport<'s> {
    /// `klogmod/trace/v1`.
    pub schema: &'static str,
    /// klogmod's version.
    pub version: &'static str,
    /// The operation's ID, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'s str>,
    /// The object, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<&'s Object>,
    /// The request ID's key.
    pub key: &'s str,
    /// When the first line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When the last line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// The files that were read.
    pub files: &'s [FilePart],
    /// The components, in the order in which they came in.
    pub components: &'s [ComponentPart],
    /// Numbers of lines of errors.
    pub errors: &'s [usize],
    /// Times in which nothing was written.
    pub gaps: &'s [Gap],
    /// Objects, in the order in which they came in.
    pub objects: &'s [ObjectPart],
    /// The operations that these lines are of.
    pub operations: &'s [OperationPart],
    /// The call sites that printed these lines, with --root.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub sites: &'s [SitePart],
    /// What was measured of clocks.
    pub clocks: &'s [Skew],
    /// The lines, in order of time.
    pub lines: Vec<LineReport<'s>>,
    /// What is to be known of how this was found.
    pub notes: &'s [String],
    /// What was not read, and why.
    pub unread: &'s [String],
}

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineReport<'s> {
    /// Number of its file, from 0.
    pub file: u32,
    /// Its number in there, from 1.
    pub line: u64,
    /// When it was written, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Nanoseconds since the first line, clocks set right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Who wrote it.
    pub component: &'s str,
    /// How bad it says it is.
    pub severity: Severity,
    /// The call's file and line, as it names them.
    pub caller: &'s str,
    /// The message.
    pub message: &'s str,
    /// Keys and values, without the request ID's.
    pub pairs: BTreeMap<String, serde_json::Value>,
    /// The request IDs that it carries.
    pub ids: &'s [String],
    /// Whether it says that there are more.
    pub more: bool,
    /// Its form.
    pub form: Shape,
    /// All of it, as it was written.
    pub text: &'s str,
}

/// `trace list --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListReport<'s> {
    /// `klogmod/trace-list/v1`.
    pub schema: &'static str,
    /// klogmod's version.
    pub version: &'static str,
    /// The request ID's key.
    pub key: &'s str,
    /// The operations, by start.
    pub operations: Vec<ListedReport<'s>>,
    /// Lines of operations that there was no room for.
    pub dropped: u64,
    /// What was read.
    pub counts: Counts,
    /// What was not read, and why.
    pub unread: &'s [String],
}

/// An operation of the list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedReport<'s> {
    /// Its ID.
    pub id: &'s str,
    /// When its first line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When its last line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Its lines.
    pub lines: u64,
    /// Those of errors.
    pub errors: u64,
    /// The components that wrote them.
    pub components: &'s [String],
}

fn pair_value(value: Value) -> serde_json::Value {
    match value {
        Value::Text(text) => text.into(),
        Value::Bare(text) => match serde_json::from_str(&text) {
            Ok(number @ serde_json::Value::Number(_)) => number,
            _ => text.into(),
        },
        Value::Json(text) => serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)),
        Value::Reference { namespace, name } if namespace.is_empty() => serde_json::json!({ "name": name }),
        Value::Reference { namespace, name } => serde_json::json!({ "name": name, "namespace": namespace }),
    }
}

/// The document of an operation.
pub fn report(story: &Story) -> StoryReport<'_> {
    let start = story.start();
    let lines = story.lines.iter().enumerate().map(|(at, line)| LineReport {
        file: line.source,
        line: line.number,
        time: line.at.map(text_of_time),
        since: story.since(at),
        component: &line.component,
        severity: line.severity,
        caller: &line.caller,
        message: &line.message,
        pairs: line.pairs(&story.key).into_iter().map(|pair| (pair.key, pair_value(pair.value))).collect(),
        ids: &line.ids,
        more: line.more,
        form: line.shape,
        text: &line.text,
    });
    let (id, object) = match &story.want {
        Want::Id(id) => (Some(id.as_str()), None),
        Want::Object(object) => (None, Some(object)),
    };
    StoryReport {
        schema: "klogmod/trace/v1",
        version: env!("CARGO_PKG_VERSION"),
        id,
        object,
        key: &story.key,
        start: start.map(text_of_time),
        end: story.end().map(text_of_time),
        files: &story.files,
        components: &story.components,
        errors: &story.errors,
        gaps: &story.gaps,
        objects: &story.objects,
        operations: &story.operations,
        sites: &story.sites,
        clocks: &story.skews,
        lines: lines.collect(),
        notes: &story.notes,
        unread: &story.unread,
    }
}

/// Writes an operation's document.
pub fn story(story: &Story, out: &mut dyn Write) -> Result<()> {
    inert_json::document(&report(story), out)
}

/// Writes the list's document.
pub fn list(found: &Operations, listed: &[Listed], key: &str, out: &mut dyn Write) -> Result<()> {
    let operations = listed
        .iter()
        .map(|listed| ListedReport {
            id: &listed.id,
            start: listed.start.map(text_of_time),
            end: listed.end.map(text_of_time),
            lines: listed.lines,
            errors: listed.errors,
            components: &listed.components,
        })
        .collect();
    let report = ListReport {
        schema: "klogmod/trace-list/v1",
        version: env!("CARGO_PKG_VERSION"),
        key,
        operations,
        dropped: found.dropped,
        counts: found.counts,
        unread: &found.errors,
    };
    inert_json::document(&report, out)
}
