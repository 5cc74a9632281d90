//! `klogmod lsp`: the language server. It speaks to an editor and decides nothing: findings, fixes and reasons are the engine's.
//!
//! In come messages of the protocol, out go diagnostics, edits and what is known about a call; the only file that it writes is that of
//! decisions.

mod actions;
mod asked;
mod client;
mod decide;
mod documents;
mod edits;
mod findings;
mod frames;
mod hover;
mod position;
mod seen;
mod serve;
mod session;
mod uri;

pub use serve::{Args, run};
