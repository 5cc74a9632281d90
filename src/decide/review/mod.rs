//! Deciding on proposals: in the terminal, and in a page.

mod diff;
mod html;
mod http;
mod serve;
mod store;
mod terminal;

pub use diff::{Piece, words};
pub use html::{Live, page};
pub use serve::{Again, Server};
pub use store::{Step, Store};
pub use terminal::{Answer, Effect, Key, Model, ReviewError, Session, Subjects, run};
