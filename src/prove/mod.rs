//! The proof: the plan on a scratch copy, through gofmt, the compiler, vet and logcheck. The checkout is not written to.
//!
//! Go sees the changed files through an overlay. A package that fails as it is in the checkout proves nothing and is not
//! blamed. A fix on whose lines a tool complains is taken back; where the lines do not tell, the fixes of the package are
//! bisected. What remains is checked again, until it passes.
//!
//! In come fixes with their calls, out comes what stands and what was taken back, and why; no fix is made or mended here.

mod blame;
pub mod certify;
mod go;
mod overlay;
mod packages;
mod run;
mod subject;

pub use go::{Configuration, Go, GoError};
pub use overlay::Overlay;
pub use packages::{Listed, PackageSet};
pub use run::{Proof, Settings, verify};
pub use subject::{Candidate, Check, Complaint, Demoted, Subject};
