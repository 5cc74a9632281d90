//! Runs on a real checkout, which KLOGMOD_CORPUS names: `cargo test --release --test it corpus -- --ignored --nocapture`.

use crate::grammar;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use klogmod::go::index::Imports;
use klogmod::go::module::{BuildContext, ResolveOptions};
use klogmod::go::parse::{ParsedFile, SourceFile, parse, parse_bytes};
use klogmod::go::syntax::body::{ExprKind, parse_decl};
use klogmod::go::syntax::outline::{DeclKind, outline};
use klogmod::go::types::{
    Callee, Cause, FileTypes, Implementer, Implementers, Reach, Scopes, Type, Visitor, World, walk,
};
use klogmod::klog::call::Recognizer;
use klogmod::rule::LogCalls;
use klogmod::text::Span;
use rayon::prelude::*;
use tree_sitter::Node;

fn corpus() -> PathBuf {
    std::env::var_os("KLOGMOD_CORPUS").expect("KLOGMOD_CORPUS names a checkout").into()
}

fn go_files(root: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
    files
        .filter(|f| f.file_type().is_file())
        .map(|f| f.into_path())
        .filter(|p| p.extension().is_some_and(|e| e == "go"))
        .collect()
}

#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn outlines_and_bodies_agree_with_the_grammar() {
    let root = corpus();
    let (mut files, mut bytes, mut bad) = (0, 0, 0);
    for path in go_files(&root) {
        let source = std::fs::read(&path).unwrap();
        files += 1;
        bytes += source.len();
        if let Err(what) = grammar::compare(&source) {
            bad += 1;
            eprintln!("{}: {what}", path.display());
        }
    }
    assert_eq!(bad, 0, "of {files} files, {bytes} bytes");
}

/// Outlines and bodies take a small part of the time that trees take.
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn outlines_and_bodies_are_cheap() {
    let root = corpus();
    let sources: Vec<_> = go_files(&root).iter().map(|path| std::fs::read(path).unwrap()).collect();
    let megabytes = sources.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    let time = |what: &str, run: &dyn Fn(&[u8])| {
        let clock = cpu();
        sources.iter().for_each(|source| run(source));
        let rate = megabytes / (cpu() - clock).max(0.01);
        eprintln!("{what}: {rate:.0} MB/s");
        rate
    };
    let outlines = time("outlines", &|source| drop(outline(source)));
    let bodies = time("outlines and bodies", &|source| {
        let Ok(outline) = outline(source) else { return };
        outline.decls.iter().for_each(|decl| drop(parse_decl(source, decl.span.0 as usize)));
    });
    let trees = time("trees", &|source| drop(parse_bytes(source)));
    // They are there because they cost a hundredth and a twentieth of a tree.
    assert!(outlines > 20.0 * trees, "outlines {outlines:.0} MB/s, trees {trees:.0} MB/s");
    assert!(bodies > 5.0 * trees, "outlines and bodies {bodies:.0} MB/s, trees {trees:.0} MB/s");
}

/// One operand of a klog call.
struct Operand {
    path: String,
    line: u32,
    col: u32,
    text: String,
    ty: Type,
}

struct Operands<'a, 'f> {
    file: &'f ParsedFile,
    recognizer: Recognizer<'a>,
    types: Option<FileTypes<'a, 'f>>,
    found: Vec<Operand>,
    /// Visible local names: known, unknown.
    bindings: [usize; 2],
    /// Those that the body does not know.
    odd: Vec<String>,
}

impl<'t> Visitor<'t> for Operands<'_, '_> {
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let Some(call) = self.recognizer.call(node, scopes) else { return };
        if let Some(types) = &self.types {
            for binding in scopes.visible() {
                let ty = types.type_of_binding(binding);
                self.bindings[usize::from(ty.is_unknown())] += 1;
                if ty == Type::Unknown(Cause::Undeclared) || ty == Type::Unknown(Cause::None) {
                    let line = self.file.position(node).line;
                    self.odd.push(format!("{}:{line}: {} {ty:?}", self.file.source.path, binding.name));
                }
            }
        }
        for arg in call.parts.values() {
            let ty = self.types.as_ref().map_or(Type::default(), |types| types.type_of(arg));
            let place = self.file.position(arg);
            let (path, text) = (self.file.source.path.to_string(), self.file.text(arg).to_owned());
            self.found.push(Operand { path, line: place.line, col: place.col, text, ty });
        }
    }
}

fn klog_files(root: &Path, rules: &LogCalls, tests: bool) -> Vec<ParsedFile> {
    let wanted = |p: &PathBuf| {
        let rel = p.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        !rel.starts_with("vendor/") && !rel.contains("third_party/") && (tests || !rel.ends_with("_test.go"))
    };
    let files: Vec<_> = go_files(root).into_iter().filter(wanted).collect();
    let parse = |path: &PathBuf| {
        let bytes = std::fs::read(path).ok().filter(|b| rules.are_in(b))?;
        let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        parse(SourceFile { path: path.into(), bytes: bytes.into() }).ok()
    };
    files.par_iter().filter_map(parse).collect()
}

static BINDINGS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

fn operands(files: &[ParsedFile], rules: &LogCalls, world: Option<&World>) -> Vec<Operand> {
    let of_file = |file: &ParsedFile| {
        let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
        let recognizer = Recognizer::new(rules, file, &imports, &|_| None);
        let types = world.map(|world| world.file(file));
        let mut visitor = Operands { file, recognizer, types, found: Vec::new(), bindings: [0; 2], odd: Vec::new() };
        walk(file.tree.root_node(), &file.source.bytes, &mut visitor).unwrap();
        visitor.odd.iter().take(3).for_each(|odd| eprintln!("    binding {odd}"));
        BINDINGS[0].fetch_add(visitor.bindings[0], Ordering::Relaxed);
        BINDINGS[1].fetch_add(visitor.bindings[1], Ordering::Relaxed);
        visitor.found
    };
    files.par_iter().flat_map_iter(of_file).collect()
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap().to_owned();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn operands_have_known_types() {
    let root = corpus();
    let tests = std::env::var_os("KLOGMOD_TESTS").is_some();
    let rules: LogCalls = toml::from_str(include_str!("../../rules/log_calls.toml")).unwrap();
    let clock = cpu();
    let files = klog_files(&root, &rules, tests);
    eprintln!("read and parsed {} files: {:.2} s CPU, peak {} MiB", files.len(), cpu() - clock, peak_mib());
    let clock = cpu();
    operands(&files, &rules, None);
    eprintln!("walked without types: {:.2} s CPU, peak {} MiB", cpu() - clock, peak_mib());
    let clock = cpu();
    let world = World::new(&root, BuildContext::default(), ResolveOptions::default());
    let found = operands(&files, &rules, Some(&world));
    eprintln!("walked with types: {:.2} s CPU, peak {} MiB, {:?}", cpu() - clock, peak_mib(), world.index().stats());
    let known = found.iter().filter(|o| !o.ty.is_unknown()).count();
    eprintln!("{} operands, {known} known: {:.2} %", found.len(), 100.0 * known as f64 / found.len().max(1) as f64);
    eprintln!("names visible at calls, known and unknown: {BINDINGS:?}");
    let mut causes: BTreeMap<Cause, Vec<&Operand>> = BTreeMap::new();
    for operand in &found {
        if let Type::Unknown(cause) = operand.ty {
            causes.entry(cause).or_default().push(operand);
        }
    }
    let count = |causes: &BTreeMap<Cause, Vec<&Operand>>| causes.values().map(Vec::len).sum::<usize>();
    let missing = causes.get(&Cause::MissingPackage).map_or(0, Vec::len);
    let own_fault = count(&causes) - missing;
    for (cause, operands) in causes {
        eprintln!("{cause:?}: {}", operands.len());
        let step = (operands.len() / 12).max(1);
        for o in operands.iter().step_by(step).take(12) {
            eprintln!("    {}:{}:{} {}", o.path, o.line, o.col, o.text);
        }
    }
    if let Some(out) = std::env::var_os("KLOGMOD_OUT") {
        let line = |o: &Operand| {
            format!("{}\t{}\t{}\t{}\t{}\n", o.path, o.line, o.col, o.ty.defaulted(), o.text.replace(['\n', '\t'], " "))
        };
        std::fs::write(out, found.iter().map(line).collect::<String>()).unwrap();
    }
    // What a package that is not there would tell is nobody's fault.
    assert!(!found.is_empty() && 200 * own_fault <= found.len(), "{own_fault} of {} operands are unknown", found.len());
}

fn callee(callee: &Callee) -> String {
    match callee {
        Callee::Function { package, name } => format!("func {}.{name}", package.path),
        Callee::Method { receiver, name, pointer } => {
            format!("method {}{}.{}.{name}", if *pointer { "*" } else { "" }, receiver.package.path, receiver.name)
        }
        Callee::InterfaceMethod { name, .. } => format!("interface {name}"),
        Callee::Literal(_) => "literal".into(),
        Callee::Value { .. } => "value".into(),
        Callee::Builtin(name) => format!("builtin {name}"),
        Callee::Conversion(ty) => format!("conversion {ty}"),
        Callee::Unknown(_) => "?".into(),
    }
}

/// What is asked about an expression's type, answered once for each type.
fn queries(types: &FileTypes<'_, '_>, span: Span, answers: &mut HashMap<Type, String>) -> String {
    let ty = types.type_at(span).defaulted();
    let view = types.view();
    let ask = || {
        let show = |reach: Option<Reach>| reach.map_or("?".into(), |reach| format!("{reach:?}"));
        format!("{} {} {}", show(view.error_reach(&ty)), show(view.string_method(&ty)), show(view.api_object(&ty)))
    };
    let reaches = answers.entry(ty.clone()).or_insert_with(ask);
    format!("{reaches} {} {}", types.is_addressable_at(span), types.is_constant_at(span))
}

/// Compares with what go/types says: lines `F path`, then `kind start end type` for each of its expressions, where the
/// kind is E (a value), K (a constant), T (a type), C (a call: what it calls) or Q (whether it is an error, a Stringer,
/// an API object, addressable, constant).
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn types_agree_with_go() {
    let (root, truth) = (corpus(), std::env::var_os("KLOGMOD_TRUTH").expect("KLOGMOD_TRUTH names a file"));
    let truth = std::fs::read_to_string(truth).unwrap();
    let world = World::new(&root, BuildContext::default(), ResolveOptions::default());
    let clock = cpu();
    let parts: Vec<&str> = truth.split("F\t").skip(1).collect();
    // Per kind: agreed, not known, a constant without a type, wrong, no such expression.
    type Counts = BTreeMap<String, [usize; 5]>;
    let of_file = |part: &&str| -> (Counts, Vec<String>) {
        let (mut counts, mut wrong) = (Counts::new(), Vec::new());
        let (path, lines) = part.split_once('\n').unwrap();
        let source = std::fs::read(root.join(path)).unwrap();
        let types = world.file_at(path, &source);
        let text = String::from_utf8_lossy(&source);
        let mut answers = HashMap::new();
        for line in lines.lines() {
            let fields: Vec<_> = line.splitn(4, '\t').collect();
            let [kind, start, end, want] = fields[..] else { continue };
            if want.contains("invalid type") || want == "?" {
                continue;
            }
            let span = Span::new(start.parse().unwrap(), end.parse().unwrap());
            // What a constant without a type is, its surroundings decide.
            let ty = if kind == "C" { Type::Tuple([].into()) } else { types.type_at(span) };
            let have = match kind {
                "C" => callee(&types.callee_at(span)),
                "Q" => queries(&types, span, &mut answers),
                _ => ty.to_string(),
            };
            // Go gives `v, ok := m[k]` both types.
            let with_ok = want.strip_prefix('(').and_then(|w| w.strip_suffix(", bool)"));
            let slot = match () {
                () if have == want || Some(have.as_str()) == with_ok => 0,
                () if matches!(ty, Type::Untyped(_)) => 2,
                () if ty == Type::Unknown(Cause::None) => 4,
                () if have.contains('?') => 1,
                () => 3,
            };
            counts.entry(kind.to_owned()).or_default()[slot] += 1;
            if slot == 3 || (matches!(slot, 1 | 4) && kind != "T" && std::env::var_os("KLOGMOD_UNKNOWN").is_some()) {
                let line = text[..span.start].matches('\n').count() + 1;
                let code: String = text[span.start..span.end].chars().take(90).collect();
                wrong.push(format!("{kind} {path}:{line}: {:?}\n      go {want}\n    have {have}", code));
            }
        }
        (counts, wrong)
    };
    let all: Vec<_> = parts.par_iter().map(of_file).collect();
    let mut total = Counts::new();
    for (counts, _) in &all {
        for (kind, numbers) in counts {
            let sum = total.entry(kind.clone()).or_default();
            sum.iter_mut().zip(numbers).for_each(|(a, b)| *a += b);
        }
    }
    let wrong: Vec<_> = all.iter().flat_map(|(_, wrong)| wrong).collect();
    for line in wrong.iter().step_by((wrong.len() / 60).max(1)).take(60) {
        eprintln!("{line}");
    }
    eprintln!("{} files, {:.1} s CPU; agreed, unknown, untyped, wrong, absent: {total:?}", parts.len(), cpu() - clock);
    if let Some(out) = std::env::var_os("KLOGMOD_OUT") {
        std::fs::write(out, wrong.iter().map(|s| format!("{s}\n")).collect::<String>()).unwrap();
    }
    let (agreed, wrong) = total.values().fold((0, 0), |(agreed, wrong), n| (agreed + n[0], wrong + n[3]));
    assert!(agreed > 100 * wrong, "{agreed} agreed, {wrong} are wrong");
}

/// Nearly every call of a tree with its vendored packages is resolved; also what a call graph costs at least.
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn calls_are_resolved() {
    let root = corpus();
    let wanted = |p: &PathBuf| {
        let rel = p.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        !rel.starts_with("vendor/") && !rel.contains("third_party/") && !rel.ends_with("_test.go")
    };
    let files: Vec<_> = go_files(&root).into_iter().filter(wanted).collect();
    let clock = cpu();
    let world = World::new(&root, BuildContext::default(), ResolveOptions::default());
    let of_file = |path: &PathBuf| {
        let mut counts = BTreeMap::<&'static str, usize>::new();
        let rel = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let source = std::fs::read(path).unwrap();
        let types = world.file_at(&rel, &source);
        for body in types.bodies() {
            for (id, expr) in body.body().exprs() {
                if let ExprKind::Call { .. } = expr.kind {
                    let what = match body.callee(id) {
                        Callee::Function { .. } => "function",
                        Callee::Method { .. } => "method",
                        Callee::InterfaceMethod { .. } => "interface method",
                        Callee::Literal(_) => "literal",
                        Callee::Value { .. } => "value",
                        Callee::Builtin(_) => "builtin",
                        Callee::Conversion(_) => "conversion",
                        Callee::Unknown(_) => "unknown",
                    };
                    *counts.entry(what).or_default() += 1;
                }
            }
        }
        counts
    };
    let all: Vec<_> = files.par_iter().map(of_file).collect();
    let mut total = BTreeMap::<&str, usize>::new();
    all.into_iter().flatten().for_each(|(what, n)| *total.entry(what).or_default() += n);
    eprintln!(
        "{} files: {:.2} s CPU, peak {} MiB; {total:?}; {:?}",
        files.len(),
        cpu() - clock,
        peak_mib(),
        world.index().stats()
    );
    let (calls, unknown) = (total.values().sum::<usize>(), total.get("unknown").copied().unwrap_or(0));
    assert!(calls > 0 && 100 * unknown <= calls, "{unknown} of {calls} calls are not resolved; is the tree vendored?");
}

/// Compares with what go/types says which types implement which interfaces: KLOGMOD_PACKAGES names directories (`path`,
/// tab, `dir`), KLOGMOD_IMPLS lists `interface`, `type`, and `v` (its values do) or `p` (pointers to them do).
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn implementations_agree_with_go() {
    let (root, packages) = (corpus(), std::env::var_os("KLOGMOD_PACKAGES").expect("KLOGMOD_PACKAGES names a file"));
    let lines = |path: std::ffi::OsString| -> BTreeSet<String> {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    };
    let want = lines(std::env::var_os("KLOGMOD_IMPLS").unwrap());
    let world = World::new(&root, BuildContext::default(), ResolveOptions::default());
    let view = world.view(world.index().default_context());
    let (mut interfaces, mut types) = (Vec::new(), Vec::new());
    for line in lines(packages) {
        let name = world.index().resolver().package_at(line.split('\t').nth(1).unwrap());
        let Some(package) = view.package(&name) else { continue };
        for id in package.decls().filter(|id| package.decl(*id).kind == DeclKind::Type) {
            let ty = view.declared_type(package, package.name_of(id)).unwrap();
            if !view.type_params(package, id).is_empty() {
                continue;
            }
            if let Type::Interface(interface) = view.underlying(&ty)
                && !view.interface_methods(&interface).is_empty()
            {
                interfaces.push(ty.clone());
            }
            types.push(ty);
        }
    }
    let clock = cpu();
    let implementers = Implementers::new(&view, types.iter().cloned());
    let of_interface = |interface: &Type| {
        let view = world.view(world.index().default_context());
        let show =
            |found: Implementer<'_>| format!("{interface}\t{}\t{}", found.ty, if found.by_pointer { "p" } else { "v" });
        implementers.of(&view, interface).into_iter().map(show).collect::<Vec<_>>()
    };
    let have: BTreeSet<_> = interfaces.par_iter().flat_map_iter(of_interface).collect();
    // Interfaces implement interfaces, but no value has one for its type.
    let names: BTreeSet<_> = interfaces.iter().map(Type::to_string).collect();
    let is_concrete = |line: &String| !names.contains(line.split('\t').nth(1).unwrap());
    let want: BTreeSet<_> = want.into_iter().filter(is_concrete).collect();
    let (missing, extra) = (want.difference(&have).count(), have.difference(&want).count());
    want.difference(&have).take(15).for_each(|line| eprintln!("only go: {line}"));
    have.difference(&want).take(15).for_each(|line| eprintln!("only here: {line}"));
    eprintln!(
        "{} interfaces, {} types: {} implementations agreed, {missing} missing, {extra} extra; {:.2} s CPU",
        interfaces.len(),
        types.len(),
        want.intersection(&have).count(),
        cpu() - clock
    );
    assert!(100 * (missing + extra) <= want.len(), "{missing} missing, {extra} extra of {}", want.len());
}
