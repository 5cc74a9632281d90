//! The tokens by which two sides of a file are compared, and those of it that stand in no declaration: what programs read in comments,
//! imports, what the tree leaves out.

use tree_sitter::Node;

use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, Children, kind, named_children};
use crate::text::Span;

/// In the place of a log call; behind it stands which one of the other side it is.
pub const LOG: &str = "⟨log⟩";

/// A token of what is compared.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Where it starts.
    pub at: usize,
    /// Whether it stands in a condition.
    pub in_condition: bool,
    /// Whether a statement starts with it: line breaks are no tokens.
    pub starts: bool,
}

impl Token {
    /// One that stands in no condition and starts no statement.
    pub fn new(text: impl Into<String>, at: usize) -> Self {
        Self { text: text.into(), at, in_condition: false, starts: false }
    }

    /// Whether a log call stands here that the other side has, too.
    pub fn is_log(&self) -> bool {
        self.text.starts_with(LOG)
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.starts == other.starts
    }
}

impl Eq for Token {}

impl std::hash::Hash for Token {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.text, self.starts).hash(state);
    }
}

impl PartialOrd for Token {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Token {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.text, self.starts).cmp(&(&other.text, other.starts))
    }
}

/// What the compiler and other programs read in comments, and what stands before `import "C"`.
pub fn directives(file: &ParsedFile) -> Vec<Token> {
    let source = &file.source.bytes;
    let (mut found, mut stack) = (Vec::new(), vec![file.tree.root_node()]);
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            let text = syntax::text(node, source).trim();
            if is_directive(text) || before_c(node, source) {
                found.push(Token::new(text, node.start_byte()));
            }
        }
        stack.extend(Children::new(node).collect::<Vec<_>>().into_iter().rev());
    }
    found
}

/// `//go:build x`, `//export F`, `// +marker`; not what linters are told of log calls.
fn is_directive(text: &str) -> bool {
    // They say what line it is, for whoever is told where a line was printed.
    if text.starts_with("//line ") || text.starts_with("/*line ") {
        return true;
    }
    let Some(rest) = text.strip_prefix("//") else { return false };
    let (word, behind) = rest.split_once(':').unwrap_or((rest, ""));
    let named = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let quiet = matches!(word, "nolint" | "klogmod" | "logcheck");
    named && !behind.starts_with(' ') && !behind.is_empty() && !quiet
        || rest.starts_with("export ")
        || rest.trim_start().strip_prefix('+').is_some_and(|marker| marker.starts_with(char::is_alphabetic))
        || rest.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// Whether a comment is what cgo compiles.
fn before_c(comment: Node<'_>, source: &[u8]) -> bool {
    let mut next = comment.next_named_sibling();
    while let Some(node) = next.filter(|node| node.kind_id() == kind::COMMENT) {
        next = node.next_named_sibling();
    }
    next.is_some_and(|node| node.kind_id() == kind::IMPORT_DECLARATION && syntax::text(node, source).contains("\"C\""))
}

/// What the tree leaves out, as it stands.
pub fn unread(file: &ParsedFile) -> Vec<Token> {
    let text = |span: &Span| String::from_utf8_lossy(span.of(&file.source.bytes)).into_owned();
    file.unread.iter().map(|span| Token::new(text(span), span.start)).collect()
}

/// Imports for what they do, and what the names of others stand for: what log calls need comes and goes.
pub fn imports(file: &ParsedFile) -> Vec<Token> {
    let source = &file.source.bytes;
    let (mut found, mut stack) = (Vec::new(), vec![file.tree.root_node()]);
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::IMPORT_SPEC {
            let text = syntax::text(node, source).trim();
            if text.starts_with(['_', '.']) || text == "\"C\"" {
                found.push(Token::new(text, node.start_byte()));
            }
        } else if matches!(node.kind_id(), kind::SOURCE_FILE | kind::IMPORT_DECLARATION | kind::IMPORT_SPEC_LIST) {
            stack.extend(named_children(node).collect::<Vec<_>>().into_iter().rev());
        }
    }
    found.sort();
    found
}
