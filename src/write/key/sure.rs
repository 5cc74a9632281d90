//! How sure a key is: what else a value could be called, what speaks for each, and the chance that it is the one.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::klog::name::words;
use crate::rule::{CallTrait, Naming, Subject, Trait};

/// A chance, in hundredths.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize, schemars::JsonSchema,
)]
#[schemars(transparent)]
pub struct Chance(#[schemars(with = "f64")] pub u8);

impl Chance {
    /// Certainty.
    pub const SURE: Self = Self(100);

    fn of(logit: f64) -> Self {
        // A model is never sure.
        Self((100.0 / (1.0 + (-logit).exp())).round().clamp(1.0, 99.0) as u8)
    }

    pub(super) fn part(of_one: f64) -> Self {
        Self((100.0 * of_one).round().clamp(1.0, 99.0) as u8)
    }

    /// As a number from 0 to 1.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    fn logit(self) -> f64 {
        let p = self.value().clamp(0.01, 0.99);
        (p / (1.0 - p)).ln()
    }
}

impl Serialize for Chance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl std::fmt::Display for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} %", self.0)
    }
}

/// A key that a value could have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Candidate {
    /// The key.
    pub key: String,
    /// The chance that a maintainer would choose it.
    pub p: Chance,
    /// What speaks for it and against it.
    pub because: Vec<Trait>,
}

/// The key of one value, and what else it could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Named {
    /// The key that is proposed.
    #[serde(flatten)]
    pub chosen: Candidate,
    /// The next best, the best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Candidate>,
    /// What the value is: what an answer can be kept for, the most telling first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<Subject>,
    /// A reader has settled it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.chosen.key, self.chosen.p)?;
        let mut rivals = self.alternatives.iter().map(|rival| format!("{} {}", rival.key, rival.p)).peekable();
        match rivals.peek() {
            _ if self.settled => f.write_str(", settled"),
            Some(_) => write!(f, " (else {})", rivals.collect::<Vec<_>>().join(", ")),
            None => Ok(()),
        }
    }
}

/// `NodeName` → nodeName, `UID` → uid: a name as a variable is written.
pub fn decapitalized(name: &str) -> String {
    let mut parts = words(name).into_iter();
    match parts.next() {
        Some(first) if name.starts_with(first.as_str()) => {
            format!("{}{}", first.to_lowercase(), &name[first.len()..])
        }
        _ => name.to_owned(),
    }
}

/// What is known of a call whose words are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CallKnown {
    /// It reports an error.
    pub error: bool,
    /// It has one.
    pub operand: bool,
    /// It was a warning.
    pub warning: bool,
    /// The text is the message, word for word.
    pub kept: bool,
}

/// The chance that a maintainer would have written a call so, by the chances of its keys.
pub fn call_chance(keys: &[Chance], message: &str, call: CallKnown, naming: &Naming) -> Chance {
    let weight = |known: CallTrait| naming.call.get(&known).copied().unwrap_or_default();
    let least = keys.iter().copied().min().unwrap_or(Chance::SURE);
    let all: f64 = keys.iter().map(|p| p.value().max(0.01).ln()).sum();
    let mut logit =
        weight(CallTrait::Bias) + weight(CallTrait::LeastKey) * least.logit() + weight(CallTrait::AllKeys) * all;
    let mut note = |holds: bool, known: CallTrait| logit += if holds { weight(known) } else { 0.0 };
    note(keys.is_empty(), CallTrait::NoKey);
    note(keys.len() == 1, CallTrait::OneKey);
    note(keys.len() == 2, CallTrait::TwoKeys);
    note(keys.len() > 2, CallTrait::MoreKeys);
    note(call.error, CallTrait::Error);
    note(call.error && !call.operand, CallTrait::ErrorWithoutOperand);
    note(call.warning, CallTrait::Warning);
    note(call.kept, CallTrait::TextKept);
    note(message.contains([',', ':', ';', '(', '[']), CallTrait::Marks);
    note(message.split_whitespace().count() > 8, CallTrait::LongMessage);
    Chance::of(logit)
}
