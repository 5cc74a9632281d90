//! Files to trees: a file that cannot be analysed whole is reported, never analysed in part.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use tree_sitter::{Node, Parser, Tree};

use crate::go::syntax::head::head;
use crate::go::syntax::kind;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::{LineCol, LineIndex};

/// One Go file in memory.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it lies below the root.
    pub path: RelPath,
    /// Its bytes as they are on disk.
    pub bytes: Arc<[u8]>,
}

/// A file and its syntax tree.
pub struct ParsedFile {
    /// The file.
    pub source: SourceFile,
    /// The tree; it has no error node.
    pub tree: Tree,
    /// Its lines.
    pub lines: LineIndex,
}

impl ParsedFile {
    /// Line and column of a node's first byte.
    pub fn position(&self, node: Node<'_>) -> LineCol {
        self.lines.line_col(node.start_byte())
    }

    /// Text of a node.
    pub fn text(&self, node: Node<'_>) -> &str {
        crate::go::syntax::text(node, &self.source.bytes)
    }
}

/// Go's own marker for generated files.
pub fn is_generated(bytes: &[u8]) -> bool {
    head(bytes).is_generated
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// Parses any bytes as Go; errors stand in the tree.
pub fn parse_bytes(bytes: &[u8]) -> Option<Tree> {
    with_parser(|parser| parser.parse(bytes, None))
}

/// A tree that is made when it is first asked for.
pub struct LazyTree<'s> {
    source: &'s [u8],
    tree: OnceCell<Option<Tree>>,
}

impl<'s> LazyTree<'s> {
    /// Of a source that nobody has parsed yet.
    pub fn new(source: &'s [u8]) -> Self {
        Self { source, tree: OnceCell::new() }
    }

    /// That there is already.
    pub fn known(tree: &Tree) -> Self {
        Self { source: &[], tree: OnceCell::from(Some(tree.clone())) }
    }

    /// The tree; errors stand in it.
    pub fn get(&self) -> Option<&Tree> {
        self.tree.get_or_init(|| parse_bytes(self.source)).as_ref()
    }
}

/// Parses bytes anew where they differ from those of an older tree, which knows of the edits.
pub fn parse_after(bytes: &[u8], edited: &Tree) -> Option<Tree> {
    with_parser(|parser| parser.parse(bytes, Some(edited)))
}

fn with_parser(parse: impl FnOnce(&mut Parser) -> Option<Tree>) -> Option<Tree> {
    PARSER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
            *slot = Some(parser);
        }
        parse(slot.as_mut()?)
    })
}

/// The first place where a tree has an error or lacks a token, or where a statement stands outside a function: the grammar
/// takes those, Go does not.
pub fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    if !root.has_error() {
        return crate::go::syntax::named_children(root).find(|node| !is_top_level(*node));
    }
    let mut node = root;
    'down: loop {
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        for child in crate::go::syntax::Children::new(node) {
            if child.has_error() || child.is_missing() {
                node = child;
                continue 'down;
            }
        }
        return Some(node);
    }
}

fn is_top_level(node: Node<'_>) -> bool {
    matches!(
        node.kind_id(),
        kind::PACKAGE_CLAUSE
            | kind::IMPORT_DECLARATION
            | kind::FUNCTION_DECLARATION
            | kind::METHOD_DECLARATION
            | kind::TYPE_DECLARATION
            | kind::VAR_DECLARATION
            | kind::CONST_DECLARATION
    )
}

/// Parses a file, or says why it was not analysed.
pub fn parse(source: SourceFile) -> Result<ParsedFile, Diagnostic> {
    if let Err(error) = std::str::from_utf8(&source.bytes) {
        let position = LineIndex::new(&source.bytes).line_col(error.valid_up_to());
        return Err(Diagnostic::error(source.path, "not analysed: this byte is not UTF-8, which Go source must be")
            .at(position)
            .help("re-encode the file as UTF-8"));
    }
    let Some(tree) = parse_bytes(&source.bytes) else {
        return Err(Diagnostic::error(source.path, "not analysed: the Go grammar could not be loaded"));
    };
    let lines = LineIndex::new(&source.bytes);
    if let Some(error) = first_error(tree.root_node()) {
        let what = if error.is_missing() { "a token is missing here" } else { "syntax error" };
        let position = lines.line_col(error.start_byte());
        return Err(Diagnostic::error(source.path, format!("not analysed: {what}"))
            .at(position)
            .help("mend the file, or check it with `gofmt -e`"));
    }
    Ok(ParsedFile { source, tree, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &[u8]) -> SourceFile {
        SourceFile { path: "a.go".into(), bytes: text.into() }
    }

    #[test]
    fn generated_marker_counts_only_before_the_package_clause() {
        assert!(is_generated(b"// Code generated by x. DO NOT EDIT.\n\npackage p\n"));
        assert!(is_generated(b"/* licence\n*/\r\n// Code generated by x. DO NOT EDIT.\r\npackage p\r\n"));
        assert!(!is_generated(b"package p\n// Code generated by x. DO NOT EDIT.\n"));
        assert!(!is_generated(b"/*\n// Code generated by x. DO NOT EDIT.\n*/\npackage p\n"));
        assert!(!is_generated(b"// Code generated by x. do not edit\npackage p\n"));
    }

    #[test]
    fn broken_files_are_named_with_their_place() {
        let say = |text: &[u8]| parse(file(text)).err().map(|d| d.to_string());
        assert_eq!(say(b"package p\n"), None);
        let text = say(b"package p\n\nfunc f() {\n\tx := \n}\n").unwrap();
        assert!(text.starts_with("a.go:4:") && text.contains("not analysed"), "{text}");
        let text = say(b"package p // \xe9\n").unwrap();
        assert!(text.starts_with("a.go:1:14: not analysed: this byte is not UTF-8"), "{text}");
    }
}
