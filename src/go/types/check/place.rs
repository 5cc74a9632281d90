//! What can be addressed: variables and their parts.

use super::super::{MemberKind, Type};
use super::Checker;
use super::meaning::Meaning;
use crate::go::index::Package;
use crate::go::syntax::body::{Def, ExprId, ExprKind};
use crate::go::syntax::outline::DeclKind;

impl Checker<'_, '_> {
    /// Whether a name is that of a variable.
    fn is_variable(&self, id: ExprId) -> bool {
        match self.meaning_of(id) {
            Meaning::Local(id) => !matches!(self.body.local(id).def, Def::Const { .. }),
            Meaning::Package(home, id) => self.home_of(&home).is_some_and(|p| p.decl(id).kind == DeclKind::Var),
            _ => false,
        }
    }

    /// Whether `&x` is possible.
    pub(in crate::go::types) fn is_addressable(&self, id: ExprId) -> bool {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Ident => self.is_variable(id),
            ExprKind::Paren(inner) => self.is_addressable(inner),
            ExprKind::Star(inner) => self.denoted(inner).is_none(),
            ExprKind::Selector { operand, name } => {
                if let Some(import) = self.qualifier(operand) {
                    let package = self.view.package(&import);
                    let name = self.text((name, expr.range.1));
                    let is_var = |p: &Package| p.lookup(name).is_some_and(|id| p.decl(id).kind == DeclKind::Var);
                    return package.is_some_and(is_var);
                }
                self.member(id).is_ok_and(|m| {
                    matches!(m.kind, MemberKind::Field { .. }) && (m.indirect || self.is_addressable(operand))
                })
            }
            ExprKind::Index { operand, .. } => match self.core(&self.ty(operand).single()) {
                Type::Slice(_) | Type::Pointer(_) => true,
                Type::Array(..) => self.is_addressable(operand),
                _ => false,
            },
            _ => false,
        }
    }
}
