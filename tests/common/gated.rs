//! A tree with a baseline, for gates.

use super::checkout::Checkout;

/// A file with a call that was there, one with a request ID and one without.
pub const FILE: &str = "package a

import (
\t\"context\"

\t\"example.com/m/internal/requestid\"
\t\"k8s.io/klog/v2\"
)

func f(ctx context.Context, name string) {
\tklog.Infof(\"Old %s\", name)
\tklog.InfoS(\"Created pod\", \"pod\", name, \"requestID\", requestid.FromContext(ctx))
\tklog.InfoS(\"Deleted pod\", \"pod\", name)
}
";

/// A committed tree with a baseline.
pub fn gated() -> Checkout {
    let checkout = Checkout::with([
        ("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("pkg/a/a.go", FILE),
        ("pkg/b/b.go", &FILE.replace("package a", "package b")),
    ]);
    checkout.run(["baseline", "write"]).expect(0);
    checkout.commit();
    checkout
}
