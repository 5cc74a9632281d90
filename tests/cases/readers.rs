//! What is written for other programs, read by them: diff-cover and check-jsonschema, both from PyPI.

use libtest_mimic::Trial;

use crate::common::checkout::{Checkout, isolate};
use crate::common::gated::{FILE, gated};
use crate::common::python;
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Python("diff-cover")]
            diff_cover_reads_lcov_and_cobertura;
        [Need::Python("check-jsonschema")]
            the_workflow_keeps_to_its_schema;
    }
}

fn diff_cover_reads_lcov_and_cobertura() {
    let checkout = gated();
    checkout.git(["checkout", "-q", "-b", "feature"]);
    let text = checkout.text("pkg/a/a.go");
    checkout.write(
        "pkg/a/a.go",
        text.replace(
            "\tklog.InfoS(\"Deleted",
            "\tklog.Infof(\"New %s\", name)\n\tklog.InfoS(\"Removed\", \"requestID\", name)\n\tklog.InfoS(\"Deleted",
        ),
    );
    checkout.git(["commit", "-qam", "New"]);
    checkout.run(["coverage", "-o", "lcov=lcov.info", "-o", "cobertura=cobertura.xml"]).expect(0);
    for report in ["lcov.info", "cobertura.xml"] {
        let mut command = python("diff-cover").unwrap();
        isolate(&mut command, checkout.path());
        let output = command.args([report, "--compare-branch=main", "--fail-under=100"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("pkg/a/a.go (50.0%)") && said.contains("Missing lines 13"), "{said}");
    }
}

fn the_workflow_keeps_to_its_schema() {
    let checkout =
        Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"), ("pkg/a/a.go", FILE)]);
    checkout.run(["init", "--only", "workflow"]).sane();
    let mut command = python("check-jsonschema").unwrap();
    command.args(["--builtin-schema", "vendor.github-workflows"]);
    let output = command.arg(checkout.join(".github/workflows/klogmod.yml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
