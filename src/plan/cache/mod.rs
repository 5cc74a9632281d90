//! What an earlier run found out, kept for the next: the plan of a tree, and how to tell what of the tree has changed since.
//!
//! A run that finds every file and directory as it was takes the plan as it is. Where files changed but no declaration did,
//! only those files are planned anew. Anything else is planned from scratch. The cache never decides what comes out, only
//! how soon: it may be deleted, cut short or written by several runs at once, and whatever does not fit is no entry.

mod plan;
mod stamp;
mod store;
mod tree;

pub use plan::Cache;
pub use store::{Store, default_dir};
