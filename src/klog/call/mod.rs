//! Log calls: found however they are spelled, and taken apart once. What a call's arguments are is read from [`LogCall`] and, for
//! text of its own, from [`Snippet`]; nothing else looks at an argument list by its positions.

mod find;
mod level;
mod listing;
mod log_call;
mod logger;
mod parts;
mod site;
mod snippet;

pub use find::Recognizer;
pub use level::Level;
pub use listing::{Listing, Unlisted};
pub use log_call::{KlogPackage, LogCall, Receiver};
pub use logger::{Logger, Make, context_of, derived_has_key, existing};
pub use parts::{Pair, Parts};
pub use site::{CallSite, Class, declaration_name, declared_name};
pub use snippet::{Snippet, Spoken};
