//! What a logger carries that is set more than once: what it was given last, and, where that depends, what it may have been given.

use crate::common::checkout::Checkout;

const WORK: &str = "package m

import \"k8s.io/klog/v2\"

type worker struct {
\tlog klog.Logger
}

func (w *worker) replaced(id string) {
\tlogger := w.log.WithValues(\"job\", id)
\tlogger.Info(\"Twice\", \"job\", id)
\tlogger = w.log
\tlogger.Info(\"Once\", \"job\", id)
}

func (w *worker) named(id string) {
\tlogger := w.log
\tlogger = logger.WithName(\"sync\")
\tlogger = logger.WithValues(\"job\", id)
\tlogger = logger.WithValues(\"attempt\", 1)
\tlogger.Info(\"Twice\", \"job\", id)
}

func (w *worker) depends(id string, quiet bool) {
\tlogger := w.log.WithValues(\"job\", id)
\tif quiet {
\t\tlogger = w.log
\t\tlogger.Info(\"Once\", \"job\", id)
\t} else {
\t\tlogger.Info(\"Twice\", \"job\", id)
\t}
\tlogger.Info(\"Perhaps twice\", \"job\", id)
}

func (w *worker) two(id string) {
\tlogger, n := w.log.WithValues(\"job\", id), 1
\tlogger, m := w.log, n
\tlogger.Info(\"Once\", \"job\", id, \"m\", m)
}
";

const WITH_ID: &str = "package m

import (
\t\"context\"

\t\"k8s.io/klog/v2\"
\t\"m/internal/requestid\"
)

func work(ctx context.Context, l klog.Logger, id string) {
\tlogger := requestid.LoggerWithID(l, requestid.FromContext(ctx)).WithValues(\"job\", id)
\tlogger.Info(\"Once\", \"row\", id)
\tlogger.Info(\"Twice\", \"job\", id)
\tlogger.Info(\"With the ID twice\", \"requestID\", requestid.FromContext(ctx))
}
";

#[test]
fn the_last_logger_counts() {
    let module = "module m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.130.1\n";
    let run = Checkout::with([("go.mod", module), ("work.go", WORK)]).run(["check"]);
    let lines = run.stdout.lines().filter_map(|line| line.split_once("[lint-key-duplicate]").map(|(at, _)| at));
    let told = |at: &str| format!("work.go:{at}: error: the logger carries \"job\" already ");
    let wanted = ["11:23", "21:23", "30:24", "32:31"].map(told);
    assert_eq!(lines.collect::<Vec<_>>(), wanted, "{}", run.stdout);
}

#[test]
fn a_logger_with_an_id_has_that_key_alone() {
    let module = "module m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.130.1\n";
    let run = Checkout::with([("go.mod", module), ("work.go", WITH_ID)]).run(["check"]);
    let twice = run.stdout.lines().filter(|line| line.contains("already")).collect::<Vec<_>>();
    let told = [
        "work.go:13:23: error: the logger carries \"job\" already",
        "work.go:14:35: error: the logger carries \"requestID\" already",
    ];
    assert!(twice.len() == 2 && told.iter().zip(&twice).all(|(told, line)| line.starts_with(told)), "{}", run.stdout);
}
