//! Keys against what their values are: kinds of objects, units, parts of values, references.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use super::swapped::keyed;
use super::words::{Lexicon, stood, tokens};
use crate::klog::error::is_error_key;
use crate::rule::RuleSet;
use crate::write::edit::{Outcome, RequestId};

/// What is to be said of the keys of a new line.
pub fn misnamed(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let lexicon = Lexicon::of(rules);
    let fresh = || keyed(new).filter(|(value, _)| !stood(old, value));
    let wrong = fresh().filter(|(value, key)| {
        names_other(old, new, value, key, &lexicon, rules)
            || has_other_unit(old, value, key, rules)
            || is_unfit(old, value, key, &lexicon, rules)
            || is_turned(old, value, key, rules)
            || is_no_error(old, value, key, rules)
            || is_no_count(old, value, key, rules)
            || is_no_moment(value, key)
            || value.run_together && before(old, value).next().is_none()
    });
    let wrong = wrong.map(|(value, key)| Finding::ValueMisnamed { value: value.text.clone(), key: key.to_owned() });
    let mixed = new.all().filter(|value| !stood(old, value)).filter_map(|value| mixed(old, value));
    let reordered = new.all().filter_map(|value| reordered(old, value));
    wrong.chain(mixed).chain(reordered).chain(crossed(old, new, rules)).collect()
}

/// Whether a key says a kind of object, or a part of one, that neither the value nor the old line speaks of.
fn names_other(old: &Reading, new: &Reading, value: &Value, key: &str, lexicon: &Lexicon<'_>, rules: &RuleSet) -> bool {
    let of_value = tokens(&value.text);
    let places = [old.site.function.as_str(), old.message.as_str(), old.text.as_str(), new.message.as_str()];
    let said = places.iter().flat_map(|text| tokens(text));
    let mut known: BTreeSet<String> =
        of_value.iter().chain(&value.words).chain(&value.kinds).chain(&value.label).cloned().chain(said).collect();
    let long = |word: &String| rules.keys.preferred.get(word).or_else(|| rules.sentences.abbreviations.get(word));
    known.extend(known.iter().filter_map(long).flat_map(|long| tokens(long)).collect::<Vec<_>>());
    let roots: BTreeSet<String> = known.iter().map(|word| lexicon.root(word)).collect();
    let fits = |word: &String| {
        let cut = |other: &String| {
            let (short, long) = if other.len() < word.len() { (other, word) } else { (word, other) };
            short.len() > 1
                && long.starts_with(short.as_str())
                && (short.as_str(), long.as_str()) != ("name", "namespace")
        };
        roots.contains(&lexicon.root(word)) || known.iter().any(cut)
    };
    let strict = |word: &String| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        rules.keys.entities.contains(singular) || rules.certify.kinds.contains(singular)
    };
    let words = tokens(key);
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    if words.len() > 1 && known.contains(&initials) {
        return false;
    }
    let is_little = |word: &String| rules.keys.little.contains(word) || rules.keys.parts.contains(word);
    let part = words.iter().any(|word| rules.certify.kinds.contains(word) && !fits(word));
    let kind = words.iter().any(|word| strict(word) && !fits(word));
    // A variable is called so, and it is another one.
    let said = tokens(&old.message).into_iter().chain(tokens(&old.text));
    let own: BTreeSet<String> =
        of_value.iter().chain(&value.words).chain(&value.kinds).chain(&value.label).cloned().chain(said).collect();
    let is_own = |word: &String| own.iter().any(|other| lexicon.is_one(other, word));
    // A name by itself does not say of what.
    let is_named = of_value.iter().any(|word| !is_little(word));
    let mut telling = words.iter().filter(|word| !is_little(word)).peekable();
    let other = value.homonym && is_named && telling.peek().is_some() && !telling.any(is_own);
    part || other || kind && !words.iter().any(|word| !is_little(word) && fits(word))
}

/// Whether a value that is no error, and was not called one, stands under an error's key, or one that ends like that.
fn is_no_error(old: &Reading, value: &Value, key: &str, rules: &RuleSet) -> bool {
    let words = tokens(key);
    let is_named = words.len() > 1 && words.last().is_some_and(|last| is_error_key(last));
    let is_plain = !value.text.contains('(') || value.text.ends_with(".String()");
    let is_known = value.typed || value.constant().is_some() || old.structured || is_named && is_plain;
    let mut own = tokens(&value.text);
    own.extend(value.words.iter().chain(&value.kinds).cloned());
    own.extend(before(old, value).flat_map(|before| before.said.iter().cloned()));
    let is_called = own.iter().any(|word| rules.messages.error_nouns.contains(word));
    (is_error_key(key) || is_named) && !value.error && is_known && !is_called
}

/// Whether what is no number, and was not printed as one, stands under a key that promises a number.
fn is_no_count(old: &Reading, value: &Value, key: &str, rules: &RuleSet) -> bool {
    let promises = |word: Option<&String>| word.is_some_and(|word| rules.certify.counts.contains(word));
    let words = tokens(key);
    let counted = before(old, value).any(|before| before.letter == Some('d'));
    let own: Vec<String> = tokens(&value.text).into_iter().chain(value.words.iter().cloned()).collect();
    let counts = |word: &String| rules.certify.counts.contains(word) || word == "len" || word == "number";
    let is_given = value.text.contains('(') && !value.text.ends_with(".String()");
    let is_number = value.number.unwrap_or(counted || own.iter().any(counts) || is_given);
    words.len() > 1 && (promises(words.last()) || promises(words.first())) && !is_number && value.constant().is_none()
}

/// Whether a span of time stands under a key that says when something was.
fn is_no_moment(value: &Value, key: &str) -> bool {
    value.kinds.contains("duration") && tokens(key).iter().any(|word| word == "timestamp")
}

/// The values of the old line of this text.
fn before<'r>(old: &'r Reading, value: &'r Value) -> impl Iterator<Item = &'r Value> {
    old.all().filter(|before| before.text == value.text)
}

/// Whether a value that the old line did not show stands under a key of which nothing fits its name, its type or the place.
fn is_unfit(old: &Reading, value: &Value, key: &str, lexicon: &Lexicon<'_>, rules: &RuleSet) -> bool {
    let needed = old.all().flat_map(|value| value.needs.iter().flatten().chain(&value.shows));
    let is_shown = needed.into_iter().any(|atom| value.shows.contains(atom));
    let own: Vec<String> =
        tokens(&value.text).into_iter().chain(value.words.iter().chain(&value.kinds).cloned()).collect();
    let fits = |word: &String| {
        let cut =
            |other: &String| word.starts_with(other.as_str()) || other.len() > 2 && other.starts_with(word.as_str());
        own.iter().any(|other| lexicon.root(other) == lexicon.root(word) || cut(other))
    };
    let words = tokens(key);
    let is_kind = words.iter().any(|word| rules.keys.entities.contains(word) || rules.certify.kinds.contains(word));
    let is_asked = match value.refers.len() {
        0 => is_kind,
        // Namespace and name by themselves do not say of what.
        count => count == 1,
    };
    !is_shown && is_asked && value.constant().is_none() && !value.error && !words.iter().any(fits)
}

/// Two values of which the old text says that each belongs under the other's key, and neither under its own.
fn crossed(old: &Reading, new: &Reading, rules: &RuleSet) -> Option<Finding> {
    let lexicon = Lexicon::of(rules);
    let roots =
        |words: &mut dyn Iterator<Item = String>| words.map(|word| lexicon.root(&word)).collect::<BTreeSet<_>>();
    let fresh: Vec<(&Value, &str)> = keyed(new).filter(|(value, _)| !stood(old, value)).collect();
    let named = |value: &Value, other: &Value| {
        let (own, shared) = (tokens(&value.text), tokens(&other.text));
        let common = own.iter().zip(&shared).take_while(|(a, b)| a == b).count();
        let said = old.values.iter().filter(|before| before.text == value.text).flat_map(|before| before.said.clone());
        roots(&mut own[common..].iter().cloned().chain(said))
    };
    let fits = |key: &str, words: &BTreeSet<String>| tokens(key).iter().any(|word| words.contains(&lexicon.root(word)));
    for (at, (value, key)) in fresh.iter().enumerate() {
        for (other, other_key) in &fresh[at + 1..] {
            let (own, others) = (named(value, other), named(other, value));
            let wrong = !fits(key, &own) && !fits(other_key, &others);
            if wrong && fits(key, &others) && fits(other_key, &own) {
                let (value, key, other) = (value.text.clone(), (*key).to_owned(), other.text.clone());
                return Some(Finding::ValueSwapped { value, key, other });
            }
        }
    }
    None
}

/// Syllables that turn a word into its opposite.
const TURNS: [&str; 4] = ["un", "in", "dis", "non"];

/// Whether a key denies what its value is called, or says of which of two sides it is, where neither the value nor the old line does.
fn is_turned(old: &Reading, value: &Value, key: &str, rules: &RuleSet) -> bool {
    let of_old = tokens(&old.message).into_iter().chain(tokens(&old.text));
    let known: BTreeSet<String> = of_old.chain(tokens(&value.text)).chain(value.words.iter().cloned()).collect();
    let denies = |word: &String| {
        let rest = TURNS.iter().find_map(|turn| word.strip_prefix(turn)).filter(|rest| rest.len() > 3);
        rest.is_some_and(|rest| known.contains(rest)) || rules.sentences.negations.contains(word)
    };
    // "%s -> %s", "from %s to %s": the text tells the sides in its own way.
    let joins = ["from", "to", "into", "with", "by", "of", "expected", "got", "want", "than", "was", "is"];
    let tells = joins.iter().any(|word| known.contains(*word)) || old.message.contains(['>', '/']);
    let opposed = |word: &String| rules.sentences.opposed.iter().flatten().flatten().any(|side| side == word);
    let turns = old.message.contains('>') || ["from", "than", "got", "want"].iter().any(|word| known.contains(*word));
    let is_element = value.text.contains('[');
    let lies = |word: &String| rules.certify.qualifiers.contains(word) && !turns && !is_element;
    let sided = |word: &String| opposed(word) && !tells && !is_element || lies(word);
    let words = tokens(key);
    let (first, fresh) = (words.first(), |word: &&String| !known.contains(*word));
    words.iter().filter(fresh).any(denies) || words.len() > 1 && first.filter(fresh).is_some_and(sided)
}

/// The units that some words name, by their number in the rules.
fn units<'w>(words: impl IntoIterator<Item = &'w String>, rules: &RuleSet) -> BTreeSet<usize> {
    let unit = |word: &String| rules.certify.units.iter().position(|unit| unit.contains(word));
    words.into_iter().filter_map(unit).collect()
}

/// Whether a key counts in another unit than the value, or than the old text did.
fn has_other_unit(old: &Reading, value: &Value, key: &str, rules: &RuleSet) -> bool {
    let named = units(&tokens(key), rules);
    let own = units(tokens(&value.text).iter().chain(&value.words), rules);
    let told = units(tokens(&old.message).iter().chain(&tokens(&old.text)), rules);
    let other = |units: &BTreeSet<usize>| units.is_disjoint(&named);
    // What the value's own name says goes before what the text says.
    !named.is_empty() && other(if own.is_empty() { &told } else { &own })
}

/// A text without anything in it.
const EMPTY: &str = "\"\"";

fn is_empty(text: &str) -> bool {
    text == EMPTY || text == "``"
}

/// A reference that has the namespace of one object and the name of another, where the old line did not join them.
fn mixed(old: &Reading, value: &Value) -> Option<Finding> {
    let [namespace, name] = value.refers.as_slice() else { return None };
    let known = old.all().any(|before| before.refers == value.refers);
    // A namespace without a name is no object, and a name is no namespace.
    if !known && (is_empty(name) && !is_empty(namespace) || namespace == name && !is_empty(name)) {
        return Some(Finding::ObjectMixed { namespace: namespace.clone(), name: name.clone() });
    }
    let owner = |text: &str, field: &str| {
        let (rest, get) = text.strip_suffix("()").map_or((text, ""), |rest| (rest, "Get"));
        rest.strip_suffix(&format!(".{get}{field}")).map(|owner| owner.trim_end_matches(".ObjectMeta").to_owned())
    };
    let (of, other) = (owner(namespace, "Namespace")?, owner(name, "Name")?);
    let joined =
        old.values.windows(2).any(|pair| pair[0].text == *namespace && pair[1].text == *name && pair[1].joined);
    let is_mixed = of != other && !joined && !known;
    is_mixed.then(|| Finding::ObjectMixed { namespace: namespace.clone(), name: name.clone() })
}

/// A value's text, with a getter as the field that it reads.
fn plain(text: &str) -> String {
    text.replace(".GetName()", ".Name").replace(".GetNamespace()", ".Namespace").replace(".ObjectMeta.", ".")
}

/// Values in a text or a list that stand in another order than the old line had them in.
fn reordered(old: &Reading, value: &Value) -> Option<Finding> {
    let leaves: Vec<&Value> = old.all().flat_map(|value| std::iter::once(value).chain(&value.parts)).collect();
    let parts = value.parts.iter().filter(|part| part.key.is_none());
    let place = |part: &Value| {
        let mut found =
            leaves.iter().enumerate().filter(|(_, leaf)| plain(&leaf.text) == plain(&part.text)).map(|(at, _)| at);
        found.next().filter(|_| found.next().is_none())
    };
    let places: Vec<(usize, &Value)> = parts.filter_map(|part| Some((place(part)?, part))).collect();
    let is_space = |value: &Value| value.words.iter().any(|word| matches!(word.as_str(), "namespace" | "ns"));
    let turned = places.windows(2).find(|pair| pair[0].0 > pair[1].0 && !is_space(pair[0].1))?;
    let key = value.key.clone().unwrap_or_default();
    Some(Finding::ValueSwapped { value: turned[0].1.text.clone(), key, other: turned[1].1.text.clone() })
}

/// An ID that is read from something else than what the line is about.
pub fn request_id(old: &Reading, new: &Reading, rules: &RuleSet) -> Option<Finding> {
    let key = rules.carriers.key.as_str();
    let value = new.values.iter().find(|value| value.key.as_deref() == Some(key) && !stood(old, value))?;
    let (callee, given) = value.text.split_once('(').unwrap_or((&value.text, ""));
    let name = callee.rsplit('.').next().unwrap_or(callee);
    let was_shown = old.all().any(|before| before.needs.iter().any(|need| !need.is_disjoint(&value.shows)));
    if was_shown && !value.text.contains('(') {
        return None;
    }
    let known = |name: &str| {
        rules
            .carriers
            .carrier
            .iter()
            .any(|carrier| [&carrier.accessor, &carrier.under_context].contains(&&name.to_owned()))
    };
    let names = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let other = match &old.outcome {
        Outcome::Fix(fix) => match &fix.request_id {
            Some(RequestId::From(accessor)) => names(&accessor.argument).is_disjoint(&names(given)),
            _ => false,
        },
        _ => false,
    };
    (other || !known(name)).then(|| Finding::RequestIdOther { value: value.text.clone() })
}

/// An error beside that of the old line, which the old line did not show and the code around has not found.
pub fn another_error(old: &Reading, new: &Reading) -> Option<Finding> {
    let is_shown =
        |value: &Value| old.all().any(|before| before.needs.iter().any(|need| !need.is_disjoint(&value.shows)));
    let errors: Vec<&Value> = new.error.iter().chain(new.values.iter().filter(|value| value.error)).collect();
    let is_other = |value: &&&Value| !is_shown(value) && old.error_in_scope.as_ref() != Some(&value.text);
    let has_own = errors.iter().any(|value| is_shown(value));
    let other = errors.iter().filter(|_| has_own).find(is_other);
    other.map(|value| Finding::ErrorAdded { error: value.text.clone() })
}

/// An error that is made in place, of constant text that has nothing of the old line.
pub fn made_up(old: &Reading, new: &Reading, rules: &RuleSet) -> Option<Finding> {
    let lexicon = Lexicon::of(rules);
    let said: BTreeSet<String> = tokens(&old.message).iter().map(|word| lexicon.root(word)).collect();
    let is_made = |value: &&Value| {
        let made = value.text.starts_with("fmt.Errorf(") || value.text.starts_with("errors.New(");
        made && value.parts.is_empty() && !stood(old, value) && !old.all().any(|before| before.text == value.text)
    };
    let telling = |value: &&Value| {
        let words = value.texts.iter().flat_map(|text| tokens(text));
        let mut telling = words.filter(|word| lexicon.tells(word) && !rules.certify.neutral.contains(word));
        telling.any(|word| said.contains(&lexicon.root(&word)))
    };
    let errors = new.error.iter().chain(new.values.iter().filter(|value| value.error));
    let made = errors.filter(is_made).find(|value| !telling(value));
    made.map(|error| Finding::ErrorAdded { error: error.text.clone() })
}
