//! Literals that the grammar takes for one token: the common forms alone.

use super::super::lex::Tok;

/// Whether a literal of this kind has a form that the grammar knows.
pub(super) fn is_plain(tok: Tok, text: &[u8]) -> bool {
    match (tok, text) {
        (Tok::Int, [b'0', b'x' | b'X', digits @ ..]) => is_number(digits, |byte| byte.is_ascii_hexdigit()),
        (Tok::Int, [b'0', b'b' | b'B', digits @ ..]) => is_number(digits, |byte| matches!(byte, b'0' | b'1')),
        (Tok::Int, [b'0', b'o' | b'O', digits @ ..]) => is_number(digits, is_octal),
        (Tok::Int, [b'0', digits @ ..]) => digits.is_empty() || is_number(digits, is_octal),
        (Tok::Int, digits) => is_number(digits, |byte| byte.is_ascii_digit()),
        (Tok::Float, text) => is_float(text),
        (Tok::Str, [b'`', ..]) => true,
        (Tok::Str, [b'"', inner @ .., b'"']) => is_text(inner, b'"').is_some(),
        (Tok::Rune, [b'\'', inner @ .., b'\'']) => is_text(inner, b'\'') == Some(1),
        _ => false,
    }
}

/// Whether a number that is no plain one is Go's: an imaginary one, or a hexadecimal fraction.
pub(super) fn is_odd(text: &[u8]) -> bool {
    if let [real @ .., b'i'] = text {
        let is_decimal = is_number(real, |byte| byte.is_ascii_digit());
        return is_decimal || [Tok::Int, Tok::Float].into_iter().any(|tok| is_plain(tok, real)) || is_odd(real);
    }
    let [b'0', b'x' | b'X', mantissa @ ..] = text else { return false };
    let Some(at) = mantissa.iter().position(|byte| matches!(byte, b'p' | b'P')) else { return false };
    let (mantissa, exponent) = (&mantissa[..at], &mantissa[at + 1..]);
    let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
    let mut parts = mantissa.split(|byte| *byte == b'.');
    let digits = |part: &[u8]| part.is_empty() || is_number(part, |byte| byte.is_ascii_hexdigit());
    is_number(exponent, |byte| byte.is_ascii_digit())
        && mantissa.iter().any(u8::is_ascii_hexdigit)
        && parts.by_ref().take(2).all(digits)
        && parts.next().is_none()
}

/// Whether a name beyond ASCII is one: letters and digits.
pub(super) fn is_name(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.chars().all(|c| c == '_' || c.is_alphanumeric()))
}

fn is_octal(byte: u8) -> bool {
    matches!(byte, b'0'..=b'7')
}

/// Digits, single underscores between them.
fn is_number(digits: &[u8], is_digit: impl Fn(u8) -> bool) -> bool {
    digits.split(|byte| *byte == b'_').all(|part| !part.is_empty() && part.iter().all(|byte| is_digit(*byte)))
}

/// `1.5`, `1.`, `.5`, each with an exponent or without, and `1e9`.
fn is_float(text: &[u8]) -> bool {
    let (mantissa, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let is_decimal = |digits: &[u8]| is_number(digits, |byte| byte.is_ascii_digit());
    let is_exponent = |text: &[u8]| is_decimal(text.strip_prefix(b"+").or(text.strip_prefix(b"-")).unwrap_or(text));
    let has_digits = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(0) => is_decimal(&mantissa[1..]),
        Some(at) => is_decimal(&mantissa[..at]) && (at + 1 == mantissa.len() || is_decimal(&mantissa[at + 1..])),
        None => exponent.is_some() && is_decimal(mantissa),
    };
    has_digits && exponent.is_none_or(is_exponent)
}

/// How many characters stand between two quotes; none where an escape is no plain one.
fn is_text(inner: &[u8], quote: u8) -> Option<usize> {
    let (mut rest, mut count) = (inner, 0);
    while let Some((first, more)) = rest.split_first() {
        rest = if *first == b'\\' { escaped(more, quote)? } else { more };
        // Bytes that go on with a character count with its first one.
        count += usize::from(*first & 0xc0 != 0x80);
    }
    Some(count)
}

/// What stands behind an escape, of which the backslash is read.
fn escaped(text: &[u8], quote: u8) -> Option<&[u8]> {
    let (kind, more) = text.split_first()?;
    let digits = match kind {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => return Some(more),
        quoted if *quoted == quote => return Some(more),
        b'0'..=b'7' => return text.get(..3)?.iter().all(|byte| is_octal(*byte)).then_some(&text[3..]),
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    more.get(..digits)?.iter().all(u8::is_ascii_hexdigit).then_some(&more[digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_are_told_from_none() {
        for (text, odd) in [
            ("1i", true),
            ("08i", true),
            ("1.5e3i", true),
            ("0x1p-2", true),
            ("0x.8p1i", true),
            ("0x1.2.3p1", false),
            ("0xp1", false),
            ("0rri", false),
        ] {
            assert_eq!(is_odd(text.as_bytes()), odd, "{text}");
        }
    }

    #[test]
    fn common_forms_are_taken_and_others_are_not() {
        for (tok, text, plain) in [
            (Tok::Int, "0", true),
            (Tok::Int, "1_000", true),
            (Tok::Int, "0x1F", true),
            (Tok::Int, "0755", true),
            (Tok::Int, "08", false),
            (Tok::Int, "0rr", false),
            (Tok::Int, "1__0", false),
            (Tok::Float, "1.", true),
            (Tok::Float, ".5e-3", true),
            (Tok::Float, "1e9", true),
            (Tok::Float, "1.5.2", false),
            (Tok::Float, "1e", false),
            (Tok::Imaginary, "1i", false),
            (Tok::Str, r#""a\n\"é\x00\u00e9""#, true),
            (Tok::Str, r#""\q""#, false),
            (Tok::Str, r#""\'""#, false),
            (Tok::Rune, r"'\''", true),
            (Tok::Rune, "'é'", true),
            (Tok::Rune, r"'\000'", true),
            (Tok::Rune, "'ab'", false),
            (Tok::Rune, "''", false),
        ] {
            assert_eq!(is_plain(tok, text.as_bytes()), plain, "{text}");
        }
    }
}
