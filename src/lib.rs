//! klogmod
#![allow(missing_docs)]
pub mod text; pub mod diagnostic;
pub mod syntax; pub mod rule; pub mod parse; pub mod module; pub mod index; pub mod types; pub mod callsite; pub mod format;
pub mod runtime;
