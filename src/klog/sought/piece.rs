//! A text that is looked for, without what may stand for several texts: verbs of formats, and the signs of regular expressions.

use super::text::{Text, words};

/// Fewer words are in every log.
const LEAST_WORDS: usize = 2;
/// Bytes of a text beyond which it is no piece of one line.
const LONGEST: usize = 400;

/// Adds the pieces of a text that starts in a line, one line after another.
pub fn add(found: &mut Vec<Text>, first: u32, text: &str) {
    for (line, text) in (first..).zip(text.lines()) {
        found.extend(pieces(behind_header(text)).into_iter().map(|text| Text { line, text }));
    }
}

/// What stands behind klog's own header: severity, time, process and place.
pub fn behind_header(line: &str) -> &str {
    let is_header = |line: &str| {
        let mut bytes = line.bytes();
        bytes.next().is_some_and(|first| b"IWEF".contains(&first)) && bytes.take(4).all(|byte| byte.is_ascii_digit())
    };
    line.split_once("] ").filter(|(header, _)| header.len() > 4 && is_header(header)).map_or(line, |(_, text)| text)
}

/// The constant parts of a line of text, of a format, or of a regular expression.
fn pieces(line: &str) -> Vec<String> {
    let is_pattern = line.contains('\\') || line.contains(".*") || line.contains(".+");
    let mut pieces = vec![String::new()];
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let len = wildcard(rest, is_pattern);
        if len > 0 {
            pieces.push(String::new());
            rest = rest.get(len..).unwrap_or_default();
            continue;
        }
        let kept = if is_pattern && first == '\\' { rest.get(1..).unwrap_or_default() } else { rest };
        let Some(kept_first) = kept.chars().next() else { break };
        if let Some(piece) = pieces.last_mut() {
            piece.push(kept_first);
        }
        rest = kept.get(kept_first.len_utf8()..).unwrap_or_default();
    }
    pieces.iter_mut().for_each(|piece| *piece = piece.trim().to_owned());
    pieces.retain(|piece| piece.len() <= LONGEST && words(piece).take(LEAST_WORDS).count() == LEAST_WORDS);
    pieces
}

/// Bytes at the start of a text that stand for other text; 0 where there are none.
fn wildcard(rest: &str, is_pattern: bool) -> usize {
    let bytes = rest.as_bytes();
    let quantified = |at: usize| at + bytes[at..].iter().take_while(|byte| b"*+?".contains(byte)).count();
    match bytes {
        [b'%', ..] => verb(bytes),
        [b'.', b'*' | b'+' | b'?', ..] => quantified(1),
        [b'\\', b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'b' | b'B', ..] if is_pattern => quantified(2),
        [b'(' | b')' | b'|' | b'^' | b'$', ..] if is_pattern => quantified(1),
        [b'[', ..] => match rest.find(']').map(|end| (end, quantified(end + 1))) {
            Some((end, whole)) if whole > end + 1 => whole,
            _ => 0,
        },
        _ => 0,
    }
}

/// Bytes of a verb of a format: `%v`, `%-5.2f`, `%[1]q`.
fn verb(bytes: &[u8]) -> usize {
    let flags = bytes[1..].iter().take_while(|byte| b"+-#0123456789.[]*".contains(byte)).count();
    match bytes.get(1 + flags) {
        Some(letter) if letter.is_ascii_alphabetic() => flags + 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_any_text_parts_a_text() {
        for (text, want) in [
            ("volume is gone", &["volume is gone"][..]),
            ("volume %s is gone, 100% sure", &["is gone, 100% sure"]),
            (r"^found \[orphan\] volume .* in pod [a-z0-9]+ again$", &["found [orphan] volume", "in pod"]),
            ("lost", &[]),
            ("E0102 10:20:30.1234    7 a.go:12] mount was lost", &["mount was lost"]),
            (r"took \d+ms to (start|stop) it now", &["ms to", "it now"]),
        ] {
            let mut found = Vec::new();
            add(&mut found, 3, text);
            assert_eq!(found.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), want, "{text}");
        }
        let mut found = Vec::new();
        add(&mut found, 3, "one line\n\nand another\n");
        assert_eq!(found.iter().map(|text| text.line).collect::<Vec<_>>(), [3, 5]);
    }
}
