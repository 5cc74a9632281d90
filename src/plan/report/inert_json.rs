//! JSON that steers nothing: control and direction characters of the checkout are escaped, as JSON allows for any of them.

use std::io::{Result, Write};

use serde::Serialize;

use super::style::is_hostile;

/// A value over many lines, and a line break.
pub fn document(value: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer_pretty(Escaping(&mut *out), value)?;
    writeln!(out)
}

/// A value on one line, and a line break.
pub fn line(value: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer(Escaping(&mut *out), value)?;
    writeln!(out)
}

/// What serde_json writes, piece by piece; outside strings it is ASCII without such characters.
struct Escaping<'o>(&'o mut dyn Write);

impl Write for Escaping<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if bytes.iter().all(|byte| byte.is_ascii() && *byte != 0x7f) {
            return self.0.write_all(bytes).map(|()| bytes.len());
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return self.0.write_all(bytes).map(|()| bytes.len()) };
        let mut escaped = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            match c {
                '\u{7f}'.. if is_hostile(c) => {
                    c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
                }
                c => escaped.push(c),
            }
        }
        self.0.write_all(escaped.as_bytes()).map(|()| bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_the_same_to_a_reader() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{202e}é\u{e0041}\n\"";
        let mut out = Vec::new();
        line(&text, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown, "\"a\\u001b\\u007f\\u009b\\u202eé\\udb40\\udc41\\n\\\"\"\n");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
