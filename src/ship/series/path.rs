//! Paths in patch headers: which are refused, and how the others are quoted.

use super::SeriesError;

/// Refuses a path that could reach outside the checkout or into git's own directory, on any file system.
///
/// Stricter than git on purpose: `\` counts as a separator too, and what NTFS or HFS+ would take for `.git` or `..`
/// is refused everywhere, since the patch may be applied on another system than the one that made it.
pub fn check_path(path: &str) -> Result<(), SeriesError> {
    match objection(path) {
        None => Ok(()),
        Some(reason) => Err(SeriesError::Path { path: path.to_owned(), reason }),
    }
}

fn objection(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.contains('\0') {
        return Some("it contains a NUL");
    }
    let drive = bytes[0].is_ascii_alphabetic() && bytes.get(1) == Some(&b':');
    if path.starts_with(['/', '\\']) || drive {
        return Some("it is absolute");
    }
    if path.split('/').any(str::is_empty) {
        return Some("it has an empty component");
    }
    path.split(['/', '\\']).find_map(component_objection)
}

fn component_objection(component: &str) -> Option<&'static str> {
    // What file systems ignore goes first: code points (HFS+), a stream name, trailing dots and spaces (NTFS).
    let seen: String = component.chars().filter(|c| !ignored_by_hfs(*c)).collect();
    let seen = seen.split(':').next().unwrap_or_default();
    let name = seen.trim_end_matches([' ', '.']).to_ascii_lowercase();
    if name.is_empty() && seen.contains('.') {
        return Some("it has a component of dots");
    }
    let short = name.strip_prefix("git~").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (name == ".git" || short).then_some("it leads into git's own directory")
}

/// Code points that HFS+ leaves out when it compares names.
fn ignored_by_hfs(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// The path as it stands in a patch: plain, or in double quotes with C escapes, as git quotes.
///
/// A trailing space is quoted too, which git reads but does not write: editors and mail programs strip it.
pub(super) fn quoted(path: &str) -> String {
    let plain = path.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
    if plain && !path.ends_with(' ') { path.to_owned() } else { in_quotes(path) }
}

/// The path in double quotes, whatever it is.
pub(super) fn in_quotes(path: &str) -> String {
    let mut out = String::from('"');
    for byte in path.bytes() {
        match byte {
            0x07 => out.push_str("\\a"),
            0x08 => out.push_str("\\b"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0b => out.push_str("\\v"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("\\{other:03o}")),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_astray_are_refused() {
        let refused = [
            "",
            "/etc/passwd",
            "\\\\host\\x.go",
            "C:/x.go",
            "c:x.go",
            "a//b.go",
            "a/",
            "..",
            "../x.go",
            "a/../x.go",
            "a\\..\\x.go",
            "./x.go",
            "a/.. /x.go",
            "a/.../x.go",
            ".git/config",
            "a/.git",
            "a/.GIT/x.go",
            ".Git/x.go",
            ".git./x.go",
            ".git /x.go",
            ".git::$INDEX_ALLOCATION/x.go",
            "GIT~1/x.go",
            "git~2/x.go",
            ".g\u{200c}it/x.go",
            "\u{feff}.git/x.go",
            ".git\\hooks\\x.go",
            "a\0b.go",
            ".\u{200d}./x.go",
        ];
        for path in refused {
            assert!(check_path(path).is_err(), "{path:?} was let through");
        }
    }

    #[test]
    fn ordinary_paths_pass() {
        let passed = [
            "x.go",
            "a/b/c.go",
            ".github/x.go",
            "a.git/x.go",
            ".gitignore",
            "git~x.go",
            "-rf.go",
            "a b.go",
            "é.go",
            "a\\b.go",
            "a\nb.go",
            "..x.go",
            "x...go",
            ".a",
            " .go",
        ];
        for path in passed {
            assert!(check_path(path).is_ok(), "{path:?} was refused");
        }
    }

    #[test]
    fn unusual_bytes_are_escaped_as_git_does() {
        assert_eq!(quoted("a/b c.go"), "a/b c.go");
        assert_eq!(quoted("a/\"q\"\\\n\t\u{1b}.go"), r#""a/\"q\"\\\n\t\033.go""#);
        assert_eq!(quoted("a/é\u{7f}"), r#""a/\303\251\177""#);
        assert_eq!(quoted("a/x "), "\"a/x \"");
    }
}
