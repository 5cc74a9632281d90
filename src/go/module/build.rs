//! Build constraints: which files of a directory belong together, and for which system a file is meant.

use std::collections::BTreeSet;

/// A system and a set of tags to build for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildContext {
    /// GOOS.
    pub os: String,
    /// GOARCH.
    pub arch: String,
    /// Tags that are set; `cgo` is one of them unless cgo is off. Release tags (`go1.13`) and `gc` are always set.
    pub tags: BTreeSet<String>,
}

impl Default for BuildContext {
    /// linux/amd64 with cgo and no other tag.
    fn default() -> Self {
        Self { os: "linux".into(), arch: "amd64".into(), tags: BTreeSet::from(["cgo".to_owned()]) }
    }
}

const SYSTEMS: [&str; 17] = [
    "linux",
    "windows",
    "darwin",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "android",
    "ios",
    "plan9",
    "js",
    "wasip1",
    "nacl",
    "zos",
];
const NOT_UNIX: [&str; 6] = ["windows", "plan9", "js", "wasip1", "nacl", "zos"];
const ARCHITECTURES: [&str; 24] = [
    "amd64",
    "arm64",
    "386",
    "arm",
    "ppc64le",
    "ppc64",
    "s390x",
    "riscv64",
    "mips64le",
    "mips64",
    "mipsle",
    "mips",
    "loong64",
    "wasm",
    "amd64p32",
    "armbe",
    "arm64be",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "s390",
    "sparc",
    "sparc64",
];

impl BuildContext {
    /// Whether a tag is set.
    pub fn has(&self, tag: &str) -> bool {
        tag == self.os
            || tag == self.arch
            || tag == "gc"
            || (tag == "unix" && !NOT_UNIX.contains(&self.os.as_str()))
            || matches!((tag, self.os.as_str()), ("linux", "android") | ("solaris", "illumos") | ("darwin", "ios"))
            || tag.strip_prefix("go1.").is_some_and(|minor| minor.parse::<u32>().is_ok())
            || self.tags.contains(tag)
    }
}

/// When a file is part of its package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// Always.
    Always,
    /// When a tag is set.
    Tag(String),
    /// When another does not hold.
    Not(Box<Constraint>),
    /// When both hold.
    And(Box<Constraint>, Box<Constraint>),
    /// When one of them holds.
    Or(Box<Constraint>, Box<Constraint>),
}

impl Constraint {
    /// What a file's name and its lines above the package clause say.
    pub fn of_file(name: &str, source: &[u8]) -> Self {
        of_name(name).and(of_header(source))
    }

    fn tag(tag: &str) -> Self {
        Self::Tag(tag.to_owned())
    }

    fn negate(self) -> Self {
        Self::Not(Box::new(self))
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, other) | (other, Self::Always) => other,
            (one, other) => Self::And(Box::new(one), Box::new(other)),
        }
    }

    /// Whether it holds for a context.
    pub fn holds(&self, context: &BuildContext) -> bool {
        self.eval(&|tag| context.has(tag))
    }

    fn eval(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Tag(tag) => has(tag),
            Self::Not(inner) => !inner.eval(has),
            Self::And(a, b) => a.eval(has) && b.eval(has),
            Self::Or(a, b) => a.eval(has) || b.eval(has),
        }
    }

    fn mentions<'c>(&'c self, tags: &mut BTreeSet<&'c str>) {
        match self {
            Self::Always => {}
            Self::Tag(tag) => drop(tags.insert(tag)),
            Self::Not(inner) => inner.mentions(tags),
            Self::And(a, b) | Self::Or(a, b) => {
                a.mentions(tags);
                b.mentions(tags);
            }
        }
    }

    /// The context nearest to `wanted` for which it holds: first other tags, then other architectures, then other
    /// systems. `None` if it holds for none that was tried.
    pub fn nearest(&self, wanted: &BuildContext) -> Option<BuildContext> {
        if self.holds(wanted) {
            return Some(wanted.clone());
        }
        let mut mentioned = BTreeSet::new();
        self.mentions(&mut mentioned);
        let known = |tag: &str| SYSTEMS.contains(&tag) || ARCHITECTURES.contains(&tag) || tag == "unix";
        let mut tags: Vec<_> = mentioned.iter().copied().filter(|tag| !known(tag)).collect();
        tags.truncate(6);
        let mut subsets: Vec<u32> = (0..1 << tags.len()).collect();
        subsets.sort_by_key(|set| (set.count_ones(), *set));
        let systems = std::iter::once(wanted.os.as_str()).chain(SYSTEMS);
        for os in systems {
            for arch in std::iter::once(wanted.arch.as_str()).chain(ARCHITECTURES) {
                for set in &subsets {
                    let mut context = BuildContext { os: os.into(), arch: arch.into(), tags: wanted.tags.clone() };
                    for (_, tag) in tags.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0) {
                        if !context.tags.remove(*tag) {
                            context.tags.insert((*tag).to_owned());
                        }
                    }
                    if self.holds(&context) {
                        return Some(context);
                    }
                }
            }
        }
        None
    }
}

/// `x_linux.go`, `x_arm64_test.go`, `x_windows_amd64.go`; what stands before the first underscore never counts.
fn of_name(name: &str) -> Constraint {
    let stem = name.split('.').next().unwrap_or_default();
    let Some((_, rest)) = stem.split_once('_') else { return Constraint::Always };
    let mut parts: Vec<_> = rest.split('_').collect();
    if parts.last() == Some(&"test") {
        parts.pop();
    }
    let (os, arch) = (|p: &str| SYSTEMS.contains(&p), |p: &str| ARCHITECTURES.contains(&p));
    match parts.as_slice() {
        [.., a, b] if os(a) && arch(b) => Constraint::tag(a).and(Constraint::tag(b)),
        [.., last] if os(last) || arch(last) => Constraint::tag(last),
        _ => Constraint::Always,
    }
}

/// `//go:build` above the package clause, or else all `// +build` lines that a blank line sets off from it.
fn of_header(source: &[u8]) -> Constraint {
    let mut plus = Constraint::Always;
    let mut pending = Constraint::Always;
    let mut in_comment = false;
    let mut lines = 0;
    for line in source.split(|&b| b == b'\n') {
        let line = line.trim_ascii();
        if in_comment || line.starts_with(b"/*") {
            in_comment = memchr::memmem::find(line, b"*/").is_none();
            continue;
        }
        match line {
            [] => plus = std::mem::replace(&mut pending, Constraint::Always).and(plus),
            [b'/', b'/', comment @ ..] => {
                let Ok(comment) = std::str::from_utf8(comment) else { continue };
                if let Some(expression) = comment.strip_prefix("go:build ") {
                    return Parser::new(expression).all().unwrap_or(Constraint::Always);
                }
                if let Some(terms) = comment.trim_start().strip_prefix("+build ")
                    && lines < MAX_TERMS
                {
                    lines += 1;
                    pending = plus_build(terms).and(pending);
                }
            }
            _ if line.starts_with(b"\xef\xbb\xbf") => {}
            _ => break,
        }
    }
    plus
}

/// `a,b !c`: any of the blank-separated options, each of which needs all of its comma-separated terms.
fn plus_build(terms: &str) -> Constraint {
    let option = |option: &str| {
        option.split(',').take(MAX_TERMS).fold(Constraint::Always, |all, term| {
            all.and(match term.strip_prefix('!') {
                Some(tag) => Constraint::tag(tag).negate(),
                None => Constraint::tag(term),
            })
        })
    };
    let any =
        terms.split_whitespace().take(MAX_TERMS).map(option).reduce(|a, b| Constraint::Or(Box::new(a), Box::new(b)));
    any.unwrap_or(Constraint::Always)
}

/// More terms than any hand-written constraint has; what nests deeper is not read.
const MAX_TERMS: usize = 100;

/// Reads `a && (b || !c)`.
struct Parser<'s> {
    rest: &'s str,
    terms: usize,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str) -> Self {
        Self { rest: text.split("//").next().unwrap_or_default(), terms: 0 }
    }

    fn all(mut self) -> Option<Constraint> {
        let found = self.or()?;
        self.rest.trim().is_empty().then_some(found)
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn or(&mut self) -> Option<Constraint> {
        let mut left = self.and()?;
        while self.eat("||") {
            left = Constraint::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Constraint> {
        let mut left = self.not()?;
        while self.eat("&&") {
            left = Constraint::And(Box::new(left), Box::new(self.not()?));
        }
        Some(left)
    }

    fn not(&mut self) -> Option<Constraint> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return None;
        }
        if self.eat("!") {
            return Some(self.not()?.negate());
        }
        if self.eat("(") {
            let inner = self.or()?;
            return self.eat(")").then_some(inner);
        }
        let rest = self.rest.trim_start();
        let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        let (tag, after) = rest.split_at_checked(len)?;
        self.rest = after;
        (!tag.is_empty()).then(|| Constraint::tag(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(os: &str, name: &str, header: &str) -> bool {
        let source = format!("{header}\npackage p\n");
        let context = BuildContext { os: os.into(), ..BuildContext::default() };
        Constraint::of_file(name, source.as_bytes()).holds(&context)
    }

    #[test]
    fn names_constrain() {
        let cases = [
            ("a_linux.go", true),
            ("a_windows.go", false),
            ("a_linux_amd64_test.go", true),
            ("a_linux_arm64.go", false),
            ("linux.go", true),
            ("windows.go", false),
            ("a_windows_helper.go", true),
            ("a_test.go", true),
        ];
        for (name, expected) in cases {
            // A name without an underscore says nothing.
            assert_eq!(on("linux", name, ""), expected || name == "windows.go", "{name}");
        }
    }

    #[test]
    fn both_forms_of_header_constrain() {
        assert!(!on("linux", "a.go", "// +build windows\n"));
        assert!(on("linux", "a.go", "// +build windows"), "no blank line: a comment of the package");
        assert!(on("linux", "a.go", "// Copyright\n\n// +build linux,!providerless darwin\n// +build amd64\n"));
        assert!(!on("linux", "a.go", "// +build linux\n// +build arm\n"));
        assert!(on("linux", "a.go", "//go:build (linux && !x) || y\n// +build windows\n"));
        assert!(!on("windows", "a.go", "/* x\n*/\n//go:build unix"));
        assert!(on("linux", "a.go", "//go:build go1.18 && gc && cgo"));
    }

    #[test]
    fn a_file_names_the_nearest_context_that_includes_it() {
        let nearest = |name: &str, header: &str| {
            let source = format!("{header}\n\npackage p\n");
            let found = Constraint::of_file(name, source.as_bytes()).nearest(&BuildContext::default());
            found.map(|c| format!("{}/{} {}", c.os, c.arch, c.tags.into_iter().collect::<Vec<_>>().join(",")))
        };
        assert_eq!(nearest("a.go", "").as_deref(), Some("linux/amd64 cgo"));
        assert_eq!(nearest("a_windows.go", "// +build !dockerless").as_deref(), Some("windows/amd64 cgo"));
        assert_eq!(nearest("a.go", "//go:build !linux").as_deref(), Some("windows/amd64 cgo"));
        assert_eq!(nearest("a.go", "// +build providerless").as_deref(), Some("linux/amd64 cgo,providerless"));
        assert_eq!(nearest("a.go", "//go:build !cgo && arm").as_deref(), Some("linux/arm "));
        assert_eq!(nearest("a.go", "//go:build linux && !linux"), None);
    }
}
