//! Operand → value: objects as `klog.KObj`, what may be nil, which values of a call belong together.

mod constant;
mod identity;
mod nil;
mod object;
mod pair;
mod receiver;
mod related;
mod shown;
mod slots;
mod stays;
mod told;
mod verb;

pub use constant::inline;
pub use identity::{Addition, additions, captured_in_loop, subject_pairs};
pub use nil::{bears_reference, is_not_nil, is_proven, is_there, may_be_nil, reads};
pub use object::{ObjectValue, join, kind_key, kind_of, object, owner, reference, references};
pub use pair::KeyValue;
pub use receiver::{There, receiver};
pub use related::name_related;
pub use slots::{Slot, is_kubernetes, slots};
pub use stays::stays;
pub use told::read_by;
