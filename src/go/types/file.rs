//! One file's questions: from nodes of its tree to types.

use std::cell::OnceCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::check::{Callee, Checker, Constant, Memo, Referent, constant_of};
use super::world::{View, World};
use super::{Binding, Bound, Cause, Type, TypeParam};
use crate::go::index::{ContextId, DeclId, Package};
use crate::go::module::{Origin, PackageName};
use crate::go::parse::ParsedFile;
use crate::go::syntax::body::{Body, Expr, ExprId, ExprKind, LocalId, parse_decl};
use crate::go::syntax::outline::{Decl, DeclKind, Outline, outline};
use crate::go::syntax::{kind, named_children};
use crate::text::Span;

/// Types of the expressions of one file. Not shared between threads; nothing is worked out before it is asked for.
pub struct FileTypes<'w, 'f> {
    source: &'f [u8],
    pub(super) outline: Option<Arc<Outline>>,
    view: View<'w>,
    home: Result<Home<'w>, Cause>,
    bodies: OnceCell<Vec<OnceCell<Option<Parsed>>>>,
}

/// An expression that is a name, or ends in one.
#[derive(Clone, Debug)]
pub struct Mention {
    /// The expression, among those of its declaration's body.
    pub id: ExprId,
    /// The name.
    pub name: String,
    /// What the expression refers to.
    pub referent: Referent,
    /// The type of what stands before the name, if something does.
    pub operand: Option<Type>,
}

/// The package that a file belongs to, and its place there.
struct Home<'w> {
    package: &'w Package,
    file: usize,
}

/// A declaration's body.
pub(super) struct Parsed {
    body: Body,
    memo: Memo,
    params: Vec<(Box<str>, Arc<TypeParam>)>,
    /// Expressions by where they stand.
    places: OnceCell<FxHashMap<(u32, u32), ExprId>>,
}

impl Parsed {
    fn at(&self, place: (u32, u32)) -> Option<ExprId> {
        let places = self.places.get_or_init(|| {
            // Of expressions at one place the first is the innermost.
            let mut places = FxHashMap::default();
            for (id, expr) in self.body.exprs() {
                places.entry(expr.range).or_insert(id);
            }
            places
        });
        places.get(&place).copied()
    }
}

impl World {
    /// A file's types. The file is seen with its own package as it is for the nearest build context that includes it,
    /// and with the package's tests if it is one.
    pub fn file<'w, 'f>(&'w self, file: &'f ParsedFile) -> FileTypes<'w, 'f> {
        self.file_at(&file.source.path, &file.source.bytes)
    }

    /// What a package's own tests see: its files and theirs, or those of its external tests.
    pub fn of_tests(&self, name: &Arc<PackageName>) -> View<'_> {
        let (index, view) = (self.index(), self.view(self.index().default_context()));
        let Origin::Dir(dir) = &name.origin else { return view };
        let plain = index.resolver().package_at(dir);
        let Some(clause) = view.package(&plain).map(|package| package.clause.clone()) else { return view };
        let tested = index.package_of_file(index.default_context(), &plain, &clause, true);
        if plain == *name {
            return view.with([tested, None]);
        }
        let outside = index.package_of_file(index.default_context(), name, &format!("{clause}_test"), true);
        view.with([outside, tested])
    }

    /// For a file about whose types nobody asks: none is known.
    pub fn untyped<'w, 'f>(&'w self, source: &'f [u8]) -> FileTypes<'w, 'f> {
        let view = self.view(self.index().default_context());
        FileTypes { source, outline: None, view, home: Err(Cause::None), bodies: OnceCell::new() }
    }

    /// As [`World::file`], for a file that has no tree.
    pub fn file_at<'w, 'f>(&'w self, path: &str, source: &'f [u8]) -> FileTypes<'w, 'f> {
        self.file_with(path, source, outline(source).ok().map(Arc::new))
    }

    /// As [`World::file_at`], for a file whose outline is known already.
    pub fn file_with<'w, 'f>(
        &'w self,
        path: &str,
        source: &'f [u8],
        outline: Option<Arc<Outline>>,
    ) -> FileTypes<'w, 'f> {
        let (view, home) = match &outline {
            Some(outline) => self.home(path, source, outline),
            None => (self.view(self.index().default_context()), Err(Cause::Syntax)),
        };
        FileTypes { source, outline, view, home, bodies: OnceCell::new() }
    }

    /// As [`World::file_at`], for a file of a package as its importers see it.
    pub fn file_of<'w, 'f>(
        &'w self,
        context: ContextId,
        package: &'w Package,
        file: usize,
        source: &'f [u8],
    ) -> FileTypes<'w, 'f> {
        let outline = package.files[file].outline.clone();
        let view = self.view(context).with([Some(package), None]);
        FileTypes { source, outline: Some(outline), view, home: Ok(Home { package, file }), bodies: OnceCell::new() }
    }

    fn home<'w>(&'w self, path: &str, source: &[u8], outline: &Outline) -> (View<'w>, Result<Home<'w>, Cause>) {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let index = self.index();
        let Some(context) = index.context_of(name, source) else {
            return (self.view(index.default_context()), Err(Cause::NoContext));
        };
        let view = self.view(context);
        let plain = index.resolver().package_at(dir);
        let tests = name.ends_with("_test.go");
        let mut own = [None, None];
        let package = match outline.package.strip_suffix("_test").filter(|_| tests) {
            Some(tested) => {
                own[1] = index.package_of_file(context, &plain, tested, true);
                let outside = index.resolver().external_tests_of(&plain);
                index.package_of_file(context, &outside, &outline.package, true)
            }
            None => index.package_of_file(context, &plain, &outline.package, tests),
        };
        own[0] = package;
        let home = package.and_then(|package| {
            let file = package.files.iter().position(|f| &*f.path == path)?;
            Some(Home { package, file })
        });
        // A file that is not on disk, or was read otherwise than it is now, belongs to no package.
        let fits = |home: &Home<'_>| home.package.files[home.file].outline.decls.len() == outline.decls.len();
        (view.with(own), home.filter(fits).ok_or(Cause::UnreadFile))
    }
}

impl<'w> FileTypes<'w, '_> {
    /// The world as this file sees it: for questions about types.
    pub fn view(&self) -> &View<'w> {
        &self.view
    }

    /// The package that the file belongs to.
    pub fn package(&self) -> Result<&'w Package, Cause> {
        self.home.as_ref().map(|home| home.package).map_err(|cause| *cause)
    }

    /// Whether the file declares a name outside functions, however it is built; `None` where that cannot be told.
    pub fn declares(&self, name: &str) -> Option<bool> {
        let outline = self.outline.as_deref()?;
        let is_one = |decl: &Decl| decl.kind != DeclKind::Method && outline.text(decl.name) == name;
        Some(outline.decls.iter().any(is_one))
    }

    /// The type of an expression: of a constant without a type, untyped; of a call with several results, a tuple. Of
    /// an expression that denotes a type, that type.
    pub fn type_of(&self, node: Node<'_>) -> Type {
        // `x...` at the end of a call passes the slice `x`.
        let spread = (node.kind_id() == kind::VARIADIC_ARGUMENT).then(|| named_children(node).next()).flatten();
        let node = spread.unwrap_or(node);
        self.type_at(node.byte_range().into())
    }

    /// As [`FileTypes::type_of`], for the expression that covers exactly these bytes.
    pub fn type_at(&self, span: Span) -> Type {
        match self.find(span) {
            Ok((checker, id)) => checker.ty(id),
            Err(cause) => Type::Unknown(cause),
        }
    }

    /// The type of a local name.
    pub fn type_of_binding(&self, binding: &Binding<'_>) -> Type {
        let clause = match binding.bound {
            Bound::TypeSwitch { case, .. } => case.start_byte() as u32,
            _ => 0,
        };
        self.type_of_declared(binding.at, clause)
    }

    /// The type of the parameter, receiver or variable that is declared by this very name.
    pub fn type_of_name(&self, name: Node<'_>) -> Type {
        self.type_of_declared(name.start_byte(), 0)
    }

    fn type_of_declared(&self, at: usize, clause: u32) -> Type {
        let (checker, parsed) = match self.parsed(at) {
            Ok(found) => found,
            Err(cause) => return Type::Unknown(cause),
        };
        let here = |local: &crate::go::syntax::body::Local| local.name.0 as usize == at && local.clause == clause;
        let found = parsed.body.locals().find(|(_, local)| here(local));
        found.map_or(Type::Unknown(Cause::Undeclared), |(id, _)| checker.local(id))
    }

    /// Local names that are visible to an expression, innermost first, with their types.
    pub fn visible(&self, span: Span) -> Vec<(String, Type)> {
        let Ok((checker, id)) = self.find(span) else { return Vec::new() };
        let mut next: Option<LocalId> = checker.body.expr(id).scope;
        let mut found: Vec<(String, Type)> = Vec::new();
        while let Some(id) = next {
            let local = checker.body.local(id);
            let name = checker.text(local.name);
            if found.iter().all(|(known, _)| known != name) {
                found.push((name.to_owned(), checker.local(id)));
            }
            next = local.outer;
        }
        found
    }

    /// What an expression refers to.
    pub fn referent(&self, node: Node<'_>) -> Referent {
        self.find(node.byte_range().into()).map_or(Referent::None, |(checker, id)| checker.referent(id))
    }

    /// What the expressions of a declaration refer to that are, or end in, one of these names. The declaration is that around the byte
    /// `offset`; an error: it is not known what stands there.
    pub fn mentions(&self, offset: usize, is_one: &dyn Fn(&str) -> bool) -> Result<Vec<Mention>, Cause> {
        let (checker, parsed) = self.parsed(offset)?;
        let of_expr = |(id, expr): (ExprId, &Expr)| {
            let (start, operand) = match expr.kind {
                ExprKind::Ident => (expr.range.0, None),
                ExprKind::Selector { operand, name } => (name, Some(operand)),
                _ => return None,
            };
            let name = self.source.get(start as usize..expr.range.1 as usize)?;
            let name = std::str::from_utf8(name).ok().filter(|name| is_one(name))?.to_owned();
            let operand = operand.map(|operand| checker.ty(operand));
            Some(Mention { id, name, referent: checker.referent(id), operand })
        };
        Ok(parsed.body.exprs().filter_map(of_expr).collect())
    }

    /// What a call calls.
    pub fn callee(&self, call: Node<'_>) -> Callee {
        self.callee_at(call.byte_range().into())
    }

    /// As [`FileTypes::callee`], for the call that covers exactly these bytes.
    pub fn callee_at(&self, call: Span) -> Callee {
        match self.find(call) {
            Ok((checker, id)) => match checker.body.expr(id).kind {
                ExprKind::Call { function, .. } => checker.callee(function),
                _ => Callee::Unknown(Cause::Mismatch),
            },
            Err(cause) => Callee::Unknown(cause),
        }
    }

    /// Whether an expression's value is fixed when the program is compiled.
    pub fn is_constant(&self, node: Node<'_>) -> bool {
        self.is_constant_at(node.byte_range().into())
    }

    /// As [`FileTypes::is_constant`], for the expression that covers exactly these bytes.
    pub fn is_constant_at(&self, span: Span) -> bool {
        self.find(span).is_ok_and(|(checker, id)| checker.is_constant(id))
    }

    /// The value of an expression that is a string constant.
    pub fn string_of(&self, node: Node<'_>) -> Option<String> {
        let (checker, id) = self.find(node.byte_range().into()).ok()?;
        match checker.value(id, 0)? {
            Constant::Str(text) => Some(text),
            Constant::Int(_) => None,
        }
    }

    /// The value of an expression that is an integer constant; a literal's also where nothing is known of its file.
    pub fn integer_of(&self, node: Node<'_>) -> Option<i128> {
        let (checker, id) = self.find(node.byte_range().into()).ok()?;
        match checker.value(id, 0)? {
            Constant::Int(number) => Some(number),
            Constant::Str(_) => None,
        }
    }

    /// Whether `&x` is possible: a variable, a dereferenced pointer, a field or element of something addressable.
    pub fn is_addressable(&self, node: Node<'_>) -> bool {
        self.is_addressable_at(node.byte_range().into())
    }

    /// As [`FileTypes::is_addressable`], for the expression that covers exactly these bytes.
    pub fn is_addressable_at(&self, span: Span) -> bool {
        self.find(span).is_ok_and(|(checker, id)| checker.is_addressable(id))
    }

    fn find(&self, span: Span) -> Result<(Checker<'_, 'w>, ExprId), Cause> {
        let (checker, parsed) = self.parsed(span.start)?;
        let place = (span.start as u32, span.end as u32);
        parsed.at(place).map(|id| (checker, id)).ok_or(Cause::None)
    }

    /// The body of the declaration around a byte.
    pub(super) fn parsed(&self, offset: usize) -> Result<(Checker<'_, 'w>, &Parsed), Cause> {
        let home = self.home.as_ref().map_err(|cause| *cause)?;
        let outline = self.outline.as_ref().ok_or(Cause::Syntax)?;
        let decl = outline.decl_at(offset).ok_or(Cause::None)?;
        let number = outline.decls.partition_point(|d| d.span.0 < decl.span.0);
        let bodies = self.bodies.get_or_init(|| outline.decls.iter().map(|_| OnceCell::new()).collect());
        let parsed = bodies.get(number).ok_or(Cause::None)?.get_or_init(|| {
            let id = home.package.id_of(home.file, number)?;
            self.parse(home, id, decl.span.0 as usize, decl.kind)
        });
        let parsed = parsed.as_ref().ok_or(Cause::Syntax)?;
        let checker = Checker {
            view: &self.view,
            package: home.package,
            file: home.file,
            params: &parsed.params,
            source: self.source,
            body: &parsed.body,
            memo: &parsed.memo,
            iota: Some(decl.iota),
        };
        Ok((checker, parsed))
    }

    fn parse(&self, home: &Home<'w>, id: DeclId, start: usize, kind: DeclKind) -> Option<Parsed> {
        let body = parse_decl(self.source, start).ok()?;
        let is_func = matches!(kind, DeclKind::Func | DeclKind::Method);
        let params = if is_func { self.view.params_in(home.package, id) } else { Vec::new() };
        Some(Parsed { memo: Memo::new(&body), body, params, places: OnceCell::new() })
    }
}

impl View<'_> {
    /// The value of a constant of a package.
    pub fn constant(&self, package: &Arc<PackageName>, name: &str) -> Option<Constant> {
        let package = self.package(package)?;
        constant_of(self, package, package.lookup(name)?, 0)
    }

    /// The value of a string constant of a package.
    pub fn const_string(&self, package: &Arc<PackageName>, name: &str) -> Option<String> {
        match self.constant(package, name)? {
            Constant::Str(text) => Some(text),
            Constant::Int(_) => None,
        }
    }
}
