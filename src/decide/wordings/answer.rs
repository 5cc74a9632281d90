//! Answers, held to the rules: what is taken changes words and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::refused::Refused;
use super::task::{Words, is_worded, name, of_change, words};
use crate::decide::change::{Change, edited};
use crate::decide::decision::{Decision, State, Verdict};
use crate::klog::call::Snippet;
use crate::klog::fingerprint::Fingerprint;
use crate::klog::format::quote;
use crate::klog::lint::verb;
use crate::klog::name::is_valid;
use crate::plan::report::style::is_hostile;
use crate::rule::RuleSet;
use crate::text::{Edit, apply_edits};
use crate::write::message::fault;

/// Bytes of a line.
const MAX_LINE: usize = 16 << 10;
/// Characters of a message.
const MAX_MESSAGE: usize = 160;
/// Characters of a key.
const MAX_KEY: usize = 40;
/// Signs that stand in code rather than in a message.
const SIGNS_OF_CODE: &str = "\"`\\${}<>|;=&";
/// Marks that a message does not end in.
const OPEN_ENDS: &str = "!:,;([{-";

/// What comes back of one call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The call's name.
    pub fingerprint: Fingerprint,
    /// Its message.
    pub message: String,
    /// The key of each of its values.
    #[serde(deserialize_with = "each_once")]
    pub keys: BTreeMap<String, String>,
}

/// A line that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Why.
    pub why: Refused,
}

/// What an import comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Decisions to store, by call.
    pub taken: Vec<(Fingerprint, Decision)>,
    /// Lines that were refused.
    pub refused: Vec<Line>,
}

/// JSON lets a name occur twice in an object; here that is a mistake.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    struct Once;
    impl<'de> Visitor<'de> for Once {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with a key for each value")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some((name, key)) = map.next_entry::<String, String>()? {
                if found.insert(name.clone(), key).is_some() {
                    return Err(serde::de::Error::custom(format!("{name} occurs twice")));
                }
            }
            Ok(found)
        }
    }
    deserializer.deserialize_map(Once)
}

/// Reads answers, one a line; empty lines are passed over. With `decided`, calls are worded anew that somebody has decided to take.
pub fn import(bytes: &[u8], changes: &[Change<'_>], rules: &RuleSet, decided: bool) -> Import {
    let known: BTreeMap<&Fingerprint, &Change<'_>> =
        changes.iter().filter(|change| is_worded(change)).map(|change| (&change.subject.fingerprint, change)).collect();
    let mut import = Import::default();
    let mut answered: BTreeMap<Fingerprint, usize> = BTreeMap::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = at + 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = read(line).and_then(|answer| match answered.get(&answer.fingerprint) {
            Some(line) => Err(Refused::AnsweredTwice { line: *line }),
            None => Ok(answer),
        });
        let taken = read.and_then(|answer| {
            let unknown = || Refused::UnknownCall { fingerprint: shown(answer.fingerprint.as_str()) };
            let change = known.get(&answer.fingerprint).ok_or_else(unknown)?;
            if let (State::Decided(verdict), false) = (&change.state, decided) {
                return Err(Refused::Decided { verdict: verdict.name().to_owned() });
            }
            let text = worded(change, &answer, rules)?;
            Ok((answer.fingerprint, change.decide(Verdict::Edited { text })))
        });
        match taken {
            Ok((fingerprint, decision)) => {
                answered.insert(fingerprint.clone(), number);
                import.taken.push((fingerprint, decision));
            }
            Err(why) => import.refused.push(Line { number, why }),
        }
    }
    import
}

/// Text of an answer as a person may see it.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(80).collect();
    crate::plan::report::style::one_line(&cut)
}

fn read(line: &[u8]) -> Result<Answer, Refused> {
    if line.len() > MAX_LINE {
        return Err(Refused::LineTooLong { bytes: line.len(), most: MAX_LINE });
    }
    // An array of the fields in their order would be read, too.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(Refused::NoAnswer { why: "it is no object".to_owned() });
    }
    serde_json::from_slice(line).map_err(|error| Refused::NoAnswer { why: shown(&error.to_string()) })
}

/// The proposed call with these words.
fn worded(change: &Change<'_>, answer: &Answer, rules: &RuleSet) -> Result<String, Refused> {
    let gone = |why: &str| Refused::NotWordsAlone { why: why.to_owned() };
    let own = of_change(change, rules).ok_or_else(|| gone("the proposal cannot be read"))?;
    check_message(&answer.message, change, &own, rules)?;
    check_keys(&answer.keys, &own, rules)?;
    let keys =
        own.pairs.iter().enumerate().filter_map(|(at, (span, _, _))| {
            Some(Edit::replace(span.start..span.end, quote(answer.keys.get(&name(at))?)))
        });
    let message = Edit::replace(own.message.start..own.message.end, quote(&answer.message));
    let mut edits: Vec<Edit> = keys.chain([message]).collect();
    edits.sort();
    let text = apply_edits(change.fix.after.as_bytes(), &edits).map_err(|error| gone(&error.to_string()))?;
    let text = String::from_utf8(text).map_err(|_| gone("the call is no text"))?;
    holds(change, &own, &text, answer, rules)?;
    edited(change.file, change.site, change.fix, change.log_calls, &text).map_err(|error| gone(&error.to_string()))?;
    Ok(text)
}

/// The new text read again: nothing but words is other than proposed.
fn holds(change: &Change<'_>, own: &Words, text: &str, answer: &Answer, rules: &RuleSet) -> Result<(), Refused> {
    let gone = |why: &str| Refused::NotWordsAlone { why: why.to_owned() };
    let on_logger = Snippet::parse(change.before())
        .zip(Snippet::parse(text))
        .is_some_and(|(old, new)| new.went_to_logger(&old, &rules.log_calls));
    let again =
        words(text, &rules.carriers.key, on_logger, rules).ok_or_else(|| gone("the new call cannot be read"))?;
    let values = |words: &Words| words.pairs.iter().map(|(_, _, value)| value.clone()).collect::<Vec<_>>();
    let keys = again.pairs.iter().enumerate().all(|(at, (_, key, _))| answer.keys.get(&name(at)) == Some(key));
    match () {
        () if again.said != answer.message || !keys => Err(gone("other words stand in the call")),
        () if values(&again) != values(own) || again.error != own.error => Err(gone("other values stand in the call")),
        () => Ok(()),
    }
}

fn check_message(message: &str, change: &Change<'_>, own: &Words, rules: &RuleSet) -> Result<(), Refused> {
    let length = message.chars().count();
    if length > MAX_MESSAGE {
        return Err(Refused::MessageTooLong { length, most: MAX_MESSAGE });
    }
    // Letters that only look like others are those of no line that is there.
    let foreign = |c: char| match c.is_ascii() {
        true => SIGNS_OF_CODE.contains(c) && !own.said.contains(c),
        false => !own.said.contains(c) && !change.before().contains(c),
    };
    let strange = |c: &char| is_hostile(*c) || c.is_control() || foreign(*c);
    if let Some(c) = message.chars().find(strange) {
        return Err(Refused::MessageCharacter { character: format!("U+{:04X}", u32::from(c)) });
    }
    if !message.chars().any(char::is_alphabetic) {
        return Err(Refused::MessageEmpty);
    }
    if message.trim() != message || message.contains("  ") {
        return Err(Refused::MessageSpace);
    }
    if let Some(verb) = verb(message) {
        return Err(Refused::MessageVerb { verb });
    }
    if let Some(called) = called(message).filter(|called| !own.said.contains(called)) {
        return Err(Refused::MessageExpression { text: shown(called) });
    }
    if let Some(mark) = message.chars().last().filter(|c| OPEN_ENDS.contains(*c) && !own.said.ends_with(*c)) {
        return Err(Refused::MessageEnd { mark: mark.to_string() });
    }
    // A variable's name may be a word; an expression is none.
    let is_code = |value: &&String| value.contains(['.', '(', '[', '*', '&']);
    let values = own.pairs.iter().map(|(_, _, value)| value).chain(&own.error);
    if let Some(value) = values.filter(is_code).find(|value| message.contains(value.as_str())) {
        return Err(Refused::MessageValue { value: shown(value) });
    }
    if let Some(number) = number(message).find(|number| number_is_new(number, change.before(), own)) {
        return Err(Refused::MessageValue { value: number.to_owned() });
    }
    let worse = fault(message, rules).filter(|_| fault(&own.said, rules).is_none());
    match worse {
        Some(fault) => Err(Refused::MessageNoSentence { fault: shown(&fault) }),
        None => Ok(()),
    }
}

/// The numbers of a text, with their signs: `50%`.
fn number(text: &str) -> impl Iterator<Item = &str> {
    let bare = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic);
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';')).filter(bare)
}

/// Whether a number stands in neither the old text nor the proposed one: then it is some value's.
fn number_is_new(number: &str, before: &str, own: &Words) -> bool {
    !own.said.contains(number) && !before.contains(number)
}

/// What reads as a call: the word before a bracket, and the bracket.
fn called(message: &str) -> Option<&str> {
    let at = message.match_indices('(').map(|(at, _)| at);
    let word = |at: usize| {
        let start = message[..at].rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |before| before + 1);
        (start < at).then(|| &message[start..=at])
    };
    at.filter_map(word).find(|word| !word.starts_with(char::is_numeric))
}

fn check_keys(keys: &BTreeMap<String, String>, own: &Words, rules: &RuleSet) -> Result<(), Refused> {
    let names: Vec<String> = (0..own.pairs.len()).map(name).collect();
    if let Some(value) = keys.keys().find(|name| !names.contains(name)) {
        return Err(Refused::KeyOfNothing { value: shown(value) });
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for name in &names {
        let key = keys.get(name).ok_or_else(|| Refused::KeyMissing { value: name.clone() })?;
        if !is_valid(key) || key.chars().count() > MAX_KEY {
            return Err(Refused::KeyInvalid { key: format!("{:?}", shown(key)) });
        }
        let of_error = own.error.is_some() && crate::klog::error::is_error_key(key);
        let is = |taken: &String| taken.eq_ignore_ascii_case(key);
        let kept = own.pairs.iter().any(|(_, proposed, _)| proposed == key);
        let mistaken = rules.keys.mistaken.iter().any(is) && !kept;
        if mistaken || rules.keys.reserved.iter().any(is) || is(&rules.carriers.key) || of_error {
            return Err(Refused::KeyReserved { key: key.clone() });
        }
        if !seen.insert(key) {
            return Err(Refused::KeyTwice { key: key.clone() });
        }
    }
    Ok(())
}
