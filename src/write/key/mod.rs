//! Operand → key: what the text, the type and the tree's own habit call it; and how sure that is.

mod around;
mod candidates;
mod choose;
mod known;
mod namer;
mod noun;
mod own;
mod part;
mod rank;
mod short;
mod sure;
mod traits;

pub use choose::key;
pub use known::{Known, known};
pub use namer::{Evidence, Key, Operand};
pub use short::{abbreviates, whole_word};
pub use sure::{CallKnown, Candidate, Chance, Named, call_chance};
