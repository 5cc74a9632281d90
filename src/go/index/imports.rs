//! A file's import declarations.

use std::borrow::Cow;

use tree_sitter::Node;

use crate::go::syntax::head::unquoted;
use crate::go::syntax::outline::OutlineImport;
use crate::go::syntax::{self, AstNode, kind, named_children};
use crate::text::Span;

/// One import specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path, unquoted.
    pub path: String,
    /// The name given to it: an identifier, `.` or `_`.
    pub alias: Option<String>,
    /// The specification, without its line's comment.
    pub span: Span,
    /// The declaration around it.
    pub declaration: Span,
    /// Whether the declaration is of the form `import ( … )`.
    pub grouped: bool,
}

impl Import {
    /// The name by which the file refers to the package; for an unnamed import it is guessed from the path as Go's tools do.
    pub fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or_else(|| default_name(&self.path))
    }
}

/// `k8s.io/klog/v2` → `klog`, `gopkg.in/yaml.v2` → `yaml`, `github.com/go-logr/logr` → `logr`.
pub fn default_name(path: &str) -> &str {
    // Modules have a suffix only from v2 on; `core/v1` is a package called v1.
    let is_major = |s: &str| s.strip_prefix('v').and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 2);
    let mut parts = path.rsplit('/');
    let mut last = parts.next().unwrap_or(path);
    if is_major(last) {
        last = parts.next().unwrap_or(last);
    }
    match last.rsplit_once('.') {
        Some((name, version)) if version.starts_with('v') && version[1..].parse::<u32>().is_ok() => name,
        _ => last,
    }
}

/// Path of the package that a name refers to, in a file whose outline has these imports.
pub fn path_of<'i>(imports: &'i [OutlineImport], name: &str) -> Option<&'i str> {
    by_name(imports, name, |import| (import.alias.as_deref(), &import.path)).map(|import| &*import.path)
}

/// The import that a name refers to, of a list of which each has an alias or none, and a path.
fn by_name<'i, I>(imports: &'i [I], name: &str, read: impl Fn(&'i I) -> (Option<&'i str>, &'i str)) -> Option<&'i I> {
    let is_named = |import: &&'i I| {
        let (alias, path) = read(import);
        alias.unwrap_or_else(|| default_name(path)) == name
    };
    let is_unnamed = |import: &&'i I| {
        let (alias, path) = read(import);
        alias.is_none() && path.rsplit('/').next() == Some(name)
    };
    imports.iter().find(is_named).or_else(|| imports.iter().find(is_unnamed))
}

/// All imports of a file, in their order.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// The specifications.
    pub list: Vec<Import>,
    /// Offset behind the package clause, where a first import declaration would go.
    pub package_end: usize,
}

impl Imports {
    /// Reads the imports of a file.
    pub fn of(root: Node<'_>, source: &[u8]) -> Self {
        let mut imports = Self::default();
        for child in named_children(root) {
            match child.kind_id() {
                kind::PACKAGE_CLAUSE => imports.package_end = child.end_byte(),
                kind::IMPORT_DECLARATION => imports.declaration(child, source),
                _ => {}
            }
        }
        imports
    }

    fn declaration(&mut self, declaration: Node<'_>, source: &[u8]) {
        for child in named_children(declaration) {
            if let Some(spec) = syntax::ImportSpec::cast(child) {
                self.spec(spec, declaration, false, source);
            }
            if child.kind_id() == kind::IMPORT_SPEC_LIST {
                for spec in named_children(child).filter_map(syntax::ImportSpec::cast) {
                    self.spec(spec, declaration, true, source);
                }
            }
        }
    }

    fn spec(&mut self, spec: syntax::ImportSpec<'_>, declaration: Node<'_>, grouped: bool, source: &[u8]) {
        let Some(path) = spec.path() else { return };
        let text = syntax::text(path, source);
        // Written with escapes, it is the same path to Go.
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let plain = inner.and_then(|inner| unquoted(inner.as_bytes()));
        let path = plain.map_or_else(|| text.trim_matches(['"', '`']).to_owned(), Cow::into_owned);
        let alias = spec.name().map(|name| syntax::text(name, source).to_owned());
        let span = spec.node().byte_range().into();
        self.list.push(Import { path, alias, span, declaration: declaration.byte_range().into(), grouped });
    }

    /// The import that a package name refers to.
    pub fn by_name(&self, name: &str) -> Option<&Import> {
        by_name(&self.list, name, |import| (import.alias.as_deref(), &import.path))
    }

    /// The import of a path that can be named; dot and blank imports cannot.
    pub fn by_path(&self, path: &str) -> Option<&Import> {
        self.list.iter().find(|i| i.path == path && !matches!(i.alias.as_deref(), Some("." | "_")))
    }

    /// Path of the package that a name refers to.
    pub fn path_of(&self, name: &str) -> Option<&str> {
        self.by_name(name).map(|import| import.path.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_in_every_form() {
        let source = b"package p\nimport \"fmt\"\nimport (\n\t. \"k8s.io/klog\"\n\tlog \"k8s.io/klog/v2\" // why\n\t_ `x/y.v3`\n)\n";
        let tree = crate::go::parse::parse_bytes(source).unwrap();
        let imports = Imports::of(tree.root_node(), source);
        let names: Vec<_> = imports.list.iter().map(|i| (i.name(), i.path.as_str(), i.grouped)).collect();
        assert_eq!(
            names,
            [("fmt", "fmt", false), (".", "k8s.io/klog", true), ("log", "k8s.io/klog/v2", true), ("_", "x/y.v3", true)]
        );
        assert_eq!(imports.list[2].span.of(source), b"log \"k8s.io/klog/v2\"");
        assert_eq!(imports.package_end, 9);
    }

    #[test]
    fn an_unnamed_import_is_called_by_its_last_part() {
        let names = ["k8s.io/klog/v2", "gopkg.in/yaml.v2", "github.com/go-logr/logr", "fmt", "core/v1", "x.v1"]
            .map(default_name);
        assert_eq!(names, ["klog", "yaml", "logr", "fmt", "v1", "x"]);
    }
}
