//! All that a reviewer is told of one fix or thread, in its order.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{Applicability, Doubt};
use crate::text::reason::Code;

/// The doubts of a fix or a thread. In JSON they are sentences and, in the same order, what programs read of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(into = "Shown")]
pub struct Doubts(Vec<Doubt>);

#[derive(Serialize, schemars::JsonSchema)]
struct Shown {
    /// Why it is not safe, or what changes.
    reasons: Vec<String>,
    /// The same reasons for programs.
    doubts: Vec<Told>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Told {
    /// Which reason it is.
    code: Code<Doubt>,
    /// How far a fix can be trusted with it.
    applicability: Applicability,
}

impl From<Doubts> for Shown {
    fn from(doubts: Doubts) -> Self {
        let told = |doubt: &Doubt| Told { code: doubt.code(), applicability: doubt.applicability() };
        Self { reasons: doubts.sentences().collect(), doubts: doubts.0.iter().map(told).collect() }
    }
}

impl schemars::JsonSchema for Doubts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Doubts".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Shown::json_schema(generator)
    }
}

impl Doubts {
    /// Adds one at the end.
    pub fn push(&mut self, doubt: Doubt) {
        self.0.push(doubt);
    }

    /// Adds one unless it is among them.
    pub fn add(&mut self, doubt: Doubt) {
        if !self.0.contains(&doubt) {
            self.0.push(doubt);
        }
    }

    /// Whether this one is among them.
    pub fn has(&self, doubt: &Doubt) -> bool {
        self.0.contains(doubt)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How far a fix can be trusted with all of them.
    pub fn applicability(&self) -> Applicability {
        self.0.iter().map(Doubt::applicability).max().unwrap_or(Applicability::Safe)
    }

    /// Each.
    pub fn iter(&self) -> impl Iterator<Item = &Doubt> {
        self.0.iter()
    }

    /// As people read them.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Doubt::to_string)
    }
}

impl IntoIterator for Doubts {
    type Item = Doubt;
    type IntoIter = std::vec::IntoIter<Doubt>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<Doubt> for Doubts {
    fn from_iter<I: IntoIterator<Item = Doubt>>(doubts: I) -> Self {
        Self(doubts.into_iter().collect())
    }
}
