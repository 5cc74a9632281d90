//! Parse arguments, run, exit code.

use std::process::ExitCode;

use clap::Parser;

/// Trees are many small nodes, in tree-sitter's memory as in ours: an allocator of its own takes a sixth off a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    klogmod::cli::run(klogmod::cli::Cli::parse())
}
