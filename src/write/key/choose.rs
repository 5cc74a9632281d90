//! The key of a value: from its operand's own name, or, where that says nothing, from the words around the verb.

use super::short::{abbreviates, whole_word};
use crate::klog::name::{camel, words};
use crate::klog::operand::Chain;
use crate::rule::{Keys, RuleSet, Sentences};
use crate::write::message::{Context, Side, is_quality};

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The operand's own name.
    Operand,
    /// A label in the text: `expected value: %v`.
    Label,
    /// The noun before the verb: `container %q`.
    Noun,
    /// Nothing: `value`.
    Nothing,
}

/// A key and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Where it comes from.
    pub evidence: Evidence,
}

/// What is known of an operand apart from the words around it.
#[derive(Clone, Debug, Default)]
pub struct Operand {
    /// Its names.
    pub chain: Chain,
    /// It is text.
    pub textual: bool,
    /// Its value is fixed at compile time, so that its name is the value's and not the key's.
    pub constant: bool,
    /// Name of its type, if it is a struct's or an interface's.
    pub type_name: Option<String>,
    /// Name of its type, if that is made of string and says what the string is: `ResourceName`, `UID`.
    pub string_type: Option<String>,
    /// It is a number.
    pub number: bool,
    /// It is a span of time.
    pub duration: bool,
}

/// Names a value.
pub fn key(operand: &Operand, context: &Context, rules: &RuleSet) -> Key {
    let namer = Namer::new(operand, context, rules);
    let rules = &rules.keys;
    let chain = &operand.chain;
    let named = namer.of_assignment().or_else(|| namer.of_nature()).or_else(|| namer.of_chain(chain));
    let counted_noun = context.after.as_deref().filter(|after| chain.count && after.ends_with('s') && is_plain(after));
    let key = match named {
        _ if let Some(noun) = counted_noun => {
            Key { text: counted(&camel(&words(noun), rules)), evidence: Evidence::Noun }
        }
        Some(key) if chain.count => Key { text: counted(&key.text), ..key },
        Some(key) => key,
        None => namer.of_text().unwrap_or(Key { text: "value".to_owned(), evidence: Evidence::Nothing }),
    };
    let text = rules.preferred.get(&key.text).cloned().unwrap_or(key.text);
    // A string that is called as the thing itself is the thing's name.
    let is_name = operand.textual && rules.named.contains(&text) && chain.names.len() == 1;
    let text = if is_name { format!("{text}Name") } else { text };
    Key { text, ..key }
}

/// Words behind a number that what it counts is looked for in.
const MAX_COUNTED: usize = 3;

fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric())
}

/// `pods` → `numPods`.
fn counted(key: &str) -> String {
    let mut chars = key.chars();
    match chars.next() {
        _ if key.starts_with("num") => key.to_owned(),
        Some(first) => format!("num{}{}", first.to_ascii_uppercase(), chars.as_str()),
        None => "count".to_owned(),
    }
}

/// What names a value.
pub(super) struct Namer<'a> {
    operand: &'a Operand,
    context: &'a Context,
    rules: &'a Keys,
    verbs: &'a std::collections::BTreeSet<String>,
    sentences: &'a Sentences,
}

impl<'a> Namer<'a> {
    /// Of a value in its place.
    pub(super) fn new(operand: &'a Operand, context: &'a Context, rules: &'a RuleSet) -> Self {
        Self { operand, context, rules: &rules.keys, verbs: &rules.messages.verbs, sentences: &rules.sentences }
    }
}

impl Namer<'_> {
    /// A number is called by what it counts, a span of time by the preposition before it, where their own names say nothing.
    fn of_nature(&self) -> Option<Key> {
        let own = self.operand.chain.names.last();
        if self.operand.chain.names.len() != 1
            || own.is_some_and(|own| !self.is_generic(own))
            || !self.context.label.is_empty()
        {
            return None;
        }
        let before = self.context.before.last().map(|word| word.to_lowercase());
        let behind = self.sentences.behind.get(&self.tail(2)).or_else(|| self.sentences.behind.get(&self.tail(1)));
        if let Some(name) = behind {
            return self.key(name.clone(), Evidence::Noun);
        }
        if self.operand.duration
            && let Some(name) = before.as_ref().and_then(|word| self.sentences.durations.get(word))
        {
            return self.key(name.clone(), Evidence::Noun);
        }
        if !self.operand.number || self.operand.chain.count {
            return None;
        }
        let open = |word: &&String| !self.sentences.closed.contains(&word.to_lowercase());
        let run: Vec<&String> = self.context.behind.iter().take_while(open).take(MAX_COUNTED).collect();
        let plural = |word: &str| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && is_plain(word);
        let at = run.iter().position(|word| plural(word))?;
        let noun = words(run[at]);
        let left = run.get(at + 1).filter(|word| matches!(word.as_str(), "left" | "remaining"));
        let noun = [noun, left.map(|word| words(word)).unwrap_or_default()].concat();
        self.key(self.camel(&noun), Evidence::Noun)
    }

    /// The last words before the value.
    fn tail(&self, count: usize) -> String {
        let before = &self.context.before;
        before[before.len().saturating_sub(count)..].join(" ")
    }

    /// `sock` in "socket %s" → socket, `cname` in "container %s" → containerName, `rsName` in "replica set %s" → replicaSetName.
    fn unabbreviated(&self, own: &str) -> Option<Vec<String>> {
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
        if humped || labelled || spelled.contains(['_', '-']) || self.rules.entities.contains(&first) {
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
        let fused = ["name", "id", "uid", "path", "ip"].into_iter().filter(|_| single).find_map(|part| {
            let head = first.strip_suffix(part).filter(|head| !head.is_empty())?;
            (last.to_lowercase().starts_with(head) && self.rules.entities.iter().all(|e| *e != first)).then_some(part)
        });
        fused.map(|part| [&noun[..], &[part.to_owned()]].concat())
    }

    /// Whole words for the short forms that a name starts with or ends in.
    pub(super) fn expanded(&self, own: &[String]) -> Vec<String> {
        let edge = |at: usize| at == 0 || at + 1 == own.len();
        let whole = |(at, word): (usize, &String)| match whole_word(word, self.rules, self.sentences) {
            Some(whole) if edge(at) => words(whole),
            _ => vec![word.clone()],
        };
        own.iter().enumerate().flat_map(whole).collect()
    }

    /// The words before the verb that make one noun of two, by the tables or by the value's own name: "storage class", "provider ID".
    pub(super) fn compound(&self) -> Option<Vec<String>> {
        let last = self.context.before.last()?.to_lowercase();
        let before = self.context.before.len().checked_sub(2).and_then(|at| self.context.before.get(at));
        let own = self.operand.chain.names.last().map(|own| words(own)).unwrap_or_default();
        let of_own = |word: &str| {
            let spoken = |own: &String, said: &str| own.eq_ignore_ascii_case(said.trim_end_matches('s'));
            let part =
                matches!(&*last, "ip" | "ips" | "path" | "name" | "id" | "uid" | "file" | "dir" | "url" | "address");
            let is_word = !part && !self.sentences.closed.contains(word);
            is_word && own.windows(2).any(|pair| spoken(&pair[0], word) && spoken(&pair[1], &last))
        };
        let compound = before.map(|word| word.to_lowercase()).filter(|word| {
            let compounds = &self.sentences.compounds;
            let heads = compounds.get(&last).or_else(|| compounds.get(last.trim_end_matches('s')));
            heads.is_some_and(|heads| heads.contains(word)) || of_own(word)
        })?;
        Some(vec![compound, last])
    }

    fn thing_before(&self) -> Option<Vec<String>> {
        self.compound().or_else(|| Some(vec![self.noun()?]))
    }

    /// The words of the noun before the verb; none where another kind of word stands there.
    pub(super) fn plain_noun(&self) -> Option<Vec<String>> {
        let noun = self.noun().filter(|noun| !self.sentences.closed.contains(noun))?;
        let verbal = noun.len() > 4 && (noun.ends_with("ing") || noun.ends_with("ed"));
        let spelled = self.context.before.last()?.trim_end_matches("'s");
        (!verbal).then(|| self.expanded(&words(spelled)))
    }

    fn camel(&self, words: &[String]) -> String {
        camel(words, self.rules)
    }

    fn key(&self, text: String, evidence: Evidence) -> Option<Key> {
        crate::klog::name::is_valid(&text).then_some(Key { text, evidence })
    }

    fn is_generic(&self, name: &str) -> bool {
        name.len() <= 2 && !matches!(name, "IP" | "ip" | "OS") || self.rules.generic.contains(&name.to_lowercase())
    }

    /// `label %s=%s` → labelKey, labelValue.
    fn of_assignment(&self) -> Option<Key> {
        let (words_before, part) = match self.context.assignment? {
            Side::Left => (self.context.before.as_slice(), "key"),
            Side::Right => (self.context.left.as_slice(), "value"),
        };
        let lower = |w: &String| w.to_lowercase();
        let entity = words_before.iter().rev().map(lower).find(|w| self.rules.entities.contains(w))?;
        self.key(self.camel(&[entity, part.to_owned()]), Evidence::Noun)
    }

    /// `c *runtime.Container` → container, where the words around do not say more.
    fn of_type(&self) -> Option<Key> {
        let name = self.operand.type_name.as_ref()?;
        let type_words = words(name);
        let noun = self.noun();
        let said = noun.filter(|noun| type_words.iter().any(|w| w.eq_ignore_ascii_case(noun)));
        let key = said.map_or_else(|| self.camel(&type_words), |noun| self.camel(&words(&noun)));
        self.key(key, Evidence::Operand)
    }

    /// `resourceToReclaim` of type ResourceName → resourceName: where the operand's own name does not say what kind of
    /// string it is, its type does.
    fn of_string_type(&self, own: &str) -> Option<Key> {
        let mut type_words = words(self.operand.string_type.as_ref()?);
        type_words.retain(|w| w != "Unique");
        let part = type_words.last()?.to_lowercase();
        let own = words(own);
        if !matches!(part.as_str(), "name" | "uid" | "id") || own.last().is_some_and(|w| w.eq_ignore_ascii_case(&part))
        {
            return None;
        }
        if type_words.len() == 1 {
            let entity = self.noun().filter(|n| self.rules.entities.contains(n)).or_else(|| self.entity_before())?;
            type_words.insert(0, entity);
        }
        self.key(self.camel(&type_words), Evidence::Operand)
    }

    fn of_chain(&self, chain: &Chain) -> Option<Key> {
        if self.operand.constant
            && let Some(key) = self.of_text()
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
            let owned = if self.rules.preferred.contains_key(last) { owned } else { self.expanded(&owned) };
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

    /// `group` in "node group %s", `tmpl` in "template %s": a name that the noun before the value says in full.
    fn of_text_around(&self, last: &str, chain: &Chain) -> Option<Key> {
        let named = self.said_in_full(last, chain)?;
        self.key(self.camel(&named), Evidence::Operand)
    }

    fn said_in_full(&self, last: &str, chain: &Chain) -> Option<Vec<String>> {
        let compound = self.thing_before().filter(|thing| thing.len() > 1 && chain.names.len() == 1);
        let is_last = |thing: &Vec<String>| thing.last().is_some_and(|word| word.eq_ignore_ascii_case(last));
        compound.filter(is_last).or_else(|| self.unabbreviated(last).filter(|_| !chain.count))
    }

    /// The words of an own name, short forms in full as the text or the tables have them.
    pub(super) fn in_full(&self, last: &str) -> Vec<String> {
        self.said_in_full(last, &self.operand.chain).unwrap_or_else(|| self.expanded(&words(last)))
    }

    /// "Depth of queue %s: %d": what the second value is.
    fn head_of(&self) -> Option<String> {
        match (self.context.before.as_slice(), self.context.left.as_slice()) {
            ([], [head, of, ..]) if of == "of" => Some(head.clone()),
            _ => None,
        }
    }

    /// `container.Name`, `pod.UID`, `image.ID`: the part of something that has a noun.
    fn part_of(&self, part: &str, owner: Option<&String>) -> Option<Key> {
        let part = match part {
            "name" => "name",
            "uid" => "UID",
            _ => "ID",
        };
        let noun = self.noun().filter(|noun| self.rules.entities.contains(noun));
        let owner_words = owner.map(|o| self.thing(&words(o))).unwrap_or_default();
        let owner_says = owner.is_some_and(|o| !self.is_generic(o)) && !owner_words.is_empty();
        let mut base = match (noun, owner_says) {
            (Some(noun), _) => self.thing_before().unwrap_or_else(|| vec![noun]),
            (_, true) => owner_words,
            (None, false) => match self.noun().or_else(|| self.entity_before()) {
                // "flag %q": what has no name and no ID is called as it is.
                Some(noun) if part == "name" && !self.rules.entities.contains(&noun) && noun != "name" => {
                    return match self.rules.nouns.get(&noun) {
                        Some(mapped) => self.key(mapped.clone(), Evidence::Noun),
                        None => self.key(self.camel(&self.spelled_noun()), Evidence::Noun),
                    };
                }
                Some(noun) if !matches!(noun.as_str(), "name" | "id" | "uid") => vec![self.mapped(&noun)],
                // "old UID %q".
                Some(_) if self.context.before.len() == 2 => vec![self.context.before[0].clone()],
                Some(_) => self.entity_before().or_else(|| self.entity_left()).into_iter().collect(),
                None => self.entity_before().into_iter().collect(),
            },
        };
        if base.len() == 1 && base[0] == "path" && part == "name" {
            return self.key("path".to_owned(), Evidence::Noun);
        }
        // `lb.Name`.
        if let (true, Some(owner)) = (base.is_empty(), owner.filter(|owner| owner.len() == 2)) {
            base = self.expanded(&words(self.rules.preferred.get(owner).unwrap_or(owner)));
        }
        // `state.ID.ID`, `sandboxID.ID`.
        if base.last().is_some_and(|w| w.eq_ignore_ascii_case(part)) {
            base.pop();
        }
        base.push(part.to_owned());
        self.key(self.camel(&base), if owner_says { Evidence::Operand } else { Evidence::Noun })
    }

    /// The thing that an owner is about: `mirrorPod` → pod, `pluginInfo` → plugin, `ObjectMeta` → nothing.
    pub(super) fn thing(&self, owner: &[String]) -> Vec<String> {
        let mut thing = owner.to_vec();
        while thing.len() > 1 && thing.last().is_some_and(|w| self.rules.suffixes.contains(&w.to_lowercase())) {
            thing.pop();
        }
        match thing.last() {
            Some(last) if self.rules.entities.contains(&last.to_lowercase()) => vec![last.clone()],
            _ => thing,
        }
    }

    /// The last noun before the verb that names an entity, however far: "container status for %q".
    pub(super) fn entity_before(&self) -> Option<String> {
        if self.is_apart() {
            return None;
        }
        let lower = |w: &String| w.to_lowercase().trim_end_matches("'s").to_owned();
        self.context.before.iter().rev().map(lower).find(|w| self.rules.entities.contains(w))
    }

    /// "Pod is started by %s": whether the value is something else than what the text names before it.
    fn is_apart(&self) -> bool {
        let [.., word, last] = self.context.before.as_slice() else { return false };
        self.sentences.apart.contains(&last.to_lowercase()) && !self.rules.entities.contains(&word.to_lowercase())
    }

    /// "pod %s (UID %s)": the entity that the value before this one is.
    fn entity_left(&self) -> Option<String> {
        let last = self.context.left.last()?.to_lowercase();
        self.rules.entities.contains(&last).then_some(last)
    }

    /// `filterContainerID` in "container %q" → containerID, `podLogDir` in "path %s" → path.
    fn shortened(&self, name: &[String]) -> Option<Vec<String>> {
        // "image ID %s" of `image`.
        if let ([.., entity, part], [only]) = (self.context.before.as_slice(), name)
            && matches!(part.to_lowercase().as_str(), "id" | "uid" | "name")
            && entity.eq_ignore_ascii_case(only)
        {
            return Some(vec![only.clone(), part.clone()]);
        }
        let noun = self.noun()?;
        let is_path = noun == "path" || self.rules.nouns.get(&noun).is_some_and(|mapped| mapped == "path");
        if is_path && self.operand.textual {
            return Some(vec!["path".to_owned()]);
        }
        // `staticPodURL` in "url %s", `ipEntry` in "ip %s".
        let spoken = ["ip", "url", "uri", "cidr"].into_iter().find(|i| noun.ends_with(i));
        if let Some(initialism) = spoken
            && name.iter().any(|w| w.eq_ignore_ascii_case(initialism))
        {
            return Some(vec![initialism.to_owned()]);
        }
        let part = name.last().filter(|w| matches!(w.to_lowercase().as_str(), "id" | "uid" | "name"))?;
        let at = name.len().checked_sub(2)?;
        let is = self.rules.entities.contains(&noun) && name[at].eq_ignore_ascii_case(&noun);
        is.then(|| vec![noun, part.clone()])
    }

    /// `key` → cacheKey in "cache %s", `status.version` → statusVersion, `s` → the noun.
    fn of_generic(&self, last: &str, owner: Option<&String>) -> Option<Key> {
        let telling = matches!(
            last,
            "key"
                | "version"
                | "status"
                | "state"
                | "type"
                | "size"
                | "kind"
                | "count"
                | "spec"
                | "info"
                | "list"
                | "path"
        );
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
            (_, Some(noun)) if self.rules.entities.contains(&noun) => words(&noun),
            (Some(owner), _) => words(owner),
            (None, Some(noun)) if last == "key" => words(&noun),
            _ => Vec::new(),
        };
        if base.last().is_none_or(|word| !word.eq_ignore_ascii_case(last)) {
            base.push(last.to_owned());
        }
        let evidence = if base.len() > 1 { Evidence::Operand } else { Evidence::Noun };
        self.key(self.camel(&base), evidence)
    }

    pub(super) fn of_label(&self) -> Option<Key> {
        let mut label = self.context.label.as_slice();
        // "Tokens by user: %v" are tokens.
        if let Some(at) = label.iter().position(|word| matches!(word.as_str(), "by" | "per")).filter(|at| *at > 0) {
            label = &label[..at];
        }
        while let [rest @ .., last] = label
            && is_function_word(&last.to_lowercase())
        {
            label = rest;
        }
        // Of a longer label the last word is the noun: "ignore irrelevant event: %v".
        let identifier = |w: &String| w.chars().skip(1).any(char::is_uppercase) && w.chars().any(char::is_lowercase);
        if label.len() > 2 || label.first().is_some_and(|w| self.is_verb(w)) || label.iter().any(identifier) {
            label = &label[label.len().saturating_sub(1)..];
        }
        // "Unexpected object in cache: %v" of `obj`.
        let own = self.operand.chain.names.last().and_then(|own| self.rules.preferred.get(own));
        if let Some(own) =
            own.filter(|own| self.context.label.len() > 2 && self.context.label.iter().any(|w| w == *own))
        {
            return self.key(own.clone(), Evidence::Label);
        }
        let label: Vec<String> = label.iter().flat_map(|w| words(w)).collect();
        self.key(self.camel(&label), Evidence::Label)
    }

    fn is_verb(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.verbs.contains(&lower)
            || lower.len() > 4 && (lower.ends_with("ing") || lower == "updated" || lower == "created")
    }

    fn noun(&self) -> Option<String> {
        let before = match self.context.before.as_slice() {
            [.., head, by, _] if !self.context.label.is_empty() && matches!(by.as_str(), "by" | "per") => Some(head),
            all => all.last(),
        };
        let word = before?.to_lowercase();
        let word = word.trim_end_matches("'s").to_owned();
        let plain = word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        // "holds %d items": what stands before a number and what it counts.
        let third = self.operand.number
            && self.context.before.len() > 1
            && word.strip_suffix('s').is_some_and(|stem| self.verbs.contains(stem));
        (plain && word.len() > 1 && !is_function_word(&word) && !self.is_verb(&word) && !third).then_some(word)
    }

    /// The noun's words in the text's own spelling.
    fn spelled_noun(&self) -> Vec<String> {
        if let Some(thing) = self.thing_before().filter(|thing| thing.len() > 1) {
            return thing;
        }
        self.context.before.last().map_or_else(Vec::new, |w| words(w.trim_end_matches("'s")))
    }

    fn mapped(&self, noun: &str) -> String {
        self.rules.nouns.get(noun).cloned().unwrap_or_else(|| noun.to_owned())
    }

    fn of_noun(&self) -> Option<Key> {
        let noun = self.noun()?;
        if noun.ends_with("ing") || noun.ends_with("ed") {
            return None;
        }
        if let Some(mapped) = self.rules.nouns.get(&noun) {
            return self.key(mapped.clone(), Evidence::Noun);
        }
        if noun.len() > 4 && noun.ends_with("file") && self.operand.textual {
            return self.key("path".to_owned(), Evidence::Noun);
        }
        self.key(self.camel(&self.spelled_noun()), Evidence::Noun)
    }

    /// Without a name of its own a value is called by its label, the noun before it, or the noun behind it.
    fn of_text(&self) -> Option<Key> {
        self.of_label().or_else(|| self.of_noun()).or_else(|| {
            let after = self.context.after.as_ref()?.to_lowercase();
            let words = words(&after);
            (!is_function_word(&after) && !is_quality(&after)).then(|| self.key(self.camel(&words), Evidence::Noun))?
        })
    }
}

/// Words that name nothing.
fn is_function_word(word: &str) -> bool {
    const WORDS: [&str; 64] = [
        "for", "of", "to", "in", "on", "with", "from", "at", "by", "into", "is", "are", "was", "were", "the", "a",
        "an", "and", "or", "not", "has", "have", "had", "be", "been", "that", "which", "when", "if", "while",
        "because", "due", "got", "get", "set", "than", "as", "after", "before", "since", "until", "about", "using",
        "via", "its", "it", "this", "all", "no", "failed", "cannot", "find", "found", "create", "delete", "update",
        "remove", "add", "read", "will", "only", "but", "whether", "where",
    ];
    WORDS.contains(&word)
}
