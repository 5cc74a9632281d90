//! Parameters and results: where a function's values come in and go out.

use super::super::facts::{FuncRef, Place, RECEIVER};
use super::Extractor;
use super::known::Kind;
use crate::go::syntax::body::{Def, ExprKind, LocalId, Range, split_params};
use crate::go::syntax::lex::{Lexer, Tok};

/// Names of parameters and results, where they have any.
struct Names {
    params: Vec<Option<Range>>,
    results: Vec<Option<Range>>,
}

/// Reads `(a int, b T) (c T, err error)`.
fn names(source: &[u8], signature: Range) -> Names {
    let mut lexer = Lexer::new(source, signature.0 as usize);
    let mut list = || -> Vec<Option<Range>> {
        let mut ahead = lexer;
        let token = ahead.token();
        if token.tok != Tok::LParen || token.start >= signature.1 {
            return Vec::new();
        }
        let params = split_params(&mut ahead).unwrap_or_default();
        lexer = ahead;
        params.into_iter().map(|param| param.name).collect()
    };
    Names { params: list(), results: list() }
}

impl Extractor<'_, '_> {
    /// Links the names of all functions' parameters and results to the places that callers know, as far as they are followed.
    pub(super) fn parameters(&mut self) {
        let mut by_name = rustc_hash::FxHashMap::default();
        let mut receiver = None;
        for (id, local) in self.body.locals() {
            if matches!(local.def, Def::Param { .. }) && self.is_followed(id) {
                by_name.insert(local.name, id);
                if local.name.0 < self.body.signature.0 {
                    receiver = Some(id);
                }
            }
        }
        if by_name.is_empty() {
            return;
        }
        if let Some(id) = receiver {
            self.parameter(FuncRef { unit: self.unit, sub: 0 }, RECEIVER, id);
        }
        let mut functions = vec![(0, self.body.signature)];
        for (id, expr) in self.body.exprs() {
            if let (ExprKind::Func { signature }, Some(sub)) = (expr.kind, self.literals.get(&id)) {
                functions.push((*sub, signature));
            }
        }
        for (sub, signature) in functions {
            let names = names(self.types.source(), signature);
            let function = FuncRef { unit: self.unit, sub };
            let found = |name: &Option<Range>| name.and_then(|name| by_name.get(&name).copied());
            for (index, name) in names.params.iter().enumerate() {
                if let Some(id) = found(name) {
                    self.parameter(function, index as u16, id);
                }
            }
            for (index, name) in names.results.iter().enumerate() {
                if let Some(id) = found(name) {
                    let (local, result) = (self.local(id), self.node(Place::Result(function, index as u16)));
                    self.facts.flows.push((local, result));
                }
            }
        }
    }

    fn parameter(&mut self, function: FuncRef, index: u16, id: LocalId) {
        let (param, local) = (self.node(Place::Param(function, index)), self.local(id));
        self.facts.flows.push((param, local));
    }

    /// Whether what a name holds is an interface or a function.
    fn is_followed(&mut self, id: LocalId) -> bool {
        let ty = self.types.type_of_local(id);
        matches!(self.kind(&ty), Kind::Interface | Kind::Func)
    }
}
