//! A page in one file: data, style and script inside, nothing fetched, and a policy that lets nothing else run.

use sha2::{Digest, Sha256};

use super::style::is_hostile;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'p> {
    /// HTML with the marks `@CSP@`, `@CSS@`, `@JS@` and `@DATA@`.
    pub html: &'p str,
    /// Its style.
    pub style: &'p str,
    /// Its script.
    pub script: &'p str,
}

/// The page. `connect` is what it may speak to, as a policy says it: `'none'`, `'self'`. `json` is made inert.
pub fn page(parts: Parts<'_>, json: &str, connect: &str) -> String {
    let Parts { html, style, script } = parts;
    let data = inert(json);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src {connect}; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(style)
    );
    let marks = [("@CSP@", policy.as_str()), ("@CSS@", style), ("@JS@", script), ("@DATA@", &data)];
    let mut out = String::with_capacity(html.len() + style.len() + script.len() + data.len());
    let mut rest = html;
    // One pass: what stands in the data is never taken for a mark.
    while let Some((at, mark, text)) = marks.iter().filter_map(|(m, t)| Some((rest.find(m)?, m, t))).min() {
        out.push_str(&rest[..at]);
        out.push_str(text);
        rest = &rest[at + mark.len()..];
    }
    out.push_str(rest);
    out
}

/// JSON that ends no script element and hides nothing.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        if matches!(c, '<' | '>' | '&') || is_hostile(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// SHA-256 in base64, as policies name scripts.
fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for chunk in digest.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            out.push(if digit > chunk.len() { '=' } else { char::from(DIGITS[value as usize]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_name_scripts_as_browsers_do() {
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn data_ends_no_script() {
        let json = serde_json::to_string("</script><!-- \u{202e}\u{e0041}\u{1b} &").unwrap();
        let shown = inert(&json);
        assert!(!shown.contains(['<', '>', '&', '\u{202e}', '\u{e0041}']), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), "</script><!-- \u{202e}\u{e0041}\u{1b} &");
    }
}
