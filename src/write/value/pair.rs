//! A key and a value, as a call has them.

/// A key and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// Go source of the value.
    pub value: String,
}
