//! What is known about the call under the cursor: all that `explain` tells, and what the log shows before and after.

use anyhow::Result;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::asked::Asked;
use super::position::Positions;
use super::seen::{Seen, with_changes};
use crate::decide::decision::Decisions;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::plan::report;
use crate::plan::report::style::one_line;
use crate::text::Span;

/// What is to be told at a byte; `None` where no call stands.
pub fn at(
    seen: &Seen,
    offset: usize,
    asked: &Asked,
    decisions: &Decisions,
    positions: &Positions<'_>,
) -> Result<Option<Hover>> {
    let (Some(file), Some(site)) = (&seen.file, innermost(seen, offset)) else { return Ok(None) };
    let mut told = Vec::new();
    report::text::explain(file, site, &asked.rules, &mut anstream::StripStream::new(&mut told))?;
    let mut text = fenced(&String::from_utf8_lossy(&told));
    text.push_str(&lines(file, site, asked, decisions));
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
    Ok(Some(Hover { contents, range: Some(positions.range(site.site.span)) }))
}

/// Of a call and one in its arguments the inner one.
fn innermost(seen: &Seen, offset: usize) -> Option<&SitePlan> {
    let sites = seen.sites(Span::new(offset, offset));
    sites.into_iter().min_by_key(|site| site.site.span.end - site.site.span.start)
}

/// The log lines before and after, and what was decided.
fn lines(file: &FilePlan, site: &SitePlan, asked: &Asked, decisions: &Decisions) -> String {
    with_changes(asked, file, decisions, |changes| {
        let Some(change) = changes.iter().find(|change| change.site.fingerprint == site.fingerprint) else {
            return String::new();
        };
        let samples = change.samples(&asked.rules);
        let shown = [
            ("before", &samples.before.text),
            ("after ", &samples.after.text),
            ("before", &samples.before.json),
            ("after ", &samples.after.json),
        ];
        let shown = shown.into_iter().filter(|(_, line)| !line.is_empty());
        let printed: String = shown.map(|(when, line)| format!("{when} {}\n", one_line(line))).collect();
        format!("\nThe log line, as text and as JSON:\n{}\nDecision: {}\n", fenced(&printed), change.state.name())
    })
}

/// As code: text from the checkout is no markup.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::fenced;

    #[test]
    fn no_text_ends_its_fence() {
        assert_eq!(fenced("a\n"), "```text\na\n```\n");
        assert_eq!(fenced("a\n```\n# b"), "````text\na\n```\n# b\n````\n");
    }
}
