//! Functions that something calls by their names alone, so that no compiler tells when they change: comments that link them, assembly,
//! package reflect, templates, net/rpc, and tests that put others in their place.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::key::Key;
use crate::go::syntax::word::{is_word, words};
use crate::text::diagnostic::RelPath;
use crate::text::disk;
use crate::write::reason::Cause;

/// Ends of the names of files that may be templates.
pub const TEMPLATES: [&str; 6] = [".tmpl", ".gotmpl", ".tpl", ".gohtml", ".html", ".template"];
/// Packages whose templates call methods.
const SHOWN_BY: [&str; 2] = ["text/template", "html/template"];
/// The package whose servers call methods.
const SERVED_BY: &str = "net/rpc";
/// The method that finds others.
const FINDS: &[u8] = b"MethodByName(";
/// How far behind the name of a call its method's name may end.
const MAX_CALL: usize = 300;
/// Comments that make a function known under a name.
const LINKS: [&[u8]; 2] = [b"//go:linkname ", b"//export "];

/// How one file calls what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// A comment names a function of its own package, or of another one: by that one's path.
    Linked(Option<Box<str>>, Box<str>, String),
    /// Package reflect finds methods of this name.
    Found(Box<str>),
    /// It finds methods whose names start like this.
    Starting(Box<str>),
    /// Templates call methods of these names.
    Shown(BTreeSet<Box<str>>),
    /// A server calls methods that look like a procedure.
    Served,
    /// Others are put in the place of methods of these names.
    Replaced(BTreeSet<Box<str>>),
}

/// What calls functions by their names.
#[derive(Default)]
pub struct ByName {
    files: Vec<(RelPath, Names)>,
    /// What template files call.
    shown: BTreeSet<Box<str>>,
    /// The assembly of directories.
    assembly: Mutex<FxHashMap<Box<str>, bool>>,
}

impl ByName {
    /// Of what files tell.
    pub fn new(files: Vec<(RelPath, Names)>, templates: impl Iterator<Item = BTreeSet<Box<str>>>) -> Self {
        Self { files, shown: templates.flatten().collect(), assembly: Mutex::default() }
    }

    /// What calls a function by its name, if something does. `leads`: whether a directory can have values of a type in another.
    pub fn calls(&self, key: &Key, root: &Path, leads: &dyn Fn(&str, &str) -> bool) -> Option<Cause> {
        let dir = key.dir()?;
        if key.receiver.is_empty() && self.is_assembled(key, dir, root) {
            return Some(Cause::CalledByName { caller: format!("the assembly in {dir}") });
        }
        let is_method = !key.receiver.is_empty() && key.is_exported() && !key.is_asked;
        self.files.iter().find_map(|(path, names)| {
            let found = match names {
                Names::Linked(package, name, directive) => {
                    let is_it = *name == key.name || name.ends_with(&format!(".{}", key.name));
                    let is_there = match package {
                        Some(package) => **package == *key.package.path,
                        None => dir_of(path) == dir,
                    };
                    return (is_it && is_there).then(|| Cause::Linked { directive: directive.clone() });
                }
                Names::Found(name) => is_method && *name == key.name,
                Names::Starting(start) => is_method && key.name.starts_with(&**start),
                Names::Shown(names) => is_method && (names.contains(&key.name) || self.shown.contains(&key.name)),
                Names::Served => is_method,
                // Those that are not exported, too.
                Names::Replaced(names) => {
                    let found = !key.receiver.is_empty() && !key.is_asked && names.contains(&key.name);
                    return (found && leads(dir, dir_of(path))).then(|| Cause::Replaced { file: path.to_string() });
                }
            };
            (found && leads(dir, dir_of(path))).then(|| Cause::CalledByName { caller: path.to_string() })
        })
    }

    /// Whether assembly beside a function names it.
    fn is_assembled(&self, key: &Key, dir: &str, root: &Path) -> bool {
        let mut known = self.assembly.lock().unwrap_or_else(PoisonError::into_inner);
        let has_any = known.entry(dir.into()).or_insert_with(|| !assembly(root, dir).is_empty());
        *has_any && {
            let name = format!("·{}(SB)", key.name);
            assembly(root, dir).iter().any(|text| memchr::memmem::find(text, name.as_bytes()).is_some())
        }
    }
}

fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The assembly in a directory.
fn assembly(root: &Path, dir: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(root.join(dir)).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "s"));
    paths.filter_map(|path| disk::read(&path, disk::SOURCE).ok()).collect()
}

/// What a file calls by name, given what it imports, and whether what replaces functions is among that.
pub fn names(text: &[u8], imports: &[Box<str>], replaces: bool) -> Vec<Names> {
    let mut found = Vec::new();
    found.extend(replaces.then(|| Names::Replaced(replaced(text))));
    for link in LINKS {
        found.extend(memchr::memmem::find_iter(text, link).flat_map(|at| linked(&text[at..])));
    }
    for at in memchr::memmem::find_iter(text, FINDS) {
        found.push(method(&text[at + FINDS.len()..]));
    }
    let imports = |path: &str| imports.iter().any(|import| **import == *path);
    if SHOWN_BY.iter().any(|path| imports(path)) {
        found.push(Names::Shown(shown(text)));
    }
    if imports(SERVED_BY) && memchr::memmem::find(text, b"Register").is_some() {
        found.push(Names::Served);
    }
    found
}

/// The functions that a comment names.
fn linked(text: &[u8]) -> Vec<Names> {
    let line = String::from_utf8_lossy(text.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let line = line.trim().to_owned();
    let mut parts = line.split_whitespace().skip(1);
    let own = parts.next().map(|name| Names::Linked(None, name.into(), line.clone()));
    // `import/path.name`, where the path may hold dots.
    let far = parts.next().and_then(|target| {
        let after = target.rfind('/').map_or(0, |at| at + 1);
        let (package, name) = target[after..].split_once('.')?;
        Some(Names::Linked(Some(format!("{}{package}", &target[..after]).into()), name.into(), line.clone()))
    });
    own.into_iter().chain(far).collect()
}

/// The method that package reflect is asked for: by its name, or how that starts.
fn method(argument: &[u8]) -> Names {
    let argument = argument.trim_ascii_start();
    let quoted = argument.strip_prefix(b"\"").and_then(|rest| Some(rest.split_at(memchr::memchr(b'"', rest)?)));
    let Some((name, rest)) = quoted else { return Names::Starting(Box::default()) };
    let name = Box::from(&*String::from_utf8_lossy(name));
    match rest[1..].trim_ascii_start().first() {
        Some(b')') => Names::Found(name),
        _ => Names::Starting(name),
    }
}

/// The first names in quotes behind words of what is called that have `Method` in them: `ApplyMethod(x, "Name", …`.
fn replaced(text: &[u8]) -> BTreeSet<Box<str>> {
    let name = |at: usize| {
        let rest = &text[at..text.len().min(at + MAX_CALL)];
        let call = rest.iter().position(|byte| !is_word(*byte)).filter(|end| rest[*end] == b'(')?;
        let start = memchr::memchr(b'"', &rest[call..])? + call + 1;
        let name = &rest[start..start + memchr::memchr(b'"', &rest[start..])?];
        name.iter().all(|byte| is_word(*byte)).then(|| Box::from(&*String::from_utf8_lossy(name)))
    };
    memchr::memmem::find_iter(text, b"Method").filter_map(name).collect()
}

/// The names behind dots between the braces of a template.
pub fn shown(text: &[u8]) -> BTreeSet<Box<str>> {
    let mut found = BTreeSet::new();
    for start in memchr::memmem::find_iter(text, b"{{") {
        let rest = &text[start + 2..];
        let action = &rest[..memchr::memmem::find(rest, b"}}").unwrap_or(rest.len().min(200))];
        for at in memchr::memchr_iter(b'.', action) {
            let name = &action[at + 1..];
            let name = &name[..name.iter().position(|byte| !is_word(*byte)).unwrap_or(name.len())];
            if name.first().is_some_and(u8::is_ascii_uppercase) {
                found.insert(Box::from(&*String::from_utf8_lossy(name)));
            }
        }
    }
    found
}

/// Whether a text may call anything by its name.
pub fn may_name(text: &[u8]) -> bool {
    LINKS.iter().chain([&FINDS]).any(|mark| memchr::memmem::find(text, mark).is_some())
        || [&b"template"[..], b"rpc"].iter().any(|word| words(text, word).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_by_its_name() {
        let text = b"//go:linkname own other.example/a.b/pkg.far\n//export Out\nv.MethodByName(\"Find\"); v.MethodByName(\"Set\"+x); v.MethodByName(x)";
        let found = names(text, &[], false);
        let line = || "//go:linkname own other.example/a.b/pkg.far".to_owned();
        assert_eq!(
            found,
            [
                Names::Linked(None, "own".into(), line()),
                Names::Linked(Some("other.example/a.b/pkg".into()), "far".into(), line()),
                Names::Linked(None, "Out".into(), "//export Out".to_owned()),
                Names::Found("Find".into()),
                Names::Starting("Set".into()),
                Names::Starting("".into()),
            ]
        );
        let text =
            b"p.ApplyMethod(reflect.TypeOf(&x{}), \"Find\", f)\np.ApplyPrivateMethod(x, \"find\", f)\nx.Method(1)";
        let replaced = BTreeSet::from(["Find".into(), "find".into()]);
        assert_eq!(names(text, &[], true), [Names::Replaced(replaced)]);
        let shown = shown(b"{{if .Ready}} {{- $x.Name | printf \"%s\" .lower}} {{");
        assert_eq!(shown, BTreeSet::from(["Name".into(), "Ready".into()]));
    }
}
