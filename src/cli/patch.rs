//! `klogmod patch` (awaits the series).

use anyhow::Result;

use super::args::{EditArgs, FixArgs, Status, TreeArgs};

/// Write the changes as patches that git am takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    fixes: FixArgs,
}

/// Runs the command.
pub fn run(_: &Args) -> Result<Status> {
    Ok(Status::Fine)
}
