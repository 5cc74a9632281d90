//! An operation as spans of OpenTelemetry, in OTLP's JSON: one for all of it, one for each component with its lines as events, one for
//! each request that a line tells of.

use std::io::{Result, Write};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::plan::report::inert_json;
use crate::text::counted;
use crate::trace::line::{Line, Severity};
use crate::trace::operation::{Request, Story, Want, request};

const INTERNAL: u8 = 1;
const SERVER: u8 = 2;
const CLIENT: u8 = 3;
/// Of a status.
const ERROR: u8 = 2;

/// The trace ID of a request ID, in 32 hexadecimal digits, and how it was derived: an ID of 128 bits is one; of any other text it is the
/// first half of its SHA-256.
pub fn trace_id(id: &str) -> (String, &'static str) {
    let bare = id.replace('-', "").to_ascii_lowercase();
    let is_hex = bare.len() == 32 && bare.bytes().all(|b| b.is_ascii_hexdigit()) && bare.bytes().any(|b| b != b'0');
    match is_hex {
        true => (bare, "the request ID"),
        false => (hex(&Sha256::digest(id.as_bytes())[..16]), "the first 128 bits of the request ID's SHA-256"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn span_id(trace: &str, name: &str) -> String {
    hex(&Sha256::digest(format!("{trace} {name}").as_bytes())[..8])
}

fn text(key: &str, value: &str) -> Json {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Nanoseconds as OTLP writes them: a text, since JSON's numbers are too short.
fn nanos(at: i64) -> String {
    at.max(0).to_string()
}

struct Spans<'s> {
    story: &'s Story,
    /// When each of its lines was written.
    times: Vec<i64>,
    trace: String,
    root: String,
}

impl Spans<'_> {
    fn span(&self, id: &str, parent: &str, name: &str, kind: u8, (start, end): (i64, i64)) -> Json {
        json!({
            "traceId": self.trace, "spanId": id, "parentSpanId": parent, "name": name, "kind": kind,
            "startTimeUnixNano": nanos(start), "endTimeUnixNano": nanos(end),
        })
    }

    fn whole(&self, how: &str) -> Option<Json> {
        let times = (*self.times.iter().min()?, *self.times.iter().max()?);
        let mut span = self.span(&self.root, "", &self.story.title(), INTERNAL, times);
        span["attributes"] = json!([text("klogmod.trace_id", how), text("klogmod.key", &self.story.key)]);
        if !self.story.errors.is_empty() {
            span["status"] =
                json!({ "code": ERROR, "message": counted(self.story.errors.len(), "line") + " of errors" });
        }
        Some(span)
    }

    fn attributes(&self, line: &Line) -> Vec<Json> {
        let mut out = vec![text("severity", &line.severity.letter().to_string()), text("code.location", &line.caller)];
        out.extend(line.pairs(&self.story.key).iter().map(|pair| text(&pair.key, &pair.value.shown())));
        out
    }

    /// A component's span, and those of its requests.
    fn component(&self, name: &str) -> Vec<Json> {
        let of = || self.story.lines.iter().zip(&self.times).filter(|(line, _)| &*line.component == name);
        let times = || of().map(|(_, at)| *at);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Vec::new() };
        let id = span_id(&self.trace, name);
        let mut span = self.span(&id, &self.root, name, INTERNAL, (first, last));
        let event = |line: &Line, at: i64| json!({ "timeUnixNano": nanos(at), "name": line.message, "attributes": self.attributes(line) });
        span["events"] = of().map(|(line, at)| event(line, *at)).collect();
        let errors = of().filter(|(line, _)| line.severity >= Severity::Error).count();
        if errors > 0 {
            span["status"] = json!({ "code": ERROR, "message": counted(errors, "line") + " of errors" });
        }
        let mut out = vec![span];
        for (number, (line, at)) in of().enumerate() {
            if let Some(Request { name, took, is_server, .. }) = request(line, &self.story.key) {
                let end = *at;
                let own = span_id(&self.trace, &format!("{} {number}", line.component));
                let kind = if is_server { SERVER } else { CLIENT };
                let mut span = self.span(&own, &id, &name, kind, (end.saturating_sub(took), end));
                span["attributes"] = self.attributes(line).into();
                out.push(span);
            }
        }
        out
    }
}

/// Writes the document; of an object's history, each operation is a trace of its own elsewhere, and all of it is one here.
pub fn otlp(story: &Story, out: &mut dyn Write) -> Result<()> {
    let id = match &story.want {
        Want::Id(id) => id.clone(),
        Want::Object(object) => object.to_string(),
    };
    let (trace, how) = trace_id(&id);
    let spans = Spans { story, times: story.placed(), root: span_id(&trace, ""), trace };
    let mut resources = Vec::new();
    for (number, part) in story.components.iter().enumerate() {
        let mut of = spans.component(&part.name);
        if number == 0 {
            of.splice(0..0, spans.whole(how));
        }
        let scope = json!({ "name": "klogmod trace", "version": env!("CARGO_PKG_VERSION") });
        resources.push(json!({
            "resource": { "attributes": [text("service.name", &part.name)] },
            "scopeSpans": [{ "scope": scope, "spans": of }],
        }));
    }
    inert_json::document(&json!({ "resourceSpans": resources }), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_128_bits_are_trace_ids() {
        let id = "5ca1e0000000000000000000000000a1";
        assert_eq!(trace_id(id), (id.to_owned(), "the request ID"));
        assert_eq!(trace_id("5CA1E000-0000-0000-0000-0000000000A1").0, id);
        for other in ["request-1", "", &"0".repeat(32)] {
            let (derived, how) = trace_id(other);
            assert!(derived.len() == 32 && how.contains("SHA-256") && derived != "0".repeat(32), "{other}");
        }
    }
}
