//! What was done to a call's arguments to read them as text with holes.

/// A part of a template is not as the call wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// A `Print` call whose text holds verbs, which it printed as they stand.
    PrintWithVerbs,
    /// A printing function is given a message, keys and values.
    Keyed,
    /// Constant texts stand side by side, and a value behind them.
    Adjoining,
    /// The message was put together outside the format.
    Glued,
    /// The message was built in a variable.
    Variable,
    /// The message was made by a method.
    Wrapped,
    /// The message was made by a function of the tree.
    Printer,
}
