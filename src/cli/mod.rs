//! The command line: one file per subcommand; the only place that prints.
//!
//! In come arguments, out come text, files and an exit status; nothing is decided here that another room could decide.

mod along;
mod apply;
mod args;
mod baseline;
mod certify;
mod check;
mod command;
mod conventions;
mod coverage;
mod decide;
mod decisions;
mod explain;
mod fleet;
mod guard;
mod init;
mod judging;
mod lsp;
mod newer;
mod outputs;
mod patch;
mod paths;
mod place;
mod plan;
mod queries;
mod review;
mod rules;
mod runtime;
mod scan;
mod scope;
mod settle;
mod shell;
mod sites;
mod terminal;
mod threads;
mod trace;
mod verify;
mod vet;
mod wordings;

pub use args::{Fatal, Status};
pub use command::{Cli, enter, run};
