//! Sample log lines: what a call prints, as text and as JSON, with each value shown as its own expression: `<pod.Name>`.
//!
//! Nothing is run. Values whose type the call gives away are printed as klog prints that type; all others are printed
//! without quotes, as klog prints a number or a structure.

mod print;
mod value;

use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::go::syntax;
use crate::klog::call::{CallSite, Class, Parts, Snippet, Spoken};
use crate::klog::format::{Hole, Part, Reader, Template, unquote};
use crate::rule::{RuleSet, Severity, Style, Version};

pub use print::Sample;
use print::{Header, Line};
use value::{Value, hint_of};

/// The lines before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Samples {
    /// What the old call prints.
    pub before: Sample,
    /// What the new one does.
    pub after: Sample,
}

/// What the old call tells about its operands: the verb that prints an expression.
type Hints = BTreeMap<String, char>;

/// The lines that the calls `before` and `after` print at `site`.
pub fn samples(site: &CallSite, before: &str, after: &str, klog: Version, rules: &RuleSet) -> Samples {
    let mut hints = Hints::new();
    let header = Header::of(site, klog, rules.log_calls.has("nil-error-is-error", klog));
    let is_contextual = site.class == Class::Contextual;
    let (Some(before), Some(after)) = (Snippet::parse(before), Snippet::parse(after)) else {
        return Samples::default();
    };
    let to_logger = is_contextual || after.went_to_logger(&before, &rules.log_calls);
    let mut sample = |call: &Snippet, on_logger: bool| {
        line(call, on_logger, rules, &mut hints).map(|line| line.print(&header)).unwrap_or_default()
    };
    Samples { before: sample(&before, is_contextual), after: sample(&after, to_logger) }
}

/// Reads a call; `None` where it is no log call that prints constant text.
fn line(call: &Snippet, on_logger: bool, rules: &RuleSet, hints: &mut Hints) -> Option<Line> {
    let Spoken { severity, style, parts } = call.read(&rules.log_calls, on_logger)?;
    match style {
        Some(style) => printing(&parts.printed, severity, style, call.source(), hints),
        None => structured(&parts, severity, call.source(), hints),
    }
}

fn printing(args: &[Node<'_>], severity: Severity, style: Style, source: &[u8], hints: &mut Hints) -> Option<Line> {
    let reader = Reader {
        source,
        constant: &|_| None,
        printer: &|_| false,
        variable: &|_| None,
        error: &|_| false,
        fmt: Some("fmt"),
        wrappers: &[],
    };
    let Ok(template) = Template::of(args, style, &reader) else {
        // The text is made at run time: each argument stands for itself.
        let values: Vec<_> = args.iter().map(|arg| value::shown(syntax::text(*arg, source))).collect();
        return Some(Line::unstructured(severity, values.join(" ")));
    };
    let mut message = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => message.push_str(text),
            Part::Hole(hole) => {
                let letter = hole.verb.as_ref().map_or('v', |verb| verb.letter);
                hints.insert(syntax::text(hole.operand, source).to_owned(), letter);
                message.push_str(&hole_text(hole, source));
            }
        }
    }
    Some(Line::unstructured(severity, message))
}

fn hole_text(hole: &Hole<'_>, source: &[u8]) -> String {
    let text = syntax::text(hole.operand, source);
    let letter = hole.verb.as_ref().map_or('v', |verb| verb.letter);
    let hint = hint_of(hole.operand, source, Some(letter));
    let value = Value::of(hole.operand, source, hint);
    match letter {
        'q' => crate::klog::format::quote(&value.plain()),
        'T' => value::shown(&format!("type of {text}")),
        _ => value.plain(),
    }
}

fn structured(parts: &Parts<'_>, severity: Severity, source: &[u8], hints: &Hints) -> Option<Line> {
    let text = |node: Node<'_>| syntax::text(node, source).to_owned();
    let known = |node: Node<'_>| hints.get(&text(node)).copied();
    let value = |node: Node<'_>| Value::of(node, source, hint_of(node, source, known(node)));
    let message = text(parts.message?);
    let message = unquote(&message).unwrap_or_else(|| value::shown(&message));
    let mut line = Line { severity, message, error: None, nil_error: false, pairs: Vec::new(), structured: true };
    match parts.error {
        Some(node) if text(node) == "nil" => line.nil_error = true,
        Some(node) => line.error = Some(value::shown(&text(node))),
        None => {}
    }
    for pair in &parts.pairs {
        let key = pair.key.clone().unwrap_or_else(|| value::shown(&text(pair.key_node)));
        // A slice behind a key has its value, or not.
        let value = match pair.value.or(parts.spread) {
            Some(node) if key == "err" => Value::Error(value::shown(&text(node))),
            Some(node) => value(node),
            None => Value::Text("(MISSING)".to_owned()),
        };
        line.pairs.push((key, value));
    }
    if let Some(spread) = parts.spread.filter(|_| !parts.is_odd()) {
        let more = value::shown(&text(spread));
        line.pairs.push((more.clone(), Value::Other(more)));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{LineCol, Span};

    fn both(before: &str, after: &str) -> [String; 4] {
        let site = CallSite {
            path: "pkg/kubelet/kubelet.go".into(),
            position: LineCol { line: 12, col: 2 },
            span: Span::new(0, 0),
            function: "f".into(),
            method: "V(4).Infof".into(),
            class: Class::Unstructured,
            severity: Severity::Info,
            verbosity: Some("4".into()),
        };
        let rules = RuleSet::load(None).unwrap();
        let found = samples(&site, before, after, Version(2, 70, 0), &rules);
        [found.before.text, found.after.text, found.before.json, found.after.json]
            .map(|line| line.replacen("0102 15:04:05.000000       1 ", " ", 1))
    }

    #[test]
    fn lines_are_klogs() {
        let before = "klog.V(4).Infof(\"Pod %s on %q has %d containers: %v\", format.Pod(pod), node, n, x)";
        let after =
            "klog.V(4).InfoS(\"Pod has containers\", \"pod\", klog.KObj(pod), \"node\", node, \"count\", n, \"x\", x)";
        let [text, new, json, new_json] = both(before, after);
        assert_eq!(text, "I kubelet.go:12] Pod <format.Pod(pod)> on \"<node>\" has 3 containers: <x>");
        assert_eq!(
            new,
            "I kubelet.go:12] \"Pod has containers\" pod=\"<pod.Namespace>/<pod.Name>\" node=\"<node>\" count=3 x=<x>"
        );
        assert_eq!(
            json,
            r#"{"ts":1136214245000.0,"caller":"kubelet/kubelet.go:12","msg":"Pod <format.Pod(pod)> on \"<node>\" has 3 containers: <x>\n","v":4}"#
        );
        assert_eq!(
            new_json,
            r#"{"ts":1136214245000.0,"caller":"kubelet/kubelet.go:12","msg":"Pod has containers","v":4,"pod":{"name":"<pod.Name>","namespace":"<pod.Namespace>"},"node":"<node>","count":3,"x":"<x>"}"#
        );
    }

    #[test]
    fn errors_come_first_and_have_no_level() {
        let [text, new, json, new_json] = both(
            "klog.Errorf(\"failed: %v\", err)",
            "klog.ErrorS(err, \"Failed\", \"ok\", true, \"s\", fmt.Sprintf(\"%x\", y))",
        );
        assert_eq!(text, "E kubelet.go:12] failed: <err>");
        assert_eq!(new, "E kubelet.go:12] \"Failed\" err=\"<err>\" ok=true s=\"<fmt.Sprintf(\\\"%x\\\", y)>\"");
        assert!(json.ends_with(r#""msg":"failed: <err>\n"}"#), "{json}");
        assert!(new_json.contains(r#""msg":"Failed","err":"<err>","ok":true,"s":"#), "{new_json}");
        assert_eq!(both("klog.Error(a(", "x")[0], "");
    }

    #[test]
    fn depths_loggers_lists_and_wrapped_pairs_print_as_klog_prints_them() {
        let after = |call| both("klog.InfoDepth(1, \"x\")", call)[1].clone();
        assert_eq!(after("klog.InfoSDepth(1, \"Made\", \"n\", 2)"), "I kubelet.go:12] \"Made\" n=2");
        assert_eq!(after("klog.ErrorSDepth(1, err, \"Made\")"), "E kubelet.go:12] \"Made\" err=\"<err>\"");
        assert_eq!(after("logger.V(4).Info(\"Made\", \"n\", 2)"), "I kubelet.go:12] \"Made\" n=2");
        assert_eq!(after("klog.InfoS(\"Made\", ids.Pairs(\"n\", 2)...)"), "I kubelet.go:12] \"Made\" n=2");
        assert_eq!(
            after("klog.InfoS(\"Made\", \"n\", 2, list...)"),
            "I kubelet.go:12] \"Made\" n=2 <list...>=<list...>"
        );
        assert_eq!(after("klog.InfoS(\"Made\", \"n\")"), "I kubelet.go:12] \"Made\" n=\"(MISSING)\"");
    }
}
