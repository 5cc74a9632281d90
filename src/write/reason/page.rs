//! The reasons as documentation: `docs/applicability.md`, and what `klogmod rules` shows of one of them.

use super::{Applicability, Cause, Doubt, NoId, Obstacle, Refusal, SkipReason};
use crate::path::Off;
use crate::text::reason::{Entry, Reason};

const HEAD: &str = "\
# How far a fix can be trusted

Every fix is one of three, and says why it is not better. A reason has a code, which JSON output names and which stays, and a
sentence; words in braces stand for what it is about.

## Safe
All of these hold:

- **It compiles.** The structured function exists in the tree's klog; every value is the old operand, or the object that the old
  operand was a field of; imports are added and dropped with the calls that use them; the whole file is parsed again.
- **It evaluates nothing new.** No field is read, no function called and no index taken that the old call did not. `klog.KObj(pod)`
  in the place of `pod.Name` reads what `pod.Name` read. Below klog 2.8.0, where KObj panics on nil, an object that was printed
  whole counts only if a statement before the call has read one of its fields.
- **It keeps every datum.** Each operand is a value, the error, or constant text. An object that was printed with all its
  contents is not safe: `klog.KObj` prints its name only.
- **The message reads as English.** Words were dropped only in these ways: a label with its value (`, expected value: %v`), a
  preposition with its object at the end of a clause (`… at %s`), an introduction of an error (`: error: %v`), a noun's own value
  behind it (`pod %q is …`).
- **Its keys are named** by the operand, by a label, by the noun before the value, or by the tree's own habit, and are unique.

These are said of safe fixes, too:
";

const REVIEW: &str = "\n## NeedsReview\nOne of those does not hold, or a thread is more than one call's business:\n";

const DISPLAY: &str = "\n## DisplayOnly\nThe fix changes what the program does: Fatal and Exit calls get another exit code and \
                       lose the dump of all goroutines. `plan` shows\nsuch a fix; `apply` and `patch` make it only with \
                       `--display-only`.\n";

const SKIPPED: &str = "\n## No fix\nA call that is not rewritten says why:\n";

const OFF: &str = "\nA call that is out of scope stands on no path that was asked for:\n";

const NO_ID: &str = "\n## No request ID\nA fix that carries none says why:\n";

const REFUSED: &str = "\nA file must not import the runtime package:\n";

const CAUSES: &str =
    "\n## No thread\nWhere nothing in scope carries a request ID, a function could be given a parameter, unless:\n";

const BY_HAND: &str = "\n## Wiring by hand\nA call that switches request IDs on is added by a person:\n";

/// The whole page.
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    let doubts = |applicability: Applicability| {
        let all = Doubt::ENTRIES.iter().zip(Doubt::GROUPS);
        all.filter(move |(_, group)| **group == applicability).map(|(entry, _)| entry)
    };
    list(doubts(Applicability::Safe), &mut out);
    section(REVIEW, doubts(Applicability::NeedsReview), &mut out);
    section(DISPLAY, doubts(Applicability::DisplayOnly), &mut out);
    section(SKIPPED, SkipReason::ENTRIES, &mut out);
    section(OFF, Off::ENTRIES, &mut out);
    section(NO_ID, NoId::ENTRIES, &mut out);
    section(REFUSED, Refusal::ENTRIES, &mut out);
    section(CAUSES, Cause::ENTRIES, &mut out);
    section(BY_HAND, Obstacle::ENTRIES, &mut out);
    out
}

/// All reasons, each with what its kind is about.
pub fn entries() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    fn of<R: Reason>() -> impl Iterator<Item = (&'static str, &'static Entry)> {
        R::ENTRIES.iter().map(|entry| (R::ABOUT, entry))
    }
    let of_calls = of::<Doubt>().chain(of::<SkipReason>()).chain(of::<Off>()).chain(of::<NoId>());
    of_calls.chain(of::<Refusal>()).chain(of::<Cause>()).chain(of::<Obstacle>())
}

fn section(head: &str, entries: impl IntoIterator<Item = &'static Entry>, out: &mut String) {
    out.push_str(head);
    list(entries, out);
}

fn list(entries: impl IntoIterator<Item = &'static Entry>, out: &mut String) {
    out.push('\n');
    for Entry { code, doc, sentence } in entries {
        out.push_str(&format!("- `{code}`: {sentence}.\n"));
        for line in *doc {
            out.push_str(&format!("  {line}\n"));
        }
    }
}
