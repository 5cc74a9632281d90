//! `klogmod conventions`: what a tree's structured calls have in common.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::args::{Status, TreeArgs};
use crate::klog::convention::Habit;
use crate::plan::pipeline;
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, DIM, harmless, styled};
use crate::rule::Subject;
use crate::write::edit::Edits;

/// Print the habits of a tree's structured calls, which go before the built-in rules.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    /// Output: text for people; json, one object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Serialize)]
struct Line<'c> {
    subject: &'c Subject,
    #[serde(flatten)]
    habit: Habit,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (options, rules) = args.tree.options(Edits::structural())?;
    let conventions = pipeline::conventions(&options, &rules)?;
    let inside =
        |part: &str| options.root.narrow.is_empty() || options.root.narrow.iter().any(|n| part.starts_with(&**n));
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let mut part = None;
    for (subject, habit) in conventions.habits().filter(|(_, habit)| inside(&habit.part)) {
        if args.format == Format::Json {
            inert_json::line(&Line { subject, habit }, &mut out)?;
            continue;
        }
        if part.as_ref() != Some(&habit.part) {
            let name = if habit.part.is_empty() { "the whole tree" } else { &habit.part };
            writeln!(out, "{}", styled(BOLD, &harmless(name)))?;
            part = Some(habit.part.clone());
        }
        let evidence = styled(DIM, &format!("{} of {}", habit.seen, habit.of));
        writeln!(out, "  {:<24} {evidence:<20} {}", harmless(&habit.key), harmless(&subject.to_string()))?;
    }
    out.flush()?;
    Ok(Status::Fine)
}
