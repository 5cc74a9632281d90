//! What a call becomes, and the Go code that the rewrites need: edits, parameters, wires, the runtime package.
//!
//! In come log calls in their place, out come fixes and skips with their reasons; no file is written here.

pub mod carrier;
pub mod edit;
pub mod key;
pub mod message;
pub mod reason;
pub mod runtime;
pub mod thread;
pub mod value;
pub mod wire;
