//! The documents' structure. `docs/schema/` holds the JSON Schemas made from it; a test keeps them fresh.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Totals;
use super::threads::ThreadsReport;
use crate::klog::call::{CallSite, Class};
use crate::klog::fingerprint::Fingerprint;
use crate::path::OnPath;
use crate::plan::pipeline::{FilePlan, Plan, SitePlan};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::Outcome;

/// Name of the plan's schema.
pub const PLAN_SCHEMA: &str = "klogmod/plan/v1";
/// Name of the scan's schema.
pub const SCAN_SCHEMA: &str = "klogmod/scan/v1";

/// `plan --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanReport<'p> {
    /// `klogmod/plan/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// How the inventory splits.
    pub totals: Totals,
    /// Go files read.
    pub files_read: usize,
    /// Files and directories left alone, by reason.
    pub left_alone: BTreeMap<String, usize>,
    /// Modules that could not be read, and how many files with klog calls import them: their types are not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread_modules: BTreeMap<String, usize>,
    /// Files with klog calls, sorted by path.
    pub files: Vec<FileReport<'p>>,
    /// What was not analysed, and what looks wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What could be passed down where nothing in scope carries a request ID; absent where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<ThreadsReport<'p>>,
}

/// One file's calls.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileReport<'p> {
    /// Path below the root.
    pub path: RelPath,
    /// Its calls, by position.
    pub sites: Vec<SiteReport<'p>>,
}

impl<'p> FileReport<'p> {
    /// Of a file's plan.
    pub fn of(file: &'p FilePlan) -> Self {
        Self { path: file.path.clone(), sites: file.sites.iter().map(SiteReport::of).collect() }
    }
}

/// One call and what becomes of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteReport<'p> {
    /// Its name across runs.
    pub fingerprint: &'p Fingerprint,
    /// The call.
    pub site: &'p CallSite,
    /// What becomes of it.
    #[serde(flatten)]
    pub outcome: &'p Outcome,
    /// Why it matters to an operator; absent where no path of an operation leads to it, or none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<&'p OnPath>,
}

impl<'p> SiteReport<'p> {
    /// Of a site's plan.
    pub fn of(plan: &'p SitePlan) -> Self {
        Self { fingerprint: &plan.fingerprint, site: &plan.site, outcome: &plan.outcome, priority: plan.on_path() }
    }
}

/// `scan --format json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanReport {
    /// `klogmod/scan/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// How the inventory splits.
    pub totals: ScanTotals,
    /// Go files read.
    pub files_read: usize,
    /// Files and directories left alone, by reason.
    pub left_alone: BTreeMap<String, usize>,
    /// Calls by method, without the argument of V.
    pub methods: BTreeMap<String, usize>,
    /// Calls by directory, without those of its subdirectories.
    pub directories: BTreeMap<String, ClassCounts>,
    /// Every call.
    pub sites: Vec<CallSite>,
    /// What was not analysed, and what looks wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// How a scan's inventory splits: classes and what is out of scope add up to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanTotals {
    /// All mentions of klog's logging functions.
    pub inventory: usize,
    /// Those in scope, by class.
    #[serde(flatten)]
    pub classes: ClassCounts,
    /// Calls that the run was not about, by reason.
    pub out_of_scope: BTreeMap<String, usize>,
    /// Calls in scope that a comment keeps as they are.
    pub suppressed: usize,
}

impl ScanTotals {
    /// Counts what a scan found.
    pub fn of(plan: &Plan) -> Self {
        let mut totals = Self { inventory: plan.sites().count(), out_of_scope: plan.out_of_scope(), ..Self::default() };
        for site in plan.sites().filter(|site| site.out_of_scope().is_none()) {
            totals.classes.add(site.site.class);
            totals.suppressed += usize::from(matches!(site.outcome, Outcome::Suppressed(_)));
        }
        totals
    }
}

/// Calls by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClassCounts {
    /// Printf-style and print-style calls.
    pub unstructured: usize,
    /// InfoS and ErrorS.
    pub structured: usize,
    /// Calls of loggers from a context.
    pub contextual: usize,
    /// Functions passed or stored.
    pub function_values: usize,
}

impl ClassCounts {
    /// Counts one more.
    pub fn add(&mut self, class: Class) {
        match class {
            Class::Unstructured => self.unstructured += 1,
            Class::Structured => self.structured += 1,
            Class::Contextual => self.contextual += 1,
            Class::FunctionValue => self.function_values += 1,
        }
    }

    /// All of them.
    pub fn total(self) -> usize {
        self.unstructured + self.structured + self.contextual + self.function_values
    }
}

/// Calls by method: `Infof`, `V(n).Infof`.
pub fn methods(plan: &Plan) -> BTreeMap<String, usize> {
    let mut methods = BTreeMap::new();
    for site in plan.sites().filter(|site| site.out_of_scope().is_none()) {
        let name = site.site.method.rsplit('.').next().unwrap_or_default();
        let name = if site.site.verbosity.is_some() { format!("V(n).{name}") } else { name.to_owned() };
        *methods.entry(name).or_default() += 1;
    }
    methods
}

/// Calls by directory; `.` is the root.
pub fn directories(plan: &Plan) -> BTreeMap<String, ClassCounts> {
    let mut directories: BTreeMap<String, ClassCounts> = BTreeMap::new();
    for site in plan.sites().filter(|site| site.out_of_scope().is_none()) {
        let dir = site.site.path.rsplit_once('/').map_or(".", |(dir, _)| dir);
        directories.entry(dir.to_owned()).or_default().add(site.site.class);
    }
    directories
}
