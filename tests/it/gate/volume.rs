//! Calls weighed by what they printed.

use crate::common::checkout::Checkout;

const FILE: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(n int) {\n\tklog.InfoS(\"Done\", \"requestID\", \"x\")\n\tklog.Infof(\n\t\t\"Count %d\",\n\t\tn,\n\t)\n}\n";

fn tree() -> Checkout {
    Checkout::with([("pkg/a/main.go", FILE), ("pkg/b/other.go", FILE), ("pkg/c/other.go", FILE)])
}

fn volumes(checkout: &Checkout, text: &str) -> (u64, u64, u64, u64) {
    checkout.write("volume", text);
    let json = checkout.run(["coverage", "--volume", "volume", "-o", "json"]).expect(0).json();
    let volume = |name: &str| json["volume"][name].as_u64().unwrap();
    assert_eq!(volume("lines"), volume("matched") + volume("ambiguous") + volume("unmatched"));
    let of = |name: &str| json["totals"]["volume"][name].as_u64().unwrap();
    assert_eq!(volume("matched"), of("withRequestId") + of("fixable") + of("withoutRequestId"));
    (of("withRequestId"), of("fixable"), volume("ambiguous"), volume("unmatched"))
}

#[test]
fn counts_are_taken_from_profiles_and_logs() {
    let checkout = tree();
    assert_eq!(volumes(&checkout, "pkg/a/main.go:6 30\npkg/b/other.go:7 10\npkg/a/main.go:99 1\n"), (30, 10, 0, 1));
    let text =
        "I1123 17:25:58.898581   26810 main.go:6] \"Done\"\nnot klog's\nI1123 17:25:58.898581 1 other.go:7] Count 1\n";
    assert_eq!(volumes(&checkout, text), (1, 0, 1, 0));
    let json = "{\"ts\":1,\"caller\":\"a/main.go:8\",\"msg\":\"Count\"}\n{\"ts\":1,\"caller\":\"c/other.go:6\",\"msg\":\"Done\"}\n";
    assert_eq!(volumes(&checkout, json), (1, 1, 0, 0));
    let shown = checkout.run(["coverage", "--volume", "volume"]).expect(0).stdout;
    assert!(shown.contains("50.0 % of printed lines (1 of 2)"), "{shown}");
}

#[test]
fn what_is_no_profile_is_refused() {
    let checkout = tree();
    checkout.write("volume", "nonsense\n");
    assert!(checkout.run(["coverage", "--volume", "volume"]).expect(2).stderr.contains("line 1"));
    checkout.run(["coverage", "--volume", "absent"]).expect(2);
}
