//! `klogmod runtime`: the Go package that rewritten calls take their request ID from.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::args::{RequestIdArgs, Status, configuration, create_dir};
use super::patch::sender;
use super::terminal;
use crate::go::files::{Overlay, Root, WalkOptions, walk};
use crate::go::module::{Programs, modules};
use crate::plan::report::style::harmless;
use crate::rule::{Config, IdSource, RuleSet};
use crate::ship::along::{Names, home_options};
use crate::ship::cut::{self, RuntimeMail};
use crate::ship::series::{Draft, Series, unified};
use crate::ship::worktree;
use crate::text::FileChange;
use crate::text::disk;
use crate::write::runtime::{Homes, RuntimeOptions, is_kubernetes, tree_files};
use crate::write::wire::{Proposal, View, propose, remove as take_out};

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
    /// Take all of it out of the checkout again: the calls that switch request IDs on and pass them along, the IDs in log calls, and
    /// the package. Structured calls stay structured.
    #[arg(long, conflicts_with_all = ["wire", "header", "annotation"])]
    remove: bool,
    /// Author of the patches.
    #[arg(long, value_name = "NAME <EMAIL>", default_value = "klogmod <klogmod@localhost>")]
    author: String,
}

/// One module's package, and what switches it on.
struct Job {
    dir: String,
    options: RuntimeOptions,
    files: Vec<FileChange>,
    proposal: Proposal,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let root = Root::find(&paths, args.root.as_deref())?;
    let (config, config_dir) = configuration(&root, args.config.as_deref())?;
    let dir = config.rules.as_ref().map(|dir| config_dir.join(dir));
    let rules = args.request_id.rules(dir.as_deref(), &config)?;
    let names = names(args, &config, &rules);
    if args.remove {
        return remove(args, &root, &names, &rules);
    }
    let jobs = jobs(args, &root, &names, &rules)?;
    for job in jobs.iter().filter(|job| job.files.is_empty()) {
        terminal::note(&format!("{} holds the package already", job.options.package_dir));
    }
    if args.wire && jobs.iter().all(|job| job.proposal.files.is_empty()) {
        terminal::note("no place wants another call that switches request IDs on");
    }
    match &args.output {
        _ if jobs.iter().all(|job| job.files.is_empty() && job.proposal.files.is_empty()) => {}
        Some(dir) => write(args, &root, &jobs, dir)?,
        None => print(jobs.iter().flat_map(|job| job.files.iter().chain(&job.proposal.files)))?,
    }
    jobs.iter().for_each(|job| tell(&job.proposal));
    Ok(Status::Fine)
}

fn names(args: &Args, config: &Config, rules: &RuleSet) -> Names {
    let config = &config.request_id;
    Names {
        source: args.request_id.id_source(config),
        key: rules.carriers.key.clone(),
        import: config.import.clone(),
        header: args.header.as_ref().or(config.header.as_ref()).cloned(),
        annotation: args.annotation.as_ref().or(config.annotation.as_ref()).cloned(),
    }
}

fn jobs(args: &Args, root: &Root, names: &Names, rules: &RuleSet) -> Result<Vec<Job>> {
    let homes = Homes::read(&root.dir, names.source, &names.key);
    let logging = (args.wire && !is_kubernetes(&root.dir)).then(|| logging(&root.dir, rules));
    let is_wanted = |path: &str| logging.as_ref().is_none_or(|dirs| dirs.contains(directory(path)));
    let mut jobs = Vec::new();
    for options in wanted(root, &homes, names, rules)? {
        let options = names.name(&options);
        options.validate()?;
        let files = tree_files(&root.dir, &options)?;
        let mut proposal = Proposal::default();
        let home = |path: &str| homes.of(path).map(|home| &home.dir);
        let own = home(&options.package_dir);
        if args.wire {
            let takes = |path: &str, main: bool| (own.is_none() || home(path) == own) && (!main || is_wanted(path));
            let overlay = Overlay::default();
            proposal = propose(&root.dir, &options, rules, View { overlay: &overlay, takes: &takes })?;
        }
        jobs.push(Job { dir: own.cloned().unwrap_or_default(), options, files, proposal });
    }
    Ok(jobs)
}

/// Directories of the programs that have something to switch on: a package of the checkout logs in them, or operations start there.
fn logging(root: &Path, rules: &RuleSet) -> BTreeSet<String> {
    let loggers = rules.log_calls.logger.types.iter().filter_map(|ty| ty.rsplit_once('.')).map(|(package, _)| package);
    let paths = rules.log_calls.import_paths.iter().chain(&rules.carriers.starts).map(String::as_str);
    let marks: Vec<String> = paths.chain(loggers).map(str::to_owned).collect();
    Programs::read(root, &modules(root), &marks, &[]).marked()
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The modules that get a package: that of the path given, or the root's and all others that log.
fn wanted(root: &Root, homes: &Homes<'_>, names: &Names, rules: &RuleSet) -> Result<Vec<RuntimeOptions>> {
    if let Some(import) = names.import.as_ref().filter(|import| homes.holding(import).is_none()) {
        let mut options = RuntimeOptions::detect(&root.dir, names.source, &names.key)?;
        options.place(&root.dir, import)?;
        return Ok(vec![options]);
    }
    let has_root = homes.iter().any(|home| home.dir.is_empty());
    let asked: BTreeSet<&str> = match root.narrow.as_slice() {
        [] => BTreeSet::from([""]),
        narrow => narrow.iter().filter_map(|path| homes.of(path)).map(|home| home.dir.as_str()).collect(),
    };
    let speaking: BTreeSet<&str> = match root.narrow.is_empty() {
        true => walk(&root.dir, &WalkOptions::default(), &rules.scope)
            .files
            .iter()
            .filter(|path| {
                disk::within(&root.dir, path, disk::SOURCE).is_ok_and(|bytes| rules.log_calls.are_in(&bytes))
            })
            .filter_map(|path| homes.of(path))
            .map(|home| home.dir.as_str())
            .collect(),
        false => BTreeSet::new(),
    };
    let mut found = Vec::new();
    for home in homes.iter() {
        match home.options() {
            Ok(_) if asked.contains(&*home.dir) || speaking.contains(&*home.dir) => {
                found.extend(home_options(home, names, homes));
            }
            Err(refusal) if asked.contains(&*home.dir) && !speaking.iter().any(|dir| !dir.is_empty()) => {
                bail!("{refusal}")
            }
            _ => {}
        }
    }
    if found.is_empty() && !has_root {
        found.push(RuntimeOptions::detect(&root.dir, names.source, &names.key)?);
    }
    Ok(found)
}

/// Says what was put where, and what is left to do.
fn tell(proposal: &Proposal) {
    for wired in &proposal.wired {
        let code = wired.code.lines().next().unwrap_or_default();
        terminal::note(&format!("{}:{}: {code} (review: {})", wired.path, wired.line, wired.why));
    }
    for by_hand in cut::by_hand(proposal) {
        terminal::note(&by_hand);
    }
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

/// Takes everything out again, and tells what is left.
fn remove(args: &Args, root: &Root, names: &Names, rules: &RuleSet) -> Result<Status> {
    let places = places(root, names)?;
    if places.is_empty() {
        terminal::note("the checkout has no package of request IDs: nothing is there to be taken out");
        return Ok(Status::Fine);
    }
    let removal = take_out(&root.dir, &places, rules)?;
    let mails = [(cut::calls_out_mail(), &removal.calls), (cut::package_out_mail(&places), &removal.package)];
    match &args.output {
        Some(dir) => write_mails(args, root, &mails, dir)?,
        None => print(removal.calls.iter().chain(&removal.package))?,
    }
    for left in &removal.left {
        terminal::note(&format!("by hand: {}: {} stays: {}", left.place, left.code, left.reason));
    }
    Ok(if removal.left.is_empty() { Status::Fine } else { Status::Incomplete })
}

/// Directories and import paths of the packages that the checkout has, whatever they were made for.
fn places(root: &Root, names: &Names) -> Result<Vec<(String, String)>> {
    let mut found = BTreeSet::new();
    for source in IdSource::ALL {
        let homes = Homes::read(&root.dir, source, &names.key);
        let mut all: Vec<RuntimeOptions> = homes.iter().filter_map(|home| home_options(home, names, &homes)).collect();
        if let Some(import) = names.import.as_ref().filter(|import| homes.holding(import).is_none()) {
            let mut options = RuntimeOptions::detect(&root.dir, source, &names.key)?;
            options.place(&root.dir, import)?;
            all.push(options);
        }
        let places = all.iter().flat_map(RuntimeOptions::places);
        let there = places.filter(|(dir, _)| root.dir.join(dir).join("requestid.go").is_file());
        found.extend(there.map(|(dir, import)| (dir.to_owned(), import.to_owned())));
    }
    Ok(found.into_iter().collect())
}

fn write(args: &Args, root: &Root, jobs: &[Job], dir: &Path) -> Result<()> {
    let packages = jobs.iter().map(|job| (cut::package_mail(&job.options), &job.files));
    let wires = jobs.iter().map(|job| (cut::wire_mail(&job.dir, &job.proposal), &job.proposal.files));
    write_mails(args, root, &packages.chain(wires).collect::<Vec<_>>(), dir)
}

/// Writes the mails that change anything.
fn write_mails(args: &Args, root: &Root, mails: &[(RuntimeMail, &Vec<FileChange>)], dir: &Path) -> Result<()> {
    let head = worktree::head(&root.dir);
    let sender = sender(&args.author, head.map_or(0, |(_, time)| time))?;
    let drafts: Vec<Draft<'_>> = mails
        .iter()
        .filter(|(_, files)| !files.is_empty())
        .map(|(mail, changes)| Draft { subject: &mail.subject, body: &mail.body, changes: changes.to_vec() })
        .collect();
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
