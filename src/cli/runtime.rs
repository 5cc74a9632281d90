//! `klogmod runtime`: the Go package that rewritten calls take their request ID from.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::args::{RequestIdArgs, Status, configuration, create_dir};
use super::patch::sender;
use super::terminal;
use crate::report::style::harmless;
use crate::runtime::{RuntimeFile, RuntimeOptions, tree_files};
use crate::series::{Draft, FileChange, Series, unified};
use crate::walk::Root;
use crate::worktree;

/// Write the Go package that rewritten calls take their request ID from; without -o, print it as a diff.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The checkout; `.` if absent.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// The checkout's root, instead of the nearest directory upwards with a .git, or the topmost with a go.mod.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Directory for the patch; made if absent, emptied of an earlier run's patches.
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
    /// Author of the patch.
    #[arg(long, value_name = "NAME <EMAIL>", default_value = "klogmod <klogmod@localhost>")]
    author: String,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let root = Root::find(&paths, args.root.as_deref())?;
    let (config, _) = configuration(&root, args.config.as_deref())?;
    let config = &config.request_id;
    let mut options = RuntimeOptions::detect(&root.dir, args.request_id.id_source(config)?)?;
    if let Some(import) = &config.import {
        options.place(&root.dir, import)?;
    }
    if let Some(key) = args.request_id.key(config) {
        options.key = key;
    }
    if let Some(header) = args.header.as_ref().or(config.header.as_ref()) {
        options.header.clone_from(header);
    }
    if let Some(annotation) = args.annotation.as_ref().or(config.annotation.as_ref()) {
        options.annotation.clone_from(annotation);
    }
    options.validate()?;
    let files = tree_files(&root.dir, &options)?;
    if files.is_empty() {
        terminal::note(&format!("{} holds the package already", options.package_dir));
        return Ok(Status::Fine);
    }
    match &args.output {
        Some(dir) => write(args, &root, &options, &files, dir)?,
        None => print(&files)?,
    }
    Ok(Status::Fine)
}

fn change(file: &RuntimeFile) -> FileChange<'_> {
    FileChange { path: &file.path, old: file.before.as_deref(), new: &file.contents }
}

fn print(files: &[RuntimeFile]) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let to_terminal = std::io::stdout().is_terminal();
    for file in files {
        let diff = unified(&change(file))?;
        match to_terminal {
            true => out.write_all(harmless(&String::from_utf8_lossy(&diff)).as_bytes())?,
            false => out.write_all(&diff)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn write(args: &Args, root: &Root, options: &RuntimeOptions, files: &[RuntimeFile], dir: &Path) -> Result<()> {
    let head = worktree::head(&root.dir);
    let sender = sender(&args.author, head.map_or(0, |(_, time)| time))?;
    let subject = format!("Add {}: request IDs for log lines", options.package_dir);
    let body = format!(
        "Calls take the value of the pair \"{}\" from this package. It is off by default: the pair\n\
         vanishes and every line is what it is without it.\n\n\
         Made by klogmod {}; the package's own documentation says how to switch it on.\n",
        options.key,
        env!("CARGO_PKG_VERSION")
    );
    let draft = Draft { subject: &subject, body: &body, changes: files.iter().map(change).collect() };
    let series = Series::new(&sender, None, &[draft])?;
    create_dir(dir)?;
    let written = series.write(dir)?;
    match written.first() {
        Some(path) => terminal::note(&format!("written to {}", path.display())),
        None => bail!("nothing was written to {}", dir.display()),
    }
    Ok(())
}
