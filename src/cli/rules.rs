//! `klogmod rules`: the rules, with their documentation and examples.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::args::Status;
use crate::plan::report::style::{BOLD, DIM, GREEN, RED, styled};
use crate::rule::{Environments, RuleDoc, RuleSet};
use crate::text::did_you_mean;
use crate::write::reason;

/// List the rules, or show one with its documentation and examples, or what a reason means.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule's name, or the code of a reason.
    name: Option<String>,
    /// Show how something is decided instead of a rule.
    #[arg(long, value_name = "TOPIC", conflicts_with = "name")]
    doc: Option<Topic>,
    /// Directory of rules that extend or replace the built-in ones.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// What is decided by more than one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Topic {
    /// Which fixes are safe.
    Applicability,
}

impl Topic {
    fn text(self) -> String {
        match self {
            Self::Applicability => reason::page(),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let rules = RuleSet::load(args.rules.as_deref())?;
    let mut out = anstream::stdout();
    if let Some(topic) = args.doc {
        out.write_all(topic.text().as_bytes())?;
        return Ok(Status::Fine);
    }
    let Some(name) = &args.name else {
        let width = rules.docs().map(|rule| rule.name.len()).max().unwrap_or(0);
        for rule in rules.docs() {
            let padding = " ".repeat(width - rule.name.len());
            writeln!(out, "{}{padding}  {}", styled(BOLD, &rule.name), rule.summary)?;
        }
        return Ok(Status::Fine);
    };
    let reasons: Vec<_> = reason::entries().filter(|(_, entry)| entry.code == name).collect();
    match rules.docs().find(|rule| rule.name == *name) {
        Some(rule) => {
            show(rule, &mut out)?;
            if rule.name == ENVIRONMENTS {
                environments(&rules.environments, &mut out)?;
            }
        }
        None if reasons.is_empty() => {
            let known =
                rules.docs().map(|rule| rule.name.as_str()).chain(reason::entries().map(|(_, entry)| entry.code));
            bail!("there is no rule {name}{}; `klogmod rules` lists them", did_you_mean(name, known))
        }
        None => {}
    }
    let mut last = "";
    for (about, entry) in reasons {
        if about != last {
            writeln!(out, "{}\n{about}", styled(BOLD, entry.code))?;
        }
        writeln!(out, "\n{}.\n{}", entry.sentence, entry.doc.join("\n"))?;
        last = about;
    }
    Ok(Status::Fine)
}

/// The rule that environments are made by.
const ENVIRONMENTS: &str = "scope-environments";

/// What there is to choose from.
fn environments(rules: &Environments, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "\n{}", styled(BOLD, "Environments"))?;
    for profile in &rules.profile {
        writeln!(out, "  {}: {}", profile.name, profile.summary)?;
    }
    writeln!(out, "\n{}", styled(BOLD, "Dimensions"))?;
    for dimension in &rules.dimension {
        let choices: Vec<_> = dimension.choice.iter().map(|choice| choice.name.as_str()).collect();
        writeln!(out, "  {}: {}: {}", dimension.name, dimension.summary, choices.join(", "))?;
    }
    Ok(())
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
