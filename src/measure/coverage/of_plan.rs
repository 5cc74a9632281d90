//! From a plan to its coverage.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tree_sitter::Tree;

use super::finding::{Replacement, replacements};
use super::of_file::violations;
use super::record::{Call, FileRecord};
use super::report::{Report, SCHEMA};
use super::shard::Shards;
use super::table::tables;
use super::tally::Part;
use super::unread;
use crate::decide::change::Priority;
use crate::decide::decision::{Decisions, Verdict, one_line};
use crate::decide::owners::Owners;
use crate::go::files::Shard;
use crate::klog::call::Class;
use crate::klog::fingerprint::{Fingerprint, digest};
use crate::klog::lint::IdPair;
use crate::path::{Off, Standing};
use crate::plan::pipeline::{FilePlan, Plan, SitePlan};
use crate::rule::{Function, RuleSet};
use crate::text::LineIndex;
use crate::text::diagnostic::Level;
use crate::write::edit::{Applicability, Outcome};

/// What a report is made from, beside the plan.
pub struct Source<'s> {
    /// The rules.
    pub rules: &'s RuleSet,
    /// What people decided.
    pub decisions: &'s Decisions,
    /// The commit.
    pub revision: Option<String>,
    /// Digest of what was asked for.
    pub settings: String,
    /// Name of the environment that paths are followed in.
    pub environment: String,
    /// The share of the tree that was looked at.
    pub shard: Option<Shard>,
}

/// The coverage of a plan.
pub fn of_plan(plan: &Plan, source: &Source<'_>, owners: &mut Owners) -> Report {
    let mut files: Vec<FileRecord> = Vec::new();
    let mut findings = Vec::new();
    for file in &plan.files {
        findings.extend(violations(file));
        if file.sites.is_empty() {
            continue;
        }
        let calls = calls(file, source);
        files.push(record(&file.path, calls, owners));
    }
    for diagnostic in plan.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error) {
        let calls = unread::calls(&plan.root, diagnostic, &source.rules.log_calls);
        match files.iter_mut().find(|file| *file.path == *diagnostic.path) {
            Some(file) => file.calls.extend(calls),
            None => files.push(record(&diagnostic.path, calls, owners)),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    findings.sort();
    let (totals, tables) = tables(&files);
    Report {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: source.rules.digest.clone(),
        settings: source.settings.clone(),
        revision: source.revision.clone(),
        shards: Shards::of(source.shard),
        scope: plan.scope.as_ref().filter(|scope| !scope.is_whole).map(|scope| scope.title.clone()),
        files_read: plan.read as u64,
        left_alone: plan.left_alone.iter().map(|(reason, count)| (reason.clone(), *count as u64)).collect(),
        totals,
        tables,
        volume: None,
        findings,
        files,
        diagnostics: plan.diagnostics.clone(),
    }
}

/// Looks up again whose files these are.
pub fn reown<'f>(files: impl Iterator<Item = &'f mut FileRecord>, owners: &mut Owners) {
    for file in files {
        let calls = std::mem::take(&mut file.calls);
        *file = record(&file.path, calls, owners);
    }
}

fn record(path: &str, calls: Vec<Call>, owners: &mut Owners) -> FileRecord {
    let owned = owners.of(path);
    let owner = match (owned.approvers.is_empty(), owned.dir.is_empty()) {
        (true, _) => "(nobody)".to_owned(),
        (false, true) => ".".to_owned(),
        (false, false) => owned.dir.clone(),
    };
    FileRecord { path: path.to_owned(), component: component_name(path), owner, sig: owned.sig(), calls }
}

/// What reports call the part of the tree that a file belongs to: a staging module goes by its own name.
fn component_name(path: &str) -> String {
    let component = crate::go::files::component(path);
    match component.strip_prefix("staging/src/k8s.io/").unwrap_or(component) {
        "" => ".".to_owned(),
        name => name.to_owned(),
    }
}

fn calls(file: &FilePlan, source: &Source<'_>) -> Vec<Call> {
    let lines = LineIndex::new(&file.source);
    file.sites.iter().map(|site| call(file, site, &lines, source)).collect()
}

fn call(file: &FilePlan, plan: &SitePlan, lines: &LineIndex, source: &Source<'_>) -> Call {
    let (part, reason) = part(plan, source.decisions);
    let end = lines.line_col(plan.site.span.end);
    let priority = Priority::of(plan);
    let mut text = one_line(&String::from_utf8_lossy(plan.site.span.of(&file.source)));
    if let Some(built) = &plan.facts.built {
        // The text is another where what it is put together from is.
        text.push_str(&one_line(built));
    }
    Call {
        fingerprint: plan.fingerprint.clone(),
        statement: digest(&text),
        line: plan.site.position.line,
        col: plan.site.position.col,
        end_line: end.line,
        end_col: end.col,
        function: plan.site.function.clone(),
        method: method(plan),
        part,
        reason,
        unstructured: is_unstructured(plan, source.rules),
        message: plan.facts.message.as_deref().map(digest),
        volume: None,
        cells: served(plan, &source.environment),
        phase: priority.phase,
    }
}

/// The operations on resources that a call serves.
fn served(plan: &SitePlan, environment: &str) -> BTreeMap<String, Vec<String>> {
    let cells: Vec<String> = Priority::of(plan).cells.iter().map(|(o, r)| format!("{o}/{r}")).collect();
    if cells.is_empty() { BTreeMap::new() } else { BTreeMap::from([(environment.to_owned(), cells)]) }
}

/// Adds what calls serve in another environment, found by a plan of its own.
pub fn add_environment(report: &mut Report, plan: &Plan, environment: &str) {
    let mut by_name: BTreeMap<&str, &SitePlan> = BTreeMap::new();
    by_name.extend(plan.sites().map(|site| (site.fingerprint.as_str(), site)));
    for call in report.files.iter_mut().flat_map(|file| &mut file.calls) {
        let Some(site) = by_name.get(call.fingerprint.as_str()) else { continue };
        call.cells.extend(served(site, environment));
        call.phase = call.phase.take().or_else(|| Priority::of(site).phase);
    }
    (report.totals, report.tables) = tables(&report.files);
}

/// Whether it prints one text, now or wherever the function is called that it passes on.
fn is_unstructured(plan: &SitePlan, rules: &RuleSet) -> bool {
    let name = plan.site.method.rsplit('.').next().unwrap_or_default();
    let prints = || matches!(rules.log_calls.function(name), Some(Function::Printing { .. }));
    match plan.site.class {
        Class::Unstructured => true,
        Class::FunctionValue => prints(),
        Class::Structured | Class::Contextual => false,
    }
}

fn method(plan: &SitePlan) -> String {
    let name = plan.site.method.rsplit('.').next().unwrap_or_default();
    if plan.site.verbosity.is_some() { format!("V(n).{name}") } else { name.to_owned() }
}

fn part(plan: &SitePlan, decisions: &Decisions) -> (Part, String) {
    let none = String::new;
    if plan.facts.id == IdPair::Present && !matches!(plan.outcome, Outcome::Suppressed(_)) {
        return (Part::WithRequestId, none());
    }
    let structured = matches!(plan.site.class, Class::Structured | Class::Contextual);
    match &plan.outcome {
        Outcome::Suppressed(suppression) => (Part::Suppressed, suppression.justification.clone()),
        _ if batch(plan).is_some() => (Part::Batch, batch(plan).unwrap_or_default().to_owned()),
        _ if structured => (Part::WithoutRequestId, none()),
        Outcome::Fix(_) => match decisions.get(&plan.fingerprint).map(|decision| &decision.verdict) {
            Some(Verdict::Rejected { reason }) => (Part::Rejected, reason.clone()),
            _ => (Part::Fixable, none()),
        },
        Outcome::Skip(skip) => (Part::Skipped, skip.reason.code().to_string()),
        Outcome::Structured | Outcome::Counted => (Part::WithoutRequestId, none()),
    }
}

/// Why a call serves no single request.
fn batch(plan: &SitePlan) -> Option<&str> {
    match &plan.standing {
        Some(Standing::Off(Off::Batch { work })) => Some(work),
        _ => None,
    }
}

/// What proposed fixes change, file by file.
pub struct Fixes<'p> {
    plan: &'p Plan,
    /// The file that was asked about last.
    last: RefCell<Option<Asked<'p>>>,
}

struct Asked<'p> {
    file: &'p FilePlan,
    tree: Option<Tree>,
    sites: FxHashMap<&'p Fingerprint, &'p SitePlan>,
}

impl<'p> Fixes<'p> {
    /// Of a plan.
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, last: RefCell::default() }
    }

    /// What the fix of a call changes, imports among it; nothing if it has none.
    pub fn of(&self, path: &str, fingerprint: &Fingerprint) -> Vec<Replacement> {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|asked| *asked.file.path != *path) {
            *last = self.ask(path);
        }
        let Some(Asked { file, tree, sites }) = &*last else { return Vec::new() };
        // What is shown only is never suggested either.
        let fix = sites.get(fingerprint).and_then(|site| site.fix());
        let fix = fix.filter(|fix| fix.applicability != Applicability::DisplayOnly);
        let fixed =
            fix.and_then(|fix| crate::write::edit::file_fix(&file.path, &file.source, tree.as_ref()?, &[fix]).ok());
        fixed.map(|fixed| replacements(fixed.base(), &fixed.after)).unwrap_or_default()
    }

    fn ask(&self, path: &str) -> Option<Asked<'p>> {
        let files = &self.plan.files;
        let file = &files[files.binary_search_by(|file| (*file.path).cmp(path)).ok()?];
        let tree = crate::go::parse::parse_bytes(&file.source);
        Some(Asked { file, tree, sites: file.sites.iter().map(|site| (&site.fingerprint, site)).collect() })
    }
}
