//! Files to trees: a file that cannot be analysed whole is reported, never analysed in part.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use tree_sitter::{Node, Parser, Point, Range, Tree};

use crate::go::syntax::gap::readable;
use crate::go::syntax::head::head;
use crate::go::syntax::kind;
use crate::go::syntax::outline::{Decl, DeclKind, Outline, outline};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::{LineCol, LineIndex, Span};

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
    /// What the tree leaves out: Go that the grammar has no rule for.
    pub unread: Vec<Span>,
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

/// Parses any bytes as Go; errors stand in the tree. Of Go that the grammar has no rule for, the tree holds the rest:
/// [`unread`] tells what is not in it.
pub fn parse_bytes(bytes: &[u8]) -> Option<Tree> {
    parse_with_gaps(bytes).map(|(tree, _)| tree)
}

/// The tree, and whether it is the grammar's own.
fn parse_with_gaps(bytes: &[u8]) -> Option<(Tree, bool)> {
    let tree = parse_plainly(bytes)?;
    let has_error = |tree: &Tree| first_error(tree.root_node()).is_some();
    if !has_error(&tree) {
        return Some((tree, true));
    }
    let parses = |bytes: &[u8]| parse_plainly(bytes).is_some_and(|tree| !has_error(&tree));
    let better = readable(bytes, &parses).and_then(|bytes| parse_plainly(&bytes));
    Some(better.filter(|tree| !has_error(tree)).map_or((tree, true), |tree| (tree, false)))
}

fn parse_plainly(bytes: &[u8]) -> Option<Tree> {
    with_parser(|parser| parser.parse(bytes, None))
}

/// What a tree leaves out of the source that it was made of: Go that the grammar has no rule for.
pub fn unread(root: Node<'_>, source: &[u8]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut end = if source.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut missed = |start: usize, end: usize| {
        let text = source.get(start..end).unwrap_or_default();
        let start = start + (text.len() - text.trim_ascii_start().len());
        let text = text.trim_ascii();
        if !text.is_empty() {
            found.push(Span::new(start, start + text.len()));
        }
    };
    let mut cursor = root.walk();
    'down: loop {
        if cursor.goto_first_child() {
            continue;
        }
        let leaf = cursor.node().byte_range();
        missed(end, leaf.start);
        end = end.max(leaf.end);
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'down;
            }
        }
    }
    missed(end, source.len());
    found
}

/// Whether a source parses, and leaves out of its tree what that of an older source left out, and nothing else.
pub fn parses_as_before(old: &[u8], new: &[u8]) -> bool {
    let trees = parse_bytes(old).zip(parse_bytes(new));
    trees.is_some_and(|(before, after)| {
        first_error(after.root_node()).is_none() && leaves_out_the_same((&before, old), (&after, new))
    })
}

/// Whether two trees leave the same out of their sources.
pub fn leaves_out_the_same((before, old): (&Tree, &[u8]), (after, new): (&Tree, &[u8])) -> bool {
    let (before, after) = (unread(before.root_node(), old), unread(after.root_node(), new));
    before.iter().map(|span| span.of(old)).eq(after.iter().map(|span| span.of(new)))
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

/// Parses bytes anew where they differ from those of an older tree, which knows of the edits. What that leaves out is left out again.
pub fn parse_after(bytes: &[u8], edited: &Tree) -> Option<Tree> {
    parse_within(bytes, &edited.included_ranges(), Some(edited))
}

fn parse_within(bytes: &[u8], ranges: &[Range], older: Option<&Tree>) -> Option<Tree> {
    with_parser(|parser| {
        parser.set_included_ranges(ranges).ok()?;
        let tree = parser.parse(bytes, older);
        parser.set_included_ranges(&[]).ok()?;
        tree
    })
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
    let Some((tree, is_plain)) = parse_with_gaps(&source.bytes) else {
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
    let unread = if is_plain { Vec::new() } else { unread(tree.root_node(), &source.bytes) };
    Ok(ParsedFile { source, tree, unread, lines })
}

/// A function or method of a file that may be left out of its tree.
#[derive(Clone, Copy, Debug)]
pub struct Part<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its text, from `func` on.
    pub text: &'s [u8],
    /// Where that starts in the file.
    pub start: usize,
}

/// As [`parse`], without those functions and methods that nobody wants: what is left out costs next to nothing.
pub fn parse_part(source: SourceFile, wants: &dyn Fn(Part<'_>) -> bool) -> Result<ParsedFile, Diagnostic> {
    let tree = kept(&source.bytes, wants).and_then(|ranges| parse_within(&source.bytes, &ranges, None));
    match tree.filter(|tree| first_error(tree.root_node()).is_none()) {
        Some(tree) if std::str::from_utf8(&source.bytes).is_ok() => {
            let lines = LineIndex::new(&source.bytes);
            Ok(ParsedFile { source, tree, unread: Vec::new(), lines })
        }
        // What has no outline, or is more than the grammar has rules for.
        _ => parse(source),
    }
}

/// As [`parse`], of the package clause, the imports and those declarations alone that somebody wants. `outline` is the file's own.
pub fn parse_wanted(
    source: SourceFile,
    outline: &Outline,
    wants: &mut dyn FnMut(&[Decl]) -> bool,
) -> Result<ParsedFile, Diagnostic> {
    let ranges = wanted(&source.bytes, outline, wants);
    let tree = parse_within(&source.bytes, &ranges, None);
    match tree.filter(|tree| first_error(tree.root_node()).is_none()) {
        Some(tree) if std::str::from_utf8(&source.bytes).is_ok() => {
            let lines = LineIndex::new(&source.bytes);
            Ok(ParsedFile { source, tree, unread: Vec::new(), lines })
        }
        // More than the grammar has rules for.
        _ => parse(source),
    }
}

/// The part of a file from `start` to `end`, as if nothing else stood in it: a function up to its body.
pub fn parse_head(source: &SourceFile, start: usize, end: usize) -> Option<ParsedFile> {
    let ranges = ranges(&source.bytes, std::iter::once((start, end)));
    let tree = parse_within(&source.bytes, &ranges, None).filter(|tree| first_error(tree.root_node()).is_none())?;
    std::str::from_utf8(&source.bytes).ok()?;
    let (source, unread) = (source.clone(), Vec::new());
    Some(ParsedFile { lines: LineIndex::new(&source.bytes), source, tree, unread })
}

/// A file's head and the declarations that are wanted, each with the end of its line.
fn wanted(source: &[u8], outline: &Outline, wants: &mut dyn FnMut(&[Decl]) -> bool) -> Vec<Range> {
    let starts = || outline.declarations().map(|decls| decls[0].whole.0 as usize);
    let ends = starts().skip(1).chain([source.len()]);
    let mut spans = vec![(0, starts().next().unwrap_or(source.len()))];
    for (decls, next) in outline.declarations().zip(ends) {
        let (start, end) = (decls[0].whole.0 as usize, decls[0].whole.1 as usize);
        if wants(decls) {
            let is_ended = matches!(source.get(end), Some(b'\n' | b';'));
            spans.push((start, if is_ended { end + 1 } else { next }));
        }
    }
    ranges(source, spans.into_iter())
}

fn ranges(source: &[u8], spans: impl Iterator<Item = (usize, usize)>) -> Vec<Range> {
    let mut lines = Rows { source, at: 0, point: Point::new(0, 0) };
    let range = |(start, end)| Range {
        start_byte: start,
        end_byte: end,
        start_point: lines.advance(start),
        end_point: lines.advance(end),
    };
    spans.map(range).collect()
}

/// What is left of a file without functions that nobody wants; `None` if that is all of it, or not known.
fn kept(source: &[u8], wants: &dyn Fn(Part<'_>) -> bool) -> Option<Vec<Range>> {
    let outline = outline(source).ok()?;
    let text = |decl: &Decl| source.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
    let part = |decl: &Decl| Part { name: outline.text(decl.name), text: text(decl), start: decl.span.0 as usize };
    let is_left_out = |decl: &Decl| matches!(decl.kind, DeclKind::Func | DeclKind::Method) && !wants(part(decl));
    let (mut cuts, mut follows): (Vec<(usize, usize)>, bool) = (Vec::new(), false);
    for decl in &outline.decls {
        let (start, end) = (decl.span.0 as usize, decl.span.1 as usize);
        let cut = is_left_out(decl);
        match cuts.last_mut().filter(|_| follows && cut) {
            Some(last) => last.1 = end,
            None if cut => cuts.push((start, end)),
            None => {}
        }
        follows = cut;
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|cut| cut.1));
    let ends = cuts.iter().map(|cut| cut.0).chain([source.len()]);
    (!cuts.is_empty()).then(|| ranges(source, starts.zip(ends)))
}

/// Rows and columns of places that come in their order.
struct Rows<'s> {
    source: &'s [u8],
    at: usize,
    point: Point,
}

impl Rows<'_> {
    fn advance(&mut self, to: usize) -> Point {
        let passed = self.source.get(self.at..to).unwrap_or_default();
        self.point.row += memchr::memchr_iter(b'\n', passed).count();
        self.point.column = match memchr::memrchr(b'\n', passed) {
            Some(last) => passed.len() - last - 1,
            None => self.point.column + passed.len(),
        };
        self.at = to;
        self.point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_nobody_wants_are_left_out_and_the_rest_stays_where_it_is() {
        let source = "package p\n\nimport \"fmt\"\n\nvar x = f()\n\n// A doc.\nfunc a() { x(1) }\n\nfunc b() {}\nfunc (t *T) c() {\n\twanted()\n}\n\ntype T struct{}\n\nfunc d() {}\n";
        let wants = |part: Part<'_>| part.name == "b" || memchr::memmem::find(part.text, b"wanted").is_some();
        let part = parse_part(file(source.as_bytes()), &wants).unwrap();
        let whole = parse(file(source.as_bytes())).unwrap();
        let texts = |file: &ParsedFile| {
            let nodes = crate::go::syntax::named_children(file.tree.root_node());
            nodes.map(|node| (node.start_position(), file.text(node).to_owned())).collect::<Vec<_>>()
        };
        let of_whole = texts(&whole);
        let kept: Vec<_> = of_whole
            .iter()
            .filter(|(_, text)| !text.starts_with("func a") && !text.starts_with("func d"))
            .cloned()
            .collect();
        assert_eq!(texts(&part), kept);
        assert_eq!(kept.len() + 2, of_whole.len());
        // The next file is parsed whole again, and one that is broken stays so.
        assert_eq!(texts(&parse(file(source.as_bytes())).unwrap()), of_whole);
        assert!(parse_part(file(b"package p\n\nfunc a() {}\n\nfunc b( {}\n"), &|_| false).is_err());
    }

    #[test]
    fn of_what_is_wanted_every_node_stands_where_it_stands_in_the_whole() {
        let source = "// Doc.\npackage p\n\nimport (\n\t\"fmt\"\n)\n\nvar x = f() // why\n\n// A doc.\nfunc a() { x(1) }; func b() {}\nconst (\n\tc = 1\n\td = 2 /* of */\n)\n\ntype (\n\tT struct{}\n\tU int\n)\r\n\nfunc (t T) e() {\n\twanted()\n}";
        let outline = outline(source.as_bytes()).unwrap();
        let texts = |file: &ParsedFile| {
            let nodes = crate::go::syntax::named_children(file.tree.root_node()).filter(|n| n.kind() != "comment");
            nodes.map(|node| (node.start_byte() as u32, file.text(node).to_owned())).collect::<Vec<_>>()
        };
        let whole = texts(&parse(file(source.as_bytes())).unwrap());
        let starts: Vec<u32> = outline.declarations().map(|decls| decls[0].whole.0).collect();
        for chosen in 0..1 << starts.len() {
            let is_wanted =
                |start: u32| starts.iter().position(|s| *s == start).is_some_and(|at| chosen & 1 << at != 0);
            let part =
                parse_wanted(file(source.as_bytes()), &outline, &mut |decls| is_wanted(decls[0].whole.0)).unwrap();
            let kept = whole.iter().filter(|(start, _)| *start < starts[0] || is_wanted(*start));
            assert_eq!(texts(&part), kept.cloned().collect::<Vec<_>>(), "{chosen:b}");
        }
    }

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

    /// What is left out of a file's tree; `None` where it is not read.
    fn left_out(source: &str) -> Option<Vec<&str>> {
        let tree = parse_bytes(source.as_bytes())?;
        let spans = unread(tree.root_node(), source.as_bytes());
        first_error(tree.root_node())
            .is_none()
            .then(|| spans.iter().map(|span| &source[span.start..span.end]).collect())
    }

    fn body(text: &str) -> String {
        format!("package p\n\nfunc f(ch chan int) {{\n{text}\n}}\n")
    }

    #[test]
    fn new_and_make_take_any_argument() {
        for text in [
            "x := new(3)",
            "x := new(int64(len(ch)))",
            "x := T{A: new(true), B: new(\"b\"), C: new(f()), D: new(T{}), E: new(func() int { return 1 })}",
            "x := new(new(a + b))",
            "x, y := new(a[0]), new(a[i+1])",
            "x, y := new(pkg.T), new(map[string][]*T)",
            "x := make(n - 1)",
            "x := make(n...)",
            "x := new([]int{1})",
        ] {
            assert_eq!(left_out(&body(text)), Some(Vec::new()), "{text}");
        }
    }

    #[test]
    fn statements_without_a_rule_are_left_out_alone() {
        let odd = "g := struct{ T }.m";
        for text in [
            "a()\n\tODD\n\tb()",
            "for i := 0; i < 3; i++ {\n\tif x := f(); x {\n\t\tODD\n\t}\n\tb()\n}\nfor range 3 {\n}",
            "switch x := y.(type) {\ncase int, string:\n\tODD\n\tb()\ndefault:\n}",
            "select {\ncase x := <-ch:\n\tODD\n}",
            "defer func() {\n\tODD\n}()",
        ] {
            let source = body(&text.replace("ODD", odd));
            assert_eq!(left_out(&source), Some(vec![odd]), "{source}");
        }
        let whole = "package p\n\nvar m = struct{ T }.m\n\nfunc f() {}\n";
        assert_eq!(left_out(whole), Some(vec!["var m = struct{ T }.m"]));
    }

    #[test]
    fn what_is_broken_stays_broken() {
        for text in ["x := ", "x := new(", "x := new(3))", "g := struct{ T }.", "if {", "x := 3 4", "}"] {
            assert_eq!(left_out(&body(text)), None, "{text}");
        }
    }

    #[test]
    fn the_last_line_may_lack_its_end() {
        assert_eq!(left_out("package p\n\nvar x = T{}"), Some(Vec::new()));
        assert_eq!(left_out("package p\n\nconst (\n\ta = 1\n)"), Some(Vec::new()));
    }
}
