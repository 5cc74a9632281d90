//! Types whose methods log and that hold a logger in a field, set wherever one of their values is made.
//!
//! In come methods that cannot have a logger as a parameter, out come types that can have the field, as functions that "are called" by each
//! literal, the log calls that read the field, and why other types cannot have it.

mod candidates;
mod find;
mod habit;
mod makers;
mod mention;
mod read;
mod slots;
mod unset;

pub use candidates::Types;
pub use find::{Held, find};
pub use habit::holds;
