//! The constant message that remains of a format string.

mod capital;
mod compose;
mod grammar;
mod prefix;
mod relation;
mod segment;
mod tokens;

pub use compose::{Message, Role, message};
pub use grammar::fault;
pub use prefix::Prefix;
pub use relation::{Related, relate};
pub use tokens::{Context, PERCENT, Side, Token, context, tokens};
