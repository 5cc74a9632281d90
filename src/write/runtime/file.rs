//! A file that the tree gets.

/// A file that the tree gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFile {
    /// Below the root of the checkout, with `/` between its parts.
    pub path: String,
    /// All of it.
    pub contents: Vec<u8>,
    /// What the tree had there before, if it had something.
    pub before: Option<Vec<u8>>,
}
