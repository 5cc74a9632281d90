//! What an expression shows of the program, as atoms that two spellings of the same datum share.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::klog::Klog;
use crate::go::syntax::{
    self, AstNode, BinaryExpression, CallExpression, SelectorExpression, kind, named_children, peel,
};
use crate::go::types::{Basic, Bound, Callee, MAX_NAMES, Type};
use crate::klog::error::is_error;
use crate::klog::fingerprint::tokens_without;
use crate::klog::format::{Piece, constant_string, parse};
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::write::edit::is_repeatable;
use crate::write::value::{owner, stays};

/// Operands within operands that are looked at.
const MAX_DEPTH: usize = 24;

/// Something that a line shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// The value of this expression.
    Value(String),
    /// Namespace and name of the object that it is.
    Object(String),
    /// The object's name.
    Name(String),
    /// Its namespace.
    Namespace(String),
    /// Its type.
    Type(String),
    /// Where it is in memory.
    Address(String),
    /// Something that is read from it.
    Of(String),
    /// Constant text, or a constant number as text.
    Text(String),
    /// Its value as this verb alone writes it.
    Written(char, String),
}

/// Atoms of which each shows the datum.
pub type Atoms = BTreeSet<Atom>;

/// Tokens of an expression as one text, whatever its layout; getters and fields of the same datum are spelled alike.
pub fn normal(node: Node<'_>, source: &[u8]) -> String {
    normal_without(node, source, &|_| false)
}

/// As [`normal`], without some nodes and the comma behind them.
pub fn normal_without(node: Node<'_>, source: &[u8], left: &dyn Fn(Node<'_>) -> bool) -> String {
    let mut text = String::new();
    for token in tokens_without(node, source, left) {
        let token = String::from_utf8_lossy(token);
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if is_word(text.chars().last()) && is_word(token.chars().next()) {
            text.push(' ');
        }
        text.push_str(&token);
    }
    let text = text.replace(".ObjectMeta.", ".");
    ["Name", "Namespace", "UID"]
        .iter()
        .fold(text, |text, field| text.replace(&format!(".Get{field}()"), &format!(".{field}")))
}

/// Packages of Go whose functions make text of what they are given, and look nothing up by it; with those below them.
pub const TEXTS: [&str; 14] = [
    "bytes", "encoding", "errors", "fmt", "hash", "html", "math", "mime", "path", "sort", "strconv", "strings", "time",
    "unicode",
];

/// The type of names with their namespace, and the field of requests that is one.
const NAMESPACED: &str = "NamespacedName";

/// In the place of a verb that prints no more than the beginning.
pub const CUT: char = '.';

/// A part of a text that is put together, and the verb that prints it, where a format has one.
struct Term<'t> {
    node: Node<'t>,
    letter: Option<char>,
}

/// Reads what expressions show where one call stands.
pub struct Shower<'s, 'a, 't> {
    /// Where it stands.
    pub place: &'s Place<'a, 't>,
    /// What klog is there.
    pub klog: &'s Klog<'s, 'a, 't>,
}

impl<'t> Shower<'_, '_, 't> {
    fn value(&self, node: Node<'t>) -> Atom {
        Atom::Value(normal(node, self.place.source()))
    }

    /// All that an expression shows when it is printed.
    pub fn shows(&self, node: Node<'t>) -> Atoms {
        let mut atoms = Atoms::new();
        self.collect(node, 0, &mut atoms);
        atoms
    }

    /// The data that an operand shows, printed with a verb or plainly, each as atoms of which one has to be shown for it not to be
    /// lost.
    pub fn needs(&self, node: Node<'t>, letter: Option<char>) -> Vec<Atoms> {
        self.needs_at(&Term { node, letter }, 0)
    }

    fn needs_at(&self, term: &Term<'t>, depth: usize) -> Vec<Atoms> {
        let (node, letter) = (peel(term.node), term.letter);
        if letter == Some('T') {
            return vec![Atoms::from([self.type_of(node)])];
        }
        if let Some(text) = self.constant(node) {
            return vec![Atoms::from([Atom::Text(text), self.value(node)])];
        }
        if node.kind_id() == kind::NIL {
            return Vec::new();
        }
        let varies = |terms: Vec<Term<'t>>| -> Vec<Term<'t>> {
            terms.into_iter().filter(|term| self.constant(term.node).is_none()).collect()
        };
        if let Some(terms) = self.terms(node).map(varies) {
            return terms.iter().flat_map(|term| self.needs_at(term, depth + 1)).collect();
        }
        // Text that was put together before, or is made of several values by a function: it, or each of its parts.
        let set = self.definition(node, depth).map(peel);
        let terms = set
            .and_then(|set| self.terms(set).map(varies))
            .or_else(|| self.several(set.unwrap_or(node)))
            .filter(|_| depth < MAX_NAMES);
        let mut own = Atoms::new();
        self.alternatives(node, 0, &mut own);
        own.extend((letter == Some('p')).then(|| self.address(node)));
        own.extend(letter.filter(|letter| self.is_strange(node, *letter)).map(|letter| self.written(node, letter)));
        match terms {
            Some(terms) => {
                let parts = terms.iter().flat_map(|term| self.needs_at(term, depth + 1));
                parts.map(|part| part.into_iter().chain(own.iter().cloned()).collect()).collect()
            }
            None => self.namespaced(node, own),
        }
    }

    /// What a name with its namespace needs: it, or both of its parts, of whatever has them.
    fn namespaced(&self, node: Node<'t>, own: Atoms) -> Vec<Atoms> {
        let node = self.wrapped(node).map_or(node, peel);
        let text = normal(node, self.place.source());
        let ty = self.place.type_of(node).qualified().unwrap_or_default();
        let owner = text.strip_suffix(&format!(".{NAMESPACED}")).map(str::to_owned);
        if owner.is_none() && ty.rsplit('.').next() != Some(NAMESPACED) {
            return vec![own];
        }
        let of = [Some(text), owner];
        let each =
            |part: fn(String) -> Atom| own.iter().cloned().chain(of.iter().flatten().cloned().map(part)).collect();
        vec![each(Atom::Namespace), each(Atom::Name)]
    }

    /// The arguments of a function that makes one value of several.
    fn several(&self, node: Node<'t>) -> Option<Vec<Term<'t>>> {
        let call = CallExpression::cast(node).filter(|call| !self.is_method(*call))?;
        let args = named_children(call.arguments()?.node()).filter(|arg| self.constant(*arg).is_none());
        let args: Vec<_> = args.map(|node| Term { node, letter: None }).collect();
        (args.len() > 1).then_some(args)
    }

    /// The parts of a text that is put together in place: of a concatenation, or what Sprintf is given.
    fn terms(&self, node: Node<'t>) -> Option<Vec<Term<'t>>> {
        let place = self.place;
        let plain = |node: Node<'t>| Term { node, letter: None };
        if let Some(binary) = BinaryExpression::cast(node) {
            let is_text = place.is_text(&place.type_of(node)) || has_literal(node);
            let plus = binary.operator().is_some_and(|operator| place.text(operator) == "+") && !self.repeats(node);
            let sides = || Some([plain(binary.left()?.node()), plain(binary.right()?.node())]);
            return (plus && is_text).then(sides)?.map(Vec::from);
        }
        let call = CallExpression::cast(node)?;
        let args: Vec<_> = named_children(call.arguments()?.node()).collect();
        let name = self.printer(call)?;
        if let (true, Some((format, operands))) = (name.ends_with('f'), args.split_first())
            && let Some(format) = self.constant(*format)
        {
            // Of what does not fit its operands nothing is certain.
            let pieces = parse(&format, operands.len()).unwrap_or_default();
            let verbs = pieces.into_iter().filter_map(|piece| match piece {
                Piece::Verb(verb) => {
                    let cut = verb.text.contains('.') && matches!(verb.letter, 's' | 'v' | 'q' | 'w');
                    Some(Term { node: *operands.get(verb.operand)?, letter: Some(if cut { CUT } else { verb.letter }) })
                }
                Piece::Text(_) => None,
            });
            return Some(verbs.collect());
        }
        Some(args.into_iter().map(plain).collect())
    }

    /// Whether a text is put together of the same value twice.
    fn repeats(&self, sum: Node<'t>) -> bool {
        let (mut seen, mut stack) = (BTreeSet::new(), vec![sum]);
        while let Some(node) = stack.pop().map(peel) {
            match BinaryExpression::cast(node) {
                Some(_) => stack.extend(named_children(node)),
                None if self.constant(node).is_none() && !seen.insert(normal(node, self.place.source())) => {
                    return true;
                }
                None => {}
            }
        }
        false
    }

    fn type_of(&self, node: Node<'t>) -> Atom {
        Atom::Type(normal(peel(node), self.place.source()))
    }

    fn address(&self, node: Node<'t>) -> Atom {
        Atom::Address(normal(peel(node), self.place.source()))
    }

    /// What `reflect.TypeOf(x)` is the type of.
    fn typed(&self, node: Node<'t>) -> Option<Node<'t>> {
        let call = CallExpression::cast(node)?;
        let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
        let of_reflect = self.place.imported(selector.operand()?.node()) == Some("reflect");
        let is_it = of_reflect && self.place.text(selector.field()?.node()) == "TypeOf";
        is_it.then(|| named_children(call.arguments()?.node()).next())?
    }

    /// A constant as it is printed.
    fn constant(&self, node: Node<'t>) -> Option<String> {
        let types = &self.place.types;
        constant_string(node, self.place.source(), &|node| types.string_of(node))
            .or_else(|| types.integer_of(node).map(|number| number.to_string()))
            .or_else(|| {
                matches!(node.kind_id(), kind::FLOAT_LITERAL | kind::TRUE | kind::FALSE).then(|| self.place.text(node))
            })
    }

    /// The name of a function of package fmt that makes text.
    fn printer(&self, call: CallExpression<'t>) -> Option<String> {
        let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
        let of_fmt = self.place.imported(selector.operand()?.node()) == Some("fmt");
        let name = self.place.text(selector.field()?.node());
        (of_fmt && (name.starts_with("Sprint") || name == "Errorf")).then_some(name)
    }

    /// Whether a call is of a value's method, and no function.
    fn is_method(&self, call: CallExpression<'t>) -> bool {
        let callee = call.function().map(|function| peel(function.node()));
        callee
            .and_then(SelectorExpression::cast)
            .and_then(|selector| selector.operand())
            .is_some_and(|operand| self.place.imported(peel(operand.node())).is_none())
    }

    /// Whether what stands for a value shows where it is in memory: a pointer to a text or a number, or to what is not known.
    fn is_address(&self, node: Node<'t>) -> bool {
        let view = self.place.types.view();
        let is_taken = self.prefixed(node, "&").is_some_and(|of| of.kind_id() != kind::COMPOSITE_LITERAL);
        match view.underlying(&self.place.type_of(node)) {
            Type::Pointer(of) => match view.underlying(&of) {
                Type::Basic(_) | Type::Pointer(_) | Type::Interface(_) | Type::Func(_) | Type::Chan(..) => true,
                Type::Unknown(_) => is_taken,
                _ => false,
            },
            Type::Unknown(_) => is_taken,
            _ => false,
        }
    }

    /// The operand of a unary operator.
    fn prefixed(&self, node: Node<'t>, operator: &str) -> Option<Node<'t>> {
        let unary = syntax::UnaryExpression::cast(node)?;
        let is_it = self.place.text(unary.operator()?) == operator;
        unary.operand().filter(|_| is_it).map(|operand| peel(operand.node()))
    }

    /// Other spellings of the same datum, and what shows more than it.
    fn alternatives(&self, node: Node<'t>, depth: usize, atoms: &mut Atoms) {
        if depth > MAX_DEPTH {
            return;
        }
        let node = peel(node);
        if let Some(of) = self.typed(node) {
            atoms.extend([self.value(node), self.type_of(of)]);
            return;
        }
        if depth > 0 && self.is_address(node) {
            return;
        }
        // A pointer to what is not known may be one to a number.
        let is_pointer = node.parent().is_some_and(|around| self.prefixed(around, "*").is_some());
        let is_hidden =
            depth > 0 && (is_pointer || self.is_dereferenced(node)) && self.place.type_of(node).is_unknown();
        if !is_hidden {
            atoms.insert(self.value(node));
        }
        if let Some(text) = self.constant(node) {
            atoms.insert(Atom::Text(text));
        }
        let subject = normal(node, self.place.source());
        atoms.insert(Atom::Object(subject.clone()));
        if is_hidden {
            return;
        }
        self.names(node, atoms);
        if let Some(inner) = self.wrapped(node) {
            self.alternatives(inner, depth + 1, atoms);
        } else if let Some(inner) = self.only_argument(node).filter(|inner| self.is_made_of(node, *inner)) {
            // What is made of it shows no more than it; what a function of the program chooses of it may be less, or be hidden.
            let mut of_it = Atoms::new();
            self.alternatives(inner, depth + 1, &mut of_it);
            if !self.is_plain(node, inner) {
                of_it.remove(&self.value(peel(inner)));
            }
            atoms.extend(of_it);
        }
        if let Some(set) = self.definition(node, depth).filter(|_| is_error(node, self.place).is_none()) {
            self.alternatives(set, depth + 1, atoms);
        }
    }

    fn collect(&self, node: Node<'t>, depth: usize, atoms: &mut Atoms) {
        if depth > MAX_DEPTH {
            return;
        }
        let node = peel(node);
        let source = self.place.source();
        if let Some(text) = self.constant(node) {
            atoms.insert(Atom::Text(text));
        }
        if let Some(terms) = self.terms(node) {
            for term in terms {
                match term.letter {
                    Some('T') => drop(atoms.insert(self.type_of(term.node))),
                    Some('p') => drop(atoms.insert(self.address(term.node))),
                    Some(CUT) => {}
                    Some(letter) if self.is_strange(term.node, letter) => {
                        atoms.insert(self.written(term.node, letter));
                    }
                    // `%!d(…)`: it is printed by its parts.
                    Some(letter)
                        if !matches!(letter, 'v' | 'w' | 's' | 'q') && is_error(term.node, self.place).is_some() => {}
                    _ => self.collect(term.node, depth + 1, atoms),
                }
            }
        }
        atoms.insert(self.value(node));
        if self.is_address(node) {
            return;
        }
        atoms.extend(self.read_from(node));
        if let Some(of) = self.typed(node) {
            atoms.insert(self.type_of(of));
            return;
        }
        self.names(node, atoms);
        if let Some(args) = self.reference(node) {
            for arg in &args {
                let subject = normal(peel(*arg), source);
                let subject = subject.trim_start_matches(['&', '*']).to_owned();
                if args.len() == 1 {
                    let of_object =
                        [Atom::Object(subject.clone()), Atom::Name(subject.clone()), Atom::Namespace(subject)];
                    atoms.extend(of_object);
                }
                self.collect(*arg, depth + 1, atoms);
            }
            // A reference shows the names of an object and nothing else of it.
            if let [only] = args.as_slice() {
                atoms.remove(&self.value(peel(*only)));
            }
        } else if let Some(inner) = self.wrapped(node) {
            self.collect(inner, depth + 1, atoms);
        }
        self.within(node, depth, atoms);
        // What a call gave once is not what it gives again.
        if let Some(set) = self.definition(node, depth).filter(|set| is_repeatable(*set, self.place)) {
            self.collect(set, depth + 1, atoms);
        }
    }

    /// What is shown of the values that a list, a map or a struct is made of in place.
    fn within(&self, node: Node<'t>, depth: usize, atoms: &mut Atoms) {
        if matches!(
            node.kind_id(),
            kind::COMPOSITE_LITERAL | kind::LITERAL_VALUE | kind::LITERAL_ELEMENT | kind::KEYED_ELEMENT
        ) {
            named_children(node).for_each(|child| match self.prefixed(child, "&") {
                // Of a pointer within another value its address is shown.
                Some(of) if of.kind_id() != kind::COMPOSITE_LITERAL => drop(atoms.insert(self.value(child))),
                _ => self.collect(child, depth + 1, atoms),
            });
        }
    }

    /// The arguments of klog's functions that make a reference.
    pub fn reference(&self, node: Node<'t>) -> Option<Vec<Node<'t>>> {
        let call = CallExpression::cast(node)?;
        let callee = peel(call.function()?.node());
        let references = &self.place.rules.log_calls.references;
        let name = callee_name(callee, self.place.source());
        let is_one = references.object.iter().chain(&references.list).any(|known| known == name);
        let of_klog = SelectorExpression::cast(callee).and_then(|selector| selector.operand());
        let of_klog = of_klog.is_none_or(|operand| self.klog.is_package(operand.node()));
        let args = call.arguments()?.node();
        (is_one && of_klog).then(|| named_children(args).collect())
    }

    /// The object whose name or namespace an expression is: `x.Name`, `x.GetNamespace()`.
    fn names(&self, node: Node<'t>, atoms: &mut Atoms) {
        let source = self.place.source();
        atoms.extend(owner(node, "Name", source).map(|object| Atom::Name(normal(object, source))));
        atoms.extend(owner(node, "Namespace", source).map(|object| Atom::Namespace(normal(object, source))));
    }

    /// What an expression is one spelling of: `x` of `&x`, `*x`, `string(x)`, `x.String()`, `x.Error()`, `klog.Format(x)`,
    /// `strings.Join(x, ",")`.
    fn wrapped(&self, node: Node<'t>) -> Option<Node<'t>> {
        if let Some(unary) = syntax::UnaryExpression::cast(node) {
            let operator = self.place.text(unary.operator()?);
            return matches!(operator.as_str(), "&" | "*").then(|| unary.operand().map(AstNode::node))?;
        }
        let call = CallExpression::cast(node)?;
        let args: Vec<_> = named_children(call.arguments()?.node()).collect();
        let callee = peel(call.function()?.node());
        let name = callee_name(callee, self.place.source());
        let operand = SelectorExpression::cast(callee).and_then(|selector| selector.operand()).map(AstNode::node);
        match (args.as_slice(), operand) {
            ([], Some(operand)) if matches!(name, "String" | "Error") => Some(operand),
            ([list, _], Some(package)) if name == "Join" && self.place.imported(package) == Some("strings") => {
                Some(*list)
            }
            ([only], Some(operand)) if matches!(name, "Format" | "SafePtr") => {
                self.klog.is_package(operand).then_some(*only)
            }
            ([only], _) => {
                let is_same =
                    matches!(self.place.types.callee(node), Callee::Conversion(_)) && !self.is_lossy(node, *only);
                is_same.then_some(*only)
            }
            _ => None,
        }
    }

    /// The one argument of a call that is no constant, of a function and not of a method.
    fn only_argument(&self, node: Node<'t>) -> Option<Node<'t>> {
        let call = CallExpression::cast(node)?;
        let args = named_children(call.arguments()?.node()).filter(|arg| self.constant(*arg).is_none());
        match args.collect::<Vec<_>>().as_slice() {
            [only] if !self.is_method(call) => Some(*only),
            _ => None,
        }
    }

    /// Whether a call makes a text of one value, and looks nothing up by it: of something that has parts, or in a package of Go itself.
    fn is_made_of(&self, call: Node<'t>, argument: Node<'t>) -> bool {
        let (made, ty) = (self.place.type_of(call), self.place.type_of(argument));
        let is_conversion = matches!(self.place.types.callee(call), Callee::Conversion(_));
        if !is_conversion && !made.is_unknown() && !self.place.is_text(&made) {
            return false;
        }
        let is_basic = matches!(self.place.types.view().underlying(&ty), Type::Basic(_));
        let callee = CallExpression::cast(call).and_then(|call| call.function()).map(|function| peel(function.node()));
        let operand = callee.and_then(SelectorExpression::cast).and_then(|selector| selector.operand());
        let package = operand.and_then(|operand| self.place.imported(peel(operand.node())));
        let of_go = package.is_some_and(|path| TEXTS.contains(&path.split('/').next().unwrap_or(path)));
        !matches!(self.place.types.callee(call), Callee::Builtin(_)) && (!is_basic || of_go || is_conversion)
    }

    /// Whether a conversion may give another number, or a letter in a number's place.
    fn is_lossy(&self, conversion: Node<'t>, given: Node<'t>) -> bool {
        let basic = |node: Node<'t>| match self.place.types.view().underlying(&self.place.type_of(node)).defaulted() {
            Type::Basic(basic) => Some(basic),
            _ => None,
        };
        // A span of time says its unit, a number says none.
        let is_span = |node: Node<'t>| self.place.type_of(node).qualified().as_deref() == Some("time.Duration");
        if is_span(conversion) != is_span(given) {
            return true;
        }
        let whole = |basic: Basic| matches!(basic, Basic::Int | Basic::Int64 | Basic::Uint64 | Basic::Float64);
        match (basic(conversion), basic(given)) {
            (Some(Basic::String), Some(from)) => from.is_integer(),
            (Some(to), Some(from)) if to.is_numeric() && from.is_numeric() => to != from && !whole(to),
            (Some(to), None) => to.is_numeric() && !whole(to) && self.place.type_of(given).is_unknown(),
            _ => false,
        }
    }

    /// What an expression reads from: `x` and `x.y` of `x.y.z()`.
    fn read_from(&self, node: Node<'t>) -> Atoms {
        let mut found = Atoms::new();
        let mut next = Some(node);
        while let Some(node) = next {
            let callee =
                CallExpression::cast(node).and_then(|call| call.function()).map(|function| peel(function.node()));
            let selector = SelectorExpression::cast(callee.unwrap_or(node));
            next = selector.and_then(|selector| selector.operand()).map(|operand| peel(operand.node()));
            found.extend(next.map(|operand| Atom::Of(normal(operand, self.place.source()))));
        }
        found
    }

    /// What a local name was set to, where nothing else was assigned to it since, nor to what that is read from.
    fn definition(&self, node: Node<'t>, depth: usize) -> Option<Node<'t>> {
        let node = Some(node).filter(|node| node.kind_id() == kind::IDENTIFIER && depth < MAX_NAMES)?;
        let binding = self.place.scopes.lookup_at(self.place.scopes.text(node), node)?;
        match binding.bound {
            Bound::Value { values, index: 0, of: 1 } if binding.assigned.is_none() => {
                named_children(values).next().filter(|set| self.is_fresh(*set, binding.statement))
            }
            _ => None,
        }
    }

    /// Whether an expression has the value still that it had in a statement: nothing was assigned to what it is read from.
    fn is_fresh(&self, set: Node<'t>, since: Node<'t>) -> bool {
        let mut stack = vec![set];
        while let Some(node) = stack.pop() {
            match node.kind_id() {
                kind::FUNC_LITERAL => continue,
                kind::IDENTIFIER | kind::SELECTOR_EXPRESSION => {
                    let path = self.place.text(node);
                    let root = self.place.scopes.lookup(path.split('.').next().unwrap_or(&path));
                    let is_path = path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                    if is_path && root.is_some() {
                        if !stays(&path, since, self.place) {
                            return false;
                        }
                        continue;
                    }
                }
                _ => {}
            }
            stack.extend(named_children(node));
        }
        true
    }
}

/// Whether a string literal is among the terms of an expression.
fn has_literal(node: Node<'_>) -> bool {
    matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL)
        || node.kind_id() == kind::BINARY_EXPRESSION && named_children(node).any(has_literal)
}
