//! A log call in text of its own, as a fix or a person wrote it: there is no file around it, so that names are what they look like.

use tree_sitter::{Node, Tree};

use super::parts::{Known, Parts, is_named};
use crate::go::parse::parse_bytes;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::rule::{Function, LogCalls, Severity, Style};

/// What stands before a text, so that it can be parsed.
const HEAD: &str = "package p\nfunc _() {\n";

/// A text whose first statement is a call.
pub struct Snippet {
    source: String,
    tree: Tree,
}

/// What a snippet's call says.
pub struct Spoken<'t> {
    /// What it prints at the head of the line.
    pub severity: Severity,
    /// How it reads what it prints; `None` for calls with keys and values.
    pub style: Option<Style>,
    /// What it is given.
    pub parts: Parts<'t>,
}

impl Snippet {
    /// Parses the text of a call, and what may follow it.
    pub fn parse(text: &str) -> Option<Self> {
        let source = format!("{HEAD}{text}\n}}\n");
        let tree = parse_bytes(source.as_bytes())?;
        Some(Self { source, tree })
    }

    /// Where the text starts in what its nodes are read from.
    pub fn start(&self) -> usize {
        HEAD.len()
    }

    /// What its nodes are read from.
    pub fn source(&self) -> &[u8] {
        self.source.as_bytes()
    }

    /// The name behind the last dot: `InfoS` of `klog.V(4).InfoS(…)`.
    pub fn method(&self) -> Option<&str> {
        Some(self.text(self.callee()?.1))
    }

    /// Reads the call. Where klog and loggers have a function of one name, as `Info`, it is a logger's if `on_logger`.
    pub fn read(&self, rules: &LogCalls, on_logger: bool) -> Option<Spoken<'_>> {
        let (call, name) = self.callee()?;
        let name = self.text(name);
        let of_logger = rules.logger_method(name).filter(|_| on_logger);
        let function = of_logger.or_else(|| rules.function(name))?;
        let known = Known {
            source: self.source(),
            constant: &|_| None,
            wraps: &|callee| is_named(callee, self.source(), &rules.logger.pairs, &|_| true),
            appends: &|callee| is_named(callee, self.source(), &rules.logger.append, &|_| true),
        };
        let (Function::Printing { severity, .. } | Function::Structured { severity, .. }) = function;
        let style = match function {
            Function::Printing { style, .. } => Some(style),
            Function::Structured { .. } => None,
        };
        Some(Spoken { severity, style, parts: Parts::of(call, &function, &known)? })
    }

    /// Whether this call, which replaces `old`, is one of a logger: it is made on something else, or on what klog's `constructors`
    /// give.
    pub fn went_to_logger(&self, old: &Self, rules: &LogCalls) -> bool {
        let (root, calls) = self.chain();
        let constructed = calls.iter().any(|name| rules.logger.constructors.iter().any(|c| c == name));
        constructed || root != old.chain().0
    }

    /// The variable or package in front of all dots, and the names that are called behind it.
    fn chain(&self) -> (Option<&str>, Vec<&str>) {
        let (mut root, mut calls) = (None, Vec::new());
        let mut callee = self.callee().and_then(|(call, _)| call.function()).map(|f| peel(f.node()));
        while let Some(selector) = callee.and_then(SelectorExpression::cast) {
            calls.extend(selector.field().map(|field| self.text(field.node())));
            let operand = selector.operand().map(|operand| peel(operand.node()));
            root = operand.filter(|node| node.kind_id() == kind::IDENTIFIER).map(|node| self.text(node));
            callee = operand.and_then(CallExpression::cast).and_then(|c| c.function()).map(|f| peel(f.node()));
        }
        (root, calls)
    }

    /// The call, and the name of what it calls.
    fn callee(&self) -> Option<(CallExpression<'_>, Node<'_>)> {
        let call = first_call(self.tree.root_node())?;
        let callee = peel(call.function()?.node());
        match SelectorExpression::cast(callee) {
            Some(selector) => Some((call, selector.field()?.node())),
            None => Some((call, callee)),
        }
    }

    fn text(&self, node: Node<'_>) -> &str {
        syntax::text(node, self.source())
    }
}

fn first_call(root: Node<'_>) -> Option<CallExpression<'_>> {
    let mut node = root;
    loop {
        if let Some(call) = CallExpression::cast(node) {
            return Some(call);
        }
        // The body of the function around the snippet is its last child; the snippet's own call its first statement.
        node = match node.kind_id() {
            kind::SOURCE_FILE | kind::FUNCTION_DECLARATION => named_children(node).last()?,
            _ => named_children(node).next()?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    /// What is read of a call, part by part.
    fn parts(call: &str, on_logger: bool) -> String {
        let rules = RuleSet::load(None).unwrap();
        let snippet = Snippet::parse(call).unwrap();
        let Some(Spoken { severity, style, parts }) = snippet.read(&rules.log_calls, on_logger) else {
            return "no log call".to_owned();
        };
        let text = |node: Node<'_>| syntax::text(node, snippet.source()).to_owned();
        let mut out = vec![format!("{severity:?}")];
        out.extend(style.map(|style| format!("{style:?}")));
        let named = [("depth", parts.depth), ("error", parts.error), ("message", parts.message)];
        out.extend(named.into_iter().filter_map(|(name, node)| Some(format!("{name} {}", text(node?)))));
        out.extend(parts.printed.iter().map(|node| format!("prints {}", text(*node))));
        for pair in &parts.pairs {
            let key = pair.key.clone().unwrap_or_else(|| format!("?{}", text(pair.key_node)));
            out.push(format!("{key}={}", pair.value.map_or("-".to_owned(), text)));
        }
        out.extend(parts.spread.map(|node| format!("more {}", text(node))));
        out.join("; ")
    }

    #[test]
    fn arguments_are_told_apart_in_every_spelling() {
        for (call, want) in [
            ("klog.InfoS(\"m\", \"a\", x, \"b\", y)", "Info; message \"m\"; a=x; b=y"),
            ("klog.V(4).InfoS(\"m\")", "Info; message \"m\""),
            ("klog.ErrorS(nil, \"m\", \"a\", x)", "Error; error nil; message \"m\"; a=x"),
            ("klog.InfoSDepth(1, \"m\", \"a\", x)", "Info; depth 1; message \"m\"; a=x"),
            ("klog.ErrorSDepth(d, err, \"m\", \"a\", x)", "Error; depth d; error err; message \"m\"; a=x"),
            ("klog.InfoS(\"m\", key, x, \"b\")", "Info; message \"m\"; ?key=x; b=-"),
            ("klog.InfoS(\"m\", \"a\", x, /* why */ list...)", "Info; message \"m\"; a=x; more list..."),
            ("klog.InfoS(\"m\", \"a\", list...)", "Info; message \"m\"; a=-; more list..."),
            ("klog.ErrorSDepth(1, err, \"m\", list...)", "Error; depth 1; error err; message \"m\"; more list..."),
            ("klog.InfoS(\"m\", ids.Pairs(\"a\", x, \"b\", y)...)", "Info; message \"m\"; a=x; b=y"),
            ("klog.InfoS(\"m\", \"z\", 1, ids.Pairs(\"a\", x)...)", "Info; message \"m\"; z=1; a=x"),
            ("klog.InfoS(\"m\", ids.Pairs(list...)...)", "Info; message \"m\"; more list..."),
            ("klog.InfoS(\"m\", ids.Other(\"a\", x)...)", "Info; message \"m\"; more ids.Other(\"a\", x)..."),
            ("klog.Infof(\"%s\", x)", "Info; Printf; prints \"%s\"; prints x"),
            ("klog.ErrorDepth(2, x, y)", "Error; Print; depth 2; prints x; prints y"),
            ("klog.Warningln(list...)", "Warning; Println; prints list..."),
            ("klog.ErrorS(err)", "Error; error err"),
            ("klog.Flush()", "no log call"),
        ] {
            assert_eq!(parts(call, false), want, "{call}");
        }
        assert_eq!(parts("logger.V(2).Info(\"m\", \"a\", x)", true), "Info; message \"m\"; a=x");
        assert_eq!(parts("logger.Error(err, \"m\")", true), "Error; error err; message \"m\"");
        assert_eq!(parts("klog.Info(\"m\", x)", false), "Info; Print; prints \"m\"; prints x");
    }

    #[test]
    fn a_pair_is_cut_with_one_comma() {
        let rules = RuleSet::load(None).unwrap();
        for (call, key, want) in [
            ("klog.InfoS(\"m\", \"a\", x, \"b\", y)", "b", Some("klog.InfoS(\"m\", \"a\", x)")),
            (
                "klog.InfoS(\"m\", ids.Pairs(\"a\", x, \"b\", y)...)",
                "a",
                Some("klog.InfoS(\"m\", ids.Pairs(\"b\", y)...)"),
            ),
            (
                "klog.InfoS(\"m\", ids.Pairs(\"a\", x, \"b\", y)...)",
                "b",
                Some("klog.InfoS(\"m\", ids.Pairs(\"a\", x)...)"),
            ),
            ("klog.InfoS(\"m\", ids.Pairs(\"a\", x)...)", "a", None),
            ("klog.InfoS(\"m\", \"a\")", "a", None),
        ] {
            let snippet = Snippet::parse(call).unwrap();
            let parts = snippet.read(&rules.log_calls, false).unwrap().parts;
            let cut = parts.pair(key).and_then(|pair| parts.cut(pair));
            let mut text = snippet.source.clone();
            let left = cut.map(|cut| {
                text.replace_range(cut.start..cut.end, "");
                text.lines().nth(2).unwrap().to_owned()
            });
            assert_eq!(left.as_deref(), want, "{call}");
        }
    }

    #[test]
    fn the_new_call_is_known_by_what_it_is_made_on() {
        let rules = RuleSet::load(None).unwrap();
        for (old, new, method, logger) in [
            ("klog.Infof(\"a\")", "klog.InfoS(\"a\")", "InfoS", false),
            ("klog.V(f(x)).Infof(\"a\")", "klog.V(f(x)).InfoSDepth(1)", "InfoSDepth", false),
            ("klog.V(4).Infof(\"a\")", "logger.V(4).Info(\"a\")", "Info", true),
            ("klog.Infof(\"a\")", "klog.FromContext(ctx).Info(\"a\")", "Info", true),
            ("Infof(\"a\")", "Info(\"a\")", "Info", false),
            ("Infof(\"a\")", "logger.Info(\"a\")", "Info", true),
        ] {
            let [old, new] = [old, new].map(|text| Snippet::parse(text).unwrap());
            assert_eq!(new.method(), Some(method));
            assert_eq!(new.went_to_logger(&old, &rules.log_calls), logger, "{method}");
        }
    }
}
