//! The protocol in which `go vet -vettool` and `go fix -fixtool` talk to an analysis tool: `-V=full`, `-flags`, and one package at a time.
//!
//! In come a package's files as Go's own build graph names them, out go findings in vet's form, or the files with their fixes.

mod archive;
mod asked;
mod package;
mod report;
mod run;
mod unit;

pub use asked::Call;
pub use run::run;
