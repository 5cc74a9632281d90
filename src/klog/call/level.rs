//! The level of a call, as `V` is given it right where the call is made.

use tree_sitter::Node;

use super::log_call::LogCall;
use super::parts::arguments;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, peel};
use crate::go::types::Type;
use crate::klog::place::Place;
use crate::text::Edit;

/// `klog.V(4)`, or `logger.V(4)`.
#[derive(Clone, Copy, Debug)]
pub struct Level<'t> {
    /// All of it, with parentheses around it.
    pub whole: Node<'t>,
    /// What `V` is called on; `None` under a dot import.
    pub on: Option<Node<'t>>,
    /// What `V` is given.
    pub given: Node<'t>,
}

impl<'t> Level<'t> {
    /// What an expression is, if it calls `V`.
    pub fn of(whole: Node<'t>, place: &Place<'_, 't>) -> Option<Self> {
        let call = CallExpression::cast(peel(whole))?;
        let function = peel(call.function()?.node());
        let selector = SelectorExpression::cast(function);
        let name = selector.map_or(Some(function), |selector| selector.field().map(AstNode::node))?;
        let mut given = arguments(call);
        let (level, None) = (given.next()?, given.next()) else { return None };
        let is_level = place.rules.log_calls.verbose.functions.get(place.scopes.text(name)) == Some(&0);
        let on = selector.and_then(|selector| selector.operand()).map(AstNode::node);
        is_level.then_some(Self { whole, on, given: level })
    }

    /// Whether it is the constant 0, at which every line is printed.
    pub fn is_zero(&self, place: &Place<'_, 't>) -> bool {
        place.text(self.given) == "0" || place.types.integer_of(self.given) == Some(0)
    }

    /// The edit that takes it away; `None` where what it is called on would be nothing.
    pub fn removal(&self, place: &Place<'_, 't>) -> Option<Edit> {
        self.on.map(|on| Edit::replace(self.whole.byte_range(), place.text(on)))
    }

    /// The level as a logger's `V` takes it, which wants an `int` where klog's wants a `klog.Level`: `None` where it is not
    /// known which of them it is.
    pub fn as_int(&self, place: &Place<'_, 't>) -> Option<String> {
        let is_int = |ty: &Type| ty.is_basic("int");
        let ty = place.type_of(self.given);
        if place.text(self.given).bytes().all(|byte| byte.is_ascii_digit())
            || is_int(&ty)
            || matches!(ty, Type::Untyped(_))
        {
            return Some(place.text(self.given));
        }
        let is_free = || place.scopes.lookup("int").is_none();
        let converted = CallExpression::cast(peel(self.given)).filter(|call| self.is_conversion(*call, place));
        if let Some(inner) = converted.and_then(|call| arguments(call).next()) {
            let ty = place.type_of(inner);
            let bare = is_int(&ty) || matches!(ty, Type::Untyped(_));
            let number = bare || !ty.is_unknown() && is_free();
            return number.then(|| if bare { place.text(inner) } else { format!("int({})", place.text(inner)) });
        }
        (!ty.is_unknown() && is_free()).then(|| format!("int({})", place.text(self.given)))
    }

    /// Whether a call is `klog.Level(…)`.
    fn is_conversion(&self, call: CallExpression<'t>, place: &Place<'_, 't>) -> bool {
        let selector = call.function().and_then(|function| SelectorExpression::cast(peel(function.node())));
        let name = selector.and_then(|selector| selector.field()).map(|field| place.text(field.node()));
        let package = selector.and_then(|selector| selector.operand()).and_then(|o| place.imported(peel(o.node())));
        let is_klog = package.is_some_and(|path| place.rules.log_calls.import_paths.iter().any(|klog| klog == path));
        is_klog && name.as_deref() == Some(&*place.rules.log_calls.verbose.level) && arguments(call).count() == 1
    }
}

impl<'t> LogCall<'t> {
    /// The level that it is given where it is made.
    pub fn level(&self, place: &Place<'_, 't>) -> Option<Level<'t>> {
        let selector = SelectorExpression::cast(peel(self.callee()?))?;
        Level::of(selector.operand()?.node(), place)
    }
}
