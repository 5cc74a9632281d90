//! What a name means where it stands, and the static type of an expression.

mod local;
mod scope;
mod ty;

pub use local::LocalTypes;
pub use scope::{Binding, Bound, MAX_DEPTH, Scopes, TooDeep, Visitor, is_function, walk};
pub use ty::Type;
