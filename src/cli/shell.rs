//! `klogmod completions` and `klogmod man`.

use std::io::Write;

use anyhow::Result;
use clap_complete::Shell;

use super::args::Status;

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Print the manual page.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Of this subcommand; of klogmod itself if absent.
    command: Option<String>,
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
    if let Some(name) = &args.command {
        let Some(sub) = command.find_subcommand(name) else { anyhow::bail!("there is no command {name}") };
        command = sub.clone().display_name(format!("klogmod-{name}"));
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    std::io::stdout().write_all(&page)?;
    Ok(Status::Fine)
}
