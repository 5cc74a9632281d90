//! klog calls, wherever and however they are spelled.

use tree_sitter::Node;

use super::log_call::{KlogPackage, LogCall, Receiver};
use super::parts::{Known, Parts, arguments, is_named};
use super::site::{CallSite, Class, declaration_name};

use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, AstNode, CallExpression, Expression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Bound, FileTypes, MAX_NAMES, Scopes};
use crate::klog::borrowed::Borrowed;
use crate::klog::mention::can_mention;
use crate::rule::{Function, LogCalls, Severity};

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
    types: Option<&'a FileTypes<'a, 'a>>,
    runtime: Option<&'a str>,
    /// Whether what makes a logger by its name counts where its package cannot be read.
    by_name: bool,
    typed: &'a dyn Fn(Node<'_>) -> Option<Borrowed>,
}

/// How the methods of `klog.Verbose` start that print.
pub(super) const VERBOSE: &str = "Info";

impl<'a> Recognizer<'a> {
    /// Looks up how the file imports klog. `typed` is asked where names do not tell: what an expression is by its type.
    pub fn new(
        rules: &'a LogCalls,
        file: &'a ParsedFile,
        imports: &'a Imports,
        typed: &'a dyn Fn(Node<'_>) -> Option<Borrowed>,
    ) -> Self {
        let packages = imports
            .list
            .iter()
            .filter(|i| rules.import_paths.contains(&i.path) && i.name() != "_")
            .map(|i| KlogPackage {
                path: i.path.clone(),
                qualifier: if i.name() == "." { String::new() } else { i.name().to_owned() },
            })
            .collect();
        Self { rules, file, imports, packages, typed, types: None, runtime: None, by_name: false }
    }

    /// Reads keys that are named constants by the file's types, and pairs behind `Pairs` of the package with this import path.
    pub fn with(self, types: &'a FileTypes<'a, 'a>, runtime: &'a str) -> Self {
        Self { types: Some(types), runtime: Some(runtime), ..self }
    }

    /// Takes what a function of a package that cannot be read gives for a logger, where it is called as klog's are and its methods are.
    pub fn by_name(self) -> Self {
        Self { by_name: true, ..self }
    }

    /// Whether a call is of a function of another package that is called as those are which give loggers, and of whose result nothing is
    /// known.
    pub fn is_logger_by_name<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> bool {
        let callee = CallExpression::cast(peel(node)).and_then(|call| call.function());
        let Some(selector) = callee.and_then(|callee| SelectorExpression::cast(peel(callee.node()))) else {
            return false;
        };
        let (Some(operand), Some(name)) = (selector.operand(), selector.field()) else { return false };
        let (operand, name) = (peel(operand.node()), scopes.text(name.node()));
        let of_import = operand.kind_id() == kind::IDENTIFIER
            && scopes.lookup_at(scopes.text(operand), operand).is_none()
            && self.imports.path_of(scopes.text(operand)).is_some();
        let is_unknown = || self.types.is_some_and(|types| types.type_of(peel(node)).is_unknown());
        let gives = self.rules.logger.constructors.iter().any(|known| name.starts_with(known.as_str()));
        self.by_name && of_import && gives && self.package(operand, scopes).is_none() && is_unknown()
    }

    /// Whether the file imports klog by a name that it can use.
    pub fn has_klog(&self) -> bool {
        !self.packages.is_empty()
    }

    /// Whether a selector names something of a klog package.
    pub fn is_of_package(&self, selector: Node<'_>, scopes: &Scopes<'_>) -> bool {
        let operand = SelectorExpression::cast(selector).and_then(SelectorExpression::operand);
        operand.is_some_and(|operand| self.package(peel(operand.node()), scopes).is_some())
    }

    /// Whether code can mention a klog function: it names a klog package, or the type of a logger that it was given.
    pub fn can_be_in(&self, code: &[u8]) -> bool {
        can_mention(code, self.packages.iter().map(|package| package.qualifier.as_bytes()), self.rules)
    }

    /// The klog call that this call expression is, if it is one.
    pub fn call<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Option<LogCall<'t>> {
        let call = CallExpression::cast(node)?;
        let given = arguments(call).next().is_some();
        let found = self.callee(peel(call.function()?.node()), given, scopes)?;
        let (class, severity, style, rewrite, takes_depth) = match found.function {
            Function::Printing { severity, style, rewrite, depth } => {
                (Class::Unstructured, severity, Some(style), rewrite.to_owned(), depth)
            }
            Function::Structured { severity, depth } => {
                let class = if found.receiver == Receiver::Logger { Class::Contextual } else { Class::Structured };
                (class, severity, None, String::new(), depth)
            }
        };
        let site = self.site(node, &found, class, severity, scopes);
        let parts = self.parts(call, &found.function)?;
        let Callee { name, receiver, klog, .. } = found;
        Some(LogCall { site, name, receiver, klog, style, rewrite, takes_depth, parts, call })
    }

    fn parts<'t>(&self, call: CallExpression<'t>, function: &Function<'_>) -> Option<Parts<'t>> {
        self.knowing(|known| Parts::of(call, function, known))
    }

    fn knowing<'t, T>(&self, read: impl FnOnce(&Known<'_, 't>) -> T) -> T {
        let source = &self.file.source.bytes;
        let is_runtime = |package: &str| self.runtime.is_some() && self.imports.path_of(package) == self.runtime;
        read(&Known {
            source,
            constant: &|node| self.types?.string_of(node),
            wraps: &|callee| is_named(callee, source, &self.rules.logger.pairs, &is_runtime),
            appends: &|callee| is_named(callee, source, &self.rules.logger.append, &is_runtime),
        })
    }

    /// The keys and values that a call gives a logger to carry; `None` for other calls.
    pub fn given<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Option<Parts<'t>> {
        let call = CallExpression::cast(node)?;
        let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
        let name = scopes.text(selector.field()?.node());
        if !self.rules.logger.values.iter().any(|known| known == name) {
            return None;
        }
        let operand = peel(selector.operand()?.node());
        let of_klog = self.is_package(operand, scopes);
        // klog's function has the logger in front.
        (of_klog || self.is_logger(operand, scopes))
            .then(|| self.knowing(|known| Parts::given(call, usize::from(of_klog), known)))
    }

    /// Whether an expression is a logger.
    pub fn is_logger<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> bool {
        let node = peel(node);
        let value = self.value(node, scopes, 0).or_else(|| self.borrowed(node, scopes, 0));
        matches!(value, Some(Value::Logger(..)))
    }

    /// Whether an expression names a klog package.
    pub fn is_package(&self, node: Node<'_>, scopes: &Scopes<'_>) -> bool {
        self.package(peel(node), scopes).is_some()
    }

    /// How the file names the klog that it imports first; nothing for a dot import.
    pub fn qualifier(&self) -> &str {
        self.packages.first().map_or("", |package| &package.qualifier)
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
        let found = self.callee(node, true, scopes)?;
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
            function: declaration_name(scopes),
            method,
            class,
            severity,
            verbosity: found.verbosity.clone(),
        }
    }

    /// What is called. `given`: whether it gets an argument; an error's own method gets none.
    fn callee<'t>(&self, node: Node<'t>, given: bool, scopes: &Scopes<'t>) -> Option<Callee<'_, 't>> {
        let on_package = |name: Node<'t>, klog: &KlogPackage| {
            let function = self.rules.function(scopes.text(name))?;
            Some(Callee { function, name, verbosity: None, receiver: Receiver::Package, klog: klog.clone() })
        };
        if node.kind_id() == kind::IDENTIFIER {
            let klog = self.packages.iter().find(|p| p.qualifier.is_empty())?;
            let free = scopes.lookup(scopes.text(node)).is_none();
            return on_package(node, klog).filter(|_| free);
        }
        let selector = SelectorExpression::cast(node)?;
        let name = selector.field()?.node();
        let operand = peel(selector.operand()?.node());
        if let Some(klog) = self.package(operand, scopes) {
            return on_package(name, klog);
        }
        let method = scopes.text(name);
        let prints = method.starts_with(VERBOSE) || given && self.rules.logger_method(method).is_some();
        let borrowed = || prints.then(|| self.borrowed(operand, scopes, 0))?;
        match self.value(operand, scopes, 0).or_else(borrowed)? {
            Value::Verbose(verbosity, klog) => {
                let function = self.rules.function(scopes.text(name))?;
                let receiver = if self.is_written_level(operand, scopes) { Receiver::Level } else { Receiver::Verbose };
                Some(Callee { function, name, verbosity, receiver, klog })
            }
            Value::Logger(verbosity, klog) => {
                let function = self.rules.logger_method(scopes.text(name))?;
                Some(Callee { function, name, verbosity, receiver: Receiver::Logger, klog })
            }
        }
    }

    /// Whether an expression is such as `klog.V(4)`.
    fn is_written_level(&self, node: Node<'_>, scopes: &Scopes<'_>) -> bool {
        let Some(call) = CallExpression::cast(node) else { return false };
        let Some(function) = call.function().map(|function| peel(function.node())) else { return false };
        let name = SelectorExpression::cast(function).and_then(|s| s.field()).map_or(function, AstNode::node);
        self.rules.verbose.functions.get(scopes.text(name)) == Some(&0) && arguments(call).count() == 1
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

    /// A `klog.Verbose` or a logger out of a field, an element, a result, or a variable of the package. `depth`: how many calls
    /// it was reached through.
    fn borrowed<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>, depth: usize) -> Option<Value> {
        let is_import = node.kind_id() == kind::IDENTIFIER
            && scopes.lookup_at(scopes.text(node), node).is_none()
            && self.imports.path_of(scopes.text(node)).is_some();
        if is_import {
            return None;
        }
        let klog = |path: &str| {
            let imported = self.packages.iter().find(|package| package.path == path).cloned();
            imported.unwrap_or(KlogPackage { path: path.to_owned(), qualifier: "klog".to_owned() })
        };
        Some(match (self.typed)(node)? {
            Borrowed::Verbose(path) => Value::Verbose(None, klog(&path)),
            Borrowed::Logger => {
                Value::Logger(self.level_of(node, scopes, depth), klog(self.rules.import_paths.last()?))
            }
        })
    }

    /// The level in an expression that makes a logger of another.
    fn level_of<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>, depth: usize) -> Option<String> {
        let mut next = peel(node);
        for _ in depth..MAX_NAMES {
            let call = CallExpression::cast(next)?;
            let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
            let name = scopes.text(selector.field()?.node());
            if !self.rules.logger.methods.iter().any(|method| method == name) {
                return None;
            }
            if self.rules.verbose.functions.get(name) == Some(&0) {
                return Some(scopes.text(arguments(call).next()?).to_owned());
            }
            next = peel(selector.operand()?.node());
        }
        None
    }

    /// What a klog expression yields, followed through local variables.
    fn value<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>, depth: usize) -> Option<Value> {
        if depth > MAX_NAMES {
            return None;
        }
        let node = peel(node);
        match Expression::cast(node)? {
            Expression::CallExpression(call) => self.value_of_call(call, scopes, depth),
            Expression::TypeAssertionExpression(assertion) => self.value_of_type(assertion.type_()?.node(), scopes),
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
            let arg = arguments(call).nth(index)?;
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
            let logger = peel(arguments(call).next()?);
            return self.value(logger, scopes, depth + 1).or_else(|| self.borrowed(logger, scopes, depth + 1));
        }
        let by_name = || {
            let klog = self.packages.first().filter(|_| self.is_logger_by_name(operand, scopes))?;
            Some(Value::Logger(None, klog.clone()))
        };
        match self.value(operand, scopes, depth + 1).or_else(by_name)? {
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
        if let Some(level) = self.rules.verbose.functions.get(name) {
            return Some(Value::Verbose(arg(*level), klog.clone()));
        }
        let constructs = self.rules.logger.constructors.iter().any(|c| c == name);
        constructs.then(|| Value::Logger(None, klog.clone()))
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
            Some(klog) if name == self.rules.verbose.ty => Some(Value::Verbose(None, klog.clone())),
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
    receiver: Receiver,
    klog: KlogPackage,
}
