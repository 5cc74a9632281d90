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
    /// Always there.
    Bias,
    /// What the rules choose.
    Proposed,
    /// The value's own name.
    OwnName,
    /// The same in other capitals.
    OwnInOtherCase,
    /// The beginning or the end of the own name.
    PartOfOwn,
    /// The own name and more.
    MoreThanOwn,
    /// Another word.
    OtherThanOwn,
    /// The own name says nothing: `name`, `key`.
    OwnIsGeneric,
    /// The own name has one letter or two.
    OwnIsShort,
    /// The value is a variable.
    Variable,
    /// It is a field.
    Field,
    /// It is computed.
    Computed,
    /// It is a Kubernetes object.
    Object,
    /// It is wrapped so that it prints what it printed.
    Wrapped,
    /// It is a number.
    Number,
    /// The text has a label for it.
    FromLabel,
    /// The key comes from a noun of the text.
    FromNoun,
    /// Nothing named it.
    Unnamed,
    /// The tree's calls say so.
    Habit,
    /// Its part in a relation.
    Relation,
    /// Another value of the call has the better key.
    Numbered,
    /// One word.
    OneWord,
    /// Two words.
    TwoWords,
    /// More words.
    MoreWords,
    /// All its words stand in the text.
    InText,
    /// Some of its words do not.
    NotInText,
    /// It ends in Name.
    EndsInName,
    /// It ends in ID.
    EndsInId,
    /// It ends in Path.
    EndsInPath,
    /// It counts.
    Counts,
    /// It is an initialism.
    Capitals,
    /// It is the name of the value's type.
    TypeName,
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
    /// Weight of each trait of a key: logistic.
    pub key: BTreeMap<Trait, f64>,
    /// Weight of each trait of a call.
    pub call: BTreeMap<CallTrait, f64>,
    /// Percent below which a call's words are for review.
    pub limit: u8,
    /// Keys that are shown beside the proposed one.
    pub shown: usize,
}
