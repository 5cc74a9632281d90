//! Names as they stand in Go's text, before anything is parsed.

use memchr::memmem;

/// Whether a byte can be part of an identifier; every byte of a letter beyond ASCII can.
pub fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

/// Most bytes of a tree are asked about.
const WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0u8;
    loop {
        word[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => break word,
        }
    }
};

/// The offsets at which a name stands in a text, not as a part of a longer one. It may hold dots.
pub fn words<'t>(text: &'t [u8], name: &'t [u8]) -> impl Iterator<Item = usize> {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| is_word(*byte));
    memmem::find_iter(text, name).filter(move |at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        !part(before) && !part(text.get(at + name.len()))
    })
}

/// Whether one of many names stands in a text, as [`words`] finds it: the text is gone through once. These names hold no dots.
pub fn has_any(text: &[u8], is_one: impl Fn(&str) -> bool) -> bool {
    text.split(|byte| !is_word(*byte)).any(|word| !word.is_empty() && std::str::from_utf8(word).is_ok_and(&is_one))
}

/// As [`has_any`], of words that are `wanted` by what stands before them and behind.
pub fn has_any_in(text: &[u8], wanted: impl Fn(&[u8], &[u8]) -> bool, is_one: impl Fn(&str) -> bool) -> bool {
    let mut start = 0;
    text.split(|byte| !is_word(*byte)).any(|word| {
        let (at, end) = (start, start + word.len());
        start = end + 1;
        !word.is_empty() && wanted(&text[..at], &text[end..]) && std::str::from_utf8(word).is_ok_and(&is_one)
    })
}

/// Whether a text calls something by one of many names, as far as can be seen.
pub fn calls_any(text: &[u8], is_one: impl Fn(&str) -> bool) -> bool {
    has_any_in(text, |_, rest| matches!(rest.trim_ascii_start().first(), Some(b'(' | b'[' | b')' | b'/')), is_one)
}

/// Whether a name stands in a text that is not what another one is asked for, as `name` is in `other.name`.
pub fn has_name(text: &[u8], name: &[u8]) -> bool {
    words(text, name).any(|at| at.checked_sub(1).is_none_or(|before| text[before] != b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        let found = |text: &str, name: &str| words(text.as_bytes(), name.as_bytes()).collect::<Vec<_>>();
        assert_eq!(found("klog.V(1); xklog.V; klog.Vx; éklog.V", "klog.V"), [0]);
        assert_eq!(found("a aa a", "a"), [0, 5]);
        assert!(has_any(b"xklog.V(1)", |word| word == "V") && has_any(b"b", |word| word == "b"));
        assert!(!has_any(b"xa, ax.", |word| word == "a" || word.is_empty()));
        assert!(calls_any(b"x.make[int](y)", |word| word == "make") && calls_any(b"(f)(y)", |word| word == "f"));
        assert!(!calls_any(b"make, f", |word| word == "make" || word == "f"));
        assert!(has_name(b"x.pod, pod", b"pod"));
        assert!(!has_name(b"x.pod", b"pod"));
    }
}
