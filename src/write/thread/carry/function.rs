//! A function, or several that stay alike, as all files together tell.

use super::facts::{Call, Declared};
use super::key::Key;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;
use crate::write::thread::outcome::Blocked;

/// What a function gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// `ctx context.Context`.
    Context,
    /// `logger klog.Logger`.
    Logger,
}

/// All that is known of a function.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// Its declarations, one for each set of build tags.
    pub declared: Vec<Declared>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Why it cannot change.
    pub blocked: Option<Blocked>,
    /// How many calls away from a log call.
    pub depth: usize,
    /// What it is given already, under no name.
    pub named: Option<Carried>,
    /// Whether a way leads from it to what it can be given.
    pub grounded: bool,
}

impl Function {
    /// Keeps it as it is, for a reason that lies in its declaration.
    pub fn block(&mut self, key: &Key, cause: Cause) {
        let first = self.declared.first();
        let (path, line) = first.map_or((RelPath::from(""), 1), |declared| (declared.path.clone(), declared.line));
        self.blocked = Some(Blocked { function: key.display(), cause, path, line });
    }

    /// What all its declarations have among their parameters, under no name, can be named: nobody else has to know.
    pub fn take_name(&mut self) {
        let kinds = [Carried::Context, Carried::Logger].into_iter();
        let mut named = kinds.filter(|kind| self.declared.iter().all(|d| !d.named[*kind as usize].is_empty()));
        self.named = named.next().filter(|_| !self.declared.is_empty());
        if self.named.is_some() {
            self.blocked = None;
            self.calls.clear();
        }
    }

    /// Makes one of two that stay alike.
    pub fn join(&mut self, other: Self) {
        self.declared.extend(other.declared);
        self.calls.extend(other.calls);
        self.blocked = self.blocked.take().or(other.blocked);
        self.depth = self.depth.min(other.depth);
        self.named = self.named.filter(|_| other.named == self.named);
    }
}

/// Whether nothing at a call is, or makes, what is passed.
pub fn lacks(call: &Call, kind: Carried) -> bool {
    match kind {
        Carried::Context => call.context.is_none(),
        Carried::Logger => call.logger.is_none(),
    }
}
