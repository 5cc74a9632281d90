//! Operand → key: what the text, the type and the tree's own habit call it; and how sure that is.

mod candidates;
mod choose;
mod sure;

pub use candidates::candidates;
pub use choose::{Evidence, Key, Operand, key, whole_word};
pub use sure::{CallKnown, Candidate, Chance, Known, Named, call_chance};
