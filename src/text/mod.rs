//! Byte spans, line and column numbers, edits and changed files as values, digests and diagnostics.
//!
//! In come bytes, out come positions and changed bytes; neither Go nor klog is known here.

mod change;
mod count;
pub mod diagnostic;
pub mod digest;
pub mod disk;
mod edit;
mod line_index;
mod moved;
mod near;
pub mod reason;
mod span;

pub use change::FileChange;
pub use count::counted;
pub use edit::{Edit, EditError, apply_edits};
pub use line_index::{LineCol, LineIndex};
pub use moved::Moved;
pub use near::{did_you_mean, near};
pub use span::Span;
