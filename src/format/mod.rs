//! Format string → verbs, operands, and the constant message that remains.

mod literal;
mod message;
mod segment;
mod template;
mod tokens;
mod verbs;

pub use literal::{constant_string, quote, unquote};
pub use message::{Message, Role, message};
pub use template::{Hole, Part, Reader, Template, TemplateError};
pub use tokens::{Context, Side, Token, context, tokens};
pub use verbs::{FormatError, Piece, Verb, parse};
