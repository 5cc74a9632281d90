//! The spine: a checkout and rules in, a plan out. A plan is a pure function of the two.

mod again;
mod aim;
mod applied;
mod error;
mod file;
mod follow;
mod gaps;
mod idle;
mod options;
mod packed;
mod recall;
mod scope;
mod seen;
mod settle;
mod site;
mod spine;
mod stage;
mod threads;
mod unseen;
mod whole;

pub use again::{again, environment};
pub use applied::Applied;
pub use error::PlanError;
pub use file::FilePlan;
pub use follow::{FollowOptions, Followed, follow};
pub use options::Options;
pub(crate) use options::pool;
pub use packed::PackedPlan;
pub use scope::{Extent, Scope, ScopeOptions};
pub use seen::{FileSamples, FileSeen, Seen};
pub use site::SitePlan;
pub use spine::{conventions, plan, watched};
pub use stage::{MAX_FILE_SIZE, OLDEST_KLOG};
pub use threads::threads;
pub use whole::Plan;
