//! The constant message that remains of a format string.

mod compose;
mod segment;
mod tokens;

pub use compose::{Message, Role, message};
pub use tokens::{Context, PERCENT, Side, Token, context, tokens};
