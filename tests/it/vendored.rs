//! Copies of the checkout's own modules in vendor: its own code is looked at in their place, and whoever patches that is told of them.

use crate::common::checkout::Checkout;

const GO_MOD: &str = "module example.com/m

go 1.21

require (
	example.com/own v0.0.0
	k8s.io/klog/v2 v2.70.0
)

replace example.com/own => ./own
";

const OWN: &str = "package own

import \"k8s.io/klog/v2\"

// Trimmer is what trims.
type Trimmer interface {
	Trim(most int)
}

// Say says something.
func Say(name string) {
	klog.Infof(\"Saying %s\", name)
}
";

const MAIN: &str = "package main

import (
	\"example.com/own\"
	\"k8s.io/klog/v2\"
)

type disk struct{ n int }

// Trim has the name and the parameters of what a Trimmer has, and never becomes one.
func (d *disk) Trim(most int) {
	klog.Infof(\"Trimming to %d\", most)
}

func main() {
	own.Say(\"x\")
	new(disk).Trim(3)
}
";

/// What of klog has to be at hand, so that no interface of its may ask for anything.
const KLOG: &str = "package klog

type Logger struct{}

func Background() Logger                       { return Logger{} }
func Infof(format string, args ...interface{}) {}
";

fn checkout(copied: bool) -> Checkout {
    let mut files = vec![
        ("go.mod", GO_MOD),
        ("main.go", MAIN),
        ("own/go.mod", "module example.com/own\n\ngo 1.21\n"),
        ("own/own.go", OWN),
        ("vendor/k8s.io/klog/v2/klog.go", KLOG),
        ("vendor/modules.txt", "# example.com/own v0.0.0 => ./own\n## explicit; go 1.21\nexample.com/own\n"),
    ];
    files.extend(copied.then_some(("vendor/example.com/own/own.go", OWN)));
    let checkout = Checkout::with(files);
    checkout.commit();
    checkout
}

#[test]
fn an_interface_of_a_vendored_copy_is_the_checkouts_own() {
    for copied in [false, true] {
        let args = ["plan", "--all", "--target=contextual", "--edits=s", "--thread=report", "--format", "json"];
        let plan = checkout(copied).run(args).expect(0).json();
        let threads = &plan["threads"]["threads"];
        let names: Vec<&str> = threads.as_array().unwrap()[0]["functions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|function| function["function"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["disk.Trim"], "copied: {copied}");
        let notes = plan["diagnostics"].to_string();
        assert_eq!(notes.contains("a copy of own, which is looked at in its place"), copied, "{notes}");
    }
}

#[test]
fn patches_of_what_is_copied_say_so() {
    let told = "vendor/example.com/own is a copy of own: run `go mod vendor` once this is applied";
    for copied in [false, true] {
        let checkout = checkout(copied);
        let out = Checkout::new();
        let dir = out.path().to_string_lossy().into_owned();
        let run = checkout.run(["patch", "--all", "--edits=s", "-o", &dir]).expect(0);
        assert_eq!(run.stderr.contains(told), copied, "{}", run.stderr);
        let mails = std::fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path());
        for mail in mails.filter(|mail| mail.extension().is_some_and(|extension| extension == "patch")) {
            let text = std::fs::read_to_string(&mail).unwrap();
            let changes_own = text.contains("diff --git a/own/own.go");
            assert_eq!(text.contains(told), copied && changes_own, "{text}");
        }
        let applied = checkout.run(["apply", "--all", "--edits=s"]).expect(0);
        assert_eq!(applied.stderr.contains(told), copied, "{}", applied.stderr);
    }
}

#[test]
fn a_copy_that_differs_and_a_linked_directory_are_said() {
    let (checkout, other) = (checkout(true), Checkout::with([("src/a.go", "package a\n")]));
    let notes = || checkout.run(["plan", "--all", "--format", "json"]).expect(0).json()["diagnostics"].to_string();
    let (differs, linked) = ("is not what own has: what is built is the copy", "a link to a directory with Go files");
    let said = |notes: &str| [differs, linked].map(|text| notes.contains(text));
    assert_eq!(said(&notes()), [false, false]);
    checkout.write("vendor/example.com/own/own.go", format!("{OWN}\nvar later int\n"));
    assert_eq!(said(&notes()), [true, false]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(other.path(), checkout.join("staging")).unwrap();
        assert_eq!(said(&notes()), [true, true]);
        // One whose target is looked at where it stands is said nothing of.
        std::os::unix::fs::symlink("own", checkout.join("again")).unwrap();
        assert_eq!(notes().matches(linked).count(), 1);
    }
}

const NAMED: &str = r#"package main

import (
	"context"
	"net/rpc"
	"os"
	"reflect"
	"text/template"

	"k8s.io/klog/v2"
)

type tool struct{}

func (t *tool) Find() { klog.Info("Finding") }

func (t *tool) SetSize() { klog.Info("Setting") }

func (t *tool) Shown() string { klog.Info("Shown"); return "" }

func (t *tool) Listed() string { klog.Info("Listed"); return "" }

func (t *tool) Plain() { klog.Info("Plain") }

func main() { run(context.Background()) }

func run(ctx context.Context) {
	t := &tool{}
	t.Find()
	t.SetSize()
	t.Shown()
	t.Listed()
	t.Plain()
	reflect.ValueOf(t).MethodByName("Find").Call(nil)
	reflect.ValueOf(t).MethodByName("Set" + os.Args[1]).Call(nil)
	_ = template.Must(template.New("").Parse("{{.Shown}}")).Execute(os.Stdout, t)
	<-ctx.Done()
}
"#;

#[test]
fn methods_that_are_called_by_their_names_keep_their_parameters() {
    let checkout = checkout(false);
    checkout.write("main.go", NAMED);
    checkout.write("list.tmpl", "{{range .Tools}}{{.Listed}}{{end}}");
    let names = |checkout: &Checkout| -> Vec<String> {
        let args = ["plan", "--all", "--target=contextual", "--edits=s", "--thread=report", "--format", "json"];
        let plan = checkout.run(args).expect(0).json();
        let threads = plan["threads"]["threads"].as_array().unwrap().clone();
        let functions = threads.iter().flat_map(|thread| thread["functions"].as_array().unwrap().clone());
        functions.map(|function| function["function"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&checkout), ["tool.Plain"]);
    checkout.write("main.go", NAMED.replace("<-ctx.Done()", "<-ctx.Done()\n\t_ = rpc.Register(t)"));
    assert_eq!(names(&checkout), [""; 0]);
}

/// A module with a copy of one of its own, and of another, in vendor.
fn vendored() -> Checkout {
    let own = "package own\n\nimport \"k8s.io/klog/v2\"\n\nfunc load(name string) { klog.Infof(\"Loading crate %s\", name) }\n";
    Checkout::with([
        ("go.mod", "module example.com/a\n\nrequire k8s.io/klog/v2 v2.120.1\n\nreplace example.com/own => ./own\n"),
        ("own/go.mod", "module example.com/own\n\nrequire k8s.io/klog/v2 v2.120.1\n"),
        ("own/own.go", own),
        ("vendor/modules.txt", "# example.com/own v0.0.0 => ./own\n"),
        ("vendor/example.com/own/own.go", own),
        ("vendor/example.com/other/other.go", own),
    ])
}

#[test]
fn what_is_left_alone_is_said_and_how_it_is_looked_at() {
    let checkout = vendored();
    let plan = checkout.run(["plan", "--all"]).expect(0);
    assert!(plan.stderr.contains("vendor/example.com/own is a copy of own: run `go mod vendor`"), "{}", plan.stderr);
    let left = checkout.run(["explain", "vendor/example.com/other/other.go:5"]).expect(2);
    assert!(left.stderr.contains("left alone: vendored code; --root "), "{}", left.stderr);
    let dir = "vendor/example.com/other";
    let seen = checkout.run(["explain", "--root", dir, "vendor/example.com/other/other.go:5"]).expect(0);
    assert!(seen.stdout.contains("Infof"), "{}", seen.stdout);
}
