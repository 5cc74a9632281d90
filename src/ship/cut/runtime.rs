//! Mails that add the package which calls name, and that switch it on.

use crate::write::edit::Applicability;
use crate::write::runtime::RuntimeOptions;
use crate::write::wire::{Proposal, Wired};

/// What such a patch says.
#[derive(Clone, Debug)]
pub struct RuntimeMail {
    /// The subject.
    pub subject: String,
    /// The rest of the commit message.
    pub body: String,
}

impl RuntimeMail {
    /// The text for a pull request.
    pub fn pull_request(&self) -> String {
        format!("{}\n\n{}", self.subject, self.body)
    }
}

/// The mail that adds a package.
pub fn package_mail(options: &RuntimeOptions) -> RuntimeMail {
    let base = options
        .base
        .as_ref()
        .map(|base| format!("Its base is {}:\ncode that must not import the package imports that.\n\n", base.dir));
    let body = format!(
        "Calls take the value of the pair \"{}\" from this package. It is off by default: the pair\n\
         vanishes and every line is what it is without it.\n\n{}\
         Made by klogmod {}; the package's own documentation says how to switch it on.\n",
        options.key,
        base.unwrap_or_default(),
        env!("CARGO_PKG_VERSION")
    );
    RuntimeMail { subject: format!("Add {}: request IDs for log lines", options.package_dir), body }
}

/// The mail that switches the package of the module in `dir` on: the reasons of all changes, for those who review them.
pub fn wire_mail(dir: &str, proposal: &Proposal) -> RuntimeMail {
    let mut body = format!(
        "Nothing changes unless a component is started with --log-request-id. Each place {}:\n\n",
        match Wired::APPLICABILITY {
            Applicability::Safe => "is safe",
            Applicability::NeedsReview => "needs review",
            Applicability::DisplayOnly => "is shown only",
        }
    );
    for wired in &proposal.wired {
        body.push_str(&format!("* {}:{} ({})\n  {}\n", wired.path, wired.line, wired.wire, wired.why));
    }
    for by_hand in by_hand(proposal) {
        body.push_str(&format!("* {by_hand}\n"));
    }
    body.push_str(&format!("\nMade by klogmod {}.\n", env!("CARGO_PKG_VERSION")));
    let place = if dir.is_empty() { String::new() } else { format!(" in {dir}") };
    RuntimeMail { subject: format!("Let request IDs be switched on and passed along{place}"), body }
}

/// The mail that takes everything that names the packages out again.
pub fn calls_out_mail() -> RuntimeMail {
    let body = format!(
        "Nothing is switched on or passed along any more, and log calls lose the pair. What they say otherwise\n\
         stays as it is, and so do parameters that functions were given.\n\nMade by klogmod {}.\n",
        env!("CARGO_PKG_VERSION")
    );
    RuntimeMail { subject: "Take request IDs out of calls".to_owned(), body }
}

/// The mail that takes out the packages in these places, directories with import paths.
pub fn package_out_mail(places: &[(String, String)]) -> RuntimeMail {
    let dirs: Vec<&str> = places.iter().map(|(dir, _)| dir.as_str()).collect();
    let body = format!(
        "Nothing names it any more:\n\n{}\nMade by klogmod {}.\n",
        dirs.iter().map(|dir| format!("* {dir}\n")).collect::<String>(),
        env!("CARGO_PKG_VERSION")
    );
    RuntimeMail { subject: "Remove the package of request IDs".to_owned(), body }
}

/// What a person adds, a line each.
pub fn by_hand(proposal: &Proposal) -> impl Iterator<Item = String> {
    let calls = proposal.by_hand.iter().map(|call| {
        format!("by hand: {}: {}. {} Not done: {}", call.place, call.code.replace('\n', " "), call.why, call.reason)
    });
    let bazel = (!proposal.bazel.is_empty()).then(|| {
        format!("by hand: hack/update-bazel.sh, which adds the package to deps in {}", proposal.bazel.join(", "))
    });
    calls.chain(bazel)
}
