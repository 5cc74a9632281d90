//! Deciding on proposals: in the terminal, and in a page.

mod diff;
mod store;
mod terminal;

pub use diff::{Piece, words};
pub use store::Store;
pub use terminal::{Model, Key, run};
