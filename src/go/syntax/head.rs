//! What stands before a file's first declaration: comments, the package clause, imports. Every file is looked at so, hence by
//! hand, and no further than that.

use std::borrow::Cow;

use super::word::is_word;

/// What the head of a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head<'s> {
    /// Whether it has Go's own marker for generated files (<https://go.dev/s/generatedcode>): such a line before the package clause.
    pub is_generated: bool,
    /// Import paths, as they are to Go: escapes are resolved.
    pub imports: Vec<Cow<'s, str>>,
    /// Names that the file gives to imports.
    pub aliases: Vec<&'s str>,
}

/// Reads the head of a file; what is no Go ends it.
pub fn head(source: &[u8]) -> Head<'_> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let mut scan = Scan { source, at: 0, marked: false };
    let mut head = Head::default();
    let mut in_group = false;
    let mut may_import = false;
    loop {
        scan.space();
        let marked = scan.marked;
        match scan.token() {
            Token::Word(b"package") if !may_import => {
                head.is_generated = marked;
                scan.space();
                scan.token();
                may_import = true;
            }
            Token::Word(b"import") if may_import && !in_group => {}
            Token::Open if may_import => in_group = true,
            Token::Close if in_group => in_group = false,
            // A name for the import, or `.`; and the `;` behind it.
            Token::Word(word) if may_import && (in_group || !DECLARATIONS.contains(&word)) => {
                head.aliases.extend(std::str::from_utf8(word));
            }
            Token::Dot | Token::Semicolon if may_import => {}
            Token::Text(path) if may_import => head.imports.extend(path),
            _ => return head,
        }
    }
}

/// Words that end the imports.
const DECLARATIONS: [&[u8]; 4] = [b"func", b"var", b"type", b"const"];

enum Token<'s> {
    Word(&'s [u8]),
    Text(Option<Cow<'s, str>>),
    Open,
    Close,
    Dot,
    Semicolon,
    Other,
}

struct Scan<'s> {
    source: &'s [u8],
    at: usize,
    /// Whether a comment line was Go's marker.
    marked: bool,
}

impl<'s> Scan<'s> {
    fn rest(&self) -> &'s [u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with(b"//") {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
                let first = self.at == 0 || self.source.get(self.at - 1) == Some(&b'\n');
                let marker = line.starts_with(b"// Code generated ") && line.ends_with(b" DO NOT EDIT.");
                self.marked |= first && marker;
                self.at += end;
            } else if rest.starts_with(b"/*") {
                let end = memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |at| at + 4);
                self.at += end;
            } else if rest.first().is_some_and(u8::is_ascii_whitespace) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn token(&mut self) -> Token<'s> {
        let rest = self.rest();
        let Some(first) = rest.first() else { return Token::Other };
        let (token, length) = match first {
            b'(' => (Token::Open, 1),
            b')' => (Token::Close, 1),
            b'.' => (Token::Dot, 1),
            b';' => (Token::Semicolon, 1),
            b'`' => {
                let end = memchr::memchr(b'`', &rest[1..]).unwrap_or(rest.len() - 1);
                (Token::Text(std::str::from_utf8(&rest[1..=end]).ok().map(Cow::Borrowed)), end + 2)
            }
            b'"' => {
                let end = quoted(rest);
                (Token::Text(unquoted(rest.get(1..end).unwrap_or_default())), end + 1)
            }
            byte if is_word(*byte) => {
                let end = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), end)
            }
            _ => (Token::Other, 1),
        };
        self.at += length;
        token
    }
}

/// Where a quoted string ends that starts at 0.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' | b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// The text of an interpreted string literal without its quotes; none where an escape is wrong or it is not UTF-8.
pub fn unquoted(text: &[u8]) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'\\', text).is_none() {
        return std::str::from_utf8(text).ok().map(Cow::Borrowed);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        if *first != b'\\' {
            out.push(*first);
            rest = more;
            continue;
        }
        let (kind, more) = more.split_first()?;
        let number = |digits: usize, radix: u32, from: &[u8]| {
            let digits = std::str::from_utf8(from.get(..digits)?).ok()?;
            u32::from_str_radix(digits, radix).ok()
        };
        let simple = b"abfnrtv\\\"".iter().position(|known| known == kind);
        rest = match (simple, kind) {
            (Some(at), _) => {
                out.push(*b"\x07\x08\x0c\n\r\t\x0b\\\"".get(at)?);
                more
            }
            (None, b'x') => {
                out.push(u8::try_from(number(2, 16, more)?).ok()?);
                more.get(2..)?
            }
            (None, b'u' | b'U') => {
                let digits = if *kind == b'u' { 4 } else { 8 };
                let c = char::from_u32(number(digits, 16, more)?)?;
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                more.get(digits..)?
            }
            (None, b'0'..=b'7') => {
                out.push(u8::try_from(number(3, 8, rest.get(1..)?)?).ok()?);
                rest.get(4..)?
            }
            _ => return None,
        };
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_what_they_are_to_go() {
        let source = b"// Copyright\n\n/* a */ package p // b\n\nimport \"a/b\"; import x `c`\nimport (\n\t. \"k8s\\x2eio/\\153log/\\u0076\\U00000032\"\n\t_ \"d\"\n)\nvar s = \"e\"\n";
        let head = head(source);
        assert_eq!(head.imports, ["a/b", "c", "k8s.io/klog/v2", "d"]);
        assert_eq!(head.aliases, ["x", "_"]);
        assert!(!head.is_generated);
        assert_eq!(super::head(b"package p\nfunc f() { \"x\" }").imports.len(), 0);
        for broken in
            [&b""[..], b"package", b"package p\nimport \"a", b"package p\nimport `a", b"/*", b"\"\\", b"import \"x\""]
        {
            assert!(super::head(broken).imports.len() <= 1);
        }
    }

    #[test]
    fn the_marker_of_generated_files_is_a_comment_before_the_package_clause() {
        let yes = [
            "// Code generated by x. DO NOT EDIT.\npackage p",
            "/* a */\n\n// b\n// Code generated x DO NOT EDIT.\r\n\npackage p",
        ];
        for text in yes {
            assert!(head(text.as_bytes()).is_generated, "{text}");
        }
        for text in [
            "package p\n// Code generated by x. DO NOT EDIT.\n",
            "/* a */ package p\n\n// Code generated by x. DO NOT EDIT.\n",
            "/*\n// Code generated by x. DO NOT EDIT.\n*/\npackage p",
            " // Code generated by x. DO NOT EDIT.\npackage p",
            "// Code generated by x. DO NOT EDIT. Really\npackage p",
        ] {
            assert!(!head(text.as_bytes()).is_generated, "{text}");
        }
    }
}
