//! An operation in the trace event format, which Perfetto and chrome://tracing read: a process for each component, its lines as
//! instants, its requests as slices.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use serde_json::{Map, Value as Json, json};

use crate::plan::report::inert_json;
use crate::trace::line::Line;
use crate::trace::operation::{Request, Story, request};

/// Threads of a process.
const LINES: u32 = 1;
const REQUESTS: u32 = 2;

fn micros(nanos: i64) -> Json {
    json!(nanos as f64 / 1000.0)
}

fn arguments(line: &Line, story: &Story) -> Json {
    let mut out = Map::new();
    for pair in line.pairs(&story.key) {
        out.insert(pair.key, pair.value.shown().into());
    }
    out.insert("caller".to_owned(), line.caller.clone().into());
    out.insert("file".to_owned(), story.files.get(line.source as usize).map_or("", |file| file.name.as_str()).into());
    out.insert("line".to_owned(), line.number.into());
    out.into()
}

/// Writes the document. Times are microseconds since the operation began; `otherData` says when that was, if a line tells.
pub fn chrome(story: &Story, out: &mut dyn Write) -> Result<()> {
    let (placed, start) = (story.placed(), story.start().unwrap_or_default());
    let mut events = Vec::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, part) in story.components.iter().enumerate() {
        let pid = at + 1;
        numbers.insert(&part.name, pid);
        let name = |what: &str, tid: u32, name: &str| json!({ "ph": "M", "name": what, "pid": pid, "tid": tid, "args": { "name": name } });
        events.push(name("process_name", 0, &part.name));
        events.push(name("thread_name", LINES, "lines"));
        events.push(name("thread_name", REQUESTS, "requests"));
        events.push(
            json!({ "ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": { "sort_index": at } }),
        );
    }
    for (number, line) in story.lines.iter().enumerate() {
        let at = placed[number].saturating_sub(start);
        let pid = numbers.get(&*line.component).copied().unwrap_or_default();
        let category = if line.severity.is_error() { "error" } else { "line" };
        let args = arguments(line, story);
        if let Some(Request { name, took, .. }) = request(line, &story.key) {
            let (ts, dur) = (micros(at.saturating_sub(took)), micros(took));
            events.push(json!({ "ph": "X", "cat": "request", "name": name, "pid": pid, "tid": REQUESTS, "ts": ts, "dur": dur, "args": args }));
        }
        let ts = micros(at);
        events.push(json!({ "ph": "i", "s": "t", "cat": category, "name": line.message, "pid": pid, "tid": LINES, "ts": ts, "args": args }));
    }
    let mut other = json!({ "operation": story.title(), "version": env!("CARGO_PKG_VERSION") });
    if let Some(start) = story.start() {
        other["start"] = crate::trace::line::text_of_time(start).into();
    }
    inert_json::document(&json!({ "displayTimeUnit": "ms", "traceEvents": events, "otherData": other }), out)
}
