//! One log call, read once.

use tree_sitter::Node;

use super::parts::Parts;
use super::site::CallSite;
use crate::go::syntax::{AstNode, CallExpression};
use crate::rule::Style;

/// A log call: where it stands, what it is made on, and what it is given.
pub struct LogCall<'t> {
    /// Where it stands, and what it is: class, severity, level.
    pub site: CallSite,
    /// The name of the method, which a rewrite replaces.
    pub name: Node<'t>,
    /// What it is made on.
    pub receiver: Receiver,
    /// Import path of the klog that it calls.
    pub klog: KlogPackage,
    /// How it reads what it prints; `None` for calls with keys and values.
    pub style: Option<Style>,
    /// The structured function that replaces it, by the rules.
    pub rewrite: String,
    /// Whether its function takes a depth.
    pub takes_depth: bool,
    /// What it is given.
    pub parts: Parts<'t>,
    pub(super) call: CallExpression<'t>,
}

/// What a log call is made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// klog itself.
    Package,
    /// `klog.V(4)` in the call itself.
    Level,
    /// A value of `klog.V` that comes from elsewhere, or from a function with a depth.
    Verbose,
    /// A logger.
    Logger,
}

/// The klog package as one file imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KlogPackage {
    /// Import path.
    pub path: String,
    /// How the file refers to it: `klog`, another alias, or nothing for a dot import.
    pub qualifier: String,
}

impl<'t> LogCall<'t> {
    /// The whole call.
    pub fn node(&self) -> Node<'t> {
        self.call.node()
    }

    /// What is called: `klog.V(4).Infof`.
    pub fn callee(&self) -> Option<Node<'t>> {
        self.call.function().map(AstNode::node)
    }
}
