//! What evaluating an expression may do beside giving its value: panic, wait, change something.

use tree_sitter::Node;

use super::klog::Klog;
use super::shown::normal;
use crate::go::syntax::{
    self, AstNode, BinaryExpression, CallExpression, SelectorExpression, kind, named_children, peel,
};
use crate::go::types::{Basic, Callee, Member, Type};
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::text::reason::reasons;
use crate::write::edit::is_repeatable;
use crate::write::value::{is_not_nil, is_there, read_by};

reasons! {
    /// What evaluating an expression may do.
    pub enum Hazard {
        /// A field or an element of what may be nil.
        "dereference" Dereference
            "it panics where what it reads from is nil",
        /// klog's reference to an object panics below 2.8.0 where the object is nil.
        "reference-to-nil" ReferenceToNil
            "this klog panics where the object is nil",
        /// An element that may not be there.
        "index" Index
            "it panics where there is no such element",
        /// A type assertion without `ok`.
        "assertion" Assertion
            "it panics where the value has another type",
        /// A division by what may be 0.
        "division" Division
            "it panics where the divisor is 0",
        /// A shift by what may be below 0.
        "shift" Shift
            "it panics where the count is negative",
        /// Two interfaces compared, or one as a map's key.
        "comparison" Comparison
            "it panics where what an interface holds cannot be compared",
        /// A slice made an array, or a pointer to one.
        "array" Array
            "it panics where the slice is shorter",
        /// It waits for somebody to send.
        "receive" Receive
            "it waits until something is sent",
        /// A call may do anything.
        "call" Call
            "a call may panic, wait or change something",
    }
}

impl Hazard {
    /// Whether it is there each time that the expression is evaluated, and not the first time alone.
    pub fn is_repeated(&self) -> bool {
        matches!(self, Self::Call | Self::Receive)
    }
}

/// An evaluation that may do more than give a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// What it may do.
    pub hazard: Hazard,
    /// What is read from, called or asked; the same text evaluated before makes it harmless.
    pub on: String,
    /// The expression, for people.
    pub expression: String,
    /// Whether something before the call, whatever happens, shows that it does no harm.
    pub proven: bool,
}

/// Functions and methods that only give a value: of package fmt, which recovers from panics, and of time.
const HARMLESS: [(&str, &[&str]); 5] = [
    ("fmt", &["Sprint", "Sprintf", "Sprintln", "Errorf"]),
    ("time", &["Since", "Until", "Now", "Duration"]),
    ("reflect", &["TypeOf"]),
    ("errors", &["New"]),
    ("runtime", &["Version", "NumGoroutine"]),
];
/// Predeclared functions that neither panic nor change anything.
const BUILTINS: [&str; 8] = ["len", "cap", "min", "max", "real", "imag", "complex", "new"];

/// Collects what evaluating expressions may do where one call stands.
pub struct Evaluator<'s, 'a, 't> {
    /// Where it stands.
    pub place: &'s Place<'a, 't>,
    /// What klog is there.
    pub klog: &'s Klog<'s, 'a, 't>,
    /// What the request ID's package is called by import path.
    pub runtime: &'s str,
    /// What was found.
    pub found: Vec<Evaluated>,
}

impl<'t> Evaluator<'_, '_, 't> {
    /// What printing an error as text has done where the error is there: made its text.
    pub fn print(&mut self, error: Node<'t>) {
        let text = format!("{}.Error()", self.place.text(error));
        if is_not_nil(error, self.place) {
            self.found.push(Evaluated { hazard: Hazard::Call, on: text.clone(), expression: text, proven: true });
        }
    }

    /// Goes through an expression.
    pub fn visit(&mut self, node: Node<'t>) {
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            match node.kind_id() {
                // What a function literal holds is not evaluated here.
                kind::FUNC_LITERAL => continue,
                kind::CALL_EXPRESSION => self.call(node, &mut stack),
                kind::SELECTOR_EXPRESSION => self.selector(node),
                kind::INDEX_EXPRESSION | kind::SLICE_EXPRESSION => self.index(node),
                kind::TYPE_CONVERSION_EXPRESSION => self.conversion(node),
                kind::TYPE_ASSERTION_EXPRESSION => self.note(Hazard::Assertion, node, node, false),
                kind::UNARY_EXPRESSION => self.unary(node),
                kind::BINARY_EXPRESSION => self.binary(node),
                _ => {}
            }
            if node.kind_id() != kind::CALL_EXPRESSION {
                stack.extend(named_children(node));
            }
        }
    }

    fn note(&mut self, hazard: Hazard, on: Node<'t>, whole: Node<'t>, proven: bool) {
        let on = normal(peel(on), self.place.source());
        self.found.push(Evaluated { hazard, on, expression: self.place.text(whole), proven });
    }

    fn call(&mut self, node: Node<'t>, stack: &mut Vec<Node<'t>>) {
        let place = self.place;
        let Some(call) = CallExpression::cast(node) else { return };
        let args: Vec<_> = call.arguments().map(|list| named_children(list.node()).collect()).unwrap_or_default();
        stack.extend(&args);
        let Some(callee) = call.function().map(|function| peel(function.node())) else { return };
        let name = callee_name(callee, place.source());
        let operand = SelectorExpression::cast(callee).and_then(|s| s.operand()).map(|operand| peel(operand.node()));
        let package = operand.and_then(|operand| place.imported(operand));
        let references = &place.rules.log_calls.references;
        let is_klog = operand.is_some_and(|operand| self.klog.is_package(operand));
        if is_klog && references.object.iter().any(|known| known == name) {
            if let ([object], false) = (args.as_slice(), place.has("nil-safe-kobj")) {
                let proven = is_there(*object, place);
                self.note(Hazard::ReferenceToNil, *object, node, proven);
            }
            return;
        }
        // What a call reads from is there behind it; that it may do more is told below.
        if let Some(object) = read_by(node, place) {
            self.note(Hazard::Dereference, object, node, true);
        }
        let is_logger = operand.is_some_and(|operand| self.klog.is_logger(operand));
        let harmless = is_klog
            || is_logger
            || self.klog.is_logger(node)
            || package == Some(self.runtime)
            || HARMLESS.iter().any(|(path, names)| package == Some(path) && names.contains(&name))
            || package.is_some_and(|path| path == "context") && matches!(name, "Background" | "TODO")
            || match place.types.callee(node) {
                Callee::Conversion(_) => true,
                Callee::Builtin(name) => BUILTINS.contains(&&*name),
                _ => false,
            };
        if let Callee::Conversion(_) = place.types.callee(node) {
            self.conversion(node);
        }
        if harmless {
            stack.extend(operand.filter(|_| package.is_none() && !is_klog));
            return;
        }
        if package.is_some() && is_repeatable(node, place) {
            return;
        }
        stack.extend(operand.filter(|_| package.is_none()));
        match operand {
            // A getter of an object reads a field.
            Some(object) if args.is_empty() && self.is_getter(object, name) => {
                let proven = is_there(object, place);
                self.note(Hazard::Dereference, object, node, proven);
            }
            _ => self.note(Hazard::Call, node, node, false),
        }
        // What a method of an interface is called on is there behind the call.
        if let Some(object) = operand.filter(|operand| package.is_none() && self.is_interface(&place.type_of(*operand)))
        {
            self.note(Hazard::Dereference, object, node, true);
        }
    }

    fn is_getter(&self, object: Node<'t>, name: &str) -> bool {
        matches!(name, "GetName" | "GetNamespace" | "GetUID") && {
            let ty = self.place.type_of(object);
            self.place.object_reach(&ty) != crate::go::types::Reach::No
        }
    }

    fn selector(&mut self, node: Node<'t>) {
        let place = self.place;
        let Some(selector) = SelectorExpression::cast(node) else { return };
        let (Some(operand), Some(field)) = (selector.operand(), selector.field()) else { return };
        let operand = peel(operand.node());
        if self.is_package(operand) {
            return;
        }
        let ty = place.type_of(operand);
        let member = place.types.view().member(&ty, &place.text(field.node())).ok();
        // Where a pointer is embedded on the way, what reads have shown of the operand does not show that one.
        let embedded = member.as_ref().is_some_and(|member| member.indirect && self.is_embedded(&ty, member));
        if embedded {
            self.note(Hazard::Dereference, node, node, false);
        }
        if member.is_none_or(|member| member.indirect && (!embedded || self.is_pointer(&ty))) {
            self.note(Hazard::Dereference, operand, node, is_there(operand, place));
        }
    }

    fn is_pointer(&self, ty: &Type) -> bool {
        matches!(self.place.types.view().underlying(ty), Type::Pointer(_))
    }

    /// Whether one of the fields that a member is promoted through is a pointer, or not known.
    fn is_embedded(&self, ty: &Type, member: &Member) -> bool {
        let mut at = ty.clone();
        member.through.iter().any(|name| match self.place.types.view().member(&at, name) {
            Ok(field) => {
                at = field.ty;
                self.is_pointer(&at)
            }
            Err(_) => true,
        })
    }

    fn is_package(&self, node: Node<'t>) -> bool {
        node.kind_id() == kind::IDENTIFIER
            && self.place.scopes.lookup(self.place.scopes.text(node)).is_none()
            && self.place.imports.path_of(self.place.scopes.text(node)).is_some()
    }

    fn index(&mut self, node: Node<'t>) {
        let operand = node.child_by_field_id(syntax::field::OPERAND).map(peel);
        let Some(operand) = operand else { return };
        let place = self.place;
        let ty = place.type_of(operand);
        let is_map = matches!(place.types.view().underlying(&ty), Type::Map(..));
        // `F[T]` is a function, not an element.
        let is_generic = matches!(place.type_of(node), Type::Func(_));
        if let Type::Map(key, _) = place.types.view().underlying(&ty) {
            let given = node.child_by_field_id(syntax::field::INDEX);
            if self.is_interface(&key) && given.is_some_and(|given| self.is_interface(&place.type_of(given))) {
                self.note(Hazard::Comparison, node, node, false);
            }
        }
        if !is_map && !is_generic {
            self.note(Hazard::Index, node, node, false);
        }
    }

    fn conversion(&mut self, node: Node<'t>) {
        if self.is_array(&self.place.type_of(node)) {
            self.note(Hazard::Array, node, node, false);
        }
    }

    fn is_interface(&self, ty: &Type) -> bool {
        matches!(self.place.types.view().underlying(ty), Type::Interface(_) | Type::Basic(Basic::Error))
    }

    /// Whether a type is an array, or a pointer to one.
    fn is_array(&self, ty: &Type) -> bool {
        let view = self.place.types.view();
        match view.underlying(ty) {
            Type::Array(..) => true,
            Type::Pointer(of) => matches!(view.underlying(&of), Type::Array(..)),
            _ => false,
        }
    }

    fn unary(&mut self, node: Node<'t>) {
        let Some(unary) = syntax::UnaryExpression::cast(node) else { return };
        let (Some(operator), Some(operand)) = (unary.operator(), unary.operand()) else { return };
        let operand = peel(operand.node());
        match self.place.text(operator).as_str() {
            "*" => {
                let proven = is_there(operand, self.place);
                self.note(Hazard::Dereference, operand, node, proven);
            }
            "<-" => self.note(Hazard::Receive, operand, node, false),
            _ => {}
        }
    }

    fn binary(&mut self, node: Node<'t>) {
        let Some(binary) = BinaryExpression::cast(node) else { return };
        let (Some(left), Some(operator), Some(right)) = (binary.left(), binary.operator(), binary.right()) else {
            return;
        };
        let (left, right) = (left.node(), right.node());
        let types = &self.place.types;
        let basic = |node: Node<'t>| match types.view().underlying(&types.type_of(node)).defaulted() {
            Type::Basic(basic) => Some(basic),
            _ => None,
        };
        let is_constant = || types.is_constant(right);
        let hazard = match self.place.text(operator).as_str() {
            "/" | "%" => (basic(node).is_none_or(Basic::is_integer) && !is_constant()).then_some(Hazard::Division),
            "<<" | ">>" => (!basic(right).is_some_and(Basic::is_unsigned) && !is_constant()).then_some(Hazard::Shift),
            "==" | "!=" => {
                [left, right].iter().all(|side| self.is_interface(&types.type_of(*side))).then_some(Hazard::Comparison)
            }
            _ => None,
        };
        if let Some(hazard) = hazard {
            self.note(hazard, node, node, false);
        }
    }
}

/// Whether what was evaluated shows that something else on the same operand does no harm: a reference to an object reads a field
/// of it, as a field's reader does.
pub fn proves(before: &Hazard, now: &Hazard) -> bool {
    *before == Hazard::Dereference && *now == Hazard::ReferenceToNil
}
