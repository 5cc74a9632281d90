//! Reports for people.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::modules;
use super::schema::{ClassCounts, ScanTotals, directories, methods};
use super::style::{BOLD, DIM, GREEN, RED, YELLOW, harmless, one_line, styled};
use super::{Totals, kebab};
use crate::klog::call::Class;
use crate::path::Standing;
use crate::plan::pipeline::{FilePlan, Plan, SitePlan};
use crate::rule::RuleSet;
use crate::text::counted;
use crate::write::edit::{Applicability, Fix, Outcome, RequestId};

/// `klogmod plan`.
pub fn plan(plan: &Plan, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    for file in &plan.files {
        for site in &file.sites {
            match &site.outcome {
                Outcome::Fix(fix) => self::fix(file, site, fix, out)?,
                Outcome::Skip(skip) if site.site.class != Class::FunctionValue && site.out_of_scope().is_none() => {
                    heading(site, out)?;
                    writeln!(
                        out,
                        "  {} {}: {}",
                        styled(YELLOW, "skipped"),
                        skip.reason.code(),
                        harmless(&skip.reason.to_string())
                    )?;
                }
                Outcome::Suppressed(suppression) => {
                    heading(site, out)?;
                    writeln!(out, "  {}: {}", styled(DIM, "suppressed"), harmless(&suppression.justification))?;
                }
                _ => {}
            }
        }
    }
    summary(plan, out)?;
    modules::unread(plan, rules).iter().try_for_each(|(module, files)| {
        let text = format!("import {}, which could not be read: its types are not known", one_line(module));
        line(out, *files, &text)
    })
}

fn heading(site: &SitePlan, out: &mut dyn Write) -> Result<()> {
    let place = format!("{}:{}:{}", site.site.path, site.site.position.line, site.site.position.col);
    writeln!(out, "{} {}", styled(BOLD, &one_line(&place)), styled(DIM, &one_line(&site.site.function)))
}

fn before<'f>(file: &'f FilePlan, site: &SitePlan) -> &'f str {
    std::str::from_utf8(site.site.span.of(&file.source)).unwrap_or_default()
}

fn diff(file: &FilePlan, site: &SitePlan, fix: &Fix, out: &mut dyn Write) -> Result<()> {
    for (style, sign, text) in [(RED, '-', before(file, site)), (GREEN, '+', fix.after.as_str())] {
        for line in harmless(text).lines() {
            writeln!(out, "  {}", styled(style, &format!("{sign} {}", line.trim_start())))?;
        }
    }
    for edit in &fix.elsewhere {
        let line = crate::text::LineIndex::new(&file.source).line_col(edit.span.start).line;
        let old = String::from_utf8_lossy(edit.span.of(&file.source));
        let text = match (old.trim(), edit.text.trim()) {
            (old, "") if !old.is_empty() => styled(RED, &format!("- {}", harmless(old))),
            (_, new) => styled(GREEN, &format!("+ {}", harmless(new))),
        };
        writeln!(out, "  {text} {}", styled(DIM, &format!("at line {line}")))?;
    }
    Ok(())
}

fn fix(file: &FilePlan, site: &SitePlan, fix: &Fix, out: &mut dyn Write) -> Result<()> {
    heading(site, out)?;
    diff(file, site, fix, out)?;
    let applicability = kebab(&fix.applicability);
    let style = if fix.applicability == Applicability::Safe { GREEN } else { YELLOW };
    writeln!(out, "  {} {}", styled(style, &applicability), styled(DIM, &fix.rules.join(", ")))?;
    for reason in fix.doubts.sentences() {
        writeln!(out, "    {}", harmless(&reason))?;
    }
    if let Some(RequestId::None(reason)) = &fix.request_id {
        writeln!(out, "    {}", styled(DIM, &format!("no request ID: {}", harmless(&reason.to_string()))))?;
    }
    Ok(())
}

/// The inventory and its parts.
pub fn summary(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let totals = Totals::of(plan);
    writeln!(out)?;
    writeln!(out, "{}", headline(plan, totals.inventory))?;
    if totals.inventory == 0 {
        return left_out(plan, &totals.out_of_scope, "plans", out);
    }
    let by = |a| totals.applicability.get(&a).copied().unwrap_or(0);
    let (safe, review, display) =
        (by(Applicability::Safe), by(Applicability::NeedsReview), by(Applicability::DisplayOnly));
    line(out, totals.fixes, &format!("to rewrite: {safe} safe, {review} needs review, {display} display only"))?;
    if totals.with_request_id > 0 {
        line(out, totals.with_request_id, "of those get a request ID")?;
    }
    line(out, totals.structured, "structured already")?;
    for (reason, count) in &totals.all_skipped() {
        line(out, *count, &format!("skipped: {reason}"))?;
    }
    line(out, totals.suppressed, "suppressed by a comment")?;
    left_out(plan, &totals.out_of_scope, "plans", out)
}

const FUNCTION_VALUES: &str = "functions passed or stored";

/// How many calls in how many files, of how many that were read.
pub(super) fn headline(plan: &Plan, inventory: usize) -> String {
    let (calls, files, read) =
        (counted(inventory, "klog call"), counted(plan.calling(), "file"), counted(plan.read, "Go file"));
    format!("{calls} in {files} ({read} read)")
}

fn line(out: &mut dyn Write, count: usize, text: &str) -> Result<()> {
    writeln!(out, "{count:>8}  {text}")
}

/// What the run was not about; `takes` says what it would do with it otherwise.
fn left_out(plan: &Plan, out_of_scope: &BTreeMap<String, usize>, takes: &str, out: &mut dyn Write) -> Result<()> {
    for (reason, count) in out_of_scope {
        line(out, *count, &format!("out of scope: {}", one_line(reason)))?;
    }
    for (reason, count) in &plan.left_alone {
        line(out, *count, &format!("left alone: {reason}"))?;
    }
    let out_of_scope: usize = out_of_scope.values().sum();
    if let Some(scope) = plan.scope.as_ref().filter(|_| out_of_scope > 0) {
        let title = one_line(&scope.title);
        writeln!(out, "{} out of scope ({title}); --all {takes} them", calls(out_of_scope))?;
    }
    Ok(())
}

/// `12,345 calls`.
fn calls(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + if count == 1 { " call" } else { " calls" }
}

/// `klogmod scan`.
pub fn scan(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let totals = ScanTotals::of(plan);
    if totals.inventory == 0 {
        writeln!(out, "{}", headline(plan, 0))?;
        return left_out(plan, &totals.out_of_scope, "counts", out);
    }
    let directories = directories(plan);
    let width = directories.keys().map(|d| one_line(d).chars().count()).max().unwrap_or(0).max(9);
    let header = format!(
        "{:<width$}  {:>7} {:>12} {:>10} {:>10} {:>9}",
        "directory", "calls", "unstructured", "structured", "contextual", "functions"
    );
    writeln!(out, "{}", styled(BOLD, &header))?;
    let mut sum = ClassCounts::default();
    let row = |out: &mut dyn Write, name: &str, c: &ClassCounts| {
        writeln!(
            out,
            "{name:<width$}  {:>7} {:>12} {:>10} {:>10} {:>9}",
            c.total(),
            c.unstructured,
            c.structured,
            c.contextual,
            c.function_values
        )
    };
    for (directory, count) in &directories {
        row(out, &one_line(directory), count)?;
        sum.unstructured += count.unstructured;
        sum.structured += count.structured;
        sum.contextual += count.contextual;
        sum.function_values += count.function_values;
    }
    row(out, "total", &sum)?;
    writeln!(out)?;
    let mut methods: Vec<_> = methods(plan).into_iter().collect();
    methods.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    writeln!(out, "{}", styled(BOLD, &format!("{:<24} {:>7}", "method", "calls")))?;
    for (method, count) in methods {
        writeln!(out, "{:<24} {count:>7}", one_line(&method))?;
    }
    writeln!(out)?;
    writeln!(out, "{}", headline(plan, totals.inventory))?;
    line(out, sum.unstructured, "unstructured")?;
    line(out, sum.structured, "structured, by klog's own functions")?;
    line(out, sum.contextual, "structured, through a logger")?;
    line(out, sum.function_values, FUNCTION_VALUES)?;
    if totals.suppressed > 0 {
        line(out, totals.suppressed, "of those suppressed by a comment")?;
    }
    left_out(plan, &totals.out_of_scope, "counts", out)
}

/// Which operations a call serves, and the path that proves it.
fn priority(standing: &Standing, out: &mut dyn Write) -> Result<()> {
    let on = match standing {
        Standing::On(on) => on,
        Standing::Off(off) => return writeln!(out, "  serves no operation: {}", one_line(&off.to_string())),
    };
    let served: Vec<String> = on.cells.iter().map(|(operation, resource)| format!("{operation} {resource}")).collect();
    writeln!(out, "  serves: {}", one_line(&served.join(", ")))?;
    writeln!(
        out,
        "  phase {}, priority {}, {} from where an operation starts in the {}, environments {}",
        one_line(&on.phase),
        on.priority,
        counted(on.depth as usize, "call"),
        one_line(if on.component.is_empty() { "tree" } else { &on.component }),
        one_line(&on.environments.join(", "))
    )?;
    writeln!(out, "  reached by:")?;
    super::paths::witness(&on.witness, "    ", out)
}

/// The keys, how sure they are, and why.
fn keys(fix: &Fix, out: &mut dyn Write) -> Result<()> {
    for named in &fix.names {
        let because: Vec<String> = named.chosen.because.iter().map(kebab).collect();
        writeln!(out, "  key {}: {}", one_line(&named.to_string()), because.join(", "))?;
    }
    Ok(())
}

/// `klogmod explain`.
pub fn explain(file: &FilePlan, site: &SitePlan, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    heading(site, out)?;
    let what = &site.site;
    writeln!(out, "  {}: {}, severity {}", one_line(&what.method), kebab(&what.class), kebab(&what.severity))?;
    if let Some(standing) = &site.standing {
        priority(standing, out)?;
    }
    match &site.outcome {
        Outcome::Fix(fix) => {
            diff(file, site, fix, out)?;
            writeln!(out, "  applicability: {}", kebab(&fix.applicability))?;
            for reason in fix.doubts.sentences() {
                writeln!(out, "    {}", harmless(&reason))?;
            }
            keys(fix, out)?;
            request_id(fix, rules, out)?;
            for import in &fix.imports {
                writeln!(out, "  needs the import {}", one_line(import))?;
            }
            writeln!(out, "  rules:")?;
            for name in &fix.rules {
                let summary = rules.docs().find(|rule| rule.name == *name).map_or("", |rule| rule.summary.as_str());
                writeln!(out, "    {}  {summary}", styled(BOLD, name))?;
            }
        }
        Outcome::Skip(skip) => {
            writeln!(out, "  {}", harmless(before(file, site)))?;
            writeln!(out, "  skipped, {}: {}", skip.reason.code(), harmless(&skip.reason.to_string()))?;
        }
        Outcome::Suppressed(suppression) => {
            writeln!(out, "  {}", harmless(before(file, site)))?;
            writeln!(
                out,
                "  suppressed in line {}: {}",
                suppression.position.line,
                harmless(&suppression.justification)
            )?;
        }
        Outcome::Structured => {
            writeln!(out, "  {}", harmless(before(file, site)))?;
            writeln!(out, "  structured already; nothing is added")?;
        }
        Outcome::Counted => {}
    }
    Ok(())
}

/// Where a fix takes its request ID from, and which link of the chain brings it there.
fn request_id(fix: &Fix, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    match &fix.request_id {
        Some(RequestId::From(accessor)) => {
            let (context, argument) = accessor.asked(&rules.carriers.carrier);
            let (carrier, argument) = (&accessor.carrier, one_line(argument));
            let rule = rules.carriers.carrier.iter().find(|rule| rule.name == *carrier);
            let link = rule.filter(|rule| !rule.link.is_empty()).map(|rule| format!(": {}", rule.link));
            let link = link.unwrap_or_default();
            let first = context.map(|context| format!("the context {}, or else ", one_line(context)));
            let first = first.unwrap_or_default();
            writeln!(out, "  request ID: from {first}the {carrier} {argument}{link}")
        }
        Some(RequestId::None(reason)) => writeln!(out, "  request ID: none: {}", harmless(&reason.to_string())),
        None => Ok(()),
    }
}
