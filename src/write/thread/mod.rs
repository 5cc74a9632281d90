//! Threading: where nothing in scope is what a log call needs, functions between the call and the nearest that has it get one more
//! parameter, if every call of them is known.
//!
//! In come log calls without a carrier of a request ID, or without a logger, out come threads with their edits, and what blocks the
//! others. For a request ID no exported function changes; for loggers the whole checkout is looked at (`carry`).

mod carry;
mod concerned;
mod edits;
mod find;
mod func;
mod ground;
mod group;
mod outcome;
mod package;
mod parameter;
mod refs;
mod slot;
mod solve;

pub use carry::carry;
pub use find::threads;
pub use func::Func;
pub use ground::Ground;
pub use group::Wanted;
pub use outcome::{Blocked, Lone, Purpose, Thread, Threaded, Threads, Unreached};
