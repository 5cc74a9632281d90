//! Calls that a person wrote in the place of a proposal: checked anew each time they are used.

use std::collections::BTreeSet;
use std::sync::Arc;

use tree_sitter::{Node, Tree};

use crate::go::parse::{first_error, parse_bytes};
use crate::go::syntax::{kind, named_children};
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::rule::LogCalls;
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
    /// It is a call of something else.
    #[error("the edited text calls {0}, which is no log call in the place of the old one")]
    NotALogCall(String),
    /// It calls what neither the old nor the proposed call calls.
    #[error("the edited text calls {0}, which neither the old nor the proposed call does")]
    NewCall(String),
    /// The file would not parse with it.
    #[error("the file does not parse with the edited call: {0}")]
    File(String),
}

/// The fix with `text` as the new call.
pub fn edited(file: &FilePlan, site: &SitePlan, fix: &Fix, log_calls: &LogCalls, text: &str) -> Result<Fix, EditError> {
    let text = text.trim();
    let before = std::str::from_utf8(site.site.span.of(&file.source)).unwrap_or_default();
    check(text, &Allowed { before, after: &fix.after, log_calls })?;
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
        names: Vec::new(),
        p: None,
        ..fix.clone()
    };
    whole(file, &[&new]).map(|_| new)
}

/// The file with these fixes.
fn whole(file: &FilePlan, fixes: &[&Fix]) -> Result<FileChange, EditError> {
    let tree = parse_bytes(&file.source).ok_or(EditError::DoesNotParse)?;
    file_fix(&file.path, &Arc::clone(&file.source), &tree, fixes).map_err(|error| EditError::File(error.to_string()))
}

/// What a text is compared with: the call as it was, and as it was proposed.
struct Allowed<'a> {
    before: &'a str,
    after: &'a str,
    log_calls: &'a LogCalls,
}

/// One function whose body is the text and nothing else: a brace too many would end it early.
fn wrapped(text: &str) -> Option<(String, Tree)> {
    let source = format!("package p\nfunc _() {{\n{text}\n}}\n");
    let tree = parse_bytes(source.as_bytes())?;
    first_error(tree.root_node()).is_none().then_some((source, tree))
}

/// The expressions that stand as statements, if there is nothing else.
fn expressions(tree: &Tree) -> Option<Vec<Node<'_>>> {
    let declarations: Vec<_> = named_children(tree.root_node()).collect();
    let [_, function] = declarations.as_slice() else { return None };
    let body = function.child_by_field_name("body")?;
    let statements: Vec<_> = named_children(body)
        .flat_map(|n| if n.kind_id() == kind::STATEMENT_LIST { named_children(n).collect() } else { vec![n] })
        .collect();
    let all = statements.iter().all(|statement| statement.kind_id() == kind::EXPRESSION_STATEMENT);
    all.then(|| statements.into_iter().filter_map(|statement| named_children(statement).next()).collect())
}

/// The text must be one log call, made on what the old or the proposed call is made on, perhaps with the end of the process
/// behind it, and it must call nothing that neither of the two calls.
fn check(text: &str, allowed: &Allowed<'_>) -> Result<(), EditError> {
    let (source, tree) = wrapped(text).filter(|_| !text.is_empty()).ok_or(EditError::DoesNotParse)?;
    let known: BTreeSet<String> = [allowed.before, allowed.after].into_iter().flat_map(callees).collect();
    let expressions = expressions(&tree).ok_or(EditError::NotACall)?;
    let (call, rest) = expressions.split_first().ok_or(EditError::NotACall)?;
    let roots: BTreeSet<&str> = known.iter().filter_map(|name| name.split('.').next()).collect();
    let name = callee(*call, &source).ok_or(EditError::NotACall)?;
    let root = name.split('.').next().unwrap_or_default();
    if !roots.contains(root) || !logs(&name, allowed.log_calls) {
        return Err(EditError::NotALogCall(name));
    }
    if rest.len() > 1 {
        return Err(EditError::NotACall);
    }
    for end in rest {
        let name = callee(*end, &source).ok_or(EditError::NotACall)?;
        let proposed = wrapped(allowed.after).is_some_and(|(_, tree)| expressions_len(&tree) > 1);
        if !(proposed && known.contains(&name)) {
            return Err(EditError::NewCall(name));
        }
    }
    let harmless = |name: &str| {
        let (package, function) = name.rsplit_once('.').unwrap_or(("", name));
        HARMLESS.contains(&name) || (package == root && function.starts_with('K'))
    };
    let mut every = Vec::new();
    collect(tree.root_node(), &mut every);
    let new = every.into_iter().filter(|node| node.id() != call.id() && !rest.iter().any(|end| end.id() == node.id()));
    for node in new {
        let name = callee(node, &source).unwrap_or_else(|| "a function of its own".to_owned());
        let of_chain = call.start_byte() == node.start_byte() && known_link(&name, allowed.log_calls);
        if !known.contains(&name) && !harmless(&name) && !of_chain {
            return Err(EditError::NewCall(name));
        }
    }
    Ok(())
}

/// Calls that change nothing, whatever they are given.
const HARMLESS: [&str; 12] = [
    "len",
    "cap",
    "string",
    "int",
    "int64",
    "float64",
    "fmt.Sprintf",
    "fmt.Sprint",
    "strconv.Itoa",
    "strconv.Quote",
    "strings.Join",
    "strings.TrimSpace",
];

fn expressions_len(tree: &Tree) -> usize {
    expressions(tree).map_or(0, |list| list.len())
}

/// `klog.V.InfoS` of `klog.V(2).InfoS(…)`; none where something else than names is called.
fn callee(call: Node<'_>, source: &str) -> Option<String> {
    if call.kind_id() != kind::CALL_EXPRESSION {
        return None;
    }
    let mut parts = Vec::new();
    let mut node = call;
    loop {
        match node.kind_id() {
            kind::CALL_EXPRESSION => node = node.child_by_field_name("function")?,
            kind::PARENTHESIZED_EXPRESSION => node = named_children(node).next()?,
            kind::SELECTOR_EXPRESSION => {
                parts.push(source.get(node.child_by_field_name("field")?.byte_range())?);
                node = node.child_by_field_name("operand")?;
            }
            kind::IDENTIFIER => {
                parts.push(source.get(node.byte_range())?);
                parts.reverse();
                return Some(parts.join("."));
            }
            _ => return None,
        }
    }
}

/// All calls in a text.
fn callees(text: &str) -> Vec<String> {
    let Some((source, tree)) = wrapped(text) else { return Vec::new() };
    let mut every = Vec::new();
    collect(tree.root_node(), &mut every);
    every.into_iter().filter_map(|call| callee(call, &source)).collect()
}

fn collect<'t>(node: Node<'t>, found: &mut Vec<Node<'t>>) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if node.kind_id() == kind::CALL_EXPRESSION {
            found.push(node);
        }
        open.extend(named_children(node));
    }
}

/// Whether the last name is that of a function that logs, and those between are of loggers.
fn logs(name: &str, rules: &LogCalls) -> bool {
    let mut parts = name.rsplit('.');
    let last = parts.next().unwrap_or_default();
    let is = |names: &[String]| names.iter().any(|known| known == last);
    let logger = is(&rules.logger.info) || is(&rules.logger.error);
    let between: Vec<&str> = parts.collect();
    let links = between.iter().rev().skip(1).all(|part| known_part(part, rules));
    (rules.function(last).is_some() || logger) && links
}

/// Whether a call inside a chain hands on a logger.
fn known_link(name: &str, rules: &LogCalls) -> bool {
    name.rsplit('.').next().is_some_and(|part| known_part(part, rules))
}

fn known_part(part: &str, rules: &LogCalls) -> bool {
    let is = |names: &[String]| names.iter().any(|known| known == part);
    matches!(part, "V" | "VDepth") || is(&rules.logger.constructors) || is(&rules.logger.methods)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    #[test]
    fn only_the_call_passes() {
        let rules = RuleSet::builtin().unwrap();
        let of = |text: &str, before: &str, after: &str| {
            check(text, &Allowed { before, after, log_calls: &rules.log_calls })
        };
        let plain = |text: &str| of(text, "klog.Infof(\"%s\", name(x))", "klog.InfoS(\"A\", \"x\", name(x))");
        assert_eq!(plain("klog.InfoS(\"a\", \"b\", 1)"), Ok(()));
        assert_eq!(plain("klog.V(2).InfoS(\"a\", \"b\", name(x), \"pod\", klog.KObj(pod))"), Ok(()));
        let end = "klog.ErrorS(err, \"A\")\nklog.FlushAndExit(klog.ExitFlushTimeout, 1)";
        assert_eq!(of(end, "klog.Fatal(err)", end), Ok(()));
        assert_eq!(plain("klog.InfoS("), Err(EditError::DoesNotParse));
        assert_eq!(plain(""), Err(EditError::DoesNotParse));
        assert_eq!(plain("x := 1"), Err(EditError::NotACall));
        assert_eq!(plain("klog.InfoS(\"a\")\n}\nfunc init() {\n\tevil()"), Err(EditError::NotACall));
        assert_eq!(plain("klog.InfoS(\"a\")\nklog.InfoS(\"b\")\nklog.InfoS(\"c\")"), Err(EditError::NotACall));
        for (text, name) in [
            ("klog.InfoS(\"a\"); remove(x)", "remove"),
            ("klog.InfoS(\"a\", \"b\", remove(x))", "remove"),
            ("klog.InfoS(\"a\", \"b\", func() int { return 1 }())", "a function of its own"),
            ("klog.V(level()).InfoS(\"a\")", "level"),
        ] {
            assert_eq!(plain(text), Err(EditError::NewCall(name.to_owned())), "{text}");
        }
        for (text, name) in [("remove(x)", "remove"), ("klog.SetOutput(x)", "klog.SetOutput"), ("name(x)", "name")] {
            assert_eq!(plain(text), Err(EditError::NotALogCall(name.to_owned())), "{text}");
        }
    }
}
