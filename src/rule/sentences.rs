//! `rules/sentences.toml`: how values in a text belong together, and what is left to be a sentence.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::RuleDoc;

/// `rules/sentences.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sentences {
    /// Values that belong together, the first that fits wins.
    pub relation: Vec<Relation>,
    /// Words of a name that tell a place.
    pub sides: BTreeSet<String>,
    /// Words of a name that tell its part in a relation: `oldPhase`, `dst`.
    pub role_words: BTreeSet<String>,
    /// Of those, the words of two parts of which a value has one.
    pub opposed: Vec<[Vec<String>; 2]>,
    /// Words that say the opposite of each other.
    pub opposites: Vec<[Vec<String>; 2]>,
    /// Words that deny.
    pub negations: BTreeSet<String>,
    /// Words that say that something is missing or went wrong.
    pub negative: BTreeSet<String>,
    /// Words of a text that no noun has in it.
    pub closed: BTreeSet<String>,
    /// Prepositions that part a value from the thing named before.
    pub apart: BTreeSet<String>,
    /// Verbs that are as often nouns: known by their endings alone.
    pub actions: BTreeSet<String>,
    /// Verbs behind which `to` has what the value becomes.
    pub changes: BTreeSet<String>,
    /// Verbs that go with `for`.
    pub awaits: BTreeSet<String>,
    /// Verbs that have somebody do something.
    pub causatives: BTreeSet<String>,
    /// Verbs that are one with the particle behind them, by the particle.
    pub phrasal: BTreeMap<String, BTreeSet<String>>,
    /// Verbs that no sentence starts with.
    pub subjectless: BTreeSet<String>,
    /// Verbs that are finite wherever they stand.
    pub finite: BTreeSet<String>,
    /// Words that want something behind them.
    pub openers: BTreeSet<String>,
    /// Words that join two clauses.
    pub joins: BTreeSet<String>,
    /// Short words whose endings say nothing: `pid` is no ID of a p.
    pub whole: BTreeSet<String>,
    /// Names that say nothing in the place of a value.
    pub vague: BTreeSet<String>,
    /// Words that want a number behind them.
    pub quantifiers: BTreeSet<String>,
    /// Nouns of two words: the first by the last.
    pub compounds: BTreeMap<String, Vec<String>>,
    /// Short forms of words in names and texts.
    pub abbreviations: BTreeMap<String, String>,
    /// What a value without a name is called behind one word or two.
    pub behind: BTreeMap<String, String>,
    /// What a span of time is called behind a preposition.
    pub durations: BTreeMap<String, String>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// Values that belong together by the words around them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Relation {
    /// What it looks like.
    pub pattern: Pattern,
    /// The keys of its holes in their order; an empty one leaves the value its own.
    #[serde(default)]
    pub keys: Vec<RoleKey>,
    /// When a value keeps its own name.
    #[serde(default)]
    pub own: Own,
    /// What is left of it: words, `$n`, what the n-th step matched, and `~n`, the verb of the n-th step in its base form.
    #[serde(default)]
    pub leaves: String,
    /// Somebody has to read what is left.
    #[serde(default)]
    pub review: bool,
    /// It holds for calls that report an error.
    #[serde(default)]
    pub errors: bool,
}

impl Sentences {
    /// Whether a word denies, or says that something is missing or went wrong.
    pub fn says_wrong(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.negations.contains(&lower) || self.negative.iter().any(|wrong| lower.starts_with(wrong.as_str()))
    }

    /// Whether a word is a form of a verb of change.
    pub fn is_change(&self, word: &str) -> bool {
        is_form(word, &self.changes)
    }

    /// Whether a word is a form of a verb that goes with `for`.
    pub fn awaits(&self, word: &str) -> bool {
        is_form(word, &self.awaits)
    }

    /// Whether a verb and the particle behind it are one: "logging in", "going on".
    pub fn is_phrasal(&self, verb: &str, particle: &str) -> bool {
        let particle = particle.to_lowercase();
        self.phrasal.get(&particle).is_some_and(|verbs| is_form(verb, verbs))
    }

    /// Whether a word is a form of a verb that has somebody do something: "want it to".
    pub fn is_causative(&self, word: &str) -> bool {
        is_form(word, &self.causatives)
    }

    /// Whether a word is a verb in the third person.
    pub fn is_third_person(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let stem = |ending: &str| lower.strip_suffix(ending).is_some_and(|stem| self.actions.contains(stem));
        stem("s") || stem("es")
    }
}

/// Whether a word is one of some verbs in its base form, in -ing or in -ed.
fn is_form(word: &str, verbs: &BTreeSet<String>) -> bool {
    let lower = word.to_lowercase();
    let stem = lower.strip_suffix("ing").or_else(|| lower.strip_suffix("ed")).unwrap_or(&lower);
    let single = stem.strip_suffix(|c: char| stem.len() > 1 && stem[..stem.len() - 1].ends_with(c)).unwrap_or(stem);
    [stem, single].iter().any(|stem| verbs.contains(*stem) || verbs.contains(&format!("{stem}e")))
}

/// When a value of a relation keeps the name that it has without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Own {
    /// All the names tell their part: oldPhase, newPhase.
    #[default]
    Role,
    /// As `role`; and where they tell different things: `service` and `address`.
    Alike,
    /// It has one of its own.
    Telling,
    /// Never.
    Never,
}

/// The key of a value in a relation: `from`, `from+2` (with the noun of the second step), `=1` (the words of the first step).
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct RoleKey {
    /// The part.
    pub role: String,
    /// The step whose words stand behind it.
    pub noun: Option<usize>,
}

/// A step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `^`: the text's start.
    Start,
    /// `$`: its end.
    End,
    /// `a|b`, `a?`: one of these words or marks, or none.
    One {
        /// The words.
        words: Vec<String>,
        /// It may be absent.
        optional: bool,
    },
    /// `-ing`: a word with this ending.
    Ending(String),
    /// `<noun>`, `<noun+>`: no, or one, to three words that may be a noun; `<word>`: one.
    Noun {
        /// How many words at least.
        least: usize,
        /// How many at most.
        most: usize,
    },
    /// `<go>`: a name with dots, as code has.
    Code,
    /// `<rest>`: anything, as little as fits.
    Rest,
    /// `%`: a value that is no error.
    Hole,
    /// `#`: a number.
    Number,
    /// `!`: an error.
    Error,
}

/// What a relation looks like.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(pub Vec<Step>);

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let steps: Vec<Step> = text.split_whitespace().map(step).collect::<Result<_, _>>()?;
        match steps.iter().any(|step| matches!(step, Step::Hole | Step::Number | Step::Error | Step::Code)) {
            true => Ok(Self(steps)),
            false => Err(format!("`{text}` has no value in it: write %, # or !")),
        }
    }
}

fn step(word: &str) -> Result<Step, String> {
    Ok(match word {
        "^" => Step::Start,
        "$" => Step::End,
        "%" => Step::Hole,
        "#" => Step::Number,
        "!" => Step::Error,
        "<noun>" => Step::Noun { least: 0, most: 3 },
        "<noun+>" => Step::Noun { least: 1, most: 3 },
        "<word>" => Step::Noun { least: 1, most: 1 },
        "<rest>" => Step::Rest,
        "<go>" => Step::Code,
        _ if word.starts_with('<') && word.len() > 1 => {
            return Err(format!("`{word}` is no step: <noun>, <noun+>, <word>, <rest> and <go> are"));
        }
        _ => match word.strip_prefix('-').filter(|ending| ending.starts_with(|c: char| c.is_ascii_lowercase())) {
            Some(ending) => Step::Ending(ending.to_owned()),
            None => {
                let bare = word.strip_suffix('?').unwrap_or(word);
                let words = bare.split('|').map(str::to_owned).collect();
                Step::One { words, optional: bare.len() < word.len() }
            }
        },
    })
}

impl TryFrom<String> for RoleKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (role, noun) = match text.split_once(['+', '=']) {
            None => return Ok(Self { role: text, noun: None }),
            Some(parts) => parts,
        };
        let noun: usize = noun.parse().map_err(|_| format!("`{text}` names no step: write role+2"))?;
        match noun.checked_sub(1) {
            Some(noun) => Ok(Self { role: role.to_owned(), noun: Some(noun) }),
            None => Err(format!("`{text}`: steps are counted from 1")),
        }
    }
}
