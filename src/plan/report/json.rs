//! Reports for programs: versioned documents with published schemas, sorted, without absolute paths or times.

use std::io::{Result, Write};

use serde::Serialize;

use super::Totals;
use super::inert_json;
use super::modules;
use super::schema::{
    FileReport, PLAN_SCHEMA, PlanReport, SCAN_SCHEMA, ScanReport, ScanTotals, SiteReport, directories, methods,
};
use super::threads::ThreadsReport;
use crate::plan::pipeline::Plan;
use crate::rule::RuleSet;
use crate::write::edit::Outcome;

/// `plan --format json`.
pub fn plan(plan: &Plan, rules: &RuleSet, threads: Option<ThreadsReport<'_>>, out: &mut dyn Write) -> Result<()> {
    let report = PlanReport {
        schema: PLAN_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: rules.digest.clone(),
        totals: Totals::of(plan),
        files_read: plan.read,
        left_alone: plan.left_alone.clone(),
        unread_modules: modules::unread(plan, rules),
        files: plan.files.iter().map(FileReport::of).collect(),
        diagnostics: plan.diagnostics.clone(),
        threads,
    };
    inert_json::document(&report, out)
}

/// `scan --format json`.
pub fn scan(plan: &Plan, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    let report = ScanReport {
        schema: SCAN_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: rules.digest.clone(),
        totals: ScanTotals::of(plan),
        files_read: plan.read,
        left_alone: plan.left_alone.clone(),
        methods: methods(plan),
        directories: directories(plan),
        sites: plan.sites().filter(|s| s.out_of_scope().is_none()).map(|s| s.site.clone()).collect(),
        diagnostics: plan.diagnostics.clone(),
    };
    inert_json::document(&report, out)
}

#[derive(Serialize)]
struct Proposal<'p> {
    path: &'p str,
    line: u32,
    col: u32,
    before: &'p str,
    after: &'p str,
    #[serde(flatten)]
    rest: SiteReport<'p>,
}

/// `plan --format proposals`: one JSON object a line for each fix.
pub fn proposals(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    for file in &plan.files {
        for site in &file.sites {
            let Outcome::Fix(fix) = &site.outcome else { continue };
            let before = site.site.span.of(&file.source);
            let proposal = Proposal {
                path: &file.path,
                line: site.site.position.line,
                col: site.site.position.col,
                before: std::str::from_utf8(before).unwrap_or_default(),
                after: &fix.after,
                rest: SiteReport::of(site),
            };
            inert_json::line(&proposal, out)?;
        }
    }
    Ok(())
}
