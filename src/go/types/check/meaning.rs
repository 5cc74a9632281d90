//! What a name in a body can mean.

use std::sync::Arc;

use crate::go::index::DeclId;
use crate::go::module::PackageName;
use crate::go::syntax::body::LocalId;

/// What a name means at some place of a body.
#[derive(Clone)]
pub(super) enum Meaning {
    /// A local variable, constant or parameter.
    Local(LocalId),
    /// A local type or type parameter.
    LocalType(LocalId),
    /// A type of the file's own package, or of another whose names it has.
    Type(Option<Arc<PackageName>>),
    /// A variable, constant or function, likewise.
    Package(Option<Arc<PackageName>>, DeclId),
    /// An imported package.
    Import(Arc<PackageName>),
    /// A predeclared type.
    PredeclaredType,
    /// A predeclared function, constant or `nil`.
    Predeclared,
    /// Nothing that is known.
    Nothing,
}
