//! A record (a line, with the lines that go on with it) as a value.

use std::sync::Arc;

use super::foreign;
use super::header::{Severity, is_head, klog_header};
use super::json::{self, JsonLine};
use super::pairs::{self, Pair, Said, Value};
use super::stamp::Clock;

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// klog's own.
    Text,
    /// JSON.
    Json,
    /// Neither, or one that is cut.
    Other,
}

/// A line of a log.
#[derive(Clone, Debug)]
pub struct Line {
    /// Number of the file that it stands in.
    pub source: u32,
    /// Its number in there, from 1.
    pub number: u64,
    /// Who wrote it.
    pub component: Arc<str>,
    /// Nanoseconds since 1970; none where the line has no time.
    pub at: Option<i64>,
    /// How bad it says it is.
    pub severity: Severity,
    /// `file.go:12` or `dir/file.go:12`; empty where the line names none.
    pub caller: String,
    /// The message.
    pub message: String,
    /// The request IDs that it carries.
    pub ids: Vec<String>,
    /// Whether it says that it carries more than it names.
    pub more: bool,
    /// Its form.
    pub shape: Shape,
    /// All of it, without what kubectl, runtimes and journald put in front.
    pub text: String,
}

impl Line {
    /// Its keys and values, without the request ID's.
    pub fn pairs(&self, key: &str) -> Vec<Pair> {
        let pairs = match self.shape {
            Shape::Text => {
                klog_header(self.text.as_bytes()).map(|header| pairs::of_text(&self.text[header.length..]).pairs)
            }
            Shape::Json => json::object(&self.text).map(|map| json::read(map).pairs),
            Shape::Other => Some(foreign::read(&self.text).pairs),
        };
        let mut pairs = pairs.unwrap_or_default();
        pairs.retain(|pair| pair.key != key);
        pairs
    }
}

/// What a record says, before it is known who wrote it and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The time.
    pub at: Option<i64>,
    /// The severity.
    pub severity: Severity,
    /// The call's place.
    pub caller: String,
    /// The message.
    pub message: String,
    /// Its request IDs.
    pub ids: Vec<String>,
    /// Whether there are more.
    pub more: bool,
    /// Its form.
    pub shape: Shape,
    /// The component, where journald names it in the line.
    pub component: Option<String>,
    /// The text, where it is another one than the record's.
    pub text: Option<String>,
    /// Whether it starts like a klog header or JSON, and is neither.
    pub is_broken: bool,
}

/// Parses records; knows the key of the request ID.
#[derive(Clone, Debug)]
pub struct Parser {
    key: String,
    in_text: String,
    in_json: String,
}

impl Parser {
    /// A parser for lines whose request ID has this key.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), in_text: format!("{key}="), in_json: format!("\"{key}\":") }
    }

    /// The request ID's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What a record says. `beside` is the time that stood in front of it.
    pub fn parse(&self, text: &str, beside: Option<i64>, clock: &mut Clock) -> Parsed {
        if text.starts_with('{') {
            return match json::object(text) {
                Some(map) => match json::journal(&map) {
                    Some(journal) if !journal.line.starts_with("{\"__") => {
                        let parsed = self.parse(&journal.line, journal.at, clock);
                        let text = parsed.text.or(Some(journal.line));
                        Parsed { component: journal.component, text, ..parsed }
                    }
                    _ => self.json(json::read(map), beside, clock),
                },
                None => Parsed { is_broken: true, ..self.unknown(text, beside) },
            };
        }
        match klog_header(text.as_bytes()) {
            Some(header) => {
                let at = clock.resolve(header.stamp, beside).or(beside);
                let Said { message, pairs, rest } = pairs::of_text(&text[header.length..]);
                let (mut ids, mut more) = self.of_pairs(&pairs);
                self.loose(rest, &mut ids, &mut more);
                let message = message.lines().next().unwrap_or_default().to_owned();
                let (severity, caller) = (header.severity, header.caller.to_owned());
                let is_broken = false;
                Parsed {
                    at,
                    severity,
                    caller,
                    message,
                    ids,
                    more,
                    shape: Shape::Text,
                    component: None,
                    text: None,
                    is_broken,
                }
            }
            None => Parsed { is_broken: is_head(text.as_bytes()), ..self.unknown(text, beside) },
        }
    }

    fn json(&self, line: JsonLine, beside: Option<i64>, clock: &mut Clock) -> Parsed {
        let at = line.stamp.and_then(|stamp| clock.resolve(stamp, None)).or(beside);
        let (ids, more) = self.of_pairs(&line.pairs);
        let JsonLine { severity, caller, message, .. } = line;
        Parsed {
            at,
            severity,
            caller,
            message,
            ids,
            more,
            shape: Shape::Json,
            component: None,
            text: None,
            is_broken: false,
        }
    }

    /// A line of another program, or one that is cut.
    fn unknown(&self, text: &str, beside: Option<i64>) -> Parsed {
        let foreign::Foreign { at, severity, message, pairs } = foreign::read(text);
        let (mut ids, mut more) = self.of_pairs(&pairs);
        if ids.is_empty() {
            self.loose(text, &mut ids, &mut more);
        }
        Parsed {
            at: at.or(beside),
            severity,
            caller: String::new(),
            message,
            ids,
            more,
            shape: Shape::Other,
            component: None,
            text: None,
            is_broken: false,
        }
    }

    /// Whether a key is the request ID's; behind words, where a sentence of Infof looks like a pair.
    fn is_key(&self, key: &str) -> bool {
        key.strip_suffix(self.key.as_str()).is_some_and(|before| before.is_empty() || before.ends_with(' '))
    }

    fn of_pairs(&self, pairs: &[Pair]) -> (Vec<String>, bool) {
        let (mut ids, mut more) = (Vec::new(), false);
        for pair in pairs.iter().filter(|pair| self.is_key(&pair.key)) {
            match &pair.value {
                Value::Text(text) | Value::Bare(text) => split(text, &mut ids, &mut more),
                Value::Json(json) => {
                    let list: Vec<String> = serde_json::from_str(json).unwrap_or_default();
                    list.iter().for_each(|text| split(text, &mut ids, &mut more));
                }
                Value::Reference { .. } => {}
            }
        }
        (ids, more)
    }

    /// The pair somewhere in text that has no pairs.
    fn loose(&self, text: &str, ids: &mut Vec<String>, more: &mut bool) {
        for (at, _) in text.match_indices(self.in_text.as_str()) {
            let before = text[..at].chars().next_back();
            let value = &text[at + self.in_text.len()..];
            match value.strip_prefix('"') {
                Some(value) if is_start(before) => split(within(value), ids, more),
                // Without quotes, what stands in a path or in another value is none.
                None if before.is_none_or(char::is_whitespace) => {
                    let value = value.split(char::is_whitespace).next().unwrap_or_default();
                    split(value.trim_end_matches(['"', ',', ';', ')', ']']), ids, more);
                }
                _ => {}
            }
        }
        for (at, _) in text.match_indices(self.in_json.as_str()) {
            let value = text[at + self.in_json.len()..].trim_start_matches(' ');
            if let Some(value) = value.strip_prefix('"').filter(|_| is_start(text[..at].chars().next_back())) {
                split(within(value), ids, more);
            }
        }
    }
}

/// Whether a key can start behind a character.
fn is_start(before: Option<char>) -> bool {
    before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// A value up to its closing quote.
fn within(value: &str) -> &str {
    value.split(['"', '\\']).next().unwrap_or_default()
}

/// IDs with commas between them, and a plus at the end if there are more.
fn split(text: &str, ids: &mut Vec<String>, more: &mut bool) {
    for id in text.split(',') {
        match id {
            "" => {}
            "+" => *more = true,
            id if ids.iter().any(|known| known == id) => {}
            id => ids.push(id.to_owned()),
        }
    }
}

/// Where another line starts within a line: two programs wrote to one file, or one was stopped while it wrote.
pub fn embedded_head(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    // An object that is a value is no line of its own.
    let is_value = |at: usize| text[..at].trim_end_matches(' ').ends_with(['=', ':', ',', '[']);
    let is_json = |at: usize| bytes[at..].starts_with(b"{\"ts\":") && !is_value(at);
    let marks = |at: usize| klog_header(&bytes[at..]).is_some() || is_json(at);
    let (mut open, mut inside) = (None, false);
    let mut at = 0;
    while at < first {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => inside = !inside,
            b'I' | b'W' | b'E' | b'F' | b'{' if at > 0 && open.is_none_or(|(_, was)| was) && marks(at) => {
                if !inside {
                    return Some(at);
                }
                open = open.or(Some((at, inside)));
            }
            _ => {}
        }
        at += 1;
    }
    // Behind a quote that never ended, all quotes are the wrong way round.
    open.filter(|_| inside).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::trace::line::Reference;

    fn parse(text: &str) -> Parsed {
        let mut clock = Clock::new(TimeZone::UTC, Reference::Before(1_700_000_000_000_000_000));
        Parser::new("requestID").parse(text, None, &mut clock)
    }

    #[test]
    fn ids_are_those_of_the_pair() {
        for (text, ids) in [
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" requestID=\"a1\"", &["a1"][..]),
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" requestID=\"a1,b2,+\" x=1", &["a1", "b2"]),
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" requestID=\"\"", &[]),
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" xrequestID=\"a1\"", &[]),
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" line=\"requestID=\\\"a1\\\"\"", &[]),
            ("I0102 03:04:05.000006       1 a.go:1] \"Up\" t=<\n\tx\n > requestID=\"a1\"", &["a1"]),
            ("I0102 03:04:05.000006       1 a.go:1] Loose requestID=\"a1\"", &["a1"]),
            (r#"{"ts":1,"v":0,"msg":"x","requestID":"a1,b2"}"#, &["a1", "b2"]),
            (r#"{"ts":1,"v":0,"msg":"x","requestID":["a1","b2"]}"#, &["a1", "b2"]),
            (
                r#"{"__REALTIME_TIMESTAMP":"1","MESSAGE":"I0102 03:04:05.000006       1 a.go:1] \"Up\" requestID=\"a1\""}"#,
                &["a1"],
            ),
            ("I0102 03:04:05.000006       1 a.go:1] \"a\" is up requestID=\"a1\"", &["a1"]),
            ("I0102 03:04:05.000006       1 a.go:1] Loose requestID=a1, again", &["a1"]),
            ("I0102 03:04:05.000006       1 a.go:1] Got /x?requestID=a1", &[]),
            ("time=2024-05-06T07:08:09Z level=info msg=x requestID=a1", &["a1"]),
            (
                r#"{"__REALTIME_TIMESTAMP":"1","MESSAGE":[27,32,114,101,113,117,101,115,116,73,68,61,34,97,49,34]}"#,
                &["a1"],
            ),
            ("2024-05-06T07:08:09.123Z\tERROR\tx\tUp\t{\"requestID\": \"a1\"}", &["a1"]),
        ] {
            assert_eq!(parse(text).ids, ids, "{text}");
        }
    }

    #[test]
    fn forms_and_levels_are_told_apart() {
        let of = |text: &str| (parse(text).shape, parse(text).severity, parse(text).is_broken);
        assert_eq!(of("E0102 03:04:05.000006       1 a.go:1] \"x\""), (Shape::Text, Severity::Error, false));
        assert_eq!(of("E0102 03:04:05.000006       1 a.g"), (Shape::Other, Severity::Info, true));
        assert_eq!(of("{\"ts\":1,\"msg\":\"x"), (Shape::Other, Severity::Info, true));
        assert_eq!(of("2024-05-06T07:08:09.123Z\tERROR\tx"), (Shape::Other, Severity::Error, false));
        assert_eq!(of("time=\"2024-05-06T07:08:09Z\" level=warning msg=x").1, Severity::Warning);
    }

    #[test]
    fn a_line_within_a_line_is_found() {
        let second = "I0102 03:04:05.000006       1 a.go:1] \"Up\" requestID=\"a1\"";
        for first in [
            "I0102 03:04:05.000007       1 b.go:2] \"Do",
            "{\"ts\":1,\"msg\":\"x",
            "I0102 03:04:05.000007       1 b.go:2] Done ",
        ] {
            assert_eq!(embedded_head(&format!("{first}{second}")), Some(first.len()), "{first}");
        }
        let quoted = "I0102 03:04:05.000007       1 b.go:2] \"Read\" line=\"I0102 03:04:05.000006       1 a.go:1] x\"";
        assert_eq!(embedded_head(quoted), None);
        for nested in [
            r#"{"ts":2,"v":0,"event":{"ts":1},"all":[{"ts":1}, {"ts":2}]}"#,
            "I0102 03:04:05.000007       1 b.go:2] \"Got\" event={\"ts\":1} x=1",
        ] {
            assert_eq!(embedded_head(nested), None, "{nested}");
        }
        assert_eq!(embedded_head(second), None);
    }
}
