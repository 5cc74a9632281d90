//! Workflows, ours and those that we hand out, read by those who look for mistakes in them: actionlint and zizmor.

use std::process::Command;

use libtest_mimic::Trial;

use crate::common::checkout::Checkout;
use crate::common::gated::FILE;
use crate::common::{python, repository};
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Program("actionlint")]
            workflows_have_no_mistakes_that_actionlint_knows;
        [Need::Python("zizmor")]
            workflows_have_no_holes_that_zizmor_knows;
    }
}

/// A checkout with a copy of each workflow where a linter looks for it: ours, the recipe's, what `init` writes, and the action.
fn workflows() -> Checkout {
    let checkout =
        Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"), ("pkg/a/a.go", FILE)]);
    checkout.commit();
    checkout.run(["init", "--only", "workflow"]).sane();
    for (from, to) in [
        (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
        (".github/workflows/release.yml", ".github/workflows/release.yml"),
        (".github/zizmor.yml", ".github/zizmor.yml"),
        ("docs/recipes/github-matrix.yml", ".github/workflows/matrix.yml"),
        ("action.yml", "action.yml"),
    ] {
        checkout.write(to, std::fs::read_to_string(repository().join(from)).unwrap());
    }
    assert!(checkout.join(".github/workflows/klogmod.yml").exists());
    checkout
}

#[track_caller]
fn is_content(mut command: Command, checkout: &Checkout) {
    let output = command.current_dir(checkout.path()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

fn workflows_have_no_mistakes_that_actionlint_knows() {
    let mut command = Command::new("actionlint");
    // What other linters say of scripts depends on which of them a machine has.
    command.args(["-shellcheck=", "-pyflakes="]);
    is_content(command, &workflows());
}

fn workflows_have_no_holes_that_zizmor_knows() {
    let mut command = python("zizmor").unwrap();
    command.args(["--offline", "--config", ".github/zizmor.yml", ".github/workflows", "action.yml"]);
    is_content(command, &workflows());
}
