//! `klogmod completions` and `klogmod man`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap_complete::Shell;

use super::args::{Status, create_dir};
use crate::text::did_you_mean;
use crate::text::disk;

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Print the manual page.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Of this subcommand, as in `man baseline write` or `man baseline-write`; of klogmod itself if absent.
    command: Vec<String>,
    /// Write all pages to a directory, each under the name that others refer to it by.
    #[arg(long, short, value_name = "DIR", conflicts_with = "command")]
    output: Option<PathBuf>,
}

/// Runs `completions` for the whole command line.
pub fn completions(args: &CompletionsArgs, mut whole: clap::Command) -> Result<Status> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "klogmod", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Status::Fine)
}

/// Runs `man` for the whole command line, or one subcommand of it.
pub fn man(args: &ManArgs, mut command: clap::Command) -> Result<Status> {
    command.build();
    if let Some(dir) = &args.output {
        create_dir(dir)?;
        for (name, command) in pages("klogmod".to_owned(), &command) {
            let path = dir.join(format!("{name}.1"));
            disk::write_output(&path, &page(command)?).with_context(|| format!("cannot write {}", path.display()))?;
        }
        return Ok(Status::Fine);
    }
    let wanted =
        std::iter::once("klogmod").chain(args.command.iter().map(String::as_str)).collect::<Vec<_>>().join("-");
    let all = pages("klogmod".to_owned(), &command);
    let Some((_, command)) = all.iter().find(|(name, _)| *name == wanted) else {
        let names = all.iter().filter_map(|(name, _)| name.strip_prefix("klogmod-"));
        let wanted = args.command.join("-");
        bail!("there is no command {wanted}{}", did_you_mean(&wanted, names));
    };
    std::io::stdout().write_all(&page(command.clone())?)?;
    Ok(Status::Fine)
}

/// A command's page and those of its subcommands, by the names that pages refer to.
fn pages(name: String, command: &clap::Command) -> Vec<(String, clap::Command)> {
    let mut all = vec![(name.clone(), command.clone().display_name(name.clone()))];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        all.extend(pages(format!("{name}-{}", sub.get_name()), sub));
    }
    all
}

fn page(command: clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}
