//! What a name means where it stands, and the static type of an expression.
//!
//! A [`World`] is shared by all threads; each file asks through its own [`FileTypes`], and asks about types through
//! [`FileTypes::view`].

mod body;
mod check;
mod file;
mod members;
mod reader;
mod scope;
mod subst;
mod ty;
mod world;

pub use body::BodyTypes;
pub use check::{Callee, Constant, Referent};
pub use file::FileTypes;
pub use members::{Member, MemberKind, Method, Reach};
pub use scope::{Binding, Bound, MAX_DEPTH, Scopes, TooDeep, Visitor, is_function, walk};
use subst::{subst, unify};
pub use ty::{Basic, Cause, ChanDir, Field, Interface, Named, Signature, Struct, Type, TypeParam, Untyped};
pub use world::{View, World};
