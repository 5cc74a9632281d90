//! Operand → key: what the text, the type and the tree's own habit call it; and how sure that is.

mod candidates;
mod choose;
mod known;
mod rank;
mod sure;
mod traits;

pub use choose::{Evidence, Key, Operand, key, whole_word};
pub use known::{Known, known};
pub use sure::{CallKnown, Candidate, Chance, Named, call_chance};
