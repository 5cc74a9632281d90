//! Sample log lines: what a call prints, as text and as JSON, with each value shown as its own expression: `<pod.Name>`.
//!
//! Nothing is run. Values whose type is known, or given away by the call, are printed as klog prints that type; all others are
//! printed without quotes, as klog prints a structure.

mod made;
mod print;
mod printed;
mod value;
mod verb;
mod version;

use tree_sitter::Node;

use crate::go::syntax;
use crate::klog::call::{CallSite, Class, Parts, Snippet, Spoken};
use crate::klog::format::unquote;
use crate::rule::{RuleSet, Severity, Style, Version};

use made::{HOLE, Known, formatted, printed, value};
pub use print::Sample;
use print::{Header, Line};
pub use printed::Kind;
use value::{Value, shown};
use version::Klog;

/// The lines before and after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Samples {
    /// What the old call prints.
    pub before: Sample,
    /// What the new one does.
    pub after: Sample,
}

/// The lines that the calls `before` and `after` print at `site`, whose values are of these kinds, by their source.
pub fn samples(
    site: &CallSite,
    (before, after): (&str, &str),
    kinds: &[(String, Kind)],
    klog: Version,
    rules: &RuleSet,
) -> Samples {
    let mut known = Known::new(&rules.carriers.key, kinds);
    let header = Header::of(site, Klog::of(klog, rules));
    let is_contextual = site.class == Class::Contextual;
    let (Some(before), Some(after)) = (Snippet::parse(before), Snippet::parse(after)) else {
        return Samples::default();
    };
    let to_logger = is_contextual || after.went_to_logger(&before, &rules.log_calls);
    let mut sample = |call: &Snippet, on_logger: bool| {
        line(call, on_logger, rules, &mut known).map(|line| line.print(&header)).unwrap_or_default()
    };
    Samples { before: sample(&before, is_contextual), after: sample(&after, to_logger) }
}

/// What a search for the line of a call becomes with its rewrite.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rename {
    /// A regular expression for the old text, whatever its values are.
    pub old: String,
    /// The new message.
    pub message: String,
    /// The new keys, in their order.
    pub keys: Vec<String>,
}

/// How the line of a printf-style call is found before and after; `None` for calls with keys and values.
pub fn rename(
    site: &CallSite,
    (before, after): (&str, &str),
    kinds: &[(String, Kind)],
    rules: &RuleSet,
) -> Option<Rename> {
    let (before, after) = (Snippet::parse(before)?, Snippet::parse(after)?);
    let is_contextual = site.class == Class::Contextual;
    let to_logger = is_contextual || after.went_to_logger(&before, &rules.log_calls);
    let mut known = Known { holes: true, ..Known::new(&rules.carriers.key, kinds) };
    let old = line(&before, is_contextual, rules, &mut known).filter(|line| !line.structured)?;
    known.holes = false;
    let new = line(&after, to_logger, rules, &mut known)?;
    let parts: Vec<String> = old.message.trim_end_matches('\n').split(HOLE).map(regex::escape).collect();
    let error = new.error.map(|_| "err".to_owned());
    let keys = error.into_iter().chain(new.pairs.into_iter().map(|(key, _)| key)).collect();
    Some(Rename { old: parts.join(".*"), message: new.message, keys })
}

/// Reads a call; `None` where it is no log call that prints constant text.
fn line(call: &Snippet, on_logger: bool, rules: &RuleSet, known: &mut Known<'_>) -> Option<Line> {
    let Spoken { severity, style, parts } = call.read(&rules.log_calls, on_logger)?;
    match style {
        Some(style) => printing(&parts.printed, severity, style, call.source(), known),
        None => structured(&parts, severity, call.source(), known),
    }
}

fn printing(args: &[Node<'_>], severity: Severity, style: Style, source: &[u8], known: &mut Known<'_>) -> Option<Line> {
    let message = match style {
        Style::Printf => formatted(args, source, known).unwrap_or_else(|| {
            // The text is made at run time: each argument stands for itself.
            let values: Vec<_> = args.iter().map(|arg| known.shown(syntax::text(*arg, source))).collect();
            values.join(" ")
        }),
        Style::Print | Style::Println => printed(args, style, source, known),
    };
    Some(Line::unstructured(severity, message))
}

fn structured(parts: &Parts<'_>, severity: Severity, source: &[u8], known: &mut Known<'_>) -> Option<Line> {
    let text = |node: Node<'_>| syntax::text(node, source).to_owned();
    let message = text(parts.message?);
    let message = unquote(&message).unwrap_or_else(|| shown(&message));
    let mut line = Line { severity, message, error: None, nil_error: false, pairs: Vec::new(), structured: true };
    match parts.error {
        Some(node) if text(node) == "nil" => line.nil_error = true,
        Some(node) => line.error = Some(shown(&text(node))),
        None => {}
    }
    for pair in &parts.pairs {
        let key = pair.key.clone().unwrap_or_else(|| shown(&text(pair.key_node)));
        // A slice behind a key has its value, or not.
        let value = match pair.value.or(parts.spread) {
            Some(node) if key == "err" && !known.kinds.contains_key(&text(node)) => {
                Value::Of(Kind::Error, shown(&text(node)))
            }
            Some(node) if key == known.id_key => Value::of(node, source, Some(Kind::OwnText)),
            Some(node) => value(node, source, known, None),
            None => Value::Of(Kind::Text, "(MISSING)".to_owned()),
        };
        line.pairs.push((key, value));
    }
    if let Some(spread) = parts.spread.filter(|_| !parts.is_odd()) {
        let more = shown(&text(spread));
        line.pairs.push((more.clone(), Value::Other(more)));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{LineCol, Span};

    fn both(before: &str, after: &str) -> [String; 4] {
        typed(before, after, &[], Version(2, 70, 0))
    }

    fn typed(before: &str, after: &str, kinds: &[(String, Kind)], klog: Version) -> [String; 4] {
        let rules = RuleSet::load(None).unwrap();
        let found = samples(&site(), (before, after), kinds, klog, &rules);
        [found.before.text, found.after.text, found.before.json, found.after.json]
            .map(|line| line.replacen("0102 15:04:05.000000       1 ", " ", 1))
    }

    fn site() -> CallSite {
        CallSite {
            path: "pkg/kubelet/kubelet.go".into(),
            position: LineCol { line: 12, col: 2 },
            span: Span::new(0, 0),
            function: "f".into(),
            method: "V(4).Infof".into(),
            class: Class::Unstructured,
            severity: Severity::Info,
            verbosity: Some("4".into()),
        }
    }

    #[test]
    fn searches_are_told_what_becomes_of_a_line() {
        let rules = RuleSet::load(None).unwrap();
        let of = |before: &str, after: &str| rename(&site(), (before, after), &[], &rules);
        let new = "klog.ErrorS(err, \"Failed to sync\", \"pod\", pod, \"a\", 1)";
        let found = of("klog.Errorf(\"failed (%d) to sync %q%%: \" + why + \": %v\", 3, pod, err)", new).unwrap();
        assert_eq!(found.old, r"failed \(3\) to sync .*%: .*: .*");
        assert_eq!((found.message.as_str(), found.keys.join(" ")), ("Failed to sync", "err pod a".to_owned()));
        assert_eq!(of("klog.Error(\"no pod \", pod, string(b))", new).unwrap().old, "no pod .*.*");
        assert_eq!(of(new, new), None);
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
        assert_eq!(new, "E kubelet.go:12] \"Failed\" err=\"<err>\" ok=true s=\"<y>\"");
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
    #[test]
    fn types_tell_how_values_print_and_versions_of_klog_differ() {
        let kinds = [("phase", Kind::NamedText), ("n", Kind::Unsigned), ("names", Kind::Texts), ("d", Kind::Duration)];
        let kinds = kinds.map(|(text, kind)| (text.to_owned(), kind));
        let line = |klog| {
            let new = "klog.InfoS(\"x\", \"phase\", phase, \"n\", n, \"names\", names, \"d\", d)";
            let [old, new, ..] = typed("klog.Info(phase, n, d, names, n)", new, &kinds, klog);
            assert_eq!(old, "I kubelet.go:12] <phase>3 3s [<names>] 3");
            new.trim_start_matches("I kubelet.go:12] \"x\" ").to_owned()
        };
        assert_eq!(line(Version(2, 0, 0)), r#"phase="<phase>" n=0x3 names=[]string{"<names>"} d="3s""#);
        assert_eq!(line(Version(2, 70, 0)), r#"phase=<phase> n=3 names=[<names>] d="3s""#);
        let json = r#"phase="\u003cphase\u003e" n=3 names=["\u003cnames\u003e"] d="3s""#;
        assert_eq!(line(Version(2, 130, 1)), json);
    }

    #[test]
    fn what_looks_like_a_verb_is_text_where_nothing_is_formatted() {
        let before = |call| both(call, "x")[0].clone();
        assert_eq!(before("klog.Info(\"%d left\", len(a))"), "I kubelet.go:12] %d left3");
        assert_eq!(before("klog.Infoln(\"left\", len(a))"), "I kubelet.go:12] left 3");
        assert_eq!(before("klog.Info(fmt.Sprintf(\"%d left\", n), \"a\" + b)"), "I kubelet.go:12] 3 lefta<b>");
    }
}
