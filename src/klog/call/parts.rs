//! A call's arguments, told apart by where they stand: the one place that knows depth, error, message and pairs by their order.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::klog::format::constant_string;
use crate::rule::{Function, Severity};
use crate::text::Span;

/// A key, and the value behind it unless it has none.
#[derive(Clone, Debug)]
pub struct Pair<'t> {
    /// The key's expression.
    pub key_node: Node<'t>,
    /// The key, where it is a constant.
    pub key: Option<String>,
    /// The value's expression.
    pub value: Option<Node<'t>>,
}

/// What the arguments of a log call are.
#[derive(Clone, Debug, Default)]
pub struct Parts<'t> {
    /// How many frames up the line is said to be from.
    pub depth: Option<Node<'t>>,
    /// What a printing call prints: its format and operands, or its operands alone. None for calls with keys and values.
    pub printed: Vec<Node<'t>>,
    /// The error that stands before the message, `nil` included.
    pub error: Option<Node<'t>>,
    /// The message of a call with keys and values.
    pub message: Option<Node<'t>>,
    /// Keys and values in their order; those that the runtime's `Pairs` wraps are pairs of the call.
    pub pairs: Vec<Pair<'t>>,
    /// The same, read as if there were no error, where the message stands in its place: `ErrorS("text", "err", err)`.
    pub pairs_without_error: Vec<Pair<'t>>,
    /// A slice that brings more pairs, or none: nothing is known about it.
    pub spread: Option<Node<'t>>,
    /// The request ID that the runtime's `Append` puts behind the slice.
    pub id: Option<Node<'t>>,
    /// All of them, brackets included, as they stand: to be moved, not to be read.
    pub brackets: Option<Node<'t>>,
    /// All of them, comments left out.
    all: Vec<Node<'t>>,
    /// Those of the runtime's `Pairs`, where the call ends with it.
    wrapped: Option<Vec<Node<'t>>>,
}

/// What has to be known of a file to read the arguments of its calls.
pub(super) struct Known<'k, 't> {
    /// Its bytes.
    pub source: &'k [u8],
    /// Values of named constants.
    pub constant: &'k dyn Fn(Node<'t>) -> Option<String>,
    /// Whether a callee is the runtime's `Pairs`.
    pub wraps: &'k dyn Fn(SelectorExpression<'t>) -> bool,
    /// Whether it is the runtime's `Append`.
    pub appends: &'k dyn Fn(SelectorExpression<'t>) -> bool,
}

impl<'t> Parts<'t> {
    /// Takes the arguments of a call of `function` apart; `None` where there are no brackets.
    pub(super) fn of(call: CallExpression<'t>, function: &Function<'_>, known: &Known<'_, 't>) -> Option<Self> {
        let brackets = call.arguments()?.node();
        let all: Vec<_> = arguments(call).collect();
        let (is_printing, has_depth, has_error) = match function {
            Function::Printing { depth, .. } => (true, *depth, false),
            Function::Structured { severity, depth } => (false, *depth, *severity == Severity::Error),
        };
        let mut parts = Self { brackets: Some(brackets), ..Self::default() };
        let mut rest = all.as_slice();
        parts.depth = take(&mut rest, has_depth);
        if is_printing {
            parts.printed = rest.to_vec();
        } else {
            parts.error = take(&mut rest, has_error);
            let behind_error = rest;
            parts.message = take(&mut rest, true);
            let Pairs { list, spread, wrapped, id } = Pairs::of(rest, known);
            (parts.pairs, parts.spread, parts.wrapped, parts.id) = (list, spread, wrapped, id);
            let is_text = |node| constant_string(node, known.source, &|_| None).is_some();
            if parts.error.is_some_and(is_text) {
                parts.pairs_without_error = Pairs::of(behind_error, known).list;
            }
        }
        parts.all = all;
        Some(parts)
    }

    /// The keys and values that a logger is given, behind so many other arguments.
    pub(super) fn given(call: CallExpression<'t>, behind: usize, known: &Known<'_, 't>) -> Self {
        let all: Vec<_> = arguments(call).collect();
        let Pairs { list, spread, wrapped, id } = Pairs::of(all.get(behind..).unwrap_or_default(), known);
        let brackets = call.arguments().map(AstNode::node);
        Self { pairs: list, spread, wrapped, id, all, brackets, ..Self::default() }
    }

    /// Whether a pair has this key.
    pub fn has_key(&self, key: &str) -> bool {
        self.pair(key).is_some()
    }

    /// Whether the call has a request ID: a pair of that key, or one behind its slice.
    pub fn has_id(&self, key: &str) -> bool {
        self.has_key(key) || self.id.is_some()
    }

    /// The first pair of a key.
    pub fn pair(&self, key: &str) -> Option<&Pair<'t>> {
        self.pairs.iter().find(|pair| pair.key.as_deref() == Some(key))
    }

    /// Whether the last key of all has no value, whatever a slice may bring.
    pub fn is_odd(&self) -> bool {
        self.pairs.last().is_some_and(|last| last.value.is_none())
    }

    /// Whether pairs go through the runtime's `Pairs`.
    pub fn is_wrapped(&self) -> bool {
        self.wrapped.is_some()
    }

    /// Where the last argument ends; `None` where there is none.
    pub fn end(&self) -> Option<usize> {
        self.all.last().map(Node::end_byte)
    }

    /// Every argument that holds a value of the call: all but keys, depths and what wraps pairs.
    pub fn values(&self) -> impl Iterator<Item = Node<'t>> {
        let leading = self.printed.iter().copied().chain(self.error).chain(self.message);
        leading.chain(self.pairs.iter().filter_map(|pair| pair.value)).chain(self.spread)
    }

    /// The bytes to delete so that a pair with a value is gone, and one comma with it. `None` where nothing would be left for
    /// `Pairs` to wrap.
    pub fn cut(&self, pair: &Pair<'t>) -> Option<Span> {
        let end = pair.value?.end_byte();
        let lists = std::iter::once(&self.all).chain(&self.wrapped);
        lists.into_iter().find_map(|list| {
            let at = list.iter().position(|node| node.id() == pair.key_node.id())?;
            match at.checked_sub(1).and_then(|before| list.get(before)) {
                Some(before) => Some(Span::from(before.end_byte()..end)),
                None => list.get(at + 2).map(|next| Span::from(pair.key_node.start_byte()..next.start_byte())),
            }
        })
    }
}

/// The first of the arguments, if it is wanted and there is one.
fn take<'t>(rest: &mut &[Node<'t>], wanted: bool) -> Option<Node<'t>> {
    let (first, behind) = rest.split_first().filter(|_| wanted)?;
    *rest = behind;
    Some(*first)
}

/// What stands behind a message.
struct Pairs<'t> {
    list: Vec<Pair<'t>>,
    spread: Option<Node<'t>>,
    wrapped: Option<Vec<Node<'t>>>,
    id: Option<Node<'t>>,
}

impl<'t> Pairs<'t> {
    fn of(arguments: &[Node<'t>], known: &Known<'_, 't>) -> Self {
        let is_spread = |last: &mut Node<'t>| last.kind_id() == kind::VARIADIC_ARGUMENT;
        let mut nodes = arguments.to_vec();
        let mut spread = nodes.pop_if(is_spread);
        let appended =
            spread.and_then(|last| inside(last, known.appends)).and_then(|inner| <[_; 2]>::try_from(inner).ok());
        let id = appended.map(|[_, id]| id);
        spread = appended.map(|[list, _]| list).or(spread);
        let wrapped = spread.and_then(|last| inside(last, known.wraps));
        if let Some(inner) = &wrapped {
            nodes.extend(inner);
            // `Pairs(list...)...` is the list.
            spread = nodes.pop_if(is_spread);
        }
        let text = |node| constant_string(node, known.source, known.constant);
        let pair = |pair: &[Node<'t>]| Pair { key_node: pair[0], key: text(pair[0]), value: pair.get(1).copied() };
        Self { list: nodes.chunks(2).map(pair).collect(), spread, wrapped, id }
    }
}

/// What a call is given, in order, comments left out.
pub(super) fn arguments<'t>(call: CallExpression<'t>) -> impl Iterator<Item = Node<'t>> {
    call.arguments().into_iter().flat_map(|list| named_children(list.node()))
}

/// What stands inside `requestid.Pairs(…)...`, in which rewrites for an old klog put pairs, or in another function that is asked for.
fn inside<'t>(spread: Node<'t>, is_it: &dyn Fn(SelectorExpression<'t>) -> bool) -> Option<Vec<Node<'t>>> {
    let call = CallExpression::cast(peel(named_children(spread).next()?))?;
    let callee = SelectorExpression::cast(peel(call.function()?.node()))?;
    is_it(callee).then(|| arguments(call).collect())
}

/// Whether a callee is that function of the package that `is_runtime` knows.
pub(super) fn is_named(
    callee: SelectorExpression<'_>,
    source: &[u8],
    function: &str,
    is_runtime: &dyn Fn(&str) -> bool,
) -> bool {
    let text = |node: Node<'_>| syntax::text(node, source);
    let name = callee.field().is_some_and(|field| text(field.node()) == function);
    name && callee.operand().is_some_and(|package| is_runtime(text(package.node())))
}
