//! Format string → verbs, operands, and the constant message that remains.

mod literal;
mod template;
mod verbs;

pub use literal::{constant_string, quote, unquote};
pub use template::{Hole, Part, Template, TemplateError};
pub use verbs::{FormatError, Piece, Verb, parse};
