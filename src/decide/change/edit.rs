//! Calls that a person wrote in the place of a proposal: checked anew each time they are used.

use std::sync::Arc;

use tree_sitter::Node;

use crate::go::parse::{first_error, parse_bytes};
use crate::go::syntax::{kind, named_children};
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::text::{Edit, FileChange};
use crate::write::edit::{Applicability, Fix, file_fix};

/// Why a text cannot stand in the place of a call.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is no Go.
    #[error("the edited call does not parse")]
    DoesNotParse,
    /// It is something else than statements.
    #[error("the edited text is more than the call and what follows it")]
    NotACall,
    /// The file would not parse with it.
    #[error("the file does not parse with the edited call: {0}")]
    File(String),
}

/// The fix with `text` as the new call.
pub fn edited(file: &FilePlan, site: &SitePlan, fix: &Fix, text: &str) -> Result<Fix, EditError> {
    let text = text.trim();
    check(text)?;
    let names = |import: &&String| {
        let name = crate::go::index::default_name(import);
        text.contains(&format!("{name}."))
    };
    let new = Fix {
        applicability: Applicability::NeedsReview,
        after: text.to_owned(),
        message: None,
        edits: vec![Edit::replace(site.site.span, text)],
        imports: fix.imports.iter().filter(names).cloned().collect(),
        ..fix.clone()
    };
    whole(file, &[&new]).map(|_| new)
}

/// The file with these fixes.
fn whole(file: &FilePlan, fixes: &[&Fix]) -> Result<FileChange, EditError> {
    let tree = parse_bytes(&file.source).ok_or(EditError::DoesNotParse)?;
    file_fix(&file.path, &Arc::clone(&file.source), &tree, fixes).map_err(|error| EditError::File(error.to_string()))
}

/// One function whose body is the text and nothing else: a brace too many would end it early.
fn check(text: &str) -> Result<(), EditError> {
    let source = format!("package p\nfunc _() {{\n{text}\n}}\n");
    let tree = parse_bytes(source.as_bytes()).ok_or(EditError::DoesNotParse)?;
    if first_error(tree.root_node()).is_some() || text.is_empty() {
        return Err(EditError::DoesNotParse);
    }
    let declarations: Vec<_> = named_children(tree.root_node()).collect();
    let body = match declarations.as_slice() {
        [_, function] => function.child_by_field_name("body"),
        _ => None,
    };
    let calls = |node: Node<'_>| {
        let statements: Vec<_> = named_children(node)
            .flat_map(|n| if n.kind_id() == kind::STATEMENT_LIST { named_children(n).collect() } else { vec![n] })
            .collect();
        (1..=2).contains(&statements.len()) && statements.iter().all(|s| s.kind_id() == kind::EXPRESSION_STATEMENT)
    };
    if body.is_some_and(calls) { Ok(()) } else { Err(EditError::NotACall) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_pass() {
        assert_eq!(check("klog.InfoS(\"a\", \"b\", 1)"), Ok(()));
        assert_eq!(check("klog.ErrorS(err, \"a\")\nos.Exit(1)"), Ok(()));
        assert_eq!(check("klog.InfoS("), Err(EditError::DoesNotParse));
        assert_eq!(check(""), Err(EditError::DoesNotParse));
        assert_eq!(check("x := 1"), Err(EditError::NotACall));
        assert_eq!(check("klog.InfoS(\"a\")\n}\nfunc init() {\n\tevil()"), Err(EditError::NotACall));
        assert_eq!(check("a()\nb()\nc()"), Err(EditError::NotACall));
    }
}
