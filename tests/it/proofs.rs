//! What was shown before a call and does not hold at it any more: `certify` lets no new evaluation pass for it.

use crate::common::checkout::Checkout;

const HEAD: &str = "package a

import \"k8s.io/klog/v2\"

type part struct {
\tname string
\tnext *part
}

func f(p, o *part, i, j int, keys map[interface{}]int, a, b interface{}, list []int) {
";

/// Whether a value may be added to a line that stands at `$` among statements.
#[track_caller]
fn passes(statements: &str, value: &str) -> bool {
    let trees =
        ["klog.Infof(\"Found %d\", i)", &format!("klog.InfoS(\"Found\", \"i\", i, \"added\", {value})")].map(|call| {
            let tree = Checkout::new();
            tree.write("go.mod", "module example.com/a\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.120.1\n");
            tree.write("a.go", format!("{HEAD}{}\n}}\n", statements.replace('$', call)));
            tree
        });
    let [before, after] = trees.each_ref().map(|tree| tree.path().to_str().unwrap());
    let run = Checkout::new().run(["certify", before, after]);
    run.sane();
    assert!(run.code < 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.code == 1, run.stdout.contains("new-evaluation"), "{}", run.stdout);
    run.code == 0
}

#[test]
fn a_proof_ends_where_the_variable_is_set_anew() {
    assert!(passes("_ = p.name\n$", "p.name"));
    assert!(passes("if p != nil { $ }", "p.name"));
    assert!(passes("p = o\n_ = p.name\n$", "p.name"));
    assert!(passes("p = &part{}\n$", "p.name"));
    for statements in [
        "_ = p.name\np = o\n$",
        "if p != nil {\np = o\n$\n}",
        "if p != nil {\np := o\n$\n_ = p\n}",
        "for p != nil {\np = p.next\n$\n}",
        "_ = p.name\np, o = o, p\n$",
        "q := &p\n_ = p.name\n*q = nil\n$",
        "q := &(p)\n_ = p.name\n*q = nil\n$",
        "_ = p.name\n(p) = o\n$",
        "_ = p.name\nfunc() { p = nil }()\n$",
        "_ = p.name\nfor {\n$\np = p.next\n}",
        "p = &part{}\np = o\n$",
        "if i > 0 {\np = &part{}\n}\n$",
    ] {
        assert!(!passes(statements, "p.name"), "{statements}");
    }
}

#[test]
fn a_field_is_followed_as_a_variable_is() {
    assert!(passes("if p != nil && p.next != nil { $ }", "p.next.name"));
    assert!(passes("_ = p.next.name\no.next = nil\n$", "p.next.name"));
    for statements in ["_ = p.next.name\np.next = nil\n$", "if p != nil && p.next != nil {\np.next = o\n$\n}"] {
        assert!(!passes(statements, "p.next.name"), "{statements}");
    }
}

#[test]
fn operators_panic_as_go_has_it() {
    for value in ["i << j", "i >> j", "keys[a]", "a == b", "[2]int(list)", "(*[2]int)(list)"] {
        assert!(!passes("$", value), "{value}");
    }
    for value in ["i << 3", "i >> uint(j)", "keys[i]", "a == nil", "a != 3", "int64(i)"] {
        assert!(passes("$", value), "{value}");
    }
}
