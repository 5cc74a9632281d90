//! What a plan leaves for those who go on: for the run that makes it anew with threads, or for a search for callers.

use crate::go::calls::Kept;
use crate::go::types::World;

/// Names that a file calls, as hashes: of equal ones a name may be another's.
pub(super) type Called = Box<[u32]>;

/// Declarations, and what the paths were found by.
pub struct Left {
    pub(super) world: World,
    pub(super) kept: Kept,
}

impl std::fmt::Debug for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Left")
    }
}
