//! How a value is written where it is shown: by which verb, of a pointer, through a function that may leave something of it out.

use tree_sitter::Node;

use super::shown::{Atom, CUT, Shower, TEXTS, normal};
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, peel};
use crate::go::types::{Basic, Callee, Type};
use crate::klog::error::is_error;
use crate::klog::operand::callee_name;

impl<'t> Shower<'_, '_, 't> {
    /// Whether a verb writes a value as nobody reads it who does not know the verb: a number as a letter or to another base, a text as
    /// its bytes, a value as one of another type. What is not known is told by the letters that fit all.
    pub fn is_strange(&self, node: Node<'t>, letter: char) -> bool {
        match self.place.types.view().underlying(&self.place.type_of(node)).defaulted() {
            _ if matches!(letter, 'v' | 'w' | 'T' | 'p' | CUT) => false,
            Type::Basic(Basic::Error) => false,
            Type::Basic(Basic::Bool) => letter != 't',
            Type::Basic(basic) if basic.is_integer() => letter != 'd' && !self.is_spoken(node),
            Type::Basic(basic) if basic.is_numeric() => {
                !matches!(letter, 'f' | 'F' | 'g' | 'G') && !self.is_spoken(node)
            }
            Type::Basic(_) | Type::Unknown(_) => !matches!(letter, 's' | 'q'),
            _ => matches!(letter, 'c' | 'U' | 'o' | 'O' | 'b' | 'e' | 'E' | 't'),
        }
    }

    /// Whether a number is of a type of its own, which may have a text.
    fn is_spoken(&self, node: Node<'t>) -> bool {
        self.place.type_of(node).stripped().named().is_some()
    }

    /// A value as one verb writes it.
    pub fn written(&self, node: Node<'t>, letter: char) -> Atom {
        Atom::Written(letter, normal(peel(node), self.place.source()))
    }

    /// Whether a function is given a pointer for what it points at.
    pub fn is_dereferenced(&self, node: Node<'t>) -> bool {
        let call = node.parent().and_then(|list| list.parent()).and_then(CallExpression::cast);
        let callee = call.and_then(|call| call.function()).map(|callee| peel(callee.node()));
        let list = &self.place.rules.certify.dereferences;
        callee.is_some_and(|callee| list.contains(callee_name(callee, self.place.source())))
    }

    /// Whether a function gives nothing of a value but another form of it: one of Go's own packages, a conversion, or one that makes
    /// text of what is text, an error or has its own.
    pub fn is_plain(&self, call: Node<'t>, argument: Node<'t>) -> bool {
        let callee = CallExpression::cast(call).and_then(|call| call.function()).map(|function| peel(function.node()));
        let name = callee.map(|callee| callee_name(callee, self.place.source())).unwrap_or_default();
        let operand = callee.and_then(SelectorExpression::cast).and_then(|selector| selector.operand());
        let package = operand.and_then(|operand| self.place.imported(peel(operand.node())));
        let of_go = package.is_some_and(|path| TEXTS.contains(&path.split('/').next().unwrap_or(path)));
        let words = crate::klog::name::words(name).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let hides = words.iter().any(|word| self.place.rules.certify.hides.contains(word));
        let is_conversion = matches!(self.place.types.callee(call), Callee::Conversion(_));
        let ty = self.place.type_of(argument);
        let is_basic = matches!(self.place.types.view().underlying(&ty), Type::Basic(_));
        is_conversion || !hides && (of_go || is_basic || is_error(argument, self.place).is_some())
    }
}
