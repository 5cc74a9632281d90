//! JSON lines: those of Kubernetes' JSON logging, of zap, of log/slog, and entries of journald.

use serde_json::{Map, Value as Json};

use super::header::Severity;
use super::pairs::{Pair, Value};
use super::stamp::{Stamp, full_time};

/// A line of JSON, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonLine {
    /// The time.
    pub stamp: Option<Stamp>,
    /// The severity.
    pub severity: Severity,
    /// `dir/file.go:12`.
    pub caller: String,
    /// The message.
    pub message: String,
    /// Everything else.
    pub pairs: Vec<Pair>,
}

/// What journald has of a line: who wrote it, when, and the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Nanoseconds since 1970.
    pub at: Option<i64>,
    /// The identifier or unit.
    pub component: Option<String>,
    /// The line.
    pub line: String,
}

/// The object that a text is; none if it is not JSON, or other JSON.
pub fn object(text: &str) -> Option<Map<String, Json>> {
    match serde_json::from_str(text) {
        Ok(Json::Object(map)) => Some(map),
        _ => None,
    }
}

/// An entry of journald's, in JSON.
pub fn journal(map: &Map<String, Json>) -> Option<Journal> {
    let text = |key: &str| map.get(key).and_then(Json::as_str);
    let line = map.get("MESSAGE").filter(|_| map.contains_key("__REALTIME_TIMESTAMP"))?;
    let line = match line {
        Json::String(line) => line.clone(),
        // One with bytes that are no text is a list of them.
        Json::Array(list) => {
            let bytes: Option<Vec<u8>> = list.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            String::from_utf8_lossy(&bytes?).into_owned()
        }
        _ => return None,
    };
    let at = text("__REALTIME_TIMESTAMP").and_then(|micros| micros.parse::<i64>().ok()?.checked_mul(1000));
    let unit = text("_SYSTEMD_UNIT").map(|unit| unit.trim_end_matches(".service"));
    let component = text("SYSLOG_IDENTIFIER").or(unit).map(str::to_owned);
    Some(Journal { at, component, line })
}

/// Seconds or milliseconds since 1970, whichever it is: in milliseconds, 1e11 was in 1973.
fn epoch(number: f64) -> Option<Stamp> {
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    let nanos = if number.abs() > 1e11 { number * 1e6 } else { number * 1e9 };
    // A float has no more digits than microseconds need.
    (nanos < 9e18).then(|| Stamp::At((nanos / 1000.0).round() as i64 * 1000))
}

fn time(value: &Json) -> Option<Stamp> {
    match value {
        Json::Number(number) => epoch(number.as_f64()?),
        Json::String(text) => full_time(text).map(Stamp::At),
        _ => None,
    }
}

/// Takes a line apart. Kubernetes' JSON has no level: a line without `v` is one of an error.
pub fn read(map: Map<String, Json>) -> JsonLine {
    let mut line = JsonLine {
        stamp: None,
        severity: Severity::Info,
        caller: String::new(),
        message: String::new(),
        pairs: vec![],
    };
    let level = ["level", "severity", "lvl"].iter().find_map(|key| map.get(*key)?.as_str());
    line.severity = match level {
        Some(level) => Severity::of_level(level).unwrap_or(Severity::Info),
        None if map.contains_key("ts") && !map.contains_key("v") => Severity::Error,
        None => Severity::Info,
    };
    for (key, value) in map {
        match (key.as_str(), &value) {
            ("ts" | "time" | "@timestamp" | "timestamp", value) if line.stamp.is_none() => line.stamp = time(value),
            ("level" | "severity" | "lvl" | "v", _) => {}
            ("caller", Json::String(text)) => line.caller.clone_from(text),
            ("source", Json::Object(source)) => {
                let file = source.get("file").and_then(Json::as_str).unwrap_or_default();
                let number = source.get("line").and_then(Json::as_u64).unwrap_or_default();
                line.caller = format!("{file}:{number}");
            }
            ("msg" | "message", Json::String(text)) => line.message = text.trim_end_matches('\n').to_owned(),
            _ => line.pairs.push(Pair { key, value: value_of(value) }),
        }
    }
    line
}

/// The pairs of an object that is nothing but pairs.
pub fn pairs(map: Map<String, Json>) -> Vec<Pair> {
    map.into_iter().map(|(key, value)| Pair { key, value: value_of(value) }).collect()
}

/// The time of a line, where it has a year.
pub fn time_of(map: Map<String, Json>) -> Option<i64> {
    if let Some(journal) = journal(&map) {
        return journal.at;
    }
    match read(map).stamp {
        Some(Stamp::At(at)) => Some(at),
        _ => None,
    }
}

fn value_of(value: Json) -> Value {
    match value {
        Json::String(text) => Value::Text(text),
        Json::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Json::as_str).map(str::to_owned);
            match (text("name"), text("namespace")) {
                (Some(name), namespace) if map.len() <= 2 && (map.len() == 1 || namespace.is_some()) => {
                    Value::Reference { namespace: namespace.unwrap_or_default(), name }
                }
                _ => Value::Json(Json::Object(map).to_string()),
            }
        }
        Json::Array(_) => Value::Json(value.to_string()),
        other => Value::Bare(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> JsonLine {
        read(object(text).unwrap())
    }

    #[test]
    fn lines_of_loggers_are_read() {
        let k8s = line(
            r#"{"ts":1700000000123.456,"logger":"x","caller":"a/b.go:1","msg":"Up\n","v":2,"pod":{"name":"p","namespace":"n"},"n":3}"#,
        );
        assert_eq!((k8s.severity, &*k8s.message, &*k8s.caller), (Severity::Info, "Up", "a/b.go:1"));
        assert_eq!(k8s.stamp, Some(Stamp::At(1_700_000_000_123_456_000)));
        let shown: Vec<String> = k8s.pairs.iter().map(|p| format!("{}={}", p.key, p.value.shown())).collect();
        assert_eq!(shown, ["logger=x", "n=3", "pod=n/p"]);
        assert_eq!(line(r#"{"ts":1,"msg":"x","err":"y"}"#).severity, Severity::Error);
        let zap = line(r#"{"level":"warn","ts":1700000000.5,"msg":"x"}"#);
        assert_eq!((zap.severity, zap.stamp), (Severity::Warning, Some(Stamp::At(1_700_000_000_500_000_000))));
        let slog =
            line(r#"{"time":"2023-11-14T22:13:20.5Z","level":"ERROR","source":{"file":"a.go","line":7},"msg":"x"}"#);
        assert_eq!((slog.severity, &*slog.caller, slog.stamp), (Severity::Error, "a.go:7", zap.stamp));
    }

    #[test]
    fn hostile_numbers_are_no_times() {
        for text in [r#"{"ts":1e308,"v":0}"#, r#"{"ts":-1,"v":0}"#, r#"{"ts":"x","v":0}"#, r#"{"ts":[],"v":0}"#] {
            assert_eq!(line(text).stamp, None, "{text}");
        }
        assert!(object("[1]").is_none() && object("{").is_none());
    }
}
