//! Typed views of tree-sitter-go's nodes: what a field holds is checked when it is read, never assumed.

#[rustfmt::skip]
mod generated;

pub mod body;
mod decl;
pub mod directive;
pub mod gap;
pub mod head;
pub mod lex;
mod named;
mod node;
pub mod outline;
mod receiver;
pub mod sure;
pub mod word;

pub use generated::*;
pub use named::{named_children, owner, peel};
pub use node::{AstNode, Children, children_by_field, text};
