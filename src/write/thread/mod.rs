//! Threading: where nothing in scope carries a request ID, unexported functions between the log call and the nearest
//! carrier get one more parameter, if every call of them is known.
//!
//! In come log calls without a carrier, out come threads with their edits, and what blocks the others; no exported function changes.

mod edits;
mod find;
mod func;
mod ground;
mod group;
mod outcome;
mod package;
mod parameter;
mod refs;
mod solve;

pub use find::threads;
pub use func::Func;
pub use ground::Ground;
pub use group::Wanted;
pub use outcome::{Blocked, Lone, Thread, Threaded, Threads, Unreached};
