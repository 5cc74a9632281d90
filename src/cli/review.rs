//! `klogmod review`: decide on proposals.

use std::io::IsTerminal;

use anyhow::{Result, bail};

use super::args::{EditArgs, Status, TreeArgs};
use super::decisions::DecisionArgs;
use super::terminal;
use crate::review::{self, Store};

/// Decide on proposals, in the terminal or in a page.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// What to show at first: sig:node rule:message-constant is:needs-review state:pending path:pkg/** some text.
    #[arg(long, value_name = "WORDS", default_value = "")]
    filter: String,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let planned = args.tree.plan(args.edits.edits())?;
    let store = Store::new(args.decisions.path(&planned.plan.root));
    let decisions = store.load()?;
    let changes = planned.changes(&decisions);
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        bail!("the review needs a terminal; `accept`, `reject` and `pending` do without, and --html writes a page");
    }
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    review::run(changes, store, &planned.rules, choice != anstream::ColorChoice::Never, &args.filter)?;
    let decisions = args.decisions.load(&planned.plan.root)?;
    let changes = planned.changes(&decisions);
    terminal::note(&format!("decisions: {}", changes.tally()));
    Ok(planned.report())
}
