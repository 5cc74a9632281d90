//! Go modules of the checkout: which klog a file is compiled against.

mod gomod;

pub use gomod::{GoMod, Modules};
