//! One file, asked about types: their declarations, how their values are made, and which log calls can read a field of theirs.

use tree_sitter::Node;

use super::candidates::Asked;
use super::mention::{Mention, mention};
use super::slots;
use crate::go::index::Imports;
use crate::go::parse::{self, SourceFile};
use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::go::syntax::word::words;
use crate::go::syntax::{self, field, kind};
use crate::go::types::{self, Bound, Scopes, Visitor};
use crate::klog::convention::Conventions;
use crate::text::diagnostic::RelPath;
use crate::write::edit::{Made, receiver_there};
use crate::write::reason::Cause;
use crate::write::thread::carry::facts::{Call, Declared, Qualifier};
use crate::write::thread::carry::key::Key;
use crate::write::thread::carry::passing::Passing;
use crate::write::thread::carry::sources::Sources;
use crate::write::thread::concerned::whole;
use crate::write::thread::edits::qualifier;
use crate::write::thread::func::Func;
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::Lone;
use crate::write::thread::package::Unit;
use crate::write::thread::refs::is_key;
use crate::write::thread::slot::Slot;

const CONTEXT: &str = "context";
/// In the names of what compares whole values in tests.
const COMPARES: [&[u8]; 2] = [b"Equal", b"Diff"];

/// What a file says about types.
#[derive(Default)]
pub struct Found {
    /// Their declarations.
    pub declared: Vec<(Key, Declared)>,
    /// Places where values of them are made.
    pub made: Vec<(Key, Call)>,
    /// Why one cannot have the field, and where.
    pub blocked: Vec<(Key, Cause, RelPath, u32)>,
    /// Log calls that can read the field.
    pub reached: Vec<(Key, Lone)>,
}

/// Asks a file about types. `zero_logs`: whether a logger that nothing has set can be called; then tests may leave it as it is.
pub fn read(ground: &Ground<'_>, (sources, number): (&Sources, usize), asked: &Asked<'_>, zero_logs: bool) -> Found {
    let path = &sources.files[number];
    let all = |cause: Cause| {
        let keys = asked.types.values().flatten();
        let blocked = keys.map(|key| ((*key).clone(), cause.clone(), path.clone(), 1)).collect();
        Found { blocked, ..Found::default() }
    };
    let Some(text) = sources.texts.get(number, path, ground.world.index()) else { return all(Cause::Unread) };
    let types = ground.world.file_with(path, &text.bytes, text.outline().cloned());
    let source = SourceFile { path: path.clone(), bytes: text.bytes.clone() };
    let parsed = match text.outline() {
        Some(outline) => parse::parse_wanted(source, outline, &mut |decls| wants(decls, &text.bytes, outline, asked)),
        None => parse::parse(source),
    };
    let file = match parsed {
        Ok(file) if file.unread.is_empty() && types.package().is_ok() => file,
        _ => return all(Cause::Unread),
    };
    let (root, source) = (file.tree.root_node(), &file.source.bytes);
    let generated = ground.generated.contains(path) || parse::is_generated(source);
    let unit = Unit { imports: Imports::of(root, source), types, generated, file: &file };
    let klog = ground.rules.log_calls.import_paths.last().map_or("", String::as_str);
    let packages = [qualifier(&unit, CONTEXT), qualifier(&unit, klog)];
    let conventions = Conventions::default();
    let passing = Passing { ground, unit: &unit, packages: &packages, conventions: &conventions };
    let ignores_unset = zero_logs && unit.is_test();
    // Values are compared with those that the package makes.
    let ignores_made = ignores_unset && !COMPARES.iter().any(|word| memchr::memmem::find(source, word).is_some());
    let found = Found::default();
    let mut reader = Reader { passing: &passing, number, asked, ignores_unset, ignores_made, found };
    let walked = types::walk(root, source, &mut reader);
    match walked {
        Ok(()) => reader.found,
        Err(_) => all(Cause::TooDeep),
    }
}

/// Whether a declaration may make values of a type, log in one of its methods, or take the name of a package.
fn wants(decls: &[Decl], bytes: &[u8], outline: &Outline, asked: &Asked<'_>) -> bool {
    let (start, end) = whole(decls);
    let text = bytes.get(start..end).unwrap_or_default();
    let is_function = decls.first().is_some_and(|decl| matches!(decl.kind, DeclKind::Func | DeclKind::Method));
    let code = if is_function { behind_receiver(text) } else { text };
    let names = |decl: &Decl| matches!(outline.text(decl.name), CONTEXT | "klog");
    decls.iter().any(names)
        || asked.calls.range(start..end).next().is_some()
        || asked.types.keys().any(|name| words(code, name.as_bytes()).next().is_some())
}

/// What of a function can make values: not the receiver of a method, unless that is of a generic type.
fn behind_receiver(function: &[u8]) -> &[u8] {
    let receiver =
        function.strip_prefix(b"func").map(<[u8]>::trim_ascii_start).and_then(|rest| rest.strip_prefix(b"("));
    let parts = receiver.and_then(|rest| Some(rest.split_at(memchr::memchr(b')', rest)?)));
    parts.filter(|(receiver, _)| !receiver.contains(&b'[')).map_or(function, |(_, rest)| rest)
}

struct Reader<'r, 'p> {
    passing: &'r Passing<'r, 'p>,
    number: usize,
    asked: &'r Asked<'r>,
    /// Whether it does not matter what is made without a logger.
    ignores_unset: bool,
    /// Whether it need not be made with one where it could be.
    ignores_made: bool,
    found: Found,
}

impl<'p> Reader<'_, 'p> {
    fn block(&mut self, key: &Key, cause: Cause, node: Node<'_>) {
        let (path, line) = self.passing.unit.place(node.start_byte());
        self.found.blocked.push((key.clone(), cause, path, line));
    }

    /// The type that a name is, or ends.
    fn key_of(&self, name: Node<'p>, scopes: &Scopes<'p>) -> Option<Key> {
        let unit = self.passing.unit;
        let text = unit.file.text(name);
        let keys = self.asked.types.get(text)?;
        let parent = scopes.ancestors().last()?;
        let of_path = |path: &str| keys.iter().find(|key| *key.package.path == *path).map(|key| (*key).clone());
        let qualified = |operand: u16| {
            let package = parent.child_by_field_id(operand)?;
            let name = unit.file.text(package);
            let is_local = package.kind_id() == kind::IDENTIFIER && scopes.lookup_at(name, package).is_some();
            (!is_local).then(|| unit.imports.path_of(name)).flatten().and_then(of_path)
        };
        let own = || {
            let package = unit.types.package().ok()?;
            keys.iter().find(|key| key.package == package.name).map(|key| (*key).clone())
        };
        match (name.kind_id(), parent.kind_id()) {
            (kind::TYPE_IDENTIFIER, kind::QUALIFIED_TYPE) => qualified(field::PACKAGE),
            (kind::FIELD_IDENTIFIER, kind::SELECTOR_EXPRESSION) => qualified(field::OPERAND),
            (kind::TYPE_IDENTIFIER, _) => {
                let is_local = scopes.lookup(text).is_some_and(|found| matches!(found.bound, Bound::Type { .. }));
                if is_local { None } else { own() }
            }
            (kind::IDENTIFIER, kind::CALL_EXPRESSION | kind::INDEX_EXPRESSION | kind::PARENTHESIZED_EXPRESSION)
            | (kind::IDENTIFIER, kind::UNARY_EXPRESSION) => {
                let is_local = scopes.lookup_at(text, name).is_some() || is_key(scopes);
                if is_local { None } else { own() }
            }
            _ => None,
        }
    }

    fn mentioned(&mut self, key: &Key, name: Node<'p>, scopes: &Scopes<'p>) {
        let source = &self.passing.unit.file.source.bytes;
        match mention(name, scopes.ancestors(), source) {
            Mention::Nothing => {}
            Mention::Declared(spec) => self.declared(key, spec, name),
            Mention::Literals(bodies) => {
                for body in bodies {
                    match slots::of_literal(body, &key.name, self.number, source) {
                        Some(slot) => self.made(key, slot, body, scopes),
                        None => self.block(key, Cause::FieldsUnnamed, body),
                    }
                }
            }
            Mention::New(call) => {
                let ty = call.child_by_field_id(field::ARGUMENTS).map(|list| self.passing.unit.file.text(list));
                let ty = ty.unwrap_or_default().trim_matches(['(', ')', ' ']).to_owned();
                self.made(key, slots::of_new(call, &ty, &key.name, self.number), call, scopes);
            }
            Mention::Embedded(owner) => self.embedded(key, owner, name),
            Mention::Unset if self.ignores_unset => {}
            Mention::Unset => self.block(key, Cause::MadeUnset, name),
            Mention::Converted => self.block(key, Cause::MadeOfAnother, name),
        }
    }

    fn declared(&mut self, key: &Key, spec: Node<'p>, name: Node<'p>) {
        let unit = self.passing.unit;
        if unit.generated {
            return self.block(key, Cause::DeclaredInGenerated, name);
        }
        let ty = spec.child_by_field_id(field::TYPE).filter(|ty| ty.kind_id() == kind::STRUCT_TYPE);
        let fields = ty.and_then(|ty| syntax::named_children(ty).next());
        let is_generic = spec.child_by_field_id(field::TYPE_PARAMETERS).is_some();
        let source = &unit.file.source.bytes;
        let slot = fields.filter(|_| !is_generic).and_then(|list| slots::of_struct(list, self.number, source));
        let Some(slot) = slot else { return self.block(key, Cause::NoStruct, name) };
        if !self.is_free(key, &key.receiver) {
            let (name, function) = (key.name.to_string(), key.receiver.to_string());
            return self.block(key, Cause::NameTaken { name, function }, spec);
        }
        let (path, line) = unit.place(name.start_byte());
        let declared = Declared {
            key: key.clone(),
            slot,
            path,
            line,
            takes_one: false,
            waits: false,
            taken: [true, false],
            is_idle: false,
            is_unnamed: false,
            named: Default::default(),
            packages: [None, self.passing.packages[1].clone()],
            is_field: true,
        };
        self.found.declared.push((key.clone(), declared));
    }

    /// Whether a type of the key's package has no member of the new field's name.
    fn is_free(&self, key: &Key, ty: &str) -> bool {
        let view = self.passing.unit.types.view();
        let Some(package) = view.package(&key.package) else { return false };
        let Some(ty) = view.declared_type(package, ty) else { return false };
        matches!(view.member(&ty, &key.name), Err(types::Cause::NoSuchMember))
    }

    /// A struct that has the members of the type as its own.
    fn embedded(&mut self, key: &Key, owner: Option<Node<'p>>, name: Node<'p>) {
        let unit = self.passing.unit;
        let is_near = unit.types.package().is_ok_and(|package| package.name == key.package);
        let owner = owner.and_then(|spec| spec.child_by_field_id(field::NAME)).map(|name| unit.file.text(name));
        if is_near && !owner.is_some_and(|owner| self.is_free(key, owner)) {
            let (field, function) = (key.name.to_string(), owner.unwrap_or("struct").to_owned());
            self.block(key, Cause::NameTaken { name: field, function }, name);
        }
    }

    /// A value that is made with the field.
    fn made(&mut self, key: &Key, slot: Slot, node: Node<'p>, scopes: &Scopes<'p>) {
        let unit = self.passing.unit;
        if self.ignores_made {
            return;
        }
        if unit.generated {
            return self.block(key, Cause::CalledInGenerated, node);
        }
        let near = unit.types.package().ok().map(|package| package.name.clone());
        if near.as_ref() != Some(&key.package) {
            // Nobody else can name the field.
            if !self.ignores_unset {
                self.block(key, Cause::MadeElsewhere, node);
            }
            return;
        }
        let caller = scopes.declaration().and_then(|declaration| {
            let func = Func::of(declaration, &unit.file.source.bytes)?;
            let (receiver, name) = (func.receiver.into(), func.name.into());
            Some(Key { package: near.clone()?, receiver, name, is_asked: false })
        });
        let mut call = self.passing.call(key, (slot, false), caller, scopes);
        let klog: Option<&Qualifier> = self.passing.packages[1].as_ref();
        if call.last[1].is_none() && scopes.function().is_none() && klog.is_some() {
            let background = &self.passing.ground.rules.log_calls.logger.background;
            let expression = klog.map_or_else(String::new, |(name, _)| format!("{name}.{background}()"));
            call.last[1] = self.passing.of_klog(Made { expression, edits: Vec::new() }, scopes);
        }
        self.found.made.push((key.clone(), call));
    }

    /// A log call in a method: can it read the field?
    fn logged(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        let Some(lone) = self.asked.calls.get(&node.start_byte()) else { return };
        if self.found.reached.iter().any(|(_, known)| known == *lone) {
            return;
        }
        let Some((_, ty)) = receiver_there(&self.passing.place(scopes)) else { return };
        let Some(named) = ty.named() else { return };
        let keys = self.asked.types.get(&*named.name).into_iter().flatten();
        if let Some(key) = keys.into_iter().find(|key| key.package == named.package) {
            self.found.reached.push(((*key).clone(), (*lone).clone()));
        }
    }
}

impl<'p> Visitor<'p> for Reader<'_, 'p> {
    fn enter(&mut self, node: Node<'p>, scopes: &Scopes<'p>) {
        match node.kind_id() {
            kind::CALL_EXPRESSION => self.logged(node, scopes),
            kind::TYPE_IDENTIFIER | kind::IDENTIFIER | kind::FIELD_IDENTIFIER => {
                if let Some(key) = self.key_of(node, scopes) {
                    self.mentioned(&key, node, scopes);
                }
            }
            _ => {}
        }
    }
}
