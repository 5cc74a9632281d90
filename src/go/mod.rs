//! Reading Go: the checkout's files, their syntax, modules and declarations, the types of expressions, and who calls whom.
//!
//! In come a directory and bytes, out come files, outlines, trees, types and a call graph; nothing here knows what a log call is.

pub mod absent;
pub mod calls;
pub mod files;
pub mod index;
pub mod module;
pub mod parse;
pub mod syntax;
pub mod types;
