//! An old call and the new one in its place: what is to be said of the change.

use std::collections::BTreeSet;

use super::evaluated::Evaluated;
use super::reading::{Reading, Value};
use super::reason::Finding;
use super::shown::Atom;
use super::swapped::{misnamed, swapped};
use super::wording::reworded;
use super::{handed, keyed, level, phrase, words};
use crate::klog::name;
use crate::rule::{RuleSet, Severity};
use crate::write::edit::RequestId;

/// Compares an old call with the new one.
pub fn judge(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let mut found = Vec::new();
    if new.structured {
        errors(old, new, &mut found);
        values(old, new, &mut found);
        found.extend(swapped(old, new));
        found.extend(misnamed(old, new, rules));
        twice(old, new, &mut found);
        added(old, new, &mut found);
        keys(old, new, &mut found);
        mistaken(Some(old), new, rules, &mut found);
        found.extend(reworded(old, new, rules).or_else(|| phrase::altered(old, new, rules)));
        found.extend(
            keyed::misnamed(old, new, rules).into_iter().filter(|finding| !found.contains(finding)).collect::<Vec<_>>(),
        );
        found.extend(words::unfaithful(old, new, rules));
        found.extend(words::invented(old, new, rules));
        found.extend(keyed::request_id(old, new, rules));
        let made_up = keyed::made_up(old, new, rules).or_else(|| keyed::another_error(old, new));
        found.extend(made_up.filter(|error| !found.contains(error)));
    } else if old.normal != new.normal {
        printed(old, new, rules, &mut found);
    }
    let before: Vec<&Evaluated> = old.evaluated.iter().chain(&old.given).collect();
    found.extend(unproven(&before, &new.evaluated));
    level(old, new, &mut found);
    found.extend(level::asked(old, new));
    found.extend(new.source.said.iter().filter(|said| !old.source.said.contains(said)).cloned());
    exit(old, new, &mut found);
    condition(old, new, &mut found);
    lints(Some(old), new, &mut found);
    thread(new, &mut found);
    found.extend(handed::compare(old, new, rules));
    let astray = new.astray.clone().filter(|_| old.astray.is_none()).or_else(|| elsewhere(old, new));
    found.extend(astray.map(|logger| Finding::LoggerChanged { logger }));
    let unread = new.unread.clone().filter(|_| new.unread != old.unread);
    found.extend(unread.map(|logger| Finding::LoggerUnread { logger }));
    found
}

/// The logger of a new call whose old one went through another that is still there: what that carries is lost.
fn elsewhere(old: &Reading, new: &Reading) -> Option<String> {
    let before = old.root.as_ref()?;
    match &new.root {
        None => Some(new.text.split('(').next().unwrap_or_default().to_owned()),
        Some(root) => (root != before && new.near.contains(before)).then(|| root.clone()),
    }
}

/// What is to be said of a call that replaces none.
pub fn judge_added(new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let mut found = vec![Finding::CallAdded];
    mistaken(None, new, rules, &mut found);
    found.extend(unproven(&[], &new.evaluated));
    if new.site.severity.terminates() {
        found.push(Finding::ExitAdded);
    }
    lints(None, new, &mut found);
    thread(new, &mut found);
    found.extend(new.source.said.iter().cloned());
    found
}

/// A call that still prints one text: nothing but its level and place is compared.
fn printed(old: &Reading, new: &Reading, rules: &RuleSet, found: &mut Vec<Finding>) {
    found.push(if old.structured { Finding::Unstructured } else { Finding::TextChanged });
    found.extend(reworded(old, new, rules).or_else(|| phrase::altered(old, new, rules)));
    found.extend(words::unfaithful(old, new, rules));
    values(old, new, found);
    if old.mapped != new.mapped || old.site.severity != new.site.severity && !old.structured {
        severity(old, new, found);
    }
    if new.paired && !old.paired {
        found.push(Finding::PairsPrinted);
    }
}

fn name(severity: Severity) -> String {
    format!("{severity:?}")
}

fn severity(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    found.push(Finding::SeverityChanged { old: name(old.site.severity), new: name(new.site.severity) });
}

/// Whether one of some atoms is shown.
pub fn is_shown(need: &BTreeSet<Atom>, shown: &BTreeSet<&Atom>, message: &str) -> bool {
    need.iter().any(|atom| match atom {
        Atom::Text(text) => has_words(message, text.trim()) || shown.contains(atom),
        atom => shown.contains(atom),
    })
}

/// Whether a text has another in it, from a word's start to a word's end, or the same words in another spelling: `container-id` in
/// "no containerID".
fn has_words(text: &str, part: &str) -> bool {
    let lower = |text: &str| name::words(text).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
    let (said, asked) = (lower(text), lower(part));
    has_spelled(text, part) || asked.len() > 1 && said.windows(asked.len()).any(|run| run == asked)
}

/// Whether a text has another in it as it is spelled, but for capitals.
fn has_spelled(text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    let apart = |beside: Option<char>, own: Option<char>| {
        !(beside.is_some_and(char::is_alphanumeric) && own.is_some_and(char::is_alphanumeric))
    };
    part.is_empty()
        || text.match_indices(&part).any(|(at, _)| {
            apart(text[..at].chars().next_back(), part.chars().next())
                && apart(text[at + part.len()..].chars().next(), part.chars().next_back())
        })
}

/// An error that the old line did not print, and that the code around has not found.
fn unfounded(old: &Reading, new: &Reading) -> Option<Finding> {
    let error = new.error.as_ref().filter(|_| !old.all().any(|value| value.error))?;
    // Of a type that is not known here, or in a text that was put together before.
    let asked = format!("{}!=nil", error.text);
    let is_asked = old.guards.iter().any(|guard| guard.starts_with("if ") && has_spelled(guard, &asked));
    let is_told = old.all().any(|value| value.needs.iter().any(|need| !need.is_disjoint(&error.shows)));
    let is_found = old.error_in_scope.as_ref() == Some(&error.text) || is_asked || is_told;
    let is_known = is_found || old.error.is_some() || error.text.contains('(');
    (!is_known).then(|| Finding::ErrorAdded { error: error.text.clone() })
}

/// The error that the old line printed, and where it stands now.
fn errors(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    found.extend(unfounded(old, new));
    let shown: BTreeSet<&Atom> = new.all().flat_map(|value| value.shows.iter().chain(&value.reads)).collect();
    let printed: Vec<&Value> = old.all().filter(|value| value.error).collect();
    for error in &printed {
        if !error.needs.iter().all(|need| is_shown(need, &shown, &new.message)) {
            found.push(Finding::ErrorLost { error: error.text.clone() });
        }
    }
    if new.site.severity != Severity::Error {
        return;
    }
    let lost = !found.is_empty();
    let is_error_key = |value: &&Value| value.key.as_deref().is_some_and(crate::klog::error::is_error_key);
    match (new.nil_error, new.values.iter().filter(|value| value.error).find(is_error_key)) {
        (true, Some(pair)) => found.push(Finding::ErrorNotFirst { error: pair.text.clone() }),
        (true, None) if !lost && printed.is_empty() => {
            // By the rules an error call has the error that the code around it has found.
            let known = old.error_in_scope.as_ref().filter(|_| old.mapped == Severity::Error);
            let known = known.filter(|error| new.values.iter().all(|value| value.text != **error));
            found.extend(known.map(|error| Finding::ErrorLost { error: error.clone() }));
        }
        (true, None) if !lost => {
            let pair = new.values.iter().find(|value| value.error && printed.iter().any(|old| old.text == value.text));
            found.extend(pair.map(|pair| Finding::ErrorNotFirst { error: pair.text.clone() }));
        }
        _ => {}
    }
}

/// Whether a new call shows all that an old one showed.
pub fn keeps_values(old: &Reading, new: &Reading) -> bool {
    let shown: BTreeSet<&Atom> = new.all().flat_map(|value| value.shows.iter().chain(&value.reads)).collect();
    old.all().flat_map(|value| &value.needs).all(|need| is_shown(need, &shown, &new.message))
}

/// What the old line showed, and the new one does not.
fn values(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    let shown: BTreeSet<&Atom> = new.all().flat_map(|value| value.shows.iter().chain(&value.reads)).collect();
    for value in old.all().filter(|value| !(value.error && new.structured)) {
        let is_kept =
            value.needs.iter().all(|need| is_shown(need, &shown, &new.message)) || is_spelled(value, old, new);
        if !is_kept {
            found.push(Finding::ValueDropped { value: value.text.clone() });
        }
    }
    for constant in constants(old, new) {
        found.extend(Some(constant).filter(|constant| !found.contains(constant)));
    }
    if let (Some(list), true) = (&new.spread, old.spread != new.spread) {
        found.push(Finding::PairsUnread { list: list.clone() });
    }
}

/// Whether the words of a name whose value is not known here have come into the message: `tables.Nat` in "nat table".
fn is_spelled(value: &Value, old: &Reading, new: &Reading) -> bool {
    let name = value.text.rsplit('.').next().filter(|_| value.unread).unwrap_or_default();
    let lower = |text: &str| name::words(text).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
    let (words, said, says) = (lower(name), lower(&old.message), lower(&new.message));
    let told: Vec<&String> = words.iter().filter(|word| says.contains(word)).collect();
    told.len() * 2 >= words.len() && told.iter().any(|word| !said.contains(word))
}

/// Constants that have become others under their keys.
fn constants(old: &Reading, new: &Reading) -> Vec<Finding> {
    let changed = |value: &&Value| {
        let now = new.values.iter().find(|now| now.key.is_some() && now.key == value.key);
        value.constant().is_some()
            && now.is_some_and(|now| now.constant().is_some() && now.constant() != value.constant())
    };
    let changed = old.values.iter().filter(|_| old.structured).filter(changed);
    changed.map(|value| Finding::ValueDropped { value: value.text.clone() }).collect()
}

/// Values that stand under more than one key, where the old line had them once.
fn twice(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    let before = |text: &str| old.all().filter(|value| value.text == text).count();
    let error = new.error.iter().map(|error| (error, crate::klog::error::ERROR_KEY));
    let keyed = new.values.iter().filter_map(|value| Some((value, value.key.as_deref()?)));
    let keyed: Vec<(&Value, &str)> = error.chain(keyed).filter(|(value, _)| value.constant().is_none()).collect();
    for (at, (value, key)) in keyed.iter().enumerate() {
        let first = keyed[..at].iter().find(|(other, first)| other.text == value.text && first != key);
        if let (Some((_, first)), true) = (first, before(&value.text) < 2) {
            let (key, other) = ((*key).to_owned(), (*first).to_owned());
            found.push(Finding::ValueTwice { value: value.text.clone(), key, other });
        }
    }
}

/// Values that the old line did not show. The error that the code around has found is none.
fn added(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    let needed: BTreeSet<&Atom> =
        old.all().flat_map(|value| value.needs.iter().flatten().chain(&value.shows)).collect();
    for value in new.values.iter().chain(&new.carried) {
        let is_known = value.shows.is_empty() || value.shows.iter().any(|atom| needed.contains(atom)) || value.error;
        let is_text = value
            .constant()
            .is_some_and(|text| is_shown(&[Atom::Text(text.to_owned())].into(), &BTreeSet::new(), &old.message));
        if let (false, false, Some(key)) = (is_known, is_text, &value.key) {
            found.push(Finding::ValueAdded { key: key.clone(), value: value.text.clone() });
        }
    }
}

/// Keys of a call that had keys before.
fn keys(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    if !old.structured {
        return;
    }
    for value in &old.values {
        let now = new.all().find(|other| other.shows.intersection(&value.shows).next().is_some());
        if let (Some(before), Some(after)) = (&value.key, now.and_then(|now| now.key.as_ref()))
            && before != after
        {
            found.push(Finding::KeyChanged { old: before.clone(), new: after.clone() });
        }
    }
}

/// Keys that a reader may take for something else, where the old line did not have them.
fn mistaken(old: Option<&Reading>, new: &Reading, rules: &RuleSet, found: &mut Vec<Finding>) {
    let keys = |reading: &Reading| reading.values.iter().filter_map(|value| value.key.clone()).collect::<BTreeSet<_>>();
    let before = old.map(keys).unwrap_or_default();
    let mistaken = keys(new).into_iter().filter(|key| rules.keys.mistaken.contains(key) && !before.contains(key));
    found.extend(mistaken.map(|key| Finding::KeyMistaken { key }));
}

/// What is evaluated that was not, or not so often, and is not proven harmless.
pub fn unproven(before: &[&Evaluated], after: &[Evaluated]) -> Vec<Finding> {
    let mut told: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for (at, evaluated) in after.iter().enumerate() {
        let is_it = |other: &Evaluated| other.on == evaluated.on && other.hazard == evaluated.hazard;
        let was = before.iter().filter(|old| is_it(old)).count();
        // What changes something does so each time.
        let again = evaluated.hazard.is_repeated() && after[..at].iter().filter(|new| is_it(new)).count() >= was;
        // What was read from before the same statement is there.
        let read =
            before.iter().any(|old| old.on == evaluated.on && super::evaluated::proves(&old.hazard, &evaluated.hazard));
        if (was == 0 || again) && !read && !evaluated.proven && !told.contains(&evaluated.expression.as_str()) {
            told.push(&evaluated.expression);
            let (hazard, expression) = (evaluated.hazard.clone(), evaluated.expression.clone());
            found.push(Finding::NewEvaluation { hazard, expression });
        }
    }
    found
}

fn level(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    let shown = |level: String| match level.as_str() {
        "" => "whatever the level".to_owned(),
        level => format!("at V({level})"),
    };
    let (before, after) = (old.level(), new.level());
    // What asks for the level around the call has the line printed at it.
    let asked = format!("if V({after})");
    let is_asked = before.is_empty() && old.guards == new.guards && new.guards.contains(&asked);
    if before != after && !is_asked {
        found.push(Finding::LevelChanged { old: shown(before), new: shown(after) });
    }
    if old.depth != new.depth {
        found.push(Finding::DepthChanged { old: old.depth.clone(), new: new.depth.clone() });
    }
    if new.structured && old.mapped != new.site.severity {
        severity(old, new, found);
    }
}

fn exit(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    match (&old.exit, &new.exit) {
        (Some(_), None) => found.push(Finding::ExitLost),
        (None, Some(_)) => found.push(Finding::ExitAdded),
        // What a call ends with is a failure, whatever its code.
        (Some(old), Some(new))
            if old.is_empty() && !new.is_empty() && !is_failure(new)
                || !old.is_empty() && !new.is_empty() && old != new =>
        {
            let code = |code: &str| if code.is_empty() { "that of a failure".to_owned() } else { code.to_owned() };
            found.push(Finding::ExitChanged { old: code(old), new: code(new) });
        }
        _ => {}
    }
}

/// Whether an exit code is constant, and one of those that say no more than that it failed: what a program gives, or klog.
fn is_failure(code: &str) -> bool {
    code.parse::<i128>().is_ok_and(|code| matches!(code, 1 | 255 | -1))
}

fn condition(old: &Reading, new: &Reading, found: &mut Vec<Finding>) {
    if old.guards == new.guards {
        return;
    }
    let differs = old.guards.iter().zip(&new.guards).position(|(old, new)| old != new);
    let at = differs.unwrap_or(old.guards.len().min(new.guards.len()));
    let text = |guards: &[String]| guards.get(at).cloned().unwrap_or_else(|| "no condition".to_owned());
    found.push(Finding::ConditionChanged { old: text(&old.guards), new: text(&new.guards) });
}

fn lints(old: Option<&Reading>, new: &Reading, found: &mut Vec<Finding>) {
    for violation in &new.facts.violations {
        let (rule, what) = (violation.rule.to_string(), violation.message.clone());
        let was = old.is_some_and(|old| old.facts.violations.iter().any(|before| before.rule == violation.rule));
        let told = rule == "lint-error-first" && found.iter().any(|f| matches!(f, Finding::ErrorNotFirst { .. }));
        if !told {
            found.push(match was {
                true => Finding::RuleBrokenBefore { rule, what },
                false => Finding::RuleBroken { rule, what },
            });
        }
    }
}

fn thread(new: &Reading, found: &mut Vec<Finding>) {
    if let Some((made, near)) = &new.made {
        found.push(Finding::ThreadBroken { made: made.clone(), near: near.clone() });
    }
    if let crate::write::edit::Outcome::Fix(fix) = &new.outcome
        && let (Some(RequestId::From(accessor)), true) = (&fix.request_id, new.structured)
    {
        found.push(Finding::RequestIdAbsent { carrier: accessor.argument.clone() });
    }
}
