//! Calls: what is called, and what it yields.

use std::sync::Arc;

use super::super::{Basic, Cause, Named, Signature, Type, Untyped, subst, unify};
use super::meaning::Meaning;
use super::{Checker, Referent};
use crate::go::module::PackageName;
use crate::go::syntax::body::{ExprId, ExprKind, ExprList, Range};

/// What a call calls.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function of a package.
    Function {
        /// Its package.
        package: Arc<PackageName>,
        /// Its name.
        name: Arc<str>,
    },
    /// A method of a declared type.
    Method {
        /// The type that declares it.
        receiver: Arc<Named>,
        /// Its name.
        name: Arc<str>,
        /// Whether its receiver is a pointer.
        pointer: bool,
    },
    /// A method that an interface asks for: any type that implements it may be meant.
    InterfaceMethod {
        /// The interface.
        interface: Type,
        /// The method's name.
        name: Arc<str>,
    },
    /// A function literal, called where it stands.
    Literal(Range),
    /// A value of function type: a variable, field, parameter, result, …
    Value {
        /// Where the expression stands.
        function: Range,
        /// Its type.
        ty: Type,
    },
    /// A predeclared function.
    Builtin(Arc<str>),
    /// No call: a conversion to this type.
    Conversion(Type),
    /// Not known.
    Unknown(Cause),
}

impl Checker<'_, '_> {
    /// What a call of `function` calls.
    pub(in crate::go::types) fn callee(&self, function: ExprId) -> Callee {
        match self.referent(function) {
            Referent::Function { package, name } => Callee::Function { package, name },
            Referent::Method { receiver, name, pointer } => Callee::Method { receiver, name, pointer },
            Referent::InterfaceMethod { interface, name } => Callee::InterfaceMethod { interface, name },
            Referent::Literal(id) => Callee::Literal(self.body.expr(id).range),
            Referent::Builtin(name) => Callee::Builtin(name),
            Referent::Type(ty) => Callee::Conversion(ty),
            _ => match self.ty(function) {
                Type::Unknown(cause) => Callee::Unknown(cause),
                ty => Callee::Value { function: self.body.expr(function).range, ty },
            },
        }
    }

    pub(super) fn is_generic(&self, function: ExprId) -> bool {
        self.denoted(function).is_none()
            && matches!(self.ty(function), Type::Func(signature) if !signature.type_params.is_empty())
    }

    pub(super) fn call(&self, function: ExprId, args: ExprList, spread: bool) -> Type {
        if let Some(ty) = self.denoted(function) {
            return ty;
        }
        let mut callee = function;
        while let ExprKind::Paren(inner) = self.body.expr(callee).kind {
            callee = inner;
        }
        let expr = self.body.expr(callee);
        match expr.kind {
            ExprKind::Ident => {
                if let Meaning::Predeclared = self.meaning_of(callee) {
                    return self.builtin(self.text(expr.range), args);
                }
            }
            ExprKind::Selector { operand, name } if self.qualifier(operand).is_some_and(|p| &*p.path == "unsafe") => {
                return self.unsafe_call(self.text((name, expr.range.1)), args);
            }
            ExprKind::Index { operand, index } if self.is_generic(operand) => {
                let Type::Func(signature) = self.ty(operand) else { return Type::default() };
                let explicit: Vec<_> = self.body.list(index).iter().map(|arg| self.type_here(*arg)).collect();
                return self.instantiated(&signature, &explicit, args, spread);
            }
            _ => {}
        }
        match self.core(&self.ty(function).single()) {
            Type::Func(signature) if signature.type_params.is_empty() => results(&signature.results),
            Type::Func(signature) => self.instantiated(&signature, &[], args, spread),
            Type::Unknown(cause) => Type::Unknown(cause),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }

    /// Results of a generic function, whose first type arguments may be given.
    fn instantiated(&self, signature: &Signature, explicit: &[Type], args: ExprList, spread: bool) -> Type {
        let mut found: Vec<Option<Type>> = vec![None; signature.type_params.len()];
        found.iter_mut().zip(explicit).for_each(|(slot, ty)| *slot = Some(ty.clone()));
        let args: Vec<Type> = match *self.body.list(args) {
            [only] => match self.ty(only) {
                Type::Tuple(types) => types.to_vec(),
                ty => vec![ty],
            },
            ref all => all.iter().map(|arg| self.ty(*arg)).collect(),
        };
        for (index, arg) in args.iter().enumerate() {
            let last = signature.params.len().saturating_sub(1);
            match signature.params.get(index.min(last)) {
                Some(Type::Slice(element)) if signature.variadic && index >= last && !spread => {
                    unify(element, arg, &mut found);
                }
                Some(param) => unify(param, arg, &mut found),
                None => {}
            }
        }
        // What a constraint says: `S ~[]E` tells E once S is known, and S once E is.
        for (param, constraint) in &signature.type_params {
            if let Type::Interface(interface) = self.view.underlying(constraint)
                && let [union] = &*interface.unions
                && let [core] = &**union
            {
                match found.get(param.index as usize).cloned().flatten() {
                    Some(ty) => unify(core, &self.view.underlying(&ty), &mut found),
                    None => {
                        let known: Vec<_> = found.iter().map(|ty| ty.clone().unwrap_or_default()).collect();
                        let core = subst(core, false, &known);
                        if !core.is_partial() {
                            found[param.index as usize] = Some(core);
                        }
                    }
                }
            }
        }
        let missing = || Type::Unknown(Cause::Inference);
        let found: Vec<_> = found.into_iter().map(|ty| ty.map_or_else(missing, |ty| ty.defaulted())).collect();
        let results: Box<[Type]> = signature.results.iter().map(|ty| subst(ty, false, &found)).collect();
        match &*results {
            [one] if one.is_partial() => missing(),
            all => self::results(all),
        }
    }

    fn builtin(&self, name: &str, args: ExprList) -> Type {
        let args = self.body.list(args);
        let first = || args.first().map_or(Type::Unknown(Cause::Mismatch), |arg| self.ty(*arg).single());
        let named = || args.first().map_or(Type::Unknown(Cause::Mismatch), |arg| self.type_here(*arg));
        match name {
            "len" | "cap" | "copy" => Type::Basic(Basic::Int),
            "append" => match (first(), args.get(1)) {
                (Type::Untyped(Untyped::Nil), Some(second)) => Type::slice_of(self.ty(*second).single()),
                (ty, _) => ty,
            },
            "make" => named(),
            "new" => Type::pointer_to(self.denoted_or_value(args)),
            "recover" => Type::any(),
            "min" | "max" => {
                let types = args.iter().map(|arg| self.ty(*arg).single());
                types
                    .reduce(|a, b| match (&a, &b) {
                        (Type::Untyped(x), Type::Untyped(y)) => Type::Untyped(*x.max(y)),
                        (Type::Untyped(_), _) => b,
                        _ => a,
                    })
                    .unwrap_or_default()
            }
            "real" | "imag" => match first() {
                Type::Basic(Basic::Complex64) => Type::Basic(Basic::Float32),
                Type::Untyped(_) => Type::Untyped(Untyped::Float),
                _ => Type::Basic(Basic::Float64),
            },
            "complex" => match first() {
                Type::Basic(Basic::Float32) => Type::Basic(Basic::Complex64),
                _ => Type::Basic(Basic::Complex128),
            },
            _ => Type::Tuple(Arc::from([])),
        }
    }

    /// `new(T)`, and since Go 1.26 `new(x)`.
    fn denoted_or_value(&self, args: &[ExprId]) -> Type {
        let Some(arg) = args.first() else { return Type::Unknown(Cause::Mismatch) };
        match self.denoted(*arg) {
            Some(ty) => ty,
            None => match self.type_here(*arg) {
                Type::Unknown(_) => self.ty(*arg).single().defaulted(),
                ty => ty,
            },
        }
    }

    fn unsafe_call(&self, name: &str, args: ExprList) -> Type {
        match name {
            "Sizeof" | "Alignof" | "Offsetof" => Type::Basic(Basic::Uintptr),
            "Pointer" | "Add" => Type::Basic(Basic::UnsafePointer),
            "String" => Type::Basic(Basic::String),
            "StringData" => Type::pointer_to(Type::Basic(Basic::Uint8)),
            "Slice" | "SliceData" => {
                let arg = self.body.list(args).first().map_or(Type::default(), |arg| self.ty(*arg));
                match self.view.underlying(&arg) {
                    Type::Pointer(inner) if name == "Slice" => Type::Slice(inner),
                    Type::Slice(inner) => Type::Pointer(inner),
                    _ => Type::Unknown(Cause::Mismatch),
                }
            }
            _ => Type::Unknown(Cause::Std),
        }
    }
}

/// What a call with these results yields.
fn results(results: &[Type]) -> Type {
    match results {
        [one] => one.clone(),
        many => Type::Tuple(many.into()),
    }
}
