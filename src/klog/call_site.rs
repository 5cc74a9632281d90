//! klog calls, wherever and however they are spelled.

use borsh::{BorshDeserialize, BorshSerialize};
use memchr::memmem;
use serde::Serialize;
use tree_sitter::Node;

use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, AstNode, CallExpression, Expression, SelectorExpression, kind, named_children};
use crate::go::types::{Bound, Scopes};
use crate::rule::{Function, LogCalls, Severity, Style};
use crate::text::diagnostic::RelPath;
use crate::text::{LineCol, Span};

/// What a mention of a klog function is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A call that prints one text: `klog.Infof(…)`.
    Unstructured,
    /// A call with keys and values: `klog.InfoS(…)`.
    Structured,
    /// A call of a logger from a context: `klog.FromContext(ctx).Info(…)`.
    Contextual,
    /// A function passed or stored, not called: `retry(klog.Warningf)`.
    FunctionValue,
}

/// One mention of a klog function in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct CallSite {
    /// The file.
    pub path: RelPath,
    /// Where the call starts.
    #[serde(flatten)]
    pub position: LineCol,
    /// All of the call's bytes.
    pub span: Span,
    /// The function around it, as `(*Kubelet).syncPod`, or the name of a package variable.
    pub function: String,
    /// The call without its arguments and package: `V(4).Infof`.
    pub method: String,
    /// What it is.
    pub class: Class,
    /// What it prints at the head of the line.
    pub severity: Severity,
    /// The argument of `V`, as it stands in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<String>,
}

/// A call site with the nodes that a rewrite needs.
pub struct KlogCall<'t> {
    /// What is known about it.
    pub site: CallSite,
    /// The call.
    pub call: CallExpression<'t>,
    /// The name of the method, which a rewrite replaces.
    pub name: Node<'t>,
    /// Its arguments, comments left out.
    pub args: Vec<Node<'t>>,
    /// How it reads them; `None` for structured calls.
    pub style: Option<Style>,
    /// The structured function that replaces it, by the rules.
    pub rewrite: String,
    /// Whether the first argument is a call depth.
    pub depth: bool,
    /// Import path of the klog that it calls.
    pub klog: KlogPackage,
}

/// The klog package as one file imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KlogPackage {
    /// Import path.
    pub path: String,
    /// How the file refers to it: `klog`, another alias, or nothing for a dot import.
    pub qualifier: String,
}

/// What a klog expression yields.
#[derive(Clone, Debug)]
enum Value {
    /// `klog.V(n)`, with the text of `n` where it is known.
    Verbose(Option<String>, KlogPackage),
    /// A contextual logger.
    Logger(Option<String>, KlogPackage),
}

/// Finds klog calls in one file.
pub struct Recognizer<'a> {
    rules: &'a LogCalls,
    file: &'a ParsedFile,
    imports: &'a Imports,
    packages: Vec<KlogPackage>,
}

const VALUE_DEPTH: usize = 8;

impl<'a> Recognizer<'a> {
    /// Looks up how the file imports klog.
    pub fn new(rules: &'a LogCalls, file: &'a ParsedFile, imports: &'a Imports) -> Self {
        let packages = imports
            .list
            .iter()
            .filter(|i| rules.import_paths.contains(&i.path) && i.name() != "_")
            .map(|i| KlogPackage {
                path: i.path.clone(),
                qualifier: if i.name() == "." { String::new() } else { i.name().to_owned() },
            })
            .collect();
        Self { rules, file, imports, packages }
    }

    /// Whether the file imports klog by a name that it can use.
    pub fn has_klog(&self) -> bool {
        !self.packages.is_empty()
    }

    /// Whether code can mention a klog function: it names a klog package, or the type of a logger that it was given.
    pub fn can_be_in(&self, code: &[u8]) -> bool {
        let packages = self.packages.iter().map(|package| package.qualifier.as_str());
        let types = self.rules.logger.types.iter().map(|name| name.rsplit('.').next().unwrap_or(name));
        packages.chain(types).any(|name| memmem::find(code, name.as_bytes()).is_some())
    }

    /// The klog call that this call expression is, if it is one.
    pub fn call<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Option<KlogCall<'t>> {
        let call = CallExpression::cast(node)?;
        let callee = peel(call.function()?.node());
        let args: Vec<_> = named_children(call.arguments()?.node()).collect();
        let found = self.callee(callee, scopes)?;
        let (class, severity, style, rewrite, depth) = match found.function {
            Function::Printing { severity, style, rewrite, depth } => {
                (Class::Unstructured, severity, Some(style), rewrite.to_owned(), depth)
            }
            Function::Structured { severity, depth } => {
                let class = if found.logger { Class::Contextual } else { Class::Structured };
                (class, severity, None, String::new(), depth)
            }
        };
        let site = self.site(node, &found, class, severity, scopes);
        Some(KlogCall { site, call, name: found.name, args, style, rewrite, depth, klog: found.klog })
    }

    /// A klog function that is passed or stored here; calls are not values.
    pub fn function_value<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Option<CallSite> {
        let outermost = scopes.ancestors().iter().rev().find(|n| n.kind_id() != kind::PARENTHESIZED_EXPRESSION)?;
        if CallExpression::cast(*outermost)
            .is_some_and(|c| c.function().is_some_and(|f| f.node().byte_range().contains(&node.start_byte())))
        {
            return None;
        }
        if outermost.kind_id() == kind::SELECTOR_EXPRESSION && outermost.start_byte() == node.start_byte() {
            return None;
        }
        let found = self.callee(node, scopes)?;
        let severity = match found.function {
            Function::Printing { severity, .. } | Function::Structured { severity, .. } => severity,
        };
        Some(self.site(node, &found, Class::FunctionValue, severity, scopes))
    }

    fn site<'t>(
        &self,
        node: Node<'t>,
        found: &Callee<'_, 't>,
        class: Class,
        severity: Severity,
        scopes: &Scopes<'t>,
    ) -> CallSite {
        let name = scopes.text(found.name);
        let method = match &found.verbosity {
            Some(level) => format!("V({level}).{name}"),
            None => name.to_owned(),
        };
        CallSite {
            path: self.file.source.path.clone(),
            position: self.file.position(node),
            span: node.byte_range().into(),
            function: declaration(scopes).map(|d| declared_name(d, scopes)).unwrap_or_default(),
            method,
            class,
            severity,
            verbosity: found.verbosity.clone(),
        }
    }

    fn callee<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Option<Callee<'_, 't>> {
        if node.kind_id() == kind::IDENTIFIER {
            let klog = self.packages.iter().find(|p| p.qualifier.is_empty())?;
            let name = scopes.text(node);
            let function = self.rules.function(name)?;
            let free = scopes.lookup(name).is_none();
            return free.then(|| Callee { function, name: node, verbosity: None, logger: false, klog: klog.clone() });
        }
        let selector = SelectorExpression::cast(node)?;
        let name = selector.field()?.node();
        let operand = peel(selector.operand()?.node());
        if let Some(klog) = self.package(operand, scopes) {
            let function = self.rules.function(scopes.text(name))?;
            return Some(Callee { function, name, verbosity: None, logger: false, klog: klog.clone() });
        }
        match self.value(operand, scopes, 0)? {
            Value::Verbose(verbosity, klog) => {
                let function = self.rules.function(scopes.text(name))?;
                Some(Callee { function, name, verbosity, logger: false, klog })
            }
            Value::Logger(verbosity, klog) => {
                let text = scopes.text(name);
                let is = |names: &[String]| names.iter().any(|n| n == text);
                let severity = match () {
                    () if is(&self.rules.logger.info) => Severity::Info,
                    () if is(&self.rules.logger.error) => Severity::Error,
                    () => return None,
                };
                let function = Function::Structured { severity, depth: false };
                Some(Callee { function, name, verbosity, logger: true, klog })
            }
        }
    }

    /// The klog package that an identifier names, unless a local name shadows it.
    fn package(&self, node: Node<'_>, scopes: &Scopes<'_>) -> Option<&KlogPackage> {
        if node.kind_id() != kind::IDENTIFIER {
            return None;
        }
        let name = syntax::text(node, &self.file.source.bytes);
        let klog = self.packages.iter().find(|p| !p.qualifier.is_empty() && p.qualifier == name)?;
        scopes.lookup_at(name, node).is_none().then_some(klog)
    }

    /// What a klog expression yields, followed through local variables.
    fn value<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>, depth: usize) -> Option<Value> {
        if depth > VALUE_DEPTH {
            return None;
        }
        let node = peel(node);
        match Expression::cast(node)? {
            Expression::CallExpression(call) => self.value_of_call(call, scopes, depth),
            Expression::Identifier(_) => {
                let binding = scopes.lookup_at(scopes.text(node), node)?;
                match binding.bound {
                    Bound::Value { values, index, of } => {
                        let values: Vec<_> = named_children(values).collect();
                        let value = if values.len() == of { values.get(index) } else { None }?;
                        // A name bound to itself (`klog := klog`) would not end.
                        let value =
                            (value.end_byte() <= node.start_byte()).then(|| self.value(*value, scopes, depth + 1))?;
                        match value {
                            Some(Value::Verbose(_, klog)) if binding.assigned.is_some() => {
                                Some(Value::Verbose(None, klog))
                            }
                            value => value,
                        }
                    }
                    Bound::Param { ty, variadic: false }
                    | Bound::Receiver { ty }
                    | Bound::Result { ty }
                    | Bound::Var { ty } => self.value_of_type(ty, scopes),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn value_of_call<'t>(&self, call: CallExpression<'t>, scopes: &Scopes<'t>, depth: usize) -> Option<Value> {
        let arg = |index: usize| {
            let arg = named_children(call.arguments()?.node()).nth(index)?;
            Some(scopes.text(arg).to_owned())
        };
        let callee = peel(call.function()?.node());
        if callee.kind_id() == kind::IDENTIFIER {
            let klog = self.packages.iter().find(|p| p.qualifier.is_empty())?;
            let name = scopes.text(callee);
            return match scopes.lookup(name) {
                None => self.value_of_function(name, &arg, klog),
                Some(_) => None,
            };
        }
        let selector = SelectorExpression::cast(callee)?;
        let name = scopes.text(selector.field()?.node());
        let operand = peel(selector.operand()?.node());
        if let Some(klog) = self.package(operand, scopes) {
            return self.value_of_function(name, &arg, klog);
        }
        if name == self.rules.logger.with_id {
            let logger = named_children(call.arguments()?.node()).next()?;
            return self.value(logger, scopes, depth + 1);
        }
        match self.value(operand, scopes, depth + 1)? {
            Value::Logger(level, klog) if self.rules.logger.methods.iter().any(|m| m == name) => {
                Some(Value::Logger(if name == "V" { arg(0) } else { level }, klog))
            }
            _ => None,
        }
    }

    fn value_of_function(
        &self,
        name: &str,
        arg: &dyn Fn(usize) -> Option<String>,
        klog: &KlogPackage,
    ) -> Option<Value> {
        match name {
            "V" => Some(Value::Verbose(arg(0), klog.clone())),
            "VDepth" => Some(Value::Verbose(arg(1), klog.clone())),
            _ if self.rules.logger.constructors.iter().any(|c| c == name) => Some(Value::Logger(None, klog.clone())),
            _ => None,
        }
    }

    fn value_of_type(&self, ty: Node<'_>, scopes: &Scopes<'_>) -> Option<Value> {
        let ty = syntax::QualifiedType::cast(ty)?;
        let source = &self.file.source.bytes;
        let package = syntax::text(ty.package()?.node(), source);
        let name = syntax::text(ty.name()?.node(), source);
        if scopes.lookup(package).is_some() {
            return None;
        }
        let path = self.imports.path_of(package)?;
        let klog = self.packages.iter().find(|p| p.path == path);
        match klog {
            Some(klog) if name == "Verbose" => Some(Value::Verbose(None, klog.clone())),
            _ if self.rules.logger.types.iter().any(|t| t.rsplit_once('.') == Some((path, name))) => {
                let klog = klog.or(self.packages.first())?;
                Some(Value::Logger(None, klog.clone()))
            }
            _ => None,
        }
    }
}

struct Callee<'r, 't> {
    function: Function<'r>,
    name: Node<'t>,
    verbosity: Option<String>,
    logger: bool,
    klog: KlogPackage,
}

/// The expression inside any number of parentheses.
pub fn peel(mut node: Node<'_>) -> Node<'_> {
    while node.kind_id() == kind::PARENTHESIZED_EXPRESSION {
        let Some(inner) = named_children(node).next() else { return node };
        node = inner;
    }
    node
}

/// The function around the current node, or its specification in a package-level `var`.
fn declaration<'t>(scopes: &Scopes<'t>) -> Option<Node<'t>> {
    let spec = scopes.ancestors().iter().take_while(|n| !crate::go::types::is_function(**n));
    spec.copied().find(|n| n.kind_id() == kind::VAR_SPEC).or(scopes.declaration())
}

/// `(*Kubelet).syncPod`, `main`, or the first name of a package-level `var`.
pub fn declared_name<'t>(declaration: Node<'t>, scopes: &Scopes<'t>) -> String {
    let text = |field| declaration.child_by_field_id(field).map(|n| scopes.text(n));
    match declaration.kind_id() {
        kind::FUNCTION_DECLARATION => text(syntax::field::NAME).unwrap_or_default().to_owned(),
        kind::METHOD_DECLARATION => {
            let name = text(syntax::field::NAME).unwrap_or_default();
            let receiver =
                declaration.child_by_field_id(syntax::field::RECEIVER).and_then(|r| named_children(r).next());
            let ty = receiver.and_then(|r| r.child_by_field_id(syntax::field::TYPE)).map(|t| scopes.text(t));
            format!("({}).{name}", ty.unwrap_or_default())
        }
        _ => {
            let mut node = declaration;
            while let Some(inner) = named_children(node).next() {
                if inner.kind_id() == kind::IDENTIFIER {
                    return scopes.text(inner).to_owned();
                }
                node = inner;
            }
            String::new()
        }
    }
}
