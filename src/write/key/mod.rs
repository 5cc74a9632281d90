//! Operand → key: what the text, the type and the tree's own habit call it.

mod choose;

pub use choose::{Evidence, Key, Operand, key, whole_word};
