//! The Go package that the rewrites call: its templates, and where it goes.

mod error;
mod facade;
mod form;
mod gomod;
mod homes;
mod importers;
mod options;
mod render;
mod tree;

pub use error::RuntimeError;
pub use form::{CONTEXTUAL_SINCE, CallForm, FILTER_SINCE, SLOG_SINCE};
pub use homes::{Home, Homes};
pub use importers::{Importable, Importers};
pub use options::{Base, License, RuntimeOptions, is_kubernetes};
pub use render::{files, is_own};
pub use tree::tree_files;
