//! The checkout on disk: what git says of it.

mod fetch;
mod git;
mod kept;
mod objects;
mod tracked;

pub use fetch::fetch;
pub use git::{GitError, State, head, main_branch, remote_commit, state};
pub use kept::unkept;
pub use objects::{Blob, Blobs, Commit, Repository};
pub use tracked::Tracked;
