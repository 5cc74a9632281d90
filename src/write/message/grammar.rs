//! Whether what is left of a text is a sentence: no orphan, no clause with two verbs, no number that is gone.

use crate::rule::{Messages, RuleSet, Sentences};

/// What is wrong with a message, in words, if anything is.
pub fn fault(message: &str, rules: &RuleSet) -> Option<String> {
    let (rules, messages) = (&rules.sentences, &rules.messages);
    let mut count = 0;
    for clause in clauses(message) {
        let words: Vec<&str> =
            clause.split_whitespace().map(|word| word.trim_matches([',', ';', ':', '(', ')', '.'])).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        count += words.len();
        let fault = orphan(&words, rules).or_else(|| verbs(&words, rules)).or_else(|| bare_verb(&words, messages));
        if let Some(fault) = fault.or_else(|| sign(&words)) {
            return Some(fault);
        }
    }
    let first = message.split_whitespace().next().map(str::to_lowercase).unwrap_or_default();
    if rules.subjectless.contains(&first) {
        return Some(format!("`{first}` has no subject"));
    }
    let prefix = message.split_once(": ").map(|(prefix, _)| prefix).filter(|prefix| is_code(prefix));
    if let Some(prefix) = prefix {
        return Some(format!("`{prefix}:` is no word"));
    }
    if let Some(at) = message.find(": of ").map(|at| at + 2) {
        return Some(format!("`{}` has lost what it belongs to", &message[at..at + 2]));
    }
    let code = message
        .match_indices('(')
        .any(|(at, _)| message[..at].ends_with(|c: char| c.is_alphanumeric()) && !message[at..].starts_with("(s)"));
    if code {
        return Some("it has code in it".to_owned());
    }
    (count < 2).then(|| format!("{message:?} stands alone"))
}

/// The text between marks; a mark inside a word, as in `node.Name` and `10:20`, parts nothing.
fn clauses(message: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut start = 0;
    for (at, mark) in message.char_indices() {
        let next = at + mark.len_utf8();
        let inside = message[next..].starts_with(char::is_alphanumeric);
        if matches!(mark, '(' | ')') || matches!(mark, ',' | ';' | ':' | '.') && !inside {
            all.push(&message[start..next]);
            start = next;
        }
    }
    all.push(&message[start..]);
    all
}

/// Words that say how something is: successful, locally, pending.
pub fn is_quality(word: &str) -> bool {
    ["ful", "less", "ly", "ing", "ed", "able", "ible"]
        .iter()
        .any(|end| word.len() > end.len() + 2 && word.ends_with(end))
}

/// A code in front of a colon: `I0`, `E2`.
fn is_code(prefix: &str) -> bool {
    let letters = prefix.chars().take_while(char::is_ascii_uppercase).count();
    letters == 1 && prefix.len() > 1 && prefix[letters..].bytes().all(|b| b.is_ascii_digit())
}

/// A preposition, an article, a conjunction or a number's word with nothing behind it.
fn orphan(words: &[&str], rules: &Sentences) -> Option<String> {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let opens = |word: &str| rules.openers.contains(word);
    // "Logging in".
    let particle = |at: usize| at.checked_sub(1).is_some_and(|verb| rules.is_phrasal(&lower[verb], &lower[at]));
    lower.iter().enumerate().find_map(|(at, word)| {
        let next = lower.get(at + 1);
        let lost = match next {
            // "Flag is set to" and "set up to": what stands before decides.
            None => lower.len() > 1 && opens(word) && !particle(at) || rules.quantifiers.contains(word),
            Some(_) => rules.quantifiers.contains(word),
        };
        lost.then(|| format!("`{word}` has lost what it speaks of"))
    })
}

/// Two finite verbs without a word that joins two clauses between them.
fn verbs(words: &[&str], rules: &Sentences) -> Option<String> {
    let mut last: Option<String> = None;
    for word in words {
        let lower = word.to_lowercase();
        if rules.joins.contains(&lower) {
            last = None;
        } else if rules.finite.contains(&lower) {
            if let Some(first) = last {
                return Some(format!("`{first}` and `{lower}` are two verbs of one clause"));
            }
            last = Some(lower);
        }
    }
    None
}

/// "Box return error": a verb that nothing makes one of the sentence, unless several things do it.
pub(super) fn bare_verb(words: &[&str], messages: &Messages) -> Option<String> {
    let bare = words.windows(2).find(|pair| {
        let before = pair[0].to_lowercase();
        let joined = messages.infinitive_markers.contains(&before) || messages.conjunctions.contains(&before);
        messages.bare_verbs.contains(&pair[1].to_lowercase()) && !joined && !before.ends_with('s')
    });
    bare.map(|pair| format!("`{} {}` is no clause", pair[0], pair[1]))
}

/// Signs and halves of words.
fn sign(words: &[&str]) -> Option<String> {
    let half = |word: &&&str| {
        let bare = word.trim_matches(['\'', '"', '`']);
        let flag = bare.len() == 2 && bare.starts_with('-') && bare.ends_with(|c: char| c.is_ascii_alphabetic());
        let signs = !bare.chars().any(char::is_alphanumeric) && !matches!(bare, "-" | "&" | "/" | "" | "+");
        flag || signs
            || bare.starts_with(['.', '=', '/']) && bare.len() > 1 && !bare[1..].contains('/')
            || bare == "0x"
            || bare.contains("://")
            || bare.ends_with('=')
    };
    words.iter().find(half).map(|word| format!("{word:?} is half a word"))
}
