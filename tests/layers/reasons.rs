//! A reason is a value: nothing decides by its text.
//!
//! Reasons are the enums that `reasons!` declares; their text comes out of `Display` alone. What these tests see is syntax: names
//! that reasons go by, and what is done with them. They see a field of text under such a name, the text of one made outside the
//! files that show it, and a comparison of what goes by such a name with text. They do not see a sentence that goes by another
//! name, nor one that a function was given as `&str`: hence they look at fields, and at where a text is made.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::visit::{self, Visit};

/// What reasons are called.
const NAMES: &[&str] = &[
    "reason", "reasons", "detail", "doubt", "doubts", "cause", "causes", "why", "refusal", "obstacle", "caveat",
    "skip", "off",
];

/// Fields that hold a text under such a name, and whose it is. The list only ever gets shorter.
const TEXTS: &[&str] = &[
    // What people wrote: in decisions, rules and orders of the page.
    "RejectArgs.reason",
    "RawDecision.reason",
    "Rejected.reason",
    "Row.reason",
    "Order.reason",
    "Batch.reason",
    "Cut.reason",
    "Wire.why",
    "Declined.reason",
    "Leave.reason",
    "ByHand.why",
    "Wired.why",
    // What is written as it is: documents, and their totals by part.
    "Row.why",
    "Call.reason",
    "ShownSkip.detail",
    "Shown.reasons",
    "ShownBlocked.detail",
    // A digest or a rule's name: what a line of the baseline is about.
    "Entry.detail",
    // What a compiler or a parser said, as an error shows it.
    "Demoted.reason",
    "Path.reason",
    "Sender.reason",
    "Tree.reason",
    "Unparsed.reason",
];

/// Where the text of a reason is made: for people, for documents, and to count by it.
const PRINTERS: &[&str] = &[
    "src/cli/",
    "src/decide/review/",
    "src/measure/coverage/of_plan.rs",
    "src/measure/publish/",
    "src/plan/pipeline/whole.rs",
    "src/plan/report/",
    "src/ship/cut/",
    "src/write/edit/outcome.rs",
    "src/write/reason/",
    "src/write/thread/outcome.rs",
];

/// Methods that look into a text.
const LOOKS: &[&str] = &[
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "split_once",
    "rsplit_once",
    "trim_start_matches",
    "trim_end_matches",
    "eq_ignore_ascii_case",
];

/// Such methods that lists have as well.
const LOOKS_OF_LISTS: &[&str] = &["contains", "find", "eq", "ne", "split", "matches"];

type Args = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;

#[derive(Default)]
struct Found {
    /// What stands in macros: looked at when the file is done.
    matches: Vec<syn::Expr>,
    texts: BTreeSet<String>,
    made: BTreeSet<String>,
    looks: BTreeSet<String>,
}

fn words(tokens: impl ToTokens) -> Vec<String> {
    let text = tokens.to_token_stream().to_string();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}

fn is_reason(tokens: impl ToTokens) -> bool {
    words(tokens).iter().any(|word| NAMES.contains(&word.as_str()))
}

/// A literal, a constant, or something that is just made a text.
fn is_text(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Lit(lit) => matches!(lit.lit, syn::Lit::Str(_) | syn::Lit::Char(_)),
        syn::Expr::Reference(inner) => is_text(&inner.expr),
        syn::Expr::Paren(inner) => is_text(&inner.expr),
        syn::Expr::Macro(inner) => inner.mac.path.is_ident("format"),
        syn::Expr::MethodCall(call) => ["to_string", "as_str", "to_owned"].iter().any(|name| call.method == name),
        syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
            let name = name.to_string();
            name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        }),
        _ => false,
    }
}

/// Whether a reason's text, or its code, is what an expression gives.
fn gives_text(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Reference(inner) => gives_text(&inner.expr),
        syn::Expr::Paren(inner) => gives_text(&inner.expr),
        syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "to_string" | "code" => is_reason(&call.receiver),
            "as_str" | "as_deref" | "trim" => is_reason(&call.receiver) || gives_text(&call.receiver),
            _ => false,
        },
        _ => false,
    }
}

impl Found {
    fn of(text: &str) -> Self {
        let mut found = Self::default();
        found.visit_file(&syn::parse_file(text).unwrap());
        while let Some(inside) = found.matches.pop() {
            Visit::visit_expr(&mut found, &inside);
        }
        found
    }

    fn compared(&mut self, left: &syn::Expr, right: &syn::Expr, whole: impl ToTokens) {
        let looks = |one, other| gives_text(one) || is_reason(one) && is_text(other);
        if looks(left, right) || looks(right, left) {
            self.looks.insert(whole.to_token_stream().to_string());
        }
    }

    fn matched(&mut self, subject: &syn::Expr, pattern: &str) {
        if (gives_text(subject) || is_reason(subject)) && pattern.contains('"') {
            self.looks.insert(format!("match {}", subject.to_token_stream()));
        }
    }

    fn fields(&mut self, owner: &syn::Ident, fields: &syn::Fields) {
        for field in fields {
            let Some(name) = &field.ident else { continue };
            let textual = words(&field.ty).iter().any(|word| word == "String" || word == "str");
            if textual && NAMES.iter().any(|known| name == known) {
                self.texts.insert(format!("{owner}.{name}"));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests look at what they want.
        if !module.attrs.iter().any(|attr| attr.path().is_ident("cfg")) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.fields(&item.ident, &item.fields);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.fields(&variant.ident, &variant.fields);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if matches!(binary.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_)) {
            self.compared(&binary.left, &binary.right, binary);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_match(&mut self, whole: &'ast syn::ExprMatch) {
        for arm in &whole.arms {
            self.matched(&whole.expr, &arm.pat.to_token_stream().to_string());
        }
        visit::visit_expr_match(self, whole);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        let of_reason = is_reason(&call.receiver);
        let text = || call.args.iter().any(is_text) || gives_text(&call.receiver);
        let looks = LOOKS.contains(&method.as_str()) || LOOKS_OF_LISTS.contains(&method.as_str()) && text();
        if of_reason && looks {
            self.looks.insert(call.to_token_stream().to_string());
        }
        if method == "sentences" || method == "to_string" && last(&call.receiver).is_some_and(|name| is_reason(&name)) {
            self.made.insert(call.to_token_stream().to_string());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string();
        let shown = |name: &&str| text.contains(&format!("{{{name}}}")) || text.contains(&format!("{{{name}:"));
        if !mac.path.is_ident("reasons") && NAMES.iter().any(shown) {
            self.made.insert(mac.to_token_stream().to_string());
        }
        let matched = |input: syn::parse::ParseStream<'_>| {
            let subject: syn::Expr = input.parse()?;
            input.parse::<syn::Token![,]>()?;
            Ok((subject, input.parse::<proc_macro2::TokenStream>()?))
        };
        if mac.path.is_ident("matches") {
            if let Ok((subject, pattern)) = mac.parse_body_with(matched) {
                self.matched(&subject, &pattern.to_string());
                self.matches.push(subject);
            }
        } else if let Ok(args) = mac.parse_body_with(Args::parse_terminated) {
            self.matches.extend(args);
        }
    }
}

/// The name that an expression ends with: `skip.reason` → reason.
fn last(expr: &syn::Expr) -> Option<syn::Ident> {
    match expr {
        syn::Expr::Path(path) => path.path.get_ident().cloned(),
        syn::Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(name.clone()),
            syn::Member::Unnamed(_) => None,
        },
        syn::Expr::Paren(inner) => last(&inner.expr),
        _ => None,
    }
}

#[test]
fn nothing_decides_by_the_text_of_a_reason() {
    let mut looks = Vec::new();
    for (path, text) in super::sources() {
        looks.extend(Found::of(&text).looks.into_iter().map(|what| format!("{path}: {what}")));
    }
    assert!(looks.is_empty(), "ask for the variant, or for the code's order:\n{}", looks.join("\n"));
}

#[test]
fn reasons_are_no_texts() {
    let mut texts = BTreeSet::new();
    let mut new = Vec::new();
    for (path, text) in super::sources() {
        let found = Found::of(&text).texts;
        new.extend(found.iter().filter(|f| !TEXTS.contains(&f.as_str())).map(|field| format!("{path}: {field}")));
        texts.extend(found);
    }
    assert!(new.is_empty(), "a reason is a variant of an enum of src/write/reason or src/path/off.rs: {new:#?}");
    let gone: Vec<_> = TEXTS.iter().filter(|field| !texts.contains(**field)).collect();
    assert!(gone.is_empty(), "no longer there, so no longer to be listed: {gone:#?}");
}

#[test]
fn the_text_of_a_reason_is_made_where_it_is_shown() {
    let mut made = Vec::new();
    for (path, text) in super::sources() {
        if !PRINTERS.iter().any(|printer| path.starts_with(printer)) {
            made.extend(Found::of(&text).made.into_iter().map(|what| format!("{path}: {what}")));
        }
    }
    assert!(made.is_empty(), "hand the value on, and let the printer make the text:\n{}", made.join("\n"));
}

#[test]
fn what_is_forbidden_is_seen() {
    let body = |text: &str| Found::of(&format!("fn f() {{ {text}; }}"));
    for look in [
        "skip.detail == NO_CARRIER",
        "\"no carrier\" != reason",
        "self.reason.starts_with(BATCH)",
        "doubts.iter().any(|doubt| doubt == \"it is said\")",
        "why.to_string().contains(needle)",
        "fix.doubts.sentences().any(|reason| reason.contains(\"KObj\"))",
        "match cause.to_string().as_str() { \"x\" => 1, _ => 2 }",
        "matches!(reason.as_str(), \"a\" | \"b\")",
        "skip.reason.code().as_str() == \"klog-v1\"",
        "assert!(refusal.to_string() == other)",
    ] {
        assert!(!body(look).looks.is_empty(), "not seen: {look}");
    }
    for fine in
        ["doubts.contains(&doubt)", "fix.request_id == Some(RequestId::None(NoId::NoCarrier))", "why == Why::Moved"]
    {
        assert!(body(fine).looks.is_empty(), "seen: {fine}");
    }
    for made in ["f(&skip.reason.to_string())", "format!(\"skipped: {reason}\")", "thread.doubts.sentences()"] {
        assert!(!body(made).made.is_empty(), "not seen: {made}");
    }
    assert!(!Found::of("struct Skip { detail: Cow<'static, str> }").texts.is_empty());
    assert!(!Found::of("enum Id { None { why: Option<String> } }").texts.is_empty());
}
