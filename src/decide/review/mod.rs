//! Deciding on proposals: in the terminal, and in a page.

mod diff;
mod html;
mod http;
mod serve;
mod store;
mod terminal;

pub use diff::{Piece, words};
pub use html::page;
pub use serve::Server;
pub use store::{Step, Store};
pub use terminal::{Effect, Key, Model, ReviewError, run};
