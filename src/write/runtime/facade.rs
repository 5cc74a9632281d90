//! The package over its base: all that the base exports, handed on under the same names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tree_sitter::Node;

use super::{Base, FILTER_SINCE, RuntimeError, RuntimeOptions};
use crate::go::parse;
use crate::go::syntax::{self, Children, field, kind, named_children};
use crate::text::FileChange;

/// What a base exports, as Go text by kind.
#[derive(Default)]
struct Exports {
    constants: String,
    types: String,
    functions: String,
    imports: BTreeSet<String>,
}

/// The text of the package's requestid.go, made of the base's files.
pub(super) fn package(files: &[FileChange], options: &RuntimeOptions, base: &Base) -> Result<String, RuntimeError> {
    let mut exports = Exports::default();
    exports.imports.insert(format!("base {:?}", base.import_path));
    for file in files.iter().filter(|file| file.path.ends_with(".go") && !file.path.ends_with("_test.go")) {
        let broken = || RuntimeError::Tree { path: file.path.to_string(), reason: "does not parse".to_owned() };
        let tree = parse::parse_bytes(&file.after).filter(|tree| !tree.root_node().has_error()).ok_or_else(broken)?;
        exports.read(tree.root_node(), &file.after);
    }
    let Exports { constants, types, functions, imports } = exports;
    let (package, license) = (options.package(), options.license.comment());
    let mut imports: Vec<&String> = imports.iter().collect();
    imports.sort_by_key(|import| path_of(import));
    let (std, others): (Vec<&String>, Vec<&String>) = imports.into_iter().partition(|import| !import.contains('.'));
    let group = |imports: &[&String]| imports.iter().map(|import| format!("\t{import}\n")).collect::<String>();
    let filter = match options.klog_version >= FILTER_SINCE {
        true => "\n// It also gives klog the filter that keeps pairs out of lines that must not have them.",
        false => "",
    };
    let path = &base.import_path;
    let mut text = format!("{license}// Package {package} hands on {path}, which describes it.{filter}\n");
    let _ = write!(text, "package {package}\n\nimport (\n{}\n{})\n\n", group(&std), group(&others));
    let _ = write!(text, "const (\n{constants})\n\ntype (\n{types})\n{functions}");
    Ok(text)
}

impl Exports {
    fn read(&mut self, root: Node<'_>, source: &[u8]) {
        let mut imported = BTreeMap::new();
        let mut comment = String::new();
        for node in Children::new(root).filter(|node| node.is_named()) {
            let doc = std::mem::take(&mut comment);
            match node.kind_id() {
                kind::COMMENT => {
                    let line = syntax::text(node, source).trim_start_matches('/').trim();
                    comment = [doc.as_str(), line].join(" ").trim().to_owned();
                }
                kind::IMPORT_DECLARATION => imports(node, source, &mut imported),
                kind::CONST_DECLARATION => self.declared(node, source, false),
                kind::TYPE_DECLARATION => self.declared(node, source, true),
                kind::FUNCTION_DECLARATION => self.function(node, source, &doc, &imported),
                _ => {}
            }
        }
    }

    /// The exported names of a declaration of constants or types.
    fn declared(&mut self, declaration: Node<'_>, source: &[u8], types: bool) {
        for spec in named_children(declaration) {
            let Some(name) = spec.child_by_field_id(field::NAME).map(|name| syntax::text(name, source)) else {
                continue;
            };
            if is_exported(name) {
                let text = if types { &mut self.types } else { &mut self.constants };
                let _ = writeln!(text, "\t// {name} is the base's.\n\t{name} = base.{name}");
            }
        }
    }

    fn function(&mut self, node: Node<'_>, source: &[u8], doc: &str, imported: &BTreeMap<String, String>) {
        let name = node.child_by_field_id(field::NAME).map_or("", |name| syntax::text(name, source));
        let (Some(body), Some(parameters)) =
            (node.child_by_field_id(field::BODY), node.child_by_field_id(field::PARAMETERS))
        else {
            return;
        };
        if !is_exported(name) {
            return;
        }
        let signature = String::from_utf8_lossy(&source[node.start_byte()..body.start_byte()]);
        self.imports.extend(
            imported.iter().filter(|(name, _)| signature.contains(&format!("{name}."))).map(|(_, i)| i.clone()),
        );
        let arguments: Vec<String> =
            named_children(parameters).flat_map(|parameter| passed(parameter, source)).collect();
        let returns = if node.child_by_field_id(field::RESULT).is_some() { "return " } else { "" };
        let sentence = doc.split_once(". ").map_or(doc, |(first, _)| first).trim_end_matches(['.', ':']);
        let _ = write!(
            self.functions,
            "\n// {sentence}.\n{signature}{{\n\t{returns}base.{name}({})\n}}\n",
            arguments.join(", ")
        );
    }
}

/// What a parameter is passed on as.
fn passed(parameter: Node<'_>, source: &[u8]) -> Vec<String> {
    let rest = if parameter.kind_id() == kind::VARIADIC_PARAMETER_DECLARATION { "..." } else { "" };
    let names = syntax::children_by_field(parameter, field::NAME);
    names.map(|name| format!("{}{rest}", syntax::text(name, source))).collect()
}

/// Imports by the name that they have in the file.
fn imports(declaration: Node<'_>, source: &[u8], imported: &mut BTreeMap<String, String>) {
    let mut stack = vec![declaration];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::IMPORT_SPEC {
            let spec = syntax::text(node, source);
            let path = path_of(spec);
            let name = node.child_by_field_id(field::NAME).map(|name| syntax::text(name, source).to_owned());
            let default = || path.trim_end_matches("/v2").rsplit('/').next().unwrap_or(path).to_owned();
            imported.insert(name.unwrap_or_else(default), spec.to_owned());
        }
        stack.extend(named_children(node));
    }
}

/// The path of an import, which may have a name before it.
fn path_of(spec: &str) -> &str {
    spec.rsplit(' ').next().unwrap_or(spec).trim_matches('"')
}

fn is_exported(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}
