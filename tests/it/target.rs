//! Where nobody says what calls become, the tree's own habit does.

use crate::common;

use common::checkout::Checkout;

/// A checkout with this many calls of a logger, so many of klog's own structured functions, and one with a format.
fn checkout(through: usize, own: usize) -> Checkout {
    let calls = |count: usize, call: &str| format!("\t{call}\n").repeat(count);
    let source = format!(
        "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc known(ctx context.Context, n int) {{\n\
         \tlogger := klog.FromContext(ctx)\n{}{}}}\n\nfunc asked(ctx context.Context, n int) {{\n\
         \tklog.Infof(\"Done %d\", n)\n\t_ = ctx\n}}\n",
        calls(through, "logger.Info(\"Known\", \"n\", n)"),
        calls(own, "klog.InfoS(\"Known\", \"n\", n)"),
    );
    let module = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n";
    let checkout = Checkout::with([("go.mod", module), ("a/a.go", source.as_str())]);
    checkout.commit();
    checkout
}

const THROUGH: &str = "logger.Info(\"Done\", \"done\", n)";
const OWN: &str = "klog.InfoS(\"Done\", \"done\", n)";

#[test]
fn calls_go_through_loggers_where_most_of_the_tree_s_do_and_it_is_said() {
    let checkout = checkout(12, 2);
    let run = |args: &[&str]| checkout.run(["patch", "--all", "--edits=s"].iter().chain(args)).expect(0);
    let followed = run(&[]);
    assert!(followed.stdout.contains(THROUGH), "{}", followed.stdout);
    let note = "12 of the tree's 14 structured calls go through a logger";
    assert!(followed.stderr.contains(note), "{}", followed.stderr);
    // Structured calls that are no logger's follow, too, as they do where that was asked for.
    assert_eq!(followed.stdout, run(&["--target=contextual"]).stdout);
    // Whoever says what they become is not told.
    let asked = run(&["--target=infos"]);
    assert!(asked.stdout.contains(OWN) && !asked.stderr.contains(note), "{}{}", asked.stdout, asked.stderr);
    // Threads and a plan of one file follow the whole tree, and so does a plan that was kept.
    let plan = ["plan", "--all", "--edits=s", "--thread=report", "-v", "a/a.go"];
    for _ in 0..2 {
        let planned = checkout.run(plan).expect(0);
        assert!(planned.stdout.contains(THROUGH), "{}", planned.stdout);
        assert!(planned.stdout.contains("have no logger"), "{}", planned.stdout);
    }
}

#[test]
fn without_a_clear_habit_calls_become_klog_s_own() {
    for (through, own) in [(0, 0), (9, 0), (12, 8), (0, 14)] {
        let run = checkout(through, own).run(["patch", "--all", "--edits=s"]).expect(0);
        assert!(run.stdout.contains(OWN), "{through} of {}: {}", through + own, run.stdout);
        assert!(!run.stderr.contains("go through a logger"), "{}", run.stderr);
    }
}
