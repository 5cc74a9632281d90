//! Types that are plain from the function around an expression: its signature and its typed declarations.

use tree_sitter::Node;

use super::{Bound, Scopes, Type};
use crate::index::Imports;
use crate::syntax::{self, AstNode, Expression, kind, named_children};

/// Predeclared types of Go.
const BASIC: [&str; 22] = [
    "bool",
    "byte",
    "complex128",
    "complex64",
    "error",
    "float32",
    "float64",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
    "any",
    "comparable",
];

/// Reads types in one file.
pub struct LocalTypes<'a> {
    imports: &'a Imports,
    source: &'a [u8],
}

impl<'a> LocalTypes<'a> {
    /// For a file with these imports.
    pub fn new(imports: &'a Imports, source: &'a [u8]) -> Self {
        Self { imports, source }
    }

    /// The type that a type expression denotes.
    pub fn of_type(&self, node: Node<'_>) -> Type {
        let text = |node| syntax::text(node, self.source);
        let field = |field| node.child_by_field_id(field).map_or(Type::Unknown, |n| self.of_type(n));
        let inner = || named_children(node).next().map_or(Type::Unknown, |n| self.of_type(n));
        match node.kind_id() {
            kind::TYPE_IDENTIFIER if BASIC.contains(&text(node)) => Type::Basic(text(node).to_owned()),
            kind::TYPE_IDENTIFIER => Type::Named { package: String::new(), name: text(node).to_owned() },
            kind::QUALIFIED_TYPE => self.qualified(node).unwrap_or_default(),
            kind::POINTER_TYPE => Type::Pointer(Box::new(inner())),
            kind::PARENTHESIZED_TYPE => inner(),
            kind::SLICE_TYPE | kind::ARRAY_TYPE | kind::IMPLICIT_LENGTH_ARRAY_TYPE => {
                Type::Slice(Box::new(field(syntax::field::ELEMENT)))
            }
            kind::MAP_TYPE => Type::Map(Box::new(field(syntax::field::KEY)), Box::new(field(syntax::field::VALUE))),
            kind::GENERIC_TYPE => field(syntax::field::TYPE),
            _ => Type::Other,
        }
    }

    fn qualified(&self, node: Node<'_>) -> Option<Type> {
        let ty = syntax::QualifiedType::cast(node)?;
        let package = self.imports.path_of(syntax::text(ty.package()?.node(), self.source))?;
        let name = syntax::text(ty.name()?.node(), self.source);
        Some(Type::Named { package: package.to_owned(), name: name.to_owned() })
    }

    /// The type of an expression, where declarations in the same function say it.
    pub fn of_expression<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>) -> Type {
        self.of(node, scopes, 0)
    }

    fn of<'t>(&self, node: Node<'t>, scopes: &Scopes<'t>, depth: usize) -> Type {
        if depth > 16 {
            return Type::Unknown;
        }
        let of = |node| self.of(node, scopes, depth + 1);
        match Expression::cast(node) {
            Some(Expression::Identifier(_)) => match scopes.lookup(scopes.text(node)).map(|b| b.bound) {
                Some(Bound::Param { ty, variadic: true }) => Type::Slice(Box::new(self.of_type(ty))),
                Some(Bound::Param { ty, .. } | Bound::Receiver { ty } | Bound::Result { ty } | Bound::Var { ty }) => {
                    self.of_type(ty)
                }
                Some(Bound::Value { values, index, of: names }) => {
                    let values: Vec<_> = named_children(values).collect();
                    match values.get(index) {
                        Some(value) if values.len() == names && value.end_byte() < node.start_byte() => of(*value),
                        _ => Type::Unknown,
                    }
                }
                Some(Bound::RangeValue { over }) if over.end_byte() < node.start_byte() => match of(over) {
                    Type::Slice(inner) | Type::Map(_, inner) => *inner,
                    _ => Type::Unknown,
                },
                _ => Type::Unknown,
            },
            Some(Expression::ParenthesizedExpression(_)) => named_children(node).next().map_or(Type::Unknown, of),
            Some(Expression::UnaryExpression(unary)) => {
                let operand = unary.operand().map_or(Type::Unknown, |o| of(o.node()));
                match unary.operator().map(|op| syntax::text(op, self.source)) {
                    Some("&") if operand != Type::Unknown => Type::Pointer(Box::new(operand)),
                    Some("*") => operand.pointee().cloned().unwrap_or_default(),
                    _ => Type::Unknown,
                }
            }
            Some(Expression::CompositeLiteral(literal)) => literal.type_().map_or(Type::Unknown, |ty| self.of_type(ty)),
            Some(Expression::IndexExpression(index)) => match index.operand().map(|o| of(o.node())) {
                Some(Type::Slice(inner) | Type::Map(_, inner)) => *inner,
                _ => Type::Unknown,
            },
            Some(Expression::TypeAssertionExpression(assertion)) => {
                assertion.type_().map_or(Type::Unknown, |ty| self.of_type(ty.node()))
            }
            Some(Expression::InterpretedStringLiteral(_) | Expression::RawStringLiteral(_)) => {
                Type::Basic("string".to_owned())
            }
            _ => Type::Unknown,
        }
    }
}
