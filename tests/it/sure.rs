//! What the reader takes for Go without a tree has a tree without an error, in whatever way a source is damaged.

use klogmod::go::parse::first_error;
use klogmod::go::syntax::lex::{Lexer, Tok};
use klogmod::go::syntax::sure::is_surely_go;
use tree_sitter::Parser;

use crate::common::{checkout::Checkout, repository, txtar::Archive};

/// Damaged copies of each source.
const DAMAGES: usize = 16;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below another.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// What is put into sources: tokens, and bytes that are part of one.
const PIECES: [&str; 101] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ".",
    "...",
    ":",
    ":=",
    "=",
    "+=",
    "&^=",
    "<-",
    "->",
    "++",
    "--",
    "!",
    "~",
    "||",
    "&&",
    "==",
    "<",
    ">=",
    "+",
    "-",
    "|",
    "^",
    "*",
    "/",
    "%",
    "<<",
    ">>",
    "&",
    "&^",
    "\n",
    "\r",
    " ",
    "\t",
    "\u{b}",
    "/*\n*/",
    "/* a */",
    "// a\n",
    "x",
    "T",
    "_",
    "é",
    "new",
    "make",
    "nil",
    "true",
    "iota",
    "any",
    "1",
    "0x",
    "08",
    "0rr",
    "1.",
    ".5",
    "1e",
    "1_",
    "2i",
    "'a'",
    "''",
    "\"a\"",
    "\"\\q\"",
    "`a`",
    "'",
    "\"",
    "`",
    "\\",
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
    "[]",
    "\u{0}",
    "$",
];

/// A source with one piece taken away, put in, or put in another's place; some have two such.
fn damaged(source: &str, dice: &mut Dice) -> String {
    let mut text = source.to_owned();
    for _ in 0..1 + usize::from(dice.below(4) == 0) {
        let mut lexer = Lexer::new(text.as_bytes(), 0);
        let token = || Some(lexer.token()).filter(|token| token.tok != Tok::Eof);
        let tokens: Vec<_> = std::iter::from_fn(token).collect();
        let Some(token) = tokens.get(dice.below(tokens.len())) else { return text };
        let (start, end) = (token.start as usize, (token.end as usize).max(token.start as usize));
        let other =
            tokens.get(dice.below(tokens.len())).map_or("", |other| piece_of(&text, other.start, other.end)).to_owned();
        let piece = PIECES[dice.below(PIECES.len())];
        match dice.below(8) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, piece),
            2 => text.insert_str(end, piece),
            3 => text.replace_range(start..end, piece),
            4 => text.insert_str(start, &other),
            5 => text.replace_range(start..end, &other),
            6 => {
                let at = (start..end.max(start + 1)).nth(dice.below(end - start)).unwrap_or(start);
                if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                    text.replace_range(at..at + 1, "");
                }
            }
            _ => {
                let at = dice.below(text.len());
                if text.is_char_boundary(at) {
                    text.insert_str(at, piece);
                }
            }
        }
    }
    text
}

fn piece_of(text: &str, start: u32, end: u32) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// Whether the grammar itself reads a file.
fn has_tree(parser: &mut Parser, source: &str) -> bool {
    parser.parse(source, None).is_some_and(|tree| first_error(tree.root_node()).is_none())
}

/// A parser of Go.
fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).unwrap();
    parser
}

/// Go files of the fixtures.
fn sources() -> Vec<String> {
    let walked = walkdir::WalkDir::new(repository().join("fixtures")).sort_by_file_name().into_iter();
    let mut sources = Vec::new();
    for path in walked.flatten().map(walkdir::DirEntry::into_path) {
        if path.extension().is_some_and(|extension| extension == "go") {
            sources.push(std::fs::read_to_string(path).unwrap());
        } else if path.extension().is_some_and(|extension| extension == "txtar") {
            let files = Archive::load(&path).files.into_iter();
            sources.extend(files.filter(|(name, _)| name.ends_with(".go")).map(|(_, text)| text));
        }
    }
    sources
}

#[test]
fn what_is_surely_go_has_a_tree_however_it_is_damaged() {
    let (sources, mut parser, mut dice) = (sources(), parser(), Dice(0x9e37_79b9_7f4a_7c15));
    let (mut whole, mut survived) = (0, 0);
    for source in &sources {
        if is_surely_go(source.as_bytes()) {
            whole += 1;
            assert!(has_tree(&mut parser, source), "{source}");
        }
        for _ in 0..DAMAGES {
            let text = damaged(source, &mut dice);
            if is_surely_go(text.as_bytes()) {
                survived += 1;
                assert!(has_tree(&mut parser, &text), "{text}");
            }
        }
    }
    // Whoever is never sure is never wrong either: some damages leave Go, and few sources have to be asked of the tree.
    assert!(whole * 100 >= sources.len() * 95, "{whole} of {}", sources.len());
    assert!(survived * 5 >= sources.len() * DAMAGES, "{survived} of {}", sources.len() * DAMAGES);
}

#[test]
fn what_is_broken_beside_a_log_call_is_named() {
    for broken in [
        "func g(a [int) {}",
        "func g() { var x map[string }",
        "type T struct {\n\ta, b\n}",
        "func g() { x := 0rr }",
        "var x = 1 2",
    ] {
        let source = format!(
            "package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(err error) {{\n\tklog.Errorf(\"a: %v\", err)\n}}\n\n{broken}\n"
        );
        let checkout = Checkout::with([("a.go", source)]);
        for command in [&["scan"] as &[&str], &["plan"], &["plan", "--all"]] {
            let run = checkout.run(command).expect(3);
            assert!(run.stderr.contains("a.go:") && run.stderr.contains("not analysed"), "{broken}: {}", run.stderr);
        }
    }
}
