//! Coverage of other commits: their files are read from git into a directory of our own, the worktree stays as it is, and a file
//! is analysed once for as long as it does not change.

mod base;
mod show;
mod snapshot;
mod timeline;

pub use base::Base;
pub use show::{History, Point, SCHEMA, write};
pub use snapshot::{HistoryError, concerns_all};
pub use timeline::timeline;
