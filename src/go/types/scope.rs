//! One walk over a file in source order that knows, at every node, which local names are visible and what bound them.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use crate::go::syntax::body::{BodyError, parse_decl};
use crate::go::syntax::{self, AstNode, Children, kind, named_children};

/// Names for names that are followed to what they stand for.
pub const MAX_NAMES: usize = 8;
/// Nodes around a node; beyond this a tree is not walked, so that the stack holds. Hand-written Go stays far below.
const MAX_ANCESTORS: usize = 2000;

/// Why a tree was not walked to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwalked {
    /// It is nested too deep at this byte.
    #[error("nested too deep")]
    TooDeep(usize),
    /// Which names are visible in the declaration around this byte is not known.
    #[error("its names are not told apart")]
    Unread(usize),
}

impl Unwalked {
    /// The byte.
    pub fn at(self) -> usize {
        let (Self::TooDeep(at) | Self::Unread(at)) = self;
        at
    }
}

impl From<BodyError> for Unwalked {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooDeep(at) => Self::TooDeep(at),
            BodyError::Syntax(at) => Self::Unread(at),
        }
    }
}

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
    /// Offset behind its block.
    until: usize,
}

/// The local names visible at one node, and the nodes around it.
pub struct Scopes<'t> {
    source: &'t [u8],
    bindings: Vec<Binding<'t>>,
    ancestors: Vec<Node<'t>>,
    /// What the reader of bodies says of the declaration around: the names that it declares, by offset and case, and up to
    /// where each is visible.
    declared: FxHashMap<(u32, u32), u32>,
    /// The assignments seen in the declaration around: where the name is bound, and the statement.
    assignments: Vec<(usize, Node<'t>)>,
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

    /// The statements behind its declaration that assign to a name and end before an offset, the last one first.
    pub fn assignments(&self, binding: &Binding<'t>, before: usize) -> impl Iterator<Item = Node<'t>> {
        let (at, all) = (binding.at, self.assignments.iter().rev());
        all.filter(move |(bound, statement)| *bound == at && statement.end_byte() <= before)
            .map(|(_, statement)| *statement)
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

    /// Reads which names a declaration has. What a statement declares, and where that is visible, is known there alone.
    fn open(&mut self, declaration: Node<'t>) -> Result<(), Unwalked> {
        let body = parse_decl(self.source, declaration.start_byte())?;
        self.assignments.clear();
        self.declared = body.locals().map(|(_, local)| ((local.name.0, local.clause), local.until)).collect();
        Ok(())
    }

    /// Forgets what is not visible any more.
    fn leave(&mut self, node: Node<'t>) {
        while self.bindings.last().is_some_and(|binding| binding.until <= node.start_byte()) {
            self.bindings.pop();
        }
    }

    /// Binds a name where it is declared, and says whether it is: `:=` also assigns.
    fn bind(&mut self, node: Node<'t>, bound: Bound<'t>, statement: Node<'t>) -> bool {
        let (name, at) = (self.text(node), node.start_byte());
        let clause = match bound {
            Bound::TypeSwitch { case, .. } => case.start_byte() as u32,
            _ => 0,
        };
        let Some(until) = self.declared.get(&(at as u32, clause)) else { return false };
        self.bindings.push(Binding { name, at, bound, statement, assigned: None, until: *until as usize });
        true
    }

    fn assign(&mut self, name: &str, statement: Node<'t>) {
        if let Some(binding) = self.bindings.iter_mut().rev().find(|binding| binding.name == name) {
            binding.assigned = Some(statement);
            self.assignments.push((binding.at, statement));
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
///
/// Go's rules of what a statement declares and how far that is visible are in the reader of bodies, which types and the call graph rest
/// on as well; here they meet the grammar's own nodes.
pub fn walk<'t>(root: Node<'t>, source: &'t [u8], visitor: &mut dyn Visitor<'t>) -> Result<(), Unwalked> {
    let scopes = Scopes {
        source,
        bindings: Vec::new(),
        ancestors: Vec::new(),
        declared: FxHashMap::default(),
        assignments: Vec::new(),
    };
    Walker { scopes, visitor }.visit(root)
}

struct Walker<'t, 'v> {
    scopes: Scopes<'t>,
    visitor: &'v mut dyn Visitor<'t>,
}

type Walked = Result<(), Unwalked>;

impl<'t> Walker<'t, '_> {
    fn visit(&mut self, node: Node<'t>) -> Walked {
        if self.scopes.ancestors.len() >= MAX_ANCESTORS {
            return Err(Unwalked::TooDeep(node.start_byte()));
        }
        self.scopes.leave(node);
        self.visitor.enter(node, &self.scopes);
        self.scopes.ancestors.push(node);
        let done = self.dispatch(node);
        self.scopes.ancestors.pop();
        done
    }

    fn dispatch(&mut self, node: Node<'t>) -> Walked {
        match node.kind_id() {
            kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION | kind::FUNC_LITERAL => self.function(node),
            kind::TYPE_SWITCH_STATEMENT => self.type_switch(node),
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

    fn children(&mut self, node: Node<'t>) -> Walked {
        let is_file = self.scopes.ancestors.len() == 1;
        for child in Children::new(node) {
            if child.is_named() && !(is_file && self.visitor.skips(child)) {
                self.visit(child)?;
            }
        }
        Ok(())
    }

    fn function(&mut self, node: Node<'t>) -> Walked {
        if node.kind_id() != kind::FUNC_LITERAL {
            self.scopes.open(node)?;
        } else if !self.is_read() {
            return Err(Unwalked::Unread(node.start_byte()));
        }
        let around = self.scopes.bindings.len();
        for (field, list) in [
            (syntax::field::RECEIVER, "receiver"),
            (syntax::field::PARAMETERS, "parameters"),
            (syntax::field::RESULT, "result"),
        ] {
            if let Some(params) = node.child_by_field_id(field) {
                self.parameters(params, list)?;
            }
        }
        self.children(node)?;
        // The statement around a literal goes on, and may bind more.
        self.scopes.bindings.truncate(around);
        Ok(())
    }

    /// Whether the names of the declaration around are known: those of functions and of what variables and constants are set to.
    fn is_read(&self) -> bool {
        let declares =
            |node: &Node<'_>| matches!(node.kind_id(), kind::VAR_SPEC | kind::CONST_SPEC) || is_function(*node);
        self.scopes.ancestors.iter().rev().skip(1).any(declares)
    }

    fn parameters(&mut self, list: Node<'t>, role: &str) -> Walked {
        for decl in named_children(list) {
            let Some(ty) = decl.child_by_field_id(syntax::field::TYPE) else { continue };
            let bound = match role {
                "receiver" => Bound::Receiver { ty },
                "result" => Bound::Result { ty },
                _ => Bound::Param { ty, variadic: decl.kind_id() == kind::VARIADIC_PARAMETER_DECLARATION },
            };
            for name in syntax::children_by_field(decl, syntax::field::NAME) {
                // A function that the reader of bodies has passed over, as part of a type.
                if !self.scopes.bind(name, bound, decl) && !matches!(self.scopes.text(name), "_" | "") {
                    return Err(Unwalked::Unread(name.start_byte()));
                }
            }
        }
        Ok(())
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
            if let (true, Some(value), Some(alias)) = (is_case, value, alias) {
                self.scopes.leave(child);
                self.scopes.bind(alias, Bound::TypeSwitch { value, case: child }, node);
            }
            self.visit(child)?;
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

    /// What a statement does to a name on its left: declares it, or assigns, with `=` and where the same block has it already.
    fn define(&mut self, name: Node<'t>, bound: Bound<'t>, statement: Node<'t>) {
        if !self.scopes.bind(name, bound, statement) {
            self.scopes.assign(self.scopes.text(name), statement);
        }
    }

    fn range(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        let Some(clause) = syntax::RangeClause::cast(node) else { return Ok(()) };
        let (Some(left), Some(over)) = (clause.left(), clause.right()) else { return Ok(()) };
        let over = over.node();
        let names = named_children(left.node());
        for (index, name) in names.enumerate() {
            let bound = if index == 0 { Bound::RangeKey { over } } else { Bound::RangeValue { over } };
            self.define(name, bound, node);
        }
        Ok(())
    }

    fn receive(&mut self, node: Node<'t>) -> Walked {
        self.children(node)?;
        let Some(receive) = syntax::ReceiveStatement::cast(node) else { return Ok(()) };
        let (Some(left), Some(value)) = (receive.left(), receive.right()) else { return Ok(()) };
        let names: Vec<_> = named_children(left.node()).collect();
        for (index, name) in names.iter().enumerate() {
            let bound = Bound::Value { values: value.node(), index, of: names.len() };
            self.define(*name, bound, node);
        }
        Ok(())
    }

    /// Package-level names are not local: only declarations inside a function bind here.
    fn is_local(&self) -> bool {
        self.scopes.ancestors.iter().any(|n| is_function(*n))
    }

    fn var_spec(&mut self, node: Node<'t>) -> Walked {
        if !self.is_local() {
            self.scopes.open(node)?;
            return self.children(node);
        }
        self.children(node)?;
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
        if !self.is_local() {
            self.scopes.open(node)?;
            return self.children(node);
        }
        self.children(node)?;
        for name in syntax::children_by_field(node, syntax::field::NAME).filter(|n| n.is_named()) {
            self.scopes.bind(name, Bound::Const { spec: node }, node);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::parse::parse_bytes;
    use crate::go::syntax::body::ExprKind;

    const SOURCE: &str = r#"package p

var g, h = func(a int) (b int) { b = a; return b }, x

const c = len("x")

func (r *T) f(a, x int, rest ...int) (err error) {
	x, y := a, x
	if x := r.get(x); x > y {
		x := x
		use(x, y)
	} else if y := x; y > 0 {
		use(x, y)
	} else {
		y = x
	}
	for i, x := range rest {
		rest := rest[i:]
		use(rest, x)
	}
	for i := 0; i < len(rest); i++ {
		go func(i int) { use(i, x, func(x string) { use(x) }) }(i)
	}
	var i interface{}
	switch x := i.(type) {
	case int, string:
		use(x)
	case nil:
		y := x
		use(y)
	default:
		use(x, y)
	}
	switch y := y; y {
	case x:
		x := 1
		use(x)
	case y:
		use(x)
	}
	select {
	case x, ok := <-r.ch:
		use(x, ok)
	case y = <-r.ch:
		use(x, y)
	}
	run := func(q int) { use(q, y) }
	y = func(y int) int { return y }(q)
	use(q, y, run)
	const c, d = 1, c
	type g struct{ c [c]int }
	{
		var c, x = c, x
		use(c, d, x)
	}
	i, err = x, err
	use(c, i, g{}, h)
	return err
}
"#;

    /// What the reader of bodies says that each name means: offsets of the name and of its declaration; none: no local name.
    fn read(root: Node<'_>) -> Vec<(usize, Option<usize>)> {
        let mut found = Vec::new();
        let declarations = named_children(root).flat_map(|node| match node.kind_id() {
            kind::VAR_DECLARATION | kind::CONST_DECLARATION => named_children(node).collect(),
            _ => vec![node],
        });
        for node in declarations
            .filter(|node| is_function(*node) || matches!(node.kind_id(), kind::VAR_SPEC | kind::CONST_SPEC))
        {
            let body = parse_decl(SOURCE.as_bytes(), node.start_byte()).unwrap();
            for (_, expr) in body.exprs().filter(|(_, expr)| expr.kind == ExprKind::Ident) {
                let (start, end) = (expr.range.0 as usize, expr.range.1 as usize);
                let local = body.lookup(SOURCE.as_bytes(), expr.scope, &SOURCE[start..end]);
                found.push((start, local.map(|id| body.local(id).name.0 as usize)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Where each name is bound, and where it was last assigned.
    struct Seen(FxHashMap<usize, (Option<usize>, Option<usize>)>);

    impl<'t> Visitor<'t> for Seen {
        fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
            if matches!(node.kind_id(), kind::IDENTIFIER | kind::TYPE_IDENTIFIER) {
                let binding = scopes.lookup(scopes.text(node));
                let assigned = binding.and_then(|binding| binding.assigned).map(|statement| statement.start_byte());
                self.0.insert(node.start_byte(), (binding.map(|binding| binding.at), assigned));
            }
        }
    }

    #[test]
    fn a_name_means_in_the_tree_what_it_means_in_the_body() {
        let tree = parse_bytes(SOURCE.as_bytes()).unwrap();
        let mut seen = Seen(FxHashMap::default());
        walk(tree.root_node(), SOURCE.as_bytes(), &mut seen).unwrap();
        let assigned = SOURCE.find("y = func").unwrap();
        assert_eq!(seen.0[&(SOURCE.find("y, run").unwrap())].1, Some(assigned));
        assert_eq!(seen.0[&(SOURCE.find("y }(q").unwrap())].1, None);
        let read = read(tree.root_node());
        assert!(read.len() > 80, "{}", read.len());
        for (at, means) in read {
            // A name that is declared here is bound when its statement is over.
            let declared = means == Some(at);
            assert!(
                declared || seen.0.get(&at).map(|seen| seen.0) == Some(means),
                "byte {at}, {:?}: {means:?}",
                &SOURCE[at - 9..at + 9]
            );
        }
    }
}
