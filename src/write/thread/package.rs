//! The files of one package, all of them: tests and every build tag.

use std::collections::BTreeMap;

use tree_sitter::Node;

use super::ground::Ground;
use super::outcome::Blocked;
use crate::go::index::Imports;
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::{kind, named_children};
use crate::go::types::FileTypes;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;

/// One file, and what is known about it.
pub struct Unit<'p> {
    /// The file.
    pub file: &'p ParsedFile,
    /// Its imports.
    pub imports: Imports,
    /// Its types.
    pub types: FileTypes<'p, 'p>,
    /// Whether a program wrote it.
    pub generated: bool,
}

impl Unit<'_> {
    /// Whether it holds tests.
    pub fn is_test(&self) -> bool {
        self.file.source.path.ends_with("_test.go")
    }

    /// Its path and a line in it.
    pub fn place(&self, offset: usize) -> (RelPath, u32) {
        (self.file.source.path.clone(), self.file.lines.line_col(offset).line)
    }

    /// The declaration around a byte.
    pub fn declaration(&self, offset: usize) -> Option<Node<'_>> {
        named_children(self.file.tree.root_node()).find(|node| node.byte_range().contains(&offset))
    }
}

/// Reads the Go files of a directory by package clause; what cannot be read blocks all threads there.
pub fn read(ground: &Ground<'_>, dir: &str) -> Result<BTreeMap<String, Vec<ParsedFile>>, Blocked> {
    let index = ground.world.index();
    let unread = |path: &str| Blocked::at(Cause::Unread, (path.into(), 1));
    let entries = std::fs::read_dir(index.resolver().root().join(dir)).map_err(|_| unread(dir))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|n| n.ends_with(".go") && !n.starts_with(['_', '.'])).collect();
    names.sort();
    let mut packages: BTreeMap<String, Vec<ParsedFile>> = BTreeMap::new();
    for name in names {
        let path: RelPath = if dir.is_empty() { name.into() } else { format!("{dir}/{name}").into() };
        let bytes = index.source(&path).map_err(|_| unread(&path))?;
        let file = parse::parse(SourceFile { path: path.clone(), bytes: bytes.into() }).map_err(|_| unread(&path))?;
        // What a thread passes may be used where nothing is seen.
        if !file.unread.is_empty() {
            return Err(unread(&path));
        }
        let clause = named_children(file.tree.root_node()).find(|n| n.kind_id() == kind::PACKAGE_CLAUSE);
        let clause = clause.and_then(|clause| named_children(clause).next()).map(|name| file.text(name).to_owned());
        packages.entry(clause.unwrap_or_default()).or_default().push(file);
    }
    Ok(packages)
}

/// The files of a package with their types.
pub fn units<'p>(ground: &Ground<'p>, files: &'p [ParsedFile]) -> Vec<Unit<'p>> {
    let unit = |file: &'p ParsedFile| Unit {
        file,
        imports: Imports::of(file.tree.root_node(), &file.source.bytes),
        types: ground.world.file(file),
        generated: ground.generated.contains(&file.source.path) || parse::is_generated(&file.source.bytes),
    };
    files.iter().map(unit).collect()
}
