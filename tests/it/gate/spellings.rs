//! A call is the same call to every command, however it is spelled: with a depth, with a slice at its end, with its pairs behind the
//! runtime's `Pairs`, through a logger.

use crate::common::checkout::Checkout;

fn tree(body: &str) -> Checkout {
    let head = "package a\n\nimport (\n\t\"context\"\n\n\t\"example.com/m/internal/requestid\"\n\t\"k8s.io/klog/v2\"\n)\n\nconst idKey = \"requestID\"\n";
    let parameters = "ctx context.Context, err error, id, nodeName string, more []interface{}";
    let file = format!("{head}\nfunc f({parameters}) {{\n{body}\n}}\n");
    Checkout::with([
        ("go.mod", "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.100.1\n"),
        ("internal/requestid/requestid.go", "package requestid\n"),
        ("pkg/a/a.go", &file),
    ])
}

/// How many calls carry a request ID, and how many are structured and do not.
fn counts(body: &str) -> (u64, u64) {
    let json = tree(body).run(["coverage", "-o", "json"]).expect(0).json();
    let part = |name: &str| json["totals"]["parts"][name].as_u64().unwrap();
    (part("withRequestId"), part("withoutRequestId"))
}

#[test]
fn request_ids_are_found_in_every_spelling() {
    for call in [
        "klog.InfoSDepth(1, \"Done\", \"requestID\", id)",
        "klog.ErrorSDepth(1, err, \"Failed\", \"requestID\", id)",
        "klog.InfoS(\"Done\", idKey, id)",
        "klog.InfoS(\"Done\", requestid.Pairs(\"n\", 1, \"requestID\", id)...)",
        "klog.FromContext(ctx).WithValues(\"requestID\", id).Info(\"Done\")",
        "klog.LoggerWithValues(klog.Background(), \"requestID\", id).Info(\"Done\")",
        "requestid.LoggerWithID(klog.FromContext(ctx), requestid.FromContext(ctx)).Info(\"Done\")",
        "logger := requestid.LoggerWithID(klog.FromContext(ctx), requestid.FromContext(ctx))\n\tlogger.Info(\"Done\")",
        "logger := klog.FromContext(ctx).WithValues(\"requestID\", id)\n\tlogger.V(4).Error(err, \"Failed\")",
    ] {
        assert_eq!(counts(&format!("\t{call}")), (1, 0), "{call}");
    }
    for call in [
        "klog.InfoSDepth(1, \"requestID\")",
        "klog.InfoS(\"Done\", more...)",
        "klog.InfoS(\"Done\", \"kind\", \"requestID\")",
        "klog.FromContext(ctx).WithValues(\"kind\", \"requestID\").Info(\"Done\")",
        "klog.LoggerWithName(klog.FromContext(ctx), \"requestID\").Info(\"Done\")",
    ] {
        assert_eq!(counts(&format!("\t{call}")), (0, 1), "{call}");
    }
}

#[test]
fn habits_are_learned_in_every_spelling() {
    let habits = |body: &str| tree(body).run(["conventions", "--format", "json"]).expect(0).stdout;
    let calls = [
        "klog.InfoSDepth(1, \"Done\", \"theNode\", nodeName)",
        "klog.ErrorSDepth(1, err, \"Failed\", \"theNode\", nodeName)",
        "klog.InfoS(\"Done\", requestid.Pairs(\"theNode\", nodeName)...)",
    ];
    let found = habits(&calls.map(|call| format!("\t{call}\n")).concat());
    let line = found.lines().find(|line| line.contains("\"theNode\"")).unwrap_or_else(|| panic!("no habit: {found}"));
    assert!(line.contains("\"seen\":3"), "{line}");
    // A file with such calls alone shows habits, too.
    let found = habits(&calls[..2].iter().chain(&calls[..1]).map(|call| format!("\t{call}\n")).collect::<String>());
    assert!(found.contains("\"theNode\""), "{found}");
}
