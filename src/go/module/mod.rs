//! Go modules of the checkout: import path ↔ directory, build constraints, and which klog a file is compiled against.

mod build;
mod copies;
mod gomod;
mod programs;
mod resolve;

pub use build::{BuildContext, Constraint};
pub use copies::{VendoredCopy, copies, copies_among, copies_at_root, stale};
pub use gomod::{GoMod, Modules};
pub use programs::{Programs, imports, modules};
pub use resolve::{Origin, PackageName, ResolveOptions, Resolver};
