//! What is to be said of one file: calls that want rewriting, and what breaks a rule. Shown while somebody edits it or Go builds it.

use super::finding::{Finding, Severity, replacements};
use crate::decide::change::Priority;
use crate::klog::call::Class;
use crate::klog::fingerprint::Fingerprint;
use crate::klog::lint::Violation;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::text::{LineIndex, apply_edits};
use crate::write::edit::Outcome;

/// The rule that calls which print one text break.
pub const UNSTRUCTURED: &str = "unstructured";
/// The rule that structured calls break which could carry the request ID and do not.
pub const NO_REQUEST_ID: &str = "no-request-id";
/// Operations that a message names.
const NAMED: usize = 3;

/// Calls of a file that are to be rewritten, by fix or by hand, without what the fixes change. `wanted` says which calls are asked about.
pub fn unwritten(file: &FilePlan, wanted: &dyn Fn(&SitePlan) -> bool) -> Vec<Finding> {
    let lines = LineIndex::new(&file.source);
    let of_site = |site: &SitePlan| {
        let (rule, severity, message) = match (site.site.class, &site.outcome) {
            (Class::Unstructured, Outcome::Fix(_) | Outcome::Skip(_)) => {
                (UNSTRUCTURED, Severity::Warning, "this call is not structured")
            }
            (Class::Structured | Class::Contextual, Outcome::Fix(_)) => {
                (NO_REQUEST_ID, Severity::Note, "this call could carry the request ID")
            }
            _ => return None,
        };
        let help = match &site.outcome {
            Outcome::Fix(fix) => format!("proposed: {}", fix.after),
            Outcome::Skip(skip) => format!("to be rewritten by hand: {}", skip.reason),
            _ => String::new(),
        };
        let (start, end) = (lines.line_col(site.site.span.start), lines.line_col(site.site.span.end));
        Some(Finding {
            path: file.path.to_string(),
            line: start.line,
            col: start.col,
            end_line: end.line,
            end_col: end.col,
            rule: rule.to_owned(),
            severity,
            message: format!("{message}{}", served(site)),
            help,
            function: site.site.function.clone(),
            fingerprint: site.fingerprint.clone(),
            fix: Vec::new(),
        })
    };
    file.sites.iter().filter(|site| wanted(site)).filter_map(of_site).collect()
}

/// `; it serves create pod, delete pod and 2 more`.
fn served(site: &SitePlan) -> String {
    let cells = Priority::of(site).cells;
    let named: Vec<String> =
        cells.iter().take(NAMED).map(|(operation, resource)| format!("{operation} {resource}")).collect();
    match (named.is_empty(), cells.len() - named.len()) {
        (true, _) => String::new(),
        (false, 0) => format!("; it serves {}", named.join(", ")),
        (false, more) => format!("; it serves {} and {more} more", named.join(", ")),
    }
}

/// What is wrong in a file, unless a comment keeps it as it is.
pub fn violations(file: &FilePlan) -> Vec<Finding> {
    let kept = |site: &&SitePlan| !matches!(site.outcome, Outcome::Suppressed(_));
    let of_sites = file.sites.iter().filter(kept).flat_map(|site| {
        let function = &site.site.function;
        site.facts.violations.iter().map(move |violation| (violation, function, &site.fingerprint))
    });
    let beside = file.beside.iter().map(|beside| (&beside.violation, &beside.function, &beside.fingerprint));
    let lines = LineIndex::new(&file.source);
    of_sites.chain(beside).map(|found| finding(file, &lines, found)).collect()
}

fn finding(
    file: &FilePlan,
    lines: &LineIndex,
    (violation, function, fingerprint): (&Violation, &String, &Fingerprint),
) -> Finding {
    let (start, end) = (lines.line_col(violation.span.start), lines.line_col(violation.span.end));
    let fixed = apply_edits(&file.source, &violation.edits).ok().filter(|_| !violation.edits.is_empty());
    let fix = fixed.map(|new| replacements(&file.source, &new)).unwrap_or_default();
    let help = match fix.is_empty() {
        true => format!("klogmod rules {} says how it is written", violation.rule),
        false => format!("klogmod check --fix {}", file.path),
    };
    Finding {
        path: file.path.to_string(),
        line: start.line,
        col: start.col,
        end_line: end.line,
        end_col: end.col,
        rule: violation.rule.to_string(),
        severity: Severity::Error,
        message: violation.message.clone(),
        help,
        function: function.clone(),
        fingerprint: fingerprint.clone(),
        fix,
    }
}
