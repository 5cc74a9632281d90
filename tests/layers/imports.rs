//! Which file uses what another file defines: paths are followed through `use`, groups, globs and re-exports to the file
//! that holds the definition. Re-exporting a name is no use of it, and naming a module alone is none either.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// File → the files that it uses, each with the names used.
pub type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

type Path = Vec<String>;

/// A name's meaning: a module by its path, or a definition by the file that holds it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Module(Path),
    Item { file: String, name: String, holds: bool },
}

#[derive(Default)]
struct Module {
    file: String,
    /// What is defined here, and whether anything can stand behind its `::`.
    items: BTreeMap<String, bool>,
    children: BTreeSet<String>,
    /// Name → paths as written: more than one where a module and a function share it.
    aliases: BTreeMap<String, Vec<Path>>,
    globs: Vec<Path>,
    /// What is looked up for arrows: `use` without `pub`, and paths in code.
    used: BTreeSet<Path>,
}

/// The modules of a crate, by path.
#[derive(Default)]
pub struct Crate {
    modules: BTreeMap<Path, Module>,
}

/// The module that a file is; none for the binary's root.
fn module_path(file: &str) -> Option<Path> {
    let inside = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut path: Path = inside.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod") || inside == "lib" {
        path.pop();
    }
    (inside != "main").then_some(path)
}

impl Crate {
    /// Reads the sources, by path.
    pub fn read(sources: &BTreeMap<String, String>) -> Self {
        let mut read = Self::default();
        for (file, text) in sources {
            let Some(path) = module_path(file) else { continue };
            let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
            read.module(path, file, &parsed.items);
        }
        read
    }

    fn module(&mut self, path: Path, file: &str, items: &[syn::Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            match item {
                syn::Item::Mod(inner) => {
                    module.children.insert(inner.ident.to_string());
                    if let Some((_, items)) = &inner.content {
                        let path = path.iter().cloned().chain([inner.ident.to_string()]).collect();
                        self.module(path, file, items);
                    }
                }
                syn::Item::Use(item) => module.import(item),
                item => module.define(item),
            }
        }
        self.modules.insert(path, module);
    }

    /// What `path`, written in `module`, means. An empty answer: a name of another crate, of the language or of a local.
    fn resolve(&self, module: &Path, path: &[String], seen: &mut BTreeSet<(Path, Path)>) -> BTreeSet<Meaning> {
        if !seen.insert((module.clone(), path.to_vec())) {
            return BTreeSet::new();
        }
        let Some((first, mut rest)) = path.split_first() else { return BTreeSet::new() };
        let mut meanings = match first.as_str() {
            "crate" | "klogmod" => BTreeSet::from([Meaning::Module(Vec::new())]),
            "self" => BTreeSet::from([Meaning::Module(module.clone())]),
            "super" => {
                let mut above = module.clone();
                above.pop();
                while let Some((_, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    above.pop();
                    rest = after;
                }
                BTreeSet::from([Meaning::Module(above)])
            }
            name => self.named(module, name, seen),
        };
        for name in rest {
            let inside = meanings.iter().flat_map(|meaning| match meaning {
                Meaning::Module(path) => self.named(path, name, seen),
                // A variant, an associated function or constant: the type's file is meant. A function's name is another's.
                item @ Meaning::Item { holds, .. } => holds.then(|| item.clone()).into_iter().collect(),
            });
            meanings = inside.collect();
        }
        meanings
    }

    /// What `name` means in a module: defined there, declared, imported, or through a glob.
    fn named(&self, path: &Path, name: &str, seen: &mut BTreeSet<(Path, Path)>) -> BTreeSet<Meaning> {
        let mut meanings = BTreeSet::new();
        let Some(module) = self.modules.get(path) else { return meanings };
        if let Some(holds) = module.items.get(name) {
            meanings.insert(Meaning::Item { file: module.file.clone(), name: name.to_owned(), holds: *holds });
        }
        if module.children.contains(name) {
            meanings.insert(Meaning::Module(path.iter().cloned().chain([name.to_owned()]).collect()));
        }
        for alias in module.aliases.get(name).into_iter().flatten() {
            meanings.extend(self.resolve(path, alias, seen));
        }
        // A module leaves the name free for a function.
        if meanings.iter().all(|meaning| matches!(meaning, Meaning::Module(_))) {
            for glob in &module.globs {
                let through: Path = glob.iter().cloned().chain([name.to_owned()]).collect();
                meanings.extend(self.resolve(path, &through, seen));
            }
        }
        meanings
    }

    /// The arrows between files.
    pub fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (path, module) in &self.modules {
            let from = arrows.entry(module.file.clone()).or_default();
            for used in &module.used {
                for meaning in self.resolve(path, used, &mut BTreeSet::new()) {
                    if let Meaning::Item { file, name, .. } = meaning {
                        from.entry(file).or_default().insert(name);
                    }
                }
            }
            from.remove(&module.file);
        }
        arrows
    }
}

impl Module {
    fn import(&mut self, item: &syn::ItemUse) {
        let public = !matches!(item.vis, syn::Visibility::Inherited);
        self.tree(&item.tree, &mut Vec::new(), public);
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &mut Path, public: bool) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before, public);
                before.pop();
            }
            syn::UseTree::Name(name) => self.leaf(name.ident.to_string(), None, before, public),
            syn::UseTree::Rename(name) => {
                self.leaf(name.ident.to_string(), Some(name.rename.to_string()), before, public)
            }
            syn::UseTree::Glob(_) => self.globs.push(before.clone()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, before, public);
                }
            }
        }
    }

    fn leaf(&mut self, name: String, alias: Option<String>, before: &Path, public: bool) {
        let mut path = before.clone();
        if name != "self" || path.is_empty() {
            path.push(name);
        }
        if !public {
            self.used.insert(path.clone());
        }
        if let Some(name) = alias.or_else(|| path.last().cloned()) {
            self.aliases.entry(name).or_default().push(path);
        }
    }

    fn define(&mut self, item: &syn::Item) {
        let (name, holds) = match item {
            syn::Item::Const(item) => (Some(&item.ident), false),
            syn::Item::Enum(item) => (Some(&item.ident), true),
            syn::Item::Fn(item) => (Some(&item.sig.ident), false),
            syn::Item::Static(item) => (Some(&item.ident), false),
            syn::Item::Struct(item) => (Some(&item.ident), true),
            syn::Item::Trait(item) => (Some(&item.ident), true),
            syn::Item::Type(item) => (Some(&item.ident), true),
            syn::Item::Union(item) => (Some(&item.ident), true),
            syn::Item::Macro(item) => (item.ident.as_ref(), false),
            _ => (None, false),
        };
        self.items.extend(name.map(|name| (name.to_string(), holds)));
        match item {
            // A variant's name stands where a path could: it is none.
            syn::Item::Enum(item) => {
                item.attrs.iter().for_each(|attr| self.code(attr.to_token_stream()));
                self.code(item.generics.to_token_stream());
                for variant in &item.variants {
                    variant.attrs.iter().for_each(|attr| self.code(attr.to_token_stream()));
                    self.code(variant.fields.to_token_stream());
                    variant.discriminant.iter().for_each(|(_, value)| self.code(value.to_token_stream()));
                }
            }
            item => self.code(item.to_token_stream()),
        }
    }

    /// Paths and inner `use` items among tokens, in macros, attributes and their strings too.
    fn code(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => self.code(group.stream()),
                TokenTree::Literal(literal) => self.quoted(&literal.to_string()),
                TokenTree::Ident(ident) if ident == "use" => {
                    let end = (at..tokens.len()).find(|at| is(&tokens, *at, ';')).unwrap_or(at);
                    if let Ok(item) = syn::parse2::<syn::ItemUse>(tokens[at..=end].iter().cloned().collect()) {
                        self.import(&item);
                        at = end;
                    }
                }
                TokenTree::Ident(_) => at = self.path(&tokens, at),
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    /// The path that starts at an identifier; gives its last token.
    fn path(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let mut path = vec![tokens[start].to_string()];
        let mut at = start;
        while is(tokens, at + 1, ':') && is(tokens, at + 2, ':') {
            let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
            path.push(next.to_string());
            at += 3;
        }
        let before = |back: usize, c: char| start >= back && is(tokens, start - back, c);
        let member = before(1, '.') && !before(2, '.');
        let behind_a_type = before(1, ':') && before(2, ':');
        if !member && !behind_a_type && !before(1, '\'') {
            self.used.insert(path);
        }
        at
    }

    /// A path in an attribute's string, as serde and the like take it.
    fn quoted(&mut self, literal: &str) {
        let text = literal.trim_matches('"');
        let is_name =
            |part: &str| matches!(part, "crate" | "self" | "super") || syn::parse_str::<syn::Ident>(part).is_ok();
        if text.contains("::") && text.split("::").all(is_name) {
            self.used.insert(text.split("::").map(str::to_owned).collect());
        }
    }
}

fn is(tokens: &[TokenTree], at: usize, c: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == c
        && (c != ':' || punct.spacing() == Spacing::Joint || at > 0 && matches!(&tokens[at - 1], TokenTree::Punct(p) if p.as_char() == ':')))
}

fn reach<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = arrows.get(from).into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect();
    while let Some(at) = next.pop() {
        if reached.insert(at) {
            next.extend(arrows.get(at).into_iter().flat_map(BTreeMap::keys).map(String::as_str));
        }
    }
    reached
}

/// Groups of more than one that reach each other, each sorted.
pub fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reach(arrows, from))).collect();
    let mut found = BTreeSet::new();
    for (from, to) in &reached {
        let both = |other: &&str| reached.get(*other).is_some_and(|back| back.contains(from));
        let circle: Vec<String> = to.iter().copied().filter(both).map(str::to_owned).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// The arrows among what stands directly in `folder`: files, and folders each as one.
pub fn in_folder(arrows: &Arrows, folder: &str) -> Arrows {
    let unit = |file: &str| {
        let inside = file.strip_prefix(folder)?.strip_prefix('/')?;
        Some(format!("{folder}/{}", inside.split('/').next()?))
    };
    let mut among = Arrows::new();
    for (from, to) in arrows {
        let Some(from) = unit(from) else { continue };
        let own = among.entry(from.clone()).or_default();
        for (to, names) in to.iter().filter_map(|(to, names)| Some((unit(to)?, names))).filter(|(to, _)| *to != from) {
            own.entry(to).or_default().extend(names.iter().cloned());
        }
    }
    among
}

/// Every folder that holds one of the files, the outermost first.
pub fn folders(arrows: &Arrows) -> BTreeSet<&str> {
    let files = arrows.keys();
    files.flat_map(|file| file.match_indices('/').map(|(at, _)| &file[..at])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(files: &[(&str, &str)]) -> Vec<String> {
        let sources = files.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
        let arrows = Crate::read(&sources).arrows();
        let each = |(from, to): (&String, &BTreeMap<String, BTreeSet<String>>)| {
            to.keys().map(|to| format!("{} {}", &from[4..], &to[4..])).collect::<Vec<_>>()
        };
        arrows.iter().flat_map(each).collect()
    }

    #[test]
    fn paths_lead_to_the_file_of_the_definition() {
        let lib = ("lib.rs", "pub mod a; pub mod b;");
        let b = ("b.rs", "pub struct B; pub fn make() -> B { B }");
        for a in [
            "use crate::b::B;",
            "use super::b::{B as Other, make};",
            "use crate::b; fn f() { b::make(); }",
            "fn f() { crate::b::make::<u8>(); }",
            "fn f() { println!(\"{}\", crate::b::make()); }",
            "fn f() { use super::b::*; make(); }",
            "use crate::b::*; struct S { b: Vec<B> }",
            "#[serde(with = \"crate::b::make\")] struct S;",
            "mod inner { fn f() { super::super::b::make(); } }",
            "enum E { V(crate::b::B) }",
            "fn f(x: u8) -> bool { (0..crate::b::make()).contains(x) }",
            "impl crate::b::B {}",
        ] {
            assert_eq!(arrows(&[lib, ("a.rs", a), b]), ["a.rs b.rs"], "{a}");
        }
    }

    #[test]
    fn a_name_alone_is_no_use() {
        let lib = ("lib.rs", "pub mod a; pub mod b;");
        let b = ("b.rs", "pub struct B; pub fn make() {}");
        for a in [
            "use crate::b;",
            "pub use crate::b::B;",
            "use std::fmt::make;",
            "fn f(b: X) { b.make(); Vec::<u8>::make(); }",
            "pub use crate::b::B; enum E { B, make }",
            "fn make() {} fn f() { make(); self::make(); }",
            "pub use crate::b::make; mod make { pub struct S; } use make::S;",
        ] {
            assert_eq!(arrows(&[lib, ("a.rs", a), b]), [""; 0], "{a}");
        }
    }

    #[test]
    fn re_exports_are_seen_through() {
        let tree = |user: &'static str| {
            [
                ("lib.rs", "pub mod room; pub mod user;"),
                ("room/mod.rs", "mod one; mod two; pub use one::One; pub use two::*; pub(crate) use two::two as both;"),
                ("room/one.rs", "pub struct One; impl One { pub fn new() -> Self { One } }"),
                (
                    "room/two.rs",
                    "use super::One; pub fn two() -> One { One::new() } pub mod deep { pub const D: u8 = 1; }",
                ),
                ("user.rs", user),
            ]
        };
        assert_eq!(arrows(&tree("use crate::room::One;")), ["room/two.rs room/one.rs", "user.rs room/one.rs"]);
        assert_eq!(
            arrows(&tree("use crate::room::{self, two}; fn f() { room::One::new(); }")),
            ["room/two.rs room/one.rs", "user.rs room/one.rs", "user.rs room/two.rs"]
        );
        assert_eq!(arrows(&tree("use crate::room::both;"))[1..], ["user.rs room/two.rs"]);
        assert_eq!(arrows(&tree("fn f() -> u8 { crate::room::deep::D }"))[1..], ["user.rs room/two.rs"]);
    }

    #[test]
    fn circles_are_found_among_files_and_folders() {
        let sources = [
            ("lib.rs", "pub mod a; pub mod b;"),
            ("a/mod.rs", "mod x; mod y; pub use x::X; pub struct Own;"),
            ("a/x.rs", "use super::y::Y; pub struct X(Y);"),
            ("a/y.rs", "use crate::b::B; pub struct Y(B);"),
            ("b/mod.rs", "mod z; mod w; pub use z::B; pub use w::W;"),
            ("b/z.rs", "pub struct B;"),
            ("b/w.rs", "use crate::a::X; pub struct W(X);"),
        ];
        let read = |sources: &[(&str, &str)]| {
            let sources = sources.iter().map(|(path, text)| (format!("src/{path}"), (*text).to_owned())).collect();
            Crate::read(&sources).arrows()
        };
        let arrows = read(&sources);
        assert_eq!(circles(&arrows), Vec::<Vec<String>>::new());
        assert_eq!(circles(&in_folder(&arrows, "src")), [["src/a", "src/b"]]);
        assert_eq!(folders(&arrows).into_iter().collect::<Vec<_>>(), ["src", "src/a", "src/b"]);
        let mut closed = sources;
        closed[5].1 = "use super::W; pub struct B(W);";
        assert_eq!(circles(&read(&closed)), [["src/a/x.rs", "src/a/y.rs", "src/b/w.rs", "src/b/z.rs"]]);
        let mut own = sources;
        own[1].1 = "mod x; mod y; pub use x::X; pub struct Own(X);";
        own[3].1 = "use super::Own; pub struct Y(Own);";
        assert_eq!(circles(&read(&own)), [["src/a/mod.rs", "src/a/x.rs", "src/a/y.rs"]]);
    }
}
