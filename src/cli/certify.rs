//! `klogmod certify`: a change that somebody else made, held to what klogmod holds its own to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::args::{CacheArgs, RequestIdArgs, Status, TreeArgs};
use super::terminal;
use crate::plan::pipeline::Options;
use crate::prove::certify::{self, Change, Format, Verdict};
use crate::rule::{RuleSet, Version};
use crate::text::disk;
use crate::write::edit::Edits;

/// Certify a change to log calls that somebody else made: BASE..HEAD, two directories, or a patch on standard input.
///
/// Of every log call that changed it says whether it keeps what the old one showed and evaluates nothing new; and it names what else
/// the change touches. Exit codes: 0 certified, also with remarks; 1 something is not; 3 something could not be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// BASE..HEAD, two commits; OLD NEW, two directories; or -, a patch to the checkout on standard input.
    #[arg(value_name = "CHANGE", required = true, num_args = 1..=2)]
    what: Vec<String>,
    /// The checkout's root, instead of the nearest directory upwards with a .git, or the topmost with a go.mod.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Configuration file, instead of the klogmod.toml of the tree before the change.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Directory of rules that extend or replace the built-in ones.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Version of klog that both trees are compiled against, instead of the one in go.mod or vendor/modules.txt.
    #[arg(long, value_name = "VERSION")]
    klog_version: Option<Version>,
    #[command(flatten)]
    request_id: RequestIdArgs,
    /// Number of threads; 0: one per processor.
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Write a format to a file, or to standard output where PATH is - or absent; may be given several times. Formats: text, json,
    /// sarif, github, markdown.
    #[arg(long, short, value_name = "FORMAT=PATH")]
    output: Vec<Output>,
}

/// A format, and where it goes; without a path to standard output.
#[derive(Clone, Debug)]
struct Output {
    format: Format,
    path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').unwrap_or((text, "-"));
        let format = Format::from_str(format, false)
            .map_err(|_| format!("`{format}` is none of text, json, sarif, github, markdown"))?;
        if path.is_empty() {
            return Err(format!("{text} names no file; - is standard output"));
        }
        Ok(Self { format, path: (path != "-").then(|| path.into()) })
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (change, options, rules) = args.change()?;
    let certificate = certify::certify(&change, &options, &rules)?;
    let text = Output { format: Format::Text, path: None };
    let outputs = if args.output.is_empty() { std::slice::from_ref(&text) } else { &args.output };
    for output in outputs {
        match &output.path {
            None => {
                let mut out = std::io::BufWriter::new(anstream::stdout());
                certify::write(output.format, &certificate, &mut out)?;
                out.flush()?;
            }
            Some(path) => {
                let mut bytes = Vec::new();
                certify::write(output.format, &certificate, &mut bytes)?;
                let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
                disk::write_output(path, &plain).with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
    }
    certificate.unread.iter().for_each(terminal::diagnostic);
    Ok(match certificate.verdict {
        _ if certificate.is_incomplete() => Status::Incomplete,
        Verdict::Refused => Status::Policy,
        Verdict::Certified | Verdict::Remarks => Status::Fine,
    })
}

impl Args {
    /// The change, and how its trees are read.
    fn change(&self) -> Result<(Change, Options, RuleSet)> {
        match self.what.as_slice() {
            [dash] if dash == "-" => {
                let (options, rules) = self.options(None, None)?;
                let text = disk::read_stdin(disk::DOCUMENT).context("cannot read standard input")?;
                Ok((Change::of_patch(&options.root.dir, &text)?, options, rules))
            }
            [range] => {
                let Some((from, to)) =
                    range.split_once("..").filter(|(from, to)| !from.is_empty() && !to.starts_with('.'))
                else {
                    bail!("`{range}` is neither BASE..HEAD nor -; two directories are given as two arguments");
                };
                let to = if to.is_empty() { "HEAD" } else { to };
                let (options, rules) = self.options(None, Some(from))?;
                Ok((Change::of_commits(&options.root.dir, from, to)?, options, rules))
            }
            [old, new] => {
                let (options, rules) = self.options(Some(Path::new(old)), None)?;
                let change = Change::of_directories(Path::new(old), Path::new(new), &rules.scope)?;
                Ok((change, options, rules))
            }
            _ => bail!("give BASE..HEAD, two directories, or -"),
        }
    }

    /// Settings are those of the tree before the change, so that it is not judged by what it brings along: of the directory `old`, or
    /// of the checkout around, at the commit `before` if one is given.
    fn options(&self, old: Option<&Path>, before: Option<&str>) -> Result<(Options, RuleSet)> {
        let tree = TreeArgs {
            paths: Vec::new(),
            root: self.root.clone().or_else(|| old.map(Path::to_owned)),
            config: self.config.clone(),
            config_from: before.filter(|_| self.config.is_none()).map(str::to_owned),
            rules: self.rules.clone(),
            klog_version: self.klog_version,
            request_id: self.request_id.clone(),
            process_ids: true,
            tests: true,
            threads: self.threads,
            cache: CacheArgs { cache_dir: None, no_cache: true },
        };
        let (options, rules) = tree.options(Edits::structural())?;
        Ok((Options { habits: false, ..options }, rules))
    }
}
