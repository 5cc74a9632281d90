//! One file, asked about functions: its declarations of them, its calls of them, and what is neither.

use std::sync::Arc;

use tree_sitter::Node;

use super::asked::Asked;
use super::body;
use super::facts::{Call, Declared, Found, NAMES, Offer, Qualifier};
use super::key::Key;
use super::list::List;
use super::literal::literal;
use super::sources::Sources;
use crate::go::parse::{self, Part, SourceFile};
use crate::go::syntax::{self, field, kind, named_children, peel};
use crate::go::types::{self, Cause as Unknown, FileTypes, Mention, Referent, Scopes, Type, View, Visitor};
use crate::klog::convention::Conventions;
use crate::klog::place::Place;
use crate::rule::Version;
use crate::write::carrier;
use crate::write::edit::{Made, logger_at};
use crate::write::reason::Cause;
use crate::write::thread::edits::qualifier;
use crate::write::thread::func::Func;
use crate::write::thread::ground::Ground;
use crate::write::thread::package::Unit;
use crate::write::thread::refs::is_key;
use crate::write::thread::slot::Slot;

const CONTEXT: &str = "context";
/// What the packages of contexts and loggers call themselves.
const PACKAGES: [&str; 2] = [CONTEXT, "klog"];
/// Import path of the package whose functions wait.
const WAIT: &str = "k8s.io/apimachinery/pkg/util/wait";

/// Asks a file about functions of these names, those of its own package or all others; one that cannot be read blocks every function
/// that it may mention.
pub fn read(
    ground: &Ground<'_>,
    sources: &Sources,
    (number, names, near): (usize, &[&str], bool),
    asked: &Asked,
) -> Found {
    let path = &sources.files[number];
    let mut found = Found::default();
    let Ok(bytes) = ground.world.index().source(path) else {
        let all = names.iter().flat_map(|name| asked.named(name));
        found.blocked.extend(all.map(|key| (key.clone(), Cause::Unread, path.clone(), 1)));
        return found;
    };
    let bytes: Arc<[u8]> = bytes.into();
    let asked = &asked.in_file(names, near, path, &bytes, sources);
    if asked.is_empty() {
        return found;
    }
    let types = ground.world.file_at(path, &bytes);
    // A function of the name of a package hides it.
    let wants =
        |part: Part<'_>| PACKAGES.contains(&part.name) || asked.is_in(part.text) && concerns(part, &types, asked);
    let Ok(file) = parse::parse_part(SourceFile { path: path.clone(), bytes: bytes.clone() }, &wants) else {
        found.blocked.extend(asked.keys().map(|key| (key.clone(), Cause::Unread, path.clone(), 1)));
        return found;
    };
    // What a thread passes may be used where nothing is seen.
    if !file.unread.is_empty() {
        found.blocked.extend(asked.keys().map(|key| (key.clone(), Cause::Unread, path.clone(), 1)));
        return found;
    }
    let (root, source) = (file.tree.root_node(), &file.source.bytes);
    let unit = Unit {
        imports: crate::go::index::Imports::of(root, source),
        types,
        generated: ground.generated.contains(path) || parse::is_generated(source) || is_left_alone(path, ground),
        file: &file,
    };
    let klog = ground.rules.log_calls.import_paths.last().map_or("", String::as_str);
    let packages = [qualifier(&unit, CONTEXT), qualifier(&unit, klog)];
    let conventions = Conventions::default();
    let mut reader = Reader { ground, sources, unit: &unit, number, asked, packages, conventions: &conventions, found };
    let walked = types::walk(root, source, &mut reader);
    let mut found = reader.found;
    if let Err(unwalked) = walked {
        let line = unit.place(unwalked.at()).1;
        found.blocked.extend(asked.keys().map(|key| (key.clone(), Cause::TooDeep, path.clone(), line)));
    }
    found
}

struct Reader<'r, 'p> {
    ground: &'r Ground<'r>,
    sources: &'r Sources,
    unit: &'r Unit<'p>,
    number: usize,
    asked: &'r Asked,
    packages: [Option<Qualifier>; 2],
    conventions: &'r Conventions,
    found: Found,
}

impl<'p> Reader<'_, 'p> {
    fn block(&mut self, key: &Key, cause: Cause, node: Node<'_>) {
        let (path, line) = self.unit.place(node.start_byte());
        self.found.blocked.push((key.clone(), cause, path, line));
    }

    fn key_of(&self, declaration: Node<'_>) -> Option<Key> {
        let func = Func::of(declaration, &self.unit.file.source.bytes)?;
        let package = self.unit.types.package().ok()?.name.clone();
        Some(Key { package, receiver: func.receiver.into(), name: func.name.into(), is_asked: false })
    }

    fn named(&self, name: &str) -> Vec<Key> {
        self.asked.named(name).to_vec()
    }

    /// A declaration of a function of this name.
    fn declared(&mut self, declaration: Node<'p>, name: Node<'p>) {
        let Some(key) = self.key_of(declaration) else { return self.unplaced(name) };
        self.implements(&key);
        if !self.asked.has(&key) {
            return;
        }
        if self.unit.generated {
            return self.block(&key, Cause::DeclaredInGenerated, name);
        }
        let list = declaration.child_by_field_id(field::PARAMETERS);
        let (Some(list), Some(_)) = (list, declaration.child_by_field_id(field::BODY)) else {
            return self.block(&key, Cause::NoBody, name);
        };
        let source = &self.unit.file.source.bytes;
        let waiters: Vec<&str> = self.unit.imports.by_path(WAIT).into_iter().map(|import| import.name()).collect();
        let waits = body::waits(declaration, source, &waiters);
        self.list(key, declaration, (name, list), waits);
    }

    /// A list of parameters that a function, or an interface, declares.
    fn list(&mut self, key: Key, declaration: Node<'p>, (name, list): (Node<'p>, Node<'p>), waits: bool) {
        let source = &self.unit.file.source.bytes;
        let (path, line) = self.unit.place(name.start_byte());
        let List { takes_one, is_unnamed, named } = List::of(list, source, &self.packages);
        let declared = Declared {
            key: key.clone(),
            slot: Slot::of(list, self.number, source),
            path,
            line,
            takes_one,
            waits,
            taken: NAMES.map(|name| self.is_taken(declaration, name)),
            is_idle: false,
            is_unnamed,
            named,
            packages: self.packages.clone(),
        };
        self.found.declared.push((key, declared));
    }

    /// Whether a declaration, or its file's imports, mention a name.
    fn is_taken(&self, declaration: Node<'_>, name: &str) -> bool {
        let (source, mut stack) = (&self.unit.file.source.bytes, vec![declaration]);
        while let Some(node) = stack.pop() {
            let is_name = matches!(node.kind_id(), kind::IDENTIFIER | kind::PACKAGE_IDENTIFIER | kind::TYPE_IDENTIFIER);
            if is_name && syntax::text(node, source) == name {
                return true;
            }
            stack.extend(named_children(node));
        }
        self.unit.imports.by_name(name).is_some()
    }

    /// What stands in a file that belongs to no package that is known: near the function it may be the function.
    fn unplaced(&mut self, node: Node<'p>) {
        let path = self.unit.file.source.path.clone();
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        for key in self.named(self.unit.file.text(node)) {
            let imports = || self.unit.imports.by_path(&key.package.path).is_some();
            if key.dir() == Some(dir) || imports() {
                self.block(&key, Cause::Unread, node);
            }
        }
    }

    /// A name that may be that of a function: what does it refer to?
    fn mentioned(&mut self, name: Node<'p>, expression: Node<'p>, scopes: &Scopes<'p>) {
        if self.unit.types.package().is_err() {
            return self.unplaced(name);
        }
        let key = match self.unit.types.referent(expression) {
            Referent::Function { package, name } => {
                Key { package, receiver: Box::default(), name: Box::from(&*name), is_asked: false }
            }
            Referent::Method { receiver, name, .. } => Key::method(&receiver, &name, false),
            Referent::InterfaceMethod { interface, name: method } => match self.asking(&interface, &method) {
                Some(key) => key,
                None => return self.unknown(name, expression, true),
            },
            Referent::None => return self.unknown(name, expression, false),
            _ => return,
        };
        if !self.asked.has(&key) {
            return;
        }
        let ancestors = scopes.ancestors();
        // The selector itself is among the ancestors of its field.
        let above = ancestors.len() - usize::from(expression != name);
        let mut inner = expression;
        let outer = ancestors[..above].iter().rev().find(|node| {
            let is_parenthesis = node.kind_id() == kind::PARENTHESIZED_EXPRESSION;
            inner = if is_parenthesis { **node } else { inner };
            !is_parenthesis
        });
        match outer {
            Some(call) if call.kind_id() == kind::CALL_EXPRESSION && is_field(*call, field::FUNCTION, inner) => {
                self.called(&key, *call, expression, scopes);
            }
            _ => self.used(&key, (name, expression), outer.copied(), scopes),
        }
    }

    /// What may be a method that is asked about: of a value of an unknown type, or of one of an interface without a name.
    fn unknown(&mut self, name: Node<'p>, expression: Node<'p>, of_interface: bool) {
        let Some(operand) = expression.child_by_field_id(field::OPERAND) else { return };
        // What comes of a package that is not there is nothing that the checkout declares.
        match self.unit.types.type_of(operand) {
            Type::Unknown(Unknown::MissingPackage | Unknown::Std) => return,
            Type::Unknown(_) => {}
            _ if of_interface => {}
            _ => return,
        }
        let operand = self.unit.file.text(operand).to_owned();
        for key in self.named(self.unit.file.text(name)) {
            if key.receiver.is_empty() || of_interface && !key.is_asked {
                continue;
            }
            self.block(&key, Cause::UnknownReceiver { operand: operand.clone() }, name);
        }
    }

    fn called(&mut self, key: &Key, call: Node<'p>, expression: Node<'p>, scopes: &Scopes<'p>) {
        if self.unit.generated {
            return self.block(key, Cause::CalledInGenerated, call);
        }
        let Some(list) = call.child_by_field_id(field::ARGUMENTS) else { return };
        // `T.m(x)`: the receiver stands first.
        let operand = expression.child_by_field_id(field::OPERAND).map(|operand| self.unit.types.referent(operand));
        if matches!(operand, Some(Referent::Type(_))) {
            return self.block(key, Cause::UsedAsValue, call);
        }
        let source = &self.unit.file.source.bytes;
        let arguments: Vec<Node<'_>> = named_children(list).collect();
        let spreads = matches!(arguments.as_slice(), [only] if peel(*only).kind_id() == kind::CALL_EXPRESSION
            && matches!(self.unit.types.type_of(peel(*only)), Type::Unknown(_) | Type::Tuple(_)));
        self.passes(key, Slot::of(list, self.number, source), spreads, scopes);
    }

    /// A function that is passed or stored: a literal around its call can take its place.
    fn used(
        &mut self,
        key: &Key,
        (name, expression): (Node<'p>, Node<'p>),
        outer: Option<Node<'p>>,
        scopes: &Scopes<'p>,
    ) {
        // What asks for a function's own name.
        let is_asked_for = outer.and_then(|list| list.parent()).is_some_and(|call| {
            call.kind_id() == kind::CALL_EXPRESSION && self.unit.file.text(call).starts_with("reflect.")
        });
        let literal = literal(expression, self.unit, scopes).filter(|_| !is_asked_for && !self.unit.generated);
        match literal {
            Some(text) => {
                let slot = Slot::literal(expression.byte_range().into(), text, self.number);
                self.passes(key, slot, false, scopes);
            }
            None => self.block(key, Cause::UsedAsValue, name),
        }
    }

    /// A place that passes what a function gets.
    fn passes(&mut self, key: &Key, slot: Slot, spreads: bool, scopes: &Scopes<'p>) {
        let caller = scopes.declaration().and_then(|declaration| self.key_of(declaration));
        let starts =
            caller.as_ref().is_some_and(|key| key.receiver.is_empty() && matches!(&*key.name, "main" | "init"));
        let place = self.place(scopes);
        let context = carrier::context(&place).map(|expression| Offer { expression, edits: Vec::new(), import: None });
        let logger = logger_at(&place, false).and_then(|made| self.of_klog(made, scopes));
        // Where there is a logger, nobody needs another.
        let [of_new_context, last_logger] = match &logger {
            Some(_) => [None, logger.clone()],
            None => [self.of_new_context(&place), logger_at(&place, true).and_then(|made| self.of_klog(made, scopes))],
        };
        let call = Call {
            callee: key.clone(),
            slot,
            starts: starts || caller.is_none(),
            caller,
            is_test: self.unit.is_test(),
            spreads,
            last: [self.last_context(scopes), last_logger],
            context,
            logger,
            of_new_context,
        };
        self.found.calls.push((key.clone(), call));
    }

    fn place<'a>(&'a self, scopes: &'a Scopes<'p>) -> Place<'a, 'p> {
        Place {
            rules: self.ground.rules,
            file: self.unit.file,
            imports: &self.unit.imports,
            scopes,
            conventions: self.conventions,
            types: &self.unit.types,
            klog: Version(2, 200, 0),
            qualifier: self.packages[1].as_ref().map_or("klog", |(name, _)| name),
        }
    }

    /// A logger that may need the import of klog.
    fn of_klog(&self, made: Made, scopes: &Scopes<'p>) -> Option<Offer> {
        let Made { expression, edits } = made;
        let Some((name, import)) = &self.packages[1] else {
            // Nothing that names klog can be written.
            return (edits.is_empty() && !expression.ends_with(')')).then_some(Offer {
                expression,
                edits,
                import: None,
            });
        };
        let names = |text: &str| text.contains(&format!("{name}."));
        let needs = names(&expression) || edits.iter().any(|edit| names(&edit.text));
        if needs && scopes.lookup(name).is_some() {
            return None;
        }
        Some(Offer { expression, edits, import: import.clone().filter(|_| needs) })
    }

    /// A logger of the context that the caller gets.
    fn of_new_context(&self, place: &Place<'_, 'p>) -> Option<Offer> {
        let made = crate::write::edit::logger_of_new_context(place, NAMES[0])?;
        self.of_klog(made, place.scopes)
    }

    /// A context where there is none.
    fn last_context(&self, scopes: &Scopes<'p>) -> Option<Offer> {
        let context = self.packages[0].as_ref().filter(|(name, _)| scopes.lookup(name).is_none());
        let maker = if self.unit.is_test() { "TODO" } else { "Background" };
        context.map(|(name, import)| Offer {
            expression: format!("{name}.{maker}()"),
            edits: Vec::new(),
            import: import.clone(),
        })
    }

    /// A method that an interface asks for.
    fn asked_for(&mut self, name: Node<'p>, scopes: &Scopes<'p>) {
        let ancestors = scopes.ancestors();
        let spec = match ancestors {
            // An interface in a struct, or among the parameters of a function, has no name.
            [.., spec, _, _] if spec.kind_id() == kind::TYPE_SPEC => spec.child_by_field_id(field::NAME),
            _ => None,
        };
        let package = self.unit.types.package().ok().map(|package| package.name.clone());
        let is_local = ancestors.iter().any(|node| types::is_function(*node));
        let own = spec.zip(package).filter(|_| !is_local).map(|(own, package)| {
            let (receiver, name) = (self.unit.file.text(own).into(), self.unit.file.text(name).into());
            Key { package, receiver, name, is_asked: true }
        });
        if let (Some(own), Some(element)) = (own.as_ref().filter(|own| self.asked.has(own)), ancestors.last()) {
            match element.child_by_field_id(field::PARAMETERS) {
                Some(_) if self.unit.generated => self.block(own, Cause::DeclaredInGenerated, name),
                Some(list) => self.list(own.clone(), *element, (name, list), false),
                None => self.block(own, Cause::NoBody, name),
            }
        }
        for key in self.named(self.unit.file.text(name)).into_iter().filter(|key| !key.receiver.is_empty()) {
            match &own {
                Some(own) if *own == key => {}
                Some(own) if !self.is_bound(&key, own) => {}
                Some(own) => self.found.links.push((key, own.clone())),
                None => self.block(&key, Cause::NamelessInterface, name),
            }
        }
    }

    /// A method's declaration: interfaces that are asked about may ask for it.
    fn implements(&mut self, key: &Key) {
        for asking in self.named(&key.name).into_iter().filter(|asking| asking.is_asked) {
            if !key.receiver.is_empty() && self.is_bound(key, &asking) {
                self.found.links.push((asking, key.clone()));
            }
        }
    }

    /// Whether a method has to stay as an interface asks for it, as far as that can be known.
    fn is_bound(&self, key: &Key, asking: &Key) -> bool {
        let declared = |view: &View<'_>, key: &Key| view.declared_type(view.package(&key.package)?, &key.receiver);
        let near = self.unit.types.view();
        // Fakes are known where the tests are seen.
        let of_tests = |key: &Key| self.ground.world.of_tests(&key.package);
        let view = [key, asking].into_iter().find(|key| declared(near, key).is_none()).map(of_tests);
        let view = view.as_ref().unwrap_or(near);
        let (Some(of), Some(interface)) = (declared(view, key), declared(view, asking)) else { return true };
        let of = if key.is_asked { of } else { Type::pointer_to(of) };
        if view.asks_alike(&of, &interface, &key.name) == Some(false) {
            return false;
        }
        // A type that embeds it may implement what it does not.
        view.implements(&of, &interface) != Some(false)
            || key.is_asked && view.implements(&interface, &of) != Some(false)
            || self.sources.may_be_embedded(key.dir(), &key.receiver)
    }

    /// The declared interface that asks for a method, itself or in one that it embeds.
    fn asking(&mut self, interface: &Type, name: &str) -> Option<Key> {
        let declaring = self.unit.types.view().declaring(interface, name);
        let keys: Vec<Key> = declaring.iter().map(|named| Key::method(named, name, true)).collect();
        // Two that are embedded in one ask for the same.
        let asked: Vec<&Key> = keys.iter().filter(|key| self.asked.has(key)).collect();
        for (a, b) in asked.iter().flat_map(|a| keys.iter().map(move |b| (*a, b))).filter(|(a, b)| a != b) {
            self.found.links.push((a.clone(), b.clone()));
        }
        let first = asked.first().map(|key| (*key).clone());
        first.or_else(|| keys.into_iter().next())
    }
}

impl<'p> Visitor<'p> for Reader<'_, 'p> {
    fn skips(&self, declaration: Node<'p>) -> bool {
        !self.asked.is_in(&self.unit.file.source.bytes[declaration.byte_range()])
    }

    fn enter(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        let is_name = matches!(node.kind_id(), kind::IDENTIFIER | kind::FIELD_IDENTIFIER);
        if !is_name || self.asked.named(self.unit.file.text(node)).is_empty() {
            return;
        }
        let Some(parent) = scopes.ancestors().last().copied() else { return };
        match parent.kind_id() {
            kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION if is_field(parent, field::NAME, node) => {
                self.declared(parent, node);
            }
            kind::METHOD_ELEM => self.asked_for(node, scopes),
            kind::SELECTOR_EXPRESSION if is_field(parent, field::FIELD, node) => self.mentioned(node, parent, scopes),
            // A package's name, or a variable's.
            kind::SELECTOR_EXPRESSION => {}
            _ if node.kind_id() == kind::FIELD_IDENTIFIER => {}
            _ if is_key(scopes) => {}
            _ if scopes.lookup_at(self.unit.file.text(node), node).is_some() => {}
            _ => self.mentioned(node, node, scopes),
        }
    }
}

/// Whether a function declares one that is asked about, or may mention it. Most that have its name mean something else.
fn concerns(part: Part<'_>, types: &FileTypes<'_, '_>, asked: &Asked) -> bool {
    let is_asked = |name: &str| !asked.named(name).is_empty();
    // An interface without a name may ask for it.
    let asks = memchr::memmem::find_iter(part.text, b"interface").any(|at| {
        let body = part.text[at + "interface".len()..].trim_ascii_start();
        body.strip_prefix(b"{").is_some_and(|inner| !inner.trim_ascii_start().starts_with(b"}"))
    });
    if is_asked(part.name) || asks || types.package().is_err() {
        return true;
    }
    let Ok(mentions) = types.mentions(part.start, &is_asked) else { return true };
    mentions.into_iter().any(|Mention { name, referent, operand }| match referent {
        Referent::Function { package, name } => {
            asked.has(&Key { package, receiver: Box::default(), name: Box::from(&*name), is_asked: false })
        }
        Referent::Method { receiver, name, .. } => asked.has(&Key::method(&receiver, &name, false)),
        Referent::InterfaceMethod { .. } => asked.named(&name).iter().any(|key| key.is_asked),
        Referent::None => operand.is_some_and(|ty| matches!(ty, Type::Unknown(_))),
        _ => false,
    })
}

/// Whether a file stands in a directory that is left alone.
fn is_left_alone(path: &str, ground: &Ground<'_>) -> bool {
    super::sources::dir_of(path).split('/').any(|name| ground.rules.scope.leaves(name).is_some())
}

fn is_field(parent: Node<'_>, field: u16, node: Node<'_>) -> bool {
    parent.child_by_field_id(field).is_some_and(|child| child == node)
}
