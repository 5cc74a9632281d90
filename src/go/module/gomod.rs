//! go.mod, go.work and vendor/modules.txt, as far as versions and directories go.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Mutex;

use crate::rule::Version;
use crate::text::diagnostic::Diagnostic;
use crate::text::disk::text_of_go;

/// What a go.mod says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The module's path.
    pub module: String,
    /// The version of Go that it is written in, if it says so: 1.18.0.
    pub go: Option<Version>,
    /// Versions that it requires, by module path; a `replace` with a version has been applied.
    pub require: BTreeMap<String, Version>,
    /// The same with versions as they stand there, and the module that stands in for it if one does.
    pub versions: BTreeMap<String, (String, String)>,
    /// Those of them that other modules need, as the file says: `// indirect`.
    pub indirect: BTreeSet<String>,
    /// Directories that stand in for modules, by module path, relative to the file.
    pub replace: BTreeMap<String, String>,
    /// Directories of a go.work's modules, relative to the file.
    pub uses: Vec<String>,
}

impl GoMod {
    /// Reads the text of a go.mod or go.work. Lines that it does not understand are passed over: the go tool is the judge of them.
    pub fn parse(text: &str) -> Self {
        let mut gomod = Self::default();
        let (mut replace, mut stand_ins) = (Vec::new(), Vec::new());
        let mut block = "";
        for line in text.lines() {
            let (line, comment) = line.split_once("//").unwrap_or((line, ""));
            let words: Vec<_> = line.split_whitespace().map(|w| w.trim_matches(['"', '`'])).collect();
            let (verb, rest) = match words.as_slice() {
                [] => continue,
                [")"] => {
                    block = "";
                    continue;
                }
                [verb, "("] => {
                    block = if matches!(*verb, "require" | "replace" | "use") { verb } else { "other" };
                    continue;
                }
                [verb, rest @ ..] if block.is_empty() => (*verb, rest),
                rest => (block, rest),
            };
            match (verb, rest) {
                ("module", [path]) => gomod.module = (*path).to_owned(),
                ("go", [version]) => gomod.go = go_version(version),
                ("use", [dir]) => gomod.uses.push((*dir).to_owned()),
                ("require", [path, version, ..]) => {
                    gomod.versions.insert((*path).to_owned(), ((*path).to_owned(), (*version).to_owned()));
                    if let Ok(version) = version.parse() {
                        gomod.require.insert((*path).to_owned(), version);
                    }
                    if comment.trim_start().starts_with("indirect") {
                        gomod.indirect.insert((*path).to_owned());
                    }
                }
                ("replace", [path, "=>", dir] | [path, _, "=>", dir]) => {
                    gomod.replace.insert((*path).to_owned(), (*dir).to_owned());
                }
                ("replace", [path, "=>", other, version] | [path, _, "=>", other, version]) => {
                    stand_ins.push(((*path).to_owned(), ((*other).to_owned(), (*version).to_owned())));
                    replace.extend(version.parse().ok().map(|version| ((*path).to_owned(), version)));
                }
                _ => {}
            }
        }
        gomod.require.extend(replace);
        gomod.versions.extend(stand_ins);
        gomod
    }
}

/// `1.18`, `1.22.0`; what stands behind the digits of the second number does not count (`1.21rc1`).
fn go_version(text: &str) -> Option<Version> {
    let (major, rest) = text.split_once('.')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    format!("v{major}.{}.0", &rest[..digits]).parse().ok()
}

/// Version of a module in vendor/modules.txt: a line `# path version`.
fn vendored(text: &str, module: &str) -> Option<Version> {
    text.lines().filter_map(|line| line.strip_prefix("# ")).find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            [path, .., version] if *path == module => version.parse().ok(),
            _ => None,
        }
    })
}

/// Versions of one module (klog) for every directory of a checkout; looked up once per directory.
#[derive(Debug)]
pub struct Modules<'r> {
    root: &'r Path,
    module: String,
    known: Mutex<BTreeMap<String, Option<Version>>>,
    complaints: Mutex<BTreeSet<Diagnostic>>,
}

impl<'r> Modules<'r> {
    /// For the module `module` in the checkout at `root`.
    pub fn new(root: &'r Path, module: &str) -> Self {
        Self { root, module: module.to_owned(), known: Mutex::default(), complaints: Mutex::default() }
    }

    /// The version that files in `dir` (relative to the root, `""` for itself) are compiled against: from the nearest
    /// vendor/modules.txt upwards that names the module, or go.mod, which need not name it.
    pub fn version(&self, dir: &str) -> Option<Version> {
        let cached = self.known.lock().ok().and_then(|known| known.get(dir).copied());
        if let Some(version) = cached {
            return version;
        }
        let version = self.read(dir).unwrap_or_else(|| {
            let parent = dir.rsplit_once('/').map_or("", |(parent, _)| parent);
            if dir.is_empty() { None } else { self.version(parent) }
        });
        if let Ok(mut known) = self.known.lock() {
            known.insert(dir.to_owned(), version);
        }
        version
    }

    /// What could not be read so far.
    pub fn complaints(&self) -> Vec<Diagnostic> {
        self.complaints.lock().map(|complaints| complaints.iter().cloned().collect()).unwrap_or_default()
    }

    /// What a directory says; `None` where it says nothing. Another module's requirements are not those of one inside it.
    fn read(&self, dir: &str) -> Option<Option<Version>> {
        let vendor = self.text(dir, "vendor/modules.txt");
        if let Some(version) = vendor.and_then(|text| vendored(&text, &self.module)) {
            return Some(Some(version));
        }
        let gomod = GoMod::parse(&self.text(dir, "go.mod")?);
        let stands_in =
            |(path, (other, _)): &(&String, &(String, String))| *other == self.module && **path != self.module;
        if let Some((path, _)) = gomod.versions.iter().find(stands_in) {
            let named = if dir.is_empty() { "go.mod".to_owned() } else { format!("{dir}/go.mod") };
            let note = Diagnostic::note(named, format!("has klog stand in for {path}, whose calls are not looked at"));
            self.complaints.lock().ok()?.insert(note.help("what they print is counted nowhere"));
        }
        Some(gomod.require.get(&self.module).copied())
    }

    fn text(&self, dir: &str, name: &str) -> Option<String> {
        let path = if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") };
        match text_of_go(&self.root.join(&path)) {
            Ok(text) => Some(text),
            Err(error) => {
                // A file where a directory would be is no go.mod either.
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
                    let complaint = Diagnostic::warning(path, error.to_string()).help("it is taken as absent");
                    self.complaints.lock().ok()?.insert(complaint);
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_and_replacements_are_read() {
        let text = "module example.com/m // x\n\ngo 1.22\n\nrequire k8s.io/klog v1.0.0\nrequire (\n\tk8s.io/klog/v2 v2.5.0 // indirect\n\tk8s.io/api v0.20.0\n)\nreplace (\n\tk8s.io/klog/v2 => k8s.io/klog/v2 v2.70.0\n\tk8s.io/api => ./staging\n)\nexclude (\n\tk8s.io/klog/v2 v2.1.0\n)\n";
        let gomod = GoMod::parse(text);
        assert_eq!(gomod.module, "example.com/m");
        assert_eq!(gomod.require["k8s.io/klog"], Version(1, 0, 0));
        assert_eq!(gomod.require["k8s.io/klog/v2"], Version(2, 70, 0));
        assert_eq!(gomod.require["k8s.io/api"], Version(0, 20, 0));
        assert_eq!(gomod.replace["k8s.io/api"], "./staging");
        assert_eq!(gomod.versions["k8s.io/klog/v2"], ("k8s.io/klog/v2".to_owned(), "v2.70.0".to_owned()));
        let work = GoMod::parse("go 1.22\nuse ./a\nuse (\n\t./b // x\n)\nreplace x => ./y\n");
        assert_eq!((work.uses, &*work.replace["x"]), (vec!["./a".to_owned(), "./b".to_owned()], "./y"));
    }

    #[test]
    fn vendored_versions_are_read() {
        let text = "# k8s.io/klog/v2 v2.0.0 => k8s.io/klog/v2 v2.4.0\n## explicit\nk8s.io/klog/v2\n# x v1.2.3\n";
        assert_eq!(vendored(text, "k8s.io/klog/v2"), Some(Version(2, 4, 0)));
        assert_eq!(vendored(text, "k8s.io/klog"), None);
    }
}
