//! Why things are as they are, as values: what a reviewer is told of a fix, and why a call, an ID or a place goes without one.

mod applicability;
mod cause;
mod doubt;
mod doubts;
mod loss;
mod no_id;
mod obstacle;
mod page;
mod refusal;
mod skip;

pub use applicability::Applicability;
pub use cause::Cause;
pub use doubt::Doubt;
pub use doubts::Doubts;
pub use loss::Loss;
pub use no_id::NoId;
pub use obstacle::{Obstacle, ObstacleKind};
pub use page::{entries, page};
pub use refusal::Refusal;
pub use skip::SkipReason;
