//! File addresses as editors write them, and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

/// The path of a `file:` address; `None` of any other.
pub fn to_path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    // A host other than this machine's is nothing that can be read here.
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = decode(path.split(['?', '#']).next()?)?;
    let path = decoded.strip_prefix('/')?;
    // `/c:/src` on Windows.
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    Some(PathBuf::from(if cfg!(windows) && is_drive { path } else { decoded.as_str() }))
}

/// The `file:` address of an absolute path that is UTF-8.
pub fn of_path(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let mut address = String::from("file://");
    if !text.starts_with('/') {
        address.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => address.push(byte as char),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&address).ok()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => (digit(rest.next())? * 16 + digit(rest.next())?) as u8,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_from_addresses() {
        for path in ["/a/b.go", "/a b/ü%20/c.go", "/", "/x/[y]/z+1.go"] {
            let uri = of_path(Path::new(path)).unwrap();
            assert_eq!(to_path(&uri), Some(PathBuf::from(path)), "{}", uri.as_str());
        }
        let decoded = |text: &str| to_path(&Uri::from_str(text).unwrap());
        assert_eq!(decoded("file:///a%3Ab/c.go"), Some(PathBuf::from("/a:b/c.go")));
        assert_eq!(decoded("file://localhost/a.go"), Some(PathBuf::from("/a.go")));
        assert_eq!(decoded("untitled:Untitled-1"), None);
        assert_eq!(decoded("file://elsewhere/a.go"), None);
    }
}
