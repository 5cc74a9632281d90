//! `klogmod baseline`: what the gate lets pass today.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Subcommand;

use super::args::{Planned, Status, TreeArgs};
use super::check::{baseline, baseline_path};
use super::coverage::{PathArgs, measure};
use super::decisions::DecisionArgs;
use super::judging::looked_at;
use super::terminal;
use crate::measure::gate::{Baseline, Entry};
use crate::plan::report::style::{GREEN, RED, harmless, styled};
use crate::text::counted;
use crate::text::diagnostic::Level;
use crate::write::edit::Edits;

/// Write, shrink, join or compare what the gate lets pass today.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Take everything as it is now.
    Write(TreeBaseline),
    /// Drop what is gone; nothing new is let in.
    Prune(TreeBaseline),
    /// Join two branches' files: everything that either has. Prune afterwards.
    Merge(Merge),
    /// Show what write would change, or the difference between two files; 1 if there is any.
    Diff(Diff),
}

#[derive(Debug, clap::Args)]
struct TreeBaseline {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// The baseline, instead of klogmod.baseline.toml at the checkout's root.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Merge {
    /// Baselines.
    #[arg(value_name = "FILE", required = true, num_args = 2..)]
    files: Vec<PathBuf>,
    /// Where the result goes; standard output if absent.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Diff {
    #[command(flatten)]
    tree: TreeBaseline,
    /// Compare these two files instead.
    #[arg(long, value_name = "FILE", num_args = 2)]
    files: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    match &args.what {
        What::Write(args) => change(args, false),
        What::Prune(args) => change(args, true),
        What::Merge(args) => merge(args),
        What::Diff(args) => diff(args),
    }
}

/// The file's path, what it has, and what it would have after `write`.
fn read(args: &TreeBaseline) -> Result<(Planned, PathBuf, Option<Baseline>, Baseline)> {
    let (planned, report) = measure(&args.tree, &args.decisions, &PathArgs::default(), Edits::parts(), None)?;
    let path = baseline_path(args.baseline.as_deref(), &planned);
    let old = baseline(args.baseline.as_deref(), &planned)?;
    let mut now = Baseline::of(&report);
    let unread: Vec<String> = unread(&planned);
    let looked_at = looked_at(&planned);
    // What was not looked at stays as it was.
    let kept = old.iter().flat_map(|old| &old.entries).filter(|e| !looked_at(&e.path) || unread.contains(&e.path));
    now.entries.extend(kept.cloned());
    drop(looked_at);
    Ok((planned, path, old, now))
}

/// Files that were not analysed.
fn unread(planned: &Planned) -> Vec<String> {
    let unread = planned.plan.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
    unread.map(|diagnostic| diagnostic.path.to_string()).collect()
}

fn change(args: &TreeBaseline, prune: bool) -> Result<Status> {
    let (planned, path, old, mut now) = read(args)?;
    let status = planned.report();
    let old = match (old, prune) {
        (None, true) => bail!("{}: no such file; klogmod baseline write makes it", path.display()),
        (old, _) => old.unwrap_or_default(),
    };
    if prune {
        now = old.pruned(now);
    }
    let (gone, new) = (old.entries.difference(&now.entries).count(), now.entries.difference(&old.entries).count());
    if status == Status::Incomplete {
        terminal::error("nothing is written, because not everything was analysed");
        return Ok(status);
    }
    now.save(&path)?;
    terminal::note(&format!("{}: {}, {new} new, {gone} gone", path.display(), counted(now.entries.len(), "entry")));
    Ok(status)
}

fn required(path: &Path) -> Result<Baseline> {
    match Baseline::load(path)? {
        Some(baseline) => Ok(baseline),
        None => bail!("{}: no such file", path.display()),
    }
}

fn merge(args: &Merge) -> Result<Status> {
    let mut all = Baseline::default();
    for path in &args.files {
        all = all.merge(required(path)?);
    }
    match &args.output {
        Some(path) => all.save(path)?,
        None => std::io::stdout().write_all(all.render().as_bytes())?,
    }
    Ok(Status::Fine)
}

fn diff(args: &Diff) -> Result<Status> {
    let (old, now, status) = match args.files.as_slice() {
        [old, new] => (required(old)?, required(new)?, Status::Fine),
        _ => {
            let (planned, _, old, now) = read(&args.tree)?;
            (old.unwrap_or_default(), now, planned.report())
        }
    };
    let mut out = anstream::stdout();
    let mut show = |style, sign: char, entry: &Entry| {
        let text = format!(
            "{sign} {} {} {} {} ({})",
            entry.section.name(),
            harmless(&entry.path),
            harmless(&entry.function),
            entry.name,
            entry.detail
        );
        writeln!(out, "{}", styled(style, &text.replace('\n', "\\n")))
    };
    let mut differ = false;
    for entry in old.entries.union(&now.entries) {
        match (old.entries.contains(entry), now.entries.contains(entry)) {
            (true, false) => show(RED, '-', entry)?,
            (false, true) => show(GREEN, '+', entry)?,
            _ => continue,
        }
        differ = true;
    }
    Ok(if status == Status::Fine && differ { Status::Policy } else { status })
}
