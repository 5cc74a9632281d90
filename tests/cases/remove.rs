//! `klogmod runtime --remove`: what rewrites, wires and adoption have put in is taken out again, and nothing else changes.

use libtest_mimic::Trial;

use crate::common::checkout::{Checkout, Run};
use crate::common::rewrite::Case;
use crate::common::txtar::Archive;
use crate::common::{files, repository, stem};
use crate::needs::tests;

const GOMOD: &str = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.120.0\n";

/// Cases that people have added uses to, or whose functions of one line have got several.
const OTHERS: [&str; 4] =
    ["imports_present", "imports_runtime_name_taken", "one_line_functions", "request_id_configured"];

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        []
            calls_are_what_they_are_without_ids
            a_wired_module_is_what_it_was
            kubernetes_is_what_it_was_but_for_contexts_that_functions_were_given
            the_patch_applies_and_the_package_is_gone
            what_others_have_written_stays_and_keeps_the_package
            what_gives_a_variable_its_type_stays
            what_lies_beside_the_package_keeps_it
            all_ways_to_name_the_package_are_known;
    }
}

/// Applies everything.
fn rewrite(checkout: &Checkout, args: &[&str]) -> Run {
    checkout.run([&["apply", "--allow-no-vcs", "--allow-dirty", "--display-only", "--no-cache"], args].concat())
}

/// Takes everything out.
fn remove(checkout: &Checkout, code: i32) -> Run {
    let run = checkout.run(["runtime", "--remove"]).expect(code);
    if !run.stdout.is_empty() {
        checkout.write("remove.diff", &run.stdout);
        checkout.git(["apply", "--whitespace=nowarn", "remove.diff"]);
        std::fs::remove_file(checkout.join("remove.diff")).unwrap();
    }
    run
}

fn wire(checkout: &Checkout) {
    checkout.write("wire.diff", checkout.run(["runtime", "--wire"]).expect(0).stdout);
    checkout.git(["apply", "--whitespace=nowarn", "wire.diff"]);
    std::fs::remove_file(checkout.join("wire.diff")).unwrap();
}

/// All files but git's, with their texts.
fn tree(checkout: &Checkout) -> Vec<(String, String)> {
    let all = walkdir::WalkDir::new(checkout.path()).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file() && !entry.path().to_string_lossy().contains("/.git/"));
    let named = |entry: walkdir::DirEntry| {
        let name = entry.path().strip_prefix(checkout.path()).unwrap().to_string_lossy().into_owned();
        let text = checkout.text(&name);
        (name, text)
    };
    files.map(named).collect()
}

fn calls_are_what_they_are_without_ids() {
    let mut compared = 0;
    for path in files("fixtures/rewrite", "txtar") {
        let case = Case::of(&Archive::load(&path));
        let is_asked = case.args.contains(&"--edits=s,r") || case.args.contains(&"--target=contextual");
        if !is_asked || case.args.contains(&"--edits=s") || OTHERS.contains(&stem(&path).as_str()) {
            continue;
        }
        // Line ends of another kind take one case in four.
        let newlines: &[&str] = if compared % 4 == 0 { &["\n", "\r\n"] } else { &["\n"] };
        for newline in newlines {
            let checkout = || {
                let checkout = case.checkout(|text| text.replace('\n', newline));
                if !checkout.join("go.mod").exists() {
                    checkout.write("go.mod", GOMOD);
                }
                checkout.git(["init", "-q"]);
                checkout
            };
            let (with, without) = (checkout(), checkout());
            let args: Vec<&str> = case.args.iter().copied().filter(|arg| !arg.starts_with("--edits")).collect();
            rewrite(&with, &args).sane();
            if !tree(&with).iter().any(|(name, _)| name.ends_with("/switch.go")) {
                continue;
            }
            rewrite(&without, &[&args[..], &["--edits=s"]].concat()).sane();
            remove(&with, 0);
            compared += 1;
            assert_eq!(tree(&with), tree(&without), "{}", path.display());
        }
    }
    assert!(compared > 25, "{compared}");
}

fn driver() -> Checkout {
    let archive = Archive::load(&repository().join("fixtures/runtime/grpc/driver.txtar"));
    // Its test names the package by hand.
    let files = archive.files.iter().filter(|(name, _)| !name.ends_with("_test.go"));
    let checkout = Checkout::with(files.map(|(name, text)| (name.clone(), text.clone())));
    checkout.commit();
    checkout
}

fn a_wired_module_is_what_it_was() {
    let (with, without) = (driver(), driver());
    rewrite(&with, &[]).expect(0);
    assert!(with.text("node/server.go").contains("requestid.ServerOptions("));
    rewrite(&without, &["--edits=s"]).expect(0);
    let run = remove(&with, 0);
    assert!(!run.stderr.contains("by hand"), "{}", run.stderr);
    assert_eq!(tree(&with), tree(&without));
}

fn kubernetes_is_what_it_was_but_for_contexts_that_functions_were_given() {
    let archive = Archive::load(&repository().join("fixtures/runtime/wire/kubernetes.txtar"));
    let checkout = Checkout::with(archive.files.iter().map(|(name, text)| (name.clone(), text.clone())));
    checkout.commit();
    wire(&checkout);
    let wired = tree(&checkout).iter().filter(|(_, text)| text.contains("requestid.")).count();
    assert!(wired > 12, "{wired}");
    remove(&checkout, 0);
    insta::assert_snapshot!(checkout.git(["diff", "--unified=0"]));
    assert_eq!(checkout.git(["status", "--porcelain"]).matches("??").count(), 0);
}

fn the_patch_applies_and_the_package_is_gone() {
    let checkout = driver();
    rewrite(&checkout, &[]).expect(0);
    checkout.commit_all();
    let out = tempfile::tempdir().unwrap();
    let dir = out.path().join("out").to_string_lossy().into_owned();
    checkout.run(["runtime", "--remove", "-o", &dir]).expect(0);
    let mails = ["0001-Take-request-IDs-out-of-calls.patch", "0002-Remove-the-package-of-request-IDs.patch"];
    let last = std::fs::read_to_string(out.path().join("out").join(mails[1])).unwrap();
    assert!(last.contains(" delete mode 100644 internal/requestid/switch.go\n"), "{last}");
    for mail in mails {
        checkout.git(["am", "-q", &format!("{dir}/{mail}")]);
        let named =
            tree(&checkout).iter().any(|(name, text)| !name.starts_with("internal") && text.contains("requestid"));
        assert!(!named, "{mail}");
    }
    assert!(!checkout.join("internal/requestid").exists());
    let again = checkout.run(["runtime", "--remove"]).expect(0);
    assert!(again.stdout.is_empty() && again.stderr.contains("nothing is there to be taken out"), "{}", again.stderr);
    checkout.run(["runtime", "--remove", "--wire"]).expect(2);
}

fn module(code: &str) -> Checkout {
    let checkout = Checkout::with([("go.mod", GOMOD), ("a/a.go", code)]);
    checkout.commit();
    checkout.write("package.diff", checkout.run(["runtime"]).expect(0).stdout);
    checkout.git(["apply", "package.diff"]);
    std::fs::remove_file(checkout.join("package.diff")).unwrap();
    checkout
}

fn what_others_have_written_stays_and_keeps_the_package() {
    let checkout = module(
        "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n\n\t\"example.com/m/internal/requestid\"\n)\n\n\
         func f(ctx context.Context) requestid.ID {\n\tid := requestid.FromContext(ctx)\n\
         \tklog.InfoS(\"Started\", \"requestID\", requestid.FromContext(ctx))\n\treturn id\n}\n",
    );
    let run = remove(&checkout, 3);
    let notes: Vec<&str> = run.stderr.lines().collect();
    insta::assert_snapshot!(notes.join("\n"), @r"
    note: by hand: a/a.go:11:29: requestid.ID stays: klogmod writes no such use
    note: by hand: a/a.go:12:8: requestid.FromContext stays: klogmod writes no such use
    note: by hand: internal/requestid: the package itself stays: code still names the package
    ");
    assert!(checkout.text("a/a.go").contains("klog.InfoS(\"Started\")\n"));
    assert!(checkout.join("internal/requestid/switch.go").exists());
}

fn what_gives_a_variable_its_type_stays() {
    let checkout = module(
        "package a\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/m/internal/requestid\"\n)\n\n\
         func f(mux *http.ServeMux) (*http.Client, http.RoundTripper) {\n\thandler := requestid.WithRequestID(mux)\n\
         \thandler = http.StripPrefix(\"a\", handler)\n\tvar other = requestid.WithRequestID(mux)\n\
         \tvar typed http.Handler = requestid.WithRequestID(mux)\n\thttp.Handle(\"a\", typed)\n\thttp.Handle(\"b\", other)\n\
         \treturn &http.Client{Transport: requestid.NewRoundTripper(nil)}, requestid.NewRoundTripper(nil)\n}\n",
    );
    let run = remove(&checkout, 3);
    let notes: Vec<&str> = run.stderr.lines().collect();
    insta::assert_snapshot!(notes.join("\n"), @r"
    note: by hand: a/a.go:10:13: requestid.WithRequestID stays: klogmod writes no such use
    note: by hand: a/a.go:12:14: requestid.WithRequestID stays: klogmod writes no such use
    note: by hand: a/a.go:16:66: requestid.NewRoundTripper stays: klogmod writes no such use
    note: by hand: internal/requestid: the package itself stays: code still names the package
    ");
    let text = checkout.text("a/a.go");
    assert!(text.contains("var typed http.Handler = mux\n") && text.contains("{Transport: nil}"), "{text}");
}

fn what_lies_beside_the_package_keeps_it() {
    let checkout = module("package a\n");
    checkout.write("internal/requestid/ours.go", "package requestid\n");
    let run = remove(&checkout, 3);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    assert!(run.stderr.contains("klogmod does not write a file ours.go there"), "{}", run.stderr);
}

/// Ways that a rewrite of today does not write itself, and those of several in each other.
fn all_ways_to_name_the_package_are_known() {
    let body = |lines: &[&str]| {
        let lines: String = lines.iter().map(|line| format!("\t{line}\n")).collect();
        format!(
            "package a\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\n\t\"k8s.io/klog/v2\"\n\n\trid \"example.com/m/internal/requestid\"\n)\n\n\
             func f(ctx context.Context, pod rid.Annotated, list []interface{{}}, next http.RoundTripper) {{\n{lines}}}\n"
        )
        .replace("pod rid.Annotated", "pod *object")
    };
    let pairs: [(&str, &str); 14] = [
        ("klog.InfoS(\"A\", rid.Append(list, rid.FromContext(ctx))...)", "klog.InfoS(\"A\", list...)"),
        ("klog.InfoS(\"B\", rid.Only(rid.FromObject(pod))...)", "klog.InfoS(\"B\")"),
        ("klog.InfoS(\"C\", rid.Pairs(\"requestID\", rid.FromObject(pod))...)", "klog.InfoS(\"C\")"),
        ("klog.InfoS(\"D\", rid.Pairs(\"a\", 1, \"requestID\", rid.FromAny(pod))...)", "klog.InfoS(\"D\", \"a\", 1)"),
        ("list = append(list, rid.Key, rid.FromSession())", "list = append(list)"),
        ("list = rid.Pairs(\"a\", 1)", "list = []interface{}{\"a\", 1}"),
        ("logger := rid.LoggerWithID(rid.Logger(ctx), rid.FromObject(pod))", "logger := klog.FromContext(ctx)"),
        ("g(rid.Adopt(rid.Detached(ctx), pod))", "g(context.TODO())"),
        ("ctx = rid.Dequeued(ctx, list, 1)", ""),
        ("next = rid.NewRoundTripper(rid.NewRoundTripper(next))", ""),
        ("rid.QueuedFor(list, 1, pod) // why", "// why"),
        ("klog.InfoS(\"E\", \"requestID\", rid.FromObject(pod), \"b\", 2)", "klog.InfoS(\"E\", \"b\", 2)"),
        ("ctx = rid.NewContext(ctx, rid.FromObject(pod))", ""),
        ("go func() { rid.Init(); g(ctx) }()", "go func() { g(ctx) }()"),
    ];
    let checkout = module(&body(&pairs.map(|(before, _)| before)));
    remove(&checkout, 0);
    let wanted: Vec<&str> = pairs.iter().map(|(_, after)| *after).filter(|line| !line.is_empty()).collect();
    let wanted = body(&wanted).replace("\n\trid \"example.com/m/internal/requestid\"\n", "");
    assert_eq!(checkout.text("a/a.go"), wanted);
}
