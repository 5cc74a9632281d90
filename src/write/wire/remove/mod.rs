//! Everything taken out again: the calls that wires and rewrites have put into a checkout, and then the package that they name.

mod becomes;
mod code;
mod cut;
mod file;
mod lists;
mod tree;
mod uses;

pub use tree::{Left, Removal, remove};
