//! Go string literals: reading and writing.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, BinaryExpression, kind, named_children};

/// Value of a constant string expression: literals, their concatenation, parentheses, and whatever `constant` knows.
/// `None` where a part is not constant or not UTF-8.
pub fn constant_string<'t>(
    node: Node<'t>,
    source: &[u8],
    constant: &dyn Fn(Node<'t>) -> Option<String>,
) -> Option<String> {
    match node.kind_id() {
        kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL => unquote(syntax::text(node, source)),
        kind::PARENTHESIZED_EXPRESSION => constant_string(named_children(node).next()?, source, constant),
        kind::IDENTIFIER | kind::SELECTOR_EXPRESSION | kind::CALL_EXPRESSION => constant(node),
        kind::BINARY_EXPRESSION => {
            let mut terms = Vec::new();
            concatenation(node, source, &mut terms)?;
            terms.iter().map(|term| constant_string(*term, source, constant)).collect()
        }
        _ => None,
    }
}

/// Operands of `a + b + c`, left to right; `None` where another operator is among them.
pub fn concatenation<'t>(node: Node<'t>, source: &[u8], terms: &mut Vec<Node<'t>>) -> Option<()> {
    let mut rights = Vec::new();
    let mut left = node;
    while let Some(binary) = BinaryExpression::cast(left) {
        let operator = binary.operator()?;
        if syntax::text(operator, source) != "+" {
            return None;
        }
        rights.push(binary.right()?.node());
        left = binary.left()?.node();
    }
    terms.push(left);
    terms.extend(rights.into_iter().rev());
    Some(())
}

/// Decodes an interpreted or raw string literal as the Go specification says; `None` if it is malformed or not UTF-8.
pub fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let body = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = Vec::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let byte = match chars.clone().next()? {
            '0'..='7' => u8::try_from(number(&mut chars, 3, 8)?).ok()?,
            escape => {
                chars.next();
                match escape {
                    'a' => 7,
                    'b' => 8,
                    'f' => 12,
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    'v' => 11,
                    '\\' => b'\\',
                    '"' => b'"',
                    'x' => u8::try_from(number(&mut chars, 2, 16)?).ok()?,
                    'u' | 'U' => {
                        let digits = if escape == 'u' { 4 } else { 8 };
                        let c = char::from_u32(number(&mut chars, digits, 16)?)?;
                        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        continue;
                    }
                    _ => return None,
                }
            }
        };
        out.push(byte);
    }
    String::from_utf8(out).ok()
}

/// The next `digits` digits as a number.
fn number(chars: &mut std::str::Chars<'_>, digits: usize, radix: u32) -> Option<u32> {
    let text: String = chars.take(digits).collect();
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u32::from_str_radix(&text, radix).ok())?
}

/// Writes an interpreted string literal as `strconv.Quote` does for printable text.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if must_escape(c) => out.push_str(&escape(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Control and direction characters, which would make a literal show something other than it says.
fn must_escape(c: char) -> bool {
    c.is_control() || matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0xfeff)
}

fn escape(c: char) -> String {
    let code = c as u32;
    if code <= 0xffff { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_those_of_the_specification() {
        let read = |text| unquote(text);
        assert_eq!(read(r#""a\n\t\"\\\x41\101\u00e9\U0001F600""#).as_deref(), Some("a\n\t\"\\AAé😀"));
        assert_eq!(read("`a\\n\r\nb`").as_deref(), Some("a\\n\nb"));
        for bad in [r#""\q""#, r#""\x4""#, r#""\xff""#, r#""\400""#, r#""\ud800""#, "\"", "x", r#""\""#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn direction_marks_are_written_as_escapes() {
        assert_eq!(quote("a\u{202e}b\u{200b}"), "\"a\\u202eb\\u200b\"");
    }

    proptest! {
        #[test]
        fn quote_and_unquote_are_inverse(text in any::<String>()) {
            prop_assert_eq!(unquote(&quote(&text)), Some(text));
        }

        #[test]
        fn unquote_never_panics(text in any::<String>()) {
            let _ = unquote(&text);
            let _ = unquote(&format!("\"{text}\""));
        }
    }
}
