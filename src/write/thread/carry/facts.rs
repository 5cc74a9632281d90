//! What one file says about functions that are asked for.

use super::key::Key;
use crate::text::Edit;
use crate::text::diagnostic::RelPath;
use crate::write::edit::LOGGER;
use crate::write::reason::Cause;
use crate::write::thread::slot::Slot;

/// The names of new parameters: of a context, and of a logger.
pub const NAMES: [&str; 2] = ["ctx", LOGGER];

/// How a file writes a type's package: the name, and the import that it lacks for that.
pub type Qualifier = (String, Option<String>);

/// A declaration of a function.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The function: of those that change together it is this one.
    pub key: Key,
    /// Where the parameter goes.
    pub slot: Slot,
    /// The file.
    pub path: RelPath,
    /// Its line.
    pub line: u32,
    /// Whether it takes exactly one value.
    pub takes_one: bool,
    /// Whether it waits, or hands a context on: it gets one itself.
    pub waits: bool,
    /// The name that a new parameter cannot have here, for a context and for a logger.
    pub taken: [bool; 2],
    /// Whether nothing in it uses the new parameter: it is there for those that are like it.
    pub is_idle: bool,
    /// Whether its parameters have no names: the new one has none either.
    pub is_unnamed: bool,
    /// What gives parameters that have no name, or `_`, theirs, where there is a context or a logger among them.
    pub named: [Vec<Edit>; 2],
    /// How its file writes the packages of a context and of a logger.
    pub packages: [Option<Qualifier>; 2],
    /// Whether it is a type's, and gets a field.
    pub is_field: bool,
}

/// A logger or context at a call.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The expression.
    pub expression: String,
    /// What has to be written elsewhere in the function.
    pub edits: Vec<Edit>,
    /// The import that the file lacks.
    pub import: Option<String>,
}

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Key,
    /// Where the argument goes.
    pub slot: Slot,
    /// The declared function that it stands in.
    pub caller: Option<Key>,
    /// Whether the program starts there.
    pub starts: bool,
    /// Whether it stands in a test.
    pub is_test: bool,
    /// Whether it may pass on several results of one call.
    pub spreads: bool,
    /// A context in scope.
    pub context: Option<Offer>,
    /// A logger in scope, or what makes one.
    pub logger: Option<Offer>,
    /// A logger made of the caller's new context.
    pub of_new_context: Option<Offer>,
    /// A field that the type of the caller's receiver could have, and the logger in it.
    pub held: Option<(Key, Offer)>,
    /// What is passed where nothing is at hand: a context, a logger.
    pub last: [Option<Offer>; 2],
    /// Whether no tree was asked yet: what could be passed is not known, but whether there is a context or a logger, if it is no test.
    pub is_light: bool,
    /// Of one that is light: whether there is a context.
    pub has_context: bool,
}

impl Call {
    /// Whether a context or a logger is there.
    pub fn has_any(&self) -> bool {
        self.has_context || self.context.is_some() || self.logger.is_some()
    }
}

/// What a file says.
#[derive(Debug, Default)]
pub struct Found {
    /// Declarations.
    pub declared: Vec<(Key, Declared)>,
    /// Calls.
    pub calls: Vec<(Key, Call)>,
    /// Methods that have to stay alike: what implements, and what asks for it.
    pub links: Vec<(Key, Key)>,
    /// What forbids a change, and where.
    pub blocked: Vec<(Key, Cause, RelPath, u32)>,
}
