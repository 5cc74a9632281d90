//! What all threads of a run stand on.

use globset::GlobSet;

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
    /// Packages whose structs are API objects.
    pub object_packages: &'g GlobSet,
    /// Where a context belongs to a request.
    pub request_contexts: &'g GlobSet,
    /// Files that programs wrote.
    pub generated: &'g GeneratedFiles,
}
