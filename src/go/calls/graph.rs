//! Functions and the calls between them.

use crate::text::diagnostic::RelPath;

/// A function of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(super) u32);

impl FunctionId {
    /// The function at a place among the graph's functions.
    pub fn new(number: usize) -> Self {
        Self(number as u32)
    }

    /// Its place among the graph's functions.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// How one function leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A function literal stands in the function.
    Closure,
    /// A call by name.
    Call,
    /// A call behind `defer`.
    Defer,
    /// A call behind `go`.
    Go,
    /// A call of an interface's method, on a type that reaches the interface.
    Interface,
    /// A call of a variable, field or result that holds the function.
    Stored,
    /// The function is passed to one that may call it.
    Passed,
    /// A call of an interface's method where no value is seen to reach the interface: any type that implements it.
    Implements,
}

impl EdgeKind {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Call => "call",
            Self::Defer => "defer",
            Self::Go => "go",
            Self::Interface => "interface",
            Self::Stored => "stored",
            Self::Passed => "passed",
            Self::Implements => "implements",
        }
    }
}

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What is called.
    pub to: FunctionId,
    /// How.
    pub kind: EdgeKind,
    /// Offset, in the caller's file, of the name that is called or passed.
    pub at: u32,
}

/// A function: declared, or a literal inside of one.
#[derive(Clone, Debug)]
pub struct Function {
    /// `(*import/path.Type).Method`, `import/path.Func`, literals with `$1` behind it.
    pub name: String,
    /// Import path of its package.
    pub package: std::sync::Arc<str>,
    /// The file.
    pub path: RelPath,
    /// Its first byte and the one behind its last.
    pub range: (u32, u32),
    /// The function around a literal.
    pub parent: Option<FunctionId>,
    /// Whether it has no code of its own: the method value of an interface.
    pub bound: bool,
}

impl Function {
    /// Its name, if it is a method.
    pub fn method(&self) -> Option<&str> {
        let (_, name) = self.name.rsplit_once(").")?;
        (!name.contains('$')).then_some(name)
    }
}

/// Calls of one program.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// Functions that belong to the program.
    needed: Vec<bool>,
}

impl Calls {
    pub(super) fn new(mut edges: Vec<(u32, Edge)>, needed: Vec<bool>) -> Self {
        edges.sort_unstable();
        edges.dedup_by_key(|(from, edge)| (*from, edge.to));
        let mut starts = vec![0u32; needed.len() + 1];
        edges.iter().for_each(|(from, _)| starts[*from as usize + 1] += 1);
        for at in 0..needed.len() {
            starts[at + 1] += starts[at];
        }
        Self { starts, edges: edges.into_iter().map(|(_, edge)| edge).collect(), needed }
    }

    /// What a function calls, sorted.
    pub fn of(&self, function: FunctionId) -> &[Edge] {
        let at = |number: usize| self.starts.get(number).map_or(0, |start| *start as usize);
        self.edges.get(at(function.number())..at(function.number() + 1)).unwrap_or_default()
    }

    /// Whether a function belongs to the program.
    pub fn has(&self, function: FunctionId) -> bool {
        self.needed.get(function.number()).copied().unwrap_or_default()
    }

    /// Number of calls.
    pub fn len(&self) -> usize {
        self.edges.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }
}
