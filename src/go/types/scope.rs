//! One walk over a file in source order that knows, at every node, which local names are visible and what bound them.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, Children, kind, named_children};

/// Nesting beyond this is not analysed; hand-written Go stays far below.
pub const MAX_DEPTH: usize = 2000;

/// The file is nested deeper than [`MAX_DEPTH`] at this byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep(pub usize);

/// What bound a local name.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each variant's comment speaks of its fields")]
pub enum Bound<'t> {
    /// A parameter, with its type.
    Param { ty: Node<'t>, variadic: bool },
    /// The method's receiver, with its type.
    Receiver { ty: Node<'t> },
    /// A named result, with its type.
    Result { ty: Node<'t> },
    /// `var x T`, with or without a value.
    Var { ty: Node<'t> },
    /// The `index`-th of `of` names set from the expressions of `values` (`x, err := f()`, `var x = v`).
    Value { values: Node<'t>, index: usize, of: usize },
    /// First name of a range clause over `over`.
    RangeKey { over: Node<'t> },
    /// Second name of a range clause over `over`.
    RangeValue { over: Node<'t> },
    /// `switch x := e.(type)`: the expression, and the case that we are in.
    TypeSwitch { value: Node<'t>, case: Node<'t> },
    /// A local constant, with its specification.
    Const { spec: Node<'t> },
    /// A local type, with its specification.
    Type { spec: Node<'t> },
}

/// A local name and what bound it.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'t> {
    /// The name.
    pub name: &'t str,
    /// Offset of the name where it is bound.
    pub at: usize,
    /// What bound it.
    pub bound: Bound<'t>,
    /// The statement or declaration that bound it.
    pub statement: Node<'t>,
    /// The last assignment seen since, in source order.
    pub assigned: Option<Node<'t>>,
}

/// The local names visible at one node, and the nodes around it.
pub struct Scopes<'t> {
    source: &'t [u8],
    bindings: Vec<Binding<'t>>,
    blocks: Vec<usize>,
    ancestors: Vec<Node<'t>>,
}

impl<'t> Scopes<'t> {
    /// The innermost local binding of `name`; `None` means package scope, an import, or a predeclared name.
    pub fn lookup(&self, name: &str) -> Option<&Binding<'t>> {
        self.bindings.iter().rev().find(|binding| binding.name == name)
    }

    /// The same for a node before the current one: a variable is not visible in the expression that it is set from.
    pub fn lookup_at(&self, name: &str, node: Node<'_>) -> Option<&Binding<'t>> {
        let from = |b: &Binding<'_>| {
            matches!(b.bound, Bound::Value { .. }) && b.statement.byte_range().contains(&node.start_byte())
        };
        self.bindings.iter().rev().find(|binding| binding.name == name && !from(binding))
    }

    /// Every local binding that is visible here, innermost first; shadowed ones are left out.
    pub fn visible(&self) -> impl Iterator<Item = &Binding<'t>> {
        self.bindings.iter().rev().filter(|b| self.lookup(b.name).is_some_and(|found| std::ptr::eq(*b, found)))
    }

    /// The nodes around the current one, outermost first.
    pub fn ancestors(&self) -> &[Node<'t>] {
        &self.ancestors
    }

    /// The innermost function, method or function literal around the current node.
    pub fn function(&self) -> Option<Node<'t>> {
        self.ancestors.iter().rev().copied().find(|n| is_function(*n))
    }

    /// The parameters and the receiver of a function around the current node, in source order.
    pub fn parameters(&self, function: Node<'t>) -> impl Iterator<Item = &Binding<'t>> {
        let body =
            function.child_by_field_id(syntax::field::BODY).map_or(function.end_byte(), |body| body.start_byte());
        let head = function.start_byte()..body;
        let is_parameter = |b: &&Binding<'t>| matches!(b.bound, Bound::Param { .. } | Bound::Receiver { .. });
        self.bindings.iter().filter(is_parameter).filter(move |b| head.contains(&b.at))
    }

    /// The top-level declaration around the current node.
    pub fn declaration(&self) -> Option<Node<'t>> {
        self.ancestors.get(1).copied()
    }

    /// Text of a node.
    pub fn text(&self, node: Node<'t>) -> &'t str {
        syntax::text(node, self.source)
    }

    fn bind(&mut self, name: Node<'t>, bound: Bound<'t>, statement: Node<'t>) {
        let (name, at) = (self.text(name), name.start_byte());
        if name != "_" && !name.is_empty() {
            self.bindings.push(Binding { name, at, bound, statement, assigned: None });
        }
    }

    /// Whether `:=` would assign to an existing variable of the current block rather than declare one.
    fn declared_in_block(&self, name: &str) -> bool {
        let start = self.blocks.last().copied().unwrap_or(0);
        self.bindings[start..].iter().any(|binding| binding.name == name)
    }

    fn assign(&mut self, name: &str, statement: Node<'t>) {
        if let Some(binding) = self.bindings.iter_mut().rev().find(|binding| binding.name == name) {
            binding.assigned = Some(statement);
        }
    }
}

/// Whether a node is a function, method or function literal.
pub fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind_id(), kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION | kind::FUNC_LITERAL)
}

/// What wants to see the nodes of a walk.
pub trait Visitor<'t> {
    /// Called for each named node before its children, with what is visible there.
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>);

    /// Whether a top-level declaration holds nothing to see.
    fn skips(&self, _declaration: Node<'t>) -> bool {
        false
    }
}

/// Walks a whole tree in source order.
pub fn walk<'t>(root: Node<'t>, source: &'t [u8], visitor: &mut dyn Visitor<'t>) -> Result<(), TooDeep> {
    let scopes = Scopes { source, bindings: Vec::new(), blocks: vec![0], ancestors: Vec::new() };
    Walker { scopes, visitor }.visit(root)
}

struct Walker<'t, 'v> {
    scopes: Scopes<'t>,
    visitor: &'v mut dyn Visitor<'t>,
}

type Walked = Result<(), TooDeep>;

impl<'t> Walker<'t, '_> {
    fn visit(&mut self, node: Node<'t>) -> Walked {
        if self.scopes.ancestors.len() >= MAX_DEPTH {
            return Err(TooDeep(node.start_byte()));
        }
        self.visitor.enter(node, &self.scopes);
        self.scopes.ancestors.push(node);
        let done = self.dispatch(node);
        self.scopes.ancestors.pop();
        done
    }

    fn dispatch(&mut self, node: Node<'t>) -> Walked {
        match node.kind_id() {
            kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION | kind::FUNC_LITERAL => self.function(node),
            kind::BLOCK if self.is_function_body() => self.children(node),
            kind::BLOCK
            | kind::IF_STATEMENT
            | kind::FOR_STATEMENT
            | kind::EXPRESSION_SWITCH_STATEMENT
            | kind::SELECT_STATEMENT
            | kind::EXPRESSION_CASE
            | kind::DEFAULT_CASE
            | kind::COMMUNICATION_CASE => self.scoped(|w| w.children(node)),
            kind::TYPE_SWITCH_STATEMENT => self.scoped(|w| w.type_switch(node)),
            kind::SHORT_VAR_DECLARATION => self.short_var(node),
            kind::RANGE_CLAUSE => self.range(node),
            kind::RECEIVE_STATEMENT => self.receive(node),
            kind::VAR_SPEC => self.var_spec(node),
            kind::CONST_SPEC => self.const_spec(node),
            kind::TYPE_SPEC | kind::TYPE_ALIAS => self.type_spec(node),
            kind::ASSIGNMENT_STATEMENT => self.assignment(node),
            _ => self.children(node),
        }
    }

    /// A function's parameters and its body are one block.
    fn is_function_body(&self) -> bool {
        self.scopes.ancestors.iter().nth_back(1).is_some_and(|parent| is_function(*parent))
    }

    fn children(&mut self, node: Node<'t>) -> Walked {
        let is_file = self.scopes.ancestors.len() == 1;
        for child in Children::new(node) {
            if child.is_named() && !(is_file && self.visitor.skips(child)) {
                self.visit(child)?;
            }
        }
        Ok(())
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self) -> Walked) -> Walked {
        let mark = self.scopes.bindings.len();
        self.scopes.blocks.push(mark);
        let done = inside(self);
        self.scopes.blocks.pop();
        self.scopes.bindings.truncate(mark);
        done
    }

    fn function(&mut self, node: Node<'t>) -> Walked {
        self.scoped(|w| {
            for (field, list) in [
                (syntax::field::RECEIVER, "receiver"),
                (syntax::field::PARAMETERS, "parameters"),
                (syntax::field::RESULT, "result"),
            ] {
                if let Some(params) = node.child_by_field_id(field) {
                    w.parameters(params, list);
                }
            }
            w.children(node)
        })
    }

    fn parameters(&mut self, list: Node<'t>, role: &str) {
        for decl in named_children(list) {
            let Some(ty) = decl.child_by_field_id(syntax::field::TYPE) else { continue };
            let bound = match role {
                "receiver" => Bound::Receiver { ty },
                "result" => Bound::Result { ty },
                _ => Bound::Param { ty, variadic: decl.kind_id() == kind::VARIADIC_PARAMETER_DECLARATION },
            };
            for name in syntax::children_by_field(decl, syntax::field::NAME) {
                self.scopes.bind(name, bound, decl);
            }
        }
    }

    fn type_switch(&mut self, node: Node<'t>) -> Walked {
        let switch = syntax::TypeSwitchStatement::cast(node);
        let value = switch.and_then(|s| s.value()).map(AstNode::node);
        let alias = switch.and_then(|s| s.alias()).and_then(|list| named_children(list.node()).next());
        for child in Children::new(node) {
            if !child.is_named() {
                continue;
            }
            let is_case = matches!(child.kind_id(), kind::TYPE_CASE | kind::DEFAULT_CASE);
            match (is_case, value, alias) {
                (true, Some(value), Some(alias)) => self.scoped(|w| {
                    w.scopes.bind(alias, Bound::TypeSwitch { value, case: child }, node);
                    w.visit(child)
                })?,
                (true, ..) => self.scoped(|w| w.visit(child))?,
                _ => self.visit(child)?,
            }
        }
        Ok(())
    }

    fn short_var(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        let declaration = syntax::ShortVarDeclaration::cast(node);
        if let (Some(left), Some(values)) =
            (declaration.and_then(|d| d.left()), declaration.and_then(|d| d.right()).map(AstNode::node))
        {
            let names: Vec<_> = named_children(left.node()).collect();
            for (index, name) in names.iter().enumerate() {
                let bound = Bound::Value { values, index, of: names.len() };
                self.define(*name, bound, node);
            }
        }
        Ok(())
    }

    /// What `:=` does to one name: declares it, or assigns where the same block has it already.
    fn define(&mut self, name: Node<'t>, bound: Bound<'t>, statement: Node<'t>) {
        let text = self.scopes.text(name);
        if self.scopes.declared_in_block(text) {
            self.scopes.assign(text, statement);
        } else {
            self.scopes.bind(name, bound, statement);
        }
    }

    fn range(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        let Some(clause) = syntax::RangeClause::cast(node) else { return Ok(()) };
        let (Some(left), Some(over)) = (clause.left(), clause.right()) else { return Ok(()) };
        let over = over.node();
        let names = named_children(left.node());
        let declares = Children::new(node).any(|c| c.kind() == ":=");
        for (index, name) in names.enumerate() {
            match (declares, index) {
                (true, 0) => self.scopes.bind(name, Bound::RangeKey { over }, node),
                (true, _) => self.scopes.bind(name, Bound::RangeValue { over }, node),
                (false, _) => self.scopes.assign(self.scopes.text(name), node),
            }
        }
        Ok(())
    }

    fn receive(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        let Some(receive) = syntax::ReceiveStatement::cast(node) else { return Ok(()) };
        let (Some(left), Some(value)) = (receive.left(), receive.right()) else { return Ok(()) };
        let declares = Children::new(node).any(|c| c.kind() == ":=");
        let names: Vec<_> = named_children(left.node()).collect();
        for (index, name) in names.iter().enumerate() {
            if declares {
                let bound = Bound::Value { values: value.node(), index, of: names.len() };
                self.scopes.bind(*name, bound, node);
            } else {
                self.scopes.assign(self.scopes.text(*name), node);
            }
        }
        Ok(())
    }

    /// Package-level names are not local: only declarations inside a function bind here.
    fn is_local(&self) -> bool {
        self.scopes.ancestors.iter().any(|n| is_function(*n))
    }

    fn var_spec(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        if !self.is_local() {
            return Ok(());
        }
        let Some(spec) = syntax::VarSpec::cast(node) else { return Ok(()) };
        let names: Vec<_> = spec.name().filter(|n| n.is_named()).collect();
        for (index, name) in names.iter().enumerate() {
            let bound = match (spec.type_(), spec.value()) {
                (Some(ty), _) => Bound::Var { ty: ty.node() },
                (None, Some(values)) => Bound::Value { values: values.node(), index, of: names.len() },
                (None, None) => continue,
            };
            self.scopes.bind(*name, bound, node);
        }
        Ok(())
    }

    fn const_spec(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        if self.is_local() {
            for name in syntax::children_by_field(node, syntax::field::NAME).filter(|n| n.is_named()) {
                self.scopes.bind(name, Bound::Const { spec: node }, node);
            }
        }
        Ok(())
    }

    fn type_spec(&mut self, node: Node<'t>) -> Walked {
        if self.is_local()
            && let Some(name) = node.child_by_field_id(syntax::field::NAME)
        {
            self.scopes.bind(name, Bound::Type { spec: node }, node);
        }
        self.children(node)
    }

    fn assignment(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        if let Some(left) = syntax::AssignmentStatement::cast(node).and_then(|a| a.left()) {
            for target in named_children(left.node()) {
                if target.kind_id() == kind::IDENTIFIER {
                    self.scopes.assign(self.scopes.text(target), node);
                }
            }
        }
        Ok(())
    }
}
