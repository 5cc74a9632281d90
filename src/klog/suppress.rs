//! `//klogmod:ignore reason`: calls that stay as they are because somebody said so.

use borsh::{BorshDeserialize, BorshSerialize};
use memchr::memmem;
use serde::Serialize;

use crate::go::parse::ParsedFile;
use crate::go::syntax::kind;
use crate::rule::Suppress;
use crate::text::diagnostic::Diagnostic;
use crate::text::{Edit, LineCol};

/// A comment that keeps calls as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Suppression {
    /// Where the comment starts.
    #[serde(flatten)]
    pub position: LineCol,
    /// What it says behind the directive.
    pub justification: String,
    /// The line that it is about: its own, or the next one where it stands alone.
    #[serde(skip)]
    pub covers: u32,
    /// Whether it is klogmod's own directive, which must be needed and justified.
    #[serde(skip)]
    pub own: bool,
}

/// All suppressions of a file.
pub fn suppressions(file: &ParsedFile, rules: &Suppress) -> Vec<Suppression> {
    let directives = std::iter::once((&rules.directive, true)).chain(rules.others.iter().map(|other| (other, false)));
    let mut found = Vec::new();
    for (directive, own) in directives {
        for at in memmem::find_iter(&file.source.bytes, directive.as_bytes()) {
            found.extend(suppression(file, directive, own, at));
        }
    }
    found.sort_by_key(|s| s.position);
    found
}

fn suppression(file: &ParsedFile, directive: &str, own: bool, at: usize) -> Option<Suppression> {
    let comment = file.tree.root_node().descendant_for_byte_range(at, at + directive.len())?;
    let text = file.text(comment).trim_end();
    let body = text.strip_prefix("//")?;
    let rest = body.strip_prefix(directive)?;
    // `//klogmod:ignored` is another word.
    if !(rest.is_empty() || rest.starts_with([' ', '\t', ','])) || comment.kind_id() != kind::COMMENT {
        return None;
    }
    let position = file.position(comment);
    let start = file.lines.line_start(position.line)?;
    let alone = file.source.bytes.get(start..comment.start_byte())?.trim_ascii().is_empty();
    let justification = rest.trim().trim_start_matches("//").trim().to_owned();
    Some(Suppression { position, justification, covers: position.line + u32::from(alone), own })
}

/// What keeps the call that starts at a byte as it is: the directive on a line of its own before it. Without a reason it is not whole,
/// and keeps nothing.
pub fn keep(source: &[u8], at: usize, rules: &Suppress, justification: &str) -> Edit {
    let start = memchr::memrchr(b'\n', source.get(..at).unwrap_or(source)).map_or(0, |end| end + 1);
    let line = source.get(start..at).unwrap_or_default();
    let indent: String =
        line.iter().take_while(|byte| byte.is_ascii_whitespace()).map(|byte| char::from(*byte)).collect();
    // A reason is one line.
    let justification = justification.split_whitespace().collect::<Vec<_>>().join(" ");
    Edit::insert(start, format!("{indent}//{} {justification}\n", rules.directive))
}

impl Suppression {
    /// Whether it keeps calls as they are: klogmod's own directive does so with a reason.
    pub fn counts(&self) -> bool {
        !self.own || !self.justification.is_empty()
    }

    /// What is wrong with the suppression itself, given whether it suppressed anything.
    pub fn complaint(&self, path: &str, used: bool) -> Option<Diagnostic> {
        let (message, help) = match (self.own, used, self.justification.is_empty()) {
            (true, false, _) => ("this suppression is about no klog call", "delete it"),
            (true, true, true) => ("this suppression gives no reason, so it keeps nothing", "say why behind it"),
            _ => return None,
        };
        Some(Diagnostic::warning(path, message).at(self.position).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;
    use crate::text::apply_edits;

    #[test]
    fn a_directive_stands_before_its_call() {
        let source = b"func f() {\n\tif x {\n\t\tklog.Info(y)\n\t}\n}\n";
        let at = memmem::find(source, b"klog").unwrap();
        let rules = RuleSet::builtin().unwrap();
        let edit = keep(source, at, &rules.scope.suppress, "printed\nby a script");
        let kept = String::from_utf8(apply_edits(source, &[edit]).unwrap()).unwrap();
        assert!(kept.contains("\tif x {\n\t\t//klogmod:ignore printed by a script\n\t\tklog.Info(y)\n"), "{kept}");
    }
}
