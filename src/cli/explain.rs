//! `klogmod explain FILE:LINE`: everything known about one call.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::args::{CacheArgs, EditArgs, Planned, RequestIdArgs, Status, TreeArgs};
use super::scope::ScopeArgs;
use super::threads::ThreadArgs;
use crate::go::files;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::plan::report;
use crate::text::diagnostic::RelPath;
use crate::text::{LineCol, LineIndex};

/// Tell everything that is known about the call at FILE:LINE.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file and a line of it, as compilers print them.
    #[arg(value_name = "FILE:LINE")]
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
    let (file, line) = place(&args.place)?;
    let tree = TreeArgs {
        paths: vec![file],
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
    let covering: Vec<Covering> = covering(&planned, line);
    let threads = args.thread.told(&mut planned)?;
    let status = planned.report();
    let mut out = anstream::stdout();
    for Covering { path, position } in &covering {
        let file = planned.plan.files.iter().find(|file| file.path == *path);
        let sites = file.into_iter().flat_map(|file| file.sites.iter().map(move |site| (file, site)));
        for (file, site) in sites.filter(|(_, site)| site.site.position == *position) {
            report::text::explain(file, site, &planned.rules, &mut out)?;
        }
    }
    if let Some(threads) = &threads {
        let is_one = |path: &RelPath, line: u32| covering.iter().any(|of| of.path == *path && of.position.line == line);
        report::threads::of_calls(threads, &is_one, &mut out)?;
    }
    if covering.is_empty() && status == Status::Fine {
        match left_alone(&planned) {
            Some(why) => bail!("{}: left alone: {why}", args.place),
            None => bail!("{}: no klog call stands on that line{}", args.place, nearest(&planned, line)),
        }
    }
    Ok(status)
}

/// A call that covers the line, before any thread is put in.
struct Covering {
    path: RelPath,
    position: LineCol,
}

/// The calls that cover a line.
fn covering(planned: &Planned, line: u32) -> Vec<Covering> {
    let of_file = |file: &FilePlan| -> Vec<Covering> {
        let index = LineIndex::new(&file.source);
        let covers =
            |site: &SitePlan| (site.site.position.line..=index.line_col(site.site.span.end).line).contains(&line);
        let covering = file.sites.iter().filter(|site| covers(site));
        covering.map(|site| Covering { path: file.path.clone(), position: site.site.position }).collect()
    };
    planned.plan.files.iter().flat_map(of_file).collect()
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

/// `file:line`, `file:line:col` and `file:line:` as compilers print them.
fn place(text: &str) -> Result<(PathBuf, u32)> {
    let mut parts = text.trim_end_matches(':').rsplitn(3, ':');
    let numbers = (parts.next().map(str::parse::<u32>), parts.next(), parts.next());
    match numbers {
        (Some(Ok(_)), Some(line), Some(file)) if line.parse::<u32>().is_ok() => {
            Ok((file.into(), line.parse().unwrap_or_default()))
        }
        (Some(Ok(line)), Some(middle), rest) => {
            Ok((rest.map_or_else(|| middle.into(), |rest| format!("{rest}:{middle}").into()), line))
        }
        _ => bail!("`{text}` is not FILE:LINE, such as pkg/kubelet/kubelet.go:1234"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_compilers_print_them() {
        for (text, want) in
            [("a/b.go:12", "a/b.go 12"), ("a.go:12:3", "a.go 12"), ("a.go:12:", "a.go 12"), ("c:/a.go:5", "c:/a.go 5")]
        {
            let (file, line) = place(text).unwrap();
            assert_eq!(format!("{} {line}", file.display()), want);
        }
        assert!(place("a.go").is_err() && place("").is_err() && place("a.go:x").is_err());
    }
}
