//! Parts that add up: every klog call of a checkout is in exactly one, in all of it and in each piece of it.

mod finding;
mod measure;
mod merge;
mod of_file;
mod of_plan;
mod record;
mod report;
mod shard;
mod table;
mod tally;
mod unread;
pub mod volume;

pub use finding::{Finding, Replacement, Severity, replacements};
pub use measure::{Measure, Rate};
pub use merge::{MergeError, merge};
pub use of_file::{NO_REQUEST_ID, UNSTRUCTURED, unwritten, violations};
pub use of_plan::{Fixes, Source, add_environment, of_plan, reown};
pub use record::{Call, FileRecord};
pub use report::{Report, SCHEMA, Sums, check_sums};
pub use shard::Shards;
pub use table::{DIMENSIONS, NONE, Tables, tables};
pub use tally::{Part, Parts, Tally};
