//! What the search for beginnings knows of a file, and what it finds.

use super::super::place::Insertion;
use crate::go::parse::ParsedFile;
use crate::go::types::FileTypes;
use crate::rule::RuleSet;
use crate::write::reason::Obstacle;

/// A place where work on an object begins.
pub(in crate::write::wire) enum Begins {
    /// The context takes the object's ID there.
    Here {
        /// What goes where.
        insertion: Insertion,
        /// The function.
        function: String,
    },
    /// A person decides how.
    ByHand {
        /// The function.
        function: String,
        /// What would be added.
        code: String,
        /// Where the object is got, from 1.
        line: u32,
        /// What stands in the way.
        reason: Obstacle,
    },
}

impl Begins {
    /// The same, left to a person for this reason.
    pub(in crate::write::wire) fn by_hand(self, reason: &Obstacle) -> Self {
        match self {
            Self::Here { insertion, function } => {
                Self::ByHand { function, code: insertion.code, line: insertion.line, reason: reason.clone() }
            }
            by_hand => by_hand,
        }
    }
}

/// What the search knows of a file.
pub(in crate::write::wire) struct Ground<'g> {
    /// The file.
    pub(in crate::write::wire) file: &'g ParsedFile,
    /// Its types.
    pub(in crate::write::wire) types: &'g FileTypes<'g, 'g>,
    /// The rules.
    pub(in crate::write::wire) rules: &'g RuleSet,
    /// What the file calls the runtime package.
    pub(in crate::write::wire) package: &'g str,
}
