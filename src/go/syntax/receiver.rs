//! What a function's body says, told by its text: a method's of its receiver, and what a short one returns.

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

/// The longest expression that is kept.
const MAX_RETURNED: usize = 160;

/// The expression of a body that is one `return` on one line.
pub(super) fn returned(source: &[u8], body: Range) -> Option<&[u8]> {
    let inner = source.get(body.0 as usize + 1..(body.1 as usize).checked_sub(1)?)?.trim_ascii();
    let expression = inner.strip_prefix(b"return ").filter(|rest| rest.len() <= MAX_RETURNED)?;
    let is_plain = !expression.contains(&b'\n') && !expression.windows(2).any(|two| matches!(two, b"//" | b"/*"));
    is_plain.then_some(expression)
}
