//! `klogmod runtime --wire`: the calls that switch request IDs on find their places, once, or are told to be made by hand.

use crate::common;

use libtest_mimic::Trial;

use crate::needs::{Need, tests};
use common::checkout::{Checkout, Run};
use common::go;
use common::txtar::Archive;

const KLOG: &str = "v2.70.0";

const MAIN: &str = r#"package main

import (
	"flag"
	"fmt"

	"k8s.io/klog/v2"

	"example.com/m/work"
)

func main() {
	klog.InitFlags(nil)
	name := flag.String("name", "a", "what is worked on")
	flag.Parse()
	defer klog.Flush()
	fmt.Println("start")
	work.Do(*name)
}
"#;

fn module(main: &str) -> Checkout {
    Checkout::with([
        ("go.mod", format!("module example.com/m\n\ngo 1.18\n\nrequire k8s.io/klog/v2 {KLOG}\n").as_str()),
        ("cmd/agent/main.go", main),
    ])
}

/// As much of kubernetes as the wires look at.
fn kubernetes() -> Checkout {
    let archive = Archive::load(&common::repository().join("fixtures/runtime/wire/kubernetes.txtar"));
    let checkout = Checkout::new();
    for (path, text) in &archive.files {
        checkout.write(path, text);
    }
    checkout
}

fn wire(checkout: &Checkout) -> Run {
    checkout.run(["runtime", "--wire"]).expect(0)
}

/// The part of a diff that is about files with this name.
fn diff_of(run: &Run, name: &str) -> String {
    let files = run.stdout.split("diff --git ").filter(|file| file.lines().next().is_some_and(|l| l.ends_with(name)));
    files.flat_map(|file| file.lines().filter(|line| line.starts_with(['+', '-']))).fold(String::new(), |text, line| {
        if line.starts_with("+++") || line.starts_with("---") { text } else { text + line + "\n" }
    })
}

fn apply(checkout: &Checkout, run: &Run) {
    checkout.write("wire.diff", &run.stdout);
    checkout.git(["apply", "wire.diff"]);
    std::fs::remove_file(checkout.join("wire.diff")).unwrap();
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        []
            a_program_with_klogs_flags_is_wired_and_only_once
            a_program_of_another_make_is_told_what_to_do
            flags_and_what_reads_them_come_together
            the_standard_flags_go_by_the_name_that_the_file_has_for_them
            a_program_that_logs_nothing_is_left_alone
            a_file_that_is_no_go_keeps_no_other_from_being_wired
            what_stands_in_the_way_is_left_to_a_person
            a_filter_of_the_program_is_wrapped
            the_wiring_is_a_patch_of_its_own_with_reasons
            what_waits_in_queues_keeps_its_reason_and_requests_of_nobody_get_their_callers_id
            kubernetes_is_wired_where_it_starts_serves_and_asks
            work_on_an_object_begins_where_it_is_got
            kubectl_starts_no_session_where_ids_are_not_its_own
            what_must_not_import_the_package_is_told;
        [Need::Go]
            a_wired_program_prints_the_pair_only_if_asked;
    }
}

fn a_program_with_klogs_flags_is_wired_and_only_once() {
    let checkout = module(MAIN);
    let run = wire(&checkout);
    insta::assert_snapshot!(diff_of(&run, "main.go"), @r#"
    +	"example.com/m/internal/requestid"
    +	requestid.AddFlags(flag.CommandLine)
    +	requestid.Init()
    "#);
    assert!(run.stderr.contains("cmd/agent/main.go:15: requestid.Init() (review: "), "{}", run.stderr);
    assert!(!run.stderr.contains("by hand"), "{}", run.stderr);
    apply(&checkout, &run);
    let again = wire(&checkout);
    assert_eq!(again.stdout, "", "{}", again.stderr);
    assert!(!again.stderr.contains("by hand"), "{}", again.stderr);
}

fn a_program_of_another_make_is_told_what_to_do() {
    let cobra = MAIN.replace("\tklog.InitFlags(nil)\n", "").replace("\tflag.Parse()\n", "");
    let run = wire(&module(&cobra));
    assert!(!run.stdout.contains("main.go"), "{}", run.stdout);
    let by_hand: Vec<_> = run.stderr.lines().filter(|line| line.contains("by hand")).collect();
    insta::assert_snapshot!(by_hand.join("\n"));
}

fn flags_and_what_reads_them_come_together() {
    // controller-runtime's programs have flags of zap's, not of klog's.
    let zap = MAIN.replace("\tklog.InitFlags(nil)\n", "");
    insta::assert_snapshot!(diff_of(&wire(&module(&zap)), "main.go"), @r#"
    +	"example.com/m/internal/requestid"
    +	requestid.AddFlags(flag.CommandLine)
    +	requestid.Init()
    "#);
    let pflag = zap.replace("\"flag\"", "flag \"github.com/spf13/pflag\"").replace("flag.Parse", "pflag.Parse");
    assert!(diff_of(&wire(&module(&pflag)), "main.go").contains("+\trequestid.AddFlags(pflag.CommandLine)\n"));
    let cobra = MAIN.replace("\tflag.Parse()\n", "");
    let run = wire(&module(&cobra));
    let told = "by hand: cmd/agent: `requestid.Init()` after `flag.Parse()`.";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert!(run.stderr.contains("the program has main-flags, which does nothing alone"), "{}", run.stderr);
}

fn the_standard_flags_go_by_the_name_that_the_file_has_for_them() {
    let renamed = MAIN.replace("\t\"flag\"", "\tstdflag \"flag\"").replace("flag.", "stdflag.");
    // Whatever else is called so elsewhere in the file.
    let renamed = renamed + "\nfunc set(flag string) string { return flag }\n";
    insta::assert_snapshot!(diff_of(&wire(&module(&renamed)), "main.go"), @r#"
    +	"example.com/m/internal/requestid"
    +	requestid.AddFlags(stdflag.CommandLine)
    +	requestid.Init()
    "#);
    let unnamed = MAIN.replace("\t\"flag\"\n", "\t\"github.com/spf13/pflag\"\n").replace("flag.", "pflag.");
    let unnamed = unnamed + "\nfunc set(flag string) string { return flag }\n";
    let diff = diff_of(&wire(&module(&unnamed)), "main.go");
    assert!(diff.contains("+\t\"flag\"\n") && diff.contains("+\trequestid.AddFlags(flag.CommandLine)\n"), "{diff}");
    let taken = MAIN.replace("\"flag\"", "flag \"github.com/spf13/pflag\"");
    let run = wire(&module(&taken));
    assert!(run.stderr.contains("the name flag has another meaning in the file"), "{}", run.stderr);
    assert!(!diff_of(&run, "main.go").contains("AddFlags"), "{}", run.stdout);
}

fn a_program_that_logs_nothing_is_left_alone() {
    let checkout = module(MAIN);
    let silent = MAIN.replace("\t\"k8s.io/klog/v2\"\n", "").replace("\tklog.InitFlags(nil)\n", "");
    checkout.write("cmd/report/main.go", silent.replace("\tdefer klog.Flush()\n", ""));
    checkout.write("work/work.go", "package work\n\nfunc Do(name string) {}\n");
    assert!(!wire(&checkout).stdout.contains("cmd/report"));
    // What it is made of counts as well.
    checkout.write(
        "work/work.go",
        "package work\n\nimport \"k8s.io/klog/v2\"\n\nfunc Do(name string) { klog.Info(name) }\n",
    );
    assert!(diff_of(&wire(&checkout), "report/main.go").contains("+\trequestid.Init()\n"));
}

fn a_file_that_is_no_go_keeps_no_other_from_being_wired() {
    let checkout = module(MAIN);
    checkout.write("cmd/other/main.go", MAIN.replace("work.Do(*name)", "work.Do(*name"));
    let run = wire(&checkout);
    assert!(diff_of(&run, "agent/main.go").contains("+\trequestid.Init()\n"), "{}", run.stdout);
    assert!(run.stderr.contains("by hand: cmd/other/main.go"), "{}", run.stderr);
    assert!(run.stderr.contains("the file is not analysed"), "{}", run.stderr);
}

fn what_stands_in_the_way_is_left_to_a_person() {
    let taken = MAIN.replace("name := flag", "requestid := 1\n\t_ = requestid\n\tname := flag");
    let crowded = MAIN.replace("\tflag.Parse()\n", "\tflag.Parse(); fmt.Println()\n");
    let lost =
        MAIN.replace("\tflag.Parse()\n", "\tflag.Parse()\n\tif _, err := rest.InClusterConfig(); err != nil {\n\t}\n");
    for (main, reason) in [
        (taken, "the name requestid has another meaning in the file"),
        (crowded, "line 15 holds more than the statement"),
        (lost, "line 16 does not keep the result"),
    ] {
        let run = wire(&module(&main));
        assert!(run.stderr.contains(reason), "{reason}:\n{}", run.stderr);
    }
}

fn a_filter_of_the_program_is_wrapped() {
    let own = "\tflag.Parse()\n\tklog.SetLogFilter(&own{next: nil})\n";
    let checkout = module(&MAIN.replace("\tflag.Parse()\n", own));
    let run = wire(&checkout);
    assert!(
        diff_of(&run, "main.go").contains("+\tklog.SetLogFilter(requestid.Filter(&own{next: nil}))\n"),
        "{}",
        run.stdout
    );
    apply(&checkout, &run);
    assert_eq!(wire(&checkout).stdout, "");
}

fn the_wiring_is_a_patch_of_its_own_with_reasons() {
    let checkout = module(MAIN);
    checkout.run(["runtime", "--wire", "-o", "out"]).expect(0);
    let mut names: Vec<_> = std::fs::read_dir(checkout.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".patch"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    let package = std::fs::read_to_string(checkout.join("out").join(&names[0])).unwrap();
    let calls = std::fs::read_to_string(checkout.join("out").join(&names[1])).unwrap();
    assert!(package.contains("internal/requestid/") && !package.contains("main.go"));
    assert!(calls.contains("main.go") && !calls.contains("b/internal/requestid/"));
    assert!(
        calls.contains("Each place needs review") && calls.contains("* cmd/agent/main.go:15 (main-init)"),
        "{calls}"
    );
}

fn kubernetes_is_wired_where_it_starts_serves_and_asks() {
    let checkout = kubernetes();
    let run = wire(&checkout);
    let calls: String =
        ["logs.go", "options.go", "server.go", "config.go", "store.go", "cmd.go", "controller_utils.go"]
            .into_iter()
            .chain(["transport.go", "deployment_util.go", "deployment_controller.go"])
            .map(|name| format!("{name}\n{}", diff_of(&run, name)))
            .collect();
    insta::assert_snapshot!(calls);
    let by_hand: Vec<_> = run.stderr.lines().filter(|line| line.contains("by hand")).collect();
    insta::assert_snapshot!(by_hand.join("\n"));
    apply(&checkout, &run);
    assert_eq!(wire(&checkout).stdout, "", "wired once");
}

fn work_on_an_object_begins_where_it_is_got() {
    let checkout = module(MAIN);
    let work = std::fs::read_to_string(common::repository().join("fixtures/runtime/wire/work.go")).unwrap();
    checkout.write("work/work.go", &work);
    let run = wire(&checkout);
    insta::assert_snapshot!(diff_of(&run, "work.go"), @r#"
    +	"example.com/m/internal/requestid"
    +	ctx = requestid.Adopt(ctx, shelf)
    +	ctx = requestid.Adopt(ctx, &shelf)
    +		ctx := requestid.Adopt(ctx, book)
    +	ctx = requestid.Adopt(ctx, book)
    -	return work(context.TODO(), book)
    +	return work(requestid.Adopt(context.TODO(), book), book)
    "#);
    let lines = run.stderr.lines().filter(|line| line.contains("by hand") && line.contains("work/work.go"));
    let left: Vec<_> = lines.map(|line| line.split(" Work on the object").next().unwrap_or(line)).collect();
    insta::assert_snapshot!(left.join("\n"), @r"
    note: by hand: work/work.go:103, goesOn: `ctx = requestid.Adopt(ctx, shelf)`.
    note: by hand: work/work.go:112, two: `ctx = requestid.Adopt(ctx, shelf)`.
    ");
    apply(&checkout, &run);
    assert_eq!(wire(&checkout).stdout, "", "once");
}

fn what_waits_in_queues_keeps_its_reason_and_requests_of_nobody_get_their_callers_id() {
    let checkout = kubernetes();
    let run = wire(&checkout);
    insta::assert_snapshot!(diff_of(&run, "shelf_controller.go"), @r#"
    +	"k8s.io/component-base/logs/requestid"
    +	requestid.Queued(c.queue, key, shelf)
    +	requestid.Queued(c.queue, key, obj)
    +	requestid.QueuedFor(c.queue, key, book)
    +	requestid.QueuedFor(c.queue, item, book)
    +		requestid.QueuedFor(c.queue, key, cur)
    +	ctx = requestid.Dequeued(ctx, c.queue, key)
    +		requestid.Queued(c.queue, key, ctx)
    +	requestid.Finished(c.queue, key)
    -	return c.remove(key)
    +	return c.remove(ctx, key)
    -	return c.remove("all")
    +	return c.remove(context.TODO(), "all")
    -func (c *controller) remove(name string) error {
    -	return c.store.Delete(context.TODO(), name)
    +func (c *controller) remove(ctx context.Context, name string) error {
    +	return c.store.Delete(requestid.Detached(ctx), name)
    -	return c.mark(book)
    +	return c.mark(ctx, book)
    -func (c *controller) mark(book *Book) error {
    -	return c.store.Delete(context.TODO(), book.GetName())
    +func (c *controller) mark(ctx context.Context, book *Book) error {
    +	return c.store.Delete(requestid.Adopt(requestid.Detached(ctx), book), book.GetName())
    "#);
    assert_eq!(diff_of(&run, "wait.go"), "", "no requests are made there");
    // A file that only passes a context on does not import the package.
    insta::assert_snapshot!(diff_of(&run, "shelf_controller_test.go"), @r#"
    +import "context"
    -	if err := (&controller{}).remove("one"); err != nil {
    +	if err := (&controller{}).remove(context.TODO(), "one"); err != nil {
    "#);
    apply(&checkout, &run);
    assert_eq!(wire(&checkout).stdout, "", "once");
}

fn kubectl_starts_no_session_where_ids_are_not_its_own() {
    let run = kubernetes().run(["runtime", "--wire", "--id-source", "kubectl-session"]).expect(0);
    let kubectl = diff_of(&run, "cmd.go");
    assert!(kubectl.contains("requestid.Init()") && !kubectl.contains("StartSession"), "{kubectl}");
    let old = kubernetes();
    let path = "staging/src/k8s.io/kubectl/pkg/cmd/cmd.go";
    old.write(path, old.text(path).replace("addCmdHeaderHooks", "addOtherHooks"));
    let run = old.run(["runtime", "--wire", "--id-source", "kubectl-session"]).expect(0);
    let kubectl = diff_of(&run, "cmd.go");
    assert!(kubectl.contains("StartSession"), "{kubectl}");
    assert!(diff_of(&run, "transport.go").contains("conf.Wrap(requestid.NewRoundTripper)"), "{}", run.stdout);
}

fn what_must_not_import_the_package_is_told() {
    let run = kubernetes().run(["runtime", "--wire", "--id-source", "audit-id"]).expect(0);
    let reason = "Not done: module k8s.io/component-base does not require k8s.io/apiserver";
    assert!(run.stderr.contains(reason), "{}", run.stderr);
    assert_eq!(diff_of(&run, "logs.go"), "");
    assert!(!diff_of(&run, "cmd.go").contains("StartSession"));
}

/// The wired program: off, what it prints is what it printed before; on, the pair is there.
fn a_wired_program_prints_the_pair_only_if_asked() {
    let go = go::go().unwrap();
    let checkout = module(MAIN);
    let work = |pair: &str| {
        let (import, pair) = match pair {
            "" => ("", String::new()),
            pair => ("\n\n\t\"example.com/m/internal/requestid\"", format!(", {pair}")),
        };
        format!(
            "package work\n\nimport (\n\t\"k8s.io/klog/v2\"{import}\n)\n\ntype object string\n\n\
             func (o object) GetAnnotations() map[string]string {{\n\
             \treturn map[string]string{{\"log.klogmod.dev/request-id\": string(o)}}\n}}\n\n\
             func Do(name string) {{\n//line work.go:1\n\tklog.InfoS(\"Working\", \"name\", name{pair})\n}}\n"
        )
    };
    let print = |args: &[&str]| {
        let mut command = go::command(&go, checkout.path(), &["run", "./cmd/agent"]);
        let output = command.args(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}");
        // The time and the process are in the header.
        text.rsplit_once(' ').map(|_| text.split_once("work.go").unwrap().1.to_owned()).unwrap_or_default()
    };
    checkout.write("work/work.go", work(""));
    let before = print(&[]);
    apply(&checkout, &wire(&checkout));
    checkout.write("work/work.go", work("\"requestID\", requestid.FromObject(object(name))"));
    assert_eq!(print(&[]), before);
    assert_eq!(print(&["-v=9"]), before);
    let pair = before.trim_end().to_owned() + " requestID=\"a\"\n";
    assert_eq!(print(&["--log-request-id"]), pair);
    assert_eq!(print(&["-v=4", "--log-request-id-from-v=4"]), pair);
}
