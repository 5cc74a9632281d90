//! Lines of other programs: logfmt as logrus and log/slog write it, zap's for people, words behind a time.

use super::header::Severity;
use super::json;
use super::pairs::{Pair, of_logfmt};
use super::stamp::full_time;

/// What such a line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    /// The time.
    pub at: Option<i64>,
    /// The severity.
    pub severity: Severity,
    /// The message.
    pub message: String,
    /// Keys and values, as far as the line has a form for them.
    pub pairs: Vec<Pair>,
}

/// Keys that lines of logfmt start with.
const STARTS: [&[u8]; 5] = [b"time=", b"ts=", b"level=", b"lvl=", b"msg="];

/// Whether a line starts as logfmt does.
pub fn is_logfmt(line: &[u8]) -> bool {
    line.first().is_some_and(|first| matches!(first, b't' | b'l' | b'm'))
        && STARTS.iter().any(|start| line.starts_with(start))
}

/// Reads the first of a record's lines; what has no form is the message.
pub fn read(text: &str) -> Foreign {
    let line = text.lines().next().unwrap_or_default();
    if is_logfmt(line.as_bytes()) {
        return logfmt(line);
    }
    match line.contains('\t') {
        true => fields(line),
        false => words(line),
    }
}

fn plain(line: &str) -> Foreign {
    Foreign { at: None, severity: Severity::Info, message: line.to_owned(), pairs: Vec::new() }
}

fn logfmt(line: &str) -> Foreign {
    let mut out = plain(line);
    for pair in of_logfmt(line) {
        match pair.key.as_str() {
            "time" | "ts" if out.at.is_none() => out.at = full_time(&pair.value.shown()),
            "level" | "lvl" => out.severity = Severity::of_level(&pair.value.shown()).unwrap_or(out.severity),
            "msg" => out.message = pair.value.shown(),
            _ => out.pairs.push(pair),
        }
    }
    out
}

/// `TIME LEVEL [LOGGER] [CALLER] MESSAGE [JSON]`, with tabs between them.
fn fields(line: &str) -> Foreign {
    let mut out = plain(line);
    let mut fields: Vec<&str> = line.split('\t').collect();
    out.at = fields[0].split(' ').next().and_then(full_time);
    let Some((at, severity)) =
        fields.iter().take(2).enumerate().find_map(|(at, field)| Some((at, Severity::of_level(field)?)))
    else {
        return out;
    };
    out.severity = severity;
    if let Some(map) = fields.last().and_then(|last| json::object(last)) {
        out.pairs = json::pairs(map);
        fields.pop();
    }
    if let Some(message) = fields.get(at + 1..).and_then(<[&str]>::last) {
        out.message = (*message).to_owned();
    }
    out
}

/// `[TIME] LEVEL MESSAGE`: a level in capitals, so that no sentence is taken for one.
fn words(line: &str) -> Foreign {
    let mut out = plain(line);
    // A date and a time may stand apart.
    let ends = line.match_indices(' ').map(|(at, _)| at).take(2);
    let behind = ends.filter_map(|at| Some((full_time(&line[..at])?, &line[at + 1..]))).last();
    let (at, rest) = behind.map_or((None, line), |(at, rest)| (Some(at), rest));
    out.at = at;
    let (level, message) = rest.split_once(' ').unwrap_or((rest, ""));
    let level = level.trim_matches(['[', ']', ':']);
    let is_capital = level.len() > 1 && level.bytes().all(|b| !b.is_ascii_lowercase());
    if let Some(severity) = Severity::of_level(level).filter(|_| is_capital) {
        out.severity = severity;
        out.message = message.trim_start().to_owned();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_level_and_message_are_found() {
        for (line, has_time, severity, message, pairs) in [
            ("time=2024-05-06T07:08:09.5Z level=ERROR+2 msg=\"a b\" x=1", true, Severity::Error, "a b", 1),
            ("time=\"2024-05-06T07:08:09Z\" level=warning msg=up", true, Severity::Warning, "up", 0),
            ("level=info msg=\"a\" pod=n/p id=x", false, Severity::Info, "a", 2),
            ("2024-05-06T07:08:09Z\tERROR\tctl\tIt broke\t{\"id\": \"x\"}", true, Severity::Error, "It broke", 1),
            ("2024-05-06T07:08:09Z\terror\ta/b.go:7\tIt broke", true, Severity::Error, "It broke", 0),
            ("2024-05-06T07:08:09Z\tat\tnight", true, Severity::Info, "2024-05-06T07:08:09Z\tat\tnight", 0),
            ("2024-05-06T07:08:09Z FATAL lost it", true, Severity::Fatal, "lost it", 0),
            ("2024-05-06 07:08:09Z ERROR lost it", true, Severity::Error, "lost it", 0),
            ("[WARN] so-so", false, Severity::Warning, "so-so", 0),
            ("error is no level here", false, Severity::Info, "error is no level here", 0),
        ] {
            let read = read(line);
            let got = (read.at.is_some(), read.severity, read.message.as_str(), read.pairs.len());
            assert_eq!(got, (has_time, severity, message, pairs), "{line}");
        }
    }
}
