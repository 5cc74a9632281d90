//! How far the clocks of two files are apart, measured from requests: the server's work lies within what the client waited.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::trace::line::{Line, Pair, Value};

/// What was measured between two files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Skew {
    /// Number of the file whose clock is compared, from 0.
    pub file: u32,
    /// Number of the file that it is compared with: the one that served most requests.
    pub against: u32,
    /// How far it is ahead, in microseconds; negative: behind.
    pub ahead_microseconds: i64,
    /// By how much that may be wrong.
    pub uncertain_microseconds: i64,
    /// Requests that it was measured from.
    pub requests: usize,
}

impl Skew {
    /// Whether the clocks differ by more than what cannot be told.
    pub fn is_sure(&self) -> bool {
        self.ahead_microseconds.abs() > self.uncertain_microseconds + LATE
    }
}

/// A server logs a request a little after the client may have had its answer.
const LATE: i64 = 5_000;
/// Clients count whole milliseconds; in nanoseconds.
const ROUNDED: i64 = 1_000_000;

/// A request, as one side saw it.
#[derive(Clone, Copy)]
struct Seen {
    source: u32,
    start: i64,
    end: i64,
}

impl Seen {
    fn waited(self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}

/// Go's durations: `1h2m3.5s`, `480.006µs`.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let units = [("ns", 1.0), ("µs", 1e3), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];
        let (unit, nanos) = units.iter().find(|(unit, _)| rest.starts_with(unit))?;
        sum += number * nanos;
        rest = &rest[unit.len()..];
    }
    (sum < 9e17).then_some(sum as i64)
}

fn text(pairs: &[Pair], fits: impl Fn(&str) -> bool) -> Option<String> {
    pairs.iter().map(|pair| pair.value.shown()).find(|value| fits(value))
}

/// A request that a line tells of, when it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its verb and path.
    pub name: String,
    /// Its path, with what it asks for.
    pub path: String,
    /// How long it took, in nanoseconds.
    pub took: i64,
    /// Whether the line is that of who served it, not of who made it.
    pub is_server: bool,
}

impl Request {
    fn new(verb: &str, path: String, took: i64, is_server: bool) -> Self {
        let bare = path.split('?').next().unwrap_or_default();
        Self { name: format!("{verb} {bare}").trim_start().to_owned(), path, took, is_server }
    }
}

/// The request that a line tells of: a path and how long it took, or a URL and milliseconds.
pub fn request(line: &Line, key: &str) -> Option<Request> {
    let pairs = line.pairs(key);
    if pairs.is_empty() {
        return made_loosely(&line.message);
    }
    let verb = pairs.iter().find(|pair| pair.key.to_ascii_lowercase().ends_with("verb"));
    let verb = verb.map(|pair| pair.value.shown()).unwrap_or_default();
    if let Some(path) = text(&pairs, |value| value.starts_with("/api")) {
        let took = pairs.iter().find(|pair| pair.key == "latency").and_then(|pair| duration(&pair.value.shown()))?;
        return Some(Request::new(&verb, path, took, true));
    }
    let url = text(&pairs, |value| value.starts_with("http://") || value.starts_with("https://"))?;
    let took = pairs.iter().find(|pair| pair.key == "milliseconds" && !matches!(pair.value, Value::Json(_)))?;
    Some(Request::new(&verb, path_of(&url)?, milliseconds(&took.value.shown())?, false))
}

fn milliseconds(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| *number >= 0).map(|number| number.saturating_mul(1_000_000))
}

/// `GET https://host/path 200 OK in 5 milliseconds`.
fn made_loosely(message: &str) -> Option<Request> {
    let words: Vec<&str> = message.split(' ').collect();
    let [verb, .., "in", count, "milliseconds"] = words[..] else { return None };
    let url = words.iter().find(|word| word.contains("://"))?;
    Some(Request::new(verb, path_of(url)?, milliseconds(count)?, false))
}

fn path_of(url: &str) -> Option<String> {
    let rest = &url[url.find("://")? + 3..];
    rest.find('/').map(|at| rest[at..].to_owned())
}

/// Measures what can be measured.
pub fn measure(lines: &[Line], key: &str) -> Vec<Skew> {
    let mut on_servers: HashMap<String, Vec<Seen>> = HashMap::new();
    let mut on_clients: BTreeMap<(u32, String), Vec<Seen>> = BTreeMap::new();
    let mut serving: BTreeMap<u32, usize> = BTreeMap::new();
    for line in lines {
        let Some(end) = line.at else { continue };
        let Some(Request { path, took, is_server, .. }) = request(line, key) else { continue };
        let seen = Seen { source: line.source, start: end.saturating_sub(took), end };
        if is_server {
            *serving.entry(line.source).or_default() += 1;
            on_servers.entry(path).or_default().push(seen);
        } else {
            on_clients.entry((line.source, path)).or_default().push(seen);
        }
    }
    let Some((&server, _)) = serving.iter().max_by_key(|(_, count)| **count) else { return Vec::new() };
    let mut bounds: BTreeMap<u32, (i64, i64, usize)> = BTreeMap::new();
    for ((client, path), made) in on_clients {
        let Some(served) = on_servers.get(&path) else { continue };
        let served: Vec<&Seen> = served.iter().filter(|seen| seen.source == server).collect();
        // Where one side saw more of them than the other, nobody knows which is which.
        if client == server || served.len() != made.len() {
            continue;
        }
        let (least, most, count) = bounds.entry(client).or_insert((i64::MIN, i64::MAX, 0));
        for (made, served) in made.iter().zip(served) {
            // Who waited for less time than the work took did not wait for its end.
            if made.waited().saturating_add(ROUNDED) < served.waited() {
                continue;
            }
            *least = (*least).max(made.start.saturating_sub(served.start));
            *most = (*most).min(made.end.saturating_sub(served.end));
            *count += 1;
        }
    }
    bounds.into_iter().filter_map(|(client, bounds)| skew(client, server, bounds)).collect()
}

/// The client's clock is ahead by no less than it began later than the server, and by no more than it ended later. Requests that
/// contradict each other by more than lines are late measure nothing.
fn skew(client: u32, server: u32, (least, most, requests): (i64, i64, usize)) -> Option<Skew> {
    let (least, most) = (least / 1000, most / 1000);
    if requests == 0 || least - most > LATE + ROUNDED / 1000 {
        return None;
    }
    let ahead = least.midpoint(most);
    let uncertain = (most - least).abs() / 2 + 1000;
    Some(Skew { file: client, against: server, ahead_microseconds: ahead, uncertain_microseconds: uncertain, requests })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(duration("480.006µs"), Some(480_006));
        assert_eq!(duration("1m2.5s"), Some(62_500_000_000));
        assert_eq!((duration("x"), duration("5"), duration("1e9s")), (None, None, None));
    }
}
