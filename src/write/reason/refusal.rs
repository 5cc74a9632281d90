//! Why files of a directory must not import the runtime package.

use crate::rule::Version;
use crate::text::reason::reasons;

reasons! {
    /// Why files of a directory must not import the runtime package.
    pub enum Refusal {
        /// The directory's module cannot have the package.
        "module-unfit" Unfit { why: String }
            "{why}",
        /// The directory belongs to no module.
        "no-module" NoModule { dir: String }
            "{dir} is in no module: no go.mod stands above it",
        /// The programs of the checkout that the package is part of serve nobody and work on no objects: `--process-ids` takes them, too.
        "no-operation" NoOperation
            "no operation starts in the programs that this package is part of",
        /// It is the package, or below it.
        "runtime-itself" Itself { dir: String }
            "{dir} is the runtime package itself",
        /// The directory's module does not require the package's.
        "module-not-required" Module { importer: String, module: String }
            "module {importer} does not require {module}",
        /// The directory's module takes the package's in a published version.
        "module-published" Published { importer: String, module: String, version: Version }
            "module {importer} takes {module} {version}, not the checkout's",
        /// The package is below a directory `internal` of another tree.
        "internal" Internal { import_path: String }
            "{import_path} is internal to another part of the module",
        /// kubernetes' staging/publishing/import-restrictions.yaml forbids it.
        "import-restriction" Restriction { base: String, import_path: String }
            "import-restrictions.yaml does not let {base} import {import_path}",
    }
}
