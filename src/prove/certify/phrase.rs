//! What a message says by the order and the forms of its words: when something happens, who does it to whom, how it ends.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use super::words::{Lexicon, tokens};
use crate::rule::{RuleSet, Severity};

/// Words that two texts have to share before their order says anything.
const FEW: usize = 4;
/// Words that are compared by their order; longer texts are by their start.
const MANY: usize = 256;
/// Letters of the shortest verb with an ending.
const VERB: usize = 3;
/// Signs that stand for a value, or compare two.
const TEMPLATE: [char; 9] = ['{', '}', '$', '<', '>', '^', '~', '|', '%'];
/// The verb that says that something is to come.
const WILL: &str = "will";
/// Signs that want something behind them.
const OPEN: [char; 7] = [':', '=', ',', ';', '(', '-', '/'];

/// A message that has the words of the old one, and tells something else by them.
pub fn altered(old: &Reading, new: &Reading, rules: &RuleSet) -> Option<Finding> {
    let (before, after) = (tokens(&old.message), tokens(&new.message));
    let (spelled, spells) = (spoken(&old.message), spoken(&new.message));
    let lexicon = Lexicon::of(rules);
    let is_other = retold(&before, &after, &lexicon, rules)
        || denied(&before, &after, rules)
        || shuffled(&before, &after)
        || turned(&spelled, &spells, &lexicon, rules)
        || replaced(&spelled, &spells, &lexicon, rules)
        || is_garbled(old, new, &before, &after, rules)
        || is_made_to_fail(old, &before, &after, rules)
        || is_headless(&tokens(&old.unprefixed), &after, rules)
        || is_open(old, new)
        || recounted(old, new);
    let told = |reading: &Reading| reading.message.trim().to_owned();
    is_other.then(|| Finding::MessageChanged { old: told(old), new: told(new) })
}

/// Whether what was being done is said to be done, or what is to have been, or the other way round.
fn retold(before: &[String], after: &[String], lexicon: &Lexicon<'_>, rules: &RuleSet) -> bool {
    let certify = &rules.certify;
    let has_ending = |word: &str, ending: &str| word.strip_suffix(ending).is_some_and(|verb| verb.len() >= VERB);
    let forms = |words: &[String], is_form: &dyn Fn(&String) -> bool| -> BTreeSet<String> {
        let verbs = words.iter().filter(|word| !certify.failures.contains(*word) && is_form(word));
        verbs.map(|word| lexicon.root(word)).collect()
    };
    let doing = |words: &[String]| forms(words, &|word| has_ending(word, "ing"));
    let done = |words: &[String]| forms(words, &|word| has_ending(word, "ed") || certify.pasts.contains(word));
    let [(was_doing, was_done), (is_doing, is_done)] = [before, after].map(|words| (doing(words), done(words)));
    let finished =
        was_doing.iter().any(|verb| !was_done.contains(verb) && is_done.contains(verb) && !is_doing.contains(verb));
    let undone =
        was_done.iter().any(|verb| !was_doing.contains(verb) && is_doing.contains(verb) && !is_done.contains(verb));
    let has = |words: &[String], time: &Vec<String>| words.iter().any(|word| time.contains(word));
    let times = certify.times.iter().flat_map(|then| certify.times.iter().map(move |now| (then, now)));
    let moved = |(then, now): (&Vec<String>, &Vec<String>)| {
        has(before, then) && !has(before, now) && has(after, now) && !has(after, then)
    };
    let promised = after.iter().any(|word| word == WILL) && !before.iter().any(|word| word == WILL);
    finished || undone || promised || times.filter(|(then, now)| then != now).any(moved)
}

/// Whether a verb is denied that was not: "can be" → "can not be".
fn denied(before: &[String], after: &[String], rules: &RuleSet) -> bool {
    let denials = |words: &[String]| -> BTreeSet<String> {
        let pairs = words
            .windows(2)
            .filter(|pair| rules.sentences.finite.contains(&pair[0]) && rules.sentences.negations.contains(&pair[1]));
        pairs.map(|pair| pair[0].clone()).collect()
    };
    let was = denials(before);
    was.is_empty() && denials(after).iter().any(|verb| before.contains(verb))
}

/// Whether the words that two texts share stand in another order for the most part.
fn shuffled(before: &[String], after: &[String]) -> bool {
    let shared = |words: &[String], other: &[String]| -> Vec<String> {
        words.iter().filter(|word| other.contains(word)).take(MANY).cloned().collect()
    };
    let (a, b) = (shared(before, after), shared(after, before));
    let least = a.len().min(b.len());
    if least < FEW {
        return false;
    }
    let mut best = vec![0usize; b.len() + 1];
    for word in &a {
        let mut corner = 0;
        for (at, other) in b.iter().enumerate() {
            let above = best[at + 1];
            best[at + 1] = if word == other { corner + 1 } else { above.max(best[at]) };
            corner = above;
        }
    }
    best[b.len()] * 5 < least * 3
}

/// Whether the words on both sides of a preposition have changed places, or the things that stand before and behind it.
fn turned(before: &[String], after: &[String], lexicon: &Lexicon<'_>, rules: &RuleSet) -> bool {
    let is_telling = |word: &&String| !rules.certify.articles.contains(*word);
    let is_thing = |word: &&String| rules.keys.entities.contains(word.strip_suffix('s').unwrap_or(word));
    let parts = |word: &String| {
        let lists = [&rules.certify.articles, &rules.certify.symmetric];
        rules.messages.prepositions.contains(word) && !lists.iter().any(|list| list.contains(word))
    };
    let sides = |words: &[String], is_one: &dyn Fn(&&String) -> bool| -> BTreeSet<[String; 3]> {
        let prepositions = (1..words.len()).filter(|at| parts(&words[*at]));
        let around = prepositions.filter_map(|at| {
            let left = words[..at].iter().rev().find(is_one)?;
            let right = words[at + 1..].iter().find(is_telling).filter(is_one)?;
            Some([lexicon.root(left), words[at].clone(), lexicon.root(right)])
        });
        around.collect()
    };
    let kinds: [&dyn Fn(&&String) -> bool; 2] = [&is_telling, &is_thing];
    kinds.into_iter().any(|is_one| {
        let (was, is) = (sides(before, is_one), sides(after, is_one));
        is.iter().any(|[left, by, right]| {
            let turned = [right.clone(), by.clone(), left.clone()];
            left != right && was.contains(&turned) && !was.contains(&[left.clone(), by.clone(), right.clone()])
        })
    })
}

/// Whether a little word stands for another one between the same words, or a word that tells something for another.
fn replaced(before: &[String], after: &[String], lexicon: &Lexicon<'_>, rules: &RuleSet) -> bool {
    let is_little = |word: &String| rules.sentences.closed.contains(word) || rules.messages.prepositions.contains(word);
    let triples = |words: &[String]| -> Vec<[String; 3]> {
        let own = words.iter().filter(|word| !rules.certify.articles.contains(*word)).cloned();
        let whole: Vec<String> = std::iter::once(String::new()).chain(own).chain([String::new()]).collect();
        whole.windows(3).map(|run| [lexicon.root(&run[0]), run[1].clone(), lexicon.root(&run[2])]).collect()
    };
    let has = |words: &[String], word: &String| words.iter().any(|other| lexicon.is_one(other, word));
    let count = |all: &[[String; 3]], one: &[String; 3]| all.iter().filter(|other| *other == one).count();
    let (was, is) = (triples(before), triples(after));
    let lies = |old: &[String; 3], new: &[String; 3]| {
        let around = old[0] == new[0] && old[2] == new[2] && old[1] != new[1];
        let is_between = !old[0].is_empty() && !old[2].is_empty();
        let little = is_little(&old[1]) && is_little(&new[1]) && is_between;
        let telling =
            [&old[1], &new[1]].iter().all(|word| lexicon.tells(word) && !rules.certify.failures.contains(*word))
                && !rules.certify.neutral.contains(&new[1]);
        around
            && (little && count(&was, new) < count(&is, new) && count(&is, old) < count(&was, old)
                || telling && !has(before, &new[1]) && !has(after, &old[1]))
    };
    is.iter().any(|new| was.iter().any(|old| lies(old, new)))
}

/// The words of a text as they are written, names in code as one.
fn spoken(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a text has a sign of a template that the old one had not, a failure that nothing leads to, or a success that is an error's.
fn is_garbled(old: &Reading, new: &Reading, before: &[String], after: &[String], rules: &RuleSet) -> bool {
    let certify = &rules.certify;
    let sign = |c: char| TEMPLATE.contains(&c) && !old.message.contains(c);
    let pair = |words: &[String], is: &dyn Fn(&[String]) -> bool| words.windows(2).any(is);
    let leads = |pair: &[String]| {
        pair[0] == "to" && certify.failures.contains(&pair[1])
            || certify.failures.contains(&pair[0]) && certify.misplaced.contains(&pair[1])
    };
    let succeeds = |words: &[String]| {
        let sides = rules.sentences.opposites.iter().filter(|sides| sides[1].iter().any(|word| word == "failed"));
        sides.flat_map(|sides| &sides[0]).any(|word| words.contains(word))
    };
    let is_failure = new.site.severity == Severity::Error && new.error.is_some();
    new.message.chars().any(sign)
        || pair(after, &leads) && !pair(before, &leads)
        || is_failure && succeeds(after) && !succeeds(before)
}

/// Whether a line says that something failed where nothing of the old one did.
fn is_made_to_fail(old: &Reading, before: &[String], after: &[String], rules: &RuleSet) -> bool {
    let fails = |words: &[String]| words.iter().any(|word| rules.certify.failures.contains(word));
    let is_quiet = matches!(old.site.severity, Severity::Info) && !old.all().any(|value| value.error);
    let denies = before.iter().any(|word| rules.sentences.negations.contains(word));
    is_quiet && fails(after) && !fails(before) && !denies
}

/// Whether a text starts with a verb that wants something before it.
fn is_headless(before: &[String], after: &[String], rules: &RuleSet) -> bool {
    let starts = |words: &[String]| words.first().is_some_and(|word| rules.sentences.subjectless.contains(word));
    starts(after) && !starts(before) && !before.is_empty()
}

/// Whether a text ends in a sign that wants something behind it, which was there or was not wanted.
fn is_open(old: &Reading, new: &Reading) -> bool {
    let sign = |text: &str| text.trim_end().chars().next_back().filter(|last| OPEN.contains(last));
    let own = sign(&new.message);
    own.is_some() && (own != sign(&old.message) || new.structured && !old.structured && !old.values.is_empty())
}

/// Whether a text has a number that the old line did not show, or lacks one that the new line does not show either.
fn recounted(old: &Reading, new: &Reading) -> bool {
    let numbers = |text: &str| -> BTreeSet<String> {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
        parts.filter(|part| part.contains(|c: char| c.is_ascii_digit())).map(str::to_lowercase).collect()
    };
    let shown = |reading: &Reading| -> BTreeSet<String> {
        let of_value = |value: &Value| -> Vec<String> {
            let texts = value.texts.iter().flat_map(|text| numbers(text));
            numbers(&value.text).into_iter().chain(texts).chain(value.constant().map(str::to_lowercase)).collect()
        };
        reading.all().flat_map(of_value).chain(numbers(&reading.message)).collect()
    };
    let lost = |number: &&String| number.chars().all(|c| c.is_ascii_digit());
    let (was, is) = (shown(old), shown(new));
    numbers(&new.message).iter().any(|number| !was.contains(number))
        || numbers(&old.unprefixed).iter().filter(lost).any(|number| !is.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(before: &str, after: &str) -> [Vec<String>; 2] {
        [tokens(before), tokens(after)]
    }

    #[test]
    fn an_order_says_something_where_much_is_shared() {
        let is = |before, after| {
            let [before, after] = both(before, after);
            shuffled(&before, &after)
        };
        assert!(is("failed to load the last crate", "crate last the load to failed"));
        assert!(!is("crate was moved to the yard", "moved crate to the yard"));
        assert!(!is("crate moved", "moved crate"));
    }

    #[test]
    fn what_is_done_was_not_being_done() {
        let rules = RuleSet::builtin().unwrap();
        let lexicon = Lexicon::of(&rules);
        let is = |before, after| {
            let [before, after] = both(before, after);
            retold(&before, &after, &lexicon, &rules)
        };
        for (before, after) in [
            ("loading the crate", "loaded the crate"),
            ("sending crates", "sent crates"),
            ("moved crates", "moving crates"),
            ("the crate is full", "the crate was full"),
        ] {
            assert!(is(before, after), "{before} → {after}");
        }
        for (before, after) in [
            ("failing to load", "failed to load"),
            ("error loading the crate", "failed to load the crate"),
            ("crate was loaded", "loaded crate"),
        ] {
            assert!(!is(before, after), "{before} → {after}");
        }
    }
}
