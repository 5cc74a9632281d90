//! Type parameters: filling in arguments, and finding them from a call's arguments.

use std::sync::Arc;

use super::{Cause, Field, Interface, Named, Signature, Struct, Type, Untyped};

/// Types larger than this are not built.
const MAX_SIZE: usize = 2000;

/// `ty` with the type parameters of its owner (a type if `of_type`, else a function) replaced by `args`.
pub(super) fn subst(ty: &Type, of_type: bool, args: &[Type]) -> Type {
    let mut filler = Filler { of_type, args, left: MAX_SIZE };
    let filled = filler.ty(ty);
    if filler.left == 0 { Type::Unknown(Cause::Cycle) } else { filled }
}

impl Signature {
    /// The signature of a method for a receiver with these type arguments.
    pub fn for_receiver(&self, args: &[Type]) -> Signature {
        Filler { of_type: true, args, left: MAX_SIZE }.signature(self)
    }
}

struct Filler<'a> {
    of_type: bool,
    args: &'a [Type],
    left: usize,
}

impl Filler<'_> {
    fn ty(&mut self, ty: &Type) -> Type {
        if self.left == 0 {
            return Type::Unknown(Cause::Cycle);
        }
        self.left -= 1;
        match ty {
            Type::Unknown(_) | Type::Basic(_) | Type::Untyped(_) => ty.clone(),
            Type::Param(param) if param.of_type == self.of_type => {
                let arg = self.args.get(param.index as usize).cloned();
                self.left = self.left.saturating_sub(arg.as_ref().map_or(0, size));
                arg.unwrap_or(Type::Unknown(Cause::Inference))
            }
            Type::Param(_) => ty.clone(),
            Type::Named(named) if named.args.is_empty() => ty.clone(),
            Type::Named(named) => Type::Named(Arc::new(Named { args: self.all(&named.args), ..(**named).clone() })),
            Type::Pointer(inner) => Type::Pointer(self.arc(inner)),
            Type::Slice(inner) => Type::Slice(self.arc(inner)),
            Type::Array(length, inner) => Type::Array(*length, self.arc(inner)),
            Type::Map(key, value) => Type::Map(self.arc(key), self.arc(value)),
            Type::Chan(dir, inner) => Type::Chan(*dir, self.arc(inner)),
            Type::Func(signature) => Type::Func(Arc::new(self.signature(signature))),
            Type::Struct(fields) => {
                let field = |f: &Field| Field { ty: self.ty(&f.ty), ..f.clone() };
                Type::Struct(Arc::new(Struct { fields: fields.fields.iter().map(field).collect() }))
            }
            Type::Interface(interface) => Type::Interface(Arc::new(self.interface(interface))),
            Type::Tuple(types) => Type::Tuple(self.all(types).into()),
        }
    }

    fn arc(&mut self, ty: &Type) -> Arc<Type> {
        Arc::new(self.ty(ty))
    }

    fn all(&mut self, types: &[Type]) -> Box<[Type]> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    fn signature(&mut self, signature: &Signature) -> Signature {
        Signature {
            params: self.all(&signature.params),
            variadic: signature.variadic,
            results: self.all(&signature.results),
            type_params: Box::default(),
        }
    }

    fn interface(&mut self, interface: &Interface) -> Interface {
        let method =
            |(name, signature): &(Arc<str>, Arc<Signature>)| (name.clone(), Arc::new(self.signature(signature)));
        let methods = interface.methods.iter().map(method).collect();
        let embedded = self.all(&interface.embedded);
        let unions = interface.unions.iter().map(|union| self.all(union)).collect();
        Interface { methods, embedded, unions }
    }
}

/// How many types a type is made of, up to the most that is built.
fn size(ty: &Type) -> usize {
    fn count(ty: &Type, left: &mut usize) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        match ty {
            Type::Named(named) => named.args.iter().for_each(|ty| count(ty, left)),
            Type::Pointer(inner) | Type::Slice(inner) | Type::Array(_, inner) | Type::Chan(_, inner) => {
                count(inner, left)
            }
            Type::Map(key, value) => {
                count(key, left);
                count(value, left);
            }
            Type::Func(s) => s.params.iter().chain(&s.results).for_each(|ty| count(ty, left)),
            Type::Struct(fields) => fields.fields.iter().for_each(|f| count(&f.ty, left)),
            Type::Tuple(types) => types.iter().for_each(|ty| count(ty, left)),
            _ => {}
        }
    }
    let mut left = MAX_SIZE;
    count(ty, &mut left);
    MAX_SIZE - left
}

/// Finds what the function's type parameters in `pattern` stand for, given the type of what is passed.
pub(super) fn unify(pattern: &Type, arg: &Type, found: &mut [Option<Type>]) {
    match (pattern, arg) {
        (_, Type::Unknown(_) | Type::Untyped(Untyped::Nil)) => {}
        (Type::Param(param), _) if !param.of_type => {
            if let Some(slot) = found.get_mut(param.index as usize) {
                // A constant decides only where nothing typed does.
                match slot {
                    Some(Type::Untyped(old)) => {
                        if let Type::Untyped(new) = arg {
                            *slot = Some(Type::Untyped(*new.max(old)));
                        } else {
                            *slot = Some(arg.clone());
                        }
                    }
                    Some(_) => {}
                    None => *slot = Some(arg.clone()),
                }
            }
        }
        (Type::Named(a), Type::Named(b)) if a.name == b.name && a.package == b.package => {
            a.args.iter().zip(&b.args).for_each(|(a, b)| unify(a, b, found));
        }
        (Type::Pointer(a), Type::Pointer(b))
        | (Type::Slice(a), Type::Slice(b))
        | (Type::Array(_, a), Type::Array(_, b))
        | (Type::Chan(_, a), Type::Chan(_, b)) => unify(a, b, found),
        (Type::Map(ak, av), Type::Map(bk, bv)) => {
            unify(ak, bk, found);
            unify(av, bv, found);
        }
        (Type::Func(a), Type::Func(b)) => {
            a.params.iter().zip(&b.params).for_each(|(a, b)| unify(a, b, found));
            a.results.iter().zip(&b.results).for_each(|(a, b)| unify(a, b, found));
        }
        _ => {}
    }
}
