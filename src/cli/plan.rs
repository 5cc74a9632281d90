//! `klogmod plan`: what would change and why.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use super::args::{EditArgs, FixArgs, Status, TreeArgs};
use super::scope::ScopeArgs;
use super::threads::{Mode, ThreadArgs};
use crate::plan::report::{self, threads::ThreadsReport};
use crate::write::edit::Outcome;

/// Show what would change and why.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    /// Output: text for people; json, one document with a schema; proposals, one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 if there is anything to change.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    fixes: FixArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Proposals,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let mut planned = args.tree.plan(args.thread.edits(args.edits.edits()), args.scope.options()?)?;
    let threads = args.thread.run(&mut planned, &|_| true)?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match args.format {
        Format::Text => {
            report::text::plan(&planned.plan, &planned.rules, &mut out)?;
            if let Some(threads) = &threads {
                report::threads::list(threads, &mut out)?;
                report::threads::summary(threads, &mut out)?;
            }
        }
        Format::Json => {
            let applied = args.thread.thread == Mode::Patch;
            let section = threads.as_ref().map(|threads| ThreadsReport::of(threads, applied));
            report::json::plan(&planned.plan, &planned.rules, section, &mut out)?;
        }
        Format::Proposals => report::json::proposals(&planned.plan, &mut out)?,
    }
    out.flush()?;
    let status = planned.report();
    let pending = || planned.plan.sites().any(|s| matches!(&s.outcome, Outcome::Fix(fix) if args.fixes.takes(fix)));
    if args.check && status == Status::Fine && pending() {
        return Ok(Status::Policy);
    }
    Ok(status)
}
