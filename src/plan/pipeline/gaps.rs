//! Go that the grammar has no rule for: no call may hide in it, and calls beside it are changed with care.

use std::collections::BTreeSet;

use crate::go::parse::{self, ParsedFile, Part, SourceFile};
use crate::go::syntax::named_children;
use crate::go::syntax::outline::{Decl, Outline, outline};
use crate::go::syntax::sure::is_surely_go;
use crate::klog::mention::{Mentions, can_hold_call};
use crate::rule::LogCalls;
use crate::text::Span;
use crate::text::diagnostic::Diagnostic;
use crate::write::edit::{Fix, Outcome};
use crate::write::reason::{Doubt, SkipReason};

use super::site::SitePlan;

/// Parses a file, or says why it was not analysed: it is broken, or a call may stand in what the tree leaves out.
pub(super) fn parse(source: SourceFile, rules: &LogCalls) -> Result<ParsedFile, Diagnostic> {
    parse::parse(source).and_then(|file| checked(file, rules))
}

/// As [`parse`], without declarations that do not mention klog, if the file is Go without asking the tree; where a comment has one of these
/// words, which may stand between declarations, without such functions alone that have none of them.
pub(super) fn parse_part(source: SourceFile, rules: &LogCalls, words: &[&str]) -> Result<ParsedFile, Diagnostic> {
    if !is_surely_go(&source.bytes) {
        return parse(source, rules);
    }
    let bytes = source.bytes.clone();
    let mentions = Mentions::of(&bytes, rules);
    let has_word = |text: &[u8]| words.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some());
    let outline = if has_word(&bytes) { None } else { outline(&bytes).ok() };
    let parsed = match outline {
        Some(outline) => {
            let code =
                |decls: &[Decl]| decls.first().and_then(|decl| bytes.get(decl.whole.0 as usize..decl.whole.1 as usize));
            parse::parse_wanted(source, &outline, &mut |decls| code(decls).is_none_or(|code| mentions.are_in(code)))
        }
        None => parse::parse_part(source, &|part: Part<'_>| mentions.are_in(part.text) || has_word(part.text)),
    };
    parsed.and_then(|file| checked(file, rules))
}

/// As [`parse`], of the file's head and those declarations alone that start at one of these places. `outline` is the file's own.
pub(super) fn parse_these(
    source: SourceFile,
    rules: &LogCalls,
    outline: &Outline,
    starts: &BTreeSet<usize>,
) -> Result<ParsedFile, Diagnostic> {
    let mut wants = |decls: &[Decl]| decls.first().is_some_and(|decl| starts.contains(&(decl.whole.0 as usize)));
    parse::parse_wanted(source, outline, &mut wants).and_then(|file| checked(file, rules))
}

fn checked(file: ParsedFile, rules: &LogCalls) -> Result<ParsedFile, Diagnostic> {
    match file.unread.iter().find(|span| can_hold_call(span.of(&file.source.bytes), rules)) {
        None => Ok(file),
        Some(span) => {
            let message = "not analysed: this is Go that the grammar does not know, and it may log";
            Err(Diagnostic::error(file.source.path.clone(), message)
                .at(file.lines.line_col(span.start))
                .help("write it in another way, or part the log call from it"))
        }
    }
}

/// In a declaration that was not read whole, a fix changes the call alone and is for review.
pub(super) fn doubt(sites: &mut [SitePlan], file: &ParsedFile) {
    if file.unread.is_empty() {
        return;
    }
    let declarations = named_children(file.tree.root_node()).map(|node| Span::from(node.byte_range()));
    let partly: Vec<Span> = declarations.filter(|d| file.unread.iter().any(|span| d.contains(span.start))).collect();
    for plan in sites.iter_mut().filter(|plan| partly.iter().any(|d| d.contains(plan.site.span.start))) {
        let call = plan.site.span;
        let Outcome::Fix(fix) = &mut plan.outcome else { continue };
        let within =
            |fix: &Fix| fix.edits.iter().all(|edit| call.start <= edit.span.start && edit.span.end <= call.end);
        if within(fix) && fix.elsewhere.is_empty() {
            fix.doubts.add(Doubt::FunctionUnread);
            fix.applicability = fix.doubts.applicability();
        } else {
            plan.outcome = SkipReason::FunctionUnread.into();
        }
    }
}
