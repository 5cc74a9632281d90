//! klogmod
#![allow(missing_docs)]
pub mod text; pub mod diagnostic;
pub mod syntax; pub mod rule; pub mod walk; pub mod parse; pub mod suppress; pub mod module; pub mod index; pub mod types; pub mod callsite; pub mod format; pub mod keyvalue; pub mod carrier; pub mod rewrite; pub mod pipeline; pub mod report; pub mod worktree; pub mod cli;
