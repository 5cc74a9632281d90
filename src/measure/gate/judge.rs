//! All gates at once: a report and what is allowed in, findings out.

use super::baseline::{Baseline, is_lint};
use super::minimum;
use super::ratchet::{Drift, Found, drift};
use crate::klog::fingerprint::Fingerprint;
use crate::measure::coverage::{Finding, Measure, Replacement, Report, Severity};
use crate::rule::GateConfig;
use crate::text::diagnostic::Diagnostic;
use crate::text::{LineCol, counted};

/// Names of the gates' rules.
pub const RULES: [&str; 4] = ["gate-new-unstructured", "gate-lost-request-id", "gate-minimum", "gate-slack"];

/// What is judged by.
pub struct Judgement<'j> {
    /// The settings.
    pub config: &'j GateConfig,
    /// What counts as covered.
    pub measure: Measure,
    /// What is allowed; none: nothing is compared.
    pub baseline: Option<&'j Baseline>,
    /// Where it comes from, in words: the file, or a revision.
    pub origin: &'j str,
    /// Whether what nothing needs is let pass.
    pub allow_slack: bool,
    /// Whether a path was part of the run.
    pub looked_at: &'j dyn Fn(&str) -> bool,
    /// Whether a file still stands.
    pub is_there: &'j dyn Fn(&str) -> bool,
    /// What the proposed fix of a call changes.
    pub fix_of: &'j dyn Fn(&str, &Fingerprint) -> Vec<Replacement>,
    /// The configuration file's path and text, for the places of settings.
    pub settings: (&'j str, &'j str),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Judged {
    /// What keeps the gate shut, sorted.
    pub findings: Vec<Finding>,
    /// How many violations the baseline lets pass.
    pub allowed: usize,
    /// What the baseline does not know and the gate lets pass.
    pub notes: Vec<Diagnostic>,
}

/// Judges a report.
pub fn judge(report: &Report, by: &Judgement<'_>) -> Judged {
    let mut judged = Judged::default();
    let allowed_rule = |rule: &str| by.config.allow.iter().any(|allowed| allowed == rule);
    let lint = report.findings.iter().filter(|finding| is_lint(finding) && !allowed_rule(&finding.rule));
    match by.baseline {
        Some(baseline) => {
            let drift = drift(report, baseline, by.looked_at, by.is_there);
            let new: Vec<&Finding> = drift.findings.iter().filter_map(|at| report.findings.get(*at)).collect();
            judged.allowed = report.findings.iter().filter(|f| is_lint(f)).count() - new.len();
            judged.findings.extend(new.into_iter().filter(|f| !allowed_rule(&f.rule)).cloned());
            // Where no operation starts, no call is on a path of one.
            let every = by.config.paths.as_deref() == Some("all") || report.scope.is_none();
            ratchet(&mut judged, &drift, every, by);
        }
        None => judged.findings.extend(lint.cloned()),
    }
    judged.findings.extend(minimum::below(report, by.config, by.measure).into_iter().map(|below| {
        let shown = below.paths.map(|path| format!(" {path}")).unwrap_or_default();
        let help = format!("klogmod plan{shown} shows what can be rewritten, klogmod apply{shown} writes it");
        about_setting("gate-minimum", &below.setting, below.message, help, by)
    }));
    judged.findings.retain(|finding| !allowed_rule(&finding.rule));
    judged.findings.sort();
    judged
}

fn ratchet(judged: &mut Judged, drift: &Drift<'_>, every: bool, by: &Judgement<'_>) {
    let findings = &mut judged.findings;
    let counts = |found: &&Found<'_>| every || !found.1.cells.is_empty();
    if by.config.new_unstructured {
        findings.extend(drift.new.iter().filter(counts).map(|(path, call)| {
            let message = format!("this call is not structured, and {} does not have it", by.origin);
            let help = match call.part {
                crate::measure::coverage::Part::Fixable => format!("klogmod apply {path}:{} rewrites it; //klogmod:ignore REASON keeps it", call.line),
                _ => format!("klogmod explain {path}:{} says why it is to be rewritten by hand; //klogmod:ignore REASON keeps it", call.line),
            };
            let fix = (by.fix_of)(path, &call.fingerprint);
            Finding { fix, ..about_call("gate-new-unstructured", (path, call), message, help) }
        }));
        judged.notes.extend(drift.new.iter().filter(|found| !counts(found)).map(|(path, call)| {
            let message = format!(
                "a new call that is not structured, off the paths of operations; {} does not have it",
                by.origin
            );
            let help = "[gate] paths = \"all\" shuts the gate for it";
            Diagnostic::note(*path, message).at(LineCol { line: call.line, col: call.col }).help(help)
        }));
    }
    if by.config.lost_request_id {
        findings.extend(drift.lost.iter().map(|(path, call)| {
            let message = format!("this call has no request ID any more; in {} it has", by.origin);
            let help = format!("klogmod apply --edits r {path}:{} puts it back where a carrier is in scope", call.line);
            let fix = (by.fix_of)(path, &call.fingerprint);
            Finding { fix, ..about_call("gate-lost-request-id", (path, call), message, help) }
        }));
    }
    if by.config.slack && !by.allow_slack && !drift.slack.is_empty() {
        let places: Vec<&str> = drift.slack.iter().map(|entry| entry.path.as_str()).collect();
        let mut distinct = places.clone();
        distinct.dedup();
        let some = distinct.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = if distinct.len() > 3 {
            format!(" and {}", counted(distinct.len() - 3, "more file"))
        } else {
            String::new()
        };
        let message = format!("not needed any more: {} of the baseline ({some}{more})", counted(places.len(), "entry"));
        let mut finding = about_setting("gate-slack", "", message, "klogmod baseline prune".to_owned(), by);
        finding.path = by.origin.to_owned();
        finding.line = 1;
        findings.push(finding);
    }
}

fn about_call(rule: &str, (path, call): Found<'_>, message: String, help: String) -> Finding {
    Finding {
        path: path.to_owned(),
        line: call.line,
        col: call.col,
        end_line: call.end_line,
        end_col: call.end_col,
        rule: rule.to_owned(),
        severity: Severity::Error,
        message,
        help,
        function: call.function.clone(),
        fingerprint: call.fingerprint.clone(),
        fix: Vec::new(),
    }
}

/// A finding about a line of the configuration.
fn about_setting(rule: &str, setting: &str, message: String, help: String, by: &Judgement<'_>) -> Finding {
    let (path, text) = by.settings;
    let word = setting.split_once('"').map_or(setting, |(_, rest)| rest.trim_end_matches('"'));
    let gate = text.lines().position(|line| line.trim_start().starts_with("[gate")).unwrap_or(0);
    let found = text.lines().skip(gate).position(|line| !word.is_empty() && line.contains(word));
    let line = found.map_or(gate, |at| gate + at) as u32 + 1;
    Finding {
        path: path.to_owned(),
        line,
        col: 1,
        end_line: line,
        end_col: 1,
        rule: rule.to_owned(),
        severity: Severity::Error,
        message,
        help,
        function: String::new(),
        fingerprint: Fingerprint::from(crate::klog::fingerprint::digest(&format!("{rule} {setting}"))),
        fix: Vec::new(),
    }
}
