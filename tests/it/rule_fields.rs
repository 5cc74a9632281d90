//! Every field of a rule, and of klogmod.toml, does something.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// What goes into the table of rules that has the same shape, whose fields are looked at.
const MERGED: [(&str, &str); 4] =
    [("Config", "operations"), ("Config", "phases"), ("Config", "environments"), ("Config", "callgraph")];

/// What reads fields only to load and to check them.
const LOADING: [&str; 3] = ["load.rs", "source.rs", "validate.rs"];

/// Names of fields that code reads, `.name` with no call behind it or `Type { name, … }`, macros included.
fn reads(tokens: TokenStream, found: &mut BTreeSet<String>, mentioned: &mut BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == sign);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => {
                mentioned.insert(name.to_string());
                let dotted = at > 0 && is(at - 1, '.') && !(at > 1 && is(at - 2, '.'));
                let called =
                    matches!(tokens.get(at + 1), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
                if dotted && !called && !is(at + 1, ':') {
                    found.insert(name.to_string());
                }
            }
            TokenTree::Group(group) => {
                // `let Operations { phase, .. } = …`: names without values in a group that leaves others out.
                let inner: Vec<_> = group.stream().into_iter().collect();
                let rest = matches!(inner.last(), Some(TokenTree::Punct(p)) if p.as_char() == '.');
                if group.delimiter() == Delimiter::Brace && rest {
                    found.extend(inner.iter().filter_map(|t| match t {
                        TokenTree::Ident(name) => Some(name.to_string()),
                        _ => None,
                    }));
                }
                reads(group.stream(), found, mentioned);
            }
            _ => {}
        }
    }
}

/// Whether tokens name a type.
fn names(tokens: TokenStream, wanted: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == wanted,
        TokenTree::Group(group) => names(group.stream(), wanted),
        _ => false,
    })
}

/// Fields of what is read from TOML: the struct, the field, its type.
fn rule_fields(sources: &[String]) -> Vec<(String, String, TokenStream)> {
    let structs = sources.iter().flat_map(|source| syn::parse_file(source).unwrap().items);
    let mut found = Vec::new();
    for item in structs {
        let syn::Item::Struct(item) = item else { continue };
        let is_whole = item.ident == "RuleSet";
        let derives = item.attrs.iter().filter(|a| a.path().is_ident("derive"));
        if !is_whole && !derives.into_iter().any(|a| names(a.meta.to_token_stream(), "Deserialize")) {
            continue;
        }
        for field in item.fields {
            let skipped =
                field.attrs.iter().any(|a| a.path().is_ident("serde") && names(a.meta.to_token_stream(), "skip"));
            if let (Some(name), false) = (field.ident, skipped) {
                found.push((item.ident.to_string(), name.to_string(), field.ty.to_token_stream()));
            }
        }
    }
    found
}

/// Fields that no code reads, as `Struct.field`. A read counts in a file that names the struct or a value that is called after it,
/// or that reads a field that holds it.
fn unread(fields: &[(String, String, TokenStream)], code: &[String]) -> Vec<String> {
    let read_by_file = code.iter().map(|text| {
        let (mut found, mut mentioned) = (BTreeSet::new(), BTreeSet::new());
        reads(text.parse().unwrap(), &mut found, &mut mentioned);
        (found, mentioned)
    });
    let read_by_file: Vec<_> = read_by_file.collect();
    let is_read = |owner: &str, name: &str| {
        read_by_file.iter().any(|(found, mentioned)| {
            let mut holders = fields.iter().filter(|(_, _, ty)| names(ty.clone(), owner));
            let called = mentioned.contains(owner) || mentioned.contains(&owner.to_lowercase());
            let called = called || owner == "RuleSet" && mentioned.contains("rules");
            found.contains(name) && (called || holders.any(|(_, holder, _)| found.contains(holder)))
        })
    };
    let is_merged = |owner: &str, name: &str| MERGED.contains(&(owner, name));
    let lost = fields.iter().filter(|(owner, name, _)| !is_merged(owner, name) && !is_read(owner, name));
    lost.map(|(owner, name, _)| format!("{owner}.{name}")).collect()
}

/// What a file of `src/rule` does with fields once they are loaded: its methods, but for those that put two tables together.
fn accessors(source: &str) -> String {
    let mut file = syn::parse_file(source).unwrap();
    file.items.retain(|item| matches!(item, syn::Item::Impl(i) if i.trait_.is_none()));
    for item in &mut file.items {
        let syn::Item::Impl(item) = item else { continue };
        item.items.retain(|item| !matches!(item, syn::ImplItem::Fn(f) if f.sig.ident == "extend"));
    }
    file.to_token_stream().to_string()
}

#[test]
fn every_field_of_a_rule_is_read_outside_of_loading() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.unwrap().into_path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let (rules, others): (Vec<_>, Vec<_>) = files.iter().partition(|path| path.starts_with(root.join("rule")));
    let is_loading = |path: &PathBuf| LOADING.iter().any(|name| path.ends_with(name));
    let fields = rule_fields(&rules.iter().copied().map(text).collect::<Vec<_>>());
    assert!(fields.len() > 150, "{} fields", fields.len());
    let own = rules.iter().filter(|path| !is_loading(path)).map(|path| accessors(&text(path)));
    // A rule's examples are there for the tests.
    let tests = ["tests/it/rules.rs", "tests/it/gate/gates.rs"];
    let tests = tests.iter().map(|name| text(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)));
    let code: Vec<String> = others.iter().copied().map(text).chain(own).chain(tests).collect();
    let lost = unread(&fields, &code);
    assert!(lost.is_empty(), "no code reads {lost:?}: delete them, or use them");
}

#[test]
fn a_field_that_nobody_reads_is_found() {
    let rules = "#[derive(Deserialize)] struct Hub { paths: Vec<Way>, spare: u8 } #[derive(Deserialize)] struct Way { to: u8, unused: u8 }";
    let fields = rule_fields(&[rules.to_owned()]);
    let code = |text: &str| unread(&fields, &[text.to_owned()]);
    assert_eq!(code("fn f(h: &Hub) { for w in &h.paths { println!(\"{}\", w.to); } }"), ["Hub.spare", "Way.unused"]);
    assert_eq!(code("fn f(h: &Hub) { let Hub { spare, .. } = h; h.paths(); }"), ["Hub.paths", "Way.to", "Way.unused"]);
    assert_eq!(code("fn f(x: &X) { x.spare; x.unused; x.to }"), ["Hub.paths", "Hub.spare", "Way.to", "Way.unused"]);
}
