//! `klogmod wordings`: words for calls from outside, as data.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::args::{EditArgs, Planned, Status, TreeArgs};
use super::decisions::DecisionArgs;
use super::scope::ScopeArgs;
use super::terminal;
use crate::decide::decision;
use crate::decide::wordings::{import, tasks};
use crate::plan::report::inert_json;
use crate::text::counted;
use crate::text::disk;

/// Have messages and keys worded by somebody else, a person or a program, and take what holds to the rules.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write the calls that wait for a decision as JSON lines, those that klogmod is least sure of first.
    Export(ExportArgs),
    /// Read answers, JSON lines with fingerprint, message and keys, and store those that hold to the rules as edited decisions.
    ///
    /// Exit codes: 0 all are stored; 1 some are refused, each with its line and the reason.
    Import(ImportArgs),
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    #[command(flatten)]
    common: Common,
    /// Write so many calls at most.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The answers; - is standard input.
    #[arg(value_name = "ANSWERS")]
    answers: PathBuf,
    #[command(flatten)]
    common: Common,
    /// Say what would be stored, and store nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Also calls that somebody has decided to take, accepted or edited.
    #[arg(long)]
    decided: bool,
}

impl Common {
    fn plan(&self) -> Result<Planned> {
        self.tree.plan(self.edits.edits(), self.scope.options()?)
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    match &args.command {
        Command::Export(args) => export(args),
        Command::Import(args) => take(args),
    }
}

fn export(args: &ExportArgs) -> Result<Status> {
    let planned = args.common.plan()?;
    let decisions = args.common.decisions.load(&planned.plan.root)?;
    let changes = planned.changes(&decisions);
    let mut found = tasks(&changes.list, &planned.rules, args.common.decided);
    found.truncate(args.limit.unwrap_or(usize::MAX));
    let mut bytes = Vec::new();
    for task in &found {
        inert_json::line(task, &mut bytes)?;
    }
    match &args.output {
        Some(path) => disk::write_output(path, &bytes).with_context(|| format!("cannot write {}", path.display()))?,
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
        }
    }
    Ok(planned.report())
}

fn take(args: &ImportArgs) -> Result<Status> {
    let bytes = match args.answers.as_path() {
        dash if dash == Path::new("-") => disk::read_stdin(disk::DOCUMENT).context("cannot read standard input")?,
        path => disk::read_named(path, disk::DOCUMENT).with_context(|| format!("cannot read {}", path.display()))?,
    };
    let planned = args.common.plan()?;
    let root = &planned.plan.root;
    let before = args.common.decisions.load(root)?;
    let changes = planned.changes(&before);
    let import = import(&bytes, &changes.list, &planned.rules, args.common.decided);
    for line in &import.refused {
        terminal::error(&format!("{}:{}: {} ({})", args.answers.display(), line.number, line.why, line.why.code()));
    }
    let (taken, refused) = (import.taken.len(), import.refused.len());
    if !args.dry_run && taken > 0 {
        let mut after = before.clone();
        after.extend(import.taken);
        decision::update(&args.common.decisions.path(root), &before, &after)?;
    }
    let done = if args.dry_run { "would be stored as edited" } else { "stored as edited" };
    terminal::note(&format!("{} {done}, {refused} refused", counted(taken, "wording")));
    Ok(match planned.report() {
        Status::Fine if refused > 0 => Status::Policy,
        status => status,
    })
}
