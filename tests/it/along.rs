//! What goes along with rewritten calls: the package in each module that needs it, and its switch; and where no ID is proposed.

use crate::common::checkout::{Checkout, Run};

const SERVER: &str = r#"package main

import (
	"flag"
	"net/http"

	"k8s.io/klog/v2"
)

func main() {
	klog.InitFlags(nil)
	flag.Parse()
	http.HandleFunc("/", serve)
}

func serve(w http.ResponseWriter, r *http.Request) {
	klog.Infof("Asked for %s", r.URL.Path)
	klog.Infof("Answered request %s", r.URL.Path)
}
"#;

const TOOL: &str = r#"package main

import (
	"context"
	"os"

	"k8s.io/klog/v2"
)

func main() { run(context.Background(), os.Args[0]) }

func run(ctx context.Context, name string) {
	klog.Infof("Tool %s runs", name)
	<-ctx.Done()
}
"#;

fn gomod(module: &str) -> String {
    format!("module {module}\n\ngo 1.18\n\nrequire k8s.io/klog/v2 v2.70.0\n")
}

fn server() -> Checkout {
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("cmd/main.go", SERVER.to_owned())]);
    checkout.commit();
    checkout
}

/// Names of the mails of a series, without the cover letter.
fn mails(checkout: &Checkout, args: &[&str]) -> (Run, Vec<String>) {
    let run = checkout.run([&["patch", "--no-cache", "-o", ".git/series"], args].concat()).expect(0);
    let entries = std::fs::read_dir(checkout.join(".git/series")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".patch") && !name.starts_with("0000"));
    names.sort();
    (run, names)
}

#[test]
fn the_package_comes_first_and_its_switch_last() {
    let checkout = server();
    let (_, names) = mails(&checkout, &[]);
    insta::assert_snapshot!(names.join("\n"), @"
    0001-Add-internal-requestid-request-IDs-for-log-lines.patch
    0002-Migrate-cmd-to-structured-logging.patch
    0003-Let-request-IDs-be-switched-on-and-passed-along.patch
    ");
    let paths: Vec<_> = names.iter().map(|name| format!(".git/series/{name}")).collect();
    // The calls' patch wants the package's alone.
    checkout.git(["am", "-q", &paths[0], &paths[1]]);
    let main = checkout.text("cmd/main.go");
    assert!(main.contains("requestid.FromRequest(r)") && !main.contains("requestid.Init()"), "{main}");
    checkout.git(["am", "-q", &paths[2]]);
    assert!(checkout.text("cmd/main.go").contains("\trequestid.Init()\n"));
    // What the tree has is not added again.
    checkout.write("cmd/more.go", SERVER.replace("main()", "other()").replace("serve", "more"));
    checkout.commit_all();
    let (_, names) = mails(&checkout, &[]);
    assert!(names.iter().all(|name| !name.contains("Add-internal")), "{names:?}");
}

#[test]
fn what_git_does_not_track_gets_no_mail() {
    let checkout = server();
    let more = SERVER.replace("main()", "other()").replace("serve", "more");
    checkout.write(".git/info/exclude", "/out\n");
    checkout.write("out/out.go", more.replace("package main", "package out"));
    checkout.write("cmd/new.go", &more);
    let (run, names) = mails(&checkout, &[]);
    let left = "2 files (cmd/new.go, out/out.go) are left out, which git does not track";
    assert!(run.stderr.contains(left) && !run.stderr.contains("newest commit"), "{}", run.stderr);
    let paths: Vec<_> = names.iter().map(|name| format!(".git/series/{name}")).collect();
    checkout.git([["am", "-q"].map(str::to_owned).as_slice(), &paths].concat());
    assert!(checkout.text("cmd/main.go").contains("requestid.Init()"));
    assert_eq!(checkout.text("cmd/new.go"), more);
    // A diff is for what is on disk, whoever tracks it.
    let diff = checkout.run(["patch", "--no-cache"]).expect(0);
    assert!(diff.stdout.contains("b/out/out.go") && diff.stdout.contains("b/cmd/new.go"), "{}", diff.stdout);
}

#[test]
fn what_is_not_committed_is_said() {
    let checkout = server();
    checkout.write("cmd/main.go", SERVER.replace("Asked for", "Was asked for"));
    let (run, names) = mails(&checkout, &[]);
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(run.stderr.contains("1 file (cmd/main.go) is not as in the newest commit"), "{}", run.stderr);
}

#[test]
fn what_a_module_requires_and_does_not_import_is_not_imported_for_it() {
    let grpc = "\nrequire google.golang.org/grpc v1.60.0\n";
    let checkout = Checkout::with([("go.mod", gomod("example.com/m") + grpc), ("cmd/main.go", SERVER.to_owned())]);
    let imports = "package lib\n\nimport _ \"google.golang.org/grpc\"\n";
    // Another module's imports are its own.
    checkout.write("other/go.mod", gomod("example.com/other"));
    checkout.write("other/lib.go", imports);
    let with_grpc = || checkout.run(["runtime"]).expect(0).stdout.contains("google.golang.org/grpc");
    assert!(!with_grpc(), "go.sum may lack what gRPC depends on");
    checkout.write("lib/lib.go", imports);
    assert!(with_grpc());
}

#[test]
fn the_package_may_be_left_to_its_own_command() {
    let (_, names) = mails(&server(), &["--runtime=separate"]);
    assert_eq!(names, ["0001-Migrate-cmd-to-structured-logging.patch"]);
}

#[test]
fn apply_writes_the_package_and_check_too() {
    let checkout = server();
    checkout.run(["apply", "--no-cache"]).expect(0);
    let main = checkout.text("cmd/main.go");
    assert!(main.contains("requestid.FromRequest(r)") && main.contains("requestid.Init()"), "{main}");
    assert!(checkout.join("internal/requestid/requestid.go").is_file());
    let checkout = server();
    checkout.run(["apply", "--no-cache", "--runtime=separate"]).expect(0);
    assert!(!checkout.join("internal").exists());
    let checkout = server();
    checkout.run(["baseline", "write", "--no-cache"]).expect(0);
    checkout.write(
        "cmd/new.go",
        SERVER.replace("main()", "other()").replace("serve", "newer").replace("\tflag.Parse()\n", ""),
    );
    checkout.commit_all();
    checkout.run(["check", "--no-cache", "--fix"]).sane();
    assert!(checkout.text("cmd/new.go").contains("requestid.FromRequest(r)"));
    assert!(checkout.join("internal/requestid/requestid.go").is_file());
    assert_eq!(checkout.text("cmd/main.go"), SERVER, "old calls stay as they were");
}

#[test]
fn apply_rewrites_the_call_on_a_line_alone() {
    let checkout = server();
    checkout.run(["apply", "--no-cache", "cmd/main.go:18"]).expect(0);
    let main = checkout.text("cmd/main.go");
    assert!(main.contains("klog.InfoS(\"Answered request\"") && main.contains("klog.Infof(\"Asked for"), "{main}");
}

#[test]
fn a_program_in_which_no_operation_starts_gets_structure_alone() {
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("main.go", TOOL.to_owned())]);
    checkout.commit();
    let (run, names) = mails(&checkout, &[]);
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(run.stderr.contains("1 call gets its structure only"), "{}", run.stderr);
    assert!(run.stderr.contains("--process-ids"), "{}", run.stderr);
    let (run, names) = mails(&checkout, &["--process-ids"]);
    assert!(names[0].contains("Add-internal-requestid"), "{names:?}");
    assert!(!run.stderr.contains("--process-ids"), "{}", run.stderr);
    // As part of a server as well, the same call may belong to a request.
    checkout.write("cmd/main.go", SERVER);
    checkout.write("lib/lib.go", TOOL.replace("package main", "package lib").replace("func main() {", "func Main() {"));
    let printed =
        |checkout: &Checkout| checkout.run(["patch", "--no-cache", "--runtime=separate", "lib"]).expect(0).stdout;
    assert!(printed(&checkout).contains("requestid.FromContext(ctx)"), "nobody knows a library's callers");
    checkout.write("main.go", TOOL.replace("\"os\"\n", "\"os\"\n\n\t_ \"example.com/m/lib\"\n"));
    assert!(!printed(&checkout).contains("requestid"), "the tool is its only caller");
    checkout.write("cmd/main.go", SERVER.replace("\"net/http\"\n", "\"net/http\"\n\n\t_ \"example.com/m/lib\"\n"));
    assert!(printed(&checkout).contains("requestid.FromContext(ctx)"));
}

#[test]
fn a_logger_is_made_once_whatever_its_context_is_given_later() {
    let main = SERVER.replace("\t\"flag\"\n", "\t\"context\"\n\t\"flag\"\n").replace(
        "\thttp.HandleFunc",
        "\tctx, cancel := context.WithCancel(context.Background())\n\tklog.Infof(\"Found driver %s\", name(ctx))\n\tcancel()\n\
         \tctx, cancel = context.WithCancel(next())\n\tklog.Infof(\"Found plugin %s\", name(ctx))\n\tcancel()\n\thttp.HandleFunc",
    );
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("cmd/main.go", main)]);
    let diff = checkout.run(["patch", "--no-cache", "--target=contextual", "--runtime=separate"]).expect(0).stdout;
    let made: Vec<&str> =
        diff.lines().filter(|line| line.starts_with("+\tlogger := ") && line.contains("(ctx")).collect();
    assert_eq!(made, ["+\tlogger := klog.FromContext(ctx)"], "{diff}");
    assert!(diff.contains("logger.Info(\"Found driver\"") && diff.contains("logger.Info(\"Found plugin\""), "{diff}");
}

#[test]
fn who_has_a_logger_of_the_package_gets_no_other() {
    let main = SERVER.replace("\t\"flag\"\n", "\t\"context\"\n\t\"flag\"\n");
    let set = "\nvar setupLog = klog.Background().WithName(\"setup\")\n\nfunc set(ctx context.Context, name string) {\n\tsetupLog.Info(\"Set\", \"name\", name)\n}\n";
    let main = main.replace("\tklog.Infof(\"Asked", "\tset(r.Context(), r.URL.Path)\n\tklog.Infof(\"Asked") + set;
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("cmd/main.go", main)]);
    let args = ["patch", "--no-cache", "--target=contextual", "--thread=patch", "--runtime=separate"];
    let diff = checkout.run(args).expect(0).stdout;
    assert!(diff.contains("requestid.LoggerWithID(setupLog, requestid.FromContext(ctx))"), "{diff}");
    assert!(!diff.contains("klog.Logger"), "{diff}");
}

#[test]
fn two_contexts_of_a_block_make_one_variable() {
    let main = SERVER.replace("\t\"flag\"\n", "\t\"context\"\n\t\"flag\"\n").replace(
        "\thttp.HandleFunc",
        "\tctx := context.Background()\n\tklog.Infof(\"Found driver %s\", name(ctx))\n\
         \tshort, cancel := context.WithCancel(ctx)\n\tklog.Infof(\"Found plugin %s\", name(short))\n\tcancel()\n\thttp.HandleFunc",
    );
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("cmd/main.go", main)]);
    let diff = checkout.run(["patch", "--no-cache", "--target=contextual", "--runtime=separate"]).expect(0).stdout;
    let made: Vec<&str> = diff.lines().filter(|line| line.starts_with("+\tlogger := klog")).collect();
    assert_eq!(made, ["+\tlogger := klog.FromContext(ctx)"], "{diff}");
    assert!(diff.contains("+\tklog.FromContext(short).Info(\"Found plugin\""), "{diff}");
}

#[test]
fn who_only_says_that_it_is_up_starts_no_operation() {
    let probe = "\thttp.HandleFunc(\"/healthz\", func(w http.ResponseWriter, r *http.Request) {})\n";
    let tool = TOOL.replace("\"os\"\n", "\"net/http\"\n\t\"os\"\n").replace("\t<-ctx", &format!("{probe}\t<-ctx"));
    let checkout = Checkout::with([("go.mod", gomod("example.com/m")), ("main.go", tool.clone())]);
    checkout.commit();
    let (run, _) = mails(&checkout, &[]);
    assert!(run.stderr.contains("1 call gets its structure only"), "{}", run.stderr);
    let split = tool.replace("\"/healthz\", func", "\"/healthz\",\n\t\tfunc");
    checkout.write("main.go", &split);
    let patched = |checkout: &Checkout| checkout.run(["patch", "--no-cache", "--runtime=separate"]).expect(0).stdout;
    assert!(!patched(&checkout).contains("requestid"), "{split}");
    checkout.write("main.go", tool.replace("/healthz", "/volumes"));
    assert!(patched(&checkout).contains("requestid.FromContext(ctx)"));
}

#[test]
fn an_import_path_that_is_set_is_that_of_its_own_module_alone() {
    let checkout = Checkout::with([
        ("go.mod", gomod("example.com/m")),
        ("main.go", SERVER.to_owned()),
        ("other/go.mod", gomod("example.com/other")),
        ("other/main.go", SERVER.to_owned()),
        ("klogmod.toml", "[request-id]\nimport = \"example.com/m/logs/requestid\"\n".to_owned()),
    ]);
    checkout.commit();
    checkout.run(["apply", "--all"]).expect(0);
    assert!(checkout.text("main.go").contains("\"example.com/m/logs/requestid\""));
    assert!(checkout.join("logs/requestid/requestid.go").is_file());
    assert!(checkout.text("other/main.go").contains("\"example.com/other/internal/requestid\""));
    assert!(checkout.join("other/internal/requestid/requestid.go").is_file());
    let run = checkout.run(["runtime"]).expect(0);
    assert_eq!(run.stdout, "", "both are there already: {}", run.stderr);
}

#[test]
fn each_module_has_its_own_package() {
    let checkout = Checkout::with([
        ("a/go.mod", gomod("example.com/a")),
        ("a/main.go", SERVER.to_owned()),
        ("b/go.mod", "module example.com/b\n".to_owned()),
        ("b/main.go", SERVER.to_owned()),
        ("a/nested/go.mod", gomod("example.com/nested").replace("v2.70.0", "v2.2.0")),
        ("a/nested/main.go", SERVER.to_owned()),
        ("a/internal/requestid/own.go", "package requestid\n\nfunc Own() {}\n".to_owned()),
        ("loose/main.go", SERVER.to_owned()),
    ]);
    checkout.commit();
    let diff = checkout.run(["patch", "--no-cache", "--runtime=separate"]).expect(0).stdout;
    let imports: Vec<&str> = diff.lines().filter(|line| line.starts_with("+\t\"")).collect();
    // Sorted by path: a, a/nested; b requires no klog, and loose is in no module.
    assert_eq!(imports, ["+\t\"example.com/a/internal/logrequestid\"", "+\t\"example.com/nested/internal/requestid\""]);
    assert!(diff.contains("requestid.Pairs(\"path\""), "the nested module's klog has no filter: {diff}");
    let explained = checkout.run(["explain", "loose/main.go:17"]).expect(0).stdout;
    assert!(explained.contains("loose is in no module"), "{explained}");
    let run = checkout.run(["runtime", "a/nested"]).expect(0);
    assert!(run.stdout.contains("+++ b/a/nested/internal/requestid/requestid.go"), "{}", run.stdout);
    assert!(!run.stdout.contains("a/internal"), "{}", run.stdout);
    let run = checkout.run(["runtime", "b"]).expect(2);
    assert!(run.stderr.contains("b/go.mod: does not require k8s.io/klog/v2"), "{}", run.stderr);
}
