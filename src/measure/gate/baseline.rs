//! What a tree is allowed to have today: a sorted text file, one entry a line, so that two branches' files merge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::klog::fingerprint::digest;
use crate::measure::coverage::{Call, Finding, Part, Report};
use crate::text::diagnostic::{Diagnostic, Level};
use crate::text::disk;

/// Name of the file at the root of a checkout.
pub const FILE_NAME: &str = "klogmod.baseline.toml";
const VERSION: i64 = 1;
const HEAD: &str = "\
# What klogmod check lets pass, by the names of calls; lines may move. Written by klogmod, never by hand:
#   klogmod baseline prune     drops what is gone
#   klogmod baseline write     takes everything as it is now
#   klogmod baseline merge A B joins two branches' files
";

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// A call that is not structured.
    Unstructured,
    /// A violation in a structured call.
    Finding,
    /// A message that carries the request ID.
    RequestId,
    /// What may log and is not seen as a call.
    Unseen,
}

impl Section {
    const ALL: [Self; 4] = [Self::Unstructured, Self::Finding, Self::RequestId, Self::Unseen];

    /// Its table's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unstructured => "unstructured",
            Self::Finding => "findings",
            Self::RequestId => "request-ids",
            Self::Unseen => "unseen",
        }
    }

    /// Whether an entry's name is how often the file has it.
    fn is_counted(self) -> bool {
        matches!(self, Self::RequestId | Self::Unseen)
    }
}

/// One thing in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// What it is about.
    pub section: Section,
    /// The file.
    pub path: String,
    /// The call's fingerprint; of request IDs, how many calls have the message; of what is not seen, how many places.
    pub name: String,
    /// Digest of the statement, the message or the note, or the rule.
    pub detail: String,
    /// The function around it; of what is not seen, what it is.
    pub function: String,
}

/// All that is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The entries, sorted.
    pub entries: BTreeSet<Entry>,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is none.
    #[error("{}: {message}; klogmod baseline write makes a new one, klogmod baseline merge joins two branches' files", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// Whether the gate asks for a call to be structured.
pub(super) fn must_change(call: &Call) -> bool {
    call.unstructured && !matches!(call.part, Part::Suppressed | Part::Rejected)
}

/// What stands for a message that is no constant.
pub(super) fn message_of(call: &Call) -> &str {
    call.message.as_deref().unwrap_or("-")
}

impl Entry {
    pub(super) fn of_call(path: &str, call: &Call) -> Self {
        Self {
            section: Section::Unstructured,
            path: path.to_owned(),
            name: call.fingerprint.to_string(),
            detail: call.statement.clone(),
            function: call.function.clone(),
        }
    }

    /// Of a violation.
    pub fn of_finding(finding: &Finding) -> Self {
        Self {
            section: Section::Finding,
            path: finding.path.clone(),
            name: finding.fingerprint.to_string(),
            detail: finding.rule.clone(),
            function: finding.function.clone(),
        }
    }

    /// How often the file has it, where that is counted.
    pub(super) fn count(&self) -> u64 {
        self.name.parse().unwrap_or(0)
    }

    fn line(&self) -> String {
        format!("{} {} {}", self.name, self.detail, self.function)
    }
}

impl Baseline {
    /// What a report has.
    pub fn of(report: &Report) -> Self {
        let mut entries: BTreeSet<Entry> =
            report.findings.iter().filter(|f| is_lint(f)).map(Entry::of_finding).collect();
        let mut messages: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for file in &report.files {
            for call in &file.calls {
                if must_change(call) {
                    entries.insert(Entry::of_call(&file.path, call));
                }
                if call.has_request_id() {
                    *messages.entry((&file.path, &call.function, message_of(call))).or_default() += 1;
                }
            }
        }
        entries.extend(messages.into_iter().map(|((path, function, message), count)| Entry {
            section: Section::RequestId,
            path: path.to_owned(),
            name: count.to_string(),
            detail: message.to_owned(),
            function: function.to_owned(),
        }));
        entries.extend(unseen(&report.diagnostics));
        Self { entries }
    }

    /// Of the notes of a run those about more than the file had.
    pub fn unknown<'d>(&self, diagnostics: &'d [Diagnostic]) -> impl Iterator<Item = &'d Diagnostic> {
        let key = |entry: &Entry| (entry.path.clone(), entry.detail.clone());
        let known: BTreeMap<_, u64> = self.section(Section::Unseen).map(|entry| (key(entry), entry.count())).collect();
        let more = |entry: &Entry| known.get(&key(entry)).is_none_or(|count| *count < entry.count());
        let new: BTreeSet<_> = unseen(diagnostics).filter(more).map(|entry| key(&entry)).collect();
        notes(diagnostics).filter(move |note| new.contains(&(note.path.to_string(), note_digest(note))))
    }

    /// The files in which it bears what may log and is not seen as a call.
    pub fn unseen(&self) -> BTreeSet<&str> {
        self.section(Section::Unseen).map(|entry| entry.path.as_str()).collect()
    }

    /// What is still there of this baseline; `now` is all that there is. An entry whose call moved is written anew.
    pub fn pruned(&self, now: Self) -> Self {
        let key = |entry: &Entry| (entry.section, entry.detail.clone(), entry.function.clone());
        let mut room: BTreeMap<_, u64> = BTreeMap::new();
        for entry in &self.entries {
            *room.entry(key(entry)).or_default() += if entry.section.is_counted() { entry.count() } else { 1 };
        }
        let keep = |mut entry: Entry| {
            let left = room.get_mut(&key(&entry)).filter(|left| **left > 0)?;
            if entry.section.is_counted() {
                entry.name = entry.count().min(*left).to_string();
                *left -= entry.count();
            } else {
                *left -= 1;
            }
            Some(entry)
        };
        Self { entries: now.entries.into_iter().filter_map(keep).collect() }
    }

    /// Reads a file that somebody named; none if it is not there.
    pub fn load(path: &Path) -> Result<Option<Self>, BaselineError> {
        Self::of_text(path, disk::read_named(path, disk::DOCUMENT).and_then(disk::utf8))
    }

    /// Reads a file that stands at `path` below `root`; none if it is not there.
    pub fn within(root: &Path, path: &str) -> Result<Option<Self>, BaselineError> {
        Self::of_text(&root.join(path), disk::text_within(root, path, disk::DOCUMENT))
    }

    fn of_text(path: &Path, text: std::io::Result<String>) -> Result<Option<Self>, BaselineError> {
        match text {
            Ok(text) => Self::parse(&text)
                .map(Some)
                .map_err(|message| BaselineError::Invalid { path: path.to_owned(), message }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(BaselineError::Io { path: path.to_owned(), source }),
        }
    }

    /// Reads a baseline's text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.lines().any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
            return Err("it has marks of a merge conflict".to_owned());
        }
        let table: toml::Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if table.get("version").and_then(toml::Value::as_integer) != Some(VERSION) {
            return Err(format!("version is not {VERSION}"));
        }
        let mut entries = BTreeSet::new();
        for (name, value) in table.iter().filter(|(name, _)| *name != "version") {
            let section = Section::ALL.into_iter().find(|section| section.name() == name);
            let (Some(section), Some(files)) = (section, value.as_table()) else {
                return Err(format!("unknown entry {name}"));
            };
            for (path, lines) in files {
                for line in lines.as_array().ok_or_else(|| format!("{path}: not a list"))? {
                    let entry = line.as_str().and_then(|line| entry(section, path, line));
                    entries.insert(entry.ok_or_else(|| format!("{path}: {line} is no entry"))?);
                }
            }
        }
        Ok(Self { entries })
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let mut text = format!("{HEAD}version = {VERSION}\n");
        let mut place: Option<(Section, &str)> = None;
        for entry in &self.entries {
            let here = (entry.section, entry.path.as_str());
            if place != Some(here) {
                text.push_str(if place.is_some() { "]\n" } else { "" });
                if place.map(|(section, _)| section) != Some(entry.section) {
                    text.push_str(&format!("\n[{}]\n", entry.section.name()));
                }
                text.push_str(&format!("{} = [\n", quoted(&entry.path)));
                place = Some(here);
            }
            text.push_str(&format!("  {},\n", quoted(&entry.line())));
        }
        text.push_str(if place.is_some() { "]\n" } else { "" });
        text
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<(), BaselineError> {
        disk::write_file(path, self.render().as_bytes())
            .map_err(|source| BaselineError::Io { path: path.to_owned(), source })
    }

    /// Everything that either has; of two counts, the greater.
    pub fn merge(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        let mut counts: BTreeMap<(Section, String, String, String), u64> = BTreeMap::new();
        self.entries.retain(|entry| {
            if entry.section.is_counted() {
                let key = (entry.section, entry.path.clone(), entry.detail.clone(), entry.function.clone());
                let count = counts.entry(key).or_default();
                *count = (*count).max(entry.count());
            }
            !entry.section.is_counted()
        });
        self.entries.extend(counts.into_iter().map(|((section, path, detail, function), count)| Entry {
            section,
            path,
            name: count.to_string(),
            detail,
            function,
        }));
        self
    }

    /// The entries of a section.
    pub fn section(&self, section: Section) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.section == section)
    }
}

/// What a note says, without its place.
fn said(note: &Diagnostic) -> String {
    [note.message.as_str(), note.help.as_deref().unwrap_or_default()].join("; ")
}

fn notes(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Note)
}

/// What a note is about, wherever it stands in its file.
fn note_digest(note: &Diagnostic) -> String {
    digest(&said(note))
}

/// What may log and is not seen as a call, by file.
fn unseen(diagnostics: &[Diagnostic]) -> impl Iterator<Item = Entry> {
    let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for note in notes(diagnostics) {
        *counts.entry((&note.path, said(note))).or_default() += 1;
    }
    counts.into_iter().map(|((path, said), count)| Entry {
        section: Section::Unseen,
        path: path.to_owned(),
        name: count.to_string(),
        detail: digest(&said),
        function: said,
    })
}

/// Whether a finding is about a structured call that breaks a rule.
pub(super) fn is_lint(finding: &Finding) -> bool {
    finding.rule.starts_with("lint-")
}

/// A TOML string on one line, also as a key, where toml's own would take several.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn entry(section: Section, path: &str, line: &str) -> Option<Entry> {
    let mut parts = line.splitn(3, ' ');
    let (name, detail, function) = (parts.next()?, parts.next()?, parts.next()?);
    let own = |text: &str| text.to_owned();
    Some(Entry { section, path: own(path), name: own(name), detail: own(detail), function: own(function) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(section: Section, path: &str, name: &str) -> Entry {
        Entry { section, path: path.into(), name: name.into(), detail: "d".into(), function: "(*T).f \"x\"".into() }
    }

    #[test]
    fn what_is_written_is_read() {
        let list = [
            entry(Section::Unstructured, "a b/\"c\"\n.go", "1"),
            entry(Section::Unstructured, "b.go", "2"),
            entry(Section::Unstructured, "b.go", "3"),
            entry(Section::RequestId, "b.go", "2"),
        ];
        let baseline = Baseline { entries: list.into_iter().collect() };
        assert_eq!(Baseline::parse(&baseline.render()), Ok(baseline.clone()));
        let none = Baseline::default();
        assert_eq!(Baseline::parse(&none.render()), Ok(none.clone()));
        assert_eq!(baseline.clone().merge(none.clone()), none.clone().merge(baseline.clone()));
        assert_eq!(baseline.clone().merge(baseline.clone()), baseline);
        assert!(Baseline::parse("<<<<<<< HEAD\n").unwrap_err().contains("conflict"));
        assert!(Baseline::parse("version = 2\n").is_err() && Baseline::parse("version = 1\n[other]\n").is_err());
    }

    #[test]
    fn of_two_counts_the_greater_stays() {
        let one = Baseline { entries: [entry(Section::RequestId, "a.go", "1")].into() };
        let two = Baseline { entries: [entry(Section::RequestId, "a.go", "2")].into() };
        assert_eq!(one.clone().merge(two.clone()), two);
        assert_eq!(two.clone().merge(one), two);
    }
}
