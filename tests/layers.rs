//! The house's order: modules import only from those above them in `src/lib.rs`, no files and no folders use each other, a room's
//! `mod.rs` tells and does nothing, every file says what it is, and files and functions stay small.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::Visit;

#[path = "layers/imports.rs"]
mod imports;
#[path = "layers/reasons.rs"]
mod reasons;

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 60;

/// Generated, hence as long as it comes out.
const GENERATED: &str = "src/go/syntax/generated.rs";

/// What is longer today. The list only ever gets shorter: an entry that is no longer needed fails the test.
const LONGER: &[&str] = &["src/write/runtime/tree.rs: build_file"];

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root.join("src")).sort_by_file_name() {
        let path: PathBuf = entry.unwrap().into_path();
        if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    files
}

/// The modules of the library in the order of `src/lib.rs`.
fn order(sources: &BTreeMap<String, String>) -> Vec<String> {
    let map = syn::parse_file(&sources["src/lib.rs"]).unwrap();
    let modules = map.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

/// The library module that a file belongs to; none for the crate's roots.
fn module_of(path: &str) -> Option<&str> {
    let path = path.strip_prefix("src/")?;
    let first = path.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(path, "lib.rs" | "main.rs")).then_some(name)
}

/// Names behind `crate::` and `klogmod::`, wherever they stand, in groups and macros too.
fn imported(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            imported(group.stream(), found);
        }
        let TokenTree::Ident(ident) = token else { continue };
        let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        if !(ident == "crate" || ident == "klogmod") || !colon(at + 1) || !colon(at + 2) {
            continue;
        }
        match tokens.get(at + 3) {
            Some(TokenTree::Ident(module)) => drop(found.insert(module.to_string())),
            Some(TokenTree::Group(group)) => {
                let mut first = true;
                for token in group.stream() {
                    match token {
                        TokenTree::Ident(module) if first => drop(found.insert(module.to_string())),
                        TokenTree::Punct(p) if p.as_char() == ',' => {
                            first = true;
                            continue;
                        }
                        _ => {}
                    }
                    first = false;
                }
            }
            _ => {}
        }
    }
}

#[test]
fn modules_import_only_from_those_above_them() {
    let sources = sources();
    let order = order(&sources);
    let rank = |name: &str| order.iter().position(|module| module == name);
    let mut wrong = Vec::new();
    for (path, text) in &sources {
        let Some(module) = module_of(path) else { continue };
        let own = rank(module).unwrap_or_else(|| panic!("{path}: src/lib.rs has no module {module}"));
        let mut names = BTreeSet::new();
        imported(text.parse().unwrap(), &mut names);
        let later = names.iter().filter(|name| rank(name).is_some_and(|rank| rank > own));
        wrong.extend(later.map(|name| format!("{path} imports {name}, which stands below {module} in src/lib.rs")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names of what a log call is read from: whoever has one has the call's parts already.
const READINGS: [&str; 5] = ["LogCall", "LogCalls", "Parts", "Recognizer", "Snippet"];

/// Whether a file knows log calls and reads argument lists on its own: `call.arguments()`, or the field by its number.
fn splits_arguments(text: &str) -> bool {
    fn scan(tokens: TokenStream, knows: &mut bool, reads: &mut bool) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => scan(group.stream(), knows, reads),
                TokenTree::Ident(ident) => {
                    let dot = at.checked_sub(1).and_then(|before| tokens.get(before));
                    let dot = matches!(dot, Some(TokenTree::Punct(p)) if p.as_char() == '.');
                    let called =
                        matches!(tokens.get(at + 1), Some(TokenTree::Group(given)) if given.stream().is_empty());
                    *knows |= READINGS.iter().any(|name| ident == name);
                    *reads |= ident == "ARGUMENTS" || ident == "arguments" && dot && called;
                    // As a function: `calls.map(CallExpression::arguments)`.
                    let of = at.checked_sub(3).and_then(|before| tokens.get(before));
                    *reads |=
                        ident == "arguments" && matches!(of, Some(TokenTree::Ident(ty)) if ty == "CallExpression");
                }
                _ => {}
            }
        }
    }
    let (mut knows, mut reads) = (false, false);
    scan(text.parse().unwrap(), &mut knows, &mut reads);
    knows && reads
}

#[test]
fn one_file_takes_the_arguments_of_log_calls_apart() {
    assert!(splits_arguments("fn f(call: &LogCall) { let list = CallExpression::cast(call.node()).arguments(); }"));
    assert!(splits_arguments(
        "fn f(call: &LogCall) { assert!(call.node().child_by_field_id(field::ARGUMENTS).is_some()) }"
    ));
    assert!(splits_arguments("fn f(call: Snippet) { call.call().and_then(CallExpression::arguments) }"));
    assert!(!splits_arguments("fn f(call: &LogCall) { call.parts.pairs.len() }"));
    assert!(!splits_arguments("fn f(call: CallExpression) { call.arguments() }"));
    let sources = sources();
    let splitting: Vec<_> = sources.iter().filter(|(_, text)| splits_arguments(text)).map(|(path, _)| path).collect();
    assert_eq!(splitting, ["src/klog/call/parts.rs"], "others read LogCall");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(p, _)| p).collect();
    assert!(silent.is_empty(), "these do not open with a //! line: {silent:?}");
}

#[derive(Default)]
struct Functions {
    longest: BTreeMap<String, usize>,
}

impl Functions {
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = body.span().end().line + 1 - signature.span().start().line;
        let longest = self.longest.entry(signature.ident.to_string()).or_default();
        *longest = lines.max(*longest);
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn files_and_functions_stay_small() {
    let mut long = BTreeMap::new();
    for (path, text) in sources().iter().filter(|(path, _)| *path != GENERATED) {
        let lines = text.lines().count();
        if lines > FILE_LINES {
            long.insert(path.clone(), lines);
        }
        let mut functions = Functions::default();
        functions.visit_file(&syn::parse_file(text).unwrap());
        let longer = functions.longest.into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES);
        long.extend(longer.map(|(name, lines)| (format!("{path}: {name}"), lines)));
    }
    let known: BTreeSet<&str> = LONGER.iter().copied().collect();
    let new: Vec<_> = long.iter().filter(|(name, _)| !known.contains(name.as_str())).collect();
    assert!(new.is_empty(), "longer than {FILE_LINES} or {FUNCTION_LINES} lines: {new:#?}");
    let gone: Vec<_> = known.iter().filter(|name| !long.contains_key(**name)).collect();
    assert!(gone.is_empty(), "no longer too long, so no longer to be listed: {gone:#?}");
}

#[test]
fn no_circle_of_files_or_folders() {
    let arrows = imports::Crate::read(&sources()).arrows();
    let mut found = Vec::new();
    let mut show = |circle: &[String], arrows: &imports::Arrows| {
        found.push(circle.join(", "));
        for (from, to) in arrows.iter().filter(|(from, _)| circle.contains(from)) {
            let inside = to.iter().filter(|(to, _)| circle.contains(to));
            found.extend(inside.map(|(to, names)| format!("  {from} -> {to}: {names:?}")));
        }
    };
    for circle in imports::circles(&arrows) {
        show(&circle, &arrows);
    }
    for folder in imports::folders(&arrows) {
        let among = imports::in_folder(&arrows, folder);
        let circles = imports::circles(&among);
        // Files alone have been shown above.
        for circle in circles.iter().filter(|circle| circle.iter().any(|unit| !unit.ends_with(".rs"))) {
            show(circle, &among);
        }
    }
    assert!(found.is_empty(), "these use each other:\n{}", found.join("\n"));
}

#[test]
fn a_room_opens_with_its_contract_and_holds_no_code() {
    let sources = sources();
    let mut wrong = Vec::new();
    for room in order(&sources) {
        let path = format!("src/{room}/mod.rs");
        let Some(text) = sources.get(&path) else {
            wrong.push(format!("{path}: does not exist"));
            continue;
        };
        let contract = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join(" ");
        for what in ["In come", "out come"] {
            // "In comes a plan" as well.
            if !contract.contains(what) {
                wrong.push(format!("{path}: does not say what goes in and out: no \"{what}\""));
            }
        }
        let items = syn::parse_file(text).unwrap().items;
        let tells = |item: &syn::Item| match item {
            syn::Item::Use(_) => true,
            syn::Item::Mod(module) => module.content.is_none(),
            _ => false,
        };
        wrong.extend(items.iter().filter(|item| !tells(item)).map(|item| {
            let line = item.span().start().line;
            format!("{path}:{line}: code: move it to a file of its own")
        }));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files that read otherwise, and why that is no danger.
const READS: [&str; 3] = [
    "src/go/files/overlay.rs", // files that a walk has seen to be regular, as much of them as is wanted
    "src/plan/cache/store.rs", // the cache's own
    "src/decide/review/terminal/editor.rs", // a temporary file of klogmod's own
];

#[test]
fn what_is_read_or_run_by_name_goes_through_one_place() {
    let marks = ["fs::read(", "read_to_string(", "File::open(", "Command::new(\""];
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !path.starts_with("src/text/disk/")) {
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        let found = marks.iter().filter(|mark| code.contains(**mark) && !READS.contains(&path.as_str()));
        wrong.extend(found.map(|mark| format!("{path}: {mark}… instead of text::disk")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
