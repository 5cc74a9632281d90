//! Format string → verbs and operands.

mod keyed;
mod literal;
mod note;
mod template;
mod verbs;

pub use literal::{constant_string, quote, unquote};
pub use note::Note;
pub use template::{Hole, Part, Reader, Template, TemplateError};
pub use verbs::{FormatError, Piece, Verb, parse};
