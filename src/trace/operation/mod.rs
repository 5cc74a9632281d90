//! Lines as operations: those of one, with what they tell together, and the list of all.

mod callers;
mod collect;
mod list;
mod order;
mod reader;
mod skew;
mod story;

pub use callers::{CallerPart, Callers, callers};
pub use collect::{Collected, Want, collect};
pub use list::{Listed, Operations, list};
pub use order::{Gap, gaps};
pub use reader::Options;
pub use skew::{Request, Skew, request};
pub use story::{ComponentPart, FilePart, ObjectPart, OperationPart, SitePart, Story};
