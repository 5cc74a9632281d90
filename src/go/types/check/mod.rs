//! The type of an expression, from the definitions of the names in it.
//!
//! In come a body and what its file sees, out come types, constants and what calls call; nothing is worked out before it is asked for.

mod call;
mod checker;
mod constant;
mod expr;
mod joined;
mod local;
mod meaning;
mod place;
mod referent;

pub use call::Callee;
pub(super) use checker::{Checker, Memo};
pub use constant::Constant;
pub(super) use constant::constant_of;
pub use joined::Piece;
pub use referent::Referent;
