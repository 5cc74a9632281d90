//! Runs on a real checkout, which KLOGMOD_CORPUS names; does nothing without it. `cargo test --release --test corpus
//! -- --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use klogmod::callsite::Recognizer;
use klogmod::index::Imports;
use klogmod::module::{BuildContext, ResolveOptions};
use klogmod::parse::{ParsedFile, SourceFile, mentions_klog, parse};
use klogmod::rule::LogCalls;
use klogmod::text::Span;
use klogmod::types::{Callee, Cause, FileTypes, Scopes, Type, Visitor, World, walk};
use rayon::prelude::*;

use klogmod::parse::{first_error, parse_bytes};
use klogmod::syntax::body::{ExprKind, parse_decl};
use klogmod::syntax::outline::{DeclKind, Outline, outline};
use klogmod::syntax::{self, Children, kind, named_children};
use tree_sitter::Node;

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("KLOGMOD_CORPUS");
    if root.is_none() {
        eprintln!("KLOGMOD_CORPUS is not set: nothing to do");
    }
    root.map(Into::into)
}

fn go_files(root: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
    files
        .filter(|f| f.file_type().is_file())
        .map(|f| f.into_path())
        .filter(|p| p.extension().is_some_and(|e| e == "go"))
        .collect()
}

/// Names that the grammar's tree declares at the top of a file.
fn declared(root: Node<'_>, source: &[u8]) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    let mut add = |node: Node<'_>| {
        for name in syntax::children_by_field(node, syntax::field::NAME).filter(|n| n.is_named()) {
            names.push((name.start_byte(), syntax::text(name, source).to_owned()));
        }
    };
    for decl in named_children(root) {
        match decl.kind_id() {
            kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION => add(decl),
            kind::TYPE_DECLARATION | kind::CONST_DECLARATION => named_children(decl).for_each(&mut add),
            kind::VAR_DECLARATION => named_children(decl).for_each(|spec| {
                if spec.kind_id() == kind::VAR_SPEC_LIST { named_children(spec).for_each(&mut add) } else { add(spec) }
            }),
            _ => {}
        }
    }
    names
}

fn outlined(outline: &Outline) -> Vec<(usize, String)> {
    outline.decls.iter().map(|d| (d.at as usize, outline.text(d.name).to_owned())).collect()
}

/// Spans of calls, selectors and literals in the grammar's tree.
fn spans(node: Node<'_>, found: &mut BTreeSet<(usize, usize, &'static str)>) {
    let what = match node.kind_id() {
        kind::CALL_EXPRESSION | kind::TYPE_CONVERSION_EXPRESSION => "call",
        kind::SELECTOR_EXPRESSION => "selector",
        kind::COMPOSITE_LITERAL => "literal",
        kind::BINARY_EXPRESSION => "binary",
        kind::FUNC_LITERAL => "func",
        _ => "",
    };
    if !what.is_empty() {
        found.insert((node.start_byte(), node.end_byte(), what));
    }
    // An array's length is part of a type, which a body does not look into.
    let skip = if node.kind_id() == kind::ARRAY_TYPE { node.child_by_field_id(syntax::field::LENGTH) } else { None };
    Children::new(node).filter(|child| Some(*child) != skip).for_each(|child| spans(child, found));
}

fn body_spans(source: &[u8], outline: &Outline) -> Result<BTreeSet<(usize, usize, &'static str)>, usize> {
    let mut found = BTreeSet::new();
    let starts: BTreeSet<_> = outline
        .decls
        .iter()
        .filter(|d| !matches!(d.kind, DeclKind::Type | DeclKind::Alias))
        .map(|d| d.span.0)
        .collect();
    for start in starts {
        let body = parse_decl(source, start as usize).map_err(|e| e.0)?;
        for (_, expr) in body.exprs() {
            let what = match expr.kind {
                ExprKind::Call { .. } => "call",
                ExprKind::Selector { .. } => "selector",
                ExprKind::Composite { ty: Some(_), .. } => "literal",
                ExprKind::Binary(..) => "binary",
                ExprKind::Func { .. } => "func",
                _ => continue,
            };
            found.insert((expr.range.0 as usize, expr.range.1 as usize, what));
        }
    }
    Ok(found)
}

#[test]
fn outlines_and_bodies_agree_with_the_grammar() {
    let Some(root) = corpus() else { return };
    let (mut files, mut bad, mut seconds) = (0, 0, [0.0; 3]);
    let mut bytes = 0;
    for path in go_files(&root) {
        let source = std::fs::read(&path).unwrap();
        let clock = std::time::Instant::now();
        let tree = parse_bytes(&source).unwrap();
        seconds[0] += clock.elapsed().as_secs_f64();
        if first_error(tree.root_node()).is_some() {
            continue;
        }
        files += 1;
        bytes += source.len();
        let clock = std::time::Instant::now();
        let outline = outline(&source);
        seconds[1] += clock.elapsed().as_secs_f64();
        let mut complain = |what: String| {
            bad += 1;
            if bad < 40 {
                eprintln!("{}: {what}", path.display());
            }
        };
        let outline = match outline {
            Ok(outline) => outline,
            Err(error) => {
                complain(format!("no outline: byte {}", error.0));
                continue;
            }
        };
        let (want, have) = (declared(tree.root_node(), &source), outlined(&outline));
        if want != have {
            complain(format!("declarations differ: {:?}", want.iter().zip(&have).find(|(a, b)| a != b)));
        }
        let clock = std::time::Instant::now();
        let have = body_spans(&source, &outline);
        seconds[2] += clock.elapsed().as_secs_f64();
        let mut want = BTreeSet::new();
        for decl in named_children(tree.root_node())
            .filter(|d| !matches!(d.kind_id(), kind::TYPE_DECLARATION | kind::IMPORT_DECLARATION))
        {
            spans(decl, &mut want);
        }
        // The grammar takes `*(*T)(x)` for a conversion to `*(*T)`, and calls a literal's qualified type no selector.
        want.retain(|(start, _, what)| *what != "call" || source[*start] != b'*');
        let have = have.map(|mut have| {
            have.retain(|s| {
                want.contains(s)
                    || !(s.2 == "selector" || source[s.0..].starts_with(b"(*") || source[s.0..].starts_with(b"(**"))
            });
            have
        });
        match have {
            Err(at) => complain(format!("no body: byte {at}")),
            Ok(have) if have != want => {
                let text = |s: Option<&(usize, usize, &str)>| {
                    s.map(|s| format!("{} {:?}", s.2, String::from_utf8_lossy(&source[s.0..s.1.min(s.0 + 80)])))
                };
                complain(format!(
                    "expressions differ: only tree {:?}, only body {:?}",
                    text(want.difference(&have).next()),
                    text(have.difference(&want).next())
                ));
            }
            Ok(_) => {}
        }
    }
    eprintln!(
        "{files} files, {bytes} bytes, {bad} disagreements; seconds: tree {:.1}, outline {:.2}, bodies {:.2}",
        seconds[0], seconds[1], seconds[2]
    );
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
}

impl<'t> Visitor<'t> for Operands<'_, '_> {
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let Some(call) = self.recognizer.call(node, scopes) else { return };
        for arg in call.args {
            let ty = self.types.as_ref().map_or(Type::default(), |types| types.type_of(arg));
            let place = self.file.position(arg);
            let (path, text) = (self.file.source.path.to_string(), self.file.text(arg).to_owned());
            self.found.push(Operand { path, line: place.line, col: place.col, text, ty });
        }
    }
}

fn klog_files(root: &Path, tests: bool) -> Vec<ParsedFile> {
    let wanted = |p: &PathBuf| {
        let rel = p.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        !rel.starts_with("vendor/") && !rel.contains("third_party/") && (tests || !rel.ends_with("_test.go"))
    };
    let files: Vec<_> = go_files(root).into_iter().filter(wanted).collect();
    let parse = |path: &PathBuf| {
        let bytes = std::fs::read(path).ok().filter(|b| mentions_klog(b))?;
        let path = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        parse(SourceFile { path: path.into(), bytes: bytes.into() }).ok()
    };
    files.par_iter().filter_map(parse).collect()
}

fn operands(files: &[ParsedFile], rules: &LogCalls, world: Option<&World>) -> Vec<Operand> {
    let of_file = |file: &ParsedFile| {
        let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
        let recognizer = Recognizer::new(rules, file, &imports);
        let types = world.map(|world| world.file(file));
        let mut visitor = Operands { file, recognizer, types, found: Vec::new() };
        walk(file.tree.root_node(), &file.source.bytes, &mut visitor).unwrap();
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
fn operands_have_known_types() {
    let Some(root) = corpus() else { return };
    let tests = std::env::var_os("KLOGMOD_TESTS").is_some();
    let rules: LogCalls = toml::from_str(include_str!("../rules/log_calls.toml")).unwrap();
    let clock = cpu();
    let files = klog_files(&root, tests);
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
    let mut causes: BTreeMap<Cause, Vec<&Operand>> = BTreeMap::new();
    for operand in &found {
        if let Type::Unknown(cause) = operand.ty {
            causes.entry(cause).or_default().push(operand);
        }
    }
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

/// Compares with what go/types says: lines `F path`, then `kind start end type` for each of its expressions, where the
/// kind is E (a value), K (a constant), T (a type) or C (a call: what it calls).
#[test]
fn types_agree_with_go() {
    let (Some(root), Some(truth)) = (corpus(), std::env::var_os("KLOGMOD_TRUTH")) else { return };
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
        for line in lines.lines() {
            let fields: Vec<_> = line.splitn(4, '\t').collect();
            let [kind, start, end, want] = fields[..] else { continue };
            if want.contains("invalid type") || want == "?" {
                continue;
            }
            let span = Span::new(start.parse().unwrap(), end.parse().unwrap());
            let ty = if kind == "C" { Type::Tuple([].into()) } else { types.type_at(span) };
            let have = if kind == "C" { callee(&types.callee_at(span)) } else { ty.to_string() };
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
}

/// What every call of the tree calls: what a call graph costs at least.
#[test]
fn calls_are_resolved() {
    let Some(root) = corpus() else { return };
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
}
