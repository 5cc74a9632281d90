//! What the mails say: what changed, why, how to make it again, and what each line of the log becomes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cut, Part, Stage};
use crate::decide::change::{Change, Tally};
use crate::go::module::{VendoredCopy, stale};
use crate::klog::call::Snippet;
use crate::plan::report::kebab;
use crate::rule::RuleSet;
use crate::text::{FileChange, counted};
use crate::write::edit::Applicability;

/// Where a series comes from: what it takes to make it again.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The command, as one types it at the root of the checkout.
    pub command: String,
    /// Digest of the rules.
    pub rules: String,
    /// The commit it was made for.
    pub base: Option<String>,
    /// Digest of the decisions that it follows.
    pub decisions: Option<String>,
    /// Whether structural edits were asked for.
    pub structural: bool,
    /// Whether request IDs were.
    pub request_id: bool,
}

/// Writes mails for one series.
pub struct Letter<'l> {
    /// Where it comes from.
    pub origin: &'l Origin,
    /// What klog's functions are.
    pub rules: &'l RuleSet,
    /// logcheck's lines, by package.
    pub logcheck: &'l BTreeMap<String, String>,
    /// How many patches add packages: they come first.
    pub packages: usize,
    /// How many patches of threads come next.
    pub threads: usize,
    /// How many patches switch request IDs on: they come last.
    pub wires: usize,
    /// What vendor directories hold of the checkout's own modules.
    pub copies: &'l [VendoredCopy],
}

/// What all texts about a change tell of it, worked out once.
pub struct Told {
    /// The function that the new call calls.
    pub(super) function: String,
    /// What the line becomes: the four lines of the change.
    pub(super) lines: String,
}

impl Letter<'_> {
    /// What is told of each change of a patch.
    pub fn told(&self, part: &Part<'_, '_>) -> Vec<Told> {
        let told = |change: &&Change<'_>| Told { function: function(change.after()), lines: self.lines(change) };
        part.changes.iter().map(told).collect()
    }

    /// The commit message of a patch below its subject.
    pub fn body(&self, part: &Part<'_, '_>, told: &[Told]) -> String {
        let mut out = self.what(part.stage);
        out.push_str(WHY);
        out.push_str(&format!(
            "\nThe change was made by fixed rules, by no person and no language model, so it can be made again:\n\n{}\n",
            self.reproduce()
        ));
        out.push_str(&owners(part));
        out.push_str(&format!("\n{}, one line each:\n\n", counted(part.changes.len(), "call")));
        for (change, told) in part.changes.iter().zip(told) {
            out.push_str(&row((change, told), part));
        }
        let lines = self.logcheck_lines(part);
        if !lines.is_empty() {
            out.push_str("\nFully structured with this patch; for hack/logcheck.conf:\n\n");
            for line in lines {
                out.push_str(&format!("    {line}\n"));
            }
        }
        out
    }

    /// What the edits of a stage are.
    pub(super) fn what(&self, stage: Stage) -> String {
        let structural = self.origin.structural && stage != Stage::RequestId;
        let request_id = self.origin.request_id && stage != Stage::Structural;
        let text = match (structural, request_id) {
            (true, true) => {
                "Printf-style klog calls become calls with a constant message, keys and values; where the\n\
                 request that caused a line is known, its ID ends the line.\n"
            }
            (true, false) => "Printf-style klog calls become calls with a constant message, keys and values.\n",
            _ => "Structured klog calls end with the ID of the request that caused them, where it is known.\n",
        };
        text.to_owned()
    }

    /// How to make the series again.
    pub(super) fn reproduce(&self) -> String {
        let Origin { command, rules, base, decisions, .. } = self.origin;
        let mut out = format!("    {command}\n\n    klogmod {}, rules {rules}\n", env!("CARGO_PKG_VERSION"));
        if let Some(base) = base {
            out.push_str(&format!("    base commit {base}\n"));
        }
        if let Some(decisions) = decisions {
            out.push_str(&format!("    decisions {decisions}\n"));
        }
        out
    }

    /// What is to be done once these files are changed, where vendor holds copies of them; nothing where it holds none.
    pub fn vendored(&self, files: &[FileChange]) -> String {
        let stale = stale(self.copies, files.iter().map(|file| &*file.path));
        stale.iter().map(|copy| format!("\n{}.\n", copy.to_renew())).collect()
    }

    /// For mail readers only, not for the log: what each line becomes.
    pub fn notes(&self, part: &Part<'_, '_>, told: &[Told]) -> String {
        let mut out = format!("{SAMPLES}\n");
        for (change, told) in part.changes.iter().zip(told) {
            out.push_str(&format!("\n{}\n{}", change.place(), told.lines));
            out.push_str(&super::reach::proof(change));
        }
        out
    }

    /// The four lines of one change.
    fn lines(&self, change: &Change<'_>) -> String {
        let samples = change.samples(self.rules);
        let mut out = String::new();
        for (label, line) in [
            ("before", &samples.before.text),
            ("after ", &samples.after.text),
            ("before", &samples.before.json),
            ("after ", &samples.after.json),
        ] {
            out.push_str(&format!("  {label}  {}\n", line.replace('\n', "\n          ")));
        }
        out
    }

    /// logcheck's lines for the packages of a patch, the last one that touches them.
    pub(super) fn logcheck_lines(&self, part: &Part<'_, '_>) -> Vec<&str> {
        let last = part.number.0 == part.number.1 && part.stage != Stage::RequestId;
        let packages: BTreeSet<&str> = part.changes.iter().map(|change| change.package()).collect();
        packages.into_iter().filter(|_| last).filter_map(|dir| self.logcheck.get(dir)).map(String::as_str).collect()
    }

    /// The mail in front of the series.
    pub fn cover(&self, cut: &Cut<'_, '_>, subjects: &[String], tally: &Tally) -> String {
        let mut out = self.what(Stage::Whole);
        out.push_str(WHY);
        out.push_str(&format!("\nThe series was made by fixed rules:\n\n{}\n", self.reproduce()));
        out.push_str(&format!("Of the proposals, {tally}.\n\n"));
        out.push_str(&by_sig(cut));
        out.push_str(&super::reach::matrix(cut));
        if self.packages > 0 {
            out.push_str(&format!(
                "\n{} the package that calls take their request ID from; all others need it, and nothing else of the series.\n",
                numbered(1, self.packages, "adds", "add")
            ));
        }
        if self.threads > 0 {
            out.push_str(&format!(
                "\n{} down what carries a request ID and changes no log call; each applies alone.\n",
                numbered(self.packages + 1, self.threads, "passes", "pass")
            ));
        }
        if self.wires > 0 {
            let first = self.packages + self.threads + cut.parts.len() + 1;
            out.push_str(&format!(
                "\n{} request IDs be switched on: it wants the patches before it that touch the same files.\n",
                numbered(first, self.wires, "lets", "let")
            ));
        }
        out.push_str("\nEach patch is for one group of owners and can be sent to them alone:\n\n");
        for (index, (part, subject)) in cut.parts.iter().zip(subjects).enumerate() {
            let lines = part.counts.added + part.counts.removed;
            let sigs = if part.group.sigs.is_empty() { "no SIG".to_owned() } else { part.group.sigs.join(" ") };
            out.push_str(&format!(
                "{:4}. {subject}\n      {sigs}; {}, {}\n",
                index + 1 + self.packages + self.threads,
                counted(part.changes.len(), "call"),
                counted(lines, "line")
            ));
        }
        if !self.logcheck.is_empty() {
            out.push_str("\nPackages that the series makes fully structured; for hack/logcheck.conf:\n\n");
            for line in self.logcheck.values() {
                out.push_str(&format!("    {line}\n"));
            }
        }
        out
    }
}

/// A change in the commit message.
fn row((change, told): (&Change<'_>, &Told), part: &Part<'_, '_>) -> String {
    let mut out = format!(
        "{}:{}: {} -> {}: {}",
        below(&change.file.path, &part.dir),
        change.site.site.position.line,
        change.site.site.method,
        told.function,
        kebab(&change.fix.applicability),
    );
    if part.stage != Stage::Structural
        && let Some(Ok(accessor)) = change.request_id()
    {
        out.push_str(&format!(", ID from {accessor}"));
    }
    if change.state.name() == "edited" {
        out.push_str(", edited by hand");
    }
    out.push('\n');
    for reason in change.fix.doubts.sentences() {
        out.push_str(&format!("    {reason}\n"));
    }
    out
}

/// `Patch 1 adds`, `Patches 1 to 3 add`.
fn numbered(first: usize, count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("Patch {first} {one}"),
        _ => format!("Patches {first} to {} {many}", first + count - 1),
    }
}

pub(super) const WHY: &str = "\
A constant message can be searched for, and values that have keys can be selected; both formats of the log gain by
it, text and JSON.
";

pub(super) const SAMPLES: &str = "\
Log lines before and after, as text and as JSON. <x> stands for the value of x. A request ID shows only where
request IDs are switched on; without them a line ends before it.";

/// Who is asked, named without notifying anybody.
pub(super) fn owners(part: &Part<'_, '_>) -> String {
    let group = &part.group;
    let file = if group.owners.is_empty() { "OWNERS".to_owned() } else { format!("{}/OWNERS", group.owners) };
    let sigs = if group.sigs.is_empty() { "no SIG is named".to_owned() } else { group.sigs.join(" ") };
    match group.approvers.is_empty() {
        true => format!("For {sigs}; no OWNERS file names approvers.\n"),
        false => format!("For {sigs}; the approvers are those of {file}.\n"),
    }
}

fn by_sig(cut: &Cut<'_, '_>) -> String {
    #[derive(Default)]
    struct Row {
        calls: BTreeSet<String>,
        safe: usize,
        review: usize,
        patches: usize,
        lines: usize,
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for part in &cut.parts {
        let sig = if part.group.sigs.is_empty() { "no SIG".to_owned() } else { part.group.sigs.join(" ") };
        let row = rows.entry(sig).or_default();
        row.patches += 1;
        row.lines += part.counts.added + part.counts.removed;
        for change in &part.changes {
            if row.calls.insert(change.subject.fingerprint.to_string()) {
                row.safe += usize::from(change.fix.applicability == Applicability::Safe);
                row.review += usize::from(change.fix.applicability != Applicability::Safe);
            }
        }
    }
    let width = rows.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(3);
    let mut out =
        format!("{:<width$} {:>7} {:>6} {:>6} {:>9} {:>7}\n", "SIG", "patches", "calls", "safe", "to review", "lines");
    for (sig, row) in &rows {
        let (patches, calls, lines) = (row.patches, row.calls.len(), row.lines);
        out.push_str(&format!("{sig:<width$} {patches:>7} {calls:>6} {:>6} {:>9} {lines:>7}\n", row.safe, row.review));
    }
    out
}

/// The function that a new call calls.
fn function(after: &str) -> String {
    Snippet::parse(after).and_then(|snippet| snippet.method().map(str::to_owned)).unwrap_or_default()
}

/// A path below the patch's directory.
pub(super) fn below<'p>(path: &'p str, dir: &str) -> &'p str {
    path.strip_prefix(dir).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_function_is_found() {
        assert_eq!(function("klog.InfoS(\"a\")"), "InfoS");
        assert_eq!(function("klog.V(4).InfoS(\"a\")"), "InfoS");
        assert_eq!(function("klog.V(level(x)).InfoSDepth(1)"), "InfoSDepth");
    }
}
