//! Operand → key: what the text, the type and the tree's own habit call it; and how sure that is.

mod candidates;
mod choose;
mod known;
mod rank;
mod short;
mod sure;
mod traits;

pub use choose::{Evidence, Key, Operand, key};
pub use known::{Known, known};
pub use short::whole_word;
pub use sure::{CallKnown, Candidate, Chance, Named, call_chance};
