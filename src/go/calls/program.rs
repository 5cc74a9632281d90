//! The packages of a program, and the functions that they declare.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::go::index::{ContextId, DeclId, Package};
use crate::go::module::{Origin, PackageName};
use crate::go::syntax::outline::DeclKind;
use crate::go::types::World;
use crate::rule::Patterns;
use crate::text::diagnostic::RelPath;

/// A package whose code is looked at.
pub(super) struct Member<'w> {
    pub(super) package: &'w Package,
    /// Numbers of the packages that it imports, as far as they are members.
    pub(super) imports: Vec<u32>,
    /// Whether it is the checkout's own; paths lead through no other.
    pub(super) own: bool,
}

/// A declaration with code: a function, method, or the initialisers of variables.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) member: u32,
    pub(super) file: u32,
    pub(super) decl: DeclId,
}

/// All packages that some binaries need: the checkout's own ones, and those vendored ones that values are followed
/// through.
pub(super) struct Program<'w> {
    pub(super) world: &'w World,
    pub(super) context: ContextId,
    /// Sorted by import path.
    pub(super) members: Vec<Member<'w>>,
    /// Sorted by member, file and place.
    pub(super) units: Vec<Unit>,
    by_package: FxHashMap<usize, u32>,
    starts: Vec<u32>,
    by_decl: FxHashMap<(u32, u32), u32>,
}

/// Whether a package is the checkout's own: neither vendored, nor the standard library, nor absent.
pub(super) fn is_own(name: &PackageName) -> bool {
    match &name.origin {
        Origin::Dir(dir) => !dir.split('/').any(|part| part == "vendor"),
        _ => false,
    }
}

impl<'w> Program<'w> {
    /// The packages that `roots` need, themselves included.
    pub(super) fn new(world: &'w World, context: ContextId, roots: &[Arc<PackageName>], followed: &Patterns) -> Self {
        let index = world.index();
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut open: Vec<Arc<PackageName>> = Vec::new();
        let mut found: Vec<(&Package, Vec<Arc<PackageName>>)> = Vec::new();
        let mut visit = |name: &Arc<PackageName>, open: &mut Vec<Arc<PackageName>>| {
            let wanted = is_own(name) || (matches!(name.origin, Origin::Dir(_)) && followed.is_match(&*name.path));
            if wanted && seen.insert(name.number()) {
                open.push(name.clone());
            }
        };
        roots.iter().for_each(|root| visit(root, &mut open));
        while let Some(name) = open.pop() {
            let Some(package) = index.package(context, &name) else { continue };
            let paths = package.files.iter().flat_map(|file| &file.outline.imports).map(|import| &*import.path);
            let paths: FxHashSet<&str> = paths.collect();
            let imports: Vec<_> = paths.iter().map(|path| index.resolver().resolve(&package.name, path)).collect();
            imports.iter().for_each(|import| visit(import, &mut open));
            found.push((package, imports));
        }
        // Directories tell packages of one import path apart.
        let key = |package: &Package| (package.name.path.clone(), package.files.first().map(|f| f.path.clone()));
        found.sort_by_cached_key(|(package, _)| key(package));
        let numbered = found.iter().enumerate().map(|(number, (package, _))| (package.name.number(), number as u32));
        let by_package: FxHashMap<usize, u32> = numbered.collect();
        let members = found.into_iter().map(|(package, imports)| {
            let mut imports: Vec<u32> = imports.iter().filter_map(|i| by_package.get(&i.number()).copied()).collect();
            imports.sort_unstable();
            Member { package, imports, own: is_own(&package.name) }
        });
        let members: Vec<_> = members.collect();
        let (units, starts) = units(&members);
        let by_decl = units.iter().enumerate().map(|(n, u)| ((u.member, u.decl.number() as u32), n as u32)).collect();
        Self { world, context, members, units, by_package, starts, by_decl }
    }

    /// The member that a package is.
    pub(super) fn member(&self, package: &PackageName) -> Option<u32> {
        self.by_package.get(&package.number()).copied()
    }

    /// The function of a package, or the method of one of its types.
    pub(super) fn function(&self, package: &PackageName, receiver: &str, name: &str) -> Option<u32> {
        let member = self.member(package)?;
        let declared = self.members[member as usize].package;
        let id = if receiver.is_empty() { declared.lookup(name) } else { declared.method(receiver, name) }?;
        self.by_decl.get(&(member, id.number() as u32)).copied()
    }

    /// Numbers of the units of a member.
    pub(super) fn units_of(&self, member: u32) -> std::ops::Range<u32> {
        self.starts[member as usize]..self.starts[member as usize + 1]
    }

    /// The members that `roots` need, as one flag for each.
    pub(super) fn closure(&self, roots: impl Iterator<Item = u32>) -> Vec<bool> {
        let mut needed = vec![false; self.members.len()];
        let mut open: Vec<u32> = roots.collect();
        while let Some(member) = open.pop() {
            if !std::mem::replace(&mut needed[member as usize], true) {
                open.extend(&self.members[member as usize].imports);
            }
        }
        needed
    }

    /// Whether paths may lead through a unit.
    pub(super) fn is_own(&self, unit: u32) -> bool {
        self.members[self.units[unit as usize].member as usize].own
    }

    /// The file that a unit stands in.
    pub(super) fn path_of(&self, unit: Unit) -> &'w RelPath {
        &self.members[unit.member as usize].package.files[unit.file as usize].path
    }
}

fn units(members: &[Member<'_>]) -> (Vec<Unit>, Vec<u32>) {
    let (mut units, mut starts) = (Vec::new(), vec![0]);
    for (member, Member { package, .. }) in members.iter().enumerate() {
        for id in package.decls() {
            let decl = package.decl(id);
            let has_code = match decl.kind {
                DeclKind::Func | DeclKind::Method => true,
                DeclKind::Var => decl.index == 0 && !decl.values.is_empty(),
                DeclKind::Type | DeclKind::Alias | DeclKind::Const => false,
            };
            if has_code {
                units.push(Unit { member: member as u32, file: package.file_of(id) as u32, decl: id });
            }
        }
        starts.push(units.len() as u32);
    }
    (units, starts)
}
