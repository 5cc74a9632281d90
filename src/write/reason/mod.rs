//! Why things are as they are, as values: what a reviewer is told of a fix.

mod applicability;
mod doubt;
mod doubts;

pub use applicability::Applicability;
pub use doubt::Doubt;
pub use doubts::Doubts;
