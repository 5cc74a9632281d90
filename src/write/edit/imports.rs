//! Import edits: what the new calls need is added, what they leave unused is dropped, and gofmt's order is kept.

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use crate::go::index::{Import, Imports};
use crate::go::syntax::{self, AstNode, Children, kind};
use crate::text::{Edit, Span};

/// Names of packages that a tree refers to outside the spans of `edits`: operands of selectors and packages of types.
/// Local names that shadow a package count too, so an import is dropped only if its name stands nowhere.
pub fn package_uses<'s>(root: Node<'_>, source: &'s [u8], edits: &[Edit]) -> FxHashSet<&'s str> {
    let mut uses = FxHashSet::default();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        let name = match node.kind_id() {
            kind::IMPORT_DECLARATION => continue,
            kind::SELECTOR_EXPRESSION => syntax::SelectorExpression::cast(node)
                .and_then(|s| s.operand())
                .map(AstNode::node)
                .filter(|operand| operand.kind_id() == kind::IDENTIFIER),
            kind::QUALIFIED_TYPE => syntax::QualifiedType::cast(node).and_then(|t| t.package()).map(AstNode::node),
            _ => None,
        };
        let kept = name.filter(|n| !edits.iter().any(|e| e.span.contains(n.start_byte())));
        uses.extend(kept.map(|n| syntax::text(n, source)));
        stack.extend(Children::new(node).filter(|c| c.is_named()));
    }
    uses
}

/// Edits that add the paths in `needed` that are not imported, and drop the imports in `orphaned`.
pub fn import_edits(imports: &Imports, needed: &[String], orphaned: &[&Import], source: &[u8]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut missing: Vec<&str> =
        needed.iter().map(String::as_str).filter(|path| imports.by_path(path).is_none()).collect();
    missing.sort_unstable();
    missing.dedup();
    for path in missing {
        let edit = insertion(imports, path, orphaned, source);
        match edits.iter_mut().find(|e| e.span == edit.span) {
            Some(same) => same.text.push_str(&edit.text),
            None => edits.push(edit),
        }
    }
    for import in orphaned {
        edits.extend(removal(imports, import, orphaned, source));
    }
    edits
}

fn newline(source: &[u8]) -> &'static str {
    if memchr::memmem::find(source, b"\r\n").is_some() { "\r\n" } else { "\n" }
}

fn line_start(source: &[u8], offset: usize) -> usize {
    memchr::memrchr(b'\n', &source[..offset]).map_or(0, |at| at + 1)
}

/// Offset behind the line break of the line that holds `offset`.
fn line_end(source: &[u8], offset: usize) -> usize {
    memchr::memchr(b'\n', &source[offset..]).map_or(source.len(), |at| offset + at + 1)
}

/// Imports without a dot in their first part come from the standard library.
fn is_std(path: &str) -> bool {
    !path.split('/').next().unwrap_or(path).contains('.')
}

/// Blocks of import lines that no blank line parts, as gofmt sorts them.
fn blocks<'i>(imports: &'i Imports, source: &[u8]) -> Vec<Vec<&'i Import>> {
    let mut blocks: Vec<Vec<&Import>> = Vec::new();
    for import in imports.list.iter().filter(|i| i.grouped && has_lines(i.declaration, source)) {
        let joined = blocks.last().and_then(|b| b.last()).is_some_and(|last: &&Import| {
            let gap = &source[last.span.end..import.span.start];
            last.declaration == import.declaration && gap.iter().filter(|&&b| b == b'\n').count() == 1
        });
        match blocks.last_mut() {
            Some(block) if joined => block.push(import),
            _ => blocks.push(vec![import]),
        }
    }
    blocks
}

/// Whether the lines of a declaration are its imports', none of which shares a line with the parentheses or with another:
/// only such a declaration gains and loses lines.
fn has_lines(declaration: Span, source: &[u8]) -> bool {
    let text = declaration.of(source);
    let first = text.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_end();
    let last = text.rsplit(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_start();
    first.ends_with(b"(") && last == b")" && !text.contains(&b';')
}

fn insertion(imports: &Imports, path: &str, orphaned: &[&Import], source: &[u8]) -> Edit {
    let newline = newline(source);
    let blocks = blocks(imports, source);
    let shared = |import: &Import| path.split('/').zip(import.path.split('/')).take_while(|(a, b)| a == b).count();
    let fits = |block: &&Vec<&Import>| block.iter().any(|i| is_std(&i.path) == is_std(path) && i.path != "C");
    let score = |block: &&Vec<&Import>| block.iter().map(|i| shared(i)).max().unwrap_or(0);
    // `rev` makes the first of equal blocks win.
    if let Some(block) = blocks.iter().rev().filter(fits).max_by_key(score) {
        let before = block.iter().find(|import| import.path.as_str() > path && !orphaned.contains(import));
        let at = match before {
            Some(import) => line_start(source, import.span.start),
            None => line_end(source, block.last().map_or(0, |i| i.span.end)),
        };
        return Edit::insert(at, format!("\t\"{path}\"{newline}"));
    }
    if let (Some(first), Some(last)) = (blocks.first().and_then(|b| b.first()), blocks.last().and_then(|b| b.last())) {
        return match is_std(path) {
            true => Edit::insert(line_start(source, first.span.start), format!("\t\"{path}\"{newline}{newline}")),
            false => Edit::insert(line_end(source, last.span.end), format!("{newline}\t\"{path}\"{newline}")),
        };
    }
    let at = imports.list.last().map_or(imports.package_end, |i| i.declaration.end);
    let end = line_end(source, at);
    let rest = source[at..end].trim_ascii();
    if !rest.is_empty() && !rest.starts_with(b"/") {
        return Edit::insert(at, format!("; import \"{path}\""));
    }
    let gap = if imports.list.is_empty() { newline } else { "" };
    Edit::insert(end, format!("{gap}import \"{path}\"{newline}"))
}

/// `None` where the whole declaration goes with another import.
fn removal(imports: &Imports, import: &Import, orphaned: &[&Import], source: &[u8]) -> Option<Edit> {
    let whole = imports.list.iter().filter(|i| i.declaration == import.declaration).all(|i| orphaned.contains(&i));
    if whole {
        let first = imports.list.iter().find(|i| i.declaration == import.declaration);
        if first.is_some_and(|f| f != import) {
            return None;
        }
        let start = line_start(source, import.declaration.start);
        let mut end = line_end(source, import.declaration.end);
        let behind = source[import.declaration.end..end].trim_ascii();
        if !source[start..import.declaration.start].trim_ascii().is_empty() || behind.starts_with(b";") {
            let cut =
                source[import.declaration.end..end].iter().take_while(|b| matches!(b, b' ' | b'\t' | b';')).count();
            return Some(Edit::delete(import.declaration.start..import.declaration.end + cut));
        }
        // One of the blank lines around it goes too.
        if source[end..].starts_with(b"\n") || source[end..].starts_with(b"\r\n") {
            end = line_end(source, end);
        }
        return Some(Edit::delete(start..end));
    }
    if !has_lines(import.declaration, source) {
        let next =
            imports.list.iter().find(|i| i.span.start > import.span.start && i.declaration == import.declaration);
        let previous =
            imports.list.iter().rfind(|i| i.span.start < import.span.start && i.declaration == import.declaration);
        return match (next, previous) {
            (Some(next), _) => Some(Edit::delete(import.span.start..next.span.start)),
            (None, Some(previous)) => Some(Edit::delete(previous.span.end..import.span.end)),
            (None, None) => None,
        };
    }
    let start = line_start(source, import.span.start);
    let end = line_end(source, import.span.end);
    let alone = blocks(imports, source)
        .iter()
        .find(|block| block.contains(&import))
        .is_some_and(|block| block.iter().all(|i| orphaned.contains(i)) && block.first() == Some(&import));
    let blank = |at: usize| source[at..].starts_with(b"\n") || source[at..].starts_with(b"\r\n");
    if alone && blank(end) {
        return Some(Edit::delete(start..line_end(source, end)));
    }
    if alone && start > 0 {
        let previous = line_start(source, start - 1);
        if source[previous..start].trim_ascii().is_empty() {
            return Some(Edit::delete(previous..end));
        }
    }
    Some(Edit::delete(start..end))
}
