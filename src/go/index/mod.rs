//! Who is declared where.

mod imports;
mod package;
mod seen;
mod store;
mod stubs;
mod table;

pub use imports::{Import, Imports, default_name, path_of};
pub use package::{DeclId, Package, PackageFile};
pub use seen::{Held, OutlineSeen};
pub use store::{ContextId, Index, IndexStats};
pub use table::Table;
