//! `klogmod review`: decide on proposals.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::{EditArgs, Status, TreeArgs};
use super::decisions::DecisionArgs;
use super::scope::ScopeArgs;
use super::terminal;
use crate::decide::review::{self, Server, Session, Store, Subjects};
use crate::decide::settle::Settled;
use crate::go::files::lend;
use crate::text::counted;
use crate::text::disk;

/// Decide on proposals, in the terminal or in a page.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// What to show at first: sig:node rule:message-constant is:needs-review state:pending path:pkg/** some text.
    #[arg(long, value_name = "WORDS", default_value = "")]
    filter: String,
    /// Write the review as one page that needs no network, instead.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Decide on proposals in a page that writes to the decisions file; it is served to this machine alone.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Port on 127.0.0.1; 0: any that is free.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

/// Runs `serve`.
pub fn serve(args: &ServeArgs) -> Result<Status> {
    let mut planned = args.tree.plan(args.edits.edits(), args.scope.options()?)?;
    planned.report();
    let server = Server::bind(args.port).with_context(|| format!("port {} on 127.0.0.1 cannot be used", args.port))?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", server.url())?;
    out.flush()?;
    terminal::note("open this address in a browser on this machine; Ctrl-C ends, every decision is saved");
    let mut again = None;
    loop {
        let store = Store::new(args.decisions.path(&planned.plan.root));
        let changes = planned.changes(&store.load()?);
        let of = Subjects { plan: &planned.plan, rules: &planned.rules };
        again = Some(server.run(of, changes, store, again)?);
        planned = args.tree.plan(args.edits.edits(), args.scope.options()?)?;
    }
}

/// Whether a page may go where somebody wants it: nothing stands there, or a page of an earlier run, or what is no file.
fn replaceable(path: &Path) -> Result<()> {
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    let head = lend(path, 1 << 12, |head| memchr::memmem::find(head, GENERATOR.as_bytes()).is_some());
    if !head.with_context(|| format!("cannot read {}", path.display()))? {
        bail!("{} is no page that klogmod wrote; give another name, or remove it", path.display());
    }
    Ok(())
}

/// What tells a page of ours, in its head.
const GENERATOR: &str = "<meta name=\"generator\" content=\"klogmod review\">";

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    let (mut filter, mut from) = (args.filter.clone(), None);
    loop {
        let planned = args.tree.plan(args.edits.edits(), args.scope.options()?)?;
        let store = Store::new(args.decisions.path(&planned.plan.root));
        let decisions = store.load()?;
        let changes = planned.changes(&decisions);
        if let Some(path) = &args.html {
            let page = review::page(&planned.plan, &changes, &decisions, &planned.rules, None);
            replaceable(path)?;
            disk::write_output(path, page.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
            terminal::note(&format!("{} written to {}", counted(changes.list.len(), "proposal"), path.display()));
            return Ok(planned.report());
        }
        if !terminal {
            bail!("the review needs a terminal; `accept`, `reject` and `pending` do without, and --html writes a page");
        }
        let session = Session { store, colour: choice != anstream::ColorChoice::Never, filter, from };
        let of = Subjects { plan: &planned.plan, rules: &planned.rules };
        let Some(answer) = review::run(changes, of, session)? else {
            let decisions = args.decisions.load(&planned.plan.root)?;
            let changes = planned.changes(&decisions);
            terminal::note(&format!("decisions: {}", changes.tally()));
            return Ok(planned.report());
        };
        let settled = Settled::keep(answer.about, answer.key, &planned.plan, &planned.rules.keys.reserved)?;
        (filter, from) = (answer.filter, Some((answer.at, settled)));
    }
}
