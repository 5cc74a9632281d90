//! All fixes of one file together: edits, imports, and the proof that the result still parses.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use tree_sitter::{InputEdit, Point, Tree};

use super::align::align;
use super::columns::columns;
use super::imports::{import_edits, package_uses};
use super::lines::lines;
use super::outcome::Fix;
use crate::go::index::{Import, Imports};
use crate::go::parse::{first_error, leaves_out_the_same, parse_after, parse_bytes, unread};
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::word::words;
use crate::text::diagnostic::RelPath;
use crate::text::{Edit, EditError, FileChange, LineIndex, Moved, Span, apply_edits};

/// Why a set of fixes makes no file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFixError {
    /// Fixes overlap.
    #[error("{0}")]
    Edits(#[from] EditError),
    /// The result is no Go.
    #[error("the new text does not parse")]
    DoesNotParse,
}

/// What a set of fixes does to a file, worked out and proven to parse.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FileEdits {
    /// The fixes' own edits and those of the imports.
    edits: Vec<Edit>,
    /// The columns of values that gofmt would change after them.
    columns: Vec<Edit>,
    /// The comments that gofmt would align after those.
    align: Vec<Edit>,
}

impl FileEdits {
    /// What edits come to with the columns that gofmt gives values and comments beside them; what `old` parses into is `tree`.
    pub fn of(old: &[u8], tree: &Tree, mut edits: Vec<Edit>) -> Result<Self, FileFixError> {
        edits.sort();
        // Calls of one function share the edit that makes their logger.
        edits.dedup();
        let mut new = apply_edits(old, &edits)?;
        let proof = |edits: &[Edit], new: &[u8]| proven(tree, old, edits, new).ok_or(FileFixError::DoesNotParse);
        let mut tree = proof(&edits, &new)?;
        let mut touched = moved(&edits);
        let lines = lines(&new, &tree, (&edits, &touched));
        if !lines.is_empty() {
            edits = folded(&edits, &touched, &lines);
            new = apply_edits(old, &edits)?;
            tree = proof(&edits, &new)?;
            touched = moved(&edits);
        }
        let columns = columns(&new, &tree, &touched);
        if columns.is_empty() {
            let align = align(&new, &tree, &touched);
            return Ok(Self { edits, columns, align });
        }
        let set = apply_edits(&new, &columns)?;
        let tree = reparse(&tree, &new, &columns, &set).ok_or(FileFixError::DoesNotParse)?;
        let mut touched: Vec<_> = touched.iter().map(|span| shifted(*span, &columns)).chain(moved(&columns)).collect();
        touched.sort();
        let align = align(&set, &tree, &touched);
        Ok(Self { edits, columns, align })
    }

    /// Where each edit stands: its place in the old text, and its first and last line in the new one.
    pub fn places(&self, old: &[u8]) -> Result<Vec<(Span, u32, u32)>, EditError> {
        let lines = LineIndex::new(&apply_edits(old, &self.edits)?);
        let line = |offset: usize| lines.line_col(offset).line;
        let spans = self.edits.iter().zip(moved(&self.edits));
        Ok(spans.map(|(edit, new)| (edit.span, line(new.start), line(new.end))).collect())
    }

    /// The file with them.
    pub fn apply(&self, path: &RelPath, old: &Arc<[u8]>) -> Result<FileChange, FileFixError> {
        let mut new = apply_edits(old, &self.edits)?;
        for edits in [&self.columns, &self.align].into_iter().filter(|edits| !edits.is_empty()) {
            new = apply_edits(&new, edits)?;
        }
        Ok(FileChange::edited(path.clone(), old.clone(), new))
    }
}

/// Applies fixes to a file that parses into `tree`, with the import edits that they bring about.
pub fn file_fix(path: &RelPath, old: &Arc<[u8]>, tree: &Tree, fixes: &[&Fix]) -> Result<FileChange, FileFixError> {
    file_edits(old, tree, fixes)?.apply(path, old)
}

/// As [`file_fix`], and where what stands in the file stood before.
pub fn file_fix_moved(
    path: &RelPath,
    old: &Arc<[u8]>,
    tree: &Tree,
    fixes: &[&Fix],
) -> Result<(FileChange, Moved), FileFixError> {
    let edits = file_edits(old, tree, fixes)?;
    let moved = Moved::of(old, &edits.edits).on_top(&edits.columns).on_top(&edits.align);
    Ok((edits.apply(path, old)?, moved))
}

/// The edits that fixes and the imports that they bring about come to; `tree` is what the file parses into.
pub fn file_edits(old: &[u8], tree: &Tree, fixes: &[&Fix]) -> Result<FileEdits, FileFixError> {
    let mut edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.iter().chain(&fix.elsewhere).cloned()).collect();
    let imports = Imports::of(tree.root_node(), old);
    let orphaned = orphaned(&imports, tree, old, &edits);
    let needed: Vec<String> = fixes.iter().flat_map(|fix| fix.imports.iter().cloned()).collect();
    edits.extend(import_edits(&imports, &needed, &orphaned, old));
    FileEdits::of(old, tree, edits)
}

/// Imports whose package is named in what the edits take away, and nowhere else.
fn orphaned<'i>(imports: &'i Imports, tree: &Tree, old: &[u8], edits: &[Edit]) -> Vec<&'i Import> {
    let removed: Vec<&Import> = imports
        .list
        .iter()
        .filter(|i| !matches!(i.name(), "." | "_"))
        .filter(|i| edits.iter().any(|e| names_package(e.span.of(old), i.name())))
        .filter(|i| !edits.iter().any(|e| names_package(e.text.as_bytes(), i.name())))
        .collect();
    if removed.is_empty() {
        return removed;
    }
    let used = package_uses(tree.root_node(), old, edits);
    let unread = unread(tree.root_node(), old);
    let is_used = |name: &str| used.contains(name) || unread.iter().any(|span| refers_to(span.of(old), name));
    removed.into_iter().filter(|import| !is_used(import.name())).collect()
}

/// Whether a text holds `name.` as a word of its own.
fn names_package(text: &[u8], name: &str) -> bool {
    let end = name.len();
    words(text, name.as_bytes()).any(|at| !text[..at].ends_with(b".") && text.get(at + end) == Some(&b'.'))
}

/// Whether code that is in no tree has `name.x` outside of comments and strings, behind no other dot.
fn refers_to(code: &[u8], name: &str) -> bool {
    if words(code, name.as_bytes()).next().is_none() {
        return false;
    }
    let mut lexer = Lexer::new(code, 0);
    let mut last = Tok::Semi;
    loop {
        let token = lexer.token();
        let is_name = token.tok == Tok::Ident && last != Tok::Dot && lexer.text(token) == name;
        let mut ahead = lexer;
        match token.tok {
            Tok::Eof => return false,
            Tok::Ident if is_name && ahead.token().tok == Tok::Dot && ahead.token().tok == Tok::Ident => return true,
            tok => last = tok,
        }
    }
}

/// The result's tree, if it has no error and leaves out nothing, or what the tree of the old text left out and nothing else.
fn proven(tree: &Tree, old: &[u8], edits: &[Edit], new: &[u8]) -> Option<Tree> {
    let parses = |tree: &Tree| first_error(tree.root_node()).is_none();
    if let Some(tree) = reparse(tree, old, edits, new).filter(parses) {
        return Some(tree);
    }
    let is_whole = |after: &Tree| unread(after.root_node(), new).is_empty();
    parse_bytes(new).filter(parses).filter(|after| is_whole(after) || leaves_out_the_same((tree, old), (after, new)))
}

/// Parses the result anew where it changed.
fn reparse(tree: &Tree, old: &[u8], edits: &[Edit], new: &[u8]) -> Option<Tree> {
    let mut edited = tree.clone();
    let lines = LineIndex::new(old);
    let point = |offset: usize| {
        let place = lines.line_col(offset);
        Point::new(place.line as usize - 1, place.col as usize - 1)
    };
    // From the end on, so that the offsets of those before stay true.
    for edit in edits.iter().rev() {
        let start = point(edit.span.start);
        let breaks = edit.text.matches('\n').count();
        let last = edit.text.rsplit('\n').next().map_or(0, str::len);
        let column = if breaks == 0 { start.column + last } else { last };
        edited.edit(&InputEdit {
            start_byte: edit.span.start,
            old_end_byte: edit.span.end,
            new_end_byte: edit.span.start + edit.text.len(),
            start_position: start,
            old_end_position: point(edit.span.end),
            new_end_position: Point::new(start.row + breaks, column),
        });
    }
    parse_after(new, &edited)
}

/// Where the texts of sorted edits stand in the result.
fn moved(edits: &[Edit]) -> Vec<Span> {
    let mut shift = 0isize;
    let mut spans = Vec::with_capacity(edits.len());
    for edit in edits {
        let start = edit.span.start.saturating_add_signed(shift);
        spans.push(Span::new(start, start + edit.text.len()));
        shift += edit.text.len() as isize - (edit.span.end - edit.span.start) as isize;
    }
    spans
}

/// Edits with others on top of them that stand in their texts, whose places are `placed`, or in what they leave; both are sorted.
fn folded(edits: &[Edit], placed: &[Span], on_top: &[Edit]) -> Vec<Edit> {
    let mut folded = edits.to_vec();
    for edit in on_top.iter().rev() {
        let Span { start, end } = edit.span;
        if let Some(at) = placed.iter().position(|span| span.start <= start && end <= span.end && span.start < span.end)
        {
            folded[at].text.replace_range(start - placed[at].start..end - placed[at].start, &edit.text);
            continue;
        }
        // What is cut by an edit's end stays as it is.
        if placed.iter().any(|span| span.start < end && start < span.end) {
            continue;
        }
        let before = |at: usize, ends: &dyn Fn(&Span) -> bool| {
            let shift = edits.iter().zip(placed).filter(|(_, span)| ends(span));
            let [added, gone] = shift.fold([0, 0], |[added, gone], (edit, span)| {
                [added + span.end - span.start, gone + edit.span.end - edit.span.start]
            });
            (at + gone).saturating_sub(added)
        };
        let old = before(start, &|span| span.end <= start)..before(end, &|span| span.end <= start);
        folded.push(Edit::replace(old, edit.text.clone()));
    }
    folded.sort();
    folded
}

/// Where a span that no sorted edit cuts stands behind them.
fn shifted(span: Span, edits: &[Edit]) -> Span {
    let shift = |at: usize| {
        let before = edits.iter().take_while(|edit| edit.span.end <= at);
        before.fold(at, |at, edit| (at + edit.text.len()).saturating_sub(edit.span.end - edit.span.start))
    };
    Span::new(shift(span.start), shift(span.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_no_tree_refers_to_packages_by_its_code_alone() {
        for (code, want) in [
            ("x := format.Pod(p)", true),
            ("var x *format.T", true),
            ("x := a.format.Pod", false),
            ("x := reformat.Pod", false),
            ("// format.Pod\nx := \"format.Pod\"", false),
            ("x := format.(T)", false),
            ("x := `format.Pod` + format.Pod(p)", true),
        ] {
            assert_eq!(refers_to(code.as_bytes(), "format"), want, "{code}");
        }
    }
}
