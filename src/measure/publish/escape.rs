//! Text from the checkout made harmless for each format's reader.

use crate::plan::report::style::is_hostile;

/// For XML text and attributes; characters that XML cannot hold become visible escapes.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push_str(&format!("&#{};", c as u32)),
            c if is_hostile(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.push_str(&format!("\\u{{{:x}}}", c as u32))
            }
            c => out.push(c),
        }
    }
    out
}

/// One field of a CSV file: quoted where needed, and never a formula to a spreadsheet.
pub fn csv_field(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    let text: String = text.chars().map(|c| if is_hostile(c) { '\u{fffd}' } else { c }).collect();
    match text.contains([',', '"', '\n', ';', '\t']) || text.starts_with([' ', '\'']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// For a cell of a Markdown table: nothing in it is markup, a mention, a command or a link.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if is_hostile(c) => out.push_str(&format!("&#92;u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    // Prow takes a line that starts with a slash for a command.
    match out.strip_prefix('/') {
        Some(rest) => format!("&#47;{rest}"),
        None => out,
    }
}

/// Data of a workflow command.
pub fn command_data(text: &str) -> String {
    crate::plan::report::style::harmless(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A path as a URI reference.
pub fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b'+' | b'@' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(xml("a<b>&\"'\u{1b}\n"), "a&lt;b&gt;&amp;&quot;&#39;\\u{1b}&#10;");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1"] {
            assert!(csv_field(formula).trim_start_matches('"').starts_with('\''), "{formula}");
        }
        assert_eq!(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(markdown("/lgtm @team [x](y) |"), "&#47;lgtm &#64;team \\[x\\](y) \\|");
        assert_eq!(command_data("100%\r\n"), "100%25%0D%0A".replace("%0D", "\\u{d}"));
        assert_eq!(command_property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(uri("a b/é.go"), "a%20b/%C3%A9.go");
    }
}
