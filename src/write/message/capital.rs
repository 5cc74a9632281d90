//! Capitals: those that a message starts with, and those of names in code.

use super::builder::Builder;
use crate::klog::name::is_humped;

/// `http.Get`, `nginx.conf`: a name in code or of a file, which is another one with a capital.
fn is_dotted(word: &str) -> bool {
    let name = word.trim_end_matches([':', ',', '.', ')', '(']);
    name.split('.').count() > 1 && name.split('.').all(|part| part.chars().filter(|c| c.is_alphanumeric()).count() > 1)
}

impl Builder<'_> {
    /// A capital at the start, unless the first word is a name in code: of 114 such messages maintainers left 100 as they were.
    pub(super) fn capitalised(&self, text: &str) -> String {
        let first: String = text.chars().take_while(|c| !c.is_whitespace()).collect();
        // Of "node.Spec is empty" the thing is the first word.
        let of_thing = first.split('.').next().is_some_and(|thing| self.entities.contains(thing));
        // A package or a receiver, and no word at all with a capital.
        let qualified = is_dotted(&first) && first.split('.').next().is_some_and(|of| !is_humped(of));
        let coded = !self.prefix.capitals && (is_dotted(&first) || is_humped(&first));
        let name = !of_thing && (qualified || coded);
        let stays = name || first.contains(['_', '/']) || self.messages.keep_lower.contains(&first);
        let mut chars = text.chars();
        match chars.next() {
            Some(c) if c.is_lowercase() && !stays => c.to_uppercase().chain(chars).collect(),
            _ => text.to_owned(),
        }
    }
}
