//! The text of a pull request, after the checkout's own template.

use super::letter::{Letter, SAMPLES, Told, WHY, owners};
use super::markdown::{code, fenced, plain};
use super::{Cut, Part, Stage};
use crate::decide::change::Tally;
use crate::plan::report::kebab;
use crate::ship::series::inert_body;
use crate::text::counted;

/// GitHub takes 65,536 characters; the rest is for whoever adds a line.
const ROOM: usize = 60_000;

/// Where no template is, this is it.
const TEMPLATE: &str = "\
#### What type of PR is this?

#### What this PR does / why we need it:

#### Special notes for your reviewer:

#### Does this PR introduce a user-facing change?
```release-note

```
";

/// The text for one patch. `mentions` lets it name people and command bots; nothing from the checkout ever does.
pub fn pull_request(
    letter: &Letter<'_>,
    (part, told): (&Part<'_, '_>, &[Told]),
    subject: &str,
    template: Option<&str>,
    mentions: bool,
) -> String {
    let what = format!("{}\n{}", letter.what(part.stage), plain_lines(WHY));
    let notes = notes(letter, part, told);
    let note = release_note(part, subject);
    let filled = fill(template.unwrap_or(TEMPLATE), &what, &notes, &note);
    // The template comes from the checkout too: all of it is made inert before a line of ours may act.
    let mut out = inert_body(&filled);
    if mentions {
        out.push_str(&commands(part));
    }
    out
}

/// The text for the whole series as one pull request: what it is, and where its parts are told of.
pub fn whole_pull_request(
    letter: &Letter<'_>,
    cut: &Cut<'_, '_>,
    subjects: &[String],
    tally: &Tally,
    subject: &str,
    template: Option<&str>,
) -> String {
    let what = format!("{}\n{}", letter.what(Stage::Whole), plain_lines(WHY));
    let cover = letter.cover(cut, subjects, tally);
    let cut_at = (0..=cover.len().min(ROOM)).rev().find(|&at| cover.is_char_boundary(at)).unwrap_or(0);
    let notes = format!("Each patch has a text of its own beside it.\n\n{}", fenced("text", &cover[..cut_at]));
    inert_body(&fill(template.unwrap_or(TEMPLATE), &what, &notes, &format!("{}.", subject.replace('`', "'"))))
}

fn plain_lines(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}

/// Puts our texts behind the headings that ask for them.
fn fill(template: &str, what: &str, notes: &str, release_note: &str) -> String {
    let mut out = String::new();
    let (mut said_what, mut said_notes, mut said_release) = (false, false, false);
    let mut comment = false;
    for line in template.lines() {
        let lower = line.to_lowercase();
        let in_comment = comment || lower.contains("<!--");
        comment = match (lower.rfind("<!--"), lower.rfind("-->")) {
            (Some(open), Some(close)) => open > close,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => comment,
        };
        // An issue's number is for people to fill in; an empty one would only read oddly.
        if !in_comment && lower.trim() == "fixes #" {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if in_comment {
            continue;
        }
        if !said_what && lower.contains("what this pr does") {
            said_what = true;
            out.push_str(&format!("\n{what}\n"));
        } else if !said_notes && lower.contains("special notes") {
            said_notes = true;
            out.push_str(&format!("\n{notes}\n"));
        } else if !said_release && lower.trim_start().starts_with("```release-note") {
            said_release = true;
            out.push_str(&format!("{release_note}\n"));
        }
    }
    for (said, text) in [(said_what, what), (said_notes, notes)] {
        if !said {
            out.push_str(&format!("\n{text}\n"));
        }
    }
    out
}

fn release_note(part: &Part<'_, '_>, subject: &str) -> String {
    let ends = part.changes.iter().any(|change| change.site.site.severity.terminates());
    let subject = subject.replace('`', "'");
    match ends {
        true => format!(
            "{subject}. action required: calls that ended the process with a dump of all goroutines exit with code 1."
        ),
        false => format!("{subject}."),
    }
}

fn notes(letter: &Letter<'_>, part: &Part<'_, '_>, told: &[Told]) -> String {
    let mut out = format!(
        "Made by fixed rules, by no person and no language model. To make it again:\n\n{}\n{}\n",
        fenced("text", &unindented(&letter.reproduce())),
        plain_lines(&owners(part)),
    );
    if !part.group.approvers.is_empty() {
        let names: Vec<_> = part.group.approvers.iter().map(|name| code(name)).collect();
        out.push_str(&format!("They are {}.\n\n", names.join(", ")));
    }
    let lines = letter.logcheck_lines(part);
    if !lines.is_empty() {
        out.push_str(&format!("For `hack/logcheck.conf`:\n\n{}\n", fenced("text", &lines.join("\n"))));
    }
    out.push_str(&table(part, told));
    let places = part.changes.iter().zip(told).map(|(change, told)| (change.place(), &told.lines));
    out.push_str(&format!("\n{}\n", plain_lines(SAMPLES)));
    let mut left = part.changes.len();
    for (place, lines) in places {
        let sample = format!("{}\n\n{}\n", code(&place), fenced("text", &unindented(lines)));
        if out.len() + sample.len() > ROOM {
            break;
        }
        out.push_str(&sample);
        left -= 1;
    }
    if left > 0 {
        out.push_str(&format!("The lines of {left} more stand in the mail of the patch, below its message.\n"));
    }
    out
}

fn table(part: &Part<'_, '_>, told: &[Told]) -> String {
    let mut out = format!(
        "{}:\n\n| where | old | new | applicability | request ID | reasons |\n|---|---|---|---|---|---|\n",
        counted(part.changes.len(), "call")
    );
    for (index, (change, told)) in part.changes.iter().zip(told).enumerate() {
        let id = match change.request_id() {
            Some(Ok(accessor)) if part.stage != Stage::Structural => code(&accessor),
            _ => String::new(),
        };
        let row = format!(
            "| {} | {} | {} | {} | {id} | {} |\n",
            code(&change.place()),
            code(&change.site.site.method),
            code(&told.function),
            kebab(&change.fix.applicability),
            change.fix.doubts.sentences().map(|reason| plain(&reason)).collect::<Vec<_>>().join("; "),
        );
        if out.len() + row.len() > ROOM / 2 {
            out.push_str(&format!("\n{} more stand in the commit message.\n", part.changes.len() - index));
            break;
        }
        out.push_str(&row);
    }
    out
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| line.trim_start().to_owned() + "\n").collect()
}

/// What bots obey: asked for with `--mentions`, made of OWNERS' plain names and labels only.
fn commands(part: &Part<'_, '_>) -> String {
    let login = |name: &&String| {
        !name.is_empty() && name.len() <= 39 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let mut out = String::from("\n/kind cleanup\n");
    for sig in &part.group.sigs {
        let name = sig.trim_start_matches("sig/");
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            out.push_str(&format!("/sig {name}\n"));
        }
    }
    let people: Vec<_> = part.group.approvers.iter().filter(login).map(|name| format!("@{name}")).collect();
    if !people.is_empty() {
        out.push_str(&format!("/cc {}\n", people.join(" ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_where_they_ask() {
        let template = "<!-- what this PR does\n-->\n**What this PR does / why**:\n\nFixes #\n**Special notes for you**:\n```release-note\n\n```\n";
        let filled = fill(template, "WHAT", "NOTES", "NOTE");
        assert_eq!(
            filled,
            "<!-- what this PR does\n-->\n**What this PR does / why**:\n\nWHAT\n\n**Special notes for you**:\n\nNOTES\n```release-note\nNOTE\n\n```\n"
        );
        assert_eq!(fill("x\n", "WHAT", "NOTES", "NOTE"), "x\n\nWHAT\n\nNOTES\n");
    }
}
