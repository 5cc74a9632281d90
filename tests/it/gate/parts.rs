//! Who asks for parts alone gets those of a plan in which every fix is written.

use serde_json::Value;

use crate::common::checkout::Checkout;
use crate::common::files;
use crate::common::stem;
use crate::common::txtar::Archive;

const MODULE: &str = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n";
/// Calls in each other, whose fixes are in each other's way, and what is known only once a call is written.
const ODD: &str = "package odd

import \"k8s.io/klog/v2\"

type holder struct{ *klog.Verbose }

func nested(name string, pod *Pod) {
\tklog.Infof(\"Outer %v\", func() string { klog.InfoS(\"Inner\", \"name\", name); return name }())
\tklog.Infof(\"Outer %v\", func() string { klog.Infof(\"Inner %s\", name); return name }())
\tklog.InfoS(\"Outer\", \"of\", func() string { klog.Infof(\"Inner %s\", name); return name }())
}

func held(name string) {
\tmessage := \"Held \" + name
\tklog.Info(message)
\tklog.Errorf(\"%s\", name)
\tklog.Infof(\"Several %s\", `a
b`)
}

func taken(name string) {
\tnil := name
\tklog.Errorf(\"Failed for %s\", name)
\t_ = nil
}

func ends(name string) bool {
\treturn name == \"\" || func() bool { klog.Fatalf(\"Ended by %s\", name); return true }()
}

func unread(name string) {
\tf := struct{ holder }.Info
\tklog.Infof(\"Beside %s\", name) // why
\t_ = f
}
";

#[test]
fn parts_are_those_of_written_fixes() {
    let checkout = Checkout::with([("odd/go.mod", MODULE), ("odd/odd.go", ODD)]);
    for folder in ["fixtures/rewrite", "fixtures/callsite", "fixtures/logger"] {
        for path in files(folder, "txtar") {
            let archive = Archive::load(&path);
            let is_read =
                |name: &str| name.ends_with(".go") || name.ends_with("go.mod") || name.ends_with("modules.txt");
            for (name, text) in archive.files.iter().filter(|(name, _)| is_read(name)) {
                checkout.write(format!("{}/{name}", stem(&path)), text);
            }
            if archive.get("go.mod").is_none() {
                checkout.write(format!("{}/go.mod", stem(&path)), MODULE);
            }
        }
    }
    let report = |command: &str| -> Value {
        let run = checkout.run([command, "--no-cache", "--tests", "--output", "json"]);
        run.sane();
        run.json()
    };
    let (alone, written) = (report("coverage"), report("check"));
    let calls = |report: &Value| report["totals"]["calls"].as_u64().unwrap();
    assert!(calls(&alone) > 1000, "{}", calls(&alone));
    for part in ["fixable", "skipped", "suppressed", "withRequestId", "withoutRequestId"] {
        assert!(alone["totals"]["parts"][part].as_u64().unwrap() > 0, "{part}");
    }
    for (one, other) in alone["files"].as_array().unwrap().iter().zip(written["files"].as_array().unwrap()) {
        assert_eq!(one, other);
    }
    for field in ["totals", "tables", "leftAlone"] {
        assert_eq!(alone[field], written[field], "{field}");
    }
}
