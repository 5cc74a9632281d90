//! Every mention of a function in its package: its declarations, its calls, or what is neither.

use tree_sitter::Node;

use super::func::Func;
use super::ground::Ground;
use super::outcome::Blocked;
use super::package::Unit;
use super::parameter::Kind;
use super::slot::Slot;
use crate::go::syntax::{self, field, kind, named_children, peel};
use crate::go::types::{self, Scopes, Type, Unwalked, Visitor};
use crate::klog::convention::Conventions;
use crate::klog::place::Place;
use crate::rule::Version;
use crate::write::carrier::{self, Offer};
use crate::write::reason::Cause;

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where the argument goes.
    pub slot: Slot,
    /// The function that it stands in; none in the initialiser of a package's variable.
    pub caller: Option<Func>,
    /// Carriers in scope.
    pub offers: Vec<Offer>,
    /// What the call is about, whatever its type.
    pub subject: Subject,
    /// How package context can be called here.
    pub context: Option<String>,
    /// Whether it may pass on several results of one call.
    pub spreads: bool,
}

/// The object that a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nothing in scope is an object.
    None,
    /// The only one in scope.
    Only(String),
    /// The one that the arguments mention.
    Mentioned(String),
    /// One of several.
    Unclear,
}

impl Subject {
    fn of(offers: &[Offer], arguments: Node<'_>, place: &Place<'_, '_>) -> Self {
        let bystanders = &place.rules.carriers.bystanders;
        let works_on = |offer: &&&Offer| {
            let named = offer.object.as_ref().and_then(|ty| ty.stripped().named());
            named.is_none_or(|named| !bystanders.contains(&*named.name))
        };
        let objects: Vec<&Offer> = offers.iter().filter(|offer| offer.object.is_some()).collect();
        let names = identifiers(arguments, place);
        let mentioned = |offer: &&&Offer| names.contains(&offer.expression.trim_start_matches('&'));
        let own: Vec<&&Offer> = objects.iter().filter(mentioned).collect();
        let main: Vec<&&Offer> = own.iter().copied().filter(|offer| works_on(offer)).collect();
        let all: Vec<&&Offer> = objects.iter().filter(works_on).collect();
        match (own.as_slice(), main.as_slice(), all.as_slice()) {
            ([only], ..) | (_, [only], _) => Self::Mentioned(only.expression.clone()),
            ([], _, [only]) => Self::Only(only.expression.clone()),
            ([], _, []) => Self::None,
            _ => Self::Unclear,
        }
    }
}

fn identifiers<'s>(root: Node<'_>, place: &Place<'s, '_>) -> Vec<&'s str> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::IDENTIFIER {
            found.push(syntax::text(node, place.source()));
        }
        stack.extend(named_children(node));
    }
    found
}

impl Call {
    /// The carrier of a kind that is in scope.
    pub fn offer(&self, kind: &Kind) -> Option<&str> {
        if *kind == Kind::AnyObject {
            let (Subject::Only(expression) | Subject::Mentioned(expression)) = &self.subject else { return None };
            return Some(expression);
        }
        let fits = |offer: &&Offer| kind.takes(offer) && !self.is_about_another(offer);
        self.offers.iter().find(fits).map(|offer| offer.expression.as_str())
    }
}

impl Call {
    /// Whether the arguments mention one object, and the offered one is another.
    fn is_about_another(&self, offer: &Offer) -> bool {
        offer.object.is_some() && matches!(&self.subject, Subject::Mentioned(name) if *name != offer.expression)
    }

    /// Whether it is not known which object of a kind a call is about: one of several, or one of another type.
    pub fn is_unclear(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Context => false,
            Kind::AnyObject => self.subject == Subject::Unclear,
            Kind::Object(_) => self.offer(kind).is_none() && matches!(self.subject, Subject::Mentioned(_)),
        }
    }
}

/// A declaration of a function.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Where the parameter goes.
    pub slot: Slot,
    /// Offset of its name.
    pub name: usize,
    /// Whether it takes exactly one value.
    pub takes_one: bool,
    /// Whether its first parameter is a context, which stays the first.
    pub has_context: bool,
}

/// All that refers to a function.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// Its declarations, one for each set of build tags.
    pub declared: Vec<Declared>,
    /// Its calls.
    pub calls: Vec<Call>,
}

/// Finds all references of a function; anything that is neither a declaration nor a call of it blocks.
pub fn refs(ground: &Ground<'_>, units: &[Unit<'_>], func: &Func) -> Result<Refs, Blocked> {
    let mut found = Refs::default();
    for (number, unit) in units.iter().enumerate() {
        let source = &unit.file.source.bytes;
        if memchr::memmem::find(source, func.name.as_bytes()).is_none() {
            continue;
        }
        linked(unit, func)?;
        let (refs, blocked) = (Refs::default(), None);
        let conventions = Conventions::default();
        let mut reader = Reader { ground, unit, number, func, conventions: &conventions, refs, blocked };
        let walked = types::walk(unit.file.tree.root_node(), source, &mut reader);
        if let Err(unwalked) = walked {
            let cause = match unwalked {
                Unwalked::TooDeep(_) => Cause::TooDeep,
                Unwalked::Unread(_) => Cause::Unread,
            };
            return Err(Blocked::at(cause, unit.place(unwalked.at())));
        }
        if let Some(blocked) = reader.blocked {
            return Err(blocked);
        }
        found.declared.append(&mut reader.refs.declared);
        found.calls.append(&mut reader.refs.calls);
    }
    Ok(found)
}

/// Comments that make a function known outside Go's own rules.
fn linked(unit: &Unit<'_>, func: &Func) -> Result<(), Blocked> {
    let source = &unit.file.source.bytes;
    for directive in ["//go:linkname ", "//export "] {
        for at in memchr::memmem::find_iter(source, directive.as_bytes()) {
            let line = source[at..].split(|b| *b == b'\n').next().unwrap_or_default();
            let line = String::from_utf8_lossy(line);
            if line.split([' ', '.', '\r']).any(|word| word == func.name) {
                let cause = Cause::Linked { directive: line.trim().to_owned() };
                return Err(Blocked::at(cause, unit.place(at)));
            }
        }
    }
    Ok(())
}

struct Reader<'r, 'p> {
    ground: &'r Ground<'p>,
    unit: &'r Unit<'p>,
    number: usize,
    func: &'r Func,
    conventions: &'r Conventions,
    refs: Refs,
    blocked: Option<Blocked>,
}

impl<'p> Reader<'_, 'p> {
    fn block(&mut self, cause: Cause, node: Node<'_>) {
        let blocked = || Blocked::at(cause, self.unit.place(node.start_byte()));
        self.blocked.get_or_insert_with(blocked);
    }

    fn declared(&mut self, declaration: Node<'p>, name: Node<'p>) {
        if self.unit.generated {
            return self.block(Cause::DeclaredInGenerated, name);
        }
        let list = declaration.child_by_field_id(field::PARAMETERS);
        let (Some(list), Some(_)) = (list, declaration.child_by_field_id(field::BODY)) else {
            return self.block(Cause::NoBody, name);
        };
        if named_children(list).any(|parameter| parameter.child_by_field_id(field::NAME).is_none()) {
            return self.block(Cause::UnnamedParameters, name);
        }
        let slot = Slot::of(list, self.number, &self.unit.file.source.bytes);
        let names = named_children(list).map(|p| syntax::children_by_field(p, field::NAME).count()).sum::<usize>();
        let variadic = named_children(list).any(|p| p.kind_id() == kind::VARIADIC_PARAMETER_DECLARATION);
        let takes_one = names == 1 && !variadic;
        let has_context = named_children(list).next().is_some_and(|first| {
            let ty = first.child_by_field_id(field::TYPE).map(|ty| self.unit.file.text(ty));
            ty == Some("context.Context") && syntax::children_by_field(first, field::NAME).count() == 1
        });
        self.refs.declared.push(Declared { slot, name: name.start_byte(), takes_one, has_context });
    }

    fn called(&mut self, call: Node<'p>, scopes: &Scopes<'p>) {
        if self.unit.generated {
            return self.block(Cause::CalledInGenerated, call);
        }
        let Some(list) = call.child_by_field_id(field::ARGUMENTS) else { return };
        let arguments: Vec<Node<'_>> = named_children(list).collect();
        let spreads = matches!(arguments.as_slice(), [only] if peel(*only).kind_id() == kind::CALL_EXPRESSION
            && !is_single(&self.unit.types.type_of(peel(*only))));
        let place = Place {
            rules: self.ground.rules,
            file: self.unit.file,
            imports: &self.unit.imports,
            scopes,
            conventions: self.conventions,
            types: &self.unit.types,
            klog: Version(2, 0, 0),
            qualifier: "klog",
        };
        let caller = scopes.declaration().and_then(|d| Func::of(d, &self.unit.file.source.bytes));
        let mut offers = carrier::offers(&place);
        if let Some(receiver) = self.receiver(call) {
            // The method can read what its own receiver holds.
            offers.retain(|offer| !offer.expression.trim_start_matches('&').starts_with(&receiver));
        }
        let subject = Subject::of(&offers, list, &place);
        let context = place.package_name("context").map(str::to_owned);
        let slot = Slot::of(list, self.number, &self.unit.file.source.bytes);
        self.refs.calls.push(Call { slot, caller, offers, subject, context, spreads });
    }

    /// `x.` of a call `x.m(…)`.
    fn receiver(&self, call: Node<'p>) -> Option<String> {
        let function = call.child_by_field_id(field::FUNCTION)?;
        Some(format!("{}.", self.unit.file.text(function.child_by_field_id(field::OPERAND)?)))
    }

    /// A name that stands where the function's name could.
    fn name(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        let Some(parent) = scopes.ancestors().last().copied() else { return };
        if parent.kind_id() == kind::FUNCTION_DECLARATION && is_field(parent, field::NAME, node) {
            return self.declared(parent, node);
        }
        let is_local = scopes.lookup_at(&self.func.name, node).is_some() || binds(scopes, node) || is_key(scopes);
        if is_local || self.func.name == "_" {
            return;
        }
        match parent.kind_id() {
            kind::CALL_EXPRESSION if is_field(parent, field::FUNCTION, node) => self.called(parent, scopes),
            _ => self.block(Cause::UsedAsValue, node),
        }
    }

    /// A name behind a dot, or of a method.
    fn member(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        let ancestors = scopes.ancestors();
        let Some(parent) = ancestors.last().copied() else { return };
        match parent.kind_id() {
            kind::METHOD_DECLARATION if is_field(parent, field::NAME, node) => {
                let own = Func::of(parent, &self.unit.file.source.bytes);
                if own.as_ref() == Some(self.func) {
                    self.declared(parent, node);
                }
            }
            kind::METHOD_ELEM => {
                self.block(Cause::InterfaceMethod, node);
            }
            kind::SELECTOR_EXPRESSION => self.selected(parent, node, scopes),
            _ => {}
        }
    }

    fn selected(&mut self, selector: Node<'p>, node: Node<'p>, scopes: &Scopes<'p>) {
        let Some(operand) = selector.child_by_field_id(field::OPERAND) else { return };
        let ty = self.unit.types.type_of(operand);
        let method = match self.unit.types.view().find_method(&ty, &self.func.name) {
            Ok(Some(method)) => method,
            Ok(None) => return,
            Err(_) => {
                let operand = self.unit.file.text(operand).to_owned();
                return self.block(Cause::UnknownReceiver { operand }, node);
            }
        };
        if method.declared_on.named().is_none_or(|named| *named.name != *self.func.receiver) {
            return;
        }
        let ancestors = scopes.ancestors();
        let call = ancestors.len().checked_sub(2).and_then(|at| ancestors.get(at)).copied();
        match call {
            Some(call)
                if call.kind_id() == kind::CALL_EXPRESSION
                    && is_field(call, field::FUNCTION, selector)
                    && !self.is_type(operand, scopes) =>
            {
                self.called(call, scopes);
            }
            _ => self.block(Cause::UsedAsValue, node),
        }
    }

    /// Whether an expression names a type: `T.m`, `(*T).m`.
    fn is_type(&self, operand: Node<'p>, scopes: &Scopes<'p>) -> bool {
        let text = self.unit.file.text(operand).trim_matches(['(', ')', '*', ' ']);
        text == self.func.receiver && scopes.lookup(text).is_none()
    }
}

impl<'p> Visitor<'p> for Reader<'_, 'p> {
    fn skips(&self, declaration: Node<'p>) -> bool {
        memchr::memmem::find(&self.unit.file.source.bytes[declaration.byte_range()], self.func.name.as_bytes())
            .is_none()
    }

    fn enter(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        let is_method = !self.func.receiver.is_empty();
        let wanted = if is_method { kind::FIELD_IDENTIFIER } else { kind::IDENTIFIER };
        if self.blocked.is_some() || node.kind_id() != wanted || self.unit.file.text(node) != self.func.name {
            return;
        }
        match is_method {
            true => self.member(node, scopes),
            false => self.name(node, scopes),
        }
    }
}

fn is_single(ty: &Type) -> bool {
    !matches!(ty, Type::Unknown(_) | Type::Tuple(_))
}

fn is_field(parent: Node<'_>, field: u16, node: Node<'_>) -> bool {
    parent.child_by_field_id(field).is_some_and(|child| child == node)
}

/// Whether a name is bound where it stands: a parameter, a variable, a constant.
fn binds(scopes: &Scopes<'_>, node: Node<'_>) -> bool {
    let [.., above, parent] = scopes.ancestors() else { return false };
    let left = |statement: &Node<'_>| is_field(*statement, field::LEFT, *parent);
    match parent.kind_id() {
        kind::PARAMETER_DECLARATION | kind::VARIADIC_PARAMETER_DECLARATION | kind::VAR_SPEC | kind::CONST_SPEC => {
            syntax::children_by_field(*parent, field::NAME).any(|name| name == node)
        }
        kind::EXPRESSION_LIST => match above.kind_id() {
            kind::SHORT_VAR_DECLARATION | kind::RANGE_CLAUSE | kind::RECEIVE_STATEMENT => left(above),
            kind::TYPE_SWITCH_STATEMENT => is_field(*above, field::ALIAS, *parent),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a name is that of a field in a literal.
pub(super) fn is_key(scopes: &Scopes<'_>) -> bool {
    let [.., above, parent] = scopes.ancestors() else { return false };
    parent.kind_id() == kind::LITERAL_ELEMENT
        && above.kind_id() == kind::KEYED_ELEMENT
        && named_children(*above).next() == Some(*parent)
}
