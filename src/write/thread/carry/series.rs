//! Threads on top of each other: what each makes of its files, behind those before it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::edits::ByFile;
use super::sources::Sources;
use crate::go::index::default_name;
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::outline::Decl;
use crate::text::diagnostic::RelPath;
use crate::text::{FileChange, Moved};
use crate::write::edit::{Fix, file_fix_moved};
use crate::write::reason::Cause;
use crate::write::thread::concerned::with_neighbours;
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::Blocked;

/// A file on its way through the threads.
struct File {
    parsed: ParsedFile,
    fixes: Vec<Fix>,
    text: Arc<[u8]>,
    moved: Moved,
}

/// Threads on top of each other.
pub struct Series<'s, 'g> {
    ground: &'s Ground<'g>,
    sources: &'s Sources,
    /// What each thread does to each file.
    fixes: Vec<ByFile>,
    /// Where any of them does something, by the file.
    places: BTreeMap<usize, BTreeSet<usize>>,
    files: BTreeMap<usize, File>,
}

impl<'s, 'g> Series<'s, 'g> {
    /// Of threads by what they do, in their order.
    pub fn of(ground: &'s Ground<'g>, sources: &'s Sources, fixes: Vec<ByFile>) -> Self {
        let mut places: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (number, fix) in fixes.iter().flatten() {
            places.entry(*number).or_default().extend(fix.edits.iter().map(|edit| edit.span.start));
        }
        Self { ground, sources, fixes, places, files: BTreeMap::new() }
    }

    /// What a thread makes of its files, all or none.
    pub fn add(&mut self, thread: usize) -> Result<Vec<FileChange>, Blocked> {
        let fixes = self.fixes.get_mut(thread).map(std::mem::take).unwrap_or_default();
        let mut done = Vec::new();
        for (number, fix) in fixes {
            done.push((number, self.step(number, &fix)?, fix));
        }
        let mut changes = Vec::new();
        for (number, (change, moved), fix) in done {
            if let Some(file) = self.files.get_mut(&number) {
                (file.text, file.moved) = (change.after.clone(), moved);
                file.fixes.push(fix);
            }
            changes.push(change);
        }
        Ok(changes)
    }

    fn step(&mut self, number: usize, fix: &Fix) -> Result<(FileChange, Moved), Blocked> {
        let path = &self.sources.files[number];
        if let Entry::Vacant(entry) = self.files.entry(number) {
            let places = self.places.get(&number).into_iter().flatten().copied().collect();
            let parsed = parsed(self.ground, self.sources, number, &places)?;
            let text = parsed.source.bytes.clone();
            entry.insert(File { parsed, fixes: Vec::new(), text, moved: Moved::default() });
        }
        let file = self.files.get(&number).ok_or_else(|| Blocked::at(Cause::Unread, (path.clone(), 1)))?;
        let all: Vec<&Fix> = file.fixes.iter().chain([fix]).collect();
        one_name_each(&all, path)?;
        let (made, moved) = file_fix_moved(path, &file.parsed.source.bytes, &file.parsed.tree, &all)
            .map_err(|error| Blocked::at(Cause::DoesNotParse { error: error.to_string() }, (path.clone(), 1)))?;
        Ok((FileChange { before: Some(file.text.clone()), ..made }, moved))
    }

    /// Where the lines of the files stand after all that was added.
    pub fn moved(self) -> BTreeMap<RelPath, Moved> {
        let added = self.files.into_iter().filter(|(_, file)| !file.fixes.is_empty());
        added.map(|(number, file)| (self.sources.files[number].clone(), file.moved)).collect()
    }
}

/// That no two new imports of a file go by the same name.
fn one_name_each(fixes: &[&Fix], path: &RelPath) -> Result<(), Blocked> {
    let mut named: BTreeMap<&str, &str> = BTreeMap::new();
    for import in fixes.iter().flat_map(|fix| &fix.imports) {
        let name = default_name(import);
        if named.insert(name, import).is_some_and(|other| other != import) {
            return Err(Blocked::at(Cause::ImportTaken { name: name.to_owned() }, (path.clone(), 1)));
        }
    }
    Ok(())
}

/// A file as far as something is done to it.
fn parsed(
    ground: &Ground<'_>,
    sources: &Sources,
    number: usize,
    places: &BTreeSet<usize>,
) -> Result<ParsedFile, Blocked> {
    let path = &sources.files[number];
    let unread = || Blocked::at(Cause::Unread, (path.clone(), 1));
    let text = sources.texts.get(number, path, ground.world.index()).ok_or_else(unread)?;
    let source = SourceFile { path: path.clone(), bytes: text.bytes.clone() };
    let Some(outline) = text.outline() else { return parse::parse(source).map_err(|_| unread()) };
    let is_changed = |(start, end): (usize, usize)| places.range(start..=end).next().is_some();
    let wanted = with_neighbours(&text.bytes, outline, &is_changed);
    let mut wants = |decls: &[Decl]| decls.first().is_some_and(|first| wanted.contains(&first.whole.0));
    parse::parse_wanted(source, outline, &mut wants).map_err(|_| unread())
}
