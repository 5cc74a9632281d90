//! Copies of the checkout's own modules in its vendor directories, as `go mod vendor` makes them where no links stand.

use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};

use super::GoMod;
use super::programs::{modules, modules_among};
use super::resolve::{join, normal};
use crate::text::disk;

/// A directory of vendor that holds a copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct VendoredCopy {
    /// The directory of the module whose vendor it is; `""` is the root.
    pub of: String,
    /// Where the copy lies.
    pub dir: String,
    /// The directory of the checkout's own module that it is a copy of.
    pub own: String,
}

impl VendoredCopy {
    /// What the copy calls a file of the checkout's own; `None` where it has none of it.
    pub fn name_of(&self, path: &str) -> Option<String> {
        let below = path.strip_prefix(&*self.own)?.strip_prefix('/')?;
        Some(format!("{}/{below}", self.dir))
    }

    /// The first Go file of the copy that is another than the checkout's own, or that this does not have.
    pub fn differs(&self, root: &Path) -> Option<String> {
        let entries = walkdir::WalkDir::new(root.join(&self.dir)).sort_by_file_name().into_iter().flatten();
        let files = entries.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
            let path = entry.path().strip_prefix(root.join(&self.dir)).ok()?.to_str()?.replace('\\', "/");
            path.ends_with(".go").then_some(path)
        });
        let read = |dir: &str, path: &str| disk::read(&root.join(dir).join(path), disk::SOURCE).ok();
        let mut other = files.filter(|path| read(&self.dir, path) != read(&self.own, path));
        other.next().map(|path| format!("{}/{path}", self.dir))
    }

    /// What is to be done once the checkout's own module has changed: what is built is the copy.
    pub fn to_renew(&self) -> String {
        let place = if self.of.is_empty() { String::new() } else { format!(" in {}", self.of) };
        format!("{} is a copy of {}: run `go mod vendor`{place} once this is applied", self.dir, self.own)
    }
}

/// The copies of which these files are: those that are not built of a module's tests alone.
pub fn stale<'c, 'p>(copies: &'c [VendoredCopy], files: impl Iterator<Item = &'p str>) -> Vec<&'c VendoredCopy> {
    let files: Vec<&str> = files.filter(|path| path.ends_with(".go") && !path.ends_with("_test.go")).collect();
    copies.iter().filter(|copy| files.iter().any(|path| copy.name_of(path).is_some())).collect()
}

/// All copies in the checkout at `root`, in order.
pub fn copies(root: &Path) -> Vec<VendoredCopy> {
    copies_of(root, &modules(root))
}

/// As [`copies`], of a checkout whose files of go are known, at least those named go.mod.
pub fn copies_among<'p>(root: &Path, files: impl Iterator<Item = &'p str>) -> Vec<VendoredCopy> {
    copies_of(root, &modules_among(root, files))
}

fn copies_of(root: &Path, modules: &[(String, GoMod)]) -> Vec<VendoredCopy> {
    let mut found: Vec<_> = modules.iter().flat_map(|(of, gomod)| copies_in(root, of, gomod)).collect();
    found.sort();
    found
}

/// The copies in the vendor directory of the root's own module, if it has one.
pub fn copies_at_root(root: &Path) -> Vec<VendoredCopy> {
    let gomod = disk::text_of_go(&root.join("go.mod")).ok();
    gomod.map(|text| copies_in(root, "", &GoMod::parse(&text))).unwrap_or_default()
}

/// Of what a module's go.mod, or the go.work beside it, has a directory stand in for.
fn copies_in(root: &Path, of: &str, gomod: &GoMod) -> Vec<VendoredCopy> {
    let vendor = join(of, "vendor");
    let Some(real) = root.canonicalize().ok().filter(|_| root.join(&vendor).join("modules.txt").is_file()) else {
        return Vec::new();
    };
    let read = |path: &str| Some(GoMod::parse(&disk::text_of_go(&root.join(path)).ok()?));
    let work = read(&join(of, "go.work"));
    let mut own: Vec<(String, String)> = Vec::new();
    for file in std::iter::once(gomod).chain(&work) {
        let stand_in = |(path, dir): (&String, &String)| Some((path.clone(), normal(&join(of, dir))?));
        own.extend(file.replace.iter().filter_map(stand_in));
        let used = |dir: &String| {
            let dir = normal(&join(of, dir))?;
            Some((read(&join(&dir, "go.mod"))?.module, dir))
        };
        own.extend(file.uses.iter().filter_map(used));
    }
    let copy = |(path, own): (String, String)| {
        let dir = join(&vendor, &path);
        let is_copy = root.join(&dir).canonicalize().is_ok_and(|there| there == real.join(&dir));
        (is_copy && own != dir && root.join(&own).is_dir()).then(|| VendoredCopy { of: of.to_owned(), dir, own })
    };
    let mut found: Vec<_> = own.into_iter().filter_map(copy).collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vendor_holds_of_ones_own_modules_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "go.mod",
            "module a.example/m\n\nreplace (\n\tb.example/own => ./own\n\tb.example/absent => ./absent\n\tb.example/elsewhere => ../elsewhere\n)\n",
        );
        write("own/go.mod", "module b.example/own\n");
        assert_eq!(copies(dir.path()), []);
        write("vendor/modules.txt", "# b.example/own v0.0.0 => ./own\n");
        write("vendor/b.example/own/x.go", "package own\n");
        write("vendor/b.example/absent/x.go", "package absent\n");
        write("vendor/b.example/elsewhere/x.go", "package elsewhere\n");
        let of = VendoredCopy { of: String::new(), dir: "vendor/b.example/own".into(), own: "own".into() };
        assert_eq!(copies(dir.path()), std::slice::from_ref(&of));
        assert_eq!(of.differs(dir.path()).as_deref(), Some("vendor/b.example/own/x.go"));
        write("own/x.go", "package own\n");
        write("own/x_test.go", "package own\n");
        assert_eq!(of.differs(dir.path()), None);
        assert_eq!(of.name_of("own/sub/x.go").as_deref(), Some("vendor/b.example/own/sub/x.go"));
        assert_eq!(of.name_of("owner/x.go"), None);
        // A module beside the root's, with a vendor directory of its own.
        write("tools/go.mod", "module a.example/tools\n\nreplace b.example/own => ../own\n");
        write("tools/vendor/modules.txt", "# b.example/own v0.0.0 => ../own\n");
        write("tools/vendor/b.example/own/x.go", "package own\n");
        let dirs: Vec<String> = copies(dir.path()).into_iter().map(|copy| copy.dir).collect();
        assert_eq!(dirs, ["vendor/b.example/own", "tools/vendor/b.example/own"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_no_copies() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        std::fs::create_dir_all(at("vendor/b.example")).unwrap();
        std::fs::create_dir_all(at("own")).unwrap();
        std::fs::write(at("go.mod"), "module a.example/m\n\nreplace b.example/own => ./own\n").unwrap();
        std::fs::write(at("vendor/modules.txt"), "").unwrap();
        std::os::unix::fs::symlink("../../own", at("vendor/b.example/own")).unwrap();
        assert_eq!(copies(dir.path()), []);
    }
}
