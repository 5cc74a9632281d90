//! An operation in the trace event format, which Perfetto and chrome://tracing read: a process for each component, its lines as
//! instants, its requests as slices.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use serde_json::{Map, Value as Json, json};

use crate::plan::report::inert_json;
use crate::trace::line::Line;
use crate::trace::operation::{Request, Story, request};

/// Threads of a process: that of lines, and the first of requests.
const LINES: usize = 1;
const REQUESTS: usize = 2;

/// A component's rows of requests, each with when its last one ended: slices of a thread must lie within each other, and requests overlap.
#[derive(Default)]
struct Rows {
    ends: Vec<i64>,
}

impl Rows {
    /// The row for a request; those that begin earlier have theirs.
    fn take(&mut self, start: i64, end: i64) -> usize {
        let free = self.ends.iter().position(|ended| *ended <= start);
        let row = free.unwrap_or_else(|| {
            self.ends.push(end);
            self.ends.len() - 1
        });
        self.ends[row] = end;
        row
    }
}

/// When each line's request began and how long it took, and which of its component's rows it has.
fn rows<'s>(story: &'s Story, rows: &mut BTreeMap<&'s str, Rows>) -> BTreeMap<usize, (Request, i64, usize)> {
    let mut requests: Vec<(i64, usize, Request)> = (story.lines.iter().enumerate())
        .filter_map(|(number, line)| {
            let request = request(line, &story.key)?;
            Some((story.since(number)?.saturating_sub(request.took), number, request))
        })
        .collect();
    requests.sort_by_key(|(start, number, _)| (*start, *number));
    let placed = requests.into_iter().map(|(start, number, request)| {
        let row =
            rows.entry(&story.lines[number].component).or_default().take(start, start.saturating_add(request.took));
        (number, (request, start, row))
    });
    placed.collect()
}

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

/// Writes the document. Times are microseconds since the first line or request; `otherData` says when that was, if a line tells.
pub fn chrome(story: &Story, out: &mut dyn Write) -> Result<()> {
    let (placed, start) = (story.placed(), story.start().unwrap_or_default());
    let mut events = Vec::new();
    let mut rows = BTreeMap::new();
    let requests = self::rows(story, &mut rows);
    // A request began before the line that tells of it, and no time may lie below zero.
    let first = requests.values().map(|(_, start, _)| *start).min().unwrap_or_default().min(0);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, part) in story.components.iter().enumerate() {
        let pid = at + 1;
        numbers.insert(&part.name, pid);
        let name = |what: &str, tid: usize, name: &str| json!({ "ph": "M", "name": what, "pid": pid, "tid": tid, "args": { "name": name } });
        events.push(name("process_name", 0, &part.name));
        events.push(name("thread_name", LINES, "lines"));
        let rows = rows.get(&*part.name).map_or(0, |rows| rows.ends.len());
        for row in 0..rows {
            let of = if row == 0 { "requests".to_owned() } else { format!("requests {}", row + 1) };
            events.push(name("thread_name", REQUESTS + row, &of));
        }
        events.push(
            json!({ "ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": { "sort_index": at } }),
        );
    }
    for (number, line) in story.lines.iter().enumerate() {
        let at = placed[number].saturating_sub(start);
        let pid = numbers.get(&*line.component).copied().unwrap_or_default();
        let category = if line.severity.is_error() { "error" } else { "line" };
        let args = arguments(line, story);
        if let Some((Request { name, took, .. }, start, row)) = requests.get(&number) {
            let (ts, dur) = (micros(start.saturating_sub(first)), micros(*took));
            events.push(json!({ "ph": "X", "cat": "request", "name": name, "pid": pid, "tid": REQUESTS + row, "ts": ts, "dur": dur, "args": args }));
        }
        let ts = micros(at.saturating_sub(first));
        events.push(json!({ "ph": "i", "s": "t", "cat": category, "name": line.message, "pid": pid, "tid": LINES, "ts": ts, "args": args }));
    }
    let mut other = json!({ "operation": story.title(), "version": env!("CARGO_PKG_VERSION") });
    if let Some(start) = story.start() {
        other["start"] = crate::trace::line::text_of_time(start.saturating_add(first)).into();
    }
    inert_json::document(&json!({ "displayTimeUnit": "ms", "traceEvents": events, "otherData": other }), out)
}
