//! Parse arguments, run, exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    klogmod::cli::run(klogmod::cli::Cli::parse())
}
