//! Writes rules/std.txtar, what the engine knows of Go's standard library: `GOROOT=… KLOGMOD_BLESS=1 cargo test --test it
//! std_stubs -- --ignored`. Without the sources nothing is checked but that it reads well.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use klogmod::go::index::{DeclId, Package};
use klogmod::go::module::{BuildContext, PackageName, ResolveOptions};
use klogmod::go::syntax::outline::{DeclKind, outline};
use klogmod::go::types::{
    Basic, ChanDir, Constant, Field, Interface, Named, Signature, Struct, Type, Untyped, View, World,
};

/// Packages that are large and that nobody logs values of.
const LEFT_OUT: [&str; 15] = [
    "cmd",
    "vendor",
    "internal",
    "debug",
    "go/types",
    "go/importer",
    "testdata",
    "syscall/js",
    "runtime/cgo",
    "runtime/race",
    "image",
    "database",
    "simd",
    "unsafe",
    "builtin",
];

fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// Go source for one package: declarations by name, and the packages that they mention.
struct Stub<'v, 'w> {
    view: &'v View<'w>,
    package: &'w Package,
    imports: BTreeSet<String>,
    decls: BTreeMap<String, String>,
    /// Types to write that are not exported, but that what is written mentions.
    todo: Vec<Arc<Named>>,
    unknown: Vec<String>,
}

impl<'w> Stub<'_, 'w> {
    fn ty(&mut self, ty: &Type) -> String {
        match ty {
            Type::Unknown(cause) => {
                self.unknown.push(format!("{cause:?}"));
                "any".into()
            }
            Type::Basic(Basic::UnsafePointer) => {
                self.imports.insert("unsafe".into());
                "unsafe.Pointer".into()
            }
            Type::Basic(basic) => basic.name().into(),
            Type::Untyped(_) => ty.defaulted().to_string(),
            Type::Named(named) => self.named(named),
            Type::Pointer(inner) => format!("*{}", self.ty(inner)),
            Type::Slice(inner) => format!("[]{}", self.ty(inner)),
            Type::Array(length, inner) => format!("[{}]{}", length.unwrap_or(0), self.ty(inner)),
            Type::Map(key, value) => format!("map[{}]{}", self.ty(key), self.ty(value)),
            Type::Chan(ChanDir::Both, inner) => format!("chan {}", self.ty(inner)),
            Type::Chan(ChanDir::Send, inner) => format!("chan<- {}", self.ty(inner)),
            Type::Chan(ChanDir::Receive, inner) => format!("<-chan {}", self.ty(inner)),
            Type::Func(signature) => format!("func{}", self.signature(signature)),
            Type::Struct(fields) => self.fields(fields),
            Type::Interface(interface) => self.interface(interface),
            Type::Tuple(_) => panic!("a tuple is no type"),
            Type::Param(param) => param.name.to_string(),
        }
    }

    fn named(&mut self, named: &Arc<Named>) -> String {
        let args = if named.args.is_empty() { String::new() } else { format!("[{}]", self.list(&named.args)) };
        if named.package == self.package.name {
            if !is_exported(&named.name) {
                self.todo.push(named.clone());
            }
            return format!("{}{args}", named.name);
        }
        let path = &named.package.path;
        self.imports.insert(path.to_string());
        format!("{}.{}{args}", path.replace(['/', '.', '-'], "_"), named.name)
    }

    fn list(&mut self, types: &[Type]) -> String {
        types.iter().map(|ty| self.ty(ty)).collect::<Vec<_>>().join(",")
    }

    fn signature(&mut self, signature: &Signature) -> String {
        let mut params: Vec<_> = signature.params.iter().map(|ty| self.ty(ty)).collect();
        if signature.variadic
            && let Some(last) = params.last_mut()
        {
            *last = format!("...{}", &last[2..]);
        }
        let params = params.join(",");
        match &*signature.results {
            [] => format!("({params})"),
            [one] => format!("({params}) {}", self.ty(one)),
            many => format!("({params}) ({})", self.list(many)),
        }
    }

    fn fields(&mut self, fields: &Struct) -> String {
        let kept: Vec<&Field> = fields.fields.iter().filter(|f| f.embedded || is_exported(&f.name)).collect();
        let fields: Vec<_> = kept
            .into_iter()
            .map(|f| if f.embedded { self.ty(&f.ty) } else { format!("{} {}", f.name, self.ty(&f.ty)) })
            .collect();
        format!("struct{{{}}}", fields.join(";"))
    }

    fn interface(&mut self, interface: &Interface) -> String {
        let mut parts = Vec::new();
        for (name, signature) in &interface.methods {
            // Nobody outside calls or implements the others; that they exist is all that matters.
            parts.push(if is_exported(name) {
                format!("{name}{}", self.signature(signature))
            } else {
                format!("{name}()")
            });
        }
        parts.extend(interface.embedded.iter().map(|ty| self.ty(ty)));
        for union in &interface.unions {
            parts.push(union.iter().map(|ty| format!("~{}", self.ty(ty))).collect::<Vec<_>>().join("|"));
        }
        if parts.is_empty() { "any".into() } else { format!("interface{{{}}}", parts.join(";")) }
    }

    fn params(&mut self, params: &[(Arc<klogmod::go::types::TypeParam>, Type)]) -> String {
        let params: Vec<_> =
            params.iter().map(|(param, constraint)| format!("{} {}", param.name, self.ty(constraint))).collect();
        if params.is_empty() { String::new() } else { format!("[{}]", params.join(",")) }
    }

    fn decl(&mut self, id: DeclId) {
        let name = self.package.name_of(id).to_owned();
        let line = match self.package.decl(id).kind {
            DeclKind::Type => {
                let Some(Type::Named(named)) = self.view.declared_type(self.package, &name) else { return };
                self.type_decl(&named);
                return;
            }
            DeclKind::Alias => {
                let ty = self.view.declared_type(self.package, &name).unwrap();
                let params = self.view.type_params(self.package, id);
                format!("type {name}{} = {}", self.params(&params), self.ty(&ty))
            }
            DeclKind::Func => {
                let signature = self.view.signature(self.package, id).unwrap();
                format!("func {name}{}{}", self.params(&signature.type_params), self.signature(&signature))
            }
            DeclKind::Var => {
                let ty = self.view.value_type(self.package, id);
                format!("var {name} {}", self.ty(&ty))
            }
            DeclKind::Const => {
                let ty = self.view.value_type(self.package, id);
                let value = match (self.view.constant(&self.package.name, &name), ty.defaulted()) {
                    (Some(Constant::Str(text)), _) => format!("{text:?}"),
                    (Some(Constant::Int(_)), Type::Basic(Basic::Int)) if &*self.package.name.path == "syscall" => {
                        return;
                    }
                    (Some(Constant::Int(n)), _) => n.to_string(),
                    (None, Type::Basic(Basic::Float64)) => "0.5".into(),
                    (None, Type::Basic(Basic::Bool)) => "true".into(),
                    (None, Type::Basic(Basic::String)) => "\"\"".into(),
                    _ => "0".into(),
                };
                match ty {
                    Type::Untyped(Untyped::Rune) => format!("const {name} = 'x'"),
                    Type::Untyped(_) => format!("const {name} = {value}"),
                    ty => format!("const {name} {} = {value}", self.ty(&ty)),
                }
            }
            DeclKind::Method => return,
        };
        self.all_known(&name);
        self.decls.insert(name, line);
    }

    /// A type and its exported methods.
    fn type_decl(&mut self, named: &Arc<Named>) {
        if self.decls.contains_key(&*named.name) {
            return;
        }
        self.decls.insert(named.name.to_string(), String::new());
        let id = self.package.lookup(&named.name).unwrap();
        let params = self.view.type_params(self.package, id);
        let generic = self.view.declared_type(self.package, &named.name).unwrap();
        let definition = self.view.underlying(&generic);
        let mut text = format!("type {}{} {}", named.name, self.params(&params), self.ty(&definition));
        let names = params.iter().map(|(param, _)| param.name.to_string()).collect::<Vec<_>>().join(",");
        let names = if names.is_empty() { names } else { format!("[{names}]") };
        for method in self.package.methods_of(&named.name).to_vec() {
            let name = self.package.name_of(method).to_owned();
            if is_exported(&name) {
                let star = if self.package.decl(method).pointer { "*" } else { "" };
                let signature = self.view.signature(self.package, method).unwrap();
                // Methods may name the type's parameters otherwise, but they are numbered alike.
                let signature = self.renamed(&signature, &params);
                write!(text, "\nfunc ({star}{}{names}) {name}{}", named.name, self.signature(&signature)).unwrap();
            }
        }
        self.decls.insert(named.name.to_string(), text);
        self.all_known(&named.name);
    }

    fn all_known(&self, name: &str) {
        assert!(self.unknown.is_empty(), "{}.{name}: {:?}", self.package.name.path, self.unknown);
    }

    fn renamed(&self, signature: &Signature, params: &[(Arc<klogmod::go::types::TypeParam>, Type)]) -> Signature {
        let args: Vec<_> = params.iter().map(|(param, _)| Type::Param(param.clone())).collect();
        signature.for_receiver(&args)
    }

    fn write(mut self) -> String {
        let mut out = String::new();
        while let Some(named) = self.todo.pop() {
            self.type_decl(&named);
        }
        writeln!(out, "package {}\n", self.package.clause).unwrap();
        for import in &self.imports {
            writeln!(out, "import {} \"{import}\"", import.replace(['/', '.', '-'], "_")).unwrap();
        }
        for decl in self.decls.values() {
            writeln!(out, "{decl}").unwrap();
        }
        out
    }
}

fn packages(source: &Path) -> Vec<String> {
    let dirs =
        walkdir::WalkDir::new(source).sort_by_file_name().into_iter().flatten().filter(|e| e.file_type().is_dir());
    let path = |e: walkdir::DirEntry| e.path().strip_prefix(source).unwrap().to_string_lossy().into_owned();
    let is_left_out = |p: &String| {
        LEFT_OUT.iter().any(|left| p == left || p.starts_with(&format!("{left}/")))
            || p.split('/')
                .any(|part| part.starts_with(['_', '.']) || matches!(part, "internal" | "testdata" | "vendor"))
    };
    dirs.map(path).filter(|p| !p.is_empty() && !is_left_out(p)).collect()
}

/// The stubs of all packages as a system sees them, by import path.
fn stubs(source: &Path, os: &str) -> BTreeMap<String, String> {
    let context = BuildContext { os: os.into(), ..BuildContext::default() };
    let world = World::new(source, context, ResolveOptions::default());
    let view = world.view(world.index().default_context());
    let mut stubs = BTreeMap::new();
    for path in packages(source) {
        let name: Arc<PackageName> = world.index().resolver().package_at(&path);
        let Some(package) = view.package(&name) else { continue };
        let mut stub = Stub {
            view: &view,
            package,
            imports: BTreeSet::new(),
            decls: BTreeMap::new(),
            todo: Vec::new(),
            unknown: Vec::new(),
        };
        for id in package.decls().filter(|id| is_exported(package.name_of(*id))).collect::<Vec<_>>() {
            stub.decl(id);
        }
        stubs.insert(path, stub.write());
    }
    stubs
}

/// All packages as Linux sees them, then those that other systems see otherwise.
fn generate(source: &Path) -> String {
    let linux = stubs(source, "linux");
    let mut out: String = linux.iter().map(|(path, stub)| format!("-- {path} --\n{stub}")).collect();
    for os in ["windows", "darwin"] {
        for (path, stub) in stubs(source, os).iter().filter(|(path, stub)| linux.get(*path) != Some(stub)) {
            write!(out, "-- {path}@{os} --\n{stub}").unwrap();
        }
    }
    out
}

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/std.txtar");

#[test]
#[ignore = "needs the sources of the Go that rules/std.txtar is of: GOROOT=DIR, --ignored"]
fn the_standard_library_is_as_its_sources_are() {
    let goroot = std::env::var_os("GOROOT").expect("GOROOT names a Go");
    let fresh = generate(&Path::new(&goroot).join("src"));
    if std::env::var_os("KLOGMOD_BLESS").is_some() {
        std::fs::write(PATH, &fresh).unwrap();
    }
    assert!(std::fs::read_to_string(PATH).unwrap() == fresh, "stale, or of another Go version");
}

#[test]
fn the_standard_library_is_as_the_engine_knows_it() {
    const PARTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/stubs.txtar");
    let text = [PATH, PARTS].map(|path| std::fs::read_to_string(path).unwrap()).join("-- ");
    for part in text.split("-- ").skip(1) {
        let Some((name, source)) = part.split_once(" --\n") else { continue };
        assert!(outline(source.as_bytes()).is_ok(), "{name} has no outline");
    }
}
