//! The cases in fixtures/types: Go modules whose comments say what their expressions are. See the README there.

use std::collections::BTreeMap;
use std::path::Path;

use klogmod::go::module::{BuildContext, ResolveOptions};
use klogmod::go::parse::{ParsedFile, SourceFile, parse};
use klogmod::go::syntax::kind;
use klogmod::go::types::{Callee, FileTypes, Reach, Referent, Scopes, Type, Visitor, World, walk};
use klogmod::text::Span;
use rayon::prelude::*;
use tree_sitter::Node;

/// Files of a txtar archive, by path.
fn txtar(text: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut path = None;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("-- ").and_then(|l| l.trim_end().strip_suffix(" --")) {
            path = Some(name.to_owned());
            files.insert(name.to_owned(), String::new());
        } else if let Some(path) = &path {
            files.get_mut(path).unwrap().push_str(line);
        }
    }
    files
}

/// The archives in fixtures/types, by name.
fn fixtures() -> Vec<(String, BTreeMap<String, String>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/types");
    let entries = walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().flatten();
    let read = |entry: walkdir::DirEntry| {
        let name = entry.path().file_name()?.to_str()?.strip_suffix(".txtar")?.to_owned();
        Some((name, txtar(&std::fs::read_to_string(entry.path()).ok()?)))
    };
    entries.filter_map(read).collect()
}

fn unpack(files: &BTreeMap<String, String>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// What a comment expects, and the line of the code that it speaks of.
struct Expected<'s> {
    line: usize,
    what: &'s str,
    expr: &'s str,
    value: &'s str,
}

const KINDS: [&str; 12] = [
    "type",
    "bound",
    "call",
    "refers",
    "error",
    "object",
    "objects",
    "stringer",
    "addressable",
    "constant",
    "string",
    "implements",
];

fn expected(source: &str) -> Vec<Expected<'_>> {
    let mut found = Vec::new();
    let mut code_line = 0;
    for (index, line) in source.lines().enumerate() {
        if !line.trim_start().starts_with("//") {
            code_line = index + 1;
        }
        let Some((what, rest)) = line.rsplit_once("// ").and_then(|(_, comment)| comment.split_once(": ")) else {
            continue;
        };
        if KINDS.contains(&what) {
            let (expr, value) = rest.rsplit_once(" = ").unwrap_or_else(|| panic!("no value: {line}"));
            found.push(Expected { line: code_line, what, expr: expr.trim(), value: value.trim() });
        }
    }
    found
}

/// Spans of the nodes on each line, and what a name is bound to at the end of a line.
struct Nodes<'a, 'w, 'f> {
    file: &'f ParsedFile,
    types: &'a FileTypes<'w, 'f>,
    spans: Vec<(usize, Span)>,
    bound: BTreeMap<(usize, String), Type>,
}

impl<'t> Visitor<'t> for Nodes<'_, '_, '_> {
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let line = self.file.position(node).line as usize;
        if node.kind_id() != kind::EXPRESSION_LIST && node.kind_id() != kind::LITERAL_ELEMENT {
            self.spans.push((line, node.byte_range().into()));
        }
        for binding in scopes.visible() {
            self.bound.insert((line, binding.name.to_owned()), self.types.type_of_binding(binding));
        }
    }
}

fn show(ty: &Type) -> String {
    match ty {
        Type::Unknown(cause) => format!("? {}", serde_json::to_value(cause).unwrap().as_str().unwrap()),
        other => other.to_string(),
    }
}

fn show_callee(callee: &Callee) -> String {
    match callee {
        Callee::Function { package, name } => format!("func {}.{name}", package.path),
        Callee::Method { receiver, name, pointer } => method(&receiver.package.path, &receiver.name, name, *pointer),
        Callee::InterfaceMethod { interface, name } => format!("interface {interface}.{name}"),
        Callee::Literal(_) => "literal".into(),
        Callee::Value { .. } => "value".into(),
        Callee::Builtin(name) => format!("builtin {name}"),
        Callee::Conversion(ty) => format!("conversion {ty}"),
        Callee::Unknown(_) => "?".into(),
    }
}

fn method(package: &str, receiver: &str, name: &str, pointer: bool) -> String {
    format!("method {}{package}.{receiver}.{name}", if pointer { "*" } else { "" })
}

fn show_referent(referent: Referent) -> String {
    match referent {
        Referent::Function { package, name } => format!("func {}.{name}", package.path),
        Referent::Variable { package, name } => format!("var {}.{name}", package.path),
        Referent::Method { receiver, name, pointer } => method(&receiver.package.path, &receiver.name, &name, pointer),
        Referent::InterfaceMethod { interface, name } => format!("interface {interface}.{name}"),
        Referent::Field { of, name } => format!("field {of}.{name}"),
        Referent::Local(_) => "local".into(),
        Referent::Literal(_) => "literal".into(),
        Referent::Builtin(name) => format!("builtin {name}"),
        Referent::Type(ty) => format!("type {ty}"),
        Referent::Package(package) => format!("package {}", package.path),
        Referent::None => "none".into(),
    }
}

fn show_reach(reach: Option<Reach>) -> String {
    match reach {
        Some(Reach::AsIs) => "as-is",
        Some(Reach::ByAddress) => "by-address",
        Some(Reach::No) => "no",
        None => "?",
    }
    .into()
}

fn referent_at(types: &FileTypes<'_, '_>, span: Span) -> Referent {
    for body in types.bodies() {
        for (id, expr) in body.body().exprs() {
            if (expr.range.0 as usize, expr.range.1 as usize) == (span.start, span.end) {
                return body.referent(id);
            }
        }
    }
    Referent::None
}

fn answer(file: &ParsedFile, types: &FileTypes<'_, '_>, expected: &Expected<'_>, nodes: &Nodes<'_, '_, '_>) -> String {
    let Expected { line, what, expr, .. } = expected;
    if *what == "bound" {
        let ty = nodes.bound.get(&(*line, (*expr).to_owned()));
        return ty.map_or("not bound".into(), show);
    }
    let (expr, interface) = match expr.rsplit_once(", ") {
        Some((expr, interface)) if *what == "implements" => (expr, interface),
        _ => (*expr, ""),
    };
    let is_it = |(at, span): &&(usize, Span)| at == line && span.of(&file.source.bytes) == expr.as_bytes();
    let Some((_, span)) = nodes.spans.iter().rfind(is_it) else { return "no such expression".into() };
    let node = file.tree.root_node().descendant_for_byte_range(span.start, span.end).unwrap();
    assert_eq!(Span::from(node.byte_range()), *span);
    let (ty, view) = (types.type_of(node), types.view());
    match *what {
        "type" => show(&ty),
        "call" => show_callee(&types.callee(node)),
        "refers" => show_referent(referent_at(types, *span)),
        "error" => show_reach(view.error_reach(&ty)),
        "object" => show_reach(view.api_object(&ty)),
        "objects" => show_reach(view.slice_of_api_objects(&ty)),
        "stringer" => show_reach(view.string_method(&ty)),
        "addressable" => types.is_addressable(node).to_string(),
        "constant" => types.is_constant(node).to_string(),
        "string" => types.string_of(node).map_or("none".into(), |text| format!("{text:?}")),
        "implements" => {
            let (package, name) = interface.rsplit_once('.').unwrap();
            let own = types.package().unwrap();
            let package = if *own.name.path == *package {
                own
            } else {
                view.package(&view.world().index().resolver().resolve(&own.name, package)).unwrap()
            };
            let interface = view.declared_type(package, name).unwrap();
            view.implements(&ty, &interface).map_or("?".into(), |yes| yes.to_string())
        }
        other => panic!("{other}"),
    }
}

fn check(name: &str, files: &BTreeMap<String, String>) -> (usize, Vec<String>) {
    let dir = unpack(files);
    let world = World::new(dir.path(), BuildContext::default(), ResolveOptions::default());
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".go")) {
        let source = SourceFile { path: path.as_str().into(), bytes: text.as_bytes().into() };
        let file = parse(source).unwrap_or_else(|d| panic!("{name}: {d}"));
        let types = world.file(&file);
        let mut nodes = Nodes { file: &file, types: &types, spans: Vec::new(), bound: BTreeMap::new() };
        walk(file.tree.root_node(), text.as_bytes(), &mut nodes).unwrap();
        for expected in expected(text) {
            count += 1;
            let have = answer(&file, &types, &expected, &nodes);
            if have != expected.value {
                let Expected { line, what, expr, value } = expected;
                wrong.push(format!("{name}: {path}:{line}: {what}: {expr}\n  want {value}\n  have {have}"));
            }
        }
    }
    (count, wrong)
}

#[test]
fn expressions_are_what_the_fixtures_say() {
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, files) in fixtures() {
        let found = check(&name, &files);
        assert!(found.0 > 0, "{name} expects nothing");
        count += found.0;
        wrong.extend(found.1);
    }
    assert!(wrong.is_empty(), "{} of {count} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// Types of everything in one file of a module of its own.
fn all_types(source: &str) -> Vec<String> {
    let dir = unpack(&BTreeMap::from([("go.mod".into(), "module m\n".into()), ("a.go".into(), source.to_owned())]));
    let world = World::new(dir.path(), BuildContext::default(), ResolveOptions::default());
    let types = world.file_at("a.go", source.as_bytes());
    let mut found = Vec::new();
    for body in types.bodies() {
        for (id, expr) in body.body().exprs() {
            let ty = body.type_of(id);
            let view = types.view();
            let _ =
                (view.api_object(&ty), view.method_names(&ty), view.opaque(&ty), body.callee(id), body.referent(id));
            if found.len() < 20 {
                let _ = types.visible(Span::new(expr.range.0 as usize, expr.range.1 as usize)).len();
            }
            found.push(format!("{ty:.200}"));
        }
        body.body().locals().for_each(|(id, _)| drop(body.type_of_local(id)));
    }
    found
}

/// CPU seconds of this thread, on systems that say them: where others are busy, the clock on the wall is about them.
fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9)
}

#[test]
fn hostile_code_ends_in_unknown_not_in_a_crash() {
    let lines = |n: usize, line: &dyn Fn(usize) -> String| (0..n).map(line).collect::<String>();
    let body = |text: String| {
        format!("package m\nfunc pair[T any](a, b T) map[*T]struct{{ a, b T }} {{ panic(0) }}\nfunc f() {{\n{text}}}\n")
    };
    let cases = [
        body("x0 := 1\n".to_owned() + &lines(20_000, &|n| format!("x{} := &x{n}\n", n + 1))),
        body("x0 := 1\n".to_owned() + &lines(5_000, &|n| format!("x{} := x{n} + x{n}\n", n + 1))),
        body("x0 := 1\n".to_owned() + &lines(200, &|n| format!("x{} := pair(x{n}, x{n})\n", n + 1))),
        body(format!("x := {}1\n", "1 + ".repeat(4_000))),
        body(format!("x := {}1{}\n", "(".repeat(10_000), ")".repeat(10_000))),
        body(format!("x := f{}\n", "().f".repeat(5_000))),
        body(format!("x := {}\n", "[]".repeat(10_000))),
        body(format!("var x {}int\n", "*".repeat(10_000))),
        body("func() {\n".repeat(3_000)),
        body("if true {} else ".repeat(3_000) + "{}\n"),
        body("{".repeat(3_000) + &"}".repeat(3_000)),
        format!("package m\n{}", lines(3_000, &|n| format!("var a{n} = a{}\n", n + 1))),
        format!("package m\n{}var a60 = a0\n", lines(60, &|n| format!("var a{n} = a{0} + a{0}\n", n + 1))),
        format!("package m\n{}type T60 = T0\nvar x T0\n", lines(60, &|n| format!("type T{n} = T{}\n", n + 1))),
        format!(
            "package m\n{}var x T0\nvar y = x.f\n",
            lines(60, &|n| format!("type T{n} struct {{ T{0}; *T{0} }}\n", (n + 1) % 60))
        ),
        "package m\ntype I interface { I; J }\ntype J interface { I }\nvar x I\nvar y = x.M()\n".to_owned(),
        "package m\ntype T[P interface{ M(T[P]) }] struct{ T[T[P]] }\nvar x T[T[int]]\nvar y = x.z\n".to_owned(),
        "package m\ntype A [len(A{})]int\nvar x A\nconst c = c + d\nconst d = c\nvar y [d]int\n".to_owned(),
        "package m\ntype T T\ntype P *P\nvar t T\nvar p P\nvar x, y = t.a, p.b\n".to_owned(),
        "package m\nfunc f[T interface{ ~[]T }](x T) { y := x[0][0][0]; for _, z := range y { _ = z } }\n".to_owned(),
    ];
    // As small a stack as a worker thread has.
    let run = move || {
        let time = |(index, case): (usize, &String)| {
            let (clock, before) = (std::time::Instant::now(), thread_seconds());
            let count = all_types(case).len();
            let took = match (before, thread_seconds()) {
                (Some(before), Some(after)) => after - before,
                _ => clock.elapsed().as_secs_f64(),
            };
            assert!(took < 20.0, "case {index} took {took} s");
            count
        };
        cases.iter().enumerate().map(time).collect::<Vec<_>>()
    };
    let counts = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    assert!(counts[0] > 0 && counts[3] > 0, "{counts:?}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_edit_of_real_code_breaks_it(case: proptest::sample::Index, cut: (proptest::sample::Index, usize), paste: proptest::sample::Index) {
        let is_go = |(path, text): (String, String)| path.ends_with(".go").then_some(text);
        let sources: Vec<String> = fixtures().into_iter().flat_map(|(_, files)| files).filter_map(is_go).collect();
        let mut source = sources[case.index(sources.len())].clone().into_bytes();
        let start = cut.0.index(source.len());
        let end = (start + cut.1 % 40).min(source.len());
        let piece: Vec<u8> = source.drain(start..end).collect();
        let at = paste.index(source.len().max(1)).min(source.len());
        source.splice(at..at, piece);
        all_types(&String::from_utf8_lossy(&source));
    }
}

#[test]
fn the_same_code_has_the_same_types_whoever_asks_first() {
    let mut files = BTreeMap::new();
    for (name, unpacked) in fixtures() {
        files.extend(unpacked.into_iter().map(|(path, text)| (format!("{name}/{path}"), text)));
    }
    let dir = unpack(&files);
    let sources: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".go")).collect();
    let run = |reverse: bool| {
        let world = World::new(dir.path(), BuildContext::default(), ResolveOptions::default());
        let of_file = |(path, text): &(&String, &String)| {
            let types = world.file_at(path, text.as_bytes());
            let mut found = Vec::new();
            for body in types.bodies() {
                let mut ids: Vec<_> = body.body().exprs().map(|(id, _)| id).collect();
                if reverse {
                    ids.reverse();
                }
                found.extend(ids.into_iter().map(|id| (body.body().expr(id).range, show(&body.type_of(id)))));
            }
            found.sort();
            (path.to_string(), found)
        };
        let mut order = sources.clone();
        if reverse {
            order.reverse();
        }
        order.par_iter().map(of_file).collect::<BTreeMap<_, _>>()
    };
    let first = run(false);
    for turn in 0..6 {
        assert!(run(turn % 2 == 0) == first);
    }
}
