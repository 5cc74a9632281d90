//! Two calls compared word by word.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// A piece of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// Whether the other call lacks it.
    pub changed: bool,
}

/// Both calls in pieces.
pub fn words(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (split(old), split(new));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let changed = op.tag() != DiffTag::Equal;
        push(&mut before, old[op.old_range()].concat(), changed);
        push(&mut after, new[op.new_range()].concat(), changed);
    }
    (before, after)
}

fn push(pieces: &mut Vec<Piece>, text: String, changed: bool) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.changed == changed => last.text.push_str(&text),
        _ => pieces.push(Piece { text, changed }),
    }
}

/// Words, and everything else character by character.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        let word = c.is_alphanumeric() || c == '_';
        if at > start && !(word && in_word) {
            parts.push(&text[start..at]);
            start = at;
        }
        in_word = word;
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared() {
        let (old, new) = words("klog.Infof(\"a:%s\", x)", "klog.InfoS(\"a\", \"x\", x)");
        let shown = |pieces: &[Piece]| -> String {
            pieces.iter().map(|p| if p.changed { format!("[{}]", p.text) } else { p.text.clone() }).collect()
        };
        assert_eq!(shown(&old), "klog.[Infof](\"a[:%s]\", x)");
        assert_eq!(shown(&new), "klog.[InfoS](\"a\", [\"x\", ]x)");
        assert_eq!(words("", ""), (vec![], vec![]));
        let joined = |pieces: &[Piece]| pieces.iter().map(|p| p.text.as_str()).collect::<String>();
        let (a, b) = words("x\n\té日y", "z\té");
        assert_eq!((joined(&a).as_str(), joined(&b).as_str()), ("x\n\té日y", "z\té"));
    }
}
