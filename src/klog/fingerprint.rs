//! Names of call sites that outlive line drift: a decision made on one run finds its call again in the next.

use borsh::{BorshDeserialize, BorshSerialize};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tree_sitter::Node;

use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::{self, Children, kind};

/// Bytes of the digest that are kept: enough that nobody finds two statements with one name.
const BYTES: usize = 16;

/// The name of one call site, in hexadecimal.
///
/// It is made from the file's path, the function around the call, the call's tokens (so layout and comments do not
/// count), and the call's place among equal calls of that function. Line numbers are no part of it.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Fingerprint {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Names the sites of one file, in their order.
#[derive(Debug)]
pub struct Namer<'f> {
    path: &'f str,
    seen: FxHashMap<[u8; 32], u64>,
}

impl<'f> Namer<'f> {
    /// For the file at `path`.
    pub fn new(path: &'f str) -> Self {
        Self { path, seen: FxHashMap::default() }
    }

    /// Names the next site: `call` is its code, `function` the declaration around it.
    pub fn name(&mut self, function: &str, call: &[u8]) -> Fingerprint {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            // A length in front, so that no two lists of parts look the same.
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(self.path.as_bytes());
        part(function.as_bytes());
        for token in tokens(call) {
            part(token);
        }
        let equal: [u8; 32] = hash.finalize().into();
        let ordinal = self.seen.entry(equal).or_default();
        let mut hash = Sha256::new();
        hash.update(equal);
        hash.update(ordinal.to_le_bytes());
        *ordinal += 1;
        Fingerprint(hex(&hash.finalize()[..BYTES]))
    }
}

/// The first bytes of a text's SHA-256, in hexadecimal.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tokens of an expression's code; comments and the comma before a closing bracket are layout.
fn tokens(code: &[u8]) -> Vec<&[u8]> {
    let mut lexer = Lexer::new(code, 0);
    let mut tokens: Vec<&[u8]> = Vec::new();
    loop {
        let token = lexer.token();
        let text = code.get(token.start as usize..token.end as usize).unwrap_or_default();
        match token.tok {
            Tok::Eof => return tokens,
            Tok::RParen | Tok::RBrack | Tok::RBrace => drop(tokens.pop_if(|last| *last == b",")),
            _ => {}
        }
        // The end of a line that ends a statement has no text.
        if !text.is_empty() {
            tokens.push(text);
        }
    }
}

/// The tokens of a node as [`Namer`] takes them, without some nodes and the comma behind them.
pub fn tokens_without<'s>(node: Node<'_>, source: &'s [u8], left: &dyn Fn(Node<'_>) -> bool) -> Vec<&'s [u8]> {
    let mut tokens: Vec<&[u8]> = Vec::new();
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        if left(node) {
            stack.pop_if(|next| syntax::text(*next, source) == ",");
            continue;
        }
        let whole =
            matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL | kind::RUNE_LITERAL);
        if node.kind_id() == kind::COMMENT {
            continue;
        }
        if !whole && node.child_count() > 0 {
            let children: Vec<_> = Children::new(node).collect();
            stack.extend(children.into_iter().rev());
            continue;
        }
        let token = syntax::text(node, source).trim().as_bytes();
        if matches!(token, b")" | b"]" | b"}") && tokens.last() == Some(&b",".as_slice()) {
            tokens.pop();
        }
        if !token.is_empty() {
            tokens.push(token);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, function: &str, calls: &[&str]) -> Vec<Fingerprint> {
        let mut namer = Namer::new(path);
        calls.iter().map(|call| namer.name(function, call.as_bytes())).collect()
    }

    #[test]
    fn the_lexer_finds_the_tokens_of_the_tree() {
        for call in [
            "klog.Infof(\"a // b %s\", `c\n\td`, 'x', '\\'', x.Y(1,\n\t\t2,\n\t), // why\n\t)",
            "klog.V( 4 /* level */ ).Info(func(a ...int) (b <-chan int) {\n\tfor i := range a {\n\t\ti++; b = nil\n\t}\n\treturn b\n}(s...))",
            "klog.Error([]T{{1, 2,}, {A: &b,},}[i:], m[k,], x.(T), 0x1p-2, 1.5e+3i, .5, a &^ b << 3, !(c && d) || -e <= *f)",
            "klog.Info(map[string]interface{}{\"ä\": struct{ A, B int }{1, 2}}, [...]int{1}, g[int, T](), <-ch, a&^b)",
            "(klog.Info)(func() {\n\tswitch x := y.(type) {\n\tcase nil, T:\n\t\tx += 1\n\t\tfallthrough\n\tdefault:\n\t}\n})",
        ] {
            let source = format!("package p\nvar _ = {call}\n");
            let tree = crate::go::parse::parse_bytes(source.as_bytes()).unwrap();
            assert!(!tree.root_node().has_error(), "{call}");
            let start = source.find("= ").unwrap() + 2;
            let node = tree.root_node().descendant_for_byte_range(start, start + call.len()).unwrap();
            assert_eq!(tokens(call.as_bytes()), tokens_without(node, source.as_bytes(), &|_| false), "{call}");
        }
    }

    #[test]
    fn layout_and_comments_do_not_count() {
        let one = |call| names("a.go", "f", &[call]).remove(0);
        let plain = one("klog.Infof(\"x  %s\", y.Z(1))");
        assert_eq!(plain, one("klog.Infof(\n\t\"x  %s\", // why\n\ty.Z( 1 ),\n)"));
        assert_eq!(plain.as_str().len(), 2 * BYTES);
        assert_ne!(plain, one("klog.Infof(\"x %s\", y.Z(1))"));
        assert_ne!(plain, one("klog.Infof(\"x  %s\", y.Z(2))"));
        assert_ne!(plain, names("b.go", "f", &["klog.Infof(\"x  %s\", y.Z(1))"])[0]);
        assert_ne!(plain, names("a.go", "g", &["klog.Infof(\"x  %s\", y.Z(1))"])[0]);
    }

    #[test]
    fn equal_calls_are_told_apart_by_their_order() {
        let three = names("a.go", "f", &["klog.Info(a)", "klog.Info(b)", "klog.Info(a)"]);
        assert_eq!(three[0], names("a.go", "f", &["klog.Info(a)"])[0]);
        assert_eq!(three[1], names("a.go", "f", &["klog.Info(b)"])[0]);
        assert_ne!(three[0], three[2]);
    }
}
