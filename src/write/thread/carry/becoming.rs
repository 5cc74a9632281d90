//! Where a value may become one of an interface: in packages that name the interface, and in those that can call what they export with it.
//!
//! That a type has the methods of an interface binds it only where some package can have its values and take them for the interface's.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::converted::Conversions;
use super::key::Key;
use super::sources::{Directories, Sources, dir_of};
use super::texts::Text;
use crate::go::index::{Imports, Index};
use crate::go::parse::{self, SourceFile};
use crate::go::syntax::outline::Decl;
use crate::go::syntax::word::words;
use crate::go::syntax::{self, field, kind, named_children};
use crate::go::types::{Named, Type};
use crate::text::diagnostic::RelPath;
use crate::write::thread::ground::Ground;

/// Directories whose conversions are looked at one by one for a type, at most.
const MAX_PLACES: usize = 32;

/// Interfaces that embed one another, at most.
const MAX_EMBEDDED: usize = 8;

/// Interfaces that were asked about; `None`: a value may become one anywhere.
#[derive(Default)]
pub struct Becoming {
    known: Mutex<FxHashMap<Asked, Option<Arc<Places>>>>,
    /// What becomes of values, by directory.
    conversions: Mutex<FxHashMap<Box<str>, Arc<OnceLock<Conversions>>>>,
}

/// An interface by its package and its name.
type Asked = (Box<str>, Box<str>);

/// Where values may become those of an interface.
#[derive(Default)]
struct Places {
    directories: Directories,
    /// Interfaces that embed it, by directory and name: what becomes theirs has its methods, too.
    embedding: BTreeSet<Asked>,
}

/// What a mention of an interface allows.
enum Use {
    /// Values become its own where it stands.
    Here,
    /// They do wherever values of what is declared there can be.
    Led,
    /// An interface of this name embeds it.
    Embedded(Box<str>),
    /// Whatever holds it may become one, or it goes by another name.
    Anywhere,
}

impl Becoming {
    /// Whether a value of a type that declares, or asks for, a method may become one of the interface that asks for it.
    pub fn may(&self, of: &Key, asking: &Key, ground: &Ground<'_>, sources: &Sources) -> bool {
        self.may_within(of, asking, (ground, sources), MAX_EMBEDDED)
    }

    fn may_within(&self, of: &Key, asking: &Key, known: (&Ground<'_>, &Sources), depth: usize) -> bool {
        let (ground, sources) = known;
        let (Some(from), Some(to)) = (of.dir(), asking.dir()) else { return true };
        if from == to {
            return true;
        }
        let Some(places) = self.places(asking, to, ground, sources).filter(|_| depth > 0) else { return true };
        let embedding = |(dir, name): &Asked| Key {
            package: ground.world.index().resolver().package_at(dir),
            receiver: name.clone(),
            ..asking.clone()
        };
        if places.embedding.iter().map(embedding).any(|outer| self.may_within(of, &outer, known, depth - 1)) {
            return true;
        }
        let leads = sources.leading_to(from);
        let open: Vec<_> = places.directories.iter().filter(|dir| leads.contains(*dir)).collect();
        if open.len() > MAX_PLACES {
            return true;
        }
        let view = ground.world.of_tests(&of.package);
        let is_one = |ty: &Type| match view.find_method(ty, &of.name) {
            Ok(Some(method)) if of.is_asked => {
                view.declaring(ty, &of.name).iter().any(|own| is(own, of)) || is_of(&method.declared_on, of)
            }
            Ok(Some(method)) => is_of(&method.declared_on, of),
            Ok(None) => false,
            Err(_) => true,
        };
        open.into_iter().any(|dir| {
            let found =
                self.conversions.lock().unwrap_or_else(PoisonError::into_inner).entry(dir.clone()).or_default().clone();
            let found = found.get_or_init(|| conversions(dir, ground, sources));
            found.of(asking).is_none_or(|types| types.iter().any(is_one))
        })
    }

    fn places(&self, asking: &Key, dir: &str, ground: &Ground<'_>, sources: &Sources) -> Option<Arc<Places>> {
        let name = (Box::from(dir), asking.receiver.clone());
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return known.clone();
        }
        let found = places(asking, dir, ground.world.index(), sources);
        let found = found.map(Arc::new);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(name, found.clone());
        found
    }
}

fn is(named: &Named, key: &Key) -> bool {
    named.package == key.package && *named.name == *key.receiver
}

fn is_of(ty: &Type, key: &Key) -> bool {
    ty.stripped().named().is_some_and(|named| is(named, key))
}

/// What becomes of values in a directory.
fn conversions(dir: &str, ground: &Ground<'_>, sources: &Sources) -> Conversions {
    let mut found = Conversions::default();
    for (number, path) in sources.of(dir) {
        match sources.texts.get(number, path, ground.world.index()) {
            Some(text) => found.read(path, &text, &ground.world.file_with(path, &text.bytes, text.outline().cloned())),
            None => found.lose(),
        }
    }
    found
}

fn places(asking: &Key, dir: &str, index: &Index, sources: &Sources) -> Option<Places> {
    let mut found = Places::default();
    let mut add = |dir: &str| {
        found.directories.insert(Box::from(dir));
    };
    add(dir);
    for (number, _) in sources.with([&*asking.receiver]) {
        let path = &sources.files[number];
        let text = sources.texts.get(number, path, index)?;
        let uses = uses(path, &text, asking, dir)?;
        let own = dir_of(path);
        if uses.is_empty() {
            continue;
        }
        add(own);
        if uses.iter().any(|found| matches!(found, Use::Led)) {
            sources.leading_to(own).iter().for_each(|dir| add(dir));
        }
        for found_use in uses {
            match found_use {
                Use::Anywhere => return None,
                Use::Embedded(name) => {
                    found.embedding.insert((Box::from(own), name));
                }
                Use::Here | Use::Led => {}
            }
        }
    }
    Some(found)
}

/// Whether a text may name a type, by its name alone or, if that is not what it is called there, behind that of its package.
fn may_name(text: &[u8], name: &[u8], alone: bool) -> bool {
    let follows_dot = |at: usize| matches!(text[..at].trim_ascii_end().last(), Some(b'.' | b'/'));
    words(text, name).any(|at| alone || follows_dot(at))
}

/// The mentions of an interface in a file; `None` where they cannot be read.
fn uses(path: &RelPath, text: &Text, asking: &Key, dir: &str) -> Option<Vec<Use>> {
    let bytes = &text.bytes;
    let import = format!("\"{}\"", asking.package.path);
    let is_near = dir_of(path) == dir;
    let name = asking.receiver.as_bytes();
    let is_dotted = memchr::memmem::find(bytes, format!(". {import}").as_bytes()).is_some();
    let is_there = |text: &[u8]| may_name(text, name, is_near || is_dotted);
    let raw = format!("`{}`", asking.package.path);
    let knows = || is_near || [&import, &raw].iter().any(|path| memchr::memmem::find(bytes, path.as_bytes()).is_some());
    if !knows() || !is_there(bytes) {
        return Some(Vec::new());
    }
    let mut wants = |decls: &[Decl]| {
        let whole = decls.first().map(|first| first.whole.0 as usize..first.whole.1 as usize);
        whole.is_some_and(|whole| is_there(&bytes[whole]))
    };
    let source = SourceFile { path: path.clone(), bytes: bytes.clone() };
    let file = match text.outline() {
        Some(outline) => parse::parse_wanted(source, outline, &mut wants).ok()?,
        None => parse::parse(source).ok()?,
    };
    if !file.unread.is_empty() {
        return None;
    }
    let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
    let import = imports.by_path(&asking.package.path);
    if import.is_some_and(|import| import.name() == ".") {
        return None;
    }
    // What a file calls the package is not always what its path ends with.
    let is_qualifier = |name: &str| imports.path_of(name).is_none_or(|path| *path == *asking.package.path);
    let mut found = Vec::new();
    let mut stack = vec![file.tree.root_node()];
    while let Some(node) = stack.pop() {
        stack.extend(named_children(node));
        let is_name = matches!(node.kind_id(), kind::TYPE_IDENTIFIER | kind::IDENTIFIER | kind::FIELD_IDENTIFIER);
        if !is_name || file.text(node).as_bytes() != name {
            continue;
        }
        let Some(parent) = node.parent() else { continue };
        let of_package = |qualifier: Option<Node<'_>>| qualifier.is_some_and(|node| is_qualifier(file.text(node)));
        match (node.kind_id(), parent.kind_id()) {
            (kind::TYPE_IDENTIFIER, kind::QUALIFIED_TYPE) => {
                if of_package(parent.child_by_field_id(field::PACKAGE)) {
                    found.push(of_type(parent, &file.source.bytes));
                }
            }
            (kind::FIELD_IDENTIFIER, kind::SELECTOR_EXPRESSION) => {
                let operand = parent.child_by_field_id(field::OPERAND);
                let is_package = operand.is_some_and(|node| node.kind_id() == kind::IDENTIFIER) && of_package(operand);
                found.extend(is_package.then(|| of_expression(parent)));
            }
            (kind::FIELD_IDENTIFIER, _) => {}
            _ if !is_near => {}
            (kind::TYPE_IDENTIFIER, _) => found.push(of_type(node, &file.source.bytes)),
            _ => found.push(of_expression(node)),
        }
    }
    Some(found)
}

/// What an interface allows that stands where values do: it converts one.
fn of_expression(node: Node<'_>) -> Use {
    let parent = node.parent().map(|parent| parent.kind_id());
    let may_be_instance =
        parent.is_none_or(|kind| kind == kind::INDEX_EXPRESSION || kind == kind::TYPE_INSTANTIATION_EXPRESSION);
    if may_be_instance { Use::Anywhere } else { Use::Here }
}

/// What a type allows that stands somewhere.
fn of_type(ty: Node<'_>, source: &[u8]) -> Use {
    let Some(parent) = ty.parent() else { return Use::Anywhere };
    let is = |parent: Node<'_>, name: u16, node: Node<'_>| parent.child_by_field_id(name) == Some(node);
    let exported = |node: Node<'_>| syntax::text(node, source).starts_with(char::is_uppercase);
    let of_names = |parent: Node<'_>| {
        let mut names = syntax::children_by_field(parent, field::NAME).peekable();
        // Embedded, it is a field of its own name.
        let is_here = names.peek().is_some() && !names.any(exported);
        if is_here { Use::Here } else { Use::Led }
    };
    match parent.kind_id() {
        kind::TYPE_SPEC if is(parent, field::NAME, ty) => Use::Here,
        kind::FIELD_DECLARATION => of_names(parent),
        kind::VAR_SPEC if is(parent, field::TYPE, ty) => of_names(parent),
        kind::PARAMETER_DECLARATION => match parent.parent().and_then(|list| Some((list, list.parent()?))) {
            Some((_, owner)) => of_signature(owner),
            None => Use::Anywhere,
        },
        kind::SLICE_TYPE
        | kind::ARRAY_TYPE
        | kind::MAP_TYPE
        | kind::CHANNEL_TYPE
        | kind::VARIADIC_PARAMETER_DECLARATION => Use::Led,
        kind::TYPE_ELEM => of_element(parent, source),
        _ if is(parent, field::RESULT, ty) => of_signature(parent),
        _ => Use::Anywhere,
    }
}

/// What an interface allows that another one embeds, which is declared at the top of a file.
fn of_element(element: Node<'_>, source: &[u8]) -> Use {
    let is_alone = element.named_child_count() == 1;
    let spec = element.parent().and_then(|interface| interface.parent());
    let spec = spec.filter(|spec| is_alone && spec.kind_id() == kind::TYPE_SPEC && is_of_file(*spec));
    let plain = spec.filter(|spec| spec.child_by_field_id(field::TYPE_PARAMETERS).is_none());
    let name = plain.and_then(|spec| spec.child_by_field_id(field::NAME));
    name.map_or(Use::Anywhere, |name| Use::Embedded(Box::from(syntax::text(name, source))))
}

/// Whether a type is declared outside of functions.
fn is_of_file(spec: Node<'_>) -> bool {
    let file = spec.parent().and_then(|declaration| declaration.parent());
    file.is_some_and(|file| file.kind_id() == kind::SOURCE_FILE)
}

/// What an interface allows among a function's parameters, or its results: whoever can call it may have or make one, and functions get
/// about as values.
fn of_signature(owner: Node<'_>) -> Use {
    match owner.kind_id() {
        kind::FUNC_LITERAL
        | kind::FUNCTION_DECLARATION
        | kind::METHOD_DECLARATION
        | kind::METHOD_ELEM
        | kind::FUNCTION_TYPE => Use::Led,
        _ => Use::Anywhere,
    }
}
