//! What klog and loggers are where one call stands, for who looks at expressions and at no log call.

use tree_sitter::Node;

use crate::klog::call::Recognizer;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;

/// Answers by a file's recogniser.
pub struct Klog<'s, 'a, 't> {
    /// The recogniser.
    pub recognizer: &'s Recognizer<'s>,
    /// Where the call stands.
    pub place: &'s Place<'a, 't>,
}

impl<'t> Klog<'_, '_, 't> {
    /// Whether an expression names klog.
    pub fn is_package(&self, node: Node<'t>) -> bool {
        self.recognizer.is_package(node, self.place.scopes)
    }

    /// Whether an expression is a logger.
    pub fn is_logger(&self, node: Node<'t>) -> bool {
        self.recognizer.is_logger(node, self.place.scopes)
    }

    /// Whether a function puts a logger, its last argument, into a context.
    pub fn puts_into_context(&self, callee: Node<'t>) -> bool {
        let name = callee_name(callee, self.place.source());
        self.place.rules.log_calls.logger.into_context.iter().any(|known| known == name)
    }
}
