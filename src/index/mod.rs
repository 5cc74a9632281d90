//! Who is declared where.

mod imports;

pub use imports::{Import, Imports, default_name};
