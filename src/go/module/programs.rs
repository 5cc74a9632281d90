//! The programs of a checkout: main packages, and the packages of the checkout that each is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use memchr::memmem;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::GoMod;
use crate::go::parse::is_generated;
use crate::go::syntax::lex::{Lexer, Tok};
use crate::text::disk;

/// Directories that hold other people's modules, or none.
const PASSED_OVER: [&str; 4] = ["vendor", "node_modules", ".git", "testdata"];
/// Larger files are not looked into.
const MAX_FILE_SIZE: u64 = 8 << 20;

/// The modules of the checkout at `root`: the directory of each go.mod, and what it says. None of `vendor`'s.
pub fn modules(root: &Path) -> Vec<(String, GoMod)> {
    let found = files(root, &PASSED_OVER[..3], &|name| name == "go.mod");
    found.iter().filter_map(|path| module_at(root, path)).collect()
}

/// As [`modules`], of a checkout with these files: those of other names are none, and links are not followed.
pub(super) fn modules_among<'p>(root: &Path, files: impl Iterator<Item = &'p str>) -> Vec<(String, GoMod)> {
    let is_one = |path: &&str| {
        let mut parts = path.rsplit('/');
        parts.next() == Some("go.mod") && !parts.any(|dir| PASSED_OVER[..3].contains(&dir))
    };
    files.filter(is_one).filter(|path| !root.join(path).is_symlink()).filter_map(|path| module_at(root, path)).collect()
}

fn module_at(root: &Path, path: &str) -> Option<(String, GoMod)> {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
    Some((dir, GoMod::parse(&disk::text_of_go(&root.join(path)).ok()?)))
}

/// Whether a Go file of the module in `dir`, tests included, imports the package at `path`: what go.mod requires and nobody imports, go.sum
/// may lack the dependencies of.
pub fn imports(root: &Path, dir: &str, path: &str) -> bool {
    let quoted = format!("\"{path}\"");
    let finder = memmem::Finder::new(quoted.as_bytes());
    let home = root.join(dir);
    let walked = WalkDir::new(&home).follow_links(false).into_iter();
    let mut entered = walked.filter_entry(|entry| {
        let is_other =
            || PASSED_OVER.iter().any(|name| entry.file_name() == *name) || entry.path().join("go.mod").exists();
        entry.depth() == 0 || !entry.file_type().is_dir() || !is_other()
    });
    let names_it = |entry: &walkdir::DirEntry| {
        let is_go = entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "go");
        let is_small = is_go && entry.metadata().is_ok_and(|metadata| metadata.len() <= MAX_FILE_SIZE);
        is_small && disk::read(entry.path(), disk::SOURCE).is_ok_and(|bytes| finder.find(&bytes).is_some())
    };
    entered.any(|entry| entry.is_ok_and(|entry| names_it(&entry)))
}

/// Files with names of a kind, in order. What cannot be listed is told by the walk that looks for calls.
fn files(root: &Path, passed_over: &[&str], wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    let walked = WalkDir::new(root).follow_links(false).sort_by_file_name().into_iter();
    let entered = walked.filter_entry(|entry| {
        let is_dir = entry.file_type().is_dir() && entry.depth() > 0;
        !(is_dir && passed_over.iter().any(|name| entry.file_name() == *name))
    });
    let of_name = |entry: &walkdir::DirEntry| entry.file_name().to_str().is_some_and(wanted);
    let path = |entry: walkdir::DirEntry| {
        let below = entry.path().strip_prefix(root).ok()?;
        let parts: Option<Vec<_>> = below.components().map(|part| part.as_os_str().to_str()).collect();
        Some(parts?.join("/"))
    };
    entered.flatten().filter(|entry| entry.file_type().is_file() && of_name(entry)).filter_map(path).collect()
}

/// A package of the checkout, as far as programs are made of it.
#[derive(Clone, Debug, Default)]
struct Package {
    is_main: bool,
    has_mark: bool,
    imports: BTreeSet<String>,
}

/// Packages by directory.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    packages: BTreeMap<String, Package>,
}

impl Programs {
    /// Reads the imports of all Go files but tests, and whether a package has one of `marks` in its text, on a line without one of
    /// `unless`, whether or not these are in capitals.
    pub fn read(root: &Path, modules: &[(String, GoMod)], marks: &[String], unless: &[String]) -> Self {
        let marks: Vec<memmem::Finder<'_>> = marks.iter().map(|mark| memmem::Finder::new(mark.as_bytes())).collect();
        let has_mark = |bytes: &[u8]| {
            let tells = |at: usize| {
                let line = line_at(bytes, at).to_ascii_lowercase();
                !unless.iter().any(|word| memmem::find(&line, word.as_bytes()).is_some())
            };
            marks.iter().any(|mark| mark.find_iter(bytes).any(tells))
        };
        let paths = files(root, &PASSED_OVER, &|name| name.ends_with(".go") && !name.ends_with("_test.go"));
        let read = |path: &String| {
            let full = root.join(path);
            let is_small = std::fs::metadata(&full).is_ok_and(|metadata| metadata.len() <= MAX_FILE_SIZE);
            let bytes = is_small.then(|| disk::read(&full, disk::SOURCE).ok())??;
            let mut package = Package::of(&bytes)?;
            package.has_mark = !is_generated(&bytes) && has_mark(&bytes);
            Some((path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned(), package))
        };
        let found: Vec<(String, Package)> = paths.par_iter().filter_map(read).collect();
        let mut programs = Self::default();
        for (dir, package) in found {
            let whole = programs.packages.entry(dir).or_default();
            whole.is_main |= package.is_main;
            whole.has_mark |= package.has_mark;
            whole.imports.extend(package.imports.iter().filter_map(|path| directory(path, modules)));
        }
        programs
    }

    /// Directories of programs, each with those of the packages that it is made of, its own included.
    fn list(&self) -> impl Iterator<Item = (&str, BTreeSet<&str>)> {
        let mains = self.packages.iter().filter(|(_, package)| package.is_main);
        mains.map(|(dir, _)| (dir.as_str(), self.made_of(dir)))
    }

    /// Directories of packages that are part of programs, none of which has a mark in any of its packages.
    pub fn unmarked(&self) -> BTreeSet<String> {
        let (mut marked, mut unmarked) = (BTreeSet::new(), BTreeSet::new());
        for (_, parts) in self.list() {
            if self.has_mark(&parts) { marked.extend(parts) } else { unmarked.extend(parts) }
        }
        unmarked.difference(&marked).map(|dir| (*dir).to_owned()).collect()
    }

    /// Directories of programs that one of these packages is part of; only those with a mark where that is asked.
    pub fn made_of_any(&self, dirs: &BTreeSet<&str>, with_mark: bool) -> BTreeSet<String> {
        let wanted = |parts: &BTreeSet<&str>| !parts.is_disjoint(dirs) && (!with_mark || self.has_mark(parts));
        self.list().filter(|(_, parts)| wanted(parts)).map(|(dir, _)| dir.to_owned()).collect()
    }

    /// Directories of programs with a mark.
    pub fn marked(&self) -> BTreeSet<String> {
        self.list().filter(|(_, parts)| self.has_mark(parts)).map(|(dir, _)| dir.to_owned()).collect()
    }

    fn has_mark(&self, parts: &BTreeSet<&str>) -> bool {
        parts.iter().any(|dir| self.packages.get(*dir).is_some_and(|package| package.has_mark))
    }

    fn made_of<'p>(&'p self, main: &'p str) -> BTreeSet<&'p str> {
        let mut parts = BTreeSet::from([main]);
        let mut left = vec![main];
        while let Some(dir) = left.pop() {
            let imports = self.packages.get(dir).into_iter().flat_map(|package| &package.imports);
            left.extend(imports.map(String::as_str).filter(|import| parts.insert(import)));
        }
        parts
    }
}

impl Package {
    /// What the head of a file says; `None` for one that no build takes, or that has no package clause.
    fn of(source: &[u8]) -> Option<Self> {
        let mut lexer = Lexer::new(source, 0);
        let clause = lexer.token();
        let name = lexer.token();
        if (clause.tok, name.tok) != (Tok::Package, Tok::Ident) || is_ignored(&source[..clause.start as usize]) {
            return None;
        }
        let mut package = Self { is_main: lexer.text(name) == "main", ..Self::default() };
        loop {
            let token = lexer.token();
            match token.tok {
                Tok::Str => {
                    package.imports.insert(lexer.text(token).trim_matches(['"', '`']).to_owned());
                }
                Tok::Semi | Tok::Import | Tok::LParen | Tok::RParen | Tok::Ident | Tok::Dot => {}
                _ => return Some(package),
            }
        }
    }
}

/// The line around an offset, together with lines that it goes on from: `mux.HandleFunc("/healthz",` above a function.
fn line_at(bytes: &[u8], at: usize) -> &[u8] {
    let start = |end: usize| memchr::memrchr(b'\n', &bytes[..end]).map_or(0, |newline| newline + 1);
    let mut from = start(at);
    while from > 0 && bytes[..from].trim_ascii_end().ends_with(b",") {
        from = start(from - 1);
    }
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline);
    &bytes[from..end]
}

/// Whether a file's constraint keeps it out of every build, as those of programs that `go run` is given.
fn is_ignored(head: &[u8]) -> bool {
    let lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
    lines.into_iter().any(|line| matches!(line, b"//go:build ignore" | b"// +build ignore"))
}

/// The directory of the checkout that an import path names.
fn directory(path: &str, modules: &[(String, GoMod)]) -> Option<String> {
    let holding = modules.iter().filter_map(|(dir, gomod)| {
        let rest = path.strip_prefix(&*gomod.module).filter(|_| !gomod.module.is_empty())?;
        (rest.is_empty() || rest.starts_with('/')).then_some((gomod.module.len(), dir, rest.trim_start_matches('/')))
    });
    let (_, dir, rest) = holding.max_by_key(|(length, ..)| *length)?;
    Some([dir.as_str(), rest].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_file_is_read() {
        let of = |text: &str| Package::of(text.as_bytes()).map(|package| (package.is_main, package.imports.len()));
        assert_eq!(
            of("// x\npackage main\nimport \"a\"\nimport (\n\tb \"c/d\" // e\n\t. `f`\n)\nvar x = \"g\"\n"),
            Some((true, 3))
        );
        assert_eq!(of("package p\n\nfunc f() { g(\"h\") }\n"), Some((false, 0)));
        assert_eq!(of("//go:build ignore\n\npackage main\n"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_line_goes_on_from_those_that_end_in_a_comma() {
        let of = |text: &str| {
            let at = text.find('!').unwrap_or_default();
            String::from_utf8_lossy(line_at(text.as_bytes(), at)).into_owned()
        };
        assert_eq!(of("a\nb !c\nd"), "b !c");
        assert_eq!(of("f(a,\n\tb,\n\t!c)\n"), "f(a,\n\tb,\n\t!c)");
        assert_eq!(of("!"), "!");
    }

    #[test]
    fn the_longest_module_holds_a_path() {
        let module = |dir: &str, path: &str| (dir.to_owned(), GoMod { module: path.to_owned(), ..GoMod::default() });
        let modules = [module("", "x.io/m"), module("sub", "x.io/m/other")];
        let of = |path: &str| directory(path, &modules);
        assert_eq!(of("x.io/m"), Some(String::new()));
        assert_eq!(of("x.io/m/a/b"), Some("a/b".to_owned()));
        assert_eq!(of("x.io/m/other/c"), Some("sub/c".to_owned()));
        assert_eq!(of("x.io/mm"), None);
    }
}
