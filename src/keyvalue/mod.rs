//! Operand → key and value.

mod constant;
mod convention;
mod error;
mod identity;
mod key;
mod name;
mod nil;
mod object;
mod operand;
mod place;
mod slots;

pub use constant::inline;
pub use convention::{Conventions, Habit, Prefixes, Sample, Subject, sample, subjects};
pub use error::{error_in_scope, is_error};
pub use identity::{Addition, additions, captured_in_loop, subject_pairs};
pub use key::{Evidence, Key, Operand, key};
pub use name::{camel, is_valid, words};
pub use nil::{is_proven, reads, suspicion};
pub use object::{ObjectValue, join, kind_key, kind_of, object, reference, references};
pub use operand::{Chain, callee_name, chain};
pub use place::Place;
pub use slots::{KeyValue, Slot, slots};
