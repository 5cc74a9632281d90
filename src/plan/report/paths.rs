//! Operations and their paths: the matrix, one operation's graph, and what is reached from a function.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

use serde::Serialize;

use super::inert_json;
use super::style::{BOLD, DIM, one_line, styled};
use crate::klog::call::Class;
use crate::path::{Absent, Reached, WitnessHop};
use crate::plan::pipeline::{FilePlan, Plan, Scope, SitePlan};
use crate::text::counted;
use crate::write::edit::{Outcome, RequestId};

/// Name of the document's schema.
pub const PATHS_SCHEMA: &str = "klogmod/paths/v1";

/// One operation on one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// What is done.
    pub operation: String,
    /// To what.
    pub resource: String,
    /// When it is taken up.
    pub phase: String,
    /// Functions that its entries reach.
    pub functions: usize,
    /// klog calls in them.
    pub sites: usize,
    /// Those with keys and values already.
    pub structured: usize,
    /// Those with a request ID already.
    pub with_request_id: usize,
    /// Those with keys and values once the plan is made.
    pub planned_structured: usize,
    /// Those with a request ID once the plan is made.
    pub planned_with_request_id: usize,
}

/// `paths --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathsReport<'p> {
    /// `klogmod/paths/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// What was asked for, in words.
    pub scope: &'p str,
    /// Operations on resources, sorted.
    pub matrix: Vec<Row>,
    /// Calls on no path that was asked for, by reason.
    pub out_of_scope: BTreeMap<String, usize>,
    /// Entries that the tree does not have.
    pub absent: &'p [Absent],
    /// The paths to the calls, where operations or resources were named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<Drawing>,
}

/// Counts the calls of each operation on each resource.
pub fn matrix(plan: &Plan, key: &str) -> Vec<Row> {
    let scope = plan.scope.as_ref();
    let of = |extent: &crate::plan::pipeline::Extent| Row {
        operation: extent.cell.operation.clone(),
        resource: extent.cell.resource.clone(),
        phase: extent.phase.clone(),
        functions: extent.functions,
        ..Row::default()
    };
    let mut rows: Vec<Row> = scope.into_iter().flat_map(|scope| &scope.extents).map(of).collect();
    for (file, site) in plan.files.iter().flat_map(|file| file.sites.iter().map(move |site| (file, site))) {
        let Some(on) = site.on_path().filter(|_| site.site.class != Class::FunctionValue) else { continue };
        let serves = |row: &Row| on.cells.iter().any(|(o, r)| (o, r) == (&row.operation, &row.resource));
        rows.iter_mut().filter(|row| serves(row)).for_each(|row| row.count(file, site, key));
    }
    rows
}

impl Row {
    fn count(&mut self, file: &FilePlan, site: &SitePlan, key: &str) {
        let text = String::from_utf8_lossy(site.site.span.of(&file.source));
        let has_id = text.contains(&format!("\"{key}\""));
        let is_structured = site.site.class != Class::Unstructured;
        let (becomes, gets_id) = match &site.outcome {
            Outcome::Fix(fix) => (true, matches!(fix.request_id, Some(RequestId::From(_)))),
            _ => (false, false),
        };
        self.sites += 1;
        self.structured += usize::from(is_structured);
        self.with_request_id += usize::from(has_id);
        self.planned_structured += usize::from(is_structured || becomes);
        self.planned_with_request_id += usize::from(has_id || gets_id);
    }
}

/// The matrix for people.
pub fn text(plan: &Plan, key: &str, out: &mut dyn Write) -> Result<()> {
    let rows = matrix(plan, key);
    let wide = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(9);
    let (first, second) = (wide(|row| &row.operation), wide(|row| &row.resource));
    let header = format!(
        "{:<first$}  {:<second$}  {:<6} {:>9} {:>6} {:>10} {:>7} {:>12} {:>7}",
        "operation", "resource", "phase", "functions", "calls", "structured", "with ID", "planned: str", "with ID"
    );
    if !rows.is_empty() {
        writeln!(out, "{}", styled(BOLD, &header))?;
    }
    for row in &rows {
        let Row { phase, functions, sites, structured, with_request_id, .. } = row;
        let (operation, resource) = (one_line(&row.operation), one_line(&row.resource));
        let (planned, planned_id) = (row.planned_structured, row.planned_with_request_id);
        writeln!(
            out,
            "{operation:<first$}  {resource:<second$}  {:<6} {functions:>9} {sites:>6} {structured:>10} {with_request_id:>7} {planned:>12} {planned_id:>7}",
            one_line(phase)
        )?;
    }
    let reached = plan.sites().filter(|site| site.on_path().is_some()).count();
    let gap = if rows.is_empty() { "" } else { "\n" };
    writeln!(out, "{gap}{} on these paths ({})", counted(reached, "klog call"), one_line(scope_title(plan)))?;
    for (reason, count) in plan.out_of_scope() {
        writeln!(out, "{count:>8}  {}", one_line(&reason))?;
    }
    for absent in plan.scope.iter().flat_map(|scope| &scope.absent) {
        let bounds = absent.bounds.as_deref().unwrap_or("not in this tree");
        writeln!(out, "absent: {} ({})", one_line(&absent.names.join(", ")), one_line(bounds))?;
    }
    Ok(())
}

fn scope_title(plan: &Plan) -> &str {
    plan.scope.as_ref().map_or("every call", |scope| &scope.title)
}

/// The matrix for programs.
pub fn json(plan: &Plan, key: &str, graph: Option<Drawing>, out: &mut dyn Write) -> Result<()> {
    let none = Scope::default();
    let report = PathsReport {
        schema: PATHS_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scope: scope_title(plan),
        matrix: matrix(plan, key),
        out_of_scope: plan.out_of_scope(),
        absent: &plan.scope.as_ref().unwrap_or(&none).absent,
        graph,
    };
    inert_json::document(&report, out)
}

/// A function in a drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Node {
    /// Its name.
    pub func: String,
    /// klog calls in it.
    pub calls: usize,
    /// Whether an operation starts there.
    pub entry: bool,
}

/// A call in a drawing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// The caller.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// How.
    pub edge: String,
    /// Where: `file:line`.
    pub at: String,
}

/// The shortest paths to all calls, laid over each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Drawing {
    /// Functions, sorted by name.
    pub nodes: Vec<Node>,
    /// Calls, sorted.
    pub edges: Vec<Line>,
}

impl Drawing {
    /// Of the paths in a plan.
    pub fn of_plan(plan: &Plan) -> Self {
        Self::of(plan.sites().filter_map(|site| site.on_path()).map(|on| on.witness.as_slice()))
    }

    /// Of one path for each call.
    pub fn of<'w>(witnesses: impl Iterator<Item = &'w [WitnessHop]>) -> Self {
        let mut nodes: BTreeMap<&str, Node> = BTreeMap::new();
        let mut edges = BTreeSet::new();
        for witness in witnesses {
            for (at, hop) in witness.iter().enumerate() {
                let node = nodes.entry(&hop.func).or_default();
                node.func.clone_from(&hop.func);
                node.entry |= at == 0;
                node.calls += usize::from(at + 1 == witness.len());
            }
            edges.extend(witness.windows(2).map(|pair| Line {
                from: pair[0].func.clone(),
                to: pair[1].func.clone(),
                edge: pair[1].edge.to_string(),
                at: format!("{}:{}", pair[1].file, pair[1].line),
            }));
        }
        Self { nodes: nodes.into_values().collect(), edges: edges.into_iter().collect() }
    }

    /// For Graphviz.
    pub fn dot(&self, out: &mut dyn Write) -> Result<()> {
        writeln!(out, "digraph paths {{\n  rankdir=LR;\n  node [shape=box, fontsize=10];")?;
        for node in &self.nodes {
            let more = if node.entry { ", style=bold" } else { "" };
            writeln!(out, "  {} [label={}{more}];", dot_quoted(&node.func), dot_quoted(&node.label("\n")))?;
        }
        for line in &self.edges {
            let (from, to) = (dot_quoted(&line.from), dot_quoted(&line.to));
            let label = if line.edge == "call" { String::new() } else { format!(", label={}", dot_quoted(&line.edge)) };
            writeln!(out, "  {from} -> {to} [tooltip={}{label}];", dot_quoted(&line.at))?;
        }
        writeln!(out, "}}")
    }

    /// For Mermaid.
    pub fn mermaid(&self, out: &mut dyn Write) -> Result<()> {
        let numbers: BTreeMap<&str, usize> = self.nodes.iter().map(|n| n.func.as_str()).zip(0..).collect();
        let number = |name: &str| numbers.get(name).copied().unwrap_or_default();
        writeln!(out, "flowchart LR")?;
        for (at, node) in self.nodes.iter().enumerate() {
            let label = mermaid_quoted(&node.label("<br>"));
            match node.entry {
                true => writeln!(out, "  n{at}([\"{label}\"])")?,
                false => writeln!(out, "  n{at}[\"{label}\"]")?,
            }
        }
        for line in &self.edges {
            let label = if line.edge == "call" { String::new() } else { format!("|{}|", mermaid_quoted(&line.edge)) };
            writeln!(out, "  n{} -->{label} n{}", number(&line.from), number(&line.to))?;
        }
        Ok(())
    }
}

impl Node {
    /// The name without the directories of its package.
    fn label(&self, newline: &str) -> String {
        let open: String = self.func.chars().take_while(|c| matches!(c, '(' | '*')).collect();
        let last = self.func.rfind('/').map_or(open.len(), |at| at + 1);
        let short = open + self.func.get(last..).unwrap_or_default();
        match self.calls {
            0 => short,
            1 => format!("{short}{newline}1 klog call"),
            calls => format!("{short}{newline}{calls} klog calls"),
        }
    }
}

fn dot_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push('\u{fffd}'),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn mermaid_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for part in text.split("<br>") {
        if !quoted.is_empty() {
            quoted.push_str("<br>");
        }
        for c in part.chars() {
            match c {
                '"' | '<' | '>' | '&' | '#' | '|' | ';' => quoted.push_str(&format!("#{};", u32::from(c))),
                c if c.is_control() => quoted.push('\u{fffd}'),
                c => quoted.push(c),
            }
        }
    }
    quoted
}

/// A path for people, one hop a line.
pub fn witness(hops: &[WitnessHop], indent: &str, out: &mut dyn Write) -> Result<()> {
    for hop in hops {
        let place = format!("{}:{}", hop.file, hop.line);
        writeln!(
            out,
            "{indent}{} {}",
            one_line(&hop.func),
            styled(DIM, &format!("{} {}", hop.edge, one_line(&place)))
        )?;
    }
    Ok(())
}

/// What is reached from functions, for people.
pub fn reached(found: &[Reached], out: &mut dyn Write) -> Result<()> {
    for reached in found {
        let place = one_line(&format!("{}:{}", reached.file, reached.line));
        writeln!(out, "{} depth {}", styled(BOLD, &place), reached.depth)?;
        witness(&reached.witness, "  ", out)?;
    }
    Ok(())
}

/// What is reached from functions, one JSON object a line.
pub fn reached_lines(found: &[Reached], out: &mut dyn Write) -> Result<()> {
    for reached in found {
        inert_json::line(reached, out)?;
    }
    Ok(())
}
