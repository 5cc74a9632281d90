//! How the expressions of a body are used by those around them.

use crate::go::syntax::body::{Body, ExprId, ExprKind, Stmt};

const CALLED: u8 = 1;
const OPERAND: u8 = 2;
const GIVEN: u8 = 4;
const BRACKETS: u8 = 8;

/// How each expression of a body is used.
pub(super) struct Uses(Vec<u8>);

/// The expression inside any number of parentheses.
pub(super) fn peel(body: &Body, mut id: ExprId) -> ExprId {
    while let ExprKind::Paren(inner) = body.expr(id).kind {
        id = inner;
    }
    id
}

impl Uses {
    pub(super) fn of(body: &Body) -> Self {
        let mut uses = Self(vec![0; body.len()]);
        for (_, expr) in body.exprs() {
            match expr.kind {
                ExprKind::Call { function, args, .. } => {
                    uses.mark(peel(body, function), CALLED);
                    uses.mark_all(body, body.list(args));
                }
                ExprKind::Selector { operand, .. } => {
                    uses.mark(operand, OPERAND);
                    uses.mark(peel(body, operand), OPERAND);
                }
                ExprKind::Index { operand, .. } => uses.mark(operand, BRACKETS),
                ExprKind::Paren(inner) => uses.mark(inner, BRACKETS),
                _ => {}
            }
        }
        for statement in &body.statements {
            match statement {
                Stmt::Assign { right: values, .. } | Stmt::Return { values, .. } => {
                    uses.mark_all(body, body.list(*values));
                }
                _ => {}
            }
        }
        uses.mark_all(body, body.list(body.values));
        uses
    }

    fn mark(&mut self, id: ExprId, how: u8) {
        if let Some(uses) = self.0.get_mut(id.number()) {
            *uses |= how;
        }
    }

    fn mark_all(&mut self, body: &Body, given: &[ExprId]) {
        for id in given {
            self.mark(peel(body, *id), GIVEN);
        }
    }

    fn has(&self, id: ExprId, how: u8) -> bool {
        self.0.get(id.number()).is_some_and(|uses| uses & how != 0)
    }

    /// Whether it is what a call calls.
    pub(super) fn is_called(&self, id: ExprId) -> bool {
        self.has(id, CALLED)
    }

    /// Whether something of it is selected.
    pub(super) fn is_operand(&self, id: ExprId) -> bool {
        self.has(id, OPERAND)
    }

    /// Whether it is an argument, or what is assigned or returned.
    pub(super) fn is_given(&self, id: ExprId) -> bool {
        self.has(id, GIVEN)
    }

    /// Whether it stands in parentheses, or before brackets.
    pub(super) fn is_in_brackets(&self, id: ExprId) -> bool {
        self.has(id, BRACKETS)
    }
}
