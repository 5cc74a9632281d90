//! What the search for beginnings knows of a file, and what it finds.

use super::super::place::Insertion;
use crate::go::parse::ParsedFile;
use crate::go::types::{FileTypes, Reach, Type, View};
use crate::rule::RuleSet;
use crate::write::reason::Obstacle;

/// Contexts that know of nothing.
pub(in crate::write::wire) const BARE: [&str; 2] = ["context.TODO()", "context.Background()"];
/// The type of contexts.
pub(super) const CONTEXT: &str = "context.Context";

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

impl Ground<'_> {
    /// As [`is_object`].
    pub(super) fn is_object(&self, ty: &Type) -> bool {
        is_object(self.types.view(), self.rules, ty)
    }

    /// As [`is_subject`].
    pub(super) fn is_subject(&self, ty: &Type) -> bool {
        is_subject(self.types.view(), self.rules, ty)
    }
}

/// Whether a value of this type is an object that can be asked for its annotations as it is, or by its address.
fn is_object(view: &View<'_>, rules: &RuleSet, ty: &Type) -> bool {
    let is_part = ty.stripped().named().is_some_and(|named| rules.carriers.not_objects.contains(&*named.name));
    let kind = matches!(ty, Type::Pointer(_) | Type::Named(_)) && ty.stripped().named().is_some();
    let is_reached = |reach: Option<Reach>| reach.is_some_and(|reach| reach != Reach::No);
    kind && !is_part && is_reached(view.api_object(ty)) && is_reached(view.annotated(ty))
}

/// Whether it is one that work is about: others, as nodes and namespaces, stand by while it is done for many.
pub(super) fn is_subject(view: &View<'_>, rules: &RuleSet, ty: &Type) -> bool {
    let stands_by = ty.stripped().named().is_some_and(|named| rules.carriers.bystanders.contains(&*named.name));
    matches!(ty, Type::Pointer(_)) && is_object(view, rules, ty) && !stands_by
}
