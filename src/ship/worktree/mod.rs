//! The checkout on disk: what git says of it, and writing to it without ever leaving a file in between.

mod git;
mod objects;
mod write;

pub use git::{GitError, State, head, state};
pub use objects::{Blob, Blobs, Commit, Repository};
pub use write::{WriteError, create_file, replace_file, write_file};
