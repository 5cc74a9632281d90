//! What comes of it: threads, and what blocks one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::go::files::Overlay;
use crate::klog::fingerprint::{Fingerprint, digest};
use crate::text::diagnostic::RelPath;
use crate::text::reason::{Code, schema_of};
use crate::text::{FileChange, Moved};
use crate::write::edit::Applicability;
use crate::write::reason::{Cause, Doubts};

/// What blocks a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "ShownBlocked")]
pub struct Blocked {
    /// The function that cannot change; empty where there is none.
    pub function: String,
    /// Why.
    pub cause: Cause,
    /// The file where the reason stands.
    pub path: RelPath,
    /// Its line.
    pub line: u32,
}

/// What blocks a thread, in JSON.
#[derive(Serialize, schemars::JsonSchema)]
struct ShownBlocked {
    /// The function that cannot change; empty where there is none.
    function: String,
    /// The kind of reason.
    cause: Code<Cause>,
    /// The file where the reason stands.
    path: RelPath,
    /// Its line.
    line: u32,
    /// The reason as a sentence.
    detail: String,
}

impl From<Blocked> for ShownBlocked {
    fn from(Blocked { function, cause, path, line }: Blocked) -> Self {
        Self { function, cause: cause.code(), path, line, detail: cause.to_string() }
    }
}

schema_of!(Blocked, ShownBlocked);

impl Blocked {
    pub(super) fn at(cause: Cause, (path, line): (RelPath, u32)) -> Self {
        Self { function: String::new(), cause, path, line }
    }

    pub(super) fn of(mut self, function: &super::func::Func) -> Self {
        if self.function.is_empty() {
            self.function = function.display();
        }
        self
    }
}

/// A log call for which nothing in scope is what it needs: no carrier of a request ID, or no logger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lone {
    /// The file.
    pub path: RelPath,
    /// Offset of the call.
    #[serde(skip)]
    pub offset: usize,
    /// Its line.
    pub line: u32,
    /// The function that it stands in.
    pub function: String,
}

/// A function that gets a parameter, or a type that gets a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Threaded {
    /// The function, or the type.
    pub function: String,
    /// Where it is declared; the first of its declarations.
    pub path: RelPath,
    /// The line.
    pub line: u32,
    /// The new parameter: `ctx context.Context`; a type's new field is written alike.
    pub parameter: String,
    /// Whether it is a type, and gets a field.
    pub field: bool,
    /// How many calls pass it; of a field: how many values are made with it.
    pub calls: usize,
    /// How many of them stand in tests.
    pub in_tests: usize,
}

/// What threads are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Calls get a request ID.
    #[default]
    RequestId,
    /// Calls go through a logger.
    Logger,
}

/// Functions that change together.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// Its number, from 1.
    pub number: usize,
    /// What it is for.
    #[serde(skip)]
    pub purpose: Purpose,
    /// Its name across runs: made of its functions and their parameters.
    pub fingerprint: Fingerprint,
    /// The functions, by name.
    pub functions: Vec<Threaded>,
    /// The log calls that find a carrier by it.
    pub calls: Vec<Lone>,
    /// The most functions that a carrier passes through.
    pub depth: usize,
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// Why it needs a review.
    #[serde(flatten)]
    pub doubts: Doubts,
    /// The files before and after, on top of the threads before it.
    #[serde(skip)]
    pub steps: Vec<FileChange>,
}

/// A log call that no thread reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Unreached {
    /// The call.
    #[serde(flatten)]
    pub call: Lone,
    /// What is in the way.
    pub blocked: Blocked,
    /// Why the receiver's type does not hold a logger instead, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Blocked>,
}

/// All threads of a run.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    /// What they are for.
    pub purpose: Purpose,
    /// Log calls for which nothing in scope is what they need: those of the threads and those that are blocked.
    pub without: usize,
    /// The threads.
    pub threads: Vec<Thread>,
    /// Threads that were not wanted, without their files.
    pub left_out: Vec<Thread>,
    /// Calls that no thread reaches.
    pub blocked: Vec<Unreached>,
    /// Where what stands in the files that the threads change stood before, and where their lines went.
    pub moved: BTreeMap<RelPath, Moved>,
}

impl Threaded {
    /// What it gets: `ctx context.Context`, `the field logger klog.Logger`.
    pub fn gets(&self) -> String {
        let what = if self.field { "the field " } else { "" };
        format!("{what}{}", self.parameter)
    }
}

impl Thread {
    /// Its functions by name.
    pub fn names(&self) -> String {
        self.functions.iter().map(|function| function.function.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// What it does, on one line.
    pub fn statement(&self) -> String {
        let gets = |function: &Threaded| format!("{} gets {}", function.function, function.gets());
        self.functions.iter().map(gets).collect::<Vec<_>>().join("; ")
    }

    /// Digest of what there is to judge: the parameters, how often they are passed, and the log calls that it is for.
    pub fn proposal(&self) -> String {
        let calls = self.functions.iter().map(|f| format!("{} {}", f.calls, f.in_tests));
        let logged = self.calls.iter().map(|call| format!("{} {}", call.path, call.function));
        digest(&std::iter::once(self.statement()).chain(calls).chain(logged).collect::<Vec<_>>().join("\n"))
    }
}

/// The name of a thread of these functions.
pub(super) fn fingerprint(functions: &[Threaded]) -> Fingerprint {
    let of = |function: &Threaded| format!("{}\n{}\n{}", function.path, function.function, function.parameter);
    digest(&functions.iter().map(of).collect::<Vec<_>>().join("\n")).into()
}

impl Threads {
    /// Adds what was found elsewhere.
    pub(super) fn extend(&mut self, found: Self) {
        self.threads.extend(found.threads);
        self.left_out.extend(found.left_out);
        self.blocked.extend(found.blocked);
        self.moved.extend(found.moved);
    }

    /// The tree with all threads.
    pub fn overlay(&self) -> Overlay {
        let steps = self.threads.iter().flat_map(|thread| &thread.steps);
        Overlay::new(steps.map(|step| (step.path.clone(), step.after.clone())).collect())
    }

    /// How many calls find a carrier.
    pub fn gained(&self) -> usize {
        self.threads.iter().map(|thread| thread.calls.len()).sum()
    }

    /// What is in the way, and how many calls it holds up; what holds up most comes first.
    pub fn obstacles(&self) -> Vec<(&Blocked, usize)> {
        let mut found: BTreeMap<(&str, u32, &str, String), (&Blocked, usize)> = Default::default();
        for Unreached { blocked, .. } in &self.blocked {
            let key = (&*blocked.path, blocked.line, &*blocked.function, blocked.cause.to_string());
            found.entry(key).or_insert((blocked, 0)).1 += 1;
        }
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
        found
    }

    /// Blocked calls by cause.
    pub fn causes(&self) -> BTreeMap<Code<Cause>, usize> {
        let mut causes = BTreeMap::new();
        for call in &self.blocked {
            *causes.entry(call.blocked.cause.code()).or_default() += 1;
        }
        causes
    }
}
