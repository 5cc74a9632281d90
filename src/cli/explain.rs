//! `klogmod explain FILE:LINE[:COL]`: everything known about one call.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::args::{CacheArgs, EditArgs, Planned, RequestIdArgs, Status, TreeArgs};
use super::place::Place;
use super::scope::ScopeArgs;
use super::threads::ThreadArgs;
use crate::go::files;
use crate::plan::pipeline::FilePlan;
use crate::plan::report;
use crate::text::LineCol;
use crate::text::diagnostic::RelPath;

/// Tell everything that is known about the call at FILE:LINE, or about the one at a column of it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file and a line of it, as compilers print them; with a column where several calls share the line.
    #[arg(value_name = "FILE:LINE[:COL]")]
    place: String,
    /// The checkout's root, instead of the nearest directory upwards with a .git, or the topmost with a go.mod.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Configuration file, instead of the nearest klogmod.toml upwards, up to the root.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Directory of rules that extend or replace the built-in ones.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Version of klog to rewrite for, instead of the one in go.mod or vendor/modules.txt.
    #[arg(long, value_name = "VERSION")]
    klog_version: Option<crate::rule::Version>,
    #[command(flatten)]
    request_id: RequestIdArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    thread: ThreadArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let Some(place) = Place::parse(&args.place) else {
        bail!("`{}` is not FILE:LINE, such as pkg/kubelet/kubelet.go:1234", args.place);
    };
    let tree = TreeArgs {
        paths: vec![place.file.clone()],
        root: args.root.clone(),
        config: args.config.clone(),
        config_from: None,
        rules: args.rules.clone(),
        klog_version: args.klog_version,
        request_id: args.request_id.clone(),
        process_ids: false,
        tests: true,
        threads: 1,
        cache: CacheArgs { cache_dir: None, no_cache: true },
    };
    let mut planned = tree.plan(args.thread.edits(args.edits.edits()), ScopeArgs::everything())?;
    // Threads move lines: what is meant is settled before.
    let of_file = |file: &FilePlan| place.meant(file).iter().map(|of| (file.path.clone(), of.site.position)).collect();
    let meant: Vec<(RelPath, LineCol)> = planned.plan.files.iter().flat_map::<Vec<_>, _>(of_file).collect();
    let threads = args.thread.told(&mut planned)?;
    let status = planned.report();
    let mut out = anstream::stdout();
    for (path, position) in &meant {
        let file = planned.plan.files.iter().find(|file| file.path == *path);
        let sites = file.into_iter().flat_map(|file| file.sites.iter().map(move |site| (file, site)));
        for (file, site) in sites.filter(|(_, site)| site.site.position == *position) {
            report::text::explain(file, site, &planned.rules, &mut out)?;
        }
    }
    if let Some(threads) = &threads {
        let is_one = |path: &RelPath, line: u32| meant.iter().any(|(of, at)| of == path && at.line == line);
        report::threads::of_calls(threads, &is_one, &mut out)?;
    }
    if meant.is_empty() && status == Status::Fine {
        match left_alone(&planned) {
            Some(why) => bail!("{}: left alone: {why}", args.place),
            None => bail!("{}: no klog call stands on that line{}", args.place, nearest(&planned, place.line)),
        }
    }
    Ok(status)
}

/// Why nothing of the file was looked at, and how it is where that is because of a directory that it stands in.
fn left_alone(planned: &Planned) -> Option<String> {
    let (file, scope) = (planned.options.root.narrow.first()?, &planned.rules.scope);
    let (dir, name) = file.rsplit_once('/').unwrap_or(("", file));
    if let Some(why) = scope.leaves_file(name) {
        return Some(why.to_owned());
    }
    if let Some(why) = dir.split('/').find_map(|part| scope.leaves(part)) {
        let root = planned.options.root.dir.join(dir);
        return Some(format!("{why}; --root {} looks at it as at a checkout of its own", root.display()));
    }
    let of_files =
        [files::GENERATED, files::EXCLUDED].into_iter().find(|why| planned.plan.left_alone.contains_key(*why));
    of_files.map(str::to_owned)
}

/// `; the nearest stand on lines 12 and 40`: the one before a line and the one after it.
fn nearest(planned: &Planned, line: u32) -> String {
    let lines = || planned.plan.sites().map(|site| site.site.position.line);
    let before = lines().filter(|at| *at < line).max();
    let after = lines().filter(|at| *at > line).min();
    match (before, after) {
        (Some(before), Some(after)) => format!("; the nearest stand on lines {before} and {after}"),
        (Some(one), None) | (None, Some(one)) => format!("; the nearest stands on line {one}"),
        (None, None) => String::new(),
    }
}
