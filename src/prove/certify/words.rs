//! The words of a message, each held to the old line: none comes from nowhere, and none is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Reading, Value};
use super::reason::Finding;
use super::wording::stems;
use crate::klog::name::words;
use crate::rule::RuleSet;

/// Letters of a word that may be misspelt.
const WORD: usize = 4;
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
const ENDINGS: [&str; 16] = [
    "", "ion", "ation", "ition", "iation", "al", "ment", "ance", "ence", "ant", "ent", "ly", "ity", "ness", "l",
    "ility",
];

/// Words that a message has from nowhere, words of the old text that the new line tells nowhere, and words that are in another place.
pub fn unfaithful(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let lexicon = Lexicon::of(rules);
    let (before, after) = (tokens(&old.message), tokens(&new.message));
    let list = |words: Vec<String>| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let says_nothing =
        !tokens(&old.unprefixed).iter().any(|word| lexicon.tells(word) && !rules.certify.neutral.contains(word));
    let (mut added, mut lost) = (lexicon.added(old, new, &after), lexicon.lost(old, new));
    lexicon.mend(&mut added, &mut lost);
    added.extend(lexicon.repeated(&before, &after).into_iter().chain(lexicon.other_thing(old, new)));
    let added = Some(list(added)).filter(|words| !words.is_empty() && !says_nothing);
    let lost = Some(list(lost)).filter(|words| !words.is_empty());
    let asks = new.message.contains('?') && !old.message.contains('?');
    let turned = asks || lexicon.denies_other(&before, &after);
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

/// A verb and the particle behind it as one noun.
fn joined(verb: &str, particle: &str) -> String {
    format!("{}{particle}", stem(verb))
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

    /// Whether two words are one: forms of it, cut short, or the initials of the other.
    pub fn is_one(&self, a: &str, b: &str) -> bool {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        let (one, other) = (self.root(a), self.root(b));
        one == other || is_form(&one, &other) || short.len() >= CUT && long.contains(short) || is_misspelt(a, b)
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
        let texts = names.chain(places).chain(&old.guards).chain(&new.beside).map(String::as_str);
        let path = old.site.path.rsplit('/').take(2);
        self.gathered(texts.chain([old.message.as_str(), old.text.as_str()]).chain(path))
    }

    fn gathered<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Known {
        let (mut written, mut roots) = (BTreeSet::new(), BTreeSet::new());
        for text in texts {
            let words = tokens(text);
            for at in 0..words.len() {
                written.extend((1..=JOINED).filter_map(|count| Some(words.get(at..at + count)?.concat())));
                written.extend(words.get(at + 1).map(|next| joined(&words[at], next)));
                roots.insert(self.root(&words[at]));
            }
        }
        Known { written, roots }
    }

    /// Whether one of the words at a place is among those that are known, in another form, run together or cut short.
    fn is_known(&self, words: &[String], at: usize, known: &Known) -> bool {
        let word = &words[at];
        let root = self.root(word);
        // "Cleaning up" of a cleanup.
        let beside = [at.checked_sub(1).and_then(|before| words.get(before..=at)), words.get(at..at + 2)];
        let apart = beside.into_iter().flatten().any(|pair| known.written.contains(&joined(&pair[0], &pair[1])));
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
            || apart
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
        let said = tokens(&old.unprefixed);
        let labels: BTreeSet<&String> =
            old.values.iter().filter(|value| !value.error).flat_map(|value| &value.label).collect();
        let sides = || self.rules.sentences.opposites.iter().flatten().flatten();
        let weighty = |word: &String| self.rules.certify.weighty.contains(word);
        let is_label = |word: &String| labels.contains(word) && !weighty(word) && !sides().any(|side| side == word);
        let is_told =
            |word: &String| self.rules.certify.dispensable.contains(word) || is_label(word) || !self.tells(word);
        // A name in code does not say that something is skipped, or done already.
        let known = |word: &String| if self.rules.sentences.negative.contains(word) { &spoken } else { &known };
        let is_kept = |at: usize| match weighty(&said[at]) {
            true => spoken.written.contains(&said[at]),
            false => self.is_known(&said, at, known(&said[at])),
        };
        let lost = (0..said.len()).filter(|at| !is_told(&said[*at]) && !is_kept(*at));
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

    /// Takes out what was misspelt before: a word in the place of one that lacks a letter of it, has one more or has two exchanged. Two
    /// words of which each is one by the rules are two.
    fn mend(&self, added: &mut Vec<String>, lost: &mut Vec<String>) {
        lost.retain(|before| {
            let is_word = self.is_listed(before);
            let is_it = |after: &String| {
                let long = before.len() >= WORD && after.len() >= WORD && before[..1] == after[..1];
                let [a, b] = [before, after].map(|word| stem(word));
                long && !(is_word && self.is_listed(after)) && (is_misspelt(before, after) || is_misspelt(&a, &b))
            };
            match added.iter().position(is_it) {
                Some(at) => {
                    added.remove(at);
                    false
                }
                None => true,
            }
        });
    }

    /// Whether the rules have a word.
    fn is_listed(&self, word: &str) -> bool {
        let rules = self.rules;
        let (certify, sentences) = (&rules.certify, &rules.sentences);
        let root = stem(word);
        let is_it = |other: &String| other == word || stem(other) == root;
        [&certify.neutral, &certify.dispensable, &sentences.negative, &sentences.actions, &sentences.changes]
            .into_iter()
            .any(|list| list.iter().any(is_it))
            || certify.same.iter().flatten().any(is_it)
            || sentences.opposites.iter().chain(&sentences.opposed).flatten().flatten().any(is_it)
            || rules.keys.entities.iter().any(is_it)
    }

    /// Words that say once more, in another way, what the old text said once.
    fn repeated(&self, before: &[String], after: &[String]) -> Vec<String> {
        let said = |words: &[String], word: &String| -> BTreeSet<String> {
            let root = self.root(word);
            words.iter().filter(|other| self.root(other) == root).map(|word| stem(word)).collect()
        };
        let is_fresh = |word: &&String| {
            let is_known = before.iter().any(|other| stem(other) == stem(word));
            !is_known && self.same.contains_key(&stem(word)) && !self.rules.certify.neutral.contains(*word)
        };
        let twice = |word: &&String| said(before, word).len() == 1 && said(after, word).len() > 1;
        after.iter().filter(is_fresh).filter(twice).cloned().collect()
    }

    /// A kind of object that the message has in the place of one that the old text had, and that nothing of the line is called.
    fn other_thing(&self, old: &Reading, new: &Reading) -> Option<String> {
        let keys = &self.rules.keys;
        let things = |text: &str| -> Vec<String> {
            let words = tokens(text);
            let pairs = words.windows(2).map(|pair| pair.concat());
            let single = |word: &String| word.strip_suffix('s').unwrap_or(word).to_owned();
            let all = words.iter().cloned().chain(pairs).map(|word| single(&word));
            all.filter(|word| keys.entities.contains(word) || self.rules.certify.kinds.contains(word)).collect()
        };
        let (was, is) = (things(&old.message), things(&new.message));
        let names = new
            .all()
            .chain(old.all())
            .flat_map(|value| value.key.iter().chain(&value.words).chain(&value.kinds).chain(&value.texts));
        let known = self.gathered(names.map(String::as_str).chain([old.message.as_str(), old.text.as_str()]));
        let count = |things: &[String], thing: &String| things.iter().filter(|other| *other == thing).count();
        let is_gone = was.iter().any(|thing| count(&is, thing) < count(&was, thing));
        let is_other = |thing: &&String| {
            !known.roots.contains(&self.root(thing))
                && !known.written.iter().any(|word| word.starts_with(thing.as_str()))
        };
        is.iter().filter(|_| is_gone).find(is_other).cloned()
    }
}

/// Whether two words without their endings are forms of one.
fn is_form(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest = |word: &str| word.get(common..).is_some_and(|rest| ENDINGS.contains(&rest));
    common >= COMMON && rest(a) && rest(b)
}

/// Whether one word is the other but for one letter more, or two that have changed places.
fn is_misspelt(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    let common = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (rest, other) = (&short[common..], &long[common..]);
    match other.len() - rest.len() {
        1 => rest == &other[1..],
        0 => matches!((rest, other), ([a, b, rest @ ..], [c, d, other @ ..]) if a == d && b == c && rest == other),
        _ => false,
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
    fn a_word_that_lacks_a_letter_is_misspelt() {
        for (a, b) in [("limts", "limits"), ("paring", "parsing"), ("recieve", "receive"), ("occured", "occurred")] {
            assert!(is_misspelt(a, b) && is_misspelt(b, a), "{a} {b}");
        }
        for (a, b) in [("limits", "limits"), ("loading", "leading"), ("attach", "detach"), ("mount", "unmount")] {
            assert!(!is_misspelt(a, b), "{a} {b}");
        }
    }
}
