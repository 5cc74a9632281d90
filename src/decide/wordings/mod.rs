//! Words from outside: calls worth wording go out as data, and what comes back is a message and keys, never code.
//!
//! In come a plan's proposals and somebody's answers, out come lines for whoever words them, and decisions "edited"; an answer that
//! would change more than words is refused with its reason.

mod answer;
mod pick;
mod refused;
mod task;

pub use answer::{Answer, Import, Line, import};
pub use pick::{Pick, picked, picks};
pub use refused::Refused;
pub use task::{Proposal, Task, tasks};
