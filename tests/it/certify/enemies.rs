//! Changes that a reviewer would pass over: loggers and contexts, places, exits, and files beside the code.

use super::common::checkout::Checkout;
use super::{certified, reasons};

fn file(body: &str) -> String {
    format!(
        "package a\n\nimport (\n\t\"bufio\"\n\t\"context\"\n\t\"os\"\n\t\"path/filepath\"\n\n\t\"k8s.io/klog/v2\"\n)\n\ntype Crate struct {{\n\tName string\n\tIn *Crate\n}}\n\n\
         func next() int {{ return os.Getpid() }}\n\nfunc store(ctx context.Context, crate *Crate) {{}}\n\n\
         func load(ctx context.Context, logger klog.Logger, crate *Crate, out *bufio.Writer, dir, name string, count int, err error) {{\n\
         \t_ = filepath.Join(dir, name)\n{body}\n}}\n"
    )
}

/// Whether a change of the function is refused.
fn is_refused(old: &str, new: &str) -> bool {
    let (run, document) = certified(&file(old), &file(new));
    assert!(document["unread"].as_array().unwrap().is_empty(), "{new}\n{document:#}");
    run.code == 1
}

#[track_caller]
fn refused(old: &str, new: &str) {
    assert!(is_refused(old, new), "{old}\n→ {new}");
}

#[track_caller]
fn kept(old: &str, new: &str) {
    assert!(!is_refused(old, new), "{old}\n→ {new}");
}

#[test]
fn a_logger_keeps_what_it_carries() {
    let given = "logger = klog.LoggerWithValues(logger, \"crate\", name)\nlogger.Info(\"Loading\")";
    refused(given, "logger.Info(\"Loading\")");
    refused(given, "logger = klog.LoggerWithValues(logger, \"crate\", dir)\nlogger.Info(\"Loading\")");
    kept(given, "logger.Info(\"Loading\", \"crate\", name)");
    refused("logger.Info(\"Loading\")", "klog.Background().Info(\"Loading\")");
    refused("logger.Info(\"Loading\")", "klog.InfoS(\"Loading\")");
    refused("klog.Info(\"loading\")", "klog.FromContext(context.Background()).Info(\"Loading\")");
    kept("klog.Info(\"loading\")", "klog.FromContext(ctx).Info(\"Loading\")");
    let handed = "ctx = klog.NewContext(ctx, klog.LoggerWithValues(logger, \"crate\", name))\nstore(ctx, crate)\nklog.Info(\"loaded\")";
    refused(handed, "store(ctx, crate)\nklog.InfoS(\"Loaded\")");
}

#[test]
fn a_logger_is_made_where_it_does_no_harm() {
    let old = "if crate == nil {\nreturn\n}\nklog.Infof(\"loading %s\", crate.Name)";
    kept(
        old,
        "if crate == nil {\nreturn\n}\nlogger := logger.WithValues(\"crate\", crate.Name)\nlogger.Info(\"Loading\")",
    );
    refused(
        old,
        "logger := logger.WithValues(\"crate\", crate.Name)\nif crate == nil {\nreturn\n}\nlogger.Info(\"Loading\")",
    );
    let old = "klog.Info(\"loading\")\nstore(ctx, crate)";
    refused(old, "klog.InfoS(\"Loading\")\nstore(klog.NewContext(ctx, logger.WithValues(\"next\", next())), crate)");
}

#[test]
fn a_context_stays_the_one_that_was_given() {
    let old = "klog.Info(\"loading\")\nstore(ctx, crate)";
    for made in ["ctx = context.Background()", "ctx := klog.NewContext(context.TODO(), klog.Background())"] {
        refused(old, &format!("{made}\nklog.FromContext(ctx).Info(\"Loading\")\nstore(ctx, crate)"));
    }
    kept(old, "ctx = klog.NewContext(ctx, logger)\nklog.FromContext(ctx).Info(\"Loading\")\nstore(ctx, crate)");
}

#[test]
fn a_call_keeps_its_place_among_statements() {
    let old = "klog.Infof(\"at %d\", count)\ncount++\nstore(ctx, crate)";
    kept(old, "klog.InfoS(\"At\", \"count\", count)\ncount++\nstore(ctx, crate)");
    refused(old, "count++\nklog.InfoS(\"At\", \"count\", count)\nstore(ctx, crate)");
    refused(old, "count++\nklog.InfoS(\"At\", \"count\", count)\nklog.InfoS(\"Going on\")\nstore(ctx, crate)");
    refused(
        old,
        "klog.InfoS(\"At\", \"count\", count)\nklog.InfoS(\"At\", \"count\", count)\ncount++\nstore(ctx, crate)",
    );
}

#[test]
fn an_exit_is_one() {
    let old = "klog.Fatalf(\"no crate: %v\", err)";
    kept(old, "klog.ErrorS(err, \"No crate\")\nklog.FlushAndExit(klog.ExitFlushTimeout, 1)");
    refused(old, "klog.ErrorS(err, \"No crate\")\nklog.FlushAndExit(klog.ExitFlushTimeout, count)");
    let old = "klog.Info(\"loaded\")\nout.Flush()";
    kept(old, "klog.InfoS(\"Loaded\")\nout.Flush()");
    refused(old, "klog.InfoS(\"Loaded\")");
}

#[test]
fn a_value_is_the_one_that_it_was() {
    refused(
        "first := count\ncount = next()\nklog.Infof(\"first %d\", first)",
        "first := count\ncount = next()\nklog.InfoS(\"First\", \"first\", count)",
    );
    refused("klog.Infof(\"at %s\", filepath.Join(dir, name))", "klog.InfoS(\"At\", \"dir\", dir)");
    refused("klog.Infof(\"of %s\", os.Getenv(name))", "klog.InfoS(\"Of\", \"name\", name)");
    refused("klog.Infof(\"at %s/%s\", dir, name)", "klog.InfoS(\"At\", \"crate\", klog.KRef(name, dir))");
    refused("klog.Infof(\"count %d\", count)", "klog.InfoS(\"Count\", \"count\", &count)");
    refused("klog.Error(\"no crate there\")", "klog.ErrorS(context.Canceled, \"No crate there\")");
}

#[test]
fn a_message_says_what_it_said() {
    let old = "klog.Infof(\"crate %s is moved to another row, waiting for 2 trucks\", name)";
    kept(old, "klog.InfoS(\"Moved crate to another row, waiting for 2 trucks\", \"crate\", name)");
    refused(old, "klog.InfoS(\"Crate\", \"crate\", name)");
    refused(old, "klog.InfoS(\"Crate is moved to another row, waiting for 3 trucks\", \"crate\", name)");
    refused(old, "klog.InfoS(\"Crate is not moved to another row, waiting for 2 trucks\", \"crate\", name)");
    refused("klog.Info(\"all crates are unlocked\")", "klog.InfoS(\"All crates are locked\")");
}

#[test]
fn words_that_the_new_line_tells_otherwise_are_not_lost() {
    kept("klog.Errorf(\"failed to move crate, err: %v\", err)", "klog.ErrorS(err, \"Failed to move crate\")");
    kept(
        "klog.Infof(\"waiting for trucks (timeout %d)\", count)",
        "klog.InfoS(\"Waiting for trucks\", \"timeout\", count)",
    );
    kept("klog.Info(\"crates are set, using that..\")", "klog.InfoS(\"Crates are set, using that\")");
    kept(
        "klog.Errorf(\"failed to find a row for %q: %v\", name, err)",
        "klog.ErrorS(err, \"Failed to find a row for\", \"crate\", name)",
    );
    kept("klog.Info(\"[crane fleet] moved\")", "klog.InfoS(\"Moved\")");
    kept("klog.Info(\"yard.MoveCrateSafely: no truck\")", "klog.InfoS(\"No truck\")");
    kept(
        "if err := unknown.Load(); err != nil {\nklog.Error(\"failed to load\")\n}",
        "if err := unknown.Load(); err != nil {\nklog.ErrorS(err, \"Failed to load\")\n}",
    );
    kept(
        "klog.Infof(\"at %s/%s\", crate.Name, crate.Namespace)",
        "klog.InfoS(\"At\", \"crate\", klog.KRef(crate.Namespace, crate.Name))",
    );
}

#[test]
fn what_is_not_read_and_built_is_not_certified() {
    let (before, after) = (Checkout::new(), Checkout::new());
    for tree in [&before, &after] {
        tree.write("go.mod", super::MODULE);
        tree.write("a.go", "package a\n\nimport _ \"embed\"\n\n//go:embed table.txt\nvar table string\n");
        tree.write("table.txt", "one\n");
        tree.write("notes.txt", "one\n");
        tree.write("vendor/example.com/b/b.go", "package b\n");
    }
    let judged = || {
        let paths = [before.path().to_str().unwrap(), after.path().to_str().unwrap()];
        let run = Checkout::new().run(["certify", paths[0], paths[1], "--output", "json"]);
        (run.code, reasons(&run.json()["others"]).into_iter().collect::<Vec<_>>())
    };
    assert_eq!(judged(), (0, vec![]));
    after.write("notes.txt", "two\n");
    assert_eq!(judged(), (0, vec!["remark:other-file".to_owned()]));
    after.write("notes.txt", "one\n");
    for (path, text) in [
        ("go.mod", "module example.com/c\n"),
        ("table.txt", "two\n"),
        ("vendor/example.com/b/b.go", "package b\n\nfunc init() {}\n"),
    ] {
        let old = after.text(path);
        after.write(path, text);
        assert_eq!(judged(), (1, vec!["refusal:other-built".to_owned()]), "{path}");
        after.write(path, old);
    }
}
