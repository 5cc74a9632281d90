//! What is known at the place of one call.

use tree_sitter::Node;

use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, kind};
use crate::go::types::{Binding, FileTypes, Reach, Scopes, Type};
use crate::klog::convention::Conventions;
use crate::rule::{RuleSet, Version};

/// What is known at the place of one call.
pub struct Place<'a, 't> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// The file.
    pub file: &'a ParsedFile,
    /// Its imports.
    pub imports: &'a Imports,
    /// The local names.
    pub scopes: &'a Scopes<'t>,
    /// Habits of the tree.
    pub conventions: &'a Conventions,
    /// Types.
    pub types: &'a FileTypes<'a, 'a>,
    /// klog's version.
    pub klog: Version,
    /// How the file refers to klog; empty for a dot import.
    pub qualifier: &'a str,
}

impl<'a, 't> Place<'a, 't> {
    /// The file's bytes.
    pub fn source(&self) -> &'a [u8] {
        &self.file.source.bytes
    }

    /// The source of an expression.
    pub fn text(&self, node: Node<'_>) -> String {
        syntax::text(node, self.source()).to_owned()
    }

    /// `klog.`, or nothing for a dot import.
    pub fn klog_qualifier(&self) -> String {
        if self.qualifier.is_empty() { String::new() } else { format!("{}.", self.qualifier) }
    }

    /// Whether the tree's klog has a feature.
    pub fn has(&self, feature: &str) -> bool {
        self.rules.log_calls.has(feature, self.klog)
    }

    /// Static type of an expression.
    pub fn type_of(&self, node: Node<'_>) -> Type {
        self.types.type_of(node)
    }

    /// Static type of a local name.
    pub fn type_of_binding(&self, binding: &Binding<'t>) -> Type {
        self.types.type_of_binding(binding)
    }

    /// How `klog.KObj` takes a value of this type. A type whose package is not at hand counts as an object if the rules
    /// list its package and its name.
    pub fn object_reach(&self, ty: &Type) -> Reach {
        if let Some(reach) = self.types.view().api_object(ty) {
            return reach;
        }
        let listed = |ty: &Type| {
            ty.named().is_some_and(|named| {
                self.rules.values.object_packages.is_match(&*named.package.path)
                    && self.rules.values.kinds.contains(&*named.name)
            })
        };
        match ty {
            Type::Pointer(inner) if listed(inner) => Reach::AsIs,
            ty if listed(ty) => Reach::ByAddress,
            _ => Reach::No,
        }
    }

    /// Whether a value of this type, or a pointer to it, has annotations: an object of the API, not just something with a
    /// name and a namespace.
    pub fn is_annotated(&self, ty: &Type) -> bool {
        self.object_reach(ty) != Reach::No && self.types.view().annotated(ty) != Some(Reach::No)
    }

    /// Whether a value of this type is text: a string, a type made of it, or a constant.
    pub fn is_text(&self, ty: &Type) -> bool {
        self.types.view().underlying(ty).defaulted().is_basic("string")
    }

    /// The name by which a package can be called here, imported or not yet; `None` where the name stands for something else.
    pub fn package_name<'p>(&self, path: &'p str) -> Option<&'p str>
    where
        'a: 'p,
    {
        let free = |name: &str| self.scopes.lookup(name).is_none();
        if let Some(import) = self.imports.by_path(path) {
            return Some(import.name()).filter(|name| free(name));
        }
        let name = crate::go::index::default_name(path);
        let taken = self.imports.list.iter().any(|import| import.name() == name) || self.declares(name);
        (free(name) && !taken).then_some(name)
    }

    /// Whether the file declares this name outside functions.
    fn declares(&self, name: &str) -> bool {
        if memchr::memmem::find(self.source(), name.as_bytes()).is_none() {
            return false;
        }
        if let Some(declares) = self.types.declares(name) {
            return declares;
        }
        let named = |node: Node<'_>| {
            syntax::children_by_field(node, syntax::field::NAME).any(|n| syntax::text(n, self.source()) == name)
        };
        // The tree may leave functions out.
        let as_function = [format!("func {name}("), format!("func {name}[")];
        as_function.iter().any(|start| memchr::memmem::find(self.source(), start.as_bytes()).is_some())
            || syntax::named_children(self.file.tree.root_node()).any(|declaration| match declaration.kind_id() {
                kind::METHOD_DECLARATION => false,
                kind::VAR_DECLARATION => syntax::named_children(declaration).any(|spec| {
                    named(spec) || spec.kind_id() == kind::VAR_SPEC_LIST && syntax::named_children(spec).any(named)
                }),
                kind::TYPE_DECLARATION | kind::CONST_DECLARATION => syntax::named_children(declaration).any(named),
                _ => named(declaration),
            })
    }

    /// Import path of the package that an identifier names here.
    pub fn imported(&self, node: Node<'_>) -> Option<&'a str> {
        let name = syntax::text(node, self.source());
        let is_package = node.kind_id() == kind::IDENTIFIER && self.scopes.lookup(name).is_none();
        is_package.then(|| self.imports.path_of(name))?
    }
}
