//! Names that say what part of a thing a value is: its name, its ID, its path, its key.

use super::namer::{Evidence, Key, Namer};
use crate::klog::name::{is_humped, words};

impl Namer<'_> {
    /// `container.Name`, `pod.UID`, `image.ID`: the part of something that has a noun.
    pub(super) fn part_of(&self, part: &str, owner: Option<&String>) -> Option<Key> {
        let part = match part {
            "name" => "name",
            "uid" => "UID",
            _ => "ID",
        };
        let noun = self.noun().filter(|noun| self.keys.entities.contains(noun));
        let owner_words = owner.map(|o| self.thing(&words(o))).unwrap_or_default();
        let owner_says = owner.is_some_and(|o| !self.is_generic(o)) && !owner_words.is_empty();
        let mut base = match (noun, owner_says) {
            (Some(noun), _) => self.thing_before().unwrap_or_else(|| vec![noun]),
            (_, true) => owner_words,
            (None, false) => match self.noun().or_else(|| self.entity_before()) {
                // "flag %q": what has no name and no ID is called as it is.
                Some(noun) if part == "name" && !self.keys.entities.contains(&noun) && noun != "name" => {
                    return match self.keys.nouns.get(&noun) {
                        Some(mapped) => self.key(mapped.clone(), Evidence::Noun),
                        None => self.key(self.camel(&self.spelled_noun()), Evidence::Noun),
                    };
                }
                // "groupID: %s" of `id`.
                Some(noun) if !matches!(noun.as_str(), "name" | "id" | "uid") => match self.spelled_noun() {
                    spelled if self.context.before.last().is_some_and(|word| is_humped(word)) => spelled,
                    _ => vec![self.mapped(&noun)],
                },
                // "old UID %q".
                Some(_) if self.context.before.len() == 2 => vec![self.context.before[0].clone()],
                Some(_) => {
                    self.entity_before().or_else(|| self.bearer()).or_else(|| self.entity_left()).into_iter().collect()
                }
                None => self.entity_before().into_iter().collect(),
            },
        };
        if base.len() == 1 && base[0] == "path" && part == "name" {
            return self.key("path".to_owned(), Evidence::Noun);
        }
        // `lb.Name`.
        if let (true, Some(owner)) = (base.is_empty(), owner.filter(|owner| owner.len() == 2)) {
            base = self.expanded(&words(self.keys.preferred.get(owner).unwrap_or(owner)));
        }
        // `state.ID.ID`, `sandboxID.ID`.
        if base.last().is_some_and(|w| w.eq_ignore_ascii_case(part)) {
            base.pop();
        }
        base.push(part.to_owned());
        self.key(self.camel(&base), if owner_says { Evidence::Operand } else { Evidence::Noun })
    }

    /// "rule with id %s": what has the part.
    fn bearer(&self) -> Option<String> {
        let [.., thing, with, _] = self.context.before.as_slice() else { return None };
        let thing = thing.to_lowercase();
        (with == "with" && !self.is_silent(&thing)).then_some(thing)
    }

    /// `filterContainerID` in "container %q" → containerID, `podLogDir` in "path %s" → path.
    pub(super) fn shortened(&self, name: &[String]) -> Option<Vec<String>> {
        // "image ID %s" of `image`.
        if let ([.., entity, part], [only]) = (self.context.before.as_slice(), name)
            && matches!(part.to_lowercase().as_str(), "id" | "uid" | "name")
            && entity.eq_ignore_ascii_case(only)
        {
            return Some(vec![only.clone(), part.clone()]);
        }
        let noun = self.noun()?;
        let is_path = noun == "path" || self.keys.nouns.get(&noun).is_some_and(|mapped| mapped == "path");
        if is_path && self.operand.textual {
            return Some(vec!["path".to_owned()]);
        }
        // `staticPodURL` in "url %s", `ipEntry` in "ip %s".
        let spoken = self.keys.spoken.iter().find(|i| noun.ends_with(i.as_str()));
        if let Some(initialism) = spoken
            && name.iter().any(|w| w.eq_ignore_ascii_case(initialism))
        {
            return Some(vec![initialism.clone()]);
        }
        let part = name.last().filter(|w| matches!(w.to_lowercase().as_str(), "id" | "uid" | "name"))?;
        let at = name.len().checked_sub(2)?;
        let is = self.keys.entities.contains(&noun) && name[at].eq_ignore_ascii_case(&noun);
        is.then(|| vec![noun, part.clone()])
    }

    /// `key` → cacheKey in "cache %s", `status.version` → statusVersion, `s` → the noun.
    pub(super) fn of_generic(&self, last: &str, owner: Option<&String>) -> Option<Key> {
        let telling = self.keys.telling.contains(last);
        // Names and values of maps in loops: "annotation %s %s".
        let left = self
            .context
            .left
            .last()
            .map(|w| w.to_lowercase())
            .filter(|_| self.context.before.is_empty() && last == "v");
        if let ("k" | "v", Some(noun)) = (last, self.noun().or(left)) {
            let part = if last == "k" { "key" } else { "value" };
            let words = if noun == part { vec![noun] } else { vec![noun, part.to_owned()] };
            return self.key(self.camel(&words), Evidence::Noun);
        }
        if !telling || self.noun().as_deref() == Some(last) {
            return self.of_noun();
        }
        let noun = self.noun().filter(|n| n != last);
        let owner = owner.filter(|o| !self.is_generic(o));
        let mut base = match (owner, noun) {
            // "rule with id %s" of `key`.
            (None, Some(noun)) if last == "key" && self.keys.identities.contains(&noun) => {
                return self.part_of(&noun, None);
            }
            (_, Some(noun)) if self.keys.entities.contains(&noun) => words(&noun),
            (Some(owner), _) => words(owner),
            (None, Some(_)) if last == "key" => self.spelled_noun(),
            _ => Vec::new(),
        };
        // "ruleID %s" of `key`.
        let named = base.last().is_some_and(|word| self.keys.identities.contains(&word.to_lowercase()));
        if last == "key" && named && base.len() > 1 {
            return self.key(self.camel(&base), Evidence::Noun);
        }
        if base.last().is_none_or(|word| !word.eq_ignore_ascii_case(last)) {
            base.push(last.to_owned());
        }
        let evidence = if base.len() > 1 { Evidence::Operand } else { Evidence::Noun };
        self.key(self.camel(&base), evidence)
    }
}
