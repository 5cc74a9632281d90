//! The decisions file: one decision a line, sorted, so that `merge=union` merges it and a conflict is one line long.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{About, Decision, Decisions, Verdict};
use crate::klog::fingerprint::Fingerprint;
use crate::text::disk;

/// Larger files are no decisions.
const MAX_SIZE: u64 = 64 << 20;

const HEAD: &str = "\
# Decisions on klogmod's proposals, one a line; `klogmod review` writes them. Lines may be merged in any order:
# `klogmod.decisions.toml merge=union` in .gitattributes does it.
version = 1

[decisions]
";

/// Why decisions could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is a link, a directory, or too large.
    #[error("{}: not a regular file of decisions; it is left alone", .0.display())]
    NotRegular(PathBuf),
    /// It is no decisions file.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its place.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    #[serde(default)]
    decisions: BTreeMap<String, RawDecision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecision {
    is: Is,
    about: Option<About>,
    reason: Option<String>,
    text: Option<String>,
    path: String,
    function: String,
    statement: String,
    proposal: String,
    twins: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Is {
    Accepted,
    Rejected,
    Edited,
}

/// Reads a file; an absent one holds no decisions.
pub fn load(path: &Path) -> Result<Decisions, DecisionsError> {
    let io = |source| DecisionsError::Io { path: path.to_owned(), source };
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() && found.len() <= MAX_SIZE => {}
        Ok(_) => return Err(DecisionsError::NotRegular(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Decisions::new()),
        Err(error) => return Err(io(error)),
    }
    parse(&disk::read_text(path, MAX_SIZE).map_err(io)?)
        .map_err(|message| DecisionsError::Malformed { path: path.to_owned(), message })
}

/// Reads the text of a file. What merged lines say twice about one call holds as far as they agree: [`both`].
pub fn parse(text: &str) -> Result<Decisions, String> {
    if text.trim().is_empty() {
        return Ok(Decisions::new());
    }
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ")) {
        return Err(format!("line {}: a merge conflict; keep the decisions of both sides, in any order", line + 1));
    }
    let (first, again) = apart(text);
    let mut decisions = lines(&first)?;
    for (number, line) in again {
        let more = lines(&format!("version = 1\n[decisions]\n{line}"))
            .map_err(|error| format!("line {}: {error}", number + 1))?;
        for (fingerprint, decision) in more {
            let decision = match decisions.remove(&fingerprint) {
                Some(before) => both(before, decision),
                None => decision,
            };
            decisions.insert(fingerprint, decision);
        }
    }
    Ok(decisions)
}

/// The text with each name's first line alone, and the further lines with their numbers, from 0: TOML has no name twice.
fn apart(text: &str) -> (String, Vec<(usize, &str)>) {
    let (mut seen, mut first, mut again) = (BTreeSet::new(), String::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let name = line.strip_prefix('"').and_then(|line| line.split_once("\" = {")).map(|(name, _)| name);
        match name.is_some_and(|name| !seen.insert(name)) {
            true => again.push((number, line)),
            false => first.push_str(line),
        }
        first.push('\n');
    }
    (first, again)
}

/// What two people decided about one call: where they differ it is rejected, with what both said, until somebody decides again.
fn both(a: Decision, b: Decision) -> Decision {
    if a.verdict == b.verdict {
        return b;
    }
    let said = |decision: &Decision| match &decision.verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Edited { text } => format!("edited to {text}"),
        Verdict::Rejected { reason: words } if words.is_empty() => "rejected".to_owned(),
        Verdict::Rejected { reason: words } => format!("rejected: {words}"),
    };
    // In whichever order a merge has put the lines.
    let said: BTreeSet<String> = [said(&a), said(&b)].into();
    let reason = format!("decided twice: {}", said.into_iter().collect::<Vec<_>>().join("; "));
    Decision { verdict: Verdict::Rejected { reason }, ..b }
}

fn lines(text: &str) -> Result<Decisions, String> {
    let raw: Raw = toml::from_str(text).map_err(|error| error.to_string())?;
    if raw.version != 1 {
        return Err(format!("version {} is not known to this klogmod; it reads version 1", raw.version));
    }
    let mut decisions = Decisions::new();
    for (fingerprint, raw) in raw.decisions {
        let verdict = match (raw.is, raw.reason, raw.text) {
            (Is::Accepted, None, None) => Verdict::Accepted,
            (Is::Rejected, reason, None) => Verdict::Rejected { reason: reason.unwrap_or_default() },
            (Is::Edited, None, Some(text)) => Verdict::Edited { text },
            _ => return Err(format!("{fingerprint}: `reason` belongs to rejected, `text` to edited, and only there")),
        };
        let (about, statement) = subject(raw.about, raw.statement);
        let (path, function, proposal, twins) = (raw.path, raw.function, raw.proposal, raw.twins.unwrap_or(1));
        let decision = Decision { verdict, about, path, function, statement, proposal, twins };
        decisions.insert(fingerprint.into(), decision);
    }
    Ok(decisions)
}

/// What a line is about. Before there was a field for it, lines about threads said so where calls have their statement: no
/// call starts like that.
fn subject(about: Option<About>, statement: String) -> (About, String) {
    match (about, statement.strip_prefix("thread: ")) {
        (None, Some(gets)) => (About::Thread, gets.to_owned()),
        (about, _) => (about.unwrap_or_default(), statement),
    }
}

/// The text of a file: sorted by path, then by name, so that the same decisions are the same bytes.
pub fn render(decisions: &Decisions) -> String {
    let mut sorted: Vec<_> = decisions.iter().collect();
    sorted.sort_by_key(|(fingerprint, decision)| (&decision.path, *fingerprint));
    let mut out = HEAD.to_owned();
    for (fingerprint, decision) in sorted {
        out.push_str(&render_line(fingerprint, decision));
    }
    out
}

/// The line of one decision.
pub fn render_line(fingerprint: &Fingerprint, decision: &Decision) -> String {
    let mut out = format!("{} = {{ is = \"{}\"", string(fingerprint.as_str()), decision.verdict.name());
    let mut field = |name: &str, value: &str| out.push_str(&format!(", {name} = {}", string(value)));
    match &decision.verdict {
        Verdict::Rejected { reason } if !reason.is_empty() => field("reason", reason),
        Verdict::Edited { text } => field("text", text),
        _ => {}
    }
    if decision.about == About::Thread {
        field("about", "thread");
    }
    field("path", &decision.path);
    field("function", &decision.function);
    field("statement", &decision.statement);
    field("proposal", &decision.proposal);
    if decision.twins != 1 {
        out.push_str(&format!(", twins = {}", decision.twins));
    }
    out.push_str(" }\n");
    out
}

/// A TOML string that shows what it holds: controls, direction marks and zero-width characters are escaped.
fn string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if crate::plan::report::style::is_hostile(c) && u32::from(c) > 0xffff => {
                out.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c if crate::plan::report::style::is_hostile(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes what became of `before` on top of what others wrote meanwhile, at once: whoever looks sees the old decisions or the
/// new ones, also after a crash, and of two who write at the same time neither loses anything.
pub fn update(path: &Path, before: &Decisions, after: &Decisions) -> Result<(), DecisionsError> {
    let io = |source| DecisionsError::Io { path: path.to_owned(), source };
    let _held = disk::lock(path.parent().unwrap_or(Path::new(""))).map_err(io)?;
    let mut now = load(path)?;
    for fingerprint in before.keys().filter(|fingerprint| !after.contains_key(*fingerprint)) {
        now.remove(fingerprint);
    }
    let new = after.iter().filter(|(fingerprint, decision)| before.get(*fingerprint) != Some(*decision));
    now.extend(new.map(|(fingerprint, decision)| (fingerprint.clone(), decision.clone())));
    disk::write_file(path, render(&now).as_bytes()).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(path: &str, verdict: Verdict) -> Decision {
        Decision {
            verdict,
            about: About::Call,
            path: path.to_owned(),
            function: "(*T).f".to_owned(),
            statement: "klog.Info(\"\u{1b}[31m\u{202e}\u{e0041}\\\")".to_owned(),
            proposal: "ab".to_owned(),
            twins: 2,
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_any_order() {
        let mut decisions = Decisions::new();
        decisions.insert("b".to_owned().into(), decision("x\ny.go", Verdict::Accepted));
        decisions.insert("a".to_owned().into(), decision("z.go", Verdict::Rejected { reason: "no\n\"x\"".into() }));
        decisions.insert("c".to_owned().into(), decision("a.go", Verdict::Edited { text: "klog.InfoS(\n\t1)".into() }));
        let text = render(&decisions);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{e0041}']) && text.lines().count() == 8, "{text}");
        assert_eq!(parse(&text).unwrap(), decisions);
        let mut lines: Vec<_> = text.lines().collect();
        lines[5..].reverse();
        assert_eq!(parse(&lines.join("\n")).unwrap(), decisions);
        assert_eq!(parse(HEAD).unwrap(), Decisions::new());
    }

    #[test]
    fn lines_about_threads_say_so_and_old_ones_are_read() {
        let thread = Decision {
            about: About::Thread,
            statement: "start gets ctx context.Context".to_owned(),
            ..decision("a.go", Verdict::Accepted)
        };
        let decisions = Decisions::from([("a".to_owned().into(), thread)]);
        let text = render(&decisions);
        assert!(text.contains("about = \"thread\"") && !text.contains("thread: "), "{text}");
        assert_eq!(parse(&text).unwrap(), decisions);
        let old = text.replace(", about = \"thread\"", "").replace("start gets", "thread: start gets");
        assert_eq!(parse(&old).unwrap(), decisions);
        let call = text.replace(", about = \"thread\"", "");
        assert_eq!(parse(&call).unwrap().values().map(|d| d.about).collect::<Vec<_>>(), [About::Call]);
        assert!(parse(&text.replace("\"thread\"", "\"file\"")).is_err());
    }

    #[test]
    fn what_is_decided_twice_holds_as_far_as_both_agree() {
        let of = |verdict| render_line(&"a".to_owned().into(), &decision("a.go", verdict));
        let read = |lines: &[&String]| {
            let lines: String = lines.iter().map(|line| line.as_str()).collect();
            let decisions = parse(&format!("{HEAD}{lines}")).unwrap();
            decisions.into_values().map(|decision| decision.verdict).collect::<Vec<_>>()
        };
        let (yes, no) = (of(Verdict::Accepted), of(Verdict::Rejected { reason: "later".into() }));
        assert_eq!(read(&[&yes, &yes]), [Verdict::Accepted]);
        let twice = [Verdict::Rejected { reason: "decided twice: accepted; rejected: later".into() }];
        assert_eq!((read(&[&yes, &no]), read(&[&no, &yes])), (twice.to_vec(), twice.to_vec()));
        let broken = format!("{HEAD}{yes}{}", no.replace("later\"", "later"));
        assert!(parse(&broken).unwrap_err().starts_with("line 7: "), "{broken}");
        assert_eq!(parse(" \n").unwrap(), Decisions::new());
    }

    #[test]
    fn mistakes_are_named() {
        let text = render(&Decisions::from([("a".to_owned().into(), decision("a.go", Verdict::Accepted))]));
        let conflict = format!("<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n");
        assert!(parse(&conflict).unwrap_err().contains("line 1: a merge conflict"), "{conflict}");
        assert!(parse(&text.replace("version = 1", "version = 2")).unwrap_err().contains("version 2"));
        assert!(parse(&text.replace("is = \"accepted\"", "is = \"maybe\"")).is_err());
        assert!(parse(&text.replace("path", "reason = \"x\", path")).unwrap_err().contains("belongs to"));
    }
}
