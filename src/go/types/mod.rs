//! What a name means where it stands, and the static type of an expression.
//!
//! A [`World`] is made once and shared by all threads. Each file asks through its own [`FileTypes`], and asks about
//! types through [`FileTypes::view`]:
//!
//! ```text
//! let world = World::new(root, BuildContext::default(), ResolveOptions::default());
//! let types = world.file(&parsed);                  // one for each file, in the thread that works on it
//! let ty = types.type_of(operand);                  // Type; Type::Unknown(cause) where it is not known
//! types.view().api_object(&ty)                      // Some(Reach::AsIs): klog.KObj(x); ByAddress: klog.KObj(&x)
//! types.view().member(&ty, "Spec")                  // a field or method, promoted or not
//! types.callee(call)                                // what a call calls
//! ```
//!
//! Nothing is worked out before it is asked for. Declarations come from [`crate::go::index`], bodies from
//! [`crate::go::syntax::body`]; neither needs a syntax tree. Whatever is not certain is unknown, with its [`Cause`].

mod absent;
mod body;
mod check;
mod declared;
mod directed;
mod file;
mod implementers;
mod implements;
mod imported;
mod members;
mod names;
mod reach;
mod reader;
mod scope;
mod subst;
mod ty;
mod world;

pub use absent::Absent;
pub use body::BodyTypes;
pub use check::{Callee, Constant, Piece, Referent};
pub use file::{FileTypes, Mention};
pub use implementers::{Implementer, Implementers};
pub use members::{Member, MemberKind, Method};
use names::PackageNames;
pub use reach::Reach;
pub use scope::{Binding, Bound, MAX_NAMES, Scopes, Unwalked, Visitor, is_function, walk};
use subst::{subst, unify};
pub use ty::{Basic, Cause, ChanDir, Field, Interface, Named, Signature, Struct, Type, TypeParam, Untyped};
pub use world::{View, World};
