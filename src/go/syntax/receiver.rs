//! What a method's body says of its receiver.

use super::word::is_word;

/// Offsets of the first byte and behind the last.
type Range = (u32, u32);

/// Whether a method that makes a text, `String` or `Error`, compares its receiver with nil somewhere in its body. `head` reaches from `func`
/// to the method's name.
pub(super) fn asks_for_nil(source: &[u8], head: Range, body: Range) -> bool {
    let part = |(from, to): Range| source.get(from as usize..to as usize).unwrap_or_default();
    if !matches!(part((head.1, head.1.saturating_add(6))), b"String" | b"Error(") {
        return false;
    }
    let head = part(head);
    let name = head.iter().position(|b| *b == b'(').map_or(&head[..0], |at| head[at + 1..].trim_ascii());
    let end = name.iter().position(|byte| !is_word(*byte)).unwrap_or(name.len());
    let question = [&name[..end], b" == nil"].concat();
    end > 0 && memchr::memmem::find(part(body), &question).is_some()
}
