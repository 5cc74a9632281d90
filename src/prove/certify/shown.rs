//! What an expression shows of the program, as atoms that two spellings of the same datum share.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::klog::Klog;
use crate::go::syntax::{
    self, AstNode, BinaryExpression, CallExpression, SelectorExpression, kind, named_children, peel,
};
use crate::go::types::{Bound, Callee, MAX_NAMES};
use crate::klog::fingerprint::tokens;
use crate::klog::format::constant_string;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::write::value::owner;

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
    /// Constant text.
    Text(String),
}

/// Atoms of which each shows the datum.
pub type Atoms = BTreeSet<Atom>;

/// Tokens of an expression as one text, whatever its layout; getters and fields of the same datum are spelled alike.
pub fn normal(node: Node<'_>, source: &[u8]) -> String {
    let mut text = String::new();
    for token in tokens(node, source) {
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

    /// The data that an operand shows, each as atoms of which one has to be shown for it not to be lost.
    pub fn needs(&self, node: Node<'t>) -> Vec<Atoms> {
        let node = peel(node);
        if let Some(terms) = self.terms(node) {
            return terms.into_iter().flat_map(|term| self.needs(term)).collect();
        }
        if let Some(terms) = self.definition(node, 0).and_then(|set| self.terms(peel(set))) {
            // Text that was put together before: it, or each of its parts.
            let own = self.value(node);
            let parts = terms.into_iter().flat_map(|term| self.needs(term));
            return parts.map(|part| part.into_iter().chain([own.clone()]).collect()).collect();
        }
        if matches!(node.kind_id(), kind::NIL | kind::INT_LITERAL | kind::FLOAT_LITERAL | kind::TRUE | kind::FALSE) {
            return Vec::new();
        }
        let mut atoms = Atoms::new();
        self.alternatives(node, 0, &mut atoms);
        vec![atoms]
    }

    /// The parts of a text that is put together in place: of a concatenation, or what Sprintf is given.
    fn terms(&self, node: Node<'t>) -> Option<Vec<Node<'t>>> {
        let place = self.place;
        if let Some(binary) = BinaryExpression::cast(node) {
            let is_text = place.is_text(&place.type_of(node)) || has_literal(node);
            let plus = binary.operator().is_some_and(|operator| place.text(operator) == "+");
            return (plus && is_text).then(|| Some(vec![binary.left()?.node(), binary.right()?.node()])).flatten();
        }
        let call = CallExpression::cast(node)?;
        let args: Vec<_> = named_children(call.arguments()?.node()).collect();
        self.prints(call).then(|| args.into_iter().filter(|arg| self.constant(*arg).is_none()).collect())
    }

    fn constant(&self, node: Node<'t>) -> Option<String> {
        constant_string(node, self.place.source(), &|node| self.place.types.string_of(node))
    }

    /// Whether a call is one of package fmt that makes text.
    fn prints(&self, call: CallExpression<'t>) -> bool {
        let Some(selector) = call.function().and_then(|f| SelectorExpression::cast(peel(f.node()))) else {
            return false;
        };
        let package = selector.operand().and_then(|operand| self.place.imported(operand.node()));
        let name = selector.field().map(|field| self.place.text(field.node())).unwrap_or_default();
        package == Some("fmt") && (name.starts_with("Sprint") || name == "Errorf")
    }

    /// Other spellings of the same datum, and what shows more than it.
    fn alternatives(&self, node: Node<'t>, depth: usize, atoms: &mut Atoms) {
        if depth > MAX_DEPTH {
            return;
        }
        let node = peel(node);
        atoms.insert(self.value(node));
        if let Some(text) = self.constant(node) {
            atoms.insert(Atom::Text(text));
        }
        let subject = normal(node, self.place.source());
        atoms.insert(Atom::Object(subject.clone()));
        self.names(node, atoms);
        if let Some(inner) = self.wrapped(node) {
            self.alternatives(inner, depth + 1, atoms);
        } else if let Some(inner) = self.only_argument(node) {
            // What is made of it shows no more than it.
            self.alternatives(inner, depth + 1, atoms);
        }
        if let Some(set) = self.definition(node, depth) {
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
            terms.into_iter().for_each(|term| self.collect(term, depth + 1, atoms));
        }
        atoms.insert(self.value(node));
        self.names(node, atoms);
        if let Some(args) = self.reference(node) {
            for arg in &args {
                let subject = normal(peel(*arg), source);
                let subject = subject.trim_start_matches(['&', '*']).to_owned();
                atoms.insert(Atom::Object(subject.clone()));
                atoms.insert(Atom::Name(subject.clone()));
                atoms.insert(Atom::Namespace(subject));
                self.collect(*arg, depth + 1, atoms);
            }
            // A reference shows the names of an object and nothing else of it.
            if let [only] = args.as_slice() {
                atoms.remove(&self.value(peel(*only)));
            }
        } else if let Some(inner) = self.wrapped(node) {
            self.collect(inner, depth + 1, atoms);
        }
        if matches!(
            node.kind_id(),
            kind::COMPOSITE_LITERAL | kind::LITERAL_VALUE | kind::LITERAL_ELEMENT | kind::KEYED_ELEMENT
        ) {
            named_children(node).for_each(|child| self.collect(child, depth + 1, atoms));
        }
        if let Some(set) = self.definition(node, depth) {
            self.collect(set, depth + 1, atoms);
        }
    }

    /// The arguments of klog's functions that make a reference.
    fn reference(&self, node: Node<'t>) -> Option<Vec<Node<'t>>> {
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
            ([list, _], Some(_)) if name == "Join" => Some(*list),
            ([only], Some(operand)) if matches!(name, "Format" | "SafePtr") => {
                self.klog.is_package(operand).then_some(*only)
            }
            ([only], _) => matches!(self.place.types.callee(node), Callee::Conversion(_)).then_some(*only),
            _ => None,
        }
    }

    /// The one argument of a call that is no constant, of a function and not of a method.
    fn only_argument(&self, node: Node<'t>) -> Option<Node<'t>> {
        let call = CallExpression::cast(node)?;
        let callee = peel(call.function()?.node());
        let of_value = SelectorExpression::cast(callee)
            .and_then(|selector| selector.operand())
            .is_some_and(|operand| self.place.imported(peel(operand.node())).is_none());
        let args = named_children(call.arguments()?.node()).filter(|arg| self.constant(*arg).is_none());
        match args.collect::<Vec<_>>().as_slice() {
            [only] if !of_value => Some(*only),
            _ => None,
        }
    }

    /// What a local name was set to, where nothing else was assigned to it since.
    fn definition(&self, node: Node<'t>, depth: usize) -> Option<Node<'t>> {
        let node = Some(node).filter(|node| node.kind_id() == kind::IDENTIFIER && depth < MAX_NAMES)?;
        let binding = self.place.scopes.lookup_at(self.place.scopes.text(node), node)?;
        match binding.bound {
            Bound::Value { values, index: 0, of: 1 } if binding.assigned.is_none() => named_children(values).next(),
            _ => None,
        }
    }
}

/// Whether a string literal is among the terms of an expression.
fn has_literal(node: Node<'_>) -> bool {
    matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL)
        || node.kind_id() == kind::BINARY_EXPRESSION && named_children(node).any(has_literal)
}
