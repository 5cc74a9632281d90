//! `klogmod runtime`: the Go package that rewritten calls take their request ID from.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::args::{RequestIdArgs, Status, configuration, create_dir};
use super::patch::sender;
use super::terminal;
use crate::go::files::Root;
use crate::plan::report::style::harmless;
use crate::rule::Config;
use crate::ship::series::{Draft, Series, unified};
use crate::ship::worktree;
use crate::text::FileChange;
use crate::write::edit::Applicability;
use crate::write::runtime::{RuntimeOptions, tree_files};
use crate::write::wire::{Proposal, Wired, propose};

/// Write the Go package that rewritten calls take their request ID from; without -o, print it as a diff.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The checkout; `.` if absent.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// The checkout's root, instead of the nearest directory upwards with a .git, or the topmost with a go.mod.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Directory for the patches; made if absent, emptied of an earlier run's patches.
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Configuration file, instead of the nearest klogmod.toml upwards, up to the root.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    request_id: RequestIdArgs,
    /// HTTP header that carries the ID.
    #[arg(long, value_name = "NAME")]
    header: Option<String>,
    /// Annotation that carries the ID.
    #[arg(long, value_name = "NAME")]
    annotation: Option<String>,
    /// Also propose the calls that switch request IDs on, as a patch of their own for review; tell what is left to do by hand.
    #[arg(long)]
    wire: bool,
    /// Author of the patches.
    #[arg(long, value_name = "NAME <EMAIL>", default_value = "klogmod <klogmod@localhost>")]
    author: String,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let root = Root::find(&paths, args.root.as_deref())?;
    let (config, config_dir) = configuration(&root, args.config.as_deref())?;
    let dir = config.rules.as_ref().map(|dir| config_dir.join(dir));
    let rules = args.request_id.rules(dir.as_deref(), &config)?;
    let options = options(args, &root, &config, &rules.carriers.key)?;
    let files = tree_files(&root.dir, &options)?;
    let proposal = match args.wire {
        true => propose(&root.dir, &options, &rules)?,
        false => Proposal::default(),
    };
    if files.is_empty() {
        terminal::note(&format!("{} holds the package already", options.package_dir));
    }
    if args.wire && proposal.files.is_empty() {
        terminal::note("no place wants another call that switches request IDs on");
    }
    match &args.output {
        _ if files.is_empty() && proposal.files.is_empty() => {}
        Some(dir) => write(args, &root, &options, &files, &proposal, dir)?,
        None => print(files.iter().chain(&proposal.files))?,
    }
    tell(&proposal);
    Ok(Status::Fine)
}

fn options(args: &Args, root: &Root, config: &Config, key: &str) -> Result<RuntimeOptions> {
    let config = &config.request_id;
    let mut options = RuntimeOptions::detect(&root.dir, args.request_id.id_source(config), key)?;
    if let Some(import) = &config.import {
        options.place(&root.dir, import)?;
    }
    if let Some(header) = args.header.as_ref().or(config.header.as_ref()) {
        options.header.clone_from(header);
    }
    if let Some(annotation) = args.annotation.as_ref().or(config.annotation.as_ref()) {
        options.annotation.clone_from(annotation);
    }
    options.validate()?;
    Ok(options)
}

/// Says what was put where, and what is left to do.
fn tell(proposal: &Proposal) {
    for wired in &proposal.wired {
        let code = wired.code.lines().next().unwrap_or_default();
        terminal::note(&format!("{}:{}: {code} (review: {})", wired.path, wired.line, wired.why));
    }
    for by_hand in by_hand(proposal) {
        terminal::note(&by_hand);
    }
}

fn by_hand(proposal: &Proposal) -> impl Iterator<Item = String> {
    let calls = proposal.by_hand.iter().map(|call| {
        format!("by hand: {}: {}. {} Not done: {}", call.place, call.code.replace('\n', " "), call.why, call.reason)
    });
    let bazel = (!proposal.bazel.is_empty()).then(|| {
        format!("by hand: hack/update-bazel.sh, which adds the package to deps in {}", proposal.bazel.join(", "))
    });
    calls.chain(bazel)
}

fn print<'f>(changes: impl Iterator<Item = &'f FileChange>) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let to_terminal = std::io::stdout().is_terminal();
    for change in changes {
        let diff = unified(change)?;
        match to_terminal {
            true => out.write_all(harmless(&String::from_utf8_lossy(&diff)).as_bytes())?,
            false => out.write_all(&diff)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn write(
    args: &Args,
    root: &Root,
    options: &RuntimeOptions,
    files: &[FileChange],
    proposal: &Proposal,
    dir: &Path,
) -> Result<()> {
    let head = worktree::head(&root.dir);
    let sender = sender(&args.author, head.map_or(0, |(_, time)| time))?;
    let subject = format!("Add {}: request IDs for log lines", options.package_dir);
    let base = options
        .base
        .as_ref()
        .map(|base| format!("Its base is {}:\ncode that must not import the package imports that.\n\n", base.dir));
    let body = format!(
        "Calls take the value of the pair \"{}\" from this package. It is off by default: the pair\n\
         vanishes and every line is what it is without it.\n\n{}\
         Made by klogmod {}; the package's own documentation says how to switch it on.\n",
        options.key,
        base.unwrap_or_default(),
        env!("CARGO_PKG_VERSION")
    );
    let wire_body = wire_body(proposal);
    let package = Draft { subject: &subject, body: &body, changes: files.to_vec() };
    let wire = Draft {
        subject: "Let request IDs be switched on and passed along",
        body: &wire_body,
        changes: proposal.files.clone(),
    };
    let drafts: Vec<_> = [package, wire].into_iter().filter(|draft| !draft.changes.is_empty()).collect();
    let series = Series::new(&sender, None, &drafts)?;
    create_dir(dir)?;
    let written = series.write(dir)?;
    if written.is_empty() {
        bail!("nothing was written to {}", dir.display());
    }
    for path in written {
        terminal::note(&format!("written to {}", path.display()));
    }
    Ok(())
}

/// The reasons of all changes, for those who review them.
fn wire_body(proposal: &Proposal) -> String {
    let mut body = format!(
        "Nothing changes unless a component is started with --log-request-id. Each place {}:\n\n",
        match Wired::APPLICABILITY {
            Applicability::Safe => "is safe",
            Applicability::NeedsReview => "needs review",
            Applicability::DisplayOnly => "is shown only",
        }
    );
    for wired in &proposal.wired {
        body.push_str(&format!("* {}:{} ({})\n  {}\n", wired.path, wired.line, wired.wire, wired.why));
    }
    for by_hand in by_hand(proposal) {
        body.push_str(&format!("* {by_hand}\n"));
    }
    body.push_str(&format!("\nMade by klogmod {}.\n", env!("CARGO_PKG_VERSION")));
    body
}
