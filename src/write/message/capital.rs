//! Capitals: those that a message starts with, and those of names.

use super::builder::Builder;
use super::grammar::is_quality;
use crate::klog::name::is_humped;

/// `http.Get`, `nginx.conf`: a name in code or of a file, which is another one with a capital.
fn is_dotted(word: &str) -> bool {
    word.split('.').count() > 1 && word.split('.').all(|part| part.chars().filter(|c| c.is_alphanumeric()).count() > 1)
}

impl Builder<'_> {
    /// A capital at the start, unless the first word is a name: of 114 such messages maintainers left 100 as they were.
    pub(super) fn capitalised(&self, text: &str) -> String {
        let first = text.split_whitespace().next().unwrap_or_default();
        let mut chars = text.chars();
        match chars.next() {
            Some(c) if c.is_lowercase() && !self.is_name(first) => c.to_uppercase().chain(chars).collect(),
            _ => text.to_owned(),
        }
    }

    /// `kubeClient`, `http.Get`, `oom_score`, `/etc/hosts`, `eth0`, `cluster-cidr`: a name in code, of a file, a device, a flag or a program.
    fn is_name(&self, word: &str) -> bool {
        let bare = word.trim_end_matches([':', ',', '.', ';', ')', '(', '!', '?']);
        // Of "node.Spec is empty" the thing is the first word.
        if bare.split_once('.').is_some_and(|(thing, _)| self.entities.contains(thing)) {
            return false;
        }
        let coded = bare.contains(|c: char| matches!(c, '_' | '/') || c.is_ascii_digit());
        let own = self.prefix.distinguishes && self.prefix.function.rsplit('.').next() == Some(bare);
        coded
            || own
            || is_dotted(bare)
            || is_humped(bare)
            || self.is_hyphenated_name(bare)
            || self.messages.keep_lower.contains(bare)
    }

    /// "kube-proxy" is a name; "non-fatal", "user-supplied" and "node-pool" are words.
    fn is_hyphenated_name(&self, word: &str) -> bool {
        let Some((head, rest)) = word.split_once('-') else { return false };
        let pair = self.sentences.compounds.get(rest).is_some_and(|firsts| firsts.iter().any(|first| first == head));
        !rest.is_empty() && !pair && !is_quality(rest) && !self.messages.hyphenated.contains(head)
    }
}
