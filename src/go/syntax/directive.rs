//! Comments that speak to a tool, `//tool:word rest`, and what they are about.

use memchr::{memchr, memmem, memrchr};

use super::word::is_word;

/// A comment that speaks to a tool; those to Go itself are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// What stands behind the slashes.
    pub text: Box<str>,
    /// Offset of the comment in the file.
    pub at: u32,
    /// Offset of the code that the comment stands above, without a blank line between.
    pub of: u32,
    /// The word that stands there: `func`, or the name of a method that an interface asks for.
    pub word: Box<str>,
}

/// The directives of a file that stand on lines of their own above code.
pub fn directives(source: &[u8]) -> Box<[Directive]> {
    let mut found = Vec::new();
    // Comments of one block are about the same: each line is looked at once.
    let (mut looked, mut of) = (0, None);
    for at in memmem::find_iter(source, b"//") {
        let Some(text) = text_at(source, at) else { continue };
        if at >= looked {
            (looked, of) = below(source, at);
        }
        let Some(of) = of else { continue };
        let code = &source[of..];
        let end = code.iter().position(|byte| !is_word(*byte)).unwrap_or(code.len());
        let word = String::from_utf8_lossy(&code[..end]).into();
        found.push(Directive { text: text.into(), at: at as u32, of: of as u32, word });
    }
    found.into()
}

/// The text of a directive whose slashes are at `at`, alone on its line.
fn text_at(source: &[u8], at: usize) -> Option<&str> {
    let rest = &source[at + 2..];
    // Nearly all comments go on with a blank.
    if !rest.first()?.is_ascii_lowercase() {
        return None;
    }
    let line = &rest[..memchr(b'\n', rest).unwrap_or(rest.len())];
    let start = memrchr(b'\n', &source[..at]).map_or(0, |before| before + 1);
    let (tool, word) = line.split_at(memchr(b':', line)?);
    let is_name = tool.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let speaks = word.get(1).is_some_and(u8::is_ascii_alphanumeric);
    let is_whole = is_name && speaks && tool != b"go" && source[start..at].trim_ascii().is_empty();
    is_whole.then(|| str::from_utf8(line.trim_ascii_end()).ok())?
}

/// Where a block of comment lines ends, and the code right below it.
fn below(source: &[u8], at: usize) -> (usize, Option<usize>) {
    let mut start = at;
    loop {
        let Some(end) = memchr(b'\n', &source[start..]) else { return (source.len(), None) };
        start += end + 1;
        let line = &source[start..];
        let blank = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
        match &line[blank..] {
            [] | [b'\n' | b'\r', ..] => return (start, None),
            [b'/', b'/', ..] => {}
            _ => return (start, Some(start + blank)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_to_tools_know_what_they_stand_above() {
        let source = "//go:build linux\n//tool:a\n\npackage p\n\n// F does.\n//tool:b x // y\n//other:c\n// More.\nfunc F() {\n\t//tool:d\n}\n\
            type I interface {\n\t//tool:e\n\tM(int)\n\tN() //tool:f\n}\n//tool: g\n//Tool:h\n//a//b:c\nvar x = 1\n//tool:i";
        let found = directives(source.as_bytes());
        let shown: Vec<_> = found.iter().map(|one| (&*one.text, &*one.word)).collect();
        assert_eq!(shown, [("tool:b x // y", "func"), ("other:c", "func"), ("tool:d", ""), ("tool:e", "M")]);
        assert!(found.iter().all(|one| source[one.at as usize..].starts_with(&format!("//{}", one.text))));
        assert!(source[found[3].of as usize..].starts_with("M(int)"));
    }

    #[test]
    fn many_lines_are_each_looked_at_once() {
        let source = "//tool:a\n".repeat(300_000) + "func f()";
        assert_eq!(directives(source.as_bytes()).len(), 300_000);
    }
}
