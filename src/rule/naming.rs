//! `rules/naming.toml`: how sure a key is, from what is known of it.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// Something that speaks for a key or against it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// None of the candidates is the one: what is left of certainty.
    Nothing,
    /// What the rules choose.
    Proposed,
    /// The tree's calls agree on it.
    Habit,
    /// Its part in a relation, its unit or its verb decides.
    Decided,
    /// The value is a Kubernetes object.
    Object,
    /// The value's own name.
    OwnName,
    /// The same in other capitals.
    OwnInOtherCase,
    /// The own name without Name.
    DropsName,
    /// The own name without ID.
    DropsId,
    /// The own name without another last word.
    DropsLast,
    /// The end of the own name.
    DropsHead,
    /// The last word of the own name, which only says what part of a thing it is.
    KeepsPart,
    /// The own name behind more words.
    AddsHead,
    /// The own name before more words.
    AddsTail,
    /// Some words of the own name.
    PartOfOwn,
    /// Some words of the own name, and others.
    SharesOwn,
    /// Other words.
    OtherThanOwn,
    /// The own name in whole words.
    Expanded,
    /// What the guide of the migration has for the own name.
    Preferred,
    /// What the value belongs to.
    Owner,
    /// What the value belongs to, and the own name.
    OwnerAndOwn,
    /// The name of the value's type.
    TypeName,
    /// The noun before the value.
    Noun,
    /// The noun of two words before the value.
    Compound,
    /// The same, which ends in the own name.
    CompoundOfOwn,
    /// The noun before the value, and Name.
    NounAndName,
    /// The noun before the value, and ID.
    NounAndId,
    /// More words before that noun.
    EndsInNoun,
    /// More words behind that noun.
    StartsWithNoun,
    /// Nothing of that noun.
    WithoutNoun,
    /// Words that stand right before the value.
    InWordsBefore,
    /// The value's label in the text.
    Label,
    /// The last word of its label.
    LastOfLabel,
    /// The word behind the value.
    WordBehind,
    /// Words of the text.
    InText,
    /// Some words are of the text.
    PartInText,
    /// No word is of the text.
    NotInText,
    /// One word.
    OneWord,
    /// Two words.
    TwoWords,
    /// More words.
    MoreWords,
    /// It ends in Name.
    EndsInName,
    /// It ends in ID.
    EndsInId,
    /// It ends in Path.
    EndsInPath,
    /// It is path.
    Path,
    /// It starts with num.
    Counts,
    /// It ends in Count.
    EndsInCount,
    /// It is an initialism.
    Capitals,
    /// It says nothing by itself.
    Generic,
    /// It has one letter or two.
    Short,
    /// It is a thing that has names and IDs.
    Entity,
    /// It is a part of a thing, and does not say of which.
    BarePart,
    /// The own name, which says nothing by itself.
    GenericOwn,
    /// The noun before the value, where the own name says nothing.
    NounForGeneric,
    /// What the value belongs to, where the own name says nothing.
    OwnerForGeneric,
    /// The same with the own name, which says nothing by itself.
    OwnerAndGeneric,
    /// No word is of the text, and the own name says nothing.
    UnsaidForGeneric,
    /// What the own name drops leaves the noun before the value.
    DropsToNoun,
    /// The same, where it drops another word than Name or ID.
    DropsMoreToNoun,
    /// The own name, which is the noun before the value and one word more.
    OwnBesideNoun,
    /// The own name, which is the noun before the value.
    OwnIsNoun,
    /// The own name, whose words are of the text.
    OwnInText,
    /// The name of the function that computes the value.
    ComputedOwn,
    /// The name of the field that the value stands in.
    FieldOwn,
    /// Most of the tree's calls of the same field, expression or type have it.
    TreeAgrees,
    /// Some of them have it.
    TreeHas,
    /// Most of the tree's calls of a value that is called so have it.
    TreeAgreesOnName,
    /// Some of them have it.
    TreeHasForName,
    /// The tree's calls have other keys for the value.
    TreeHasOther,
}

/// What speaks for a call being what a maintainer would have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallTrait {
    /// Always there.
    Bias,
    /// The logit of its least sure key.
    LeastKey,
    /// The logarithm of the chance that all its keys are right.
    AllKeys,
    /// It has no key.
    NoKey,
    /// It has one.
    OneKey,
    /// It has two.
    TwoKeys,
    /// It has more.
    MoreKeys,
    /// It reports an error.
    Error,
    /// It reports one and has none.
    ErrorWithoutOperand,
    /// It was a warning.
    Warning,
    /// The message has marks inside.
    Marks,
    /// The message is the text as it was.
    TextKept,
    /// The message has more than eight words.
    LongMessage,
}

/// `rules/naming.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Naming {
    /// Weight of each trait of a key: what a maintainer takes of several.
    pub key: BTreeMap<Trait, f64>,
    /// What is added to them in Kubernetes' own packages.
    pub kubernetes: BTreeMap<Trait, f64>,
    /// Import paths of those packages, and of all below them.
    pub packages: Vec<String>,
    /// Weight of each trait of a call.
    pub call: BTreeMap<CallTrait, f64>,
    /// Percent below which a call's words are for review.
    pub limit: u8,
    /// Keys that are shown beside the proposed one.
    pub shown: usize,
}

impl Naming {
    /// What a trait weighs, in Kubernetes' own packages or elsewhere.
    pub fn weight(&self, known: Trait, kubernetes: bool) -> f64 {
        let of = |table: &BTreeMap<Trait, f64>| table.get(&known).copied().unwrap_or_default();
        of(&self.key) + if kubernetes { of(&self.kubernetes) } else { 0.0 }
    }

    /// Whether a package is one of Kubernetes' own.
    pub fn is_kubernetes(&self, package: &str) -> bool {
        let own =
            |path: &String| package.strip_prefix(path.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'));
        self.packages.iter().any(own)
    }
}
