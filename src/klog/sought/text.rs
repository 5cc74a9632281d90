//! A text that is looked for, and its words.

use borsh::{BorshDeserialize, BorshSerialize};

/// A text that a file looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Text {
    /// The line that it stands in.
    pub line: u32,
    /// Without what may stand for several texts.
    pub text: String,
}

/// The words of a text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Words of a text that follow each other.
pub fn neighbours(text: &str) -> impl Iterator<Item = (&str, &str)> {
    words(text).zip(words(text).skip(1))
}
