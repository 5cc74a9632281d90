//! Files that are read line by line: scripts, what ships logs and alerts on them, recorded output.

use super::piece::{add, behind_header};
use super::text::Text;
use crate::rule::SoughtByLines;

/// Lines of a file with their numbers; of a file that is not UTF-8, none.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(std::str::from_utf8(bytes).unwrap_or_default().lines())
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//")
}

/// Quoted text in lines of a script that search.
pub fn of_script(bytes: &[u8], rules: &SoughtByLines) -> Vec<Text> {
    let mut found = Vec::new();
    if !rules.marks.is_match(bytes) {
        return found;
    }
    for (number, line) in lines(bytes).filter(|(_, line)| !is_comment(line) && rules.marks.is_match(line.as_bytes())) {
        quoted(line).into_iter().for_each(|text| add(&mut found, number, text));
    }
    found
}

/// Lines of a file that reads logs.
pub fn of_reader(bytes: &[u8], rules: &SoughtByLines) -> Vec<Text> {
    let mut found = Vec::new();
    if !rules.marks.is_match(bytes) {
        return found;
    }
    for (number, line) in lines(bytes).filter(|(_, line)| !is_comment(line)) {
        line.split(['"', '\'', '`']).for_each(|text| add(&mut found, number, text));
    }
    found
}

/// Lines that klog printed.
pub fn recorded(bytes: &[u8]) -> Vec<Text> {
    let mut found = Vec::new();
    for (number, line) in lines(bytes) {
        let text = behind_header(line);
        if text.len() < line.len() {
            add(&mut found, number, text);
        }
    }
    found
}

/// What stands between quotes of one kind.
fn quoted(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = if rest[at..].starts_with('"') { '"' } else { '\'' };
        let Some((text, behind)) = rest[at + 1..].split_once(quote) else { break };
        found.push(text);
        rest = behind;
    }
    found
}
