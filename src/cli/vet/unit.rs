//! One package as the go command describes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::text::disk;

/// The description, as far as it is needed; all names are the go command's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unit {
    /// The package: `fmt [fmt.test]`.
    #[serde(rename = "ID", default)]
    pub id: String,
    /// Its directory.
    #[serde(default)]
    dir: PathBuf,
    #[serde(default)]
    go_files: Option<Vec<PathBuf>>,
    /// What it imports, as its files name it and as the build does.
    #[serde(default)]
    import_map: Option<BTreeMap<String, String>>,
    #[serde(default)]
    standard: BTreeMap<String, bool>,
    /// Whether only what other packages want to know is asked for, which is nothing.
    #[serde(default)]
    pub vetx_only: bool,
    /// Where that goes.
    #[serde(default)]
    pub vetx_output: PathBuf,
    /// Where standard output goes, if it goes elsewhere.
    #[serde(default)]
    pub stdout: PathBuf,
    /// Where files with their fixes go; empty: to the tree.
    #[serde(default)]
    pub fix_archive: PathBuf,
    /// Whether files that are broken are the compiler's to complain about.
    #[serde(default)]
    pub succeed_on_typecheck_failure: bool,
}

impl Unit {
    /// Reads the description.
    pub fn load(path: &Path) -> Result<Self> {
        let text = disk::read_named(path, disk::DOCUMENT).with_context(|| path.display().to_string())?;
        serde_json::from_slice(&text).with_context(|| format!("cannot decode JSON config file {}", path.display()))
    }

    /// Whether it imports the standard library alone: nothing in it can log as klogmod looks at it, whatever is set. Where the
    /// imports are not told, nobody knows.
    pub fn is_apart(&self) -> bool {
        let is_standard =
            |path: &String| matches!(path.as_str(), "C" | "unsafe") || self.standard.get(path).is_some_and(|is| *is);
        self.import_map.as_ref().is_some_and(|imports| imports.values().all(is_standard))
    }

    /// Its Go files, as people wrote them: where cgo has made a file of one, that one.
    pub fn files(&self) -> Vec<PathBuf> {
        let original = |path: &PathBuf| {
            let name = path.file_name()?.to_str()?;
            match name.strip_suffix(".cgo1.go") {
                Some(stem) => Some(self.dir.join(format!("{stem}.go"))),
                None => {
                    (path.parent() == Some(self.dir.as_path()) || self.dir.as_os_str().is_empty()).then(|| path.clone())
                }
            }
        };
        self.go_files.iter().flatten().filter_map(original).filter(|path| path.is_file()).collect()
    }
}
