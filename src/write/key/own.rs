//! Names from what a value is called itself: its last name, what that belongs to, its type; in full where the text has it so.

use super::namer::{Evidence, Key, Namer};
use super::short::abbreviates;
use crate::klog::name::words;
use crate::klog::operand::Chain;

impl Namer<'_> {
    pub(super) fn of_chain(&self, chain: &Chain) -> Option<Key> {
        if self.operand.constant
            && let Some(key) = self.of_label().or_else(|| self.of_noun()).or_else(|| self.of_noun_behind())
        {
            return Some(key);
        }
        let names: Vec<&String> = chain.names.iter().filter(|n| *n != "ObjectMeta").collect();
        let (last, owner) = match names.as_slice() {
            [] => return None,
            [only] => (*only, None),
            [.., owner, last] => (*last, Some(*owner)),
        };
        let lower = last.to_lowercase();
        if chain.names.iter().any(|n| n == "time" || n == "clock") && matches!(lower.as_str(), "since" | "sub") {
            return self.key("duration".to_owned(), Evidence::Operand);
        }
        if matches!(lower.as_str(), "name" | "uid" | "id") {
            return self.part_of(&lower, owner);
        }
        if chain.computed
            && self.context.label.is_empty()
            && let Some(key) = self.of_noun()
        {
            return Some(key);
        }
        if let Some(key) = self.of_string_type(last).or_else(|| self.of_text_around(last, chain)) {
            return Some(key);
        }
        if !self.is_generic(last) {
            let owned = words(last);
            let owned = match owned.as_slice() {
                [first, rest @ ..] if !rest.is_empty() && matches!(first.as_str(), "tmp" | "temp") => rest.to_vec(),
                _ => owned,
            };
            let owned = self.shortened(&owned).unwrap_or(owned);
            let owned = if self.keys.preferred.contains_key(last) { owned } else { self.expanded(&owned) };
            return self.key(self.camel(&owned), Evidence::Operand);
        }
        let short = last.len() <= 2 && owner.is_none();
        // A whole sentence before a colon is no label: "Container does not have metadata: %v" of `c`.
        if short
            && self.context.label.len() > 2
            && let Some(key) = self.of_type()
        {
            return Some(key);
        }
        if let Some(key) = self.of_label() {
            return Some(key);
        }
        if short && let Some(key) = self.of_type() {
            return Some(key);
        }
        if let Some(key) = self.of_generic(&lower, owner) {
            return Some(key);
        }
        let owned = self.head_of().map_or_else(|| self.expanded(&words(last)), |head| words(&head));
        self.key(self.camel(&owned), Evidence::Operand)
    }

    /// `c *runtime.Container` → container, where the words around do not say more.
    pub(super) fn of_type(&self) -> Option<Key> {
        let name = self.operand.type_name.as_ref()?;
        let type_words = words(name);
        let noun = self.noun();
        let said = noun.filter(|noun| type_words.iter().any(|w| w.eq_ignore_ascii_case(noun)));
        let key = said.map_or_else(|| self.camel(&type_words), |noun| self.camel(&words(&noun)));
        self.key(key, Evidence::Operand)
    }

    /// `resourceToReclaim` of type ResourceName → resourceName: where the operand's own name does not say what kind of
    /// string it is, its type does.
    pub(super) fn of_string_type(&self, own: &str) -> Option<Key> {
        let mut type_words = words(self.operand.string_type.as_ref()?);
        type_words.retain(|w| w != "Unique");
        let part = type_words.last()?.to_lowercase();
        let own = words(own);
        if !matches!(part.as_str(), "name" | "uid" | "id") || own.last().is_some_and(|w| w.eq_ignore_ascii_case(&part))
        {
            return None;
        }
        if type_words.len() == 1 {
            let entity = self.noun().filter(|n| self.keys.entities.contains(n)).or_else(|| self.entity_before())?;
            type_words.insert(0, entity);
        }
        self.key(self.camel(&type_words), Evidence::Operand)
    }

    /// `group` in "node group %s", `tmpl` in "template %s": a name that the noun before the value says in full.
    pub(super) fn of_text_around(&self, last: &str, chain: &Chain) -> Option<Key> {
        let named = self.said_in_full(last, chain)?;
        self.key(self.camel(&named), Evidence::Operand)
    }

    pub(super) fn said_in_full(&self, last: &str, chain: &Chain) -> Option<Vec<String>> {
        let compound = self.thing_before().filter(|thing| thing.len() > 1 && chain.names.len() == 1);
        let is_last = |thing: &Vec<String>| thing.last().is_some_and(|word| word.eq_ignore_ascii_case(last));
        compound.filter(is_last).or_else(|| self.unabbreviated(last).filter(|_| !chain.count))
    }

    /// The words of an own name, short forms in full as the text or the tables have them.
    pub(super) fn in_full(&self, last: &str) -> Vec<String> {
        self.said_in_full(last, &self.operand.chain).unwrap_or_else(|| self.expanded(&words(last)))
    }

    /// `sock` in "socket %s" → socket, `cname` in "container %s" → containerName, `rsName` in "replica set %s" → replicaSetName.
    pub(super) fn unabbreviated(&self, own: &str) -> Option<Vec<String>> {
        let own = words(own);
        let noun = self.thing_before()?;
        let [first, rest @ ..] = own.as_slice() else { return None };
        let first = first.to_lowercase();
        if own.concat().to_lowercase().starts_with(&self.context.before.last()?.to_lowercase()) {
            return None;
        }
        let spelled = self.context.before.last()?;
        let humped = spelled.chars().skip(1).any(char::is_uppercase) && spelled.chars().any(char::is_lowercase);
        let labelled = self.context.label.len() > 1;
        if humped || labelled || spelled.contains(['_', '-']) || self.keys.entities.contains(&first) {
            return None;
        }
        let initials: String = noun.iter().filter_map(|word| word.chars().next()).collect();
        let last = noun.last()?;
        if noun.len() > 1 && first.eq_ignore_ascii_case(&initials)
            || (rest.is_empty() || first.len() > 2) && abbreviates(&first, last)
        {
            return Some([&noun[..], rest].concat());
        }
        // `cname`, `kid`: fused.
        let single = rest.is_empty() && !self.sentences.whole.contains(&first) && !first.eq_ignore_ascii_case(last);
        let fused = self.keys.identities.iter().filter(|_| single).find_map(|part| {
            let head = first.strip_suffix(part.as_str()).filter(|head| !head.is_empty())?;
            (last.to_lowercase().starts_with(head) && self.keys.entities.iter().all(|e| *e != first)).then_some(part)
        });
        fused.map(|part| [&noun[..], std::slice::from_ref(part)].concat())
    }
}
