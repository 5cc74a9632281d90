//! The words of a message, each held to the old line: none comes from nowhere, and none is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Reading, Value};
use super::reason::Finding;
use super::wording::stems;
use crate::klog::name::{is_humped, words};
use crate::rule::RuleSet;

/// Letters of a word that is looked at.
const LEAST: usize = 3;
/// Letters of a word that stands for another that starts with it.
const CUT: usize = 3;
/// Words that are run together, or written apart.
const JOINED: usize = 3;
/// Words that an initialism stands for.
const INITIALS: usize = 4;
/// Letters that two forms of a word have in common.
const COMMON: usize = 4;
/// Endings by which forms of one word differ, where the rest is the same.
const ENDINGS: [&str; 14] =
    ["", "ion", "ation", "ition", "iation", "al", "ment", "ance", "ence", "ant", "ent", "ly", "ity", "ness"];

/// Words that a message has from nowhere, words of the old text that the new line tells nowhere, and words that are in another place.
pub fn unfaithful(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let lexicon = Lexicon::of(rules);
    let (before, after) = (tokens(&old.message), tokens(&new.message));
    let list = |words: Vec<String>| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let says_nothing = !tokens(placeless(&old.message, &old.site.function))
        .iter()
        .any(|word| lexicon.tells(word) && !rules.certify.neutral.contains(word));
    let added = lexicon.added(old, new, &after);
    let lost = lexicon.lost(old, new);
    let added = Some(list(added)).filter(|words| !words.is_empty() && !says_nothing);
    let lost = Some(list(lost)).filter(|words| !words.is_empty());
    let asks = new.message.contains('?') && !old.message.contains('?');
    let turned = asks || lexicon.denies_other(&before, &after) || lexicon.turned(&before, &after);
    let turned = turned
        .then(|| Finding::MessageChanged { old: old.message.trim().to_owned(), new: new.message.trim().to_owned() });
    let added = added.map(|words| Finding::WordAdded { words });
    added.into_iter().chain(lost.map(|words| Finding::WordLost { words })).chain(turned).collect()
}

/// Constants of a line, and constant texts within its values, that say what the old line did not.
pub fn invented(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let lexicon = Lexicon::of(rules);
    let known = lexicon.known(old, new);
    let told: BTreeSet<&str> =
        old.all().flat_map(|value| value.texts.iter().map(String::as_str).chain(value.constant())).collect();
    let is_new = |text: &str, every: bool| {
        let words = tokens(text);
        let is_known = |at: usize| lexicon.is_known(&words, at, &known) || rules.certify.neutral.contains(&words[at]);
        let foreign = (0..words.len()).filter(|at| !is_known(*at)).count();
        !told.contains(text) && foreign > 0 && (every || foreign == words.len())
    };
    let is_made = |value: &Value| !value.error || !value.parts.is_empty();
    let fresh = || new.all().filter(|value| !stood(old, value) && is_made(value));
    // What is put together says all of its words; a constant by itself may be the old text in short.
    let within = fresh().chain(made_errors(old, new)).filter(|value| value.constant().is_none());
    let within = within.flat_map(|value| &value.texts);
    let within = within.filter(|text| is_new(text, true)).map(String::as_str);
    let alone = fresh().filter_map(Value::constant).filter(|text| is_new(text, false));
    within.chain(alone).map(|text| Finding::WordAdded { words: format!("\"{text}\"") }).collect()
}

/// Errors that are made in the new line of others: what they say beside is said by the line.
fn made_errors<'n>(old: &'n Reading, new: &'n Reading) -> impl Iterator<Item = &'n Value> {
    let stands = |value: &&Value| !old.all().any(|before| before.text == value.text);
    new.all().filter(|value| value.error).filter(stands)
}

/// The words of a text in lower case, in their order.
pub fn tokens(text: &str) -> Vec<String> {
    let text = text.replace("n't", " not").replace("n’t", " not");
    words(&text).iter().map(|word| word.to_lowercase()).collect()
}

/// What is known of words: which are the same, and which say nothing.
pub struct Lexicon<'r> {
    rules: &'r RuleSet,
    same: BTreeMap<String, String>,
}

/// Words that a line may have.
struct Known {
    /// As they are written, those that stand beside each other also as one.
    written: BTreeSet<String>,
    roots: BTreeSet<String>,
}

fn stem(word: &str) -> String {
    let stem = stems(word).into_iter().next().unwrap_or_default();
    match stem.strip_suffix('i') {
        Some(rest) if rest.len() > 1 => format!("{rest}y"),
        _ => stem,
    }
}

impl<'r> Lexicon<'r> {
    /// By the rules.
    pub fn of(rules: &'r RuleSet) -> Self {
        let mut same = BTreeMap::new();
        for group in &rules.certify.same {
            let first = group.first().map(|word| stem(word)).unwrap_or_default();
            same.extend(group.iter().map(|word| (stem(word), first.clone())));
        }
        Self { rules, same }
    }

    /// What a word is a form of, by its ending, as a short form or as one of several that say the same.
    pub fn root(&self, word: &str) -> String {
        let is_word = |long: &&String| long.chars().all(|c| c.is_ascii_lowercase());
        let one = word.strip_suffix('s').unwrap_or(word);
        let known =
            |word: &str| self.rules.sentences.abbreviations.get(word).or_else(|| self.rules.keys.preferred.get(word));
        let stem = stem(known(word).or_else(|| known(one)).filter(is_word).map_or(word, String::as_str));
        self.same.get(&stem).cloned().unwrap_or(stem)
    }

    fn is_unit(&self, word: &str) -> bool {
        self.rules.certify.units.iter().flatten().any(|unit| unit == word)
    }

    /// Whether a word says something by itself.
    pub fn tells(&self, word: &str) -> bool {
        let is_number = word.contains(|c: char| c.is_ascii_digit());
        let certify = &self.rules.certify;
        let is_closed = self.rules.sentences.closed.contains(word) || word.len() < LEAST && !self.is_unit(word);
        certify.weighty.contains(word) || !is_number && !is_closed
    }

    /// The words that two lines and their places have.
    fn known(&self, old: &Reading, new: &Reading) -> Known {
        let names =
            old.all().chain(new.all()).flat_map(|value| value.words.iter().chain(&value.said).chain(&value.key));
        let places = [&old.site.function, &new.site.function];
        let texts = names.chain(places).chain(&old.guards).map(String::as_str);
        let path = old.site.path.rsplit('/').take(2);
        self.gathered(texts.chain([old.message.as_str(), old.text.as_str()]).chain(path))
    }

    fn gathered<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Known {
        let (mut written, mut roots) = (BTreeSet::new(), BTreeSet::new());
        for text in texts {
            let words = tokens(text);
            for at in 0..words.len() {
                written.extend((1..=JOINED).filter_map(|count| Some(words.get(at..at + count)?.concat())));
                roots.insert(self.root(&words[at]));
            }
        }
        Known { written, roots }
    }

    /// Whether one of the words at a place is among those that are known, in another form, run together or cut short.
    fn is_known(&self, words: &[String], at: usize, known: &Known) -> bool {
        let word = &words[at];
        let root = self.root(word);
        let joined = (1..=JOINED).any(|count| {
            let starts = at.saturating_sub(count - 1)..=at;
            let mut runs = starts.filter_map(|start| Some(words.get(start..start + count)?.concat()));
            runs.any(|run| known.written.contains(&run) || known.written.contains(run.trim_end_matches('s')))
        });
        let cut = |other: &String| {
            let (short, long) = if other.len() < word.len() { (other, word) } else { (word, other) };
            let is_word = short.len() >= CUT && !self.rules.sentences.closed.contains(short);
            is_word && long.starts_with(short.as_str()) && (short.as_str(), long.as_str()) != ("name", "namespace")
        };
        // "VA" for "VolumeAttachment".
        let initials = (2..=INITIALS).any(|count| {
            let starts = at.saturating_sub(count - 1)..=at;
            let mut runs = starts.filter_map(|start| words.get(start..start + count));
            runs.any(|run| {
                known.written.contains(&run.iter().filter_map(|word| word.chars().next()).collect::<String>())
            })
        });
        known.roots.contains(&root)
            || joined
            || initials
            || known.written.iter().any(cut)
            || known.roots.iter().any(|other| is_form(&root, other))
    }

    /// Whether a word says something that is not known.
    fn is_foreign(&self, words: &[String], at: usize, known: &Known) -> bool {
        let word = &words[at];
        let is_light = self.rules.certify.neutral.contains(word) || self.rules.sentences.negations.contains(word);
        self.tells(word) && !is_light && !self.is_known(words, at, known)
    }

    fn added(&self, old: &Reading, new: &Reading, after: &[String]) -> Vec<String> {
        let mut known = self.known(old, new);
        // "%s -> %s".
        known.roots.extend((old.text.contains("->") || old.text.contains("=>")).then(|| self.root("changed")));
        (0..after.len()).filter(|at| self.is_foreign(after, *at, &known)).map(|at| after[at].clone()).collect()
    }

    fn lost(&self, old: &Reading, new: &Reading) -> Vec<String> {
        let names = new.all().flat_map(|value| value.words.iter().chain(&value.key).chain(&value.texts));
        let known = self.gathered(names.map(String::as_str).chain([new.message.as_str()]));
        let keys = new.all().filter_map(|value| value.key.as_deref());
        let spoken = self.gathered(keys.chain([new.message.as_str()]));
        let said = tokens(placeless(&old.message, &old.site.function));
        let labels: BTreeSet<&String> =
            old.values.iter().filter(|value| !value.error).flat_map(|value| &value.label).collect();
        let sides = || self.rules.sentences.opposites.iter().flatten().flatten();
        let is_label = |word: &String| labels.contains(word) && !sides().any(|side| side == word);
        let is_told =
            |word: &String| self.rules.certify.dispensable.contains(word) || is_label(word) || !self.tells(word);
        // A name in code does not say that something is skipped.
        let known = |word: &String| if self.rules.sentences.negative.contains(word) { &spoken } else { &known };
        let lost = (0..said.len()).filter(|at| !is_told(&said[*at]) && !self.is_known(&said, *at, known(&said[*at])));
        lost.map(|at| said[at].clone()).collect()
    }

    /// Whether something is denied that was said, and what was denied is not.
    fn denies_other(&self, before: &[String], after: &[String]) -> bool {
        let negations = &self.rules.sentences.negations;
        let denied = |words: &[String]| -> BTreeSet<String> {
            let behind = |at: usize| words[at + 1..].iter().find(|word| self.tells(word));
            let denials = (0..words.len()).filter(|at| negations.contains(&words[*at]));
            denials.filter_map(behind).map(|word| self.root(word)).collect()
        };
        let said: BTreeSet<String> = before.iter().map(|word| self.root(word)).collect();
        let (was, is) = (denied(before), denied(after));
        let negative: BTreeSet<String> = self.rules.sentences.negative.iter().map(|word| self.root(word)).collect();
        // "Not unsupported" of what was unsupported.
        is.iter().any(|word| said.contains(word) && !was.contains(word) && (!was.is_empty() || negative.contains(word)))
    }

    /// Whether two things that both texts name stand on each other's side of a preposition: "pod of node", "node of pod".
    fn turned(&self, before: &[String], after: &[String]) -> bool {
        let entities = &self.rules.keys.entities;
        let is_thing = |word: &String| entities.contains(word.strip_suffix('s').unwrap_or(word));
        let sides = |words: &[String]| -> BTreeSet<(String, String, String)> {
            let prepositions = (1..words.len()).filter(|at| self.rules.messages.prepositions.contains(&words[*at]));
            let around = prepositions.filter_map(|at| {
                let left = words[..at].iter().rev().find(|word| is_thing(word))?;
                let right = words.get(at + 1).filter(|word| is_thing(word))?;
                Some((self.root(left), words[at].clone(), self.root(right)))
            });
            around.collect()
        };
        let (was, is) = (sides(before), sides(after));
        is.iter().any(|(left, by, right)| {
            left != right
                && was.contains(&(right.clone(), by.clone(), left.clone()))
                && !was.contains(&(left.clone(), by.clone(), right.clone()))
        })
    }
}

/// Whether two words without their endings are forms of one.
fn is_form(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest = |word: &str| word.get(common..).is_some_and(|rest| ENDINGS.contains(&rest));
    common >= COMMON && rest(a) && rest(b)
}

/// A text without what names the place that it is said in: a component, or the function.
fn placeless<'t>(text: &'t str, function: &str) -> &'t str {
    let text = text.trim_start();
    if let Some((_, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return rest;
    }
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let name = first.split('(').next().unwrap_or_default().trim_end_matches([':', ',', '-']);
    let is_marked =
        first.ends_with(':') || rest.trim_start().starts_with(['-', ':']) || name.contains('.') || first.contains('(');
    let is_code = is_humped(name) && (is_marked || name.starts_with(|c: char| c.is_ascii_lowercase()));
    let is_own = name.len() >= LEAST && function.ends_with(name);
    let is_component = first.ends_with(':') && name.len() >= LEAST;
    match is_code || is_own || is_component {
        // What it was called with goes with it.
        true if first.contains('(') && !first.contains(')') => rest.split_once(')').map_or(rest, |(_, rest)| rest),
        true => rest,
        false => text,
    }
}

/// Whether a value is one of those that a line had.
pub fn stood(old: &Reading, value: &Value) -> bool {
    old.all().any(|before| before.text == value.text && before.key == value.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_are_one() {
        let rules = RuleSet::builtin().unwrap();
        let lexicon = Lexicon::of(&rules);
        for (a, b) in
            [("delete", "deletion"), ("copies", "copy"), ("vol", "volumes"), ("unable", "failed"), ("sent", "sends")]
        {
            assert_eq!(lexicon.root(a), lexicon.root(b), "{a} {b}");
        }
        assert!(is_form("allocat", "allocation") && is_form("initializ", "initialization"));
        assert!(!is_form("serv", "servic") && !is_form("contain", "container"));
    }

    #[test]
    fn where_it_is_said_is_no_part_of_a_text() {
        for (text, want) in [
            ("[crane] moved", " moved"),
            ("yard.MoveCrate: moved", "moved"),
            ("MoveCrate - moved", "- moved"),
            ("moveCrate( ,  ): moved", ": moved"),
            ("crane: moved", "moved"),
            ("ConfigMap moved", "ConfigMap moved"),
        ] {
            assert_eq!(placeless(text, "(*Yard).Load"), want);
        }
    }
}
