//! What a plan leaves for the run that makes it anew with threads.

use crate::go::calls::Kept;
use crate::go::types::World;

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
