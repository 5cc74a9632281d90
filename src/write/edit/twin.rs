//! Whether what stands before a message tells its line from another one of the file.

use memchr::memmem;
use tree_sitter::Node;

use crate::klog::place::Place;

/// Texts shorter than that say too little to be told apart by what stands before them.
const ENOUGH: usize = 8;

/// Whether the file has another text that is the same but for what stands before it: "[shop/till] no coin" beside "[shop/door] no coin".
pub(super) fn has_twin(first: Option<&Node<'_>>, place: &Place<'_, '_>) -> bool {
    let source = place.source();
    let Some(text) = first.map(|node| &source[node.byte_range()]) else { return false };
    let Some(quoted) = text.strip_prefix(b"\"") else { return false };
    let Some(at) = prefix_end(quoted) else { return false };
    let (head, rest) = quoted.split_at(at);
    if rest.len() < ENOUGH || !rest.contains(&b' ') {
        return false;
    }
    memmem::find_iter(source, rest).any(|at| {
        let line = source[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let before = &source[line..at];
        let other = before.iter().rposition(|byte| *byte == b'"').map(|quote| &before[quote + 1..]);
        // Of another kind it stays, or this one does.
        let alike =
            |other: &&[u8]| other.first().map(|first| *first == b'[') == head.first().map(|first| *first == b'[');
        other.filter(alike).is_some_and(|other| other != head && prefix_end(other) == Some(other.len()))
    })
}

/// Where what stands behind `[component]`, `function: ` or `function - ` starts.
fn prefix_end(text: &[u8]) -> Option<usize> {
    let spaces = |from: usize| from + text[from..].iter().take_while(|byte| **byte == b' ').count();
    let marks: [&[u8]; 2] = [b": ", b" - "];
    match text.first()? {
        b'[' => memmem::find(text, b"]").map(|end| spaces(end + 1)),
        _ => marks.iter().filter_map(|mark| memmem::find(text, mark).map(|at| at + mark.len())).min(),
    }
}
