//! `klogmod plan --format renames`: for dashboards and alerts outside the tree, what becomes of the lines that they look for.

use std::io::{Result, Write};

use serde::Serialize;

use super::inert_json;
use crate::klog::sample::{Rename, rename};
use crate::plan::pipeline::Plan;
use crate::rule::RuleSet;
use crate::write::edit::Outcome;

/// Name of the document's schema.
const SCHEMA: &str = "klogmod.renames/v1";

#[derive(Serialize)]
struct Row<'p> {
    path: &'p str,
    line: u32,
    function: &'p str,
    #[serde(flatten)]
    rename: Rename,
}

#[derive(Serialize)]
struct Renames<'p> {
    schema: &'static str,
    version: &'static str,
    renames: Vec<Row<'p>>,
}

fn rows<'p>(plan: &'p Plan, rules: &RuleSet) -> Vec<Row<'p>> {
    let mut rows = Vec::new();
    for file in &plan.files {
        for site in &file.sites {
            let Outcome::Fix(fix) = &site.outcome else { continue };
            let before = std::str::from_utf8(site.site.span.of(&file.source)).unwrap_or_default();
            let Some(rename) = rename(&site.site, (before, fix.after.as_str()), &fix.kinds, rules) else { continue };
            let (line, function) = (site.site.position.line, site.site.function.as_str());
            rows.push(Row { path: &file.path, line, function, rename });
        }
    }
    rows
}

/// As comma-separated values, with a head.
pub fn csv(plan: &Plan, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "path,line,function,old,message,keys")?;
    for Row { path, line, function, rename } in rows(plan, rules) {
        let Rename { old, message, keys } = rename;
        let fields = [path, &line.to_string(), function, &old, &message, &keys.join(" ")].map(field);
        writeln!(out, "{}", fields.join(","))?;
    }
    Ok(())
}

/// As a JSON document.
pub fn json(plan: &Plan, rules: &RuleSet, out: &mut dyn Write) -> Result<()> {
    let renames = Renames { schema: SCHEMA, version: env!("CARGO_PKG_VERSION"), renames: rows(plan, rules) };
    inert_json::document(&renames, out)
}

/// A field, quoted where it has to be.
fn field(text: &str) -> String {
    let plain = !text.contains([',', '"', '\n', '\r']);
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
