//! `klogmod scan`: the inventory.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use super::args::{Status, TreeArgs, report_notes};
use super::scope::ScopeArgs;
use crate::path::Selection;
use crate::plan::report;

/// Count every klog call, by directory and by method; scope flags leave out those that no operation reaches.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Output: text for people; json, one document with a schema.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    // Nothing that proposes depends on what is counted, so all is, unless asked otherwise.
    let scope = args.scope.options()?.filter(|scope| scope.selection != Selection::default());
    let planned = args.tree.count(scope)?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match args.format {
        Format::Text => report::text::scan(&planned.plan, &mut out)?,
        Format::Json => report::json::scan(&planned.plan, &planned.rules, &mut out)?,
    }
    out.flush()?;
    report_notes(planned.unseen());
    Ok(planned.report())
}
