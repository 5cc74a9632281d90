//! Which values become those of an interface in one file: what is assigned, passed, returned and stored as one.

use tree_sitter::Node;

use super::key::Key;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{children_by_field, field, kind, named_children, peel};
use crate::go::types::{Cause as Unknown, FileTypes, Type, is_function};

/// The types of values that become one of an interface's, or are taken for what it holds.
pub struct Converted<'c> {
    file: &'c ParsedFile,
    types: FileTypes<'c, 'c>,
    interface: &'c Key,
    found: Vec<Type>,
    /// Whether nothing is missing from them.
    is_whole: bool,
}

/// All of a file; `None` where the type of one is not known.
pub fn converted<'c>(file: &'c ParsedFile, types: FileTypes<'c, 'c>, interface: &'c Key) -> Option<Vec<Type>> {
    let mut reader = Converted { file, types, interface, found: Vec::new(), is_whole: true };
    let mut stack = vec![file.tree.root_node()];
    while let Some(node) = stack.pop() {
        reader.enter(node);
        stack.extend(named_children(node));
    }
    reader.is_whole.then_some(reader.found)
}

impl<'c> Converted<'c> {
    fn enter(&mut self, node: Node<'c>) {
        match node.kind_id() {
            kind::CALL_EXPRESSION => self.call(node),
            kind::ASSIGNMENT_STATEMENT => {
                let [left, right] = [field::LEFT, field::RIGHT].map(|name| self.list(node.child_by_field_id(name)));
                let left: Vec<Type> = left.into_iter().map(|node| self.types.type_of(node)).collect();
                self.assigned(&left, &right);
            }
            kind::VAR_SPEC => {
                let names: Vec<Node<'c>> = children_by_field(node, field::NAME).filter(Node::is_named).collect();
                let values = self.list(node.child_by_field_id(field::VALUE));
                let names: Vec<Type> = names.into_iter().map(|name| self.types.type_of_name(name)).collect();
                self.assigned(&names, &values);
            }
            kind::RETURN_STATEMENT => self.returned(node),
            kind::COMPOSITE_LITERAL => {
                let ty = self.types.type_of(node);
                if let Some(body) = node.child_by_field_id(field::BODY) {
                    self.stored(&ty, body);
                }
            }
            kind::SEND_STATEMENT => {
                let ends = [field::CHANNEL, field::VALUE].map(|name| node.child_by_field_id(name));
                if let [Some(channel), Some(value)] = ends
                    && let Type::Chan(_, element) = self.underlying(&self.types.type_of(channel))
                {
                    self.becomes(&element, value);
                }
            }
            kind::BINARY_EXPRESSION => {
                if let [Some(left), Some(right)] = [field::LEFT, field::RIGHT].map(|name| node.child_by_field_id(name))
                {
                    self.becomes(&self.types.type_of(left), right);
                    self.becomes(&self.types.type_of(right), left);
                }
            }
            // What an interface is asserted to be has its methods.
            kind::TYPE_ASSERTION_EXPRESSION => {
                let operand = node.child_by_field_id(field::OPERAND);
                if operand.is_some_and(|operand| self.is_interface(&self.types.type_of(operand))) {
                    self.add(self.types.type_of(node));
                }
            }
            kind::TYPE_SWITCH_STATEMENT => {
                let value = node.child_by_field_id(field::VALUE);
                if value.is_some_and(|value| self.is_interface(&self.types.type_of(value))) {
                    let cases = named_children(node).filter(|child| child.kind_id() == kind::TYPE_CASE);
                    let types: Vec<Node<'c>> = cases.flat_map(|case| children_by_field(case, field::TYPE)).collect();
                    types.into_iter().filter(Node::is_named).for_each(|ty| self.add(self.types.type_of(ty)));
                }
            }
            kind::RANGE_CLAUSE => {
                let is_set = node.children(&mut node.walk()).any(|child| child.kind() == "=");
                let left = self.list(node.child_by_field_id(field::LEFT).filter(|_| is_set));
                self.is_whole &= !left.into_iter().any(|node| self.is_interface(&self.types.type_of(node)));
            }
            _ => {}
        }
    }

    fn list(&self, list: Option<Node<'c>>) -> Vec<Node<'c>> {
        match list {
            Some(list) if list.kind_id() == kind::EXPRESSION_LIST => named_children(list).collect(),
            list => list.into_iter().collect(),
        }
    }

    fn underlying(&self, ty: &Type) -> Type {
        self.types.view().underlying(ty)
    }

    fn is_interface(&self, ty: &Type) -> bool {
        ty.named()
            .is_some_and(|named| named.package == self.interface.package && *named.name == *self.interface.receiver)
    }

    /// A value that is used as one of a type.
    fn becomes(&mut self, to: &Type, value: Node<'c>) {
        if self.is_interface(to) {
            self.add(self.types.type_of(peel(value)));
        }
    }

    fn add(&mut self, ty: Type) {
        match ty {
            Type::Unknown(Unknown::MissingPackage | Unknown::Std) => {}
            Type::Unknown(_) => self.is_whole = false,
            ty if self.is_interface(&ty) => {}
            ty => self.found.push(ty),
        }
    }

    fn assigned(&mut self, to: &[Type], values: &[Node<'c>]) {
        match values {
            [only] if to.len() > 1 => {
                let Type::Tuple(types) = self.types.type_of(peel(*only)) else {
                    self.is_whole &= !to.iter().any(|ty| self.is_interface(ty));
                    return;
                };
                for (to, ty) in to.iter().zip(types.iter()) {
                    if self.is_interface(to) {
                        self.add(ty.clone());
                    }
                }
            }
            _ => to.iter().zip(values).for_each(|(to, value)| self.becomes(to, *value)),
        }
    }

    fn call(&mut self, call: Node<'c>) {
        let ends = [field::FUNCTION, field::ARGUMENTS].map(|name| call.child_by_field_id(name));
        let [Some(function), Some(list)] = ends else { return };
        let arguments: Vec<Node<'c>> = named_children(list).filter(|node| node.kind_id() != kind::COMMENT).collect();
        match self.types.type_of(function) {
            Type::Func(signature) => {
                let mut to: Vec<Type> = signature.params.to_vec();
                if let (true, Some(Type::Slice(element))) = (signature.variadic, to.last().cloned()) {
                    to.pop();
                    let count = arguments.len().saturating_sub(to.len());
                    to.extend(std::iter::repeat_n((*element).clone(), count));
                }
                self.assigned(&to, &arguments);
            }
            // A conversion, or `append`.
            ty => arguments.first().into_iter().for_each(|value| self.becomes(&ty, *value)),
        }
        if let (b"append", [slice, values @ ..]) = (self.file.text(function).as_bytes(), arguments.as_slice())
            && let Type::Slice(element) = self.underlying(&self.types.type_of(*slice))
        {
            values.iter().for_each(|value| self.becomes(&element, *value));
        }
    }

    /// What a function returns as one of its results.
    fn returned(&mut self, node: Node<'c>) {
        let mut around = node.parent();
        while let Some(outer) = around.filter(|outer| !is_function(*outer)) {
            around = outer.parent();
        }
        let Some(result) = around.and_then(|function| function.child_by_field_id(field::RESULT)) else { return };
        let mut written: Vec<Node<'c>> = Vec::new();
        match result.kind_id() {
            kind::PARAMETER_LIST => {
                for parameter in named_children(result).filter(|node| node.kind_id() == kind::PARAMETER_DECLARATION) {
                    let count = children_by_field(parameter, field::NAME).count().max(1);
                    written.extend(parameter.child_by_field_id(field::TYPE).into_iter().cycle().take(count));
                }
            }
            _ => written.push(result),
        }
        let name =
            |ty: &Node<'c>| self.file.text(*ty).rsplit('.').next().is_some_and(|own| own == &*self.interface.receiver);
        let is_one: Vec<bool> = written.iter().map(name).collect();
        let values = self.list(named_children(node).find(|node| node.kind_id() != kind::COMMENT));
        if let ([only], true) = (values.as_slice(), is_one.len() > 1) {
            match self.types.type_of(peel(*only)) {
                Type::Tuple(types) => {
                    let of_interface = types.iter().zip(&is_one).filter(|(_, is_one)| **is_one);
                    of_interface.map(|(ty, _)| ty.clone()).collect::<Vec<_>>().into_iter().for_each(|ty| self.add(ty));
                }
                _ => self.is_whole &= !is_one.contains(&true),
            }
            return;
        }
        for (value, _) in values.iter().zip(is_one).filter(|(_, is_one)| *is_one) {
            self.add(self.types.type_of(peel(*value)));
        }
    }

    /// What a literal's braces hold.
    fn stored(&mut self, ty: &Type, body: Node<'c>) {
        let of = self.underlying(ty);
        let inner = |element: Node<'c>| named_children(element).next().unwrap_or(element);
        for (at, element) in named_children(body).filter(|node| node.kind_id() != kind::COMMENT).enumerate() {
            let parts: Vec<Node<'c>> = match element.kind_id() {
                kind::KEYED_ELEMENT => named_children(element).map(inner).collect(),
                _ => vec![inner(element)],
            };
            let Some(value) = parts.last().copied() else { continue };
            let to = match &of {
                Type::Struct(fields) => {
                    let name = parts.first().filter(|_| parts.len() == 2).map(|name| self.file.text(*name));
                    let field = match name {
                        Some(name) => fields.fields.iter().find(|field| *field.name == *name),
                        None => fields.fields.get(at),
                    };
                    field.map(|field| field.ty.clone())
                }
                Type::Slice(element) => Some((**element).clone()),
                Type::Map(_, element) => Some((**element).clone()),
                Type::Pointer(inner) => Some((**inner).clone()),
                _ => None,
            };
            let Some(to) = to else { continue };
            match value.kind_id() {
                kind::LITERAL_VALUE => self.stored(&to, value),
                _ => self.becomes(&to, value),
            }
        }
    }
}
