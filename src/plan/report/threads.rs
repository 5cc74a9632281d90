//! Threads for people and for programs.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::style::{BOLD, DIM, GREEN, YELLOW, harmless, one_line, styled};
use crate::text::counted;
use crate::text::diagnostic::RelPath;
use crate::text::reason::Code;
use crate::write::reason::Cause;
use crate::write::thread::{Blocked, Purpose, Thread, Threads, Unreached};

/// Threads of a plan: where nothing in scope carries a request ID, what could be passed down, or what is in the way.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadsReport<'t> {
    /// Whether the plan is that of the tree with the threads.
    pub applied: bool,
    /// How the calls without a carrier split.
    pub totals: ThreadTotals,
    /// The threads.
    pub threads: &'t [Thread],
    /// Calls that none reaches.
    pub blocked: &'t [Unreached],
}

/// Calls without a carrier; the parts add up.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadTotals {
    /// All of them.
    pub without_carrier: usize,
    /// Those that a thread reaches.
    pub threaded: usize,
    /// Those of threads that were decided against.
    pub left_out: usize,
    /// The others by reason.
    pub blocked: BTreeMap<Code<Cause>, usize>,
}

impl<'t> ThreadsReport<'t> {
    /// Of threads that were found, and perhaps applied.
    pub fn of(threads: &'t Threads, applied: bool) -> Self {
        let totals = ThreadTotals {
            without_carrier: threads.without,
            threaded: threads.gained(),
            left_out: calls_of(&threads.left_out),
            blocked: threads.causes(),
        };
        Self { applied, totals, threads: &threads.threads, blocked: &threads.blocked }
    }
}

fn calls_of(threads: &[Thread]) -> usize {
    threads.iter().map(|thread| thread.calls.len()).sum()
}

/// Each thread, and what blocks the calls that none reaches.
pub fn list(threads: &Threads, out: &mut dyn Write) -> Result<()> {
    for thread in &threads.threads {
        writeln!(out)?;
        head(thread, out)?;
        for call in &thread.calls {
            writeln!(out, "    for {}", one_line(&format!("{}:{} {}", call.path, call.line, call.function)))?;
        }
        reasons(thread, out)?;
    }
    for unreached in &threads.blocked {
        writeln!(out)?;
        let call = &unreached.call;
        let place = format!("{}:{} {}", call.path, call.line, call.function);
        writeln!(out, "{}", styled(BOLD, &one_line(&place)))?;
        why(unreached, out)?;
    }
    Ok(())
}

/// Of calls at some lines: the thread that brings what each lacked, or what is in the way.
pub fn of_calls(threads: &Threads, is_one: &dyn Fn(&RelPath, u32) -> bool, out: &mut dyn Write) -> Result<()> {
    let has = |thread: &&Thread| thread.calls.iter().any(|call| is_one(&call.path, call.line));
    for thread in threads.threads.iter().filter(has) {
        writeln!(out, "  brought by a thread:")?;
        head(thread, out)?;
        reasons(thread, out)?;
    }
    for unreached in threads.blocked.iter().filter(|unreached| is_one(&unreached.call.path, unreached.call.line)) {
        writeln!(out, "  no thread:")?;
        why(unreached, out)?;
    }
    Ok(())
}

fn head(thread: &Thread, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}", styled(BOLD, &format!("thread {}", thread.number)))?;
    for function in &thread.functions {
        let place = format!("{}:{} {}", function.path, function.line, function.function);
        let calls = format!("{}, {} in tests", counted(function.calls, "call"), function.in_tests);
        let parameter = styled(GREEN, &harmless(&function.gets()));
        writeln!(out, "  {} gets {parameter} {}", one_line(&place), styled(DIM, &calls))?;
    }
    Ok(())
}

fn reasons(thread: &Thread, out: &mut dyn Write) -> Result<()> {
    thread.doubts.sentences().try_for_each(|reason| writeln!(out, "    {}", harmless(&reason)))
}

/// What is in the way of a call.
fn why(Unreached { blocked, field, .. }: &Unreached, out: &mut dyn Write) -> Result<()> {
    for (blocked, what) in
        [Some((blocked, "blocked")), field.as_ref().map(|field| (field, "no field"))].into_iter().flatten()
    {
        let who = if blocked.function.is_empty() { String::new() } else { format!("{}: ", blocked.function) };
        let why = format!("{who}{} ({}:{})", blocked.cause, blocked.path, blocked.line);
        writeln!(out, "  {} {}", styled(YELLOW, &format!("{what} {}:", blocked.cause.code())), harmless(&why))?;
    }
    Ok(())
}

/// How the calls without a carrier split.
pub fn summary(threads: &Threads, out: &mut dyn Write) -> Result<()> {
    writeln!(out)?;
    let why = match threads.purpose {
        Purpose::RequestId => "no request ID because nothing in scope carries one",
        Purpose::Logger => "no logger because nothing in scope gives one",
    };
    let have = if threads.without == 1 { "has" } else { "have" };
    writeln!(out, "{} {have} {why}", counted(threads.without, "call"))?;
    writeln!(out, "{:>8}  reached by {}", threads.gained(), counted(threads.threads.len(), "thread"))?;
    let left_out = threads.left_out.len();
    if left_out > 0 {
        let what = if left_out == 1 { "thread that is" } else { "threads that are" };
        writeln!(out, "{:>8}  of {left_out} {what} left out", calls_of(&threads.left_out))?;
    }
    for (cause, count) in threads.causes() {
        writeln!(out, "{count:>8}  blocked: {cause}")?;
    }
    let several: Vec<_> = threads.obstacles().into_iter().filter(|(_, calls)| *calls > 1).take(OBSTACLES).collect();
    if !several.is_empty() {
        writeln!(out, "\nWhat holds up most calls:")?;
    }
    for (blocked, calls) in several {
        let Blocked { function, cause, path, line } = blocked;
        writeln!(out, "{calls:>8}  {}", one_line(&format!("{path}:{line} {function}: {cause}")))?;
    }
    Ok(())
}

/// Obstacles that a summary names.
const OBSTACLES: usize = 20;
