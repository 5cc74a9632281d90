//! Colour, and text from the checkout made harmless.

use anstyle::{AnsiColor, Style};

/// Red, for what goes and what is wrong.
pub const RED: Style = AnsiColor::Red.on_default();
/// Green, for what comes.
pub const GREEN: Style = AnsiColor::Green.on_default();
/// Yellow, for what wants attention.
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
/// Bold, for places and names.
pub const BOLD: Style = Style::new().bold();
/// Faint, for what is secondary.
pub const DIM: Style = Style::new().dimmed();

/// `text` in a style; the stream drops the style where colour is not wanted.
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text from the checkout as a terminal may see it: control characters, escape sequences and direction marks become
/// visible escapes; line breaks and tabs stay.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) {
            out.push_str(&format!("\\u{{{:x}}}", c as u32));
        } else {
            out.push(c);
        }
    }
    out
}

/// The same on one line: a name of a file may have line breaks, and what follows one would pass for a line of ours.
pub fn one_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n")
}

/// Whether a character steers what shows it, or hides in it; line breaks and tabs do not.
pub fn is_hostile(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(u32::from(c), 0xad | 0x61c | 0x115f | 0x1160 | 0x3164 | 0xffa0 | 0x180b..=0x180f)
        || matches!(u32::from(c), 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff)
        || matches!(u32::from(c), 0xfff9..=0xfffb | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_checkout_steers_the_terminal() {
        let hostile = "a\u{1b}[31mb\u{202e}c\r\u{7}d\u{9b}e\u{200b}f\tg\nh";
        let shown = harmless(hostile);
        assert_eq!(shown, "a\\u{1b}[31mb\\u{202e}c\\u{d}\\u{7}d\\u{9b}e\\u{200b}f\tg\nh");
    }
}
