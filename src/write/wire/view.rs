//! What is looked at for places.

use crate::go::files::Overlay;

/// Which files are looked at, and how they look by then.
#[derive(Clone, Copy)]
pub struct View<'v> {
    /// Files that other changes are made to first.
    pub overlay: &'v Overlay,
    /// Whether a file is looked at; the flag: as one of a main package.
    pub takes: &'v dyn Fn(&str, bool) -> bool,
}
