//! Files that are not read and of which the program is made all the same.

use super::change::Change;
use crate::text::disk;

/// Names of files that say what is built of which modules.
const NAMES: [&str; 5] = ["go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt"];
/// Ends of the names of files that the go tool builds beside Go's own.
const ENDS: [&str; 20] = [
    ".s", ".S", ".sx", ".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90",
    ".swig", ".swigcxx", ".syso", ".go",
];
/// Directories that the go tool does not build.
const UNBUILT: [&str; 2] = ["testdata", "node_modules"];

/// Whether what is built is made of a file that is not read.
pub fn is_built(path: &str, change: &Change) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let is_hidden = |part: &str| part.starts_with(['.', '_']);
    let is_outside = parts.iter().any(|part| is_hidden(part) || UNBUILT.contains(part)) || is_hidden(name);
    let of_go = NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end));
    of_go && !is_outside || is_embedded(path, change)
}

/// Whether a Go file of a directory above embeds a file, or the directory that it stands in.
fn is_embedded(path: &str, change: &Change) -> bool {
    let above = path.match_indices('/').map(|(at, _)| &path[..at]).chain([""]);
    above.into_iter().any(|dir| {
        let below = if dir.is_empty() { path } else { &path[dir.len() + 1..] };
        let sides = change.files.iter().filter(|(file, _)| file.rsplit_once('/').map_or("", |(dir, _)| dir) == dir);
        let changed = sides.flat_map(|(_, sides)| sides.old.iter().chain(&sides.new)).map(|bytes| bytes.to_vec());
        let root = &change.old.root;
        let entries = std::fs::read_dir(root.join(dir)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let files = names.filter(|name| name.ends_with(".go")).map(|name| match dir {
            "" => name,
            dir => format!("{dir}/{name}"),
        });
        let on_disk = files.filter_map(|file| disk::within(root, &file, disk::SOURCE).ok());
        changed.chain(on_disk).any(|source| embeds(&source, below))
    })
}

/// Whether a pattern behind `//go:embed` takes a path below the file's directory.
fn embeds(source: &[u8], below: &str) -> bool {
    let text = String::from_utf8_lossy(source);
    let patterns = text.lines().filter_map(|line| line.trim_start().strip_prefix("//go:embed "));
    patterns.flat_map(str::split_whitespace).any(|pattern| {
        let pattern = pattern.trim_matches(['"', '`']).trim_start_matches("all:");
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        // Of a directory all is embedded that stands in it.
        let parts = below.match_indices('/').map(|(at, _)| &below[..at]).chain([below]);
        let takes = |part: &str| glob.as_ref().is_ok_and(|glob| glob.compile_matcher().is_match(part));
        parts.into_iter().any(takes) || pattern == "."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_built() {
        let source = b"package a\n\n//go:embed table.txt static/*.css \"pages\"\nvar files embed.FS\n";
        for below in ["table.txt", "static/a.css", "pages/a/b.html"] {
            assert!(embeds(source, below), "{below}");
        }
        for below in ["other.txt", "static/a/b.css", "table.txt.orig"] {
            assert!(!embeds(source, below), "{below}");
        }
        let change = Change::default();
        for path in ["go.mod", "a/go.sum", "vendor/modules.txt", "vendor/b/b.go", "a/x_amd64.s"] {
            assert!(is_built(path, &change), "{path}");
        }
        for path in ["README.md", "a/testdata/go.mod", "_out/a.c", "deploy/a.yaml"] {
            assert!(!is_built(path, &change), "{path}");
        }
    }
}
