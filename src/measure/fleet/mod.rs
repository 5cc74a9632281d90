//! Many repositories: which there are, what each one's newest report said, run by run, and one page about all.

mod entry;
mod page;
mod queue;

pub use entry::{Entry, History, Outcome};
pub use page::{html, text};
pub use queue::{Listed, QueueError, queue};
