//! `klogmod rules`: the rules, with their documentation and examples.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::args::Status;
use crate::report::style::{BOLD, DIM, GREEN, RED, styled};
use crate::rule::{RuleDoc, RuleSet};

/// List the rules, or show one with its documentation and examples.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule's name.
    name: Option<String>,
    /// Directory of rules that extend or replace the built-in ones.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let rules = RuleSet::load(args.rules.as_deref())?;
    let mut out = anstream::stdout();
    let Some(name) = &args.name else {
        let width = rules.docs().map(|rule| rule.name.len()).max().unwrap_or(0);
        for rule in rules.docs() {
            let padding = " ".repeat(width - rule.name.len());
            writeln!(out, "{}{padding}  {}", styled(BOLD, &rule.name), rule.summary)?;
        }
        return Ok(Status::Fine);
    };
    match rules.docs().find(|rule| rule.name == *name) {
        Some(rule) => show(rule, &mut out)?,
        None => bail!("there is no rule {name}; `klogmod rules` lists them"),
    }
    Ok(Status::Fine)
}

fn show(rule: &RuleDoc, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}\n{}\n\n{}", styled(BOLD, &rule.name), rule.summary, rule.doc.trim())?;
    for example in &rule.examples {
        writeln!(out)?;
        if let Some(context) = &example.context {
            writeln!(out, "  {}", styled(DIM, context))?;
        }
        for (style, sign, text) in [(RED, '-', &example.before), (GREEN, '+', &example.after)] {
            for line in text.lines() {
                writeln!(out, "  {}", styled(style, &format!("{sign} {line}")))?;
            }
        }
    }
    Ok(())
}
