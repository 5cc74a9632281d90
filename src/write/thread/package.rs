//! The files of one package, all of them: tests and every build tag.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::concerned::{Source, concerned, with_neighbours};
use super::ground::Ground;
use super::outcome::{Blocked, Lone};
use crate::go::index::Imports;
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::named_children;
use crate::go::syntax::outline::{Decl, Outline, outline};
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

/// Reads the Go files of a directory by package clause; what cannot be read blocks all threads there. Of each package only those
/// declarations are parsed that may concern the functions around `calls`, and their callers, as many calls up as `steps` say.
pub fn read(
    ground: &Ground<'_>,
    dir: &str,
    calls: &[Lone],
    steps: usize,
) -> Result<BTreeMap<String, Vec<ParsedFile>>, Blocked> {
    let index = ground.world.index();
    let unread = |path: &str| Blocked::at(Cause::Unread, (path.into(), 1));
    let entries = std::fs::read_dir(index.resolver().root().join(dir)).map_err(|_| unread(dir))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|n| n.ends_with(".go") && !n.starts_with(['_', '.'])).collect();
    names.sort();
    let mut packages: BTreeMap<String, Vec<(SourceFile, Outline)>> = BTreeMap::new();
    for name in names {
        let path: RelPath = if dir.is_empty() { name.into() } else { format!("{dir}/{name}").into() };
        let bytes = index.source(&path).map_err(|_| unread(&path))?;
        let outline = outline(&bytes).map_err(|_| unread(&path))?;
        let source = SourceFile { path, bytes: bytes.into() };
        packages.entry(outline.package.to_string()).or_default().push((source, outline));
    }
    let parsed = |(package, files): (String, Vec<(SourceFile, Outline)>)| Ok((package, parsed(&files, calls, steps)?));
    packages.into_iter().map(parsed).collect()
}

/// The files of a package as far as they may concern the functions around calls.
fn parsed(files: &[(SourceFile, Outline)], calls: &[Lone], steps: usize) -> Result<Vec<ParsedFile>, Blocked> {
    let function = |call: &Lone| {
        let (_, outline) = files.iter().find(|(source, _)| source.path == call.path)?;
        outline.decl_at(call.offset).map(|decl| outline.text(decl.name))
    };
    let names: BTreeSet<&str> = calls.iter().filter_map(function).collect();
    if !calls.iter().any(|call| files.iter().any(|(source, _)| source.path == call.path)) {
        return Ok(Vec::new());
    }
    let sources: Vec<Source<'_>> =
        files.iter().map(|(source, outline)| Source { text: &source.bytes, outline }).collect();
    let mut found = Vec::new();
    for ((source, outline), starts) in files.iter().zip(concerned(&sources, names, steps)) {
        let unread = || Blocked::at(Cause::Unread, (source.path.clone(), 1));
        let wanted = with_neighbours(&source.bytes, outline, &|(start, _)| starts.contains(&(start as u32)));
        let mut wants = |decls: &[Decl]| decls.first().is_some_and(|first| wanted.contains(&first.whole.0));
        let file = parse::parse_wanted(source.clone(), outline, &mut wants).map_err(|_| unread())?;
        // What a thread passes may be used where nothing is seen.
        if !file.unread.is_empty() {
            return Err(unread());
        }
        found.push(file);
    }
    Ok(found)
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
