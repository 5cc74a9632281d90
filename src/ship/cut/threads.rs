//! Mails of threads, which come before the patches that need them.

use super::Letter;
use crate::text::counted;
use crate::write::thread::{Purpose, Thread, Threaded};

/// What a thread's patch says.
#[derive(Clone, Debug)]
pub struct ThreadMail {
    /// The subject.
    pub subject: String,
    /// The rest of the commit message.
    pub body: String,
    /// The text for a pull request.
    pub pull_request: String,
}

/// Functions that a subject names.
const NAMED: usize = 2;

/// Writes a thread's mail.
pub fn thread_mail(letter: &Letter<'_>, thread: &Thread) -> ThreadMail {
    let subject = subject(&thread.functions, thread.purpose);
    let body = body(letter, thread);
    let pull_request = format!("{subject}\n\n{body}");
    ThreadMail { subject, body, pull_request }
}

fn subject(functions: &[Threaded], purpose: Purpose) -> String {
    let what = |function: &Threaded| function.parameter.split(' ').next_back().unwrap_or_default().to_owned();
    let first = functions.first().map(what).unwrap_or_default();
    let what = match functions.iter().all(|function| function.parameter.ends_with(&format!(" {first}"))) {
        true if first == "context.Context" => "a context".to_owned(),
        true if first.ends_with(".Logger") => "a logger".to_owned(),
        true => format!("the {}", first.rsplit(['.', '*']).next().unwrap_or(&first)),
        false if purpose == Purpose::Logger => "a context or a logger".to_owned(),
        false => "what carries the request ID".to_owned(),
    };
    let names: Vec<&str> = functions.iter().take(NAMED).map(|function| function.function.as_str()).collect();
    let rest = functions.len() - names.len();
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("Pass {what} to {}{rest}", names.join(if rest.is_empty() { " and " } else { ", " }))
}

fn body(letter: &Letter<'_>, thread: &Thread) -> String {
    let why = match thread.purpose {
        Purpose::RequestId => {
            "Log calls in these functions belong to a request, but nothing in scope says to which. What does is\npassed down to them."
        }
        Purpose::Logger => {
            "Log calls in these functions, or in those that they call, have no logger. What gives them one is passed\ndown to them."
        }
    };
    let mut out = format!("{why} No log call changes with this patch, and nothing else does.\n\n");
    for function in &thread.functions {
        let tests = if function.in_tests > 0 { format!(", {} in tests", function.in_tests) } else { String::new() };
        out.push_str(&format!(
            "{}:{}: {} gets {}; {}{tests}\n",
            function.path,
            function.line,
            function.function,
            function.gets(),
            counted(function.calls, "call"),
        ));
    }
    if !thread.calls.is_empty() {
        out.push_str("\nLog calls that it is for:\n\n");
    }
    for call in &thread.calls {
        out.push_str(&format!("{}:{}: {}\n", call.path, call.line, call.function));
    }
    out.push_str("\nFor review:\n\n");
    for reason in thread.doubts.sentences() {
        out.push_str(&format!("- {reason}\n"));
    }
    out.push_str(&format!("\nMade by fixed rules:\n\n{}", letter.reproduce()));
    out
}
