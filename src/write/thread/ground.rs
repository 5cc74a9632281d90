//! What all threads of a run stand on.

use crate::go::files::GeneratedFiles;
use crate::go::types::World;
use crate::rule::RuleSet;

/// What a run knows of its checkout.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The declarations.
    pub world: &'g World,
    /// The rules.
    pub rules: &'g RuleSet,
    /// Files that programs wrote.
    pub generated: &'g GeneratedFiles,
}
