//! What a file imports, by the names that it may go by.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::go::index::default_name;
use crate::go::module::PackageName;

/// What a file imports.
pub(super) struct FileImports {
    pub(super) list: Box<[FileImport]>,
    /// Imports by the names that the file gives them, or that their paths end with.
    pub(super) by_path: FxHashMap<Box<str>, u32>,
    /// Imports without a name by the packages' own.
    pub(super) by_clause: OnceLock<FxHashMap<Box<str>, u32>>,
    /// Whether one without a name may go by one of Go's own.
    pub(super) gos_own: OnceLock<bool>,
}

pub(super) struct FileImport {
    pub(super) alias: Option<Box<str>>,
    pub(super) package: Arc<PackageName>,
}

impl FileImports {
    pub(super) fn new(list: Box<[FileImport]>) -> Self {
        let mut by_path = FxHashMap::default();
        let numbered = || list.iter().enumerate().map(|(number, import)| (number as u32, import));
        // A name that the file gives wins.
        for (number, import) in numbered() {
            import.alias.iter().for_each(|alias| _ = by_path.entry(alias.clone()).or_insert(number));
        }
        for (number, import) in numbered().filter(|(_, import)| import.alias.is_none()) {
            by_path.entry(default_name(&import.package.path).into()).or_insert(number);
        }
        Self { list, by_path, by_clause: OnceLock::new(), gos_own: OnceLock::new() }
    }
}
