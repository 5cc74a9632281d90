//! `klogmod plan`: what would change and why.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::scope::ScopeArgs;
use super::terminal;
use super::threads::{Mode, ThreadArgs};
use crate::plan::report::{self, threads::ThreadsReport};
use crate::text::disk;
use crate::write::edit::Outcome;
use crate::write::thread::Threads;

/// Calls of a checkout that are shown without being asked for.
const FEW: usize = 3;

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
    /// Output: text for people; json, one document with a schema; proposals, one JSON object a line; renames, for searches in logs: each
    /// call's old text as a regular expression, its new message and its keys, as CSV, or as JSON with renames-json.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List every call. Without it a whole checkout is summed up, and the calls below paths in it are listed.
    #[arg(long, short, conflicts_with_all = ["quiet", "stat"])]
    verbose: bool,
    /// Count by directory instead.
    #[arg(long, conflicts_with = "quiet")]
    stat: bool,
    /// Print what was not analysed, and nothing else; the exit status tells the rest.
    #[arg(long, short)]
    quiet: bool,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// With - for a path: the path that what comes from standard input stands for, whether it is there or not.
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
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
    Renames,
    RenamesJson,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let mut planned = args.plan()?;
    let threads = args.thread.told(&mut planned)?;
    if !args.quiet {
        match &args.output {
            None => {
                let mut out = std::io::BufWriter::new(anstream::stdout());
                args.write(&planned, threads.as_ref(), &mut out)?;
                out.flush()?;
            }
            Some(path) => {
                let mut bytes = Vec::new();
                args.write(&planned, threads.as_ref(), &mut bytes)?;
                let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
                disk::write_output(path, &plain).with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
    }
    if args.format == Format::Text && !args.quiet {
        let changed = planned.plan.files.iter().filter(|file| file.sites.iter().any(|site| site.fix().is_some()));
        terminal::copies(&planned.plan, changed.map(|file| &file.path));
    }
    if args.is_brief(&planned) && !args.quiet && !planned.plan.is_empty() {
        terminal::note(report::brief::HINT);
    }
    let status = planned.report();
    let pending = || planned.plan.sites().any(|s| matches!(&s.outcome, Outcome::Fix(fix) if args.fixes.takes(fix)));
    if args.check && status == Status::Fine && pending() {
        return Ok(Status::Policy);
    }
    Ok(status)
}

impl Args {
    fn plan(&self) -> Result<Planned> {
        let edits = self.thread.edits(self.edits.edits());
        let dash = self.tree.paths.iter().any(|path| path.as_os_str() == "-");
        match (&self.stdin_path, dash) {
            (None, false) => self.tree.plan(edits, self.scope.options()?),
            (Some(path), true) if self.tree.paths.len() == 1 => {
                let text = disk::read_stdin(disk::SOURCE).context("cannot read standard input")?;
                self.tree.plan_text(edits, self.scope.options()?, path, text)
            }
            (None, true) => {
                bail!("- is standard input: say with --stdin-path PATH which file of the checkout it stands for")
            }
            (Some(_), _) => bail!("--stdin-path goes with - as the only path"),
        }
    }

    /// Whether a whole checkout is summed up: few calls are shown as soon as they are counted.
    fn is_brief(&self, planned: &Planned) -> bool {
        let is_text = self.format == Format::Text && !self.stat;
        let is_whole = planned.options.root.narrow.is_empty();
        let is_short = (1..=FEW).contains(&planned.plan.sites().take(FEW + 1).count());
        is_text && !self.verbose && is_whole && !is_short
    }

    fn write(&self, planned: &Planned, threads: Option<&Threads>, out: &mut dyn Write) -> Result<()> {
        match self.format {
            Format::Text if self.stat => report::brief::stat(&planned.plan, out)?,
            Format::Text => {
                match self.is_brief(planned) {
                    true => report::brief::plan(&planned.plan, out)?,
                    false => report::text::plan(&planned.plan, &planned.rules, out)?,
                }
                if let Some(threads) = threads {
                    report::threads::list(threads, out)?;
                    report::threads::summary(threads, out)?;
                }
            }
            Format::Json => {
                let applied = self.thread.thread == Mode::Patch;
                let section = threads.map(|threads| ThreadsReport::of(threads, applied));
                report::json::plan(&planned.plan, &planned.rules, section, out)?;
            }
            Format::Proposals => report::json::proposals(&planned.plan, out)?,
            Format::Renames => report::renames::csv(&planned.plan, &planned.rules, out)?,
            Format::RenamesJson => report::renames::json(&planned.plan, &planned.rules, out)?,
        }
        Ok(())
    }
}
