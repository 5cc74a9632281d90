//! What leaves: patches cut by owner and size, mails and letters, queries for logs, and careful writes to the checkout.
//!
//! In come decided changes, out come files; every write is atomic, and only what klogmod wrote is replaced.

pub mod along;
pub mod cut;
pub mod query;
pub mod series;
pub mod worktree;
