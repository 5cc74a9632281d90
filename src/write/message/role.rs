//! What goes into a message and what comes out: the part of each hole, and the text with what was done to get there.

use crate::write::reason::Doubt;

/// What a hole held, as far as the sentence is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// An error: the words that introduce it go with it.
    pub error: bool,
    /// A number in front of what it counts.
    pub number: bool,
    /// A span of time.
    pub duration: bool,
    /// Words that may take its place in the sentence.
    pub phrase: String,
    /// They name a thing that a verb may have as its object.
    pub noun: bool,
}

/// A message and what was done to get there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text.
    pub text: String,
    /// A prefix was dropped.
    pub prefix_dropped: bool,
    /// What was tried is said to have failed.
    pub failed: bool,
    /// Words that said that there was an error went with it: "with error".
    pub parted: bool,
    /// Words were put in the place of a hole.
    pub substituted: bool,
    /// Why the sentence should be read again.
    pub doubts: Vec<Doubt>,
    /// Words were dropped: labels, prepositions, introductions of errors.
    pub dropped: Vec<String>,
}
