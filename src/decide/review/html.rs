//! The review as one file: data, style and script inside, nothing fetched.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::decide::change::{Change, Changes};
use crate::decide::decision::{Decisions, State, Verdict, Why, one_line, render, render_line};
use crate::decide::owners::{Owners, Ownership};
use crate::decide::settle::{Settled, widest};
use crate::decide::wordings::{Pick, picks};
use crate::plan::pipeline::Plan;
use crate::plan::report::kebab;
use crate::plan::report::page::{self, Parts};
use crate::rule::RuleSet;
use crate::write::edit::{Applicability, Outcome};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Lines of the file around a call.
const CONTEXT: usize = 3;

#[derive(Serialize)]
struct Page<'p> {
    digest: String,
    live: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<Answer>,
    /// How many calls an answer about a subject would reach.
    follow: BTreeMap<String, usize>,
    head: String,
    files: Vec<&'p str>,
    owners: Vec<Owner<'p>>,
    rules: Vec<&'p str>,
    levels: Vec<String>,
    changes: Vec<Row<'p>>,
    /// Decisions that the page does not show: of files that were not read, and of calls that are gone.
    kept: Vec<Kept>,
    gone: usize,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Owner<'p> {
    sigs: &'p [String],
    approvers: &'p [String],
}

#[derive(Serialize)]
struct Kept {
    path: String,
    id: String,
    line: String,
}

/// What one SIG has beside proposals.
#[derive(Default, Serialize)]
struct Part {
    sig: String,
    structured: usize,
    skipped: usize,
}

/// A key that one keystroke takes.
#[derive(Serialize)]
struct Taken {
    /// The proposed key, the other one, and how sure that is.
    w: String,
    k: String,
    p: String,
    /// Where the proposed key's literal stands in the proposed call, as the page counts, and how long it is.
    at: usize,
    n: usize,
    /// What an answer for the whole tree is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
}

/// One change; names are short since there are thousands.
#[derive(Serialize)]
struct Row<'p> {
    id: &'p str,
    f: usize,
    l: u32,
    #[serde(rename = "fn")]
    function: &'p str,
    m: &'p str,
    v: usize,
    r: Vec<usize>,
    why: Vec<String>,
    keys: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    picks: Vec<Taken>,
    id_from: Option<String>,
    id_none: Option<String>,
    o: usize,
    /// Before and after.
    b: &'p str,
    a: &'p str,
    /// The call on one line, where it has several.
    q: Option<String>,
    /// What stands on the call's line before and behind it, and the lines around.
    h: String,
    z: String,
    x: Vec<String>,
    y: Vec<String>,
    /// Log lines: text before and after, JSON before and after.
    s: [String; 4],
    p: &'p str,
    t: Option<usize>,
    state: &'static str,
    reason: Option<&'p str>,
    text: Option<&'p str>,
    was: Option<&'static str>,
    how: Option<&'static str>,
    stmt: Option<&'p str>,
    wl: Option<Kept>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    on: &'p [(String, String)],
    ph: Option<&'p str>,
    wit: &'p [String],
}

/// What a page has that is served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Live<'p> {
    /// What was settled right before this plan was made.
    pub settled: Option<&'p Settled>,
}

/// An answer, as the page takes it back.
#[derive(Serialize)]
struct Answer {
    about: String,
    key: Option<String>,
    said: String,
}

/// The page. A `live` one sends decisions to the server that it came from, others keep and export them.
pub fn page(
    plan: &Plan,
    changes: &Changes<'_>,
    decisions: &Decisions,
    rules: &RuleSet,
    live: Option<Live<'_>>,
) -> String {
    let data = data(plan, changes, decisions, rules, live);
    let connect = if live.is_some() { "'self'" } else { "'none'" };
    page::page(Parts { html: PAGE, style: STYLE, script: SCRIPT }, &data, connect)
}

fn data(plan: &Plan, changes: &Changes<'_>, decisions: &Decisions, rules: &RuleSet, live: Option<Live<'_>>) -> String {
    let mut files = Table::default();
    let mut owners = Table::default();
    let mut names = Table::default();
    for change in &changes.list {
        files.add(&*change.file.path);
        owners.add((change.owners.sigs.as_slice(), change.owners.approvers.as_slice()));
        for rule in &change.fix.rules {
            names.add(rule.as_str());
        }
    }
    let levels = [Applicability::Safe, Applicability::NeedsReview, Applicability::DisplayOnly].map(|a| kebab(&a));
    let rows = changes.list.par_iter().map(|change| row(change, rules, decisions, &files, &owners, &names)).collect();
    let page = Page {
        digest: digest(changes, rules),
        live: live.is_some(),
        settled: live.and_then(|live| live.settled).map(|settled| Answer {
            about: settled.about.argument(),
            key: settled.before.clone(),
            said: settled.to_string(),
        }),
        follow: follow(changes),
        head: render(&Decisions::new()),
        files: files.list.clone(),
        owners: owners.list.iter().map(|(sigs, approvers)| Owner { sigs, approvers }).collect(),
        rules: names.list.clone(),
        levels: levels.to_vec(),
        changes: rows,
        kept: kept(changes, decisions),
        gone: changes.gone.len(),
        parts: parts(plan, changes),
    };
    // Serialising text, numbers and lists cannot fail.
    serde_json::to_string(&page).unwrap_or_default()
}

/// Values by their number.
struct Table<T> {
    list: Vec<T>,
    numbers: FxHashMap<T, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { list: Vec::new(), numbers: FxHashMap::default() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    fn add(&mut self, value: T) {
        self.numbers.entry(value).or_insert_with(|| {
            self.list.push(value);
            self.list.len() - 1
        });
    }

    fn number(&self, value: T) -> usize {
        self.numbers.get(&value).copied().unwrap_or_default()
    }
}

type OwnerKey<'p> = (&'p [String], &'p [String]);

fn row<'p>(
    change: &'p Change<'p>,
    rules: &RuleSet,
    decisions: &Decisions,
    files: &Table<&'p str>,
    owners: &Table<OwnerKey<'p>>,
    names: &Table<&'p str>,
) -> Row<'p> {
    let samples = change.samples(rules);
    let (id_from, id_none) = match change.request_id() {
        Some(Ok(accessor)) => (Some(accessor), None),
        Some(Err(reason)) => (None, Some(reason.to_string())),
        None => (None, None),
    };
    let (reason, text) = match &change.state {
        State::Decided(Verdict::Rejected { reason }) => (Some(reason.as_str()), None),
        State::Decided(Verdict::Edited { text }) => (None, Some(text.as_str())),
        _ => (None, None),
    };
    let (was, how, stmt, wl) = changed(&change.state, decisions);
    let [h, z, before, after] = around(change);
    let priority = &change.priority;
    let line = one_line(change.before());
    Row {
        id: change.subject.fingerprint.as_str(),
        f: files.number(&change.file.path),
        l: change.site.site.position.line,
        function: &change.subject.function,
        m: &change.site.site.method,
        v: change.fix.applicability as usize,
        r: change.fix.rules.iter().map(|rule| names.number(rule.as_str())).collect(),
        why: change.fix.doubts.sentences().collect(),
        keys: change.fix.names.iter().map(ToString::to_string).collect(),
        picks: picks(change, rules).into_iter().map(|pick| taken(pick, &change.fix.after)).collect(),
        id_from,
        id_none,
        o: owners.number((change.owners.sigs.as_slice(), change.owners.approvers.as_slice())),
        b: change.before(),
        a: &change.fix.after,
        q: (line != change.before()).then_some(line),
        h,
        z,
        x: before.lines().map(str::to_owned).collect(),
        y: after.lines().map(str::to_owned).collect(),
        s: [samples.before.text, samples.after.text, samples.before.json, samples.after.json],
        p: &change.subject.proposal,
        t: (change.subject.twins != 1).then_some(change.subject.twins),
        state: change.state.name(),
        reason,
        text,
        was,
        how,
        stmt,
        wl,
        on: &priority.cells,
        ph: priority.phase.as_deref(),
        wit: &priority.witness,
    }
}

fn taken(pick: Pick, after: &str) -> Taken {
    // A page counts in the units of its own strings.
    let units = |text: Option<&str>| text.unwrap_or_default().encode_utf16().count();
    Taken {
        at: units(after.get(..pick.span.start)),
        n: units(after.get(pick.span.start..pick.span.end)),
        w: pick.was,
        k: pick.key,
        p: pick.p.to_string(),
        about: pick.about.map(|about| about.argument()),
    }
}

/// How many calls each subject that could be settled reaches.
fn follow(changes: &Changes<'_>) -> BTreeMap<String, usize> {
    let mut follow = BTreeMap::new();
    for change in &changes.list {
        let subjects: BTreeSet<String> =
            change.fix.names.iter().filter_map(|named| Some(widest(named)?.argument())).collect();
        for about in subjects {
            *follow.entry(about).or_default() += 1;
        }
    }
    follow
}

type ChangedParts<'p> = (Option<&'static str>, Option<&'static str>, Option<&'p str>, Option<Kept>);

fn changed<'p>(state: &'p State, decisions: &Decisions) -> ChangedParts<'p> {
    let State::Changed { why, was, statement, fingerprint } = state else { return (None, None, None, None) };
    let how = match why {
        Why::Statement => "the statement was edited; it was",
        Why::Proposal => "the proposal is another one",
        Why::Moved => "the statement moved",
        Why::Twins => "the function has more or fewer equal statements, which were not decided alike",
    };
    let kept = decisions.get(fingerprint).map(|decision| Kept {
        path: decision.path.clone(),
        id: fingerprint.to_string(),
        line: render_line(fingerprint, decision),
    });
    (Some(was.name()), Some(how), (*why == Why::Statement).then_some(statement), kept)
}

/// The rest of the call's lines, and the lines before and after them.
fn around(change: &Change<'_>) -> [String; 4] {
    let (source, span) = (&change.file.source, change.site.site.span);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let start = memchr::memrchr(b'\n', &source[..span.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &source[span.end..]).map_or(source.len(), |at| span.end + at);
    let first =
        (0..CONTEXT).fold(start, |at, _| memchr::memrchr(b'\n', &source[..at.saturating_sub(1)]).map_or(0, |n| n + 1));
    let last = (0..CONTEXT).fold(end, |at, _| {
        let next = (at + 1).min(source.len());
        memchr::memchr(b'\n', &source[next..]).map_or(source.len(), |n| next + n)
    });
    let below = source.get(end + 1..last).unwrap_or_default();
    [text(&source[start..span.start]), text(&source[span.end..end]), text(&source[first..start]), text(below)]
}

/// Decisions whose calls the page does not show.
fn kept(changes: &Changes<'_>, decisions: &Decisions) -> Vec<Kept> {
    let mut shown = std::collections::BTreeSet::new();
    for change in &changes.list {
        shown.insert(&change.subject.fingerprint);
        if let State::Changed { fingerprint, .. } = &change.state {
            shown.insert(fingerprint);
        }
    }
    let others = decisions.iter().filter(|(fingerprint, _)| !shown.contains(fingerprint));
    others
        .map(|(fingerprint, decision)| Kept {
            path: decision.path.clone(),
            id: fingerprint.to_string(),
            line: render_line(fingerprint, decision),
        })
        .collect()
}

fn parts(plan: &Plan, changes: &Changes<'_>) -> Vec<Part> {
    let mut owners = Owners::load(&plan.root);
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    let known: FxHashMap<&str, &Ownership> =
        changes.list.iter().map(|change| (&*change.file.path, &*change.owners)).collect();
    for file in &plan.files {
        let sig = match known.get(&*file.path) {
            Some(owners) => owners.sigs.join(" "),
            None => owners.of(&file.path).sigs.join(" "),
        };
        let part = parts.entry(sig.clone()).or_insert(Part { sig, ..Part::default() });
        for site in &file.sites {
            match site.outcome {
                Outcome::Fix(_) | Outcome::Counted => {}
                Outcome::Structured => part.structured += 1,
                Outcome::Skip(_) | Outcome::Suppressed(_) => part.skipped += 1,
            }
        }
    }
    parts.into_values().collect()
}

/// The name under which a browser keeps decisions on this plan.
fn digest(changes: &Changes<'_>, rules: &RuleSet) -> String {
    let mut text = rules.digest.clone();
    for change in &changes.list {
        text.push_str(change.subject.fingerprint.as_str());
        text.push_str(&change.subject.proposal);
    }
    crate::klog::fingerprint::digest(&text)
}
