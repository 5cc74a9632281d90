//! The constant message that remains of a format string.

mod attempt;
mod builder;
mod capital;
mod clause;
mod compose;
mod grammar;
mod list;
mod prefix;
mod relation;
mod role;
mod segment;
mod tokens;

pub use compose::message;
pub use grammar::{fault, is_quality};
pub use prefix::{Prefix, unprefixed};
pub use relation::{Related, relate};
pub use role::{Message, Role};
pub use tokens::{Context, PERCENT, Side, Token, context, tokens};
