//! The rule files' tables, field by field as their TOML names them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Patterns, RuleDoc};

/// A method that makes a message out of text and what its receiver is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrapper {
    /// Its name.
    pub method: String,
    /// How many arguments it takes.
    pub arguments: usize,
    /// Place of the text among its arguments.
    pub message: usize,
    /// Place of more text, if it takes any.
    pub suffix: Option<usize>,
    /// Place of an error.
    pub error: Option<usize>,
}

/// `rules/messages.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Messages {
    /// Words that need something behind them.
    pub prepositions: BTreeSet<String>,
    /// Words that may introduce an error.
    pub error_words: BTreeSet<String>,
    /// Those of them that are the verb of a sentence.
    pub error_verbs: BTreeSet<String>,
    /// Those of them that make a segment an introduction of an error.
    pub error_nouns: BTreeSet<String>,
    /// Words before a colon that only say that a text is an error's.
    pub severity_words: BTreeSet<String>,
    /// Words before a colon at the head of a text that only say that it is a warning.
    pub warning_words: BTreeSet<String>,
    /// Words behind the name of the function that logs, which speak of it.
    pub of_functions: BTreeSet<String>,
    /// Words of a label that say what is wrong.
    pub fault_words: BTreeSet<String>,
    /// Words behind which "to" has a verb behind it.
    pub tries: BTreeSet<String>,
    /// Verbs that need no object.
    pub subjective: BTreeSet<String>,
    /// Verbs that say what was tried where an error stands behind them.
    pub attempts: BTreeSet<String>,
    /// Verbs that say so as "-ing" alone.
    pub attempting: BTreeSet<String>,
    /// Words that no object of such a verb starts with.
    pub no_objects: BTreeSet<String>,
    /// Words at the end of what was tried that only say that it failed.
    pub said_errors: BTreeSet<String>,
    /// Words that such a word behind them cannot do without.
    pub of_errors: BTreeSet<String>,
    /// Base forms that are no nouns.
    pub bare_verbs: BTreeSet<String>,
    /// Words that say, behind a comma, what is done now.
    pub goes_on: BTreeSet<String>,
    /// Verbs that say of an error that nothing comes of it.
    pub bear_errors: BTreeSet<String>,
    /// Words before a last value without which the sentence says something else.
    pub conditions: BTreeSet<String>,
    /// Prepositions that go on with a sentence behind a value.
    pub behind_values: BTreeSet<String>,
    /// Prepositions behind an error that say where or when.
    pub of_places: BTreeSet<String>,
    /// Words before a colon that are no component.
    pub remarks: BTreeSet<String>,
    /// How many words a label may have.
    pub label_words: usize,
    /// Verbs that want an object.
    pub verbs: BTreeSet<String>,
    /// Words behind which a base form is a verb.
    pub infinitive_markers: BTreeSet<String>,
    /// Words that go on with a sentence about what stands before them.
    pub predicates: BTreeSet<String>,
    /// Verbs that are nothing without the error that they speak of.
    pub error_takers: BTreeSet<String>,
    /// Forms of verbs that want an object and are not told from others by their endings.
    pub transitive: BTreeSet<String>,
    /// Those of them that start a sentence of their own.
    pub conjunctions: BTreeSet<String>,
    /// Units behind numbers, and what they are called in keys.
    pub units: BTreeMap<String, String>,
    /// Words in -ing and -ed that are none.
    pub not_verbs: BTreeSet<String>,
    /// First words that keep their lower case.
    pub keep_lower: BTreeSet<String>,
    /// Words that make no name of what a hyphen joins them to.
    pub hyphenated: BTreeSet<String>,
    /// Methods that make messages.
    #[serde(default)]
    pub wrapper: Vec<Wrapper>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// `rules/keys.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Keys {
    /// Keys that no call may use.
    pub reserved: BTreeSet<String>,
    /// Keys that say little where nothing stands with them.
    pub bare: BTreeSet<String>,
    /// Keys that readers of logs may take for fields of theirs.
    pub mistaken: BTreeSet<String>,
    /// What stands in the place of some of them.
    pub instead: BTreeMap<String, String>,
    /// Words in capitals.
    pub initialisms: Vec<String>,
    /// Whole keys and what to write instead.
    pub preferred: BTreeMap<String, String>,
    /// Those of them that rules beside the built-in ones say: nothing else is weighed against them.
    #[serde(skip)]
    pub asked: BTreeSet<String>,
    /// Identifiers that say nothing.
    pub generic: BTreeSet<String>,
    /// Things that are called by their names: a string `container` is a containerName.
    pub named: BTreeSet<String>,
    /// Nouns that have a name and an ID.
    pub entities: BTreeSet<String>,
    /// Last words of keys that are paths.
    pub paths: Vec<String>,
    /// Last words of identifiers that do not change what they are about.
    pub suffixes: BTreeSet<String>,
    /// Last words that say what part of a thing a value is.
    pub parts: BTreeSet<String>,
    /// Those of them that nouns of texts take as well.
    pub identities: BTreeSet<String>,
    /// Last words that make no noun with the word before them.
    pub attributes: BTreeSet<String>,
    /// Last words without which a name speaks of the same thing.
    pub little: BTreeSet<String>,
    /// Last names before which the thing has to be said.
    pub telling: BTreeSet<String>,
    /// Words that are the whole key where the text and the name have them.
    pub spoken: BTreeSet<String>,
    /// Words of texts that name nothing.
    pub silent: BTreeSet<String>,
    /// Words of text and the noun of a key.
    pub nouns: BTreeMap<String, String>,
    /// Kinds and their keys.
    pub kinds: BTreeMap<String, String>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// A function that prints an object's namespace and name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formatter {
    /// Import path.
    pub package: String,
    /// Its name.
    pub function: String,
    /// Key of the object that it prints.
    pub object: Option<String>,
    /// Key of the objects that it prints.
    pub objects: Option<String>,
    /// Places of the namespace and the name among its arguments; absent: its one argument is the object.
    pub reference: Option<[usize; 2]>,
    /// Place of the object's UID, which it prints too.
    pub uid: Option<usize>,
}

/// Objects that are added to a call whose message speaks of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IdentityObject {
    /// Kind of the object.
    pub kind: String,
    /// Words of messages that speak of it, in lower case.
    pub words: Vec<String>,
    /// Names of struct fields that hold it.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Names of variables that hold a namespace and a name, for where no object is in scope.
    #[serde(default)]
    pub names: Vec<[String; 2]>,
    /// Whether it is taken from fields only.
    #[serde(default)]
    pub only_fields: bool,
    /// Keys that it makes superfluous.
    #[serde(default)]
    pub replaces: Vec<String>,
    /// Whether it is added only in the place of one of those.
    #[serde(default)]
    pub only_replacing: bool,
    /// Keys of which the call must have one.
    #[serde(default)]
    pub beside: Vec<String>,
}

/// What becomes of a verb that is not printed as a structured value is; flags are part of the verb, width is not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerbPolicy {
    /// The operand becomes the value, and prints what it printed.
    pub plain: BTreeSet<String>,
    /// `fmt.Sprintf` with the verb becomes the value.
    pub sprintf: BTreeSet<String>,
}

/// How values are printed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Printing {
    /// Types, as `import/path.Name`, whose `String` or `Error` can be called on a nil pointer.
    pub bears_nil: BTreeSet<String>,
    /// Fields of listed kinds that are text, as they are spelled behind the object.
    pub text_fields: BTreeSet<String>,
    /// Types, as `import/path.Name`, of which fmt prints something else than their `String`.
    pub not_its_text: BTreeSet<String>,
    /// Types, as `import/path.Name`, in whose place Kubernetes' JSON logging prints the present time.
    pub json_prints_now: BTreeSet<String>,
    /// Types, as `import/path.Name`, whose `Format` prints what their `String` says.
    pub formats_its_text: BTreeSet<String>,
}

/// `rules/values.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Values {
    /// Patterns of import paths that declare API objects.
    pub object_packages: Patterns,
    /// Kinds.
    pub kinds: BTreeSet<String>,
    /// What becomes of verbs.
    pub verbs: VerbPolicy,
    /// How values are printed.
    #[serde(default)]
    pub printing: Printing,
    /// Functions that print an object.
    #[serde(default)]
    pub formatter: Vec<Formatter>,
    /// Objects that are added.
    #[serde(default)]
    pub identity: Vec<IdentityObject>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// Directories that are not walked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Why.
    pub reason: String,
    /// Names of directories.
    #[serde(default)]
    pub directories: Vec<String>,
    /// First characters of names of files and directories.
    #[serde(default)]
    pub prefixes: Vec<String>,
}

/// Files whose calls are inventoried and skipped.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    /// Patterns of paths.
    pub paths: Patterns,
    /// Why.
    pub reason: String,
}

/// Comments that keep a call as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppress {
    /// klogmod's own, which wants a justification.
    pub directive: String,
    /// Other tools'.
    pub others: Vec<String>,
}

/// `rules/scope.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What is not walked.
    #[serde(default)]
    pub leave: Vec<Leave>,
    /// What is skipped.
    #[serde(default)]
    pub declined: Vec<Declined>,
    /// Comments that suppress.
    pub suppress: Suppress,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

impl Scope {
    /// Why directories of this name are left alone, if they are.
    pub fn leaves(&self, directory: &str) -> Option<&str> {
        let named = |leave: &&Leave| leave.directories.iter().any(|name| name == directory) || leave.starts(directory);
        self.leave.iter().find(named).map(|leave| leave.reason.as_str())
    }

    /// What Go builds of a module: also what is left alone because others wrote it.
    pub fn built(&self) -> Self {
        let mut scope = self.clone();
        let is_no_package = |name: &String| matches!(name.as_str(), "vendor" | "testdata");
        scope.leave.iter_mut().for_each(|leave| leave.directories.retain(is_no_package));
        scope
    }

    /// Why files of this name are left alone, if they are.
    pub fn leaves_file(&self, name: &str) -> Option<&str> {
        self.leave.iter().find(|leave| leave.starts(name)).map(|leave| leave.reason.as_str())
    }
}

impl Leave {
    fn starts(&self, name: &str) -> bool {
        self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }
}
