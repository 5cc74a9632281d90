//! Input that nobody wants: it is named with its place, the other files are served all the same, the run says that it is
//! incomplete, and no byte outside an edit is touched.

use crate::common;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use common::checkout::{Checkout, Run, isolate};
use common::txtar::Archive;
use common::{inventory, repository};
use proptest::prelude::*;

/// A file with a call that is rewritten.
const GOOD: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n\tklog.Infof(\"started\")\n}\n";
const REWRITTEN: &str = "klog.InfoS(\"Started\")";
/// The head of a file with klog in it.
const HEAD: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\n";

/// A checkout with a good file beside the bad one: plan and apply serve the former, leave the latter as it was, and end with 3.
#[track_caller]
fn incomplete(name: &str, bytes: impl AsRef<[u8]>, message: &str) {
    let checkout = Checkout::with([("good.go", GOOD)]);
    checkout.write(name, &bytes);
    let plan = checkout.run(["plan", "-v", "--all"]).expect(3);
    assert!(plan.stdout.contains(REWRITTEN), "the other file is not served:\n{}", plan.stdout);
    assert!(plan.stderr.contains(message), "expected `{message}` in:\n{}", plan.stderr);
    assert_eq!(plan.stderr.lines().count(), 1, "{}", plan.stderr);
    let json = checkout.run(["plan", "--format", "json"]).expect(3).json();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 1);
    checkout.run(["plan", "--check"]).expect(3);
    checkout.run(["scan"]).expect(3);
    checkout.run(["apply", "--allow-no-vcs"]).expect(3);
    assert!(checkout.text("good.go").contains(REWRITTEN));
    assert!(checkout.read(name) == bytes.as_ref(), "{name} was touched");
}

#[test]
fn a_syntax_error_is_named_with_its_place() {
    incomplete("bad.go", format!("{HEAD}func f() {{\n\tklog.Info(\"x\"\n}}\n"), "error: bad.go:");
    incomplete("bad.go", format!("{HEAD}func f() {{\n\tx := \n}}\n"), "error: bad.go:6:");
    incomplete(
        "bad.go",
        format!("{HEAD}klog.Info(\"outside a function\")\n"),
        "error: bad.go:5:1: not analysed: syntax error",
    );
    incomplete("bad.go", "package a import \"k8s.io/klog/v2\"\n", "error: bad.go:1:");
    incomplete("bad.go", format!("{HEAD}<<<<<<< ours\n=======\n>>>>>>> theirs\n"), "error: bad.go:5:1: not analysed");
}

#[test]
fn a_call_in_go_that_the_grammar_does_not_know_is_named() {
    let odd = "struct{ T }.m(t, func() { klog.Info(\"x\") })";
    let beside = format!("{HEAD}func f() {{\n\tklog.Info(\"y\")\n\t{odd}\n}}\n");
    incomplete(
        "odd.go",
        beside,
        "error: odd.go:7:2: not analysed: this is Go that the grammar does not know, and it may log",
    );
}

#[test]
fn a_truncated_file_is_named_with_its_place() {
    for cut in [GOOD.len() - 3, GOOD.find("started").unwrap(), GOOD.find("func").unwrap() + 6] {
        incomplete("cut.go", &GOOD[..cut], "error: cut.go:");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_named_with_their_place() {
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.extend_from_slice(b"\n// caf\xe9\n");
    incomplete("latin1.go", &bytes, "error: latin1.go:9:7: not analysed: this byte is not UTF-8");
    incomplete("nul.go", [GOOD.as_bytes(), b"\0"].concat(), "error: nul.go:");
    let utf16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let checkout = Checkout::with([("utf16.go", utf16)]);
    checkout.run(["plan"]).sane();
}

#[test]
fn a_huge_file_is_named_and_not_read_in_part() {
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.resize(50 << 20, b'\n');
    incomplete("huge.go", &bytes, "error: huge.go: not analysed: 52428800 bytes are more than");
    let without = Checkout::with([("good.go", GOOD)]);
    without.write("huge.go", [b"package a\n".as_slice(), &vec![b'\n'; 50 << 20]].concat());
    without.run(["plan"]).expect(0);
}

#[test]
fn deep_nesting_is_named_with_its_place() {
    let call = |open: &str, close: &str| {
        format!("{HEAD}func f() {{\n\tklog.Info({}1{})\n}}\n", open.repeat(10_000), close.repeat(10_000))
    };
    incomplete("deep.go", call("(", ")"), "error: deep.go:6:");
    incomplete("deep.go", call("[]int{", "}"), "error: deep.go:6:");
    incomplete("deep.go", call("!", ""), "error: deep.go:6:");
    let blocks = format!("{HEAD}func f() {{\n{}\tklog.Info(\"x\"){}\n}}\n", "{\n".repeat(10_000), "}\n".repeat(10_000));
    incomplete("deep.go", blocks, "error: deep.go:");
    let sum = format!("{HEAD}func f() {{\n\tklog.Info(\"started\"{})\n}}\n", "+ \"x\"".repeat(10_000));
    let checkout = Checkout::with([("sum.go", sum)]);
    checkout.run(["plan"]).sane();
    let literals = format!(
        "{HEAD}func f() {{\n{}\tklog.Info(\"x\"){}\n}}\n",
        "go func() {\n".repeat(10_000),
        "}()\n".repeat(10_000)
    );
    incomplete("deep.go", literals, "error: deep.go:");
}

#[test]
fn an_unreadable_file_is_named() {
    let checkout = Checkout::with([("good.go", GOOD), ("secret/b.go", GOOD), ("c.go", GOOD)]);
    std::fs::set_permissions(checkout.join("c.go"), std::fs::Permissions::from_mode(0o000)).unwrap();
    std::fs::set_permissions(checkout.join("secret"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let run = run_without_privileges(&checkout, &["plan", "-v"]).expect(3);
    std::fs::set_permissions(checkout.join("secret"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(run.stdout.contains(REWRITTEN), "{}", run.stdout);
    for name in ["c.go", "secret"] {
        assert!(run.stderr.contains(&format!("error: {name}: not analysed: ")), "{}", run.stderr);
    }
}

/// Root reads everything: then the run is made as nobody, with a copy of the binary that nobody can reach.
fn run_without_privileges(checkout: &Checkout, args: &[&str]) -> Run {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let copy = Checkout::new();
    let binary = copy.join("klogmod");
    std::fs::copy(env!("CARGO_BIN_EXE_klogmod"), &binary).unwrap();
    for dir in [copy.path(), checkout.path()] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(&binary);
    isolate(&mut command, checkout.path());
    if root {
        command.uid(65534).gid(65534);
    }
    command.args(args).output().unwrap().into()
}

#[test]
fn line_endings_and_marks_stay() {
    let crlf = GOOD.replace('\n', "\r\n");
    let mixed = GOOD.replace("\"k8s.io/klog/v2\"\n", "\"k8s.io/klog/v2\"\r\n");
    let marked = format!("\u{feff}{GOOD}");
    let open = GOOD.trim_end().to_owned();
    let trailing = GOOD.replace("func f", "var x = 1 \t \n\nfunc f");
    for text in [crlf, mixed, marked, open, trailing] {
        let checkout = Checkout::with([("a.go", &text)]);
        checkout.run(["apply", "--allow-no-vcs"]).expect(0);
        let want = text.replace("klog.Infof(\"started\")", REWRITTEN);
        assert_eq!(checkout.text("a.go"), want);
    }
}

#[test]
fn an_empty_tree_has_nothing_to_say() {
    let checkout = Checkout::new();
    for args in [&["plan"] as &[&str], &["plan", "--check"], &["scan"], &["patch"], &["apply", "--allow-no-vcs"]] {
        checkout.run(args).expect(0);
    }
    assert!(checkout.run(["plan"]).stdout.contains("0 klog calls in 0 files (0 Go files read)"));
    inventory::accounts(&checkout, &[]);
    let empty = Checkout::with([("empty.go", ""), ("dir.go/a.txt", ""), ("only_package.go", "package a\n")]);
    empty.run(["plan"]).expect(0);
}

#[test]
fn a_missing_path_is_named() {
    let checkout = Checkout::with([("good.go", GOOD)]);
    for args in [&["plan", "no/such"] as &[&str], &["plan", ".", "no/such"], &["apply", "no/such"]] {
        let run = checkout.run(args).expect(2);
        assert!(run.stderr.contains("no/such: No such file or directory"), "{}", run.stderr);
    }
}

#[test]
fn hostile_file_names_are_served_and_shown_harmlessly() {
    let names = ["a\nb.go", "-rf.go", "esc\u{1b}[31m.go", "sp ace.go", "quo\"te.go", "é\u{202e}.go", "$(touch x).go"];
    let checkout = Checkout::with(names.map(|name| (name, GOOD)));
    checkout.write("bad\u{1b}[2J\n.go", format!("{HEAD}func {{\n"));
    let plan = checkout.run(["plan", "-v", "--", "."]).expect(3);
    for text in [&plan.stdout, &plan.stderr] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
    assert!(plan.stdout.contains("a\\nb.go:6:2"), "{}", plan.stdout);
    assert!(plan.stderr.contains("bad\\u{1b}[2J\\n.go:5:"), "{}", plan.stderr);
    let json = checkout.run(["plan", "--format", "json"]).expect(3).json();
    let mut paths: Vec<_> = json["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    let mut wanted = names.to_vec();
    paths.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(paths, wanted, "JSON has the names as they are");
    checkout.run(["plan", ".", "--", "-rf.go"]).expect(0);
    checkout.run(["apply", "--allow-no-vcs"]).expect(3);
    for name in names {
        assert!(checkout.text(name).contains(REWRITTEN), "{name:?}");
    }
    assert!(!checkout.join("x").exists());
}

#[test]
fn a_file_name_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let checkout = Checkout::with([("good.go", GOOD)]);
    let name = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9.go"));
    checkout.write(name, GOOD);
    let run = checkout.run(["plan", "-v"]).expect(3);
    assert!(run.stderr.contains("not analysed: the file's name is not UTF-8"), "{}", run.stderr);
    assert!(run.stdout.contains(REWRITTEN));
    assert_eq!(checkout.text(name), GOOD);
}

#[test]
fn escape_sequences_in_source_reach_no_terminal() {
    let text = "started\u{1b}[31mred \u{202e}left\u{7} \u{9b}31m \u{1b}]0;owned\u{7}";
    let checkout = Checkout::with([(
        "a.go",
        format!(
            "{HEAD}func f(x string) {{\n\t//klogmod:ignore {text}\n\tklog.Infof(\"{text} %s\", x)\n\tklog.Infof(\"{text} %s\", x)\n\tklog.Infof(`{text} %d %d`, x)\n}}\n"
        ),
    )]);
    for args in
        [&["plan"] as &[&str], &["scan"], &["explain", "a.go:7"], &["explain", "a.go:8"], &["explain", "a.go:9"]]
    {
        let run = checkout.run(args).expect(0);
        for bad in ['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}'] {
            assert!(!run.stdout.contains(bad) && !run.stderr.contains(bad), "{args:?}: {:?}", run.stdout);
        }
    }
    checkout.run(["apply", "--allow-no-vcs"]).expect(0);
    let applied = checkout.text("a.go");
    assert!(applied.contains(&format!("klog.Infof(`{text} %d %d`, x)")), "what is not rewritten stays");
    assert!(applied.contains("\\u202e"), "what is rewritten says what it holds");
}

#[test]
fn a_file_that_is_no_file_is_left_alone() {
    let checkout = Checkout::with([("good.go", GOOD)]);
    let made = Command::new("mkfifo").arg(checkout.join("pipe.go")).status().unwrap();
    assert!(made.success());
    checkout.run(["plan"]).expect(0);
}

/// Go files of the fixtures, to be damaged.
fn samples() -> Vec<String> {
    let mut texts = Vec::new();
    for dir in ["fixtures/rewrite", "fixtures/callsite"] {
        for path in common::files(dir, "txtar") {
            let archive = Archive::load(&path);
            texts.extend(archive.files.into_iter().filter(|(name, _)| name.ends_with(".go")).map(|(_, text)| text));
        }
    }
    assert!(repository().exists() && !texts.is_empty());
    texts
}

#[derive(Clone, Debug)]
enum Damage {
    Replace(prop::sample::Index, u8),
    Delete(prop::sample::Index, usize),
    Duplicate(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
    Truncate(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let token = prop::sample::select(vec![
        "\"", "`", "(", ")", "{", "}", "%", "\\", "//", "/*", "*/", "\n", "\r", ";", ",", "...", "'", "[", "]",
        "klog.", "é", "\u{1b}",
    ]);
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (at(), 1usize..40).prop_map(|(at, length)| Damage::Delete(at, length)),
        (at(), 1usize..40).prop_map(|(at, length)| Damage::Duplicate(at, length)),
        (at(), token).prop_map(|(at, token)| Damage::Insert(at, token)),
        at().prop_map(Damage::Truncate),
    ]
}

fn damaged(text: &str, list: &[Damage]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for damage in list {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match damage {
            Damage::Replace(at, byte) => bytes[at.index(length)] = *byte,
            Damage::Delete(at, count) => drop(bytes.drain(at.index(length)..(at.index(length) + count).min(length))),
            Damage::Duplicate(at, count) => {
                let at = at.index(length);
                let piece = bytes[at..(at + count).min(length)].to_vec();
                bytes.splice(at..at, piece);
            }
            Damage::Insert(at, token) => drop(bytes.splice(at.index(length)..at.index(length), token.bytes())),
            Damage::Truncate(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged files never break the run: each is analysed whole or named, and what is written is Go again.
    #[test]
    fn damage_is_survived(damages in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(damage(), 1..4)), 8)) {
        let samples = samples();
        let files: Vec<_> = damages
            .iter()
            .enumerate()
            .map(|(n, (which, list))| (format!("f{n}.go"), damaged(&samples[which.index(samples.len())], list)))
            .collect();
        let checkout = Checkout::with(files.iter().map(|(name, bytes)| (name, bytes)));
        inventory::accounts(&checkout, &[]);
        let before = checkout.run(["plan", "--format", "json"]);
        prop_assert!(matches!(before.code, 0 | 3), "{:?}", before);
        let applied = checkout.run(["apply", "--allow-no-vcs", "--display-only"]);
        applied.sane();
        prop_assert_eq!(applied.code, before.code);
        let named: Vec<String> = before.json()["diagnostics"].as_array().unwrap().iter()
            .filter(|d| d["level"] == "error").map(|d| d["path"].as_str().unwrap().to_owned()).collect();
        for (name, bytes) in &files {
            let now = checkout.read(name);
            if named.contains(name) {
                prop_assert!(now == *bytes, "{} was named and touched", name);
            } else if now != *bytes {
                let tree = klogmod::go::parse::parse_bytes(&now).unwrap();
                prop_assert!(klogmod::go::parse::first_error(tree.root_node()).is_none(), "{}:\n{}", name, String::from_utf8_lossy(&now));
            }
        }
        let after = checkout.run(["plan", "--format", "json"]);
        prop_assert_eq!(after.code, before.code, "{}", after.stderr);
    }
}

/// A tree of random files with calls of every kind.
fn trees() -> impl Strategy<Value = Vec<(String, String)>> {
    let call = prop::sample::select(vec![
        "klog.Infof(\"Started %s\", x)",
        "klog.V(4).Infof(\"Started %s\", x)",
        "klog.Errorf(\"Failed: %v\", err)",
        "klog.Warning(x)",
        "klog.InfoS(\"Started\", \"x\", x)",
        "klog.FromContext(ctx).Info(\"Started\")",
        "klog.Fatal(\"Gone\")",
        "defer klog.Exit(\"Gone\")",
        "use(klog.Infof)",
        "klog.Infof(\"%d\")",
        "klog.Info(x...)",
        "klog.Infof(\"Started %s\", x) //klogmod:ignore because",
        "klog.InfoDepth(1, \"Started\")",
        "other.Infof(\"Started\")",
        "// klog.Infof(\"Started\")",
        "func() { klog.Info(\"Started\") }()",
    ]);
    let import = prop::sample::select(vec!["\"k8s.io/klog/v2\"", "\"k8s.io/klog\"", "klog \"example.com/klog\""]);
    let dir = prop::sample::select(vec!["", "pkg/a/", "pkg/b/", "vendor/x/", "cmd/kubeadm/", "testdata/"]);
    let file = (dir, import, prop::collection::vec(call, 0..12)).prop_map(|(dir, import, calls)| {
        let body: String = calls.iter().map(|call| format!("\t{call}\n")).collect();
        (
            dir,
            format!("package a\n\nimport {import}\n\nfunc f(ctx context.Context, x string, err error) {{\n{body}}}\n"),
        )
    });
    prop::collection::vec(file, 0..8).prop_map(|files| {
        files.into_iter().enumerate().map(|(n, (dir, text))| (format!("{dir}f{n}.go"), text)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// In every report the parts add up to the inventory, on one thread and on two.
    #[test]
    fn parts_add_up_in_random_trees(files in trees()) {
        let checkout = Checkout::with(files);
        inventory::accounts(&checkout, &[]);
        inventory::accounts(&checkout, &["--edits=r"]);
        inventory::accounts(&checkout, &["--edits=s", "--klog-version=v2.0.0"]);
    }
}

#[test]
fn what_is_read_by_name_is_a_regular_file_inside() {
    const SECRET: &str = "token-of-somebody-else";
    let names = [
        ".gitattributes",
        ".generated_files",
        "go.mod",
        "go.work",
        "vendor/modules.txt",
        "OWNERS",
        "OWNERS_ALIASES",
        "klogmod.toml",
        "klogmod.baseline.toml",
        "klogmod.decisions.toml",
    ];
    let outside = Checkout::with([("secret", SECRET)]);
    for name in names {
        let checkout = Checkout::with([("a/good.go", GOOD)]);
        std::fs::create_dir_all(checkout.join(name).parent().unwrap()).unwrap();
        let pipe = |checkout: &Checkout| {
            assert!(Command::new("mkfifo").arg(checkout.join(name)).status().unwrap().success());
        };
        let link = |target: &Path| std::os::unix::fs::symlink(target, checkout.join(name)).unwrap();
        for kind in 0..4 {
            match kind {
                0 => link(Path::new("/dev/zero")),
                1 => link(Path::new("/proc/self/environ")),
                2 => link(&outside.join("secret")),
                _ => pipe(&checkout),
            }
            let run = checkout.run(["check"]);
            run.sane();
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(!said.contains(SECRET) && !said.contains("XDG_CACHE_HOME"), "{name}: {said}");
            std::fs::remove_file(checkout.join(name)).unwrap();
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_hide_no_version() {
    let checkout = Checkout::with([("a.go", GOOD.replace("Infof(\"started\")", "InfoDepth(1, \"started\")"))]);
    checkout.write("go.mod", b"module m // caf\xe9\n\nrequire k8s.io/klog/v2 v2.130.1\n");
    let plan = checkout.run(["plan", "-v", "--all"]).expect(0);
    assert!(plan.stdout.contains("klog.InfoSDepth(1, \"Started\")"), "{}", plan.stdout);
}

#[test]
fn nothing_costs_more_than_it_takes_to_write() {
    let types: String = (1..50).map(|n| format!("type t{n} = two[t{}, t{}]\n", n - 1, n - 1)).collect();
    let verbs: String = (0..30_000).map(|n| format!("word{n} %d, ")).collect();
    let files = [
        (
            "types.go",
            format!(
                "{HEAD}type two[A, B any] struct {{\n\ta A\n\tb B\n}}\n\ntype t0 = int\n{types}\nfunc f(x t49) {{\n\tklog.Infof(\"got %v\", x)\n}}\n"
            ),
        ),
        ("verbs.go", format!("{HEAD}func f(n int) {{\n\tklog.Infof(\"{verbs}\"{})\n}}\n", ", n".repeat(30_000))),
        ("line.go", format!("{HEAD}func f() {{ {}}}\n", "klog.Info(\"started\"); ".repeat(4000))),
        ("nested.go", format!("{HEAD}func f(n int) {{\n\tklog.Infof(\"{} %d\", n)\n}}\n", "[".repeat(30_000))),
        ("comments.go", format!("{HEAD}func f() {{\n{}}}\n", "\tklog.Info(\"started\") // why\n".repeat(4000))),
    ];
    for (name, text) in files {
        let checkout = Checkout::with([("good.go", GOOD)]);
        checkout.write(name, text);
        let plan = checkout.run(["plan", "-v", "--all"]).expect(0);
        assert!(plan.stdout.contains("good.go"), "{name}: the other file is not served");
    }
}
